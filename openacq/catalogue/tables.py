"""Tables of the catalogue.

Collections and their titles belong to the reserved institution 0 (the community zone); everything
else to the institution whose catalogue it is.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Date, Index, UniqueConstraint, literal_column

from openacq.store.schema import (
    BigInteger,
    BytewiseText,
    Column,
    Instant,
    Json,
    Text,
    key,
    lookup,
    part_of,
    reference,
    table,
)


def _times() -> tuple[Column[object], Column[object]]:
    return Column("created", Instant, nullable=False), Column("modified", Instant, nullable=False)


def once(of_table: str, column: str) -> Index:
    """No value twice; rows without one are not in the index.

    That keeps it small, and keeps PostgreSQL from taking it for the key: a plan made while the table was
    empty finds every index led by the institution equally good, and is kept.
    """
    present = literal_column(column).is_not(None)
    return lookup(
        f"ux_{of_table}_{column}", column, unique=True, sqlite_where=present, postgresql_where=present
    )


bibs = table(
    "bibs",
    key("mms_id", Text),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("isbn", Text, nullable=False),
    Column("issn", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("year", Text, nullable=False),
    Column("vendor_title_number", Text, nullable=False),
    Column("system_control_numbers", Json, nullable=False),
    Column("brief", Boolean, nullable=False),
    Column("suppressed", Boolean, nullable=False),
    Column("origin", Text, nullable=False),
    Column("claim", Text),
    Column("source_key", Text),
    Column("source_hash", Text),
    *_times(),
    once("bibs", "claim"),
    once("bibs", "source_key"),
    info=part_of("lines"),
)
"""One row per title.

`claim`: the identifier a brief bib was made for; unique, so of two orders that both miss the
catalogue one makes the bib and the other finds it. `source_key` and `source_hash`: which record of
a loaded file this is, and what it said last time.
"""

bib_records = table(
    "bib_records",
    key("mms_id", Text),
    Column("record", Text, nullable=False),
    reference(["mms_id"], "bibs", ["mms_id"]),
)
"""The MARC of a loaded bib, as `marc.py` writes it."""

bib_identifiers = table(
    "bib_identifiers",
    key("kind", Text),
    key("value", Text),
    key("mms_id", Text),
    lookup("ix_bib_identifiers_mms_id", "mms_id"),
    reference(["mms_id"], "bibs", ["mms_id"]),
    info=part_of("lines"),
)
"""The folded identifiers orders are matched by."""

bib_words = table(
    "bib_words",
    key("word", BytewiseText),
    key("field", Text),
    key("mms_id", Text),
    info=part_of("lines"),
    sqlite_with_rowid=False,
)
"""The folded words of a bib (`words.py`), so that titles are found by the beginnings of words. No foreign
key: it would be looked up for every word."""

bib_uses = table(
    "bib_uses",
    key("mms_id", Text),
    key("kind", Text),
    key("user_id", Text),
    reference(["mms_id"], "bibs", ["mms_id"]),
)
"""Who needs a bib; it may be deleted when no row is left."""

holdings = table(
    "holdings",
    key("holding_id", Text),
    Column("mms_id", Text, nullable=False),
    Column("library", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("nth", BigInteger, nullable=False),
    Column("call_number", Text, nullable=False),
    Column("loaded", Boolean, nullable=False),
    *_times(),
    UniqueConstraint("institution", "mms_id", "library", "location", "nth"),
    reference(["mms_id"], "bibs", ["mms_id"]),
    info=part_of("lines"),
)
"""Orders and loads use holding 0 of a place and make it if it is not there; unique, so never twice.
`loaded`: a load of the library's own records made it, so there is a copy even when it has no items."""

items = table(
    "items",
    key("item_id", Text),
    Column("holding_id", Text, nullable=False),
    Column("mms_id", Text, nullable=False),
    Column("line_id", BigInteger),
    Column("barcode", Text),
    Column("policy", Text, nullable=False),
    Column("material", Text, nullable=False),
    Column("process_type", Text, nullable=False),
    Column("receive_date", Date),
    Column("expected_arrival_date", Date),
    Column("enumeration_a", Text, nullable=False),
    Column("enumeration_b", Text, nullable=False),
    Column("enumeration_c", Text, nullable=False),
    Column("chronology_i", Text, nullable=False),
    Column("chronology_j", Text, nullable=False),
    Column("chronology_k", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("storage_location_id", Text, nullable=False),
    Column("temp_library", Text, nullable=False),
    Column("temp_location", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("department", Text, nullable=False),
    *_times(),
    once("items", "barcode"),
    lookup("ix_items_holding_id", "holding_id"),
    lookup("ix_items_mms_id", "mms_id"),
    lookup("ix_items_line_id", "line_id"),
    reference(["holding_id"], "holdings", ["holding_id"]),
    info=part_of("lines"),
)
"""One row per copy. process_type ACQ until the copy is received; `operator` received it, `department` has
it while it is in process."""

portfolios = table(
    "portfolios",
    key("portfolio_id", Text),
    Column("mms_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("collection_id", Text, nullable=False),
    Column("collection_name", Text, nullable=False),
    Column("title_id", Text, nullable=False),
    Column("available", Boolean, nullable=False),
    Column("url", Text, nullable=False),
    Column("access_provider", Text, nullable=False),
    Column("public_note", Text, nullable=False),
    Column("license", Text, nullable=False),
    Column("material", Text, nullable=False),
    Column("coverage", Text, nullable=False),
    Column("claim", Text),
    *_times(),
    once("portfolios", "claim"),
    lookup("ix_portfolios_mms_id", "mms_id"),
    reference(["mms_id"], "bibs", ["mms_id"]),
    info=part_of("lines"),
)
"""`claim`: the bib an order made this portfolio for; unique, so two orders at once make one."""

line_inventory = table(
    "line_inventory",
    key("line_id"),
    key("kind", Text),
    key("target", Text),
    info=part_of("lines"),
)
"""What a line is tied to besides its own items: kind holding or portfolio, target its id."""

collections = table(
    "collections",
    key("collection_id", Text),
    Column("name", Text, nullable=False),
    Column("provider", Text, nullable=False),
    *_times(),
)
"""Collections of the community zone; rows of institution 0 only."""

collection_titles = table(
    "collection_titles",
    key("collection_id", Text),
    key("title_id", Text),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("coverage", Text, nullable=False),
    Column("fields", Json, nullable=False),
    Column("source_hash", Text, nullable=False),
    Column("modified", Instant, nullable=False),
    reference(["collection_id"], "collections", ["collection_id"]),
)
"""Titles of a collection; rows of institution 0 only. `fields`: the KBART columns that were not empty."""

collection_identifiers = table(
    "collection_identifiers",
    key("kind", Text),
    key("value", Text),
    key("collection_id", Text),
    key("title_id", Text),
    lookup("ix_collection_identifiers_title", "collection_id", "title_id"),
    reference(["collection_id", "title_id"], "collection_titles", ["collection_id", "title_id"]),
)
"""The folded identifiers of community titles; rows of institution 0 only."""

collection_switches = table(
    "collection_switches",
    key("collection_id", Text),
    Column("active", Boolean, nullable=False),
    Column("modified", Instant, nullable=False),
)
"""Which collections an institution has switched on. No foreign key: the collection is another's row."""
