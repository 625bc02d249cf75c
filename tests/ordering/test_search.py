"""Searching lines: every field finds what it should and nothing else, in every order, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import CopyWish, Description
from openacq.directory import service as directory
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.ordering import query, search
from openacq.ordering import service as ordering
from openacq.ordering.model import (
    Actor,
    InterestedWish,
    Line,
    LineState,
    ListedLine,
    PlaceWish,
    ShareWish,
    Sum,
    Terms,
)
from openacq.ordering.query import ITEM_FIELDS, LINE_KEYS, LineSearch, LineStatus
from openacq.ordering.store import number_key
from openacq.ordering.tables import po_lines
from openacq.store import Store, Tx
from openacq.vendors import service as vendors
from tests.ordering import life
from tests.ordering.world import World, book

HERON_ISBN = "9780131103627"
STAFF = Actor("staff")
ALL = LineStatus.ALL_WITH_CLOSED


def copy(library: str, location: str, **how: Any) -> PlaceWish:
    return PlaceWish(library, location, 1, (CopyWish(**how),))


@pytest.fixture
def shelf(world: World, clock: FixedClock) -> dict[str, Line]:
    """Five lines as different as can be, an hour apart: otter, heron, eco, zebra, old."""
    world.load(
        vendors,
        "vendor",
        {"code": "CORNER-2", "name": "Second Corner", "kind": "other", "material_supplier": True},
    )
    world.load(
        directory, "location", {"library": "SCI", "code": "QUIET", "name": "Salle Émile", "type": "OPEN"}
    )

    def placed(**wish: Any) -> Line:
        clock.advance(3_600)
        return world.place(book(**wish))

    return {
        "otter": placed(
            title=Description(title="Otters of the North", author="Ångström, Åsa", publisher="Reed & Sons"),
            reference="REF-OTTER",
            places=(copy("MAIN", "STACKS", enumeration_a="9", description="v. 9 (2024)"),),
            expected_receipt_date=date(2026, 4, 1),
        ),
        "heron": placed(
            title=Description(
                title="the heron", author="Aske, Ruth", isbn=HERON_ISBN + " (pbk.)", year="c2019."
            ),
            vendor="CORNER",
            account="CORNER-1",
            price=Sum("20.00", "EUR"),
            reference="REF-HERON",
            shares=(ShareWish("ART", percent="50"), ShareWish("HIST", percent="50")),
            places=(copy("SCI", "QUIET", enumeration_a="10", chronology_i="2025"),),
            terms=Terms(invoice_reference="INV/2026-7"),
        ),
        "eco": placed(
            title=Description(
                title="Öko-Häuser: a history", place="København", isbn="9780131103628", year="1998"
            ),
            method="PURCHASE",
            reference="REF-ECO",
            places=(copy("MAIN", "REF", expected_arrival_date=date(2026, 5, 1)),),
        ),
        "zebra": placed(
            title=Description(title="Zebra!", author="Aske, Ruth", issn="0378-5955"),
            owner="SCI",
            vendor="CORNER-2",
            account="",
            reference="",
            shares=(ShareWish("SCIENCE"),),
            places=(copy("SCI", "STACKS", enumeration_a="10", enumeration_b="2"),),
        ),
        "old": placed(title=Description(title="An old book", mms_id=""), reference="REF-OLD"),
    }


@pytest.fixture
def names(shelf: dict[str, Line]) -> dict[str, str]:
    return {line.number: name for name, line in shelf.items()}


Find = Callable[..., list[str]]


@pytest.fixture
def find(world: World, names: dict[str, str]) -> Find:
    """The names of the lines a search finds, in the order of the list."""

    def found(*conditions: tuple[str, str], actor: Actor = STAFF, **how: Any) -> list[str]:
        wanted = LineSearch(conditions=conditions, **{"descending": False, "status": ALL, **how})
        page = world.read(lambda tx: ordering.search(tx, wanted, actor, 100, 0, frozenset()))
        assert page.total == len(page.lines)
        return [names[line.number] for line in page.lines]

    return found


EVERYTHING = ["old", "eco", "otter", "heron", "zebra"]
"""By title: an old book, oko hauser, otters, the heron, zebra."""

FOUND: list[tuple[str, str, set[str]]] = [
    ("title", "otters", {"otter"}),
    ("title", "OTT", {"otter"}),
    ("title", "north otters", {"otter"}),
    ("title", "the", {"otter", "heron"}),
    ("title", "oko", {"eco"}),
    ("title", "ÖKO_HAUS", {"eco"}),
    ("title", "tters", set()),
    ("title", "zebra heron", set()),
    ("title", "!!", set()),
    ("author", "aske", {"heron", "zebra"}),
    ("author", "angstrom asa", {"otter"}),
    ("author", "otters", set()),
    ("publisher", "reed", {"otter"}),
    ("publication_year", "2019", {"heron"}),
    ("publication_year", "199", {"eco"}),
    ("publication_place", "kobenhavn", set()),
    ("publication_place", "kø", {"eco"}),
    ("issn_isbn", HERON_ISBN, {"heron"}),
    ("issn_isbn", "0-13-110362-8", {"heron"}),
    ("issn_isbn", "978-0-13", {"heron", "eco"}),
    ("issn_isbn", "978-0-13-110362-8", {"eco"}),
    ("issn_isbn", "03785955", {"zebra"}),
    ("issn_isbn", "9781861972712", set()),
    ("issn_isbn", "%", set()),
    ("shelving_location", "STACKS", {"otter", "zebra", "old"}),
    ("shelving_location", "quiet", {"heron"}),
    ("shelving_location", "emile", {"heron"}),
    ("shelving_location", "salle_em", {"heron"}),
    ("shelving_location", "CELLAR", set()),
    ("vendor_code", "GOBI", {"otter", "eco", "old"}),
    ("vendor_code", "gobi", {"otter", "eco", "old"}),
    ("vendor_code", "CORNER", {"heron"}),
    ("vendor_code", "corn", {"heron", "zebra"}),
    ("vendor_code", "NOBODY", set()),
    ("vendor_name", "corner", {"heron", "zebra"}),
    ("vendor_name", "library_solutions", {"otter", "eco", "old"}),
    ("vendor_account", "GOBI-MAIN", {"otter", "eco", "old"}),
    ("vendor_account", "corner", {"heron"}),
    ("vendor_account", "NONE", set()),
    ("fund_code", "ART", {"heron"}),
    ("fund_code", "hist", {"otter", "eco", "old", "heron"}),
    ("fund_code", "s", {"otter", "eco", "old", "heron", "zebra"}),
    ("fund_code", "NOPE", set()),
    ("fund_name", "history", {"otter", "eco", "old", "heron"}),
    ("fund_name", "hist nearly", set()),
    ("invoice_reference", "inv/2026", {"heron"}),
    ("invoice_reference", "2026-8", set()),
    ("po_number", "PO-1", set()),
    ("all", "otters", {"otter"}),
    ("all", "aske corner", {"heron", "zebra"}),
    ("all", "art heron", {"heron"}),
    ("all", "quiet", {"heron"}),
    ("all", "REF-ECO", {"eco"}),
    ("all", "INV/2026-7", {"heron"}),
    ("all", HERON_ISBN, {"heron"}),
    ("all", "gobi north", {"otter"}),
    ("all", "otters zebra", set()),
    ("enumeration_a", "9", {"otter"}),
    ("enumeration_a", "1", {"heron", "zebra"}),
    ("enumeration_b", "2", {"zebra"}),
    ("enumeration_c", "2", set()),
    ("chronology_i", "2025", {"heron"}),
    ("chronology_j", "2025", set()),
    ("chronology_k", "2025", set()),
    ("item_description", "2024_v.", {"otter"}),
    ("item_library", "SCI", {"heron", "zebra"}),
    ("item_library", "science lib", {"heron", "zebra"}),
    ("item_library", "NOWHERE", set()),
]


@pytest.mark.parametrize(("field", "text", "expected"), FOUND, ids=[f"{each[0]}~{each[1]}" for each in FOUND])
def test_a_condition_finds_its_lines_and_no_others(
    find: Find, field: str, text: str, expected: set[str]
) -> None:
    assert set(find((field, text))) == expected


def test_every_field_of_a_search_is_tried_here() -> None:
    assert {field for field, _, _ in FOUND} | {"number", "mms_id"} == {*query.FIELDS, *ITEM_FIELDS}


WORDS_OF_TITLES = ("title", "author", "publisher", "publication_place", "publication_year")


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [each for each in FOUND if each[0] in WORDS_OF_TITLES],
    ids=[f"{each[0]}~{each[1]}" for each in FOUND if each[0] in WORDS_OF_TITLES],
)
def test_words_many_titles_have_find_the_same(
    find: Find, field: str, text: str, expected: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "FEW_BIBS", -1)  # no word is rare
    assert set(find((field, text))) == expected


def test_a_line_is_found_by_its_numbers(find: Find, shelf: dict[str, Line], names: dict[str, str]) -> None:
    number, figure = shelf["eco"].number, shelf["eco"].number.removeprefix("POL-")
    assert find(("number", number)) == find(("number", number.lower())) == find(("number", figure)) == ["eco"]
    assert find(("all", number)) == ["eco"]
    assert set(find(("number", "pol"))) == set(names.values())
    assert find(("number", number + "0")) == []
    assert (
        find(("mms_id", shelf["zebra"].bib.mms_id)) == find(("all", shelf["zebra"].bib.mms_id)) == ["zebra"]
    )
    assert find(("mms_id", "99")) == []


def test_a_whole_number_is_that_line_alone_though_others_hold_it(
    world: World, shelf: dict[str, Line], find: Find, names: dict[str, str]
) -> None:
    """POL-10010 holds POL-1001; whoever writes a whole number means that line."""
    number = shelf["otter"].number
    renumber(world, {shelf["eco"].number: number + "0"})
    names[number + "0"] = "eco"
    assert find(("number", number)) == ["otter"]
    assert find(("number", number + "0")) == ["eco"]
    assert set(find(("number", number[:-1]))) >= {"otter", "eco"}


def renumber(world: World, numbers: dict[str, str]) -> None:
    def work(tx: Tx) -> None:
        for old, new in numbers.items():
            tx.execute(
                update(po_lines)
                .where(po_lines.c.institution == tx.institution, po_lines.c.number == old)
                .values(number=new, number_key=number_key(new))
            )

    world.write(work)


def test_a_line_that_names_an_unknown_fund_is_found_by_what_it_names(
    world: World, find: Find, names: dict[str, str]
) -> None:
    lost = world.place(book(shares=(ShareWish("HISTT", percent="100"),), reference="LOST"))
    names[lost.number] = "lost"
    assert find(("fund_code", "HISTT")) == ["lost"]
    assert "lost" not in find(("fund_code", "HIST"))


def test_conditions_hold_together(find: Find) -> None:
    assert find(("author", "aske"), ("vendor_code", "CORNER")) == ["heron"]
    assert find(("author", "aske"), ("title", "otters")) == []
    assert find(("enumeration_a", "10"), ("enumeration_b", "2")) == ["zebra"]
    assert find(("enumeration_a", "10"), ("title", "heron")) == ["heron"]
    assert find(("fund_code", "HIST"), ("shelving_location", "STACKS")) == ["old", "otter"]


def test_a_title_is_found_however_many_words_are_asked(find: Find) -> None:
    assert find(("title", "otters of the north otters of the north")) == ["otter"]
    assert find(("title", "otters " * 300)) == ["otter"]


# -- parameters --------------------------------------------------------------------------------


def test_status_groups(world: World, find: Find, shelf: dict[str, Line]) -> None:
    world.write(
        lambda tx: ordering.cancel(tx, [shelf["eco"].id], STAFF, ordering.Cancellation("LIBRARY_CANCELLED"))
    )
    life.send(world, shelf["otter"])
    life.arrive(world, shelf["otter"])
    world.write(lambda tx: ordering.close(tx, [shelf["otter"].id], STAFF))
    assert find(status=LineStatus.ALL) == ["old", "eco", "heron", "zebra"]
    assert find(status=LineStatus.ACTIVE) == ["old", "heron", "zebra"]
    assert find(status=LineStatus.CANCELLED) == ["eco"]
    assert find(status=LineStatus.CLOSED) == ["otter"]
    assert find(status=LineStatus.ALL_WITH_CLOSED) == EVERYTHING
    assert find(("title", "otters"), status=LineStatus.ALL) == []
    assert find(("title", "otters"), status=LineStatus.CLOSED) == ["otter"]


def test_method_library_and_vendor(find: Find) -> None:
    assert find(methods=("PURCHASE",)) == ["eco"]
    assert find(methods=("PURCHASE", "VENDOR_SYSTEM")) == EVERYTHING
    assert find(methods=("GIFT",)) == []
    assert find(library="SCI") == ["zebra"]
    assert find(vendor="CORNER") == ["heron"]
    assert find(("vendor_code", "GOBI"), vendor="CORNER") == []


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2026, 4, 1), date(2026, 4, 1), ["otter"]),
        (date(2026, 4, 2), None, ["eco"]),
        (None, date(2026, 4, 30), ["otter"]),
        (date(2026, 4, 1), date(2026, 5, 1), ["eco", "otter"]),
        (date(2026, 5, 2), None, []),
        (date(2026, 5, 1), date(2026, 4, 1), []),
    ],
)
def test_the_day_a_line_or_its_item_is_expected(
    find: Find, since: date | None, until: date | None, expected: list[str]
) -> None:
    assert find(arrives_since=since, arrives_until=until) == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("title",), EVERYTHING),
        (("number",), ["otter", "heron", "eco", "zebra", "old"]),
        (("created_date",), ["otter", "heron", "eco", "zebra", "old"]),
        (("po_number",), ["otter", "heron", "eco", "zebra", "old"]),
        (("po_number", "title"), EVERYTHING),
        (("title", "number"), EVERYTHING),
    ],
)
def test_orders_and_directions(find: Find, keys: tuple[str, ...], expected: list[str]) -> None:
    assert find(order_by=keys) == expected
    assert find(order_by=keys, descending=True) == expected[::-1]


def test_items_are_sorted_by_the_numbers_in_their_texts(find: Find) -> None:
    library = ("item_library", "main")
    assert find(("enumeration_a", "9"), order_by=("enumeration_a",)) == ["otter"]
    every = [("item_library", "SCI")]
    assert find(*every, order_by=("enumeration_a", "enumeration_b")) == ["heron", "zebra"]
    assert find(*every, order_by=("enumeration_b",), descending=True) == ["zebra", "heron"]
    assert find(library, order_by=("item_description",), descending=True)[0] == "otter"


def test_items_without_numbers_come_before_nine_and_ten(
    world: World, find: Find, names: dict[str, str]
) -> None:
    for text in ("v. 10", "v. 9", "v. 100"):
        line = world.place(book(reference=text, places=(copy("MAIN", "REF", description=text),)))
        names[line.number] = text
    found = find(("item_description", "v."), order_by=("item_description",))
    assert found == ["v. 9", "otter", "v. 10", "v. 100"]


def test_numbers_sort_as_numbers(world: World, find: Find, names: dict[str, str]) -> None:
    """Past POL-9999 as before it."""
    new = {old: f"POL-{figure}" for old, figure in zip(names, (9_999, 10_000, 999, 10_001, 100), strict=True)}
    renumber(world, new)
    names.update({new[old]: name for old, name in list(names.items())})
    assert find(order_by=("number",)) == ["old", "eco", "otter", "heron", "zebra"]


# -- who sees what -----------------------------------------------------------------------------


def test_a_vendor_sees_its_own_lines_only(find: Find) -> None:
    corner = Actor("corner's key", vendor="CORNER")
    assert find(actor=corner) == ["heron"]
    assert find(("title", "otters"), actor=corner) == []
    assert find(("vendor_code", "GOBI"), actor=corner) == []
    assert find(vendor="GOBI", actor=corner) == []
    assert find(vendor="CORNER", actor=corner) == ["heron"]


def test_another_institutions_lines_are_not_there(
    store: Store, find: Find, other_institution: int, shelf: dict[str, Line]
) -> None:
    for wanted in (
        LineSearch(),
        LineSearch((("title", "otters"),)),
        LineSearch((("number", shelf["eco"].number),)),
    ):
        page = World(store, other_institution).read(
            lambda tx, wanted=wanted: ordering.search(tx, wanted, STAFF, 10, 0, frozenset())
        )
        assert (page.total, page.lines) == (0, ())


# -- refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "slug", "said"),
    [
        (LineSearch((("colour", "red"),)), "search_field_unknown", "shelving_location"),
        (LineSearch(order_by=("colour",)), "sort_unknown", "created_date"),
        (LineSearch(order_by=("title", "enumeration_a")), "sort_mixed", "title,enumeration_a"),
        (LineSearch(order_by=("item_library",)), "sort_without_items", "item_library"),
    ],
)
def test_what_cannot_be_asked_is_refused(world: World, wanted: LineSearch, slug: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        world.read(lambda tx: ordering.search(tx, wanted, STAFF, 10, 0, frozenset()))
    (problem,) = refused.value.problems
    assert problem.slug == slug
    assert said in f"{problem.message()} {problem.advice()}"


def test_an_item_search_that_is_too_broad_is_refused(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "MOST_ITEMS", 2)
    assert find(("item_library", "SCI")) == ["heron", "zebra"]
    with pytest.raises(Refusal) as refused:
        find(("item_library", "MAIN"))
    assert refused.value.problems[0].slug == "items_too_many"
    assert "more than 2 items" in refused.value.problems[0].message()


# -- pages -------------------------------------------------------------------------------------

WALKS = [
    LineSearch(),
    LineSearch(descending=False),
    LineSearch(order_by=("number",)),
    LineSearch(order_by=("number",), descending=False, status=LineStatus.ACTIVE),
    LineSearch((("vendor_code", "GOBI"),)),
    LineSearch((("vendor_code", "corner"),), methods=("VENDOR_SYSTEM", "PURCHASE")),
    LineSearch((("vendor_account", "GOBI-MAIN"),), library="MAIN", descending=False),
    LineSearch((("author", "author"),)),
    LineSearch(order_by=("created_date",)),
]


@pytest.fixture
def many(world: World) -> list[Line]:
    """Lines of equal and of different titles, some by another vendor."""
    made = []
    for at in range(24):
        title = Description(title=("Alike", f"Other {at % 5}")[at % 2], author="Author, An")
        vendor = (
            {"vendor": "CORNER", "account": "CORNER-1", "price": Sum("1.00", "EUR")} if at % 6 == 5 else {}
        )
        made.append(
            world.place(
                book(**{"title": title, "price": Sum("1.00", "USD"), "reference": f"MANY-{at}", **vendor})
            )
        )
    return made


def pages(world: World, wanted: LineSearch, size: int) -> Iterator[tuple[list[str], int]]:
    """Page by page as a client reads them: the numbers and the total of each."""
    offset = 0
    while True:
        page = world.read(lambda tx, at=offset: ordering.search(tx, wanted, STAFF, size, at, frozenset()))
        yield [line.number for line in page.lines], page.total
        offset += size
        if offset >= page.total:
            return


@pytest.mark.parametrize("gathered", [0, 5_000], ids=["walked", "gathered"])
@pytest.mark.parametrize("wanted", WALKS, ids=range(len(WALKS)))
def test_paging_shows_every_line_once(
    world: World, many: list[Line], wanted: LineSearch, gathered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "GATHERED", gathered)
    ((whole, total),) = pages(world, wanted, 100)
    assert len(whole) == total > 0
    assert len(set(whole)) == total
    for size in (1, 7, 24):
        read = list(pages(world, wanted, size))
        assert [number for numbers, _ in read for number in numbers] == whole
        assert {each for _, each in read} == {total}
    jumps = [(offset, 4) for offset in (20, 3, 11, 0, 16, 21)]
    for offset, limit in jumps:
        page = world.read(
            lambda tx, offset=offset, limit=limit: ordering.search(
                tx, wanted, STAFF, limit, offset, frozenset()
            )
        )
        assert [line.number for line in page.lines] == whole[offset : offset + limit]


@pytest.mark.parametrize("gathered", [0, 5_000], ids=["walked", "gathered"])
def test_paging_while_lines_come_in_misses_none_that_was_there(
    world: World, many: list[Line], gathered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New lines sort to the end, so whoever reads on sees the old ones once each, and at last the new."""
    monkeypatch.setattr(search, "GATHERED", gathered)
    seen: list[str] = []
    added: list[str] = []
    for numbers, total in pages(world, LineSearch(order_by=("number",), descending=False), 5):
        seen += numbers
        assert total >= len(many) + len(added)
        if len(added) < 5:
            added.append(world.place(book(price=Sum("1.00", "USD"), reference=f"NEW-{len(added)}")).number)
    assert seen == [line.number for line in many] + added


