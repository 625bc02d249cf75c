"""Whatever happens to lines in whatever order, money, states, receipts and items agree."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from openacq.catalogue.model import Description
from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.kernel.clock import FixedClock
from openacq.ordering import claim, moves, progress, review
from openacq.ordering import renew as renewing
from openacq.ordering.arrivals import Arrival
from openacq.ordering.cancel import Cancellation, cancel
from openacq.ordering.close import catch_up, close, reopen
from openacq.ordering.model import InterestedWish, LineState, PlaceLine, PlaceWish, ShareWish, Sum, Terms
from openacq.ordering.receive import NewItem, activate, receive, receive_new, undo
from openacq.ordering.renew import Renewal, renew
from openacq.ordering.store_receipts import ReceiptFilter, listed
from openacq.ordering.tables import po_lines
from openacq.store import Store, Tx
from tests.conftest import ANY_INSTITUTION, TODAY
from tests.ordering.life import DESK, differences, slug_of, state
from tests.ordering.world import World, book, make_world

KINDS = ("PRINTED_BOOK_OT", "PRINTED_JOURNAL_CO", "E_BOOK_OT", "E_JOURNAL_CO", "OTHER_SERVICES_OT")
LINES = 3
ALLOWED = frozenset(
    {
        "cancel_restricted",
        "claim_refused",
        "line_active",
        "line_cancelled_already",
        "line_incomplete",
        "move_refused",
        "receipt_undone",
        "receive_refused",
    }
)
"""What may be answered to something that is not possible just now."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Step:
    """Something done to one of the lines: `pick` chooses among what makes sense in the state it is in, or,
    when `blind`, among everything. `size` is a quantity, a receipt's place in the list, a price."""

    pick: int
    line: int
    size: int
    blind: bool


class Life:
    """The lines of one example, and everything that can be done to them."""

    def __init__(self, world: World, wishes: list[PlaceLine]) -> None:
        self.world = world
        self.lines = [world.place(wish) for wish in wishes]

    def do(self, step: Step) -> None:
        line = self.lines[step.line % len(self.lines)]
        able = sorted(STEPS) if step.blind else SENSIBLE.get(state(self.world, line), ANYWAY)
        self.carry_out(able[step.pick % len(able)], step.line, step.size)

    def carry_out(self, what: str, place: int, size: int) -> None:
        line = self.lines[place % len(self.lines)]
        self.world.write(lambda tx: STEPS[what](tx, line.id, line.number, size))


def _send(tx: Tx, line_id: int, _number: str, _size: int) -> None:
    guards = progress.guards_of(tx, [line_id])
    moves.move_lines(tx, [line_id], "send", DESK, holds=guards, values={"sent": tx.now})
    claim.expect(tx, [line_id])
    catch_up(tx, [line_id], DESK)


def _undo(tx: Tx, _line_id: int, number: str, size: int) -> None:
    found, total = listed(tx, ReceiptFilter(line=number), 50, 0)
    if total:
        undo(tx, found[size % len(found)].id, DESK)


def _pay(tx: Tx, line_id: int, _number: str, size: int) -> None:
    tx.execute(
        update(po_lines)
        .where(po_lines.c.institution == tx.institution, po_lines.c.id == line_id)
        .values(invoiced_units=10_000, paid_units=10_000 if size % 2 else 0, fully_invoiced=bool(size % 3))
    )
    catch_up(tx, [line_id], DESK)


def _renew(tx: Tx, _line_id: int, number: str, size: int) -> None:
    renew(
        tx,
        number,
        Renewal(
            day=tx.today + timedelta(days=1 + size),
            price=Sum(f"{size * 37}.{size % 10}5", "USD") if size % 3 else None,
            by_hand=bool(size % 2),
            cycle="1",
        ),
        DESK,
    )


