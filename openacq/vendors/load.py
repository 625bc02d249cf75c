"""Filling the register from files: vendors, then their accounts.

A row is the whole record (a vendor's accounts apart); loading the same file again changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import msgspec

from openacq.kernel.filling import fill
from openacq.kernel.refusal import Problem
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.store import Tx
from openacq.vendors import store
from openacq.vendors.model import Vendor, VendorAccount, VendorKind, VendorLibrary, VendorRole

Rows = Sequence[Mapping[str, object]]

_ROLES = tuple(role.value for role in VendorRole)
_KEPT = ("contact_info", "contact_person", "interface", "edi_info", "note")
_VENDOR_FIELDS = (
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
_ACCOUNT_FIELDS = (
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
    "financial_sys_code",
    "note",
    "library",
    "contact_info",
)
MOST_DAYS = 36_500


def load(tx: Tx, kind: str, rows: Rows) -> list[Verdict]:
    """Load rows of one of KINDS; a verdict per row, in order. Refused rows leave the others alone."""
    return LOADERS[kind](tx, rows)


def _active(row: Row) -> bool:
    word = row.text("status", "ACTIVE").upper()
    if word not in ("ACTIVE", "INACTIVE"):
        row.problems.append(Problem("value_not_listed", "status", word, valid="ACTIVE, INACTIVE"))
    return word != "INACTIVE"


def _libraries(row: Row) -> tuple[VendorLibrary, ...]:
    return tuple(VendorLibrary(code) for code in row.codes("library"))


def _kept(row: Row, names: Sequence[str]) -> dict[str, object]:
    """Nested members as they came; a list where one is meant is taken for a list of one."""
    kept: dict[str, object] = {}
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
        kept[name] = msgspec.to_builtins(value)  # as it will be stored and compared: dates are text
    return kept


# -- vendors -----------------------------------------------------------------------------------


def _load_vendors(tx: Tx, rows: Rows) -> list[Verdict]:
    held = {vendor.code: vendor for vendor in store.all_vendors(tx)}
    known = dict(held)

    def read(row: Row) -> tuple[str, Vendor]:
        vendor = _read_vendor(row, known)
        if not row.problems:
            known[vendor.code] = vendor
        return vendor.code, vendor

    filled = fill("vendor", _VENDOR_FIELDS, rows, held, read)
    if filled.anything:
        tx.registers_changed()
        added = [replace(vendor, id=tx.new_id(), number=f"LVN-{tx.number('LVN')}") for vendor in filled.added]
        store.write_vendors(tx, added, filled.changed)
    return filled.verdicts


def _read_vendor(row: Row, known: Mapping[str, Vendor]) -> Vendor:
    code = row.text("code", needed=True, most=100)
    held = known.get(code)
    roles = {role: row.flag(role) for role in _ROLES}
    if not any(row.given(role) for role in _ROLES):
        roles["material_supplier"] = True
    vendor = Vendor(
        id=held.id if held else 0,
        code=code,
        uuid=_uuid(row, held),
        number=held.number if held else "",
        name=row.text("name", needed=True),
        kind=row.choice("kind", VendorKind.OTHER),
        active=_active(row),
        additional_code=row.text("additional_code"),
        financial_sys_code=row.text("financial_sys_code"),
        national_tax_id=row.text("national_tax_id"),
        liable_for_vat=row.flag("liable_for_vat"),
        language=row.text("language", most=20),
        **roles,
        tax_percentage=row.text("tax_percentage", most=20),
        currencies=tuple(code.upper() for code in row.codes("currency")),
        libraries=_libraries(row),
        accounts=held.accounts if held else (),
        details=_kept(row, _KEPT),
    )
    row.problems += _role_faults(vendor, known)
    return vendor


def _uuid(row: Row, held: Vendor | None) -> str:
    """The UUID other systems know the vendor by; a new one when the file names none."""
    given = row.text("uuid")
    if not given:
        return held.uuid if held else str(uuid.uuid4())
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
        vendor, account = _read_account(row, known, holders)
        if vendor is not None and not row.problems:
            holders.setdefault(account.code, vendor)
        return account.code, account

    filled = fill("vendor_account", _ACCOUNT_FIELDS, rows, held, read)
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


def _read_account(
    row: Row, known: Mapping[str, Vendor], holders: Mapping[str, Vendor]
) -> tuple[Vendor | None, VendorAccount]:
    vendor_code, code = row.text("vendor", needed=True), row.text("code", needed=True, most=100)
    vendor = known.get(vendor_code)
    if vendor is None and vendor_code:
        row.problems.append(Problem("account_vendor_missing", "vendor", vendor_code))
    holder = holders.get(code)
    if vendor is not None and holder is not None and holder.id != vendor.id:
        row.problems.append(Problem("account_taken", "code", code, vendor=holder.code))
    held = vendor.account(code) if vendor else None
    account = VendorAccount(
        id=held.id if held else 0,
        code=code,
        description=row.text("description"),
        active=_active(row),
        is_default=row.flag("default"),
        discount=row.percent("discount_percent"),
        currency=row.currency("currency"),
        payment_methods=row.codes("payment_method"),
        **{name: row.whole_or_none(name, most=MOST_DAYS) for name in INTERVALS},
        reference_limit=row.whole_or_none("reference_limit", least=1, most=1_000),
        financial_sys_code=row.text("financial_sys_code"),
        note=row.prose("note"),
        libraries=_libraries(row),
        details=_kept(row, ("contact_info",)),
    )
    return vendor, account


LOADERS: Mapping[str, Callable[[Tx, Rows], list[Verdict]]] = {
    "vendor": _load_vendors,
    "vendor_account": _load_accounts,
}
KINDS = tuple(LOADERS)
"""What can be loaded, in the order in which files of several kinds have to be."""
