"""An order for print: holdings and items come into being."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from openacq.catalogue import service
from openacq.catalogue.model import CopyWish, Held, LocationWish, StockWish
from openacq.kernel.refusal import Refusal
from openacq.store.store import Store
from openacq.store.tx import Tx
from tests.catalogue.titles import HERON, OTTER, hold, items_of, order
from tests.conftest import Do

MAIN = LocationWish("MAIN", "STACKS", 2)
SCI = LocationWish("SCI", "REF", 1)


@pytest.fixture
def heron(write: Do) -> str:
    return write(lambda tx: order(tx, HERON)).mms_id


def test_one_holding_for_each_place_and_one_item_for_each_copy(write: Do, read: Do, heron: str) -> None:
    stock = write(lambda tx: service.add_physical(tx, heron, 7, [MAIN, SCI], with_items=True))

    assert [(one.library, one.location) for one in stock.holdings] == [("MAIN", "STACKS"), ("SCI", "REF")]
    assert stock.holdings_made == 2
    assert [one.library for one in stock.items] == ["MAIN", "MAIN", "SCI"]
    assert all(one.item_id.startswith("23") and one.holding_id.startswith("22") for one in stock.items)

    inventory = read(lambda tx: service.inventory_of_lines(tx, [7]))[7]
    assert [one.item_id for one in inventory.items] == [one.item_id for one in stock.items]
    assert {one.process_type for one in inventory.items} == {"ACQ"}
    assert [one.holding_id for one in inventory.holdings] == [one.holding_id for one in stock.holdings]


def test_a_second_order_uses_the_holding_that_is_there(write: Do, heron: str) -> None:
    first = write(lambda tx: service.add_physical(tx, heron, 7, [MAIN], with_items=True))
    second = write(lambda tx: service.add_physical(tx, heron, 8, [MAIN, SCI], with_items=True))

    assert second.holdings_made == 1
    assert second.holdings[0].holding_id == first.holdings[0].holding_id
    match = write(lambda tx: order(tx, HERON))
    third = write(lambda tx: service.add_physical(tx, heron, 9, [SCI], with_items=True, held=match.held))
    assert third.holdings_made == 0
    assert third.holdings[0].holding_id == second.holdings[1].holding_id


def test_two_places_of_a_line_that_are_the_same_share_a_holding(write: Do, heron: str) -> None:
    stock = write(lambda tx: service.add_physical(tx, heron, 7, [MAIN, MAIN], with_items=True))
    assert len(stock.holdings) == 1
    assert len(stock.items) == 4


def test_a_subscription_gets_holdings_without_items(write: Do, read: Do, heron: str) -> None:
    stock = write(lambda tx: service.add_physical(tx, heron, 7, [MAIN, SCI], with_items=False))

    assert stock.items == ()
    inventory = read(lambda tx: service.inventory_of_lines(tx, [7]))[7]
    assert [one.holding_id for one in inventory.holdings] == [one.holding_id for one in stock.holdings]
    assert inventory.items == ()
    held = read(lambda tx: service.copies_held(tx, heron))
    assert [one.library for one in held.holdings] == ["MAIN", "SCI"]
    assert held.copies() == ()


def test_what_a_copy_brings_along_is_kept(write: Do, read: Do, heron: str) -> None:
    copy = CopyWish(
        barcode="31001",
        policy="01",
        enumeration_a="2",
        chronology_i="2026",
        description="v.2 (2026)",
        storage_location_id="S1",
        expected_arrival_date=date(2026, 4, 1),
    )
    where = LocationWish("MAIN", "STACKS", 2, (copy,))
    write(lambda tx: service.add_physical(tx, heron, 7, [where], with_items=True, material="BOOK"))

    named, plain = read(lambda tx: service.inventory_of_lines(tx, [7]))[7].items
    assert (named.barcode, named.policy, named.enumeration_a, named.chronology_i) == (
        "31001",
        "01",
        "2",
        "2026",
    )
    assert (named.description, named.storage_location_id) == ("v.2 (2026)", "S1")
    assert named.expected_arrival_date == date(2026, 4, 1)
    assert named.material == "BOOK"
    assert plain.barcode == plain.item_id
    found = read(lambda tx: service.item_by_barcode(tx, "31001"))
    assert found is not None
    assert found.item_id == named.item_id


def test_a_copy_with_a_receive_date_is_born_received(write: Do, heron: str) -> None:
    where = LocationWish("MAIN", "STACKS", 1, (CopyWish(receive_date=date(2026, 3, 1)),))
    stock = write(lambda tx: service.add_physical(tx, heron, 7, [where], with_items=True))
    assert stock.items[0].process_type == ""
    assert stock.items[0].receive_date == date(2026, 3, 1)


def test_a_copy_in_a_temporary_place_hangs_on_its_permanent_holding(write: Do, read: Do, heron: str) -> None:
    away = CopyWish(is_temp_location=True, permanent_library="SCI", permanent_location="REF")
    where = LocationWish("MAIN", "DISPLAY", 1, (away,))
    stock = write(lambda tx: service.add_physical(tx, heron, 7, [where], with_items=True))

    assert [(one.library, one.location) for one in stock.holdings] == [("SCI", "REF")]
    (item,) = read(lambda tx: service.inventory_of_lines(tx, [7]))[7].items
    assert (item.library, item.location) == ("SCI", "REF")
    assert (item.is_temp_location, item.temp_library, item.temp_location) == (True, "MAIN", "DISPLAY")


def test_barcodes_that_cannot_be_are_all_named_and_nothing_is_made(write: Do, read: Do, heron: str) -> None:
    taken = LocationWish("MAIN", "STACKS", 1, (CopyWish(barcode="1"),))
    write(lambda tx: service.add_physical(tx, heron, 7, [taken], with_items=True))
    wrong = [
        LocationWish("MAIN", "STACKS", 2, (CopyWish(barcode="2"), CopyWish(barcode=" 1 "))),
        LocationWish("SCI", "REF", 2, (CopyWish(), CopyWish(barcode="2"))),
    ]

    with pytest.raises(Refusal) as refusal:
        write(lambda tx: service.add_physical(tx, heron, 8, wrong, with_items=True))

    assert [(one.slug, one.field, one.value) for one in refusal.value.problems] == [
        ("barcode_twice", "location[0].copy[0].barcode", "2"),
        ("barcode_taken", "location[0].copy[1].barcode", "1"),
        ("barcode_twice", "location[1].copy[1].barcode", "2"),
    ]
    (held,) = read(lambda tx: service.copies_held(tx, heron)).holdings
    assert (held.library, held.items, held.on_order) == ("MAIN", 1, 1)


def test_copies_are_held_when_they_are_there(write: Do, read: Do, heron: str) -> None:
    stock = write(lambda tx: service.add_physical(tx, heron, 7, [MAIN, SCI], with_items=True))
    assert read(lambda tx: service.copies_held(tx, heron)).copies() == ()
    arrived = [item.item_id for item in stock.items if item.library == "MAIN"][:1]
    write(lambda tx: service.receive_items(tx, arrived, on=date(2026, 3, 1), operator="", department=""))
    held = read(lambda tx: service.copies_held(tx, heron))
    assert held.copies() == (("MAIN", 1),)
    assert write(lambda tx: order(tx, HERON)).held == held


def test_orders_racing_for_a_place_share_one_holding(store: Store, institution: int, heron: str) -> None:
    racers = 6
    start = threading.Barrier(racers)

    def place(line_id: int) -> str:
        start.wait()
        work = lambda tx: service.add_physical(tx, heron, line_id, [SCI], with_items=True)  # noqa: E731
        return store.write(work, institution=institution).items[0].holding_id

    with ThreadPoolExecutor(racers) as pool:
        assert len(set(pool.map(place, range(racers)))) == 1


def test_orders_racing_for_a_barcode_are_not_both_placed(
    store: Store, institution: int, write: Do, heron: str
) -> None:
    where = [LocationWish("MAIN", "STACKS", 1, (CopyWish(barcode="77"),))]
    write(lambda tx: hold(tx, heron))
    start = threading.Barrier(2)

    def place(line_id: int) -> bool:
        start.wait()
        try:
            store.write(
                lambda tx: service.add_physical(tx, heron, line_id, where, with_items=True),
                institution=institution,
            )
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(place, (1, 2))) == [False, True]


def test_ten_thousand_copies_are_made_in_one_order(write: Do, read: Do, heron: str) -> None:
    write(
        lambda tx: service.add_physical(
            tx, heron, 7, [LocationWish("MAIN", "STACKS", 10_000)], with_items=True
        )
    )
    page, total = read(lambda tx: items_of(tx, heron, limit=3, offset=9_998))
    assert (len(page), total) == (2, 10_000)


def test_many_lines_are_read_with_one_statement(write: Do, read: Do, heron: str) -> None:
    otter = write(lambda tx: order(tx, OTTER)).mms_id
    write(lambda tx: service.add_physical(tx, heron, 7, [MAIN], with_items=True))
    write(lambda tx: service.add_physical(tx, otter, 8, [SCI], with_items=True))

    def look(tx: Tx) -> tuple[dict[int, int], list[str]]:
        statements: list[str] = []
        from sqlalchemy import event

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(tx.conn, "before_cursor_execute", note)
        found = service.inventory_of_lines(tx, [7, 8, 9])
        event.remove(tx.conn, "before_cursor_execute", note)
        return {line: len(one.items) for line, one in found.items()}, statements

    counts, statements = read(look)
    assert counts == {7: 2, 8: 1}
    assert len(statements) == 1


def test_several_lines_get_their_copies_together_as_each_would_alone(write: Do, read: Do, heron: str) -> None:
    otter = write(lambda tx: order(tx, OTTER)).mms_id
    wishes = [
        StockWish(heron, 7, (MAIN, SCI), True, Held()),
        StockWish(heron, 8, (MAIN,), True, Held()),
        StockWish(otter, 9, (MAIN,), False, Held()),
    ]
    stock = write(lambda tx: service.add_physical_all(tx, wishes))
    assert [len(stock[line].items) for line in (7, 8, 9)] == [3, 2, 0]
    assert stock[7].holdings[0] == stock[8].holdings[0] != stock[9].holdings[0]
    inventory = read(lambda tx: service.inventory_of_lines(tx, [7, 8, 9]))
    assert [len(inventory[line].items) for line in (7, 8, 9)] == [3, 2, 0]
    assert [one.holding_id for one in inventory[9].holdings] == [stock[9].holdings[0].holding_id]


def test_a_holding_another_has_just_made_is_used_by_all_of_them(write: Do, heron: str) -> None:
    first = write(lambda tx: service.add_physical(tx, heron, 7, [MAIN], with_items=True))
    wishes = [
        StockWish(heron, 8, (MAIN, SCI), True, Held()),
        StockWish(heron, 9, (SCI,), True, Held()),
    ]
    stock = write(lambda tx: service.add_physical_all(tx, wishes))
    assert stock[8].holdings[0].holding_id == first.holdings[0].holding_id
    assert stock[8].holdings[1].holding_id == stock[9].holdings[0].holding_id
    assert len({item.item_id for each in stock.values() for item in each.items}) == 4
