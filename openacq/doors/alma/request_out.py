"""A purchase request of the requests desk as the Alma door shows it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.alma.request_wire import (
    CodedLink,
    PurchaseRequest,
    RequestLocation,
    RequestMetadata,
    RequestNote,
)
from openacq.doors.hall import Ask
from openacq.kernel.clock import calendar_day
from openacq.kernel.money import Money
from openacq.kernel.once import Once
from openacq.ledger import service as ledger
from openacq.requests.model import (
    CITATIONS,
    FORMATS,
    MATERIALS,
    REASONS,
    SOURCES,
    STATUSES,
    Metadata,
    Request,
)
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.wire.model import UNSET, Amount, Coded, Maybe

PRINTED = MATERIALS["P"]


class Words:
    """What codes mean and other things that come again from request to request, each made once."""

    __slots__ = ("address", "coded", "day", "fund", "library", "vendor")

    def __init__(self, tx: Tx, ask: Ask) -> None:
        self.address = ask.link
        self.coded: Once[Coded] = Once(partial(_coded, tx))
        self.day = Once(partial(calendar_day, zone_name=tx.zone))
        self.fund = Once(partial(_fund, tx))
        self.library = Once(partial(_library, tx))
        self.vendor = Once(partial(_vendor, tx))

    def maybe(self, table: str, code: str) -> Maybe[Coded]:
        return self.coded[table, code] if code else UNSET


def _coded(tx: Tx, asked: tuple[str, str]) -> Coded:
    table, code = asked
    return Coded(value=code, desc=codes.describe(tx, table, code))


def _fund(tx: Tx, code: str) -> Coded:
    fund = ledger.fund(tx, code)
    return Coded(value=code, desc=fund.name if fund else None)


def _library(tx: Tx, code: str) -> Coded:
    library = directory.library(tx, code)
    return Coded(value=code, desc=library.name if library else None)


def _vendor(tx: Tx, code: str) -> Coded:
    vendor = vendors.vendor(tx, code)
    return Coded(value=code, desc=vendor.name if vendor else None)


def wire_request(tx: Tx, ask: Ask, request: Request) -> PurchaseRequest:
    """The wire object of a request, with links to the address that was asked."""
    return wire_requests(tx, ask, [request])[0]


def wire_requests(tx: Tx, ask: Ask, requests: Iterable[Request]) -> list[PurchaseRequest]:
    words = Words(tx, ask)
    return [_request(words, request) for request in requests]


def _request(words: Words, request: Request) -> PurchaseRequest:
    materials = MATERIALS.get(request.format, PRINTED)
    return PurchaseRequest(
        link=words.address(f"/acq/purchase-requests/{request.id}"),
        request_id=str(request.id),
        created_date=words.day[request.created],
        last_modified_date=words.day[request.changed],
        format=words.coded[FORMATS, request.format],
        requested_type=words.maybe(materials, request.requested_type),
        requester=Coded(value=request.requester, desc=request.requester_name),
        notify_receiving_activation=request.notify_receiving_activation,
        hold_item=request.hold_item,
        notify_renewal=request.notify_renewal,
        notify_cancel=request.notify_cancel,
        created_from=words.coded[SOURCES, request.source],
        status=words.coded[STATUSES, request.state.value],
        owning_library=words.library[request.owning_library] if request.owning_library else UNSET,
        estimated_cost=_amount(words, request.estimated_cost) if request.estimated_cost else UNSET,
        fund=words.fund[request.fund] if request.fund else UNSET,
        vendor=words.vendor[request.vendor] if request.vendor else UNSET,
        vendor_account=request.vendor_account or UNSET,
        email=request.email or UNSET,
        approved_by=request.approved_by or UNSET,
        requester_note=request.requester_note or UNSET,
        reject_reason=words.maybe(REASONS, request.reject_reason),
        po_line=_line(words, request.po_line),
        resource_metadata=_metadata(words, request.metadata),
        note=[
            RequestNote(
                note_text=note.text,
                content=note.text,
                creation_date=words.day[note.created],
                created_by=note.author or UNSET,
            )
            for note in request.notes
        ],
        location=[
            RequestLocation(
                quantity=place.quantity,
                library=words.library[place.library],
                shelving_location=place.shelving_location or UNSET,
            )
            for place in request.places
        ],
    )


def _amount(words: Words, money: Money) -> Amount:
    return Amount(sum=money.text(), currency=words.coded["Currency_CT", money.currency])


def _line(words: Words, number: str) -> Maybe[CodedLink]:
    return CodedLink(value=number, link=words.address(f"/acq/po-lines/{number}")) if number else UNSET


def _metadata(words: Words, title: Metadata) -> RequestMetadata:
    mms_id = CodedLink(value=title.mms_id, desc=title.title, link=words.address(f"/bibs/{title.mms_id}"))
    return RequestMetadata(
        mms_id=mms_id if title.mms_id else UNSET,
        citation_type=words.maybe(CITATIONS, title.citation_type),
        title=title.title,
        author=title.author or UNSET,
        edition=title.edition or UNSET,
        isbn=title.isbn or UNSET,
        issn=title.issn or UNSET,
        lcc_number=title.lcc_number or UNSET,
        other_system_number=title.other_system_number or UNSET,
        publisher=title.publisher or UNSET,
        publication_place=title.publication_place or UNSET,
        publication_year=title.publication_year or UNSET,
        bib_note=title.bib_note or UNSET,
        volume=title.volume or UNSET,
    )
