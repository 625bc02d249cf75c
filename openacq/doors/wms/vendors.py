"""`/vendors`: who the library buys from, as the Vendor Information Center tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.wms import listing
from openacq.doors.wms.finance_wire import LookupVendor, SelfLink
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor, VendorFilter
from openacq.wire.atom import Entry, Feed
from openacq.wire.model import UNSET, Maybe

ACTIVE, INACTIVE, ALL = "ACTIVE", "INACTIVE", "ALL"
INDEXES: Mapping[str, str] = {
    "": "name",
    "name": "name",
    "vendorname": "name",
    "vendornumber": "vendorNumber",
}


def list_vendors(ask: Ask) -> Reply:
    """`GET /vendors`: status (ACTIVE, INACTIVE, ALL), q (name, vendorNumber), startIndex, itemsPerPage."""
    page = listing.page(ask.params)
    status = listing.choice(ask.params, "status", ALL, (ACTIVE, INACTIVE, ALL))
    asked = listing.conditions(ask.params, INDEXES)
    numbers = {condition.term.upper() for condition in asked if condition.index == "vendorNumber"}
    words = tuple(("name", tuple(condition.term.split())) for condition in asked if condition.index == "name")

    def work(tx: Tx) -> Feed:
        only: str | None = None
        if numbers:
            found = vendors.vendor_by_number(tx, next(iter(numbers))) if len(numbers) == 1 else None
            if found is None:
                return listing.feed(LookupVendor, (), 0, page)
            only = found.code
        wanted = VendorFilter(active=None if status == ALL else status == ACTIVE, search=words, only=only)
        listed = vendors.vendors(tx, wanted, page.size, page.offset)
        entries = [shown(ask, vendor) for vendor in listed.vendors]
        return listing.feed(LookupVendor, entries, listed.total, page)

    return Reply(ask.read(work))


def answer_vendor(ask: Ask) -> Reply:
    """`GET /vendors/{vendor}`: by its UUID or its local number (`LVN-n`)."""
    return Reply(ask.read(lambda tx: shown(ask, known_vendor(tx, ask.path["vendor"]))))


def known_vendor(tx: Tx, name: str) -> Vendor:
    """The vendor clients name so, by UUID or local number. Refused vendor_not_found."""
    found = vendor_named(tx, name)
    if found is None:
        raise Refusal(Problem("vendor_not_found", "vendorId", name, probable=""))
    return found


def vendor_named(tx: Tx, name: str) -> Vendor | None:
    """The vendor of a UUID (in any spelling) or a local number (`LVN-n`, in any case)."""
    if name.upper().startswith("LVN-"):
        return vendors.vendor_by_number(tx, name.upper())
    try:
        return vendors.vendor_by_uuid(tx, str(UUID(name)))
    except ValueError:
        return None


def shown(ask: Ask, vendor: Vendor) -> Entry:
    country, city = _address(vendor)
    address = ask.link(f"/vendors/{vendor.uuid}")
    return Entry(
        LookupVendor(
            vendor_id=vendor.uuid,
            link=SelfLink(href=address),
            name=vendor.name,
            vendor_number=vendor.number,
            country=country,
            place=city,
            is_active=vendor.active,
            is_shared=False,
        )
    )


def _address(vendor: Vendor) -> tuple[Maybe[str], Maybe[str]]:
    """Country and city of the preferred address on the vendor's card, as far as they are there."""
    card = vendor.details.get("contact_info")
    listed = card.get("address") if isinstance(card, Mapping) else None
    addresses = (
        [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list | tuple) else []
    )
    if not addresses:
        return UNSET, UNSET
    best = next((each for each in addresses if each.get("preferred") is True), addresses[0])
    country = best.get("country")
    code = country.get("value") if isinstance(country, Mapping) else country
    return _text(code), _text(best.get("city"))


def _text(value: object) -> Maybe[str]:
    return value if isinstance(value, str) and value else UNSET


ROUTES = (
    Route("GET", "/vendors", "vic", list_vendors),
    Route("GET", "/vendors/{vendor}", "vic", answer_vendor),
)
