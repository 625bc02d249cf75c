"""How much is asked of the database: the same for a large order as for a small one, in a full store as in
an empty one. Only the balance of each fund is moved by a statement of its own."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from openacq.directory import service as directory
from openacq.ledger import service as ledger
from tests.serving_fixture import Server
from tests.shop import Shop, new_isbn, order

MANY = 20
TRIES = 5
"""A call is counted several times: now and then one reserves numbers, or loads a register anew."""


@contextlib.contextmanager
def listening_to_statements(server: Server) -> Iterator[list[str]]:
    """Statements of calls; those of the server's own jobs are left out."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.current_thread().name.startswith("AnyIO"):
            seen.append(statement)

    engines = (server.store.writer, server.store.reader)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def statements(server: Server, call: Callable[[], object]) -> int:
    """How many statements the call usually takes."""
    call()  # registers are loaded once
    counted: Counter[int] = Counter()
    for _ in range(TRIES):
        with listening_to_statements(server) as seen:
            call()
        counted[len(seen)] += 1
    return counted.most_common(1)[0][0]


@pytest.fixture
def rich(shop: Shop) -> Shop:
    """A library with many funds and many users."""
    funds = [f"F{number}" for number in range(MANY)]
    shop.world.load(ledger, "fund", *[{"code": code, "name": code, "parent": "BOOKS"} for code in funds])
    shop.world.load(
        ledger,
        "allocation",
        *[{"fund": code, "amount": "1000000", "reference": f"a {code}"} for code in funds],
    )
    shop.world.load(directory, "user", *[{"primary_id": f"reader{number}"} for number in range(MANY)])
    return shop


def with_funds(count: int) -> dict[str, Any]:
    price = {"sum": f"{count}.00", "currency": {"value": "USD"}}
    shares = [
        {"fund_code": f"F{number}", "amount": {"sum": "1.00", "currency": "USD"}} for number in range(count)
    ]
    return order(price=price, fund_distribution=shares)


def with_copies(count: int) -> dict[str, Any]:
    return {**with_funds(1), "location": [{"quantity": count, "library": "MAIN", "shelving_location": "REF"}]}


def with_barcodes(count: int) -> dict[str, Any]:
    copies = [{"barcode": new_isbn(), "item_policy": "LOAN"} for _ in range(count)]
    return {**with_funds(1), "location": [{"quantity": count, "library": "MAIN", "copy": copies}]}


def with_places(count: int) -> dict[str, Any]:
    where = (("MAIN", "STACKS"), ("MAIN", "REF"), ("SCI", "STACKS"))
    places = [
        {"quantity": 1, "library": library, "shelving_location": location}
        for library, location in (where[number % 3] for number in range(count))
    ]
    return {**with_funds(1), "location": places}


def with_notes(count: int) -> dict[str, Any]:
    return {**with_funds(1), "note": [{"note_text": f"note {number}"} for number in range(count)]}


def with_readers(count: int) -> dict[str, Any]:
    readers = [{"primary_id": f"reader{number}"} for number in range(count)]
    return {**with_funds(1), "interested_user": readers}


def with_numbers(count: int) -> dict[str, Any]:
    numbers = [f"(Demo){new_isbn()}" for _ in range(count)]
    return {**with_funds(1), "resource_metadata": {"title": "T", "system_control_number": numbers}}


@pytest.mark.parametrize(
    "with_some",
    [with_copies, with_barcodes, with_places, with_notes, with_readers, with_numbers],
    ids=lambda builder: builder.__name__,
)
def test_a_large_order_takes_as_many_statements_as_a_small_one(
    server: Server, rich: Shop, with_some: Callable[[int], dict[str, Any]]
) -> None:
    few = statements(server, lambda: rich.ordered(with_some(1)))
    many = statements(server, lambda: rich.ordered(with_some(MANY)))
    assert many == few
    small, large = (rich.ordered(with_some(count))["number"] for count in (1, MANY))
    assert statements(server, lambda: rich.line(large)) == statements(server, lambda: rich.line(small))


def test_each_fund_costs_the_update_of_its_balance_and_nothing_else(server: Server, rich: Shop) -> None:
    one = statements(server, lambda: rich.ordered(with_funds(1)))
    many = statements(server, lambda: rich.ordered(with_funds(MANY)))
    assert many - one == MANY - 1
    small, large = (rich.ordered(with_funds(count))["number"] for count in (1, MANY))
    assert statements(server, lambda: rich.line(large)) == statements(server, lambda: rich.line(small))


def test_a_full_store_takes_as_many_statements_as_an_empty_one(server: Server, rich: Shop) -> None:
    first = rich.ordered(with_funds(1))["number"]
    before = (
        statements(server, lambda: rich.ordered(with_funds(1))),
        statements(server, lambda: rich.line(first)),
    )
    for _ in range(60):
        rich.ordered(with_places(3))
    after = (
        statements(server, lambda: rich.ordered(with_funds(1))),
        statements(server, lambda: rich.line(first)),
    )
    assert after == before


def test_a_create_and_a_look_stay_within_their_measure(server: Server, rich: Shop) -> None:
    """More is a decision to be taken, not something that happens."""
    assert statements(server, lambda: rich.ordered(with_funds(1))) <= 22
    number = rich.ordered(with_funds(1))["number"]
    assert statements(server, lambda: rich.line(number)) <= 12
    assert statements(server, lambda: rich.get("/acq/po-lines/POL-0")) <= 4
