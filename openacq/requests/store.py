"""SQL of purchase requests: writing, reading and moving them. Statements do not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    Select,
    Text,
    Update,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_postgresql

from openacq.kernel.converting import converted
from openacq.kernel.ids import fold_isbn, isbn_10
from openacq.kernel.money import Money
from openacq.kernel.text import folded
from openacq.requests.model import CANCELLED_BY_REQUESTER, Metadata, Note, Place, Request, Step
from openacq.requests.states import OPEN, RequestState
from openacq.requests.tables import purchase_requests, request_events, request_patrons, request_questions
from openacq.store import Tx
from openacq.store.lists import with_lists
from openacq.store.schema import Instant

MILLISECOND = 1_000
"""In the microseconds of storage."""

R = purchase_requests.c
_institution: Any = bindparam("institution")
_of: Any = bindparam("of", expanding=True)
_now: Any = bindparam("now", type_=Instant)

_SAME = (
    "id", "requester", "created", "changed", "format", "requested_type", "notify_receiving_activation",
    "hold_item", "notify_renewal", "notify_cancel", "source", "owning_library", "fund", "vendor",
    "vendor_account", "email", "approved_by", "requester_note", "reject_reason", "reject_note", "po_line",
    "created_by", "state_since", "version", "progress", "assigned_to", "deferred_until", "deferral_reason",
    "matched_by", "questions", "unanswered",
)  # fmt: skip
"""Members of a request that are columns of the same name."""
_TEXTS = tuple(each.name for each in fields(Metadata) if each.name != "mms_id")

SHOWN = tuple(column for column in R if column.name not in ("institution", "words", "title"))

_ADD = insert(purchase_requests)
_BY_IDS = with_lists(
    lambda among: select(*SHOWN).where(_institution == R.institution, among(R.id, "of")).order_by(R.id)
)
_WITH_GROUPS = (
    select(*SHOWN)
    .where(
        R.institution == _institution, or_(R.id.in_(_of), R.group_id.in_(bindparam("groups", expanding=True)))
    )
    .order_by(R.id)
)
_HOLD = _WITH_GROUPS.with_for_update()
_GROUPS = select(R.group_id).where(R.institution == _institution, R.id.in_(_of), R.group_id != 0).distinct()
_OF_LINES = select(*SHOWN).where(R.institution == _institution, R.line_id.in_(_of)).order_by(R.id)
_DELETE = delete(purchase_requests).where(
    R.institution == bindparam("of_institution"),
    R.id.in_(_of),
    R.state != RequestState.APPROVED.value,
)
_DELETE_WITH = tuple(
    delete(each).where(each.c.institution == bindparam("of_institution"), each.c.request_id.in_(_of))
    for each in (request_questions, request_events)
)
_ADD_EVENTS = insert(request_events)
_EVENTS = (
    select(request_events)
    .where(request_events.c.institution == _institution, request_events.c.request_id == bindparam("request"))
    .order_by(request_events.c.at, request_events.c.id)
)
_PATRON = insert_postgresql(request_patrons)
_HOLD_PATRON = _PATRON.on_conflict_do_update(
    index_elements=["institution", "primary_id"], set_={"last": _PATRON.excluded.last}
)
_COUNT_OPEN = select(func.count()).where(
    R.institution == _institution,
    R.requester == bindparam("requester"),
    R.state.in_([state.value for state in OPEN]),
)
_COUNT_SINCE = select(func.count()).where(
    R.institution == _institution,
    R.requester == bindparam("requester"),
    R.created >= bindparam("since", type_=Instant),
    R.reject_reason != CANCELLED_BY_REQUESTER,
)
_DUE = (
    select(R.id)
    .where(
        R.institution == _institution,
        R.deferred_until <= bindparam("today"),
        R.state == RequestState.DEFERRED.value,
    )
    .order_by(R.deferred_until, R.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A request with what only the desk keeps of it."""

    request: Request
    line_id: int | None
    approved_with: int | None

    @property
    def id(self) -> int:
        return self.request.id

    @property
    def order_key(self) -> int:
        """Requests with one key become one order."""
        return self.request.group or -self.request.id


# -- writing ------------------------------------------------------------------------------------


def add(tx: Tx, request: Request) -> None:
    tx.later(_ADD, [{"institution": tx.institution, **cells(request)}])


