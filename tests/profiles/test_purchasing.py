"""How POs are packed and which of them somebody must approve is filled from files; pure rules decide."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.kernel.money import Money
from openacq.kernel.verdict import Verdict
from openacq.profiles import service
from openacq.profiles.model import ApprovalRule, OrderFacts, PackagingRule
from tests.conftest import Do


def load(write: Do, kind: str, *rows: dict[str, Any]) -> list[Verdict]:
    return write(lambda tx: service.load(tx, kind, rows))


def outcomes(verdicts: list[Verdict]) -> list[str]:
    return [verdict.outcome for verdict in verdicts]


def fields(verdict: Verdict) -> list[tuple[str, str]]:
    return [(problem.slug, problem.field) for problem in verdict.problems]


def test_an_institution_that_says_nothing_packs_in_the_usual_way(read: Do) -> None:
    assert read(service.packaging_rule) == PackagingRule()
    assert read(service.approval_rules) == ()


def test_the_packaging_rule_is_set_and_changed_in_part(write: Do, read: Do) -> None:
    assert outcomes(load(write, "packaging", {"most_lines": "50", "by_fund": "yes"})) == ["created"]
    assert read(service.packaging_rule) == PackagingRule(most_lines=50, by_fund=True)
    assert outcomes(load(write, "packaging", {"automatic": False, "wait_minutes": 0})) == ["updated"]
    assert read(service.packaging_rule) == PackagingRule(False, 0, 50, True)
    assert outcomes(load(write, "packaging", {"automatic": False})) == ["unchanged"]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"most_lines": 0}, ("value_wrong_type", "most_lines")),
        ({"most_lines": 251}, ("value_wrong_type", "most_lines")),
        ({"wait_minutes": -1}, ("value_wrong_type", "wait_minutes")),
        ({"wait_minutes": "soon"}, ("value_wrong_type", "wait_minutes")),
        ({"by_found": True}, ("column_unknown", "by_found")),
    ],
)
def test_a_packaging_rule_that_cannot_be_is_refused(
    write: Do, read: Do, row: dict[str, Any], wrong: tuple[str, str]
) -> None:
    (verdict,) = load(write, "packaging", row)
    assert verdict.outcome == "refused"
    assert wrong in fields(verdict)
    assert read(service.packaging_rule) == PackagingRule()


def test_there_is_one_packaging_rule(write: Do) -> None:
    verdicts = load(write, "packaging", {"most_lines": 10}, {"most_lines": 20})
    assert outcomes(verdicts) == ["created", "refused"]


def test_approval_rules_are_kept_in_their_order(write: Do, read: Do) -> None:
    verdicts = load(
        write,
        "approval_rule",
        {"name": "Large", "above": "500", "currency": "usd", "position": 20},
        {"name": "Gifts", "methods": "GIFT; EXCHANGE", "approval": "no", "position": 10},
        {"name": "Last"},
    )
    assert outcomes(verdicts) == ["created", "created", "created"]
    assert read(service.approval_rules) == (
        ApprovalRule("Last", position=3),
        ApprovalRule("Gifts", approval=False, position=10, methods=("GIFT", "EXCHANGE")),
        ApprovalRule("Large", position=20, above=Money.parse("500.00", "USD")),
    )
    again = load(write, "approval_rule", {"name": "Large", "currency": "EUR"}, {"name": "Gifts"})
    assert outcomes(again) == ["updated", "unchanged"]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"name": "X", "above": "1"}, ("field_missing", "currency")),
        ({"name": "X", "above": "-1", "currency": "USD"}, ("price_invalid", "above")),
        ({"name": "X", "methods": "PURCHAS"}, ("code_illegal", "methods")),
        ({"above": "1", "currency": "USD"}, ("field_missing", "name")),
    ],
)
def test_an_approval_rule_that_cannot_be_is_refused(
    write: Do, row: dict[str, Any], wrong: tuple[str, str]
) -> None:
    (verdict,) = load(write, "approval_rule", row)
    assert verdict.outcome == "refused"
    assert wrong in fields(verdict)


# -- deciding -----------------------------------------------------------------------------------


def usd(sum_: str) -> Money:
    return Money.parse(sum_, "USD")


LARGE = ApprovalRule("Large", position=20, above=usd("500.00"))
GIFTS = ApprovalRule("Gifts", approval=False, position=10, methods=("GIFT",))
OFF = ApprovalRule("Off", position=1, enabled=False)
SCIENCE = ApprovalRule("Science", position=30, libraries=("SCI",))
GOBI = ApprovalRule("GOBI", position=15, vendors=("GOBI",), above=usd("1000.00"))
SMALL_CHANGE = ApprovalRule("Small change", approval=False, position=1, above=usd("0.00"))


def order(method: str = "PURCHASE", total: str = "100.00", vendor: str = "", library: str = "") -> OrderFacts:
    return OrderFacts(method, vendor, library, {"USD": usd(total)})


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (order(), None),
        (order(total="500.00"), None),
        (order(total="500.01"), "Large"),
        (order("GIFT", total="9999.00"), None),
        (order(library="SCI"), "Science"),
        (order(total="1000.01", vendor="GOBI"), "GOBI"),
        (OrderFacts("PURCHASE"), "Large"),
        (OrderFacts("GIFT"), None),
    ],
)
def test_the_first_rule_that_fits_decides(facts: OrderFacts, rule: str | None) -> None:
    found = service.who_approves((OFF, SCIENCE, LARGE, GIFTS, GOBI), facts)
    assert (found.name if found else None) == rule


def test_a_sum_that_cannot_be_compared_lets_nothing_pass() -> None:
    """A rule that lets POs pass above a mark says nothing of one whose sum is not known."""
    found = service.who_approves((SMALL_CHANGE, LARGE), OrderFacts("PURCHASE"))
    assert found is LARGE
