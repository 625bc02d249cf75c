"""The order of rounds, and what they add up to.

Within a database and a size, every number of connections gets several short rounds of the floor and of each
case in turn, never all of one and then all of the other: what the machine does meanwhile hits them alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from bench.cases import FUND_CODES, Case
from bench.measure import percentile, usage
from bench.target import Target
from bench.task import FloorTask, LoadTask, Round, carry_out

FLOOR = "floor"
FLOOR_HOT = "floor-hot"
WARM_UP = 0.5


class Plan(msgspec.Struct, frozen=True):
    """What is measured; `seconds` is for each case, connections and size, all rounds together."""

    databases: tuple[str, ...]
    sizes: tuple[int, ...]
    connections: tuple[int, ...]
    cases: tuple[str, ...]
    seconds: float
    rounds: int


class Figure(msgspec.Struct, frozen=True):
    """A row of the result: latencies in milliseconds, CPU in milliseconds per request."""

    database: str
    lines: int
    connections: int
    case: str
    requests: int
    wrong: int
    per_second: float
    p50: float
    p95: float
    p99: float
    server_cpu: float | None = None
    database_cpu: float | None = None
    ratio: float | None = None
    """Requests a second to units of the floor a second, hot to hot, spread to spread."""


@dataclass(slots=True)
class Sum:
    """Rounds of one thing with as many connections, added up."""

    seconds: float = 0.0
    latencies: list[int] = field(default_factory=list)
    wrong: int = 0
    sample: str = ""
    server_cpu: float = 0.0
    database_cpu: float = 0.0

    def add(self, one: Round, server_cpu: float = 0.0, database_cpu: float = 0.0) -> None:
        self.seconds += one.seconds
        self.latencies += one.latencies
        self.wrong += one.wrong
        self.sample = self.sample or one.sample
        self.server_cpu += server_cpu
        self.database_cpu += database_cpu

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0


class WrongAnswers(Exception):
    """The server refused or failed what it should have done; its rate means nothing then."""


Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """One database, one size: the server and the floor's database, with the process ids that count."""

    database: str
    size: int
    target: Target | None
    """None measures the floor alone."""
    floor_url: str
    database_pid: int | None
    say: Say

    def measure(self, plan: Plan, cases: list[Case]) -> list[Figure]:
        sent = iter_numbers()
        for warmed in cases:
            self._play(warmed, 8, WARM_UP, next(sent))
        floors = [FLOOR, *([FLOOR_HOT] if not cases or any(case.hot for case in cases) else [])]
        sums = {
            (connections, name): Sum() for connections in plan.connections for name in _names(floors, cases)
        }
        for number in range(plan.rounds):
            for connections in plan.connections:
                for name, case in _turn(floors, cases, number):
                    self.say(f"{self.database}, {self.size:,} lines, {connections} connections: {name}")
                    seconds = plan.seconds / plan.rounds
                    if case is None:
                        funds = 1 if name == FLOOR_HOT else len(FUND_CODES)
                        task = FloorTask(self.floor_url, connections, seconds, funds, seed=next(sent))
                        sums[connections, name].add(carry_out("bench.floor", task))
                    else:
                        self._measured(sums[connections, name], case, connections, seconds, next(sent))
        return [
            self._figure(connections, name, total, sums[connections, _floor_of(name, cases)])
            for (connections, name), total in sums.items()
        ]

    def _measured(self, total: Sum, case: Case, connections: int, seconds: float, start: int) -> None:
        server, database = self._cpu()
        one = self._play(case, connections, seconds, start)
        server_after, database_after = self._cpu()
        total.add(one, server_after - server, database_after - database)

    def _cpu(self) -> tuple[float, float]:
        """CPU seconds used so far by server and database."""
        pids = (self.target.pid if self.target else None, self.database_pid)
        server, database = (usage(pid).cpu_seconds if pid else 0.0 for pid in pids)
        return server, database

    def _play(self, case: Case, connections: int, seconds: float, start: int) -> Round:
        target = self.target
        assert target is not None, "cases need a server"
        task = LoadTask(
            case.name,
            target.port,
            target.key,
            connections,
            seconds,
            "bench",
            start,
            target.funds,
            target.lines,
            self.size,
        )
        one = carry_out("bench.load", task)
        if one.wrong:
            raise WrongAnswers(
                f"{case.name}: {one.wrong} of {len(one.latencies)} wrong; the first:\n{one.sample}"
            )
        return one

    def _figure(self, connections: int, name: str, total: Sum, floor: Sum) -> Figure:
        ordered = sorted(total.latencies)
        is_floor = name in (FLOOR, FLOOR_HOT)
        each = 1000 / (len(ordered) or 1)
        return Figure(
            database=self.database,
            lines=self.size,
            connections=connections,
            case=name,
            requests=len(ordered),
            wrong=total.wrong,
            per_second=round(total.rate, 1),
            p50=percentile(ordered, 0.50) / 1000,
            p95=percentile(ordered, 0.95) / 1000,
            p99=percentile(ordered, 0.99) / 1000,
            server_cpu=None if is_floor else round(total.server_cpu * each, 3),
            database_cpu=None if is_floor or not self.database_pid else round(total.database_cpu * each, 3),
            ratio=None if is_floor or not floor.rate else round(total.rate / floor.rate, 3),
        )


def iter_numbers(step: int = 1_000_000) -> Iterator[int]:
    """Where each round begins to count its requests, so that no two rounds send the same one.

    A round is far from a million requests, and the numbers, which make ISBNs, reach for 900 rounds.
    """
    start = 0
    while True:
        yield start
        start += step


def _names(floors: list[str], cases: list[Case]) -> list[str]:
    return [*floors, *(case.name for case in cases)]


def _turn(floors: list[str], cases: list[Case], number: int) -> list[tuple[str, Case | None]]:
    """Floors and cases in an order that begins elsewhere each round."""
    every: list[tuple[str, Case | None]] = [*((name, None) for name in floors)]
    every += [(case.name, case) for case in cases]
    start = number * 2 % len(every)
    return every[start:] + every[:start]


def _floor_of(name: str, cases: list[Case]) -> str:
    return FLOOR_HOT if name == FLOOR_HOT or any(case.hot for case in cases if case.name == name) else FLOOR
