"""The SQL of the catalogue, and nothing but it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Insert, Table
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite


def insert_if_new(table: Table) -> Mapping[str, Insert]:
    """By dialect: an insert that leaves rows alone which break a unique rule; `rowcount` tells.

    On PostgreSQL it waits for a twin's transaction to end, so afterwards the twin's row can be read.
    """
    return MappingProxyType(
        {
            "sqlite": insert_sqlite(table).on_conflict_do_nothing(),
            "postgresql": insert_postgresql(table).on_conflict_do_nothing(),
        }
    )
