"""Changing vendors and their accounts, and making new ones."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.desk.seen import changes_of, check_seen, differences, hold, mark_of
from openacq.doors.desk.settings_parts import listed, together
from openacq.doors.desk.vendors import VENDOR, vendor_of
from openacq.doors.desk.vendors_words import names_of
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.money import percent_text
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.text import nearest
from openacq.letters import service as letters
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import SendOrders, Vendor, VendorAccount, VendorKind, VendorRole
from openacq.vendors.service import INTERVALS

RIGHT = "vendors"
ROLES = tuple(role.value for role in VendorRole)
TYPED = (
    "name", "kind", "status", "additional_code", "financial_sys_code", "national_tax_id", "tax_percentage",
    "language",
)  # fmt: skip
NEW: Mapping[str, str] = MappingProxyType(
    dict.fromkeys((*TYPED, *ROLES, "liable_for_vat", "currency", "library"), "")
    | {"kind": VendorKind.OTHER.value, "status": "ACTIVE", VendorRole.MATERIAL_SUPPLIER.value: "yes"}
)
"""What the form of a new vendor begins with."""
TYPED_OF_ACCOUNT = (
    "description", "status", "discount_percent", "currency", *INTERVALS, "reference_limit", "send_orders",
    "order_folder", "order_file", "financial_sys_code", "note",
)  # fmt: skip


# -- a vendor -----------------------------------------------------------------------------------


def edit(visit: Visit) -> Rendered:
    """`GET /vendors/{code}/edit`, `GET /vendors/new/vendor`: the form, with what is kept or typed."""

    def work(tx: Tx) -> Rendered:
        vendor = vendor_of(tx, visit) if "code" in visit.path else None
        kept = _cells(vendor)
        return visit.show(
            "vendor_edit.html",
            vendor=vendor,
            cells=kept or NEW,
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            names=names_of(visit),
            roles=ROLES,
            languages_known=[
                (row.code, row.description) for row in codes.rows(tx, "UserPreferredLanguage") if row.enabled
            ],
            libraries=_libraries(tx),
        )

    return visit.read(work)


def save(visit: Visit) -> Rendered:
    """`POST` of the same."""

    def work(tx: Tx) -> str:
        hold(tx)
        vendor = vendor_of(tx, visit) if "code" in visit.path else None
        before = _cells(vendor)
        check_seen(visit, vendor.code if vendor else "", before)
        code = vendor.code if vendor else visit.value("code")
        cells: dict[str, object] = {
            "code": code,
            **{name: visit.value(name) for name in TYPED},
            **{name: visit.value(name) or "no" for name in (*ROLES, "liable_for_vat")},
            "currency": ";".join(visit.value("currency").replace(",", " ").replace(";", " ").split()),
            "library": listed(visit, "library"),
        }
        wrong = _wrong_libraries(tx, visit)
        new = together(wrong, lambda: vendors.put_vendor(tx, cells, new=vendor is None))
        changes = changes_of(before, _cells(new))
        history.record(tx, VENDOR, new.code, changes, visit.user.primary_id)
        return new.code

    code = visit.write(work) if "code" in visit.path else visit.create(work)
    return visit.go(f"/vendors/{quote(code, safe='')}", visit.say("Saved."))


def _cells(vendor: Vendor | None) -> dict[str, str]:
    """A vendor as its form has it."""
    if vendor is None:
        return {}
    return {
        "name": vendor.name,
        "kind": vendor.kind.value,
        "status": "ACTIVE" if vendor.active else "INACTIVE",
        "additional_code": vendor.additional_code,
        "financial_sys_code": vendor.financial_sys_code,
        "national_tax_id": vendor.national_tax_id,
        "tax_percentage": vendor.tax_percentage,
        "language": vendor.language,
        "currency": " ".join(vendor.currencies),
        **{role: "yes" if getattr(vendor, role) else "" for role in ROLES},
        "liable_for_vat": "yes" if vendor.liable_for_vat else "",
        "library": "; ".join(library.code for library in vendor.libraries),
    }


def _libraries(tx: Tx) -> list[tuple[str, str]]:
    return [(library.code, library.name) for library in directory.libraries(tx)]


def _wrong_libraries(tx: Tx, visit: Visit) -> list[Problem]:
    known = [code for code, _ in _libraries(tx)]
    return [
        Problem("library_unknown", "library", code, probable=probable(nearest(code, known)))
        for code in listed(visit, "library")
        if code not in known
    ]


# -- an account ---------------------------------------------------------------------------------


def edit_account(visit: Visit) -> Rendered:
    """`GET /vendors/{code}/account?account=`; without one another one."""

    def work(tx: Tx) -> Rendered:
        vendor = vendor_of(tx, visit)
        account = account_of(vendor, visit.param("account"))
        kept = _account_cells(account)
        return visit.show(
            "vendor_account.html",
            vendor=vendor,
            account=account,
            cells=kept or _blank(vendor),
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            names=names_of(visit),
            intervals=INTERVALS,
            ways=ways_of(visit),
            pattern=" ".join(f"{{{field}}}" for field in letters.PATTERN_FIELDS),
            methods=[(row.code, row.description) for row in codes.rows(tx, "PaymentMethod") if row.enabled],
            libraries=_libraries(tx),
        )

    return visit.read(work)


def ways_of(visit: Visit) -> list[tuple[str, str]]:
    """How orders may go out, in words."""
    return [
        (SendOrders.MAIL.value, visit.say("by e-mail")),
        (SendOrders.FOLDER.value, visit.say("as files")),
        (SendOrders.NONE.value, visit.say("not by openacq")),
    ]


def save_account(visit: Visit) -> Rendered:
    """`POST /vendors/{code}/account?account=`."""

    def work(tx: Tx) -> str:
        hold(tx)
        vendor = vendor_of(tx, visit)
        account = account_of(vendor, visit.param("account"))
        before = _account_cells(account)
        check_seen(visit, account.code if account else "", before)
        cells: dict[str, object] = {
            "vendor": vendor.code,
            "code": account.code if account else visit.value("code"),
            **{name: visit.value(name) for name in TYPED_OF_ACCOUNT},
            "default": visit.value("default") or "no",
            "payment_method": listed(visit, "payment_method"),
            "library": listed(visit, "library"),
        }
        wrong = [*_wrong_libraries(tx, visit), *_wrong_ways(tx, visit)]
        new = together(wrong, lambda: vendors.put_account(tx, cells, new=account is None))
        noted = [
            Change(f"{new.code}: {change.field}", change.old, change.new)
            for change in changes_of(before, _account_cells(new))
        ]
        history.record(tx, VENDOR, vendor.code, noted, visit.user.primary_id)
        return vendor.code

    code = visit.write(work) if visit.param("account") else visit.create(work)
    return visit.go(f"/vendors/{quote(code, safe='')}", visit.say("Saved."))


def account_of(vendor: Vendor, code: str) -> VendorAccount | None:
    """The vendor's account of that code, None without one. Raises Refusal record_missing."""
    account = vendor.account(code) if code else None
    if code and account is None:
        raise Refusal(Problem("record_missing", "account", code, what="Vendor account"))
    return account


