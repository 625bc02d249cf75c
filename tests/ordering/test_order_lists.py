"""Lists of orders and items: a few statements however much they show, read off an index in their order."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from openacq.ordering import service as ordering
from openacq.ordering.service import ItemFilter, OrderFilter
from openacq.ordering.tables import purchase_orders
from openacq.store import Store, Tx
from tests.ordering.drafting import add, begin, counted, submit
from tests.ordering.test_search_plans import plan, statements
from tests.ordering.world import World

MANY = 3_000


@pytest.fixture
def many(world: World) -> World:
    """Thousands of orders, one in fifty of them open."""

    def fill(tx: Tx) -> None:
        tx.execute(insert(purchase_orders), [order_row(tx, number) for number in range(1, MANY + 1)])

    world.write(fill)
    if world.store.dialect == "postgresql":
        with world.store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE purchase_orders")
    return world


def order_row(tx: Tx, number: int) -> dict[str, Any]:
    is_open = not number % 50
    empty = ("method", "continuity", "approved_by", "approval_reason", "send_by", "send_state", "send_error")
    return {
        **dict.fromkeys(empty, ""),
        "institution": tx.institution,
        "id": 1_000_000 + number,
        "number": f"PO-2026-{number + 50_000}",
        "name": f"Order {number}",
        "state": "DRAFT" if is_open else "SENT",
        "state_since": tx.now,
        "vendor": "GOBI",
        "account": "GOBI-MAIN",
        "owner": "MAIN",
        "currency": "USD",
        "created": tx.now,
        "created_by": "test",
        "source": "WMS",
        "changed": tx.now,
        "version": 1,
        "letters": 0,
        "submitted": None if is_open else tx.now,
        "extras": {"wms": {}},
    }


def asked(world: World, wanted: OrderFilter, offset: int = 0) -> list[tuple[str, Any]]:
    with statements(world.store.reader) as seen:
        world.read(lambda tx: ordering.order_heads(tx, wanted, 100, offset))
    return [each for each in seen if "FROM purchase_orders" in each[0]]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "wanted", [OrderFilter(), OrderFilter(phase="OPEN"), OrderFilter(phase="SUBMITTED", vendors=("GOBI",))]
)
def test_a_page_of_orders_is_walked_to_along_one_index(many: World, wanted: OrderFilter) -> None:
    count, page, *_ = asked(many, wanted, offset=20)
    for sql, values in (count, page):
        steps = plan(many.store, sql, values)
        assert any("USING COVERING INDEX" in step for step in steps), steps
        assert not any("TEMP B-TREE" in step for step in steps), steps


def test_orders_take_as_many_statements_however_many_they_are(many: World, store: Store) -> None:
    def took(limit: int) -> int:
        with counted(store.reader) as ran:
            page = many.read(lambda tx: ordering.order_heads(tx, OrderFilter(), limit, 0))
        assert len(page.orders) == limit
        return len(ran)

    took(1)
    assert took(100) == took(2)


def test_items_take_as_many_statements_however_many_they_are(world: World, store: Store) -> None:
    order = begin(world)
    for _ in range(12):
        add(world, order)
    submit(world, order)

    def took(limit: int) -> int:
        with counted(store.reader) as ran:
            found = world.read(lambda tx: ordering.order_items(tx, order.row.number, ItemFilter(), limit, 0))
        assert len(found[1].items) == limit
        return len(ran)

    took(1)
    assert took(12) == took(2)


def test_an_item_is_added_with_as_many_statements_however_full_its_order(world: World) -> None:
    order = begin(world)

    def took() -> int:
        with counted(world.store.writer) as ran:
            add(world, order)
        return len(ran)

    took()
    few = took()
    for _ in range(10):
        add(world, order)
    assert took() == few <= 20
