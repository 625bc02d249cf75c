"""The outbox: news of changes, and the work some of them ask for, done after the change by whoever is free.

News are written with the change itself (`Tx.emit`). Only topics somebody acts on are work; all others
are kept as events and cost nothing, because work is looked for by its topics. Who takes a row leases
it: until the lease ends nobody else gets it, afterwards anybody does, so a worker that dies loses
nothing. A row that fails comes again later and later, and is given up in the end: it is then a dead
letter, kept with its error until somebody has it tried again.

News of one subject (one PO, one line) that bear topics `in_order` are leased one after the other, in
the order they happened; one that was given up stops none that follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, delete, exists, func, literal, or_, select, update

from openacq.store.schema import Instant
from openacq.store.tables import outbox
from openacq.store.tx import Tx


class Standing(StrEnum):
    """What became of a row: it waits for its turn, waits for another try, is dead, is done."""

    WAITING = "waiting"
    FAILED = "failed"
    DEAD = "dead"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class News:
    """A row of the outbox. `attempts` counts the times it was taken up, the present one too."""

    id: int
    topic: str
    subject: str
    payload: Any
    at: datetime
    due: datetime
    attempts: int
    leased_until: datetime | None = None
    leased_by: str = ""
    done: datetime | None = None
    failed: datetime | None = None
    error: str = ""

    @property
    def standing(self) -> Standing:
        if self.done is not None:
            return Standing.DONE
        if self.failed is not None:
            return Standing.DEAD
        return Standing.FAILED if self.error else Standing.WAITING


@dataclass(frozen=True, slots=True)
class Reaction:
    """What is done about a topic: `act` runs in a transaction of its own in which the row becomes done.

    It may run again after it failed, or after its worker died, so it looks at how things stand, not only
    at the payload. `given_up` tells those concerned, with the last error, when the row becomes a dead
    letter.
    """

    act: Callable[[Tx, News], None]
    in_order: bool = False
    given_up: Callable[[Tx, News, str], None] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    news: tuple[News, ...]
    total: int


_of: Any = bindparam("of_institution")
_now: Any = bindparam("now", type_=Instant)
_ids: Any = bindparam("ids", expanding=True)
_topics: Any = bindparam("topics", expanding=True)
_OPEN: Any = and_(outbox.c.done.is_(None), outbox.c.failed.is_(None))
_COLUMNS = tuple(column for column in outbox.c if column.name != "institution")
_earlier = outbox.alias("earlier")

_TAKE_UP = (
    update(outbox)
    .where(outbox.c.institution == _of, outbox.c.id.in_(_ids))
    .values(
        due=bindparam("until", type_=Instant),
        leased_until=bindparam("until", type_=Instant),
        leased_by=bindparam("worker"),
        attempts=outbox.c.attempts + 1,
    )
)
_HELD: Any = and_(
    outbox.c.institution == _of,
    outbox.c.id == bindparam("of_id"),
    outbox.c.leased_by == bindparam("worker"),
    outbox.c.leased_until == bindparam("until", type_=Instant),
    _OPEN,
)
_FINISH = update(outbox).where(_HELD).values(done=_now, leased_until=None, leased_by=None, error=None)
_PUT_OFF = (
    update(outbox)
    .where(_HELD)
    .values(
        due=bindparam("again", type_=Instant), leased_until=None, leased_by=None, error=bindparam("words")
    )
)
_GIVE_UP = (
    update(outbox)
    .where(_HELD)
    .values(failed=_now, leased_until=None, leased_by=None, error=bindparam("words"))
)
_GIVE_BACK = (
    update(outbox)
    .where(_HELD)
    .values(due=_now, leased_until=None, leased_by=None, attempts=outbox.c.attempts - 1)
)
_TRY_AGAIN = (
    update(outbox)
    .where(
        outbox.c.institution == _of,
        outbox.c.id.in_(_ids),
        outbox.c.done.is_(None),
        or_(outbox.c.failed.is_not(None), outbox.c.error.is_not(None)),
    )
    .values(due=_now, failed=None, attempts=0, leased_until=None, leased_by=None)
)
_ONE = select(*_COLUMNS).where(outbox.c.institution == _of, outbox.c.id == bindparam("of_id"))
_OLD = (
    select(outbox.c.id, outbox.c.at, outbox.c.topic, outbox.c.done, outbox.c.failed)
    .where(outbox.c.institution == _of, outbox.c.id > bindparam("after"))
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
_DROP = delete(outbox).where(outbox.c.institution == _of, outbox.c.id.in_(_ids))


# -- working on it ------------------------------------------------------------------------------


def due_topics(tx: Tx, topics: Sequence[str]) -> list[str]:
    """Those of the topics of which something is due, in one statement."""
    if not topics:
        return []
    return list(
        tx.execute(_due_of(tuple(topics)), {"of_institution": tx.institution, "now": tx.now}).scalars()
    )


@cache
def _due_of(topics: tuple[str, ...]) -> Select[Any]:
    """A look into the index for each topic."""
    looks = [
        select(literal(topic).label("topic")).where(
            exists().where(
                outbox.c.institution == _of, outbox.c.topic == literal(topic), _OPEN, outbox.c.due <= _now
            )
        )
        for topic in topics
    ]
    every = looks[0].union_all(*looks[1:]).subquery() if len(looks) > 1 else looks[0].subquery()
    return select(every.c.topic)


def lease(
    tx: Tx, topic: str, *, worker: str, until: datetime, most: int, in_order: Sequence[str] = ()
) -> list[News]:
    """Take up at most `most` rows of a topic that are due, the oldest first, until `until`.

    `in_order`: the topics among which order is kept, for a topic that is one of them.
    """
    ordered = topic in in_order
    asked = {"of_institution": tx.institution, "topic": topic, "now": tx.now, "most": most}
    if ordered:
        asked["topics"] = list(in_order)
    found = [_news(row) for row in tx.execute(_DUE_IN_ORDER if ordered else _DUE, asked)]
    if found:
        tx.execute(
            _TAKE_UP,
            {
                "of_institution": tx.institution,
                "ids": [news.id for news in found],
                "until": until,
                "worker": worker,
            },
        )
    return [_taken(news, until, worker) for news in found]


def _due(*conditions: Any) -> Select[Any]:
    return (
        select(*_COLUMNS)
        .where(
            outbox.c.institution == _of,
            outbox.c.topic == bindparam("topic"),
            _OPEN,
            outbox.c.due <= _now,
            *conditions,
        )
        .order_by(outbox.c.due, outbox.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=outbox)
    )


_DUE = _due()
_DUE_IN_ORDER = _due(
    ~exists().where(
        _earlier.c.institution == outbox.c.institution,
        _earlier.c.topic.in_(_topics),
        _earlier.c.subject == outbox.c.subject,
        _earlier.c.done.is_(None),
        _earlier.c.failed.is_(None),
        or_(_earlier.c.at < outbox.c.at, and_(_earlier.c.at == outbox.c.at, _earlier.c.id < outbox.c.id)),
    )
)


def finish(tx: Tx, news: News) -> bool:
    """Mark a leased row as done; False when the lease is no longer ours. From here to the end of the
    transaction nobody else can take the row up."""
    return _held(tx, _FINISH, news, now=tx.now)


def put_off(tx: Tx, news: News, again: datetime, words: str) -> bool:
    """Have a leased row that failed come again at `again`; False when the lease is no longer ours."""
    return _held(tx, _PUT_OFF, news, again=again, words=words)


def give_up(tx: Tx, news: News, words: str) -> bool:
    """Make a leased row a dead letter; False when the lease is no longer ours."""
    return _held(tx, _GIVE_UP, news, now=tx.now, words=words)


def give_back(tx: Tx, news: News) -> bool:
    """Let go of a leased row that was not begun; False when the lease is no longer ours."""
    return _held(tx, _GIVE_BACK, news, now=tx.now)


def _held(tx: Tx, statement: Any, news: News, **values: object) -> bool:
    named = {"of_institution": tx.institution, "of_id": news.id, "worker": news.leased_by}
    return tx.execute(statement, {**named, "until": news.leased_until, **values}).rowcount == 1


# -- looking at it ------------------------------------------------------------------------------


def one(tx: Tx, news_id: int) -> News | None:
    row = tx.execute(_ONE, {"of_institution": tx.institution, "of_id": news_id}).one_or_none()
    return None if row is None else _news(row)


def listed(tx: Tx, standing: Standing, topics: Sequence[str], limit: int, offset: int = 0) -> Page:
    """A page of the rows of some topics that stand so, the next due (of the dead: the oldest) first."""
    if not topics:
        return Page((), 0)
    asked: dict[str, Any] = {"of_institution": tx.institution, "topics": list(topics)}
    total: int = tx.execute(_count(standing), asked).scalar_one()
    if not limit or offset >= total:
        return Page((), total)
    rows = tx.execute(_list(standing), {**asked, "limit": limit, "offset": offset})
    return Page(tuple(_news(row) for row in rows), total)


def failing(tx: Tx, topics: Sequence[str]) -> int:
    """How many rows of some topics failed: they wait for another try, or are dead."""
    if not topics:
        return 0
    asked = {"of_institution": tx.institution, "topics": list(topics)}
    found: int = tx.execute(_HOW_MANY_FAIL, asked).scalar_one()
    return found


_FAILING: Any = and_(outbox.c.done.is_(None), outbox.c.error.is_not(None))
_HOW_MANY_FAIL = (
    select(func.count())
    .select_from(outbox)
    .where(outbox.c.institution == _of, outbox.c.topic.in_(_topics), _FAILING)
)
_STANDING: dict[Standing, Any] = {
    Standing.WAITING: and_(_OPEN, outbox.c.error.is_(None)),
    Standing.FAILED: and_(_FAILING, outbox.c.failed.is_(None)),
    Standing.DEAD: and_(_FAILING, outbox.c.failed.is_not(None)),
    Standing.DONE: outbox.c.done.is_not(None),
}


def _standing_so(standing: Standing) -> Any:
    return and_(outbox.c.institution == _of, outbox.c.topic.in_(_topics), _STANDING[standing])


@cache
def _count(standing: Standing) -> Select[Any]:
    return select(func.count()).select_from(outbox).where(_standing_so(standing))


@cache
def _list(standing: Standing) -> Select[Any]:
    return (
        select(*_COLUMNS)
        .where(_standing_so(standing))
        .order_by(outbox.c.due, outbox.c.id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def try_again(tx: Tx, ids: Iterable[int]) -> int:
    """Have dead letters, and rows that wait for another try, tried anew at once; returns how many."""
    asked = {"of_institution": tx.institution, "ids": list(ids), "now": tx.now}
    return tx.execute(_TRY_AGAIN, asked).rowcount


# -- forgetting ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Forgotten:
    """`after` is where to go on; None when nothing older is left."""

    rows: int
    after: int | None


def forget(tx: Tx, before: datetime, topics: Sequence[str], after: int, most: int = 500) -> Forgotten:
    """Drop news older than `before` among the `most` rows with ids above `after`: what is done, and what
    is nobody's work (`topics` are those somebody acts on). Work that waits or is dead stays."""
    rows = tx.execute(_OLD, {"of_institution": tx.institution, "after": after, "most": most}).all()
    old = [row for row in rows if row.at < before]
    work = frozenset(topics)
    ids = [row.id for row in old if row.done is not None or (row.topic not in work and row.failed is None)]
    if ids:
        tx.execute(_DROP, {"of_institution": tx.institution, "ids": ids})
    # Ids grow with time but for the blocks processes take them from: a batch without old rows is the end.
    ended = not old or len(rows) < most
    return Forgotten(len(ids), None if ended else rows[-1].id)


def _news(row: Row[Any]) -> News:
    values = dict(row._mapping)  # noqa: SLF001  (its public name)
    return News(**{**values, "leased_by": values["leased_by"] or "", "error": values["error"] or ""})


def _taken(news: News, until: datetime, worker: str) -> News:
    return News(
        news.id,
        news.topic,
        news.subject,
        news.payload,
        news.at,
        until,
        news.attempts + 1,
        until,
        worker,
        error=news.error,
    )
