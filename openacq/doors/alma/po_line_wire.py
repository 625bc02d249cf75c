"""The PO line as Alma's JSON and XML write it.

Members stand in the order of Alma's JSON; `xml_order` is the order of its XML schema. Members that
only answers carry are marked Out: clients send whole answers back, and those are passed over.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, TypeAlias

from openacq.wire.model import (
    CODE_LIMIT,
    UNSET,
    Amount,
    Attr,
    Coded,
    Count,
    Length,
    Link,
    Linked,
    Maybe,
    NoteText,
    NullText,
    Out,
    SumText,
    Wire,
    Wrapped,
)

CodeText: TypeAlias = Annotated[str, Length(CODE_LIMIT)]
"""A number or code people gave: it is looked up, so it is no longer than an index takes."""

MOST_LOCATIONS = 500
MOST_COPIES = 1_000
MOST_FUNDS = 100
MOST_USERS = 200
MOST_NOTES = 100


class ResourceMetadata(Wire):
    """What is ordered; see also the bib at the link of `mms_id`."""

    xml_order = (
        "mms_id",
        "title",
        "author",
        "issn",
        "isbn",
        "publisher",
        "publication_place",
        "publication_year",
        "vendor_title_number",
        "title_id",
        "system_control_number",
    )

    title: Maybe[str] = UNSET
    author: Maybe[str] = UNSET
    issn: Maybe[str] = UNSET
    isbn: Maybe[str] = UNSET
    publisher: Maybe[str] = UNSET
    mms_id: Maybe[Linked] = UNSET
    publication_place: Maybe[str] = UNSET
    publication_year: Maybe[str] = UNSET
    vendor_title_number: Maybe[str] = UNSET
    title_id: Maybe[str] = UNSET
    system_control_number: Annotated[
        Maybe[list[str]], Wrapped("system_control_numbers", "system_control_number"), Count(100)
    ] = UNSET


class FundDistribution(Wire):
    """A fund's part: a percent or an amount."""

    xml_order = ("fund_code", "percent", "amount")

    amount: Maybe[Amount] = UNSET
    percent: Maybe[Decimal] = UNSET
    fund_code: Maybe[Coded] = UNSET


class Note(Wire):
    note_text: Maybe[NoteText] = UNSET


class Holding(Wire):
    id: Annotated[Maybe[str], Out()] = UNSET
    link: Link = UNSET


class Copy(Wire):
    """One copy, an item of the catalogue. `pid` is not the sender's to choose; it is read to tell a
    barcode that was made from it when a whole answer is sent back."""

    pid: Maybe[str] = UNSET
    holding_id: Annotated[Maybe[str], Out()] = UNSET
    barcode: Maybe[CodeText] = UNSET
    item_policy: Maybe[Coded] = UNSET
    receive_date: Maybe[dt.date] = UNSET
    expected_arrival_date: Maybe[dt.date] = UNSET
    enumeration_a: Maybe[str] = UNSET
    enumeration_b: Maybe[str] = UNSET
    enumeration_c: Maybe[str] = UNSET
    chronology_i: Maybe[str] = UNSET
    chronology_j: Maybe[str] = UNSET
    chronology_k: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    storage_location_id: Maybe[CodeText] = UNSET
    is_temp_location: Maybe[bool] = UNSET
    permanent_library: Maybe[Coded] = UNSET
    permanent_shelving_location: Maybe[CodeText] = UNSET
    link: Link = UNSET


class Location(Wire):
    """How many copies for which place."""

    quantity: Maybe[int] = UNSET
    library: Maybe[Coded] = UNSET
    shelving_location: Maybe[CodeText] = UNSET
    holding: Annotated[Maybe[list[Holding]], Wrapped("holdings", "holding")] = UNSET
    copy: Annotated[Maybe[list[Copy]], Wrapped("copies", "copy"), Count(MOST_COPIES)] = UNSET


class InterestedUser(Wire):
    primary_id: Maybe[CodeText] = UNSET
    first_name: Annotated[Maybe[str], Out()] = UNSET
    last_name: Annotated[Maybe[str], Out()] = UNSET
    email: Annotated[Maybe[str], Out()] = UNSET
    notify_receiving_activation: Maybe[bool] = UNSET
    hold_item: Maybe[bool] = UNSET
    notify_renewal: Maybe[bool] = UNSET
    notify_cancel: Maybe[bool] = UNSET


class Portfolio(Wire):
    id: Maybe[str] = UNSET
    base_status: Maybe[str] = UNSET
    link: Link = UNSET


class Portfolios(Wire):
    """Keeps its wrapper in JSON too, because it carries a count."""

    portfolio: Maybe[list[Portfolio]] = UNSET
    total_record_count: Annotated[Maybe[int], Attr()] = UNSET


