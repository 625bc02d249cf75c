"""A patron asks, a second asks for the same, a third is over the limit; the librarian asks back, approves;
the copy arrives; another wish is rejected. Told through the requests desk itself, letters by real mail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState
from openacq.ordering.service import Arrival
from openacq.requests import service as desk
from openacq.requests.model import Request, RequestState
from openacq.store import Store
from openacq.vendors import service as vendors
from tests.letters.post_office import PostOffice, Received
from tests.ordering.buying import pack
from tests.requests.asking import DESK, FORM, HELD_ISBN, Library, a_book, a_title, make_library, ready


@pytest.fixture
def office() -> Iterator[PostOffice]:
    opened = PostOffice().open()
    yield opened
    opened.close()


def post(library: Library, office: PostOffice) -> dict[str, list[Received]]:
    """What the mail brought since the last look, by recipient."""
    before = len(office.received)
    library.bring(office)
    found: dict[str, list[Received]] = {}
    for letter in office.received[before:]:
        (to,) = letter.recipients
        found.setdefault(to.partition("@")[0], []).append(letter)
    return found


def subjects(letters: list[Received]) -> list[str]:
    return [str(letter.message["Subject"]) for letter in letters]


def test_a_wish_reaches_the_shelf(store: Store, institution: int, office: PostOffice) -> None:
    library = make_library(store, institution)
    library.load("request_rule", {"name": "Students", "user_groups": "UNDERGRADUATE", "most_open": 1})
    library.world.load(
        vendors, "vendor_account", {"vendor": "GOBI", "code": "GOBI-MAIN", "send_orders": "none"}
    )

    # Ann asks, Ben asks for the same: one group, Ben softly hears of it.
    ann = library.ask("ann", a_book(hold_item=True))
    asked = library.asked("ben")
    ben = asked.request
    assert [notice.slug for notice in asked.notices] == ["requested"]
    assert library.now(ann).group == ben.group != 0

    # Cleo has asked already and is over the limit.
    held = library.ask("cleo", a_book(metadata=a_title(isbn=HELD_ISBN)))
    with pytest.raises(Refusal) as refused:
        library.ask("cleo")
    assert [problem.slug for problem in refused.value.problems] == ["request_limit_open"]

    told = post(library, office)
    assert {name: len(letters) for name, letters in told.items()} == {"ann": 1, "ben": 1, "cleo": 1}
    assert "The history of paper" in told["ann"][0].part("plain")

    # The librarian sees who waits, asks back, and gets an answer.
    (line_to,) = library.write(lambda tx: desk.assign(tx, [ann.id], "staff1", DESK))
    assert line_to.assigned_to == "staff1"
    seen = library.read(lambda tx: desk.duplicates(tx, ann.id, DESK))
    assert [(each.requester_name, each.state) for each in seen.requests] == [
        ("Ben Baker", RequestState.IN_REVIEW)
    ]
    question = library.write(lambda tx: desk.ask_back(tx, ann.id, "Which edition do you need?", DESK))
    told = post(library, office)
    assert list(told) == ["ann"]
    assert "Which edition do you need?" in told["ann"][0].part("plain")
    library.write(lambda tx: desk.answer(tx, ann.id, question.id, "The second", FORM, requester="ann"))

    # Completed and approved: one line for both, money on the fund, both are told.
    wish = ready(hold_item=True, metadata=library.now(ann).metadata)
    library.change(ann, wish)
    library.approve(ann, approved_by="staff1")
    assert library.states(ann, ben) == [RequestState.APPROVED] * 2
    number = library.now(ann).po_line
    assert library.now(ben).po_line == number
    line = library.world.line(number)
    assert [each.primary_id for each in line.interested] == ["ann", "ben"]
    assert line.state is LineState.AUTO_PACKAGING
    assert library.world.balance("HIST").encumbered.text() == "35.00"
    told = post(library, office)
    assert {name: len(letters) for name, letters in told.items()} == {"ann": 1, "ben": 1}
    assert "was approved" in told["ben"][0].part("plain")

    # It is ordered, it arrives, Ann's copy is put aside, both are told.
    pack(library.world)
    told = post(library, office)
    assert set(told) == {"ann", "ben"}
    assert library.now(ben).progress == "ordered"
    library.write(lambda tx: ordering.receive(tx, Arrival(line=number), DESK))
    told = post(library, office)
    assert {name: subjects(letters) for name, letters in told.items()} == {
        "ann": ["Arrived: The history of paper"],
        "ben": ["Arrived: The history of paper"],
    }
    assert "put aside for you" in told["ann"][0].part("plain")
    assert "put aside for you" not in told["ben"][0].part("plain")

    # Cleo's wish is rejected: the library has it.
    library.reject(held, reason="DUPLICATE", note="Zwei Exemplare stehen im Magazin.")
    told = post(library, office)
    assert list(told) == ["cleo"]
    assert "Grund: Duplicate" in told["cleo"][0].part("plain")
    assert "Zwei Exemplare" in told["cleo"][0].part("plain")
    assert library.bib(held.mms_id) is not None

    assert events(library, ann) == [
        "created",
        "merged",
        "assigned",
        "question",
        "answer",
        "changed",
        "approved",
        "READY",
        "SENT",
        "WAITING_FOR_INVOICE",
        "line_received",
    ]
    assert library.differences() == []
    assert library.read(ordering.check) == []


def events(library: Library, request: Request) -> list[str]:
    """The story of a request: events, and states of its line."""
    steps = library.read(lambda tx: desk.timeline(tx, request.id, DESK))
    return [step.text if step.event == "line_state" else step.event for step in steps]
