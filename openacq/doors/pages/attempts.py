"""How often somebody tried to sign in."""

from __future__ import annotations

import threading

from openacq.kernel.clock import Clock
from openacq.kernel.refusal import Problem
from openacq.kernel.text import folded

TRIES = 10
"""Attempts by one name, or five times as many by one caller, within WINDOW."""
WINDOW = 300.0
MOST_COUNTED = 20_000


class Attempts:
    """How often somebody tried to sign in; one for each process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def take(self, name: str, client: str) -> Problem | None:
        """Count an attempt; the problem when it is one too many."""
        now = self._clock.monotonic()
        with self._lock:
            if len(self._counts) > MOST_COUNTED:
                self._counts = {key: one for key, one in self._counts.items() if now - one[0] < WINDOW}
            too_many = False
            for key, most in ((f"n:{folded(name)[:200]}", TRIES), (f"c:{client}", TRIES * 5)):
                begun, count = self._counts.get(key, (now, 0))
                if now - begun >= WINDOW:
                    begun, count = now, 0
                self._counts[key] = (begun, count + 1)
                too_many = too_many or count >= most
        return Problem("sign_in_often", "", "", minutes=int(WINDOW // 60)) if too_many else None

    def forget(self, name: str, client: str) -> None:
        """Somebody who signed in begins anew, and the caller is not counted for it."""
        with self._lock:
            self._counts.pop(f"n:{folded(name)[:200]}", None)
            begun, count = self._counts.get(f"c:{client}", (0.0, 0))
            if count > 1:
                self._counts[f"c:{client}"] = (begun, count - 1)
            else:
                self._counts.pop(f"c:{client}", None)
