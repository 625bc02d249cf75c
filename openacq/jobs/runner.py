"""Runs jobs on time, one after the other, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from openacq.kernel.clock import Clock, SystemClock

LONGEST_WAIT = 60.0
"""A job that fails is tried again later and later, but at least this often (seconds)."""
BREATH = 0.02
"""Pause between two steps of a job that has more to do, so that orders get in between (seconds)."""

_log = structlog.get_logger("openacq.jobs")


@dataclass(frozen=True, slots=True)
class Job:
    """`step` does a little and returns whether there is more to do; it is called `every` seconds.

    With `at_stop` it is carried out once more, to its end, when the runner stops. `rest` tells how long one
    that has more to do pauses after a step that took so many seconds.
    """

    name: str
    every: float
    step: Callable[[], bool]
    at_stop: bool = False
    rest: Callable[[float], float] | None = None


class _Timed:
    """A job with the time it is due and how often it failed in a row."""

    __slots__ = ("due", "failures", "job")

    def __init__(self, job: Job, due: float) -> None:
        self.job = job
        self.due = due
        self.failures = 0


class Runner:
    """Runs jobs from `start` to `stop`."""

    def __init__(self, jobs: Iterable[Job], *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._jobs = tuple(jobs)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is not None:
            raise RuntimeError("the runner runs already")
        self._thread = threading.Thread(target=self._run, name="openacq-jobs", daemon=True)
        self._thread.start()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop: a step that takes long should end early."""
        return self._stop.is_set()

    def stop(self, longest: float = 30.0) -> None:
        """Finish the step under way, then the jobs that run at stop; waits at most `longest` seconds."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(longest)
            if self._thread.is_alive():
                _log.error("jobs did not end in time", seconds=longest)

    def _run(self) -> None:
        now = self._clock.monotonic()
        timed = [_Timed(job, now + job.every) for job in self._jobs]
        while timed and not self._stop.is_set():
            first = min(timed, key=lambda one: one.due)
            if self._stop.wait(max(first.due - self._clock.monotonic(), 0)):
                break
            begun = self._clock.monotonic()
            more = self._step(first)
            ended = self._clock.monotonic()
            first.due = ended + self._pause(first, more=more, took=ended - begun)
        self._stop.wait()
        for one in timed:
            if one.job.at_stop:
                self._finish(one)

    def _step(self, one: _Timed) -> bool:
        try:
            more = one.job.step()
        except Exception:  # noqa: BLE001  (told of, and no reason to end the other jobs)
            one.failures += 1
            _log.exception("job failed", job=one.job.name, failures=one.failures)
            return False
        one.failures = 0
        return more

    def _pause(self, one: _Timed, *, more: bool, took: float) -> float:
        if more:
            return BREATH if one.job.rest is None else one.job.rest(took)
        if one.failures:
            return max(one.job.every, min(one.job.every * 2.0**one.failures, LONGEST_WAIT))
        return one.job.every

    def _finish(self, one: _Timed) -> None:
        while self._step(one):
            pass
