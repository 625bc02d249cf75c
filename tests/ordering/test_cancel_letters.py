"""Cancelled lines: the vendor hears of those it knows, those who are interested hear, each once; and what is
no longer so is not written, or does not leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from openacq.directory import service as directory
from openacq.history import service as history
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.letters import service as letters
from openacq.letters.model import Letter, Search, State
from openacq.letters.service import FolderPost
from openacq.ordering import cancel, cancel_letter, notify
from openacq.ordering import service as ordering
from openacq.ordering.cancel_letter import Informed
from openacq.ordering.model import InterestedWish, Line, LineState, OrderState
from openacq.store import Store, Tx
from openacq.store.outbox import News
from openacq.vendors import service as vendors
from tests.letters.post_office import PostOffice, Received
from tests.ordering.buying import (
    BUYER,
    ORDERS_MAIL,
    account,
    bring,
    letters_of,
    order,
    pack,
    place,
    states,
    titled,
    with_mail,
    work,
)
from tests.ordering.life import DESK, arrive, differences, send, slug_of
from tests.ordering.test_renew import subscription
from tests.ordering.world import World, book

REASON = "LIBRARY_CANCELLED"
GONE = LineState.CANCELLED


Counted = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def counted(store: Store) -> Counted:
    """The statements that change something, or read for it."""

    @contextmanager
    def listen() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(store.writer, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(store.writer, "before_cursor_execute", note)

    return listen


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """GOBI's mail server."""
    opened = PostOffice().open()
    yield opened
    opened.close()


def cancelled(world: World, *lines: Line, inform: bool = True, **how: Any) -> dict[str, Informed]:
    """Cancel lines, and tell the vendor unless told otherwise; what became of that, by number."""
    ids = {line.id: line.number for line in lines}
    asked = ordering.Cancellation(REASON, inform_vendor=inform, **how)
    told = world.write(lambda tx: ordering.cancel(tx, list(ids), BUYER, asked))
    return {ids[line_id]: each for line_id, each in told.items()}


def sent(world: World, office: PostOffice, count: int = 1, **changes: Any) -> tuple[list[Line], str]:
    """Lines of one PO that is with the vendor, and its number."""
    with_mail(world)
    lines = place(world, count, **changes)
    (number,) = pack(world)
    bring(world, office)
    office.received.clear()
    return lines, number


def about(world: World, kind: str) -> list[Letter]:
    """All letters of a kind, the oldest first."""
    page = world.read(lambda tx: letters.letters(tx, Search(kinds=(kind,))))
    return sorted(page.letters, key=lambda each: each.id)


def told_in_history(world: World, line: Line) -> list[str | None]:
    entries = world.read(lambda tx: history.of(tx, "po_line", line.number))
    return [entry.new for entry in entries if entry.field == "vendor informed"]


# -- to the vendor ------------------------------------------------------------------------------


def test_the_vendor_hears_by_one_letter_of_all_lines_of_a_po(world: World, office: PostOffice) -> None:
    lines, number = sent(world, office, 3)
    told = cancelled(world, *lines[:2], comment="Please do not ship.")
    bring(world, office)
    (letter,) = office.received
    assert letter.recipients == [ORDERS_MAIL]
    assert letter.message["Subject"] == f"Cancellation: purchase order {number} \N{EN DASH} Main Library"
    text = letter.part("plain")
    for line in lines[:2]:
        assert line.number in text
        assert line.reference in text
        assert line.bib.title in text
    assert lines[2].number not in text
    assert "Cancelled by" in text or "Reason: " in text
    assert "Please do not ship." in text
    assert "2 March 2026" in text, "the day of the order"
    (written,) = about(world, "cancellation")
    assert told == {line.number: Informed(written.id) for line in lines[:2]}
    assert told_in_history(world, lines[0]) == [f"letter {written.id}"]
    assert differences(world) == []


def test_lines_of_two_pos_are_two_letters(world: World, office: PostOffice) -> None:
    with_mail(world)
    one = place(world)
    pack(world)
    other = place(world)
    pack(world)
    bring(world, office)
    cancelled(world, *one, *other)
    assert len(about(world, "cancellation")) == 2


def test_nobody_writes_who_was_not_asked_to(world: World, office: PostOffice) -> None:
    (line,), _ = sent(world, office)
    assert cancelled(world, line, inform=False) == {}
    bring(world, office)
    assert office.received == []
    assert told_in_history(world, line) == []


def test_a_line_the_vendor_does_not_know_needs_no_letter_and_says_so(world: World) -> None:
    with_mail(world)
    (line,) = place(world, reference="")
    told = cancelled(world, line)
    assert told == {line.number: Informed(why_not="the vendor does not know of it yet")}
    assert about(world, "cancellation") == []
    assert told_in_history(world, line) == ["the vendor does not know of it yet"]


