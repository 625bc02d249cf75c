"""Words for what stands on a vendor's card and its accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.doors.pages.language import later
from openacq.doors.pages.visit import Visit
from openacq.doors.pages.wording import label
from openacq.doors.pages.wording_cards import INTERFACES
from openacq.doors.pages.wording_cards import PARTS as TITLES
from openacq.doors.pages.wording_forms import VENDORS as FIELDS
from openacq.history.model import Entry as Noted
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor, VendorAccount
from openacq.vendors.service import LISTS, PARTS, Entry, FieldKind, Member, Sheet, field_of_row

ENTRY_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "email": later("E-mail addresses"),
        "address": later("Postal addresses"),
        "phone": later("Telephones"),
        "web_address": later("Web addresses"),
        "person": later("Persons"),
        "note": later("Notes"),
    }
)
PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "order": later("orders"),
        "claim": later("claims"),
        "payment": later("payments"),
        "returns": later("returns"),
        "shipping": later("deliveries"),
    }
)
OF_ENTRIES: Mapping[str, str] = MappingProxyType({"description": later("What it is")})
"""Fields that are called otherwise in an entry."""


STATUS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"interface.status": {"ACTIVE": later("active"), "INACTIVE": later("not active")}}
)


def word(visit: Visit, field: str, *, entry: bool = False) -> str:
    return visit.say((OF_ENTRIES.get(field) if entry else None) or FIELDS[field])


def told(entry: Entry) -> str:
    """An entry in one line."""
    fields = entry.fields
    if "line1" in fields:
        town = " ".join(part for part in (fields["postal_code"], fields["city"]) if part)
        shown = [fields[f"line{number}"] for number in range(1, 6)]
        return ", ".join(part for part in (*shown, town, fields["state_province"], fields["country"]) if part)
    if "last_name" in fields:
        return " ".join(part for part in fields.values() if part)
    return " · ".join(part for part in fields.values() if part)


def purposes_of(visit: Visit, entry: Entry) -> str:
    return ", ".join(visit.say(PURPOSES[purpose]) for purpose in entry.purposes)


def contacts_of(visit: Visit, holder: Vendor | VendorAccount) -> list[tuple[str, str, tuple[Entry, ...]]]:
    """What a card may hold: (kind, in words, its entries)."""
    kinds = vendors.KINDS if isinstance(holder, Vendor) else vendors.OF_ACCOUNTS
    return [(kind, visit.say(ENTRY_KINDS[kind]), vendors.entries(holder, kind)) for kind in kinds]


def names_of(visit: Visit, noted: Sequence[Noted] = ()) -> dict[str, str]:
    """Fields in words; with what a history noted also as it names them: "CODE: field" for those of an
    account or an interface."""
    names = {
        **{kind: visit.say(words) for kind, words in ENTRY_KINDS.items()},
        **{name: visit.say(words) for name, words in FIELDS.items()},
        **{name: visit.say(words) for name, words in INTERFACES.items()},
    }
    found = {}
    for entry in noted:
        of, colon, field = entry.field.rpartition(": ")
        found[entry.field] = f"{of}{colon}{names.get(field) or label(visit.language, field)}"
    return {**names, **found}


# -- interfaces and EDI -------------------------------------------------------------------------


def title_of(visit: Visit, root: str, part: str) -> str:
    """What a part of a sheet is called."""
    return visit.say(TITLES[f"{root}.{part}" if part else root])


def facts_of(
    tx: Tx, visit: Visit, sheet: Sheet, without: str = ""
) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a sheet says, part by part, its own members as "": (field, value in words). Of passwords only that
    they are set."""
    found = []
    for part, members in PARTS[sheet.root].items():
        facts = []
        for member in members:
            name = f"{sheet.root}.{member.path}"
            value = sheet.cells.get(name, "")
            if name in sheet.secrets:
                value = visit.say("set; it is not shown")
            elif value and member.kind is FieldKind.FLAG:
                value = visit.say("yes")
            elif name in STATUS:
                value = visit.say(STATUS[name].get(value, value)) if value else ""
            else:
                value = _described(tx, member, value)
            if value and name != without:
                facts.append((label(visit.language, name), value))
        found.append((title_of(visit, sheet.root, part) if part else "", facts))
    for part, members in LISTS[sheet.root].items():
        rows = [
            [
                _described(tx, member, sheet.cells[field_of_row(sheet.root, part, at, member)])
                for member in members
            ]
            for at in range(sheet.rows[part])
        ]
        lines = [("", " · ".join(cell for cell in row if cell)) for row in rows]
        found.append((title_of(visit, sheet.root, part), [line for line in lines if line[1]]))
    return [(title, facts) for title, facts in found if facts]


def _described(tx: Tx, member: Member, value: str) -> str:
    return codes.describe(tx, member.table, value) if value and member.table else value
