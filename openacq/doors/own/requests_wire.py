"""Purchase requests as our own door writes them: plain codes, Alma's names for what Alma has.

What only answers carry (id, state, what became of it) may be sent back and is passed over, so a request that
was read can be changed and put back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, TypeAlias

from openacq.doors.hall import Ask
from openacq.kernel.refusal import Problem
from openacq.requests.model import REQUEST_STATES, AlsoAsked, PlaceAsked, Question, Request, Sum, Wish
from openacq.requests.model import Duplicates as DuplicatesFound
from openacq.requests.model import Metadata as Title
from openacq.wire.model import CODE_LIMIT, UNSET, Count, Length, Maybe, NoteText, Out, SumText, Wire

Code: TypeAlias = Annotated[str, Length(CODE_LIMIT)]
MOST_REQUESTS = 200
MOST_NOTES = 100
MOST_PLACES = 100


class Metadata(Wire):
    """The title: `mms_id` of a record the library has, or title and citation type at least."""

    mms_id: Maybe[Code] = UNSET
    citation_type: Maybe[Code] = UNSET
    title: Maybe[str] = UNSET
    author: Maybe[str] = UNSET
    edition: Maybe[str] = UNSET
    isbn: Maybe[str] = UNSET
    issn: Maybe[str] = UNSET
    lcc_number: Maybe[str] = UNSET
    other_system_number: Maybe[str] = UNSET
    publisher: Maybe[str] = UNSET
    publication_place: Maybe[str] = UNSET
    publication_year: Maybe[str] = UNSET
    bib_note: Maybe[str] = UNSET
    volume: Maybe[str] = UNSET


class Note(Wire):
    text: Maybe[NoteText] = UNSET
    created: Annotated[Maybe[dt.datetime], Out()] = UNSET
    by: Annotated[Maybe[str], Out()] = UNSET


class Location(Wire):
    library: Maybe[Code] = UNSET
    shelving_location: Maybe[Code] = UNSET
    quantity: Maybe[int] = UNSET


class Cost(Wire):
    folds = True

    sum: Maybe[SumText] = UNSET
    currency: Maybe[Code] = UNSET


class PurchaseRequest(Wire):
    """`progress` is what became of the PO line: ordered, arrived, closed, cancelled; `group` is shared by
    requests that are merged; `possible` names what can be done with it now."""

    id: Annotated[Maybe[str], Out()] = UNSET
    state: Annotated[Maybe[str], Out()] = UNSET
    requester: Maybe[Code] = UNSET
    requester_name: Annotated[Maybe[str], Out()] = UNSET
    resource_metadata: Maybe[Metadata] = UNSET
    format: Maybe[Code] = UNSET
    requested_type: Maybe[Code] = UNSET
    notify_receiving_activation: Maybe[bool] = UNSET
    hold_item: Maybe[bool] = UNSET
    notify_renewal: Maybe[bool] = UNSET
    notify_cancel: Maybe[bool] = UNSET
    source: Maybe[Code] = UNSET
    owning_library: Maybe[Code] = UNSET
    estimated_cost: Maybe[Cost] = UNSET
    fund: Maybe[Code] = UNSET
    vendor: Maybe[Code] = UNSET
    vendor_account: Maybe[Code] = UNSET
    email: Maybe[str] = UNSET
    requester_note: Maybe[NoteText] = UNSET
    notes: Annotated[Maybe[list[Note]], Count(MOST_NOTES)] = UNSET
    location: Annotated[Maybe[list[Location]], Count(MOST_PLACES)] = UNSET
    approved_by: Annotated[Maybe[str], Out()] = UNSET
    reject_reason: Annotated[Maybe[str], Out()] = UNSET
    reject_note: Annotated[Maybe[str], Out()] = UNSET
    po_line: Annotated[Maybe[str], Out()] = UNSET
    progress: Annotated[Maybe[str], Out()] = UNSET
    assigned_to: Annotated[Maybe[str], Out()] = UNSET
    deferred_until: Annotated[Maybe[dt.date], Out()] = UNSET
    deferral_reason: Annotated[Maybe[str], Out()] = UNSET
    group: Annotated[Maybe[str], Out()] = UNSET
    matched_by: Annotated[Maybe[str], Out()] = UNSET
    bib_hits: Annotated[Maybe[list[str]], Out()] = UNSET
    questions: Annotated[Maybe[int], Out()] = UNSET
    unanswered: Annotated[Maybe[int], Out()] = UNSET
    created: Annotated[Maybe[dt.datetime], Out()] = UNSET
    created_by: Annotated[Maybe[str], Out()] = UNSET
    changed: Annotated[Maybe[dt.datetime], Out()] = UNSET
    since: Annotated[Maybe[dt.datetime], Out()] = UNSET
    version: Maybe[int] = UNSET
    possible: Annotated[Maybe[list[str]], Out()] = UNSET
    link: Annotated[Maybe[str], Out()] = UNSET


class PurchaseRequests(Wire):
    total: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    requests: Maybe[list[PurchaseRequest]] = UNSET


class HeldCopies(Wire):
    """Copies of a library; electronic portfolios have no library."""

    library: Maybe[str] = UNSET
    name: Maybe[str] = UNSET
    copies: Maybe[int] = UNSET


class OnOrder(Wire):
    line: Maybe[str] = UNSET
    status: Maybe[str] = UNSET
    owner: Maybe[str] = UNSET
    type: Maybe[str] = UNSET
    expected: Maybe[dt.date] = UNSET


class OtherRequest(Wire):
    id: Maybe[str] = UNSET
    requester: Maybe[str] = UNSET
    requester_name: Maybe[str] = UNSET
    state: Maybe[str] = UNSET
    created: Maybe[dt.datetime] = UNSET
    group: Maybe[str] = UNSET


class Duplicates(Wire):
    """What there is of a title already: copies held, lines on order, other requests and whose."""

    held: Maybe[list[HeldCopies]] = UNSET
    on_order: Maybe[list[OnOrder]] = UNSET
    requests: Maybe[list[OtherRequest]] = UNSET


class Asked(Wire):
    id: Maybe[str] = UNSET
    request: Maybe[str] = UNSET
    text: Maybe[str] = UNSET
    asked: Maybe[dt.datetime] = UNSET
    by: Maybe[str] = UNSET
    answer: Maybe[str] = UNSET
    answered: Maybe[dt.datetime] = UNSET
    answered_by: Maybe[str] = UNSET


class Questions(Wire):
    questions: Maybe[list[Asked]] = UNSET


def wire_request(ask: Ask, request: Request) -> PurchaseRequest:
    cost = request.estimated_cost
    return PurchaseRequest(
        id=str(request.id),
        state=request.state.value,
        requester=request.requester,
        requester_name=request.requester_name,
        resource_metadata=_metadata(request.metadata),
        format=request.format,
        requested_type=request.requested_type or UNSET,
        notify_receiving_activation=request.notify_receiving_activation,
        hold_item=request.hold_item,
        notify_renewal=request.notify_renewal,
        notify_cancel=request.notify_cancel,
        source=request.source,
        owning_library=request.owning_library or UNSET,
        estimated_cost=Cost(sum=cost.text(), currency=cost.currency) if cost else UNSET,
        fund=request.fund or UNSET,
        vendor=request.vendor or UNSET,
        vendor_account=request.vendor_account or UNSET,
        email=request.email or UNSET,
        requester_note=request.requester_note or UNSET,
        notes=[Note(text=note.text, created=note.created, by=note.author) for note in request.notes],
        location=[
            Location(
                library=place.library,
                shelving_location=place.shelving_location or UNSET,
                quantity=place.quantity,
            )
            for place in request.places
        ],
        approved_by=request.approved_by or UNSET,
        reject_reason=request.reject_reason or UNSET,
        reject_note=request.reject_note or UNSET,
        po_line=request.po_line or UNSET,
        progress=request.progress or UNSET,
        assigned_to=request.assigned_to or UNSET,
        deferred_until=request.deferred_until or UNSET,
        deferral_reason=request.deferral_reason or UNSET,
        group=str(request.group) if request.group else UNSET,
        matched_by=request.matched_by or UNSET,
        bib_hits=list(request.bib_hits) or UNSET,
        questions=request.questions,
        unanswered=request.unanswered,
        created=request.created,
        created_by=request.created_by or UNSET,
        changed=request.changed,
        since=request.state_since or UNSET,
        version=request.version,
        possible=_possible(request),
        link=f"{ask.root}/almaws/v1/acq/purchase-requests/{request.id}",
    )


def _possible(request: Request) -> list[str]:
    def holds(_line_cancelled: str) -> bool:
        return request.progress == "cancelled"

    events = REQUEST_STATES.events(request.state)
    return [event for event in events if REQUEST_STATES.find(request.state, event, holds)]


def wish_of(given: PurchaseRequest, problems: Sequence[Problem]) -> Wish:
    """What a body asks for; `problems` are those of its form."""
    cost = given.estimated_cost
    return Wish(
        metadata=_title(given.resource_metadata) if given.resource_metadata else None,
        format=given.format or "",
        requested_type=given.requested_type or "",
        notify_receiving_activation=given.notify_receiving_activation or False,
        hold_item=given.hold_item or False,
        notify_renewal=given.notify_renewal or False,
        notify_cancel=given.notify_cancel or False,
        owning_library=given.owning_library or "",
        estimated_cost=Sum(cost.sum or "", cost.currency or "") if cost else Sum(),
        fund=given.fund or "",
        vendor=given.vendor or "",
        vendor_account=given.vendor_account or "",
        email=given.email or "",
        requester_note=given.requester_note or "",
        notes=tuple(note.text for note in given.notes or () if note.text),
        places=tuple(
            PlaceAsked(
                library=each.library or "",
                shelving_location=each.shelving_location or "",
                quantity=each.quantity if isinstance(each.quantity, int) else None,
            )
            for each in given.location or ()
        ),
        problems=tuple(problems),
    )


def _title(given: Metadata) -> Title:
    return Title(**{name: getattr(given, name) or "" for name in given.__struct_fields__})


def _metadata(title: Title) -> Metadata:
    return Metadata(**{name: getattr(title, name) or UNSET for name in Metadata.__struct_fields__})


def wire_duplicates(found: DuplicatesFound) -> Duplicates:
    return Duplicates(
        held=[
            HeldCopies(library=each.library or UNSET, name=each.name, copies=each.copies)
            for each in found.held
        ],
        on_order=[
            OnOrder(
                line=each.number,
                status=each.state.value,
                owner=each.owner,
                type=each.type,
                expected=each.expected or UNSET,
            )
            for each in found.on_order
        ],
        requests=[_other(each) for each in found.requests],
    )


def _other(found: AlsoAsked) -> OtherRequest:
    return OtherRequest(
        id=str(found.id),
        requester=found.requester,
        requester_name=found.requester_name,
        state=found.state.value,
        created=found.created,
        group=str(found.group) if found.group else UNSET,
    )


def wire_question(question: Question) -> Asked:
    return Asked(
        id=str(question.id),
        request=str(question.request_id),
        text=question.text,
        asked=question.asked,
        by=question.asked_by,
        answer=question.answer or UNSET,
        answered=question.answered or UNSET,
        answered_by=question.answered_by or UNSET,
    )
