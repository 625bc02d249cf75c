"""A patron signs in by a link sent by mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from openacq.kernel.clock import FixedClock
from openacq.letters import service as letters
from openacq.letters.model import Search
from openacq.store import Tx
from tests.doors.desk.staff import Staff, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop


@pytest.fixture
def patron(server: Server, shop: Shop) -> Iterator[Staff]:
    fields = {"record_type": "PUBLIC", "email": "reader@example.org", "identifiers": "BARCODE:4711"}
    name = new_staff(server, shop.world, "200", **fields)
    with Staff(server, shop.world, name, door="/requests") as patron:
        yield patron


def link(patron: Staff) -> str:
    def work(tx: Tx) -> str:
        (found,) = letters.letters(tx, Search(kinds=("sign_in_link",))).letters
        return letters.letter(tx, found.id).text

    text = patron.world.read(work)
    found = re.search(r"https?://\S+(/requests/sign-in/by/\S+)", text)
    assert found is not None, text
    return found[1].removeprefix("/requests")


def ask(patron: Staff, name: str) -> None:
    patron.get("/sign-in/link", institution=patron.code)
    patron.send(0, {"name": name, "institution": patron.code})


def test_a_link_signs_in_once(patron: Staff) -> None:
    ask(patron, "4711")
    assert "a letter with a link is on its way" in patron.text
    path = link(patron)
    patron.get(path)
    patron.get("/mine")
    assert patron.path == "/requests/sign-in", "looking at the link used it"
    patron.get(path)
    patron.send(0)
    assert patron.path == "/requests/mine"
    patron.client.cookies.clear()
    patron.get(path)
    patron.send(0)
    assert "has been used" in patron.text


def test_a_link_that_waited_too_long_is_no_good(patron: Staff, clock: FixedClock) -> None:
    ask(patron, patron.name)
    path = link(patron)
    clock.advance(timedelta(minutes=31).total_seconds())
    patron.get(path)
    patron.send(0)
    assert "too old" in patron.text


def test_nobody_learns_who_is_known(patron: Staff) -> None:
    ask(patron, "4711")
    known = patron.text
    ask(patron, "nobody at all")
    assert patron.text == known


def test_a_patron_s_session_opens_no_desk(patron: Staff, server: Server) -> None:
    patron.sign_in()
    assert patron.path == "/requests/mine"
    patron.client.get("/desk/tasks")
    answer = patron.client.get("/desk/tasks", follow_redirects=True)
    assert answer.url.path == "/desk/sign-in"
