"""What was found among some rows, kept while those rows stay as they are.

Some tables together are a scope ("lines": everything a list of PO lines depends on). A transaction
that changes a row of one counts up a version of the scope, in one of a few slots, so that writers side
by side do not meet. The versions of all slots, read on the reader's own snapshot, name exactly the
state it sees: what was found in that state is right for everybody who reads the same versions.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Insert, bindparam, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from openacq.store.tables import scope_versions

T = TypeVar("T")

SLOTS = 32
MOST_BYTES = 8 * 1024 * 1024
"""What all kept findings of a process may weigh together."""

VERSIONS = (
    select(scope_versions.c.slot, scope_versions.c.version)
    .where(
        scope_versions.c.institution == bindparam("institution"),
        scope_versions.c.scope == bindparam("scope"),
    )
    .order_by(scope_versions.c.slot)
)
_KEY = ("institution", "scope", "slot")
_NEXT: Any = {"version": scope_versions.c.version + 1}
COUNT_UP: Mapping[str, Insert] = MappingProxyType(
    {
        "sqlite": insert_sqlite(scope_versions).on_conflict_do_update(index_elements=_KEY, set_=_NEXT),
        "postgresql": insert_postgresql(scope_versions).on_conflict_do_update(
            index_elements=_KEY, set_=_NEXT
        ),
    }
)


def slot_of(connection: Connection) -> int:
    """The slot a connection counts in: neighbours among PostgreSQL's backends have different ones."""
    if connection.dialect.name == "sqlite":
        return 0
    driver: Any = connection.connection.driver_connection
    return int(driver.info.backend_pid) % SLOTS


class Kept:
    """Findings by key, the longest unused ones dropped when they grow too many.

    Whoever asks for something that is just being looked for waits for it.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._weight = 0
        self._found: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._sought: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, find: Callable[[], T], weigh: Callable[[T], int]) -> T:
        """What is kept under the key, else what `find` finds; `weigh` says how many bytes it takes."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return cast(T, self._found[key][0])
            others = self._sought.get(key)
            if others is None:
                done = self._sought[key] = threading.Event()
        if others is not None:
            others.wait()
            with self._lock:
                if key in self._found:
                    return cast(T, self._found[key][0])
            return find()  # they failed, or found too much to keep
        try:
            value = find()
            self._keep(key, value, weigh(value))
            return value
        finally:
            with self._lock:
                del self._sought[key]
            done.set()

    def _keep(self, key: Hashable, value: object, weight: int) -> None:
        if weight > self._most // 2:
            return
        with self._lock:
            self._found[key] = (value, weight)
            self._weight += weight
            while self._weight > self._most:
                self._weight -= self._found.popitem(last=False)[1][1]