def test_what_a_shop_ordered_it_hears_of_though_no_po_went_out(world: World, office: PostOffice) -> None:
    with_mail(world)
    (line,) = place(world, reference="YBP-77")
    cancelled(world, line)
    bring(world, office)
    (letter,) = office.received
    assert letter.message["Subject"] == "Cancellation of our order \N{EN DASH} Main Library"
    assert "YBP-77" in letter.part("plain")


def test_the_letter_is_in_the_vendor_s_language_and_goes_by_its_way(
    world: World, office: PostOffice, tmp_path: Path
) -> None:
    lines, number = sent(world, office, 2)
    with_mail(world, language="de")
    cancelled(world, lines[0])
    bring(world, office)
    assert office.received[0].message["Subject"].startswith(f"Stornierung: Bestellung {number}")
    account(world, send_orders="folder", order_folder="gobi", order_file="{number}")
    cancelled(world, lines[1])
    bring(world, office, FolderPost(tmp_path))
    (file,) = (tmp_path / "gobi").iterdir()
    assert file.name == f"{number}-cancelled-{lines[1].number}.txt"
    assert lines[1].reference in file.read_text()
    assert len(office.received) == 1


def test_an_account_that_gets_no_letters_gets_none(world: World, office: PostOffice) -> None:
    (line,), _ = sent(world, office)
    account(world, send_orders="none")
    assert cancelled(world, line)[line.number].why_not == "account GOBI-MAIN gets no letters"


def test_a_vendor_without_an_address_has_a_dead_letter(world: World, office: PostOffice) -> None:
    (line,), _ = sent(world, office)
    with_mail(world, "")
    cancelled(world, line)
    (letter,) = about(world, "cancellation")
    assert (letter.state, letter.error) == (State.DEAD, "no e-mail address is known")


def test_a_cancellation_that_is_refused_writes_nothing(world: World, office: PostOffice) -> None:
    (line, other), _ = sent(world, office, 2)
    arrive(world, other)
    with pytest.raises(Refusal):
        cancelled(world, line, other)
    assert about(world, "cancellation") == []
    assert states(world, line) == [LineState.SENT]


def test_a_bib_deleted_with_the_line_is_still_named(world: World, office: PostOffice) -> None:
    (line,), _ = sent(world, office)
    cancelled(world, line, bib="delete")
    bring(world, office)
    assert line.bib.title in office.received[0].part("plain")


def test_a_line_cancelled_while_its_order_is_leaving_is_told_of_unasked(
    world: World, office: PostOffice, clock: FixedClock
) -> None:
    """The vendor takes the order with the line in that very moment."""
    with_mail(world)
    gone, stays = place(world, 2, reference="")
    (number,) = pack(world)
    work(world)

    def meanwhile(_: Received) -> None:
        office.before_accepting = lambda _: None
        clock.advance(1)
        cancelled(world, gone, inform=False)
        work(world)

    office.before_accepting = meanwhile
    bring(world, office)
    clock.advance(60)
    bring(world, office)
    assert order(world, number).row.state is OrderState.SENT
    first, second = office.received
    assert gone.number in first.part("plain")
    assert second.message["Subject"].startswith("Cancellation")
    assert gone.number in second.part("plain")
    assert stays.number not in second.part("plain")
    work(world)
    assert len(about(world, "cancellation")) == 1


def test_a_line_cancelled_before_its_order_left_is_not_told_of(
    world: World, office: PostOffice, clock: FixedClock
) -> None:
    with_mail(world)
    gone, _stays = place(world, 2, reference="")
    pack(world)
    work(world)
    clock.advance(1)
    cancelled(world, gone)
    bring(world, office)
    assert len(office.received) == 1
    assert gone.number not in office.received[0].part("plain")
    assert about(world, "cancellation") == []


def test_letters_about_many_lines_take_as_many_statements_as_about_few(
    world: World, office: PostOffice, counted: Counted
) -> None:
    lines, _ = sent(world, office, 15)

    def asked(some: list[Line]) -> int:
        left = {line.id: LineState.SENT for line in some}
        with counted() as statements:
            world.write(lambda tx: cancel_letter.inform(tx, left, BUYER, REASON, ""))
        return len(statements)

    asked(lines[:1])  # what is loaded once is loaded from here on
    assert asked(lines[1:3]) == asked(lines[3:])


# -- to those who are interested ----------------------------------------------------------------


def people(world: World) -> None:
    world.load(
        directory,
        "user",
        {"primary_id": "anna", "first_name": "Anna", "last_name": "Able", "email": "anna@uni.example"},
        {"primary_id": "ben", "last_name": "Baker", "email": "ben@uni.example", "language": "de"},
    )


