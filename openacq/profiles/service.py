"""What the rest of the house asks of profiles and review rules."""

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
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.rows import Row
from openacq.kernel.text import nearest
from openacq.kernel.verdict import Verdict
from openacq.profiles import purchasing, store
from openacq.profiles.model import MATCH_METHODS, OrderProfile, ProfileKind, ReviewRule
from openacq.profiles.purchasing import (
    approval_rules,
    drop_approval_rule,
    packaging_rule,
    put_approval_rule,
    rank_approval_rule,
)
from openacq.profiles.rules import decide, matches, who_approves
from openacq.store import Tx

PROFILE, REVIEW_RULE = "profile", "review_rule"
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        PROFILE: (
            "code", "name", "kind", "default", "match", "match_serial", "block_not_fully_funded",
            "block_invalid_fund", "block_balance_too_low", "duplicates", "default_line_type",
            "use_access_model",
        ),
        REVIEW_RULE: (
            "name", "review", "position", "default", "enabled", "vendors", "methods", "price_above",
            "price_below", "currency", "libraries", "funds", "line_types", "materials", "sources",
        ),
        **purchasing.COLUMNS,
    }
)  # fmt: skip
BUILT_IN: Mapping[ProfileKind, OrderProfile] = MappingProxyType(
    {
        ProfileKind.ORDER: OrderProfile("", "Built-in order profile", is_default=True),
        ProfileKind.PURCHASE_REQUEST: OrderProfile(
            "", "Built-in request profile", ProfileKind.PURCHASE_REQUEST, is_default=True
        ),
    }
)


# -- reading ----------------------------------------------------------------------------------


def order_profile(tx: Tx, code: str | None) -> OrderProfile | None:
    """The profile of New Order API named `code`, or the default one; None when there is no such code."""
    return _profile(tx, ProfileKind.ORDER, code or "")


def request_profile(tx: Tx, code: str | None) -> OrderProfile | None:
    """The same for purchase requests."""
    return _profile(tx, ProfileKind.PURCHASE_REQUEST, code or "")


def order_profile_codes(tx: Tx) -> tuple[str, ...]:
    return tuple(code for kind, code in _profiles(tx) if kind is ProfileKind.ORDER)


def review_rules(tx: Tx) -> tuple[ReviewRule, ...]:
    """The rules in the order in which they are asked."""
    return tx.cached("review_rules", "", lambda: tuple(store.rules(tx).values()))


def order_profiles(tx: Tx, kind: ProfileKind) -> tuple[OrderProfile, ...]:
    """The institution's profiles of a kind, by code; none while it has made none."""
    return tuple(profile for (of, _), profile in sorted(_profiles(tx).items()) if of is kind)


def _profile(tx: Tx, kind: ProfileKind, code: str) -> OrderProfile | None:
    known = _profiles(tx)
    if code:
        return known.get((kind, code))
    own = [profile for profile in known.values() if profile.kind is kind]
    marked = [profile for profile in own if profile.is_default]
    if marked:
        return marked[0]
    return own[0] if len(own) == 1 else BUILT_IN[kind]


def _profiles(tx: Tx) -> Mapping[tuple[ProfileKind, str], OrderProfile]:
    return tx.cached("profiles", "", lambda: store.profiles(tx))


# -- filling ----------------------------------------------------------------------------------


