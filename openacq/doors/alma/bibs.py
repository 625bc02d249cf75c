"""`/bibs`: titles, and what the library has of them, to read. Every link of a PO line leads here.

A key to which libraries were granted sees holdings and items of those only; a vendor's key sees the
number of a PO line on an item only where the line is its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib as BibCard
from openacq.catalogue.model import Holding as HoldingCard
from openacq.catalogue.model import Item as ItemCard
from openacq.catalogue.model import MarcField
from openacq.catalogue.model import Portfolio as PortfolioCard
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.alma import listing
from openacq.doors.alma.bibs_marc import electronic_availability, marc_xml, physical_availability
from openacq.doors.alma.bibs_wire import (
    Bib,
    BibData,
    Bibs,
    Holding,
    HoldingData,
    HoldingInList,
    Holdings,
    Item,
    ItemData,
    Items,
    LinkingDetails,
    Portfolio,
    PortfolioCollection,
    Portfolios,
    PortfolioTitle,
)
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.clock import calendar_day
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.store import Tx
from openacq.wire.model import UNSET, Coded, Linked, Maybe

AREA = "bibs|acq"
MOST_BIBS = 100
ALL = "ALL"
SYSTEM = "System"
PROCESS_TYPES = {"ACQ": "Acquisition", "TRANSIT": "Transit", "WORK_ORDER_DEPARTMENT": "In Process"}
IN_PLACE, NOT_IN_PLACE = ("1", "Item in place"), ("0", "Item not in place")
AVAILABLE, NOT_AVAILABLE = ("11", "Available"), ("10", "Not Available")

_MMS_ID = re.compile(r"[0-9]{1,30}")


# -- bibs ---------------------------------------------------------------------------------------


def list_bibs(ask: Ask) -> Reply:
    """`GET /bibs?mms_id=a,b`: those of the titles that exist, in the order of their ids."""
    asked = list(
        dict.fromkeys(part.strip() for part in ask.params.get("mms_id", "").split(",") if part.strip())
    )
    if not asked:
        raise Refusal(Problem("field_missing", "mms_id"))
    if len(asked) > MOST_BIBS:
        raise Refusal(Problem("list_too_long", "mms_id", limit=MOST_BIBS))
    for mms_id in asked:
        _check_id(mms_id)

    def work(tx: Tx) -> Bibs:
        cards = catalogue.bibs(tx, asked)
        shown = _bibs(tx, ask, cards)
        return Bibs(bib=shown or UNSET, total_record_count=len(shown))

    return Reply(ask.read(work))


def answer_bib(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}`; `view=brief` leaves the record out, `expand=p_avail,e_avail` adds to it."""
    return Reply(ask.read(lambda tx: _bibs(tx, ask, [known_bib(tx, ask)])[0]))


def known_bib(tx: Tx, ask: Ask) -> BibCard:
    """The bib of the path. Refused mms_id_malformed, bib_not_found."""
    mms_id = ask.path["mms_id"]
    _check_id(mms_id)
    card = catalogue.bib(tx, mms_id)
    if card is None:
        raise Refusal(Problem("bib_not_found", "mms_id", mms_id))
    return card


def _check_id(mms_id: str) -> None:
    if _MMS_ID.fullmatch(mms_id) is None:
        raise Refusal(Problem("mms_id_malformed", "mms_id", mms_id))


def _bibs(tx: Tx, ask: Ask, cards: Sequence[BibCard]) -> list[Bib]:
    brief = listing.choice(ask.params, "view", "full", ("full", "brief")) == "brief"
    if brief or not cards:
        return [_bib(tx, ask, card, None) for card in cards]
    records = catalogue.marc_records(tx, cards)
    more = _availability(tx, ask, cards)
    return [_bib(tx, ask, card, marc_xml(records[card.mms_id], more.get(card.mms_id, ()))) for card in cards]


