"""Batches that keep transactions short: as many records as fit the time one may take.

SQLite has one writer at a time, so a load that shares the database with orders must let go often;
the size of a batch follows how long the last one took.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

SMALLEST = 25
LARGEST = 1_000
FIRST = 100
SECONDS = {"sqlite": 0.05, "postgresql": 0.25}
"""How long a transaction of a load should take."""


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
