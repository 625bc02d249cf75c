"""An order is submitted: placed at once with all its items, sent as the vendor wants it, received by copy."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from openacq.catalogue.model import Description
from openacq.kernel.refusal import Refusal
from openacq.ledger import service as ledger
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState, OrderState, Sum
from openacq.ordering.service import Booking, CopyConfig, CopyReceipt, OrderedCopy, OrderItem
from openacq.store import Tx
from openacq.vendors import service as vendors
from tests.ordering.buying import account, needs_approval, order, with_mail, work
from tests.ordering.drafting import CLIENT, HIST, add, begin, counted, encumbered, head, item, submit, wish
from tests.ordering.life import differences, slug_of
from tests.ordering.test_change import wish_of
from tests.ordering.world import HELD_ISBN, SHOP, World, book

TWO_PLACES = (
    CopyConfig("MAIN", "STACKS", 2, (Booking("HIST", percent="100"),)),
    CopyConfig("SCI", "STACKS", 1, (Booking("ART", percent="100"),)),
)


def copies(world: World, oin: str) -> tuple[OrderedCopy, ...]:
    found = world.read(lambda tx: ordering.copies_of_item(tx, ordering.order_item(tx, oin)))
    assert isinstance(found, tuple)
    return found


def receive(world: World, oin: str, number: int, *, again: bool = False, **said: Any) -> OrderedCopy:
    def work(tx: Tx) -> OrderedCopy:
        asked = ordering.order_item(tx, oin)
        return ordering.receive_copy(tx, asked, str(number), CopyReceipt(**said), CLIENT, again=again)

    copy = world.write(work)
    assert isinstance(copy, OrderedCopy)
    return copy


def take_back(world: World, oin: str, number: int) -> OrderedCopy:
    def work(tx: Tx) -> OrderedCopy:
        return ordering.take_copy_back(tx, ordering.order_item(tx, oin), str(number), CLIENT)

    copy = world.write(work)
    assert isinstance(copy, OrderedCopy)
    return copy


# -- submitting ---------------------------------------------------------------------------------


def test_a_submitted_order_is_placed_and_goes_out(world: World) -> None:
    account(world, send_orders="none")
    begun = begin(world)
    one, two = add(world, begun), add(world, begun, wish(*TWO_PLACES))
    submitted = submit(world, begun)
    assert (submitted.phase, submitted.ordered, submitted.total.text()) == (
        "SUBMITTED",
        submitted.row.submitted,
        "80.00",
    )
    for drafted in (one, two):
        line = world.line(drafted.line.number)
        assert (line.state, "waits_for_submission" in [each.slug for each in line.alerts]) == (
            LineState.READY,
            False,
        )
    assert (encumbered(world), encumbered(world, "ART")) == ("60.00", "20.00")
    assert [(each.number, each.library, each.received) for each in copies(world, two.line.oin)] == [
        (1, "MAIN", None),
        (2, "MAIN", None),
        (3, "SCI", None),
    ]
    assert work(world) == 0
    assert order(world, begun.row.number).row.state is OrderState.SENT
    assert world.line(one.line.number).state is LineState.SENT
    assert head(world, begun).phase == "SUBMITTED"
    assert not differences(world)


def test_shares_are_bookings_weighted_by_copies(world: World) -> None:
    line = add(world, begin(world), wish(*TWO_PLACES)).line
    parts = [
        (share.fund_code, share.percent, share.part.text() if share.part else "") for share in line.shares
    ]
    assert parts == [("HIST", 666667, "40.00"), ("ART", 333333, "20.00")]


def test_an_order_is_sent_by_letter_as_the_account_says(world: World) -> None:
    with_mail(world)
    begun = begin(world)
    add(world, begun)
    submit(world, begun)
    assert work(world) == 0
    sending = order(world, begun.row.number).row
    assert (sending.state, sending.send_state, sending.send_by) == (OrderState.APPROVED, "waiting", "letter")


def test_an_order_that_needs_approval_waits_for_it_submitted(world: World) -> None:
    needs_approval(world)
    begun = begin(world)
    add(world, begun)
    assert submit(world, begun).phase == "SUBMITTED"
    assert order(world, begun.row.number).row.state is OrderState.OPEN
    world.write(lambda tx: ordering.approve(tx, begun.row.number, SHOP))
    assert order(world, begun.row.number).row.state is OrderState.APPROVED


def test_an_item_in_doubt_waits_in_review_and_holds_its_order(world: World) -> None:
    begun = begin(world)
    good = add(world, begun)
    held = add(world, begun, wish(title=Description(title="Held already", isbn=HELD_ISBN)))
    poor = add(world, begun, wish(CopyConfig("MAIN", "STACKS", 1, (Booking("POOR"),))))
    assert submit(world, begun).phase == "SUBMITTED"
    states = [world.line(each.line.number).state for each in (good, held, poor)]
    assert states == [LineState.READY, LineState.IN_REVIEW, LineState.IN_REVIEW]
    assert "held_already" in [each.slug for each in world.line(held.line.number).alerts]
    assert "fund_short" in [each.slug for each in world.line(poor.line.number).alerts]
    assert (encumbered(world), encumbered(world, "POOR")) == ("40.00", "0.00")
    assert order(world, begun.row.number).row.state is OrderState.OPEN
    assert not differences(world)

    world.load(ledger, "allocation", {"fund": "POOR", "amount": "50.00", "reference": "5"})
    for each in (held, poor):
        world.write(lambda tx, each=each: ordering.order_now(tx, [each.line.id], SHOP))
    assert world.line(poor.line.number).state is LineState.READY
    account(world, send_orders="none")
    work(world)
    assert order(world, begun.row.number).row.state is OrderState.SENT
    assert encumbered(world, "POOR") == "20.00"
    assert not differences(world)


def test_a_waiting_item_is_mended_in_alma_but_stays_in_its_order(world: World) -> None:
    begun = begin(world)
    held = add(world, begun, wish(title=Description(title="Held already", isbn=HELD_ISBN)))
    submit(world, begun)
    line = world.line(held.line.number)

    def put(**changes: Any) -> Any:
        asked = replace(wish_of(line), **changes)
        return world.write(lambda tx: ordering.change(tx, line.number, asked, SHOP, ordering.HowToChange()))

    assert slug_of(lambda: put(vendor="OASIS", account="OASIS-1")) == "field_fixed"
    assert slug_of(lambda: put(po_number="")) == "field_fixed"
    assert put(price=Sum("30.00", "USD")).state is LineState.IN_REVIEW
    assert encumbered(world) == "30.00"
    assert head(world, begun).total.text() == "30.00"
    assert not differences(world)


def test_the_second_copy_of_one_order_meets_the_first(world: World) -> None:
    begun = begin(world)
    about = Description(title="Twice", isbn="9781861972712")
    one, two = add(world, begun, wish(title=about)), add(world, begun, wish(title=about))
    assert one.line.bib.mms_id == two.line.bib.mms_id
    submit(world, begun)
    assert world.line(one.line.number).state is LineState.READY
    told = [each.slug for each in world.line(two.line.number).alerts]
    assert "on_order_already" in told
    assert "held_already" not in told
    shelves = {world.line(each.line.number).places[0].holding_id for each in (one, two)}
    assert len(shelves) == 1
    assert shelves != {""}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"vendor": ""}, "no vendor"), ({}, "no items")],
)
def test_what_cannot_go_out_is_not_submitted(world: World, changes: Any, reason: str) -> None:
    begun = begin(world, **changes)
    if "vendor" in changes:
        add(world, begun)
    with pytest.raises(Refusal) as refused:
        submit(world, begun)
    assert refused.value.problems[0].slug == "order_not_ready"
    assert reason in refused.value.problems[0].message()
    assert head(world, begun).phase == "OPEN"


def test_a_vendor_without_a_usual_account_is_told(world: World) -> None:
    world.load(vendors, "vendor_account", {"vendor": "OASIS", "code": "OASIS-2", "currency": "USD"})
    world.load(vendors, "vendor_account", {"vendor": "OASIS", "code": "OASIS-1", "default": False})
    begun = begin(world, vendor="OASIS")
    add(world, begun)
    assert slug_of(lambda: submit(world, begun)) == "order_not_ready"


def test_registers_that_moved_on_refuse_the_whole_order(world: World) -> None:
    begun = begin(world)
    good, bad = add(world, begun), add(world, begun)
    world.load(vendors, "vendor", {"code": "GOBI", "status": "INACTIVE"})
    with pytest.raises(Refusal) as refused:
        submit(world, begun)
    assert [each.slug for each in refused.value.problems] == ["vendor_unknown", "vendor_unknown"]
    assert refused.value.problems[1].field == f"{bad.line.oin}.vendor"
    assert world.line(good.line.number).state is LineState.DRAFT
    assert encumbered(world) == "0.00"
    assert not differences(world)


def test_an_order_is_submitted_once(world: World) -> None:
    begun = begin(world)
    add(world, begun)
    submit(world, begun)
    assert slug_of(lambda: submit(world, begun)) == "order_fixed"
    assert encumbered(world) == "20.00"


def test_of_two_who_submit_at_once_one_is_told(world: World) -> None:
    begun = begin(world)
    for _ in range(3):
        add(world, begun)
    said = race(lambda: submit(world, begun), lambda: submit(world, begun))
    assert said == ["", "order_fixed"]
    assert encumbered(world) == "60.00"
    assert not differences(world)


def test_an_item_and_a_submission_at_once_leave_no_draft_behind(world: World) -> None:
    begun = begin(world)
    add(world, begun)
    said = race(lambda: submit(world, begun), lambda: add(world, begun))
    assert said in (["", ""], ["", "order_fixed"])
    page = world.read(lambda tx: ordering.order_items(tx, begun.row.number, ordering.ItemFilter(), 9, 0))[1]
    assert {each.line.state for each in page.items} == {LineState.READY}
    assert not differences(world)


def race(*works: Any) -> list[str]:
    """What each is refused with ("" for none), sorted; all begin together."""
    gate = threading.Barrier(len(works))
    said: list[str] = []

    def run(work: Any) -> None:
        gate.wait()
        said.append(slug_of(work))

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == len(works)
    return sorted(said)


def test_a_submission_takes_as_many_statements_however_many_items(world: World) -> None:
    def statements(items: int) -> int:
        begun = begin(world)
        for _ in range(items):
            add(world, begun, wish(*TWO_PLACES))
        with counted(world.store.writer) as ran:
            submit(world, begun)
        return len(ran)

    statements(1)
    assert statements(12) == statements(2)
    assert not differences(world)


# -- the ends of the other doors ----------------------------------------------------------------


def test_a_line_of_alma_in_an_open_order_goes_with_it(world: World) -> None:
    account(world, send_orders="none")
    begun = begin(world)
    line = world.place(book(po_number=begun.row.number, method="PURCHASE"))
    assert (work(world), order(world, begun.row.number).row.state) == (0, OrderState.DRAFT)
    drafted = add(world, begun)
    submit(world, begun)
    work(world)
    assert [world.line(each).state for each in (line.number, drafted.line.number)] == [LineState.SENT] * 2
    assert not differences(world)


def test_an_order_of_alma_reads_as_one_of_items(world: World) -> None:
    line = world.place(book())
    number = world.write(lambda tx: ordering.pack_chosen(tx, [line.id], SHOP))
    work(world)
    found = world.read(lambda tx: ordering.order_head(tx, number))
    assert (found.phase, found.items, found.total.text()) == ("SUBMITTED", 1, "50.00")
    one = item(world, line.oin)
    assert one.configs == (CopyConfig("MAIN", "STACKS", 1, (Booking("HIST", percent="100"),)),)
    assert receive(world, line.oin, 1).received is not None
    assert world.line(line.number).items[0].receive_date is not None


# -- copies -------------------------------------------------------------------------------------


def submitted_item(world: World, asked: Any = None) -> OrderItem:
    account(world, send_orders="none")
    begun = begin(world)
    drafted = add(world, begun, asked)
    submit(world, begun)
    work(world)
    return item(world, drafted.line.oin)


def test_a_draft_has_no_copies(world: World) -> None:
    drafted = add(world, begin(world))
    assert copies(world, drafted.line.oin) == ()
    assert slug_of(lambda: receive(world, drafted.line.oin, 1)) == "copy_not_found"


def test_copies_are_received_one_by_one(world: World) -> None:
    placed = submitted_item(world, wish(CopyConfig("MAIN", "STACKS", 2, HIST)))
    oin = placed.line.oin
    assert receive(world, oin, 2).received is not None
    assert [each.received is not None for each in copies(world, oin)] == [False, True]
    assert world.line(placed.line.number).state is LineState.SENT
    receive(world, oin, 1)
    assert world.line(placed.line.number).state is LineState.WAITING_FOR_INVOICE
    kept = world.read(lambda tx: ordering.receipts(tx, ordering.ReceiptFilter(line=placed.line.number)))
    assert kept[1] == 2
    assert slug_of(lambda: receive(world, oin, 1)) == "item_received"
    assert not differences(world)


def test_what_is_said_of_a_copy_is_kept_and_changed(world: World) -> None:
    oin = submitted_item(world).line.oin
    copy = receive(world, oin, 1, barcode="B-1", extras={"callNumber": "QA 1"})
    assert (copy.item.barcode if copy.item else "", copy.extras) == ("B-1", {"callNumber": "QA 1"})
    copy = receive(world, oin, 1, again=True, location="REF", extras={"callPart": "2"})
    assert (copy.library, copy.location) == ("MAIN", "REF")
    assert copy.extras == {"callNumber": "QA 1", "callPart": "2"}
    assert copy.item is not None
    assert copy.item.barcode == "B-1"
    assert slug_of(lambda: receive(world, oin, 1, again=True, location="MOON")) == "location_unknown"
    assert receive(world, oin, 1, again=True, location="STACKS").location == "STACKS"
    assert not differences(world)


def test_a_receipt_is_taken_back(world: World) -> None:
    placed = submitted_item(world)
    oin = placed.line.oin
    receive(world, oin, 1)
    assert take_back(world, oin, 1).received is None
    assert take_back(world, oin, 1).received is None
    assert world.line(placed.line.number).state is LineState.SENT
    assert receive(world, oin, 1, again=True).received is not None
    assert not differences(world)


def test_of_two_who_receive_a_copy_one_is_told(world: World) -> None:
    oin = submitted_item(world).line.oin
    said = race(lambda: receive(world, oin, 1), lambda: receive(world, oin, 1))
    assert said == ["", "item_received"]
    assert not differences(world)


def test_an_electronic_item_is_received_by_switching_it_on(world: World) -> None:
    placed = submitted_item(world, wish(CopyConfig("MAIN", "", 1, HIST), type="ELECTRONIC_TITLE_OT"))
    oin = placed.line.oin
    (copy,) = copies(world, oin)
    assert (copy.number, copy.item, copy.received) == (1, None, None)
    assert receive(world, oin, 1).received is not None
    assert slug_of(lambda: receive(world, oin, 1)) == "line_active"
    assert take_back(world, oin, 1).received is None
    assert not differences(world)


# -- plans --------------------------------------------------------------------------------------


def test_a_plan_is_born_submitted_and_encumbers_nothing(world: World) -> None:
    plan = begin(world, plan="APPROVAL")
    assert (plan.phase, plan.ordered) == ("SUBMITTED", plan.row.created)
    added = add(world, plan)
    assert added.line.state is LineState.SENT
    assert added.line.method == "APPROVAL"
    assert encumbered(world) == "0.00"
    assert receive(world, added.line.oin, 1).received is not None
    assert world.line(added.line.number).state is LineState.WAITING_FOR_INVOICE
    assert not differences(world)


def test_an_item_of_a_plan_is_whole_or_refused(world: World) -> None:
    plan = begin(world, plan="APPROVAL")
    unpriced = wish()
    asked = replace(unpriced, line=replace(unpriced.line, price=replace(unpriced.line.price, sum="")))
    assert slug_of(lambda: add(world, plan, asked)) == "line_incomplete"
    assert head(world, plan).items == 0


def test_a_plan_is_not_an_order_that_encumbers(world: World) -> None:
    assert slug_of(lambda: begin(world, plan="PURCHASE")) == "code_illegal"


def test_an_item_acquired_by_a_plan_encumbers_nothing(world: World) -> None:
    begun = begin(world)
    add(world, begun, wish(method="APPROVAL"))
    submit(world, begun)
    assert encumbered(world) == "0.00"
