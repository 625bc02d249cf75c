"""Tables of the order log."""

from __future__ import annotations

from sqlalchemy import Date, text

from openacq.store.schema import BigInteger, Column, Instant, Integer, Json, Text, key, lookup, table

calls = table(
    "calls",
    key("id"),
    Column("at", Instant, nullable=False),
    Column("door", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("ms", Integer, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("key_id", BigInteger),
    Column("principal_id", BigInteger),
    Column("key_name", Text, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("problems", Text, nullable=False),
    Column("folded", Json),
    # The bodies come last, so that a list of calls need not read past them.
    Column("request", Text, nullable=False),
    Column("answer", Text, nullable=False),
    lookup("ix_calls_at", "at", "id"),
    lookup(
        "ix_calls_folded",
        "at",
        sqlite_where=text("folded IS NOT NULL"),
        postgresql_where=text("folded IS NOT NULL"),
    ),
    lookup(
        "ix_calls_problems",
        "at",
        sqlite_where=text("problems <> ''"),
        postgresql_where=text("problems <> ''"),
    ),
    lookup(
        "ix_calls_subject",
        "subject",
        "at",
        sqlite_where=text("subject <> ''"),
        postgresql_where=text("subject <> ''"),
    ),
)
"""One row per call through a door."""

key_days = table(
    "key_days",
    key("day", Date),
    key("key_id"),
    Column("calls", BigInteger, nullable=False),
)
"""How many calls each key made on a day (UTC), summed over all processes."""
