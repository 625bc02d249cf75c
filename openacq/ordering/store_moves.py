"""SQL of moves: conditional updates of many lines or orders at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Update,
    bindparam,
    case,
    select,
    type_coerce,
    update,
)

from openacq.kernel.money import Money, minor_digits
from openacq.ordering.states import LineState, OrderState
from openacq.ordering.tables import line_shares, po_lines, purchase_orders
from openacq.store import Tx
from openacq.store.schema import Instant

MILLISECOND = 1_000
"""In the microseconds of storage."""


def moved_on(column: ColumnElement[Any], now: ColumnElement[Any]) -> ColumnElement[Any]:
    """When a record changes: now, but a millisecond after its last change at least, so that no two versions
    of it share a moment in an answer that shows milliseconds."""
    soonest = type_coerce(type_coerce(column, BigInteger) + MILLISECOND, Instant)
    return case((soonest <= now, now), else_=soonest)


LINE = "po_line"
ORDER = "purchase_order"
TABLES: Mapping[str, Table] = MappingProxyType({LINE: po_lines, ORDER: purchase_orders})

_institution: Any = bindparam("institution")
_of: Any = bindparam("of", expanding=True)


def _by_ids(table: Table, *columns: str) -> Select[Any]:
    return (
        select(*(table.c[name] for name in ("id", "number", "state", "version", "changed", *columns)))
        .where(table.c.institution == _institution, table.c.id.in_(_of))
        .order_by(table.c.id)
    )


_LINES = _by_ids(
    po_lines, "type", "method", "order_id", "vendor", "owner", "currency", "received", "quantity"
)
_LINES_HELD = _LINES.with_for_update()
_ORDERS = _by_ids(purchase_orders, "vendor", "account", "method", "continuity")
_SHARES = (
    select(
        line_shares.c.line_id,
        line_shares.c.number,
        line_shares.c.fund_id,
        line_shares.c.part_units,
        po_lines.c.currency,
    )
    .join(
        po_lines,
        (po_lines.c.institution == line_shares.c.institution) & (po_lines.c.id == line_shares.c.line_id),
    )
    .where(line_shares.c.institution == _institution, line_shares.c.line_id.in_(_of))
    .order_by(line_shares.c.line_id, line_shares.c.number)
)


@dataclass(frozen=True, slots=True)
class MovingLine:
    """What a move has to know of a line."""

    id: int
    number: str
    state: LineState
    version: int
    changed: datetime
    type: str
    method: str
    order_id: int | None
    vendor: str
    owner: str
    currency: str
    received: int
    quantity: int


@dataclass(frozen=True, slots=True)
class MovingOrder:
    """What a move has to know of a PO."""

    id: int
    number: str
    state: OrderState
    version: int
    changed: datetime
    vendor: str
    account: str
    method: str
    continuity: str


def lines(tx: Tx, ids: Sequence[int], *, hold: bool = False) -> list[MovingLine]:
    """Lines by ascending id; with `hold` locked in that order to the end of the transaction."""
    rows = tx.execute(
        _LINES_HELD if hold else _LINES, {"institution": tx.institution, "of": list(ids)}
    ).mappings()
    return [MovingLine(**{**row, "state": LineState(row["state"])}) for row in rows]


def orders(tx: Tx, ids: Sequence[int]) -> list[MovingOrder]:
    rows = tx.execute(_ORDERS, {"institution": tx.institution, "of": list(ids)}).mappings()
    return [MovingOrder(**{**row, "state": OrderState(row["state"])}) for row in rows]


def parts(tx: Tx, line_ids: Sequence[int]) -> dict[int, list[tuple[int, int, Money]]]:
    """What each line asks of funds: (share number, fund id, part) by line."""
    found: dict[int, list[tuple[int, int, Money]]] = {}
    for row in tx.execute(_SHARES, {"institution": tx.institution, "of": list(line_ids)}):
        if row.fund_id is not None and row.part_units:
            part = Money(row.part_units, row.currency, minor_digits(row.currency))
            found.setdefault(row.line_id, []).append((row.number, row.fund_id, part))
    return found


def leave(
    tx: Tx,
    kind: str,
    ids: Sequence[int],
    left: str,
    reached: str,
    values: Mapping[str, Any],
) -> int:
    """Move records (LINE or ORDER) that have not left their state yet to another; returns how many.

    `values` are set too, the same for all. `changed` grows by a millisecond at least.
    """
    return tx.execute(
        _leaving(TABLES[kind], tuple(values)),
        {
            "of_institution": tx.institution,
            "of": list(ids),
            "left": left,
            "reached": reached,
            "now": tx.now,
            **{f"set_{name}": value for name, value in values.items()},
        },
    ).rowcount


@cache
def _leaving(table: Table, names: tuple[str, ...]) -> Update:
    now: Any = bindparam("now", type_=Instant)
    return (
        update(table)
        .where(
            table.c.institution == bindparam("of_institution"),
            table.c.id.in_(_of),
            table.c.state == bindparam("left"),
        )
        .values(
            state=bindparam("reached"),
            state_since=now,
            changed=moved_on(table.c.changed, now),
            version=table.c.version + 1,
            **{name: bindparam(f"set_{name}") for name in names},
        )
    )
