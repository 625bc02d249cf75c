"""A cache of registers that cannot be stale: its entries belong to one version of them.

The version is read inside each transaction, so what a transaction sees of libraries, vendors or
codes is what the database held when it began.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")

MOST_ENTRIES = 50_000


class RegisterCache:
    def __init__(self, most: int = MOST_ENTRIES) -> None:
        self._most = most
        self._shelves: dict[int, tuple[int, dict[Hashable, Any]]] = {}
        self._lock = threading.Lock()

    def get(self, at: tuple[int, int], key: Hashable, load: Callable[[], T]) -> T:
        """The entry of institution `at[0]` as of version `at[1]`; `load` is called when it is not held."""
        institution, version = at
        held_version, shelf = self._shelves.get(institution, (-1, {}))
        if held_version == version:
            try:
                return cast(T, shelf[key])
            except KeyError:
                pass
        value = load()
        with self._lock:
            held_version, shelf = self._shelves.get(institution, (-1, {}))
            if held_version < version or len(shelf) >= self._most:
                shelf = {}
                self._shelves[institution] = (version, shelf)
                held_version = version
            if held_version == version:
                shelf[key] = value
        return value

    def forget(self) -> None:
        """Drop everything, because the transaction that made a version may be lost."""
        with self._lock:
            self._shelves.clear()