def cells(request: Request) -> dict[str, Any]:
    """The columns of a request that is new or changed as a whole."""
    cost = request.estimated_cost
    metadata = request.metadata
    return {
        **{name: getattr(request, name) for name in _SAME},
        "state": request.state.value,
        "citation_type": metadata.citation_type,
        "cost_units": cost.units if cost else None,
        "cost_scale": cost.scale if cost else None,
        "cost_currency": cost.currency if cost else "",
        "mms_id": metadata.mms_id,
        "bib_hits": request.bib_hits,
        "title": metadata.title,
        "metadata": {name: text for name in _TEXTS if (text := getattr(metadata, name))},
        "words": words_of(request),
        "notes": request.notes,
        "places": request.places,
        "group_id": request.group,
    }


def words_of(request: Request) -> str:
    """What a request is found by, folded; its ISBN in both lengths and without hyphens."""
    title = request.metadata
    written = title.isbn.replace("-", "")
    isbn = fold_isbn(title.isbn) or ""
    more = [each for each in (isbn, isbn_10(isbn)) if each not in written]
    numbers = (str(request.id), written, *more, title.issn, title.mms_id)
    texts = (title.title, title.author, title.publisher, *numbers, request.requester, request.requester_name)
    return folded(" ".join(text for text in texts if text))


_CHANGED = tuple(
    name
    for name in (
        "requester", "format", "citation_type", "requested_type", "notify_receiving_activation", "hold_item",
        "notify_renewal", "notify_cancel", "owning_library", "cost_units", "cost_scale", "cost_currency",
        "fund", "vendor", "vendor_account", "email", "requester_note", "mms_id", "matched_by", "bib_hits",
        "title", "metadata", "words", "notes", "places", "group_id",
    )
)  # fmt: skip


def write_content(tx: Tx, request: Request) -> None:
    """Write what a change made of a request."""
    row = cells(request)
    values = {name: row[name] for name in _CHANGED}
    set_values(tx, [request.id], values)


def leave(
    tx: Tx, ids: Sequence[int], left: RequestState, reached: RequestState, values: Mapping[str, Any]
) -> int:
    """Move requests that have not left their state yet to another; returns how many. `values` are set too,
    the same for all."""
    return tx.execute(
        _setting(tuple(values), moves=True),
        {
            "of_institution": tx.institution,
            "of": list(ids),
            "left": left.value,
            "reached": reached.value,
            "now": tx.now,
            **{f"set_{name}": value for name, value in values.items()},
        },
    ).rowcount


def set_values(tx: Tx, ids: Sequence[int], values: Mapping[str, Any]) -> None:
    """Set columns of requests, the same for all."""
    tx.execute(
        _setting(tuple(values), moves=False),
        {
            "of_institution": tx.institution,
            "of": list(ids),
            "now": tx.now,
            **{f"set_{name}": value for name, value in values.items()},
        },
    )


@cache
def _setting(names: tuple[str, ...], *, moves: bool) -> Update:
    later = type_coerce(type_coerce(R.changed, BigInteger) + MILLISECOND, Instant)
    statement = update(purchase_requests).where(R.institution == bindparam("of_institution"), R.id.in_(_of))
    values: dict[str, Any] = {
        "changed": case((R.changed < _now, _now), else_=later),
        "version": R.version + 1,
        **{name: bindparam(f"set_{name}", type_=R[name].type) for name in names},
    }
    if moves:
        statement = statement.where(R.state == bindparam("left"))
        values |= {"state": bindparam("reached"), "state_since": _now}
    return statement.values(**values)


def add_words(tx: Tx, ids: Sequence[int], words: str) -> None:
    """Have requests found by something more."""
    tx.execute(_WORDS, {"of_institution": tx.institution, "of": list(ids), "more": f" {folded(words)}"})


_WORDS = (
    update(purchase_requests)
    .where(R.institution == bindparam("of_institution"), R.id.in_(_of))
    .values(words=R.words + bindparam("more", type_=Text))
)


def set_group(tx: Tx, ids: Sequence[int], group: int) -> None:
    """Merge requests into a group, or take them out of theirs with 0; no change of a request itself."""
    tx.execute(_GROUP, {"of_institution": tx.institution, "of": list(ids), "to": group})


_GROUP = (
    update(purchase_requests)
    .where(R.institution == bindparam("of_institution"), R.id.in_(_of))
    .values(group_id=bindparam("to"))
)


def note_progress(tx: Tx, ids: Sequence[int], progress: str) -> None:
    """Keep what became of the PO line; no change of the request itself."""
    tx.execute(_PROGRESS, {"of_institution": tx.institution, "of": list(ids), "to": progress})


