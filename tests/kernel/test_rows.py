"""Fields of loaded rows: read as what they should be, every fault named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from openacq.kernel.rows import Row


class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


READERS: dict[str, Callable[[Row], Any]] = {
    "text": lambda row: row.text("x", "other"),
    "needed": lambda row: row.text("x", needed=True),
    "prose": lambda row: row.prose("x"),
    "flag": lambda row: row.flag("x"),
    "whole": lambda row: row.whole("x", 7, most=100),
    "maybe": lambda row: row.whole_or_none("x", least=-5, most=5),
    "day": lambda row: row.day("x"),
    "choice": lambda row: row.choice("x", Colour.BLUE),
    "units": lambda row: row.units("x"),
    "percent": lambda row: row.percent("x"),
    "rate": lambda row: row.rate("x"),
    "currency": lambda row: row.currency("x", "USD"),
    "codes": lambda row: row.codes("x"),
}


@pytest.mark.parametrize(
    ("reader", "given", "expected"),
    [
        ("text", "  two\n words ", "two words"),
        ("text", None, "other"),
        ("text", "", "other"),
        ("text", 12, "12"),
        ("text", Decimal("1.50"), "1.50"),
        ("text", "a\x00b", "ab"),
        ("prose", "one\ntwo ", "one\ntwo"),
        ("flag", True, True),
        ("flag", "Yes", True),
        ("flag", 0, False),
        ("flag", "", False),
        ("whole", " 12 ", 12),
        ("whole", None, 7),
        ("maybe", "-3", -3),
        ("maybe", "", None),
        ("day", "2026-02-28Z", date(2026, 2, 28)),
        ("day", date(2026, 2, 28), date(2026, 2, 28)),
        ("day", datetime(2026, 2, 28, 12), date(2026, 2, 28)),  # noqa: DTZ001 as TOML gives it
        ("day", None, None),
        ("choice", "red", Colour.RED),
        ("choice", None, Colour.BLUE),
        ("units", "12.3456", 123_456),
        ("units", 12, 120_000),
        ("units", Decimal("-0.5"), -5_000),
        ("units", Decimal("1E+2"), 1_000_000),
        ("percent", "12.5", 125_000),
        ("percent", 100, 1_000_000),
        ("percent", "12.50000", 125_000),
        ("rate", "1.0825", 10_825_000_000),
        ("rate", "0.0000000001", 1),
        ("currency", "eur", "EUR"),
        ("currency", None, "USD"),
        ("codes", "A; B|A", ("A", "B")),
        ("codes", ["A", " B ", ""], ("A", "B")),
        ("codes", None, ()),
    ],
)
def test_what_is_understood(reader: str, given: object, expected: object) -> None:
    row = Row({"x": given})
    assert READERS[reader](row) == expected
    assert row.problems == []


@pytest.mark.parametrize(
    ("reader", "given", "slug"),
    [
        ("needed", "", "field_missing"),
        ("text", 1.5, "value_wrong_type"),
        ("text", True, "value_wrong_type"),
        ("text", ["a"], "value_wrong_type"),
        ("text", "x" * 256, "value_too_long"),
        ("flag", "maybe", "value_wrong_type"),
        ("whole", "1.5", "value_wrong_type"),
        ("whole", 101, "value_wrong_type"),
        ("whole", True, "value_wrong_type"),
        ("whole", "٣", "value_wrong_type"),
        ("maybe", "-6", "value_wrong_type"),
        ("day", "28.2.2026", "date_malformed"),
        ("day", "2026-02-30", "date_malformed"),
        ("choice", "green", "value_not_listed"),
        ("units", 12.5, "value_wrong_type"),
        ("units", "1,000", "price_invalid"),
        ("units", "1.00001", "price_invalid"),
        ("units", "99999999999", "price_invalid"),
        ("percent", "100.01", "value_wrong_type"),
        ("percent", "-1", "value_wrong_type"),
        ("percent", "12.34567", "value_wrong_type"),
        ("rate", "0", "value_wrong_type"),
        ("rate", None, "field_missing"),
        ("rate", "1e3", "value_wrong_type"),
        ("rate", 1.1, "value_wrong_type"),
        ("currency", "EURO", "value_wrong_type"),
        ("currency", "€€€", "value_wrong_type"),
    ],
)
def test_what_is_refused(reader: str, given: object, slug: str) -> None:
    row = Row({"x": given})
    READERS[reader](row)
    assert [(problem.slug, problem.field) for problem in row.problems] == [(slug, "x")]
    assert row.problems[0].message()


def test_a_field_nobody_knows_is_named_with_what_is_known() -> None:
    row = Row({"nmae": "A", "code": "B", "empty": ""})
    row.check_names(("code", "name"))
    (problem,) = row.problems
    assert (problem.slug, problem.field) == ("column_unknown", "nmae")
    assert problem.advice() == "Use: code, name. Did you mean name?"
