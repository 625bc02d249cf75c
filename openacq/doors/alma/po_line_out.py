"""A PO line of the ordering desk as the Alma door shows it."""

from __future__ import annotations

from decimal import Decimal

from openacq.catalogue.model import Item
from openacq.catalogue.model import Portfolio as HeldPortfolio
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.alma.po_line_wire import (
    Copy,
    FundDistribution,
    Holding,
    InterestedUser,
    Location,
    Note,
    PoLine,
    Portfolio,
    Portfolios,
    ResourceMetadata,
)
from openacq.doors.hall import Ask
from openacq.kernel.clock import calendar_day
from openacq.kernel.money import UNIT, Money, percent_text
from openacq.ordering import service as ordering
from openacq.ordering.model import Interested, Line, LineState, Place, Share
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.wire.model import UNSET, Amount, Coded, Linked

UNSET_WORD = "Null"
"""What Alma prints for an access model that is not set."""


def wire_line(tx: Tx, ask: Ask, line: Line) -> PoLine:
    """The wire object of a line, with links to the address that was asked."""
    terms = line.terms
    return PoLine(
        number=line.number,
        status=_coded(tx, "POLineStatus", _shown(line.state)),
        owner=_library(tx, line.owner),
        type=_coded(tx, "PurchaseType", line.type),
        vendor=_vendor(tx, line.vendor),
        rush=line.rush,
        price=_amount(tx, line.price) if line.price else UNSET,
        discount=percent_text(line.discount),
        portfolios=_portfolios(ask, line.portfolios),
        license=Coded(value=terms.license, desc=terms.license) if terms.license else UNSET,
        url=terms.url,
        vendor_account=line.account,
        reclaim_interval=terms.reclaim_interval or UNSET,
        expected_receipt_interval=terms.expected_receipt_interval or UNSET,
        claiming_interval=terms.claiming_interval or UNSET,
        expected_activation_interval=terms.expected_activation_interval or UNSET,
        subscription_interval=terms.subscription_interval or UNSET,
        expected_activation_date=terms.expected_activation_date or UNSET,
        e_activation_due_interval=terms.e_activation_due_interval or UNSET,
        acquisition_method=_coded(tx, "AcquisitionMethod", line.method),
        no_charge=line.no_charge,
        cancellation_restriction=terms.cancellation_restriction,
        cancellation_restriction_note=terms.cancellation_restriction_note or UNSET,
        vendor_reference_number=line.reference,
        vendor_reference_number_type=(
            _coded(tx, "VendorReferenceNumberType", terms.vendor_reference_type)
            if terms.vendor_reference_type
            else UNSET
        ),
        source_type=_coded(tx, "AcqItemSourceType", line.source.value),
        po_number=line.po_number,
        additional_order_reference=terms.additional_order_reference,
        invoice_reference=terms.invoice_reference,
        resource_metadata=_metadata(ask, line),
        fund_distribution=[_share(tx, share) for share in line.shares],
        reporting_code=terms.reporting_codes[0],
        secondary_reporting_code=terms.reporting_codes[1],
        tertiary_reporting_code=terms.reporting_codes[2],
        fourth_reporting_code=terms.reporting_codes[3],
        fifth_reporting_code=terms.reporting_codes[4],
        vendor_note=terms.vendor_note,
        receiving_note=terms.receiving_note,
        alert=[Coded(value="", desc=ordering.in_words(alert).text) for alert in line.alerts],
        note=[Note(note_text=note.text) for note in line.notes],
        location=_locations(tx, ask, line),
        interested_user=[_interested(ask, user) for user in line.interested] or UNSET,
        access_model=terms.access_model or UNSET_WORD,
        base_status=terms.base_status,
        access_provider=terms.access_provider,
        manual_renewal=line.manual_renewal,
        renewal_cycle=_coded(tx, "RenewalCycle", terms.renewal_cycle) if terms.renewal_cycle else UNSET,
        subscription_from_date=terms.subscription_from or UNSET,
        subscription_to_date=terms.subscription_to or UNSET,
        renewal_date=line.renewal_date or UNSET,
        renewal_period=terms.renewal_period if terms.renewal_period is not None else 0,
        renewal_note=terms.renewal_note,
        material_type=_material(tx, line),
        created_date=calendar_day(line.created, tx.zone),
        status_date=calendar_day(line.state_since, tx.zone),
        expected_receipt_date=line.expected_receipt_date or UNSET,
    )


def _shown(state: LineState) -> str:
    """A draft waits for its order to be submitted; Alma has no such state."""
    return LineState.IN_REVIEW.value if state is LineState.DRAFT else state.value


def _coded(tx: Tx, table: str, code: str) -> Coded:
    return Coded(value=code, desc=codes.describe(tx, table, code) if code else "")


def _library(tx: Tx, code: str) -> Coded:
    library = directory.library(tx, code)
    if library is not None:
        return Coded(value=code, desc=library.name)
    return Coded(value=code, desc=directory.institution(tx).name)


