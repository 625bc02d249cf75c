"""What the generating processes are told and what they tell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).parent.parent
BIBS = 20_000
"""Titles in the catalogue before the first order."""


class FloorTask(msgspec.Struct, frozen=True):
    """Repeat the floor's unit on the database at `url`; `funds` is how many share the postings."""

    url: str
    connections: int
    seconds: float
    funds: int
    new_percent: int = 20
    seed: int = 1


class LoadTask(msgspec.Struct, frozen=True):
    """Ask the server for a case of `bench.cases`; `start` is the number of the first request ever sent,
    `size` how many lines the store began with."""

    case: str
    port: int
    key: str
    connections: int
    seconds: float
    run: str
    start: int
    funds: tuple[str, ...]
    lines: tuple[str, ...] = ()
    size: int = 0
    host: str = "127.0.0.1"


class Round(msgspec.Struct, frozen=True):
    """What a round measured. Latencies are microseconds; `wrong` counts answers other than 2xx."""

    seconds: float
    latencies: list[int]
    wrong: int = 0
    sample: str = ""

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0


def carry_out(module: str, task: FloorTask | LoadTask) -> Round:
    """Run the task in a process of its own, `python -m MODULE`."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=msgspec.json.encode(task),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
        timeout=task.seconds + 120,
    )
    return msgspec.json.decode(done.stdout, type=Round)
