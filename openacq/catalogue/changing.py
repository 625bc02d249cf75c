"""Changing the copies of an order, and taking back what an order brought when it is cancelled."""

from __future__ import annotations

from collections.abc import Sequence

from openacq.catalogue.model import Item, LineInventory
from openacq.catalogue.store import changing, inventory
from openacq.kernel.refusal import Problem, Refusal
from openacq.store.tx import Tx


def change_items(tx: Tx, items: Sequence[Item]) -> None:
    """Write items as they are given (barcode, policy, holding, temporary place …); whether they are received
    is changed by receiving only."""
    changing.change_items(tx, items)


def edit_item(tx: Tx, before: Item, after: Item) -> None:
    """Write what somebody edited of one item. Raises Refusal barcode_taken."""
    taken = Problem("barcode_taken", "item_data.barcode", after.barcode)
    if after.barcode != before.barcode and inventory.barcodes_taken(tx, [after.barcode]):
        raise Refusal(taken)
    if not changing.change_item(tx, after):
        raise Refusal(taken)


def remove_items(tx: Tx, items: Sequence[Item]) -> int:
    """Remove items, then their holdings where nothing is left; returns how many holdings went."""
    if not items:
        return 0
    changing.remove_items(tx, [item.item_id for item in items])
    return changing.remove_empty_holdings(tx, sorted({item.holding_id for item in items}))


def untie_holdings(tx: Tx, line_id: int, holding_ids: Sequence[str]) -> int:
    """Part a continuous order from holdings; those nobody else needs are removed (returns how many)."""
    if not holding_ids:
        return 0
    changing.untie_holdings(tx, line_id, holding_ids)
    return changing.remove_empty_holdings(tx, holding_ids)


def take_back(tx: Tx, line_id: int) -> LineInventory:
    """Take away what a line brought and nobody has received: items, empty holdings, portfolios never
    switched on. Returns what stays, because it was received or is needed otherwise."""
    held = inventory.of_lines(tx, [line_id]).get(line_id, LineInventory())
    unreceived = [item for item in held.items if item.receive_date is None]
    tied = changing.holdings_of_line(tx, line_id)
    portfolios = changing.portfolios_made_for(tx, line_id)
    changing.untie(tx, line_id)
    if unreceived:
        changing.remove_items(tx, [item.item_id for item in unreceived])
    freed = sorted({*tied, *(item.holding_id for item in unreceived)})
    if freed:
        changing.remove_empty_holdings(tx, freed)
    if portfolios:
        changing.remove_portfolios(tx, portfolios)
    gone = frozenset(portfolios)
    return LineInventory(
        items=tuple(item for item in held.items if item.receive_date is not None),
        portfolios=tuple(each for each in held.portfolios if each.portfolio_id not in gone),
    )
