"""`/bibs/{mms_id}/holdings` and their items: what the library has of a title on its shelves, to read.

A key to which libraries were granted sees holdings and items of those only; a vendor's key sees the
number of a PO line on an item only where the line is its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib as BibCard
from openacq.catalogue.model import Holding as HoldingCard
from openacq.catalogue.model import Item as ItemCard
from openacq.directory import service as directory
from openacq.doors.alma import listing
from openacq.doors.alma.bibs import AREA, SYSTEM, bib_data, coded, day_of, known_bib, words
from openacq.doors.alma.bibs_marc import marc_xml
from openacq.doors.alma.bibs_wire import (
    BibData,
    Holding,
    HoldingData,
    HoldingInList,
    Holdings,
    Item,
    ItemData,
    Items,
)
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.store import Tx
from openacq.wire.model import UNSET, Coded

ALL = "ALL"
PROCESS_TYPES = {"ACQ": "Acquisition", "TRANSIT": "Transit", "WORK_ORDER_DEPARTMENT": "In Process"}
IN_PLACE, NOT_IN_PLACE = ("1", "Item in place"), ("0", "Item not in place")


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
        return Holdings(holding=shown or UNSET, bib_data=bib_data(ask, bib), total_record_count=len(shown))

    return Reply(ask.read(work))


def answer_holding(ask: Ask) -> Reply:
    """`GET /bibs/{mms_id}/holdings/{holding_id}`: the holdings record."""

    def work(tx: Tx) -> Holding:
        card = known_holding(tx, ask, known_bib(tx, ask))
        return Holding(
            holding_id=card.holding_id,
            created_by=SYSTEM,
            created_date=day_of(tx, card.created),
            last_modified_by=SYSTEM,
            last_modified_date=day_of(tx, card.modified),
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
    return Reply(ask.read(lambda tx: wire_item(tx, ask, known_item(tx, ask).item_id)))


def known_item(tx: Tx, ask: Ask) -> ItemCard:
    """The item of the path. Refused: item_not_found, and what its bib and holding are refused with."""
    bib = known_bib(tx, ask)
    every = ask.path["holding_id"].upper() == ALL
    holdings = _holdings(tx, ask, bib) if every else [known_holding(tx, ask, bib)]
    card = catalogue.item(tx, ask.path["item_id"])
    if card is None or card.holding_id not in {one.holding_id for one in holdings}:
        raise Refusal(Problem("item_not_found", "item_id", ask.path["item_id"]))
    return card


def wire_item(tx: Tx, ask: Ask, item_id: str) -> Item:
    """An item as it is shown. Refused item_not_found."""
    card = catalogue.item(tx, item_id)
    bib = catalogue.bib(tx, card.mms_id) if card is not None else None
    if card is None or bib is None:
        raise Refusal(Problem("item_not_found", "item_id", item_id))
    return _items(tx, ask, bib, catalogue.holdings_of(tx, bib.mms_id), [card])[0]


def item_link(ask: Ask, card: ItemCard) -> str:
    return f"{_holding_link(ask, card.mms_id, card.holding_id)}/items/{card.item_id}"


def _items(
    tx: Tx, ask: Ask, bib: BibCard, holdings: Collection[HoldingCard], cards: Sequence[ItemCard]
) -> list[Item]:
    numbers = _line_numbers(tx, ask, cards)
    by_id = {one.holding_id: one for one in holdings}
    title = bib_data(ask, bib)
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
            creation_date=day_of(tx, card.created),
            modification_date=day_of(tx, card.modified),
            base_status=words(*(NOT_IN_PLACE if card.process_type else IN_PLACE)),
            physical_material_type=coded(tx, "PhysicalMaterialType", card.material),
            policy=coded(tx, "ItemPolicy", card.policy),
            provenance=words("", ""),
            po_line=numbers.get(card.line_id, "") if card.line_id is not None else "",
            is_magnetic=False,
            arrival_date=card.receive_date or UNSET,
            expected_arrival_date=card.expected_arrival_date or UNSET,
            enumeration_a=card.enumeration_a,
            enumeration_b=card.enumeration_b,
            enumeration_c=card.enumeration_c,
            chronology_i=card.chronology_i,
            chronology_j=card.chronology_j,
            chronology_k=card.chronology_k,
            description=card.description,
            receiving_operator=card.operator,
            process_type=words(card.process_type, PROCESS_TYPES.get(card.process_type, card.process_type)),
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
        link=item_link(ask, card),
    )


# -- words --------------------------------------------------------------------------------------


def _holding_link(ask: Ask, mms_id: str, holding_id: str) -> str:
    return ask.link(f"/bibs/{mms_id}/holdings/{holding_id}")


def _library(tx: Tx, code: str) -> Coded:
    card = directory.library(tx, code)
    return words(code, card.name if card else code)


def _location(tx: Tx, library: str, code: str) -> Coded:
    card = directory.location(tx, library, code)
    return words(code, card.name if card else code)


ROUTES = (
    Route("GET", "/bibs/{mms_id}/holdings", AREA, list_holdings),
    Route("GET", "/bibs/{mms_id}/holdings/{holding_id}", AREA, answer_holding),
    Route("GET", "/bibs/{mms_id}/holdings/{holding_id}/items", AREA, list_items),
    Route("GET", "/bibs/{mms_id}/holdings/{holding_id}/items/{item_id}", AREA, answer_item),
)
