"""SQL of letters, their templates and switches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, Row, Select, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from openacq.kernel.converting import converted
from openacq.letters.model import Attachment, Draft, Letter, Search, Source, Way
from openacq.letters.states import State, origins
from openacq.letters.tables import letter_switches, letter_templates, letters
from openacq.store import Tx

Values = Mapping[str, Any]

_LONG = ("sender_name", "reply_to", "file_name", "text", "html", "attachments")
_KEPT_APART = ("institution", "occasion", "recipient_folded", "leased_by")
_WHOLE = tuple(column for column in letters.c if column.name not in _KEPT_APART)
_HEADS = tuple(column for column in _WHOLE if column.name not in _LONG)

_INSERTS: Mapping[str, Insert] = {
    "sqlite": insert_sqlite(letters).on_conflict_do_nothing(),
    "postgresql": insert_postgresql(letters).on_conflict_do_nothing(),
}
_BY_OCCASION = select(letters.c.occasion, letters.c.id).where(
    letters.c.institution == bindparam("of"), letters.c.occasion.in_(bindparam("occasions", expanding=True))
)
_ONE = select(*_WHOLE).where(letters.c.institution == bindparam("of"), letters.c.id == bindparam("of_id"))
_DUE = (
    select(*_WHOLE, letters.c.leased_by)
    .where(
        letters.c.institution == bindparam("of"),
        letters.c.due <= bindparam("now"),
        letters.c.way.in_(bindparam("ways", expanding=True)),
    )
    .order_by(letters.c.due, letters.c.id)
    .limit(1)
)
_NEXT = _DUE.with_for_update(skip_locked=True)
_TAKE = (
    update(letters)
    .where(
        letters.c.institution == bindparam("of"),
        letters.c.id == bindparam("of_id"),
        letters.c.state == bindparam("from_state"),
        letters.c.due == bindparam("from_due"),
    )
    .values(
        state=State.SENDING.value,
        due=bindparam("until"),
        leased_by=bindparam("lease"),
        attempts=letters.c.attempts + 1,
        message_id=bindparam("message"),
        error="",
    )
)
_SETTLE = (
    update(letters)
    .where(
        letters.c.institution == bindparam("of"),
        letters.c.id == bindparam("of_id"),
        letters.c.state == State.SENDING.value,
        letters.c.leased_by.is_not_distinct_from(bindparam("lease")),
    )
    .values(
        state=bindparam("to_state"),
        due=bindparam("next"),
        sent=bindparam("at"),
        error=bindparam("words"),
        leased_by=None,
    )
)
_HELD_BACK = (
    letters.c.institution == bindparam("of"),
    letters.c.state == State.WAITING.value,
    letters.c.way == bindparam("of_way"),
    letters.c.error != bindparam("words"),
)
_ANY_TO_HOLD = select(letters.c.id).where(*_HELD_BACK).limit(1)
_HOLD = update(letters).where(*_HELD_BACK).values(error=bindparam("words"))
_CANCEL = (
    update(letters)
    .where(
        letters.c.institution == bindparam("of"),
        letters.c.id == bindparam("of_id"),
        letters.c.state.in_([state.value for state in origins("cancel")]),
    )
    .values(state=State.CANCELLED.value, due=None, error=bindparam("words"))
)
_STILL_HERE = (
    select(letters.c.id, letters.c.occasion)
    .where(
        letters.c.institution == bindparam("of"),
        letters.c.source_kind == bindparam("of_kind"),
        letters.c.source_id == bindparam("of_source"),
        letters.c.kind.in_(bindparam("kinds", expanding=True)),
        letters.c.state.in_([state.value for state in origins("withdraw")]),
    )
    .order_by(letters.c.id)
)
_WITHDRAW = (
    update(letters)
    .where(
        letters.c.institution == bindparam("of"),
        letters.c.id == bindparam("of_id"),
        letters.c.state.in_([state.value for state in origins("withdraw")]),
    )
    .values(
        state=State.WITHDRAWN.value, due=None, error=bindparam("words"), occasion=bindparam("new_occasion")
    )
)
_RESEND = (
    update(letters)
    .where(
        letters.c.institution == bindparam("of"),
        letters.c.id == bindparam("of_id"),
        letters.c.state.in_([state.value for state in origins("resend")]),
    )
    .values(
        state=State.WAITING.value,
        due=bindparam("now"),
        attempts=0,
        error="",
        recipient=bindparam("to"),
        recipient_folded=bindparam("to_folded"),
        file_name=bindparam("file"),
    )
)
_COUNTS = (
    select(letters.c.state, func.count())
    .where(letters.c.institution == bindparam("of"))
    .group_by(letters.c.state)
)
_ERASE = (
    update(letters)
    .where(
        letters.c.institution == bindparam("of"),
        letters.c.id.in_(
            select(letters.c.id)
            .where(
                letters.c.institution == bindparam("of"),
                letters.c.created < bindparam("before"),
                letters.c.kind.in_(bindparam("kinds", expanding=True)),
                letters.c.due.is_(None),
                letters.c.text != "",
            )
            .order_by(letters.c.created)
            .limit(bindparam("most"))
        ),
    )
    .values(recipient="", recipient_folded="", subject="", text="", html="", attachments=[], error="")
)

_TEMPLATE = select(
    letter_templates.c.subject,
    letter_templates.c.text,
    letter_templates.c.html,
    letter_templates.c.changed,
    letter_templates.c.changed_by,
).where(
    letter_templates.c.institution == bindparam("of"),
    letter_templates.c.kind == bindparam("of_kind"),
    letter_templates.c.language == bindparam("in_language"),
)
_TEMPLATES = select(
    letter_templates.c.kind,
    letter_templates.c.language,
    letter_templates.c.subject,
    letter_templates.c.text,
    letter_templates.c.html,
).where(letter_templates.c.institution == bindparam("of"))
_LANGUAGES = (
    select(letter_templates.c.kind, letter_templates.c.language)
    .where(letter_templates.c.institution == bindparam("of"))
    .order_by(letter_templates.c.kind, letter_templates.c.language)
)
_ADD_TEMPLATE = insert(letter_templates)
_DROP_TEMPLATE = delete(letter_templates).where(
    letter_templates.c.institution == bindparam("of"),
    letter_templates.c.kind == bindparam("of_kind"),
    letter_templates.c.language == bindparam("in_language"),
)
_OFF = select(letter_switches.c.kind).where(
    letter_switches.c.institution == bindparam("of"), letter_switches.c.enabled.is_(False)
)
_ADD_SWITCH = insert(letter_switches)
_DROP_SWITCH = delete(letter_switches).where(
    letter_switches.c.institution == bindparam("of"), letter_switches.c.kind == bindparam("of_kind")
)


# ---------------------------------------------------------------- the queue


def ids_of_occasions(tx: Tx, occasions: Sequence[str]) -> dict[str, int]:
    found = tx.execute(_BY_OCCASION, {"of": tx.institution, "occasions": list(occasions)})
    return {row.occasion: row.id for row in found}


def add(tx: Tx, rows: Sequence[Values]) -> int:
    """Insert letters; those of an occasion that has one already are left out. Returns how many went in."""
    return tx.execute(_INSERTS[tx.conn.dialect.name], list(rows)).rowcount


def one(tx: Tx, letter_id: int) -> Letter | None:
    row = tx.execute(_ONE, {"of": tx.institution, "of_id": letter_id}).one_or_none()
    return _letter(row) if row is not None else None


def row_of(tx: Tx, letter_id: int) -> dict[str, Any] | None:
    """The letter as values for `add`."""
    row = tx.execute(_ONE, {"of": tx.institution, "of_id": letter_id}).one_or_none()
    return dict(row._mapping) if row is not None else None  # noqa: SLF001  (the documented way to its names)


def is_due(tx: Tx, ways: Iterable[Way]) -> bool:
    return tx.execute(_DUE, _due(tx, ways)).first() is not None


def next_due(tx: Tx, ways: Iterable[Way]) -> tuple[Letter, str | None] | None:
    """The letter that has waited longest, locked against other senders where the database can, and the
    lease it is under."""
    row = tx.execute(_NEXT, _due(tx, ways)).one_or_none()
    return (_letter(row), row.leased_by) if row is not None else None


def _due(tx: Tx, ways: Iterable[Way]) -> Values:
    return {"of": tx.institution, "now": tx.now, "ways": [way.value for way in ways]}


def take(tx: Tx, letter: Letter, lease: str, until: datetime, message_id: str) -> bool:
    """Put the letter under a lease; False when somebody else was quicker."""
    values = {
        "of": tx.institution,
        "of_id": letter.id,
        "from_state": letter.state.value,
        "from_due": letter.due,
        "lease": lease,
        "until": until,
        "message": message_id,
    }
    return tx.execute(_TAKE, values).rowcount == 1


def settle(
    tx: Tx, letter_id: int, lease: str | None, state: State, *, due: datetime | None, words: str
) -> bool:
    """Note what became of a letter under this lease; False when the lease is another's by now."""
    values = {
        "of": tx.institution,
        "of_id": letter_id,
        "lease": lease,
        "to_state": state.value,
        "next": due,
        "at": tx.now if state is State.SENT else None,
        "words": words,
    }
    return tx.execute(_SETTLE, values).rowcount == 1


