"""Many at once: the same thing done by several threads, all set off together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")


def each_at_once(call: Callable[[A], T], things: Sequence[A]) -> list[T]:
    """`call` on each of the things, all at once."""
    return all_at_once([partial(call, thing) for thing in things])


def all_at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """The results of the calls in their order; none begins before every thread is ready."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        gate.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(run, call) for call in calls]]
