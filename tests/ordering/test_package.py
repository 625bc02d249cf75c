"""Lines are packed into POs: those that belong together, each once, whoever stops in the middle."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from openacq.directory.model import Institution
from openacq.jobs.packaging import Packaging
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState, OrderState, Source, Sum
from openacq.ordering.tables import po_lines
from openacq.store import Store
from openacq.vendors import service as vendors
from tests.architecture.source import ROOT
from tests.conftest import make_tables
from tests.ordering.buying import (
    BUYER,
    GIFT,
    inside,
    needs_approval,
    order,
    orders,
    pack,
    place,
    rule,
    shares,
    states,
    work,
)
from tests.ordering.life import slug_of
from tests.ordering.world import World, make_world

READY, REVIEW = LineState.READY, LineState.IN_REVIEW
CHEAP = Sum("1.00", "USD")


def test_lines_that_belong_together_share_a_po(world: World) -> None:
    lines = place(world, 3)
    (number,) = pack(world)
    assert number.startswith("PO-2026-")
    assert inside(world, number) == [line.number for line in lines]
    assert states(world, *lines) == [READY] * 3
    assert world.line(lines[0].number).po_number == number
    packed = order(world, number)
    row = packed.row
    assert (row.vendor, row.account, row.owner, row.currency) == ("GOBI", "GOBI-MAIN", "MAIN", "USD")
    assert (row.method, row.continuity, row.source) == ("PURCHASE", "one_time", "API")
    assert (packed.lines, packed.total.text()) == (3, "150.00")
    assert pack(world) == [], "nothing is left"


@pytest.mark.parametrize(
    "other",
    [
        {"vendor": "OASIS", "account": "OASIS-1"},
        {"account": "GOBI-2"},
        {"owner": "SCI"},
        {"price": Sum("50.00", "EUR")},
        {"method": "PURCHASE_NOLETTER"},
        {"type": "PRINT_CO", "renewal_date": date(2026, 12, 31)},
        {"source": Source.EOD},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_a_po_has_one_of_keeps_lines_apart(world: World, other: dict[str, Any]) -> None:
    world.load(vendors, "vendor_account", {"vendor": "GOBI", "code": "GOBI-2", "currency": "USD"})
    (one,) = place(world)
    (two,) = place(world, **other)
    assert states(world, one, two) == [LineState.AUTO_PACKAGING] * 2
    numbers = pack(world)
    assert len(numbers) == 2
    assert [inside(world, number) for number in numbers] == [[one.number], [two.number]]


def test_the_lines_of_a_po_are_limited(world: World) -> None:
    rule(world, most_lines=4)
    lines = place(world, 10)
    numbers = pack(world)
    assert [len(inside(world, number)) for number in numbers] == [4, 4, 2]
    assert [line for number in numbers for line in inside(world, number)] == [line.number for line in lines]


def test_funds_are_kept_apart_when_the_rule_says_so(world: World) -> None:
    rule(world, by_fund=True)
    (history,), (art,) = place(world, shares=shares("HIST")), place(world, shares=shares("ART"))
    (gift,) = place(world, **GIFT)
    (both,) = place(world, shares=shares("HIST", "ART"))
    numbers = pack(world)
    assert sorted(inside(world, number) for number in numbers) == sorted(
        [[history.number], [art.number], [gift.number]]
    )
    assert states(world, both) == [LineState.MANUAL_PACKAGING], "somebody must pack a line of several funds"
    number = world.write(lambda tx: ordering.pack_chosen(tx, [both.id], BUYER))
    assert inside(world, number) == [both.number]


def test_without_that_rule_funds_may_share_a_po(world: World) -> None:
    place(world, shares=shares("HIST"))
    place(world, shares=shares("HIST", "ART"))
    assert len(pack(world)) == 1


# -- a plan is only advice ----------------------------------------------------------------------


def test_what_changed_since_the_plan_is_left_for_the_next_one(world: World) -> None:
    one, gone, moved = place(world, 3)
    plan = world.read(ordering.plan_packaging)
    world.write(lambda tx: ordering.cancel(tx, [gone.id], BUYER, ordering.Cancellation("LIBRARY_CANCELLED")))
    world.write(lambda tx: ordering.send_back(tx, [moved.id], BUYER))
    packed = world.write(lambda tx: ordering.pack(tx, plan.batches[0], BUYER))
    assert packed.lines == 1
    assert inside(world, packed.orders[0]) == [one.number]
    assert states(world, gone, moved) == [LineState.CANCELLED, REVIEW]


def test_a_line_that_belongs_elsewhere_by_now_is_not_packed_there(world: World) -> None:
    (line,) = place(world)
    plan = world.read(ordering.plan_packaging)
    world.write(
        lambda tx: tx.conn.execute(
            update(po_lines)
            .where(po_lines.c.institution == tx.institution, po_lines.c.id == line.id)
            .values(owner="SCI")
        )
    )
    assert world.write(lambda tx: ordering.pack(tx, plan.batches[0], BUYER)) == ordering.Packed()
    (number,) = pack(world)
    assert order(world, number).row.owner == "SCI"


def test_a_batch_packed_twice_makes_one_po(world: World) -> None:
    place(world, 3)
    plan = world.read(ordering.plan_packaging)
    assert world.write(lambda tx: ordering.pack(tx, plan.batches[0], BUYER)).lines == 3
    assert world.write(lambda tx: ordering.pack(tx, plan.batches[0], BUYER)) == ordering.Packed()
    assert len(orders(world)) == 1


def test_eight_who_pack_at_once_put_each_line_into_one_po(world: World) -> None:
    rule(world, most_lines=5)
    needs_approval(world)
    lines = place(world, 40, price=CHEAP)

    def run(_: int) -> int:
        return len(pack(world))

    with ThreadPoolExecutor(8) as threads:
        made = sum(threads.map(run, range(8)))
    made += len(pack(world))  # what one left because another held it
    assert made == len(orders(world))
    packed = sorted(itertools.chain(*(inside(world, each.row.number) for each in orders(world))))
    assert packed == sorted(line.number for line in lines)


def test_packing_and_cancelling_at_once_loses_neither(world: World) -> None:
    lines = place(world, 20)

    def cancel(line_id: int) -> str:
        return slug_of(
            lambda: world.write(
                lambda tx: ordering.cancel(
                    tx, [line_id], BUYER, ordering.Cancellation("LIBRARY_CANCELLED", override=True)
                )
            )
        )

    with ThreadPoolExecutor(4) as threads:
        packing = threads.submit(pack, world)
        refused = list(threads.map(cancel, [line.id for line in lines[::2]]))
        packing.result()
    pack(world)
    assert set(refused) <= {"", "state_changed"}
    reached = states(world, *lines)
    assert set(reached) <= {READY, LineState.CANCELLED, LineState.SENT}
    assert [state is not LineState.CANCELLED for state in reached[1::2]] == [True] * 10
    assert world.differences() == []


def test_numbers_go_on_and_are_never_given_twice(world: World) -> None:
    rule(world, most_lines=1)
    place(world, 25, price=CHEAP)
    first = pack(world)
    place(world, 2)
    numbers = [int(number.rpartition("-")[2]) for number in [*first, *pack(world)]]
    assert numbers == sorted(set(numbers))


# -- by itself ----------------------------------------------------------------------------------


def job(world: World) -> Packaging:
    return Packaging(world.store, lambda: [Institution(world.institution, "T", "T")])


def test_packaging_begins_when_a_line_has_waited_long_enough(world: World, clock: FixedClock) -> None:
    rule(world, wait_minutes=10)
    packaging = job(world)
    place(world)
    clock.advance(9 * 60)
    place(world)
    assert not packaging.step()
    assert orders(world) == []
    clock.advance(60)
    while packaging.step():
        pass
    assert [each.lines for each in orders(world)] == [2], "what a shop sent line by line is one PO"


def test_an_institution_may_pack_when_it_likes_only(world: World, clock: FixedClock) -> None:
    rule(world, automatic=False)
    place(world)
    clock.advance(days=30)
    assert not job(world).step()
    assert orders(world) == []


def test_a_large_plan_is_carried_out_step_by_step(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openacq.ordering.package.LINES_A_BATCH", {"sqlite": 6, "postgresql": 6})
    rule(world, wait_minutes=0, most_lines=3, by_fund=True)
    place(world, 12)
    place(world, 2, shares=shares("HIST", "ART"))
    packaging = job(world)
    steps = [packaging.step() for _ in range(4)]
    assert steps == [True, True, False, False], "lines to set aside, then two batches of two POs"
    assert [each.lines for each in orders(world)] == [3, 3, 3, 3]


# -- by hand ------------------------------------------------------------------------------------


def test_chosen_lines_are_packed_together(world: World) -> None:
    one, two, other = place(world, 3)
    number = world.write(lambda tx: ordering.pack_chosen(tx, [one.id, two.id], BUYER))
    assert inside(world, number) == [one.number, two.number]
    assert order(world, number).row.created_by == "buyer"
    assert states(world, other) == [LineState.AUTO_PACKAGING]


def test_chosen_lines_may_come_by_different_ways_and_funds(world: World) -> None:
    (one,), (two,) = place(world), place(world, source=Source.MANUAL, shares=shares("ART", "HIST"))
    number = world.write(lambda tx: ordering.pack_chosen(tx, [one.id, two.id], BUYER))
    assert len(inside(world, number)) == 2


def test_lines_that_do_not_belong_together_are_not_packed_together(world: World) -> None:
    (one,) = place(world)
    (two,) = place(world, vendor="OASIS", account="OASIS-1", owner="SCI")
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: ordering.pack_chosen(tx, [one.id, two.id], BUYER))
    (problem,) = refused.value.problems
    assert (problem.slug, problem.value) == ("lines_differ", two.number)
    assert problem.facts["fields"] == "vendor, account, owner"
    assert orders(world) == []


def test_only_lines_that_wait_for_it_are_packed(world: World) -> None:
    one, two = place(world, 2)
    world.write(lambda tx: ordering.send_back(tx, [two.id], BUYER))
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: ordering.pack_chosen(tx, [one.id, two.id], BUYER))
    assert [(each.slug, each.value) for each in refused.value.problems] == [("move_refused", two.number)]
    assert slug_of(lambda: world.write(lambda tx: ordering.pack_chosen(tx, [1], BUYER))) == "line_not_found"


def test_lines_are_added_to_an_open_po_of_their_vendor(world: World) -> None:
    needs_approval(world)
    one, two = place(world, 2)
    (foreign,) = place(world, vendor="OASIS", account="OASIS-1")
    number = world.write(lambda tx: ordering.pack_chosen(tx, [one.id], BUYER))
    assert world.write(lambda tx: ordering.pack_chosen(tx, [two.id], BUYER, number)) == number
    assert inside(world, number) == [one.number, two.number]
    assert order(world, number).total.text() == "100.00"

    def into(po: str) -> str:
        return slug_of(lambda: world.write(lambda tx: ordering.pack_chosen(tx, [foreign.id], BUYER, po)))

    assert into(number) == "lines_differ"
    assert into("PO-1") == "record_missing"
    world.write(lambda tx: ordering.approve(tx, number, BUYER))
    assert into(number) == "order_closed"


# -- taken out again ----------------------------------------------------------------------------


def test_a_line_taken_out_goes_back_to_review_and_the_rest_stays(world: World) -> None:
    needs_approval(world)
    one, two = place(world, 2)
    (number,) = pack(world)
    assert world.write(lambda tx: ordering.unpack(tx, [one.id], BUYER)) == {one.id: REVIEW}
    assert world.line(one.number).po_number == ""
    assert inside(world, number) == [two.number]
    assert order(world, number).row.state is OrderState.OPEN
    assert world.balance("HIST").encumbered.text() == "100.00", "it stays encumbered"


def test_a_po_left_empty_is_cancelled(world: World) -> None:
    needs_approval(world)
    lines = place(world, 2)
    (number,) = pack(world)
    world.write(lambda tx: ordering.unpack(tx, [line.id for line in lines], BUYER))
    assert order(world, number).row.state is OrderState.CANCELLED
    assert inside(world, number) == []
    world.write(lambda tx: ordering.order_now(tx, [line.id for line in lines], BUYER))
    (again,) = pack(world)
    assert again != number


def test_an_approved_po_that_has_not_gone_out_is_approved_anew(world: World) -> None:
    one, two = place(world, 2)
    (number,) = pack(world)
    assert order(world, number).row.state is OrderState.APPROVED
    world.write(lambda tx: ordering.unpack(tx, [one.id], BUYER))
    assert order(world, number).row.state is OrderState.APPROVED
    assert inside(world, number) == [two.number]


def test_nothing_is_taken_out_of_a_po_that_is_out(world: World) -> None:
    (line,) = place(world, method="VENDOR_SYSTEM")
    pack(world)
    work(world)
    assert slug_of(lambda: world.write(lambda tx: ordering.unpack(tx, [line.id], BUYER))) == "move_refused"


# -- killed in the middle -----------------------------------------------------------------------

WORKER = """
import sys, time
from openacq.directory.model import Institution
from openacq.jobs.packaging import Packaging
from openacq.ordering import package
from openacq.store import Store

