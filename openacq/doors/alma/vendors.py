"""`/acq/vendors`: who the library buys from, with accounts and the whole card.

A key tied to a vendor sees that vendor alone. Passwords on a card are shown only to the library's own
keys that may write.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import msgspec
import structlog

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.alma import listing
from openacq.doors.alma.vendors_wire import (
    Account,
    Card,
    ContactInfo,
    EdiInfo,
    Vendor,
    VendorLibrary,
    Vendors,
)
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.money import percent_text
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor as VendorCard
from openacq.vendors.model import VendorAccount, VendorFilter, VendorRole
from openacq.vendors.model import VendorLibrary as LibraryOfVendor
from openacq.wire.model import UNSET, Coded, read

ALL, ACTIVE, INACTIVE = "ALL", "ACTIVE", "INACTIVE"
SEARCHED: Mapping[str, str] = {
    "all": "",
    "code": "code",
    "interface_name": "interface_name",
    "library": "library",
    "name": "name",
}
"""Fields of `q`, by ours."""

_log = structlog.get_logger("openacq.doors.alma")


def list_vendors(ask: Ask) -> Reply:
    """`GET /acq/vendors`: parameters status, type, q, limit, offset."""
    page = listing.page(ask.params)
    status = listing.option(ask.params, "status", ALL, (ACTIVE, INACTIVE, ALL))
    role = listing.option(ask.params, "type", ALL, (*VendorRole, ALL))
    wanted = VendorFilter(
        active=None if status == ALL else status == ACTIVE,
        role=None if role == ALL else VendorRole(role),
        search=_search(ask),
        only=ask.caller.vendor,
    )

    def work(tx: Tx) -> Vendors:
        found = vendors.vendors(tx, wanted, page.limit, page.offset)
        shown = [wire_vendor(tx, ask, vendor) for vendor in found.vendors]
        return Vendors(vendor=shown or UNSET, total_record_count=found.total)

    return Reply(ask.read(work))


def answer_vendor(ask: Ask) -> Reply:
    """`GET /acq/vendors/{vendor_code}`."""
    return Reply(ask.read(lambda tx: wire_vendor(tx, ask, known_vendor(tx, ask))))


def known_vendor(tx: Tx, ask: Ask) -> VendorCard:
    """The vendor of the path, if the key may see it. Refused vendor_not_found."""
    code, only = ask.path["vendor_code"], ask.caller.vendor
    vendor = vendors.vendor(tx, code) if only in (None, code) else None
    if vendor is None:
        meant = vendors.similar_codes(tx, code)
        seen = [known for known in meant if only in (None, known)]
        raise Refusal(Problem("vendor_not_found", "vendor", code, probable=probable(seen)))
    return vendor


def _search(ask: Ask) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for condition in listing.conditions(ask.params):
        if condition.field not in SEARCHED:
            raise Refusal(Problem("option_invalid", "q", condition.field, valid=", ".join(SEARCHED)))
        found.append((SEARCHED[condition.field], condition.words))
    return tuple(found)


# -- what is shown -----------------------------------------------------------------------------


def wire_vendor(tx: Tx, ask: Ask, vendor: VendorCard) -> Vendor:
    if ask.caller.vendor is not None or not ask.caller.may("acq", write=True):
        vendor = vendors.without_secrets(vendor)
    else:
        opened = vendors.with_secrets(tx, vendor)
        vendor = opened.vendor
        for member in opened.unreadable:
            _log.warning("password of a vendor unreadable", vendor=vendor.code, member=member)
    card = card_of(vendor.details, vendor.code)
    return Vendor(
        link=ask.link(f"/acq/vendors/{quote(vendor.code, safe='')}"),
        code=vendor.code,
        name=vendor.name,
        additional_code=vendor.additional_code,
        financial_sys_code=vendor.financial_sys_code,
        national_tax_id=vendor.national_tax_id,
        status=_status(tx, vendor.active),
        liable_for_vat=vendor.liable_for_vat,
        language=(
            _coded(tx, "UserPreferredLanguage", vendor.language)
            if vendor.language
            else Coded(value="", desc=None)
        ),
        material_supplier=vendor.material_supplier,
        access_provider=vendor.access_provider,
        licensor=vendor.licensor,
        governmental=vendor.governmental,
        tax_percentage=vendor.tax_percentage or UNSET,
        library=_libraries(tx, ask, vendor.libraries),
        currency=[_coded(tx, "Currency_CT", code) for code in vendor.currencies],
        account=[_account(tx, ask, account) for account in vendor.accounts],
        contact_person=card.contact_person or [],
        interface=card.interface or [],
        contact_info=_whole(card.contact_info or ContactInfo()),
        edi_info=card.edi_info or EdiInfo(),
        note=card.note or [],
    )


def _account(tx: Tx, ask: Ask, account: VendorAccount) -> Account:
    return Account(
        code=account.code,
        description=account.description,
        financial_sys_code=account.financial_sys_code,
        status=_status(tx, account.active),
        library=_libraries(tx, ask, account.libraries),
        discount_percent=percent_text(account.discount),
        note=account.note,
        payment_method=[_coded(tx, "PaymentMethod", code) for code in account.payment_methods],
        expected_receipt_interval=_days(account.expected_receipt_interval),
        claiming_interval=_days(account.claiming_interval),
        expected_invoice_interval=_days(account.expected_invoice_interval),
        expected_activation_interval=_days(account.expected_activation_interval),
        renewal_evaluation_interval=_days(account.renewal_evaluation_interval),
        subscription_interval=_days(account.subscription_interval),
        reclaim_interval=_days(account.reclaim_interval),
        contact_info=_whole(card_of(account.details, account.code).contact_info or ContactInfo()),
    )


def card_of(details: Mapping[str, object], code: str) -> Card:
    """The kept members as wire objects. One that cannot be read as what it is called is left out, and
    said so in the server's log: the rest of the vendor must stay readable."""
    card = Card()
    for name in Card.__struct_fields__:
        if name not in details:
            continue
        try:
            part = read(Card, msgspec.json.encode({name: details[name]}), "json", whole=True)
        except Refusal as refusal:
            _log.warning("card of a vendor unreadable", vendor=code, member=name, why=str(refusal))
        else:
            setattr(card, name, getattr(part, name))
    return card


def _whole(info: ContactInfo) -> ContactInfo:
    """With all four lists, empty ones too."""
    return ContactInfo(
        address=info.address or [],
        email=info.email or [],
        phone=info.phone or [],
        web_address=info.web_address or [],
    )


def _libraries(tx: Tx, ask: Ask, libraries: tuple[LibraryOfVendor, ...]) -> list[VendorLibrary]:
    shown = []
    for entry in libraries:
        if ask.caller.sees_library(entry.code):
            library = directory.library(tx, entry.code)
            code = Coded(value=entry.code, desc=library.name if library else entry.code)
            shown.append(VendorLibrary(include_sub_units=entry.include_sub_units, code=code))
    return shown


def _status(tx: Tx, active: bool) -> Coded:
    return _coded(tx, "VendorSearchStatusFilter", ACTIVE if active else INACTIVE)


def _days(interval: int | None) -> str:
    return "" if interval is None else str(interval)


def _coded(tx: Tx, table: str, code: str) -> Coded:
    return Coded(value=code, desc=codes.describe(tx, table, code))


ROUTES = (
    Route("GET", "/acq/vendors", "acq", list_vendors),
    Route("GET", "/acq/vendors/{vendor_code}", "acq", answer_vendor),
)
