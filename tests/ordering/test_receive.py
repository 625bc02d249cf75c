"""Copies come in, whole or in part, once each; what is missing, where they go, and taking it back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import CopyWish, Description
from openacq.directory import service as directory
from openacq.history import service as history
from openacq.kernel.refusal import Refusal
from openacq.ordering import arrivals, moves
from openacq.ordering.arrivals import Arrival
from openacq.ordering.cancel import Cancellation, cancel
from openacq.ordering.model import Actor, InterestedWish, Line, LineState, PlaceWish
from openacq.ordering.receive import (
    HowToReceive,
    NewItem,
    activate,
    receive,
    receive_new,
    undo,
)
from openacq.store import Tx
from tests.ordering.life import DESK, arrive, differences, items, send, slug_of, state
from tests.ordering.world import NEW_ISBN, World, book

ISBN_10 = "1861972717"
TWO = (PlaceWish("MAIN", "STACKS", 2),)


def departments(world: World) -> None:
    world.load(
        directory,
        "department",
        {"code": "ACQ", "name": "Acquisitions", "owner": "MAIN"},
        {"code": "SCI-ACQ", "name": "Science acquisitions", "owner": "SCI"},
        {"code": "SCAN", "name": "Scanning", "type": "DIGI", "owner": "MAIN"},
    )


# -- whole and in part --------------------------------------------------------------------------


def test_a_copy_is_received_and_the_line_waits_for_its_invoice(world: World) -> None:
    line = world.place(book())
    send(world, line)
    received = arrive(world, line)
    assert state(world, line) is LineState.WAITING_FOR_INVOICE
    (item,) = items(world, line)
    assert (item.receive_date, item.process_type, item.operator) == (
        date(2026, 3, 2),
        "TRANSIT",
        "receiving desk",
    )
    (receipt,) = received.receipts
    assert (receipt.line, receipt.item_id, receipt.received) == (line.number, item.item_id, date(2026, 3, 2))
    (standing,) = received.lines
    assert (standing.received, standing.missing, standing.complete) == (1, 0, True)
    assert world.balance("HIST").encumbered.text() == "50.00"
    assert differences(world) == []


def test_the_line_stays_sent_until_the_last_copy_is_there(world: World) -> None:
    line = world.place(book(places=TWO))
    send(world, line)
    received = arrive(world, line, 1)
    assert (received.lines[0].missing, received.lines[0].complete) == (1, False)
    assert state(world, line) is LineState.SENT
    arrive(world, line, 1)
    assert state(world, line) is LineState.WAITING_FOR_INVOICE


@pytest.mark.parametrize("where", ["line", "row id", "item", "barcode", "isbn", "isbn 10", "reference"])
def test_a_copy_is_found_by(world: World, where: str) -> None:
    line = world.place(book(places=(PlaceWish("MAIN", "STACKS", 1, (CopyWish(barcode="B-1"),)),)))
    world.place(book(reference="R-2", title=Description(title="Another", isbn="9780262033848")))
    send(world, line)
    meant = {
        "line": Arrival(line=line.number),
        "row id": Arrival(line=str(line.id)),
        "item": Arrival(items=(line.items[0].item_id,)),
        "barcode": Arrival(barcodes=("B-1",)),
        "isbn": Arrival(number=NEW_ISBN),
        "isbn 10": Arrival(number=ISBN_10),
        "reference": Arrival(line="REF-1"),
    }[where]
    received = world.write(lambda tx: receive(tx, meant, DESK))
    assert [receipt.item_id for receipt in received.receipts] == [line.items[0].item_id]


def test_an_isbn_two_lines_wait_for_is_not_guessed(world: World) -> None:
    first = world.place(book())
    second = world.place(book(reference="REF-2", places=(PlaceWish("SCI", "STACKS", 1),)))
    world.write(lambda tx: moves.move_lines(tx, [first.id], "pack", DESK))
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: receive(tx, Arrival(number=NEW_ISBN), DESK))
    assert refused.value.problems[0].slug == "receive_ambiguous"
    assert {first.number, second.number} <= set(str(refused.value.problems[0].facts["numbers"]).split(", "))


def test_what_is_scanned_names_its_candidates(world: World) -> None:
    first = world.place(book())
    second = world.place(book(reference="REF-2"))

    def found(scan: str) -> list[tuple[str, str]]:
        candidates = world.read(lambda tx: arrivals.candidates(tx, scan, DESK))
        return [(each.found_by, each.line.number) for each in candidates]

    assert found(NEW_ISBN) == [("number", first.number), ("number", second.number)]
    assert found(first.number) == [("line", first.number)]
    assert found(second.items[0].barcode) == [("barcode", second.number)]
    assert found("REF-2") == [("reference", second.number)]
    assert found("9999") == []
    arrive(world, first)
    assert found(NEW_ISBN) == [("number", second.number)]


def test_many_copies_of_many_lines_come_in_one_call(world: World) -> None:
    lines = [
        world.place(book(reference=f"R-{n}", places=TWO, title=Description(title=f"Title {n}")))
        for n in range(3)
    ]
    send(world, *lines)
    ids = tuple(item.item_id for line in lines for item in line.items)
    received = world.write(lambda tx: receive(tx, Arrival(items=ids), DESK))
    assert len(received.receipts) == 6
    assert {state(world, line) for line in lines} == {LineState.WAITING_FOR_INVOICE}


# -- the same thing once ------------------------------------------------------------------------


def test_of_five_who_receive_one_item_at_once_one_makes_the_receipt(world: World) -> None:
    line = world.place(book())
    send(world, line)
    where = Arrival(items=(line.items[0].item_id,))

    def take(_: int) -> str:
        return slug_of(lambda: world.write(lambda tx: receive(tx, where, DESK)))

    with ThreadPoolExecutor(5) as threads:
        outcomes = sorted(threads.map(take, range(5)))
    assert outcomes == ["", *["item_received"] * 4]
    assert receipts_of(world, line.number) == 1
    assert state(world, line) is LineState.WAITING_FOR_INVOICE
    assert differences(world) == []


def test_of_those_who_receive_the_last_two_copies_at_once_one_sees_the_line_complete(world: World) -> None:
    for n in range(5):
        line = world.place(
            book(places=TWO, reference=f"R-{n}", method="GIFT", title=Description(title=f"Title {n}"))
        )
        send(world, line)

        def take(item_id: str) -> None:
            world.write(lambda tx: receive(tx, Arrival(items=(item_id,)), DESK))

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(take, [item.item_id for item in line.items]))
        assert state(world, line) is LineState.WAITING_FOR_INVOICE


def test_a_copy_received_twice_is_refused_and_says_when_it_came(world: World) -> None:
    line = world.place(book())
    send(world, line)
    where = Arrival(items=(line.items[0].item_id,))
    world.write(lambda tx: receive(tx, where, DESK, HowToReceive(on=date(2026, 2, 27))))
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: receive(tx, where, DESK))
    problem = refused.value.problems[0]
    assert (problem.slug, problem.facts["on"]) == ("item_received", "2026-02-27")


# -- in which state -----------------------------------------------------------------------------


def test_a_line_in_review_is_received_and_stays_in_review(world: World) -> None:
    line = world.place(book(manual_review=True))
    received = arrive(world, line)
    assert received.lines[0].complete
    assert state(world, line) is LineState.IN_REVIEW


def test_a_line_received_before_it_is_sent_waits_for_its_invoice_when_it_is(world: World) -> None:
    line = world.place(book())
    arrive(world, line)
    assert state(world, line) is LineState.AUTO_PACKAGING
    send(world, line)
    assert state(world, line) is LineState.WAITING_FOR_INVOICE


def test_a_cancelled_line_is_not_received(world: World) -> None:
    line = world.place(book())
    world.write(lambda tx: moves.move_lines(tx, [line.id], "cancel", DESK))
    assert slug_of(lambda: arrive(world, line)) == "receive_refused"


def test_a_closed_line_takes_late_copies_and_stays_closed(world: World) -> None:
    from openacq.ordering.close import close

    line = world.place(book(places=TWO))
    send(world, line)
    arrive(world, line, 1)
    world.write(lambda tx: close(tx, [line.id], DESK))
    arrive(world, line)
    assert state(world, line) is LineState.CLOSED


def test_what_has_come_is_not_cancelled_unless_it_is_meant(world: World) -> None:
    printed = world.place(book(places=TWO))
    online = world.place(book(type="E_BOOK_OT", places=(), reference="R-2"))
    send(world, printed)
    arrive(world, printed, 1)
    world.write(lambda tx: activate(tx, online.number, DESK))
    for line in (printed, online):
        asked = Cancellation("LIBRARY_CANCELLED")
        refused = slug_of(
            lambda line=line, how=asked: world.write(lambda tx: cancel(tx, [line.id], DESK, how))
        )
        assert refused == "cancel_restricted"
        meant = Cancellation("LIBRARY_CANCELLED", override=True)
        world.write(lambda tx, line=line, how=meant: cancel(tx, [line.id], DESK, how))
    assert len(items(world, printed)) == 1
    assert differences(world) == []


def test_a_copy_received_while_its_line_is_cancelled_is_one_or_the_other(world: World) -> None:
    for n in range(4):
        line = world.place(
            book(places=TWO, reference=f"R-{n}", method="GIFT", title=Description(title=f"Title {n}"))
        )
        send(world, line)
        how = Cancellation("LIBRARY_CANCELLED")

        def race(what: str, line: Line = line, how: Cancellation = how) -> str:
            if what == "cancel":
                return slug_of(lambda: world.write(lambda tx: cancel(tx, [line.id], DESK, how)))
            where = Arrival(items=(line.items[0].item_id,))
            return slug_of(lambda: world.write(lambda tx: receive(tx, where, DESK)))

        with ThreadPoolExecutor(2) as threads:
            outcomes = dict(zip(("cancel", "receive"), threads.map(race, ("cancel", "receive")), strict=True))
        assert list(outcomes.values()).count("") == 1, outcomes
        assert differences(world) == []


# -- where and when -----------------------------------------------------------------------------


def test_the_department_is_the_owner_s_unless_another_is_named(world: World) -> None:
    departments(world)
    line = world.place(book(places=(PlaceWish("MAIN", "STACKS", 4),)))
    send(world, line)
    taken = [
        arrive(world, line, 1).receipts[0].department,
        arrive(world, line, 1, department="SCAN").receipts[0].department,
        arrive(world, line, 1, library="SCI").receipts[0].department,
        arrive(world, line, 1, department="SCI-ACQ", library="SCI").receipts[0].department,
    ]
    assert taken == ["ACQ", "SCAN", "SCI-ACQ", "SCI-ACQ"]


@pytest.mark.parametrize(
    "how", [{"department": "NOPE"}, {"department": "ACQ", "library": "SCI"}, {"library": "LAW"}]
)
def test_a_department_that_is_not_there_is_refused(world: World, how: dict[str, Any]) -> None:
    departments(world)
    line = world.place(book())
    assert slug_of(lambda: arrive(world, line, **how)) == "department_unknown"
    assert receipts_of(world, line.number) == 0


def test_a_copy_stays_in_the_department_when_told(world: World) -> None:
    departments(world)
    line = world.place(book())
    send(world, line)
    arrive(world, line, keep=True, on=date(2026, 2, 26))
    (item,) = items(world, line)
    assert (item.process_type, item.department, item.receive_date) == (
        "WORK_ORDER_DEPARTMENT",
        "ACQ",
        date(2026, 2, 26),
    )


def test_shelf_ready_copies_get_their_barcodes(world: World) -> None:
    line = world.place(book(places=TWO))
    send(world, line)
    where = Arrival(line=line.number)
    world.write(lambda tx: receive(tx, where, DESK, barcodes=("SR-1", "SR-2")))
    assert [item.barcode for item in items(world, line)] == ["SR-1", "SR-2"]


@pytest.mark.parametrize(
    ("barcodes", "slug"),
    [
        (("HELD", "SR-2"), "barcode_taken"),
        (("SR", "SR"), "barcode_twice"),
        (("1", "2", "3"), "receive_refused"),
    ],
)
def test_a_barcode_that_cannot_be_leaves_nothing_received(
    world: World, barcodes: tuple[str, ...], slug: str
) -> None:
    other = (PlaceWish("MAIN", "STACKS", 1, (CopyWish(barcode="HELD"),)),)
    world.place(book(reference="R-2", places=other, title=Description(title="Another")))
    line = world.place(book(places=TWO))
    where = Arrival(line=line.number)
    assert slug_of(lambda: world.write(lambda tx: receive(tx, where, DESK, barcodes=barcodes))) == slug
    assert [item.receive_date for item in items(world, line)] == [None, None]


# -- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "slug"),
    [
        (Arrival(line="POL-0"), "line_not_found"),
        (Arrival(items=("23999",)), "item_not_found"),
        (Arrival(barcodes=("nothing",)), "item_not_found"),
        (Arrival(number="9780262033848"), "nothing_expected"),
        (Arrival(number="not a number"), "nothing_expected"),
        (Arrival(), "field_missing"),
        (Arrival(line="REF-1", quantity=0), "quantity_invalid"),
        (Arrival(line="REF-1", quantity=2), "receive_refused"),
    ],
)
def test_what_cannot_be_meant_is_refused(world: World, where: Arrival, slug: str) -> None:
    world.place(book())
    assert slug_of(lambda: world.write(lambda tx: receive(tx, where, DESK))) == slug


def test_an_item_of_another_line_is_not_found_in_this_one(world: World) -> None:
    line = world.place(book())
    other = world.place(book(reference="R-2", title=Description(title="Another")))
    where = Arrival(line=line.number, items=(other.items[0].item_id,))
    assert slug_of(lambda: world.write(lambda tx: receive(tx, where, DESK))) == "item_not_found"


def test_nothing_is_seen_of_another_vendor_s_lines(world: World) -> None:
    line = world.place(book())
    oasis = Actor("oasis key", "OASIS")
    for where in (
        Arrival(line=line.number),
        Arrival(items=(line.items[0].item_id,)),
        Arrival(barcodes=(line.items[0].barcode,)),
        Arrival(number=NEW_ISBN),
    ):
        found = slug_of(lambda where=where: world.write(lambda tx: receive(tx, where, oasis)))
        assert found in ("line_not_found", "item_not_found", "nothing_expected")
    assert world.read(lambda tx: arrivals.candidates(tx, NEW_ISBN, oasis)) == []


# -- copies nobody ordered singly ---------------------------------------------------------------


def test_issues_of_a_subscription_come_as_new_items(world: World) -> None:
    line = world.place(book(type="PRINTED_JOURNAL_CO", renewal_date=date(2027, 1, 1)))
    send(world, line)
    assert state(world, line) is LineState.WAITING_FOR_RENEWAL
    assert slug_of(lambda: arrive(world, line)) == "receive_refused"
    issue = NewItem(CopyWish(barcode="ISSUE-1", enumeration_a="12", chronology_i="2026", description="v.12"))
    received = world.write(lambda tx: receive_new(tx, line.number, issue, DESK))
    assert received.receipts[0].made
    (item,) = items(world, line)
    assert (item.barcode, item.description, item.library, item.location, item.process_type) == (
        "ISSUE-1",
        "v.12",
        "MAIN",
        "STACKS",
        "TRANSIT",
    )
    world.write(lambda tx: receive_new(tx, line.number, NewItem(), DESK))
    assert len(items(world, line)) == 2
    assert state(world, line) is LineState.WAITING_FOR_RENEWAL


def test_an_extra_copy_does_not_stand_for_one_that_is_missing(world: World) -> None:
    line = world.place(book())
    send(world, line)
    received = world.write(
        lambda tx: receive_new(tx, line.number, NewItem(library="SCI", location="STACKS"), DESK)
    )
    assert (received.lines[0].received, received.lines[0].missing) == (1, 1)
    assert state(world, line) is LineState.SENT
    arrive(world, line)
    assert state(world, line) is LineState.WAITING_FOR_INVOICE
    assert {item.library for item in items(world, line)} == {"MAIN", "SCI"}


@pytest.mark.parametrize(
    ("new", "slug"),
    [
        (NewItem(library="LAW"), "library_unknown"),
        (NewItem(library="MAIN", location="ATTIC"), "location_unknown"),
        (NewItem(holding_id="22999"), "holding_unknown"),
        (NewItem(CopyWish(barcode="B-1")), "barcode_taken"),
        (NewItem(CopyWish(policy="SIP")), "code_illegal"),
    ],
)
def test_a_new_item_is_checked_as_an_ordered_one(world: World, new: NewItem, slug: str) -> None:
    from openacq.codes import service as codes

    world.load(codes, "code_row", {"table": "ItemPolicy", "code": "01", "description": "Loan"})
    line = world.place(book(places=(PlaceWish("MAIN", "STACKS", 1, (CopyWish(barcode="B-1"),)),)))
    assert slug_of(lambda: world.write(lambda tx: receive_new(tx, line.number, new, DESK))) == slug
    assert len(items(world, line)) == 1


def test_a_new_item_may_be_put_in_a_holding_of_the_title(world: World) -> None:
    line = world.place(book(places=(*TWO, PlaceWish("SCI", "STACKS", 1))))
    science = next(each for each in line.holdings if each.library == "SCI")
    received = world.write(
        lambda tx: receive_new(tx, line.number, NewItem(holding_id=science.holding_id), DESK)
    )
    item = world.read(lambda tx: catalogue.item(tx, received.receipts[0].item_id))
    assert (item.library, item.holding_id) == ("SCI", science.holding_id)


# -- electronic ---------------------------------------------------------------------------------


def test_an_e_book_is_received_by_switching_it_on(world: World) -> None:
    line = world.place(book(type="E_BOOK_OT", places=()))
    send(world, line)
    received = world.write(lambda tx: activate(tx, line.number, DESK, on=date(2026, 3, 1)))
    assert received.receipts[0].portfolio_id == line.portfolios[0].portfolio_id
    assert received.receipts[0].received == date(2026, 3, 1)
    assert world.line(line.number).portfolios[0].available
    assert state(world, line) is LineState.WAITING_FOR_INVOICE
    again = slug_of(lambda: world.write(lambda tx: activate(tx, line.number, DESK)))
    assert again == "line_active"


def test_of_five_who_switch_on_at_once_one_makes_the_receipt(world: World) -> None:
    line = world.place(book(type="E_BOOK_OT", places=()))
    send(world, line)

    def switch(_: int) -> str:
        return slug_of(lambda: world.write(lambda tx: activate(tx, line.number, DESK)))

    with ThreadPoolExecutor(5) as threads:
        outcomes = sorted(threads.map(switch, range(5)))
    assert outcomes == ["", *["line_active"] * 4]
    assert receipts_of(world, line.number) == 1


def test_a_collection_and_a_service_have_nothing_to_switch_but_are_entered(world: World) -> None:
    collection = world.place(book(type="ELECTRONIC_COLLECTION_OT", places=()))
    service = world.place(book(type="OTHER_SERVICES_OT", places=(), reference="R-2"))
    send(world, collection, service)
    assert state(world, collection) is LineState.SENT
    assert state(world, service) is LineState.WAITING_FOR_INVOICE
    world.write(lambda tx: activate(tx, collection.number, DESK))
    assert state(world, collection) is LineState.WAITING_FOR_INVOICE


def test_print_is_not_switched_on_and_e_books_have_no_copies(world: World) -> None:
    printed = world.place(book())
    online = world.place(book(type="E_BOOK_OT", places=(), reference="R-2"))
    assert slug_of(lambda: world.write(lambda tx: activate(tx, printed.number, DESK))) == "receive_refused"
    assert slug_of(lambda: arrive(world, online)) == "receive_refused"
    new = slug_of(lambda: world.write(lambda tx: receive_new(tx, online.number, NewItem(), DESK)))
    assert new == "receive_refused"


def test_undoing_an_activation_switches_off_what_it_switched_on(world: World) -> None:
    line = world.place(book(type="E_BOOK_OT", places=()))
    send(world, line)
    receipt = world.write(lambda tx: activate(tx, line.number, DESK)).receipts[0]
    world.write(lambda tx: undo(tx, receipt.id, DESK))
    assert state(world, line) is LineState.SENT
    assert not world.line(line.number).portfolios[0].available
    world.write(lambda tx: activate(tx, line.number, DESK))
    assert state(world, line) is LineState.WAITING_FOR_INVOICE


def test_a_portfolio_another_active_line_has_stays_on(world: World) -> None:
    first = world.place(book(type="E_BOOK_OT", places=()))
    second = world.place(book(type="E_BOOK_OT", places=(), reference="R-2"))
    receipt = world.write(lambda tx: activate(tx, first.number, DESK)).receipts[0]
    other = world.write(lambda tx: activate(tx, second.number, DESK)).receipts[0]
    assert (receipt.made, other.made) == (True, False)
    world.write(lambda tx: undo(tx, receipt.id, DESK))
    assert world.line(second.number).portfolios[0].available


# -- taking it back -----------------------------------------------------------------------------


def test_an_undone_receipt_puts_item_and_line_back(world: World) -> None:
    line = world.place(book(places=TWO))
    send(world, line)
    received = arrive(world, line)
    back = world.write(lambda tx: undo(tx, received.receipts[0].id, DESK))
    assert state(world, line) is LineState.SENT
    assert back.lines[0].missing == 1
    assert back.receipts[0].undone is not None
    first, second = items(world, line)
    assert (first.receive_date, first.process_type, first.operator) == (None, "ACQ", "")
    assert second.receive_date is not None
    arrive(world, line)
    assert state(world, line) is LineState.WAITING_FOR_INVOICE
    assert receipts_of(world, line.number) == 2


def test_a_receipt_is_undone_once(world: World) -> None:
    line = world.place(book())
    send(world, line)
    receipt = arrive(world, line).receipts[0]

    def take_back(_: int) -> str:
        return slug_of(lambda: world.write(lambda tx: undo(tx, receipt.id, DESK)))

    with ThreadPoolExecutor(4) as threads:
        outcomes = sorted(threads.map(take_back, range(4)))
    assert outcomes == ["", *["receipt_undone"] * 3]
    assert state(world, line) is LineState.SENT
    assert slug_of(lambda: world.write(lambda tx: undo(tx, 999, DESK))) == "record_missing"


def test_an_item_a_receipt_brought_goes_with_it(world: World) -> None:
    line = world.place(book(type="PRINTED_JOURNAL_CO", renewal_date=date(2027, 1, 1)))
    send(world, line)
    receipt = world.write(lambda tx: receive_new(tx, line.number, NewItem(), DESK)).receipts[0]
    world.write(lambda tx: undo(tx, receipt.id, DESK))
    assert items(world, line) == ()
    assert [each.holding_id for each in world.line(line.number).holdings] == [
        each.holding_id for each in line.holdings
    ]


def test_what_came_and_went_is_in_the_history(world: World) -> None:
    line = world.place(book())
    send(world, line)
    receipt = arrive(world, line).receipts[0]
    world.write(lambda tx: undo(tx, receipt.id, DESK))
    entries = world.read(lambda tx: history.of(tx, "po_line", line.number))
    changes = [(entry.field, entry.old, entry.new) for entry in entries]
    assert ("received", "0", "1") in changes
    assert ("received", "1", "0") in changes
    assert ("state", "SENT", "WAITING_FOR_INVOICE") in changes
    assert ("state", "WAITING_FOR_INVOICE", "SENT") in changes


# -- born received ------------------------------------------------------------------------------


def test_a_copy_ordered_as_received_has_its_receipt(world: World) -> None:
    came = CopyWish(barcode="B-1", receive_date=date(2026, 2, 20))
    line = world.place(
        book(
            places=(PlaceWish("MAIN", "STACKS", 2, (came,)),),
            interested=(InterestedWish("patron1", hold_item=True),),
        )
    )
    assert receipts_of(world, line.number) == 1
    send(world, line)
    assert state(world, line) is LineState.SENT
    arrive(world, line)
    assert state(world, line) is LineState.WAITING_FOR_INVOICE


def receipts_of(world: World, number: str) -> int:
    """HowToReceive many receipts of a line stand."""
    from openacq.ordering.store_receipts import ReceiptFilter, listed

    def count(tx: Tx) -> int:
        return listed(tx, ReceiptFilter(line=number, undone=False), 10, 0)[1]

    found = world.read(count)
    assert isinstance(found, int)
    return found