class PoLine(Wire):
    xml_root = "po_line"
    xml_order = (
        "number",
        "status",
        "owner",
        "type",
        "vendor",
        "vendor_account",
        "reclaim_interval",
        "expected_receipt_interval",
        "claiming_interval",
        "expected_activation_interval",
        "subscription_interval",
        "expected_activation_date",
        "e_activation_due_interval",
        "acquisition_method",
        "no_charge",
        "rush",
        "cancellation_restriction",
        "cancellation_restriction_note",
        "price",
        "discount",
        "vendor_reference_number",
        "vendor_reference_number_type",
        "source_type",
        "po_number",
        "additional_order_reference",
        "invoice_reference",
        "resource_metadata",
        "fund_distribution",
        "reporting_code",
        "secondary_reporting_code",
        "tertiary_reporting_code",
        "fourth_reporting_code",
        "fifth_reporting_code",
        "vendor_note",
        "receiving_note",
        "alert",
        "note",
        "location",
        "interested_user",
        "portfolios",
        "license",
        "access_model",
        "url",
        "base_status",
        "access_provider",
        "manual_renewal",
        "renewal_cycle",
        "subscription_from_date",
        "subscription_to_date",
        "renewal_date",
        "renewal_period",
        "renewal_note",
        "material_type",
        "created_date",
        "status_date",
        "expected_receipt_date",
    )

    number: Maybe[CodeText] = UNSET
    status: Annotated[Maybe[Coded], Out()] = UNSET
    owner: Maybe[Coded] = UNSET
    type: Maybe[Coded] = UNSET
    vendor: Maybe[Coded] = UNSET
    rush: Maybe[bool] = UNSET
    price: Maybe[Amount] = UNSET
    discount: Maybe[SumText] = UNSET
    portfolios: Annotated[Maybe[Portfolios], Out()] = UNSET
    license: Maybe[Coded] = UNSET
    url: Maybe[str] = UNSET
    vendor_account: Maybe[CodeText] = UNSET
    reclaim_interval: Maybe[SumText] = UNSET
    expected_receipt_interval: Maybe[SumText] = UNSET
    claiming_interval: Maybe[SumText] = UNSET
    expected_activation_interval: Maybe[SumText] = UNSET
    subscription_interval: Maybe[SumText] = UNSET
    expected_activation_date: Maybe[dt.date] = UNSET
    e_activation_due_interval: Maybe[SumText] = UNSET
    acquisition_method: Maybe[Coded] = UNSET
    no_charge: Maybe[bool] = UNSET
    cancellation_restriction: Maybe[bool] = UNSET
    cancellation_restriction_note: Maybe[NoteText] = UNSET
    vendor_reference_number: Maybe[CodeText] = UNSET
    vendor_reference_number_type: Annotated[Maybe[Coded], NullText()] = UNSET
    source_type: Annotated[Maybe[Coded], Out()] = UNSET
    po_number: Maybe[CodeText] = UNSET
    additional_order_reference: Maybe[str] = UNSET
    invoice_reference: Maybe[str] = UNSET
    resource_metadata: Maybe[ResourceMetadata] = UNSET
    fund_distribution: Annotated[
        Maybe[list[FundDistribution]], Wrapped("fund_distributions", "fund_distribution"), Count(MOST_FUNDS)
    ] = UNSET
    reporting_code: Maybe[str] = UNSET
    secondary_reporting_code: Maybe[str] = UNSET
    tertiary_reporting_code: Maybe[str] = UNSET
    fourth_reporting_code: Maybe[str] = UNSET
    fifth_reporting_code: Maybe[str] = UNSET
    vendor_note: Maybe[NoteText] = UNSET
    receiving_note: Maybe[NoteText] = UNSET
    alert: Annotated[Maybe[list[Coded]], Wrapped("alerts", "alert"), Out()] = UNSET
    note: Annotated[Maybe[list[Note]], Wrapped("notes", "note"), Count(MOST_NOTES)] = UNSET
    location: Annotated[Maybe[list[Location]], Wrapped("locations", "location"), Count(MOST_LOCATIONS)] = (
        UNSET
    )
    interested_user: Annotated[
        Maybe[list[InterestedUser]], Wrapped("interested_users", "interested_user"), Count(MOST_USERS)
    ] = UNSET
    access_model: Annotated[Maybe[str], NullText()] = UNSET
    base_status: Maybe[str] = UNSET
    access_provider: Maybe[str] = UNSET
    manual_renewal: Maybe[bool] = UNSET
    renewal_cycle: Maybe[Coded] = UNSET
    subscription_from_date: Maybe[dt.date] = UNSET
    subscription_to_date: Maybe[dt.date] = UNSET
    renewal_date: Maybe[dt.date] = UNSET
    renewal_period: Maybe[int] = UNSET
    renewal_note: Maybe[str] = UNSET
    material_type: Maybe[Coded] = UNSET
    created_date: Annotated[Maybe[dt.date], Out()] = UNSET
    status_date: Annotated[Maybe[dt.date], Out()] = UNSET
    expected_receipt_date: Maybe[dt.date] = UNSET
    link: Link = UNSET
