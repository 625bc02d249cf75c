"""The words all slices declare their tables with.

Every table begins with `institution` and every key, unique rule, index and foreign key is led by
it, so that the same schema runs on one file, one PostgreSQL or a sharded one. There are two exceptions, each
found before the institution is known: `institutions` itself and `credentials`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NOT_LED_BY_INSTITUTION = {
    "institutions": "its own key is the institution",
    "credentials": "a key is looked up before the institution is known; a reference table when sharded",
}


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; microseconds since 1970 in storage, the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        delta = value - _EPOCH
        return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromtimestamp(value // 1_000_000, UTC).replace(microsecond=value % 1_000_000)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


BytewiseText: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its characters' codes, whatever language the database speaks: what begins with a word
is a range, and a list is in the same order everywhere."""


class Json(TypeDecorator[Any]):
    """Anything msgspec can write, as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


def table(name: str, *items: SchemaItem, **options: Any) -> Table:
    """A table of `metadata` whose first column is `institution`, part of the primary key.

    Give the other columns of the key with `primary_key=True`; options as for SQLAlchemy's Table.
    """
    led_by = Column("institution", BigInteger, primary_key=True, autoincrement=False)
    return Table(name, metadata, led_by, *items, **options)


def key(name: str, kind: type[Any] | TypeEngine[Any] = BigInteger) -> Column[Any]:
    """A key column besides `institution`."""
    return Column(name, kind, primary_key=True, autoincrement=False)


def part_of(*scopes: str) -> dict[str, tuple[str, ...]]:
    """For a table's `info`: every change of its rows is a change of the institution's scopes of these names,
    so that what was found there is looked for anew (`Tx.kept`)."""
    return {PART_OF: scopes}


PART_OF = "part of"


def reference(columns: list[str], target: str, target_columns: list[str]) -> ForeignKeyConstraint:
    """A foreign key inside the institution: (institution, columns) → target(institution, columns)."""
    return ForeignKeyConstraint(
        ["institution", *columns],
        [f"{target}.institution", *(f"{target}.{column}" for column in target_columns)],
    )


def lookup(name: str, *columns: str, **options: Any) -> Index:
    """An index led by `institution`; options as for SQLAlchemy's Index (unique, *_where)."""
    return Index(name, "institution", *columns, **options)


__all__ = [
    "NOT_LED_BY_INSTITUTION",
    "PART_OF",
    "BigInteger",
    "BytewiseText",
    "Column",
    "Instant",
    "Integer",
    "Json",
    "Text",
    "key",
    "lookup",
    "metadata",
    "part_of",
    "reference",
    "table",
]
