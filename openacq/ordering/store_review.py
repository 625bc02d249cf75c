"""SQL of the review desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update

from openacq.ordering.model import Severity
from openacq.ordering.states import LineState, OrderState
from openacq.ordering.store_moves import moved_on
from openacq.ordering.tables import line_alerts, po_lines, purchase_orders
from openacq.store import Tx
from openacq.store.schema import Instant

_of: Any = bindparam("of", expanding=True)
_slugs: Any = bindparam("slugs", expanding=True)
_institution: Any = bindparam("of_institution")
_now: Any = bindparam("now", type_=Instant)

_BLOCKING = select(line_alerts.c.line_id, line_alerts.c.slug).where(
    line_alerts.c.institution == _institution,
    line_alerts.c.line_id.in_(_of),
    line_alerts.c.severity == Severity.BLOCKING.value,
)
_WITH = (
    select(line_alerts.c.line_id)
    .where(
        line_alerts.c.institution == _institution,
        line_alerts.c.line_id.in_(_of),
        line_alerts.c.slug.in_(_slugs),
    )
    .distinct()
    .order_by(line_alerts.c.line_id)
)
_DROP = delete(line_alerts).where(
    line_alerts.c.institution == _institution, line_alerts.c.line_id.in_(_of), line_alerts.c.slug.in_(_slugs)
)
_SETTLE = delete(line_alerts).where(
    line_alerts.c.institution == _institution,
    line_alerts.c.line_id.in_(_of),
    line_alerts.c.severity == Severity.BLOCKING.value,
)
_IN_OPEN_ORDER = select(po_lines.c.id).where(
    po_lines.c.institution == _institution,
    po_lines.c.id.in_(_of),
    exists().where(
        purchase_orders.c.institution == po_lines.c.institution,
        purchase_orders.c.id == po_lines.c.order_id,
        purchase_orders.c.state.in_((OrderState.DRAFT.value, OrderState.OPEN.value)),
    ),
)
_ASSIGNED = select(po_lines.c.id, po_lines.c.assigned_to).where(
    po_lines.c.institution == _institution, po_lines.c.id.in_(_of)
)
_ASSIGN = (
    update(po_lines)
    .where(po_lines.c.institution == _institution, po_lines.c.id.in_(_of))
    .values(
        assigned_to=bindparam("to"),
        version=po_lines.c.version + 1,
        changed=moved_on(po_lines.c.changed, _now),
    )
)
_DUE = (
    select(po_lines.c.id)
    .where(
        po_lines.c.institution == _institution,
        po_lines.c.state == LineState.DEFERRED.value,
        po_lines.c.deferred_until <= bindparam("today"),
    )
    .order_by(po_lines.c.id)
    .limit(bindparam("most"))
)


def blocking_slugs(tx: Tx, ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """The blocking alerts of each line."""
    found: dict[int, set[str]] = {}
    for row in tx.execute(_BLOCKING, {"of_institution": tx.institution, "of": list(ids)}):
        found.setdefault(row.line_id, set()).add(row.slug)
    return {line_id: frozenset(slugs) for line_id, slugs in found.items()}


def lines_with_alerts(tx: Tx, ids: Sequence[int], slugs: Sequence[str]) -> list[int]:
    asked = {"of_institution": tx.institution, "of": list(ids), "slugs": list(slugs)}
    return list(tx.execute(_WITH, asked).scalars())


def drop_alerts(tx: Tx, ids: Sequence[int], slugs: Sequence[str]) -> None:
    tx.execute(_DROP, {"of_institution": tx.institution, "of": list(ids), "slugs": list(slugs)})


def settle_alerts(tx: Tx, ids: Sequence[int]) -> None:
    """Take away the blocking alerts: somebody has looked and ordered."""
    tx.execute(_SETTLE, {"of_institution": tx.institution, "of": list(ids)})


def in_open_order(tx: Tx, ids: Sequence[int]) -> frozenset[int]:
    """Those of the lines that are in a PO that has not gone out and waits for its lines."""
    return frozenset(
        tx.execute(_IN_OPEN_ORDER, {"of_institution": tx.institution, "of": list(ids)}).scalars()
    )


def assigned(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    rows = tx.execute(_ASSIGNED, {"of_institution": tx.institution, "of": list(ids)})
    return {row.id: row.assigned_to for row in rows}


def assign(tx: Tx, ids: Sequence[int], to: str) -> None:
    tx.execute(_ASSIGN, {"of_institution": tx.institution, "of": list(ids), "to": to, "now": tx.now})


def due_to_resume(tx: Tx, today: date, most: int) -> list[int]:
    asked = {"of_institution": tx.institution, "today": today, "most": most}
    return list(tx.execute(_DUE, asked).scalars())
