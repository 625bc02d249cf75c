"""Tables of the ground itself."""

from __future__ import annotations

from sqlalchemy import and_, literal_column

from openacq.store.schema import BigInteger, Column, Instant, Json, Text, key, lookup, table

_NOT_DONE = literal_column("done").is_(None)
_IN_TROUBLE = and_(_NOT_DONE, literal_column("error").is_not(None))

register_versions = table("register_versions", Column("version", BigInteger, nullable=False))
"""One row per institution; every change of its registers counts up, which empties the caches."""

scope_versions = table(
    "scope_versions",
    key("scope", Text),
    key("slot", BigInteger),
    Column("version", BigInteger, nullable=False),
)
"""How often the rows of a scope (of the tables declared `part_of` it) changed, counted in slots so that
writers side by side do not wait for each other: the versions of all slots together name a state."""

number_blocks = table("number_blocks", key("kind", Text), Column("next", BigInteger, nullable=False))
"""The next number not yet handed to any process, per kind."""

outbox = table(
    "outbox",
    key("id"),
    Column("topic", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("leased_until", Instant),
    Column("leased_by", Text),
    Column("done", Instant),
    Column("failed", Instant),
    Column("error", Text),
    lookup("ix_outbox_waiting", "topic", "due", sqlite_where=_NOT_DONE, postgresql_where=_NOT_DONE),
    lookup("ix_outbox_topic", "topic", "subject"),
    lookup("ix_outbox_trouble", "topic", "due", sqlite_where=_IN_TROUBLE, postgresql_where=_IN_TROUBLE),
)
"""News of changes, written with them, carried out after them. What is leased is not due until the lease
ends. Topics nobody acts on are never done; as work is looked for by its topics, they are in nobody's way."""

claims = table(
    "claims",
    key("claim", Text),
    Column("fingerprint", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("subject", Text),
    Column("answer", Json),
    lookup("ix_claims_expires", "expires"),
)
"""Answered creates, so that each happens once: `claim` is what is claimed, `fingerprint` the request."""
