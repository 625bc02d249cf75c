"""SQLite's WAL is folded into the file without making anybody wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from openacq.calls import service as calls
from openacq.calls.model import Search
from openacq.calls.service import OrderLog
from openacq.store import Store, Tx
from tests.calls.test_order_log import call
from tests.conftest import make_tables

COUNT = text("SELECT count(*) FROM calls")


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/own.db")
    make_tables(store)
    store.checkpoint(truncate=True)
    yield store
    store.close()


def wal_size(store: Store) -> int:
    assert store.path is not None
    wal = store.path.with_name(store.path.name + "-wal")
    return wal.stat().st_size if wal.exists() else 0


def write_much(store: Store, megabytes: int) -> None:
    log = OrderLog(most_rows=100_000, most_bytes=1 << 30)
    for _ in range(megabytes * 64):
        log.queue(call(1, request=b"x" * 16_000))
    log.flush(store)


def count(store: Store) -> int:
    return int(store.read(lambda tx: tx.execute(COUNT).scalar_one(), institution=1))


def test_a_checkpoint_waits_for_no_reader(own_store: Store) -> None:
    write_much(own_store, 1)
    reading, done = threading.Event(), threading.Event()

    def read_long(tx: Tx) -> int:
        before = int(tx.execute(COUNT).scalar_one())
        reading.set()
        done.wait(20)
        assert int(tx.execute(COUNT).scalar_one()) == before
        return before

    reader = threading.Thread(target=lambda: own_store.read(read_long, institution=1))
    reader.start()
    assert reading.wait(5)
    write_much(own_store, 1)
    begun = time.monotonic()
    own_store.checkpoint()
    own_store.checkpoint(truncate=True)
    assert time.monotonic() - begun < 2
    write_much(own_store, 1)
    done.set()
    reader.join()
    assert count(own_store) == 3 * 64


def test_a_long_wal_is_begun_anew(own_store: Store) -> None:
    for _ in range(4):
        write_much(own_store, 20)
        own_store.checkpoint()
    assert wal_size(own_store) < 60_000_000
    assert count(own_store) == 4 * 20 * 64


def test_closing_leaves_one_file(own_store: Store) -> None:
    write_much(own_store, 1)
    assert wal_size(own_store) > 0
    own_store.close()
    assert wal_size(own_store) == 0
    found = own_store.read(lambda tx: calls.recent(tx, Search(), 1), institution=1)
    assert len(found) == 1
