"""Filling the register from files: vendors, then their accounts.

What a row leaves out stays as it is, or gets its default in a new record. Loading the same file
again changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import msgspec

from openacq.kernel.filling import fill
from openacq.kernel.refusal import Problem
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.store import Tx
from openacq.vendors import store
from openacq.vendors.model import Vendor, VendorAccount, VendorLibrary, VendorRole
from openacq.vendors.secrets import Safe

Rows = Sequence[Mapping[str, object]]

_ROLES = tuple(role.value for role in VendorRole)
_KEPT = ("contact_info", "contact_person", "interface", "edi_info", "note")
VENDOR_COLUMNS = (
    "code",
    "name",
    "kind",
    "status",
    "uuid",
    "additional_code",
    "financial_sys_code",
    "national_tax_id",
    "liable_for_vat",
    "language",
    *_ROLES,
    "tax_percentage",
    "currency",
    "library",
    *_KEPT,
)
INTERVALS = (
    "expected_receipt_interval",
    "claiming_interval",
    "reclaim_interval",
    "expected_invoice_interval",
    "expected_activation_interval",
    "subscription_interval",
    "renewal_evaluation_interval",
)
ACCOUNT_COLUMNS = (
    "vendor",
    "code",
    "description",
    "status",
    "default",
    "discount_percent",
    "currency",
    "payment_method",
    *INTERVALS,
    "reference_limit",
    "send_orders",
    "order_folder",
    "order_file",
    "financial_sys_code",
    "note",
    "library",
    "contact_info",
)
MOST_DAYS = 36_500


def load(tx: Tx, kind: str, rows: Rows) -> list[Verdict]:
    """Load rows of one kind of `COLUMNS`; a verdict per row, in order. Refused rows stop no others."""
    return _LOADERS[kind](tx, rows)


def _active(row: Row, held: bool) -> bool:
    word = row.text("status").upper()
    if word not in ("", "ACTIVE", "INACTIVE"):
        row.problems.append(Problem("value_not_listed", "status", word, valid="ACTIVE, INACTIVE"))
    return held if not word else word == "ACTIVE"


def _libraries(row: Row, held: tuple[VendorLibrary, ...]) -> tuple[VendorLibrary, ...]:
    return tuple(VendorLibrary(code) for code in row.codes("library")) if row.given("library") else held


def _kept(row: Row, names: Sequence[str], held: Mapping[str, object], safe: Safe) -> dict[str, object]:
    """Nested members as they came, but for passwords, which are sealed; a table where a list is meant is
    taken for a list of one."""
    kept = dict(held)
    for name in names:
        value = row.tree(name)
        if value is None:
            continue
        wanted: type = dict if name.endswith("_info") else list
        if wanted is list and isinstance(value, dict):
            value = [value]
        if not isinstance(value, wanted):
            expected = "a table" if wanted is dict else "a list of tables"
            row.problems.append(Problem("value_wrong_type", name, value, expected=expected))
            continue
        plain = msgspec.to_builtins(value)  # as it will be stored and compared: dates are text
        kept[name] = safe.close(name, plain)
    row.problems += safe.problems
    return kept


# -- vendors -----------------------------------------------------------------------------------


def _load_vendors(tx: Tx, rows: Rows) -> list[Verdict]:
    held = {vendor.code: vendor for vendor in store.all_vendors(tx)}
    known = dict(held)

    def read(row: Row) -> tuple[str, Vendor]:
        vendor = read_vendor(tx, row, known)
        if not row.problems:
            known[vendor.code] = vendor
        return vendor.code, vendor

    filled = fill("vendor", VENDOR_COLUMNS, rows, held, read)
    if filled.anything:
        tx.registers_changed()
        added = [replace(vendor, id=tx.new_id(), number=f"LVN-{tx.number('LVN')}") for vendor in filled.added]
        store.write_vendors(tx, added, filled.changed)
    return filled.verdicts


def read_vendor(tx: Tx, row: Row, known: Mapping[str, Vendor]) -> Vendor:
    """A vendor as a row has it; what the row leaves out is as in the one of that code in `known`."""
    code = row.text("code", needed=True, most=100)
    held = known.get(code) or Vendor(0, code, "", "", "")
    roles: dict[str, Any] = {role: row.flag(role, getattr(held, role)) for role in _ROLES}
    if not any(row.given(role) for role in _ROLES) and not any(roles.values()):
        roles["material_supplier"] = True
    vendor = replace(
        held,
        uuid=_uuid(row, held.uuid),
        name=row.text("name", held.name, needed=not held.name),
        kind=row.choice("kind", held.kind),
        active=_active(row, held.active),
        additional_code=row.text("additional_code", held.additional_code),
        financial_sys_code=row.text("financial_sys_code", held.financial_sys_code),
        national_tax_id=row.text("national_tax_id", held.national_tax_id),
        liable_for_vat=row.flag("liable_for_vat", held.liable_for_vat),
        language=row.text("language", held.language, most=20),
        **roles,
        tax_percentage=row.text("tax_percentage", held.tax_percentage, most=20),
        currencies=_currencies(row, held),
        libraries=_libraries(row, held.libraries),
        details=_kept(row, _KEPT, held.details, Safe(tx, code, held.details)),
    )
    row.problems += _role_faults(vendor, known)
    return vendor


def _currencies(row: Row, held: Vendor) -> tuple[str, ...]:
    if not row.given("currency"):
        return held.currencies
    codes = tuple(code.upper() for code in row.codes("currency"))
    if any(len(code) != 3 or not code.isalpha() for code in codes):
        expected = "currency codes of three letters"
        row.problems.append(Problem("value_wrong_type", "currency", " ".join(codes), expected=expected))
    return codes


def _uuid(row: Row, held: str) -> str:
    """The UUID other systems know the vendor by; a new one when the file names none."""
    given = row.text("uuid")
    if not given:
        return held or str(uuid.uuid4())
    try:
        return str(uuid.UUID(given))
    except ValueError:
        row.problems.append(Problem("value_wrong_type", "uuid", given, expected="a UUID"))
        return ""


def _role_faults(vendor: Vendor, known: Mapping[str, Vendor]) -> list[Problem]:
    if not vendor.governmental:
        return []
    other = next((held.code for held in known.values() if held.governmental and held.code != vendor.code), "")
    if vendor.material_supplier or vendor.access_provider or vendor.licensor:
        reason = "it cannot have another role"
    elif not vendor.liable_for_vat:
        reason = "it must be liable for VAT"
    elif other:
        reason = f"{other} is governmental already"
    else:
        return []
    return [Problem("vendor_role_clash", "governmental", vendor.code, reason=reason)]


# -- accounts ----------------------------------------------------------------------------------


def _load_accounts(tx: Tx, rows: Rows) -> list[Verdict]:
    known = {vendor.code: vendor for vendor in store.all_vendors(tx)}
    holders = {account.code: vendor for vendor in known.values() for account in vendor.accounts}
    held = {account.code: account for vendor in known.values() for account in vendor.accounts}

    def read(row: Row) -> tuple[str, VendorAccount]:
        vendor, account = read_account(tx, row, known, holders)
        if vendor is not None and not row.problems:
            holders.setdefault(account.code, vendor)
        return account.code, account

    filled = fill("vendor_account", ACCOUNT_COLUMNS, rows, held, read)
    added = {account.code: replace(account, id=tx.new_id()) for account in filled.added}
    final = held | {account.code: account for account in filled.changed} | added
    changed = {account.code for account in filled.changed}
    for code, account in filled.wanted.items():
        if account.is_default:
            changed |= _only_default(code, holders, final)
    if added or changed:
        tx.registers_changed()
        store.write_accounts(
            tx,
            [(holders[code].id, final[code]) for code in added],
            [final[code] for code in sorted(changed - added.keys())],
        )
    return filled.verdicts


def _only_default(code: str, holders: Mapping[str, Vendor], final: dict[str, VendorAccount]) -> set[str]:
    """Take the mark of the default from the vendor's other accounts; the codes of those that had it."""
    had = {
        other
        for other, account in final.items()
        if account.is_default and other != code and holders[other].id == holders[code].id
    }
    for other in had:
        final[other] = replace(final[other], is_default=False)
    final[code] = replace(final[code], is_default=True)
    return had


