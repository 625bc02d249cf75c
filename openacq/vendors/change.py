"""Writing a vendor or an account whole: what the cells name and leave empty is emptied, what they do not name
stays. (Files take what is empty for what is not said.)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.rows import Row
from openacq.store import Tx
from openacq.vendors import store
from openacq.vendors.load import ACCOUNT_COLUMNS, INTERVALS, VENDOR_COLUMNS, read_account, read_vendor
from openacq.vendors.model import Vendor, VendorAccount, VendorLibrary

Record = TypeVar("Record", Vendor, VendorAccount)
Cells = Mapping[str, object]

_OF_VENDOR: Mapping[str, tuple[str, Any]] = {
    "name": ("name", ""),
    "additional_code": ("additional_code", ""),
    "financial_sys_code": ("financial_sys_code", ""),
    "national_tax_id": ("national_tax_id", ""),
    "language": ("language", ""),
    "tax_percentage": ("tax_percentage", ""),
    "currency": ("currencies", ()),
    "library": ("libraries", ()),
}
_OF_ACCOUNT: Mapping[str, tuple[str, Any]] = {
    "description": ("description", ""),
    "discount_percent": ("discount", 0),
    "currency": ("currency", ""),
    "payment_method": ("payment_methods", ()),
    **{name: (name, None) for name in INTERVALS},
    "reference_limit": ("reference_limit", None),
    "order_folder": ("order_folder", ""),
    "order_file": ("order_file", ""),
    "financial_sys_code": ("financial_sys_code", ""),
    "note": ("note", ""),
    "library": ("libraries", ()),
}
"""Column of a file → the member it fills, and what that is when nothing is set."""


def put_vendor(tx: Tx, cells: Cells, *, new: bool = False) -> Vendor:
    """Change the vendor of the cells' `code`, or with `new` make one. Columns: `COLUMNS["vendor"]`.

    Raises Refusal with everything that is wrong: code_taken for a new one that is there already,
    record_missing for one that is not.
    """
    tx.registers_changed()  # others who change registers wait from here on
    known = {vendor.code: vendor for vendor in store.all_vendors(tx)}
    row = Row(cells)
    row.check_names(VENDOR_COLUMNS)
    held = known.get(row.text("code"))
    row.problems += _presence("Vendor", row.text("code"), held is not None, new)
    if held is not None:
        known[held.code] = _emptied(held, cells, _OF_VENDOR)
    vendor = read_vendor(tx, row, known)
    if row.problems:
        raise Refusal(row.problems)
    if held is None:
        vendor = replace(vendor, id=tx.new_id(), number=f"LVN-{tx.number('LVN')}")
        store.write_vendors(tx, [vendor], [])
        return vendor
    vendor = replace(vendor, libraries=_with_sub_units(vendor.libraries, held.libraries))
    store.write_vendors(tx, [], [vendor])
    return vendor


def put_account(tx: Tx, cells: Cells, *, new: bool = False) -> VendorAccount:
    """Change the account of the cells' `vendor` and `code`, or with `new` make one. Columns:
    `COLUMNS["vendor_account"]`. The mark of the default goes over to it.

    Raises Refusal with everything that is wrong: code_taken for a new one that is there already,
    record_missing for one that is not.
    """
    tx.registers_changed()  # others who change registers wait from here on
    known = {vendor.code: vendor for vendor in store.all_vendors(tx)}
    holders = {account.code: vendor for vendor in known.values() for account in vendor.accounts}
    row = Row(cells)
    row.check_names(ACCOUNT_COLUMNS)
    vendor = known.get(row.text("vendor"))
    held = vendor.account(row.text("code")) if vendor else None
    if vendor is not None:
        row.problems += _presence("Vendor account", row.text("code"), held is not None, new)
    if vendor is not None and held is not None:
        bare = _emptied(held, cells, _OF_ACCOUNT)
        others = tuple(bare if each.code == held.code else each for each in vendor.accounts)
        known[vendor.code] = replace(vendor, accounts=others)
    _, account = read_account(tx, row, known, holders)
    if row.problems or vendor is None:
        raise Refusal(row.problems)
    let_go = [
        replace(other, is_default=False)
        for other in vendor.accounts
        if account.is_default and other.is_default and other.code != account.code
    ]
    if held is None:
        account = replace(account, id=tx.new_id())
        store.write_accounts(tx, [(vendor.id, account)], let_go)
        return account
    account = replace(account, libraries=_with_sub_units(account.libraries, held.libraries))
    store.write_accounts(tx, [], [*let_go, account])
    return account


def _presence(what: str, code: str, is_there: bool, new: bool) -> list[Problem]:
    if new and is_there:
        return [Problem("code_taken", "code", code)]
    if not new and not is_there and code:
        return [Problem("record_missing", "code", code, what=what)]
    return []


def _emptied(held: Record, cells: Cells, members: Mapping[str, tuple[str, Any]]) -> Record:
    """The record with nothing in what the cells name and leave empty."""
    emptied = {
        member: blank
        for column, (member, blank) in members.items()
        if column in cells and cells[column] in (None, "", [], ())
    }
    return replace(held, **emptied)


def _with_sub_units(
    chosen: tuple[VendorLibrary, ...], held: tuple[VendorLibrary, ...]
) -> tuple[VendorLibrary, ...]:
    """Libraries that were there already stay as they were."""
    known = {library.code: library for library in held}
    return tuple(known.get(library.code, library) for library in chosen)
