"""The same order sent by many at once is one order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from openacq.profiles import service as profiles
from tests.chaos.counting import Books
from tests.chaos.crowd import all_at_once, each_at_once
from tests.serving_fixture import Server
from tests.shop import FORMATS, LINES, Shop, codes, order

THREADS = 32


def books_of(server: Server, shop: Shop) -> Books:
    return Books(server.store, shop.world.institution)


@pytest.mark.parametrize("by", ["header", "reference"])
def test_thirty_two_twins_make_one_line_one_encumbrance_and_one_number(
    server: Server, shop: Shop, by: str
) -> None:
    body = order() if by == "reference" else order(vendor_reference_number=None)
    headers = {"Idempotency-Key": "twin"} if by == "header" else {}

    def twin(number: int) -> Callable[[], Any]:
        wants = FORMATS[number % 2]
        sends = FORMATS[number // 2 % 2]
        path = LINES + "/" * (number // 4 % 2)
        return lambda: shop.post(body, headers=headers, wants=wants, sends=sends, path=path)

    answers = all_at_once([twin(number) for number in range(THREADS)])
    assert [answer.status_code for answer in answers] == [200] * THREADS
    told = Counter(answer.headers.get("idempotent-replayed") for answer in answers)
    assert told == {None: 1, "true": THREADS - 1}
    lines = [answer.json() for answer in answers if "json" in answer.headers["content-type"]]
    assert all(line == lines[0] for line in lines)
    assert all(lines[0]["number"] in answer.text for answer in answers)

    books = books_of(server, shop)
    assert books.count("po_lines") == 1
    assert books.count("claims") == 1
    assert [
        posting["amount"] for posting in books.rows("fund_postings") if posting["source_kind"] == "po_line"
    ] == [500_000]
    assert shop.world.balance("HIST").encumbered.text() == "50.00"
    assert books.halves() == []
    assert shop.world.differences() == []


def test_one_header_with_many_bodies_makes_one_line_and_refuses_the_others(
    server: Server, shop: Shop
) -> None:
    headers = {"Idempotency-Key": "one cart, many minds"}
    bodies = [order() for _ in range(16)]
    answers = each_at_once(lambda body: shop.post(body, headers=headers), bodies)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 15}
    assert {codes(answer)[0] for answer in answers if answer.status_code == 409} == {"IDEMPOTENCY_KEY_REUSED"}
    assert books_of(server, shop).count("po_lines") == 1
    assert shop.world.balance("HIST").encumbered.text() == "50.00"


def test_a_blocked_reference_makes_one_line_of_sixteen_different_orders(server: Server, shop: Shop) -> None:
    shop.world.load(profiles, "profile", {"code": "BLOCK", "name": "Block", "duplicates": "block"})
    bodies = [order(vendor_reference_number="ONE") for _ in range(16)]
    answers = each_at_once(lambda body: shop.post(body, profile_code="BLOCK"), bodies)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 15}
    assert {codes(answer)[0] for answer in answers if answer.status_code == 400} == {"401870"}
    books = books_of(server, shop)
    assert books.count("po_lines") == 1
    assert shop.world.balance("HIST").encumbered.text() == "50.00"
    assert books.halves() == []


def test_one_new_title_ordered_by_eight_at_once_becomes_one_record(server: Server, shop: Shop) -> None:
    titled = order()["resource_metadata"]
    bodies = [order(resource_metadata=titled) for _ in range(8)]
    answers = each_at_once(shop.post, bodies)
    lines = [answer.json() for answer in answers]
    assert len({line["resource_metadata"]["mms_id"]["value"] for line in lines}) == 1
    assert len({line["location"][0]["holding"][0]["id"] for line in lines}) == 1
    assert len({line["number"] for line in lines}) == 8
    assert len({line["location"][0]["copy"][0]["pid"] for line in lines}) == 8
    made = [line for line in lines if "A brief record was made for this order." in str(line["alert"])]
    assert len(made) == 1
    books = books_of(server, shop)
    assert books.count("bibs") == 2, "the held title and the new one"
    assert books.halves() == []


def test_one_new_e_book_ordered_by_eight_at_once_becomes_one_portfolio(server: Server, shop: Shop) -> None:
    titled = order()["resource_metadata"]
    bodies = [order(resource_metadata=titled, type="E_BOOK_OT") for _ in range(8)]
    answers = each_at_once(shop.post, bodies)
    shown = {answer.json()["portfolios"]["portfolio"][0]["id"] for answer in answers}
    assert len(shown) == 1
    assert books_of(server, shop).count("portfolios") == 1


def test_one_barcode_wanted_by_eight_at_once_goes_to_one(server: Server, shop: Shop) -> None:
    copies = [{"barcode": "THE-ONE"}]
    bodies = [
        order(location=[{"quantity": 1, "library": "MAIN", "shelving_location": "STACKS", "copy": copies}])
        for _ in range(8)
    ]
    answers = each_at_once(shop.post, bodies)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 7}
    assert all("THE-ONE" in answer.text for answer in answers)
    books = books_of(server, shop)
    assert books.count("po_lines") == 1
    assert books.halves() == []