def read_account(
    tx: Tx, row: Row, known: Mapping[str, Vendor], holders: Mapping[str, Vendor]
) -> tuple[Vendor | None, VendorAccount]:
    """An account as a row has it, and its vendor in `known`; `holders` are the vendors accounts belong to."""
    vendor_code, code = row.text("vendor", needed=True), row.text("code", needed=True, most=100)
    vendor = known.get(vendor_code)
    if vendor is None and vendor_code:
        row.problems.append(Problem("account_vendor_missing", "vendor", vendor_code))
    holder = holders.get(code)
    if vendor is not None and holder is not None and holder.id != vendor.id:
        row.problems.append(Problem("account_taken", "code", code, vendor=holder.code))
    held = (vendor.account(code) if vendor else None) or VendorAccount(0, code)
    intervals: dict[str, Any] = {
        name: row.whole_or_none(name, most=MOST_DAYS) if row.given(name) else getattr(held, name)
        for name in INTERVALS
    }
    account = replace(
        held,
        description=row.text("description", held.description),
        active=_active(row, held.active),
        is_default=row.flag("default", held.is_default),
        discount=row.percent("discount_percent") if row.given("discount_percent") else held.discount,
        currency=row.currency("currency", held.currency),
        payment_methods=row.codes("payment_method") or held.payment_methods,
        **intervals,
        reference_limit=(
            row.whole_or_none("reference_limit", least=1, most=1_000)
            if row.given("reference_limit")
            else held.reference_limit
        ),
        send_orders=row.choice("send_orders", held.send_orders),
        order_folder=row.text("order_folder", held.order_folder, most=100),
        order_file=row.text("order_file", held.order_file, most=100),
        financial_sys_code=row.text("financial_sys_code", held.financial_sys_code),
        note=row.prose("note", held.note),
        libraries=_libraries(row, held.libraries),
        details=_kept(row, ("contact_info",), held.details, Safe(tx, vendor_code, held.details)),
    )
    return vendor, account


_LOADERS: Mapping[str, Callable[[Tx, Rows], list[Verdict]]] = {
    "vendor": _load_vendors,
    "vendor_account": _load_accounts,
}
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"vendor": VENDOR_COLUMNS, "vendor_account": ACCOUNT_COLUMNS}
)
"""What can be loaded, in the order in which files of several kinds have to be, and the columns of each."""
