"""SQL of the packaging rule and of approval rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from openacq.kernel.money import Money, minor_digits
from openacq.profiles.model import ApprovalRule, PackagingRule
from openacq.profiles.tables import approval_rules, packaging_rules
from openacq.store import Tx

CRITERIA = ("methods", "vendors", "libraries")

_of: Any = bindparam("of")
_PACKAGING = select(*(column for column in packaging_rules.c if column.name != "institution")).where(
    packaging_rules.c.institution == _of
)
_ADD_PACKAGING = insert(packaging_rules)
_CHANGE_PACKAGING = update(packaging_rules).where(packaging_rules.c.institution == _of)
_RULES = (
    select(*(column for column in approval_rules.c if column.name != "institution"))
    .where(approval_rules.c.institution == _of)
    .order_by(approval_rules.c.position, approval_rules.c.name)
)
_ADD_RULE = insert(approval_rules)
_CHANGE_RULE = update(approval_rules).where(
    approval_rules.c.institution == _of, approval_rules.c.name == bindparam("of_name")
)
_DROP_RULE = delete(approval_rules).where(
    approval_rules.c.institution == _of, approval_rules.c.name == bindparam("of_name")
)


def packaging(tx: Tx) -> PackagingRule | None:
    row = tx.execute(_PACKAGING, {"of": tx.institution}).mappings().one_or_none()
    return None if row is None else PackagingRule(**row)


def save_packaging(tx: Tx, rule: PackagingRule, *, new: bool) -> None:
    cells = {name: getattr(rule, name) for name in PackagingRule.__slots__}
    if new:
        tx.execute(_ADD_PACKAGING, {"institution": tx.institution, **cells})
    else:
        tx.execute(_CHANGE_PACKAGING, {"of": tx.institution, **cells})


def approval(tx: Tx) -> Mapping[str, ApprovalRule]:
    """By name, in the order in which they are asked."""
    rows = tx.execute(_RULES, {"of": tx.institution}).mappings()
    return MappingProxyType(
        {
            row["name"]: ApprovalRule(
                name=row["name"],
                approval=row["approval"],
                position=row["position"],
                enabled=row["enabled"],
                above=_money(row["above"], row["currency"]),
                **{name: tuple(values) for name, values in row["criteria"].items()},
            )
            for row in rows
        }
    )


def save_approval(tx: Tx, added: Iterable[ApprovalRule], changed: Iterable[ApprovalRule]) -> None:
    new = [{"institution": tx.institution, "name": rule.name, **_cells(rule)} for rule in added]
    if new:
        tx.execute(_ADD_RULE, new)
    other = [{"of": tx.institution, "of_name": rule.name, **_cells(rule)} for rule in changed]
    if other:
        tx.execute(_CHANGE_RULE, other)


def drop_approval(tx: Tx, name: str) -> None:
    tx.execute(_DROP_RULE, {"of": tx.institution, "of_name": name})


def _money(units: int | None, currency: str) -> Money | None:
    return None if units is None else Money(units, currency, minor_digits(currency))


def _cells(rule: ApprovalRule) -> dict[str, Any]:
    return {
        "position": rule.position,
        "approval": rule.approval,
        "enabled": rule.enabled,
        "criteria": {name: getattr(rule, name) for name in CRITERIA if getattr(rule, name)},
        "above": rule.above.units if rule.above else None,
        "currency": rule.above.currency if rule.above else "",
    }
