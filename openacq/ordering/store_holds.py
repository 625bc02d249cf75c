"""SQL of holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Result, Select, bindparam, func, insert, select, update

from openacq.catalogue.tables import items
from openacq.ordering.tables import holds, line_interested, po_lines
from openacq.store import Tx
from openacq.store.schema import Instant

_of: Any = bindparam("of", expanding=True)
_institution: Any = bindparam("institution")

_HOLDS: Select[Any] = (
    select(
        holds.c.id,
        holds.c.line_id,
        po_lines.c.number.label("line"),
        po_lines.c.title,
        holds.c.item_id,
        func.coalesce(items.c.barcode, "").label("barcode"),
        holds.c.primary_id,
        holds.c.state,
        holds.c.reason,
        holds.c.attempts,
        holds.c.due,
        holds.c.created,
        holds.c.changed,
    )
    .select_from(
        holds.join(
            po_lines, (po_lines.c.institution == holds.c.institution) & (po_lines.c.id == holds.c.line_id)
        ).outerjoin(
            items, (items.c.institution == holds.c.institution) & (items.c.item_id == holds.c.item_id)
        )
    )
    .where(holds.c.institution == _institution)
)
_BY_IDS = _HOLDS.where(holds.c.id.in_(_of)).order_by(holds.c.id)
_OF_LINES = _HOLDS.where(holds.c.line_id.in_(_of)).order_by(holds.c.id)
_DUE = (
    _HOLDS.where(holds.c.due <= bindparam("now", type_=Instant))
    .order_by(holds.c.due, holds.c.id)
    .limit(bindparam("most"))
)
_WANTED = (
    select(line_interested.c.line_id, line_interested.c.primary_id)
    .where(
        line_interested.c.institution == _institution,
        line_interested.c.line_id.in_(_of),
        line_interested.c.hold_item.is_(True),
    )
    .order_by(line_interested.c.line_id, line_interested.c.number)
)
_ADD = insert(holds)
_LEAVE = (
    update(holds)
    .where(
        holds.c.institution == bindparam("of_institution"),
        holds.c.id == bindparam("of_id"),
        holds.c.state == bindparam("left"),
    )
    .values(
        state=bindparam("reached"),
        reason=bindparam("why"),
        attempts=bindparam("tries"),
        due=bindparam("next", type_=Instant),
        changed=bindparam("now", type_=Instant),
    )
)


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as it is stored; `state` is a word of `holds.HoldState`."""

    id: int
    line_id: int
    line: str
    title: str
    item_id: str
    barcode: str
    primary_id: str
    state: str
    reason: str
    attempts: int
    due: datetime | None
    created: datetime
    changed: datetime


def by_ids(tx: Tx, hold_ids: Sequence[int]) -> list[HoldRow]:
    return _rows(tx.execute(_BY_IDS, {"institution": tx.institution, "of": list(hold_ids)}))


def of_lines(tx: Tx, line_ids: Sequence[int]) -> list[HoldRow]:
    return _rows(tx.execute(_OF_LINES, {"institution": tx.institution, "of": list(line_ids)}))


def wanted(tx: Tx, line_ids: Sequence[int]) -> list[tuple[int, str]]:
    """(line, user) of those who asked that a copy be kept for them, in their order."""
    rows = tx.execute(_WANTED, {"institution": tx.institution, "of": list(line_ids)})
    return [(row.line_id, row.primary_id) for row in rows]


def due(tx: Tx, most: int) -> list[HoldRow]:
    """Holds to be offered (again), the longest waiting first."""
    return _rows(tx.execute(_DUE, {"institution": tx.institution, "now": tx.now, "most": most}))


def listed(
    tx: Tx, states: Sequence[str], line: str, primary_id: str, limit: int, offset: int
) -> tuple[list[HoldRow], int]:
    """A page of holds, the oldest first, and how many there are; "" and () do not narrow it."""
    narrowed = _HOLDS
    if states:
        narrowed = narrowed.where(holds.c.state.in_(states))
    if line:
        narrowed = narrowed.where(po_lines.c.number == line)
    if primary_id:
        narrowed = narrowed.where(holds.c.primary_id == primary_id)
    asked = {"institution": tx.institution}
    total: int = tx.execute(select(func.count()).select_from(narrowed.subquery()), asked).scalar_one()
    page = narrowed.order_by(holds.c.created, holds.c.id).limit(limit).offset(offset)
    return _rows(tx.execute(page, asked)), total


def _rows(found: Result[Any]) -> list[HoldRow]:
    return [HoldRow(**row) for row in found.mappings()]


def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write new holds (line_id, item_id, primary_id, state, due); returns their ids."""
    ids = [tx.new_id() for _ in rows]
    blank = {
        "institution": tx.institution,
        "reason": "",
        "attempts": 0,
        "created": tx.now,
        "changed": tx.now,
    }
    tx.later(_ADD, [{**blank, **row, "id": row_id} for row_id, row in zip(ids, rows, strict=True)])
    return ids


def leave(
    tx: Tx, hold_id: int, left: str, reached: str, reason: str, attempts: int, due: datetime | None
) -> bool:
    """Move a hold on; False when it has left that state already."""
    return bool(
        tx.execute(
            _LEAVE,
            {
                "of_institution": tx.institution,
                "of_id": hold_id,
                "left": left,
                "reached": reached,
                "why": reason,
                "tries": attempts,
                "next": due,
                "now": tx.now,
            },
        ).rowcount
    )
