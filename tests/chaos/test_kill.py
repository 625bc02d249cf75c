"""The server is killed in the middle of a cart: no answered order is lost, no half one is kept, and
sending the cart again makes it whole without ordering anything twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.directory.service import KeyWish
from openacq.kernel.clock import FixedClock
from openacq.ledger import service as ledger
from openacq.store import Store, migrate
from tests.chaos.counting import Books
from tests.chaos.crowd import each_at_once
from tests.conftest import TODAY
from tests.ordering.world import World, make_world
from tests.serving.running import Running, environment, serving
from tests.shop import LINES, PREFIX, order

ORDERS = 200
CONNECTIONS = 8


@contextmanager
def library(url: str) -> Iterator[tuple[World, str]]:
    """A library whose money is good for years, and a key of its vendor."""
    store = Store(url, clock=FixedClock(TODAY))
    migrate.upgrade(store)
    card = Institution(0, "KILL", "Demo University")
    made = store.write(lambda tx: directory.create_institution(tx, card), institution=0)
    world = make_world(store, made.id)
    world.load(ledger, "fiscal_period", {"name": "FY-2026", "start": "2026-01-01", "end": "2099-12-31"})
    world.load(ledger, "allocation", {"fund": "HIST", "amount": "1000000.00", "reference": "plenty"})
    wish = KeyWish("shop", {"acq": "write"}, rate_limit=0)
    key = store.write(lambda tx: directory.create_key(tx, wish), institution=made.id).secret
    try:
        yield world, key
    finally:
        store.close()


class Cart:
    """Orders and the numbers they were answered with."""

    def __init__(self, key: str, *, by_header: bool) -> None:
        self.key = key
        self.by_header = by_header
        self.bodies = [self._body(number) for number in range(ORDERS)]
        self.answered: dict[int, str] = {}
        self._changed = threading.Condition()

    def _body(self, number: int) -> dict[str, Any]:
        body = order(
            fund_distribution=[{"fund_code": "HIST", "percent": 60}, {"fund_code": "ART", "percent": 40}]
        )
        body["price"]["sum"] = "1.00"
        if self.by_header:
            del body["vendor_reference_number"]
        if number % 5 == 4:
            body["type"] = "E_BOOK_OT"
        else:
            body["location"][0]["quantity"] = 1 + number % 3
        return body

    def send(self, client: httpx.Client, number: int) -> httpx.Response:
        headers = {"Authorization": f"apikey {self.key}", "Accept": "application/json"}
        if self.by_header:
            headers["Idempotency-Key"] = f"cart/{number}"
        return client.post(LINES, json=self.bodies[number], headers=headers)

    def play(self, base: str, numbers: list[int]) -> None:
        """Send what is not answered yet, over several connections, until the server is gone."""
        parts = [numbers[nth::CONNECTIONS] for nth in range(CONNECTIONS)]

        def play_part(part: list[int]) -> None:
            with httpx.Client(base_url=base + PREFIX, timeout=60) as client:
                for number in part:
                    try:
                        answer = self.send(client, number)
                    except httpx.TransportError:
                        return
                    assert answer.status_code == 200, answer.text
                    with self._changed:
                        self.answered[number] = answer.json()["number"]
                        self._changed.notify_all()

        each_at_once(play_part, parts)

    def wait_for(self, count: int, playing: Future[None]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: playing.done() or len(self.answered) >= count, timeout=120)
        if playing.done():
            playing.result()

    @property
    def open(self) -> list[int]:
        return [number for number in range(ORDERS) if number not in self.answered]


def kill(server: Running) -> None:
    """Kill the server and its worker processes as a power cut would."""
    parent = server.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for pid in (parent, *map(int, children)):
        os.kill(pid, signal.SIGKILL)
    server.process.wait()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workers", "by_header", "kills"),
    [(1, False, (50, 120)), (2, True, (80,))],
    ids=["one process, by reference", "two processes, by header"],
)
def test_a_killed_server_loses_no_answered_order_and_keeps_no_half_one(
    fresh_database_url: str, tmp_path: Path, workers: int, by_header: bool, kills: tuple[int, ...]
) -> None:
    flags = ("--workers", str(workers)) if workers > 1 else ()
    quiet = {"access_log": "false", "checkpoint_seconds": 1}
    with library(fresh_database_url) as (world, key):
        cart = Cart(key, by_header=by_header)
        books = Books(world.store, world.institution)
        for count in kills:
            with (
                serving(fresh_database_url, tmp_path, *flags, **quiet) as server,
                ThreadPoolExecutor(1) as pool,
            ):
                playing = pool.submit(cart.play, server.base, cart.open)
                cart.wait_for(count, playing)
                kill(server)
                playing.result()
            there = {line["number"] for line in books.rows("po_lines")}
            assert set(cart.answered.values()) <= there, "an answered order is lost"
            assert len(cart.answered) < ORDERS, "the server was killed too late to prove anything"
            assert books.halves() == []
            assert world.differences() == []

        answered = dict(cart.answered)
        with serving(fresh_database_url, tmp_path, *flags, **quiet) as server:
            with httpx.Client(base_url=server.base + PREFIX, timeout=60) as client:
                for number, line in answered.items():
                    again = cart.send(client, number)
                    assert again.headers.get("idempotent-replayed") == "true"
                    assert again.json()["number"] == line
            cart.play(server.base, cart.open)
            assert server.stop() == 0

        assert cart.open == []
        lines = {line["number"]: line for line in books.rows("po_lines")}
        assert sorted(cart.answered.values()) == sorted(lines)
        assert len(lines) == ORDERS
        assert books.halves() == []
        encumbered = world.balance("HIST").encumbered.units + world.balance("ART").encumbered.units
        assert encumbered == sum(line["net_units"] for line in lines.values())
        assert_equal(fresh_database_url, tmp_path)


def assert_equal(url: str, folder: Path) -> None:
    verified = subprocess.run(
        [sys.executable, "-m", "openacq", "verify", "--db", url],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "equal" in verified.stdout
