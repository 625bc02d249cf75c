"""SQL of figures about vendors' orders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Row, and_, bindparam, case, cast, func, or_, select

from openacq.ordering.states import LineState, OrderState
from openacq.ordering.tables import po_lines, purchase_orders
from openacq.store import Tx

_L, _O = po_lines.c, purchase_orders.c
OPEN_LINES = tuple(state.value for state in LineState if state not in (LineState.CLOSED, LineState.CANCELLED))
ON_ITS_WAY = (LineState.SENT.value, LineState.WAITING_FOR_MANUAL_RENEWAL.value)
OPEN_ORDERS = tuple(
    state.value for state in OrderState if state not in (OrderState.CLOSED, OrderState.CANCELLED)
)
_today: Any = bindparam("today")
_late: Any = and_(
    _L.state.in_(ON_ITS_WAY),
    or_(
        _L.expected_receipt_date < _today,
        and_(_L.expected_activation_date < _today, _L.activated.is_(None)),
    ),
)


def _count(condition: Any) -> Any:
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), BigInteger)


_LINES = (
    select(
        _L.vendor,
        func.count().label("open"),
        _count(_late).label("late"),
        _count(_L.state == LineState.IN_REVIEW.value).label("in_review"),
    )
    .where(_L.institution == bindparam("institution"), _L.state.in_(OPEN_LINES))
    .group_by(_L.vendor)
)
_ORDERS = (
    select(_O.vendor, func.count().label("orders"))
    .where(_O.institution == bindparam("institution"), _O.state.in_(OPEN_ORDERS))
    .group_by(_O.vendor)
)


def lines_by_vendor(tx: Tx) -> list[Row[Any]]:
    """(vendor, open lines, those of them that are late, those in review)."""
    return list(tx.execute(_LINES, {"institution": tx.institution, "today": tx.today}))


def orders_by_vendor(tx: Tx) -> dict[str, int]:
    return {row.vendor: row.orders for row in tx.execute(_ORDERS, {"institution": tx.institution})}
