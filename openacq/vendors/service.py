"""What other rooms and doors may ask of the vendors' register."""

from __future__ import annotations

from openacq.kernel.text import nearest
from openacq.store import Tx
from openacq.vendors import store
from openacq.vendors.card import (
    KINDS,
    OF_ACCOUNTS,
    PURPOSES,
    Entry,
    EntryKind,
    drop_entry,
    entries,
    put_entry,
)
from openacq.vendors.change import put_account, put_vendor
from openacq.vendors.contacts import Reached, reached
from openacq.vendors.load import COLUMNS, INTERVALS, load
from openacq.vendors.model import Vendor, VendorFilter, VendorPage
from openacq.vendors.secrets import seal_anew, with_secrets, without_secrets
from openacq.vendors.sheet_members import (
    EDI,
    INTERFACE,
    LISTS,
    PARTS,
    FieldKind,
    Member,
    field_of_row,
    fields_of,
)
from openacq.vendors.sheets import (
    DROP,
    Sheet,
    drop_interface,
    edi,
    interfaces,
    put_edi,
    put_interface,
)


def vendor(tx: Tx, code: str) -> Vendor | None:
    """The vendor of that code (case-sensitive) with its accounts, active or not."""
    return tx.cached("vendor", code, lambda: store.vendor_by(tx, "code", code))


def vendor_by_id(tx: Tx, vendor_id: int) -> Vendor | None:
    return tx.cached("vendor by id", vendor_id, lambda: store.vendor_by(tx, "id", vendor_id))


def vendor_by_uuid(tx: Tx, uuid: str) -> Vendor | None:
    return tx.cached("vendor by uuid", uuid, lambda: store.vendor_by(tx, "uuid", uuid))


def vendor_by_number(tx: Tx, number: str) -> Vendor | None:
    """By its local number, `LVN-n`."""
    return tx.cached("vendor by number", number, lambda: store.vendor_by(tx, "number", number))


def similar_codes(tx: Tx, code: str) -> tuple[str, ...]:
    """Codes of active vendors that `code` probably meant: equal but for case, else one letter apart."""
    return nearest(code, tx.cached("vendor codes", (), lambda: store.active_codes(tx)))


def vendors(tx: Tx, wanted: VendorFilter, limit: int, offset: int = 0) -> VendorPage:
    """A page of vendors by code, with their accounts."""
    return store.list_vendors(tx, wanted, limit, offset)


__all__ = [
    "COLUMNS",
    "DROP",
    "EDI",
    "INTERFACE",
    "INTERVALS",
    "KINDS",
    "LISTS",
    "OF_ACCOUNTS",
    "PARTS",
    "PURPOSES",
    "Entry",
    "EntryKind",
    "FieldKind",
    "Member",
    "Reached",
    "Sheet",
    "drop_entry",
    "drop_interface",
    "edi",
    "entries",
    "field_of_row",
    "fields_of",
    "interfaces",
    "load",
    "put_account",
    "put_edi",
    "put_entry",
    "put_interface",
    "put_vendor",
    "reached",
    "seal_anew",
    "similar_codes",
    "vendor",
    "vendor_by_id",
    "vendor_by_number",
    "vendor_by_uuid",
    "vendors",
    "with_secrets",
    "without_secrets",
]
