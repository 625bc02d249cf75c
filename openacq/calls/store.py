"""SQL of the order log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Insert, Row, Select, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from openacq.calls.model import LoggedCall, Search
from openacq.calls.tables import calls, key_days
from openacq.store import Tx

_INSERT = insert(calls)

_HEADS = tuple(
    column for column in calls.c if column.name not in ("institution", "request", "answer", "folded")
)
_WHOLE = tuple(column for column in calls.c if column.name != "institution")

_ONE = select(*_WHOLE).where(calls.c.institution == bindparam("of"), calls.c.id == bindparam("of_id"))

_ERASE_FOLDED = (
    update(calls)
    .where(
        calls.c.institution == bindparam("of"),
        calls.c.id.in_(
            select(calls.c.id)
            .where(
                calls.c.institution == bindparam("of"),
                calls.c.folded.is_not(None),
                calls.c.at < bindparam("before"),
            )
            .order_by(calls.c.at)
            .limit(bindparam("most"))
        ),
    )
    .values(folded=None)
)
_DELETE_OLD = delete(calls).where(
    calls.c.institution == bindparam("of"),
    calls.c.id.in_(
        select(calls.c.id)
        .where(calls.c.institution == bindparam("of"), calls.c.at < bindparam("before"))
        .order_by(calls.c.at)
        .limit(bindparam("most"))
    ),
)


def _count_up(statement: Any) -> Insert:
    added: Insert = statement.on_conflict_do_update(
        index_elements=[key_days.c.institution, key_days.c.day, key_days.c.key_id],
        set_={"calls": key_days.c.calls + statement.excluded.calls},
    )
    return added


_COUNT_UP = {
    "sqlite": _count_up(insert_sqlite(key_days)),
    "postgresql": _count_up(insert_postgresql(key_days)),
}
_DAY = select(key_days.c.key_id, key_days.c.calls).where(
    key_days.c.institution == bindparam("of"), key_days.c.day == bindparam("on")
)
_DELETE_DAYS = delete(key_days).where(
    key_days.c.institution == bindparam("of"), key_days.c.day < bindparam("before")
)


def write(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> range:
    """Insert rows that have all columns but `id`; returns their ids."""
    ids = tx.numbers("ROW", len(rows))
    if rows:
        numbered = [
            {**row, "institution": tx.institution, "id": id_} for row, id_ in zip(rows, ids, strict=True)
        ]
        tx.later(_INSERT, numbered)
    return ids


def one(tx: Tx, call_id: int) -> LoggedCall | None:
    row = tx.execute(_ONE, {"of": tx.institution, "of_id": call_id}).one_or_none()
    return _call(row) if row is not None else None


def found(tx: Tx, search: Search, *, most: int, newest: bool, bodies: bool) -> tuple[LoggedCall, ...]:
    """At most `most` calls in order of time: the newest ones, or the first ones of the search."""
    order = (calls.c.at.desc(), calls.c.id.desc()) if newest else (calls.c.at, calls.c.id)
    asked = select(*(_WHOLE if bodies else _HEADS)).where(calls.c.institution == tx.institution)
    rows = tx.execute(_narrow(asked, search).order_by(*order).limit(most)).all()
    return tuple(_call(row) for row in (reversed(rows) if newest else rows))


def _narrow(asked: Select[Any], search: Search) -> Select[Any]:
    if search.vendor:
        asked = asked.where(calls.c.vendor == search.vendor)
    if search.outcomes:
        asked = asked.where(calls.c.outcome.in_(search.outcomes))
    if search.subject:
        asked = asked.where(calls.c.subject == search.subject)
    if search.since is not None:
        asked = asked.where(calls.c.at >= search.since)
    if search.statuses:
        asked = asked.where(or_(*map(_status, search.statuses)))
    return asked


def _status(asked: int) -> Any:
    if asked < 10:
        return and_(calls.c.status >= asked * 100, calls.c.status < (asked + 1) * 100)
    return calls.c.status == asked


def _call(row: Row[Any]) -> LoggedCall:
    values = dict(row._mapping)  # noqa: SLF001  (the documented way to a row's names)
    values["problems"] = tuple(values["problems"].split()) if values["problems"] else ()
    values["folded"] = tuple(values.get("folded") or ())
    return LoggedCall(**values)


def erase_folded(tx: Tx, before: datetime, most: int) -> int:
    return tx.execute(_ERASE_FOLDED, {"of": tx.institution, "before": before, "most": most}).rowcount


def delete_old(tx: Tx, before: datetime, most: int) -> int:
    return tx.execute(_DELETE_OLD, {"of": tx.institution, "before": before, "most": most}).rowcount


def delete_days(tx: Tx, before: date) -> int:
    return tx.execute(_DELETE_DAYS, {"of": tx.institution, "before": before}).rowcount


def count_up(tx: Tx, counts: Mapping[tuple[date, int], int]) -> None:
    """Add to the counts of (day, key id); in order, so that two processes cannot lock each other."""
    rows = [
        {"institution": tx.institution, "day": day, "key_id": key_id, "calls": counts[day, key_id]}
        for day, key_id in sorted(counts)
    ]
    tx.execute(_COUNT_UP[tx.conn.dialect.name], rows)


def day(tx: Tx, on: date) -> dict[int, int]:
    return {row.key_id: row.calls for row in tx.execute(_DAY, {"of": tx.institution, "on": on})}
