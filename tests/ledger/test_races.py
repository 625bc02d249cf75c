"""Many orders reach for one fund at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import pytest
from sqlalchemy.exc import IntegrityError

from openacq.ledger import service
from openacq.ledger.model import Block, Outcome, Source
from openacq.store import Tx
from tests.conftest import Do
from tests.ledger.money import allot, assert_books_are_right, fill, order, sums, the_fund, usd

T = TypeVar("T")


def all_at_once(work: Callable[[int], T], count: int) -> list[T | BaseException]:
    """`work(n)` in `count` threads that start together; what each returned or raised, by n."""
    results: list[T | BaseException] = [RuntimeError("never ran")] * count
    start = threading.Barrier(count)

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = work(number)
        except Exception as error:  # noqa: BLE001 it is the result
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("room", [0, 1, 5, 16])
def test_of_sixteen_orders_exactly_as_many_as_fit_are_carried(room: int, write: Do, read: Do) -> None:
    write(lambda tx: fill(tx, money=""))
    if room:
        write(lambda tx: allot(tx, {"HIST": f"{room * 10}.00"}))

    def place(number: int) -> Outcome:
        return write(lambda tx: order(tx, number + 1, ("HIST", usd("10.00"))))[0]

    outcomes = all_at_once(place, 16)
    assert sum(isinstance(outcome, Outcome) for outcome in outcomes) == 16, outcomes
    carried = [outcome for outcome in outcomes if isinstance(outcome, Outcome) and outcome.posted]
    blocked = [
        outcome
        for outcome in outcomes
        if isinstance(outcome, Outcome) and outcome.block is Block.LIMIT and outcome.short == usd("10.00")
    ]
    assert (len(carried), len(blocked)) == (room, 16 - room)
    assert sums(read, "HIST")[4] == "0.00"
    assert_books_are_right(read)


def test_orders_over_several_funds_in_any_order_do_not_stop_each_other(write: Do, read: Do) -> None:
    write(lambda tx: fill(tx, money="1000.00"))

    def place(number: int) -> list[Outcome]:
        shares = [("HIST", usd("3.00")), ("SCI", usd("2.00"))]
        chosen = shares if number % 2 else shares[::-1]
        return write(lambda tx: order(tx, number + 1, *chosen))

    results = all_at_once(place, 16)
    assert all(isinstance(result, list) for result in results), results
    assert (sums(read, "HIST")[1], sums(read, "SCI")[1]) == ("48.00", "32.00")
    assert_books_are_right(read)


def test_a_promise_is_taken_back_once_however_many_try(write: Do, read: Do) -> None:
    write(fill)
    write(lambda tx: order(tx, 7, ("HIST", usd("30.00"))))
    write(lambda tx: order(tx, 8, ("HIST", usd("20.00"))))
    results = all_at_once(lambda _: write(lambda tx: service.release(tx, Source("po_line", 7))), 8)
    did = [result for result in results if isinstance(result, tuple) and result]
    lost = [result for result in results if isinstance(result, BaseException)]
    assert len(did) == 1
    assert all(isinstance(error, IntegrityError) for error in lost)
    assert sums(read, "HIST")[1] == "20.00"
    assert_books_are_right(read)


def test_money_given_while_orders_come_is_all_used_and_no_more(write: Do, read: Do) -> None:
    write(lambda tx: fill(tx, money="50.00"))

    def either(number: int) -> object:
        if number % 4:
            return write(lambda tx: order(tx, number, ("HIST", usd("10.00"))))[0].posted
        return write(lambda tx: service.allocate(tx, the_fund(tx, "HIST").id, usd("10.00")))

    results = all_at_once(either, 16)
    assert not [result for result in results if isinstance(result, BaseException)]
    allocated, encumbered, *_ = sums(read, "HIST")
    assert allocated == "90.00"
    assert 50 <= float(encumbered) <= 90
    assert_books_are_right(read)


def test_rules_changed_while_money_comes_leave_the_right_ceiling(write: Do, read: Do) -> None:
    write(fill)

    def either(number: int) -> object:
        def change(tx: Tx) -> object:
            rules = {
                "code": "HIST",
                "overencumbrance_allowed": "YES",
                "overencumbrance_limit_percent": number,
            }
            return service.load(tx, "fund", [rules])

        def give(tx: Tx) -> object:
            return service.allocate(tx, the_fund(tx, "HIST").id, usd("10.00"))

        return write(change if number % 2 else give)

    results = all_at_once(either, 8)
    assert not [result for result in results if isinstance(result, BaseException)], results
    assert_books_are_right(read)
