"""Batches that keep transactions short: as many records as fit the time one may take.

SQLite has one writer at a time, so a load that shares the database with orders must let go often;
the size of a batch follows how long the last one took.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, Self, TypeVar

from openacq.catalogue.model import Overtaken
from openacq.catalogue.service import take_stock
from openacq.kernel.verdict import Verdict
from openacq.store import Store, Tx

T = TypeVar("T")

SMALLEST = 25
LARGEST = 1_000
FIRST = 100
SECONDS = {"sqlite": 0.05, "postgresql": 0.25}
"""How long a transaction of a load should take."""
FOLDED_AFTER = 2_000
"""Records after which SQLite's WAL is folded into the file: little enough to take a moment only."""
COUNTED_AFTER = 2_000
"""Records after which PostgreSQL counts the tables; then again each time there are ten times as many."""
MOST_TRIES = 5


class Pace:
    """The size of the next batch."""

    def __init__(self, dialect: str, largest: int = LARGEST) -> None:
        self._seconds = SECONDS[dialect]
        self._largest = largest
        self.size = FIRST

    def took(self, count: int, seconds: float) -> None:
        """A batch of `count` took so long: aim at the time wished for, at most doubling."""
        fitting = int(count * self._seconds / max(seconds, 0.000_1))
        self.size = max(SMALLEST, min(fitting, 2 * self.size, self._largest))


class Batches(Generic[T]):
    """Gathers records; a record that is about the same thing as one already in the batch starts the next."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._batch: list[T] = []
        self._things: set[Hashable] = set()

    def add(self, record: T, *things: Hashable) -> Iterator[list[T]]:
        """Add one; gives the batch when it is full."""
        if not self._things.isdisjoint(things):
            yield from self.rest()
        self._batch.append(record)
        self._things.update(things)
        if len(self._batch) >= self._pace.size:
            yield from self.rest()

    def rest(self) -> Iterator[list[T]]:
        """What is left, if anything."""
        if self._batch:
            batch, self._batch, self._things = self._batch, [], set()
            yield batch


class Writer(Generic[T]):
    """Writes batches of records, each in a transaction of its own, at a pace that suits the database.

    PostgreSQL works in a process of its own, so while it writes one batch the next is read: `write` hands a
    batch on and returns the verdicts of the batch before it. SQLite works in ours, where a second thread
    would only stand in the way. Use it as a context; leaving it waits for the batch under way.
    """

    def __init__(
        self,
        store: Store,
        institution: int,
        work: Callable[[Tx, list[T], bool], list[Verdict]],
        *,
        dry_run: bool,
    ) -> None:
        """`work(tx, batch, dry_run)` writes a batch, or with dry_run only says what it would do."""
        self._store = store
        self._institution = institution
        self._work = work
        self._dry_run = dry_run
        self._pace = Pace(store.dialect)
        self._unfolded = 0
        self._written = 0
        self._count_at = COUNTED_AFTER
        self._hand = ThreadPoolExecutor(1, "load") if store.dialect == "postgresql" else None
        self._under_way: Future[list[Verdict]] | None = None
        self.batches: Batches[T] = Batches(self._pace)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._hand is not None:
            self._hand.shutdown(wait=True)

    def write(self, batch: list[T]) -> list[Verdict]:
        """Write a batch; the verdicts of what is committed by now."""
        if self._hand is None:
            return self._write(batch)
        before, self._under_way = self._under_way, None
        verdicts = before.result() if before else []
        self._under_way = self._hand.submit(self._write, batch)
        return verdicts

    def finish(self) -> list[Verdict]:
        """The file is at its end: verdicts of the last batch."""
        verdicts = self._under_way.result() if self._under_way else []
        self._under_way = None
        if self._written:
            self._take_stock()
        return verdicts

    def _write(self, batch: list[T]) -> list[Verdict]:
        began = self._store.clock.monotonic()
        verdicts = self._rehearsed(batch) if self._dry_run else self._kept(batch)
        self._pace.took(len(batch), self._store.clock.monotonic() - began)
        return verdicts

    def _rehearsed(self, batch: list[T]) -> list[Verdict]:
        return self._store.read(lambda tx: self._work(tx, batch, True), institution=self._institution)

    def _kept(self, batch: list[T]) -> list[Verdict]:
        verdicts = self._tried(batch)
        written = sum(verdict.outcome in ("created", "updated") for verdict in verdicts)
        self._written += written
        self._unfolded += written
        if self._unfolded >= FOLDED_AFTER:
            self._store.checkpoint()
            self._unfolded = 0
        if self._written >= self._count_at:
            self._count_at *= 10
            self._take_stock()
        return verdicts

    def _take_stock(self) -> None:
        self._store.write(take_stock, institution=self._institution)

    def _tried(self, batch: list[T]) -> list[Verdict]:
        for tries_left in range(MOST_TRIES - 1, -1, -1):
            try:
                return self._store.write(
                    lambda tx: self._work(tx, batch, False), institution=self._institution
                )
            except Overtaken:
                if not tries_left:
                    raise
        raise AssertionError("unreachable")
