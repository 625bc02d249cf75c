"""Holdings and items of an order: one holding for each place, one item for each copy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from openacq.catalogue.ids import HOLDING, ITEM, new_ids
from openacq.catalogue.model import (
    IN_ACQUISITION,
    CopyWish,
    Held,
    Holding,
    Item,
    LocationWish,
    PhysicalStock,
    StockWish,
)
from openacq.catalogue.store import inventory
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import one_line
from openacq.store.tx import Tx

Place = tuple[str, str]


def add_physical(
    tx: Tx,
    mms_id: str,
    line_id: int,
    locations: Sequence[LocationWish],
    with_items: bool,
    *,
    held: Held | None = None,
    material: str = "",
    barcodes_checked: bool = False,
) -> PhysicalStock:
    """Give a line its holdings and, for one-time orders, an item for every copy.

    The bib's holding at a place is used if there is one. A copy in a temporary location hangs on the
    holding of its permanent place. Without a barcode an item has its own id as barcode until a real
    one is stuck on. `held`: what BibMatch said, which saves looking again; `barcodes_checked`: whoever
    orders has just asked `barcode_problems`.
    Raises Refusal (barcode_taken, barcode_twice) with the field of each copy concerned.
    """
    wishes = [(where, copy) for where in locations for copy in _copies(where)] if with_items else []
    if with_items and not barcodes_checked:
        _check_barcodes(tx, locations)
    places = _places(locations, wishes)
    found, made = _holdings(tx, mms_id, places, held)
    if not with_items:
        if found:
            inventory.tie(tx, line_id, inventory.HOLDING, [found[place].holding_id for place in places])
        return PhysicalStock(tuple(found[place] for place in places), (), made)
    new_items = [
        _item(item_id, found[_place(where, copy)], where, copy, line_id, material)
        for item_id, (where, copy) in zip(new_ids(tx, ITEM, len(wishes)), wishes, strict=True)
    ]
    if new_items and not inventory.add_items(tx, new_items):
        # A barcode was taken by another transaction after it was checked.
        _check_barcodes(tx, locations)
        raise RuntimeError("an item's own id is already a barcode")
    return PhysicalStock(tuple(found[place] for place in places), tuple(new_items), made)


def add_physical_all(tx: Tx, wishes: Sequence[StockWish]) -> dict[int, PhysicalStock]:
    """`add_physical` for several lines that name no barcodes, by line; one statement for all holdings and one
    for all items."""
    asked = {
        wish.line_id: [(where, copy) for where in wish.locations for copy in _copies(where)]
        if wish.with_items
        else []
        for wish in wishes
    }
    places = {wish.line_id: _places(wish.locations, asked[wish.line_id]) for wish in wishes}
    found: dict[tuple[str, Place], Holding] = {}
    for wish in wishes:
        for one in wish.held.holdings:
            there = Holding(one.holding_id, wish.mms_id, one.library, one.location)
            found.setdefault((wish.mms_id, (one.library, one.location)), there)
    missing = dict.fromkeys(
        (wish.mms_id, place)
        for wish in wishes
        for place in places[wish.line_id]
        if (wish.mms_id, place) not in found
    )
    new = {
        key: Holding(holding_id, key[0], *key[1], created=tx.now, modified=tx.now)
        for holding_id, key in zip(new_ids(tx, HOLDING, len(missing)), missing, strict=True)
    }
    if new and not inventory.add_holdings(tx, list(new.values())):
        # Another transaction has just made one of them: line by line, with what is there now.
        return {wish.line_id: _one_of_several(tx, wish) for wish in wishes}
    found.update(new)
    ids = iter(new_ids(tx, ITEM, sum(map(len, asked.values()))))
    stock = {
        wish.line_id: _stock_of(wish, places[wish.line_id], asked[wish.line_id], found, new, ids)
        for wish in wishes
    }
    items = [item for each in stock.values() for item in each.items]
    if items and not inventory.add_items(tx, items):
        raise RuntimeError("an item's own id is already a barcode")
    for wish in wishes:
        if not wish.with_items:
            held = [holding.holding_id for holding in stock[wish.line_id].holdings]
            inventory.tie(tx, wish.line_id, inventory.HOLDING, held)
    return stock


def _one_of_several(tx: Tx, wish: StockWish) -> PhysicalStock:
    return add_physical(
        tx,
        wish.mms_id,
        wish.line_id,
        wish.locations,
        wish.with_items,
        material=wish.material,
        barcodes_checked=True,
    )


def _stock_of(
    wish: StockWish,
    places: Sequence[Place],
    asked: Sequence[tuple[LocationWish, CopyWish]],
    found: Mapping[tuple[str, Place], Holding],
    new: Mapping[tuple[str, Place], Holding],
    ids: Iterator[str],
) -> PhysicalStock:
    items = tuple(
        _item(next(ids), found[wish.mms_id, _place(where, copy)], where, copy, wish.line_id, wish.material)
        for where, copy in asked
    )
    made = sum((wish.mms_id, place) in new for place in places)
    return PhysicalStock(tuple(found[wish.mms_id, place] for place in places), items, made)


def _copies(where: LocationWish) -> list[CopyWish]:
    plain = max(where.quantity - len(where.copies), 0)
    return [*where.copies, *[CopyWish()] * plain]


def _place(where: LocationWish, copy: CopyWish) -> Place:
    if copy.is_temp_location and (copy.permanent_library or copy.permanent_location):
        return copy.permanent_library or where.library, copy.permanent_location or where.location
    return where.library, where.location


def _places(
    locations: Sequence[LocationWish], wishes: Sequence[tuple[LocationWish, CopyWish]]
) -> list[Place]:
    """Every place once, in the order of the line."""
    if wishes:
        return list(dict.fromkeys(_place(where, copy) for where, copy in wishes))
    return list(dict.fromkeys((where.library, where.location) for where in locations))


def _holdings(
    tx: Tx, mms_id: str, places: Sequence[Place], held: Held | None
) -> tuple[dict[Place, Holding], int]:
    """The holding of each place, and how many were made for it."""
    found: dict[Place, Holding] = {}
    if held is None:
        _note_first(found, inventory.holdings_of(tx, mms_id))
    else:
        _note_first(
            found, (Holding(one.holding_id, mms_id, one.library, one.location) for one in held.holdings)
        )
    missing = [place for place in places if place not in found]
    if not missing:
        return found, 0
    new = [
        Holding(holding_id, mms_id, *place, created=tx.now, modified=tx.now)
        for holding_id, place in zip(new_ids(tx, HOLDING, len(missing)), missing, strict=True)
    ]
    if inventory.add_holdings(tx, new):
        _note_first(found, new)
        return found, len(new)
    # Another transaction has just made one of them: use what is there now.
    mine = {one.holding_id for one in new}
    found.clear()
    _note_first(found, inventory.holdings_of(tx, mms_id))
    return found, sum(found[place].holding_id in mine for place in missing)


def holdings_at(tx: Tx, mms_id: str, places: Sequence[Place]) -> tuple[dict[Place, Holding], int]:
    """The holding of a bib at each place, made where there is none, and how many were made."""
    return _holdings(tx, mms_id, places, None)


def _note_first(found: dict[Place, Holding], holdings: Iterable[Holding]) -> None:
    for one in holdings:
        found.setdefault((one.library, one.location), one)


def _item(
    item_id: str, holding: Holding, where: LocationWish, copy: CopyWish, line_id: int, material: str
) -> Item:
    away = (holding.library, holding.location) != (where.library, where.location)
    return Item(
        item_id=item_id,
        holding_id=holding.holding_id,
        mms_id=holding.mms_id,
        library=holding.library,
        location=holding.location,
        barcode=one_line(copy.barcode) or item_id,
        policy=copy.policy,
        material=material,
        process_type="" if copy.receive_date else IN_ACQUISITION,
        receive_date=copy.receive_date,
        expected_arrival_date=copy.expected_arrival_date,
        enumeration_a=one_line(copy.enumeration_a),
        enumeration_b=one_line(copy.enumeration_b),
        enumeration_c=one_line(copy.enumeration_c),
        chronology_i=one_line(copy.chronology_i),
        chronology_j=one_line(copy.chronology_j),
        chronology_k=one_line(copy.chronology_k),
        description=one_line(copy.description),
        storage_location_id=one_line(copy.storage_location_id),
        temp_library=where.library if away else "",
        temp_location=where.location if away else "",
        line_id=line_id,
    )


def barcode_problems(tx: Tx, given: Sequence[tuple[str, str]]) -> list[Problem]:
    """What is wrong with barcodes wanted for new items, as (field, barcode): barcode_taken, barcode_twice."""
    cleaned = [(field, one_line(barcode)) for field, barcode in given if barcode.strip()]
    if not cleaned:
        return []
    times = Counter(barcode for _, barcode in cleaned)
    taken = inventory.barcodes_taken(tx, list(times))
    return [
        Problem("barcode_twice" if times[barcode] > 1 else "barcode_taken", field, barcode)
        for field, barcode in cleaned
        if times[barcode] > 1 or barcode in taken
    ]


def _check_barcodes(tx: Tx, locations: Sequence[LocationWish]) -> None:
    problems = barcode_problems(
        tx,
        [
            (f"location[{at}].copy[{nth}].barcode", copy.barcode)
            for at, where in enumerate(locations)
            for nth, copy in enumerate(where.copies)
        ],
    )
    if problems:
        raise Refusal(problems)