_PROGRESS = (
    update(purchase_requests)
    .where(R.institution == bindparam("of_institution"), R.id.in_(_of))
    .values(progress=bindparam("to"))
)


def remove(tx: Tx, ids: Sequence[int]) -> int:
    """Delete requests that are not approved, with what belongs to them; returns how many."""
    given = {"of_institution": tx.institution, "of": list(ids)}
    for statement in _DELETE_WITH:
        tx.execute(statement, given)
    return tx.execute(_DELETE, given).rowcount


def add_events(tx: Tx, events: Iterable[tuple[int, str, str, str]]) -> None:
    """Keep events: (request id, event, text, who)."""
    rows = [
        {
            "institution": tx.institution,
            "id": tx.new_id(),
            "request_id": request_id,
            "at": tx.now,
            "event": event,
            "text": text,
            "who": who,
        }
        for request_id, event, text, who in events
    ]
    if rows:
        tx.later(_ADD_EVENTS, rows)


def hold_patron(tx: Tx, primary_id: str) -> None:
    """Keep others from asking in the name of this person until the transaction ends. SQLite has one writer
    anyway."""
    if tx.conn.dialect.name == "postgresql":
        row = {"institution": tx.institution, "primary_id": primary_id, "last": tx.now}
        tx.execute(_HOLD_PATRON, row)


# -- reading ------------------------------------------------------------------------------------


def by_ids(tx: Tx, ids: Sequence[int]) -> list[Kept]:
    """Requests by id, in the order of the ids' numbers, without names of requesters."""
    given = {"institution": tx.institution, "of": list(ids)}
    return [kept(row) for row in tx.execute(_BY_IDS[tx.conn.dialect.name], given)]


def hold(tx: Tx, ids: Sequence[int]) -> list[Kept]:
    """Requests and all those merged with them; nobody else changes them until the transaction ends."""
    return _and_merged(tx, _HOLD, ids)


def with_groups(tx: Tx, ids: Sequence[int]) -> list[Kept]:
    """The same, to look at only."""
    return _and_merged(tx, _WITH_GROUPS, ids)


def _and_merged(tx: Tx, statement: Select[Any], ids: Sequence[int]) -> list[Kept]:
    given = {"institution": tx.institution, "of": list(ids)}
    groups = list(tx.execute(_GROUPS, given).scalars())
    return [kept(row) for row in tx.execute(statement, {**given, "groups": groups})]


def of_lines(tx: Tx, line_ids: Sequence[int]) -> list[Kept]:
    """The requests a PO line was made for, of several lines."""
    given = {"institution": tx.institution, "of": list(line_ids)}
    return [kept(row) for row in tx.execute(_OF_LINES, given)] if line_ids else []


def events(tx: Tx, request_id: int) -> list[Step]:
    rows = tx.execute(_EVENTS, {"institution": tx.institution, "request": request_id})
    return [Step(row.at, row.event, row.text, row.who) for row in rows]


def count_open(tx: Tx, requester: str) -> int:
    """Requests of a person that wait for a decision."""
    count: int = tx.execute(_COUNT_OPEN, {"institution": tx.institution, "requester": requester}).scalar_one()
    return count


def count_since(tx: Tx, requester: str, since: datetime) -> int:
    """Requests of a person made since then and not taken back."""
    given = {"institution": tx.institution, "requester": requester, "since": since}
    count: int = tx.execute(_COUNT_SINCE, given).scalar_one()
    return count


def due_to_resume(tx: Tx, today: date, most: int) -> list[int]:
    given = {"institution": tx.institution, "today": today, "most": most}
    return list(tx.execute(_DUE, given).scalars())


def kept(row: Row[Any]) -> Kept:
    """A row with the columns SHOWN."""
    cells: Mapping[str, Any] = dict(row._mapping)  # noqa: SLF001 the documented way to columns by name
    return Kept(request_of(cells), cells["line_id"], cells["approved_with"])


def request_of(row: Mapping[str, Any]) -> Request:
    cost = None
    if row["cost_units"] is not None:
        cost = Money(row["cost_units"], row["cost_currency"], row["cost_scale"])
    return Request(
        **{name: row[name] for name in _SAME},
        state=RequestState(row["state"]),
        metadata=Metadata(row["mms_id"], **row["metadata"]),
        estimated_cost=cost,
        notes=converted(row["notes"], tuple[Note, ...]),
        places=converted(row["places"], tuple[Place, ...]),
        group=row["group_id"],
        bib_hits=tuple(row["bib_hits"]),
    )
