"""What reviewers and patrons are told there is of a title: what stands there is held, what is to come is on
order, and neither is said of the other."""

from __future__ import annotations

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib, Description, LoadedBib, LoadedCopy
from openacq.ordering import service as ordering
from openacq.ordering.model import Line, LineState, PlaceWish
from openacq.requests import service as desk
from openacq.requests.model import Duplicates
from openacq.store import Tx
from tests.ordering import life
from tests.ordering.buying import titled
from tests.ordering.world import NEW_ISBN, well
from tests.requests.asking import DESK, Library, a_book, a_title, ready

TITLE = Description(title="The history of paper", isbn=NEW_ISBN)


def told(library: Library, who: str = "ann") -> list[str]:
    """What somebody hears who asks for the title now; the wish is taken back at once."""
    asked = library.asked(who)
    library.cancel(asked.request)
    return [notice.slug for notice in asked.notices]


def seen(library: Library) -> tuple[dict[str, int], list[str]]:
    """(copies by library, lines on order) as the form shows them."""
    found = library.read(lambda tx: desk.already(tx, TITLE))
    assert isinstance(found, Duplicates)
    return {copies.library: copies.copies for copies in found.held}, [line.number for line in found.on_order]


def ordered(library: Library, **changes: object) -> Line:
    return library.world.place(titled(title=TITLE, **changes))


def test_copies_are_on_order_until_they_arrive_and_held_then(library: Library) -> None:
    line = ordered(library, places=(PlaceWish("MAIN", "STACKS", 2),))
    assert seen(library) == ({}, [line.number])
    assert told(library) == ["on_order"]
    request = library.ask("ben")
    reviewer = library.read(lambda tx: desk.duplicates(tx, request.id, DESK))
    assert (reviewer.held, [each.number for each in reviewer.on_order]) == ((), [line.number])
    library.cancel(request)

    life.send(library.world, line)
    life.arrive(library.world, line, 1)
    assert seen(library) == ({"MAIN": 1}, [line.number])
    assert told(library) == ["held", "on_order"]

    life.arrive(library.world, line)
    assert library.world.line(line.number).state is LineState.WAITING_FOR_INVOICE
    assert seen(library) == ({"MAIN": 2}, [])
    assert told(library) == ["held"]


def test_only_others_who_still_wait_are_told_of(library: Library) -> None:
    first = library.ask("ann", ready())
    assert library.asked("ann").notices == ()
    assert [notice.slug for notice in library.asked("ben").notices] == ["requested"]
    library.approve(first)
    line = library.world.line(library.now(first).po_line)
    life.send(library.world, line)
    life.arrive(library.world, line)
    assert library.work() == 0
    assert library.now(first).progress == "arrived"
    assert [notice.slug for notice in library.asked("cleo").notices] == ["held"]
    found = library.read(lambda tx: desk.already(tx, TITLE))
    assert {each.requester for each in found.requests} == {"ann", "ben", "cleo"}
    assert {each.requester for each in found.others("cleo")} == set()


def test_a_cancelled_order_is_neither(library: Library) -> None:
    line = ordered(library)
    reason = ordering.Cancellation("LIBRARY_CANCELLED")
    library.write(lambda tx: ordering.cancel(tx, [line.id], DESK, reason))
    assert seen(library) == ({}, [])
    assert told(library) == []


def test_a_subscription_on_its_way_is_not_held_for_having_a_shelf(library: Library) -> None:
    line = ordered(library, type="PRINTED_JOURNAL_CO")
    assert seen(library) == ({}, [line.number])
    assert told(library) == ["on_order"]


def test_a_shelf_the_library_s_own_records_name_is_a_copy_also_while_another_is_ordered(
    library: Library,
) -> None:
    def load(tx: Tx) -> None:
        bib = Bib("", title=TITLE.title, isbn=NEW_ISBN)
        record = catalogue.write_marc(catalogue.marc_record(tx, bib))
        numbers = catalogue.identifiers_of(TITLE)
        copies = (LoadedCopy("SCI", "STACKS"),)
        well(catalogue.load_bibs(tx, [LoadedBib(1, "001:1", bib, numbers, record, "1", copies)]))

    library.write(load)
    assert seen(library) == ({"SCI": 1}, [])
    line = ordered(library, places=(PlaceWish("SCI", "STACKS", 1),))
    assert seen(library) == ({"SCI": 1}, [line.number])
    assert told(library) == ["held", "on_order"]


def test_an_electronic_copy_is_held_when_it_can_be_read(library: Library) -> None:
    line = ordered(library, type="E_BOOK_OT", places=())
    assert seen(library) == ({}, [line.number])
    assert told(library) == ["on_order"]
    (portfolio,) = line.portfolios
    library.write(lambda tx: catalogue.switch_portfolios(tx, [portfolio.portfolio_id]))
    held, _ = seen(library)
    assert held == {"": 1}
    assert "held_online" in told(library)


def test_the_title_of_another_is_not_told(library: Library) -> None:
    ordered(library)
    other = library.asked("ben", a_book(metadata=a_title(title="Another", isbn="9780141439518")))
    assert other.notices == ()
