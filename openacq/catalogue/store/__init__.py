"""The SQL of the catalogue, and nothing but it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Insert, Table, insert, text
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import IntegrityError

from openacq.catalogue.model import Overtaken
from openacq.store.lists import Among, with_lists
from openacq.store.tx import Tx

__all__ = ["Among", "ManyRows", "insert_if_new", "take_stock", "with_lists"]

_COUNTED = ("bibs", "bib_identifiers", "bib_records", "holdings", "items", "portfolios")
_COUNTED_IN_ZONE = ("collections", "collection_titles", "collection_identifiers")
_TAKE_STOCK = text(f"ANALYZE {', '.join((*_COUNTED, *_COUNTED_IN_ZONE))}")


def take_stock(tx: Tx) -> None:
    """Let PostgreSQL count the tables of the catalogue anew, and plan statements by that.

    Plans made while tables were empty are kept by connections until somebody counts; after a load they
    would read whole tables. SQLite plans by the keys and needs no counts.
    """
    if tx.conn.dialect.name == "postgresql":
        tx.execute(_TAKE_STOCK)


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


class ManyRows:
    """Inserts rows of a table that may be thousands.

    PostgreSQL gets them by COPY, because a message for each row costs more than storing it; SQLite gets
    one prepared statement. Raises Overtaken when a row breaks a unique rule.
    """

    def __init__(self, table: Table) -> None:
        self._columns = tuple(table.columns)
        self._names = tuple(column.name for column in table.columns)
        self._copy = f"COPY {table.name} ({', '.join(self._names)}) FROM STDIN"
        self._insert = insert(table)
        self._table = table

    def add(self, tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows, each with a value for every column."""
        try:
            if rows and tx.conn.dialect.name == "postgresql":
                self._add_by_copy(tx, rows)
            elif rows:
                tx.execute(self._insert, rows)
        except IntegrityError:
            raise Overtaken from None

    def _add_by_copy(self, tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
        dialect = tx.conn.dialect
        steps = [
            (column.name, column.type.dialect_impl(dialect).bind_processor(dialect))
            for column in self._columns
        ]
        tx.changes(self._table)
        cursor: Any = tx.conn.connection.cursor()
        try:
            with cursor.copy(self._copy) as copy:
                for row in rows:
                    copy.write_row([step(row[name]) if step else row[name] for name, step in steps])
        except dialect.loaded_dbapi.IntegrityError:
            raise Overtaken from None
        finally:
            cursor.close()
