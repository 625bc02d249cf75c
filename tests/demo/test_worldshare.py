"""The demo's WorldShare keys, and the client that plays with them."""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Iterator

import httpx
import pytest
from rich.console import Console

from openacq.demo.filling import DEMO_KEY
from openacq.demo.server import Server
from openacq.demo.shop import Shop
from openacq.demo.worldshare import (
    KEY,
    PLAIN_KEY,
    Client,
    Step,
    authorization,
    play_worldshare,
    show_worldshare,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = Server(port=port, db=f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def steps(demo: Server) -> tuple[Step, ...]:
    return _play(demo, "1")


def _play(demo: Server, run: str) -> tuple[Step, ...]:
    shop = Shop(demo.base, DEMO_KEY)
    try:
        return play_worldshare(demo.base, shop, run)
    finally:
        shop.close()


def test_an_order_goes_from_the_one_dialect_to_the_other(steps: tuple[Step, ...]) -> None:
    asked, begun, item, submitted, line = (step.told for step in steps)
    assert asked.endswith("orders")
    number = begun.split()[0]
    assert re.fullmatch(r"PO-\d{4}-\d+ is OPEN", begun)
    assert re.fullmatch(r"OIN-\d{4}-\d+, 30\.75 USD, nothing reserved yet", item)
    assert submitted == f"{number} is SUBMITTED"
    assert re.fullmatch(rf"POL-\d+ of {number}: .+, paid from HIST-2026", line)


def test_it_plays_again(demo: Server, steps: tuple[Step, ...]) -> None:
    again = _play(demo, "2")
    assert again[0].told != steps[0].told
    assert again[1].told != steps[1].told


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_the_terminal(steps: tuple[Step, ...], width: int) -> None:
    printed = io.StringIO()
    show_worldshare(Console(file=printed, width=width), steps)
    assert max(map(len, printed.getvalue().splitlines())) <= width
    assert "SUBMITTED" in printed.getvalue()
    assert "…" not in printed.getvalue()


def test_the_two_keys_speak_the_two_dialects(demo: Server) -> None:
    for key, member in ((KEY, "entries"), (PLAIN_KEY, "entry")):
        headers = {"Accept": "application/json", "Authorization": authorization(key, "GET", "")}
        answer = httpx.get(f"{demo.base}/purchaseorders", headers=headers, trust_env=False)
        assert (answer.status_code, member in answer.json()) == (200, True)


def test_the_keys_are_for_this_machine_and_this_library_alone(demo: Server) -> None:
    signed = {"Authorization": authorization(KEY, "GET", "")}
    through = {**signed, "X-Forwarded-For": "203.0.113.7"}
    assert httpx.get(f"{demo.base}/budgets", headers=through, trust_env=False).status_code == 403
    for query, status in (("inst=128807", 200), ("inst=1", 403)):
        named = {"Authorization": authorization(KEY, "GET", query)}
        answer = httpx.get(f"{demo.base}/budgets?{query}", headers=named, trust_env=False)
        assert answer.status_code == status


def test_what_is_refused_ends_the_playing_in_words(demo: Server) -> None:
    client = Client(demo.base)
    with pytest.raises(Exception, match="GET /budgets/BP-1999-1 answered 404"):
        client.xml("GET", "/budgets/BP-1999-1")
    client.close()
