"""What a line brought moves with it to another bib: its items keep their ids and barcodes."""

from __future__ import annotations

from dataclasses import replace

from openacq.catalogue import physical
from openacq.catalogue.ids import PORTFOLIO, new_id
from openacq.catalogue.model import Holding, LineInventory, Portfolio
from openacq.catalogue.store import changing, inventory
from openacq.store.tx import Tx


def move_inventory(tx: Tx, line_id: int, mms_id: str) -> LineInventory:
    """Hang all inventory of a line on another bib; returns it as it then is.

    Items go to the holdings of the same places, made where there are none; holdings left empty are removed.
    The bib's own portfolio is taken if it has one; else one that was made for the line goes along, and
    beside one that others use another is made. Nobody may have received or switched on anything.
    """
    held = inventory.of_lines(tx, [line_id]).get(line_id, LineInventory())
    tied = changing.holdings_of_line(tx, line_id)
    at = [(each.library, each.location) for each in held.items]
    places = list(dict.fromkeys([*at, *((each.library, each.location) for each in held.holdings)]))
    found, _ = physical.holdings_at(tx, mms_id, places)
    items = tuple(
        replace(item, mms_id=mms_id, holding_id=found[item.library, item.location].holding_id)
        for item in held.items
    )
    changing.move_items(tx, items)
    if tied:
        changing.untie_holdings(tx, line_id, tied)
        now = [found[each.library, each.location].holding_id for each in held.holdings]
        inventory.tie(tx, line_id, inventory.HOLDING, list(dict.fromkeys(now)))
    left = sorted({*tied, *(item.holding_id for item in held.items)})
    if left:
        changing.remove_empty_holdings(tx, left)
    holdings: tuple[Holding, ...] = tuple(
        dict.fromkeys(found[each.library, each.location] for each in held.holdings)
    )
    return LineInventory(holdings, items, _portfolios(tx, line_id, mms_id, held))


def _portfolios(tx: Tx, line_id: int, mms_id: str, held: LineInventory) -> tuple[Portfolio, ...]:
    if not held.portfolios:
        return ()
    made = changing.portfolios_made_for(tx, line_id)
    owned = inventory.portfolios_of(tx, mms_id)
    before = held.portfolios[0]
    changing.untie_portfolios(tx, line_id)
    if owned:
        after = owned[0]
        changing.remove_portfolios(tx, made)
    elif before.portfolio_id in made:
        after = replace(before, mms_id=mms_id)
        changing.move_portfolio(tx, after)
    else:
        after = replace(
            before,
            portfolio_id=new_id(tx, PORTFOLIO),
            mms_id=mms_id,
            origin="local",
            collection_id="",
            collection_name="",
            available=False,
            created=tx.now,
            modified=tx.now,
        )
        if not inventory.add_portfolio(tx, after, None):
            after = inventory.portfolios_of(tx, mms_id)[0]
    inventory.tie(tx, line_id, inventory.PORTFOLIO, [after.portfolio_id])
    return (after,)
