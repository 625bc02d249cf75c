"""What review rules decide, told as a table."""

from __future__ import annotations

import pytest

from openacq.kernel.money import Money
from openacq.profiles.model import LineFacts, ReviewRule
from openacq.profiles.rules import decide

BOOK = LineFacts(
    vendor="GOBI",
    method="VENDOR_SYSTEM",
    price=Money.parse("120.00", "USD"),
    library="MAIN",
    funds=("HIST", "SCI"),
    line_type="PRINTED_BOOK_OT",
    material="BOOK",
    source="API",
)


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        (ReviewRule("everything"), True),
        (ReviewRule("vendor", vendors=("OASIS", "GOBI")), True),
        (ReviewRule("vendor", vendors=("OASIS",)), False),
        (ReviewRule("vendor in another case", vendors=("gobi",)), False),
        (ReviewRule("method", methods=("VENDOR_SYSTEM",)), True),
        (ReviewRule("method", methods=("PURCHASE",)), False),
        (ReviewRule("library", libraries=("MAIN",)), True),
        (ReviewRule("library", libraries=("SCI",)), False),
        (ReviewRule("any of the funds", funds=("SCI", "ART")), True),
        (ReviewRule("none of the funds", funds=("ART",)), False),
        (ReviewRule("type", line_types=("E_BOOK_OT", "PRINTED_BOOK_OT")), True),
        (ReviewRule("type", line_types=("E_BOOK_OT",)), False),
        (ReviewRule("material", materials=("DVD",)), False),
        (ReviewRule("source", sources=("EOD",)), False),
        (ReviewRule("dearer", price_above=usd("119.99")), True),
        (ReviewRule("not dearer than itself", price_above=usd("120")), False),
        (ReviewRule("cheaper", price_below=usd("120.01")), True),
        (ReviewRule("not cheaper than itself", price_below=usd("120")), False),
        (ReviewRule("between", price_above=usd("100"), price_below=usd("200")), True),
        (ReviewRule("outside", price_above=usd("130"), price_below=usd("200")), False),
        (ReviewRule("another currency", price_above=Money.parse("1", "EUR")), False),
        (ReviewRule("all of it", vendors=("GOBI",), libraries=("MAIN",), price_above=usd("100")), True),
        (ReviewRule("but one", vendors=("GOBI",), libraries=("SCI",), price_above=usd("100")), False),
        (ReviewRule("switched off", enabled=False), False),
    ],
)
def test_a_rule_speaks_of_a_line_when_all_its_criteria_hold(rule: ReviewRule, matches: bool) -> None:
    assert (decide([rule], BOOK) is rule) is matches


def test_a_line_without_price_is_neither_dear_nor_cheap() -> None:
    free = LineFacts(vendor="GOBI")
    assert decide([ReviewRule("dear", price_above=usd("0"))], free) is None
    assert decide([ReviewRule("cheap", price_below=usd("10"))], free) is None


def test_without_rules_nothing_is_reviewed() -> None:
    assert decide([], BOOK) is None


def test_the_default_rule_sends_every_line_to_review_though_it_stands_last() -> None:
    passing = ReviewRule("GOBI passes", review=False, position=1, vendors=("GOBI",))
    default = ReviewRule("default", is_default=True, review=True, position=99)
    assert decide([passing, default], BOOK) is default


def test_a_default_rule_that_says_no_leaves_it_to_the_others() -> None:
    default = ReviewRule("default", is_default=True, review=False)
    dear = ReviewRule("dear", price_above=usd("100"))
    assert decide([default, dear], BOOK) is dear
    assert decide([default], BOOK) is None


def test_the_first_match_by_position_decides_and_may_say_no_review() -> None:
    dear = ReviewRule("dear", position=2, price_above=usd("100"))
    trusted = ReviewRule("trusted", review=False, position=1, vendors=("GOBI",))
    assert decide([dear, trusted], BOOK) is trusted
    assert decide([dear, ReviewRule("trusted", review=False, position=3, vendors=("GOBI",))], BOOK) is dear