package.LINES_A_BATCH = {"sqlite": 10, "postgresql": 10}
store = Store(sys.argv[1])
job = Packaging(store, lambda: [Institution(int(sys.argv[2]), "T", "T")])
print("begun", flush=True)
while job.step():
    print("batch", flush=True)
print("done", flush=True)
"""


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_no_line_in_two_pos_and_none_lost(
    fresh_database_url: str,
) -> None:
    store = Store(fresh_database_url)
    make_tables(store)
    world = make_world(store, 1)
    rule(world, wait_minutes=0, most_lines=5)
    lines = place(world, 120, price=CHEAP)
    kills = 0
    for after in (1, 3, 2, 4):
        with subprocess.Popen(
            [sys.executable, "-c", WORKER, fresh_database_url, "1"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            told = [process.stdout.readline() for _ in range(after + 1)]
            time.sleep(0.001 * after)
            os.kill(process.pid, signal.SIGKILL)
            kills += "done\n" not in told
    assert kills >= 3
    packaging = job(world)
    while packaging.step():
        pass
    packed = list(itertools.chain(*(inside(world, each.row.number) for each in orders(world))))
    assert sorted(packed) == sorted(line.number for line in lines)
    assert all(each.lines == 5 for each in orders(world))
    assert set(states(world, *lines)) == {READY}
    work(world)
    assert world.differences() == []
    store.close()