def test_the_total_follows_every_change_at_once(world: World, many: list[Line]) -> None:
    def total(**how: Any) -> int:
        wanted = LineSearch(**how)
        found: int = world.read(lambda tx: ordering.search(tx, wanted, STAFF, 0, 0, frozenset())).total
        return found

    assert total() == total(status=LineStatus.ACTIVE) == 24
    assert total(conditions=(("title", "alike"),)) == 12
    world.write(
        lambda tx: ordering.cancel(tx, [many[0].id], STAFF, ordering.Cancellation("LIBRARY_CANCELLED"))
    )
    assert (total(), total(status=LineStatus.ACTIVE), total(status=LineStatus.CANCELLED)) == (24, 23, 1)
    world.place(book(title=Description(title="Alike"), price=Sum("1.00", "USD"), reference="ONE-MORE"))
    assert total() == 25
    assert total(conditions=(("title", "alike"),)) == 13
    world.load(vendors, "vendor", {"code": "GOBI", "name": "Renamed", "material_supplier": True})
    assert total(conditions=(("vendor_name", "renamed"),)) == 21
    assert total(conditions=(("vendor_name", "gobi"),)) == 0


# -- what a line of a list shows ---------------------------------------------------------------


def listed(world: World, *parts: str) -> list[ListedLine]:
    page = world.read(lambda tx: ordering.search(tx, LineSearch(status=ALL), STAFF, 100, 0, frozenset(parts)))
    return list(page.lines)


