"""What does not come is claimed: when, of whom, again, and what the vendor says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from openacq.catalogue.model import Description
from openacq.history import service as history
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.letters import service as letters
from openacq.ordering import claim, moves, progress
from openacq.ordering.claim import Claim
from openacq.ordering.close import close, reopen
from openacq.ordering.model import Line, PlaceWish, Terms
from openacq.ordering.receive import activate, undo
from openacq.ordering.tables import po_lines
from openacq.store import Tx
from openacq.vendors import service as vendors
from tests.ordering.life import DESK, arrive, differences, send, slug_of
from tests.ordering.world import World, book

TERMS = Terms(expected_receipt_interval="30", claiming_interval="10", reclaim_interval="7")


def sent(world: World, **changes: Any) -> Line:
    """A line with intervals, sent on 2 March."""
    line = world.place(book(**{"terms": TERMS, **changes}))
    send(world, line)
    return line


def due_day(world: World, line: Line) -> date | None:
    found = world.read(lambda tx: progress.of_lines(tx, [line.id])[line.id].claim_due)
    assert found is None or isinstance(found, date)
    return found


def due(world: World, by: date | None = None) -> list[tuple[str, int]]:
    found, total = world.read(lambda tx: claim.due_claims(tx, by=by))
    assert total == len(found)
    return [(each.line, each.number) for each in found]


# -- when ---------------------------------------------------------------------------------------


def test_a_line_is_due_an_interval_after_the_day_it_is_expected(world: World, clock: FixedClock) -> None:
    line = sent(world)
    assert world.line(line.number).expected_receipt_date == date(2026, 4, 1)
    assert due_day(world, line) == date(2026, 4, 11)
    assert due(world) == []
    clock.advance(days=40)
    assert due(world) == [(line.number, 1)]


def test_the_day_somebody_expects_counts_before_the_interval(world: World) -> None:
    line = sent(world, expected_receipt_date=date(2026, 5, 1))
    assert world.line(line.number).expected_receipt_date == date(2026, 5, 1)
    assert due_day(world, line) == date(2026, 5, 11)


def test_an_e_book_is_expected_to_be_switched_on(world: World) -> None:
    terms = Terms(expected_activation_interval="14", claiming_interval="5")
    line = sent(world, type="E_BOOK_OT", places=(), terms=terms)
    assert world.line(line.number).terms.expected_activation_date == date(2026, 3, 16)
    assert due_day(world, line) == date(2026, 3, 21)
    world.write(lambda tx: activate(tx, line.number, DESK))
    assert due_day(world, line) is None


@pytest.mark.parametrize(
    "terms", [Terms(), Terms(expected_receipt_interval="30"), Terms(claiming_interval="10")]
)
def test_without_its_intervals_a_line_is_never_due(world: World, terms: Terms) -> None:
    assert due_day(world, sent(world, terms=terms)) is None


def test_the_intervals_of_the_account_are_the_line_s(world: World) -> None:
    world.load(
        vendors,
        "vendor_account",
        {"vendor": "GOBI", "code": "GOBI-MAIN", "expected_receipt_interval": 20, "claiming_interval": 5},
    )
    assert due_day(world, sent(world, terms=Terms())) == date(2026, 3, 27)


def test_what_arrived_is_not_due_and_what_went_back_is(world: World) -> None:
    line = sent(world, places=(PlaceWish("MAIN", "STACKS", 2),))
    arrive(world, line, 1)
    assert due_day(world, line) == date(2026, 4, 11)
    receipt = arrive(world, line).receipts[0]
    assert due_day(world, line) is None
    world.write(lambda tx: undo(tx, receipt.id, DESK))
    assert due_day(world, line) == date(2026, 4, 11)
    assert differences(world) == []


def test_a_subscription_is_claimed_until_its_first_issue(world: World) -> None:
    from openacq.ordering.receive import NewItem, receive_new

    line = sent(world, type="PRINTED_JOURNAL_CO", renewal_date=date(2027, 1, 1))
    assert due_day(world, line) == date(2026, 4, 11)
    world.write(lambda tx: receive_new(tx, line.number, NewItem(), DESK))
    assert due_day(world, line) is None


def test_invoiced_closed_and_cancelled_lines_are_not_claimed(world: World, clock: FixedClock) -> None:
    invoiced, closed, cancelled = (
        sent(world, reference=name, places=(PlaceWish("MAIN", "STACKS", 2),), title=Description(title=name))
        for name in ("R-1", "R-2", "R-3")
    )
    world.write(
        lambda tx: tx.execute(
            update(po_lines)
            .where(po_lines.c.institution == tx.institution, po_lines.c.id == invoiced.id)
            .values(invoiced_units=1)
        )
    )
    arrive(world, closed, 1)
    world.write(lambda tx: close(tx, [closed.id], DESK))
    world.write(lambda tx: moves.move_lines(tx, [cancelled.id], "cancel", DESK))
    clock.advance(days=100)
    assert due(world) == []
    for line in (invoiced, closed, cancelled):
        assert slug_of(lambda line=line: claimed(world, line)) == "claim_refused"
    world.write(lambda tx: reopen(tx, [closed.id], DESK))
    assert due(world) == [(closed.number, 1)]


# -- claiming -----------------------------------------------------------------------------------


def claimed(world: World, *lines: Line, **how: Any) -> list[Claim]:
    found = world.write(lambda tx: claim.claim(tx, [line.number for line in lines], DESK, **how))
    assert isinstance(found, list)
    return found


def test_the_first_claim_is_followed_by_others_in_their_interval(world: World, clock: FixedClock) -> None:
    line = sent(world)
    clock.advance(days=40)
    (first,) = claimed(world, line)
    assert (first.number, first.by) == (1, "receiving desk")
    assert due_day(world, line) == date(2026, 4, 18)
    assert due(world) == []
    clock.advance(days=7)
    assert due(world) == [(line.number, 2)]
    claimed(world, line)
    assert [each.number for each in world.read(lambda tx: claim.claims_of(tx, line.number))] == [1, 2]
    arrive(world, line)
    assert due_day(world, line) is None
    assert differences(world) == []


def test_of_five_who_claim_at_once_one_does(world: World) -> None:
    line = sent(world)

    def once(_: int) -> str:
        return slug_of(lambda: claimed(world, line, letter=False))

    for _ in range(3):
        with ThreadPoolExecutor(5) as threads:
            outcomes = list(threads.map(once, range(5)))
        assert set(outcomes) <= {"", "claim_overtaken"}
    assert differences(world) == []


def test_one_letter_goes_to_each_account_and_names_its_lines(world: World, clock: FixedClock) -> None:
    mail = {"email": [{"email_address": "claims@gobi.example", "email_type": ["claimMail"]}]}
    world.load(vendors, "vendor", {"code": "GOBI", "name": "GOBI", "contact_info": mail})
    first = sent(world)
    second = sent(world, reference="R-2", title=Description(title="Second book"))
    other = sent(
        world, reference="R-3", vendor="OASIS", account="OASIS-1", title=Description(title="Third book")
    )
    clock.advance(days=41)
    made = claimed(world, first, second, other, note="Please look")
    ids = {each.letter_id for each in made}
    assert len(ids) == 2
    letter = world.read(lambda tx: letters.letter(tx, made[0].letter_id or 0))
    assert (letter.kind, letter.recipient) == ("claim", "claims@gobi.example")
    assert made[0].letter_id == made[1].letter_id
    for words in (first.number, second.number, "Second book", "Please look", "Main Library"):
        assert words in letter.text
    assert other.number not in letter.text


def test_a_claim_may_be_noted_without_a_letter(world: World) -> None:
    line = sent(world)
    (made,) = claimed(world, line, letter=False)
    assert made.letter_id is None
    assert world.read(letters.letters).total == 0


def test_lines_that_cannot_be_claimed_are_all_named_and_nothing_is_sent(world: World) -> None:
    good = sent(world)
    unsent = world.place(book(reference="R-2", title=Description(title="Second")))
    arrived = sent(world, reference="R-3", title=Description(title="Third"))
    arrive(world, arrived)
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: claim.claim(tx, [good.number, unsent.number, arrived.number, "POL-0"], DESK))
    assert {(each.slug, each.value) for each in refused.value.problems} == {
        ("claim_refused", unsent.number),
        ("claim_refused", arrived.number),
        ("line_not_found", "POL-0"),
    }
    assert world.read(lambda tx: claim.claims_of(tx, good.number)) == []


# -- put off and answered -----------------------------------------------------------------------


def test_a_claim_is_put_off(world: World, clock: FixedClock) -> None:
    line = sent(world, places=(PlaceWish("MAIN", "STACKS", 2),))
    clock.advance(days=41)
    world.write(lambda tx: claim.postpone(tx, [line.number], date(2026, 5, 1), DESK))
    assert due(world) == []
    assert due(world, date(2026, 5, 1)) == [(line.number, 1)]
    arrive(world, line, 1)
    assert due_day(world, line) == date(2026, 5, 1)
    past = slug_of(lambda: world.write(lambda tx: claim.postpone(tx, [line.number], date(2026, 4, 1), DESK)))
    assert past == "date_passed"


def test_the_vendor_s_answer_is_kept_and_a_new_day_moves_the_next_claim(world: World) -> None:
    line = sent(world)
    (made,) = claimed(world, line, letter=False)
    answered = world.write(
        lambda tx: claim.answer(tx, made.id, "Reprinting", DESK, expected=date(2026, 6, 1))
    )
    assert (answered.answer, answered.answered is not None) == ("Reprinting", True)
    assert world.line(line.number).expected_receipt_date == date(2026, 6, 1)
    assert due_day(world, line) == date(2026, 6, 11)
    assert slug_of(lambda: world.write(lambda tx: claim.answer(tx, 9, "?", DESK))) == "record_missing"


def test_due_claims_are_told_of_once(world: World, clock: FixedClock) -> None:
    line = sent(world)
    clock.advance(days=41)
    assert [told(world), told(world)] == [1, 0]
    claimed(world, line)
    clock.advance(days=8)
    assert [told(world), told(world)] == [1, 0]


def told(world: World) -> int:
    count = world.write(claim.tell_of_due)
    assert isinstance(count, int)
    return count


def test_claims_are_in_the_history(world: World) -> None:
    line = sent(world)
    claimed(world, line, letter=False)

    def fields(tx: Tx) -> list[tuple[str, str | None, str | None]]:
        return [(each.field, each.old, each.new) for each in history.of(tx, "po_line", line.number)]

    assert ("claims_sent", "0", "1") in world.read(fields)
