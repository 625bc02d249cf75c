"""Changing how far funds may go: the limits of a record, and of all below it that have none of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from openacq.kernel.money import Money, minor_digits, percent_text
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.rows import Row
from openacq.ledger import store_funds
from openacq.ledger.allocate import settle_ceiling
from openacq.ledger.load_funds import RULE_COLUMNS, read_rules, with_rules_from_above
from openacq.ledger.model import EntityType, Fund, FundRules
from openacq.store import Tx


def put_rules(tx: Tx, fund_id: int, cells: Mapping[str, object] | None) -> tuple[Fund, ...]:
    """Give a record limits of its own (columns `RULE_COLUMNS`; what is left out is as in a new record), or
    with None take them away: it then follows the record above. The funds that changed, itself first.

    What is encumbered stays so: a lower limit is for what comes. Raises Refusal: record_missing,
    field_missing for a ledger without limits, whatever is wrong with the cells.
    """
    tx.registers_changed()  # others who change registers wait from here on
    held = {(fund.period.id, fund.code): fund for fund in store_funds.all_funds(tx)}
    fund = next((each for each in held.values() if each.id == fund_id), None)
    if fund is None:
        raise Refusal(Problem("record_missing", "fund", fund_id, what="Fund"))
    if cells is None:
        if fund.parent_id is None:
            raise Refusal(Problem("field_missing", "own_rules", fund.code))
        changed = replace(fund, own_rules=False)
    else:
        row = Row(cells)
        row.check_names(RULE_COLUMNS)
        rules = read_rules(row, FundRules())
        if row.problems:
            raise Refusal(row.problems)
        changed = replace(fund, own_rules=True, rules=rules)
    wanted = with_rules_from_above({**held, (fund.period.id, fund.code): changed})
    others = [each for key, each in wanted.items() if each != held[key]]
    others.sort(key=lambda each: each.id)
    store_funds.write_funds(tx, [], others)
    for each in others:
        if each.entity_type is EntityType.ALLOCATED:
            settle_ceiling(tx, each.id)
    return tuple(sorted(others, key=lambda each: each.id != fund_id))


def follows(funds: Iterable[Fund], fund: Fund) -> tuple[Fund, ...]:
    """Of these funds those whose limits are the fund's, because they have none of their own."""
    known = list(funds)
    found: list[Fund] = []
    above = {fund.id}
    while True:
        more = [each for each in known if each.parent_id in above and not each.own_rules]
        if not more:
            return tuple(sorted(found, key=lambda each: each.code))
        found += more
        above = {each.id for each in more}


def cells_of(fund: Fund) -> dict[str, str]:
    """A fund's limits by the columns of `RULE_COLUMNS`: percents and sums as they are typed; 0 as ""."""
    rules = fund.rules

    def percent(given: int) -> str:
        return percent_text(given) if given else ""

    def sum_(units: int) -> str:
        return Money(units, fund.currency, minor_digits(fund.currency)).text() if units else ""

    def days(number: int) -> str:
        return str(number) if number else ""

    return {
        "overencumbrance_allowed": rules.overencumbrance.value,
        "overexpenditure_allowed": rules.overexpenditure.value,
        "overencumbrance_warning_percent": percent(rules.overencumbrance_warning_percent),
        "overexpenditure_warning_sum": sum_(rules.overexpenditure_warning_sum),
        "overencumbrance_limit_percent": percent(rules.overencumbrance_limit_percent),
        "overexpenditure_limit_sum": sum_(rules.overexpenditure_limit_sum),
        "encumbrances_prior_to_fiscal_period": days(rules.encumbrances_prior_days),
        "expenditures_prior_to_fiscal_period": days(rules.expenditures_prior_days),
        "transfers_prior_to_fiscal_period": days(rules.transfers_prior_days),
        "fiscal_period_end_encumbrance_grace_period": days(rules.encumbrance_grace_days),
        "fiscal_period_end_expenditure_grace_period": days(rules.expenditure_grace_days),
    }


__all__ = ["RULE_COLUMNS", "cells_of", "follows", "put_rules"]
