"""The store: opens the database and runs units of work.

SQLite has one writer at a time. Works that wait for it share a commit: the first thread to get the
write lock becomes leader, carries out the waiting works each in its own savepoint, commits once
and hands each its result. A work that fails undoes its savepoint only. The lock is also a file
lock, so that several processes queue fairly instead of colliding, and the WAL is checkpointed only
under it (SQLite before 3.51.3 could otherwise corrupt a WAL when a commit raced a checkpoint).

PostgreSQL works run side by side, capped, and are run again after a serialization failure or a
deadlock, or when their connection turns out to be dead (the database was restarted, or failed over to
another): those that lie in the pool are as many as the pool is large.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

from openacq.kernel.clock import Clock, SystemClock
from openacq.store.engine import BUSY_MS, FileLock, open_engines, sqlite_path
from openacq.store.numbering import BlockEmpty, Numbering, reserve
from openacq.store.prepared import Statements
from openacq.store.registers import RegisterCache
from openacq.store.scopes import Kept
from openacq.store.seals import Seals
from openacq.store.tx import Hindered, Tx

T = TypeVar("T")

Work = Callable[[Tx], T]

SHARED_COMMIT = 25
"""Most works in one SQLite commit."""
LONG_WAL = 4_000
"""Pages of SQLite's WAL (16 MB) above which a checkpoint tries to begin it anew."""
CHECKPOINT_WAIT_MS = 50
"""How long a checkpoint that begins the WAL anew waits for readers."""
LEAST_REST = 0.02
REST_ALONE, REST_BESIDE = 1.5, 0.2
"""Rest of a long job between its steps, as a share of a step: where it writes alone, where beside others."""
MOST_TRIES = 8
RETRY_STATES = frozenset({"40001", "40P01"})
LOST_STATES = frozenset({"57P01", "57P02", "57P03", "08000", "08003", "08006"})
MOST_DEAD = 40
"""Dead connections one work meets before it gives up: more than a pool holds."""


class ConnectionDead(Exception):
    """The connection was cut before the work was to be committed: nothing of it is left."""


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """`sqlite_synchronous` FULL or NORMAL; `writers` at once on PostgreSQL; `prepare_threshold` of psycopg
    (None behind a pooler); `readers` connections for reading."""

    sqlite_synchronous: str = "FULL"
    writers: int = 8
    readers: int = 6
    prepare_threshold: int | None = 5


class _Waiting:
    """A work in the queue of the SQLite writer."""

    __slots__ = ("done", "error", "institution", "result", "woken", "work", "zone")

    def __init__(self, work: Work[Any], institution: int, zone: str) -> None:
        self.work = work
        self.institution = institution
        self.zone = zone
        self.done = False
        self.woken = threading.Lock()
        self.woken.acquire()
        self.result: Any = None
        self.error: BaseException | None = None


