"""What an order's own exchange rate makes of its items: encumbered at it, and anew when it changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from openacq.ledger import service as ledger
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState, Sum
from openacq.ordering.service import Booking, CopyConfig, OrderHead, OrderWish
from tests.ordering.drafting import CLIENT, add, begin, encumbered, item, submit, wish
from tests.ordering.life import differences
from tests.ordering.test_change import wish_of
from tests.ordering.world import SHOP, World


def rated(world: World, rate: str = "1.25", **line: Any) -> OrderHead:
    """A submitted order in EUR that fixes a rate: one book for 20.00 unless told otherwise."""
    order = begin(world, currency="EUR", exchange_rate=rate)
    add(world, order, wish(**line) if line else None)
    return submit(world, order)


def put_rate(world: World, order: OrderHead, rate: str) -> OrderHead:
    row = order.row
    asked = OrderWish(row.name, row.vendor, row.currency, rate, extras=order.extras)
    changed = world.write(lambda tx: ordering.change_order(tx, row.number, asked, CLIENT))
    assert isinstance(changed, OrderHead)
    return changed


@pytest.mark.parametrize(
    ("rate", "expected"), [("1.25", "25.00"), ("1.0000000001", "20.00"), ("0.33333", "6.67"), ("1", "22.00")]
)
def test_the_rate_of_an_order_goes_before_the_table_unless_it_is_1(
    world: World, rate: str, expected: str
) -> None:
    rated(world, rate)
    assert encumbered(world) == expected


def test_shares_by_percent_are_split_first_and_converted_each(world: World) -> None:
    bookings = (Booking("HIST", percent="33.33"), Booking("ART", percent="66.67"))
    order = begin(world, currency="EUR", exchange_rate="1.25")
    add(world, order, wish(CopyConfig("MAIN", "STACKS", 1, bookings), price=Sum("10.01")))
    submit(world, order)
    assert (encumbered(world), encumbered(world, "ART")) == ("4.18", "8.34")  # 3.34 and 6.67 EUR
    assert differences(world) == []


def test_what_is_in_the_currency_of_the_fund_needs_no_rate(world: World) -> None:
    order = begin(world, currency="USD", exchange_rate="1.25")
    add(world, order)
    submit(world, order)
    assert encumbered(world) == "20.00"


def test_a_line_in_another_currency_than_its_order_goes_by_the_table(world: World) -> None:
    order = begin(world, currency="GBP", exchange_rate="2")
    add(world, order, wish(price=Sum("20.00", "EUR")))
    submit(world, order)
    assert encumbered(world) == "22.00"


def test_a_fund_in_a_third_currency_goes_by_the_table(world: World) -> None:
    world.load(ledger, "ledger", {"code": "ISLAND", "name": "Island", "currency": "GBP"})
    world.load(ledger, "fund", {"code": "ISLE", "name": "Isle", "parent": "ISLAND"})
    world.load(ledger, "allocation", {"fund": "ISLE", "amount": "100.00", "reference": "9"})
    row = {"source": "EUR", "target": "GBP", "rate": "0.8", "valid_from": "2026-01-01"}
    world.load(ledger, "exchange_rate", row)
    order = begin(world, currency="EUR", exchange_rate="1.25")
    add(world, order, wish(CopyConfig("MAIN", "STACKS", 1, (Booking("ISLE", percent="100"),))))
    submit(world, order)
    assert encumbered(world, "ISLE") == "16.00"


def test_another_rate_encumbers_anew_what_the_order_has_not_paid(world: World) -> None:
    order = rated(world)
    other = rated(world)
    changed = put_rate(world, order, "1.5")
    assert changed.exchange_rate_text == "1.500000"
    assert encumbered(world) == "55.00"
    put_rate(world, changed, "1")
    assert encumbered(world) == "47.00"
    assert put_rate(world, other, "1.25").row.version == other.row.version, "the same is no change"
    assert differences(world) == []


def test_a_rate_the_fund_cannot_carry_is_told_of_and_nothing_is_lost(world: World) -> None:
    order = begin(world, currency="EUR", exchange_rate="0.5")
    drafted = add(world, order, wish(CopyConfig("MAIN", "STACKS", 1, (Booking("POOR", percent="100"),))))
    order = submit(world, order)
    assert encumbered(world, "POOR") == "10.00"
    order = put_rate(world, order, "0.6")
    assert encumbered(world, "POOR") == "0.00"
    (told,) = [each for each in item(world, drafted.line.oin).line.alerts if each.slug == "fund_short"]
    assert (told.facts["free"], told.facts["short"]) == ("10.00", "2.00")
    put_rate(world, order, "0.4")
    assert encumbered(world, "POOR") == "8.00"
    assert "fund_short" not in {each.slug for each in item(world, drafted.line.oin).line.alerts}


def test_no_rate_makes_more_of_a_price_than_money_can_be(world: World) -> None:
    order = begin(world, currency="EUR", exchange_rate="99999999.9999999999")
    drafted = add(world, order, wish(price=Sum("9999999.00")))
    submit(world, order)
    line = item(world, drafted.line.oin).line
    assert (line.state, [each.slug for each in line.alerts]) == (
        LineState.IN_REVIEW,
        ["bib_brief", "fund_short"],
    )
    assert encumbered(world) == "0.00"


def test_a_line_changed_by_another_door_stays_at_the_rate_of_its_order(world: World) -> None:
    order = rated(world)
    (row,) = world.read(lambda tx: ordering.order(tx, order.row.number))[1]
    line = world.line(row.number)
    asked = replace(wish_of(line), price=Sum("40.00", "EUR"))
    world.write(lambda tx: ordering.change(tx, line.number, asked, SHOP, ordering.HowToChange()))
    assert encumbered(world) == "50.00"