def hold_back(tx: Tx, way: Way, words: str) -> int:
    return tx.execute(_HOLD, {"of": tx.institution, "of_way": way.value, "words": words}).rowcount


def any_to_hold_back(tx: Tx, way: Way, words: str) -> bool:
    values = {"of": tx.institution, "of_way": way.value, "words": words}
    return tx.execute(_ANY_TO_HOLD, values).first() is not None


def cancel(tx: Tx, letter_id: int, words: str) -> bool:
    return tx.execute(_CANCEL, {"of": tx.institution, "of_id": letter_id, "words": words}).rowcount == 1


def still_here(
    tx: Tx, source: Source, kinds: Sequence[str], occasions: Sequence[str] | None
) -> tuple[int, ...]:
    """The letters about a source that have not gone out, of some occasions only if any are given."""
    asked = {"of": tx.institution, "of_kind": source.kind, "of_source": source.id, "kinds": list(kinds)}
    rows = tx.execute(_STILL_HERE, asked)
    return tuple(row.id for row in rows if occasions is None or row.occasion in occasions)


def withdraw(tx: Tx, freed: Sequence[tuple[int, str]], words: str) -> int:
    """Withdraw letters, as (id, new occasion); returns how many had not left meanwhile."""
    return sum(
        tx.execute(
            _WITHDRAW,
            {"of": tx.institution, "of_id": letter_id, "new_occasion": occasion, "words": words},
        ).rowcount
        for letter_id, occasion in freed
    )