class Store:
    """A database and its rules. `dialect` is "sqlite" or "postgresql"."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock | None = None,
        options: StoreOptions | None = None,
        seals: Seals | None = None,
    ) -> None:
        self.url = make_url(url)
        self.clock: Clock = clock or SystemClock()
        self.seals = seals or Seals()
        self.options = options or StoreOptions()
        self.writer, self.reader = open_engines(self.url, self.options)
        self.dialect = self.writer.dialect.name
        self.numbering = Numbering()
        self.registers = RegisterCache()
        self.kept = Kept()
        self._statements = Statements(self.writer.dialect)
        self._here = threading.local()
        self._queue: list[_Waiting] = []
        self._queue_lock = threading.Lock()
        self._reserving = threading.Lock()
        self._led = False
        self._leading = threading.Lock()
        self._cap = threading.BoundedSemaphore(self.options.writers)
        self._file_lock = FileLock(sqlite_path(self.url)) if self.dialect == "sqlite" else None

    # -- public -----------------------------------------------------------------------------

    def write(self, work: Work[T], *, institution: int, zone: str = "UTC") -> T:
        """Run `work` in one transaction and return its result once it is durable.

        Whatever it raises undoes it and is raised here. It may be run more than once.
        """
        if self._file_lock is not None:
            return self._write_shared(work, institution, zone)
        with self._cap:
            return self._write_alone(work, institution, zone)

    def read(self, work: Work[T], *, institution: int, zone: str = "UTC") -> T:
        """Run `work` on one snapshot of the database; it must not write, nor begin another read: with every
        connection held by one that waits for a second, all would wait."""
        if getattr(self._here, "reading", False):
            raise RuntimeError("a read was begun inside a read")
        self._here.reading = True
        try:
            return _despite_the_dead(lambda: self._run(self.reader, work, institution, zone))
        finally:
            self._here.reading = False

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None."""
        return sqlite_path(self.url) if self.dialect == "sqlite" else None

    @property
    def waiting(self) -> int:
        """Writes waiting for the SQLite writer in this process."""
        return len(self._queue)

    def rest_after(self, seconds: float) -> float:
        """How long a job with more to do leaves the database to others after a step that took so long: on
        SQLite, where nobody else could write meanwhile, longer than the step."""
        return max(LEAST_REST, seconds * (REST_ALONE if self._file_lock is not None else REST_BESIDE))

    def checkpoint(self, *, truncate: bool = False) -> None:
        """Fold SQLite's WAL into the file, holding the write lock; nothing on PostgreSQL.

        It waits for no reader, for writers wait for it: what a reader still needs is folded the next
        time. A WAL that has grown long is begun anew as soon as readers leave a moment for it.
        """
        if self._file_lock is None:
            return
        with self.alone():
            connection = self.writer.raw_connection()
            try:
                _fold_wal(connection.cursor(), truncate=truncate)
            finally:
                connection.close()

    def close(self) -> None:
        """Checkpoint and close every connection."""
        if self._file_lock is not None and self.path is not None and self.path.exists():
            self.checkpoint(truncate=True)
        self.writer.dispose()
        self.reader.dispose()
        if self._file_lock is not None:
            self._file_lock.close()

    # -- PostgreSQL -------------------------------------------------------------------------

    def _write_alone(self, work: Work[T], institution: int, zone: str) -> T:
        tries = 0
        careful = False
        used_up: Counter[str] = Counter()

        def attempt() -> T:
            return self._run(self.writer, work, institution, zone, careful=careful)

        while True:
            try:
                return _despite_the_dead(attempt)
            except Hindered:
                careful = True
            except BlockEmpty as empty:
                self._reserve(empty, used_up[empty.kind])
                used_up[empty.kind] += 1
            except DBAPIError as error:
                tries += 1
                if tries >= MOST_TRIES or not _worth_another_try(error):
                    raise
                time.sleep(random.uniform(0.001, 0.005) * 2**tries)  # noqa: S311 spreads tries, guards nothing

    def _run(self, engine: Engine, work: Work[T], institution: int, zone: str, *, careful: bool = False) -> T:
        kept = self.kept if engine is self.reader else None
        with _transaction(engine) as conn:
            tx = self._tx(conn, institution, zone, careful=careful, kept=kept)
            try:
                result = work(tx)
                tx.finish()
            except BaseException:
                tx.undone()
                raise
        return result

    def _reserve(self, empty: BlockEmpty, tried: int) -> None:
        """Reserve a block in a transaction of its own; of several works that wait for one kind the first
        does it for all. Two processes may both begin a series."""

        def reserve_block() -> tuple[int, int]:
            with _transaction(self.writer) as conn:
                return reserve(conn, empty, size, tried)

        with self._reserving:
            if self.numbering.has(empty):
                return
            size = self.numbering.block_size(empty.institution, empty.kind)
            try:
                start, end = _despite_the_dead(reserve_block)
            except IntegrityError:
                start, end = _despite_the_dead(reserve_block)
            self.numbering.hold(empty.institution, empty.kind, start, end)

    # -- SQLite -----------------------------------------------------------------------------

    def _write_shared(self, work: Work[T], institution: int, zone: str) -> T:
        mine = _Waiting(work, institution, zone)
        with self._queue_lock:
            self._queue.append(mine)
            leads, self._led = not self._led, True
        if not leads:
            mine.woken.acquire()
        if not mine.done:
            self._lead()
        if mine.error is not None:
            raise mine.error
        result: T = mine.result
        return result

    def _lead(self) -> None:
        """Carry out what waits, this thread's own work first, and hand the lead to the next who waits."""
        with self._queue_lock:
            batch, self._queue = self._queue[:SHARED_COMMIT], self._queue[SHARED_COMMIT:]
        try:
            self._carry_out(batch)
        finally:
            with self._queue_lock:
                following = self._queue[0] if self._queue else None
                self._led = following is not None
            if following is not None:
                following.woken.release()
            for waiting in batch[1:]:
                waiting.woken.release()

    def _carry_out(self, batch: list[_Waiting]) -> None:
        """One transaction for the batch; every work of it is done afterwards, well or with its error."""
        try:
            with self.alone(), self.writer.connect() as conn, conn.begin():
                for waiting in batch:
                    self._in_savepoint(conn, waiting)
        except BaseException as error:
            self.numbering.forget()
            self.registers.forget()
            for waiting in batch:
                if waiting.error is None:
                    waiting.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            for waiting in batch:
                waiting.done = True

    def _in_savepoint(self, conn: Connection, waiting: _Waiting) -> None:
        driver: Any = conn.connection.driver_connection
        used_up: Counter[str] = Counter()
        careful = False
        while True:
            driver.execute("SAVEPOINT work")
            tx = self._tx(conn, waiting.institution, waiting.zone, careful=careful)
            try:
                waiting.result = waiting.work(tx)
                tx.finish()
            except Hindered:
                _undo(driver)
                tx.undone()
                careful = True
            except BlockEmpty as empty:
                _undo(driver)
                tx.undone()
                size = self.numbering.block_size(empty.institution, empty.kind)
                start, end = reserve(conn, empty, size, used_up[empty.kind])
                self.numbering.hold(empty.institution, empty.kind, start, end)
                used_up[empty.kind] += 1
            except Exception as error:
                if not driver.in_transaction:
                    raise
                _undo(driver)
                tx.undone()
                waiting.error = error
                return
            else:
                driver.execute("RELEASE work")
                return

    # -- shared -----------------------------------------------------------------------------

    def _tx(
        self,
        conn: Connection,
        institution: int,
        zone: str,
        *,
        careful: bool = False,
        kept: Kept | None = None,
    ) -> Tx:
        """`kept` is for works that read on one snapshot and change nothing."""
        return Tx(
            conn,
            institution,
            self.clock.now(),
            zone,
            self.numbering,
            self.registers,
            self._statements,
            careful=careful,
            kept=kept,
            seals=self.seals,
        )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold SQLite's write lock against other threads and processes; nothing on PostgreSQL."""
        if self._file_lock is None:
            yield
            return
        with self._leading, self._file_lock:
            yield


