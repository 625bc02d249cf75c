"""What other rooms may do with field history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum

import msgspec

from openacq.history import store
from openacq.history.model import Change, Entry
from openacq.kernel.money import Money
from openacq.store import Tx


def record(tx: Tx, kind: str, subject: int | str, changes: Iterable[Change], who: str) -> int:
    """Keep what changed in a record; returns how many fields.

    A change between values that read the same is none and leaves no row.
    """
    return record_many(tx, kind, {subject: changes}, who)


def record_many(
    tx: Tx,
    kind: str,
    changes: Mapping[int | str, Iterable[Change]] | Mapping[str, Iterable[Change]],
    who: str,
) -> int:
    """Keep what changed in several records of a kind, with one statement; returns how many fields."""
    rows = [
        {
            "kind": kind,
            "subject": str(subject),
            "at": tx.now,
            "who": who,
            "field": change.field,
            "old": old,
            "new": new,
        }
        for subject, its_changes in changes.items()
        for change in its_changes
        if (old := spell(change.old)) != (new := spell(change.new))
    ]
    if rows:
        store.write(tx, rows)
    return len(rows)


def of(tx: Tx, kind: str, subject: int | str) -> tuple[Entry, ...]:
    """The history of a record, oldest first."""
    return store.of(tx, kind, str(subject))


def spell(value: object) -> str | None:
    """A value as people read it; lists and objects as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return spell(value.value)
    if isinstance(value, Money):
        return f"{value.text()} {value.currency}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return msgspec.json.encode(value, enc_hook=str, order="sorted").decode()
    return str(value)
