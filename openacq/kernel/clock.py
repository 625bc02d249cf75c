"""Time comes from here and nowhere else, so that a test or a sandbox can hold it still."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    def now(self) -> datetime:
        """This instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only grow; for measuring and for rate limits."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class FixedClock:
    """A clock that moves only when told to."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._start = self._now = now.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        with self._lock:
            return (self._now - self._start).total_seconds()

    def advance(self, seconds: float = 0, *, days: int = 0) -> None:
        if seconds < 0 or days < 0:
            raise ValueError("time only goes forward")
        with self._lock:
            self._now += timedelta(days=days, seconds=seconds)


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def calendar_day(instant: datetime, zone_name: str) -> date:
    """The calendar day of `instant` where the institution is."""
    return instant.astimezone(zone(zone_name)).date()