def _undo(driver: Any) -> None:
    """Undo a work, leaving its savepoint released."""
    driver.execute("ROLLBACK TO work")
    driver.execute("RELEASE work")


def _fold_wal(cursor: Any, *, truncate: bool) -> None:
    _, pages, _ = cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    if not truncate and pages <= LONG_WAL:
        return
    cursor.execute(f"PRAGMA busy_timeout={CHECKPOINT_WAIT_MS}")
    try:
        cursor.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if truncate else 'RESTART'})").fetchone()
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _despite_the_dead(attempt: Callable[[], T]) -> T:
    """Try again as long as the pool hands out dead connections; each try takes one out of it."""
    for _ in range(MOST_DEAD):
        with suppress(ConnectionDead):
            return attempt()
    return attempt()


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    """A connection with a transaction open, committed at the end. Raises ConnectionDead when it was cut
    before that; of one cut while committing nobody knows what became, and the driver's error is told."""
    with engine.connect() as conn:
        driver = conn.connection.driver_connection
        committing = False
        try:
            with conn.begin():
                yield conn
                committing = True
        except DBAPIError as error:
            if committing or not _is_lost(error, driver):
                raise
            raise ConnectionDead from error


def _is_lost(error: DBAPIError, driver: Any) -> bool:
    return bool(getattr(driver, "closed", False)) or getattr(error.orig, "sqlstate", None) in LOST_STATES


def _worth_another_try(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in RETRY_STATES