ANNA_HEARS = InterestedWish("anna", notify_cancel=True)


def test_those_who_asked_hear_that_an_order_was_cancelled(world: World, office: PostOffice) -> None:
    people(world)
    wish = (ANNA_HEARS, InterestedWish("ben", notify_cancel=True), InterestedWish("patron1"))
    line = world.place(book(interested=wish))
    cancelled(world, line, comment="not for readers")
    with_mail(world)
    bring(world, office)
    by_recipient = {
        letter.recipients[0]: letter for letter in office.received if "uni" in str(letter.recipients)
    }
    assert by_recipient.keys() == {"anna@uni.example", "ben@uni.example"}
    anna = by_recipient["anna@uni.example"].part("plain")
    assert "Anna Able" in anna
    assert line.bib.title in anna
    assert "not for readers" not in anna
    assert by_recipient["ben@uni.example"].message["Content-Language"] == "de"


def test_news_handled_twice_is_told_once(world: World) -> None:
    people(world)
    line = world.place(book(interested=(ANNA_HEARS,)))
    cancelled(world, line, inform=False)
    news = News(1, "po_line.cancelled", line.number, {"reason": REASON}, *_times(world), attempts=1)
    work(world)
    world.write(lambda tx: notify.tell_of_cancelling(tx, news))
    assert len(about(world, "notify_cancel")) == 1


def _times(world: World) -> tuple[Any, Any]:
    now = world.store.clock.now()
    return now, now


def test_a_line_that_was_not_cancelled_after_all_is_not_told_of(world: World) -> None:
    people(world)
    line = world.place(book(interested=(ANNA_HEARS,)))
    news = News(1, "po_line.cancelled", line.number, {"reason": REASON}, *_times(world), attempts=1)
    world.write(lambda tx: notify.tell_of_cancelling(tx, news))
    assert about(world, "notify_cancel") == []


# -- what is no longer so -----------------------------------------------------------------------

ANNA_WAITS = InterestedWish("anna", notify_receiving_activation=True)


def undo(world: World, receipt: int) -> None:
    world.write(lambda tx: ordering.undo_receipt(tx, receipt, DESK))


def arrivals_told(world: World) -> list[State]:
    return [letter.state for letter in about(world, notify.RECEIVED)]


def test_a_receipt_undone_before_the_letter_is_written_is_never_told(world: World) -> None:
    people(world)
    line = world.place(book(interested=(ANNA_WAITS,)))
    send(world, line)
    undo(world, arrive(world, line).receipts[0].id)
    work(world)
    assert arrivals_told(world) == []
    arrive(world, line)
    work(world)
    assert arrivals_told(world) == [State.WAITING]


def test_a_receipt_undone_before_the_letter_left_takes_it_back_and_it_is_told_anew(
    world: World, office: PostOffice, clock: FixedClock
) -> None:
    people(world)
    line = world.place(book(interested=(ANNA_WAITS,)))
    send(world, line)
    receipt = arrive(world, line).receipts[0].id
    work(world)
    clock.advance(1)
    undo(world, receipt)
    bring(world, office)
    assert office.received == []
    assert arrivals_told(world) == [State.WITHDRAWN]
    clock.advance(1)
    arrive(world, line)
    bring(world, office)
    assert arrivals_told(world) == [State.WITHDRAWN, State.SENT]
    assert len(office.received) == 1


def test_of_a_receipt_undone_after_the_letter_left_nobody_hears_twice(
    world: World, office: PostOffice, clock: FixedClock
) -> None:
    people(world)
    line = world.place(book(interested=(ANNA_WAITS,)))
    send(world, line)
    receipt = arrive(world, line).receipts[0].id
    bring(world, office)
    undo(world, receipt)
    clock.advance(1)
    arrive(world, line)
    bring(world, office)
    assert len(office.received) == 1


def test_an_issue_undone_takes_its_own_letter_back_only(world: World, clock: FixedClock) -> None:
    people(world)
    line = subscription(world, interested=(ANNA_WAITS,))
    taken = []
    for _ in range(2):
        new = world.write(lambda tx: ordering.receive_new(tx, line.number, ordering.NewItem(), DESK))
        taken.append(new.receipts[0].id)
        clock.advance(1)
    work(world)
    undo(world, taken[0])
    work(world)
    assert arrivals_told(world) == [State.WITHDRAWN, State.WAITING]


def test_an_e_book_switched_off_again_is_not_told_of(world: World) -> None:
    people(world)
    line = world.place(book(type="E_BOOK_OT", places=(), interested=(ANNA_WAITS,)))
    send(world, line)
    on = world.write(lambda tx: ordering.activate(tx, line.number, DESK))
    undo(world, on.receipts[0].id)
    work(world)
    assert arrivals_told(world) == []


