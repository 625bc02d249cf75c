"""What may still be done with an order that is put together item by item, and who is holding it."""

from __future__ import annotations

from collections.abc import Sequence

from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import store_drafts
from openacq.ordering.model import LineState, Source
from openacq.ordering.order_items import DIALECT
from openacq.ordering.states import OrderState
from openacq.ordering.store import LineRow
from openacq.ordering.store_drafts import HeadRow
from openacq.store import Tx


def hold_row(tx: Tx, number: str) -> HeadRow:
    """The row of that order, locked to the end of the transaction. Raises Refusal record_missing."""
    row = store_drafts.head(tx, number, hold=True)
    if row is None:
        raise Refusal(Problem("record_missing", "order", number, what="Purchase order"))
    return row


def refuse_closed(row: HeadRow) -> None:
    """Raises Refusal order_fixed unless items may be added to the order or taken out of it."""
    refuse_packaged(row)
    if row.state is not OrderState.DRAFT:
        raise Refusal(fixed(row, f"it is {words_of_state(row)}"))


def words_of_state(row: HeadRow) -> str:
    """What an order that is not open any more is."""
    return "submitted" if row.state is OrderState.OPEN else row.state.value.lower()


def foreign(lines: Sequence[LineRow]) -> list[LineRow]:
    """The lines of an order that were not made as its items."""
    return [
        line
        for line in lines
        if line.source != Source.WMS or line.state not in (LineState.DRAFT, LineState.CANCELLED)
    ]


def refuse_packaged(row: HeadRow) -> None:
    """Raises Refusal order_fixed for a PO that packaging made."""
    if DIALECT not in row.extras:
        raise Refusal(fixed(row, "it was made by packaging"))


def fixed(row: HeadRow, reason: str) -> Problem:
    return Problem("order_fixed", "order", row.number, reason=reason)
