"""Searching among 20,000 lines goes by the indexes made for it, in as many statements as among five."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Table, event, select

from openacq.catalogue.model import Bib
from openacq.catalogue.store import ManyRows
from openacq.catalogue.store.bibs import bib_values
from openacq.catalogue.tables import bib_identifiers, bib_words, bibs
from openacq.catalogue.words import words_of
from openacq.ordering import search
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from openacq.ordering.query import LineSearch, LineStatus
from openacq.ordering.store import number_key, title_key
from openacq.ordering.tables import line_shares, po_lines
from openacq.store import Store, Tx
from tests.ordering.world import World, book

STAFF = Actor("staff")
COUNT = 20_000
FIRST = 5_000_000
VENDORS = ("GOBI", "GOBI", "GOBI", "CORNER", "OASIS")
STATES = ("CLOSED", "CLOSED", "SENT", "INREVIEW", "CANCELLED")


def isbn(number: int) -> str:
    digits = f"978{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


@pytest.fixture(scope="module")
def filled() -> dict[int, World]:
    """The library of 20,000 lines by store, made once for all tests of this module."""
    return {}


@pytest.fixture
def library(filled: dict[int, World], world: World, store: Store) -> World:
    if id(store) not in filled:
        fill(world)
        count_tables(store)
        filled[id(store)] = world
    return filled[id(store)]


def fill(world: World) -> None:
    """Lines of many titles, vendors and states, written past the ordering desk."""
    pattern = world.place(book())

    def work(tx: Tx) -> None:
        line, share = (row_of(tx, po_lines, "id", pattern.id), row_of(tx, line_shares, "line_id", pattern.id))
        titles = [
            Bib(f"99{FIRST + n}", title=f"Harbours {n % 977} of the {n}", author="Winter, Ada")
            for n in range(COUNT)
        ]
        ManyRows(bibs).add(tx, [bib_row(tx, bib) for bib in titles])
        ManyRows(bib_words).add(tx, [word for bib in titles for word in word_rows(tx, bib)])
        ManyRows(bib_identifiers).add(
            tx,
            [
                {"institution": tx.institution, "kind": "isbn", "value": isbn(n), "mms_id": bib.mms_id}
                for n, bib in enumerate(titles)
            ],
        )
        ManyRows(po_lines).add(
            tx,
            [
                {
                    **line,
                    "id": FIRST + n,
                    "number": f"POL-{FIRST + n}",
                    "oin": f"OIN-X-{n}",
                    "number_key": number_key(f"POL-{FIRST + n}"),
                    "mms_id": bib.mms_id,
                    "title": bib.title,
                    "title_key": title_key(bib.title),
                    "vendor": VENDORS[n % 5],
                    "state": STATES[n // 5 % 5],
                    "reference": f"R-{n}",
                    "created": tx.now + timedelta(seconds=n),
                }
                for n, bib in enumerate(titles)
            ],
        )
        ManyRows(line_shares).add(tx, [{**share, "line_id": FIRST + n} for n in range(0, COUNT, 49)])

    world.write(work)


def row_of(tx: Tx, table: Table, column: str, value: int) -> dict[str, Any]:
    found = select(table).where(table.c.institution == tx.institution, table.c[column] == value)
    return dict(tx.execute(found).mappings().one())


def bib_row(tx: Tx, bib: Bib) -> dict[str, Any]:
    own = {"institution": tx.institution, "claim": None, "source_key": None, "source_hash": None}
    return {**own, **bib_values(bib, tx.now), "created": tx.now}


def word_rows(tx: Tx, bib: Bib) -> Iterator[dict[str, Any]]:
    for field, word in words_of(bib):
        yield {"institution": tx.institution, "field": field, "word": word, "mms_id": bib.mms_id}


def count_tables(store: Store) -> None:
    if store.dialect == "postgresql":
        with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE po_lines, bib_words, bib_identifiers, line_shares")


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        if sql.startswith("SELECT"):
            asked.append((sql, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(store: Store, sql: str, values: Any, asked: Sequence[tuple[str, Any]] = ()) -> list[str]:
    """How the database goes about it, step by step; told how to, if it is `asked` first."""
    how = "EXPLAIN QUERY PLAN" if store.dialect == "sqlite" else "EXPLAIN (COSTS OFF)"
    with store.reader.connect() as connection:
        cursor = connection.connection.cursor()
        for told in [each for each in asked if "set_config" in each[0]]:
            cursor.execute(*told)
        cursor.execute(f"{how} {sql}", values)
        return [str(row[-1]).strip() for row in cursor.fetchall()]


def look(world: World, wanted: LineSearch, limit: int = 100, offset: int = 0) -> search.LinePage:
    page = world.read(lambda tx: ordering.search(tx, wanted, STAFF, limit, offset, frozenset()))
    assert isinstance(page, search.LinePage)
    return page


ASKED: Sequence[tuple[str, LineSearch, int, str]] = (
    # what is asked, how many there are, the index that has to be used for it
    ("everything", LineSearch(status=LineStatus.ALL_WITH_CLOSED), COUNT + 1, "ix_po_lines_title_key"),
    ("open lines", LineSearch(), 12_001, "ix_po_lines_title_key"),
    ("by number", LineSearch(order_by=("number",)), 12_001, "ix_po_lines_number_key"),
    ("a vendor's", LineSearch((("vendor_code", "GOBI"),)), 7_201, "ix_po_lines_vendor"),
    ("a number", LineSearch((("number", f"POL-{FIRST + 11}"),)), 1, "po_lines_number"),
    ("an identifier", LineSearch((("issn_isbn", isbn(13)),)), 1, "bib_identifiers"),
    ("a rare word", LineSearch((("title", "19013"),)), 1, "bib_words"),
    ("a rare word and a common one", LineSearch((("title", "harb 19013"),)), 1, "bib_words"),
    ("a bib", LineSearch((("mms_id", f"99{FIRST + 12}"),)), 1, "ix_po_lines_mms_id"),
    ("a fund", LineSearch((("fund_code", "HIST"),)), 249, "ix_line_shares_fund_id"),
)


@pytest.mark.parametrize(
    ("wanted", "total", "index"), [each[1:] for each in ASKED], ids=[each[0] for each in ASKED]
)
def test_a_search_goes_by_its_index(
    library: World, store: Store, wanted: LineSearch, total: int, index: str
) -> None:
    look(library, wanted)  # statements are prepared and registers known from here on
    library.write(lambda tx: tx.changes(po_lines))
    with statements(store.reader) as asked:
        page = look(library, wanted)
    assert page.total == total
    assert len(page.lines) == min(total, 100)
    steps = [step for sql, values in asked if " count(" not in sql for step in plan(store, sql, values)]
    assert any(index in step for step in steps), steps
    whole = [step for step in steps if step.startswith("SCAN po_lines") or "Seq Scan on po_lines" in step]
    assert not whole, steps


@pytest.mark.parametrize("offset", [0, 6_000, 11_900])
def test_a_far_page_is_read_off_the_index_without_sorting(library: World, store: Store, offset: int) -> None:
    with statements(store.reader) as asked:
        page = look(library, LineSearch(), offset=offset)
    assert len(page.lines) == 100
    walked = [(sql, values) for sql, values in asked if "LIMIT" in sql and "title_key" in sql]
    assert len(walked) == 1
    steps = plan(store, *walked[0], asked)
    assert any("ix_po_lines_title_key" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step or step.startswith("Sort") for step in steps), steps


def test_the_next_page_begins_where_the_last_one_ended(library: World, store: Store) -> None:
    first = look(library, LineSearch(descending=False), 50, 3_000)
    with statements(store.reader) as asked:
        second = look(library, LineSearch(descending=False), 50, 3_050)
    (walk,) = [values for sql, values in asked if "LIMIT" in sql and "title_key" in sql]
    skipped = list(walk.values() if isinstance(walk, dict) else walk)
    assert 3_050 not in skipped
    both = look(library, LineSearch(descending=False), 100, 3_000)
    assert [line.id for line in (*first.lines, *second.lines)] == [line.id for line in both.lines]


def test_walking_through_all_of_them_meets_each_once(library: World) -> None:
    seen: list[int] = []
    offset, total = 0, 1
    while offset < total:
        page = look(library, LineSearch(), 100, offset)
        total = page.total
        seen += [line.id for line in page.lines]
        offset += 100
    assert len(seen) == len(set(seen)) == total == 12_001


@pytest.mark.parametrize(
    "parts", [frozenset[str](), frozenset({"notes", "places"})], ids=["brief", "expanded"]
)
def test_statements_do_not_grow_with_the_lines(library: World, store: Store, parts: frozenset[str]) -> None:
    def asked_for(limit: int, offset: int) -> int:
        with statements(store.reader) as asked:
            page = library.read(lambda tx: ordering.search(tx, LineSearch(), STAFF, limit, offset, parts))
        assert len(page.lines) == limit
        return len(asked)

    asked_for(3, 0)
    asked_for(3, 0)
    assert asked_for(2, 40) == asked_for(100, 200) <= 12


def test_what_was_found_is_looked_for_again_after_a_change_only(library: World, store: Store) -> None:
    wanted = LineSearch((("title", "harbours"),))

    def looks(asked: list[tuple[str, Any]]) -> int:
        return sum("bib_words" in sql for sql, _ in asked)

    look(library, wanted)
    with statements(store.reader) as asked:
        look(library, wanted, offset=5_000)
    assert looks(asked) == 0
    library.write(lambda tx: tx.changes(po_lines))
    with statements(store.reader) as asked:
        look(library, wanted)
    assert looks(asked) > 0
