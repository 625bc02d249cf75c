"""Statements that change rows, compiled once and handed to the driver directly.

SQLAlchemy compiles a statement and converts its values; what it does around each execution costs
more than SQLite needs to insert the row. Statements without results skip that. Whatever is unusual
about a statement (results, lists of values, defaults made in Python) goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Update
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]
Change = Insert | Update | Delete

MOST_KEPT = 2_000


class Changed:
    """How many rows a statement inserted, changed or removed."""

    __slots__ = ("rowcount",)

    def __init__(self, rowcount: int) -> None:
        self.rowcount = rowcount


class _Prepared:
    """The text of a statement for one set of parameters, and how its values are converted."""

    __slots__ = ("by_position", "sql", "steps")

    def __init__(
        self, sql: str, steps: tuple[tuple[str, Any, Callable[[Any], Any] | None], ...], *, by_position: bool
    ) -> None:
        self.sql = sql
        self.steps = steps
        self.by_position = by_position

    def values(self, given: Values) -> tuple[Any, ...] | dict[str, Any]:
        if self.by_position:
            return tuple(
                convert(given.get(name, value)) if convert else given.get(name, value)
                for name, value, convert in self.steps
            )
        return {
            name: convert(given.get(name, value)) if convert else given.get(name, value)
            for name, value, convert in self.steps
        }


class Statements:
    """The prepared statements of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._kept: dict[tuple[Change, tuple[str, ...]], _Prepared | None] = {}

    def run(
        self, conn: Connection, statement: Change, params: Values | Sequence[Values] | None
    ) -> Changed | None:
        """Carry it out in the open transaction of `conn`; None when it has to go the ordinary way.

        Raises SQLAlchemy's errors (IntegrityError, OperationalError …).
        """
        rows: Sequence[Values] = params if isinstance(params, Sequence) else (params or {},)
        names = tuple(rows[0])
        try:
            prepared = self._kept[statement, names]
        except KeyError:
            prepared = self._prepare(statement, names)
        if prepared is None:
            return None
        if len(rows) == 1:
            return Changed(self._execute(conn, prepared.sql, prepared.values(rows[0]), many=False))
        return Changed(self._execute(conn, prepared.sql, [prepared.values(row) for row in rows], many=True))

    def run_all(self, conn: Connection, changes: Sequence[tuple[Change, Sequence[Values]]]) -> None:
        """Carry out several in order, nothing asked of any: on PostgreSQL in one round trip.

        Raises SQLAlchemy's error for the first that failed.
        """
        driver = conn.connection.driver_connection
        if len(changes) == 1 or not isinstance(driver, _pipelined()):
            self._one_by_one(conn, changes)
            return
        try:
            with driver.pipeline():
                self._one_by_one(conn, changes)
        except self._dialect.loaded_dbapi.Error as error:
            raise self._worded("", error) from error

    def _one_by_one(self, conn: Connection, changes: Sequence[tuple[Change, Sequence[Values]]]) -> None:
        for statement, rows in changes:
            if self.run(conn, statement, rows) is None:
                conn.execute(statement, list(rows))

    def _execute(self, conn: Connection, sql: str, values: Any, *, many: bool) -> int:
        cursor = conn.connection.cursor()
        try:
            for listener in conn.dispatch.before_cursor_execute:
                listener(conn, cursor, sql, values, None, many)
            (cursor.executemany if many else cursor.execute)(sql, values)
            rows: int = cursor.rowcount
        except self._dialect.loaded_dbapi.Error as error:
            raise self._worded(sql, error) from error
        finally:
            cursor.close()
        return rows

    def _worded(self, sql: str, error: Exception) -> Exception:
        kind = self._dialect.loaded_dbapi.Error
        return DBAPIError.instance(sql, None, error, kind, hide_parameters=True, dialect=self._dialect)

    def _prepare(self, statement: Change, names: tuple[str, ...]) -> _Prepared | None:
        compiled: Any = statement.compile(dialect=self._dialect, column_keys=sorted(names))
        ordinary = (
            compiled.effective_returning
            or compiled.post_compile_params
            or compiled.insert_prefetch
            or compiled.update_prefetch
        )
        prepared = None
        if not ordinary:
            order = compiled.positiontup if compiled.positional else list(compiled.binds)
            converters = compiled._bind_processors  # noqa: SLF001 the compiler's own table of conversions
            prepared = _Prepared(
                str(compiled),
                tuple((name, compiled.binds[name].effective_value, converters.get(name)) for name in order),
                by_position=bool(compiled.positional),
            )
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[statement, names] = prepared
        return prepared


@cache
def _pipelined() -> type[Any] | tuple[()]:
    """psycopg's connection, which takes statements without waiting for each; nothing where it is not installed."""
    try:
        import psycopg
    except ImportError:
        return ()
    return psycopg.Connection
