"""SQL of profiles and review rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from openacq.kernel.money import Money, minor_digits
from openacq.profiles.model import DuplicatePolicy, OrderProfile, ProfileKind, ReviewRule
from openacq.profiles.tables import order_profiles, review_rules
from openacq.store import Tx

CRITERIA = ("vendors", "methods", "libraries", "funds", "line_types", "materials", "sources")

_PROFILES = (
    select(*(column for column in order_profiles.c if column.name != "institution"))
    .where(order_profiles.c.institution == bindparam("institution"))
    .order_by(order_profiles.c.kind, order_profiles.c.code)
)
_ADD_PROFILE = insert(order_profiles)
_CHANGE_PROFILE = update(order_profiles).where(
    order_profiles.c.institution == bindparam("of"),
    order_profiles.c.kind == bindparam("of_kind"),
    order_profiles.c.code == bindparam("of_code"),
)
_RULES = (
    select(*(column for column in review_rules.c if column.name != "institution"))
    .where(review_rules.c.institution == bindparam("institution"))
    .order_by(review_rules.c.position, review_rules.c.name)
)
_ADD_RULE = insert(review_rules)
_CHANGE_RULE = update(review_rules).where(
    review_rules.c.institution == bindparam("of"), review_rules.c.name == bindparam("of_name")
)
_DROP_RULE = delete(review_rules).where(
    review_rules.c.institution == bindparam("of"), review_rules.c.name == bindparam("of_name")
)


def profiles(tx: Tx) -> Mapping[tuple[ProfileKind, str], OrderProfile]:
    """By kind and code."""
    rows = tx.execute(_PROFILES, {"institution": tx.institution}).mappings()
    found = (_profile(row) for row in rows)
    return MappingProxyType({(profile.kind, profile.code): profile for profile in found})


def save_profiles(tx: Tx, added: Iterable[OrderProfile], changed: Iterable[OrderProfile]) -> None:
    new = [
        {
            "institution": tx.institution,
            "kind": profile.kind.value,
            "code": profile.code,
            **_profile_cells(profile),
        }
        for profile in added
    ]
    if new:
        tx.execute(_ADD_PROFILE, new)
    other = [
        {
            "of": tx.institution,
            "of_kind": profile.kind.value,
            "of_code": profile.code,
            **_profile_cells(profile),
        }
        for profile in changed
    ]
    if other:
        tx.execute(_CHANGE_PROFILE, other)


def rules(tx: Tx) -> Mapping[str, ReviewRule]:
    """By name, in the order in which they are asked."""
    rows = tx.execute(_RULES, {"institution": tx.institution}).mappings()
    return MappingProxyType({row["name"]: _rule(row) for row in rows})


def save_rules(tx: Tx, added: Iterable[ReviewRule], changed: Iterable[ReviewRule]) -> None:
    new = [{"institution": tx.institution, "name": rule.name, **_rule_cells(rule)} for rule in added]
    if new:
        tx.execute(_ADD_RULE, new)
    other = [{"of": tx.institution, "of_name": rule.name, **_rule_cells(rule)} for rule in changed]
    if other:
        tx.execute(_CHANGE_RULE, other)


def drop_rule(tx: Tx, name: str) -> None:
    tx.execute(_DROP_RULE, {"of": tx.institution, "of_name": name})


def _profile_cells(profile: OrderProfile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "is_default": profile.is_default,
        "methods": profile.match,
        "methods_serial": profile.match_serial,
        "block_not_fully_funded": profile.block_not_fully_funded,
        "block_invalid_fund": profile.block_invalid_fund,
        "block_balance_too_low": profile.block_balance_too_low,
        "duplicates": profile.duplicates.value,
        "default_line_type": profile.default_line_type,
        "use_access_model": profile.use_access_model,
    }


def _profile(row: RowMapping) -> OrderProfile:
    cells = dict(row)
    cells["kind"] = ProfileKind(cells["kind"])
    cells["duplicates"] = DuplicatePolicy(cells["duplicates"])
    cells["match"] = tuple(cells.pop("methods"))
    cells["match_serial"] = tuple(cells.pop("methods_serial"))
    return OrderProfile(**cells)


def _rule_cells(rule: ReviewRule) -> dict[str, Any]:
    price = rule.price_above or rule.price_below
    return {
        "position": rule.position,
        "review": rule.review,
        "is_default": rule.is_default,
        "enabled": rule.enabled,
        "criteria": {name: getattr(rule, name) for name in CRITERIA if getattr(rule, name)},
        "price_above": rule.price_above.units if rule.price_above else None,
        "price_below": rule.price_below.units if rule.price_below else None,
        "currency": price.currency if price else "",
    }


def _rule(row: RowMapping) -> ReviewRule:
    def price(units: int | None) -> Money | None:
        return None if units is None else Money(units, row["currency"], minor_digits(row["currency"]))

    return ReviewRule(
        name=row["name"],
        review=row["review"],
        position=row["position"],
        is_default=row["is_default"],
        enabled=row["enabled"],
        price_above=price(row["price_above"]),
        price_below=price(row["price_below"]),
        **{name: tuple(values) for name, values in row["criteria"].items()},
    )
