"""The end of lines, by hand and by themselves, and their beginning again; POs follow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from openacq.catalogue.model import Description
from openacq.kernel.refusal import Refusal
from openacq.ordering import audit, moves
from openacq.ordering.close import catch_up, close, close_paid, orders_follow, reopen
from openacq.ordering.model import Line, LineState, PlaceWish, Sum
from openacq.ordering.progress import of_lines
from openacq.ordering.receive import activate
from openacq.ordering.tables import line_notes, po_lines, purchase_orders, receipts
from openacq.store import Tx
from tests.ordering.life import DESK, arrive, differences, send, slug_of, state
from tests.ordering.world import World, book


def closing(world: World, line: Line) -> Any:
    return world.write(lambda tx: close(tx, [line.id], DESK))


def pay(world: World, line: Line, *, invoiced: int = 500_000, paid: int = 500_000, full: bool = True) -> None:
    """What invoicing will write on a line."""
    world.write(
        lambda tx: tx.execute(
            update(po_lines)
            .where(po_lines.c.institution == tx.institution, po_lines.c.id == line.id)
            .values(invoiced_units=invoiced, paid_units=paid, fully_invoiced=full)
        )
    )


# -- by hand ------------------------------------------------------------------------------------


def test_a_line_is_closed_by_hand_once_something_has_come(world: World) -> None:
    line = world.place(book(places=(PlaceWish("MAIN", "STACKS", 2),)))
    send(world, line)
    assert slug_of(lambda: closing(world, line)) == "move_refused"
    arrive(world, line, 1)
    closing(world, line)
    assert state(world, line) is LineState.CLOSED
    assert world.balance("HIST").encumbered.units == 0
    assert differences(world) == []


def test_a_line_that_was_not_sent_is_not_closed(world: World) -> None:
    line = world.place(book())
    arrive(world, line)
    with pytest.raises(Refusal) as refused:
        closing(world, line)
    assert refused.value.problems[0].slug == "move_refused"


def test_a_subscription_is_closed_at_its_renewal(world: World) -> None:
    line = world.place(book(type="PRINTED_JOURNAL_CO", renewal_date=date(2027, 1, 1)))
    send(world, line)
    closing(world, line)
    assert state(world, line) is LineState.CLOSED
    world.write(lambda tx: reopen(tx, [line.id], DESK))
    assert state(world, line) is LineState.WAITING_FOR_RENEWAL
    assert world.balance("HIST").encumbered.text() == "50.00"


def test_of_four_who_close_at_once_one_does(world: World) -> None:
    line = world.place(book())
    send(world, line)
    arrive(world, line)
    with ThreadPoolExecutor(4) as threads:
        outcomes = sorted(threads.map(lambda _: slug_of(lambda: closing(world, line)), range(4)))
    assert outcomes[0] == ""
    assert outcomes.count("") == 1
    assert differences(world) == []


# -- by itself ----------------------------------------------------------------------------------


def test_a_line_received_and_paid_closes_itself(world: World) -> None:
    line = world.place(book())
    send(world, line)
    arrive(world, line)
    world.write(lambda tx: close_paid(tx, [line.id], DESK))
    assert state(world, line) is LineState.WAITING_FOR_INVOICE
    pay(world, line)
    world.write(lambda tx: close_paid(tx, [line.id], DESK))
    assert state(world, line) is LineState.CLOSED


def test_a_line_paid_before_it_came_closes_on_receipt(world: World) -> None:
    line = world.place(book())
    send(world, line)
    pay(world, line)
    received = arrive(world, line)
    assert received.lines[0].state is LineState.CLOSED
    assert world.balance("HIST").encumbered.units == 0
    assert differences(world) == []


@pytest.mark.parametrize("facts", [{"paid": 499_999}, {"full": False}])
def test_a_line_not_wholly_invoiced_and_paid_waits(world: World, facts: dict[str, Any]) -> None:
    line = world.place(book())
    send(world, line)
    pay(world, line, **facts)
    arrive(world, line)
    assert state(world, line) is LineState.WAITING_FOR_INVOICE


@pytest.mark.parametrize("kind", ["PRINTED_JOURNAL_CO", "E_JOURNAL_CO"])
def test_a_continuous_line_never_closes_itself(world: World, kind: str) -> None:
    line = world.place(book(type=kind, renewal_date=date(2027, 1, 1)))
    send(world, line)
    pay(world, line)
    if kind == "E_JOURNAL_CO":
        world.write(lambda tx: activate(tx, line.number, DESK))
    world.write(lambda tx: catch_up(tx, [line.id], DESK))
    assert state(world, line) is LineState.WAITING_FOR_RENEWAL


def test_a_line_not_sent_does_not_close_however_paid(world: World) -> None:
    line = world.place(book(manual_review=True))
    pay(world, line)
    arrive(world, line)
    assert state(world, line) is LineState.IN_REVIEW


# -- again --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("received", "expected"), [(1, LineState.SENT), (2, LineState.WAITING_FOR_INVOICE)])
def test_a_reopened_line_stands_where_what_arrived_puts_it(
    world: World, received: int, expected: LineState
) -> None:
    line = world.place(book(places=(PlaceWish("MAIN", "STACKS", 2),)))
    send(world, line)
    arrive(world, line, received)
    closing(world, line)
    assert world.write(lambda tx: reopen(tx, [line.id], DESK)) == {}
    assert state(world, line) is expected
    assert world.balance("HIST").encumbered.text() == "100.00"
    assert differences(world) == []


def test_what_the_fund_cannot_carry_any_more_is_told(world: World) -> None:
    line = world.place(book())
    send(world, line)
    arrive(world, line)
    closing(world, line)
    big = world.place(book(price=Sum("990.00", "USD"), reference="R-2", title=Description(title="Big")))
    alerts = world.write(lambda tx: reopen(tx, [line.id], DESK))
    assert [each.slug for each in alerts[line.id]] == ["fund_short"]
    assert alerts[line.id][0].facts == {"fund": "HIST", "free": "10.00", "short": "40.00", "currency": "USD"}
    assert "fund_short" in {each.slug for each in world.line(line.number).alerts}
    world.write(lambda tx: moves.move_lines(tx, [big.id], "cancel", DESK))
    closing(world, line)
    assert world.write(lambda tx: reopen(tx, [line.id], DESK)) == {}
    assert "fund_short" not in {each.slug for each in world.line(line.number).alerts}
    assert world.balance("HIST").encumbered.text() == "50.00"


def test_a_gift_is_reopened_without_encumbrance(world: World) -> None:
    line = world.place(book(method="GIFT"))
    send(world, line)
    arrive(world, line)
    closing(world, line)
    world.write(lambda tx: reopen(tx, [line.id], DESK))
    assert world.balance("HIST").encumbered.units == 0


# -- the PO -------------------------------------------------------------------------------------


def in_one_order(world: World, *lines: Line) -> None:
    """A PO that was sent with these lines."""

    def work(tx: Tx) -> None:
        order_id = tx.new_id()
        columns: dict[str, Any] = {
            column.name: "" for column in purchase_orders.c if column.type.__class__.__name__ == "Text"
        }
        columns |= {
            "institution": tx.institution,
            "id": order_id,
            "number": f"PO-{order_id}",
            "state": "SENT",
            "state_since": tx.now,
            "created": tx.now,
            "changed": tx.now,
            "version": 1,
            "extras": {},
            "letters": 0,
        }
        tx.conn.execute(insert(purchase_orders), columns)
        tx.conn.execute(
            update(po_lines)
            .where(po_lines.c.institution == tx.institution, po_lines.c.id.in_([line.id for line in lines]))
            .values(order_id=order_id)
        )

    world.write(work)


def order_state(world: World) -> str:
    found = world.read(
        lambda tx: tx.execute(
            select(purchase_orders.c.state).where(purchase_orders.c.institution == tx.institution)
        ).scalar_one()
    )
    assert isinstance(found, str)
    return found


def two_lines(world: World) -> tuple[Line, Line]:
    first = world.place(book(method="GIFT"))
    second = world.place(book(method="GIFT", reference="R-2", title=Description(title="Second")))
    in_one_order(world, first, second)
    send(world, first, second)
    arrive(world, first)
    arrive(world, second)
    return first, second


def test_a_po_is_finished_with_its_last_line_and_comes_back_with_one(world: World) -> None:
    first, second = two_lines(world)
    closing(world, first)
    assert order_state(world) == "SENT"
    closing(world, second)
    assert order_state(world) == "CLOSED"
    world.write(lambda tx: reopen(tx, [first.id], DESK))
    assert order_state(world) == "SENT"
    assert differences(world) == []


def test_the_last_two_lines_closed_at_once_finish_their_po(world: World) -> None:
    lines = two_lines(world)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda line: closing(world, line), lines))
    assert order_state(world) == "CLOSED"


def test_a_po_whose_lines_are_all_cancelled_is_empty(world: World) -> None:
    first = world.place(book())
    in_one_order(world, first)
    world.write(lambda tx: moves.move_lines(tx, [first.id], "cancel", DESK))
    world.write(lambda tx: orders_follow(tx, of_lines(tx, [first.id]).values(), DESK))
    assert order_state(world) == "CANCELLED"


# -- the check finds what is wrong ----------------------------------------------------------------


def spoiled(world: World, line: Line, **values: Any) -> list[tuple[str, str]]:
    def spoil(tx: Tx) -> None:
        tx.execute(
            update(po_lines)
            .where(po_lines.c.institution == tx.institution, po_lines.c.id == line.id)
            .values(**values)
        )

    world.write(spoil)
    return [(each.what, each.expected) for each in world.read(audit.check)]


def test_the_check_finds_states_that_do_not_follow(world: World) -> None:
    line = world.place(book())
    send(world, line)
    assert spoiled(world, line, state="WAITING_FOR_INVOICE") == [("state", "SENT")]
    arrive(world, line)
    assert spoiled(world, line, state="SENT") == [("state", "WAITING_FOR_INVOICE")]
    assert ("closed on", "as CLOSED") in spoiled(world, line, state="CLOSED")
    assert ("encumbered", "0") in spoiled(world, line, state="CANCELLED")


def test_the_check_finds_counts_that_are_wrong(world: World) -> None:
    line = world.place(book())
    send(world, line)
    arrive(world, line)
    assert ("copies received", "1") in spoiled(world, line, received=2)
    assert ("claims sent", "0") in spoiled(world, line, received=1, claims_sent=1)
    assert spoiled(world, line, claims_sent=0, claim_due=date(2026, 5, 1)) == [("claim due", "none")]
    assert ("activation", "0 receipts") in spoiled(world, line, activated=line.created, claim_due=None)


def test_the_check_finds_receipts_and_items_that_do_not_meet(world: World) -> None:
    line = world.place(book())
    send(world, line)
    arrive(world, line)

    def undo_row(tx: Tx) -> None:
        tx.execute(update(receipts).where(receipts.c.institution == tx.institution).values(undone=tx.now))

    world.write(undo_row)
    found = {each.what for each in world.read(audit.check)}
    assert found == {"receipt", "copies received"}


def test_the_check_finds_rows_without_a_line(world: World) -> None:
    row = {"line_id": 99, "number": 1, "text": "?", "author": ""}
    world.write(
        lambda tx: tx.conn.execute(
            insert(line_notes), {**row, "institution": tx.institution, "created": tx.now}
        )
    )
    assert [each.subject for each in world.read(audit.check)] == ["line_notes of line 99"]
