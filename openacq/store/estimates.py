"""What SQLite is told about its indexes, so that it picks the same, right one at any size.

Without statistics SQLite takes the first column of every index for a rare value. Here that is the
institution, which nearly every row may share: to SQLite, finding the lines of a title by the index of titles
and walking along all lines of the institution look alike, and it walks when that spares it a sort. Statistics
it gathers itself would be right for the day of gathering. These are written once, for a large library, where
a bad choice costs most; a small one is quick by any way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection, text

ROWS = 1_000_000
"""How long every table is taken to be."""
PARTIAL = 10
"""An index of some rows only has one row in so many."""
RARE = 10
"""Rows that share a value of a column that has many: a title, a person, a time."""
FEW: Mapping[str, int] = MappingProxyType(
    {
        "institution": 1,
        **dict.fromkeys(
            (
                "citation_type",
                "code_table",
                "field",
                "format",
                "kind",
                "language",
                "library",
                "list",
                "method",
                "namespace",
                "nth",
                "owner",
                "owning_library",
                "record_type",
                "requested_type",
                "share",
                "source",
                "source_kind",
                "state",
                "step",
                "topic",
                "type",
            ),
            10,
        ),
        **dict.fromkeys(
            ("assigned_to", "collection_id", "fund", "fund_id", "location", "parent", "period", "vendor"), 100
        ),
        "word": 1_000,
    }
)
"""Columns many rows have the same value of, with how many values there are."""

_INDEXES = text("SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' ORDER BY tbl_name, name")
_WRITE = text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :estimate)")


def write(connection: Connection) -> None:
    """Write the estimates for every index there is, in place of whatever statistics there are."""
    # Makes the table of statistics, which cannot be created by hand; nothing is looked through.
    connection.execute(text("ANALYZE sqlite_master"))
    connection.execute(text("DELETE FROM sqlite_stat1"))
    rows = []
    for table, index in connection.execute(_INDEXES).all():
        unique, partial = connection.execute(
            text('SELECT "unique", partial FROM pragma_index_list(:table) WHERE name = :index'),
            {"table": table, "index": index},
        ).one()
        columns = connection.execute(
            text("SELECT name FROM pragma_index_info(:index) ORDER BY seqno"), {"index": index}
        ).scalars()
        estimate = estimate_of(columns.all(), unique=bool(unique), partial=bool(partial))
        rows.append({"table": table, "index": index, "estimate": estimate})
    connection.execute(_WRITE, rows)
    connection.execute(text("ANALYZE sqlite_master"))  # has the connection take them in


def estimate_of(columns: Sequence[str], *, unique: bool, partial: bool) -> str:
    """The rows of an index, then those that share its first column, its first two, and so on, as SQLite wants
    them: "1000000 1000000 10"."""
    rows = ROWS // PARTIAL if partial else ROWS
    told = [rows]
    for column in columns:
        rows = max(rows // FEW[column], 1) if column in FEW else min(rows, RARE)
        told.append(rows)
    if unique:
        told[-1] = 1
    return " ".join(map(str, told)) + " noskipscan"
