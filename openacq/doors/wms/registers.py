"""What clients of this door call vendors and libraries, and what the house calls them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.directory import service as directory
from openacq.doors.wms.order_wire import Vendor
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor as KnownVendor
from openacq.wire.model import UNSET


def known_vendor(tx: Tx, text: str) -> KnownVendor | None:
    """The vendor of that UUID, that number (`LVN-2`) or that code."""
    return (
        vendors.vendor_by_uuid(tx, text.lower())
        or vendors.vendor_by_uuid(tx, text)
        or vendors.vendor_by_number(tx, text)
        or vendors.vendor(tx, text)
    )


def vendor_code(tx: Tx, given: object) -> str:
    """The code of the vendor a body names, "" for none; what nobody knows is handed on to be refused."""
    if not isinstance(given, Vendor):
        return ""
    text = (given.vendor_id or given.local_identifier or "").strip()
    found = known_vendor(tx, text) if text else None
    return found.code if found is not None else text


def vendor_shown(tx: Tx, code: str) -> Vendor | None:
    found = vendors.vendor(tx, code) if code else None
    if found is None:
        return None
    return Vendor(
        vendor_id=found.uuid,
        vendor_name=found.name,
        local_identifier=found.number or UNSET,
    )


def branch_code(tx: Tx, text: str) -> str:
    """The code of the library a branch number (its registry id) or code names; unknown ones stay."""
    return _branches(tx).get(text, text)


def branch_id(tx: Tx, code: str) -> str:
    """What clients call a library: its registry id, or its code where it has none."""
    library = directory.library(tx, code)
    return library.oclc_id or library.code if library is not None else code


def _branches(tx: Tx) -> Mapping[str, str]:
    return tx.cached("wms branches", 0, lambda: _read_branches(tx))


def _read_branches(tx: Tx) -> Mapping[str, str]:
    libraries = directory.libraries(tx)
    found = {library.oclc_id: library.code for library in libraries if library.oclc_id}
    return MappingProxyType({**found, **{library.code: library.code for library in libraries}})


def shelf_code(tx: Tx, library: str, text: str) -> str:
    """The code of a location; clients may lead it by its library: `MAIN-STACKS`."""
    if directory.location(tx, library, text) is None:
        shorter = text.removeprefix(f"{library}-")
        if directory.location(tx, library, shorter) is not None:
            return shorter
    return text
