"""Money is exact, keeps the scale it was written with, and is rounded in one way only."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openacq.kernel.money import (
    RATE_ONE,
    UNIT,
    Money,
    NotMoney,
    line_net,
    parse_percent,
    percent_text,
    round_minor,
    split_by_percent,
    split_by_weights,
)

sums = st.integers(min_value=-(10**13), max_value=10**13)


@pytest.mark.parametrize(
    ("text", "units", "shown"),
    [
        ("54.10", 541_000, "54.10"),
        ("50.0", 500_000, "50.0"),
        ("7", 70_000, "7.0"),
        (".5", 5_000, "0.5"),
        ("-3.25", -32_500, "-3.25"),
        ("0.0001", 1, "0.0001"),
        ("+1", 10_000, "1.0"),
        ("00012.50", 125_000, "12.50"),
    ],
)
def test_sums_are_read_and_printed_as_they_were_written(text: str, units: int, shown: str) -> None:
    money = Money.parse(text, "USD")
    assert (money.units, money.text()) == (units, shown)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "plain decimal"),
        ("1e5", "plain decimal"),
        ("NaN", "plain decimal"),
        ("1,000", "plain decimal"),
        ("12 EUR", "plain decimal"),
        ("--1", "plain decimal"),
        ("٣", "plain decimal"),
        ("1.00001", "more than 4 decimals"),
        ("123456789012345", "more than 14 digits"),
        ("12345678901.2345", "more than 14 digits"),
    ],
)
def test_what_is_no_sum_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(NotMoney, match=reason):
        Money.parse(text, "USD")


@given(units=sums, currency=st.sampled_from(["USD", "JPY", "KWD", "EUR"]))
def test_rounding_to_the_minor_unit_is_half_up(units: int, currency: str) -> None:
    quantum = {"USD": "0.01", "EUR": "0.01", "JPY": "1", "KWD": "0.001"}[currency]
    expected = (Decimal(units) / UNIT).quantize(Decimal(quantum), ROUND_HALF_UP)
    assert Decimal(round_minor(units, currency)) / UNIT == expected


@given(
    price=st.integers(min_value=0, max_value=10**9),
    quantity=st.integers(min_value=1, max_value=1000),
    discount=st.integers(min_value=0, max_value=100 * UNIT),
)
def test_net_is_price_times_quantity_less_discount_rounded_once(
    price: int, quantity: int, discount: int
) -> None:
    exact = Decimal(price) / UNIT * quantity * (1 - Decimal(discount) / (100 * UNIT))
    net = line_net(Money(price, "USD", 2), quantity, discount)
    assert Decimal(net.units) / UNIT == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(total=sums, weights=st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12))
def test_parts_always_sum_to_the_whole_and_none_is_off_by_more_than_a_cent(
    total: int, weights: list[int]
) -> None:
    if sum(weights) == 0:
        return
    parts = split_by_weights(Money(total, "USD", 2), weights)
    assert sum(part.units for part in parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.units - total * weight / sum(weights)) <= 200


def test_three_thirds_of_ten_dollars_leave_the_odd_cent_with_the_largest_remainder() -> None:
    percents = [parse_percent("33.33"), parse_percent("33.33"), parse_percent("33.34")]
    parts = split_by_percent(Money.parse("10.00", "USD"), percents)
    assert [part.text() for part in parts] == ["3.33", "3.33", "3.34"]


def test_percents_below_a_hundred_leave_the_rest_uncovered() -> None:
    parts = split_by_percent(Money.parse("10.00", "USD"), [parse_percent("50"), parse_percent("25")])
    assert [part.text() for part in parts] == ["5.00", "2.50"]


@given(amount=st.integers(min_value=0, max_value=10**12), rate=st.integers(min_value=1, max_value=10**13))
def test_a_conversion_is_rounded_once(amount: int, rate: int) -> None:
    money = Money(amount, "EUR", 2).converted(rate, "USD")
    exact = Decimal(amount) * rate / RATE_ONE / UNIT
    assert abs(Decimal(money.units) / UNIT - exact) <= Decimal("0.00505")


@pytest.mark.parametrize(
    ("text", "shown"), [("12.5", "12.5"), ("100", "100"), ("0", "0"), ("33.3333", "33.3333")]
)
def test_percents_come_back_short(text: str, shown: str) -> None:
    assert percent_text(parse_percent(text)) == shown


@pytest.mark.parametrize("text", ["-1", "100.01", "x", ""])
def test_a_percentage_is_a_number_from_0_to_100(text: str) -> None:
    with pytest.raises(NotMoney):
        parse_percent(text)