def resend(tx: Tx, letter_id: int, recipient: str, file_name: str) -> bool:
    values = {
        "of": tx.institution,
        "of_id": letter_id,
        "now": tx.now,
        "to": recipient,
        "to_folded": recipient.casefold(),
        "file": file_name,
    }
    return tx.execute(_RESEND, values).rowcount == 1


def counts(tx: Tx) -> dict[State, int]:
    return {State(state): count for state, count in tx.execute(_COUNTS, {"of": tx.institution})}


def erase(tx: Tx, kinds: Sequence[str], before: datetime, most: int) -> int:
    values = {"of": tx.institution, "kinds": list(kinds), "before": before, "most": most}
    return tx.execute(_ERASE, values).rowcount


# ---------------------------------------------------------------- looking


def found(tx: Tx, search: Search, *, most: int, offset: int) -> tuple[tuple[Letter, ...], int]:
    """A page of letters without their texts, the newest first, and how many there are in all."""
    asked = _narrow(select(*_HEADS).where(letters.c.institution == tx.institution), search)
    total = tx.execute(select(func.count()).select_from(asked.subquery())).scalar_one()
    page = asked.order_by(letters.c.created.desc(), letters.c.id.desc()).limit(most).offset(offset)
    return tuple(_letter(row) for row in tx.execute(page)), int(total)


