"""The members of an interface and of EDI details that forms know, by the parts they are shown in.

A field is called by its whole path: `edi_info.server_name`, `interface.admin_info.user_id`,
`edi_info.ean_account[0].account`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

INTERFACE, EDI = "interface", "edi_info"


class FieldKind(StrEnum):
    TEXT = "text"
    PROSE = "prose"
    FLAG = "flag"
    WHOLE = "whole"
    CODE = "code"
    SECRET = "secret"  # noqa: S105  (a kind of field)


@dataclass(frozen=True, slots=True)
class Member:
    """A member by its path below the sheet; codes of `table`, if there is one."""

    path: str
    kind: FieldKind = FieldKind.TEXT
    table: str = ""
    needed: bool = False
    least: int = 0
    most: int = 10**9


def _texts(part: str, *names: str) -> tuple[Member, ...]:
    return tuple(Member(f"{part}.{name}") for name in names)


def _proses(part: str, *names: str) -> tuple[Member, ...]:
    return tuple(Member(f"{part}.{name}", FieldKind.PROSE) for name in names)


_SIGNED_IN = (("user_id", FieldKind.TEXT), ("user_password", FieldKind.SECRET))


def _signed_in(part: str) -> tuple[Member, ...]:
    return tuple(Member(f"{part}.{name}", kind) for name, kind in _SIGNED_IN)


Parts = Mapping[str, tuple[Member, ...]]
PARTS: Mapping[str, Parts] = MappingProxyType(
    {
        INTERFACE: {
            "": (
                Member("name", needed=True),
                Member("description"),
                Member("status", FieldKind.CODE),
                Member("main_note", FieldKind.PROSE),
            ),
            "access_info": (
                *_texts("access_info", "primary_access_uri", "interface_uri", "local_persistent_uri"),
                *_signed_in("access_info"),
                Member("access_info.implemented_auth_method", FieldKind.CODE),
                Member("access_info.ip_address_reg_method", FieldKind.CODE),
                *_proses(
                    "access_info",
                    "user_pass_note",
                    "ip_address_reg_instructions",
                    "ip_address_note",
                    "access_note",
                ),
            ),
            "admin_info": (
                *_texts("admin_info", "admin_uri"),
                Member("admin_info.admin_uri_type", FieldKind.CODE),
                *_signed_in("admin_info"),
                *_texts("admin_info", "maintenance_win_value", "admin_documentation"),
                Member("admin_info.online_admin_module", FieldKind.FLAG),
                Member("admin_info.open_url_compliant", FieldKind.FLAG),
                *_proses(
                    "admin_info",
                    "user_password_note",
                    "linking_note",
                    "hardware_req_internal",
                    "hardware_req_public",
                    "software_req_internal",
                    "software_req_public",
                    "incident_log",
                ),
            ),
            "statistics": (
                Member("statistics.available", FieldKind.FLAG),
                *_texts("statistics", "online_location"),
                *_signed_in("statistics"),
                *(
                    Member(f"statistics.{name}", FieldKind.CODE)
                    for name in ("delivery_method", "format", "frequency")
                ),
                *_texts("statistics", "delivery_address", "locally_stored"),
                *_proses("statistics", "user_pass_note", "statistics_note"),
            ),
        },
        EDI: {
            "": (
                Member("code"),
                Member("type", FieldKind.CODE, "EdiType"),
                Member("naming_convention", FieldKind.CODE, "EDINamingConvention"),
                Member("vendor_format", FieldKind.CODE),
                Member("po_lines", FieldKind.FLAG),
                Member("invoices", FieldKind.FLAG),
                Member("additional_order_number", FieldKind.FLAG),
                Member("include_fund_code", FieldKind.FLAG),
                Member("do_not_prorate", FieldKind.FLAG),
                Member("fund_code", FieldKind.CODE),
            ),
            "ftp": (
                Member("ftp_description"),
                Member("server_name"),
                Member("port_number", FieldKind.WHOLE, least=1, most=65_535),
                Member("user_name"),
                Member("password", FieldKind.SECRET),
                Member("input_path"),
                Member("output_path"),
                Member("ftp_mode", FieldKind.CODE, "FTPMode"),
                Member("send_command", FieldKind.CODE, "FTPSend"),
                Member("secured_ftp", FieldKind.FLAG),
                Member("passive_mode", FieldKind.FLAG),
                Member("allow_navigation", FieldKind.FLAG),
            ),
        },
    }
)
"""The members of a sheet in the order of its form, by the parts they are shown in."""
LISTS: Mapping[str, Parts] = MappingProxyType(
    {
        INTERFACE: {"interface_notes": (Member("note_text", FieldKind.PROSE),)},
        EDI: {
            "per_organization_unit": (
                Member("organization_unit", FieldKind.CODE),
                Member("edi_code"),
                Member("edi_type", FieldKind.CODE, "EdiType"),
            ),
            "ean_account": (Member("account"), Member("ean_code")),
        },
    }
)
"""Members that are lists, and those of each of their rows. A row that is emptied goes."""


def fields_of(root: str) -> Iterator[tuple[str, Member]]:
    """The fields of a sheet but for those in lists: (name, member)."""
    for members in PARTS[root].values():
        for member in members:
            yield f"{root}.{member.path}", member


def field_of_row(root: str, name: str, at: int, member: Member) -> str:
    """What a field in a row of a list is called."""
    return f"{root}.{name}[{at}].{member.path}"
