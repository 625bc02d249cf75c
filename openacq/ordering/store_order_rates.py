"""SQL of the exchange rates orders fix for their lines."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, select

from openacq.kernel.money import RATE_ONE
from openacq.ordering.tables import po_lines, purchase_orders
from openacq.store import Tx

_O, _L = purchase_orders.c, po_lines.c
_FIXED = and_(_O.exchange_rate.is_not(None), _O.exchange_rate != RATE_ONE)
_OF_LINES = (
    select(_L.id, _O.exchange_rate)
    .join(purchase_orders, and_(_O.institution == _L.institution, _O.id == _L.order_id))
    .where(
        _L.institution == bindparam("institution"),
        _L.id.in_(bindparam("of", expanding=True)),
        _L.currency == _O.currency,
        _FIXED,
    )
)
_OF_ORDER = select(_O.exchange_rate).where(
    _O.institution == bindparam("institution"),
    _O.id == bindparam("of"),
    _O.currency == bindparam("currency"),
    _FIXED,
)


def of_lines(tx: Tx, line_ids: Sequence[int]) -> dict[int, int]:
    """The rate (10^-10) that is fixed for each line by its order, in whose currency it is; lines without are
    left out. 1 is what an order has that says nothing."""
    if not line_ids:
        return {}
    rows = tx.execute(_OF_LINES, {"institution": tx.institution, "of": list(line_ids)})
    return {row.id: row.exchange_rate for row in rows}


def of_order(tx: Tx, order_id: int, currency: str) -> int | None:
    """The rate an order fixes for lines in this currency; None when it fixes none."""
    asked = {"institution": tx.institution, "of": order_id, "currency": currency}
    found: int | None = tx.execute(_OF_ORDER, asked).scalar_one_or_none()
    return found
