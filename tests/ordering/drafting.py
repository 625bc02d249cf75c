"""Short words for orders that are put together item by item."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, event

from openacq.catalogue.model import Description
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, PlaceLine, Source, Sum
from openacq.ordering.service import Booking, CopyConfig, ItemWish, OrderHead, OrderItem, OrderWish
from tests.ordering.world import World

CLIENT = Actor("wms client")
HIST = (Booking("HIST", percent="100"),)

_numbers = itertools.count(1)


def begin(world: World, **changes: Any) -> OrderHead:
    wish = replace(OrderWish(name="Spring order", vendor="GOBI", currency="USD"), **changes)
    head = world.write(lambda tx: ordering.begin_order(tx, wish, CLIENT))
    assert isinstance(head, OrderHead)
    return head


def wish(*configs: CopyConfig, extras: dict[str, Any] | None = None, **changes: Any) -> ItemWish:
    """A printed book for 20.00 USD; one copy for the stacks on HIST unless told otherwise."""
    number = next(_numbers)
    line = PlaceLine(
        title=Description(title=f"Drafted title {number:05d}", author="Author, An"),
        owner="MAIN",
        type="PRINTED_BOOK_OT",
        method="PURCHASE",
        price=Sum("20.00"),
        source=Source.WMS,
    )
    return ItemWish(
        replace(line, **changes),
        configs or (CopyConfig("MAIN", "STACKS", 1, HIST),),
        extras or {},
    )


def add(world: World, order: OrderHead, asked: ItemWish | None = None) -> OrderItem:
    asked = asked or wish()
    item = world.write(lambda tx: ordering.add_order_item(tx, order.row.number, asked, CLIENT))
    assert isinstance(item, OrderItem)
    return item


def submit(world: World, order: OrderHead) -> OrderHead:
    head = world.write(lambda tx: ordering.submit_order(tx, order.row.number, CLIENT))
    assert isinstance(head, OrderHead)
    return head


def head(world: World, order: OrderHead) -> OrderHead:
    found = world.read(lambda tx: ordering.order_head(tx, order.row.number))
    assert isinstance(found, OrderHead)
    return found


def item(world: World, number: str) -> OrderItem:
    found = world.read(lambda tx: ordering.order_item(tx, number))
    assert isinstance(found, OrderItem)
    return found


def encumbered(world: World, fund: str = "HIST") -> str:
    return world.balance(fund).encumbered.text()


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