def _narrow(asked: Select[Any], search: Search) -> Select[Any]:
    if search.states:
        asked = asked.where(letters.c.state.in_([state.value for state in search.states]))
    if search.kinds:
        asked = asked.where(letters.c.kind.in_(search.kinds))
    if search.recipient:
        asked = asked.where(letters.c.recipient_folded == search.recipient.strip().casefold())
    if search.source is not None:
        asked = asked.where(letters.c.source_kind == search.source.kind)
        if search.source.id:
            asked = asked.where(letters.c.source_id == search.source.id)
    if search.since is not None:
        asked = asked.where(letters.c.created >= search.since)
    if search.until is not None:
        asked = asked.where(letters.c.created < search.until)
    return asked


def _letter(row: Row[Any]) -> Letter:
    values = dict(row._mapping)  # noqa: SLF001  (the documented way to a row's names)
    values.pop("leased_by", None)
    source = Source(values.pop("source_kind"), values.pop("source_id"))
    attachments = converted(values.pop("attachments", ()), tuple[Attachment, ...])
    return Letter(
        **{**values, "state": State(values["state"]), "way": Way(values["way"])},
        source=source,
        attachments=attachments,
    )


# ---------------------------------------------------------------- templates and switches


@dataclass(frozen=True, slots=True)
class Own:
    """An institution's own parts, when and by whom they were written."""

    draft: Draft
    changed: datetime
    changed_by: str


def template(tx: Tx, kind: str, language: str) -> Own | None:
    asked = {"of": tx.institution, "of_kind": kind, "in_language": language}
    row = tx.execute(_TEMPLATE, asked).one_or_none()
    if row is None:
        return None
    return Own(Draft(row.subject, row.text, row.html), row.changed, row.changed_by)


def own_templates(tx: Tx) -> dict[tuple[str, str], Draft]:
    """All of the institution's own parts, by kind and language."""
    rows = tx.execute(_TEMPLATES, {"of": tx.institution})
    return {(row.kind, row.language): Draft(row.subject, row.text, row.html) for row in rows}


def own_languages(tx: Tx) -> dict[str, tuple[str, ...]]:
    """For each kind the languages in which the institution has templates of its own."""
    by_kind: dict[str, tuple[str, ...]] = {}
    for row in tx.execute(_LANGUAGES, {"of": tx.institution}):
        by_kind[row.kind] = (*by_kind.get(row.kind, ()), row.language)
    return by_kind


def put_template(tx: Tx, kind: str, language: str, draft: Draft, by: str) -> None:
    drop_template(tx, kind, language)
    row = {
        "institution": tx.institution,
        "kind": kind,
        "language": language,
        "subject": draft.subject,
        "text": draft.text,
        "html": draft.html,
        "changed": tx.now,
        "changed_by": by,
    }
    tx.execute(_ADD_TEMPLATE, row)


def drop_template(tx: Tx, kind: str, language: str) -> bool:
    asked = {"of": tx.institution, "of_kind": kind, "in_language": language}
    return tx.execute(_DROP_TEMPLATE, asked).rowcount == 1


def switched_off(tx: Tx) -> frozenset[str]:
    return frozenset(row.kind for row in tx.execute(_OFF, {"of": tx.institution}))


def switch(tx: Tx, kind: str, *, enabled: bool) -> None:
    tx.execute(_DROP_SWITCH, {"of": tx.institution, "of_kind": kind})
    tx.execute(_ADD_SWITCH, {"institution": tx.institution, "kind": kind, "enabled": enabled})
