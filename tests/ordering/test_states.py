"""Every pair of a state and something that may happen, for lines and for POs: what the desk expects, written
down here by hand, is what the tables do to real records; everything else is refused and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from openacq.catalogue.model import Description
from openacq.kernel.refusal import Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Source
from openacq.ordering import moves
from openacq.ordering.funding import LEDGER_KIND
from openacq.ordering.model import LineState, OrderState
from openacq.ordering.states import LINE_STATES, ORDER_STATES
from openacq.ordering.tables import po_lines, purchase_orders
from openacq.store import Tx
from tests.ordering.buying import pack, place
from tests.ordering.world import SHOP, World, book

L, P = LineState, OrderState

BLOCKED = "a blocking alert"
OPEN_PO = "an open PO was named"
COMPLETE = "nothing needed is missing"
BY_HAND = "several funds, and the packaging rule packs by fund"
RUNS_ON = "the line is continuous"
ALL_CAME = "everything is received or active"
SOMETHING_CAME = "something is received or active"
RENEWED_BY_HAND = "renewed by hand"
PAID = "every invoice is paid and closed"

CANCEL = {"cancel": [("", L.CANCELLED)]}
LINES: dict[LineState, dict[str, list[tuple[str, LineState]]]] = {
    L.DRAFT: {"submit": [(BLOCKED, L.IN_REVIEW), ("", L.READY)], **CANCEL},
    L.IN_REVIEW: {
        "order now": [(OPEN_PO, L.READY), (BY_HAND, L.MANUAL_PACKAGING), (COMPLETE, L.AUTO_PACKAGING)],
        "defer": [("", L.DEFERRED)],
        **CANCEL,
    },
    L.DEFERRED: {"resume": [("", L.IN_REVIEW)], **CANCEL},
    L.AUTO_PACKAGING: {
        "pack": [("", L.READY)],
        "pack by hand": [("", L.MANUAL_PACKAGING)],
        "review": [("", L.IN_REVIEW)],
        **CANCEL,
    },
    L.MANUAL_PACKAGING: {"pack": [("", L.READY)], "review": [("", L.IN_REVIEW)], **CANCEL},
    L.READY: {
        "unpack": [("", L.IN_REVIEW)],
        "send": [(RUNS_ON, L.WAITING_FOR_RENEWAL), (ALL_CAME, L.WAITING_FOR_INVOICE), ("", L.SENT)],
        **CANCEL,
    },
    L.SENT: {
        "receive": [(ALL_CAME, L.WAITING_FOR_INVOICE)],
        "close": [(SOMETHING_CAME, L.CLOSED)],
        **CANCEL,
    },
    L.WAITING_FOR_INVOICE: {
        "undo receipt": [("", L.SENT)],
        "close": [("", L.CLOSED)],
        "paid": [(PAID, L.CLOSED)],
    },
    L.WAITING_FOR_RENEWAL: {
        "renewal due": [(RENEWED_BY_HAND, L.WAITING_FOR_MANUAL_RENEWAL)],
        "renew": [("", L.WAITING_FOR_RENEWAL)],
        "close": [("", L.CLOSED)],
        **CANCEL,
    },
    L.WAITING_FOR_MANUAL_RENEWAL: {
        "renew": [("", L.WAITING_FOR_RENEWAL)],
        "close": [("", L.CLOSED)],
        **CANCEL,
    },
    L.CLOSED: {"reopen": [(RUNS_ON, L.WAITING_FOR_RENEWAL), (ALL_CAME, L.WAITING_FOR_INVOICE), ("", L.SENT)]},
    L.CANCELLED: {},
}
HOLDS_MONEY = frozenset(L) - {L.DRAFT, L.CLOSED, L.CANCELLED}
"""States in which the shares of a line hang on their funds."""

READY = "all its lines are ready"
SMALL = "no approval rule holds it"
ENDED = "all its lines are closed or cancelled"
EMPTY = "all its lines are cancelled"
ORDERS: dict[OrderState, dict[str, list[tuple[str, OrderState]]]] = {
    P.DRAFT: {"submit": [("", P.OPEN)]},
    P.OPEN: {
        "approve": [(READY, P.APPROVED)],
        "approve itself": [(SMALL, P.APPROVED)],
        "empty": [(EMPTY, P.CANCELLED)],
    },
    P.APPROVED: {"reopen": [("", P.OPEN)], "send": [(READY, P.SENT)], "empty": [(EMPTY, P.CANCELLED)]},
    P.SENT: {"empty": [(EMPTY, P.CANCELLED)], "finish": [(ENDED, P.CLOSED)]},
    P.CLOSED: {"reopen line": [("", P.SENT)]},
    P.CANCELLED: {},
}
LINE_EVENTS = sorted({move.event for move in LINE_STATES.moves if move.origin is not None})
ORDER_EVENTS = sorted({move.event for move in ORDER_STATES.moves if move.origin is not None})


def put_in(tx: Tx, table: Any, row_id: int, state: str) -> None:
    """Have the record stand so, and its money as it is then."""
    tx.execute(
        update(table).where(table.c.institution == tx.institution, table.c.id == row_id).values(state=state)
    )
    if table is po_lines:
        if L(state) in HOLDS_MONEY:
            moves.encumber_again(tx, [row_id])
        else:
            ledger.release(tx, Source(LEDGER_KIND, row_id))


def stands(tx: Tx, table: Any, row_id: int) -> tuple[str, int]:
    """State and version."""
    asked = select(table.c.state, table.c.version).where(
        table.c.institution == tx.institution, table.c.id == row_id
    )
    row = tx.execute(asked).one()
    return row.state, row.version


def expected(alternatives: list[tuple[str, Any]], true: frozenset[str]) -> Any:
    """Where the first alternative leads whose guard is true, None when none does."""
    return next((target for guard, target in alternatives if not guard or guard in true), None)


def choices(alternatives: list[tuple[str, Any]]) -> list[frozenset[str]]:
    """Every guard true alone, none, and all."""
    guards = [guard for guard, _ in alternatives if guard]
    return list(dict.fromkeys([frozenset(), *(frozenset({one}) for one in guards), frozenset(guards)]))


def test_nothing_is_left_out() -> None:
    assert LINES.keys() == set(LineState)
    assert ORDERS.keys() == set(OrderState)
    assert {event for events in LINES.values() for event in events} == set(LINE_EVENTS)
    assert {event for events in ORDERS.values() for event in events} == set(ORDER_EVENTS)


@pytest.mark.parametrize("state", LineState)
def test_every_event_in_every_state_of_a_line(world: World, state: LineState) -> None:
    line = world.place(book(title=Description(title="A title of its own")))
    for event in LINE_EVENTS:
        alternatives = LINES[state].get(event, [])
        for true in choices(alternatives):
            world.write(lambda tx: put_in(tx, po_lines, line.id, state.value))
            before = world.read(lambda tx: stands(tx, po_lines, line.id))
            money = world.balance("HIST").encumbered.units
            target = expected(alternatives, true)

            def act(tx: Tx, event: str = event, true: frozenset[str] = true) -> None:
                moves.move_lines(tx, [line.id], event, SHOP, holds=lambda _line, guard: guard in true)

            if target is None:
                with pytest.raises(Refusal) as refused:
                    world.write(act)
                assert [problem.slug for problem in refused.value.problems] == ["move_refused"]
                assert world.read(lambda tx: stands(tx, po_lines, line.id)) == before
                assert world.balance("HIST").encumbered.units == money
                continue
            world.write(act)
            reached, version = world.read(lambda tx: stands(tx, po_lines, line.id))
            assert (reached, version) == (target.value, before[1] + 1), (state, event, true)
            held = world.balance("HIST").encumbered.units
            assert held == (500_000 if target in HOLDS_MONEY else 0), (state, event, true)
    assert world.differences() == []


@pytest.mark.parametrize("state", OrderState)
def test_every_event_in_every_state_of_a_po(world: World, state: OrderState) -> None:
    place(world)
    (number,) = pack(world)

    def find(tx: Tx) -> int:
        asked = select(purchase_orders.c.id).where(
            purchase_orders.c.institution == tx.institution, purchase_orders.c.number == number
        )
        found: int = tx.execute(asked).scalar_one()
        return found

    order_id = world.read(find)
    for event in ORDER_EVENTS:
        alternatives = ORDERS[state].get(event, [])
        for true in choices(alternatives):
            world.write(lambda tx: put_in(tx, purchase_orders, order_id, state.value))
            before = world.read(lambda tx: stands(tx, purchase_orders, order_id))
            target = expected(alternatives, true)

            def act(tx: Tx, event: str = event, true: frozenset[str] = true) -> None:
                moves.move_orders(tx, [order_id], event, SHOP, holds=lambda _order, guard: guard in true)

            if target is None:
                with pytest.raises(Refusal) as refused:
                    world.write(act)
                assert [problem.slug for problem in refused.value.problems] == ["move_refused"]
                assert world.read(lambda tx: stands(tx, purchase_orders, order_id)) == before
            else:
                world.write(act)
                after = world.read(lambda tx: stands(tx, purchase_orders, order_id))
                assert after == (target.value, before[1] + 1), (state, event, true)
