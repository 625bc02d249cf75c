"""Lines that wait are packed into purchase orders while orders go on coming in.

`POST /openacq/v1/packaging/run` packs a store of lines that have all come in before; eight connections place
orders meanwhile. What they reach is set beside what they reach before and after.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import msgspec

from bench.measure import percentile
from bench.target import Target
from bench.task import LoadTask, Round, carry_out

RUN = "/openacq/v1/packaging/run"
CONNECTIONS = 8
LONGEST = 300.0
EDGE = 0.3
"""Seconds a load takes to begin in its process."""


class Packing(msgspec.Struct, frozen=True):
    """Creates per second before, during and after; latency of those during, in milliseconds."""

    database: str
    lines: int
    orders: int
    seconds: float
    before: float
    during: float
    after: float
    p95: float
    longest: float

    @property
    def share(self) -> float:
        """Speed of creates during the packing, of their speed without it."""
        usual = (self.before + self.after) / 2
        return self.during / usual if usual else 0.0


def measure(database: str, target: Target, seconds: float, say: Callable[[str], None]) -> Packing:
    """Pack everything that waits in the server's store, once."""
    starts = iter(range(500, 520))

    def creates(how_long: float) -> Round:
        task = LoadTask(
            "create",
            target.port,
            target.key,
            CONNECTIONS,
            how_long,
            "packing",
            next(starts) * 1_000_000,
            target.funds,
        )
        one = carry_out("bench.load", task)
        if one.wrong:
            raise RuntimeError(f"packing: {one.wrong} creates went wrong; the first:\n{one.sample}")
        return one

    say(f"{database}: creates before packing")
    creates(1.0)
    before = creates(seconds)
    say(f"{database}: packing, and creates")
    told, took = _pack_beside(target, creates)
    say(f"{database}: creates after packing")
    after = creates(seconds)
    during = told["creates"]
    ordered = sorted(during.latencies)
    return Packing(
        database=database,
        lines=told["lines"],
        orders=len(told["orders"]),
        seconds=round(took, 2),
        before=round(before.rate, 1),
        during=round(during.rate, 1),
        after=round(after.rate, 1),
        p95=percentile(ordered, 0.95) / 1000,
        longest=percentile(ordered, 1.0) / 1000,
    )


def _pack_beside(target: Target, creates: Callable[[float], Round]) -> tuple[dict[str, Any], float]:
    """What the call answered and how long it took; short loads of creates go on until it is done."""
    loads: list[Round] = []
    done = threading.Event()

    def load() -> None:
        while not done.is_set():
            loads.append(creates(1.0))

    loading = threading.Thread(target=load)
    loading.start()
    time.sleep(EDGE)
    begun = time.perf_counter()
    try:
        connection = HTTPConnection("127.0.0.1", target.port, timeout=LONGEST)
        connection.request("POST", RUN, headers={"Authorization": f"apikey {target.key}"})
        told = json.loads(connection.getresponse().read())
        took = time.perf_counter() - begun
        connection.close()
    finally:
        done.set()
        loading.join()
    whole = loads[:-1] or loads  # the last one went on when the packing was done
    told["creates"] = Round(
        sum(one.seconds for one in whole), [latency for one in whole for latency in one.latencies]
    )
    return told, took
