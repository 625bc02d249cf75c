"""A vendor orders a title: is it in the catalogue, and which of several is meant?"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from openacq.catalogue import service
from openacq.catalogue.model import Description
from openacq.kernel.refusal import Refusal
from openacq.store.store import Store
from tests.catalogue.titles import HERON, HERON_AS_ISBN_10, OTTER, connect, hold, make, order
from tests.conftest import Do


def test_an_unknown_title_becomes_a_brief_bib(write: Do, read: Do) -> None:
    match = write(lambda tx: order(tx, Description(title="  The \t heron's\nyear ", isbn="0-306-40615-2")))

    assert match.made
    assert match.matched_by == ""
    assert match.mms_id.startswith("99")
    bib = read(lambda tx: service.bib(tx, match.mms_id))
    assert bib is not None
    assert (bib.title, bib.isbn, bib.brief, bib.origin) == (
        "The heron's year",
        "0-306-40615-2",
        True,
        "order",
    )


def test_the_next_order_for_it_finds_it_by_the_other_form_of_its_number(write: Do) -> None:
    first = write(lambda tx: order(tx, HERON))
    second = write(lambda tx: order(tx, HERON_AS_ISBN_10))

    assert (second.mms_id, second.made, second.matched_by) == (first.mms_id, False, "isbn")
    assert second.bib.title == HERON.title
    assert second.bib.year == "c2019."


def test_a_bad_number_is_kept_as_text_and_matches_nothing(write: Do, read: Do) -> None:
    wrong = Description(title="Misprint", isbn="9780306406158")
    first, second = write(lambda tx: order(tx, wrong)), write(lambda tx: order(tx, wrong))

    assert first.made
    assert second.made
    assert [note.slug for note in first.notes] == ["identifier_doubtful"]
    kept = read(lambda tx: service.bib(tx, first.mms_id))
    assert kept is not None
    assert kept.isbn == "9780306406158"


def test_an_mms_id_that_was_sent_decides_alone(write: Do) -> None:
    heron = write(lambda tx: order(tx, HERON))
    otter = write(lambda tx: order(tx, OTTER))

    match = write(lambda tx: order(tx, Description(mms_id=otter.mms_id, isbn=HERON.isbn)))

    assert (match.mms_id, match.matched_by) == (otter.mms_id, "mms_id")
    assert match.mms_id != heron.mms_id


def test_an_unknown_mms_id_is_refused_and_makes_nothing(write: Do) -> None:
    with pytest.raises(Refusal) as refusal:
        write(lambda tx: order(tx, Description(mms_id="99123", title="T", isbn=OTTER.isbn)))
    assert [problem.slug for problem in refusal.value.problems] == ["bib_not_found"]
    assert write(lambda tx: order(tx, OTTER)).made


def test_another_institutions_catalogue_is_not_searched(write: Do, institution: int) -> None:
    elsewhere = institution + 100_000
    theirs = write(lambda tx: order(tx, HERON), institution=elsewhere)
    ours = write(lambda tx: order(tx, HERON))

    assert ours.made
    assert ours.mms_id != theirs.mms_id
    with pytest.raises(Refusal):
        write(lambda tx: order(tx, Description(mms_id=theirs.mms_id, title="T")))


def test_match_methods_are_tried_in_the_order_of_the_profile(write: Do) -> None:
    by_number = write(lambda tx: make(tx, Description(title="By number", isbn=HERON.isbn)))
    by_control = write(
        lambda tx: make(tx, Description(title="By control", system_control_numbers=("(OCoLC)77",)))
    )
    wanted = Description(title="T", isbn=HERON.isbn, system_control_numbers=("(OCoLC)0077",))

    first = write(lambda tx: order(tx, wanted, "oclc", "isbn"))
    assert (first.mms_id, first.matched_by) == (by_control, "oclc")
    second = write(lambda tx: order(tx, wanted, "isbn", "oclc"))
    assert (second.mms_id, second.matched_by) == (by_number, "isbn")
    both = write(lambda tx: order(tx, wanted, "isbn_issn"))
    assert (both.mms_id, both.matched_by) == (by_number, "isbn_issn")


def test_a_number_of_another_kind_with_the_same_digits_is_not_a_hit(write: Do) -> None:
    write(lambda tx: make(tx, Description(title="Vendor's", vendor_title_number="9780306406157")))
    assert write(lambda tx: order(tx, HERON)).made


def test_of_several_hits_the_one_held_in_print_is_ordered_in_print(write: Do) -> None:
    online = write(lambda tx: make(tx, HERON))
    printed = write(lambda tx: make(tx, HERON))
    write(lambda tx: connect(tx, online))
    write(lambda tx: hold(tx, printed))

    in_print = write(lambda tx: order(tx, HERON, kind="physical"))
    assert in_print.mms_id == printed
    assert in_print.hits == tuple(sorted([online, printed]))
    assert in_print.held.copies() == (("MAIN", 1),)
    assert write(lambda tx: order(tx, HERON, kind="portfolio")).mms_id == online


def test_what_is_held_comes_with_the_match(write: Do, read: Do) -> None:
    mms_id = write(lambda tx: order(tx, HERON)).mms_id
    write(lambda tx: hold(tx, mms_id, library="MAIN", copies=2))
    write(lambda tx: hold(tx, mms_id, library="SCI", copies=1))
    write(lambda tx: connect(tx, mms_id))

    match = write(lambda tx: order(tx, HERON))
    assert match.held.copies() == (("MAIN", 2), ("SCI", 1))
    assert match.held.portfolios == 1
    assert read(lambda tx: service.copies_held(tx, mms_id)) == match.held


def test_orders_racing_for_a_new_title_share_one_bib(store: Store, institution: int) -> None:
    racers = 6
    start = threading.Barrier(racers)

    def place(_: int) -> str:
        start.wait()
        return store.write(lambda tx: order(tx, OTTER), institution=institution).mms_id

    with ThreadPoolExecutor(racers) as pool:
        assert len(set(pool.map(place, range(racers)))) == 1


def test_a_bib_is_deleted_only_when_nobody_needs_it(write: Do, read: Do) -> None:
    mms_id = write(lambda tx: order(tx, HERON)).mms_id
    write(lambda tx: service.add_use(tx, mms_id, "line", 5))
    write(lambda tx: service.add_use(tx, mms_id, "line", 5))

    with pytest.raises(Refusal) as refusal:
        write(lambda tx: service.delete_bib(tx, mms_id))
    assert refusal.value.problems[0].slug == "bib_in_use"

    write(lambda tx: service.drop_use(tx, mms_id, "line", 5))
    write(lambda tx: service.delete_bib(tx, mms_id))
    assert read(lambda tx: service.bib(tx, mms_id)) is None
    assert write(lambda tx: order(tx, HERON)).made


def test_a_bib_with_inventory_is_suppressed_rather_than_deleted(write: Do, read: Do) -> None:
    mms_id = write(lambda tx: order(tx, HERON)).mms_id
    write(lambda tx: hold(tx, mms_id))
    with pytest.raises(Refusal):
        write(lambda tx: service.delete_bib(tx, mms_id))
    write(lambda tx: service.suppress(tx, mms_id))
    bib = read(lambda tx: service.bib(tx, mms_id))
    assert bib is not None
    assert bib.suppressed
