"""Every PO as an order with items and copies, whichever door it came by.

An order shows OPEN while it is put together or waits for its approval, SUBMITTED once it was submitted,
approved or sent, whatever has arrived of it. Copies are numbered within their item in the order they were
made; they exist from the submission on. An electronic item has one copy, received when it is switched on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openacq.catalogue.model import Item
from openacq.codes import service as codes
from openacq.kernel.money import RATE_ONE, Money, minor_digits
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import copy_configs, store_drafts
from openacq.ordering.copy_configs import CopyConfig
from openacq.ordering.model import Line, LineState
from openacq.ordering.progress import ELECTRONIC
from openacq.ordering.read import whole
from openacq.ordering.states import OrderState
from openacq.ordering.store import LineRow
from openacq.ordering.store_drafts import OPEN, SUBMITTED, Content, HeadRow, ItemFilter, OrderFilter
from openacq.store import Tx

DIALECT = "wms"
"""Under this name a PO and a line keep what only the dialect knows."""
PHASES = (OPEN, SUBMITTED, OrderState.CLOSED.value, OrderState.CANCELLED.value)
"""The states an order shows."""


@dataclass(frozen=True, slots=True)
class OrderHead:
    """An order: its row, how many items it has, and the sum of those that are not cancelled."""

    row: HeadRow
    items: int = 0
    units: int = 0

    @property
    def phase(self) -> str:
        state = self.row.state
        if state in (OrderState.APPROVED, OrderState.SENT) or (
            state is OrderState.OPEN and self.row.submitted is not None
        ):
            return SUBMITTED
        return OPEN if state in (OrderState.DRAFT, OrderState.OPEN) else state.value

    @property
    def total(self) -> Money:
        currency = self.row.currency or "XXX"
        return Money(self.units, currency, minor_digits(currency))

    @property
    def ordered(self) -> datetime | None:
        """When it was submitted; of one that was packaged, approved."""
        return self.row.submitted or self.row.approved or self.row.sent

    @property
    def exchange_rate(self) -> Decimal:
        """With six decimals at least."""
        rate = self.row.exchange_rate if self.row.exchange_rate is not None else RATE_ONE
        exact = (Decimal(rate) / RATE_ONE).quantize(Decimal("1.0000000000"))
        shorter = exact.quantize(Decimal("1.000000"))
        return shorter if shorter == exact else Decimal(f"{exact:f}".rstrip("0"))

    @property
    def exchange_rate_text(self) -> str:
        return f"{self.exchange_rate:f}"

    @property
    def extras(self) -> Mapping[str, Any]:
        """What only the dialect knows of it."""
        found: Mapping[str, Any] = self.row.extras.get(DIALECT, {})
        return found

    @property
    def made_here(self) -> bool:
        """Whether it was put together item by item, not packaged."""
        return DIALECT in self.row.extras


@dataclass(frozen=True, slots=True)
class HeadPage:
    orders: tuple[OrderHead, ...]
    total: int


@dataclass(frozen=True, slots=True)
class OrderItem:
    """A line as an item of its order. `extras` are members of the dialect that the house only keeps, of the
    item and, in `of_copies` by item id, of its copies; `invoiced` and `paid` are units of money."""

    line: Line
    changed: datetime
    version: int
    configs: tuple[CopyConfig, ...]
    extras: Mapping[str, Any] = field(default_factory=dict)
    of_copies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    activated: bool = False
    invoiced: int = 0
    paid: int = 0


@dataclass(frozen=True, slots=True)
class ItemPage:
    items: tuple[OrderItem, ...]
    total: int


@dataclass(frozen=True, slots=True)
class OrderedCopy:
    """A copy of an item. `item` is None of an electronic one; `received` the day it came; `extras` are
    members of the dialect that the house only keeps."""

    number: int
    library: str
    location: str
    item: Item | None
    received: date | None
    extras: Mapping[str, Any] = field(default_factory=dict)


# -- orders -------------------------------------------------------------------------------------


def head(tx: Tx, number: str, *, hold: bool = False) -> OrderHead:
    """The order of that number; with `hold` locked. Raises Refusal record_missing."""
    row = store_drafts.head(tx, number, hold=hold)
    if row is None:
        raise Refusal(Problem("record_missing", "order", number, what="Purchase order"))
    return _heads([row], store_drafts.contents(tx, [row.id]))[0]


def heads(tx: Tx, wanted: OrderFilter, limit: int, offset: int) -> HeadPage:
    """A page of the orders wanted, the oldest first, and how many there are. Four statements at most."""
    total = tx.kept_count("lines", ("orders", wanted), lambda: store_drafts.count_orders(tx, wanted))
    if limit <= 0 or offset >= total:
        return HeadPage((), total)
    rows = store_drafts.heads(tx, store_drafts.order_ids(tx, wanted, limit, offset))
    return HeadPage(tuple(_heads(rows, store_drafts.contents(tx, [row.id for row in rows]))), total)


def _heads(rows: Sequence[HeadRow], contents: Mapping[int, Content]) -> list[OrderHead]:
    empty = Content()
    return [OrderHead(row, (content := contents.get(row.id, empty)).items, content.net_units) for row in rows]


# -- items --------------------------------------------------------------------------------------


def items(tx: Tx, number: str, wanted: ItemFilter, limit: int, offset: int) -> tuple[OrderHead, ItemPage]:
    """An order, and a page of its items in the order they came. Raises Refusal record_missing."""
    order = head(tx, number)
    rows, total = store_drafts.item_page(tx, order.row.id, wanted, max(limit, 0), offset)
    found = tuple(item_of_row(line, row) for line, row in zip(whole(tx, rows), rows, strict=True))
    return order, ItemPage(found, total)


def row_of(tx: Tx, item: str, order: HeadRow | None) -> LineRow:
    """The line of that number (OIN-… or POL-…), in the order named. Raises Refusal line_not_found."""
    row = store_drafts.item(tx, item)
    if row is None or (order is not None and row.order_id != order.id):
        raise Refusal(Problem("line_not_found", "po_line_id", item))
    return row


def item(tx: Tx, number: str, order: HeadRow | None = None) -> OrderItem:
    """An item by its number, in any order or in the one given. Raises Refusal line_not_found."""
    row = row_of(tx, number, order)
    return item_of_row(whole(tx, [row])[0], row)


def item_of_row(line: Line, row: LineRow) -> OrderItem:
    return item_of(
        line,
        changed=row.changed,
        version=row.version,
        extras=row.extras,
        activated=row.activated is not None,
        invoiced=row.invoiced_units,
        paid=row.paid_units,
    )


def item_of(
    line: Line,
    *,
    changed: datetime,
    version: int,
    extras: Mapping[str, Any],
    activated: bool = False,
    invoiced: int = 0,
    paid: int = 0,
) -> OrderItem:
    own = extras.get(DIALECT, {})
    return OrderItem(
        line=line,
        changed=changed,
        version=version,
        configs=copy_configs.of_line(line, own.get("configs")),
        extras=own.get("item", {}),
        of_copies=own.get("copies", {}),
        activated=activated,
        invoiced=invoiced,
        paid=paid,
    )


# -- copies -------------------------------------------------------------------------------------


def copies(tx: Tx, item: OrderItem) -> tuple[OrderedCopy, ...]:
    """The copies of an item, numbered from 1; none while it waits for its order to be submitted."""
    line = item.line
    if line.state is LineState.DRAFT:
        return ()
    if line.items:
        held = sorted(line.items, key=lambda each: int(each.item_id))
        return tuple(_copy(item, number, each) for number, each in enumerate(held, 1))
    row = codes.row(tx, "PurchaseType", line.type)
    if row is None or row.attributes.get("inventory") not in ELECTRONIC:
        return ()
    received = line.state_since.date() if item.activated else None
    return (OrderedCopy(1, line.owner, "", None, received, item.of_copies.get("", {})),)


def _copy(item: OrderItem, number: int, held: Item) -> OrderedCopy:
    return OrderedCopy(
        number,
        held.temp_library or held.library,
        held.temp_location or held.location,
        held,
        held.receive_date,
        item.of_copies.get(held.item_id, {}),
    )


def copy(tx: Tx, item: OrderItem, number: str) -> OrderedCopy:
    """The copy of that number. Raises Refusal copy_not_found."""
    found = next((each for each in copies(tx, item) if str(each.number) == number.strip()), None)
    if found is None:
        raise Refusal(Problem("copy_not_found", "copy_number", number, item=item.line.oin))
    return found


__all__ = [
    "PHASES",
    "HeadPage",
    "ItemFilter",
    "ItemPage",
    "OrderFilter",
    "OrderHead",
    "OrderItem",
    "OrderedCopy",
    "copies",
    "copy",
    "head",
    "heads",
    "item",
    "item_of",
    "item_of_row",
    "items",
    "row_of",
]
