"""The packaging rule and approval rules: read, and filled from files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.codes.model import CodeTable
from openacq.kernel.filling import fill
from openacq.kernel.money import Money, minor_digits
from openacq.kernel.order import named, ranked
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.profiles import store_purchasing
from openacq.profiles.model import MOST_LINES_PER_ORDER, ApprovalRule, PackagingRule
from openacq.store import Tx

PACKAGING, APPROVAL_RULE = "packaging", "approval_rule"
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        PACKAGING: ("automatic", "wait_minutes", "most_lines", "by_fund"),
        APPROVAL_RULE: (
            "name", "approval", "position", "enabled", "methods", "vendors", "libraries", "above", "currency",
        ),
    }
)  # fmt: skip
MOST_MINUTES = 7 * 24 * 60
NOT_SET = PackagingRule()


# -- reading ----------------------------------------------------------------------------------


def packaging_rule(tx: Tx) -> PackagingRule:
    """How the institution packs its lines; the usual way while it has said nothing."""
    return tx.cached("packaging_rule", "", lambda: store_purchasing.packaging(tx)) or NOT_SET


def approval_rules(tx: Tx) -> tuple[ApprovalRule, ...]:
    """The rules in the order in which they are asked."""
    return tx.cached("approval_rules", "", lambda: tuple(store_purchasing.approval(tx).values()))


# -- filling ----------------------------------------------------------------------------------


def load_packaging(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Set the packaging rule; an institution has one, so only one row is taken."""
    old = store_purchasing.packaging(tx)
    held = {} if old is None else {PACKAGING: old}

    def read(row: Row) -> tuple[str, PackagingRule]:
        return PACKAGING, _read_packaging(row, old or NOT_SET)

    filled = fill(PACKAGING, COLUMNS[PACKAGING], given, held, read)
    for rule in (*filled.added, *filled.changed):
        store_purchasing.save_packaging(tx, rule, new=old is None)
        tx.registers_changed()
    return filled.verdicts


def _read_packaging(row: Row, old: PackagingRule) -> PackagingRule:
    wait = row.whole("wait_minutes", old.wait_minutes)
    most = row.whole("most_lines", old.most_lines)
    for name, value, least, limit in (
        ("wait_minutes", wait, 0, MOST_MINUTES),
        ("most_lines", most, 1, MOST_LINES_PER_ORDER),
    ):
        if not least <= value <= limit:
            expected = f"a number from {least} to {limit}"
            row.problems.append(Problem("value_wrong_type", name, value, expected=expected))
    return PackagingRule(
        automatic=row.flag("automatic", old.automatic),
        wait_minutes=wait,
        most_lines=most,
        by_fund=row.flag("by_fund", old.by_fund),
    )


def load_approval(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    held = store_purchasing.approval(tx)
    methods = codes.known_table(tx, "AcquisitionMethod")
    places = count(max((rule.position for rule in held.values()), default=0) + 1)

    def read(row: Row) -> tuple[str, ApprovalRule]:
        rule = _read_approval(row, held, methods, next(places))
        return rule.name, rule

    filled = fill(APPROVAL_RULE, COLUMNS[APPROVAL_RULE], given, held, read)
    if filled.anything:
        store_purchasing.save_approval(tx, filled.added, filled.changed)
        tx.registers_changed()
    return filled.verdicts


def put_approval_rule(tx: Tx, cells: Mapping[str, object]) -> ApprovalRule:
    """Write an approval rule whole: criteria the cells leave out are not set. A new one comes last.

    Raises Refusal with everything that is wrong.
    """
    tx.registers_changed()  # others who change registers wait from here on
    held = store_purchasing.approval(tx)
    row = Row(cells)
    row.check_names(COLUMNS[APPROVAL_RULE])
    last = max((rule.position for rule in held.values()), default=0)
    old = held.get(row.text("name"))
    methods = codes.known_table(tx, "AcquisitionMethod")
    rule = _read_approval(row, {}, methods, old.position if old else last + 1)
    if row.problems:
        raise Refusal(row.problems)
    added, changed = ([], [rule]) if rule.name in held else ([rule], [])
    store_purchasing.save_approval(tx, added, changed)
    return rule


def drop_approval_rule(tx: Tx, name: str) -> ApprovalRule:
    """Forget an approval rule. Raises Refusal record_missing."""
    tx.registers_changed()  # others who change registers wait from here on
    rule = named(store_purchasing.approval(tx).values(), name)
    store_purchasing.drop_approval(tx, name)
    return rule


def rank_approval_rule(tx: Tx, name: str, places: int) -> tuple[ApprovalRule, ...]:
    """Have a rule asked so many places earlier (-1) or later (1); all of them in their new order.

    Raises Refusal record_missing.
    """
    tx.registers_changed()  # others who change registers wait from here on
    held = store_purchasing.approval(tx)
    order = ranked(held.values(), name, places)
    store_purchasing.save_approval(tx, [], [rule for rule in order if rule != held[rule.name]])
    return tuple(order)


def _read_approval(
    row: Row, held: Mapping[str, ApprovalRule], methods: CodeTable, place: int
) -> ApprovalRule:
    name = row.text("name", needed=True, most=100)
    old = held.get(name) or ApprovalRule(name, position=place)
    criteria = {field: row.codes(field) or getattr(old, field) for field in store_purchasing.CRITERIA}
    row.problems += [found for code in criteria["methods"] if (found := methods.check("methods", code))]
    return ApprovalRule(
        name=name,
        approval=row.flag("approval", old.approval),
        position=row.whole("position", old.position),
        enabled=row.flag("enabled", old.enabled),
        above=_above(row, old.above),
        **criteria,
    )


def _above(row: Row, kept: Money | None) -> Money | None:
    currency = row.currency("currency", kept.currency if kept else "")
    if not row.given("above"):
        return kept and replace(kept, currency=currency, scale=minor_digits(currency))
    if not currency:
        row.problems.append(Problem("field_missing", "currency"))
        return None
    return Money(row.units("above", least=0), currency, minor_digits(currency))
