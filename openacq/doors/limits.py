"""How often a key may call: a bucket for each second, a count for each day.

Buckets live in the process. The counts of a day (UTC) are added up over all processes in the
database, a few seconds late, which is near enough for a limit of a million.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import date

from openacq.calls import service as calls
from openacq.directory.model import UNLIMITED, Caller
from openacq.kernel.clock import Clock
from openacq.kernel.refusal import Problem
from openacq.store import Store, Tx

CALLS_A_DAY = 1_000_000
"""What is told to be left where there is no daily limit: some clients stop when it runs low."""


class _Key:
    """One key's state: tokens left at an instant; calls of the day known to all and not yet told."""

    __slots__ = ("at", "day", "known", "tokens", "untold")

    def __init__(self, tokens: float, at: float, day: date) -> None:
        self.tokens = tokens
        self.at = at
        self.day = day
        self.known = 0
        self.untold = 0


class Limits:
    """`per_second` calls a key (in bursts of as many), `per_day` calls a key; 0 = no limit.

    A key's own `rate_limit` replaces `per_second`; an unlimited key has no daily limit either.
    """

    def __init__(self, clock: Clock, *, per_second: int = 50, per_day: int = CALLS_A_DAY) -> None:
        self._clock = clock
        self._per_second = per_second
        self._per_day = per_day
        self._keys: dict[tuple[int, int], _Key] = {}
        self._earlier: dict[tuple[int, int, date], int] = {}
        self._lock = threading.Lock()

    def take(self, caller: Caller) -> Problem | None:
        """Count one call of this key; the problem when it is one too many, and then it counts for nothing."""
        rate = self._per_second if caller.rate_limit is None else caller.rate_limit
        now = self._clock.monotonic()
        day = self._clock.now().date()
        with self._lock:
            key = self._key(caller, rate, now, day)
            if caller.rate_limit != UNLIMITED and self._per_day and key.known + key.untold >= self._per_day:
                return Problem("daily_exceeded")
            if rate:
                key.tokens = min(float(rate), key.tokens + (now - key.at) * rate)
                key.at = now
                if key.tokens < 1:
                    return Problem("rate_exceeded")
                key.tokens -= 1
            key.untold += 1
        return None

    def remaining(self, caller: Caller | None) -> int:
        """Calls the key has left today."""
        most = self._per_day or CALLS_A_DAY
        if caller is None or caller.rate_limit == UNLIMITED or not self._per_day:
            return most
        key = self._keys.get((caller.institution, caller.key_id))
        if key is None or key.day != self._clock.now().date():
            return most
        return max(most - key.known - key.untold, 0)

    def flush(self, store: Store) -> None:
        """Add the calls made since the last time to the database and learn those of other processes."""
        for institution, counts in self._untold().items():
            try:
                sums = store.write(_counting(counts), institution=institution)
            except BaseException:
                self._put_back(institution, counts)
                raise
            newest = max(day for day, _ in counts)
            with self._lock:
                for key_id, calls_made in sums.items():
                    key = self._keys.get((institution, key_id))
                    if key is not None and key.day == newest:
                        key.known = calls_made

    def _key(self, caller: Caller, rate: int, now: float, day: date) -> _Key:
        name = (caller.institution, caller.key_id)
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = _Key(rate, now, day)
        elif key.day != day:
            if key.untold:
                of_day = (*name, key.day)
                self._earlier[of_day] = self._earlier.get(of_day, 0) + key.untold
            key.day, key.known, key.untold = day, 0, 0
        return key

    def _untold(self) -> dict[int, dict[tuple[date, int], int]]:
        """Takes what is to be told, by institution. The calls stay counted here until they are known."""
        found: dict[int, dict[tuple[date, int], int]] = {}
        with self._lock:
            for (institution, key_id, day), count in self._earlier.items():
                found.setdefault(institution, {})[day, key_id] = count
            self._earlier.clear()
            for (institution, key_id), key in self._keys.items():
                if key.untold:
                    found.setdefault(institution, {})[key.day, key_id] = key.untold
                    key.known += key.untold
                    key.untold = 0
        return found

    def _put_back(self, institution: int, counts: Mapping[tuple[date, int], int]) -> None:
        with self._lock:
            for (day, key_id), count in counts.items():
                key = self._keys.get((institution, key_id))
                if key is not None and key.day == day:
                    key.known -= count
                    key.untold += count
                else:
                    of_day = (institution, key_id, day)
                    self._earlier[of_day] = self._earlier.get(of_day, 0) + count


def _counting(counts: Mapping[tuple[date, int], int]) -> Callable[[Tx], dict[int, int]]:
    return lambda tx: calls.count_calls(tx, counts)
