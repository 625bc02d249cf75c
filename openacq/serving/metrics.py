"""Figures for Prometheus, in a registry of our own.

With several processes each writes its figures to files in a shared folder and whichever is asked adds
them up; the folder is named by PROMETHEUS_MULTIPROC_DIR, which must be set before this is imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

_log = structlog.get_logger("openacq.serving")

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5.0, 10.0)


GivenUp = Callable[[], dict[tuple[str, str], int]]
"""How many letters and jobs were given up, by institution and what they are."""


class _Dead(Collector):
    """Figures that stand in the database, for all processes alike: read when they are asked for."""

    def __init__(self, given_up: GivenUp) -> None:
        self._given_up = given_up

    def collect(self) -> Iterable[Metric]:
        found = GaugeMetricFamily(
            "openacq_given_up",
            "Letters and jobs that were given up and wait for somebody to look at them.",
            labels=("institution", "what"),
        )
        try:
            for (institution, what), count in self._given_up().items():
                found.add_metric((institution, what), count)
        except (SQLAlchemyError, OSError) as error:  # the other figures are told all the same
            _log.warning("what was given up could not be counted", error=type(error).__name__)
        yield found


class Metrics:
    """`waiting` gives the lengths of the queues, by name; it is asked on every scrape and tick. `given_up`
    is asked on every scrape."""

    def __init__(self, waiting: Callable[[], dict[str, int]], given_up: GivenUp | None = None) -> None:
        self.waiting = waiting
        self._dead = None if given_up is None else _Dead(given_up)
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "openacq_calls",
            "Calls answered, by door, what became of them and HTTP status.",
            ("door", "outcome", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "openacq_call_seconds",
            "Time from a call's arrival to its answer.",
            ("door",),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._under_way = Gauge(
            "openacq_calls_under_way",
            "Requests being worked on.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._queues = Gauge(
            "openacq_waiting",
            "Things waiting: writes for SQLite's writer, rows for the order log; dropped rows.",
            ("queue",),
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        if FOLDER not in os.environ:
            ProcessCollector(registry=self._registry)
            PlatformCollector(registry=self._registry)

    def observe(self, door: str, outcome: str, status: int, seconds: float) -> None:
        """Count a call through a door."""
        self._calls.labels(door, outcome, str(status)).inc()
        self._seconds.labels(door).observe(seconds)

    def begin(self) -> None:
        self._under_way.inc()

    def end(self) -> None:
        self._under_way.dec()

    def tick(self) -> None:
        """Note how long the queues are now."""
        for queue, length in self.waiting().items():
            self._queues.labels(queue).set(length)

    def page(self) -> bytes:
        """All figures, of all processes."""
        self.tick()
        registry = self._registry
        if FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        figures = generate_latest(registry)
        if self._dead is not None:
            apart = CollectorRegistry()
            apart.register(self._dead)
            figures += generate_latest(apart)
        return figures
