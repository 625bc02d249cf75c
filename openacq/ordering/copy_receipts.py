"""Receiving by copy: the copies of an item are received, changed and taken back one by one.

The receipts are those of the receiving desk (`receive`): a copy received here is received everywhere.
What is said of a copy besides goes to its item (barcode, where it stands for now); what only the
dialect knows is kept with the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Item
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import order_items, receive, store, store_drafts
from openacq.ordering.arrivals import Arrival
from openacq.ordering.model import Actor, PlaceWish
from openacq.ordering.order_items import DIALECT, OrderedCopy, OrderItem
from openacq.ordering.where import read_places
from openacq.store import Tx


@dataclass(frozen=True, slots=True)
class CopyReceipt:
    """What is said of a copy when it is received; "" leaves it as it is. `extras` are members of the dialect
    that the house only keeps."""

    barcode: str = ""
    library: str = ""
    location: str = ""
    extras: Mapping[str, Any] = field(default_factory=dict)


def receive_copy(
    tx: Tx, item: OrderItem, number: str, said: CopyReceipt, actor: Actor, *, again: bool = False
) -> OrderedCopy:
    """Receive a copy; `again` changes what was said of one that is received already.

    Raises Refusal: copy_not_found, item_received (naming the day), line_active, receive_refused,
    barcode_taken, library_unknown, location_unknown.
    """
    copy = order_items.copy(tx, item, number)
    line = item.line
    if copy.item is None:
        if copy.received is None or not again:
            receive.activate(tx, line.number, actor)
    elif copy.received is None or not again:
        receive.receive(tx, Arrival(line=line.number, items=(copy.item.item_id,)), actor)
    if copy.item is not None:
        _edit(tx, copy.item, said, actor)
    _keep(tx, item, copy, said.extras)
    return order_items.copy(tx, order_items.item(tx, line.number), number)


def take_back(tx: Tx, item: OrderItem, number: str, actor: Actor) -> OrderedCopy:
    """Undo the receipt of a copy; one that is not received stays as it is.

    Raises Refusal: copy_not_found, receipt_undone (somebody else was quicker), receive_refused.
    """
    copy = order_items.copy(tx, item, number)
    if copy.received is None:
        return copy
    known = store_drafts.receipts_of(tx, item.line.id)
    receipt = known.get(copy.item.item_id) if copy.item is not None else next(iter(known.values()), None)
    if receipt is None:
        raise Refusal(Problem("receipt_undone", "receipt", number))
    receive.undo(tx, receipt, actor)
    return order_items.copy(tx, order_items.item(tx, item.line.number), number)


def _edit(tx: Tx, before: Item, said: CopyReceipt, actor: Actor) -> None:
    """Give the item its barcode, and the place it stands in for now."""
    current = catalogue.item(tx, before.item_id)
    if current is None:
        return
    after = replace(current, barcode=said.barcode or current.barcode)
    if said.library or said.location:
        after = _placed(tx, after, said, actor)
    if after != current:
        catalogue.edit_item(tx, current, after)


def _placed(tx: Tx, item: Item, said: CopyReceipt, actor: Actor) -> Item:
    library = said.library or item.temp_library or item.library
    location = said.location
    if (library, location or item.location) == (item.library, item.location):
        return replace(item, temp_library="", temp_location="")
    problems: list[Problem] = []
    places = read_places(tx, [PlaceWish(library, location, 1)], actor, with_items=False, problems=problems)
    if problems:
        raise Refusal(problems)
    there = places[0]
    return replace(item, temp_library=there.library, temp_location=there.location)


def _keep(tx: Tx, item: OrderItem, copy: OrderedCopy, said: Mapping[str, Any]) -> None:
    """What only the dialect knows of the copy, kept with its line."""
    known = dict(copy.extras)
    if not said or {**known, **said} == known:
        return
    line_id = item.line.id
    store.hold(tx, [line_id])
    extras = store_drafts.extras_of(tx, line_id)
    own = dict(extras.get(DIALECT, {}))
    item_id = copy.item.item_id if copy.item is not None else ""
    own["copies"] = {**own.get("copies", {}), item_id: {**known, **said}}
    store_drafts.keep_extras(tx, line_id, {**extras, DIALECT: own})
