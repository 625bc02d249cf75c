"""Registers loaded from files: one batch, one transaction, a verdict for every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import COMMUNITY_ZONE, Collection
from openacq.catalogue.store import community
from openacq.directory import service as directory
from openacq.doors.exchange.registers import REGISTERS, Report, load_files
from openacq.doors.exchange.sheets import kind_of_file
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.ledger import service as ledger
from openacq.letters import service as letters
from openacq.profiles import service as profiles
from openacq.store import Store
from openacq.vendors import service as vendors
from tests.conftest import TODAY, Do, make_tables

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples" / "registers"

Put = Callable[[str, str], Path]
Load = Callable[..., Report]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Writes a file and gives its path."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path

    return write


@pytest.fixture
def load(store: Store, read: Do) -> Load:
    """Loads files into the test's institution."""
    code = read(directory.institution).code

    def into_own(*paths: Path, kind: str | None = None, dry_run: bool = False, whole: bool = False) -> Report:
        return load_files(store, paths, institution=code, kind=kind, dry_run=dry_run, all_or_nothing=whole)

    return into_own


@pytest.fixture
def empty_store(fresh_database_url: str) -> Iterator[Store]:
    """A server without any institution."""
    store = Store(fresh_database_url, clock=FixedClock(TODAY))
    make_tables(store)
    yield store
    store.close()


def outcomes(report: Report) -> list[tuple[str, int, str, str]]:
    return [
        (entry.file, entry.verdict.row, entry.verdict.key, entry.verdict.outcome) for entry in report.entries
    ]


def slugs(report: Report) -> list[str]:
    return [problem.slug for entry in report.refused for problem in entry.verdict.problems]


# -- the examples of the manual ---------------------------------------------------------------


def test_the_examples_furnish_a_college_and_load_twice_without_effect(empty_store: Store) -> None:
    files = sorted([*EXAMPLES.glob("*.toml"), *EXAMPLES.glob("*.csv")])
    rehearsed = load_files(empty_store, files, dry_run=True)
    assert (rehearsed.kept, rehearsed.refused) == (False, ())
    assert empty_store.read(directory.every_institution, institution=0) == ()

    loaded = load_files(empty_store, files)
    assert (loaded.kept, loaded.refused, loaded.count("created")) == (True, (), len(loaded.entries))
    assert loaded.institution is not None
    college = loaded.institution.id
    library = empty_store.read(lambda tx: directory.library(tx, "SCI"), institution=college)
    assert library is not None
    assert library.acquisition_departments == ("ACQ",)
    fund = empty_store.read(lambda tx: ledger.fund(tx, "HIST-2026"), institution=college)
    assert fund is not None
    balance = empty_store.read(lambda tx: ledger.balances(tx, [fund.id]), institution=college)[fund.id]
    assert balance.available.text() == "100000.00"
    corner = empty_store.read(lambda tx: vendors.vendor(tx, "CORNER"), institution=college)
    assert corner is not None
    assert corner.default_account is not None
    assert corner.default_account.discount == 75_000
    profile = empty_store.read(lambda tx: profiles.order_profile(tx, None), institution=college)
    assert profile is not None
    assert profile.code == "SHOPS"
    patron = empty_store.read(lambda tx: directory.user_by_any_id(tx, "p-0002"), institution=college)
    assert patron is not None
    assert patron.last_name == "Okafor, Jr."

    again = load_files(empty_store, files)
    assert again.count("unchanged") == len(again.entries) == len(loaded.entries)


def test_the_examples_use_every_kind_there_is() -> None:
    text = "".join(path.read_text() for path in EXAMPLES.glob("*.toml"))
    names = {path.stem for path in EXAMPLES.glob("*.csv")}
    shown = {kind for kind in REGISTERS if f"[[{kind}]]" in text or f"{kind}s" in names}
    told = (EXAMPLES / "README.md").read_text()
    # These need what examples cannot bring: a title list, a client's own key, a key to seal its secret with.
    only_told = {"collection", "principal", "wskey"}
    assert all(f"`{kind}" in told for kind in only_told)
    assert shown == set(REGISTERS) - only_told


# -- one batch --------------------------------------------------------------------------------


