"""Rules of the tables, the same that a sharded PostgreSQL asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import (
    Column,
    DefaultClause,
    Float,
    ForeignKeyConstraint,
    MetaData,
    Numeric,
    Table,
    UniqueConstraint,
)

LONGEST_NAME = 63
"""PostgreSQL cuts longer names off without a word."""


def broken_rules(tables: MetaData, exceptions: Collection[str] = ()) -> list[str]:
    """What is wrong with the tables, in words. `exceptions` need not be led by the institution."""
    found: list[str] = []
    for table in tables.tables.values():
        found += _unfit_columns(table)
        found += _unfit_keys(table)
        if table.name not in exceptions:
            found += _not_led(table)
    return found


def _not_led(table: Table) -> Iterator[str]:
    led = {
        "primary key": [column.name for column in table.primary_key.columns],
        **{f"index {index.name}": [column.name for column in index.columns] for index in table.indexes},
        **{
            f"unique constraint {rule.name}": [column.name for column in rule.columns]
            for rule in table.constraints
            if isinstance(rule, UniqueConstraint)
        },
    }
    for what, columns in led.items():
        if columns[:1] != ["institution"]:
            yield f"{table.name}: {what} ({', '.join(columns)}) is not led by institution"
    for key in table.foreign_key_constraints:
        if _names(key)[0] != ("institution", "institution"):
            yield f"{table.name}: foreign key {key.name} does not tie institution to institution first"


def _names(key: ForeignKeyConstraint) -> list[tuple[str, str]]:
    return [(element.parent.name, element.column.name) for element in key.elements]


def _unfit_columns(table: Table) -> Iterator[str]:
    for column in table.columns:
        if isinstance(column.type, Float | Numeric):
            yield f"{table.name}.{column.name}: money and numbers are whole; no {column.type!r}"
        if column.identity is not None or "nextval" in _default(column):
            yield f"{table.name}.{column.name}: the database counts nothing (no sequence, no identity)"
    if table.autoincrement_column is not None and table.autoincrement_column.autoincrement is True:
        yield f"{table.name}: ids come from numbering blocks, not from the database"


def _default(column: Column[Any]) -> str:
    default = column.server_default
    return str(default.arg) if isinstance(default, DefaultClause) else ""


def _unfit_keys(table: Table) -> Iterator[str]:
    for key in table.foreign_key_constraints:
        if key.ondelete is not None and key.ondelete.upper() in ("SET NULL", "SET DEFAULT"):
            yield f"{table.name}: foreign key {key.name} must not write ({key.ondelete})"
    named = [table.name, *(index.name for index in table.indexes), *(rule.name for rule in table.constraints)]
    for name in named:
        if isinstance(name, str) and len(name) > LONGEST_NAME:
            yield f"{table.name}: the name {name} is longer than {LONGEST_NAME} characters"
