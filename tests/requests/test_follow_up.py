"""What happens beside the decision: changes, assignment, putting aside, questions, letters, the timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from openacq.directory import service as directory
from openacq.history import service as history
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.letters import service as letters
from openacq.ordering import service as ordering
from openacq.ordering.service import Arrival, Cancellation
from openacq.requests import service as desk
from openacq.requests.model import Metadata, Note, Request, RequestState, Wish
from openacq.vendors import service as vendors
from tests.letters.post_office import PostOffice
from tests.ordering.buying import pack
from tests.requests.asking import DESK, FORM, HELD_ISBN, Library, a_book, a_title, ready


def slugs(work: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        work()
    return [problem.slug for problem in refused.value.problems]


# -- changing -----------------------------------------------------------------------------------


def test_a_request_put_back_as_it_is_stays_as_it_is(library: Library, clock: FixedClock) -> None:
    request = library.ask(wish=ready(notes=("one",), requester_note="note"))
    clock.advance(days=1)
    again = library.change(request, desk.wish_of(request))
    assert again == library.now(request) == request
    assert library.read(lambda tx: history.of(tx, "purchase_request", request.id)) == ()


def test_what_is_left_out_is_emptied(library: Library) -> None:
    request = library.ask(wish=ready(notes=("one",), hold_item=True, requester_note="note"))
    said = Wish(metadata=request.metadata)
    changed = library.change(request, said)
    assert (changed.owning_library, changed.fund, changed.vendor, changed.vendor_account) == ("",) * 4
    assert (changed.notes, changed.places, changed.estimated_cost) == ((), (), None)
    assert (changed.hold_item, changed.requester_note, changed.format) == (False, "", "P")
    assert changed.mms_id == request.mms_id
    assert changed.version > request.version


def test_notes_that_stay_keep_their_date(library: Library, clock: FixedClock) -> None:
    request = library.ask(wish=ready(notes=("one", "two")))
    clock.advance(days=1)
    changed = library.change(request, replace(desk.wish_of(request), notes=("two", "three")))
    assert [note.text for note in changed.notes] == ["two", "three"]
    assert changed.notes[0] == request.notes[1]
    assert isinstance(changed.notes[1], Note)
    assert changed.notes[1].created > request.created


def test_another_title_is_another_bib(library: Library) -> None:
    request = library.ask(wish=ready())
    held = library.ask("ben", a_book(metadata=a_title(isbn=HELD_ISBN)))
    changed = library.change(request, replace(desk.wish_of(request), metadata=Metadata(mms_id=held.mms_id)))
    assert (changed.mms_id, changed.matched_by) == (held.mms_id, "mms_id")
    assert library.bib(request.mms_id) is None
    back = library.change(changed, replace(desk.wish_of(changed), metadata=a_title(isbn="", title="A third")))
    assert library.bib(back.mms_id).title == "A third"
    assert library.bib(held.mms_id) is not None
    assert library.differences() == []


def test_the_requester_can_be_changed_by_name_only(library: Library) -> None:
    request = library.ask()
    changed = library.change(request, desk.wish_of(request), requester="ben")
    assert (changed.requester, changed.requester_name) == ("ben", "Ben Baker")
    assert library.listed(requester="ben") == [request.id]
    assert slugs(lambda: library.change(request, desk.wish_of(request), requester="no")) == [
        "requester_unknown"
    ]


def test_decided_requests_are_not_changed(library: Library) -> None:
    request = library.ask(wish=ready())
    assert slugs(lambda: library.change(request, desk.wish_of(request), version=7)) == ["request_outdated"]
    assert slugs(lambda: library.change(request, Wish())) == ["request_metadata_missing"]
    library.approve(request)
    assert slugs(lambda: library.change(request, desk.wish_of(request))) == ["request_fixed"]


# -- the desk -----------------------------------------------------------------------------------


def test_requests_are_handed_to_staff_with_the_role(library: Library) -> None:
    request = library.ask(wish=ready())

    def assign(to: str) -> Any:
        return library.write(lambda tx: desk.assign(tx, [request.id], to, DESK))

    assert slugs(lambda: assign("staff2")) == ["request_approver_unknown"]
    assert assign("staff1")[0].assigned_to == "staff1"
    assert (library.listed(assigned_to="staff1"), library.listed(assigned_to="")) == ([request.id], [])
    assign("")
    assert library.listed(assigned_to="") == [request.id]


def test_requests_put_aside_come_back_on_their_day(library: Library, clock: FixedClock) -> None:
    request, other = library.ask(wish=ready()), library.ask("ben", a_book(format="E"))

    def defer(until: date | None) -> Any:
        ids = [request.id, other.id] if until is None else [request.id]
        return library.write(lambda tx: desk.defer(tx, ids, until, "next year's money", DESK))

    assert slugs(lambda: defer(date(2026, 3, 2))) == ["date_passed"]
    (deferred,) = defer(date(2026, 4, 1))
    assert (deferred.state, deferred.deferral_reason) == (RequestState.DEFERRED, "next year's money")
    assert slugs(lambda: defer(date(2026, 5, 1))) == ["request_move_refused"]
    clock.advance(days=29)
    (sweep,) = desk.SWEEPS
    assert library.write(sweep.step) == 0
    clock.advance(days=1)
    assert library.write(sweep.step) == 1
    back = library.now(request)
    assert (back.state, back.deferred_until, back.deferral_reason) == (RequestState.IN_REVIEW, None, "")
    defer(None)
    clock.advance(days=400)
    assert library.write(sweep.step) == 0
    (resumed,) = library.write(lambda tx: desk.resume(tx, [request.id], DESK))
    assert resumed.state is RequestState.IN_REVIEW
    assert library.states(other) == [RequestState.DEFERRED]


def test_a_request_put_aside_can_be_decided(library: Library) -> None:
    good, bad = library.ask(wish=ready()), library.ask("ben", a_book(format="E"))
    library.write(lambda tx: desk.defer(tx, [good.id, bad.id], None, "", DESK))
    library.approve(good)
    library.reject(bad)
    assert library.states(good, bad) == [RequestState.APPROVED, RequestState.REJECTED]


# -- questions ----------------------------------------------------------------------------------


def test_a_question_goes_out_and_its_answer_comes_back(library: Library, office: PostOffice) -> None:
    request = library.ask(wish=ready())
    question = library.write(lambda tx: desk.ask_back(tx, request.id, "Would the e-book\ndo as well?", DESK))
    assert library.now(request).unanswered == 1
    library.bring(office)
    (letter,) = [each for each in office.received if "Would the e-book" in each.part("plain")]
    assert letter.recipients == ["ann@uni.example"]
    assert f"https://acq.uni.example/requests/{request.id}/answer" in letter.part("plain")

    def answer(**how: Any) -> Any:
        return library.write(
            lambda tx: desk.answer(tx, request.id, question.id, "Yes, it would.", FORM, **how)
        )

    assert slugs(lambda: answer(requester="ben")) == ["request_not_found"]
    assert answer(requester="ann").answer == "Yes, it would."
    assert slugs(answer) == ["question_answered"]
    (kept,) = library.read(lambda tx: desk.questions(tx, request.id, DESK, requester="ann"))
    assert (kept.answer, kept.asked_by, library.now(request).unanswered) == (
        "Yes, it would.",
        "requests desk",
        0,
    )
    assert library.differences() == []
    assert slugs(lambda: library.write(lambda tx: desk.answer(tx, request.id, 1, "x", FORM))) == [
        "question_not_found"
    ]
    library.approve(request)
    assert slugs(lambda: library.write(lambda tx: desk.ask_back(tx, request.id, "Late?", DESK))) == [
        "request_move_refused"
    ]


def test_a_question_answered_at_once_is_not_asked_by_letter(library: Library) -> None:
    request = library.ask(wish=ready())
    question = library.write(lambda tx: desk.ask_back(tx, request.id, "Which edition?", DESK))
    library.write(lambda tx: desk.answer(tx, request.id, question.id, "The newest", FORM))
    assert library.told(request) == ["request_received"]


# -- letters ------------------------------------------------------------------------------------


def test_a_rejected_requester_reads_why_in_the_own_language(library: Library, office: PostOffice) -> None:
    request = library.ask("cleo")
    library.reject(request, note="Bitte im nächsten Jahr noch einmal.")
    library.bring(office)
    received, rejected = office.received
    assert {*received.recipients, *rejected.recipients} == {"cleo@uni.example"}
    assert "Grund: Cost" in rejected.part("plain")
    assert "Bitte im nächsten Jahr" in rejected.part("plain")
    assert library.told(request) == ["request_received", "request_rejected"]


def test_letters_come_from_the_owning_library(library: Library, office: PostOffice) -> None:
    library.ask(wish=ready())
    library.bring(office)
    (letter,) = office.received
    assert "Main Library" in str(letter.message["From"])
    assert "acq@uni.example" in str(letter.message["Reply-To"])


def test_who_has_no_address_is_written_to_at_the_request_s(library: Library) -> None:
    with_mail = library.ask("nomail", a_book(email="guest@mail.example"))
    without = library.ask("nomail", a_book(format="E"))
    other = library.ask("ann", a_book(email="spoof@mail.example", metadata=a_title(isbn="", title="X")))
    assert library.told(with_mail) == ["request_received"]
    assert [each.recipient for each in library.letters(with_mail)] == ["guest@mail.example"]
    assert [(each.recipient, each.state.value) for each in library.letters(without)] == [("", "dead")]
    assert [each.recipient for each in library.letters(other)] == ["ann@uni.example"]


def test_kinds_a_library_does_not_want_are_switched_off(library: Library, office: PostOffice) -> None:
    library.write(lambda tx: letters.switch(tx, "request_rejected", enabled=False))
    request = library.ask()
    library.reject(request)
    library.bring(office)
    assert len(office.received) == 1


def test_a_decision_taken_back_before_the_letter_is_not_told(library: Library) -> None:
    request = library.ask(wish=ready())
    library.reject(request)
    library.write(lambda tx: desk.reopen(tx, [request.id], DESK))
    assert library.told(request) == ["request_received"]
    library.reject(request)
    assert library.told(request) == ["request_received", "request_rejected"]
    library.write(lambda tx: desk.reopen(tx, [request.id], DESK))
    library.reject(request)
    assert library.told(request) == ["request_received", "request_rejected", "request_rejected"]


def states_of(library: Library, request: Request) -> list[tuple[str, str]]:
    assert library.work() == 0
    return [(each.kind.removeprefix("request_"), each.state.value) for each in library.letters(request)]


def test_what_is_so_no_more_is_withdrawn_if_it_has_not_left(library: Library) -> None:
    request = library.ask(wish=ready())
    library.reject(request)
    assert states_of(library, request) == [("received", "waiting"), ("rejected", "waiting")]
    library.write(lambda tx: desk.reopen(tx, [request.id], DESK))
    question = library.write(lambda tx: desk.ask_back(tx, request.id, "Which edition?", DESK))
    assert states_of(library, request)[1:] == [("rejected", "withdrawn"), ("question", "waiting")]
    library.write(lambda tx: desk.answer(tx, request.id, question.id, "Any", FORM))
    assert states_of(library, request)[2:] == [("question", "withdrawn")]
    by_gift(library, request)
    number = buy(library, request)
    received = receive(library, number)
    assert states_of(library, request)[-1] == ("arrived", "waiting")
    library.write(lambda tx: ordering.undo_receipt(tx, received.receipts[0].id, DESK))
    assert states_of(library, request)[-1] == ("arrived", "withdrawn")
    receive(library, number)
    assert states_of(library, request)[-2:] == [("arrived", "withdrawn"), ("arrived", "waiting")]


def test_a_mail_server_that_is_away_loses_nothing(
    library: Library, office: PostOffice, clock: FixedClock
) -> None:
    office.close()
    request = library.ask()
    library.bring(office)
    assert [each.state.value for each in library.letters(request)] == ["failed"]
    office.open()
    clock.advance(seconds=7_200)
    library.bring(office)
    assert [each.recipients for each in office.received] == [["ann@uni.example"]]


# -- the line's own life ------------------------------------------------------------------------


def buy(library: Library, request: Request) -> str:
    """Have the line packed and sent; gives its number."""
    pack(library.world)
    assert library.work() == 0
    return library.now(request).po_line


def receive(library: Library, number: str) -> Any:
    return library.write(lambda tx: ordering.receive(tx, Arrival(line=number), DESK))


def by_gift(library: Library, request: Request) -> Any:
    """Approve; the vendor takes orders without a letter."""
    library.world.load(
        vendors, "vendor_account", {"vendor": "GOBI", "code": "GOBI-MAIN", "send_orders": "none"}
    )
    return library.approve(request)


def test_everybody_hears_when_it_is_ordered_and_when_it_is_there(library: Library) -> None:
    ann = library.ask("ann", ready(hold_item=True))
    ben = library.ask("ben", ready(notify_receiving_activation=True))
    by_gift(library, ann)
    number = buy(library, ann)
    assert [library.now(each).progress for each in (ann, ben)] == ["ordered", "ordered"]
    receive(library, number)
    start = ["request_received", "request_approved", "request_ordered"]
    assert library.told(ann) == [*start, "request_arrived"]
    assert library.told(ben) == start  # the ordering desk's letter, which he asked for, says it
    told = library.read(letters.letters).letters
    assert ("notify_receiving_activation", "ben@uni.example") in {
        (each.kind, each.recipient) for each in told
    }
    assert [library.now(each).progress for each in (ann, ben)] == ["arrived", "arrived"]
    arrived = library.letters(ann)[-1]
    assert "Main Library, Stacks" in arrived.text
    assert "put aside for you" in arrived.text
    steps = library.read(lambda tx: desk.timeline(tx, ann.id, DESK))
    assert [step.event for step in steps if step.event != "line_state"] == [
        "created",
        "merged",
        "approved",
        "line_received",
    ]
    states = [step.text for step in steps if step.event == "line_state"]
    assert states[:2] == ["READY", "SENT"]
    assert {step.line for step in steps if step.line} == {number}


def test_a_receipt_undone_is_no_arrival(library: Library) -> None:
    request = library.ask(wish=ready())
    by_gift(library, request)
    received = receive(library, buy(library, request))
    assert library.work() == 0
    library.write(lambda tx: ordering.undo_receipt(tx, received.receipts[0].id, DESK))
    assert library.work() == 0
    assert library.now(request).progress == "ordered"


def test_a_cancelled_line_is_told_and_the_request_can_go_on(library: Library) -> None:
    ann = library.ask("ann", ready())
    ben = library.ask("ben", ready(notify_cancel=True))
    library.approve(ann)
    line_id = library.world.line(library.now(ann).po_line).id
    how = Cancellation("LIBRARY_CANCELLED")
    library.write(lambda tx: ordering.cancel(tx, [line_id], DESK, how))
    assert library.told(ann)[-1] == "request_cancelled"
    assert "request_cancelled" not in library.told(ben)
    assert library.now(ann).progress == "cancelled"
    kinds = {each.kind for each in library.read(letters.letters).letters}
    assert "notify_cancel" in kinds
    library.write(lambda tx: desk.reopen(tx, [ann.id], DESK))
    assert library.now(ann).progress == ""


def test_a_closed_line_closes_the_story(library: Library) -> None:
    request = library.ask(wish=ready(format="E", places=()))
    by_gift(library, request)
    number = buy(library, request)
    library.write(lambda tx: ordering.activate(tx, number, DESK))
    assert library.work() == 0
    assert library.told(request)[-1] == "request_arrived"
    assert "available online" in library.letters(request)[-1].text
    line_id = library.world.line(number).id
    library.write(lambda tx: ordering.close(tx, [line_id], DESK))
    assert library.work() == 0
    assert library.now(request).progress == "arrived"


def test_the_record_of_a_request_names_who_did_what(library: Library) -> None:
    request = library.ask(wish=ready())
    library.change(request, replace(desk.wish_of(request), fund="ART"))
    library.approve(request, approved_by="staff1")
    entries = library.read(lambda tx: history.of(tx, "purchase_request", request.id))
    assert [(each.field, each.old, each.new, each.who) for each in entries] == [
        ("fund", "HIST", "ART", "requests desk"),
        ("state", "INREVIEW", "APPROVED", "staff1 (requests desk)"),
    ]
    steps = library.read(lambda tx: desk.timeline(tx, request.id, DESK, requester="ann"))
    assert [step.event for step in steps] == ["created", "changed", "approved"]
    assert slugs(lambda: library.read(lambda tx: desk.timeline(tx, request.id, DESK, requester="ben"))) == [
        "request_not_found"
    ]
    assert library.read(lambda tx: directory.user(tx, "staff1")) is not None
