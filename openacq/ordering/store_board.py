"""SQL of the review board: a page of waiting lines, and how many there are by what narrows the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from openacq.ordering.store import LineRow
from openacq.ordering.tables import line_alerts, po_lines, purchase_orders
from openacq.store import Tx

_L, _A, _O = po_lines.c, line_alerts.c, purchase_orders.c
_institution: Any = bindparam("institution")

_PAGE = (
    select(po_lines, _O.number.label("po_number"))
    .select_from(
        po_lines.outerjoin(purchase_orders, and_(_O.institution == _L.institution, _O.id == _L.order_id))
    )
    .order_by(_L.rush.desc(), _L.created, _L.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_COUNT = select(func.count()).select_from(po_lines)
_BY_SLUG = (
    select(_A.slug, func.count())
    .select_from(line_alerts.join(po_lines, and_(_L.institution == _A.institution, _L.id == _A.line_id)))
    .group_by(_A.slug)
)
GROUPS = ("state", "vendor", "owner", "source", "assigned_to")


@dataclass(frozen=True, slots=True)
class BoardQuery:
    """Which waiting lines; empty means no condition. `assigned` holds primary ids, "" for nobody."""

    states: tuple[str, ...]
    slugs: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def _conditions(wanted: BoardQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_L.institution == _institution, _L.state.in_(wanted.states)]
    for column, values in (
        (_L.vendor, wanted.vendors),
        (_L.owner, wanted.owners),
        (_L.source, wanted.sources),
        (_L.assigned_to, wanted.assigned),
    ):
        if values:
            found.append(column.in_(values))
    if wanted.slugs:
        # Not told line by line: looked at from each line, the database would read all alerts of the kind.
        caught = _L.id.in_(
            select(_A.line_id).where(_A.institution == _institution, _A.slug.in_(wanted.slugs))
        )
        found.append(caught)
    for word in wanted.words:
        like = f"%{_escaped(word.lower())}%"
        columns = (_L.title, _L.number, _L.reference, _L.vendor)
        found.append(or_(*(func.lower(column).like(like, escape="\\") for column in columns)))
    return found


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def page(tx: Tx, wanted: BoardQuery, limit: int, offset: int) -> Sequence[LineRow]:
    """Waiting lines: rush first, then the oldest."""
    statement = _PAGE.where(*_conditions(wanted))
    asked = {"institution": tx.institution, "limit": limit, "offset": offset}
    return tx.execute(statement, asked).all()


def count(tx: Tx, wanted: BoardQuery) -> int:
    found: int = tx.execute(_COUNT.where(*_conditions(wanted)), {"institution": tx.institution}).scalar_one()
    return found


def ids(tx: Tx, wanted: BoardQuery, most: int) -> list[int]:
    statement = select(_L.id).where(*_conditions(wanted)).order_by(_L.id).limit(most)
    return list(tx.execute(statement, {"institution": tx.institution}).scalars())


def owners(tx: Tx, line_ids: Sequence[int]) -> list[str]:
    """The libraries these lines are for."""
    statement = select(_L.owner).where(_L.institution == _institution, _L.id.in_(line_ids)).distinct()
    return list(tx.execute(statement, {"institution": tx.institution}).scalars())


def groups(tx: Tx, wanted: BoardQuery) -> dict[str, dict[str, int]]:
    """How many lines there are by state, vendor, library, source, assignee and alert."""
    columns = [_L[name] for name in GROUPS]
    statement: Select[Any] = select(*columns, func.count()).where(*_conditions(wanted)).group_by(*columns)
    found: dict[str, dict[str, int]] = {name: {} for name in GROUPS}
    for *values, number in tx.execute(statement, {"institution": tx.institution}):
        for name, value in zip(GROUPS, values, strict=True):
            found[name][value] = found[name].get(value, 0) + number
    by_slug = tx.execute(_BY_SLUG.where(*_conditions(wanted)), {"institution": tx.institution})
    found["slug"] = {row[0]: row[1] for row in by_slug}
    return found
