"""Numbers from blocks: a process reserves some at a time, so no row is hot.

A unit of work takes numbers from memory. When a block is used up it is stopped with `BlockEmpty`,
the store reserves the next block in a transaction of its own and runs the work again; a work that
needs more than a block gets a larger one each time. Numbers people see are given back by works that
were undone. A process that dies leaves a gap, never a double.
"""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import Connection, bindparam, insert, update

from openacq.store.tables import number_blocks

BLOCK_SIZES: Mapping[str, int] = MappingProxyType({"ROW": 5_000, "POL": 16, "OIN": 16, "PO": 8})
"""How many numbers the first block of a process holds. Each further one is twice as large, so that a
quiet server leaves small gaps when it stops and a busy one seldom waits for numbers."""
OTHER_BLOCK = 500
MOST_GROWTH = 6
MOST_DOUBLINGS = 12
MORE_TO_COME = 20
"""Who takes several numbers at once will take as many again soon: reserve for so many times."""
FIRST_NUMBERS: Mapping[str, int] = MappingProxyType({"POL": 1_001, "PO": 1_001, "OIN": 1_001})

_RESERVE = (
    update(number_blocks)
    .where(number_blocks.c.institution == bindparam("of"), number_blocks.c.kind == bindparam("of_kind"))
    .values(next=number_blocks.c.next + bindparam("count"))
    .returning(number_blocks.c.next)
)
_BEGIN = insert(number_blocks)


class BlockEmpty(Exception):
    """The process holds no more numbers of this kind; the store reserves some and begins again."""

    def __init__(self, institution: int, kind: str, count: int = 1) -> None:
        super().__init__(f"fewer than {count} {kind} numbers left")
        self.institution = institution
        self.kind = kind
        self.count = count


class Numbering:
    """The blocks this process holds."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], tuple[int, int]] = {}
        self._blocks: Counter[tuple[int, str]] = Counter()
        self._back: dict[tuple[int, str], list[int]] = {}
        self._lock = threading.Lock()

    def take(self, institution: int, kind: str) -> int:
        """The next number; one that was given back comes first."""
        with self._lock:
            back = self._back.get((institution, kind))
            if back:
                return heapq.heappop(back)
            number, end = self._held.get((institution, kind), (0, 0))
            if number == end:
                raise BlockEmpty(institution, kind)
            self._held[institution, kind] = (number + 1, end)
            return number

    def take_several(self, institution: int, kind: str, count: int) -> range:
        """`count` numbers in a row."""
        with self._lock:
            number, end = self._held.get((institution, kind), (0, 0))
            if end - number < count:
                raise BlockEmpty(institution, kind, count * MORE_TO_COME)
            self._held[institution, kind] = (number + count, end)
            return range(number, number + count)

    def give_back(self, institution: int, taken: Iterable[tuple[str, int]]) -> None:
        """Take back numbers of a work of which certainly nothing is left."""
        with self._lock:
            for kind, number in taken:
                heapq.heappush(self._back.setdefault((institution, kind), []), number)

    def has(self, wanted: BlockEmpty) -> bool:
        """Whether somebody has reserved what a work ran out of meanwhile."""
        with self._lock:
            number, end = self._held.get((wanted.institution, wanted.kind), (0, 0))
            return end - number >= wanted.count

    def block_size(self, institution: int, kind: str) -> int:
        """How many numbers to reserve next."""
        with self._lock:
            return BLOCK_SIZES.get(kind, OTHER_BLOCK) << min(self._blocks[institution, kind], MOST_GROWTH)

    def hold(self, institution: int, kind: str, start: int, end: int) -> None:
        """Use the reserved numbers from `start` up to, not including, `end`."""
        with self._lock:
            number, last = self._held.get((institution, kind), (0, 0))
            self._blocks[institution, kind] += 1
            if last - number < end - start:
                self._held[institution, kind] = (start, end)

    def forget(self) -> None:
        """Drop every block, because the transaction that reserved one may be lost."""
        with self._lock:
            self._held.clear()
            self._back.clear()


def reserve(conn: Connection, empty: BlockEmpty, size: int, tried: int = 0) -> tuple[int, int]:
    """Reserve a block of `size` in the open transaction of `conn`; returns (first, one past last).

    `tried`: how many blocks of the kind this work has used up already; the next one is larger.
    """
    institution, kind = empty.institution, empty.kind
    count = max(size << min(tried, MOST_DOUBLINGS), empty.count)
    end = conn.execute(_RESERVE, {"of": institution, "of_kind": kind, "count": count}).scalar_one_or_none()
    if end is not None:
        return end - count, end
    first = FIRST_NUMBERS.get(kind, 1)
    conn.execute(_BEGIN, {"institution": institution, "kind": kind, "next": first + count})
    return first, first + count