def _wrong_ways(tx: Tx, visit: Visit) -> list[Problem]:
    """What is wrong with how orders are to go out, and be paid."""
    found = []
    folder, pattern = visit.value("order_folder"), visit.value("order_file")
    if letters.folder_name(folder) is None:
        expected = "a folder below the server's folder for files"
        found.append(Problem("value_wrong_type", "order_folder", folder, expected=expected))
    if letters.file_stem(pattern, dict.fromkeys(letters.PATTERN_FIELDS, "1")) is None:
        expected = "a name of files with known fields in braces"
        found.append(Problem("value_wrong_type", "order_file", pattern, expected=expected))
    paying = [
        codes.check(tx, "PaymentMethod", "payment_method", code) for code in listed(visit, "payment_method")
    ]
    return [*found, *(problem for problem in paying if problem)]


def _blank(vendor: Vendor) -> dict[str, str]:
    """What the form of a new account begins with."""
    currency = vendor.currencies[0] if len(vendor.currencies) == 1 else ""
    return dict.fromkeys((*TYPED_OF_ACCOUNT, "payment_method", "library"), "") | {
        "status": "ACTIVE",
        "currency": currency,
        "default": "" if vendor.accounts else "yes",
        "send_orders": SendOrders.MAIL.value,
        "discount_percent": "0",
    }


def _account_cells(account: VendorAccount | None) -> dict[str, str]:
    """An account as its form has it."""
    if account is None:
        return {}
    whole = {name: getattr(account, name) for name in (*INTERVALS, "reference_limit")}
    return {
        "description": account.description,
        "status": "ACTIVE" if account.active else "INACTIVE",
        "default": "yes" if account.is_default else "",
        "discount_percent": percent_text(account.discount),
        "currency": account.currency,
        "payment_method": "; ".join(account.payment_methods),
        **{name: "" if number is None else str(number) for name, number in whole.items()},
        "send_orders": account.send_orders.value,
        "order_folder": account.order_folder,
        "order_file": account.order_file,
        "financial_sys_code": account.financial_sys_code,
        "note": account.note,
        "library": "; ".join(library.code for library in account.libraries),
    }


PAGES = (
    Page("GET", "/vendors/new/vendor", edit, right=RIGHT),
    Page("POST", "/vendors/new/vendor", save, right=RIGHT, again=edit),
    Page("GET", "/vendors/{code}/edit", edit, right=RIGHT),
    Page("POST", "/vendors/{code}/edit", save, right=RIGHT, again=edit),
    Page("GET", "/vendors/{code}/account", edit_account, right=RIGHT),
    Page("POST", "/vendors/{code}/account", save_account, right=RIGHT, again=edit_account),
)