def _availability(tx: Tx, ask: Ask, cards: Sequence[BibCard]) -> Mapping[str, list[MarcField]]:
    """What `expand` asks to be added to the records."""
    asked = {part.strip().lower() for part in ask.params.get("expand", "").split(",")}
    code = directory.institution(tx).code
    ids = [card.mms_id for card in cards]
    more: dict[str, list[MarcField]] = {mms_id: [] for mms_id in ids}
    if "p_avail" in asked:
        shelves = [
            one for one in catalogue.shelves_of(tx, ids) if ask.caller.sees_library(one.holding.library)
        ]
        for card in cards:
            own = [one for one in shelves if one.holding.mms_id == card.mms_id]
            more[card.mms_id] += physical_availability(tx, card, own, code)
    if "e_avail" in asked:
        portfolios = catalogue.portfolios_of_bibs(tx, ids)
        for card in cards:
            held = [one for one in portfolios if one.mms_id == card.mms_id]
            more[card.mms_id] += electronic_availability(card, held, code)
    return more


def _bib(tx: Tx, ask: Ask, card: BibCard, record: str | None) -> Bib:
    return Bib(
        mms_id=card.mms_id,
        record_format="marc21",
        linked_record_id=None,
        title=card.title,
        author=card.author,
        issn=card.issn or UNSET,
        isbn=card.isbn or UNSET,
        complete_edition=card.edition,
        network_number=list(card.system_control_numbers),
        place_of_publication=card.place,
        date_of_publication=card.year,
        publisher_const=card.publisher,
        holdings=Linked(value="", link=ask.link(f"/bibs/{card.mms_id}/holdings")),
        created_by=SYSTEM,
        created_date=_day(tx, card.created),
        last_modified_by=SYSTEM,
        last_modified_date=_day(tx, card.modified),
        suppress_from_publishing="true" if card.suppressed else "false",
        suppress_from_external_search="false",
        sync_with_oclc="",
        originating_system="",
        originating_system_id="",
        anies=[record] if record is not None else UNSET,
        link=ask.link(f"/bibs/{card.mms_id}"),
    )


def _bib_data(ask: Ask, card: BibCard) -> BibData:
    return BibData(
        mms_id=card.mms_id,
        title=card.title,
        author=card.author,
        issn=card.issn or UNSET,
        isbn=card.isbn or UNSET,
        complete_edition=card.edition,
        network_number=list(card.system_control_numbers),
        place_of_publication=card.place,
        date_of_publication=card.year,
        publisher_const=card.publisher,
        link=ask.link(f"/bibs/{card.mms_id}"),
    )


# -- holdings -----------------------------------------------------------------------------------


def list_holdings(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}/holdings`, without paging, as Alma has it."""

    def work(tx: Tx) -> Holdings:
        bib = known_bib(tx, ask)
        shown = [
            HoldingInList(
                holding_id=card.holding_id,
                library=_library(tx, card.library),
                location=_location(tx, card.library, card.location),
                call_number=card.call_number,
                accession_number="",
                suppress_from_publishing="false",
                link=_holding_link(ask, card.mms_id, card.holding_id),
            )
            for card in _holdings(tx, ask, bib)
        ]
        return Holdings(holding=shown or UNSET, bib_data=_bib_data(ask, bib), total_record_count=len(shown))

    return Reply(ask.read(work))


def answer_holding(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}/holdings/{holding_id}`: the holdings record."""

    def work(tx: Tx) -> Holding:
        card = known_holding(tx, ask, known_bib(tx, ask))
        return Holding(
            holding_id=card.holding_id,
            created_by=SYSTEM,
            created_date=_day(tx, card.created),
            last_modified_by=SYSTEM,
            last_modified_date=_day(tx, card.modified),
            suppress_from_publishing="false",
            calculated_suppress_from_publishing="false",
            originating_system="",
            originating_system_id="",
            anies=[marc_xml(catalogue.holdings_record(card))],
            link=_holding_link(ask, card.mms_id, card.holding_id),
        )

    return Reply(ask.read(work))


def known_holding(tx: Tx, ask: Ask, bib: BibCard) -> HoldingCard:
    """The holding of the path. Refused holding_not_found."""
    holding_id = ask.path["holding_id"]
    for card in _holdings(tx, ask, bib):
        if card.holding_id == holding_id:
            return card
    raise Refusal(Problem("holding_not_found", "holding_id", holding_id))


def _holdings(tx: Tx, ask: Ask, bib: BibCard) -> list[HoldingCard]:
    return [one for one in catalogue.holdings_of(tx, bib.mms_id) if ask.caller.sees_library(one.library)]


# -- items --------------------------------------------------------------------------------------


def list_items(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}/holdings/{holding_id|ALL}/items`."""
    page = listing.page(ask.params)

    def work(tx: Tx) -> Items:
        bib = known_bib(tx, ask)
        every = ask.path["holding_id"].upper() == ALL
        holdings = _holdings(tx, ask, bib) if every else [known_holding(tx, ask, bib)]
        cards, total = catalogue.items_of(
            tx, bib.mms_id, [one.holding_id for one in holdings], limit=page.limit, offset=page.offset
        )
        shown = _items(tx, ask, bib, holdings, cards)
        return Items(item=shown or UNSET, total_record_count=total)

    return Reply(ask.read(work))


