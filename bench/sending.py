"""A purchase order goes out: from its approval until it is sent, its letter typeset and dropped as a file.

    python -m bench.sending    reads a SendTask as JSON from standard input, writes a Sending

Orders of one line and of fifty take turns, each by the program's own worker.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from bench.cases import FILES, FUND_CODES, LIBRARY, SHELF, VENDOR
from bench.task import ROOT

LARGE = 50


class SendTask(msgspec.Struct, frozen=True):
    url: str
    database: str
    rounds: int = 12


class Sending(msgspec.Struct, frozen=True):
    """Medians, in milliseconds, of an order of one line and of one of `LARGE` lines."""

    database: str
    one: float
    many: float

    @property
    def ratio(self) -> float:
        return self.many / self.one if self.one else 0.0


def measure(database: str, url: str) -> Sending:
    """In a process of its own, on a database nobody else uses meanwhile."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.sending"],
        input=msgspec.json.encode(SendTask(url, database)),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
        timeout=300,
    )
    return msgspec.json.decode(done.stdout, type=Sending)


def carry_out(task: SendTask) -> Sending:
    from openacq.directory import service as directory
    from openacq.jobs.letters import Ways
    from openacq.jobs.work import Work
    from openacq.letters.service import FolderPost
    from openacq.store import Store

    store = Store(task.url)
    (card,) = store.read(directory.every_institution, institution=0)
    took: dict[int, list[float]] = {1: [], LARGE: []}
    with tempfile.TemporaryDirectory() as folder:
        work = Work(store, Ways(folder=FolderPost(Path(folder))))
        work.once()
        for number in range(task.rounds + 1):
            for count in (1, LARGE):
                store.write(partial(_order, number, count), institution=card.id, zone=card.zone)
                begun = time.perf_counter()
                work.once()
                if number:  # the first of each warms up
                    took[count].append((time.perf_counter() - begun) * 1000)
        files = len(list(Path(folder).rglob("*.pdf")))
    store.close()
    if files != 2 * (task.rounds + 1):
        raise RuntimeError(f"{files} orders went out of {2 * (task.rounds + 1)}")
    return Sending(
        task.database, round(statistics.median(took[1]), 1), round(statistics.median(took[LARGE]), 1)
    )


def _order(number: int, count: int, tx: Any) -> None:
    """Place lines and pack them; the PO is approved by itself."""
    from openacq.catalogue.model import Description
    from openacq.ordering import service as ordering
    from openacq.ordering.model import Actor, PlaceLine, PlaceWish, ShareWish, Sum

    buyer = Actor("bench")
    ids = []
    for each in range(count):
        wish = PlaceLine(
            title=Description(
                title=f"Lighthouses of the north {number}-{count}-{each} : a survey of their keepers",
                author="Winter, Ada",
                publisher="Harbour Press",
                year="2026",
            ),
            owner=LIBRARY,
            type="PRINTED_BOOK_OT",
            vendor=VENDOR,
            account=FILES,
            method="PURCHASE",
            price=Sum("54.10", "USD"),
            reference=f"send-{number}-{count}-{each}",
            shares=(ShareWish(FUND_CODES[0], percent="100"),),
            places=(PlaceWish(LIBRARY, SHELF, 1),),
        )
        ids.append(ordering.place(tx, wish, buyer).id)
    ordering.pack_chosen(tx, ids, buyer)


if __name__ == "__main__":
    from openacq.serving.logs import set_up_logging

    set_up_logging("text", "warning")
    made = carry_out(msgspec.json.decode(sys.stdin.buffer.read(), type=SendTask))
    sys.stdout.buffer.write(msgspec.json.encode(made))
