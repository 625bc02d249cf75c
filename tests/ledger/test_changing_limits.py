"""The limits of a fund are changed; what hangs below and has none of its own follows."""

from __future__ import annotations

from functools import partial

import pytest

from openacq.kernel.money import UNIT
from openacq.kernel.refusal import Refusal
from openacq.ledger import service
from openacq.ledger.model import Allowed, Fund
from tests.conftest import Do
from tests.ledger.money import assert_books_are_right, fill


@pytest.fixture(autouse=True)
def filled(write: Do) -> None:
    write(fill)


def named(read: Do, code: str) -> Fund:
    """The ledger or fund of that code."""
    period = read(service.current_period)
    assert period is not None
    branches = read(lambda tx: service.tree(tx, period.id))
    return next(branch.fund for branch in branches if branch.fund.code == code)


GENEROUS: dict[str, object] = {
    "overencumbrance_allowed": "YES",
    "overencumbrance_limit_percent": "10",
    "overexpenditure_allowed": "NO",
    "fiscal_period_end_encumbrance_grace_period": "-5",
}


def test_what_hangs_below_follows(read: Do, write: Do) -> None:
    ledger = named(read, "BOOKS")
    changed = write(lambda tx: service.put_rules(tx, ledger.id, GENEROUS))
    assert [fund.code for fund in changed] == ["BOOKS", "HUM", "HIST", "SCI"]
    rules = named(read, "HIST").rules
    assert (rules.overencumbrance, rules.overencumbrance_limit_percent) == (Allowed.YES, 10 * UNIT)
    assert rules.encumbrance_grace_days == -5
    assert service.cells_of(named(read, "SCI"))["overencumbrance_limit_percent"] == "10"
    assert_books_are_right(read)


def test_a_fund_leaves_and_comes_back(read: Do, write: Do) -> None:
    summary = named(read, "HUM")
    (changed, below) = write(lambda tx: service.put_rules(tx, summary.id, GENEROUS))
    assert (changed.code, changed.own_rules, below.code) == ("HUM", True, "HIST")
    assert named(read, "SCI").rules.overencumbrance is Allowed.NO
    (changed, below) = write(lambda tx: service.put_rules(tx, summary.id, None))
    assert (changed.own_rules, changed.rules.overencumbrance) == (False, Allowed.NO)
    assert named(read, "HIST").rules.overencumbrance is Allowed.NO
    assert write(lambda tx: service.put_rules(tx, summary.id, None)) == ()
    assert_books_are_right(read)


def test_limits_left_out_are_as_in_a_new_record(read: Do, write: Do) -> None:
    fund = named(read, "HIST")
    write(lambda tx: service.put_rules(tx, fund.id, GENEROUS))
    write(lambda tx: service.put_rules(tx, fund.id, {"overencumbrance_allowed": "NO_LIMITS"}))
    rules = named(read, "HIST").rules
    assert (rules.overencumbrance, rules.overencumbrance_limit_percent) == (Allowed.NO_LIMITS, 0)
    assert rules.encumbrance_grace_days == 0


def test_limits_that_cannot_be_are_refused(read: Do, write: Do) -> None:
    ledger, fund = named(read, "BOOKS"), named(read, "HIST")
    cases: list[tuple[int, dict[str, object] | None, tuple[str, str]]] = [
        (ledger.id, None, ("field_missing", "own_rules")),
        (0, GENEROUS, ("record_missing", "fund")),
        (fund.id, {"overencumbrance_allowed": "MAYBE"}, ("value_not_listed", "overencumbrance_allowed")),
        (
            fund.id,
            {"overencumbrance_limit_percent": "-1"},
            ("value_wrong_type", "overencumbrance_limit_percent"),
        ),
        (fund.id, {"overexpenditure_limit_sum": "x"}, ("price_invalid", "overexpenditure_limit_sum")),
    ]
    for fund_id, cells, found in cases:
        with pytest.raises(Refusal) as refused:
            write(partial(service.put_rules, fund_id=fund_id, cells=cells))
        assert [(one.slug, one.field) for one in refused.value.problems] == [found]
