"""Tables of the requests desk."""

from __future__ import annotations

from sqlalchemy import Boolean, ColumnElement, Date, Index, literal_column

from openacq.store.schema import (
    BigInteger,
    Column,
    Instant,
    Integer,
    Json,
    Text,
    key,
    lookup,
    part_of,
    reference,
    table,
)


def _where(name: str, column: str, condition: str) -> Index:
    """An index of the rows the condition is true of; the others cost nothing."""
    holds: ColumnElement[bool] = literal_column(condition)
    return lookup(name, column, sqlite_where=holds, postgresql_where=holds)


def _list(leading: str) -> Index:
    """Lists are read off these in their order, and counted in them: what a list is narrowed by besides
    stands in them."""
    others = [name for name in ("state", "format", "owning_library", "citation_type") if name != leading]
    first = [leading] if leading else []
    return lookup(f"ix_purchase_requests_{leading or 'created'}", *first, "created", "id", *others)


purchase_requests = table(
    "purchase_requests",
    key("id"),
    Column("state", Text, nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("created", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("requester", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("citation_type", Text, nullable=False),
    Column("requested_type", Text, nullable=False),
    Column("notify_receiving_activation", Boolean, nullable=False),
    Column("hold_item", Boolean, nullable=False),
    Column("notify_renewal", Boolean, nullable=False),
    Column("notify_cancel", Boolean, nullable=False),
    Column("owning_library", Text, nullable=False),
    Column("cost_units", BigInteger),
    Column("cost_scale", Integer),
    Column("cost_currency", Text, nullable=False),
    Column("fund", Text, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("vendor_account", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("requester_note", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("reject_reason", Text, nullable=False),
    Column("reject_note", Text, nullable=False),
    # the title
    Column("mms_id", Text, nullable=False),
    Column("matched_by", Text, nullable=False),
    Column("bib_hits", Json, nullable=False),
    Column("title", Text, nullable=False),
    Column("metadata", Json, nullable=False),
    Column("words", Text, nullable=False),
    Column("notes", Json, nullable=False),
    Column("places", Json, nullable=False),
    # what became of it
    Column("po_line", Text, nullable=False),
    Column("line_id", BigInteger),
    Column("approved_with", BigInteger),
    Column("progress", Text, nullable=False),
    Column("group_id", BigInteger, nullable=False),
    Column("assigned_to", Text, nullable=False),
    Column("deferred_until", Date),
    Column("deferral_reason", Text, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("unanswered", Integer, nullable=False),
    _list(""),
    _list("state"),
    _list("format"),
    _list("owning_library"),
    _list("citation_type"),
    _list("requester"),
    _list("assigned_to"),
    lookup("ix_purchase_requests_mms_id", "mms_id", "created", "id"),
    _where("ix_purchase_requests_line_id", "line_id", "line_id IS NOT NULL"),
    lookup("ix_purchase_requests_group_id", "group_id", "created", "id"),
    _where("ix_purchase_requests_deferred_until", "deferred_until", "deferred_until IS NOT NULL"),
    info=part_of("requests"),
)
"""`mms_id` is "" once the bib was deleted with the request's rejection. `words`: what lists are searched by,
folded. `approved_with`: the request whose approval approved this one too, when they are merged."""

request_events = table(
    "request_events",
    key("id"),
    Column("request_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("event", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("who", Text, nullable=False),
    lookup("ix_request_events_request_id", "request_id", "at"),
)
"""What happened to a request, for its timeline. Written with it and by nobody else, so without a foreign
key; `openacq verify` looks for strays."""

request_questions = table(
    "request_questions",
    key("id"),
    Column("request_id", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("asked", Instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered", Instant),
    Column("answered_by", Text, nullable=False),
    reference(["request_id"], "purchase_requests", ["id"]),
    lookup("ix_request_questions_request_id", "request_id"),
)

request_patrons = table("request_patrons", key("primary_id", Text), Column("last", Instant, nullable=False))
"""A row for each person whose requests are limited: whoever asks holds it while requests are counted, so
that two at once cannot both be the last one allowed."""

request_settings = table(
    "request_settings",
    Column("import_profile", Text, nullable=False),
    Column("merge", Boolean, nullable=False),
)
"""At most one row for each institution."""

request_rules = table(
    "request_rules",
    key("name", Text),
    Column("position", BigInteger, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("criteria", Json, nullable=False),
    Column("most_open", Integer),
    Column("most_in_period", Integer),
    Column("period_days", Integer, nullable=False),
    Column("required", Json, nullable=False),
    Column("citation_types", Json, nullable=False),
    Column("formats", Json, nullable=False),
    Column("most_cost", BigInteger),
    Column("currency", Text, nullable=False),
)
"""`criteria` holds the lists (user_groups, roles, sources) that are set; `most_cost`: units of `currency`."""

request_line_types = table(
    "request_line_types",
    key("format", Text),
    key("citation_type", Text),
    key("requested_type", Text),
    Column("line_type", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
)
