"""SQL of the order log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Insert, Row, Select, and_, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from openacq.calls.model import CallFigures, LoggedCall, SameRefusal, Search
from openacq.calls.tables import calls, key_days
from openacq.store import Tx
from openacq.store.schema import Instant

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


def _ended(outcome: str) -> Any:
    return func.sum(case((calls.c.outcome == outcome, 1), else_=0)).label(outcome)


_FIGURES = (
    select(
        calls.c.vendor,
        calls.c.key_id,
        calls.c.key_name,
        func.count().label("calls"),
        *map(_ended, ("refused", "fault", "placed", "in_review")),
        func.max(calls.c.at).label("last"),
    )
    .where(calls.c.institution == bindparam("of"), calls.c.at >= bindparam("since", type_=Instant))
    .group_by(calls.c.vendor, calls.c.key_id, calls.c.key_name)
    .order_by(calls.c.vendor, calls.c.key_name)
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


def page(tx: Tx, search: Search, most: int, skipped: int) -> tuple[LoggedCall, ...]:
    """A page of the calls of the search, the newest first, without bodies."""
    asked = _narrow(select(*_HEADS).where(calls.c.institution == tx.institution), search)
    newest = asked.order_by(calls.c.at.desc(), calls.c.id.desc()).limit(most).offset(skipped)
    return tuple(_call(row) for row in tx.execute(newest))


def figures(tx: Tx, since: datetime, vendor: str) -> list[CallFigures]:
    """How calls went since then, by key: all of them, or those about one vendor's orders."""
    asked = _FIGURES.where(calls.c.vendor == vendor) if vendor else _FIGURES
    rows = tx.execute(asked, {"of": tx.institution, "since": since})
    return [
        CallFigures(
            row.vendor,
            row.key_id,
            row.key_name,
            int(row.calls),
            int(row.refused),
            int(row.fault),
            int(row.placed),
            int(row.in_review),
            row.last,
        )
        for row in rows
    ]


def same_refusals(tx: Tx, search: Search, most: int) -> list[SameRefusal]:
    """Refused calls of the search by their reasons, the most frequent first."""
    asked = (
        select(
            calls.c.problems,
            func.count().label("calls"),
            func.max(calls.c.at).label("last"),
            func.max(calls.c.id).label("example"),
        )
        .where(calls.c.institution == tx.institution, calls.c.problems != "")
        .group_by(calls.c.problems)
        .order_by(func.count().desc(), calls.c.problems)
        .limit(most)
    )
    return [
        SameRefusal(tuple(row.problems.split()), int(row.calls), row.last, row.example)
        for row in tx.execute(_narrow(asked, search))
    ]


def _narrow(asked: Select[Any], search: Search) -> Select[Any]:
    for name in _EXACT:
        if (value := getattr(search, name)) not in ("", None):
            asked = asked.where(calls.c[name] == value)
    if search.outcomes:
        asked = asked.where(calls.c.outcome.in_(search.outcomes))
    if search.methods:
        asked = asked.where(calls.c.method.in_(search.methods))
    if search.since is not None:
        asked = asked.where(calls.c.at >= search.since)
    if search.until is not None:
        asked = asked.where(calls.c.at < search.until)
    if search.problem:
        asked = asked.where(calls.c.problems != "")
        asked = asked.where((" " + calls.c.problems + " ").contains(f" {search.problem} ", autoescape=True))
    if search.words:
        asked = asked.where(calls.c.path.contains(search.words, autoescape=True))
    if search.statuses:
        asked = asked.where(or_(*map(_status, search.statuses)))
    return asked


_EXACT = ("vendor", "subject", "door", "key_id", "request_id")


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
