"""Loading ledgers, summary funds and allocated funds.

A row is the whole record; its key is (fiscal period, code). What hangs below takes currency, period
and, unless a row gives rules of its own, the rules of the record above, now and whenever those change.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from openacq.directory import service as directory
from openacq.kernel.refusal import Problem
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Outcome, Verdict
from openacq.ledger import store, store_funds
from openacq.ledger.allocate import settle_ceiling
from openacq.ledger.look import current_period, periods
from openacq.ledger.model import Allowed, EntityType, FiscalPeriod, Fund, FundRules, FundStatus
from openacq.store import Tx

MOST_PERCENT = 1_000
MOST_DAYS = 3_650

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


@dataclass(slots=True)
class _Tree:
    """All definitions as they will be after loading."""

    known: dict[tuple[int, str], Fund]
    new: dict[int, Fund] = field(default_factory=dict)
    changed: dict[int, Fund] = field(default_factory=dict)

    def put(self, fund: Fund, *, is_new: bool) -> None:
        self.known[fund.period.id, fund.code] = fund
        (self.new if is_new or fund.id in self.new else self.changed)[fund.id] = fund

    def by_id(self) -> dict[int, Fund]:
        return {fund.id: fund for fund in self.known.values()}


def load_ledgers(tx: Tx, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Load ledgers: code, name, fiscal_period (name or id; the current one), currency (the institution's)…"""
    return _load(tx, rows, "ledger")


def load_funds(tx: Tx, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Load funds: as ledgers, with entity_type (ALLOCATED or SUMMARY) and parent (a code, loaded before)."""
    return _load(tx, rows, "fund")


def _load(tx: Tx, rows: Sequence[Mapping[str, object]], kind: str) -> list[Verdict]:
    tree = _Tree({(fund.period.id, fund.code): fund for fund in store_funds.all_funds(tx)})
    reader = _Reader(tx, kind, tree)
    verdicts: list[Verdict] = []
    for number, fields in enumerate(rows, 1):
        row = Row(fields)
        fund = reader.read(row)
        key = row.text("code")
        if fund is None or row.problems:
            verdicts.append(Verdict(number, kind, key, "refused", tuple(row.problems)))
            continue
        held = tree.known.get((fund.period.id, fund.code))
        if held is None:
            tree.put(fund, is_new=True)
        elif held != fund:
            tree.put(fund, is_new=False)
        outcome: Outcome = "created" if held is None else "unchanged" if held == fund else "updated"
        verdicts.append(Verdict(number, kind, key, outcome))
    _write(tx, tree)
    return verdicts


def _write(tx: Tx, tree: _Tree) -> None:
    if not tree.new and not tree.changed:
        return
    tx.registers_changed()
    _copy_rules_down(tree)
    store_funds.write_funds(tx, list(tree.new.values()), list(tree.changed.values()))
    holding = [fund for fund in tree.new.values() if fund.entity_type is EntityType.ALLOCATED]
    store.open_balances(tx, [fund.id for fund in holding])
    holding += [fund for fund in tree.changed.values() if fund.entity_type is EntityType.ALLOCATED]
    for fund in sorted(holding, key=lambda fund: fund.id):
        settle_ceiling(tx, fund.id)


def _copy_rules_down(tree: _Tree) -> None:
    """Give every record without rules of its own those of the record above, top down."""
    by_id = tree.by_id()
    below: dict[int, list[int]] = {}
    for fund in by_id.values():
        if fund.parent_id is not None:
            below.setdefault(fund.parent_id, []).append(fund.id)
    waiting = [fund.id for fund in by_id.values() if fund.parent_id is None]
    while waiting:
        above = by_id[waiting.pop()]
        for fund_id in below.get(above.id, ()):
            fund = by_id[fund_id]
            if not fund.own_rules and fund.rules != above.rules:
                by_id[fund_id] = replace(fund, rules=above.rules)
                tree.put(by_id[fund_id], is_new=False)
            waiting.append(fund_id)


class _Reader:
    """Reads rows into definitions, against everything known."""

    def __init__(self, tx: Tx, kind: str, tree: _Tree) -> None:
        self._tx = tx
        self._kind = kind
        self._tree = tree
        self._periods = periods(tx)
        self._current = current_period(tx)

    def read(self, row: Row) -> Fund | None:
        row.check_names(_LEDGER_FIELDS if self._kind == "ledger" else _FUND_FIELDS)
        code, name = row.text("code", needed=True, most=100), row.text("name", needed=True)
        entity_type = EntityType.LEDGER
        if self._kind == "fund":
            entity_type = row.choice("entity_type", EntityType.ALLOCATED)
            if entity_type is EntityType.LEDGER:
                row.problems.append(
                    Problem("value_not_listed", "entity_type", entity_type, valid="ALLOCATED, SUMMARY")
                )
        period = self._period(row)
        if period is None:
            return None
        parent = self._parent(row, period, code)
        currency = row.currency("currency", parent.currency if parent else "")
        if parent is None and not currency:
            currency = directory.institution(self._tx).currency
        elif parent is not None and currency != parent.currency:
            row.problems.append(
                Problem(
                    "fund_currency_differs",
                    "currency",
                    currency,
                    currency=parent.currency,
                    other=f"its parent {parent.code}",
                )
            )
        own_rules = self._kind == "ledger" or any(row.given(column) for column in RULE_COLUMNS)
        held = self._tree.known.get((period.id, code))
        rules = read_rules(row)
        if not own_rules and parent is not None:
            rules = parent.rules
        fund = Fund(
            id=0 if held is None else held.id,
            uuid=str(uuid.uuid4()) if held is None else held.uuid,
            code=code,
            name=name,
            entity_type=entity_type,
            status=row.choice("status", FundStatus.ACTIVE),
            currency=currency,
            period=period,
            owner=row.text("owner", most=100),
            type=row.text("type", most=100),
            external_id=row.text("external_id"),
            description=row.prose("description"),
            libraries=row.codes("available_for_library"),
            parent_id=parent.id if parent else None,
            rules=rules,
            own_rules=own_rules,
        )
        if held is not None:
            row.problems += _fixed(held, fund)
        if row.problems:
            return None
        return fund if held is not None else replace(fund, id=self._tx.new_id())

    def _period(self, row: Row) -> FiscalPeriod | None:
        asked = row.text("fiscal_period")
        if not asked:
            if self._current is None:
                row.problems.append(Problem("field_missing", "fiscal_period"))
            return self._current
        for period in self._periods:
            if asked in (period.name, str(period.id)):
                return period
        row.problems.append(Problem("period_unknown", "fiscal_period", asked))
        return None

    def _parent(self, row: Row, period: FiscalPeriod, code: str) -> Fund | None:
        if self._kind == "ledger":
            return None
        asked = row.text("parent", needed=True)
        if not asked:
            return None
        parent = self._tree.known.get((period.id, asked))
        reason = ""
        if parent is None:
            reason = f"there is no such record in {period.name}; load it before what hangs below"
        elif parent.entity_type is EntityType.ALLOCATED:
            reason = "it is an allocated fund"
        elif self._hangs_below(parent, self._tree.known.get((period.id, code))):
            reason = "it hangs below this very fund"
        if reason:
            row.problems.append(Problem("fund_parent_illegal", "parent", asked, reason=reason))
            return None
        return parent

    def _hangs_below(self, fund: Fund, top: Fund | None) -> bool:
        by_id = self._tree.by_id() if top is not None else {}
        step: Fund | None = fund
        while top is not None and step is not None:
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