def test_kinds_are_loaded_in_the_order_they_need_each_other(put: Put, load: Load, read: Do) -> None:
    report = load(
        put("a-locations.csv", "library,code,name\nLAW,SHELF,Shelf\n"),
        put(
            "b.toml", '[[department]]\ncode="D"\nname="D"\nowner="LAW"\n[[library]]\ncode="LAW"\nname="Law"\n'
        ),
    )
    assert [entry.verdict.kind for entry in report.entries] == ["library", "location", "department"]
    assert report.refused == ()
    assert read(lambda tx: directory.location(tx, "LAW", "SHELF")) is not None


def test_a_refused_row_stops_no_other(put: Put, load: Load, read: Do) -> None:
    report = load(put("libraries.csv", "code,name\nA,Library A\nB,\nC,Library C\n"))
    assert outcomes(report) == [
        ("libraries.csv", 2, "A", "created"),
        ("libraries.csv", 3, "B", "refused"),
        ("libraries.csv", 4, "C", "created"),
    ]
    assert report.kept
    assert [library.code for library in read(directory.libraries)] == ["A", "C"]


def test_all_or_nothing_means_it(put: Put, load: Load, read: Do) -> None:
    report = load(put("libraries.csv", "code,name\nA,Library A\nB,\n"), whole=True)
    assert (report.kept, report.count("created"), report.count("refused")) == (False, 1, 1)
    assert read(directory.libraries) == ()


def test_an_unreadable_file_counts_as_refused(put: Put, load: Load, read: Do) -> None:
    good = put("libraries.csv", "code,name\nA,Library A\n")
    assert not load(good, put("x.toml", "[[library"), whole=True).kept
    assert read(directory.libraries) == ()
    assert load(good, put("x.toml", "[[library")).kept
    assert len(read(directory.libraries)) == 1


def test_a_dry_run_answers_the_same_and_keeps_nothing(put: Put, load: Load, read: Do) -> None:
    files = (
        put("libraries.csv", "code,name\nA,Library A\nB,\n"),
        put("location.csv", "library,code,name\nA,X,X\n"),
    )
    rehearsed = load(*files, dry_run=True)
    assert not rehearsed.kept
    assert read(directory.libraries) == ()
    assert outcomes(load(*files)) == outcomes(rehearsed)


def test_a_record_in_two_files_is_noticed(put: Put, load: Load) -> None:
    report = load(put("1-libraries.csv", "code,name\nA,One\n"), put("2-libraries.csv", "code,name\nA,Two\n"))
    assert [entry.file for entry in report.refused] == ["2-libraries.csv"]
    assert slugs(report) == ["row_doubled"]


# -- which institution ------------------------------------------------------------------------


def test_what_a_dry_run_saw_of_an_institution_is_forgotten(empty_store: Store, put: Put) -> None:
    def files(name: str) -> list[Path]:
        return [
            put("i.toml", f'[[institution]]\ncode="I"\nname="{name}"\n'),
            put("m.toml", f'[[library]]\ncode="M"\nname="{name}"\n[[ledger]]\ncode="L"\nname="L"\n'
                          '[[fiscal_period]]\nname="2026"\nstart=2026-01-01\nend=2026-12-31\n'),
        ]  # fmt: skip

    load_files(empty_store, files("first"), dry_run=True)
    report = load_files(empty_store, files("second"))
    assert report.institution is not None
    assert report.refused == ()
    card = empty_store.read(directory.institution, institution=report.institution.id)
    [library] = empty_store.read(directory.libraries, institution=report.institution.id)
    assert (card.name, library.name) == ("second", "second")


def test_files_go_into_the_institution_they_make_or_the_only_one(empty_store: Store, put: Put) -> None:
    places = put("libraries.csv", "code,name\nA,Library A\n")
    with pytest.raises(Refusal):
        load_files(empty_store, [places])
    load_files(empty_store, [put("one.toml", '[[institution]]\ncode="ONE"\nname="One"\n')])
    assert load_files(empty_store, [places]).institution is not None, "the only one"
    two = put("two.toml", '[[institution]]\ncode="TWO"\nname="Two"\n')
    made = load_files(empty_store, [two, places])
    assert made.institution is not None
    assert (made.institution.code, made.count("created")) == ("TWO", 2)
    with pytest.raises(Refusal) as unclear:
        load_files(empty_store, [places])
    assert unclear.value.problems[0].slug == "institution_unclear"
    assert load_files(empty_store, [places], institution="ONE").count("unchanged") == 1
    with pytest.raises(Refusal) as unknown:
        load_files(empty_store, [places], institution="one")
    assert "Did you mean ONE?" in unknown.value.problems[0].advice()


