"""The words a title is found by: which they are, and that they follow the title."""

from __future__ import annotations

import io
from collections.abc import Callable

import pymarc
import pytest
from sqlalchemy import select

from openacq.catalogue import service
from openacq.catalogue.model import Bib, Description
from openacq.catalogue.store import words
from openacq.catalogue.tables import bib_words
from openacq.catalogue.words import LONGEST_WORD, MOST_WORDS, WordField, bare_number, words_of
from openacq.doors.exchange.marc import load_bibs
from openacq.store import Store, Tx
from tests.catalogue.titles import HERON, make, order
from tests.conftest import Do

T, A, P, L, Y, N = (field.value for field in WordField)


def words_in(tx: Tx, mms_id: str) -> set[tuple[str, str]]:
    rows = tx.execute(
        select(bib_words.c.field, bib_words.c.word).where(
            bib_words.c.institution == tx.institution, bib_words.c.mms_id == mms_id
        )
    )
    return {(row.field, row.word) for row in rows}


def test_words_are_told_by_field_without_case_marks_and_punctuation() -> None:
    bib = Bib(
        "99",
        title="Öko-Häuser: THE (new) house_book",
        author="Ñandú, J.",
        publisher="Reed & Co",
        place="Århus",
    )
    assert words_of(bib) == {
        *((T, word) for word in ("oko", "hauser", "the", "new", "house", "book")),
        *((A, word) for word in ("nandu", "j")),
        *((P, word) for word in ("reed", "co")),
        (L, "arhus"),
    }


@pytest.mark.parametrize(
    ("year", "words"),
    [("2019", {"2019"}), ("c2019.", {"c2019", "2019"}), ("1998-2004", {"1998", "2004"}), ("", set())],
)
def test_a_year_is_found_inside_of_what_was_written(year: str, words: set[str]) -> None:
    assert {word.word for word in words_of(Bib("99", year=year))} == words


@pytest.mark.parametrize(
    ("isbn", "issn", "words"),
    [
        ("9780306406157", "0378-5955", set()),  # found as identifiers
        ("978-0-306-40615-8", "", {"9780306406158"}),
        ("978030640615X; 0306406152", "", {"978030640615x"}),
        ("", "1234-5678", {"12345678"}),
    ],
)
def test_numbers_with_a_wrong_check_digit_are_words(isbn: str, issn: str, words: set[str]) -> None:
    assert {word.word for word in words_of(Bib("99", isbn=isbn, issn=issn))} == words


def test_a_boundless_title_has_bounded_words() -> None:
    long = Bib("99", title=" ".join(f"word{number}" for number in range(1_000)) + "x" * 500)
    assert len(words_of(long)) == MOST_WORDS
    assert {len(word.word) for word in words_of(Bib("99", title="x" * 500))} == {LONGEST_WORD}
    assert bare_number("978-0 306\n40615-X") == "9780306 40615x".replace(" ", "")


def test_the_words_of_a_brief_bib_come_with_it_and_go_with_it(write: Do, read: Do) -> None:
    mms_id = write(lambda tx: order(tx, HERON).mms_id)
    assert read(lambda tx: words_in(tx, mms_id)) == {
        *((T, word) for word in ("the", "heron", "s", "year")),
        *((A, word) for word in ("aske", "ruth")),
        (P, "reed"),
        (Y, "c2019"),
        (Y, "2019"),
    }
    write(lambda tx: service.delete_bib(tx, mms_id))
    assert read(lambda tx: words_in(tx, mms_id)) == set()


def test_a_bib_without_any_word_is_made_all_the_same(write: Do, read: Do) -> None:
    mms_id = write(lambda tx: make(tx, Description(title="!?", vendor_title_number="V1")))
    assert read(lambda tx: words_in(tx, mms_id)) == set()


def record(key: str, title: str) -> bytes:
    made = pymarc.Record(leader="00000nam a2200000 a 4500")
    made.add_field(  # type: ignore[no-untyped-call]
        pymarc.Field("001", data=key),
        pymarc.Field("245", pymarc.Indicators("1", "0"), [pymarc.Subfield("a", title)]),
    )
    return made.as_marc()


@pytest.fixture
def load(store: Store, institution: int) -> Callable[..., None]:
    def load_records(*records: bytes) -> None:
        verdicts = list(load_bibs(store, institution, io.BytesIO(b"".join(records))))
        assert all(verdict.outcome != "refused" for verdict in verdicts), verdicts

    return load_records


def titles(tx: Tx) -> dict[str, set[str]]:
    """By word, the titles' ids that have it."""
    rows = tx.execute(
        select(bib_words).where(bib_words.c.institution == tx.institution, bib_words.c.field == T)
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.word, set()).add(row.mms_id)
    return found


def test_loaded_titles_are_found_by_their_words_and_by_the_new_ones_when_they_change(
    load: Callable[..., None], read: Do
) -> None:
    load(record("a", "Otters of the north"), record("b", "Herons of the south"))
    before = read(titles)
    assert {word: len(ids) for word, ids in before.items()} == {
        "otters": 1,
        "of": 2,
        "the": 2,
        "north": 1,
        "herons": 1,
        "south": 1,
    }

    load(record("a", "Otters of the east"), record("b", "Herons of the south"))
    after = read(titles)
    assert "north" not in after
    assert after.pop("east") == before["north"]
    before.pop("north")
    assert after == before


@pytest.fixture
def many_titles(write: Do) -> dict[str, str]:
    """mms_id → title of forty titles with a common word, some rare ones, and words that begin alike."""
    titles = [
        f"Harbours {'north' if number % 2 else 'northern'} volume{number} nor{number:03}"
        + (" rare" if number in (7, 8) else "")
        for number in range(40)
    ]
    return write(lambda tx: {make(tx, Description(title=title)): title for title in titles})


@pytest.mark.parametrize(
    "asked",
    [
        ("rare",),
        ("rare", "harbours"),
        ("rare", "north"),
        ("rare", "northe"),
        ("rare", "nor"),  # begins more words than are looked up one by one
        ("volume7", "north", "harb"),
        ("rare", "absent"),
        ("absent",),
        ("volume39", "rare"),
        ("rare", "rare"),
    ],
)
def test_few_titles_are_found_by_the_rarest_word_and_narrowed_by_the_others(
    asked: tuple[str, ...], many_titles: dict[str, str], read: Do, other_institution: int
) -> None:
    found = read(lambda tx: words.few_with(tx, asked, T, 15))
    meant = [
        mms_id
        for mms_id, title in many_titles.items()
        if all(any(word.startswith(one) for word in title.casefold().split()) for one in asked)
    ]
    assert found == sorted(meant)
    assert read(lambda tx: words.few_with(tx, asked, A, 15)) == []
    assert read(lambda tx: words.few_with(tx, asked, T, 15), institution=other_institution) == []


def test_where_every_word_is_common_it_is_said(many_titles: dict[str, str], read: Do) -> None:
    assert read(lambda tx: words.few_with(tx, ("harb", "nor"), T, 39)) is None
    assert len(read(lambda tx: words.few_with(tx, ("harb", "nor"), T, 40)) or ()) == 40
