"""Purchase requests meant to hurt: taken whole or refused cleanly; whatever was taken can be dealt with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from openacq.directory import service as directory
from openacq.doors.alma import request_errors
from openacq.doors.alma.errors import GENERAL, NO_BODY
from openacq.requests import service as requests
from tests.chaos.counting import Books
from tests.chaos.test_hostile_bodies import PATIENT, VALUES, places_in
from tests.doors.alma.request_desk import AREAS, PEOPLE, REQUESTS, Desk, ready
from tests.serving_fixture import Server
from tests.shop import as_xml, codes

TABLES = ("purchase_requests", "bibs", "bib_uses", "request_events", "outbox", "po_lines")
KNOWN = frozenset(
    {
        code
        for words in (request_errors.CREATE.by_slug, request_errors.CREATE.by_field)
        for code in (each.code for each in words.values())
    }
    | {GENERAL, NO_BODY}
)
"""What a create may be refused with."""
FULL = ready(
    requested_type={"value": "DVD"},
    hold_item=True,
    notify_cancel=False,
    email="x@uni.example",
    requester_note="Please",
    note=[{"note_text": "One", "content": "Two"}],
)


@pytest.fixture(scope="module")
def victim(running_server: Server) -> Iterator[Desk]:
    with running_server.new_shop(areas=AREAS) as shop:
        shop.world.load(directory, "user", *PEOPLE)
        yield Desk(shop)


@pytest.fixture(scope="module")
def books(running_server: Server, victim: Desk) -> Books:
    return Books(running_server.store, victim.world.institution)


@st.composite
def changed_wishes(draw: Callable[..., Any]) -> dict[str, Any]:
    """A good wish with one to four things in it replaced, dropped or doubled."""
    body: dict[str, Any] = json.loads(json.dumps(FULL))
    for _ in range(draw(st.integers(1, 4))):
        spots = list(places_in(body))
        if not spots:
            break
        container, key = draw(st.sampled_from(spots))
        match draw(st.sampled_from(["replace", "drop", "double"])):
            case "replace":
                container[key] = draw(VALUES)
            case "drop":
                del container[key]
            case _:
                container[key] = [container[key]] * draw(st.integers(2, 3))
    return body


def judge(victim: Desk, books: Books, body: bytes, sends: str) -> None:
    before = books.counts(TABLES)
    path = "/users/jroe/purchase-requests"
    answer = victim.shop.call("POST", path, body, sends=sends)  # type: ignore[arg-type]
    assert answer.status_code in (200, 400), answer.text[:500]
    if answer.status_code == 400:
        assert set(codes(answer)) <= KNOWN, answer.text[:500]
        assert books.counts(TABLES) == before
        return
    made = answer.json()
    assert books.count("purchase_requests") == before["purchase_requests"] + 1
    assert victim.one(made) == made
    as_read = victim.call("GET", f"{REQUESTS}/{made['request_id']}", form="xml")
    assert etree.fromstring(as_read.content).findtext("request_id") == made["request_id"]
    put = victim.put(made)
    assert (put.status_code, put.json()) == (200, made)
    decided = victim.decide("approve", made, {"approved_by": "staff1"})
    assert decided.status_code in (200, 400), decided.text[:500]
    if decided.status_code == 400:
        assert set(codes(decided)) <= {"60313", "60314", "60317", "60319"}, decided.text
        assert victim.delete(made).status_code == 204


@PATIENT
@given(body=changed_wishes())
def test_changed_wishes_in_json(victim: Desk, books: Books, body: dict[str, Any]) -> None:
    judge(victim, books, json.dumps(body).encode(), "json")


@PATIENT
@given(body=changed_wishes())
def test_changed_wishes_in_xml(victim: Desk, books: Books, body: dict[str, Any]) -> None:
    try:
        sent = as_xml(body, "purchase_request")
    except (TypeError, ValueError, AttributeError):
        return  # no XML can say this
    judge(victim, books, sent, "xml")


def test_what_is_left_is_right(victim: Desk) -> None:
    assert victim.world.differences() == []
    assert victim.world.read(requests.check) == []


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"format":' * 50_000, b"<a>" * 100_000, b"\0" * 1_000])
@pytest.mark.parametrize("op", ["approve", "reject"])
def test_a_decision_with_a_hostile_body_decides_nothing(victim: Desk, op: str, body: bytes) -> None:
    made = victim.asked(ready())
    answer = victim.decide(op, made, body, sends="xml" if body[:1] == b"<" else "json")
    assert answer.status_code == 400
    assert victim.one(made) == made