STEPS: dict[str, Callable[[Tx, int, str, int], Any]] = {
    "order now": lambda tx, line_id, _n, _s: review.order_now(tx, [line_id], DESK),
    "send back": lambda tx, line_id, _n, _s: review.send_back(tx, [line_id], DESK),
    "pack": lambda tx, line_id, _n, _s: moves.move_lines(tx, [line_id], "pack", DESK),
    "send": _send,
    "receive": lambda tx, _id, number, size: receive(
        tx, Arrival(line=number, quantity=1 if size % 2 else None), DESK
    ),
    "receive new": lambda tx, _id, number, _s: receive_new(tx, number, NewItem(), DESK),
    "activate": lambda tx, _id, number, _s: activate(tx, number, DESK),
    "undo": _undo,
    "close": lambda tx, line_id, _n, _s: close(tx, [line_id], DESK),
    "reopen": lambda tx, line_id, _n, _s: reopen(tx, [line_id], DESK),
    "cancel": lambda tx, line_id, _n, size: cancel(
        tx, [line_id], DESK, Cancellation("LIBRARY_CANCELLED", override=bool(size % 2))
    ),
    "renew": _renew,
    "renewals due": lambda tx, _id, _n, _s: renewing.renew_due(tx, DESK),
    "claim": lambda tx, _id, number, _s: claim.claim(tx, [number], DESK, letter=False),
    "pay": _pay,
}

_S = LineState
_ARRIVE = ("receive", "receive", "receive new", "activate")
SENSIBLE: dict[LineState, tuple[str, ...]] = {
    _S.IN_REVIEW: ("order now", "order now", "receive", "cancel"),
    _S.AUTO_PACKAGING: ("pack", "pack", "pack", "receive", "send back"),
    _S.READY: ("send", "send", "send", "send", "activate", "cancel"),
    _S.SENT: (*_ARRIVE, *_ARRIVE, "undo", "claim", "pay", "close"),
    _S.WAITING_FOR_INVOICE: ("undo", "undo", "receive new", "pay", "close", "close"),
    _S.WAITING_FOR_RENEWAL: (*_ARRIVE, "renewals due", "renew", "claim", "pay", "close", "undo"),
    _S.WAITING_FOR_MANUAL_RENEWAL: ("renew", "renew", "receive new", "close", "cancel"),
    _S.CLOSED: ("reopen", "reopen", "reopen", "receive", "undo"),
}
ANYWAY = ("receive", "undo", "reopen")

steps = st.builds(
    Step,
    pick=st.integers(min_value=0, max_value=59),
    line=st.integers(min_value=0, max_value=LINES - 1),
    size=st.integers(min_value=0, max_value=9),
    blind=st.sampled_from([False, False, False, True]),
)


def _wish(kind: str, fund: str, copies: int, method: str, by_hand: bool) -> PlaceLine:
    number = next(_numbers)
    continuous = kind.endswith("_CO")
    return book(
        type=kind,
        title=Description(title=f"Title {number}"),
        reference=f"R-{number}",
        method=method,
        price=Sum("12.35", "USD"),
        places=(PlaceWish("MAIN", "STACKS", copies),) if kind.startswith("PRINTED") else (),
        shares=(ShareWish(fund, percent="33.3"), ShareWish("ART", percent="66.7")),
        renewal_date=date(2026, 3, 2) if continuous else None,
        manual_renewal=by_hand if continuous else None,
        interested=(InterestedWish("patron1", True, True, True, False),),
        terms=Terms(expected_receipt_interval="3", claiming_interval="1", renewal_cycle="1"),
    )


wishes = st.lists(
    st.builds(
        _wish,
        kind=st.sampled_from(KINDS),
        fund=st.sampled_from(["HIST", "POOR"]),
        copies=st.integers(min_value=1, max_value=3),
        method=st.sampled_from(["PURCHASE", "GIFT"]),
        by_hand=st.booleans(),
    ),
    min_size=1,
    max_size=LINES,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(placed=wishes, done=st.lists(steps, min_size=10, max_size=40))
def test_lives_stay_right(placed: list[PlaceLine], done: list[Step], shared_store: Store) -> None:
    shared_store.clock = FixedClock(TODAY)
    card = Institution(0, f"LIFE-{next(_numbers)}", "A library of lives")
    made = shared_store.write(lambda tx: directory.create_institution(tx, card), institution=ANY_INSTITUTION)
    life = Life(make_world(shared_store, made.id), placed)
    for step in done:
        assert slug_of(lambda step=step: life.do(step)) in {"", *ALLOWED}, step
        assert differences(life.world) == [], step
    for place in range(len(life.lines)):
        for last in ("close", "cancel"):
            assert slug_of(lambda last=last, place=place: life.carry_out(last, place, 1)) in {"", *ALLOWED}
    assert differences(life.world) == []
