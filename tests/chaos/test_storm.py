"""Everything at once: eight clients order, repeat, rehearse, change, cancel, decide, pack, send and receive
at random; afterwards all books agree and every order is there once."""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Any

import pytest

from openacq.jobs.verify import verify
from openacq.ledger import service as ledger
from tests.chaos.counting import Books
from tests.chaos.crowd import each_at_once
from tests.ordering.world import HELD_ISBN
from tests.serving_fixture import Server
from tests.shop import FORMATS, LINES, Shop, order

CLIENTS = 8
CALLS = 25
FUNDS = ("HIST", "ART", "SCIENCE", "POOR", "TIGHT", "NOSUCH")


class Storm:
    """What the clients know of each other's orders."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.bodies: list[dict[str, Any]] = []
        self.numbers: list[str] = []
        self.statuses: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()

    def client(self, seed: int) -> None:
        dice = random.Random(seed)
        moves = {
            "order": 8,
            "repeat": 4,
            "rehearse": 2,
            "mistake": 2,
            "change": 4,
            "cancel": 2,
            "look": 2,
            "staff": 12,
        }
        for _ in range(CALLS):
            move = dice.choices(list(moves), list(moves.values()))[0]
            answer = getattr(self, move)(dice)
            if answer is not None:
                assert answer.status_code in (200, 204, 400, 404, 409), (
                    move,
                    answer.request.url,
                    answer.text,
                )
                with self._lock:
                    self.statuses[move, answer.status_code] += 1

    def body(self, dice: random.Random) -> dict[str, Any]:
        first, second = dice.sample(FUNDS, 2)
        part = dice.randint(1, 99)
        body = order(
            price={
                "sum": f"{dice.randint(0, 9000) / 100:.2f}",
                "currency": dice.choice(["USD", "USD", "EUR"]),
            },
            fund_distribution=[
                {"fund_code": first, "percent": part},
                {"fund_code": second, "percent": 100 - part},
            ],
            type=dice.choice(["PRINTED_BOOK_OT", "PRINTED_BOOK_OT", "E_BOOK_OT", "PRINTED_BOOK_SO"]),
            renewal_date=dice.choice(["2027-01-01Z", None]),
        )
        if "location" in body:
            body["location"][0]["quantity"] = dice.randint(1, 3)
        if dice.random() < 0.2:
            body["resource_metadata"]["isbn"] = HELD_ISBN
        return body

    def order(self, dice: random.Random) -> Any:
        body = self.body(dice)
        with self._lock:
            self.bodies.append(body)
        answer = self.shop.post(body, sends=dice.choice(FORMATS))
        if answer.status_code == 200:
            with self._lock:
                self.numbers.append(answer.json()["number"])
        return answer

    def repeat(self, dice: random.Random) -> Any:
        return self.shop.post(dice.choice(self.bodies), wants=dice.choice(FORMATS)) if self.bodies else None

    def rehearse(self, dice: random.Random) -> Any:
        return self.shop.post(self.body(dice), dry_run="true")

    def mistake(self, dice: random.Random) -> Any:
        body = self.body(dice)
        wrong: dict[str, Any] = {
            "owner": "X",
            "price": {"sum": "1,5", "currency": "USD"},
            "location": [{"quantity": 0}],
        }
        name = dice.choice(list(wrong))
        return self.shop.post({**body, name: wrong[name]})

    def change(self, dice: random.Random) -> Any:
        if not self.numbers:
            return None
        number = dice.choice(self.numbers)
        line = self.shop.line(number)
        line["price"] = {"sum": f"{dice.randint(1, 9000) / 100:.2f}", "currency": {"value": "USD"}}
        line["rush"] = dice.random() < 0.5
        return self.shop.call(
            "PUT", f"{LINES}/{number}", line, redistribute_funds=dice.choice(["true", "false"])
        )

    def cancel(self, dice: random.Random) -> Any:
        if not self.numbers:
            return None
        return self.shop.call("DELETE", f"{LINES}/{dice.choice(self.numbers)}", reason="LIBRARY_CANCELLED")

    def staff(self, dice: random.Random) -> Any:
        """Something the library's staff does, by our own door."""
        if not self.numbers:
            return None
        numbers = dice.sample(self.numbers, min(len(self.numbers), dice.randint(1, 3)))
        orders = [each["number"] for each in self.own("GET", "/orders").json().get("orders", ())]
        receipts = [each["id"] for each in self.own("GET", "/receipts").json().get("receipts", ())]
        order_number, receipt = (dice.choice(known) if known else "0" for known in (orders, receipts))
        reason = {"reason": "LIBRARY_CANCELLED", "override": dice.random() < 0.5}
        path, body = dice.choice(
            [
                ("/review/order-now", {"numbers": numbers}),
                ("/review/send-back", {"numbers": numbers}),
                ("/review/defer", {"numbers": numbers, "until": "2026-06-01", "reason": "later"}),
                ("/review/resume", {"numbers": numbers}),
                ("/review/cancel", {"numbers": numbers, **reason}),
                ("/packaging/run", {}),
                ("/packaging/run", {}),
                ("/orders/pack", {"numbers": numbers}),
                ("/orders/unpack", {"numbers": numbers}),
                (f"/orders/{order_number}/approve", {}),
                (f"/orders/{order_number}/send", {}),
                (f"/orders/{order_number}/send", {}),
                ("/receipts", {"line": numbers[0]}),
                ("/receipts", {"line": numbers[0], "quantity": 1}),
                (f"/receipts/{receipt}/undo", {}),
                ("/lines/close", {"numbers": numbers}),
                ("/lines/reopen", {"numbers": numbers}),
            ]
        )
        return self.own("POST", path, body)

    def own(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"apikey {self.shop.key}"}
        url = f"{self.shop.url}/openacq/v1{path}"
        return self.shop.client.request(method, url, json=body, headers=headers)

    def look(self, dice: random.Random) -> Any:
        return self.shop.get(f"{LINES}/{dice.choice(self.numbers)}") if self.numbers else None


@pytest.mark.parametrize("seed", [1, 2])
def test_a_storm_leaves_every_order_whole_and_all_books_equal(server: Server, shop: Shop, seed: int) -> None:
    world = shop.world
    world.load(ledger, "fund", {"code": "TIGHT", "name": "Tight", "parent": "BOOKS"})
    world.load(ledger, "allocation", {"fund": "TIGHT", "amount": "150.00", "reference": "tight"})
    storm = Storm(shop)
    each_at_once(storm.client, [seed * 1000 + number for number in range(CLIENTS)])

    made = {move: count for (move, status), count in storm.statuses.items() if status in (200, 204)}
    assert made.keys() >= {"order", "repeat", "rehearse", "staff"}, storm.statuses
    books = Books(server.store, world.institution)
    assert [check for check in verify(server.store, world.institution) if check.differences] == []
    lines = books.rows("po_lines")
    assert len({line["number"] for line in lines}) == len(lines)
    assert {line["number"] for line in lines} >= set(storm.numbers)
    assert sum(line["state"] != "CANCELLED" for line in lines) > 0
    for body in storm.bodies:
        again = shop.post(body)
        assert again.status_code == 200, again.text
        assert again.headers.get("idempotent-replayed") == "true"
    assert books.count("po_lines") == len(lines)
