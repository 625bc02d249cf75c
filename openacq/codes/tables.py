"""An institution's own rows of code tables."""

from __future__ import annotations

from sqlalchemy import Boolean

from openacq.store.schema import BigInteger, Column, Instant, Json, Text, key, table

code_rows = table(
    "code_rows",
    key("code_table", Text),
    key("code", Text),
    Column("description", Text, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("attributes", Json, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("updated_by", Text, nullable=False),
)
