"""Subscriptions go on: by themselves on their day, or by hand with another date, period or price."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from openacq.catalogue.model import Description
from openacq.directory import service as directory
from openacq.history import service as history
from openacq.kernel.clock import FixedClock
from openacq.letters import service as letters
from openacq.ordering import renew as renewing
from openacq.ordering.model import InterestedWish, Line, LineState, ShareWish, Sum, Terms
from openacq.ordering.progress import of_lines
from openacq.ordering.renew import DueRenewal, Renewal, Renewed, months_later, renew
from openacq.store import Tx
from tests.ordering.life import DESK, differences, send, slug_of, state
from tests.ordering.test_holds import write_letters
from tests.ordering.world import World, book

BY_HAND = LineState.WAITING_FOR_MANUAL_RENEWAL
WAITING = LineState.WAITING_FOR_RENEWAL


def subscription(world: World, **changes: Any) -> Line:
    """A journal renewed by hand on 1 April, sent."""
    wish = {"type": "PRINTED_JOURNAL_CO", "renewal_date": date(2026, 4, 1), **changes}
    line = world.place(book(**wish))
    assert line.state is LineState.AUTO_PACKAGING, line.alerts
    send(world, line)
    return line


def by_itself(world: World, cycle: str = "1", **changes: Any) -> Line:
    return subscription(world, manual_renewal=False, terms=Terms(renewal_cycle=cycle), **changes)


def run(world: World) -> int:
    """What the job does."""
    count = world.write(lambda tx: renewing.renew_due(tx, DESK))
    assert isinstance(count, int)
    return count


def renewed(world: World, line: Line, **agreed: Any) -> Renewed:
    done = world.write(lambda tx: renew(tx, line.number, Renewal(**agreed), DESK))
    assert isinstance(done, Renewed)
    return done


def listed(world: World, **which: Any) -> list[DueRenewal]:
    found, total = world.read(lambda tx: renewing.due_renewals(tx, **which))
    assert total == len(found)
    return list(found)


# -- by itself ----------------------------------------------------------------------------------


def test_a_line_moves_its_date_on_by_its_cycle(world: World, clock: FixedClock) -> None:
    line = by_itself(world)
    assert run(world) == 0
    clock.advance(days=30)
    assert run(world) == 1
    assert (state(world, line), world.line(line.number).renewal_date) == (WAITING, date(2027, 4, 1))
    assert run(world) == 0
    assert world.balance("HIST").encumbered.text() == "50.00"
    assert differences(world) == []


def test_a_line_long_overdue_catches_up_by_whole_cycles(world: World, clock: FixedClock) -> None:
    line = by_itself(world, cycle="2", renewal_date=date(2025, 3, 31))
    clock.advance(days=1500)
    run(world)
    assert world.line(line.number).renewal_date == date(2031, 3, 31)


@pytest.mark.parametrize("terms", [Terms(), Terms(renewal_cycle="X")])
def test_a_line_whose_cycle_nobody_knows_comes_on_the_list(
    world: World, clock: FixedClock, terms: Terms
) -> None:
    from openacq.codes import service as codes

    world.load(codes, "code_row", {"table": "RenewalCycle", "code": "X", "description": "As agreed"})
    line = subscription(world, manual_renewal=False, terms=terms)
    clock.advance(days=30)
    run(world)
    assert state(world, line) is BY_HAND


# -- by hand ------------------------------------------------------------------------------------


def test_a_line_comes_on_the_list_its_period_before_the_day(world: World, clock: FixedClock) -> None:
    line = subscription(world, terms=Terms(renewal_period=20, renewal_note="Ask the department"))
    clock.advance(days=9)
    assert run(world) == 0
    clock.advance(days=1)
    assert run(world) == 1
    assert state(world, line) is BY_HAND
    (due,) = listed(world)
    assert (due.line, due.day, due.days, due.note, due.period) == (
        line.number,
        date(2026, 4, 1),
        20,
        "Ask the department",
        20,
    )
    assert due.net is not None
    assert due.net.text() == "50.00"


def test_those_interested_are_told_that_somebody_has_to_renew(world: World, clock: FixedClock) -> None:
    world.load(directory, "user", {"primary_id": "anna", "last_name": "Able", "email": "anna@uni.example"})
    line = subscription(
        world, interested=(InterestedWish("anna", notify_renewal=True), InterestedWish("patron1"))
    )
    clock.advance(days=30)
    run(world)
    write_letters(world, "po_line.renewal_due")
    page = world.read(letters.letters)
    assert [(each.kind, each.recipient) for each in page.letters] == [("notify_renewal", "anna@uni.example")]
    text = world.read(lambda tx: letters.letter(tx, page.letters[0].id)).text
    assert "A new book" in text
    assert "1 April 2026" in text
    assert page.letters[0].source.id == line.number


def test_a_line_is_renewed_with_another_date_and_period(world: World, clock: FixedClock) -> None:
    line = subscription(world)
    clock.advance(days=30)
    run(world)
    done = renewed(world, line, day=date(2027, 4, 1), period=30, note="Three years agreed")
    assert (done.state, done.day) == (WAITING, date(2027, 4, 1))
    now = world.line(line.number)
    assert (now.renewal_date, now.terms.renewal_period, now.terms.renewal_note) == (
        date(2027, 4, 1),
        30,
        "Three years agreed",
    )
    assert due_day(world, line) == date(2027, 3, 2)
    assert listed(world) == []
    clock.advance(days=335)
    run(world)
    assert state(world, line) is BY_HAND


def due_day(world: World, line: Line) -> date | None:
    from sqlalchemy import select

    from openacq.ordering.tables import po_lines

    def work(tx: Tx) -> date | None:
        found: date | None = tx.execute(
            select(po_lines.c.renewal_due).where(
                po_lines.c.institution == tx.institution, po_lines.c.id == line.id
            )
        ).scalar_one()
        return found

    day = world.read(work)
    assert day is None or isinstance(day, date)
    return day


def test_a_cycle_tells_the_next_date_and_can_be_changed(world: World) -> None:
    line = subscription(world, terms=Terms(renewal_cycle="1"))
    assert renewed(world, line).day == date(2027, 4, 1)
    done = renewed(world, line, cycle="3", by_hand=False)
    assert done.day == date(2030, 4, 1)
    now = world.line(line.number)
    assert (now.manual_renewal, now.terms.renewal_cycle) == (False, "3")


@pytest.mark.parametrize(
    ("agreed", "slug"),
    [
        ({}, "field_missing"),
        ({"day": date(2026, 3, 2)}, "date_passed"),
        ({"day": date(2027, 1, 1), "cycle": "99"}, "code_illegal"),
        ({"day": date(2027, 1, 1), "period": -1}, "value_wrong_type"),
        ({"day": date(2027, 1, 1), "price": Sum("12,50", "USD")}, "price_invalid"),
        ({"day": date(2027, 1, 1), "price": Sum("-1", "USD")}, "price_negative"),
        ({"day": date(2027, 1, 1), "price": Sum("1.00", "EUR")}, "share_currency"),
        ({"day": date(2027, 1, 1), "price": Sum("9999999999", "USD")}, "total_too_large"),
    ],
)
def test_what_cannot_be_agreed_is_refused(world: World, agreed: dict[str, Any], slug: str) -> None:
    from openacq.ordering.model import PlaceWish

    line = subscription(world, places=(PlaceWish("MAIN", "STACKS", 2),))
    assert slug_of(lambda: renewed(world, line, **agreed)) == slug
    assert world.line(line.number).renewal_date == date(2026, 4, 1)


def test_a_one_time_line_and_an_unsent_one_are_not_renewed(world: World) -> None:
    once = world.place(book())
    send(world, once)
    unsent = world.place(
        book(
            type="PRINTED_JOURNAL_CO",
            renewal_date=date(2026, 4, 1),
            reference="R-2",
            title=Description(title="Second"),
        )
    )
    for line in (once, unsent):
        assert slug_of(lambda line=line: renewed(world, line, day=date(2027, 1, 1))) == "move_refused"
    assert slug_of(lambda: world.write(lambda tx: renew(tx, "POL-0", Renewal(), DESK))) == "line_not_found"


# -- another price ------------------------------------------------------------------------------


def test_a_new_price_is_encumbered_over_the_funds_as_the_old_was(world: World) -> None:
    line = subscription(
        world,
        shares=(
            ShareWish("HIST", amount=Sum("30.00", "USD")),
            ShareWish("ART", amount=Sum("20.00", "USD")),
        ),
    )
    done = renewed(world, line, day=date(2027, 4, 1), price=Sum("55.55", "USD"))
    assert done.net is not None
    assert (done.net.text(), done.alerts) == ("55.55", ())
    assert world.balance("HIST").encumbered.text() == "33.33"
    assert world.balance("ART").encumbered.text() == "22.22"
    now = world.line(line.number)
    assert now.price is not None
    assert now.price.text() == "55.55"
    assert [share.amount.text() for share in now.shares if share.amount] == ["33.33", "22.22"]
    assert differences(world) == []


def test_percents_stay_percents(world: World) -> None:
    line = subscription(world, shares=(ShareWish("HIST", percent="33.33"), ShareWish("ART", percent="66.67")))
    renewed(world, line, day=date(2027, 4, 1), price=Sum("100.00", "USD"))
    assert world.balance("HIST").encumbered.text() == "33.33"
    assert world.balance("ART").encumbered.text() == "66.67"
    assert [share.percent for share in world.line(line.number).shares] == [333_300, 666_700]


def test_a_price_the_fund_cannot_carry_is_told_and_nothing_hangs(world: World) -> None:
    line = subscription(world)
    done = renewed(world, line, day=date(2027, 4, 1), price=Sum("1200.00", "USD"))
    assert [each.slug for each in done.alerts] == ["fund_short"]
    assert world.balance("HIST").encumbered.units == 0
    assert "fund_short" in {each.slug for each in world.line(line.number).alerts}
    renewed(world, line, day=date(2027, 4, 1), price=Sum("60.00", "USD"))
    assert "fund_short" not in {each.slug for each in world.line(line.number).alerts}
    assert world.balance("HIST").encumbered.text() == "60.00"
    assert differences(world) == []


# -- the list -----------------------------------------------------------------------------------


def test_the_list_looks_ahead_when_asked(world: World, clock: FixedClock) -> None:
    soon = by_itself(world)
    later = by_itself(world, renewal_date=date(2026, 9, 1), reference="R-2", title=Description(title="Later"))
    assert listed(world) == []
    assert [each.line for each in listed(world, until=date(2026, 4, 1))] == [soon.number]
    assert [each.line for each in listed(world, until=date(2026, 12, 31))] == [soon.number, later.number]
    assert listed(world, until=date(2026, 12, 31), vendor="OASIS") == []
    assert not listed(world, until=date(2026, 4, 1))[0].by_hand


def test_what_was_agreed_is_in_the_history(world: World) -> None:
    line = subscription(world)
    renewed(world, line, day=date(2027, 4, 1), price=Sum("60.00", "USD"))
    entries = world.read(lambda tx: history.of(tx, "po_line", line.number))
    changes = [(each.field, each.old, each.new) for each in entries]
    assert ("renewal_date", "2026-04-01", "2027-04-01") in changes
    assert ("price", "50.00 USD", "60.00 USD") in changes


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 3, 31), 24, date(2028, 3, 31)),
        (date(9999, 6, 1), 12, date.max),
    ],
)
def test_months_later(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected


def test_progress_knows_the_length_of_a_cycle(world: World) -> None:
    line = by_itself(world, cycle="2")
    assert world.read(lambda tx: of_lines(tx, [line.id])[line.id].months) == 24
