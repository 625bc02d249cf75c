"""When the catalogue gets a better record, the lines of the title follow it."""

from __future__ import annotations

import io

import pymarc
import pytest

from openacq.catalogue.model import Description
from openacq.doors.exchange.marc import load_bibs
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from openacq.ordering.query import LineSearch
from openacq.store import Store
from tests.ordering.world import NEW_ISBN, World, book, make_world

STAFF = Actor("staff")


@pytest.fixture
def world(store: Store, institution: int) -> World:
    return make_world(store, institution)


def record(mms_id: str, title: str) -> bytes:
    made = pymarc.Record(leader="00000nam a2200000 a 4500")
    made.add_field(  # type: ignore[no-untyped-call]
        pymarc.Field("001", data=mms_id),
        pymarc.Field("020", subfields=[pymarc.Subfield("a", NEW_ISBN)]),
        pymarc.Field("245", pymarc.Indicators("1", "0"), [pymarc.Subfield("a", title)]),
    )
    return made.as_marc()


def titles(world: World, *conditions: tuple[str, str]) -> list[str]:
    wanted = LineSearch(conditions, descending=False)
    page = world.read(lambda tx: ordering.search(tx, wanted, STAFF, 10, 0, frozenset()))
    return [line.bib.title for line in page.lines]


def test_a_line_is_sorted_and_found_by_the_title_of_the_loaded_record(world: World) -> None:
    line = world.place(book(title=Description(title="ZOO MAGAZINE (prelim.)", isbn=NEW_ISBN)))
    world.place(book(title=Description(title="Middle"), reference="2"))
    assert titles(world) == ["Middle", "ZOO MAGAZINE (prelim.)"]

    for title in ("Animals in the city", "Animals of the city"):
        verdicts = list(load_bibs(world.store, world.institution, io.BytesIO(record(line.bib.mms_id, title))))
        assert [verdict.outcome for verdict in verdicts] == ["updated"]
        assert titles(world) == [title, "Middle"]
        assert titles(world, ("title", title)) == [title]
        assert titles(world, ("title", "zoo")) == []
    assert world.line(line.number).bib.title == "Animals of the city"


def test_a_dry_run_leaves_the_lines_alone(world: World) -> None:
    line = world.place(book(title=Description(title="Zoo", isbn=NEW_ISBN)))
    world.place(book(title=Description(title="Middle"), reference="2"))
    stream = io.BytesIO(record(line.bib.mms_id, "Animals"))
    assert list(load_bibs(world.store, world.institution, stream, dry_run=True))
    assert titles(world) == ["Middle", "Zoo"]
