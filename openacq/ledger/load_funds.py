"""Loading ledgers, summary funds and allocated funds.

The key of a row is (fiscal period, code); what it leaves out stays as it is. What hangs below has
the currency and period of the record above and, unless a row gave it rules of its own, its rules too,
now and whenever those change.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from openacq.directory import service as directory
from openacq.kernel.filling import fill
from openacq.kernel.refusal import Problem, probable
from openacq.kernel.rows import Row
from openacq.kernel.text import nearest
from openacq.kernel.verdict import Verdict
from openacq.ledger import store, store_funds
from openacq.ledger.allocate import settle_ceiling
from openacq.ledger.look import current_period, periods
from openacq.ledger.model import EntityType, FiscalPeriod, Fund, FundRules, FundStatus
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
LEDGER_COLUMNS = (
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
FUND_COLUMNS = (*LEDGER_COLUMNS, "entity_type", "parent")


Key: TypeAlias = tuple[int, str]
"""Fiscal period and code."""


def load_ledgers(tx: Tx, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Load ledgers: code, name, fiscal_period (name or id; the current one), currency (the institution's)…"""
    return _load(tx, rows, "ledger", LEDGER_COLUMNS)


def load_funds(tx: Tx, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Load funds: as ledgers, with entity_type (ALLOCATED or SUMMARY) and parent (a code, loaded before)."""
    return _load(tx, rows, "fund", FUND_COLUMNS)


def _load(tx: Tx, rows: Sequence[Mapping[str, object]], kind: str, columns: Sequence[str]) -> list[Verdict]:
    held = {(fund.period.id, fund.code): fund for fund in store_funds.all_funds(tx)}
    reader = _Reader(tx, kind, held)
    filled = fill(kind, columns, rows, held, reader.read, name=lambda key: key[1])
    if not filled.anything:
        return filled.verdicts
    tx.registers_changed()
    wanted = with_rules_from_above(held | filled.wanted)
    new = [fund for fund in wanted.values() if (fund.period.id, fund.code) not in held]
    changed = [fund for key, fund in wanted.items() if held.get(key, fund) != fund]
    store_funds.write_funds(tx, new, changed)
    store.open_balances(tx, [fund.id for fund in new if fund.entity_type is EntityType.ALLOCATED])
    for fund in sorted([*new, *changed], key=lambda fund: fund.id):
        if fund.entity_type is EntityType.ALLOCATED:
            settle_ceiling(tx, fund.id)
    return filled.verdicts


def with_rules_from_above(known: Mapping[Key, Fund]) -> dict[Key, Fund]:
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
        self._libraries = tuple(library.code for library in directory.libraries(tx))
        self._institution = directory.institution(tx)
        self._periods = periods(tx)
        self._current = current_period(tx)

    def read(self, row: Row) -> tuple[Key, Fund]:
        code = row.text("code", needed=True, most=100)
        period = self._period(row)
        key = (period.id, code)
        held = self._known.get(key)
        old = held or self._blank(code, period)
        parent = self._parent(row, key, old)
        own_rules = old.own_rules or any(row.given(column) for column in RULE_COLUMNS)
        fund = replace(
            old,
            name=row.text("name", old.name, needed=not old.name),
            entity_type=self._entity_type(row, old),
            status=row.choice("status", old.status),
            currency=self._currency(row, old, parent),
            owner=row.text("owner", old.owner, most=100),
            type=row.text("type", old.type, most=100),
            external_id=row.text("external_id", old.external_id),
            description=row.prose("description", old.description),
            libraries=row.codes("available_for_library") or old.libraries,
            parent_id=parent.id if parent else None,
            rules=read_rules(row, old.rules) if own_rules or parent is None else parent.rules,
            own_rules=own_rules,
        )
        self._check_libraries(row, fund)
        if held is not None:
            row.problems += _fixed(held, fund)
        if not row.problems:
            fund = fund if held is not None else replace(fund, id=self._tx.new_id())
            self._known[key] = fund
        return key, fund

    def _blank(self, code: str, period: FiscalPeriod) -> Fund:
        is_ledger = self._kind == "ledger"
        return Fund(
            id=0,
            uuid=str(uuid.uuid4()),
            code=code,
            name="",
            entity_type=EntityType.LEDGER if is_ledger else EntityType.ALLOCATED,
            status=FundStatus.ACTIVE,
            currency="",
            period=period,
            own_rules=is_ledger,
        )

    def _entity_type(self, row: Row, old: Fund) -> EntityType:
        if self._kind == "ledger":
            return EntityType.LEDGER
        entity_type = row.choice("entity_type", old.entity_type)
        if entity_type is EntityType.LEDGER:
            valid = "ALLOCATED, SUMMARY"
            row.problems.append(Problem("value_not_listed", "entity_type", entity_type, valid=valid))
        return entity_type

    def _currency(self, row: Row, old: Fund, parent: Fund | None) -> str:
        if parent is None:
            return row.currency("currency", old.currency or self._institution.currency)
        currency = row.currency("currency", parent.currency)
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

    def _check_libraries(self, row: Row, fund: Fund) -> None:
        asked = [("available_for_library", code) for code in fund.libraries]
        if fund.owner and fund.owner != self._institution.code:
            asked.append(("owner", fund.owner))
        row.problems += [
            Problem("library_unknown", name, code, probable=probable(nearest(code, self._libraries)))
            for name, code in asked
            if code not in self._libraries
        ]

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

    def _parent(self, row: Row, key: Key, old: Fund) -> Fund | None:
        if self._kind == "ledger":
            return None
        asked = row.text("parent", needed=old.parent_id is None)
        if not asked:
            return next((known for known in self._known.values() if known.id == old.parent_id), None)
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


def read_rules(row: Row, held: FundRules) -> FundRules:
    """The rules a row gives, by Alma's names of the columns; what it leaves out as in `held`."""
    return FundRules(
        overencumbrance=row.choice("overencumbrance_allowed", held.overencumbrance),
        overexpenditure=row.choice("overexpenditure_allowed", held.overexpenditure),
        **{
            name: read(row, column) if row.given(column) else getattr(held, name)
            for name, (column, read) in _RULE_READERS.items()
        },
    )


def _percent(row: Row, column: str) -> int:
    return row.percent(column, most=MOST_PERCENT)


def _sum(row: Row, column: str) -> int:
    return row.units(column, least=0)


def _days(row: Row, column: str) -> int:
    return row.whole(column, least=-MOST_DAYS, most=MOST_DAYS)


_RULE_READERS: Mapping[str, tuple[str, Callable[[Row, str], int]]] = MappingProxyType(
    {
        "overencumbrance_warning_percent": ("overencumbrance_warning_percent", _percent),
        "overexpenditure_warning_sum": ("overexpenditure_warning_sum", _sum),
        "overencumbrance_limit_percent": ("overencumbrance_limit_percent", _percent),
        "overexpenditure_limit_sum": ("overexpenditure_limit_sum", _sum),
        "encumbrances_prior_days": ("encumbrances_prior_to_fiscal_period", _days),
        "expenditures_prior_days": ("expenditures_prior_to_fiscal_period", _days),
        "transfers_prior_days": ("transfers_prior_to_fiscal_period", _days),
        "encumbrance_grace_days": ("fiscal_period_end_encumbrance_grace_period", _days),
        "expenditure_grace_days": ("fiscal_period_end_expenditure_grace_period", _days),
    }
)
"""Rule → its column and how that is read."""