# -- collections ------------------------------------------------------------------------------


def test_collections_of_the_server_are_switched_on_and_off(
    put: Put, load: Load, read: Do, write: Do, institution: int
) -> None:
    ids = [f"{institution}-{name}" for name in ("ebooks", "journals")]
    for collection_id in ids:
        collection = Collection(collection_id, f"Collection {collection_id}", "A provider")
        write(lambda tx, new=collection: community.put_collection(tx, new), institution=COMMUNITY_ZONE)  # type: ignore[misc]
    files = put(
        "collections.csv", f"collection,active\n{ids[0]},yes\nCollection {ids[1]},no\n{ids[0]}x,yes\n"
    )
    report = load(files)
    assert [outcome for *_, outcome in outcomes(report)] == ["updated", "unchanged", "refused"]
    assert f"Did you mean {ids[0]}?" in report.refused[0].verdict.problems[0].advice()
    on = {one.collection_id for one in read(catalogue.collections) if one.active}
    assert on == {ids[0]}
    assert load(files).count("unchanged") == 2
    load(put("off.toml", f'[[collection]]\ncollection = "{ids[0]}"\nactive = false\n'))
    assert not [one for one in read(catalogue.collections) if one.active]


# -- files as people make them ----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffcode,name,description\nA,Library A,plain\n",
        "code;name;description\r\nA;Library A;plain\r\n",
        "code\tname\tdescription\nA\tLibrary A\tplain\n",
        'CODE, Name ,"Description"\nA,Library A,plain\n\n,,\n',
        '"code";"name";"description, long"\nA;Library A;\n',
    ],
)
def test_csv_comes_in_many_dresses(put: Put, load: Load, read: Do, text: str) -> None:
    report = load(put("libraries.csv", text))
    if "long" in text:
        assert report.refused == (), "an empty cell of a column nobody knows harms nobody"
    assert [library.name for library in read(directory.libraries)] == ["Library A"]


def test_cells_in_quotes_may_hold_line_breaks_and_rows_keep_their_lines(
    put: Put, load: Load, read: Do
) -> None:
    report = load(put("libraries.csv", 'code,name,description\nA,Library A,"one\ntwo"\nB,,x\nC,C,"; , "\n'))
    assert [(row, outcome) for _, row, _, outcome in outcomes(report)] == [
        (2, "created"), (4, "refused"), (5, "created"),
    ]  # fmt: skip
    library = read(lambda tx: directory.library(tx, "A"))
    assert library is not None
    assert library.description == "one\ntwo"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("libraries.csv", "code,code\nA,B\n", "the column code comes twice"),
        ("libraries.csv", "\n", "must name the columns"),
        ("libraries.csv", 'code,name\nA,"open\n', "line 2"),
        ("registers.toml", "[[library]\n", "line 1"),
        ("registers.toml", "library = 3\n", "[[library]]"),
    ],
)
def test_what_cannot_be_read_is_said(put: Put, load: Load, name: str, text: str, words: str) -> None:
    [entry] = load(put(name, text)).refused
    assert entry.verdict.row == 0
    assert words in entry.verdict.problems[0].message()


