"""A provider's title list becomes a collection that orders find their e-books in."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from openacq.catalogue import service
from openacq.catalogue.model import Collection, Description, Identifier, PortfolioMatch, PortfolioWish
from openacq.doors.exchange.kbart import collection_of, load_titles
from openacq.doors.exchange.kbart_reading import COLUMNS, BadRow, TitleInList, read_titles
from openacq.kernel.refusal import Refusal
from openacq.kernel.verdict import Verdict
from openacq.store.store import Store
from openacq.store.tx import Tx
from tests.conftest import Do

HERON = {
    "publication_title": "The heron's year",
    "online_identifier": "9780306406157",
    "print_identifier": "0-306-40615-2",
    "title_url": "https://reed.example/h1",
    "title_id": "H1",
    "first_author": "Aske",
    "publisher_name": "Reed",
    "publication_type": "Monograph",
}
RIVERS = {
    "publication_title": "Journal of rivers",
    "online_identifier": "0378-5955",
    "date_first_issue_online": "1995",
    "num_first_vol_online": "1",
    "num_first_issue_online": "1",
    "date_last_issue_online": "2004",
    "num_last_vol_online": "10",
    "title_url": "https://reed.example/j7",
    "title_id": "J7",
    "embargo_info": "R10Y",
    "publication_type": "serial",
}


def listing(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    lines = ["\t".join(columns), *("\t".join(row.get(name, "") for name in columns) for row in rows)]
    return "\r\n".join(lines).encode()


def titles(file: bytes) -> list[TitleInList]:
    return [one for one in read_titles(io.BytesIO(file)) if isinstance(one, TitleInList)]


def bad(file: bytes) -> list[tuple[int, str]]:
    found = [one for one in read_titles(io.BytesIO(file)) if isinstance(one, BadRow)]
    return [(one.row, one.problem.message()) for one in found]


# -- reading ------------------------------------------------------------------------------------


def test_a_row_says_what_its_columns_say() -> None:
    heron, rivers = (one.title for one in titles(listing(HERON, RIVERS)))

    assert set(heron.identifiers) == {Identifier("isbn", "9780306406157"), Identifier("title_id", "H1")}
    assert (heron.title_id, heron.title, heron.author) == ("H1", "The heron's year", "Aske")
    assert (heron.publisher, heron.kind, heron.url) == ("Reed", "monograph", "https://reed.example/h1")
    assert rivers.coverage == "1995 v.1 no.1 - 2004 v.10 (embargo R10Y)"
    assert Identifier("issn", "0378-5955") in rivers.identifiers


@pytest.mark.parametrize(
    "dress",
    [
        lambda file: b"\xef\xbb\xbf" + file,
        lambda file: file.decode().encode("utf-16"),
        lambda file: file.replace(b"\r\n", b"\n"),
        lambda file: file + b"\r\n\r\n",
        lambda file: file.replace(b"publication_title", b"Publication_Title"),
        lambda file: file.replace(b"The heron's year", b'"The heron\'s year"'),
    ],
)
def test_lists_from_the_field_are_read_alike(dress: Callable[[bytes], bytes]) -> None:
    plain = listing(HERON, RIVERS)
    assert [one.title for one in titles(dress(plain))] == [one.title for one in titles(plain)]


def test_columns_are_found_by_name_in_any_order_and_others_are_ignored() -> None:
    columns = ("title_id", "my_notes", "publication_title", "coverage_notes")
    (found,) = titles(listing({**HERON, "my_notes": "x", "coverage_notes": "y"}, columns=columns))
    assert dict(found.title.fields) == {
        "title_id": "H1",
        "publication_title": "The heron's year",
        "notes": "y",
    }


def test_a_title_that_begins_with_a_quoted_word_keeps_its_quotes() -> None:
    named = {**HERON, "publication_title": '"Heron" and "Otter"'}
    assert titles(listing(named))[0].title.title == '"Heron" and "Otter"'


def test_rows_of_a_serial_with_gaps_are_one_title() -> None:
    later = {
        **RIVERS,
        "date_first_issue_online": "2010",
        "date_last_issue_online": "",
        "num_last_vol_online": "",
    }
    (found,) = titles(listing(RIVERS, later))
    assert found.rows == (2, 3)
    assert found.title.coverage.startswith("1995 v.1 no.1 - 2004 v.10 (embargo R10Y); 2010")


def test_bad_rows_are_named_with_their_number() -> None:
    file = (
        listing(
            HERON,
            {"title_id": "X"},
            {"publication_title": "Nameless"},
            {**HERON, "title_id": "9" * 300},
            {**HERON, "title_id": "Y", "notes": "a\tb\tc\td\te\tf\tg\th\ti\tj\tk\tl"},
        )
        + b"\r\nB\xfccher\t\t\r\n"
        + b"x" * 70_000
    )

    assert [(row, message.partition("used: ")[2].partition(".")[0]) for row, message in bad(file)] == [
        (3, "it has no publication_title"),
        (4, "it has no title_id, identifier or title_url to know it by"),
        (5, "its title_id is longer than 255 characters"),
        (6, "it has 36 cells under 25 columns"),
        (7, "it is not UTF-8 text"),
        (8, "it is longer than 65536 bytes"),
    ]
    assert len(titles(file)) == 1


def test_what_is_doubtful_is_left_out_and_noted() -> None:
    (found,) = titles(
        listing({**HERON, "online_identifier": "9780306406158", "title_url": "javascript:alert(1)"})
    )
    assert [note.slug for note in found.notes] == ["identifier_doubtful", "value_wrong_type"]
    assert found.title.url == ""


@pytest.mark.parametrize(
    ("file", "reason"),
    [(b"", "no column"), (b"a\tb\n", "no column"), (b"publication_title,title_id\n", "than tabs")],
)
def test_a_file_without_a_kbart_header_is_refused(file: bytes, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        titles(file)


def test_a_collection_is_named_by_its_file() -> None:
    assert collection_of(Path("Reed_Global_AllTitles_2026-01-31.txt")) == Collection(
        "Reed_Global_AllTitles", "Reed Global AllTitles", "Reed"
    )
    assert collection_of(Path("a b.tsv"), "614", "All", "Dax") == Collection("614", "All", "Dax")


# -- loading ------------------------------------------------------------------------------------

Load = Callable[..., list[Verdict]]


@pytest.fixture
def collection(institution: int) -> Collection:
    return Collection(f"reed-{institution}", "Reed e-books", "Reed")


@pytest.fixture
def load(store: Store, collection: Collection) -> Load:
    def load_list(file: bytes, *, dry_run: bool = False) -> list[Verdict]:
        return list(load_titles(store, io.BytesIO(file), collection, dry_run=dry_run))

    return load_list


def outcomes(verdicts: list[Verdict]) -> list[tuple[int, str]]:
    return [(verdict.row, verdict.outcome) for verdict in verdicts]


def order(tx: Tx, isbn: str = "9780306406157") -> PortfolioMatch:
    title = Description(title="T", isbn=isbn)
    match = service.find_or_make(tx, title, kind="portfolio")
    wish = PortfolioWish(search_community=True, identifiers=service.identifiers_of(title))
    return service.find_or_make_portfolio(tx, match.mms_id, 1, wish)


def test_an_order_finds_the_e_book_of_a_collection_that_is_on(
    load: Load, write: Do, collection: Collection
) -> None:
    assert outcomes(load(listing(HERON, RIVERS))) == [(2, "created"), (3, "created")]
    write(lambda tx: service.switch_collection(tx, collection.collection_id))

    match = write(order)
    assert (match.outcome, match.portfolio.url) == ("activated", "https://reed.example/h1")
    assert match.portfolio.collection_name == "Reed e-books"


def test_a_list_can_be_loaded_again_and_only_changes_are_written(
    load: Load, write: Do, collection: Collection
) -> None:
    load(listing(HERON, RIVERS))
    moved = {**HERON, "online_identifier": "9781861972712", "print_identifier": ""}
    assert outcomes(load(listing(HERON, RIVERS))) == [(2, "unchanged"), (3, "unchanged")]
    assert outcomes(load(listing(moved, RIVERS))) == [(2, "updated"), (3, "unchanged")]

    write(lambda tx: service.switch_collection(tx, collection.collection_id))
    assert write(order).outcome == "made"
    assert write(lambda tx: order(tx, "9781861972712")).outcome == "activated"


def test_a_title_that_comes_again_further_down_is_refused(load: Load) -> None:
    verdicts = load(listing(HERON, RIVERS, HERON))
    assert {verdict.row: verdict.outcome for verdict in verdicts} == {
        2: "created",
        3: "created",
        4: "refused",
    }


def test_a_dry_run_says_the_same_and_keeps_nothing(load: Load, read: Do, collection: Collection) -> None:
    rehearsed = load(listing(HERON, RIVERS), dry_run=True)
    assert collection.collection_id not in {one.collection_id for one in read(service.collections)}
    assert load(listing(HERON, RIVERS)) == rehearsed


def test_a_long_list_goes_in_batches(load: Load, read: Do, collection: Collection) -> None:
    rows = [{**HERON, "title_id": f"T{number}", "online_identifier": ""} for number in range(1_500)]
    assert {outcome for _, outcome in outcomes(load(listing(*rows)))} == {"created"}
    (found,) = [one for one in read(service.collections) if one.collection_id == collection.collection_id]
    assert found.titles == 1_500


def test_a_collection_gets_the_name_it_is_loaded_under(
    load: Load, read: Do, store: Store, collection: Collection
) -> None:
    load(listing(HERON))
    renamed = Collection(collection.collection_id, "All of Reed", "Reed & Sons")
    list(load_titles(store, io.BytesIO(listing(HERON)), renamed))
    (found,) = [one for one in read(service.collections) if one.collection_id == collection.collection_id]
    assert (found.name, found.provider) == ("All of Reed", "Reed & Sons")
