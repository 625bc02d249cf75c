"""SQL of field history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select

from openacq.history.model import Entry
from openacq.history.tables import changes
from openacq.store import Tx

_INSERT = insert(changes)
_OF = (
    select(changes.c.at, changes.c.who, changes.c.field, changes.c.old, changes.c.new)
    .where(
        changes.c.institution == bindparam("of"),
        changes.c.kind == bindparam("of_kind"),
        changes.c.subject == bindparam("of_subject"),
    )
    .order_by(changes.c.at, changes.c.id)
)


def write(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    ids = tx.numbers("ROW", len(rows))
    numbered = [{**row, "institution": tx.institution, "id": id_} for row, id_ in zip(rows, ids, strict=True)]
    tx.execute(_INSERT, numbered)


def of(tx: Tx, kind: str, subject: str) -> tuple[Entry, ...]:
    asked = {"of": tx.institution, "of_kind": kind, "of_subject": subject}
    return tuple(Entry(row.at, row.who, row.field, row.old, row.new) for row in tx.execute(_OF, asked))