def test_text_that_is_not_utf8_is_refused(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "libraries.csv"
    path.write_bytes("code,name\nA,Bibliothèque\n".encode("latin-1"))
    [entry] = load(path).refused
    assert "not UTF-8" in entry.verdict.problems[0].message()
    [missing] = load(tmp_path / "absent.csv").refused
    assert missing.verdict.problems[0].slug == "file_unreadable"


def test_cells_beyond_the_last_column_are_refused(put: Put, load: Load) -> None:
    report = load(put("libraries.csv", "code,name\nA,Library A,surplus\nB,Library B,\n"))
    assert [outcome for *_, outcome in outcomes(report)] == ["refused", "created"]


def test_a_misspelt_column_is_answered_with_its_name(put: Put, load: Load) -> None:
    report = load(put("libraries.csv", "code,nmae\nA,Library A\n"))
    assert "Did you mean name?" in report.refused[0].verdict.problems[0].advice()


def test_a_misspelt_kind_is_answered_with_its_name(put: Put, load: Load) -> None:
    report = load(put("x.toml", '[[libary]]\ncode="A"\nname="A"\n'), put("places.csv", "code\nA\n"))
    advice = [entry.verdict.problems[0].advice() for entry in report.refused]
    assert "Did you mean library?" in advice[0]
    assert "Kinds: institution, code_row" in advice[1]


def test_a_csv_file_of_any_name_is_loaded_when_its_kind_is_said(put: Put, load: Load) -> None:
    assert load(put("branches.txt", "code,name\nA,Library A\n"), kind="library").count("created") == 1


def test_money_in_toml_is_taken_exactly_as_written(put: Put, load: Load, read: Do) -> None:
    report = load(
        put("money.toml", '[[fiscal_period]]\nname="2026"\nstart=2026-01-01\nend=2026-12-31\n'
                          '[[ledger]]\ncode="L"\nname="L"\n[[fund]]\ncode="F"\nname="F"\nparent="L"\n'
                          '[[allocation]]\nfund="F"\namount=12345678901.1\nreference="R"\n'),
    )  # fmt: skip
    assert slugs(report) == ["price_invalid"], "ten billion is the most"
    load(put("more.toml", '[[allocation]]\nfund="F"\namount=1234567890.1001\nreference="R"\n'))
    fund = read(lambda tx: ledger.fund(tx, "F"))
    assert fund is not None
    assert read(lambda tx: ledger.balances(tx, [fund.id]))[fund.id].allocated.units == 12_345_678_901_001


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("library", "library"),
        ("libraries", "library"),
        ("02-libraries", "library"),
        ("Vendor accounts", "vendor_account"),
        ("2026_code-rows", "code_row"),
        ("fiscal_periods", "fiscal_period"),
        ("librarys", "library"),
        ("cedar.libraries", "library"),
        ("libraries-of-cedar", None),
        ("books", None),
    ],
)
def test_files_and_tables_are_named_after_kinds(name: str, kind: str | None) -> None:
    assert kind_of_file(name, REGISTERS) == kind


# -- wording of letters -------------------------------------------------------------------------

OWN_CLAIM = """
[[letter_template]]
letter = "claim"
language = "en"
subject = "Reminder from {{ library.name }}"
"""


def test_wording_of_letters_is_loaded_part_by_part(put: Put, load: Load, read: Do) -> None:
    assert load(put("letters.toml", OWN_CLAIM)).count("created") == 1
    assert load(put("letters.toml", OWN_CLAIM)).count("unchanged") == 1
    assert read(lambda tx: letters.preview(tx, "claim", "en")).subject == "Reminder from Main Library"
    more = "letter,language,text\nclaim,en,Where is it?\n"
    assert load(put("letter_templates.csv", more)).count("updated") == 1
    kept = read(lambda tx: letters.template(tx, "claim", "en"))
    assert (kept.subject, kept.text) == ("Reminder from {{ library.name }}", "Where is it?")
    assert kept.own == {"subject", "text"}
    assert kept.changed_by == "openacq load"


@pytest.mark.parametrize(
    ("row", "slugs"),
    [
        ('letter = "post"\nlanguage = "en"\nsubject = "x"', ["letter_kind_unknown"]),
        ('letter = "claim"\nlanguage = "english"\nsubject = "x"', ["language_invalid"]),
        ('language = "en"\nsubject = "x"', ["field_missing"]),
        ('letter = "claim"\nlanguage = "en"\nsubject = "{{ nobody }}"', ["template_name_unknown"]),
        ('letter = "claim"\nlanguage = "fr"\nhtml = "<p>x</p>"', ["template_incomplete"] * 2),
    ],
)
def test_wording_that_cannot_be_is_refused_with_the_reason(
    put: Put, load: Load, read: Do, row: str, slugs: list[str]
) -> None:
    report = load(put("letters.toml", f"[[letter_template]]\n{row}\n{OWN_CLAIM}"))
    (refused,) = report.refused
    assert [problem.slug for problem in refused.verdict.problems] == slugs
    assert report.count("created") == 1, "the other row is loaded"
