"""A line is tied to another record: its copies go along, what was made for it alone goes, money stays."""

from __future__ import annotations

from datetime import date

import pytest

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Description
from openacq.history import service as history
from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, Line, PlaceWish
from openacq.store import Tx
from tests.ordering.life import arrive, send
from tests.ordering.world import HELD_ISBN, HELD_TITLE, World, book

STAFF = Actor("staff1")


@pytest.fixture
def held(world: World) -> str:
    """The mms_id of the title the library has already."""
    (bib,) = world.read(lambda tx: catalogue.look_for(tx, HELD_ISBN))
    return str(bib.mms_id)


def relink(world: World, line: Line, mms_id: str, version: int | None = None) -> Line:
    done: Line = world.write(lambda tx: ordering.relink(tx, line.number, mms_id, STAFF, version=version))
    assert world.line(line.number) == done
    assert world.differences() == []
    return done


def other_title(world: World, **changes: object) -> Line:
    title = Description(title="A brief title nobody else has", isbn="")
    return world.place(book(title=title, **changes))


def test_the_copies_go_along_and_the_brief_record_goes(world: World, held: str) -> None:
    line = other_title(world, places=(PlaceWish("MAIN", "STACKS", 2), PlaceWish("SCI", "STACKS", 1)))
    encumbered = world.balance("HIST").encumbered
    done = relink(world, line, held)
    assert done.bib.title == HELD_TITLE
    assert {item.item_id for item in done.items} == {item.item_id for item in line.items}
    assert {item.barcode for item in done.items} == {item.barcode for item in line.items}
    assert {item.mms_id for item in done.items} == {held}
    assert world.balance("HIST").encumbered == encumbered
    assert world.read(lambda tx: catalogue.bib(tx, line.bib.mms_id)) is None
    assert "held_already" in {alert.slug for alert in done.alerts}
    assert "bib_brief" not in {alert.slug for alert in done.alerts}

    def told(tx: Tx) -> list[tuple[str, str | None, str | None, str]]:
        return [(one.field, one.old, one.new, one.who) for one in history.of(tx, "po_line", line.number)]

    assert world.read(told)[-2:] == [
        ("mms_id", line.bib.mms_id, held, "staff1"),
        ("title", line.bib.title, HELD_TITLE, "staff1"),
    ]


def test_a_record_others_order_stays(world: World, held: str) -> None:
    first = other_title(world)
    wish = book(title=Description(mms_id=first.bib.mms_id))
    second = world.place(wish)
    relink(world, first, held)
    assert world.read(lambda tx: catalogue.bib(tx, first.bib.mms_id)) is not None
    assert world.line(second.number).items


def test_there_and_back_again(world: World, held: str) -> None:
    line = other_title(world)
    keeper = world.place(book(title=Description(mms_id=line.bib.mms_id)))
    back = relink(world, relink(world, line, held), line.bib.mms_id)
    assert back.bib == line.bib
    assert [item.item_id for item in back.items] == [item.item_id for item in line.items]
    assert keeper.bib.mms_id == back.bib.mms_id


def test_the_same_record_changes_nothing(world: World) -> None:
    line = other_title(world)
    version = world.read(lambda tx: ordering.line_version(tx, line.id))
    assert relink(world, line, line.bib.mms_id).bib == line.bib
    assert world.read(lambda tx: ordering.line_version(tx, line.id)) == version


def test_a_journal_takes_its_holdings_along(world: World, held: str) -> None:
    line = other_title(world, type="PRINTED_JOURNAL_CO", renewal_date=date(2027, 1, 1))
    done = relink(world, line, held)
    assert {holding.mms_id for holding in done.holdings} == {held}
    assert all(place.holding_id in {each.holding_id for each in done.holdings} for place in done.places)


def test_an_electronic_line_takes_its_portfolio_along(world: World, held: str) -> None:
    line = other_title(world, type="E_BOOK_OT", places=())
    assert line.portfolios
    done = relink(world, line, held)
    assert {portfolio.mms_id for portfolio in done.portfolios} == {held}


def test_what_has_arrived_stays_where_it_is(world: World, held: str) -> None:
    line = other_title(world)
    send(world, line)
    arrive(world, line)
    with pytest.raises(Refusal) as refused:
        relink(world, line, held)
    assert refused.value.problems[0].slug == "field_fixed"


@pytest.mark.parametrize(("mms_id", "slug"), [("990000000000001", "bib_unknown"), ("", "bib_unknown")])
def test_a_record_that_is_not_there(world: World, mms_id: str, slug: str) -> None:
    line = other_title(world)
    with pytest.raises(Refusal) as refused:
        relink(world, line, mms_id)
    assert [problem.slug for problem in refused.value.problems] == [slug]


def test_of_two_who_change_a_line_the_second_is_told(world: World, held: str) -> None:
    line = other_title(world)
    with pytest.raises(Refusal) as refused:
        relink(world, line, held, version=99)
    assert [problem.slug for problem in refused.value.problems] == ["line_outdated"]
