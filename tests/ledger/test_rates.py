"""Which rate holds on a day."""

from __future__ import annotations

from datetime import date

import pytest

from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.kernel.clock import FixedClock
from openacq.kernel.money import RATE_ONE, Money
from openacq.ledger import service
from openacq.ledger.model import Rate, RateWay
from openacq.ledger.rates import find_rate
from tests.conftest import Do
from tests.ledger.money import place

MARCH = date(2026, 3, 2)


def at(source: str, target: str, value: str, day: date = date(2026, 1, 1)) -> Rate:
    return Rate(source, target, Money.parse(value, "XXX").units * 10**6, RateWay.DIRECT, day)


def found(known: list[Rate], source: str, target: str, base: str = "USD") -> tuple[int, str] | None:
    rate = find_rate(known, source, target, MARCH, base)
    return None if rate is None else (rate.value, rate.way.value)


def test_the_same_currency_needs_no_rate() -> None:
    assert found([], "USD", "USD") == (RATE_ONE, "same currency")


def test_the_latest_rate_on_or_before_the_day_counts() -> None:
    known = [
        at("EUR", "USD", "1.05", date(2026, 2, 1)),
        at("EUR", "USD", "1.10", date(2026, 3, 2)),
        at("EUR", "USD", "1.20", date(2026, 3, 3)),
        at("EUR", "USD", "1.01", date(2026, 1, 1)),
    ]
    assert found(known, "EUR", "USD") == (11_000_000_000, "direct")
    assert found(known[2:3], "EUR", "USD") is None


def test_a_pair_given_the_other_way_round_is_turned() -> None:
    assert found([at("USD", "EUR", "0.8")], "EUR", "USD") == (12_500_000_000, "inverse")
    assert found([at("USD", "EUR", "3")], "EUR", "USD") == (3_333_333_333, "inverse")


def test_the_pair_itself_goes_before_the_turned_one() -> None:
    known = [at("USD", "EUR", "0.8", date(2026, 3, 1)), at("EUR", "USD", "1.1")]
    assert found(known, "EUR", "USD") == (11_000_000_000, "direct")


def test_two_foreign_currencies_meet_in_the_base() -> None:
    known = [at("GBP", "USD", "1.25"), at("USD", "EUR", "0.8")]
    assert found(known, "GBP", "EUR") == (RATE_ONE, "cross")
    assert found(known, "EUR", "GBP") == (RATE_ONE, "cross")
    assert found(known, "GBP", "EUR", base="CHF") is None
    assert found(known, "GBP", "CHF") is None


def test_a_rate_that_rounds_to_nothing_is_none() -> None:
    huge = Rate("USD", "IRR", 3 * 10**20, RateWay.DIRECT, date(2026, 1, 1))
    assert found([huge], "IRR", "USD") is None


def test_rates_are_loaded_once_and_changed_by_loading_again(write: Do, read: Do, clock: FixedClock) -> None:
    write(place)
    rows: list[dict[str, object]] = [
        {"source": "eur", "target": "USD", "rate": "1.0825", "valid_from": "2026-01-01"},
        {"source": "EUR", "target": "USD", "rate": "1.1", "valid_from": "2026-03-03"},
    ]
    assert [verdict.outcome for verdict in write(lambda tx: service.load(tx, "exchange_rate", rows))] == [
        "created",
        "created",
    ]
    assert read(lambda tx: service.rate(tx, "EUR", "USD")) == Rate(
        "EUR", "USD", 10_825_000_000, RateWay.DIRECT, date(2026, 1, 1)
    )
    changed = {**rows[0], "rate": "1.09"}
    verdicts = write(lambda tx: service.load(tx, "exchange_rate", [changed, rows[1]]))
    assert [verdict.outcome for verdict in verdicts] == ["updated", "unchanged"]
    rate = read(lambda tx: service.rate(tx, "EUR", "USD"))
    assert rate is not None
    assert rate.value == 10_900_000_000
    clock.advance(days=1)
    rate = read(lambda tx: service.rate(tx, "EUR", "USD"))
    assert rate is not None
    assert rate.value == 11_000_000_000
    rate = read(lambda tx: service.rate(tx, "EUR", "USD", date(2026, 2, 1)))
    assert rate is not None
    assert rate.value == 10_900_000_000
    assert read(lambda tx: service.rate(tx, "EUR", "USD", date(2025, 2, 1))) is None


def test_the_base_is_the_institutions_currency(write: Do, read: Do) -> None:
    write(
        lambda tx: directory.put_institution(tx, Institution(0, f"CH{tx.institution}", "A", currency="CHF"))
    )
    rows: list[dict[str, object]] = [
        {"source": "EUR", "target": "CHF", "rate": "0.95", "valid_from": "2026-01-01"},
        {"source": "GBP", "target": "CHF", "rate": "1.14", "valid_from": "2026-01-01"},
    ]
    write(lambda tx: service.load(tx, "exchange_rate", rows))
    rate = read(lambda tx: service.rate(tx, "GBP", "EUR"))
    assert rate is not None
    assert (rate.value, rate.way, rate.through) == (12_000_000_000, RateWay.CROSS, "CHF")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"rate": "0"}, ("value_wrong_type", "rate")),
        ({"rate": "-1"}, ("value_wrong_type", "rate")),
        ({"rate": 1.08}, ("value_wrong_type", "rate")),
        ({"rate": "1.12345678901"}, ("value_wrong_type", "rate")),
        ({"rate": ""}, ("field_missing", "rate")),
        ({"target": "EUR"}, ("value_wrong_type", "target")),
        ({"source": "EURO"}, ("value_wrong_type", "source")),
        ({"valid_from": "soon"}, ("date_malformed", "valid_from")),
    ],
)
def test_a_wrong_rate_is_refused(change: dict[str, object], problem: tuple[str, str], write: Do) -> None:
    row: dict[str, object] = {"source": "EUR", "target": "USD", "rate": "1.1", "valid_from": "2026-01-01"}
    (verdict,) = write(lambda tx: service.load(tx, "exchange_rate", [{**row, **change}]))
    assert verdict.outcome == "refused"
    assert [(found.slug, found.field) for found in verdict.problems] == [problem]
