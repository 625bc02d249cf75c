"""Tables of profiles and review rules."""

from __future__ import annotations

from sqlalchemy import Boolean

from openacq.store.schema import BigInteger, Column, Integer, Json, Text, key, table

order_profiles = table(
    "order_profiles",
    key("kind", Text),
    key("code", Text),
    Column("name", Text, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("methods", Json, nullable=False),
    Column("methods_serial", Json, nullable=False),
    Column("block_not_fully_funded", Boolean, nullable=False),
    Column("block_invalid_fund", Boolean, nullable=False),
    Column("block_balance_too_low", Boolean, nullable=False),
    Column("duplicates", Text, nullable=False),
    Column("default_line_type", Text, nullable=False),
    Column("use_access_model", Boolean, nullable=False),
)

review_rules = table(
    "review_rules",
    key("name", Text),
    Column("position", BigInteger, nullable=False),
    Column("review", Boolean, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("criteria", Json, nullable=False),
    Column("price_above", BigInteger),
    Column("price_below", BigInteger),
    Column("currency", Text, nullable=False),
)
"""`criteria` holds the lists (vendors, methods, …) that are set; prices are units of `currency`."""

packaging_rules = table(
    "packaging_rules",
    Column("automatic", Boolean, nullable=False),
    Column("wait_minutes", Integer, nullable=False),
    Column("most_lines", Integer, nullable=False),
    Column("by_fund", Boolean, nullable=False),
)
"""At most one row for each institution."""

approval_rules = table(
    "approval_rules",
    key("name", Text),
    Column("position", BigInteger, nullable=False),
    Column("approval", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("criteria", Json, nullable=False),
    Column("above", BigInteger),
    Column("currency", Text, nullable=False),
)
"""`criteria` holds the lists (methods, vendors, libraries) that are set; `above` is units of `currency`."""
