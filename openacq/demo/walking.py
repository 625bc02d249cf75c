"""One line of the cart through the rest of its life, by the calls staff and their programs make."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openacq.demo.shop import Shop, ShopError

LINES = "/almaws/v1/acq/po-lines"
STAFF = "/openacq/v1"
READY, IN_REVIEW = "READY", "INREVIEW"
SEND_SECONDS = 30.0
"""How long the server may take to send a purchase order; it looks every second."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was done, by which call (as people read it), where the line stands since, and what its fund has
    set aside for it."""

    what: str
    call: str
    status: str
    reserved: Decimal


@dataclass(frozen=True, slots=True)
class Life:
    """A line from checkout to its end."""

    number: str
    title: str
    order: str
    steps: tuple[Step, ...]


def walk(shop: Shop, number: str, fund: str) -> Life:
    """Take a printed line from where its order left it to Closed. Raises ShopError."""
    steps: list[Step] = []
    begun = _encumbered(shop, fund)
    price = Decimal(_line(shop, number)["price"]["sum"])

    def note(what: str, call: str) -> None:
        status = _line(shop, number)["status"]["desc"]
        steps.append(Step(what, call, status, price + _encumbered(shop, fund) - begun))

    note("ordered by the shop", "POST /acq/po-lines")
    if _line(shop, number)["status"]["value"] == IN_REVIEW:  # the demo's second time: a copy is held by now
        shop.act(f"{STAFF}/review/order-now", {"numbers": [number]})
        note("looked over by staff", "POST /review/order-now")
    order = send(shop, number)
    note(f"packed into {order}, and sent", "POST /orders/pack")
    for item in shop.read(f"{LINES}/{number}/items")["item"]:
        shop.act(f"{LINES}/{number}/items/{item['item_data']['pid']}?op=receive", {})
    note("the copy has arrived", "POST /acq/po-lines/{number}/items/{pid}?op=receive")
    shop.act(f"{STAFF}/lines/close", {"numbers": [number]})
    note("closed by hand", "POST /lines/close")
    return Life(number, _line(shop, number)["resource_metadata"]["title"], order, tuple(steps))


def send(shop: Shop, number: str) -> str:
    """Pack a line by itself and wait until its purchase order went out; gives that one's number. Raises
    ShopError."""
    order: str = shop.act(f"{STAFF}/orders/pack", {"numbers": [number]})["number"]
    _wait(lambda: _line(shop, number)["status"]["value"] != READY, f"{order} was not sent")
    return order


def _line(shop: Shop, number: str) -> Any:
    return shop.read(f"{LINES}/{number}")


def _encumbered(shop: Shop, fund: str) -> Decimal:
    return shop.balances()[fund].encumbered


def _wait(done: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + SEND_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise ShopError(f"{otherwise} within {SEND_SECONDS:.0f} seconds")
        time.sleep(0.1)