def answer_item(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}/holdings/{holding_id|ALL}/items/{item_id}`."""

    def work(tx: Tx) -> Item:
        bib = known_bib(tx, ask)
        every = ask.path["holding_id"].upper() == ALL
        holdings = _holdings(tx, ask, bib) if every else [known_holding(tx, ask, bib)]
        card = catalogue.item(tx, ask.path["item_id"])
        if card is None or card.holding_id not in {one.holding_id for one in holdings}:
            raise Refusal(Problem("item_not_found", "item_id", ask.path["item_id"]))
        return _items(tx, ask, bib, holdings, [card])[0]

    return Reply(ask.read(work))


def _items(
    tx: Tx, ask: Ask, bib: BibCard, holdings: Collection[HoldingCard], cards: Sequence[ItemCard]
) -> list[Item]:
    numbers = _line_numbers(tx, ask, cards)
    by_id = {one.holding_id: one for one in holdings}
    title = _bib_data(ask, bib)
    return [_item(tx, ask, title, by_id[card.holding_id], card, numbers) for card in cards]


def _line_numbers(tx: Tx, ask: Ask, cards: Sequence[ItemCard]) -> Mapping[int, str]:
    """The PO line numbers the key may see, by row id."""
    line_ids = list({card.line_id for card in cards if card.line_id is not None})
    labels = ordering.labels(tx, line_ids)
    only = ask.caller.vendor
    return {line_id: one.number for line_id, one in labels.items() if only is None or one.vendor == only}


def _item(
    tx: Tx,
    ask: Ask,
    title: BibData,
    holding: HoldingCard,
    card: ItemCard,
    numbers: Mapping[int, str],
) -> Item:
    temporary = card.is_temp_location
    there = _holding_link(ask, card.mms_id, card.holding_id)
    return Item(
        bib_data=title,
        holding_data=HoldingData(
            holding_id=card.holding_id,
            call_number=holding.call_number,
            accession_number="",
            copy_id="",
            in_temp_location=temporary,
            temp_library=_library(tx, card.temp_library) if temporary else Coded(value=None, desc=None),
            temp_location=(
                _location(tx, card.temp_library, card.temp_location)
                if temporary
                else Coded(value=None, desc=None)
            ),
            link=there,
        ),
        item_data=ItemData(
            pid=card.item_id,
            barcode=card.barcode,
            creation_date=_day(tx, card.created),
            modification_date=_day(tx, card.modified),
            base_status=_words(*(NOT_IN_PLACE if card.process_type else IN_PLACE)),
            physical_material_type=_coded(tx, "PhysicalMaterialType", card.material),
            policy=_coded(tx, "ItemPolicy", card.policy),
            provenance=_words("", ""),
            po_line=numbers.get(card.line_id, "") if card.line_id is not None else "",
            is_magnetic=False,
            arrival_date=_given(card.receive_date),
            expected_arrival_date=_given(card.expected_arrival_date),
            enumeration_a=card.enumeration_a,
            enumeration_b=card.enumeration_b,
            enumeration_c=card.enumeration_c,
            chronology_i=card.chronology_i,
            chronology_j=card.chronology_j,
            chronology_k=card.chronology_k,
            description=card.description,
            receiving_operator=card.operator,
            process_type=_words(card.process_type, PROCESS_TYPES.get(card.process_type, card.process_type)),
            library=_library(tx, card.temp_library or card.library),
            location=_location(tx, card.temp_library or card.library, card.temp_location or card.location),
            alternative_call_number="",
            storage_location_id=card.storage_location_id,
            inventory_number="",
            inventory_price="",
            public_note="",
            fulfillment_note="",
            internal_note_1="",
            internal_note_2="",
            internal_note_3="",
        ),
        link=f"{there}/items/{card.item_id}",
    )


# -- portfolios ---------------------------------------------------------------------------------


def list_portfolios(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}/portfolios`."""
    page = listing.page(ask.params)

    def work(tx: Tx) -> Portfolios:
        bib = known_bib(tx, ask)
        cards = catalogue.portfolios_of_bibs(tx, [bib.mms_id])
        shown = [_portfolio(tx, ask, bib, one) for one in cards[page.offset : page.offset + page.limit]]
        return Portfolios(portfolio=shown or UNSET, total_record_count=len(cards))

    return Reply(ask.read(work))


def answer_portfolio(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}/portfolios/{portfolio_id}`."""

    def work(tx: Tx) -> Portfolio:
        bib = known_bib(tx, ask)
        wanted = ask.path["portfolio_id"]
        for card in catalogue.portfolios_of_bibs(tx, [bib.mms_id]):
            if card.portfolio_id == wanted:
                return _portfolio(tx, ask, bib, card)
        raise Refusal(Problem("portfolio_not_found", "portfolio_id", wanted))

    return Reply(ask.read(work))


