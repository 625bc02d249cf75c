"""A PO line as large as they come, to try the codecs on. The real one belongs to the Alma door."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from openacq.wire.model import (
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
    Wire,
    Wrapped,
)


class Metadata(Wire):
    xml_order = (
        "mms_id",
        "title",
        "author",
        "issn",
        "isbn",
        "publisher",
        "publication_place",
        "publication_year",
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
    system_control_number: Annotated[
        Maybe[list[str]], Wrapped("system_control_numbers", "system_control_number")
    ] = UNSET


class Share(Wire):
    xml_order = ("fund_code", "percent", "amount")

    amount: Maybe[Amount] = UNSET
    fund_code: Maybe[Coded] = UNSET
    percent: Maybe[Decimal] = UNSET


class Note(Wire):
    note_text: Maybe[NoteText] = UNSET


class Holding(Wire):
    id: Maybe[str] = UNSET
    link: Link = UNSET


class Copy(Wire):
    pid: Annotated[Maybe[str], Out()] = UNSET
    barcode: Annotated[Maybe[str], Length(20)] = UNSET
    item_policy: Maybe[Coded] = UNSET
    receive_date: Maybe[dt.date] = UNSET
    expected_arrival_date: Maybe[dt.date] = UNSET
    is_temp_location: Maybe[bool] = UNSET
    link: Link = UNSET


class Location(Wire):
    quantity: Maybe[int] = UNSET
    library: Maybe[Coded] = UNSET
    shelving_location: Maybe[str] = UNSET
    holding: Annotated[Maybe[list[Holding]], Wrapped("holdings", "holding"), Out()] = UNSET
    copy: Annotated[Maybe[list[Copy]], Wrapped("copies", "copy")] = UNSET


class User(Wire):
    primary_id: Maybe[str] = UNSET
    notify_cancel: Maybe[bool] = UNSET
    email: Annotated[Maybe[str], Out()] = UNSET


class Portfolios(Wire):
    portfolio: Maybe[list[Coded]] = UNSET
    total_record_count: Annotated[Maybe[int], Attr()] = UNSET


class Line(Wire):
    xml_root = "po_line"
    xml_order = (
        "number",
        "status",
        "owner",
        "type",
        "vendor",
        "vendor_account",
        "reclaim_interval",
        "acquisition_method",
        "no_charge",
        "rush",
        "price",
        "discount",
        "vendor_reference_number",
        "vendor_reference_number_type",
        "source_type",
        "resource_metadata",
        "fund_distribution",
        "reporting_code",
        "secondary_reporting_code",
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
        "manual_renewal",
        "renewal_date",
        "renewal_period",
        "material_type",
        "created_date",
        "status_date",
        "seen_at",
    )

    number: Annotated[Maybe[str], Out()] = UNSET
    status: Annotated[Maybe[Coded], Out()] = UNSET
    owner: Maybe[Coded] = UNSET
    type: Maybe[Coded] = UNSET
    vendor: Maybe[Coded] = UNSET
    rush: Maybe[bool] = UNSET
    price: Maybe[Amount] = UNSET
    portfolios: Annotated[Maybe[Portfolios], Out()] = UNSET
    license: Maybe[Coded] = UNSET
    url: Maybe[str] = UNSET
    vendor_account: Maybe[str] = UNSET
    reclaim_interval: Maybe[str] = UNSET
    acquisition_method: Maybe[Coded] = UNSET
    no_charge: Maybe[bool] = UNSET
    discount: Maybe[str] = UNSET
    vendor_reference_number: Maybe[str] = UNSET
    vendor_reference_number_type: Annotated[Maybe[Coded], NullText()] = UNSET
    source_type: Annotated[Maybe[Coded], Out()] = UNSET
    resource_metadata: Maybe[Metadata] = UNSET
    fund_distribution: Annotated[
        Maybe[list[Share]], Wrapped("fund_distributions", "fund_distribution"), Count(100)
    ] = UNSET
    reporting_code: Maybe[str] = UNSET
    secondary_reporting_code: Maybe[str] = UNSET
    vendor_note: Maybe[NoteText] = UNSET
    receiving_note: Maybe[NoteText] = UNSET
    alert: Annotated[Maybe[list[Coded]], Wrapped("alerts", "alert"), Out()] = UNSET
    note: Annotated[Maybe[list[Note]], Wrapped("notes", "note")] = UNSET
    location: Annotated[Maybe[list[Location]], Wrapped("locations", "location"), Count(5)] = UNSET
    interested_user: Annotated[Maybe[list[User]], Wrapped("interested_users", "interested_user")] = UNSET
    access_model: Annotated[Maybe[str], NullText()] = UNSET
    manual_renewal: Maybe[bool] = UNSET
    renewal_date: Maybe[dt.date] = UNSET
    renewal_period: Maybe[int] = UNSET
    material_type: Maybe[Coded] = UNSET
    created_date: Annotated[Maybe[dt.date], Out()] = UNSET
    status_date: Annotated[Maybe[dt.date], Out()] = UNSET
    seen_at: Maybe[dt.datetime] = UNSET


class Lines(Wire):
    xml_root = "po_lines"

    po_line: Maybe[list[Line]] = UNSET
    total_record_count: Annotated[Maybe[int], Attr()] = UNSET


def full_line() -> Line:
    """A line with two copies, two funds, notes and alerts: nearly every member is there."""
    bib = "https://acq.example.org/almaws/v1/bibs/9977001"
    usd = Coded("USD", "US Dollar")
    return Line(
        number="POL-2001",
        status=Coded("INREVIEW", "In Review"),
        owner=Coded("MAIN", "Main Library"),
        type=Coded("PRINTED_BOOK_OT", "Print Book - One Time"),
        vendor=Coded("PARCEL", "Parcel & Sons <Books>"),
        rush=False,
        price=Amount("54.10", usd),
        portfolios=Portfolios(portfolio=[], total_record_count=0),
        license=Coded("", ""),
        url="",
        vendor_account="PARCEL-1",
        reclaim_interval="30",
        acquisition_method=Coded("VENDOR_SYSTEM", "Purchase at Vendor System"),
        no_charge=False,
        discount="12.5",
        vendor_reference_number="CART-77/1",
        vendor_reference_number_type=Coded("SCO", "Supplier's continuation order"),
        source_type=Coded("API", "API"),
        resource_metadata=Metadata(
            title="Étude on the tides of the northern shore",
            author="Marsh, Ada",
            isbn="9780306406157",
            publisher="Tidal Press",
            mms_id=Linked("9977001", bib),
            publication_place="Bergen",
            publication_year="2025",
            system_control_number=["(TEST)77001"],
        ),
        fund_distribution=[
            Share(amount=Amount("27.05", usd), fund_code=Coded("HIST", "History")),
            Share(percent=Decimal(50), fund_code=Coded("SCI", "Science")),
        ],
        reporting_code="MONO",
        secondary_reporting_code="",
        vendor_note="Please send both copies together.",
        receiving_note="",
        alert=[Coded("", "The title is held already: 1 copy in Main Library.")],
        note=[Note("Asked for by the geology desk"), Note("Second copy for the reading room")],
        location=[
            Location(
                quantity=2,
                library=Coded("MAIN", "Main Library"),
                shelving_location="STACKS",
                holding=[Holding("2277001", f"{bib}/holdings/2277001")],
                copy=[
                    Copy(
                        pid="2377001",
                        barcode="B-77001",
                        item_policy=Coded("01", "Loan"),
                        receive_date=dt.date(2026, 2, 3),
                        link=f"{bib}/holdings/2277001/items/2377001",
                    ),
                    Copy(
                        pid="2377002",
                        barcode="B-77002",
                        item_policy=Coded("01", "Loan"),
                        link=f"{bib}/holdings/2277001/items/2377002",
                    ),
                ],
            )
        ],
        interested_user=[User(primary_id="reader7", notify_cancel=True, email="reader7@example.org")],
        access_model="",
        manual_renewal=False,
        renewal_period=0,
        material_type=Coded("BOOK", "Book"),
        created_date=dt.date(2026, 2, 1),
        status_date=dt.date(2026, 2, 1),
    )
