"""Money is given to funds and moved between them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from openacq.kernel.money import Money
from openacq.kernel.refusal import Refusal
from openacq.kernel.verdict import Verdict
from openacq.ledger import service
from openacq.ledger.model import FundFilter, PostingFilter, PostingKind
from openacq.ledger.tables import fund_movements
from openacq.store import Tx
from tests.conftest import Do
from tests.ledger.money import HISTORY, LEDGER, assert_books_are_right, fill, order, sums, the_fund, usd


def give(tx: Tx, code: str, amount: Money, reference: str = "") -> int:
    return service.allocate(
        tx, the_fund(tx, code).id, amount, reference=reference, note="budget", actor="ada"
    )


def move(tx: Tx, giving: str, receiving: str, amount: Money) -> int:
    return service.transfer(tx, the_fund(tx, giving).id, the_fund(tx, receiving).id, amount)


def refused(caught: pytest.ExceptionInfo[Refusal]) -> tuple[str, str]:
    (problem,) = caught.value.problems
    return problem.slug, problem.message()


def test_money_comes_and_goes_and_the_act_is_kept(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: give(tx, "HIST", usd("50.00"), "B-1"))
    write(lambda tx: give(tx, "HIST", usd("-20.00")))
    assert sums(read, "HIST")[0] == "130.00"
    acts = read(
        lambda tx: tx.execute(
            select(fund_movements.c.actor, fund_movements.c.note, fund_movements.c.reference).where(
                fund_movements.c.institution == tx.institution, fund_movements.c.actor != ""
            )
        ).all()
    )
    assert sorted(acts, key=str) == [("ada", "budget", "B-1"), ("ada", "budget", None)]
    assert_books_are_right(read)


def test_money_in_use_cannot_be_taken_away(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 1, ("HIST", usd("70.00"))))
    with pytest.raises(Refusal) as caught:
        write(lambda tx: give(tx, "HIST", usd("-40.00")))
    assert refused(caught) == ("fund_short", "Fund HIST has 30.00 USD free; 10.00 USD are missing.")
    write(lambda tx: give(tx, "HIST", usd("-30.00")))
    assert sums(read, "HIST") == ("70.00", "70.00", "0.00", "70.00", "0.00")
    assert_books_are_right(read)


def test_new_money_makes_room_for_orders(write: Do, read: Do) -> None:
    write(fill)
    assert write(lambda tx: order(tx, 1, ("HIST", usd("120.00"))))[0].posted is None
    write(lambda tx: give(tx, "HIST", usd("20.00")))
    assert write(lambda tx: order(tx, 2, ("HIST", usd("120.00"))))[0].posted == usd("120.00")


def test_a_reference_is_used_once(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: give(tx, "HIST", usd("50.00"), "B-1"))
    with pytest.raises(Refusal) as caught:
        write(lambda tx: give(tx, "SCI", usd("50.00"), "B-1"))
    assert refused(caught)[0] == "code_taken"
    assert sums(read, "SCI")[0] == "100.00"


@pytest.mark.parametrize(
    ("code", "amount", "slug"),
    [
        ("BOOKS", usd("1"), "fund_holds_no_money"),
        ("HUM", usd("1"), "fund_holds_no_money"),
        ("HIST", Money.parse("1", "EUR"), "fund_currency_differs"),
    ],
)
def test_money_lies_in_allocated_funds_in_their_currency(
    code: str, amount: Money, slug: str, write: Do
) -> None:
    write(fill)
    with pytest.raises(Refusal) as caught:
        write(lambda tx: give(tx, code, amount))
    assert refused(caught)[0] == slug


def test_an_inactive_or_missing_fund_gets_nothing(write: Do) -> None:
    write(fill)
    write(lambda tx: service.load(tx, "fund", [{"code": "HIST", "status": "INACTIVE"}]))
    with pytest.raises(Refusal) as caught:
        write(lambda tx: give(tx, "HIST", usd("1")))
    assert refused(caught)[0] == "fund_inactive"
    with pytest.raises(Refusal) as caught:
        write(lambda tx: service.allocate(tx, 404_404_404, usd("1")))
    assert refused(caught)[0] == "fund_not_found"


def test_a_transfer_takes_here_and_gives_there(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: move(tx, "HIST", "SCI", usd("25.50")))
    assert (sums(read, "HIST")[0], sums(read, "SCI")[0], sums(read, "BOOKS")[0]) == (
        "74.50",
        "125.50",
        "200.00",
    )
    fund_id = read(lambda tx: the_fund(tx, "HIST").id)
    (posting,), _ = read(lambda tx: service.postings(tx, fund_id, PostingFilter((PostingKind.TRANSFER,))))
    assert posting.amount.text() == "-25.50"
    assert_books_are_right(read)


def test_a_transfer_between_ledgers_of_two_currencies_is_converted(write: Do, read: Do) -> None:
    write(fill)
    rate: dict[str, object] = {"source": "USD", "target": "EUR", "rate": "0.9", "valid_from": "2026-01-01"}
    write(lambda tx: service.load(tx, "exchange_rate", [rate]))
    write(lambda tx: service.load(tx, "ledger", [{**LEDGER, "code": "EU", "currency": "EUR"}]))
    write(lambda tx: service.load(tx, "fund", [{**HISTORY, "code": "EU-1", "parent": "EU"}]))
    write(lambda tx: move(tx, "HIST", "EU-1", usd("10.01")))
    assert (sums(read, "HIST")[0], sums(read, "EU-1")[0]) == ("89.99", "9.01")
    assert_books_are_right(read)


@pytest.mark.parametrize("amount", ["0", "-1", "100.01"])
def test_a_transfer_moves_something_that_is_there(amount: str, write: Do, read: Do) -> None:
    write(fill)
    with pytest.raises(Refusal):
        write(lambda tx: move(tx, "HIST", "SCI", usd(amount)))
    assert sums(read, "SCI")[0] == "100.00"
    assert_books_are_right(read)


def test_a_transfer_stays_in_its_fiscal_period(write: Do) -> None:
    write(fill)
    year: dict[str, object] = {"name": "FY-2027", "start": "2027-01-01", "end": "2027-12-31"}
    write(lambda tx: service.load(tx, "fiscal_period", [year]))
    write(lambda tx: service.load(tx, "ledger", [{**LEDGER, "fiscal_period": "FY-2027"}]))
    later = {**HISTORY, "parent": "BOOKS", "fiscal_period": "FY-2027"}
    write(lambda tx: service.load(tx, "fund", [later]))

    def across(tx: Tx) -> int:
        page = service.funds(tx, FundFilter(search=(("code", ("hist",)),)), 10)
        first, second = page.funds
        return service.transfer(tx, first.id, second.id, usd("1.00"))

    with pytest.raises(Refusal) as caught:
        write(across)
    assert refused(caught)[0] == "funds_of_two_periods"


# -- files -------------------------------------------------------------------------------------


def load(write: Do, *rows: dict[str, object]) -> list[Verdict]:
    return write(lambda tx: service.load(tx, "allocation", list(rows)))


def test_a_file_of_allocations_counts_once_however_often_it_is_loaded(write: Do, read: Do) -> None:
    write(lambda tx: fill(tx, money=""))
    rows: list[dict[str, object]] = [
        {"fund": "HIST", "amount": "1000.50", "reference": "A-1", "note": "first half"},
        {"fund": "SCI", "amount": "500", "reference": "A-2"},
        {"fund": "HIST", "amount": "-0.50", "reference": "A-3"},
    ]
    assert [verdict.outcome for verdict in load(write, *rows)] == ["created"] * 3
    assert [verdict.outcome for verdict in load(write, *rows)] == ["unchanged"] * 3
    assert (sums(read, "HIST")[0], sums(read, "SCI")[0]) == ("1000.00", "500.00")
    assert_books_are_right(read)


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"amount": "1001"}, "allocation_differs"),
        ({"fund": "SCI"}, "allocation_differs"),
        ({"fund": "NONE", "reference": "new"}, "fund_not_found"),
        ({"fund": "HUM", "reference": "new"}, "fund_holds_no_money"),
        ({"reference": ""}, "field_missing"),
        ({"reference": "new", "amount": ""}, "field_missing"),
        ({"reference": "new", "amount": 10.5}, "value_wrong_type"),
        ({"reference": "new", "amount": "1e3"}, "price_invalid"),
        ({"reference": "new", "currency": "EUR"}, "fund_currency_differs"),
        ({"reference": "new", "fiscal_period": "FY-1999"}, "fund_not_found"),
        ({"reference": "new", "amount": "-1000.01"}, "fund_short"),
    ],
)
def test_a_wrong_allocation_is_refused_and_the_others_are_booked(
    change: dict[str, object], slug: str, write: Do, read: Do
) -> None:
    write(lambda tx: fill(tx, money=""))
    row: dict[str, object] = {"fund": "HIST", "amount": "1000", "reference": "A-1"}
    load(write, row)
    wrong, right = load(write, {**row, **change}, {"fund": "SCI", "amount": "1", "reference": "A-2"})
    assert (wrong.outcome, right.outcome) == ("refused", "created")
    assert [problem.slug for problem in wrong.problems] == [slug]
    assert (sums(read, "HIST")[0], sums(read, "SCI")[0]) == ("1000.00", "1.00")
    assert_books_are_right(read)


def test_a_reference_twice_in_one_file_is_booked_once(write: Do, read: Do) -> None:
    write(lambda tx: fill(tx, money=""))
    row: dict[str, object] = {"fund": "HIST", "amount": "10", "reference": "A-1"}
    verdicts = load(write, row, row, {**row, "amount": "11"})
    assert [verdict.outcome for verdict in verdicts] == ["created", "unchanged", "refused"]
    assert sums(read, "HIST")[0] == "10.00"
