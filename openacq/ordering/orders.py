"""Reading purchase orders: lists, and one with its lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openacq.kernel.money import Money, minor_digits
from openacq.ordering import approve, store_orders
from openacq.ordering.model import LineState
from openacq.ordering.store import LineRow
from openacq.ordering.store_orders import Content, OrderRow, OrderSearch
from openacq.store import Tx


@dataclass(frozen=True, slots=True)
class Order:
    """A PO: its row, how many lines it has (cancelled ones left out), and their sum."""

    row: OrderRow
    lines: int
    total: Money


@dataclass(frozen=True, slots=True)
class OrderPage:
    orders: tuple[Order, ...]
    total: int


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """A line as its PO shows it."""

    id: int
    number: str
    state: LineState
    title: str
    type: str
    quantity: int
    received: int
    net: Money | None
    reference: str
    expected: date | None


def orders(tx: Tx, search: OrderSearch | None = None, limit: int = 50, offset: int = 0) -> OrderPage:
    """POs, the newest first."""
    rows, total = store_orders.found(tx, search or OrderSearch(), limit, offset)
    contents = store_orders.contents(tx, [row.id for row in rows])
    return OrderPage(tuple(_order(row, contents.get(row.id, Content())) for row in rows), total)


def order(tx: Tx, number: str) -> tuple[Order, tuple[OrderedLine, ...]]:
    """One PO and its lines, cancelled ones too. Raises Refusal record_missing."""
    row = approve.known(tx, number)
    content = store_orders.contents(tx, [row.id]).get(row.id, Content())
    lines = tuple(_line(line) for line in store_orders.lines_of(tx, row.id))
    return _order(row, content), lines


def _order(row: OrderRow, content: Content) -> Order:
    return Order(row, content.lines, approve.total_of(row, content))


def _line(row: LineRow) -> OrderedLine:
    net = None
    if row.net_units is not None:
        net = Money(row.net_units, row.currency, minor_digits(row.currency or "XXX"))
    return OrderedLine(
        id=row.id,
        number=row.number,
        state=LineState(row.state),
        title=row.title,
        type=row.type,
        quantity=row.quantity,
        received=row.received,
        net=net,
        reference=row.reference,
        expected=row.expected_receipt_date or row.expected_activation_date,
    )