def test_a_renewal_that_was_seen_to_is_not_asked_for_any_more(world: World, clock: FixedClock) -> None:
    people(world)
    wish = (InterestedWish("anna", notify_renewal=True),)
    asked, late = (subscription(world, interested=wish, **_other(nth)) for nth in range(2))
    clock.advance(days=31)
    world.write(_sweep)
    cancelled(world, late, inform=False)
    work(world)
    assert [letter.source.id for letter in about(world, notify.RENEWAL)] == [asked.number]
    cancelled(world, asked, inform=False)
    work(world)
    assert [letter.state for letter in about(world, notify.RENEWAL)] == [State.WITHDRAWN]


def _other(nth: int) -> dict[str, Any]:
    changes: dict[str, Any] = {"reference": f"J-{nth}", "title": titled().title}
    return changes


def _sweep(tx: Tx) -> None:
    for sweep in ordering.SWEEPS:
        sweep.step(tx)


def test_a_claim_of_what_has_come_or_is_cancelled_does_not_leave(world: World, office: PostOffice) -> None:
    (come, gone, late), _ = sent(world, office, 3)
    email = [{"email_address": "desk@gobi.example"}]
    world.load(vendors, "vendor", {"code": "GOBI", "contact_info": {"email": email}})
    both, other = (
        world.write(lambda tx, lines=lines: ordering.claim(tx, [line.number for line in lines], DESK))[0]
        for lines in ((come, gone), (late,))
    )
    arrive(world, come)
    work(world)
    assert [letter.state for letter in about(world, "claim")] == [State.WAITING] * 2, "one is missing still"
    cancelled(world, gone, inform=False)
    work(world)
    found = {letter.id: letter.state for letter in about(world, "claim")}
    assert found == {both.letter_id: State.WITHDRAWN, other.letter_id: State.WAITING}


# -- by hand ------------------------------------------------------------------------------------


def test_a_po_whose_letter_is_cancelled_by_hand_says_so_and_goes_out_when_it_is_sent_again(
    world: World, office: PostOffice
) -> None:
    with_mail(world)
    place(world)
    (number,) = pack(world)
    work(world)
    (letter,) = letters_of(world, number)
    world.write(lambda tx: letters.cancel(tx, letter.id, "wrong day"))
    bring(world, office)
    row = order(world, number).row
    assert (row.state, row.send_state) == (OrderState.APPROVED, "failed")
    assert row.send_error == "its letter was cancelled: wrong day"
    world.write(lambda tx: letters.resend(tx, letter.id))
    bring(world, office)
    assert order(world, number).row.state is OrderState.SENT
    assert len(office.received) == 1


def test_a_letter_a_desk_took_back_is_never_sent(world: World, office: PostOffice) -> None:
    with_mail(world)
    (line,) = place(world)
    (number,) = pack(world)
    work(world)
    cancelled(world, line, inform=False)
    work(world)
    (letter,) = letters_of(world, number)
    assert letter.state is State.WITHDRAWN
    assert slug_of(lambda: world.write(lambda tx: letters.resend(tx, letter.id))) == "letter_state"
    assert slug_of(lambda: world.write(lambda tx: letters.cancel(tx, letter.id))) == "letter_state"
    bring(world, office)
    assert office.received == []


# -- one order of locks -------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["receive", "undo", "cancel", "receive new"])
def test_lines_are_locked_before_their_items(world: World, counted: Counted, what: str) -> None:
    """Whoever changes a line and its items locks them in one order, so that no two wait for each other."""
    line = world.place(book())
    send(world, line)
    receipt = arrive(world, line).receipts[0].id if what == "undo" else 0
    everything: dict[str, Callable[[], object]] = {
        "receive": lambda: arrive(world, line),
        "undo": lambda: undo(world, receipt),
        "cancel": lambda: world.write(
            lambda tx: cancel.cancel(tx, [line.id], DESK, cancel.Cancellation(REASON))
        ),
        "receive new": lambda: world.write(
            lambda tx: ordering.receive_new(tx, line.number, ordering.NewItem(), DESK)
        ),
    }
    with counted() as statements:
        everything[what]()
    locks = [
        nth for nth, each in enumerate(statements) if each.startswith("SELECT po_lines.id \nFROM po_lines")
    ]
    changes = [
        nth
        for nth, each in enumerate(statements)
        if each.split("(")[0].split("SET")[0].split("WHERE")[0].strip()
        in ("UPDATE items", "DELETE FROM items", "INSERT INTO items", "UPDATE receipts", "UPDATE holdings")
    ]
    assert locks
    assert changes
    assert locks[0] < changes[0]
