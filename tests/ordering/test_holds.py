"""Copies kept for people: made at receipt, offered, taken, failed, offered again; letters to who waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from openacq.directory import service as directory
from openacq.kernel.clock import FixedClock
from openacq.letters import service as letters
from openacq.ordering import holds, notify
from openacq.ordering.holds import HOLD_STATES, Hold, HoldState, settle, wait_for
from openacq.ordering.model import InterestedWish, Line, PlaceWish
from openacq.ordering.receive import NewItem, activate, receive_new, undo
from openacq.store import Tx
from openacq.store.outbox import News
from openacq.store.tables import outbox
from tests.ordering.life import DESK, arrive, differences, send, slug_of
from tests.ordering.world import World, book

MINUTE = 60


@pytest.fixture(autouse=True)
def _people(world: World) -> None:
    world.load(
        directory,
        "user",
        {"primary_id": "anna", "first_name": "Anna", "last_name": "Able", "email": "anna@uni.example"},
        {"primary_id": "ben", "first_name": "Ben", "last_name": "Best", "email": "ben@uni.example"},
        {"primary_id": "cleo", "first_name": "Cleo", "last_name": "Case", "email": "cleo@uni.example"},
    )


def wanted_by(*people: str, copies: int = 1, **changes: Any) -> Any:
    return book(
        places=(PlaceWish("MAIN", "STACKS", copies),),
        interested=tuple(InterestedWish(person, hold_item=True) for person in people),
        **changes,
    )


def all_holds(world: World, **which: Any) -> list[Hold]:
    found, total = world.read(lambda tx: holds.holds(tx, **which))
    assert total == len(found)
    assert all(isinstance(each, Hold) for each in found)
    return list(found)


def who(world: World, line: Line) -> list[tuple[str, str, str]]:
    numbers = {item.item_id: n for n, item in enumerate(world.line(line.number).items, 1)}
    return [
        (each.primary_id, f"copy {numbers[each.item_id]}", each.state.value)
        for each in all_holds(world, line=line.number)
    ]


def events(world: World, topic: str) -> list[dict[str, Any]]:
    def work(tx: Tx) -> list[dict[str, Any]]:
        rows = tx.execute(
            select(outbox.c.payload)
            .where(outbox.c.institution == tx.institution, outbox.c.topic == topic)
            .order_by(outbox.c.id)
        )
        return list(rows.scalars())

    found = world.read(work)
    return list(found)


# -- at receipt ---------------------------------------------------------------------------------


def test_a_received_copy_is_kept_for_the_first_who_asked(world: World) -> None:
    line = world.place(wanted_by("anna", "ben", copies=2))
    send(world, line)
    received = arrive(world, line, 1)
    assert [each.primary_id for each in received.holds] == ["anna"]
    assert who(world, line) == [("anna", "copy 1", "wanted")]
    arrive(world, line, 1)
    assert who(world, line) == [("anna", "copy 1", "wanted"), ("ben", "copy 2", "wanted")]
    told = events(world, "hold.wanted")
    assert [(each["primary_id"], each["line"]) for each in told] == [
        ("anna", line.number),
        ("ben", line.number),
    ]
    assert told[0]["barcode"] == world.line(line.number).items[0].barcode


def test_those_who_are_more_than_the_copies_wait_for_the_last(world: World) -> None:
    line = world.place(wanted_by("anna", "ben", "cleo", copies=2))
    arrive(world, line)
    assert who(world, line) == [
        ("anna", "copy 1", "wanted"),
        ("ben", "copy 2", "wanted"),
        ("cleo", "copy 2", "wanted"),
    ]


def test_only_print_is_kept(world: World) -> None:
    line = world.place(
        book(type="E_BOOK_OT", places=(), interested=(InterestedWish("anna", hold_item=True),))
    )
    world.write(lambda tx: activate(tx, line.number, DESK))
    assert all_holds(world) == []


def test_of_an_undone_receipt_nobody_gets_the_copy_until_it_comes_again(world: World) -> None:
    line = world.place(wanted_by("anna"))
    receipt = arrive(world, line).receipts[0]
    world.write(lambda tx: undo(tx, receipt.id, DESK))
    (hold,) = all_holds(world)
    assert (hold.state, hold.reason, hold.due) == (HoldState.FAILED, "the receipt was undone", None)
    assert slug_of(lambda: set_to(world, hold, HoldState.WANTED)) == "hold_refused"
    arrive(world, line)
    assert [each[2] for each in who(world, line)] == ["failed", "wanted"]
    assert differences(world) == []


# -- what became of it --------------------------------------------------------------------------


def set_to(world: World, hold: Hold, state: HoldState, reason: str = "") -> Hold:
    settled = world.write(lambda tx: settle(tx, hold.id, state, reason))
    assert isinstance(settled, Hold)
    return settled


def kept(world: World) -> Hold:
    """A hold for Anna, just made."""
    line = world.place(wanted_by("anna"))
    arrive(world, line)
    return all_holds(world)[0]


def test_the_circulation_system_takes_it_and_finishes(world: World) -> None:
    hold = kept(world)
    assert set_to(world, hold, HoldState.PASSED_ON).due is None
    assert set_to(world, hold, HoldState.PASSED_ON).state is HoldState.PASSED_ON
    assert set_to(world, hold, HoldState.DONE).state is HoldState.DONE
    assert slug_of(lambda: set_to(world, hold, HoldState.WANTED)) == "hold_refused"
    assert slug_of(lambda: set_to(world, hold, HoldState.FAILED, "no")) == "hold_refused"


def test_a_failure_needs_its_reason_and_is_offered_again_later(world: World, clock: FixedClock) -> None:
    hold = kept(world)
    assert slug_of(lambda: set_to(world, hold, HoldState.FAILED)) == "field_missing"
    failed = set_to(world, hold, HoldState.FAILED, "patron is blocked")
    assert (failed.reason, failed.attempts) == ("patron is blocked", 1)
    clock.advance(29 * MINUTE)
    assert offer(world) == 0
    clock.advance(1 * MINUTE)
    assert offer(world) == 1
    (again,) = all_holds(world)
    assert (again.state, again.reason) == (HoldState.WANTED, "patron is blocked")
    assert len(events(world, "hold.wanted")) == 2


def test_one_nobody_takes_is_offered_ever_later_and_left_failed(world: World, clock: FixedClock) -> None:
    kept(world)
    waits = []
    for attempt in range(holds.MOST_ATTEMPTS):
        waits.append(wait_for(attempt))
        clock.advance(int(wait_for(attempt).total_seconds()))
        assert offer(world) == 1
    (left,) = all_holds(world)
    assert (left.state, left.reason, left.due) == (HoldState.FAILED, holds.NOT_TAKEN, None)
    assert waits == sorted(waits)
    clock.advance(days=30)
    assert offer(world) == 0
    assert set_to(world, left, HoldState.WANTED).attempts == 0


def offer(world: World) -> int:
    count = world.write(holds.offer_again)
    assert isinstance(count, int)
    return count


def test_of_four_who_settle_at_once_the_hold_moves_once(world: World) -> None:
    hold = kept(world)

    def finish(n: int) -> str:
        state = HoldState.DONE if n % 2 else HoldState.PASSED_ON
        return slug_of(lambda: set_to(world, hold, state))

    with ThreadPoolExecutor(4) as threads:
        outcomes = set(threads.map(finish, range(4)))
    assert outcomes <= {"", "hold_refused"}
    assert all_holds(world)[0].state in (HoldState.DONE, HoldState.PASSED_ON)


def test_holds_are_listed_by_state_line_and_person(world: World) -> None:
    line = world.place(wanted_by("anna", "ben", copies=2))
    arrive(world, line)
    first, second = all_holds(world)
    set_to(world, first, HoldState.DONE)
    assert all_holds(world, states=[HoldState.DONE])[0].primary_id == "anna"
    assert all_holds(world, primary_id="ben")[0].id == second.id
    assert all_holds(world, line="POL-0") == []
    found, total = world.read(lambda tx: holds.holds(tx, limit=1, offset=1))
    assert ([each.id for each in found], total) == ([second.id], 2)
    assert slug_of(lambda: world.read(lambda tx: holds.hold(tx, 99))) == "record_missing"


def test_done_is_an_end_and_every_state_is_reached() -> None:
    assert HOLD_STATES.events(HoldState.DONE) == ()
    assert {move.target for move in HOLD_STATES.moves} == set(HoldState)


# -- letters ------------------------------------------------------------------------------------


def write_letters(world: World, topic: str) -> None:
    """What the outbox's worker does with news of that topic."""

    def work(tx: Tx) -> None:
        rows = tx.execute(
            select(outbox)
            .where(outbox.c.institution == tx.institution, outbox.c.topic == topic)
            .order_by(outbox.c.id)
        ).all()
        for row in rows:
            notify.REACTIONS[topic].act(
                tx, News(row.id, row.topic, row.subject, row.payload, row.at, row.due, 1)
            )

    world.write(work)


