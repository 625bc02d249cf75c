"""The purchase request as Alma's JSON and XML write it.

Members stand in the order of Alma's data dictionary, which is that of its XML. Members that only answers
carry are marked Out: clients send whole answers back, and those are passed over.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, TypeAlias

from openacq.wire.model import (
    CODE_LIMIT,
    UNSET,
    Amount,
    Attr,
    Body,
    Coded,
    Count,
    JsonOnly,
    Length,
    Link,
    Maybe,
    NoteText,
    Out,
    Wire,
    Wrapped,
)

CodeText: TypeAlias = Annotated[str, Length(CODE_LIMIT)]
"""A code people gave: it is looked up, so it is no longer than an index takes."""

MOST_NOTES = 100
MOST_LOCATIONS = 100


class CodedLink(Wire):
    """A code, its words and the address of what it names; only the code is read."""

    value: Annotated[Maybe[str | None], Body(), Length(CODE_LIMIT)] = UNSET
    desc: Annotated[Maybe[str | None], Attr(), Out()] = UNSET
    link: Link = UNSET


class RequestMetadata(Wire):
    """What is wished for: a record of the catalogue, or a description of it."""

    mms_id: Maybe[CodedLink] = UNSET
    citation_type: Maybe[Coded] = UNSET
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


class RequestNote(Wire):
    """`content` is the name the text has in other objects of Alma; some clients know no other."""

    note_text: Maybe[NoteText] = UNSET
    content: Annotated[Maybe[NoteText], JsonOnly()] = UNSET
    creation_date: Annotated[Maybe[dt.date], Out()] = UNSET
    created_by: Annotated[Maybe[str], Out()] = UNSET


class RequestLocation(Wire):
    """How many copies for which place."""

    quantity: Maybe[int] = UNSET
    library: Maybe[Coded] = UNSET
    shelving_location: Maybe[CodeText] = UNSET


class PurchaseRequest(Wire):
    xml_root = "purchase_request"

    link: Link = UNSET
    request_id: Annotated[Maybe[str], Out()] = UNSET
    created_date: Annotated[Maybe[dt.date], Out()] = UNSET
    last_modified_date: Annotated[Maybe[dt.date], Out()] = UNSET
    format: Maybe[Coded] = UNSET
    requested_type: Maybe[Coded] = UNSET
    requester: Maybe[Coded] = UNSET
    notify_receiving_activation: Maybe[bool] = UNSET
    hold_item: Maybe[bool] = UNSET
    notify_renewal: Maybe[bool] = UNSET
    notify_cancel: Maybe[bool] = UNSET
    created_from: Annotated[Maybe[Coded], Out()] = UNSET
    status: Annotated[Maybe[Coded], Out()] = UNSET
    owning_library: Maybe[Coded] = UNSET
    estimated_cost: Maybe[Amount] = UNSET
    fund: Maybe[Coded] = UNSET
    vendor: Maybe[Coded] = UNSET
    vendor_account: Maybe[CodeText] = UNSET
    email: Maybe[str] = UNSET
    approved_by: Maybe[CodeText] = UNSET
    requester_note: Maybe[NoteText] = UNSET
    reject_reason: Maybe[Coded] = UNSET
    po_line: Annotated[Maybe[CodedLink], Out()] = UNSET
    resource_metadata: Maybe[RequestMetadata] = UNSET
    note: Annotated[Maybe[list[RequestNote]], Wrapped("notes", "note"), Count(MOST_NOTES)] = UNSET
    location: Annotated[
        Maybe[list[RequestLocation]], Wrapped("locations", "location"), Count(MOST_LOCATIONS)
    ] = UNSET


class PurchaseRequests(Wire):
    xml_root = "purchase_requests"

    purchase_request: Maybe[list[PurchaseRequest]] = UNSET
    total_record_count: Annotated[Maybe[int], Attr()] = UNSET
