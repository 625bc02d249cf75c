"""From a wish to the shelf, and to a reasoned no, through the doors, letters leaving by a real mail server.

A patron asks; a second asks for the same; a third is over the limit. The librarian asks back, approves; the
copy arrives. Another wish is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.jobs.letters import Ways, send_some
from openacq.jobs.outbox import Outbox
from openacq.jobs.reactions import REACTIONS
from openacq.kernel.clock import FixedClock
from openacq.ordering import service as ordering
from openacq.requests import service as requests
from openacq.vendors import service as vendors
from tests.doors.alma.request_desk import Desk, desk, ready, status, wish
from tests.doors.own.desk import good, own
from tests.letters.post_office import PostOffice, Received
from tests.shop import FORMATS, LINES, Format, codes, problems

__all__ = ["desk"]

ISBN_10, ISBN_13 = "0-306-40615-2", "9780306406157"
WANTED = {"title": "Winter harbours", "isbn": "9781861972712"}
SAME_TITLE = {"title": "WINTER HARBOURS (a novel)", "isbn": "1-86197-271-7"}


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice().open()
    yield office
    office.close()


@pytest.fixture(autouse=True)
def _library(desk: Desk) -> None:
    email = {"email": [{"email_address": "orders@gobi.example", "email_type": ["orderMail"]}]}
    desk.world.load(vendors, "vendor", {"code": "GOBI", "contact_info": email})
    acq = {"code": "ACQ", "name": "Acquisitions", "owner": "MAIN", "email": "acq@uni.example"}
    desk.world.load(directory, "department", acq)
    desk.world.load(
        directory, "user", {"primary_id": "eager", "last_name": "Eager", "email": "e@uni.example"}
    )
    desk.world.load(requests, "request_rule", {"name": "Two at a time", "most_open": 2})


def brought(desk: Desk, office: PostOffice) -> list[tuple[str, str]]:
    """Work through what waits, have letters leave; who got which kind, in the order of addresses."""
    world = desk.world
    cards = [Institution(world.institution, "T", "T")]
    before = len(office.received)
    with capture_logs():
        worker = Outbox(world.store, REACTIONS, lambda: cards)
        for _ in range(3):  # a letter that left is news, which may be another letter
            while worker.step():
                pass
            while send_some(world.store, [world.institution], Ways(office.server())):
                pass
    return sorted((_to(letter), _subject(letter)) for letter in office.received[before:])


def _to(letter: Received) -> str:
    (address,) = letter.recipients
    return address


def _subject(letter: Received) -> str:
    return str(letter.message["Subject"])


def last_to(office: PostOffice, address: str) -> str:
    """The text of the latest letter to somebody."""
    return [letter for letter in office.received if address in letter.recipients][-1].part("plain")


def right(desk: Desk) -> None:
    """Money, lines and requests agree."""
    assert desk.world.differences() == []
    assert desk.world.read(ordering.check) == []
    assert desk.world.read(requests.check) == []


def own_call(desk: Desk, method: str, path: str, body: Any = None) -> Any:
    return good(own(desk.shop, method, path, body))


@pytest.mark.parametrize("form", FORMATS)
def test_a_wish_becomes_a_book_on_the_shelf_and_another_a_reasoned_no(
    desk: Desk, office: PostOffice, clock: FixedClock, form: Format
) -> None:
    # A patron asks; a second asks for the same, spelled otherwise.
    first = desk.asked(ready(resource_metadata=WANTED, hold_item=True))
    assert [who for who, _ in brought(desk, office)] == ["jane@uni.example"]
    clock.advance(3_600)
    second = desk.asked(wish(resource_metadata=SAME_TITLE, owning_library={"value": "MAIN"}), "mlee")
    assert second["resource_metadata"]["mms_id"]["value"] == first["resource_metadata"]["mms_id"]["value"]
    group = own_call(desk, "GET", f"/requests/{first['request_id']}")["group"]
    assert own_call(desk, "GET", f"/requests/{second['request_id']}")["group"] == group

    # A third is over the limit, and told so.
    eager = [desk.asked(wish(), "eager") for _ in range(2)]
    refused = desk.ask(wish(resource_metadata=WANTED), "eager", form=form)
    assert codes(refused) == ["60278"]
    assert "Two at a time" in problems(refused)[0][1]

    # The librarian looks: who waits, what there is; and asks back.
    found = own_call(desk, "GET", f"/requests/{first['request_id']}/duplicates")
    assert [each["requester"] for each in found["requests"]] == ["mlee"]
    brought(desk, office)
    question = own_call(
        desk, "POST", f"/requests/{first['request_id']}/questions", {"text": "Hardback or paperback?"}
    )
    assert [who for who, _ in brought(desk, office)] == ["jane@uni.example"]
    assert "Hardback or paperback?" in last_to(office, "jane@uni.example")
    path = f"/requests/{first['request_id']}/questions/{question['id']}/answer"
    own_call(desk, "POST", path, {"text": "Hardback"})

    # Approved, one after the other: one line for both, money set aside once, both told.
    by: Any = {"approved_by": "staff1"}
    assert desk.decide("approve", first, by, form=form).status_code == 200
    assert desk.decide("approve", second, by, form=form).status_code == 200
    number = desk.one(first)["po_line"]["value"]
    assert desk.one(second)["po_line"]["value"] == number
    assert desk.world.balance("HIST").encumbered.text() == "40.00"
    assert {who for who, _ in brought(desk, office)} == {"jane@uni.example", "max@uni.example"}
    assert "was approved" in last_to(office, "jane@uni.example")
    assert "Winter harbours" in last_to(office, "jane@uni.example")
    assert codes(desk.decide("approve", first, by, form=form)) == ["60312"]
    assert codes(desk.cancel(first, form=form)) == ["60277"]
    right(desk)

    # Ordered: the vendor gets the order, the patrons hear of it.
    own_call(desk, "POST", "/packaging/run")
    told = brought(desk, office)
    assert {who for who, _ in told} == {"jane@uni.example", "max@uni.example", "orders@gobi.example"}
    assert own_call(desk, "GET", f"/requests/{first['request_id']}")["progress"] == "ordered"

    # The copy arrives and is kept for the one who asked for that.
    clock.advance(days=9)
    (item,) = desk.shop.get(f"{LINES}/{number}/items").json()["item"]
    pid = item["item_data"]["pid"]
    body = b"{}" if form == "json" else b"<item/>"
    received = desk.call(
        "POST", f"{LINES}/{number}/items/{pid}", body, form=form, op="receive", department="ACQ"
    )
    assert received.status_code == 200, received.text
    assert {who for who, _ in brought(desk, office)} >= {"jane@uni.example", "max@uni.example"}
    (hold,) = own_call(desk, "GET", "/holds")["holds"]
    assert hold["primary_id"] == "jroe"
    for request in (first, second):
        assert own_call(desk, "GET", f"/requests/{request['request_id']}")["progress"] == "arrived"

    # Another is rejected: the reason is told, the brief record goes.
    no = desk.rejected(eager[0])
    assert (status(no), no["reject_reason"]["desc"]) == ("REJECTED", "Cost")
    assert [who for who, _ in brought(desk, office)] == ["e@uni.example"]
    assert "Cost" in last_to(office, "e@uni.example")
    assert codes(desk.shop.get(f"/bibs/{eager[0]['resource_metadata']['mms_id']['value']}")) == ["402203"]
    assert desk.asked(wish(), "eager")

    # One story of it all, and nobody was written to twice about one thing.
    own_events = {}
    for request in (first, second):
        steps = own_call(desk, "GET", f"/requests/{request['request_id']}/timeline")["steps"]
        events = [step["event"] for step in steps]
        own_events[request["request_id"]] = [event for event in events if not event.startswith("line_")]
    assert own_events[first["request_id"]] == [
        "created",
        "merged",
        "question",
        "answer",
        "approved",
    ]
    assert own_events[second["request_id"]] == ["created", "merged", "approved"]
    assert "line_received" in events
    assert [step["text"] for step in steps if step["event"] == "line_state"][:2] == ["READY", "SENT"]
    brought(desk, office)
    every = [(_to(letter), _subject(letter)) for letter in office.received]
    assert len(set(every)) == len(every)
    right(desk)


def test_with_the_mail_server_down_nothing_is_lost(desk: Desk, office: PostOffice) -> None:
    office.close()
    request = desk.asked(ready())
    assert brought(desk, office) == []
    assert status(desk.approved(request)) == "APPROVED"
    assert brought(desk, office) == []
    office.open()
    clock = desk.world.store.clock
    assert isinstance(clock, FixedClock)
    clock.advance(days=1)
    told = brought(desk, office)
    assert [who for who, _ in told] == ["jane@uni.example"] * 2
    assert not any(re.search(r"\{\{|undefined", letter.part("plain")) for letter in office.received)
