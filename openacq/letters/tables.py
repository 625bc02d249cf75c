"""Tables of the letters."""

from __future__ import annotations

from sqlalchemy import Boolean, text

from openacq.store.schema import BigInteger, Column, Instant, Json, Text, key, lookup, table

letters = table(
    "letters",
    key("id"),
    Column("kind", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("source_kind", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("recipient_folded", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("sent", Instant),
    Column("due", Instant),
    Column("leased_by", Text),
    Column("attempts", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
    Column("remark", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    # What is long comes last, so that a list of letters need not read past it.
    Column("sender_name", Text, nullable=False),
    Column("reply_to", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("attachments", Json, nullable=False),
    lookup("uq_letters_occasion", "occasion", unique=True),
    lookup(
        "ix_letters_due",
        "due",
        "id",
        sqlite_where=text("due IS NOT NULL"),
        postgresql_where=text("due IS NOT NULL"),
    ),
    lookup("ix_letters_created", "created", "id"),
    lookup("ix_letters_state", "state", "created", "id"),
    lookup("ix_letters_source", "source_kind", "source_id", "created", "id"),
    lookup("ix_letters_recipient", "recipient_folded", "created", "id"),
)
"""Every letter. `occasion` is a digest of what the letter is for. `due` is when it is to be looked at
next: the next try, or, while it is being sent, the end of the lease; none when nothing is to be done."""

letter_templates = table(
    "letter_templates",
    key("kind", Text),
    key("language", Text),
    Column("subject", Text),
    Column("text", Text),
    Column("html", Text),
    Column("changed", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
)
"""The institution's own wording of a kind of letter in a language; what is NULL is not its own."""

letter_switches = table("letter_switches", key("kind", Text), Column("enabled", Boolean, nullable=False))
"""Kinds of letters the institution switched off (or on again)."""
