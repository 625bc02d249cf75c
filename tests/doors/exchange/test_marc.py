"""A library brings its own catalogue: records, their copies, their numbers."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable

import pytest
from pymarc import Leader, Record

from openacq.catalogue import service
from openacq.catalogue.model import BibMatch, CopyWish, Description, LoadedBib, LocationWish
from openacq.doors.exchange.marc import load_bibs
from openacq.doors.exchange.marc_mapping import CopyField, MarcMapping, Places
from openacq.kernel.verdict import Verdict
from openacq.store.store import Store
from openacq.store.tx import Tx
from tests.catalogue.titles import items_of
from tests.conftest import Do
from tests.doors.exchange.marc_files import book, control, copy, data, iso2709, marcxml, shelf

ISBN = "9780306406157"


@pytest.fixture
def load(store: Store, institution: int) -> Callable[..., list[Verdict]]:
    def load_file(
        file: bytes,
        *,
        mapping: MarcMapping | None = None,
        places: Places | None = None,
        dry_run: bool = False,
    ) -> list[Verdict]:
        stream = io.BytesIO(file)
        return list(load_bibs(store, institution, stream, mapping=mapping, places=places, dry_run=dry_run))

    return load_file


Load = Callable[..., list[Verdict]]


def order(tx: Tx, isbn: str, title: str = "T") -> BibMatch:
    return service.find_or_make(tx, Description(title=title, isbn=isbn))


def outcomes(verdicts: list[Verdict]) -> list[str]:
    return [verdict.outcome for verdict in verdicts]


def slugs(verdict: Verdict) -> list[str]:
    return [problem.slug for problem in verdict.problems]


def test_an_order_finds_what_was_loaded_and_its_copies(load: Load, write: Do) -> None:
    record = book("b1", "Heron", copy("MAIN", "STACKS", "31"), copy("SCI", "REF", "32"), isbn="0306406152")
    (verdict,) = load(iso2709(record))

    match = write(lambda tx: order(tx, ISBN))
    assert (verdict.outcome, verdict.key) == ("created", "001:b1")
    assert (match.made, match.matched_by) == (False, "isbn")
    assert match.held.copies() == (("MAIN", 1), ("SCI", 1))
    assert match.bib.title == "Heron"
    assert not match.bib.brief


@pytest.mark.parametrize("write_file", [iso2709, marcxml])
def test_a_second_load_changes_nothing_and_a_third_only_what_changed(
    load: Load, read: Do, write_file: Callable[..., bytes]
) -> None:
    assert outcomes(load(write_file(*shelf(3)))) == ["created"] * 3
    assert outcomes(load(write_file(*shelf(3)))) == ["unchanged"] * 3

    changed = [*shelf(1), book("b2", "Another title"), *shelf(1, first=3)]
    assert outcomes(load(write_file(*changed))) == ["unchanged", "updated", "unchanged"]


def test_all_fields_of_a_title_are_read(load: Load, read: Do, write: Do) -> None:
    load(
        iso2709(
            book(
                "b1",
                "The heron's year :",
                data("010", ("a", "  2001000002")),
                data("024", ("a", "9781861972712"), ind="3 "),
                data("028", ("a", "RD-77"), ("b", "Reed")),
                data("035", ("a", "(OCoLC)ocm00000077")),
                data("100", ("a", "Aske, Ruth,"), ("e", "author."), ind="1 "),
                data("250", ("a", "2nd ed. /"), ("b", "revised.")),
                data("264", ("a", "Copied in Leeds"), ("b", "Nobody"), ind=" 0"),
                data("264", ("a", "London :"), ("b", "Reed,"), ("c", "2019."), ind=" 1"),
                isbn="0-306-40615-2 (hbk.)",
            )
        )
    )
    bib = write(lambda tx: order(tx, ISBN)).bib
    assert (bib.title, bib.author, bib.isbn) == ("The heron's year", "Aske, Ruth", ISBN)
    assert (bib.edition, bib.place, bib.publisher, bib.year) == (
        "2nd ed. / revised.",
        "London",
        "Reed",
        "2019.",
    )
    assert bib.system_control_numbers == ("(OCoLC)ocm00000077",)

    def found_by(method: str, description: Description) -> bool:
        match = write(lambda tx: service.find_or_make(tx, description, [method]))
        return match.mms_id == bib.mms_id

    assert found_by("isbn", Description(title="T", isbn="9781861972712"))
    assert found_by("oclc", Description(title="T", system_control_numbers=("(OCoLC)77",)))
    assert found_by("other_standard_number", Description(title="T", other_standard_numbers=("rd 77",)))


def test_the_record_itself_is_kept_and_given_back(load: Load, read: Do, write: Do) -> None:
    record = book("b1", "Heron", data("500", ("a", "東京 <&>")), copy("MAIN", "STACKS"), isbn=ISBN)
    load(marcxml(record))

    def kept(tx: Tx) -> list[tuple[str, str]]:
        marc = service.marc_record(tx, order_bib)
        return [(field.tag, field.data or field.subfields[0][1]) for field in marc.fields]

    order_bib = write(lambda tx: order(tx, ISBN)).bib
    assert read(kept) == [
        ("001", "b1"),
        ("020", ISBN),
        ("245", "Heron"),
        ("500", "東京 <&>"),
        ("852", "MAIN"),
    ]


def test_an_alma_record_keeps_its_mms_id(load: Load, write: Do) -> None:
    load(iso2709(book("991234567890203311", "Heron", isbn=ISBN)))
    assert write(lambda tx: order(tx, ISBN)).mms_id == "991234567890203311"


def test_a_brief_bib_exported_and_enriched_elsewhere_is_overlaid(load: Load, read: Do, write: Do) -> None:
    brief = write(lambda tx: order(tx, ISBN, "Heron"))
    (verdict,) = load(iso2709(book(brief.mms_id, "The heron's year", isbn=ISBN)))

    assert verdict.outcome == "updated"
    again = write(lambda tx: order(tx, ISBN))
    assert (again.mms_id, again.bib.title, again.bib.brief) == (brief.mms_id, "The heron's year", False)


def test_a_number_that_is_taken_out_is_found_no_more(load: Load, write: Do) -> None:
    load(iso2709(book("b1", "Heron", isbn=ISBN)))
    load(iso2709(book("b1", "Heron")))
    assert write(lambda tx: order(tx, ISBN)).made


def test_bad_records_are_refused_with_reasons_and_the_rest_is_loaded(load: Load) -> None:
    authority, deleted, untitled = list(shelf(3))
    authority.leader = Leader(authority.leader[:6] + "z" + authority.leader[7:])
    deleted.leader = Leader(deleted.leader[:5] + "d" + deleted.leader[6:])
    untitled.fields = [control("001", "b3")]
    good = book("b9", "Good")
    file = iso2709(authority, deleted) + b"garbage\x1d" + iso2709(untitled, good)

    verdicts = load(file)

    assert sorted((one.row, one.outcome) for one in verdicts) == [
        (1, "refused"), (2, "refused"), (3, "refused"), (4, "refused"), (5, "created"),
    ]  # fmt: skip
    reasons = {one.row: one.problems[0].message() for one in verdicts if one.problems}
    assert "type of record z" in reasons[1]
    assert "deleted" in reasons[2]
    assert f"byte {len(iso2709(authority, deleted))}" in reasons[3]
    assert "no title" in reasons[4]


def test_records_without_numbers_are_known_by_what_they_say(load: Load) -> None:
    by_control = book("", "Heron", data("035", ("a", "(X)1")))
    nameless = book("", "Otter")
    first = load(iso2709(by_control, nameless))
    assert [one.key.partition(":")[0] for one in first] == ["035", "content"]
    assert outcomes(load(iso2709(by_control, nameless))) == ["unchanged", "unchanged"]


def test_the_same_number_from_another_agency_is_another_record(load: Load) -> None:
    verdicts = load(iso2709(book("1", "A", control("003", "X")), book("1", "B", control("003", "Y"))))
    assert outcomes(verdicts) == ["created", "created"]


def test_a_record_that_comes_twice_in_a_file_ends_as_the_last_says(load: Load, write: Do) -> None:
    file = iso2709(book("b1", "First", isbn=ISBN), book("b1", "Second", isbn=ISBN), *shelf(2, first=5))
    assert outcomes(load(file, dry_run=True)) == ["created", "updated", "created", "created"]
    assert outcomes(load(file)) == ["created", "updated", "created", "created"]
    assert write(lambda tx: order(tx, ISBN)).bib.title == "Second"


def test_a_dry_run_says_the_same_and_keeps_nothing(load: Load, write: Do) -> None:
    file = iso2709(book("b1", "Heron", copy("MAIN", "STACKS", "31"), isbn=ISBN), *shelf(2, first=5))
    rehearsed = load(file, dry_run=True)
    assert write(lambda tx: order(tx, ISBN)).made
    assert load(file) == rehearsed


# -- copies -------------------------------------------------------------------------------------


def held(
    load: Load, write: Do, *records: Record, **options: object
) -> tuple[list[Verdict], tuple[object, ...]]:
    verdicts = load(iso2709(*records), **options)
    return verdicts, write(lambda tx: order(tx, ISBN)).held.copies()


def heron(*fields: object) -> Record:
    return book("b1", "Heron", *fields, isbn=ISBN)  # type: ignore[arg-type]


def test_a_holding_without_barcode_counts_as_a_copy_and_two_as_two(load: Load, write: Do) -> None:
    _, one = held(load, write, heron(copy("MAIN", "STACKS")))
    assert one == (("MAIN", 1),)
    _, two = held(load, write, heron(copy("MAIN", "STACKS"), copy("MAIN", "STACKS")))
    assert two == (("MAIN", 2),)
    _, again = held(
        load, write, heron(copy("MAIN", "STACKS"), copy("MAIN", "STACKS"), copy("SCI", "REF", "9"))
    )
    assert again == (("MAIN", 2), ("SCI", 1))


def test_copies_that_are_gone_go_and_those_that_moved_move(load: Load, write: Do, read: Do) -> None:
    held(load, write, heron(copy("MAIN", "STACKS", "1"), copy("MAIN", "STACKS", "2")))
    before = read(lambda tx: service.item_by_barcode(tx, "2"))
    _, counts = held(load, write, heron(copy("SCI", "REF", "2"), copy("SCI", "REF", "3")))

    after = read(lambda tx: service.item_by_barcode(tx, "2"))
    assert before is not None
    assert after is not None
    assert (after.item_id, after.library) == (before.item_id, "SCI")
    assert read(lambda tx: service.item_by_barcode(tx, "1")) is None
    assert counts == (("SCI", 2),)


def test_copies_on_order_stay_whatever_the_record_says(load: Load, write: Do, read: Do) -> None:
    held(load, write, heron(copy("MAIN", "STACKS", "1")))
    match = write(lambda tx: order(tx, ISBN))
    where = [LocationWish("MAIN", "STACKS", 1, (CopyWish(barcode="77"),))]
    write(lambda tx: service.add_physical(tx, match.mms_id, 5, where, True))

    held(load, write, heron(copy("MAIN", "STACKS", "1"), data("500", ("a", "changed"))))

    assert len(read(lambda tx: service.inventory_of_lines(tx, [5]))[5].items) == 1
    assert read(lambda tx: items_of(tx, match.mms_id))[1] == 2


def test_a_barcode_of_another_title_is_left_out_and_named(load: Load, write: Do) -> None:
    load(iso2709(book("b0", "Otter", copy("MAIN", "STACKS", "1"))))
    (verdict,), counts = held(
        load,
        write,
        heron(copy("MAIN", "STACKS", "1"), copy("MAIN", "STACKS", "2"), copy("MAIN", "STACKS", "2")),
    )
    assert verdict.outcome == "created"
    assert [(one.slug, one.value) for one in verdict.problems] == [
        ("barcode_taken", "1"),
        ("barcode_taken", "2"),
    ]
    assert counts == (("MAIN", 1),)


def test_copies_at_unknown_places_are_named_and_come_when_the_place_is_known(load: Load, write: Do) -> None:
    record = heron(copy("MAIN", "STACKS", "1"), copy("CPL", "X", "2"), copy("", "", "3"))
    (verdict,), counts = held(load, write, record, places={("MAIN", "STACKS")})
    assert slugs(verdict) == ["place_unknown", "place_unknown"]
    assert [problem.value for problem in verdict.problems] == ["CPL / X", "(none) / (none)"]
    assert counts == (("MAIN", 1),)

    (later,), counts = held(load, write, record, places={("MAIN", "STACKS"), ("CPL", "X")})
    assert later.outcome == "updated"
    assert counts == (("CPL", 1), ("MAIN", 1))


def test_another_systems_item_fields_are_mapped(load: Load, write: Do, read: Do) -> None:
    koha = MarcMapping(
        copies=CopyField(tag="952", library="a", location="c", barcode="p", call_number="o", policy="y"),
        libraries={"CPL": "MAIN"},
        locations={"GEN": "STACKS"},
        default_location="REF",
    )
    record = heron(
        data("952", ("a", "CPL"), ("c", "GEN"), ("p", "1"), ("o", "QH 1"), ("y", "BK")),
        data("952", ("a", "CPL"), ("p", "2")),
        copy("IGNORED", "X", "3"),
    )
    _, counts = held(load, write, record, mapping=koha)
    assert counts == (("MAIN", 2),)
    one, two = (read(lambda tx, code=code: service.item_by_barcode(tx, code)) for code in ("1", "2"))  # type: ignore[misc]
    assert one is not None
    assert two is not None
    assert (one.location, one.policy, two.location) == ("STACKS", "BK", "REF")


def test_links_become_portfolios_that_come_and_go_with_the_record(load: Load, write: Do, read: Do) -> None:
    def links(*fields: object) -> list[str]:
        load(iso2709(heron(*fields)))
        mms_id = write(lambda tx: order(tx, ISBN)).mms_id
        return sorted(one.url for one in read(lambda tx: service.portfolios_of(tx, mms_id)))

    resource = data("856", ("u", "https://books.example/1"), ("z", "Campus only"), ind="40")
    contents = data("856", ("u", "https://books.example/toc"), ind="42")
    script = data("856", ("u", "javascript:alert(1)"), ind="40")
    assert links(resource, contents, script) == ["https://books.example/1"]
    other = data("856", ("u", "https://books.example/2"), ind="41")
    assert links(other) == ["https://books.example/2"]


def test_many_records_go_in_several_short_transactions(
    load: Load, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write_batch = service.load_bibs

    def counted(tx: Tx, records: list[LoadedBib], *, dry_run: bool = False) -> list[Verdict]:
        sizes.append(len(records))
        return write_batch(tx, records, dry_run=dry_run)

    monkeypatch.setattr(service, "load_bibs", counted)
    assert Counter(outcomes(load(iso2709(*shelf(450))))) == {"created": 450}
    assert len(sizes) >= 3
    assert max(sizes) < 450


def test_an_order_racing_with_a_load_for_a_place_loses_nothing(
    store: Store, institution: int, write: Do, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The load has planned a holding when an order makes it; the batch is planned again."""
    if store.dialect == "sqlite":
        pytest.skip("SQLite has one writer: an order cannot come between")
    from openacq.catalogue.store import loads

    mms_id = write(lambda tx: order(tx, ISBN, "Heron")).mms_id
    plan = loads.holdings_of_bibs
    raced: list[bool] = []

    def overtaken(tx: Tx, mms_ids: list[str]) -> object:
        found = plan(tx, mms_ids)
        if not raced:
            raced.append(True)
            where = [LocationWish("MAIN", "STACKS", 1)]
            write(lambda other: service.add_physical(other, mms_id, 5, where, True))
        return found

    monkeypatch.setattr(loads, "holdings_of_bibs", overtaken)
    (verdict,) = load(iso2709(book(mms_id, "Heron", copy("MAIN", "STACKS", "1"), isbn=ISBN)))

    assert raced
    assert verdict.outcome == "updated"
    match = write(lambda tx: order(tx, ISBN))
    assert match.held.copies() == (("MAIN", 1),)
    (shelf,) = match.held.holdings
    assert (shelf.items, shelf.on_order) == (2, 1)
