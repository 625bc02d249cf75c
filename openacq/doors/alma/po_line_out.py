"""A PO line of the ordering desk as the Alma door shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import partial

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
from openacq.kernel.once import Once
from openacq.ordering import service as ordering
from openacq.ordering.model import Interested, Line, LineState, ListedLine, Place, Share
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.wire.model import UNSET, Amount, Coded, Linked, Maybe

UNSET_WORD = "Null"
"""What Alma prints for an access model that is not set."""
NO_PORTFOLIOS = Portfolios(portfolio=[], total_record_count=0)


class Words:
    """What codes mean and other things that come again from line to line, each made once for an answer."""

    __slots__ = (
        "amount",
        "bibs",
        "coded",
        "day",
        "library",
        "material",
        "names_users",
        "parts",
        "share",
        "status",
        "vendor",
    )

    def __init__(self, tx: Tx, ask: Ask, parts: Collection[str]) -> None:
        self.parts = parts
        self.names_users = ask.caller.vendor is None
        self.bibs = ask.link("/bibs/")
        self.coded = coded = Once(partial(_coded, tx))
        self.amount = amount = Once(partial(_amount, coded))
        self.day = Once(partial(calendar_day, zone_name=tx.zone))
        self.library = Once(partial(_library, tx))
        self.material = Once(partial(_material, tx, coded))
        self.share = Once(partial(_share, amount))
        self.status = Once(partial(_status, coded))
        self.vendor = Once(partial(_vendor, tx))


def _coded(tx: Tx, asked: tuple[str, str]) -> Coded:
    table, code = asked
    return Coded(value=code, desc=codes.describe(tx, table, code) if code else "")


def _status(coded: Once[Coded], state: LineState) -> Coded:
    """A draft waits for its order to be submitted; Alma has no such state."""
    shown = LineState.IN_REVIEW if state is LineState.DRAFT else state
    return coded["POLineStatus", shown.value]


def _library(tx: Tx, code: str) -> Coded:
    place = directory.library(tx, code) or directory.institution(tx)
    return Coded(value=code, desc=place.name)


def _vendor(tx: Tx, code: str) -> Coded:
    vendor = vendors.vendor(tx, code) if code else None
    return Coded(value=code, desc=vendor.name if vendor else "")


def _material(tx: Tx, coded: Once[Coded], asked: tuple[str, str]) -> Coded:
    line_type, code = asked
    row = codes.row(tx, "PurchaseType", line_type)
    physical = row is not None and row.attributes.get("inventory") == "physical"
    return coded["PhysicalMaterialType" if physical else "electronicMaterialType", code]


def _amount(coded: Once[Coded], money: Money) -> Amount:
    return Amount(sum=money.text(), currency=coded["Currency_CT", money.currency])


def _share(amount: Once[Amount], share: Share) -> FundDistribution:
    code = Coded(value=share.fund_code, desc=share.fund_name)
    if share.percent is not None:
        return FundDistribution(fund_code=code, percent=Decimal(share.percent) / UNIT)
    return FundDistribution(fund_code=code, amount=amount[share.amount] if share.amount else UNSET)


def wire_line(tx: Tx, ask: Ask, line: Line) -> PoLine:
    """The wire object of a line, with links to the address that was asked."""
    return wire_lines(tx, ask, [line])[0]


def wire_lines(
    tx: Tx, ask: Ask, lines: Iterable[Line | ListedLine], parts: Collection[str] = ordering.PARTS
) -> list[PoLine]:
    """Wire objects of lines; of `ordering.PARTS`, the parts named."""
    words = Words(tx, ask, parts)
    return [_line(words, line) for line in lines]


def _line(words: Words, line: Line | ListedLine) -> PoLine:
    terms = line.terms
    codes_of_reports = terms.reporting_codes
    return PoLine(
        number=line.number,
        status=words.status[line.state],
        owner=words.library[line.owner],
        type=words.coded["PurchaseType", line.type],
        vendor=words.vendor[line.vendor],
        rush=line.rush,
        price=words.amount[line.price] if line.price else UNSET,
        discount=percent_text(line.discount),
        portfolios=_portfolios(words, line.portfolios) if line.portfolios else NO_PORTFOLIOS,
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
        acquisition_method=words.coded["AcquisitionMethod", line.method],
        no_charge=line.no_charge,
        cancellation_restriction=terms.cancellation_restriction,
        cancellation_restriction_note=terms.cancellation_restriction_note or UNSET,
        vendor_reference_number=line.reference,
        vendor_reference_number_type=(
            words.coded["VendorReferenceNumberType", terms.vendor_reference_type]
            if terms.vendor_reference_type
            else UNSET
        ),
        source_type=words.coded["AcqItemSourceType", line.source.value],
        po_number=line.po_number,
        additional_order_reference=terms.additional_order_reference,
        invoice_reference=terms.invoice_reference,
        resource_metadata=_metadata(words, line),
        fund_distribution=[words.share[share] for share in line.shares],
        reporting_code=codes_of_reports[0],
        secondary_reporting_code=codes_of_reports[1],
        tertiary_reporting_code=codes_of_reports[2],
        fourth_reporting_code=codes_of_reports[3],
        fifth_reporting_code=codes_of_reports[4],
        vendor_note=terms.vendor_note,
        receiving_note=terms.receiving_note,
        alert=[Coded(value="", desc=ordering.text_of(alert)) for alert in line.alerts],
        note=_notes(words, line),
        location=_locations(words, line),
        interested_user=[_interested(words, user) for user in line.interested] or UNSET,
        access_model=terms.access_model or UNSET_WORD,
        base_status=terms.base_status,
        access_provider=terms.access_provider,
        manual_renewal=line.manual_renewal,
        renewal_cycle=words.coded["RenewalCycle", terms.renewal_cycle] if terms.renewal_cycle else UNSET,
        subscription_from_date=terms.subscription_from or UNSET,
        subscription_to_date=terms.subscription_to or UNSET,
        renewal_date=line.renewal_date or UNSET,
        renewal_period=terms.renewal_period if terms.renewal_period is not None else 0,
        renewal_note=terms.renewal_note,
        material_type=words.material[line.type, line.material],
        created_date=words.day[line.created],
        status_date=words.day[line.state_since],
        expected_receipt_date=line.expected_receipt_date or UNSET,
    )


def _notes(words: Words, line: Line | ListedLine) -> Maybe[list[Note]]:
    return [Note(note_text=note.text) for note in line.notes] if "notes" in words.parts else UNSET


def _metadata(words: Words, line: Line | ListedLine) -> ResourceMetadata:
    bib = line.bib
    return ResourceMetadata(
        title=bib.title,
        author=bib.author,
        issn=bib.issn or UNSET,
        isbn=bib.isbn,
        publisher=bib.publisher,
        mms_id=Linked(value=bib.mms_id, link=words.bibs + bib.mms_id),
        publication_place=bib.place,
        publication_year=bib.year,
        vendor_title_number=line.terms.vendor_title_number or bib.vendor_title_number,
        title_id=line.terms.title_id or UNSET,
        system_control_number=list(bib.system_control_numbers) or [""],
    )


def _portfolios(words: Words, portfolios: tuple[HeldPortfolio, ...]) -> Portfolios:
    return Portfolios(
        portfolio=[
            Portfolio(
                id=each.portfolio_id,
                base_status=each.base_status,
                link=f"{words.bibs}{each.mms_id}/portfolios/{each.portfolio_id}",
            )
            for each in portfolios
        ],
        total_record_count=len(portfolios),
    )


def _interested(words: Words, user: Interested) -> InterestedUser:
    """Vendors are not told who is interested."""
    named = words.names_users
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


def _locations(words: Words, line: Line | ListedLine) -> Maybe[list[Location]]:
    """Places with their holdings and copies; a copy in a temporary place is shown there."""
    if "places" not in words.parts:
        return UNSET
    waiting: dict[tuple[str, str], list[Item]] = {}
    for item in line.items:
        where = (item.temp_library or item.library, item.temp_location or item.location)
        waiting.setdefault(where, []).append(item)
    shown = []
    for place in line.places:
        there = waiting.get((place.library, place.location), [])
        mine, waiting[place.library, place.location] = there[: place.quantity], there[place.quantity :]
        shown.append(_location(words, line, place, mine))
    return shown


def _location(words: Words, line: Line | ListedLine, place: Place, items: list[Item]) -> Location:
    holdings = f"{words.bibs}{line.bib.mms_id}/holdings/"
    ids = dict.fromkeys(filter(None, [place.holding_id, *(item.holding_id for item in items)]))
    return Location(
        quantity=place.quantity,
        library=words.library[place.library],
        shelving_location=place.location,
        holding=[Holding(id=each, link=holdings + each) for each in ids],
        copy=[_copy(words, item) for item in items],
    )


def _copy(words: Words, item: Item) -> Copy:
    temporary = item.is_temp_location
    return Copy(
        pid=item.item_id,
        holding_id=item.holding_id,
        barcode=item.barcode,
        item_policy=words.coded["ItemPolicy", item.policy],
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
        permanent_library=words.library[item.library] if temporary else UNSET,
        permanent_shelving_location=item.location if temporary else UNSET,
        link=f"{words.bibs}{item.mms_id}/holdings/{item.holding_id}/items/{item.item_id}",
    )
