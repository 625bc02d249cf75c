"""How the PO line calls travel: keys, paths, formats asked for, headers, statuses, rights."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from openacq.directory import service as directory
from tests.serving_fixture import Server
from tests.shop import LINES, PREFIX, Shop, codes, encoded, order, problems


def test_a_create_answers_200_and_the_calls_left(shop: Shop) -> None:
    answer = shop.post(order())
    assert answer.status_code == 200
    assert int(answer.headers["x-exl-api-remaining"]) == 1_000_000
    assert "location" not in answer.headers
    assert "idempotent-replayed" not in answer.headers


@pytest.mark.parametrize(
    ("accept", "params", "media"),
    [
        (None, {}, "xml"),
        ("*/*", {}, "xml"),
        ("application/json", {}, "json"),
        ("application/xml", {}, "xml"),
        ("text/html", {}, "xml"),
        ("application/json, */*;q=0.5", {}, "json"),
        ("application/xml;q=0.3, application/json", {}, "json"),
        ("*/*", {"format": "json"}, "json"),
        ("application/json", {"format": "xml"}, "xml"),
    ],
)
def test_the_format_of_the_answer(shop: Shop, accept: str | None, params: dict[str, str], media: str) -> None:
    number = shop.ordered()["number"]
    with httpx.Client(headers={"Authorization": f"apikey {shop.key}"}) as client:
        if accept is None:
            del client.headers["accept"]
        else:
            client.headers["accept"] = accept
        for path in (f"{LINES}/{number}", f"{LINES}/POL-0", "/no/such/path"):
            answer = client.get(f"{shop.url}{PREFIX}{path}", params=params)
            assert answer.headers["content-type"] == f"application/{media};charset=UTF-8"
            assert answer.content[:1] == {"json": b"{", "xml": b"<"}[media][:1]


def test_a_body_is_taken_by_its_type_or_else_by_its_first_character(shop: Shop) -> None:
    for form, media in (
        ("json", "application/json;charset=UTF-8"),
        ("json", "text/json"),
        ("xml", "text/xml; charset=utf-8"),
        ("json", ""),
        ("xml", "application/x-www-form-urlencoded"),
    ):
        body = encoded(order(), "json" if form == "json" else "xml")
        answer = shop.post(body, headers={"Content-Type": media})
        assert answer.status_code == 200, (form, media, answer.text)


def test_the_key_may_come_in_the_query_or_in_the_header(shop: Shop) -> None:
    nobody = {"Authorization": ""}
    assert shop.get("/acq/test", headers=nobody, apikey=shop.key).status_code == 200
    assert shop.get("/acq/test").status_code == 200
    for written in (f"APIKEY {shop.key}", f"apikey  {shop.key}"):
        assert shop.get("/acq/test", headers={"Authorization": written}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "apikey"},
        {"Authorization": "apikey nonsense"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "apikey " + "x" * 10_000},
    ],
)
def test_without_a_key_nothing_opens(shop: Shop, headers: dict[str, str]) -> None:
    with httpx.Client(base_url=shop.url + PREFIX, headers=headers) as client:
        for method, path in (("POST", LINES), ("GET", f"{LINES}/POL-1"), ("GET", "/acq/test")):
            answer = client.request(
                method, path, content=encoded(order(), "json") if method == "POST" else None
            )
            assert answer.status_code == 400
            assert problems(answer) == [
                ("UNAUTHORIZED", "API-key not defined or not configured to allow this API.")
            ]


@pytest.mark.parametrize("path", [LINES, LINES + "/", "/acq//po-lines"])
def test_slashes_make_no_difference(shop: Shop, path: str) -> None:
    line = shop.ordered(order(), path=path)
    for written in (f"{LINES}/{line['number']}", f"{LINES}/{line['number']}/"):
        assert shop.get(written).json() == line


def test_parameters_nobody_knows_are_passed_over(shop: Shop) -> None:
    assert shop.post(order(), view="full", lang="en", _="1234").status_code == 200


def test_a_number_may_be_written_escaped(shop: Shop) -> None:
    line = shop.ordered(order(vendor_reference_number="A/B ü"))
    url = f"{shop.url}{PREFIX}{LINES}/A%2FB%20%C3%BC"
    answer = shop.client.get(
        url, headers={"Authorization": f"apikey {shop.key}", "Accept": "application/json"}
    )
    assert answer.json()["number"] == line["number"]


def test_head_is_a_get_without_a_body(shop: Shop) -> None:
    number = shop.ordered()["number"]
    answer = shop.call("HEAD", f"{LINES}/{number}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 500


def test_manual_review_can_be_asked_for(shop: Shop) -> None:
    for word, state in (
        ("true", "INREVIEW"),
        ("TRUE", "INREVIEW"),
        ("false", "AUTO_PACKAGING"),
        ("", "AUTO_PACKAGING"),
    ):
        answer = shop.post(order(), requires_manual_review=word)
        assert answer.json()["status"]["value"] == state
    answer = shop.post(order(), requires_manual_review="perhaps")
    assert codes(answer) == ["40166411"]


# -- rights -------------------------------------------------------------------------------------


def test_a_key_that_may_only_read_orders_nothing(server: Server, shop: Shop) -> None:
    line = shop.ordered()
    with server.new_shop(shop.world, areas={"acq": "read"}) as reader:
        assert reader.line(line["number"]) == line
        body = order()
        answer = reader.post(body)
        assert answer.status_code == 403
        assert codes(answer) == ["FORBIDDEN"]
    assert codes(shop.get(f"{LINES}/{body['vendor_reference_number']}")) == ["401871"]


def test_a_key_of_another_area_sees_no_orders(server: Server, shop: Shop) -> None:
    line = shop.ordered()
    with server.new_shop(shop.world, areas={"conf": "write", "bibs": "write", "users": "write"}) as stranger:
        for answer in (stranger.get(f"{LINES}/{line['number']}"), stranger.post(order())):
            assert answer.status_code == 403
            assert codes(answer) == ["FORBIDDEN"]


def test_a_revoked_key_is_refused_at_once(server: Server, shop: Shop, clock: Any) -> None:
    assert shop.get("/acq/test").status_code == 200
    shop.world.write(lambda tx: directory.revoke_key(tx, "shop key"))
    clock.advance(3)
    for answer in (shop.get("/acq/test"), shop.post(order())):
        assert answer.status_code == 403
        assert codes(answer) == ["FORBIDDEN"]
        assert shop.key not in answer.text


def test_a_key_tied_to_a_vendor_orders_in_its_name_and_reads_its_own(server: Server, shop: Shop) -> None:
    other = shop.ordered(order(vendor="OASIS", vendor_account="OASIS-1"))
    with server.new_shop(
        shop.world, vendor="GOBI", funds=("HIST",), libraries=("MAIN",), areas={"acq": "write"}
    ) as gobi:
        mine = gobi.ordered(order(vendor=None, interested_user=[{"primary_id": "patron1"}]))
        assert mine["vendor"]["value"] == "GOBI"
        assert (
            mine["interested_user"][0].keys().isdisjoint({"primary_id", "first_name", "last_name", "email"})
        )
        assert shop.line(mine["number"])["interested_user"][0]["primary_id"] == "patron1"
        for name in (other["number"], other["vendor_reference_number"]):
            assert codes(gobi.get(f"{LINES}/{name}")) == ["401871"]
        assert codes(gobi.post(order(vendor="OASIS", vendor_account="OASIS-1"))) == ["401872"]
        hidden = gobi.ordered(order(fund_distribution=[{"fund_code": "ART", "percent": 100}]))
        assert hidden["alert"][0]["desc"].startswith("There is no fund ART.")
        assert hidden["fund_distribution"][0]["fund_code"]["desc"] == ""
        elsewhere = gobi.post(
            order(location=[{"quantity": 1, "library": "SCI", "shelving_location": "STACKS"}])
        )
        assert codes(elsewhere) == ["401872"]
        assert codes(gobi.post(order(owner="SCI"))) == ["401872"]


def test_another_vendor_s_order_cannot_be_had_by_repeating_it(server: Server, shop: Shop) -> None:
    body = order()
    shop.ordered(body)
    with server.new_shop(shop.world, vendor="OASIS", areas={"acq": "write"}) as oasis:
        answer = oasis.post(body)
        assert answer.status_code == 400
        assert codes(answer) == ["401872"]


# -- institutions -------------------------------------------------------------------------------


def test_nothing_of_another_institution_is_found(server: Server, shop: Shop) -> None:
    theirs = shop.ordered(order(type="PRINTED_BOOK_OT"))
    ebook = shop.ordered(order(type="E_BOOK_OT"))
    paths = [f"{LINES}/{theirs['number']}", f"{LINES}/{theirs['vendor_reference_number']}"]
    for line in (theirs, ebook):
        paths.append(line["resource_metadata"]["mms_id"]["link"])
        paths += [each["link"] for each in line["portfolios"]["portfolio"]]
        for place in line["location"]:
            paths += [each["link"] for each in (*place["holding"], *place["copy"])]
    with server.new_shop() as stranger:
        for path in paths:
            inside = path.removeprefix(f"{shop.url}{PREFIX}")
            mine, foreign = shop.get(inside), stranger.get(inside)
            if mine.status_code == 404:
                continue  # a resource that is not served yet
            assert mine.status_code == 200, (inside, mine.text)
            assert foreign.status_code == 400, (inside, foreign.text)
            assert "not found" in foreign.text or "not valid" in foreign.text
        mms_id = theirs["resource_metadata"]["mms_id"]
        answer = stranger.post(order(resource_metadata={"mms_id": mms_id}))
        assert codes(answer) == ["401872"]
        titled = {**theirs["resource_metadata"], "mms_id": None}
        copied = stranger.ordered(order(number="POL-0", resource_metadata=titled))
        assert "The ordered resource already exists" not in str(copied["alert"])


def test_two_institutions_may_use_one_reference_and_one_idempotency_key(server: Server, shop: Shop) -> None:
    body = order()
    with server.new_shop() as neighbour:
        header = {"Idempotency-Key": "the same"}
        mine, theirs = shop.ordered(body, headers=header), neighbour.ordered(body, headers=header)
        again = neighbour.post(body, headers=header)
        assert again.headers["idempotent-replayed"] == "true"
        assert again.json() == theirs
        assert shop.line(body["vendor_reference_number"]) == mine
        assert neighbour.line(body["vendor_reference_number"]) == theirs
        assert shop.world.balance("HIST").encumbered.text() == "50.00"
        assert neighbour.world.balance("HIST").encumbered.text() == "50.00"