def _portfolio(tx: Tx, ask: Ask, bib: BibCard, card: PortfolioCard) -> Portfolio:
    return Portfolio(
        id=card.portfolio_id,
        is_local=card.origin != "community",
        is_standalone=not card.collection_id,
        resource_metadata=PortfolioTitle(
            mms_id=Linked(value=bib.mms_id, link=ask.link(f"/bibs/{bib.mms_id}")),
            title=bib.title,
            author=bib.author,
            issn=bib.issn or UNSET,
            isbn=bib.isbn or UNSET,
            publisher=bib.publisher,
        ),
        electronic_collection=(
            PortfolioCollection(id=card.collection_id, name=card.collection_name)
            if card.collection_id
            else UNSET
        ),
        availability=_words(*(AVAILABLE if card.available else NOT_AVAILABLE)),
        material_type=_coded(tx, "electronicMaterialType", card.material),
        linking_details=LinkingDetails(url=card.url, static_url=card.url),
        coverage=card.coverage,
        access_provider=card.access_provider,
        license=_words(card.license, card.license),
        public_note=card.public_note,
        created_date=_day(tx, card.created),
        last_modified_date=_day(tx, card.modified),
        link=ask.link(f"/bibs/{bib.mms_id}/portfolios/{card.portfolio_id}"),
    )


# -- words --------------------------------------------------------------------------------------


def _holding_link(ask: Ask, mms_id: str, holding_id: str) -> str:
    return ask.link(f"/bibs/{mms_id}/holdings/{holding_id}")


def _library(tx: Tx, code: str) -> Coded:
    card = directory.library(tx, code)
    return Coded(value=code, desc=card.name if card else code)


def _location(tx: Tx, library: str, code: str) -> Coded:
    card = directory.location(tx, library, code)
    return Coded(value=code, desc=card.name if card else code)


def _coded(tx: Tx, table: str, code: str) -> Coded:
    return _words(code, codes.describe(tx, table, code) if code else "")


def _words(code: str, words: str) -> Coded:
    return Coded(value=code, desc=words)


def _day(tx: Tx, instant: datetime | None) -> Maybe[date]:
    return calendar_day(instant, tx.zone) if instant else UNSET


def _given(day: date | None) -> Maybe[date]:
    return day or UNSET


ROUTES = (
    Route("GET", "/bibs", AREA, list_bibs),
    Route("GET", "/bibs/{mms_id}", AREA, answer_bib),
    Route("GET", "/bibs/{mms_id}/holdings", AREA, list_holdings),
    Route("GET", "/bibs/{mms_id}/holdings/{holding_id}", AREA, answer_holding),
    Route("GET", "/bibs/{mms_id}/holdings/{holding_id}/items", AREA, list_items),
    Route("GET", "/bibs/{mms_id}/holdings/{holding_id}/items/{item_id}", AREA, answer_item),
    Route("GET", "/bibs/{mms_id}/portfolios", AREA, list_portfolios),
    Route("GET", "/bibs/{mms_id}/portfolios/{portfolio_id}", AREA, answer_portfolio),
)