def written(world: World) -> list[Any]:
    page = world.read(letters.letters)
    return [world.read(lambda tx, each=each: letters.letter(tx, each.id)) for each in page.letters]


def test_who_wants_to_hear_gets_one_letter_with_what_matters(world: World) -> None:
    line = world.place(
        book(
            places=(PlaceWish("MAIN", "STACKS", 2),),
            interested=(
                InterestedWish("anna", notify_receiving_activation=True, hold_item=True),
                InterestedWish("ben", hold_item=True),
            ),
        )
    )
    arrive(world, line, 1)
    arrive(world, line, 1)
    write_letters(world, "po_line.received")
    write_letters(world, "po_line.received")
    (letter,) = written(world)
    assert (letter.kind, letter.recipient) == ("notify_receiving_activation", "anna@uni.example")
    for words in ("A new book", "Anna Able", "put aside for you", "Main Library"):
        assert words in letter.text


def test_of_a_subscription_every_issue_is_told(world: World) -> None:
    line = world.place(
        book(
            type="PRINTED_JOURNAL_CO",
            renewal_date=date(2027, 1, 1),
            interested=(InterestedWish("anna", notify_receiving_activation=True),),
        )
    )
    for _ in range(2):
        world.write(lambda tx: receive_new(tx, line.number, NewItem(), DESK))
    write_letters(world, "po_line.received")
    assert len(written(world)) == 2


def test_an_e_book_switched_on_is_told_with_its_address(world: World) -> None:
    from openacq.ordering.model import Terms

    line = world.place(
        book(
            type="E_BOOK_OT",
            places=(),
            terms=Terms(url="https://read.example/1"),
            interested=(InterestedWish("anna", notify_receiving_activation=True),),
        )
    )
    world.write(lambda tx: activate(tx, line.number, DESK))
    write_letters(world, "po_line.received")
    (letter,) = written(world)
    assert "https://read.example/1" in letter.text


def test_nobody_interested_no_letter(world: World) -> None:
    arrive(world, world.place(wanted_by("anna")))
    write_letters(world, "po_line.received")
    assert written(world) == []
