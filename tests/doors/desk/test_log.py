"""The order log on the screen: found, read, understood; patrons' data folded until somebody may look."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from openacq.doors.desk.log_reading import Cell, body_of
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop, order


def flushed(shop: Shop, server: Server) -> None:
    """What was queued of reads and refusals is written."""
    server.house.order_log.flush(server.store)


@pytest.fixture
def refused(server: Server, shop: Shop) -> dict[str, Any]:
    body = order(owner=None)
    assert shop.client.post("/acq/po-lines", json=body, headers=_key(shop)).status_code == 400
    flushed(shop, server)
    return body


def _key(shop: Shop) -> dict[str, str]:
    return {"Authorization": f"apikey {shop.key}", "Accept": "application/json"}


def open_first(staff: Staff) -> None:
    link = staff.page.xpath("//tr[@data-row]//th/a/@href")[0]
    staff.get(link.removeprefix("/desk"))


def test_a_refused_call_is_found_and_says_why(staff: Staff, refused: dict[str, Any]) -> None:
    staff.get("/log", outcome="refused")
    assert len(staff.rows()) == 1
    assert "field missing" in staff.rows()[0]
    open_first(staff)
    assert "It was refused, and nothing was changed:" in staff.text
    cells = {
        row.xpath("string(th)"): row.xpath("string(td)")
        for row in staff.page.xpath("//section[h2[@id='request']]//tr")
    }
    assert cells["resource_metadata.title"] == refused["resource_metadata"]["title"]
    assert cells["price.sum"] == "50.00"
    assert "Mandatory field is missing: owner" in staff.text


def test_it_can_be_sent_again_with_curl(staff: Staff, shop: Shop, refused: dict[str, Any]) -> None:
    staff.get("/log", outcome="refused")
    open_first(staff)
    curl = staff.page.xpath("string(//*[@id='curl-text'])")
    assert curl.startswith(
        f"curl -X POST {shop.url}/almaws/v1/acq/po-lines -H 'Authorization: apikey YOUR_KEY'"
    )
    assert "--data-binary '{" in curl
    assert shop.key not in staff.page.text_content()


def test_a_line_in_review_says_what_holds_it_up(staff: Staff, shop: Shop) -> None:
    line = shop.ordered(order(fund_distribution=None))
    staff.get("/log", q=line["number"])
    assert [line["number"] in row for row in staff.rows()] == [True]
    open_first(staff)
    assert "holds it up" in staff.text
    assert "In review" in staff.text


def test_patron_data_stay_folded_until_an_administrator_looks(
    server: Server, staff: Staff, shop: Shop
) -> None:
    shop.ordered(order(interested_user=[{"primary_id": "patron1"}]))
    staff.get("/log", outcome="placed")
    open_first(staff)
    path = staff.path.removeprefix("/desk")
    assert "[folded:1]" in staff.text
    assert "patron1" not in staff.text
    staff.send(path)
    assert "patron1" in staff.text
    staff.get(path)
    assert "patron1" not in staff.text
    assert staff.name in staff.page.xpath("string(//*[@class='history'])")
    with Staff(server, shop.world, new_staff(server, shop.world, "55")) as other:
        other.sign_in()
        other.get(path)
        assert "administrators can look" in other.text
        other.post(path, {})
        assert other.status == 403
        assert "patron1" not in other.text


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"status": "4xx"}, 1),
        ({"status": "2xx"}, 1),
        ({"vendor": "GOBI"}, 2),
        ({"vendor": "OASIS"}, 0),
        ({"method": "GET"}, 0),
        ({"door": "alma"}, 2),
        ({"problem": "field_missing"}, 1),
        ({"problem": "field"}, 0),
        ({"q": "po-lines"}, 2),
        ({"q": "invoices"}, 0),
        ({"since": "2026-03-02", "until": "2026-03-02"}, 2),
        ({"since": "2026-03-03"}, 0),
        ({"until": "2026-03-01"}, 0),
        ({"since": "yesterday"}, 2),
    ],
    ids=str,
)
def test_the_log_is_narrowed(
    staff: Staff, shop: Shop, refused: dict[str, Any], filters: dict[str, str], found: int
) -> None:
    shop.ordered()
    staff.get("/log", **filters)
    assert len(staff.rows()) == found


def test_a_call_is_found_by_its_request_id(staff: Staff, shop: Shop, refused: dict[str, Any]) -> None:
    shop.ordered()
    staff.get("/log", outcome="refused")
    open_first(staff)
    request_id = staff.page.xpath("string(//dt[text()='Request id']/following-sibling::dd[1])")
    staff.get("/log", q=request_id)
    assert len(staff.rows()) == 1


def test_equal_refusals_are_put_together(staff: Staff, shop: Shop, server: Server) -> None:
    for _ in range(3):
        shop.client.post("/acq/po-lines", json=order(owner=None), headers=_key(shop))
    flushed(shop, server)
    staff.get("/log")
    assert "3 calls" in staff.page.xpath("string(//section[h2[@id='grouped']])")


def test_the_log_is_a_file_too(staff: Staff, refused: dict[str, Any]) -> None:
    staff.get("/log", format="csv")
    assert staff.answer is not None
    rows = list(csv.DictReader(io.StringIO(staff.answer.content.decode("utf-8-sig"))))
    assert [row["problems"] for row in rows] == ["field_missing"]


def test_bodies_are_no_markup(staff: Staff, shop: Shop) -> None:
    shop.ordered(order(resource_metadata={"title": "<script>alert(1)</script>"}))
    staff.get("/log")
    open_first(staff)
    assert staff.answer is not None
    assert "<script>alert" not in staff.answer.text


def test_a_neighbours_call_is_not_found(server: Server, staff: Staff) -> None:
    with server.new_shop() as neighbour:
        neighbour.ordered()
        with Staff(server, neighbour.world) as other:
            other.sign_in()
            other.get("/log")
            open_first(other)
            path = other.path.removeprefix("/desk")
    staff.get(path)
    assert staff.status == 404
    staff.get("/log/x")
    assert staff.status == 404


def test_statements_do_not_grow_with_calls(staff: Staff, shop: Shop) -> None:
    shop.ordered()
    before = statements(staff.server, lambda: staff.get("/log"))
    for _ in range(12):
        shop.ordered()
    assert statements(staff.server, lambda: staff.get("/log")) <= before


def test_a_json_body_is_taken_apart() -> None:
    body = body_of('{"a": {"b": [1, "x"]}, "c": null, "d": {}}')
    assert body.kind == "JSON"
    assert body.cells == (Cell("a.b[0]", "1"), Cell("a.b[1]", "x"), Cell("c", "null"), Cell("d", "{}"))


def test_an_xml_body_is_taken_apart() -> None:
    body = body_of(
        '<po_line><owner desc="Main">MAIN</owner><notes><note>a</note><note>b</note></notes></po_line>'
    )
    assert body.kind == "XML"
    assert body.cells == (
        Cell("po_line.owner@desc", "Main"),
        Cell("po_line.owner", "MAIN"),
        Cell("po_line.notes.note[0]", "a"),
        Cell("po_line.notes.note[1]", "b"),
    )


@pytest.mark.parametrize(
    "text",
    ["", "plain words", '{"cut": "of', "<a><b>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "[" * 5_000],
)
def test_what_cannot_be_taken_apart_is_shown_as_sent(text: str) -> None:
    body = body_of(text)
    assert text.strip() in ("", body.text.strip()) or body.cells == () or "&x;" in body.text


def test_a_huge_body_is_cut() -> None:
    body = body_of("[" + ",".join(["1"] * 5_000) + "]")
    assert body.more
    assert len(body.cells) == 400
