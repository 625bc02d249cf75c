"""The books as a whole: a period's tree, how money went day by day, what stands behind a number, proofs."""

from __future__ import annotations

from datetime import date

import pytest

from openacq.kernel.clock import FixedClock
from openacq.ledger import service
from openacq.ledger.model import (
    Branch,
    BurnDown,
    Difference,
    PostingKind,
    ShareToEncumber,
    Source,
)
from openacq.store import Tx
from tests.conftest import Do
from tests.ledger.money import allot, fill, the_fund, usd


def tree(tx: Tx) -> dict[str, Branch]:
    period = service.current_period(tx)
    assert period is not None
    return {branch.fund.code: branch for branch in service.tree(tx, period.id)}


def chart(tx: Tx, code: str) -> BurnDown:
    return service.burn_down(tx, tree(tx)[code])


def promise(tx: Tx, code: str, sum_: str, line: int) -> None:
    share = ShareToEncumber(1, the_fund(tx, code).id, usd(sum_))
    service.encumber(tx, Source("po_line", line), [share])


def test_the_tree_stands_in_order_and_sums_up(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: promise(tx, "HIST", "30.00", 1))
    found = read(tree)
    assert [(code, branch.depth) for code, branch in found.items()] == [
        ("BOOKS", 0),
        ("HUM", 1),
        ("HIST", 2),
        ("SCI", 1),
    ]
    assert found["BOOKS"].balance.allocated.text() == "200.00"
    assert found["BOOKS"].balance.available.text() == "170.00"
    assert found["HUM"].balance.encumbered.text() == "30.00"
    assert len(found["BOOKS"].below) == 2
    ids = [branch.fund.id for branch in found.values()]
    kept = read(lambda tx: service.balances(tx, ids))
    assert {branch.fund.id: branch.balance for branch in found.values()} == kept


def test_the_line_goes_down_day_by_day(write: Do, read: Do, clock: FixedClock) -> None:
    write(fill)
    clock.advance(days=10)
    write(lambda tx: promise(tx, "HIST", "30.00", 1))
    write(lambda tx: promise(tx, "HIST", "10.00", 2))
    clock.advance(days=10)
    found = read(lambda tx: chart(tx, "HIST"))
    assert [(point.day, point.units // 10_000) for point in found.points] == [
        (date(2026, 3, 2), 100),
        (date(2026, 3, 12), 60),
        (date(2026, 3, 22), 60),
    ]
    assert found.allocated_units == 100 * 10_000
    # 40 in 20 days; 284 days are to come
    assert found.forecast_units == 60 * 10_000 - 568 * 10_000
    assert found.empty_on == date(2026, 4, 21)


def test_a_summary_fund_goes_down_with_all_below(write: Do, read: Do, clock: FixedClock) -> None:
    write(fill)
    clock.advance(days=1)
    write(lambda tx: promise(tx, "HIST", "30.00", 1))
    write(lambda tx: promise(tx, "SCI", "5.00", 2))
    found = read(lambda tx: chart(tx, "BOOKS"))
    assert [point.units // 10_000 for point in found.points] == [200, 165]


def test_the_day_is_that_of_the_institution(write: Do, read: Do, clock: FixedClock) -> None:
    write(fill)
    clock.advance(15 * 3600)
    write(lambda tx: promise(tx, "HIST", "30.00", 1))
    found = read(lambda tx: chart(tx, "HIST"))
    assert [point.day.day for point in found.points] == [2, 3]


def test_money_that_comes_later_lifts_the_line(write: Do, read: Do, clock: FixedClock) -> None:
    write(fill)
    clock.advance(days=5)
    write(lambda tx: allot(tx, {"HIST": "50.00"}, "more"))
    found = read(lambda tx: chart(tx, "HIST"))
    assert [point.units // 10_000 for point in found.points] == [100, 150]
    assert found.forecast_units == 150 * 10_000
    assert found.empty_on is None


def test_nothing_is_foreseen_on_the_first_day_and_after_the_last(
    write: Do, read: Do, clock: FixedClock
) -> None:
    write(fill)
    assert read(lambda tx: chart(tx, "HIST")).forecast_units is None
    branch = read(tree)["HIST"]
    clock.advance(days=400)
    found = read(lambda tx: service.burn_down(tx, branch))
    assert (found.forecast_units, found.points[-1].day) == (None, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2025, 6, 1), "100"),
        (date(2026, 1, 1), "100"),
        (date(2026, 12, 31), "0"),
        (date(2027, 6, 1), "0"),
    ],
)
def test_the_even_pace_goes_from_all_to_nothing(write: Do, read: Do, day: date, left: str) -> None:
    write(fill)
    assert read(lambda tx: chart(tx, "HIST")).even_pace(day) == int(left) * 10_000


def test_an_empty_fund_has_a_flat_line(write: Do, read: Do) -> None:
    write(lambda tx: fill(tx, money=""))
    found = read(lambda tx: chart(tx, "HIST"))
    assert (found.allocated_units, {point.units for point in found.points}) == (0, {0})


def test_postings_of_several_funds_make_a_page(write: Do, read: Do, clock: FixedClock) -> None:
    write(fill)
    clock.advance(60)
    write(lambda tx: promise(tx, "HIST", "30.00", 7))
    below = read(tree)["BOOKS"].below
    found, total = read(lambda tx: service.postings_behind(tx, below, limit=2))
    assert total == 3
    assert (found[0].kind, found[0].source) == (PostingKind.ENCUMBRANCE, Source("po_line", 7))
    only = [PostingKind.ALLOCATION]
    found, total = read(lambda tx: service.postings_behind(tx, below, only, limit=10))
    assert ([posting.amount.text() for posting in found], total) == (["100.00", "100.00"], 2)
    assert read(lambda tx: service.postings_behind(tx, (), limit=10)) == ([], 0)


def test_who_moved_money_is_known(write: Do, read: Do) -> None:
    write(fill)
    movement = write(lambda tx: service.allocate(tx, the_fund(tx, "HIST").id, usd("5.00"), actor="mary"))
    assert read(lambda tx: service.actors_of(tx, [movement, 4711])) == {movement: "mary"}


def test_the_last_proof_is_kept(write: Do, read: Do, clock: FixedClock) -> None:
    assert read(service.last_proof) is None
    write(lambda tx: service.keep_proof(tx, {"ledger": [], "ordering": []}))
    first = read(service.last_proof)
    assert first is not None
    assert (first.at, first.agrees) == (clock.now(), True)
    clock.advance(days=1)
    wrong = [Difference(f"fund {number}", "encumbered", "1", "2") for number in range(80)]
    write(lambda tx: service.keep_proof(tx, {"ledger": wrong, "ordering": []}))
    second = read(service.last_proof)
    assert second is not None
    assert not second.agrees
    assert [(part.name, part.differences, len(part.told)) for part in second.parts] == [
        ("ledger", 80, 50),
        ("ordering", 0, 0),
    ]
    assert second.parts[0].told[0] == wrong[0]
