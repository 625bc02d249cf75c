"""Two servers on one database: what one has done the other tells at once, and together they still make each
order once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from openacq.directory import service as directory
from openacq.ledger import service as ledger
from openacq.profiles import service as profiles
from openacq.vendors import service as vendors
from tests.chaos.counting import Books
from tests.chaos.crowd import each_at_once
from tests.serving_fixture import Server, served
from tests.shop import LINES, Shop, codes, order


@pytest.fixture(scope="module")
def second_server(running_server: Server) -> Iterator[Server]:
    with served(running_server.store.url.render_as_string(hide_password=False)) as server:
        yield server


@pytest.fixture
def twice(server: Server, second_server: Server, shop: Shop) -> Iterator[tuple[Shop, Shop]]:
    """One shop with a connection to each of the servers."""
    second_server.store.clock = server.store.clock
    with Shop(second_server.url, shop.key, shop.world) as other:
        yield shop, other


def own_address(shop: Shop, text: str) -> str:
    return text.replace(shop.url, "")


def test_what_one_server_has_done_the_other_tells(twice: tuple[Shop, Shop]) -> None:
    for number in range(20):
        here, there = twice[:: 1 if number % 2 else -1]
        answer = here.post(order(fund_distribution=[{"fund_code": "HIST", "percent": 1}]))
        line = answer.json()
        for name in (line["number"], line["vendor_reference_number"]):
            read = there.get(f"{LINES}/{name}")
            assert own_address(there, read.text) == own_address(here, answer.text)
        mms_id = line["resource_metadata"]["mms_id"]["value"]
        assert there.get(f"/bibs/{mms_id}").status_code == 200


def test_an_order_sent_to_both_is_one(server: Server, twice: tuple[Shop, Shop]) -> None:
    bodies = [order(price={"sum": "1.00", "currency": "USD"}) for _ in range(12)]
    answers = each_at_once(lambda nth: twice[nth % 2].post(bodies[nth // 2]), range(24))
    assert Counter(answer.status_code for answer in answers) == {200: 24}
    for first, second in zip(answers[::2], answers[1::2], strict=True):
        assert first.json()["number"] == second.json()["number"]
        replayed = [answer.headers.get("idempotent-replayed") for answer in (first, second)]
        assert sorted(map(str, replayed)) == ["None", "true"]
    books = Books(server.store, twice[0].world.institution)
    assert books.count("po_lines") == 12
    assert books.halves() == []
    assert twice[0].world.differences() == []


def test_a_hot_fund_is_not_overspent_by_two(twice: tuple[Shop, Shop]) -> None:
    world = twice[0].world
    world.load(ledger, "fund", {"code": "HOT", "name": "Hot", "parent": "BOOKS"})
    world.load(ledger, "allocation", {"fund": "HOT", "amount": "255.00", "reference": "hot"})
    bodies = [order(fund_distribution=[{"fund_code": "HOT", "percent": 100}]) for _ in range(16)]
    answers = each_at_once(lambda nth: twice[nth % 2].post(bodies[nth]), range(16))
    states = Counter(answer.json()["status"]["value"] for answer in answers)
    assert states == {"AUTO_PACKAGING": 5, "INREVIEW": 11}
    assert world.balance("HOT").available.text() == "5.00"
    assert world.differences() == []


def test_a_change_of_registers_holds_for_the_very_next_call_on_both(twice: tuple[Shop, Shop]) -> None:
    world = twice[0].world
    for shop in twice:
        shop.ordered()  # now both have everything in mind
    for number in range(5):
        world.load(vendors, "vendor", {"code": "GOBI", "name": f"Name {number}"})
        world.load(directory, "location", {"library": "MAIN", "code": f"L{number}", "name": f"L{number}"})
        world.load(ledger, "fund", {"code": "HIST", "name": f"Fund {number}", "parent": "BOOKS"})
        for shop in twice:
            place = [{"quantity": 1, "library": "MAIN", "shelving_location": f"L{number}"}]
            line = shop.ordered(order(location=place, price={"sum": "1.00", "currency": "USD"}))
            assert line["vendor"]["desc"] == f"Name {number}"
            assert line["fund_distribution"][0]["fund_code"]["desc"] == f"Fund {number}"
            shown = shop.get("/acq/vendors/GOBI").json()
            assert shown["name"] == f"Name {number}"
    world.load(profiles, "profile", {"code": "P", "name": "P", "duplicates": "block", "default": True})
    for shop in twice:
        body = order()
        shop.ordered(body)
        assert codes(shop.post({**body, "rush": True})) == ["401870"]


def test_balances_in_lists_are_those_of_now(twice: tuple[Shop, Shop]) -> None:
    for number in range(1, 7):
        here, there = twice[:: 1 if number % 2 else -1]
        here.ordered()
        for shop in (here, there):
            funds = shop.get("/acq/funds", limit="100", view="full").json()["fund"]
            fund = next(each for each in funds if each["code"] == "HIST")
            assert fund["encumbered_balance"] == 50 * number


def test_who_looks_while_it_is_ordered_sees_nothing_or_the_whole(twice: tuple[Shop, Shop]) -> None:
    bodies = [order(price={"sum": "1.00", "currency": "USD"}) for _ in range(10)]
    last = bodies[-1]["vendor_reference_number"]

    def sell(_nth: int) -> dict[str, str]:
        made: dict[str, str] = {}
        for body in bodies:
            answer = twice[0].post(body)
            made[body["vendor_reference_number"]] = own_address(twice[0], answer.text)
        return made

    def look(nth: int) -> dict[str, str]:
        shop = twice[nth % 2]
        seen: dict[str, str] = {}
        while last not in seen:
            for body in bodies:
                reference = body["vendor_reference_number"]
                answer = shop.get(f"{LINES}/{reference}")
                if answer.status_code == 200:
                    told = own_address(shop, answer.text)
                    assert seen.setdefault(reference, told) == told
                else:
                    assert codes(answer) == ["401871"]
                    assert reference not in seen
        return seen

    made, *all_seen = each_at_once(lambda nth: look(nth) if nth else sell(nth), range(5))
    for seen in all_seen:
        assert seen.items() <= made.items()
