"""On SQLite a statement finds rows by the columns it names: being of the institution is not enough.

SQLite is told how large a library may grow (`store/estimates.py`); the plans asked for here are those it has
with 20 lines and with a million.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from openacq.store import estimates, migrate
from openacq.store.store import Store, StoreOptions
from tests.ordering import life
from tests.ordering.world import book
from tests.requests.asking import make_library, ready

GROWING = (
    "bib_identifiers",
    "bib_records",
    "bib_uses",
    "bib_words",
    "bibs",
    "fund_postings",
    "holdings",
    "items",
    "letters",
    "line_alerts",
    "line_interested",
    "line_notes",
    "line_places",
    "line_shares",
    "outbox",
    "po_lines",
    "purchase_orders",
    "purchase_requests",
    "receipts",
)
"""Tables with as many rows as the institution has titles, orders or requests, and more."""
PAGED = re.compile(r"\bORDER BY .+ LIMIT ", re.DOTALL)
"""A page of everything there is walks along everything there is, as far as the page."""


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[Store, set[str]]]:
    """A database of SQLite, and every statement it is asked to carry out, with its values."""
    store = Store(f"sqlite:///{tmp_path}/plans.db", options=StoreOptions(sqlite_synchronous="OFF"))
    migrate.upgrade(store)
    store.writer.dispose()
    store.reader.dispose()
    statements: set[str] = set()
    for engine in (store.writer, store.reader):
        event.listen(engine, "connect", lambda each, _record: each.set_trace_callback(statements.add))
    yield store, statements
    store.close()


def test_what_happens_to_a_request_and_a_line_walks_along_nothing(told: tuple[Store, set[str]]) -> None:
    store, statements = told
    desk = make_library(store, 1)
    world = desk.world
    statements.clear()

    line = world.place(book(reference="REF-1"))
    world.place(book(reference="REF-2"))
    life.send(world, line)
    life.arrive(world, line)
    asked = desk.ask("ann", ready())
    desk.ask("ben", ready())
    desk.approve(asked)
    other = world.place(book(reference="REF-3"))
    world.write(
        lambda tx: ordering.cancel(tx, [other.id], Actor("staff"), ordering.Cancellation("LIBRARY_CANCELLED"))
    )
    world.line(line.number)

    walking = [
        (table, statement) for statement in statements for table in walked(Path(str(store.path)), statement)
    ]
    assert walking == []
    assert {
        table for table in GROWING for one in statements if re.search(rf"\b(FROM|INTO|UPDATE) {table}\b", one)
    } >= {"bib_identifiers", "fund_postings", "items", "po_lines", "purchase_requests", "receipts"}


def walked(file: Path, statement: str) -> list[str]:
    """The growing tables a statement goes through by their institution alone, if it is no page of a list."""
    if not statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")) or PAGED.search(statement):
        return []
    named = {
        alias or table: table
        for table, alias in re.findall(r"\b(?:FROM|JOIN|UPDATE|,) +(\w+)(?: AS (\w+))?", statement)
    }
    found = []
    with sqlite3.connect(file) as database:
        for *_, step in database.execute(f"EXPLAIN QUERY PLAN {statement}"):
            way = re.match(r"(SCAN|SEARCH) (\w+)(?:.*\((.*)\))?", step)
            table = named.get(way[2], way[2]) if way else ""
            if way and table in GROWING and (way[1] == "SCAN" or way[3] == "institution=?"):
                found.append(f"{table}: {step}")
    database.close()
    return found


def test_a_statement_that_walks_is_found_out(told: tuple[Store, set[str]]) -> None:
    """The test above can fail."""
    file = Path(str(told[0].path))
    assert walked(file, "SELECT number FROM po_lines WHERE institution = 1 AND title_key || '' = 'x'")
    assert walked(file, "SELECT a.number FROM po_lines AS a WHERE a.institution = 1")
    assert not walked(file, "SELECT number FROM po_lines WHERE institution = 1 AND mms_id = '99' ORDER BY id")


def test_without_estimates_the_walk_would_be_taken(told: tuple[Store, set[str]]) -> None:
    store, _ = told
    with store.alone(), store.writer.connect() as connection, connection.begin():
        connection.execute(text("DELETE FROM sqlite_stat1"))
    store.writer.dispose()
    store.reader.dispose()
    statement = "SELECT number FROM po_lines WHERE institution = 1 AND mms_id = '99' ORDER BY id"
    assert walked(Path(str(store.path)), statement)


@pytest.mark.parametrize(
    ("columns", "unique", "partial", "expected"),
    [
        (["institution", "id"], True, False, "1000000 1000000 1 noskipscan"),
        (["institution", "mms_id"], False, False, "1000000 1000000 10 noskipscan"),
        (["institution", "state", "created"], False, False, "1000000 1000000 100000 10 noskipscan"),
        (["institution", "barcode"], True, True, "100000 100000 1 noskipscan"),
        (
            ["institution", "vendor", "title_key", "id"],
            False,
            False,
            "1000000 1000000 10000 10 10 noskipscan",
        ),
    ],
)
def test_estimates_tell_few_values_from_many(
    columns: list[str], unique: bool, partial: bool, expected: str
) -> None:
    assert estimates.estimate_of(columns, unique=unique, partial=partial) == expected


def test_every_index_has_its_estimate(told: tuple[Store, set[str]]) -> None:
    with told[0].reader.connect() as connection:
        indexes = set(
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'index'")).scalars()
        )
        estimated = set(connection.execute(text("SELECT idx FROM sqlite_stat1")).scalars())
    assert indexes == estimated
