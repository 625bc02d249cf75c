"""SQL of what follows from the ends of lines: POs whose lines are all done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from openacq.ordering.states import OrderState
from openacq.ordering.tables import po_lines, purchase_orders
from openacq.store import Tx

_of: Any = bindparam("of", expanding=True)
_LOCKED = (
    select(purchase_orders.c.id, purchase_orders.c.state)
    .where(purchase_orders.c.institution == bindparam("institution"), purchase_orders.c.id.in_(_of))
    .order_by(purchase_orders.c.id)
    .with_for_update()
)
_STATES = (
    select(po_lines.c.order_id, po_lines.c.state)
    .where(po_lines.c.institution == bindparam("institution"), po_lines.c.order_id.in_(_of))
    .distinct()
)


def lock(tx: Tx, order_ids: Sequence[int]) -> dict[int, OrderState]:
    """POs with their states, held to the end of the transaction so that of two who end the last two lines
    of a PO the second sees what the first did."""
    rows = tx.execute(_LOCKED, {"institution": tx.institution, "of": list(order_ids)})
    return {row.id: OrderState(row.state) for row in rows}


def states_of_lines(tx: Tx, order_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """The states the lines of each PO are in."""
    found: dict[int, set[str]] = {}
    for row in tx.execute(_STATES, {"institution": tx.institution, "of": list(order_ids)}):
        found.setdefault(row.order_id, set()).add(row.state)
    return {order_id: frozenset(states) for order_id, states in found.items()}
