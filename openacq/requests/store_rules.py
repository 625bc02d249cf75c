"""SQL of settings, rules and the mapping of line types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping, Table, bindparam, delete, insert, select, update

from openacq.kernel.money import Money, minor_digits
from openacq.requests.model import LineType, RequestRule, Settings
from openacq.requests.tables import request_line_types, request_rules, request_settings
from openacq.store import Tx

CRITERIA = ("user_groups", "roles", "sources")
_LISTS = ("required", "citation_types", "formats")
_PLAIN = ("position", "enabled", "most_open", "most_in_period", "period_days")
Key = tuple[str, str, str]


def _columns(table: Table) -> list[Any]:
    return [column for column in table.c if column.name != "institution"]


_of: Any = bindparam("of")
_SETTINGS = select(*_columns(request_settings)).where(request_settings.c.institution == _of)
_ADD_SETTINGS = insert(request_settings)
_CHANGE_SETTINGS = update(request_settings).where(request_settings.c.institution == _of)
_RULES = (
    select(*_columns(request_rules))
    .where(request_rules.c.institution == _of)
    .order_by(request_rules.c.position, request_rules.c.name)
)
_ADD_RULE = insert(request_rules)
_CHANGE_RULE = update(request_rules).where(
    request_rules.c.institution == _of, request_rules.c.name == bindparam("of_name")
)
_DROP_RULE = delete(request_rules).where(
    request_rules.c.institution == _of, request_rules.c.name == bindparam("of_name")
)
_TYPES = (
    select(*_columns(request_line_types))
    .where(request_line_types.c.institution == _of)
    .order_by(
        request_line_types.c.format, request_line_types.c.citation_type, request_line_types.c.requested_type
    )
)
_ADD_TYPE = insert(request_line_types)
_THIS_TYPE = (
    request_line_types.c.institution == _of,
    request_line_types.c.format == bindparam("of_format"),
    request_line_types.c.citation_type == bindparam("of_citation"),
    request_line_types.c.requested_type == bindparam("of_requested"),
)
_CHANGE_TYPE = update(request_line_types).where(*_THIS_TYPE)
_DROP_TYPE = delete(request_line_types).where(*_THIS_TYPE)


def settings(tx: Tx) -> Settings | None:
    row = tx.execute(_SETTINGS, {"of": tx.institution}).mappings().one_or_none()
    return None if row is None else Settings(**row)


def save_settings(tx: Tx, given: Settings, *, new: bool) -> None:
    cells = {name: getattr(given, name) for name in Settings.__slots__}
    if new:
        tx.execute(_ADD_SETTINGS, {"institution": tx.institution, **cells})
    else:
        tx.execute(_CHANGE_SETTINGS, {"of": tx.institution, **cells})


def rules(tx: Tx) -> Mapping[str, RequestRule]:
    """By name, in the order in which they are asked."""
    rows = tx.execute(_RULES, {"of": tx.institution}).mappings()
    return MappingProxyType({row["name"]: _rule(row) for row in rows})


def save_rules(tx: Tx, added: Iterable[RequestRule], changed: Iterable[RequestRule]) -> None:
    new = [{"institution": tx.institution, "name": rule.name, **_cells(rule)} for rule in added]
    if new:
        tx.execute(_ADD_RULE, new)
    other = [{"of": tx.institution, "of_name": rule.name, **_cells(rule)} for rule in changed]
    if other:
        tx.execute(_CHANGE_RULE, other)


def drop_rule(tx: Tx, name: str) -> None:
    tx.execute(_DROP_RULE, {"of": tx.institution, "of_name": name})


def _cells(rule: RequestRule) -> dict[str, Any]:
    return {
        **{name: getattr(rule, name) for name in (*_PLAIN, *_LISTS)},
        "criteria": {name: getattr(rule, name) for name in CRITERIA if getattr(rule, name)},
        "most_cost": rule.most_cost.units if rule.most_cost else None,
        "currency": rule.most_cost.currency if rule.most_cost else "",
    }


def _rule(row: RowMapping) -> RequestRule:
    most = row["most_cost"]
    lists = {**{name: row[name] for name in _LISTS}, **row["criteria"]}
    cells: dict[str, Any] = {
        **{name: row[name] for name in _PLAIN},
        **{name: tuple(values) for name, values in lists.items()},
    }
    return RequestRule(
        name=row["name"],
        **cells,
        most_cost=None if most is None else Money(most, row["currency"], minor_digits(row["currency"])),
    )


def line_types(tx: Tx) -> Mapping[Key, LineType]:
    """The institution's own rows by format, citation type and requested type."""
    rows = tx.execute(_TYPES, {"of": tx.institution}).mappings()
    return MappingProxyType({each.key: each for each in (LineType(**row) for row in rows)})


def save_line_types(tx: Tx, added: Iterable[LineType], changed: Iterable[LineType]) -> None:
    new = [
        {"institution": tx.institution, **{name: getattr(each, name) for name in LineType.__slots__}}
        for each in added
    ]
    if new:
        tx.execute(_ADD_TYPE, new)
    other = [
        {**_named(tx, each.key), "line_type": each.line_type, "enabled": each.enabled} for each in changed
    ]
    if other:
        tx.execute(_CHANGE_TYPE, other)


def drop_line_types(tx: Tx, keys: Iterable[Key]) -> None:
    named = [_named(tx, key) for key in keys]
    if named:
        tx.execute(_DROP_TYPE, named)


def _named(tx: Tx, key: Key) -> dict[str, Any]:
    format_, citation, requested = key
    return {
        "of": tx.institution, "of_format": format_, "of_citation": citation, "of_requested": requested,
    }  # fmt: skip
