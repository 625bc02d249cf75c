"""What whoever orders a title is told there is of it: copies that stand there are held, copies to come are on
order, and neither is said of the other."""

from __future__ import annotations

from typing import Any

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Description
from openacq.ordering import service as ordering
from openacq.ordering.model import Line, LineState, PlaceWish
from openacq.ordering.service import Cancellation
from openacq.profiles import service as profiles
from tests.ordering import life
from tests.ordering.drafting import add, begin, counted, submit, wish
from tests.ordering.world import HELD_ISBN, HELD_TITLE, SHOP, World, book

OF_THE_TITLE = ("held_already", "on_order_already", "portfolio_held")
TWO = (PlaceWish("MAIN", "STACKS", 2),)


def another(world: World, **changes: Any) -> Line:
    return world.place(book(reference="", **changes))


def told(line: Line) -> list[tuple[str, str]]:
    """(what, how many copies for whom) of the alerts about what there is of the title."""
    found = [each for each in line.alerts if each.slug in OF_THE_TITLE]
    return [(each.slug, f"{each.facts.get('copies', '')} {each.facts.get('library', '')}") for each in found]


def test_copies_are_on_order_until_they_arrive_and_held_then(world: World) -> None:
    first = world.place(book(places=TWO))
    assert told(first) == []
    on_order = another(world)
    assert on_order.state is LineState.IN_REVIEW
    assert told(on_order) == [("on_order_already", "2 Main Library")]
    words = next(ordering.in_words(each) for each in on_order.alerts if each.slug == "on_order_already")
    assert words.text == "The ordered resource is already on order:  2 copies for library: Main Library."
    world.write(lambda tx: ordering.cancel(tx, [on_order.id], SHOP, Cancellation("LIBRARY_CANCELLED")))

    life.send(world, first)
    life.arrive(world, first, 1)
    both = another(world)
    assert told(both) == [("held_already", "1 Main Library"), ("on_order_already", "1 Main Library")]
    world.write(lambda tx: ordering.cancel(tx, [both.id], SHOP, Cancellation("LIBRARY_CANCELLED")))

    life.arrive(world, first)
    assert told(another(world)) == [("held_already", "2 Main Library")]


def test_each_library_s_orders_are_told_with_those_of_the_others(world: World) -> None:
    world.place(book(places=TWO))
    another(world, owner="SCI", places=(PlaceWish("SCI", "STACKS", 1),))
    assert told(another(world)) == [
        ("on_order_already", "2 Main Library"),
        ("on_order_already", "1 Science Library"),
    ]


def test_a_profile_that_lets_duplicates_through_tells_of_them_all_the_same(world: World) -> None:
    world.load(profiles, "profile", {"code": "EASY", "name": "Easy", "default": True, "duplicates": "allow"})
    world.place(book())
    second = another(world)
    assert (second.state, told(second)) == (
        LineState.AUTO_PACKAGING,
        [("on_order_already", "1 Main Library")],
    )


def test_a_subscription_that_runs_is_on_order_and_its_shelf_no_copy(world: World) -> None:
    world.place(book(type="PRINTED_JOURNAL_CO"))
    assert told(another(world)) == [("on_order_already", "1 Main Library")]


def test_an_e_book_is_on_order_until_it_can_be_read(world: World) -> None:
    online: dict[str, Any] = {"type": "E_BOOK_OT", "places": ()}
    first = world.place(book(**online))
    second = another(world, **online)
    assert second.portfolios[0].portfolio_id == first.portfolios[0].portfolio_id
    assert told(second) == [("on_order_already", "1 Main Library")]
    assert told(another(world)) == []

    portfolio = first.portfolios[0].portfolio_id
    world.write(lambda tx: catalogue.switch_portfolios(tx, [portfolio]))
    assert ("portfolio_held", " ") in told(another(world, **online))


def test_an_order_that_is_put_together_is_not_on_order_until_it_is_submitted(world: World) -> None:
    begun = begin(world)
    draft = add(world, begun, wish(title=book().title))
    line = world.place(book())
    assert told(line) == []
    submit(world, begun)
    assert told(world.line(draft.line.number)) == [("on_order_already", "1 Main Library")]


def test_what_there_is_takes_as_many_statements_however_many_lines_there_are(world: World) -> None:
    def statements() -> int:
        with counted(world.store.writer) as found:
            another(world)
        return len(found)

    another(world)
    another(world)
    few = statements()
    for _ in range(5):
        another(world)
    assert statements() == few


def test_a_line_that_is_tied_to_a_title_on_order_is_told_so(world: World) -> None:
    keeper = world.place(book())
    line = another(world, title=Description(title="A brief title nobody else has"))
    mms_id = keeper.bib.mms_id
    done = world.write(lambda tx: ordering.relink(tx, line.number, mms_id, SHOP))
    assert told(done) == [("on_order_already", "1 Main Library")]
    assert [each.severity.value for each in done.alerts if each.slug == "on_order_already"] == ["information"]


def test_what_the_library_s_own_records_name_is_held_also_while_another_is_ordered(world: World) -> None:
    held = Description(title=HELD_TITLE, isbn=HELD_ISBN)
    assert told(another(world, title=held)) == [("held_already", "2 Main Library")]
    assert told(another(world, title=held)) == [
        ("held_already", "2 Main Library"),
        ("on_order_already", "1 Main Library"),
    ]
