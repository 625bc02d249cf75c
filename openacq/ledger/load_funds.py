"""Loading ledgers, summary funds and allocated funds.

A row is the whole record; its key is (fiscal period, code). What hangs below takes currency, period
and, unless a row gives rules of its own, the rules of the record above, now and whenever those change.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from openacq.directory import service as directory
from openacq.kernel.filling import fill
from openacq.kernel.refusal import Problem
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.ledger import store, store_funds
from openacq.ledger.allocate import settle_ceiling
from openacq.ledger.look import current_period, periods
from openacq.ledger.model import Allowed, EntityType, FiscalPeriod, Fund, FundRules, FundStatus
from openacq.store import Tx

MOST_PERCENT = 1_000
MOST_DAYS = 3_650
NO_PERIOD = FiscalPeriod(0, "", date.min, date.min)
"""Stands for the period a row failed to name."""

RULE_COLUMNS = (
    "overencumbrance_allowed",
    "overexpenditure_allowed",
    "overencumbrance_warning_percent",
    "overexpenditure_warning_sum",
    "overencumbrance_limit_percent",
    "overexpenditure_limit_sum",
    "encumbrances_prior_to_fiscal_period",
    "expenditures_prior_to_fiscal_period",
    "transfers_prior_to_fiscal_period",
    "fiscal_period_end_encumbrance_grace_period",
    "fiscal_period_end_expenditure_grace_period",
)
_LEDGER_FIELDS = (
    "code",
    "name",
    "fiscal_period",
    "currency",
    "owner",
    "type",
    "external_id",
    "description",
    "status",
    "available_for_library",
    *RULE_COLUMNS,
)
_FUND_FIELDS = (*_LEDGER_FIELDS, "entity_type", "parent")


Key: TypeAlias = tuple[int, str]
"""Fiscal period and code."""


def load_ledgers(tx: Tx, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Load ledgers: code, name, fiscal_period (name or id; the current one), currency (the institution's)…"""
    return _load(tx, rows, "ledger", _LEDGER_FIELDS)


