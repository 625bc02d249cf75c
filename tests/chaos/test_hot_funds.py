"""Many orders on one fund: what it can carry is encumbered, the rest waits, and the books stay right."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from openacq.ledger import service as ledger
from openacq.store import store as stores
from tests.chaos.counting import Books
from tests.chaos.crowd import each_at_once
from tests.serving_fixture import Server
from tests.shop import Shop, alerts, order

THREADS = 16


def give(shop: Shop, code: str, amount: str) -> None:
    shop.world.load(ledger, "fund", {"code": code, "name": f"Fund {code}", "parent": "BOOKS"})
    shop.world.load(ledger, "allocation", {"fund": code, "amount": amount, "reference": f"for {code}"})


def states(answers: list[Any]) -> Counter[str]:
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    return Counter(answer.json()["status"]["value"] for answer in answers)


def test_a_hot_fund_carries_exactly_what_it_has_money_for(server: Server, shop: Shop) -> None:
    give(shop, "HOT", "260.00")
    bodies = [order(fund_distribution=[{"fund_code": "HOT", "percent": 100}]) for _ in range(THREADS)]
    answers = each_at_once(shop.post, bodies)
    assert states(answers) == {"AUTO_PACKAGING": 5, "INREVIEW": THREADS - 5}
    for answer in answers:
        line = answer.json()
        if line["status"]["value"] == "INREVIEW":
            assert "Fund HOT has 10.00 USD free; 40.00 USD are missing." in alerts(line)
            assert line["fund_distribution"][0]["fund_code"]["value"] == "HOT", "the share is kept"
    balance = shop.world.balance("HOT")
    assert (balance.encumbered.text(), balance.available.text()) == ("250.00", "10.00")
    books = Books(server.store, shop.world.institution)
    assert sum(1 for each in books.rows("fund_postings") if each["source_kind"] == "po_line") == 5
    assert books.halves() == []
    assert shop.world.differences() == []


def test_two_funds_in_opposite_order_do_not_stand_in_each_other_s_way(
    server: Server, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried_again: list[str] = []
    judge = stores._worth_another_try

    def note(error: DBAPIError) -> bool:
        tried_again.append(str(getattr(error.orig, "sqlstate", error)))
        return judge(error)

    monkeypatch.setattr(stores, "_worth_another_try", note)
    give(shop, "LEFT", "10000.00")
    give(shop, "RIGHT", "10000.00")
    codes = ("LEFT", "RIGHT")
    bodies = [
        order(
            fund_distribution=[{"fund_code": code, "percent": 50} for code in codes[:: 1 - 2 * (number % 2)]]
        )
        for number in range(2 * THREADS)
    ]
    assert states(each_at_once(shop.post, bodies)) == {"AUTO_PACKAGING": 2 * THREADS}
    assert "40P01" not in tried_again
    for code in codes:
        assert shop.world.balance(code).encumbered.text() == "800.00"
    assert shop.world.differences() == []


def test_the_last_money_of_two_funds_is_never_given_out_twice(server: Server, shop: Shop) -> None:
    """Each order wants both funds; each fund has money for three halves."""
    give(shop, "ONE", "75.00")
    give(shop, "TWO", "75.00")
    bodies = [
        order(fund_distribution=[{"fund_code": "ONE", "percent": 50}, {"fund_code": "TWO", "percent": 50}])
        for _ in range(THREADS)
    ]
    waiting = states(each_at_once(shop.post, bodies))
    assert waiting == {"AUTO_PACKAGING": 3, "INREVIEW": THREADS - 3}
    for code in ("ONE", "TWO"):
        assert shop.world.balance(code).encumbered.text() == "75.00"
    assert Books(server.store, shop.world.institution).halves() == []
    assert shop.world.differences() == []


def test_money_allocated_while_orders_come_in_is_counted_once(server: Server, shop: Shop) -> None:
    give(shop, "GROWS", "100.00")

    def either(number: int) -> Any:
        if number % 4 == 0:
            row = {"fund": "GROWS", "amount": "50.00", "reference": f"more {number}"}
            shop.world.load(ledger, "allocation", row)
            return None
        return shop.post(order(fund_distribution=[{"fund_code": "GROWS", "percent": 100}]))

    answers = [answer for answer in each_at_once(either, range(THREADS)) if answer is not None]
    funded = states(answers)["AUTO_PACKAGING"]
    balance = shop.world.balance("GROWS")
    assert balance.allocated.text() == "300.00"
    assert balance.encumbered.units == funded * 500_000
    assert 2 <= funded <= 6
    assert shop.world.differences() == []