def test_a_listed_line_says_what_the_line_says(world: World, shelf: dict[str, Line]) -> None:
    world.load(directory, "user", {"primary_id": "reader", "first_name": "Ren", "last_name": "Reader"})
    users = (InterestedWish("reader", notify_cancel=True), InterestedWish("patron1"))
    world.place(book(notes=("first", "second"), interested=users, reference="NOTES"))
    world.place(book(type="E_BOOK_OT", places=(), title=Description(title="An e-book"), reference="E-BOOK"))
    for shown in listed(world, "notes", "places"):
        line = world.line(shown.number)
        for name in ListedLine.__struct_fields__:
            if name == "bib":
                for part in shown.bib.__struct_fields__:
                    assert getattr(shown.bib, part) == getattr(line.bib, part), (shown.number, part)
            elif name == "shares":
                own = [replace(share, part=None, encumbered=None) for share in line.shares]
                assert [replace(share, part=None) for share in shown.shares] == own
            else:
                assert getattr(shown, name) == getattr(line, name), (shown.number, name)


def test_notes_and_places_only_where_asked(world: World) -> None:
    world.place(book(notes=("a note",)))
    (brief,) = listed(world)
    assert (brief.notes, brief.places, brief.items) == ((), (), ())
    (noted,) = listed(world, "notes")
    assert [note.text for note in noted.notes] == ["a note"]
    assert noted.places == ()
    (placed,) = listed(world, "places")
    assert len(placed.places) == len(placed.items) == 1
    assert placed.notes == ()


def test_a_draft_is_among_the_active(world: World, shelf: dict[str, Line], find: Find) -> None:
    draft = (
        update(po_lines).where(po_lines.c.number == shelf["eco"].number).values(state=LineState.DRAFT.value)
    )
    world.write(lambda tx: tx.execute(draft.where(po_lines.c.institution == tx.institution)))
    assert "eco" in find(status=LineStatus.ACTIVE)


def test_keys_are_named_once() -> None:
    assert not set(LINE_KEYS) & set(ITEM_FIELDS)
