"""SQL of vendors and their accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, bindparam, func, insert, or_, select, update

from openacq.kernel.text import folded
from openacq.store import Tx
from openacq.vendors.model import (
    SendOrders,
    Vendor,
    VendorAccount,
    VendorFilter,
    VendorKind,
    VendorLibrary,
    VendorPage,
)
from openacq.vendors.tables import vendor_accounts, vendors

_V = vendors.c
_A = vendor_accounts.c
_HERE = bindparam("of", type_=BigInteger)
SEARCHED = ("name", "code", "library", "interface_name")
PLAIN_OF_VENDOR = tuple(
    field.name
    for field in fields(Vendor)
    if field.name not in ("kind", "currencies", "libraries", "accounts", "details")
)
PLAIN_OF_ACCOUNT = tuple(
    field.name
    for field in fields(VendorAccount)
    if field.name not in ("payment_methods", "libraries", "details", "send_orders")
)

# -- reading -----------------------------------------------------------------------------------

_VENDORS = select(vendors).where(_V.institution == _HERE)
_BY = {name: _VENDORS.where(_V[name] == bindparam("wanted")) for name in ("id", "code", "uuid", "number")}
_ALL = _VENDORS.order_by(_V.id)
_CODES = select(_V.code).where(_V.institution == _HERE, _V.active).order_by(_V.code)
_ACCOUNTS = (
    select(vendor_accounts)
    .where(_A.institution == _HERE, _A.vendor.in_(bindparam("ids", expanding=True)))
    .order_by(_A.vendor, _A.id)
)
_ACCOUNT_HOLDERS = select(_A.code, _A.vendor).where(
    _A.institution == _HERE, _A.code.in_(bindparam("codes", expanding=True))
)


def vendor_by(tx: Tx, name: str, wanted: object) -> Vendor | None:
    """The vendor whose `name` (id, code, uuid, number) is `wanted`."""
    row = tx.execute(_BY[name], {"of": tx.institution, "wanted": wanted}).one_or_none()
    return None if row is None else _with_accounts(tx, [row])[0]


def all_vendors(tx: Tx) -> list[Vendor]:
    return _with_accounts(tx, tx.execute(_ALL, {"of": tx.institution}).all())


def active_codes(tx: Tx) -> tuple[str, ...]:
    return tuple(tx.execute(_CODES, {"of": tx.institution}).scalars())


def account_holders(tx: Tx, codes: Iterable[str]) -> dict[str, int]:
    """Account code → id of the vendor it belongs to."""
    rows = tx.execute(_ACCOUNT_HOLDERS, {"of": tx.institution, "codes": sorted(set(codes))})
    return {row.code: row.vendor for row in rows}


def list_vendors(tx: Tx, wanted: VendorFilter, limit: int, offset: int) -> VendorPage:
    """A page of vendors by code with their accounts, and how many there are; three statements at most."""
    conditions = [_V.institution == tx.institution, *_conditions(wanted)]
    total = int(tx.execute(select(func.count()).select_from(vendors).where(*conditions)).scalar_one())
    if limit == 0 or offset >= total:
        return VendorPage((), total)
    page = select(vendors).where(*conditions).order_by(_V.code, _V.id).limit(limit).offset(offset)
    return VendorPage(tuple(_with_accounts(tx, tx.execute(page).all())), total)


def _conditions(wanted: VendorFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.active is not None:
        conditions.append(_V.active.is_(wanted.active))
    if wanted.role is not None:
        conditions.append(_V[wanted.role.value].is_(True))
    if wanted.only is not None:
        conditions.append(_V.code == wanted.only)
    conditions.extend(
        or_(*(column.contains(folded(word), autoescape=True) for column in _searched(name)))
        for name, words in wanted.search
        for word in words
    )
    return conditions


def _searched(name: str) -> list[ColumnElement[str]]:
    return [_V[f"{one}_folded"] for one in ((name,) if name else SEARCHED)]


def _with_accounts(tx: Tx, rows: Sequence[Row[Any]]) -> list[Vendor]:
    """Vendors of these rows; the accounts of all of them in one statement."""
    if not rows:
        return []
    accounts: dict[int, list[VendorAccount]] = {row.id: [] for row in rows}
    for row in tx.execute(_ACCOUNTS, {"of": tx.institution, "ids": list(accounts)}):
        accounts[row.vendor].append(_account(row))
    return [_vendor(row, tuple(accounts[row.id])) for row in rows]


def _vendor(row: Row[Any], accounts: tuple[VendorAccount, ...]) -> Vendor:
    return Vendor(
        **{name: getattr(row, name) for name in PLAIN_OF_VENDOR},
        kind=VendorKind(row.kind),
        currencies=tuple(row.currencies),
        libraries=_libraries(row.libraries),
        accounts=accounts,
        details=MappingProxyType(row.details),
    )


def _account(row: Row[Any]) -> VendorAccount:
    return VendorAccount(
        **{name: getattr(row, name) for name in PLAIN_OF_ACCOUNT},
        payment_methods=tuple(row.payment_methods),
        send_orders=SendOrders(row.send_orders),
        libraries=_libraries(row.libraries),
        details=MappingProxyType(row.details),
    )


def _libraries(stored: list[list[Any]]) -> tuple[VendorLibrary, ...]:
    return tuple(VendorLibrary(code, include_sub_units) for code, include_sub_units in stored)


# -- writing -----------------------------------------------------------------------------------

_NEW_VENDOR = insert(vendors)
_NEW_ACCOUNT = insert(vendor_accounts)
_VENDOR_COLUMNS = [column.name for column in vendors.columns if column.name not in ("institution", "id")]
_ACCOUNT_COLUMNS = [
    column.name for column in vendor_accounts.columns if column.name not in ("institution", "id", "vendor")
]
_CHANGE_VENDOR = (
    update(vendors)
    .where(_V.institution == _HERE, _V.id == bindparam("of_id"))
    .values({name: bindparam(f"new_{name}", type_=_V[name].type) for name in _VENDOR_COLUMNS})
)
_CHANGE_ACCOUNT = (
    update(vendor_accounts)
    .where(_A.institution == _HERE, _A.id == bindparam("of_id"))
    .values({name: bindparam(f"new_{name}", type_=_A[name].type) for name in _ACCOUNT_COLUMNS})
)


def write_vendors(tx: Tx, new: Sequence[Vendor], changed: Sequence[Vendor]) -> None:
    """Insert and change vendors, without their accounts."""
    if new:
        tx.execute(
            _NEW_VENDOR,
            [{"institution": tx.institution, "id": vendor.id, **_vendor_row(vendor)} for vendor in new],
        )
    if changed:
        tx.execute(_CHANGE_VENDOR, [_change(tx, vendor.id, _vendor_row(vendor)) for vendor in changed])


def write_accounts(
    tx: Tx, new: Sequence[tuple[int, VendorAccount]], changed: Sequence[VendorAccount]
) -> None:
    """Insert (vendor id, account) and change accounts."""
    if new:
        tx.execute(
            _NEW_ACCOUNT,
            [
                {
                    "institution": tx.institution,
                    "id": account.id,
                    "vendor": vendor_id,
                    **_account_row(account),
                }
                for vendor_id, account in new
            ],
        )
    if changed:
        tx.execute(_CHANGE_ACCOUNT, [_change(tx, account.id, _account_row(account)) for account in changed])


def _change(tx: Tx, row_id: int, row: Mapping[str, object]) -> dict[str, object]:
    return {"of": tx.institution, "of_id": row_id, **{f"new_{name}": value for name, value in row.items()}}


def _vendor_row(vendor: Vendor) -> dict[str, object]:
    libraries = " ".join(library.code for library in vendor.libraries)
    return {
        **{name: getattr(vendor, name) for name in PLAIN_OF_VENDOR if name != "id"},
        "kind": vendor.kind.value,
        "currencies": list(vendor.currencies),
        "libraries": [[library.code, library.include_sub_units] for library in vendor.libraries],
        "details": dict(vendor.details),
        "code_folded": folded(vendor.code),
        "name_folded": folded(vendor.name),
        "library_folded": folded(libraries),
        "interface_name_folded": folded(" ".join(_interface_names(vendor.details.get("interface")))),
    }


def _interface_names(interfaces: object) -> list[str]:
    if not isinstance(interfaces, list | tuple):
        return []
    return [str(entry.get("name") or "") for entry in interfaces if isinstance(entry, Mapping)]


def _account_row(account: VendorAccount) -> dict[str, object]:
    return {
        **{name: getattr(account, name) for name in PLAIN_OF_ACCOUNT if name != "id"},
        "payment_methods": list(account.payment_methods),
        "send_orders": account.send_orders.value,
        "libraries": [[library.code, library.include_sub_units] for library in account.libraries],
        "details": dict(account.details),
    }
