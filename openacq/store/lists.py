"""Statements that are given lists of values, with one text for every length."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from openacq.store.schema import Json

Stated = TypeVar("Stated")

Among: TypeAlias = Callable[[ColumnElement[Any], str], ColumnElement[bool]]
"""`among(column, "values")`: the column is one of the list given as `values`."""


def with_lists(build: Callable[[Among], Stated]) -> Mapping[str, Stated]:
    """By dialect: a statement that is given lists of texts or numbers.

    A list travels as one value (an array on PostgreSQL, JSON on SQLite), so the statement is written,
    parsed and planned once, however long the list is.
    """

    def among_array(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        return column == any_(bindparam(name, type_=ARRAY(column.type)))

    def among_json(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        given = func.json_each(bindparam(name, type_=Json)).table_valued("value")
        return column.in_(select(given.c.value))

    return MappingProxyType({"sqlite": build(among_json), "postgresql": build(among_array)})
