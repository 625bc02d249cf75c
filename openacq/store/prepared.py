"""Statements compiled once and handed to the driver directly.

SQLAlchemy compiles a statement and converts values and results; what it does around each execution
costs more than SQLite needs for the work itself, and is skipped here. Whatever is unusual about a
statement (lists of values, changes that return rows, defaults made in Python) goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Delete, Dialect, Insert, Result, Select, Update
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]
Change = Insert | Update | Delete


class Changed:
    """How many rows a statement inserted, changed or removed."""

    __slots__ = ("rowcount",)

    def __init__(self, rowcount: int) -> None:
        self.rowcount = rowcount


class _Prepared:
    """The text of a statement for one set of parameters, how its values are converted, and what its
    rows look like (None for a change)."""

    __slots__ = ("by_position", "rows", "sql", "steps")

    def __init__(
        self,
        sql: str,
        steps: tuple[tuple[str, Any, Callable[[Any], Any] | None], ...],
        *,
        by_position: bool,
        rows: SimpleResultMetaData | None,
    ) -> None:
        self.sql = sql
        self.steps = steps
        self.by_position = by_position
        self.rows = rows

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
        self._pipelined = dialect.name == "postgresql"
        self._kept: WeakKeyDictionary[Change | Select[Any], dict[tuple[str, ...], _Prepared | None]] = (
            WeakKeyDictionary()
        )

    def run(
        self, conn: Connection, statement: Change, params: Values | Sequence[Values] | None
    ) -> Changed | None:
        """Carry it out in the open transaction of `conn`; None when it has to go the ordinary way.

        Raises SQLAlchemy's errors (IntegrityError, OperationalError …).
        """
        rows: Sequence[Values] = params if isinstance(params, Sequence) else (params or {},)
        names = tuple(rows[0])
        prepared = self._prepared(statement, names)
        if prepared is None:
            return None
        if len(rows) == 1:
            return Changed(self._execute(conn, prepared.sql, prepared.values(rows[0]), many=False))
        return Changed(self._execute(conn, prepared.sql, [prepared.values(row) for row in rows], many=True))

    def read(self, conn: Connection, statement: Select[Any], params: Values | None) -> Result[Any] | None:
        """The rows of a query, all fetched; None when it has to go the ordinary way."""
        given = params or {}
        prepared = self._prepared(statement, tuple(given))
        if prepared is None or prepared.rows is None:
            return None
        cursor = self._executed(conn, _cursor(conn), prepared.sql, prepared.values(given), many=False)
        return IteratorResult(prepared.rows, iter(cursor.fetchall()))

    def read_all(self, conn: Connection, queries: Sequence[tuple[Select[Any], Values]]) -> list[Result[Any]]:
        """The rows of several queries: on PostgreSQL in one round trip."""
        prepared = [each for each in (self._ready(*query) for query in queries) if each is not None]
        if not self._pipelined or len(prepared) < len(queries):
            return [self._one(conn, statement, given) for statement, given in queries]
        driver: Any = conn.connection.driver_connection
        cursors = [driver.cursor() for _ in queries]
        try:
            with driver.pipeline():
                for cursor, (each, _), (_, given) in zip(cursors, prepared, queries, strict=True):
                    self._executed(conn, cursor, each.sql, each.values(given), many=False)
            return [
                IteratorResult(rows, iter(cursor.fetchall()))
                for (_, rows), cursor in zip(prepared, cursors, strict=True)
            ]
        except self._dialect.loaded_dbapi.Error as error:
            raise self._worded("", error) from error
        finally:
            for cursor in cursors:
                cursor.close()

    def _ready(self, statement: Select[Any], given: Values) -> tuple[_Prepared, SimpleResultMetaData] | None:
        prepared = self._prepared(statement, tuple(given))
        return (prepared, prepared.rows) if prepared is not None and prepared.rows is not None else None

    def _one(self, conn: Connection, statement: Select[Any], given: Values) -> Result[Any]:
        found = self.read(conn, statement, given)
        return conn.execute(statement, given) if found is None else found

    def run_all(self, conn: Connection, changes: Sequence[tuple[Change, Sequence[Values]]]) -> None:
        """Carry out several in order, nothing asked of any: on PostgreSQL in one round trip.

        Raises SQLAlchemy's error for the first that failed.
        """
        if len(changes) == 1 or not self._pipelined:
            self._one_by_one(conn, changes)
            return
        driver: Any = conn.connection.driver_connection
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
        rows: int = self._executed(conn, _cursor(conn), sql, values, many=many).rowcount
        return rows

    def _executed(self, conn: Connection, cursor: Any, sql: str, values: Any, *, many: bool) -> Any:
        try:
            for listener in conn.dispatch.before_cursor_execute:
                listener(conn, cursor, sql, values, None, many)
            (cursor.executemany if many else cursor.execute)(sql, values)
        except self._dialect.loaded_dbapi.Error as error:
            raise self._worded(sql, error) from error
        return cursor

    def _worded(self, sql: str, error: Exception) -> Exception:
        kind = self._dialect.loaded_dbapi.Error
        return DBAPIError.instance(sql, None, error, kind, hide_parameters=True, dialect=self._dialect)

    def _prepared(self, statement: Change | Select[Any], names: tuple[str, ...]) -> _Prepared | None:
        """The prepared form; from the second time on, so that statements built for one call (which
        SQLAlchemy's own cache serves better) are not compiled anew each time."""
        kept = self._kept.get(statement)
        if kept is None:
            self._kept[statement] = {}
            return None
        try:
            return kept[names]
        except KeyError:
            return kept.setdefault(names, self._prepare(statement, names))

    def _prepare(self, statement: Change | Select[Any], names: tuple[str, ...]) -> _Prepared | None:
        if isinstance(statement, Select):
            compiled: Any = statement.compile(dialect=self._dialect)
            ordinary = bool(compiled.post_compile_params)
        else:
            compiled = statement.compile(dialect=self._dialect, column_keys=sorted(names))
            ordinary = bool(
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
                rows=self._rows(statement) if isinstance(statement, Select) else None,
            )
        return prepared

    def _rows(self, statement: Select[Any]) -> SimpleResultMetaData:
        columns = statement.selected_columns
        converters = [
            column.type.dialect_impl(self._dialect).result_processor(self._dialect, None)
            for column in columns
        ]
        return SimpleResultMetaData(list(columns.keys()), _processors=converters if any(converters) else None)


def _cursor(conn: Connection) -> Any:
    """The one cursor of a connection of the driver for what is fetched at once, or never."""
    kept = conn.info
    try:
        return kept["cursor"]
    except KeyError:
        return kept.setdefault("cursor", conn.connection.cursor())
