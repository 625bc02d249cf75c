"""Exactly once: a claim is a row inserted first, so the database decides which of two twins wins.

The loser waits for the winner's commit and then finds the stored answer. Expired claims can be
claimed anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from openacq.store.tables import claims
from openacq.store.tx import Tx

_INSERTS: dict[str, Insert] = {
    "sqlite": insert_sqlite(claims).on_conflict_do_nothing(),
    "postgresql": insert_postgresql(claims).on_conflict_do_nothing(),
}
_HELD = select(claims.c.fingerprint, claims.c.expires, claims.c.subject, claims.c.answer).where(
    claims.c.institution == bindparam("institution"), claims.c.claim == bindparam("claim")
)
_DROP = delete(claims).where(
    claims.c.institution == bindparam("of"),
    claims.c.claim == bindparam("of_claim"),
    claims.c.expires <= bindparam("now"),
)
_ANSWER = (
    update(claims)
    .where(claims.c.institution == bindparam("of"), claims.c.claim == bindparam("of_claim"))
    .values(subject=bindparam("about"), answer=bindparam("said"))
)
_PURGE = delete(claims).where(claims.c.institution == bindparam("of"), claims.c.expires <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class Held:
    """A claim another request made: its request's fingerprint, what it is about, its stored answer."""

    fingerprint: str
    subject: str | None
    answer: Any


def take(tx: Tx, claim: str, fingerprint: str, expires: datetime) -> Held | None:
    """Claim it; None when it is ours now, else what is held. Waits for a twin in flight."""
    row = {
        "institution": tx.institution,
        "claim": claim,
        "fingerprint": fingerprint,
        "at": tx.now,
        "expires": expires,
    }
    statement = _INSERTS[tx.conn.dialect.name]
    for _ in range(3):
        if tx.execute(statement, row).rowcount:
            return None
        held = tx.execute(_HELD, {"institution": tx.institution, "claim": claim}).one_or_none()
        if held is None:
            continue
        if held.expires > tx.now:
            return Held(held.fingerprint, held.subject, held.answer)
        tx.execute(_DROP, {"of": tx.institution, "of_claim": claim, "now": tx.now})
    raise RuntimeError("a claim could be neither taken nor read")


def answer(tx: Tx, claim: str, subject: str, said: Any) -> None:
    """Keep the answer given under a claim of this transaction."""
    tx.later(_ANSWER, [{"of": tx.institution, "of_claim": claim, "about": subject, "said": said}])


def purge(tx: Tx) -> int:
    """Drop expired claims; returns how many."""
    return tx.execute(_PURGE, {"of": tx.institution, "now": tx.now}).rowcount
