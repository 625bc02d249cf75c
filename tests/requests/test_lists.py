"""Lists of requests: every filter, the newest first, in as many statements for many as for few, by the
indexes made for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, text

from openacq.catalogue.model import Description
from openacq.kernel.clock import FixedClock
from openacq.requests import service as desk
from openacq.requests import store_lists
from openacq.requests.model import Approve, Criteria, Metadata, PlaceAsked, Reject, Request
from openacq.requests.tables import purchase_requests
from openacq.store import Store, Tx
from tests.requests.asking import DESK, Library, a_book, a_title, make_library, ready

COUNT = 20_000
STATES = ("REJECTED", "REJECTED", "APPROVED", "INREVIEW", "DEFERRED")


@contextmanager
def listening(store: Store) -> Iterator[list[str]]:
    """The statements of this thread."""
    seen: list[str] = []
    here = threading.get_ident()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.get_ident() == here:
            seen.append(statement)

    engines = {store.writer, store.reader}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def counted(library: Library, work: Callable[[], object]) -> int:
    with listening(library.world.store) as seen:
        work()
    return len(seen)


# -- filters ------------------------------------------------------------------------------------


def test_every_filter_alone_and_together(library: Library, clock: FixedClock) -> None:
    book = library.ask("ann", ready())
    clock.advance(days=1)
    online = library.ask("ben", a_book(format="E", metadata=a_title(isbn="", title="Reading Ümlauts online")))
    clock.advance(days=1)
    journal = library.ask(
        "cleo",
        ready(
            owning_library="SCI",
            places=(PlaceAsked("SCI", "STACKS"),),
            metadata=Metadata(title="A journal", citation_type="JOURNAL", issn="0378-5955"),
        ),
    )
    library.reject(online)
    library.write(lambda tx: desk.assign(tx, [book.id], "staff1", DESK))
    library.approve(journal)
    every = [journal.id, online.id, book.id]
    for criteria, expected in (
        ({}, every),
        ({"status": "INREVIEW"}, [book.id]),
        ({"status": "APPROVED"}, [journal.id]),
        ({"words": library.now(journal).po_line}, [journal.id]),
        ({"status": "REJECTED"}, [online.id]),
        ({"format": "E"}, [online.id]),
        ({"owning_library": "SCI"}, [journal.id]),
        ({"citation_type": "BOOK"}, [online.id, book.id]),
        ({"citation_type": "BOOK", "format": "P", "status": "INREVIEW"}, [book.id]),
        ({"requester": "cleo"}, [journal.id]),
        ({"assigned_to": "staff1"}, [book.id]),
        ({"assigned_to": ""}, [journal.id, online.id]),
        ({"mms_id": book.mms_id}, [book.id]),
        ({"words": "umlauts READING"}, [online.id]),
        ({"words": "history baker"}, []),
        ({"words": "able"}, [book.id]),
        ({"words": "9781861972712"}, [book.id]),
        ({"words": "100%"}, []),
        ({"since": date(2026, 3, 3)}, [journal.id, online.id]),
        ({"until": date(2026, 3, 3)}, [online.id, book.id]),
        ({"since": date(2026, 3, 3), "until": date(2026, 3, 3)}, [online.id]),
        ({"source": "API", "progress": "ordered"}, []),
    ):
        assert library.listed(**criteria) == expected, criteria


def test_pages_and_totals(library: Library) -> None:
    made = [library.ask(wish=a_book(metadata=a_title(isbn="", title=f"T {n}"))).id for n in range(7)]

    def page(limit: int, offset: int) -> Any:
        return library.read(lambda tx: desk.requests(tx, Criteria(), DESK, limit=limit, offset=offset))

    assert [each.id for each in page(3, 0).requests] == made[:-4:-1]
    assert [each.id for each in page(3, 6).requests] == made[:1]
    for limit, offset in ((0, 0), (3, 7)):
        assert (page(limit, offset).requests, page(limit, offset).total) == ((), 7)
    assert page(3, 0).requests[0].requester_name == "Ann Able"


def test_words_find_the_same_however_many_there_are(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [library.ask(wish=a_book(metadata=a_title(isbn="", title=f"Words {n}"))).id for n in range(5)]

    def page(limit: int, offset: int) -> tuple[list[int], int]:
        wanted = Criteria(words="words", status="INREVIEW")
        found = library.read(lambda tx: desk.requests(tx, wanted, DESK, limit=limit, offset=offset))
        return [each.id for each in found.requests], found.total

    pages = [(2, 0), (2, 4), (2, 6), (0, 0)]
    remembered = [page(*each) for each in pages]
    assert remembered == [(made[:2:-1], 5), (made[:1], 5), ([], 5), ([], 5)]
    monkeypatch.setattr(store_lists, "MOST_FOUND", 3)
    library.reject(library.ask(wish=a_book(metadata=a_title(isbn="", title="Words, words"))))
    assert [page(*each) for each in pages] == remembered


# -- statements ---------------------------------------------------------------------------------


def several(library: Library, start: int, count: int, requester: str = "ann") -> list[Request]:
    return [
        library.ask(requester, ready(metadata=a_title(isbn="", title=f"Several {number}")))
        for number in range(start, start + count)
    ]


def test_a_list_of_many_asks_as_much_as_a_list_of_few(library: Library) -> None:
    def look() -> Any:
        return library.read(lambda tx: desk.requests(tx, Criteria(status="INREVIEW"), DESK, limit=100))

    several(library, 0, 2)
    look()
    few = counted(library, look)
    several(library, 2, 10, "ben")
    look()
    assert counted(library, look) == few <= 6


def test_rejecting_many_asks_as_much_as_rejecting_few(library: Library) -> None:
    warm = several(library, 0, 2)
    library.reject(*warm)
    few, many = several(library, 10, 2), several(library, 20, 30)

    def preview(of: list[Request]) -> Any:
        ids = [each.id for each in of]
        return library.read(lambda tx: desk.preview_reject(tx, ids, Reject("COST"), DESK))

    preview(few)
    assert counted(library, lambda: preview(few)) == counted(library, lambda: preview(many))
    first = counted(library, lambda: library.reject(*few))
    assert counted(library, lambda: library.reject(*many)) == first


def test_approving_many_asks_no_more_for_each_than_placing_its_line(library: Library) -> None:
    library.approve(*several(library, 0, 2))
    two, four, eight = (several(library, start, count) for start, count in ((10, 2), (20, 4), (30, 8)))

    def preview(of: list[Request]) -> Any:
        ids = [each.id for each in of]
        return library.read(lambda tx: desk.preview_approve(tx, ids, Approve(), DESK))

    preview(two)
    assert counted(library, lambda: preview(two)) == counted(library, lambda: preview(eight))
    counts = [counted(library, partial(library.approve, *of)) for of in (two, four, eight)]
    each = (counts[1] - counts[0]) / 2
    assert (counts[2] - counts[1]) / 4 == pytest.approx(each, abs=1)
    assert each <= 40


# -- a large desk -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled() -> dict[int, Library]:
    """The desk of 20,000 requests by store, made once for all tests of this module."""
    return {}


@pytest.fixture
def large(filled: dict[int, Library], store: Store, institution: int) -> Library:
    if id(store) not in filled:
        library = make_library(store, institution)
        fill(library)
        filled[id(store)] = library
    return filled[id(store)]


def fill(library: Library) -> None:
    """Requests of many states and people, written past the desk."""
    pattern = library.ask(wish=ready())

    def work(tx: Tx) -> None:
        table = purchase_requests
        mine = (table.c.institution == tx.institution) & (table.c.id == pattern.id)
        row = dict(tx.conn.execute(table.select().where(mine)).mappings().one())
        created = row["created"]
        rows = [
            {
                **row,
                "id": 1_000_000 + number,
                "created": created - timedelta(seconds=number),
                "state": STATES[number % 5],
                "format": "PE"[number % 3 == 0],
                "citation_type": ("BOOK", "JOURNAL")[number % 4 == 0],
                "owning_library": ("", "MAIN", "SCI")[number % 3],
                "requester": f"reader{number % 500}",
                "assigned_to": "staff1" if number % 50 == 0 else "",
                "mms_id": str(number),
                "words": f"title number {number} reader{number % 500}",
                "group_id": 0,
            }
            for number in range(COUNT)
        ]
        tx.conn.execute(table.insert(), rows)
        if tx.conn.dialect.name == "postgresql":
            tx.conn.execute(text("ANALYZE purchase_requests"))

    library.write(work)


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"status": "INREVIEW"},
        {"format": "E"},
        {"owning_library": "SCI"},
        {"citation_type": "JOURNAL"},
        {"status": "DEFERRED", "format": "P", "owning_library": "MAIN", "citation_type": "BOOK"},
        {"requester": "reader17"},
        {"assigned_to": "staff1"},
        {"mms_id": "17"},
        {"words": "number 1999"},
    ],
    ids=str,
)
def test_a_page_among_20_000_is_read_off_an_index(large: Library, criteria: dict[str, Any]) -> None:
    wanted = Criteria(**criteria)

    def look() -> Any:
        return large.read(lambda tx: desk.requests(tx, wanted, DESK, limit=100))

    page = look()
    assert page.total > 0
    assert len(page.requests) == min(page.total, 100)
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        look()
        times.append(time.perf_counter() - begun)
    if "words" in criteria:  # every request is looked at
        return
    assert min(times) < 0.06
    plan = plan_of(large, wanted)
    assert "ix_purchase_requests" in plan, plan
    assert "TEMP B-TREE" not in plan, plan


def plan_of(library: Library, wanted: Criteria) -> str:
    """How the database reads the page itself."""

    def work(tx: Tx) -> str:
        seen: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            if "ORDER BY" in statement and "LIMIT" in statement:
                seen.append((statement, parameters))

        engine = library.world.store.reader
        event.listen(engine, "before_cursor_execute", note)
        try:
            desk.requests(tx, wanted, DESK, limit=100)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        statement, parameters = seen[0]
        explain = "EXPLAIN QUERY PLAN " if tx.conn.dialect.name == "sqlite" else "EXPLAIN "
        cursor = tx.conn.connection.cursor()
        cursor.execute(explain + statement, parameters)
        rows = cursor.fetchall()
        cursor.close()
        return "\n".join(str(row[-1]) for row in rows)

    found = library.read(work)
    assert isinstance(found, str)
    return found


def test_a_request_among_20_000_is_made_quickly(large: Library) -> None:
    times = []
    for number in range(10):
        wish = a_book(metadata=a_title(isbn="", title=f"Quick {number}"))
        begun = time.perf_counter()
        large.ask("ben", wish)
        times.append(time.perf_counter() - begun)
    assert sorted(times)[8] < 0.06
    assert large.read(lambda tx: desk.already(tx, Description(isbn="9780306406157"))).any
