"""The table of field history."""

from __future__ import annotations

from openacq.store.schema import Column, Instant, Text, key, lookup, table

changes = table(
    "changes",
    key("id"),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("old", Text),
    Column("new", Text),
    lookup("ix_changes_subject", "kind", "subject", "id"),
)
"""One row per field of a record that got another value."""
