"""Orders are begun empty, filled, changed and thrown away; nothing of it costs anything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, update

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Description
from openacq.history import service as history
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.audit import Difference
from openacq.ordering.model import Line, LineState, OrderState, PlaceWish, ShareWish, Sum
from openacq.ordering.service import Booking, CopyConfig, OrderFilter, OrderHead, OrderItem, OrderWish
from openacq.ordering.tables import purchase_orders
from openacq.store import Tx
from tests.ordering.drafting import CLIENT, HIST, add, begin, encumbered, head, item, submit, wish
from tests.ordering.life import differences, slug_of
from tests.ordering.test_change import wish_of
from tests.ordering.world import NEW_ISBN, SHOP, World, book

_OPENED = (
    update(purchase_orders)
    .where(purchase_orders.c.institution == bindparam("of"))
    .values(state=OrderState.OPEN.value)
)


def change(world: World, order: OrderHead, **changes: Any) -> OrderHead:
    row = order.row
    as_read = OrderWish(row.name, row.vendor, row.currency, order.exchange_rate_text, extras=order.extras)
    asked = replace(as_read, **changes)
    found = world.write(lambda tx: ordering.change_order(tx, row.number, asked, CLIENT))
    assert isinstance(found, OrderHead)
    return found


# -- orders -------------------------------------------------------------------------------------


def test_an_order_is_begun_empty_and_open(world: World) -> None:
    order = begin(world, exchange_rate="1.25", extras={"comment": "for the spring"})
    assert order.row.number.startswith("PO-2026-")
    assert (order.phase, order.items, order.total.text()) == ("OPEN", 0, "0.00")
    assert head(world, order) == order
    assert (order.row.vendor, order.row.account) == ("GOBI", "GOBI-MAIN")
    assert (order.exchange_rate_text, order.ordered) == ("1.250000", None)
    assert order.extras == {"comment": "for the spring"}


def test_what_is_not_said_has_a_usual_value(world: World) -> None:
    order = begin(world, vendor="", currency="")
    assert (order.row.vendor, order.row.currency, order.exchange_rate_text) == ("", "USD", "1.000000")


def test_an_order_is_refused_with_everything_wrong_about_it(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        begin(world, name=" ", vendor="NOBODY", currency="XYZ", exchange_rate="0")
    assert [each.slug for each in refused.value.problems] == [
        "field_missing",
        "vendor_unknown",
        "code_illegal",
        "exchange_rate_invalid",
    ]


@pytest.mark.parametrize("rate", ["-1", "1e3", "1.12345678901", "0.0000000000", "one", "1,5"])
def test_an_exchange_rate_is_a_plain_number_above_nothing(world: World, rate: str) -> None:
    assert slug_of(lambda: begin(world, exchange_rate=rate)) == "exchange_rate_invalid"


def test_a_rate_keeps_ten_decimals(world: World) -> None:
    assert begin(world, exchange_rate="1.0000000001").exchange_rate_text == "1.0000000001"
    assert begin(world, exchange_rate=".5").exchange_rate_text == "0.500000"


def test_changing_an_order_moves_its_time_on(world: World, clock: FixedClock) -> None:
    order = begin(world)
    one = change(world, order, name="Summer order", vendor="OASIS")
    two = change(world, one, name="Autumn order")
    assert (two.row.name, two.row.vendor, two.row.account) == ("Autumn order", "OASIS", "OASIS-1")
    assert _ms(order) < _ms(one) < _ms(two)
    clock.advance(3600)
    assert change(world, two).row == two.row


def _ms(order: OrderHead) -> int:
    return int(order.row.changed.timestamp() * 1000)


def test_the_currency_stays_once_there_are_items(world: World) -> None:
    order = begin(world)
    add(world, order)
    assert slug_of(lambda: change(world, order, currency="EUR")) == "field_fixed"


def test_items_follow_the_order_to_another_vendor(world: World) -> None:
    order = begin(world)
    drafted = add(world, order)
    change(world, order, vendor="OASIS")
    assert (item(world, drafted.line.oin).line.vendor, item(world, drafted.line.oin).line.account) == (
        "OASIS",
        "OASIS-1",
    )


def test_a_vendor_named_later_is_missed_no_longer(world: World) -> None:
    order = begin(world, vendor="")
    drafted = add(world, order)
    assert "vendor_missing" in [each.slug for each in drafted.line.alerts]
    change(world, order, vendor="GOBI")
    alerts = [each.slug for each in world.line(drafted.line.number).alerts]
    assert not {"vendor_missing", "account_missing"}.intersection(alerts)
    submit(world, order)
    assert world.line(drafted.line.number).state is LineState.READY


def test_verify_finds_a_draft_left_behind(world: World) -> None:
    order = begin(world)
    drafted = add(world, order)
    world.write(lambda tx: tx.execute(_OPENED, {"of": tx.institution}))
    (found,) = differences(world)
    assert isinstance(found, Difference)
    assert (found.subject, found.what, found.stored) == (drafted.line.number, "order", "OPEN")


def test_of_a_submitted_order_only_the_name_changes(world: World) -> None:
    order = begin(world)
    add(world, order)
    submitted = submit(world, order)
    assert change(world, submitted, name="Renamed").row.name == "Renamed"
    assert slug_of(lambda: change(world, submitted, vendor="OASIS")) == "field_fixed"


def test_an_order_thrown_away_leaves_nothing_but_its_history(world: World) -> None:
    order = begin(world)
    drafted = add(world, order)
    world.write(lambda tx: ordering.delete_order(tx, order.row.number, CLIENT))
    assert slug_of(lambda: head(world, order)) == "record_missing"
    assert slug_of(lambda: world.line(drafted.line.number)) == "line_not_found"
    assert world.read(lambda tx: catalogue.bib(tx, drafted.line.bib.mms_id)) is None
    kept = world.read(lambda tx: history.of(tx, "purchase_order", order.row.number))
    assert [(each.old, each.new) for each in kept] == [("DRAFT", "deleted")]
    assert not differences(world)


def test_a_submitted_order_is_not_thrown_away(world: World) -> None:
    order = begin(world)
    add(world, order)
    before = submit(world, order)
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: ordering.delete_order(tx, order.row.number, CLIENT))
    assert refused.value.problems[0].slug == "order_fixed"
    assert head(world, order) == before


def test_an_order_with_a_line_of_another_door_is_not_thrown_away(world: World) -> None:
    order = begin(world)
    line = world.place(book(po_number=order.row.number))
    assert (line.po_number, line.state) == (order.row.number, LineState.READY)
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: ordering.delete_order(tx, order.row.number, CLIENT))
    assert line.number in refused.value.problems[0].message()


def test_a_packaged_order_is_left_alone(world: World) -> None:
    line = world.place(book())
    number = world.write(lambda tx: ordering.pack_chosen(tx, [line.id], SHOP))
    order = world.read(lambda tx: ordering.order_head(tx, number))
    assert not order.made_here
    for work in (
        lambda tx: ordering.delete_order(tx, number, CLIENT),
        lambda tx: ordering.change_order(tx, number, OrderWish(name="Mine"), CLIENT),
        lambda tx: ordering.add_order_item(tx, number, wish(), CLIENT),
        lambda tx: ordering.submit_order(tx, number, CLIENT),
    ):
        assert slug_of(lambda work=work: world.write(work)) == "order_fixed"


# -- items --------------------------------------------------------------------------------------


def test_an_item_waits_and_costs_nothing(world: World) -> None:
    order = begin(world)
    drafted = add(world, order, wish(CopyConfig("MAIN", "STACKS", 2, HIST)))
    line = world.line(drafted.line.number)
    assert drafted.line.oin.startswith("OIN-2026-")
    assert line.state is LineState.DRAFT
    assert [each.slug for each in line.alerts][-1] == "waits_for_submission"
    assert (line.quantity, line.net.text() if line.net else "") == (2, "40.00")
    assert (line.items, line.holdings) == ((), ())
    assert encumbered(world) == "0.00"
    assert head(world, order).items == 1
    assert head(world, order).total.text() == "40.00"
    assert not differences(world)


def test_a_new_item_reads_back_as_it_was_answered(world: World) -> None:
    drafted = add(world, begin(world), wish(extras={"subject": "History"}))
    assert item(world, drafted.line.oin) == drafted
    assert item(world, drafted.line.number) == drafted
    assert world.line(drafted.line.oin) == drafted.line


def test_a_draft_is_not_ordered_now(world: World) -> None:
    drafted = add(world, begin(world))
    refused = slug_of(lambda: world.write(lambda tx: ordering.order_now(tx, [drafted.line.id], SHOP)))
    assert refused == "move_refused"


def test_an_item_is_refused_with_everything_wrong_about_it(world: World) -> None:
    order = begin(world)
    asked = wish(
        CopyConfig("NOWHERE", "STACKS", 1, (Booking("HIST", percent="120"),)),
        method="NOT_ONE",
        price=Sum("-1"),
    )
    with pytest.raises(Refusal) as refused:
        add(world, order, asked)
    slugs = {each.slug for each in refused.value.problems}
    assert slugs == {"code_illegal", "library_unknown", "price_negative", "share_invalid"}
    assert head(world, order).items == 0


def test_an_unknown_fund_is_told_and_waits_with_the_item(world: World) -> None:
    drafted = add(world, begin(world), wish(CopyConfig("MAIN", "STACKS", 1, (Booking("NONE"),))))
    assert "fund_unknown" in [each.slug for each in drafted.line.alerts]


def test_an_item_is_changed_and_untouched_it_stays(world: World, clock: FixedClock) -> None:
    order = begin(world)
    asked = wish(extras={"subject": "History"})
    drafted = add(world, order, asked)

    def put(**changes: Any) -> OrderItem:
        now = replace(asked, **changes)
        found = world.write(
            lambda tx: ordering.change_order_item(tx, order.row.number, drafted.line.oin, now, CLIENT)
        )
        assert isinstance(found, OrderItem)
        return found

    clock.advance(60)
    assert put() == drafted
    one = put(line=replace(asked.line, price=Sum("30.00"), notes=("Quick",)))
    assert (one.line.net.text() if one.line.net else "", [note.text for note in one.line.notes]) == (
        "30.00",
        ["Quick"],
    )
    two = put(configs=(CopyConfig("SCI", "STACKS", 3, (Booking("ART"),)),), extras={"subject": "Art"})
    assert [(each.library, each.quantity) for each in two.line.places] == [("SCI", 3)]
    assert [share.fund_code for share in two.line.shares] == ["ART"]
    assert (two.extras, two.line.quantity) == ({"subject": "Art"}, 3)
    assert drafted.changed < one.changed < two.changed
    assert not differences(world)


def test_another_title_takes_the_old_record_away(world: World) -> None:
    order = begin(world)
    asked = wish()
    drafted = add(world, order, asked)
    other = replace(asked, line=replace(asked.line, title=Description(title="Quite another", isbn=NEW_ISBN)))
    now = world.write(
        lambda tx: ordering.change_order_item(tx, order.row.number, drafted.line.oin, other, CLIENT)
    )
    assert now.line.bib.title == "Quite another"
    assert world.line(now.line.number).bib.mms_id == now.line.bib.mms_id != drafted.line.bib.mms_id
    assert world.read(lambda tx: catalogue.bib(tx, drafted.line.bib.mms_id)) is None
    assert not differences(world)


def test_an_item_is_taken_out(world: World) -> None:
    order = begin(world)
    drafted = add(world, order)
    before = head(world, order)
    world.write(lambda tx: ordering.delete_order_item(tx, order.row.number, drafted.line.oin, CLIENT))
    after = head(world, order)
    assert (after.items, slug_of(lambda: item(world, drafted.line.oin))) == (0, "line_not_found")
    assert before.row.changed < after.row.changed


def test_items_of_a_submitted_order_stay(world: World) -> None:
    order = begin(world)
    drafted = add(world, order)
    submit(world, order)
    number, oin = order.row.number, drafted.line.oin
    for work in (
        lambda tx: ordering.add_order_item(tx, number, wish(), CLIENT),
        lambda tx: ordering.change_order_item(tx, number, oin, wish(), CLIENT),
        lambda tx: ordering.delete_order_item(tx, number, oin, CLIENT),
    ):
        assert slug_of(lambda work=work: world.write(work)) == "order_fixed"


def test_an_item_is_found_in_its_own_order_only(world: World) -> None:
    drafted = add(world, begin(world))
    other = begin(world)

    def look(tx: Tx) -> OrderItem:
        return ordering.order_item(tx, drafted.line.oin, other.row)

    assert slug_of(lambda: world.read(look)) == "line_not_found"


# -- seen and changed by the Alma door ----------------------------------------------------------


def alma_put(world: World, line: Line, **changes: Any) -> Line:
    asked = replace(wish_of(line), **changes)
    found = world.write(lambda tx: ordering.change(tx, line.number, asked, SHOP, ordering.HowToChange()))
    assert isinstance(found, Line)
    return found


def test_a_draft_put_back_by_alma_stays_as_it_is(world: World) -> None:
    drafted = add(world, begin(world), wish(CopyConfig("MAIN", "STACKS", 2, HIST)))
    assert alma_put(world, drafted.line) == drafted.line
    assert item(world, drafted.line.oin) == drafted


def test_alma_changes_a_draft_and_its_copies_wait_still(world: World) -> None:
    drafted = add(world, begin(world))
    now = alma_put(
        world,
        drafted.line,
        price=Sum("10.00", "USD"),
        places=(PlaceWish("MAIN", "REF", 3),),
        shares=(ShareWish("ART", percent="50"), ShareWish("HIST", percent="50")),
    )
    assert (now.quantity, now.items, now.state) == (3, (), LineState.DRAFT)
    assert encumbered(world, "ART") == encumbered(world) == "0.00"
    (config,) = item(world, now.oin).configs
    assert (config.library, config.location, config.copies) == ("MAIN", "REF", 3)
    assert [(each.fund_code, each.percent) for each in config.bookings] == [("ART", "50"), ("HIST", "50")]
    assert not differences(world)


def test_what_alma_alone_says_of_a_draft_outlives_a_change_by_its_client(world: World) -> None:
    order = begin(world)
    asked = wish(extras={"subject": "History"})
    drafted = add(world, order, asked)
    terms = replace(drafted.line.terms, receiving_note="To the desk", renewal_period=0)
    alma_put(world, drafted.line, terms=terms, rush=True)
    dearer = replace(asked, line=replace(asked.line, price=Sum("33.00")))
    now = world.write(
        lambda tx: ordering.change_order_item(tx, order.row.number, drafted.line.oin, dearer, CLIENT)
    )
    assert (now.line.terms.receiving_note, now.line.rush) == ("To the desk", True)
    assert (now.line.price.text() if now.line.price else "", now.extras) == ("33.00", {"subject": "History"})


def test_alma_does_not_move_a_draft_elsewhere(world: World) -> None:
    drafted = add(world, begin(world))
    other = begin(world)
    for changes in ({"po_number": other.row.number}, {"vendor": "OASIS", "account": "OASIS-1"}):
        refused = slug_of(lambda changes=changes: alma_put(world, drafted.line, **changes))
        assert refused == "field_fixed"


def test_alma_cancels_a_draft(world: World) -> None:
    order = begin(world)
    drafted = add(world, order)
    kept = add(world, order)
    how = ordering.Cancellation(reason="LIBRARY_CANCELLED")
    world.write(lambda tx: ordering.cancel(tx, [drafted.line.id], SHOP, how))
    assert world.line(drafted.line.number).state is LineState.CANCELLED
    now = head(world, order)
    assert (now.phase, now.items, now.total.text()) == ("OPEN", 2, "20.00")
    submit(world, order)
    assert world.line(kept.line.number).state is LineState.READY
    assert not differences(world)


# -- lists --------------------------------------------------------------------------------------


def listed(world: World, **asked: Any) -> list[str]:
    page = world.read(lambda tx: ordering.order_heads(tx, OrderFilter(**asked), 100, 0))
    assert page.total == len(page.orders)
    return [each.row.number for each in page.orders]


def test_orders_are_listed_by_state_vendor_and_name(world: World) -> None:
    one, two, three = begin(world), begin(world, name="Summer list", vendor="OASIS"), begin(world)
    add(world, three)
    submit(world, three)
    numbers = [each.row.number for each in (one, two, three)]
    assert listed(world) == numbers
    assert listed(world, phase="OPEN") == numbers[:2]
    assert listed(world, phase="SUBMITTED") == numbers[2:]
    assert listed(world, vendors=("OASIS",)) == numbers[1:2]
    assert listed(world, name="summer") == numbers[1:2]
    assert listed(world, number=numbers[0]) == numbers[:1]
    assert listed(world, vendors=()) == []


def test_a_page_begins_where_it_is_asked_to(world: World) -> None:
    numbers = [begin(world).row.number for _ in range(5)]

    def page(limit: int, offset: int) -> tuple[list[str], int]:
        found = world.read(lambda tx: ordering.order_heads(tx, OrderFilter(), limit, offset))
        return [each.row.number for each in found.orders], found.total

    assert page(2, 1) == (numbers[1:3], 5)
    assert page(2, 5) == ([], 5)
    assert page(0, 0) == ([], 5)


def test_lists_tell_what_changed_since(world: World, clock: FixedClock) -> None:
    old, changed, touched = begin(world), begin(world), begin(world)
    add(world, touched)
    submit(world, touched)
    clock.advance(60)
    since: datetime = clock.now()
    clock.advance(60)
    change(world, changed, name="New name")
    line = world.read(lambda tx: ordering.order_items(tx, touched.row.number, ordering.ItemFilter(), 10, 0))
    where = ordering.Arrival(line=line[1].items[0].line.number)
    world.write(lambda tx: ordering.receive(tx, where, CLIENT))
    assert listed(world, since=since) == [changed.row.number, touched.row.number]
    assert old.row.number in listed(world, since=since.replace(year=2020))


def test_states_of_orders_in_the_dialect(world: World) -> None:
    order = begin(world)
    rows = {
        OrderState.DRAFT: "OPEN",
        OrderState.OPEN: "OPEN",
        OrderState.APPROVED: "SUBMITTED",
        OrderState.SENT: "SUBMITTED",
        OrderState.CLOSED: "CLOSED",
        OrderState.CANCELLED: "CANCELLED",
    }
    for state, phase in rows.items():
        assert replace(order, row=replace(order.row, state=state)).phase == phase
    submitted = replace(order.row, state=OrderState.OPEN, submitted=order.row.created)
    assert replace(order, row=submitted).phase == "SUBMITTED"


def test_two_doors_change_an_item_at_once_and_neither_waits_for_ever(world: World) -> None:
    order = begin(world)
    drafted = add(world, order)
    number, oin = order.row.number, drafted.line.oin
    line = world.line(drafted.line.number)
    title = Description(title=line.bib.title, author=line.bib.author)
    failed: list[BaseException] = []

    def change_by(work: Callable[[int], Any]) -> None:
        try:
            for each in range(6):
                work(each)
        except BaseException as error:  # noqa: BLE001  (told below)
            failed.append(error)

    def one(each: int) -> None:
        asked = replace(wish_of(line), price=Sum(f"3{each}.00", "USD"))
        world.write(lambda tx: ordering.change(tx, line.number, asked, SHOP, ordering.HowToChange()))

    def other(each: int) -> None:
        asked = wish(title=title, price=Sum(f"4{each}.00"))
        world.write(lambda tx: ordering.change_order_item(tx, number, oin, asked, CLIENT))

    threads = [threading.Thread(target=change_by, args=(each,)) for each in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert head(world, order).total == item(world, oin).line.net
    assert head(world, order).row.version == order.row.version + 1 + 12
