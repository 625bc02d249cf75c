"""Most POs need no approval; the others say why they wait, and somebody approves them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from openacq.history import service as history
from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import OrderState, Sum
from tests.ordering.buying import BUYER, GIFT, inside, needs_approval, order, pack, place, titled
from tests.ordering.life import slug_of
from tests.ordering.world import World

OPEN, APPROVED = OrderState.OPEN, OrderState.APPROVED


def test_a_po_no_rule_speaks_of_is_approved_by_itself(world: World) -> None:
    place(world)
    (number,) = pack(world)
    row = order(world, number).row
    assert (row.state, row.approved_by, row.approval_reason) == (APPROVED, "", "")
    assert row.approved is not None
    told = world.read(lambda tx: history.of(tx, "purchase_order", number))
    assert [(entry.old, entry.new, entry.who) for entry in told] == [("OPEN", "APPROVED", "approval rules")]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"above": "99.99", "currency": "USD"}, "rule Somebody looks: 100.00 USD is more than 99.99 USD"),
        ({"above": "100.00", "currency": "USD"}, ""),
        ({"above": "80.00", "currency": "EUR"}, "rule Somebody looks: 100.00 USD is more than 80.00 EUR"),
        ({"above": "91.00", "currency": "EUR"}, ""),
        (
            {"above": "1.00", "currency": "GBP"},
            "rule Somebody looks: no exchange rate from USD to compare with 1.00 GBP",
        ),
        ({"methods": "PURCHASE; BLANKET"}, "rule Somebody looks"),
        ({"methods": "BLANKET"}, ""),
        ({"vendors": "GOBI", "libraries": "MAIN"}, "rule Somebody looks"),
        ({"vendors": "GOBI", "libraries": "SCI"}, ""),
        ({"approval": False}, ""),
        ({"enabled": False}, ""),
    ],
)
def test_a_po_waits_for_approval_by_the_rules_and_says_why(
    world: World, rule: dict[str, object], reason: str
) -> None:
    needs_approval(world, **rule)
    place(world, 2)
    (number,) = pack(world)
    row = order(world, number).row
    assert (row.state, row.approval_reason) == (OPEN if reason else APPROVED, reason)


def test_a_po_that_costs_nothing_needs_no_rate(world: World) -> None:
    needs_approval(world, above="1.00", currency="GBP")
    world.place(titled(**GIFT, price=Sum("0", "USD")))
    (number,) = pack(world)
    assert order(world, number).row.state is APPROVED


def test_somebody_approves_and_is_named(world: World) -> None:
    needs_approval(world)
    place(world)
    (number,) = pack(world)
    world.write(lambda tx: ordering.approve(tx, number, BUYER))
    row = order(world, number).row
    assert (row.state, row.approved_by, row.approval_reason) == (APPROVED, "buyer", "")
    assert slug_of(lambda: world.write(lambda tx: ordering.approve(tx, number, BUYER))) == "move_refused"
    assert slug_of(lambda: world.write(lambda tx: ordering.approve(tx, "PO-0", BUYER))) == "record_missing"


def test_of_eight_who_approve_at_once_one_does(world: World) -> None:
    needs_approval(world)
    place(world)
    (number,) = pack(world)

    def approve(_: int) -> str:
        return slug_of(lambda: world.write(lambda tx: ordering.approve(tx, number, BUYER)))

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(approve, range(8)))
    assert outcomes.count("") == 1
    assert set(outcomes) <= {"", "move_refused", "state_changed"}


def test_a_po_with_a_line_in_review_goes_nowhere_until_it_is_ready(world: World) -> None:
    needs_approval(world)
    place(world)
    (number,) = pack(world)
    parked = world.place(titled(po_number=number, manual_review=True))
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: ordering.approve(tx, number, BUYER))
    (problem,) = refused.value.problems
    assert problem.slug == "order_not_ready"
    assert problem.facts["reason"] == f"{parked.number} is INREVIEW"
    world.write(lambda tx: ordering.order_now(tx, [parked.id], BUYER))
    world.write(lambda tx: ordering.approve(tx, number, BUYER))
    assert len(inside(world, number)) == 2


def test_what_an_open_po_is_worth_is_looked_at_again_when_lines_come_and_go(world: World) -> None:
    needs_approval(world, above="99.00", currency="USD")
    one, _two = place(world, 2)
    (number,) = pack(world)
    assert order(world, number).row.state is OPEN
    world.write(lambda tx: ordering.unpack(tx, [one.id], BUYER))
    assert order(world, number).row.state is APPROVED, "what is left needs no approval"
