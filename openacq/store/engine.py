"""Connections with the rules each database needs."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from openacq.store.store import StoreOptions


COUNTED = {"preserve_rowcount": True}
"""Without it an INSERT … ON CONFLICT DO NOTHING on PostgreSQL answers -1 rows, whoever won."""


BUSY_MS = 60_000
"""How long SQLite waits for a lock of another connection before it gives up."""


WRITER_CACHE_KIB = 8_000
READER_CACHE_KIB = 1_000
"""Pages a connection of SQLite keeps by itself. What one of the many readers reads lies in the system's cache
anyhow, and kept by each it was most of the memory of a busy server; the writer meets the same pages of its
indexes again and again."""


SQLITE_READERS = 3
"""Connections that read SQLite at once, at most. It is read within this process, under its one interpreter
lock: more threads than this hand the lock about after every row and are together slower."""


def sqlite_path(url: URL) -> Path:
    """The file of an SQLite URL; a database in memory is refused, it could not be shared."""
    if not url.database or url.database == ":memory:":
        raise ValueError("openacq needs a database file, not one in memory")
    return Path(url.database)


def open_engines(url: URL, options: StoreOptions) -> tuple[Engine, Engine]:
    """(writer, reader). On PostgreSQL they share settings; on SQLite the writer is one connection."""
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, options)
    if url.get_backend_name() == "postgresql":
        return _open_postgresql(url, options)
    raise ValueError(f"unknown database {url.get_backend_name()}: use sqlite or postgresql")


def _open_sqlite(url: URL, options: StoreOptions) -> tuple[Engine, Engine]:
    writer = _sqlite_engine(
        url, options, "BEGIN IMMEDIATE", pool_size=1, cache_kib=WRITER_CACHE_KIB, temp_store="MEMORY"
    )
    readers = min(options.readers, SQLITE_READERS)
    # A list of everything may sort 100,000 rows; what does not fit in the cache goes to a file meanwhile.
    reader = _sqlite_engine(
        url, options, "BEGIN", pool_size=readers, cache_kib=READER_CACHE_KIB, temp_store="FILE"
    )
    return writer, reader


def _sqlite_engine(
    url: URL, options: StoreOptions, begin: str, *, pool_size: int, cache_kib: int, temp_store: str
) -> Engine:
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        poolclass=QueuePool,
        hide_parameters=True,  # patron data must not reach log lines by way of an error
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=60,
        pool_reset_on_return="rollback",
        connect_args={
            "timeout": BUSY_MS / 1000,
            "check_same_thread": False,
            "isolation_level": None,
            "cached_statements": 512,
        },
        query_cache_size=1_500,
        execution_options=COUNTED,
    )

    @event.listens_for(engine, "connect")
    def set_rules(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={options.sqlite_synchronous}")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA temp_store={temp_store}")
        connection.execute(f"PRAGMA cache_size=-{cache_kib}")
        connection.execute("PRAGMA mmap_size=0")

    @event.listens_for(engine, "begin")
    def begin_by_hand(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


_INDEXED_AND_PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"
"""For works that write: their few look-ups go by keys, so one plan is right however full the tables are,
and planning each anew cost more than carrying it out. Not sent where a pooler hands connections round."""


def _send_whole_numbers_alike(connection: Any, _record: Any) -> None:
    """psycopg types each whole number by its size, so that one statement counted as many and was hardly
    ever prepared."""
    from psycopg.types.numeric import Int8Dumper

    connection.adapters.register_dumper(int, Int8Dumper)


def _open_postgresql(url: URL, options: StoreOptions) -> tuple[Engine, Engine]:
    target = url.set(drivername="postgresql+psycopg")
    rules = "" if options.prepare_threshold is None else _INDEXED_AND_PLANNED_ONCE
    settings: dict[str, Any] = {
        "hide_parameters": True,
        "pool_pre_ping": False,
        "pool_timeout": 60,
        "isolation_level": "READ COMMITTED",
        "query_cache_size": 1_500,
        "execution_options": COUNTED,
        "connect_args": {"prepare_threshold": options.prepare_threshold},
    }
    writing = {**settings, "connect_args": {**settings["connect_args"], "options": rules}}
    writer = create_engine(target, pool_size=options.writers, max_overflow=2, **writing)
    settings["isolation_level"] = "REPEATABLE READ"
    reader = create_engine(target, pool_size=options.readers, max_overflow=4, **settings)
    for engine in (writer, reader):
        event.listen(engine, "connect", _send_whole_numbers_alike)
    return writer, reader


class FileLock:
    """A lock between processes: whoever holds it writes to the SQLite file beside it."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._file: int | None = None

    def __enter__(self) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_exc: object) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
