"""SQL of lists of purchase requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from openacq.kernel.ids import fold_isbn
from openacq.kernel.text import folded
from openacq.requests.model import Criteria
from openacq.requests.store import SHOWN, Kept, R, by_ids, kept
from openacq.store import Tx
from openacq.store.schema import Instant
from openacq.store.tx import COUNT_BYTES

_EQUAL: Mapping[str, str] = {
    "status": "state",
    "format": "format",
    "owning_library": "owning_library",
    "citation_type": "citation_type",
    "requester": "requester",
    "mms_id": "mms_id",
    "group": "group_id",
    "source": "source",
    "progress": "progress",
}
"""Criteria that are met by a column having a value."""
MOST_WORDS = 8
WORD = "word"
MOST_FOUND = 10_000
"""Requests found by words that are remembered; where there are more, pages are looked for one by one."""


def page(
    tx: Tx, wanted: Criteria, libraries: frozenset[str] | None, limit: int, offset: int
) -> tuple[list[Kept], int]:
    """A page of requests, the newest first, and how many there are in all. What was counted or found by
    words is kept while no request changes."""
    given = _values(tx, wanted)
    if libraries is not None:
        given["libraries"] = sorted(libraries)
    names = tuple(sorted(given))
    asked = {"institution": tx.institution, **given}
    key = tuple((name, str(given[name])) for name in names)
    if f"{WORD}0" in given:
        found = _found(tx, names, asked, key)
        if len(found) <= MOST_FOUND:
            return _by_ids(tx, found[offset : offset + limit]), len(found)

    def count() -> int:
        number: int = tx.execute(_count(names), asked).scalar_one()
        return number

    total = tx.kept_count("requests", key, count)
    if not limit or offset >= total:
        return [], total
    rows = tx.execute(_page(names), {**asked, "limit": limit, "offset": offset})
    return [kept(row) for row in rows], total


def _found(
    tx: Tx, names: tuple[str, ...], asked: Mapping[str, Any], key: tuple[tuple[str, str], ...]
) -> tuple[int, ...]:
    """The ids that words find, the newest first, one more than MOST_FOUND at most: looking for words means
    looking at every request, so it is done once, not for the count and for each page."""

    def find() -> tuple[int, ...]:
        return tuple(tx.execute(_ids(names), {**asked, "most": MOST_FOUND + 1}).scalars())

    return tx.kept("requests", ("found", key), find, lambda found: COUNT_BYTES + 36 * len(found))


def _by_ids(tx: Tx, ids: Sequence[int]) -> list[Kept]:
    rows = {each.id: each for each in by_ids(tx, ids)} if ids else {}
    return [rows[request_id] for request_id in ids]


def _values(tx: Tx, wanted: Criteria) -> dict[str, Any]:
    """The conditions that are set, with their values."""
    given: dict[str, Any] = {name: value for name in _EQUAL if (value := getattr(wanted, name))}
    if wanted.assigned_to is not None:
        given["assigned_to"] = wanted.assigned_to
    if wanted.since is not None:
        given["since"] = _beginning(wanted.since, tx.zone)
    if wanted.until is not None:
        given["until"] = _beginning(wanted.until + timedelta(days=1), tx.zone)
    for number, word in enumerate(_words(wanted.words)):
        escaped = word.replace("/", "//").replace("%", "/%").replace("_", "/_")
        given[f"{WORD}{number}"] = f"%{escaped}%"
    return given


def _words(text: str) -> list[str]:
    """The words looked for; an ISBN is one, without its hyphens and blanks, as requests keep it."""
    bare = "".join(text.replace("-", "").split())
    if fold_isbn(bare) is not None:
        return [folded(bare)]
    words = (word.replace("-", "") if fold_isbn(word) else word for word in text.split())
    return folded(" ".join(words)).split()[:MOST_WORDS]


def _beginning(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


@cache
def _ids(names: tuple[str, ...]) -> Select[Any]:
    return (
        select(R.id)
        .where(*_conditions(names))
        .order_by(R.created.desc(), R.id.desc())
        .limit(bindparam("most"))
    )


@cache
def _count(names: tuple[str, ...]) -> Select[Any]:
    return select(func.count()).where(*_conditions(names))


@cache
def _page(names: tuple[str, ...]) -> Select[Any]:
    return (
        select(*SHOWN)
        .where(*_conditions(names))
        .order_by(R.created.desc(), R.id.desc())
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def _conditions(names: tuple[str, ...]) -> list[ColumnElement[bool]]:
    return [R.institution == bindparam("institution"), *map(_condition, names)]


def _condition(name: str) -> ColumnElement[bool]:
    if name in _EQUAL:
        return R[_EQUAL[name]] == bindparam(name)
    if name == "assigned_to":
        return R.assigned_to == bindparam(name)
    if name == "since":
        return R.created >= bindparam(name, type_=Instant)
    if name == "until":
        return R.created < bindparam(name, type_=Instant)
    if name == "libraries":
        return or_(R.owning_library == "", R.owning_library.in_(bindparam(name, expanding=True)))
    return R.words.like(bindparam(name), escape="/")
