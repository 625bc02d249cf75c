"""A line is changed, put back untouched, ordered after review, cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import CopyWish, Description
from openacq.history import service as history
from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import (
    InterestedWish,
    Line,
    LineState,
    PlaceLine,
    PlaceWish,
    ShareWish,
    Sum,
    Terms,
)
from tests.ordering.world import SHOP, World, book


def wish_of(line: Line) -> PlaceLine:
    """The line as a client sends it back."""
    return PlaceLine(
        title=Description(mms_id=line.bib.mms_id, title=line.bib.title),
        owner=line.owner,
        type=line.type,
        number=line.number,
        vendor=line.vendor,
        account=line.account,
        method=line.method,
        price=Sum(line.price.text(), line.price.currency) if line.price else Sum(),
        discount="0",
        no_charge=line.no_charge,
        rush=line.rush,
        reference=line.reference,
        po_number=line.po_number,
        shares=tuple(
            ShareWish(share.fund_code, percent=str(share.percent / 10_000))
            if share.percent is not None
            else ShareWish(
                share.fund_code,
                amount=Sum(share.amount.text(), share.amount.currency) if share.amount else Sum(),
            )
            for share in line.shares
        ),
        places=tuple(
            PlaceWish(
                place.library,
                place.location,
                place.quantity,
                tuple(
                    CopyWish(barcode=item.barcode, policy=item.policy, item_id=item.item_id)
                    for item in line.items
                    if (item.library, item.location) == (place.library, place.location)
                ),
            )
            for place in line.places
        ),
        notes=tuple(note.text for note in line.notes),
        interested=tuple(
            InterestedWish(user.primary_id, hold_item=user.hold_item) for user in line.interested
        ),
        material=line.material,
        manual_renewal=line.manual_renewal,
        renewal_date=line.renewal_date,
        expected_receipt_date=line.expected_receipt_date,
        terms=replace(line.terms, renewal_period=line.terms.renewal_period or 0),
    )


def change(world: World, line: Line, how: ordering.HowToChange | None = None, **changes: Any) -> Line:
    wish = replace(wish_of(line), **changes)
    changed = world.write(
        lambda tx: ordering.change(tx, line.number, wish, SHOP, how or ordering.HowToChange())
    )
    assert isinstance(changed, Line)
    read = world.line(line.number)
    assert (read.price, read.net, read.quantity, read.places, read.state) == (
        changed.price,
        changed.net,
        changed.quantity,
        changed.places,
        changed.state,
    )
    assert {item.item_id for item in read.items} == {item.item_id for item in changed.items}
    return read


def fields_changed(world: World, line: Line) -> list[str]:
    return [entry.field for entry in world.read(lambda tx: history.of(tx, "po_line", line.number))]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"type": "PRINTED_BOOK_SO", "renewal_date": date(2027, 1, 1)},
        {"type": "E_BOOK_OT", "places": ()},
        {"shares": (ShareWish("HIST", amount=Sum("50.00", "USD")),)},
        {"shares": (ShareWish("hist", percent="100"),)},
        {"shares": (ShareWish("POOR", percent="100"),)},
        {"notes": ("one", "two"), "interested": (InterestedWish("patron1", hold_item=True),)},
        {"vendor": "", "account": "", "price": Sum()},
        {"places": (PlaceWish("MAIN", "STACKS", 2), PlaceWish("SCI", "STACKS", 1))},
        {"terms": Terms(vendor_note="note", reporting_codes=("a", "", "", "", ""), claiming_interval="9")},
        {"no_charge": True, "method": "PURCHASE"},
    ],
)
def test_a_line_put_back_untouched_stays_as_it_is(world: World, changes: dict[str, Any]) -> None:
    line = world.line(world.place(book(**changes)).number)
    before = world.balance("HIST").encumbered
    put = change(world, line)
    assert put == line
    assert fields_changed(world, line) == []
    assert world.balance("HIST").encumbered == before
    assert world.differences() == []


def test_a_new_price_moves_the_money(world: World) -> None:
    line = world.line(world.place(book()).number)
    put = change(world, line, price=Sum("70.00", "USD"))
    assert put.net is not None
    assert put.net.text() == "70.00"
    assert world.balance("HIST").encumbered.text() == "70.00"
    assert "price" in fields_changed(world, line)
    assert world.differences() == []


def test_another_fund_frees_the_first_and_takes_the_second(world: World) -> None:
    line = world.line(world.place(book()).number)
    change(world, line, shares=(ShareWish("ART", percent="50"), ShareWish("SCIENCE", percent="50")))
    assert [world.balance(code).encumbered.text() for code in ("HIST", "ART", "SCIENCE")] == [
        "0.00",
        "25.00",
        "25.00",
    ]
    assert world.differences() == []


def test_a_price_the_fund_cannot_carry_sends_the_line_to_review(world: World) -> None:
    line = world.line(world.place(book()).number)
    put = change(world, line, price=Sum("5000.00", "USD"))
    assert put.state is LineState.IN_REVIEW
    assert "fund_short" in {alert.slug for alert in put.alerts}
    assert world.balance("HIST").encumbered.units == 0
    assert world.differences() == []


def test_redistributing_keeps_the_proportions(world: World) -> None:
    shares = (ShareWish("HIST", amount=Sum("30.00", "USD")), ShareWish("ART", amount=Sum("20.00", "USD")))
    line = world.line(world.place(book(shares=shares)).number)
    how = ordering.HowToChange(redistribute=True)
    change(world, line, how, price=Sum("100.00", "USD"), shares=())
    assert [world.balance(code).encumbered.text() for code in ("HIST", "ART")] == ["60.00", "40.00"]


def test_copies_are_added_changed_and_taken_away(world: World) -> None:
    line = world.line(world.place(book(places=(PlaceWish("MAIN", "STACKS", 2),))).number)
    first, second = line.items
    more = change(
        world,
        line,
        places=(
            PlaceWish("MAIN", "STACKS", 1, (CopyWish(barcode="NEW-1", item_id=first.item_id),)),
            PlaceWish("SCI", "STACKS", 2, (CopyWish(item_id=second.item_id),)),
        ),
    )
    assert more.quantity == 3
    assert {item.item_id for item in more.items} > {first.item_id, second.item_id}
    assert {item.barcode for item in more.items if item.item_id == first.item_id} == {"NEW-1"}
    assert {item.library for item in more.items if item.item_id == second.item_id} == {"SCI"}
    assert world.balance("HIST").encumbered.text() == "150.00"
    fewer = change(
        world,
        more,
        places=(PlaceWish("MAIN", "STACKS", 1, (CopyWish(barcode="NEW-1", item_id=first.item_id),)),),
    )
    assert [item.item_id for item in fewer.items] == [first.item_id]
    assert [holding.library for holding in fewer.holdings] == ["MAIN"]
    assert world.balance("HIST").encumbered.text() == "50.00"


def test_without_inventory_the_copies_stay(world: World) -> None:
    line = world.line(world.place(book()).number)
    put = change(world, line, ordering.HowToChange(inventory=False), places=(PlaceWish("MAIN", "STACKS", 5),))
    assert (put.quantity, len(put.items)) == (1, 1)


def test_a_copy_in_a_temporary_place_shields_the_whole_section(world: World) -> None:
    copy = CopyWish(
        barcode="T-1", is_temp_location=True, permanent_library="SCI", permanent_location="STACKS"
    )
    line = world.line(world.place(book(places=(PlaceWish("MAIN", "STACKS", 1, (copy,)),))).number)
    put = change(world, line, places=(PlaceWish("MAIN", "STACKS", 4),))
    assert put.items == line.items


def test_the_bib_never_changes_and_a_sent_line_keeps_its_vendor(world: World) -> None:
    line = world.line(world.place(book()).number)
    with pytest.raises(Refusal) as refused:
        change(world, line, title=Description(mms_id="99123"))
    assert {problem.slug for problem in refused.value.problems} >= {"field_fixed"}


def test_a_stale_change_is_told_and_loses_nothing(world: World) -> None:
    line = world.line(world.place(book()).number)
    change(world, line, rush=True)
    with pytest.raises(Refusal) as refused:
        change(world, line, ordering.HowToChange(version=1), rush=False)
    assert refused.value.problems[0].slug == "line_outdated"
    assert world.line(line.number).rush is True


def test_what_is_wrong_in_a_change_is_refused_whole(world: World) -> None:
    line = world.line(world.place(book()).number)
    with pytest.raises(Refusal) as refused:
        change(world, line, vendor="NOBODY", price=Sum("x", "USD"), interested=(InterestedWish("nobody"),))
    assert {problem.slug for problem in refused.value.problems} == {
        "vendor_unknown",
        "price_invalid",
        "user_unknown",
    }
    assert world.line(line.number) == line


def test_a_mended_line_is_ordered(world: World) -> None:
    line = world.line(world.place(book(shares=(ShareWish("hist", percent="100"),))).number)
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: ordering.order_now(tx, [line.id], SHOP))
    assert refused.value.problems[0].slug == "line_incomplete"
    change(world, line, shares=(ShareWish("HIST", percent="100"),))
    reached = world.write(lambda tx: ordering.order_now(tx, [line.id], SHOP))
    assert reached == {line.id: LineState.AUTO_PACKAGING}
    assert world.balance("HIST").encumbered.text() == "50.00"
    assert [alert.slug for alert in world.line(line.number).alerts] == ["bib_brief"]


def test_money_that_came_since_is_used_when_the_line_is_ordered(world: World) -> None:
    from openacq.ledger import service as ledger

    line = world.place(book(shares=(ShareWish("POOR", percent="100"),)))
    world.load(ledger, "allocation", {"fund": "POOR", "amount": "100.00", "reference": "more"})
    world.write(lambda tx: ordering.order_now(tx, [line.id], SHOP))
    assert world.balance("POOR").encumbered.text() == "50.00"
    assert world.differences() == []


def test_a_deferred_line_comes_back_on_its_day(world: World, clock: Any) -> None:
    line = world.place(book(manual_review=True))
    day = date(2026, 3, 10)
    world.write(lambda tx: ordering.defer(tx, [line.id], SHOP, day, "waiting for the faculty"))
    assert world.write(lambda tx: ordering.resume_due(tx, SHOP)) == 0
    clock.advance(days=8)
    assert world.write(lambda tx: ordering.resume_due(tx, SHOP)) == 1
    assert world.line(line.number).state is LineState.IN_REVIEW


def test_cancelling_takes_back_money_copies_and_a_bib_made_for_it(world: World) -> None:
    line = world.place(book())
    how = ordering.Cancellation("LIBRARY_CANCELLED", "no longer wanted", bib="delete")
    world.write(lambda tx: ordering.cancel(tx, [line.id], SHOP, how))
    assert world.line(line.number).state is LineState.CANCELLED
    assert world.balance("HIST").encumbered.units == 0
    assert world.read(lambda tx: catalogue.bib(tx, line.bib.mms_id)) is None
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: ordering.cancel(tx, [line.id], SHOP, how))
    assert refused.value.problems[0].slug == "line_cancelled_already"
    assert world.differences() == []


def test_a_restricted_line_is_cancelled_only_with_override(world: World) -> None:
    terms = Terms(cancellation_restriction=True, cancellation_restriction_note="non-refundable")
    line = world.place(book(terms=terms))
    with pytest.raises(Refusal) as refused:
        world.write(
            lambda tx: ordering.cancel(tx, [line.id], SHOP, ordering.Cancellation("LIBRARY_CANCELLED"))
        )
    assert "non-refundable" in refused.value.problems[0].message()
    world.write(
        lambda tx: ordering.cancel(
            tx, [line.id], SHOP, ordering.Cancellation("LIBRARY_CANCELLED", override=True)
        )
    )
    assert world.line(line.number).state is LineState.CANCELLED