def load_funds(tx: Tx, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Load funds: as ledgers, with entity_type (ALLOCATED or SUMMARY) and parent (a code, loaded before)."""
    return _load(tx, rows, "fund", _FUND_FIELDS)


def _load(tx: Tx, rows: Sequence[Mapping[str, object]], kind: str, columns: Sequence[str]) -> list[Verdict]:
    held = {(fund.period.id, fund.code): fund for fund in store_funds.all_funds(tx)}
    reader = _Reader(tx, kind, held)
    filled = fill(kind, columns, rows, held, reader.read, name=lambda key: key[1])
    if not filled.anything:
        return filled.verdicts
    tx.registers_changed()
    wanted = _with_rules_from_above(held | filled.wanted)
    new = [fund for fund in wanted.values() if (fund.period.id, fund.code) not in held]
    changed = [fund for key, fund in wanted.items() if held.get(key, fund) != fund]
    store_funds.write_funds(tx, new, changed)
    store.open_balances(tx, [fund.id for fund in new if fund.entity_type is EntityType.ALLOCATED])
    for fund in sorted([*new, *changed], key=lambda fund: fund.id):
        if fund.entity_type is EntityType.ALLOCATED:
            settle_ceiling(tx, fund.id)
    return filled.verdicts


def _with_rules_from_above(known: Mapping[Key, Fund]) -> dict[Key, Fund]:
    """Every record without rules of its own gets those of the record above, from the top down."""
    by_id = {fund.id: fund for fund in known.values()}
    below: dict[int, list[int]] = {}
    for fund in by_id.values():
        if fund.parent_id is not None:
            below.setdefault(fund.parent_id, []).append(fund.id)
    waiting = [fund.id for fund in by_id.values() if fund.parent_id is None]
    while waiting:
        above = by_id[waiting.pop()]
        for fund_id in below.get(above.id, ()):
            if not by_id[fund_id].own_rules:
                by_id[fund_id] = replace(by_id[fund_id], rules=above.rules)
            waiting.append(fund_id)
    return {key: by_id[fund.id] for key, fund in known.items()}


class _Reader:
    """Reads rows into definitions, against everything known."""

    def __init__(self, tx: Tx, kind: str, held: Mapping[Key, Fund]) -> None:
        self._tx = tx
        self._kind = kind
        self._known = dict(held)
        self._periods = periods(tx)
        self._current = current_period(tx)

    def read(self, row: Row) -> tuple[Key, Fund]:
        code, name = row.text("code", needed=True, most=100), row.text("name", needed=True)
        entity_type = EntityType.LEDGER
        if self._kind == "fund":
            entity_type = row.choice("entity_type", EntityType.ALLOCATED)
            if entity_type is EntityType.LEDGER:
                valid = "ALLOCATED, SUMMARY"
                row.problems.append(Problem("value_not_listed", "entity_type", entity_type, valid=valid))
        period = self._period(row)
        key = (period.id, code)
        held = self._known.get(key)
        parent = self._parent(row, key)
        own_rules = self._kind == "ledger" or any(row.given(column) for column in RULE_COLUMNS)
        rules = read_rules(row)
        fund = Fund(
            id=0 if held is None else held.id,
            uuid=str(uuid.uuid4()) if held is None else held.uuid,
            code=code,
            name=name,
            entity_type=entity_type,
            status=row.choice("status", FundStatus.ACTIVE),
            currency=self._currency(row, parent),
            period=period,
            owner=row.text("owner", most=100),
            type=row.text("type", most=100),
            external_id=row.text("external_id"),
            description=row.prose("description"),
            libraries=row.codes("available_for_library"),
            parent_id=parent.id if parent else None,
            rules=rules if own_rules or parent is None else parent.rules,
            own_rules=own_rules,
        )
        if held is not None:
            row.problems += _fixed(held, fund)
        if not row.problems:
            fund = fund if held is not None else replace(fund, id=self._tx.new_id())
            self._known[key] = fund
        return key, fund

    def _currency(self, row: Row, parent: Fund | None) -> str:
        currency = row.currency("currency", parent.currency if parent else "")
        if parent is None:
            return currency or directory.institution(self._tx).currency
        if currency != parent.currency:
            row.problems.append(
                Problem(
                    "fund_currency_differs",
                    "currency",
                    currency,
                    currency=parent.currency,
                    other=f"its parent {parent.code}",
                )
            )
        return currency

    def _period(self, row: Row) -> FiscalPeriod:
        asked = row.text("fiscal_period")
        if not asked and self._current is not None:
            return self._current
        for period in self._periods:
            if asked in (period.name, str(period.id)):
                return period
        missing = (
            Problem("period_unknown", "fiscal_period", asked)
            if asked
            else Problem("field_missing", "fiscal_period")
        )
        row.problems.append(missing)
        return NO_PERIOD

    def _parent(self, row: Row, key: Key) -> Fund | None:
        if self._kind == "ledger":
            return None
        asked = row.text("parent", needed=True)
        if not asked:
            return None
        parent = self._known.get((key[0], asked))
        reason = ""
        if parent is None:
            reason = "there is no such record in this fiscal period; load it before what hangs below"
        elif parent.entity_type is EntityType.ALLOCATED:
            reason = "it is an allocated fund"
        elif self._hangs_below(parent, self._known.get(key)):
            reason = "it hangs below this very fund"
        if reason:
            row.problems.append(Problem("fund_parent_illegal", "parent", asked, reason=reason))
            return None
        return parent

    def _hangs_below(self, fund: Fund, top: Fund | None) -> bool:
        if top is None:
            return False
        by_id = {known.id: known for known in self._known.values()}
        step: Fund | None = fund
        while step is not None:
            if step.id == top.id:
                return True
            step = by_id.get(step.parent_id) if step.parent_id is not None else None
        return False


def _fixed(held: Fund, fund: Fund) -> list[Problem]:
    """What a definition keeps for life."""
    reason = "it is settled when the fund is made"
    return [
        Problem("fund_in_use", name, held.code, reason=reason)
        for name in ("entity_type", "currency")
        if getattr(held, name) != getattr(fund, name)
    ]


def read_rules(row: Row) -> FundRules:
    """The rules a row gives, by Alma's names of the columns."""
    return FundRules(
        overencumbrance=row.choice("overencumbrance_allowed", Allowed.NO),
        overexpenditure=row.choice("overexpenditure_allowed", Allowed.NO),
        overencumbrance_warning_percent=row.percent("overencumbrance_warning_percent", most=MOST_PERCENT),
        overexpenditure_warning_sum=row.units("overexpenditure_warning_sum", least=0),
        overencumbrance_limit_percent=row.percent("overencumbrance_limit_percent", most=MOST_PERCENT),
        overexpenditure_limit_sum=row.units("overexpenditure_limit_sum", least=0),
        encumbrances_prior_days=_days(row, "encumbrances_prior_to_fiscal_period"),
        expenditures_prior_days=_days(row, "expenditures_prior_to_fiscal_period"),
        transfers_prior_days=_days(row, "transfers_prior_to_fiscal_period"),
        encumbrance_grace_days=_days(row, "fiscal_period_end_encumbrance_grace_period"),
        expenditure_grace_days=_days(row, "fiscal_period_end_expenditure_grace_period"),
    )


def _days(row: Row, column: str) -> int:
    return row.whole(column, least=-MOST_DAYS, most=MOST_DAYS)
