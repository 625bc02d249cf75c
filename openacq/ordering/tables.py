"""Tables of the ordering desk."""

from __future__ import annotations

from sqlalchemy import Boolean, Date, Index, literal_column, text

from openacq.store.schema import (
    BigInteger,
    BytewiseText,
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


def _where_set(name: str, column: str) -> Index:
    """An index of the rows that have a value; the others cost nothing."""
    is_set = literal_column(column).is_not(None)
    return lookup(name, column, sqlite_where=is_set, postgresql_where=is_set)


purchase_orders = table(
    "purchase_orders",
    key("id"),
    Column("number", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("continuity", Text, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("approved", Instant),
    Column("approved_by", Text, nullable=False),
    Column("approval_reason", Text, nullable=False),
    Column("send_by", Text, nullable=False),
    Column("send_state", Text, nullable=False),
    Column("send_error", Text, nullable=False),
    Column("letter_id", BigInteger),
    Column("letters", Integer, nullable=False),
    Column("sent", Instant),
    Column("exchange_rate", BigInteger),
    Column("submitted", Instant),
    Column("extras", Json, nullable=False),
    lookup("uq_purchase_orders_number", "number", unique=True),
    lookup("ix_purchase_orders_state", "state", "created"),
    # Lists of orders are read off this in their order, and counted in it.
    lookup("ix_purchase_orders_listed", "id", "state", "submitted", "changed", "vendor"),
    info=part_of("lines"),
)
"""`exchange_rate` (10^-10) and `submitted` are set of orders put together item by item (`drafts`) only.
`approval_reason`: why it waits for approval, or needed none. `letter_id` is the letter that is to bring
it to the vendor, `letters` how many were written so far."""

po_lines = table(
    "po_lines",
    key("id"),
    Column("number", Text, nullable=False),
    Column("oin", Text, nullable=False),
    Column("order_id", BigInteger),
    Column("state", Text, nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("owner", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("mms_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("price_units", BigInteger),
    Column("price_scale", Integer),
    Column("currency", Text, nullable=False),
    Column("discount", BigInteger, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("net_units", BigInteger),
    Column("no_charge", Boolean, nullable=False),
    Column("rush", Boolean, nullable=False),
    Column("reference", Text, nullable=False),
    Column("material", Text, nullable=False),
    Column("manual_renewal", Boolean, nullable=False),
    Column("renewal_date", Date),
    Column("expected_receipt_date", Date),
    Column("created", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("terms", Json, nullable=False),
    Column("extras", Json, nullable=False),
    # review
    Column("assigned_to", Text, nullable=False),
    Column("deferred_until", Date),
    Column("deferral_reason", Text, nullable=False),
    # what became of it
    Column("sent", Instant),
    Column("received", Integer, nullable=False),
    Column("activated", Instant),
    Column("closed", Instant),
    Column("cancel_reason", Text, nullable=False),
    Column("cancel_comment", Text, nullable=False),
    Column("cancel_letter", BigInteger),
    # claims and renewal
    Column("expected_activation_date", Date),
    Column("claim_due", Date),
    Column("claim_told", Date),
    Column("claims_sent", Integer, nullable=False),
    Column("renewal_due", Date),
    Column("renewal_reminded", Date),
    # invoices
    Column("invoiced_units", BigInteger, nullable=False),
    Column("paid_units", BigInteger, nullable=False),
    Column("fully_invoiced", Boolean, nullable=False),
    # what lists are sorted and found by
    Column("title_key", BytewiseText, nullable=False),
    Column("number_key", BigInteger, nullable=False),
    Column("invoice_reference", Text),
    reference(["order_id"], "purchase_orders", ["id"]),
    lookup("uq_po_lines_number", "number", unique=True),
    lookup("uq_po_lines_oin", "oin", unique=True),
    lookup("ix_po_lines_reference", "reference", "vendor", "id"),
    lookup("ix_po_lines_state", "state", "created"),
    lookup("ix_po_lines_mms_id", "mms_id"),
    lookup("ix_po_lines_order_id", "order_id"),
    lookup("ix_po_lines_changed", "changed", "order_id"),
    _where_set("ix_po_lines_claim_due", "claim_due"),
    _where_set("ix_po_lines_renewal_due", "renewal_due"),
    _where_set("ix_po_lines_invoice_reference", "invoice_reference"),
    # Lists are read off these in their order, and counted in them: what lists are narrowed by stands in them.
    lookup("ix_po_lines_title_key", "title_key", "number_key", "id", "state", "vendor", "method", "owner"),
    lookup("ix_po_lines_vendor", "vendor", "title_key", "number_key", "id", "state", "method", "owner"),
    lookup("ix_po_lines_number_key", "number_key", "id", "state", "vendor", "method", "owner"),
    info=part_of("lines"),
)
"""`title_key`: the title as lists are sorted by it; `number_key`: the figure of the number.
`cancel_letter`: the letter that told the vendor. `claim_told` and `renewal_reminded`: the day a due claim or
a renewal was told of. `renewal_due`: when something is to be done about the renewal, the day of it or of the
reminder before."""

# The lists of a line are written with it and by nobody else, so they carry no foreign key to it: checking
# one cost more on PostgreSQL than writing the row. `openacq verify` looks for strays.

line_places = table(
    "line_places",
    key("line_id"),
    key("number", Integer),
    Column("library", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("holding_id", Text, nullable=False),
    lookup("ix_line_places_location", "location", "library", "line_id"),
    info=part_of("lines"),
)

line_shares = table(
    "line_shares",
    key("line_id"),
    key("number", Integer),
    Column("fund_code", Text, nullable=False),
    Column("fund_id", BigInteger),
    Column("percent", BigInteger),
    Column("amount_units", BigInteger),
    Column("amount_scale", Integer),
    Column("amount_currency", Text, nullable=False),
    Column("part_units", BigInteger),
    lookup("ix_line_shares_fund_id", "fund_id", "line_id"),
    info=part_of("lines"),
)

line_alerts = table(
    "line_alerts",
    key("line_id"),
    key("number", Integer),
    Column("slug", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("facts", Json, nullable=False),
    Column("since", Instant, nullable=False),
    lookup("ix_line_alerts_slug", "slug", "line_id"),
    info=part_of("lines"),
)

line_notes = table(
    "line_notes",
    key("line_id"),
    key("number", Integer),
    Column("text", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("author", Text, nullable=False),
    info=part_of("lines"),
)

line_interested = table(
    "line_interested",
    key("line_id"),
    key("number", Integer),
    Column("primary_id", Text, nullable=False),
    Column("notify_receiving_activation", Boolean, nullable=False),
    Column("hold_item", Boolean, nullable=False),
    Column("notify_renewal", Boolean, nullable=False),
    Column("notify_cancel", Boolean, nullable=False),
    lookup("ix_line_interested_primary_id", "primary_id"),
    info=part_of("lines"),
)

_PORTFOLIO = text("portfolio_id <> ''")
_LIVE_ITEM = text("undone IS NULL AND item_id <> ''")

receipts = table(
    "receipts",
    key("id"),
    Column("line_id", BigInteger, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("portfolio_id", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("received", Date, nullable=False),
    Column("department", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("operator", Text, nullable=False),
    Column("made", Boolean, nullable=False),
    Column("undone", Instant),
    Column("undone_by", Text, nullable=False),
    reference(["line_id"], "po_lines", ["id"]),
    lookup("ix_receipts_line_id", "line_id"),
    lookup("ix_receipts_at", "at", "id"),
    lookup("ix_receipts_portfolio_id", "portfolio_id", sqlite_where=_PORTFOLIO, postgresql_where=_PORTFOLIO),
    lookup(
        "ux_receipts_item_id",
        "item_id",
        unique=True,
        sqlite_where=_LIVE_ITEM,
        postgresql_where=_LIVE_ITEM,
    ),
)
"""What arrived or was switched on: one row for each item or portfolio, with neither for what has no
inventory. `made`: the receipt brought the item or switched the portfolio on, so undoing it takes the
item away or switches it off. An undone receipt stays, marked; an item has one that is not."""

holds = table(
    "holds",
    key("id"),
    Column("line_id", BigInteger, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("primary_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Instant),
    Column("created", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    reference(["line_id"], "po_lines", ["id"]),
    lookup("ix_holds_line_id", "line_id"),
    lookup("ix_holds_state", "state", "created"),
    _where_set("ix_holds_due", "due"),
)
"""Items kept for interested users, for the circulation system to fetch. `due`: when it is offered again."""

line_claims = table(
    "line_claims",
    key("id"),
    Column("line_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("letter_id", BigInteger),
    Column("answer", Text, nullable=False),
    Column("answered", Instant),
    reference(["line_id"], "po_lines", ["id"]),
    lookup("ix_line_claims_line_id", "line_id"),
    lookup("ix_line_claims_letter_id", "letter_id", "line_id"),
)
"""Claims sent to the vendor for a line."""