def _vendor(tx: Tx, code: str) -> Coded:
    vendor = vendors.vendor(tx, code) if code else None
    return Coded(value=code, desc=vendor.name if vendor else "")


def _material(tx: Tx, line: Line) -> Coded:
    row = codes.row(tx, "PurchaseType", line.type)
    physical = row is not None and row.attributes.get("inventory") == "physical"
    return _coded(tx, "PhysicalMaterialType" if physical else "electronicMaterialType", line.material)


def _amount(tx: Tx, money: Money) -> Amount:
    return Amount(sum=money.text(), currency=_coded(tx, "Currency_CT", money.currency))


def _metadata(ask: Ask, line: Line) -> ResourceMetadata:
    bib = line.bib
    return ResourceMetadata(
        title=bib.title,
        author=bib.author,
        issn=bib.issn or UNSET,
        isbn=bib.isbn,
        publisher=bib.publisher,
        mms_id=Linked(value=bib.mms_id, link=ask.link(f"/bibs/{bib.mms_id}")),
        publication_place=bib.place,
        publication_year=bib.year,
        vendor_title_number=line.terms.vendor_title_number or bib.vendor_title_number,
        title_id=line.terms.title_id or UNSET,
        system_control_number=list(bib.system_control_numbers) or [""],
    )


def _share(tx: Tx, share: Share) -> FundDistribution:
    code = Coded(value=share.fund_code, desc=share.fund_name)
    if share.percent is not None:
        return FundDistribution(fund_code=code, percent=Decimal(share.percent) / UNIT)
    return FundDistribution(fund_code=code, amount=_amount(tx, share.amount) if share.amount else UNSET)


def _portfolios(ask: Ask, portfolios: tuple[HeldPortfolio, ...]) -> Portfolios:
    return Portfolios(
        portfolio=[
            Portfolio(
                id=each.portfolio_id,
                base_status=each.base_status,
                link=ask.link(f"/bibs/{each.mms_id}/portfolios/{each.portfolio_id}"),
            )
            for each in portfolios
        ],
        total_record_count=len(portfolios),
    )


def _interested(ask: Ask, user: Interested) -> InterestedUser:
    """Vendors are not told who is interested."""
    named = ask.caller.vendor is None
    return InterestedUser(
        primary_id=user.primary_id if named else UNSET,
        first_name=user.first_name if named else UNSET,
        last_name=user.last_name if named else UNSET,
        email=user.email if named else UNSET,
        notify_receiving_activation=user.notify_receiving_activation,
        hold_item=user.hold_item,
        notify_renewal=user.notify_renewal,
        notify_cancel=user.notify_cancel,
    )


def _locations(tx: Tx, ask: Ask, line: Line) -> list[Location]:
    """Places with their holdings and copies; a copy in a temporary place is shown there."""
    waiting: dict[tuple[str, str], list[Item]] = {}
    for item in line.items:
        where = (item.temp_library or item.library, item.temp_location or item.location)
        waiting.setdefault(where, []).append(item)
    shown = []
    for place in line.places:
        there = waiting.get((place.library, place.location), [])
        mine, waiting[place.library, place.location] = there[: place.quantity], there[place.quantity :]
        shown.append(_location(tx, ask, line, place, mine))
    return shown


def _location(tx: Tx, ask: Ask, line: Line, place: Place, items: list[Item]) -> Location:
    mms_id = line.bib.mms_id
    ids = dict.fromkeys(filter(None, [place.holding_id, *(item.holding_id for item in items)]))
    return Location(
        quantity=place.quantity,
        library=_library(tx, place.library),
        shelving_location=place.location,
        holding=[Holding(id=each, link=ask.link(f"/bibs/{mms_id}/holdings/{each}")) for each in ids],
        copy=[_copy(tx, ask, item) for item in items],
    )


def _copy(tx: Tx, ask: Ask, item: Item) -> Copy:
    temporary = item.is_temp_location
    return Copy(
        pid=item.item_id,
        holding_id=item.holding_id,
        barcode=item.barcode,
        item_policy=_coded(tx, "ItemPolicy", item.policy),
        receive_date=item.receive_date or UNSET,
        expected_arrival_date=item.expected_arrival_date or UNSET,
        enumeration_a=item.enumeration_a or UNSET,
        enumeration_b=item.enumeration_b or UNSET,
        enumeration_c=item.enumeration_c or UNSET,
        chronology_i=item.chronology_i or UNSET,
        chronology_j=item.chronology_j or UNSET,
        chronology_k=item.chronology_k or UNSET,
        description=item.description or UNSET,
        storage_location_id=item.storage_location_id or UNSET,
        is_temp_location=temporary,
        permanent_library=_library(tx, item.library) if temporary else UNSET,
        permanent_shelving_location=item.location if temporary else UNSET,
        link=ask.link(f"/bibs/{item.mms_id}/holdings/{item.holding_id}/items/{item.item_id}"),
    )
