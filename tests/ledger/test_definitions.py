"""The tree of funds is loaded, found by code and by words, and changed by loading again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from openacq.kernel.clock import FixedClock
from openacq.kernel.money import UNIT
from openacq.kernel.verdict import Verdict
from openacq.ledger import service
from openacq.ledger.model import (
    Allowed,
    EntityType,
    FiscalPeriod,
    FundFilter,
    FundRules,
    FundStatus,
    PeriodStatus,
)
from openacq.store import Store
from tests.conftest import Do
from tests.ledger.money import (
    HISTORY,
    LEDGER,
    SCIENCE,
    SUMMARY,
    YEAR,
    assert_books_are_right,
    fill,
    order,
    place,
    sums,
    the_fund,
    usd,
)


def load(write: Do, kind: str, *rows: Mapping[str, object]) -> list[Verdict]:
    return write(lambda tx: service.load(tx, kind, list(rows)))


def outcomes(verdicts: list[Verdict]) -> list[str]:
    return [verdict.outcome for verdict in verdicts]


def slugs(verdict: Verdict) -> list[tuple[str, str]]:
    return [(problem.slug, problem.field) for problem in verdict.problems]


def the_period(read: Do) -> FiscalPeriod:
    period = read(service.current_period)
    assert period is not None
    return period


def rules_of(read: Do, code: str) -> FundRules:
    return read(lambda tx: the_fund(tx, code)).rules


# -- fiscal periods ----------------------------------------------------------------------------


def test_the_current_period_is_the_one_that_holds_today(write: Do, read: Do, clock: FixedClock) -> None:
    write(place)
    assert read(service.current_period) is None
    following = {"name": "FY-2027", "start": "2027-01-01", "end": "2027-12-31"}
    assert outcomes(load(write, "fiscal_period", YEAR, following)) == ["created", "created"]
    current = the_period(read)
    assert current == FiscalPeriod(
        current.id, "FY-2026", date(2026, 1, 1), date(2026, 12, 31), number="BP-2026-1"
    )
    clock.advance(days=304)
    assert (read(lambda tx: tx.today), the_period(read).name) == (date(2026, 12, 31), "FY-2026")
    clock.advance(days=1)
    assert the_period(read).name == "FY-2027"
    clock.advance(days=365)
    assert read(service.current_period) is None


def test_a_period_that_is_not_active_is_never_current(write: Do, read: Do) -> None:
    load(write, "fiscal_period", {**YEAR, "status": "CLOSED"})
    assert read(service.current_period) is None
    assert outcomes(load(write, "fiscal_period", {"name": "FY-2026", "status": "active"})) == ["updated"]
    assert the_period(read).status is PeriodStatus.ACTIVE


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"name": "X", "start": "2026-05-01", "end": "2026-04-30"}, ("period_illegal", "end")),
        ({"name": "X", "start": "2026-12-31", "end": "2027-12-30"}, ("period_illegal", "start")),
        ({"name": "X", "end": "2027-12-30"}, ("field_missing", "start")),
        ({"name": "", "start": "2028-01-01", "end": "2028-12-30"}, ("field_missing", "name")),
        ({"name": "X", "start": "1/1/28", "end": "2028-12-30"}, ("date_malformed", "start")),
    ],
)
def test_a_wrong_period_is_refused(row: dict[str, object], problem: tuple[str, str], write: Do) -> None:
    load(write, "fiscal_period", YEAR)
    (verdict,) = load(write, "fiscal_period", row)
    assert verdict.outcome == "refused"
    assert problem in slugs(verdict)


# -- funds -------------------------------------------------------------------------------------


def test_what_was_loaded_comes_back(write: Do, read: Do) -> None:
    write(fill)
    fund = read(lambda tx: service.fund(tx, "HIST"))
    assert fund is not None
    summary = read(lambda tx: service.fund(tx, "HUM"))
    assert summary is not None
    assert fund.parent_id == summary.id
    assert fund.entity_type is EntityType.ALLOCATED
    assert fund.takes_orders
    assert not summary.takes_orders
    assert (fund.external_id, fund.type, fund.description) == ("4711", "GENERAL", "Monographs in history")
    assert (fund.currency, fund.period.name, fund.libraries) == ("USD", "FY-2026", ())
    assert read(lambda tx: service.fund_by_id(tx, fund.id)) == fund
    science = read(lambda tx: service.fund(tx, "SCI"))
    assert science is not None
    assert (science.serves("SCI"), science.serves("MAIN")) == (True, False)
    assert fund.serves("MAIN")


def test_loading_again_changes_nothing(write: Do) -> None:
    write(fill)
    assert outcomes(load(write, "ledger", LEDGER)) == ["unchanged"]
    assert outcomes(load(write, "fund", SUMMARY, HISTORY, SCIENCE)) == ["unchanged"] * 3


def test_what_a_row_leaves_out_stays(write: Do, read: Do) -> None:
    write(fill)
    before = read(lambda tx: the_fund(tx, "HIST"))
    assert outcomes(load(write, "fund", {"code": "HIST", "name": "Histories"})) == ["updated"]
    after = read(lambda tx: the_fund(tx, "HIST"))
    assert (after.name, after.external_id, after.uuid) == ("Histories", "4711", before.uuid)
    assert outcomes(load(write, "fund", {"code": "HIST", "name": "Histories"})) == ["unchanged"]


def test_codes_are_found_as_written_and_near_misses_are_named(write: Do, read: Do) -> None:
    write(fill)
    assert read(lambda tx: service.fund(tx, "hist")) is None
    assert read(lambda tx: service.similar_codes(tx, "hist")) == ("HIST",)
    assert read(lambda tx: service.similar_codes(tx, "HSIT")) == ("HIST",)
    assert read(lambda tx: service.similar_codes(tx, "HIS")) == ("HIST",)
    assert read(lambda tx: service.similar_codes(tx, "XYZ")) == ()
    assert read(lambda tx: service.similar_codes(tx, "books")) == ()  # a ledger takes no orders
    assert read(lambda tx: service.similar_codes(tx, "hist", granted={"SCI"})) == ()
    load(write, "fund", {"code": "HIST", "status": "INACTIVE"})
    assert read(lambda tx: service.similar_codes(tx, "hist")) == ()


def test_the_same_code_in_two_periods_is_two_funds(write: Do, read: Do, clock: FixedClock) -> None:
    write(fill)
    following = {"name": "FY-2027", "start": "2027-01-01", "end": "2027-12-31"}
    load(write, "fiscal_period", following)
    load(write, "ledger", {**LEDGER, "fiscal_period": "FY-2027"})
    (verdict,) = load(write, "fund", {**HISTORY, "parent": "BOOKS", "fiscal_period": "FY-2027"})
    assert verdict.outcome == "created"
    this_year = read(lambda tx: the_fund(tx, "HIST"))
    clock.advance(days=305)
    next_year = read(lambda tx: the_fund(tx, "HIST"))
    assert this_year.id != next_year.id
    assert next_year.period.name == "FY-2027"
    assert read(lambda tx: service.fund(tx, "SCI")) is None


def test_rules_come_from_above_unless_a_fund_has_its_own(write: Do, read: Do) -> None:
    write(fill)
    load(write, "fund", {"code": "SCI", "overexpenditure_allowed": "YES"})
    rules: dict[str, object] = {
        "code": "BOOKS",
        "overencumbrance_allowed": "yes",
        "overencumbrance_limit_percent": "20",
        "overexpenditure_limit_sum": "10.44",
        "encumbrances_prior_to_fiscal_period": "-3",
    }
    assert outcomes(load(write, "ledger", rules)) == ["updated"]
    for code in ("BOOKS", "HUM", "HIST"):
        held = rules_of(read, code)
        assert held.overencumbrance is Allowed.YES
        assert held.overencumbrance_limit_percent == 20 * UNIT
        assert held.overexpenditure_limit_sum == 104_400
        assert held.encumbrances_prior_days == -3
    science = read(lambda tx: the_fund(tx, "SCI"))
    assert science.own_rules
    assert (science.rules.overencumbrance, science.rules.overexpenditure) == (Allowed.NO, Allowed.YES)
    (outcome,) = write(lambda tx: order(tx, 1, ("HIST", usd("120.00"))))
    assert outcome.overdrawn == usd("20.00")
    assert_books_are_right(read)


def test_a_fund_moves_with_what_hangs_below_and_takes_the_rules_of_its_new_place(write: Do, read: Do) -> None:
    write(fill)
    law = {"code": "LAW", "name": "Law", "entity_type": "SUMMARY", "parent": "BOOKS"}
    load(write, "fund", {**law, "overencumbrance_allowed": "NO_LIMITS"})
    assert outcomes(load(write, "fund", {"code": "HUM", "parent": "LAW"})) == ["updated"]
    assert read(lambda tx: the_fund(tx, "HIST")).rules.overencumbrance is Allowed.NO_LIMITS
    assert sums(read, "LAW")[0] == "100.00"
    assert_books_are_right(read)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"parent": None}, ("field_missing", "parent")),
        ({"parent": "NONE"}, ("fund_parent_illegal", "parent")),
        ({"parent": "SCI"}, ("fund_parent_illegal", "parent")),
        ({"currency": "EUR"}, ("fund_currency_differs", "currency")),
        ({"entity_type": "LEDGER"}, ("value_not_listed", "entity_type")),
        ({"fiscal_period": "FY-1999"}, ("period_unknown", "fiscal_period")),
        ({"available_for_library": "SCI; NOWHERE"}, ("library_unknown", "available_for_library")),
        ({"owner": "sci"}, ("library_unknown", "owner")),
        ({"overencumbrance_limit_percent": "1001"}, ("value_wrong_type", "overencumbrance_limit_percent")),
        ({"overencumbrance_allowed": "MAYBE"}, ("value_not_listed", "overencumbrance_allowed")),
        ({"name": ""}, ("field_missing", "name")),
    ],
)
def test_a_wrong_fund_is_refused(change: dict[str, object], problem: tuple[str, str], write: Do) -> None:
    write(fill)
    (verdict,) = load(write, "fund", {"code": "NEW", "name": "New", "parent": "HUM", **change})
    assert verdict.outcome == "refused"
    assert problem in slugs(verdict)


def test_a_fund_keeps_its_nature_for_life(write: Do) -> None:
    write(fill)
    (verdict,) = load(write, "fund", {"code": "HIST", "entity_type": "SUMMARY"})
    assert slugs(verdict) == [("fund_in_use", "entity_type")]
    (verdict,) = load(write, "ledger", {"code": "BOOKS", "currency": "EUR"})
    assert slugs(verdict) == [("fund_in_use", "currency")]


def test_nothing_can_hang_below_itself(write: Do) -> None:
    write(fill)
    below = {"code": "BELOW", "name": "Below", "entity_type": "SUMMARY", "parent": "HUM"}
    load(write, "fund", below)
    (verdict,) = load(write, "fund", {"code": "HUM", "parent": "BELOW"})
    assert slugs(verdict) == [("fund_parent_illegal", "parent")]


def test_a_refused_row_leaves_the_others_alone(write: Do, read: Do) -> None:
    write(fill)
    rows = [
        {"code": "A", "name": "A", "parent": "HUM"},
        {"code": "B"},
        {"code": "C", "name": "C", "parent": "A"},
    ]
    verdicts = load(write, "fund", *rows)
    assert outcomes(verdicts) == ["created", "refused", "refused"]
    assert [verdict.row for verdict in verdicts] == [1, 2, 3]
    assert read(lambda tx: service.fund(tx, "A")) is not None
    assert_books_are_right(read)


# -- lists -------------------------------------------------------------------------------------


def codes(read: Do, limit: int = 50, offset: int = 0, **wanted: Any) -> list[str]:
    page = read(lambda tx: service.funds(tx, FundFilter(**wanted), limit, offset))
    return [fund.code for fund in page.funds]


def test_the_list_is_narrowed_by_every_condition(write: Do, read: Do) -> None:
    write(fill)
    load(write, "fund", {"code": "100%", "name": "Über_alles", "parent": "BOOKS", "owner": "SCI"})
    load(write, "fund", {"code": "OLD", "name": "Old", "parent": "BOOKS", "status": "INACTIVE"})
    assert codes(read) == ["100%", "BOOKS", "HIST", "HUM", "OLD", "SCI"]
    assert codes(read, entity_type=EntityType.SUMMARY) == ["HUM"]
    assert codes(read, status=FundStatus.INACTIVE) == ["OLD"]
    assert codes(read, owner="SCI") == ["100%"]
    assert codes(read, parent_id=read(lambda tx: the_fund(tx, "HUM").id)) == ["HIST"]
    assert codes(read, period_id=1) == []
    assert codes(read, library="MAIN") == ["100%", "BOOKS", "HIST", "HUM", "OLD"]
    assert "SCI" in codes(read, library="SCI")
    assert "SCI" not in codes(read, library="sci")
    assert codes(read, search=(("code", ("s",)),)) == ["BOOKS", "HIST", "SCI"]
    assert codes(read, search=(("code", ("%",)),)) == ["100%"]
    assert codes(read, search=(("name", ("uber_",)),)) == ["100%"]
    assert codes(read, search=(("external_id", ("471",)),)) == ["HIST"]
    assert codes(read, search=(("description", ("HISTORY", "mono")),)) == ["HIST"]
    assert codes(read, search=(("", ("4711",)),)) == ["HIST"]
    assert codes(read, codes=frozenset({"HIST", "OLD"})) == ["HIST", "OLD"]
    assert codes(read, codes=frozenset()) == []
    assert codes(read, granted_libraries=frozenset({"MAIN"}), entity_type=EntityType.ALLOCATED) == [
        "100%",
        "HIST",
        "OLD",
    ]
    assert codes(read, 2, 1) == ["BOOKS", "HIST"]
    assert codes(read, 2, 100) == []
    assert read(lambda tx: service.funds(tx, FundFilter(), 0)).total == 6


def test_usable_now_are_active_allocated_funds_of_the_current_period(
    write: Do, read: Do, clock: FixedClock
) -> None:
    write(fill)
    load(write, "fund", {"code": "OLD", "name": "Old", "parent": "BOOKS", "status": "INACTIVE"})

    wanted = read(service.usable_now)
    assert wanted is not None
    page = read(lambda tx: service.funds(tx, wanted, 10))
    assert [fund.code for fund in page.funds] == ["HIST", "SCI"]
    clock.advance(days=400)
    assert read(service.usable_now) is None


def test_a_long_list_costs_as_many_statements_as_a_short_one(write: Do, read: Do, store: Store) -> None:
    write(fill)
    rows = [{"code": f"F{number:03}", "name": "F", "parent": "HUM"} for number in range(60)]
    load(write, "fund", *rows)
    seen: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    def show(limit: int) -> int:
        seen.clear()

        def look(tx: Any) -> int:
            page = service.funds(tx, FundFilter(), limit)
            return len(service.balances(tx, [fund.id for fund in page.funds]))

        assert read(look) == limit
        return len([statement for statement in seen if "SELECT" in statement])

    event.listen(store.reader, "before_cursor_execute", listen)
    try:
        assert show(3) == show(64) == 3
    finally:
        event.remove(store.reader, "before_cursor_execute", listen)
