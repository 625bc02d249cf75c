"""A purchase request as it comes in by the Alma door, in the words of the requests desk."""

from __future__ import annotations

from collections.abc import Sequence

from openacq.doors.alma.request_wire import PurchaseRequest, RequestLocation, RequestNote
from openacq.kernel.refusal import Problem
from openacq.requests.model import Metadata, PlaceAsked, Sum, Wish
from openacq.wire.model import code_of


def wish_of(request: PurchaseRequest, problems: Sequence[Problem]) -> Wish:
    """What a body asks for; nothing is judged here. `problems` are those of its form."""
    return Wish(
        metadata=_metadata(request),
        format=code_of(request.format),
        requested_type=code_of(request.requested_type),
        notify_receiving_activation=request.notify_receiving_activation or False,
        hold_item=request.hold_item or False,
        notify_renewal=request.notify_renewal or False,
        notify_cancel=request.notify_cancel or False,
        owning_library=code_of(request.owning_library),
        estimated_cost=_sum(request),
        fund=code_of(request.fund),
        vendor=code_of(request.vendor),
        vendor_account=request.vendor_account or "",
        email=request.email or "",
        requester_note=request.requester_note or "",
        notes=tuple(text for each in request.note or () if (text := _text(each))),
        places=tuple(_place(each) for each in request.location or ()),
        problems=tuple(problems),
    )


def _metadata(request: PurchaseRequest) -> Metadata | None:
    given = request.resource_metadata
    if not given:
        return None
    return Metadata(
        mms_id=(given.mms_id.value or "") if given.mms_id else "",
        citation_type=code_of(given.citation_type),
        title=given.title or "",
        author=given.author or "",
        edition=given.edition or "",
        isbn=given.isbn or "",
        issn=given.issn or "",
        lcc_number=given.lcc_number or "",
        other_system_number=given.other_system_number or "",
        publisher=given.publisher or "",
        publication_place=given.publication_place or "",
        publication_year=given.publication_year or "",
        bib_note=given.bib_note or "",
        volume=given.volume or "",
    )


def _sum(request: PurchaseRequest) -> Sum:
    amount = request.estimated_cost
    return Sum(amount.sum or "", code_of(amount.currency)) if amount else Sum()


def _text(note: RequestNote) -> str:
    return note.note_text or note.content or ""


def _place(location: RequestLocation) -> PlaceAsked:
    return PlaceAsked(
        library=code_of(location.library),
        shelving_location=location.shelving_location or "",
        quantity=location.quantity if isinstance(location.quantity, int) else None,
    )
