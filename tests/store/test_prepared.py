"""Statements handed to the driver directly: one cursor for all, and no driver that is not needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from openacq.store import Store, Tx
from openacq.store.tables import claims

_ADD = insert(claims)
_FOUND = (
    select(claims.c.claim)
    .where(claims.c.institution == bindparam("institution"), claims.c.fingerprint == bindparam("print"))
    .order_by(claims.c.claim)
)
ON_SQLITE = """
import sys
from pathlib import Path
from sqlalchemy import select
from openacq.store import Store, migrate
from openacq.store.tables import outbox

store = Store("sqlite:///" + sys.argv[1])
migrate.upgrade(store)

def work(tx):
    for number in range(3):
        tx.emit("test", str(number), {})
    tx.later(outbox.update().values(attempts=1), [{}])

store.write(work, institution=1)
store.read(lambda tx: tx.gather([(select(outbox.c.id), {}), (select(outbox.c.topic), {})]), institution=1)
store.close()
print("psycopg" in sys.modules)
"""


def row(tx: Tx, name: str) -> dict[str, object]:
    return {"institution": tx.institution, "claim": name, "fingerprint": "x", "at": tx.now, "expires": tx.now}


def found(tx: Tx) -> list[str]:
    return list(tx.execute(_FOUND, {"institution": tx.institution, "print": "x"}).scalars())


def test_what_was_read_stays_when_the_next_statement_runs(store: Store, institution: int) -> None:
    def work(tx: Tx) -> None:
        for _ in range(2):  # from the second time on a statement is prepared
            tx.execute(_ADD, row(tx, f"a{tx.new_id()}"))
            found(tx)
        first = tx.execute(_FOUND, {"institution": tx.institution, "print": "x"})
        tx.execute(_ADD, row(tx, "b"))
        second = found(tx)
        assert len(list(first.scalars())) == 2
        assert len(second) == 3

    store.write(work, institution=institution)


def test_a_statement_that_failed_leaves_its_connection_usable(store: Store, institution: int) -> None:
    def twice(tx: Tx) -> None:
        for _ in range(2):
            tx.execute(_ADD, row(tx, "twin"))

    for _ in range(3):
        with pytest.raises(IntegrityError):
            store.write(twice, institution=institution)
    store.write(lambda tx: tx.execute(_ADD, row(tx, "single")), institution=institution)
    assert store.write(found, institution=institution) == ["single"]


def test_sqlite_needs_no_driver_of_postgresql(tmp_path: Path) -> None:
    """It would take ten megabytes of every server that has no use for it."""
    done = subprocess.run(
        [sys.executable, "-c", ON_SQLITE, str(tmp_path / "a.db")], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "False"