def load(tx: Tx, kind: str, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Fill and update one kind of register: profiles, review rules, the packaging rule, approval rules.

    Columns: `COLUMNS[kind]`.
    """
    loaders = {
        PROFILE: _load_profiles,
        REVIEW_RULE: _load_rules,
        purchasing.PACKAGING: purchasing.load_packaging,
        purchasing.APPROVAL_RULE: purchasing.load_approval,
    }
    return loaders[kind](tx, rows)


def put_profile(tx: Tx, cells: Mapping[str, object]) -> OrderProfile:
    """Write a profile whole: what the cells leave out is as in a new one. The default mark goes over to it.

    Raises Refusal with everything that is wrong.
    """
    held = store.profiles(tx)
    row = Row(cells)
    row.check_names(COLUMNS[PROFILE])
    profile = _read_profile(row, {}, codes.known_table(tx, "PurchaseType"))
    if row.problems:
        raise Refusal(row.problems)
    key = (profile.kind, profile.code)
    let_go = [
        replace(other, is_default=False)
        for other_key, other in held.items()
        if profile.is_default and other.is_default and other.kind is profile.kind and other_key != key
    ]
    added, changed = ([], [profile]) if key in held else ([profile], [])
    store.save_profiles(tx, added, [*let_go, *changed])
    tx.registers_changed()
    return profile


def put_rule(tx: Tx, cells: Mapping[str, object]) -> ReviewRule:
    """Write a review rule whole: criteria the cells leave out are not set.

    Raises Refusal with everything that is wrong, code_taken when another rule is the default one.
    """
    tx.registers_changed()  # others who change registers wait from here on
    held = store.rules(tx)
    row = Row(cells)
    row.check_names(COLUMNS[REVIEW_RULE])
    last = max((rule.position for rule in held.values()), default=0)
    old = held.get(str(cells.get("name", "")))
    rule = _read_rule(row, {}, _tables_of_rules(tx), old.position if old else last + 1)
    others = [other.name for other in held.values() if other.is_default and other.name != rule.name]
    if rule.is_default and others:
        row.problems.append(Problem("code_taken", "default", ", ".join(others)))
    if row.problems:
        raise Refusal(row.problems)
    added, changed = ([], [rule]) if rule.name in held else ([rule], [])
    store.save_rules(tx, added, changed)
    return rule


def drop_rule(tx: Tx, name: str) -> ReviewRule:
    """Forget a review rule. Raises Refusal record_missing."""
    tx.registers_changed()  # others who change registers wait from here on
    rule = named(store.rules(tx).values(), name)
    store.drop_rule(tx, name)
    return rule


def rank_rule(tx: Tx, name: str, places: int) -> tuple[ReviewRule, ...]:
    """Have a review rule asked so many places earlier (-1) or later (1); all of them in their new order.

    Raises Refusal record_missing.
    """
    tx.registers_changed()  # others who change registers wait from here on
    held = store.rules(tx)
    order = ranked(held.values(), name, places)
    store.save_rules(tx, [], [rule for rule in order if rule != held[rule.name]])
    return tuple(order)


def _tables_of_rules(tx: Tx) -> Mapping[str, CodeTable]:
    return {
        "methods": codes.known_table(tx, "AcquisitionMethod"),
        "line_types": codes.known_table(tx, "PurchaseType"),
        "sources": codes.known_table(tx, "AcqItemSourceType"),
    }


def _load_profiles(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    held = store.profiles(tx)
    line_types = codes.known_table(tx, "PurchaseType")
    defaults: set[ProfileKind] = set()

    def read(row: Row) -> tuple[tuple[ProfileKind, str], OrderProfile]:
        profile = _read_profile(row, held, line_types)
        if profile.is_default and row.given("default") and not row.problems:
            if profile.kind in defaults:
                row.problems.append(Problem("row_doubled", "default", profile.code))
            defaults.add(profile.kind)
        return (profile.kind, profile.code), profile

    filled = fill(PROFILE, COLUMNS[PROFILE], given, held, read, name=lambda key: key[1])
    let_go = [
        replace(other, is_default=False)
        for key, other in held.items()
        if other.is_default and other.kind in defaults and key not in filled.wanted
    ]
    if filled.anything:
        store.save_profiles(tx, filled.added, [*let_go, *filled.changed])
        tx.registers_changed()
    return filled.verdicts


def _read_profile(
    row: Row, held: Mapping[tuple[ProfileKind, str], OrderProfile], line_types: CodeTable
) -> OrderProfile:
    kind = row.choice("kind", ProfileKind.ORDER)
    code = row.text("code", needed=True, most=50)
    old = held.get((kind, code)) or OrderProfile(code, "", kind)
    line_type = row.text("default_line_type", old.default_line_type)
    if line_type and (problem := line_types.check("default_line_type", line_type)):
        row.problems.append(problem)
    return OrderProfile(
        code=code,
        name=row.text("name", old.name, needed=not old.name),
        kind=kind,
        is_default=row.flag("default", old.is_default),
        match=_methods(row, "match", old.match),
        match_serial=_methods(row, "match_serial", old.match_serial),
        block_not_fully_funded=row.flag("block_not_fully_funded", old.block_not_fully_funded),
        block_invalid_fund=row.flag("block_invalid_fund", old.block_invalid_fund),
        block_balance_too_low=row.flag("block_balance_too_low", old.block_balance_too_low),
        duplicates=row.choice("duplicates", old.duplicates),
        default_line_type=line_type,
        use_access_model=row.flag("use_access_model", old.use_access_model),
    )


def _methods(row: Row, field: str, kept: tuple[str, ...]) -> tuple[str, ...]:
    methods = row.codes(field) or kept
    for method in methods:
        if method not in MATCH_METHODS:
            valid = f"{', '.join(MATCH_METHODS)}.{probable(nearest(method, MATCH_METHODS))}"
            row.problems.append(Problem("value_not_listed", field, method, valid=valid))
    return methods


def _load_rules(tx: Tx, given: Sequence[Mapping[str, object]]) -> list[Verdict]:
    held = store.rules(tx)
    tables = _tables_of_rules(tx)
    defaults = {rule.name for rule in held.values() if rule.is_default}
    places = count(max((rule.position for rule in held.values()), default=0) + 1)

    def read(row: Row) -> tuple[str, ReviewRule]:
        rule = _read_rule(row, held, tables, next(places))
        if not rule.is_default:
            defaults.discard(rule.name)
        elif not row.problems:
            if defaults - {rule.name}:
                row.problems.append(Problem("code_taken", "default rule", ", ".join(defaults)))
            else:
                defaults.add(rule.name)
        return rule.name, rule

    filled = fill(REVIEW_RULE, COLUMNS[REVIEW_RULE], given, held, read)
    if filled.anything:
        store.save_rules(tx, filled.added, filled.changed)
        tx.registers_changed()
    return filled.verdicts


def _read_rule(
    row: Row, held: Mapping[str, ReviewRule], tables: Mapping[str, CodeTable], place: int
) -> ReviewRule:
    name = row.text("name", needed=True, most=100)
    old = held.get(name) or ReviewRule(name, position=place)
    criteria = {field: row.codes(field) or getattr(old, field) for field in store.CRITERIA}
    for field, table in tables.items():
        row.problems += [found for code in criteria[field] if (found := table.check(field, code))]
    price = old.price_above or old.price_below
    currency = row.currency("currency", price.currency if price else "")
    if (row.given("price_above") or row.given("price_below")) and not currency:
        row.problems.append(Problem("field_missing", "currency"))
    rule = ReviewRule(
        name=name,
        review=row.flag("review", old.review),
        position=row.whole("position", old.position),
        is_default=row.flag("default", old.is_default),
        enabled=row.flag("enabled", old.enabled),
        price_above=_price(row, "price_above", currency, old.price_above),
        price_below=_price(row, "price_below", currency, old.price_below),
        **criteria,
    )
    if rule.is_default and (any(criteria.values()) or rule.price_above or rule.price_below):
        expected = "without criteria: the default rule speaks of every line"
        row.problems.append(Problem("value_wrong_type", "default", "true", expected=expected))
    return rule


def _price(row: Row, field: str, currency: str, kept: Money | None) -> Money | None:
    if not row.given(field):
        return kept and replace(kept, currency=currency, scale=minor_digits(currency))
    return Money(row.units(field, least=0), currency, minor_digits(currency or "XXX"))


__all__ = [
    "BUILT_IN",
    "COLUMNS",
    "approval_rules",
    "decide",
    "drop_approval_rule",
    "drop_rule",
    "load",
    "matches",
    "order_profile",
    "order_profile_codes",
    "order_profiles",
    "packaging_rule",
    "put_approval_rule",
    "put_profile",
    "put_rule",
    "rank_approval_rule",
    "rank_rule",
    "request_profile",
    "review_rules",
    "who_approves",
]
