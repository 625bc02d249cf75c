"""The order log on the screen: found, read, understood; patrons' data folded until somebody may look."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from openacq.directory import service as directory
from openacq.doors.desk.log_reading import Cell, body_of
from openacq.vendors import service as vendors
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
        ({"since": "0001-01-01", "until": "9999-12-31"}, 2),
    ],
    ids=str,
)
def test_the_log_is_narrowed(
    staff: Staff, shop: Shop, refused: dict[str, Any], filters: dict[str, str], found: int
) -> None:
    shop.ordered()
    staff.get("/log", **filters)
    assert len(staff.rows()) == found


def test_days_are_typed_beside_the_other_filters(staff: Staff, refused: dict[str, Any]) -> None:
    staff.get("/log", outcome="refused")
    assert staff.page.xpath("//details[@class='facets']//input[@name='since'][@type='date']")
    staff.send("/log", {"since": "2026-03-01", "until": "2026-03-02"})
    assert len(staff.rows()) == 1
    assert (staff.value("since"), staff.value("until")) == ("2026-03-01", "2026-03-02")
    staff.send("/log", {"since": "2026-03-03", "until": ""})
    assert staff.rows() == []


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "<script>"])
def test_a_day_that_is_none_is_told(staff: Staff, refused: dict[str, Any], day: str) -> None:
    staff.get("/log", since=day)
    assert staff.status == 422
    assert "is not a date" in staff.text
    assert len(staff.rows()) == 1
    assert staff.page.xpath("//input[@name='since'][@aria-invalid='true']")


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


# -- following the log, and refused calls once more ---------------------------------------------------


def test_the_log_is_followed_live(staff: Staff, shop: Shop) -> None:
    shop.ordered()
    staff.get("/log")
    (link,) = staff.page.xpath("//a[text()='Follow live']/@href")
    staff.get(link.removeprefix("/desk"))
    (asked,) = staff.page.xpath("//*[@id='tail']/@hx-get")
    quiet = staff.client.get(asked, headers={"HX-Request": "true"})
    assert quiet.status_code == 204
    number = shop.ordered()["number"]
    news = staff.client.get(asked, headers={"HX-Request": "true"})
    assert news.status_code == 200
    assert number in news.text
    assert "<html" not in news.text
    found = re.search('hx-get="([^"]+)"', news.text)
    assert found is not None
    again = staff.client.get(found[1].replace("&amp;", "&"), headers={"HX-Request": "true"})
    assert again.status_code == 204


def test_filters_stay_while_it_is_followed(staff: Staff, shop: Shop) -> None:
    shop.ordered()
    staff.get("/log", outcome="refused", live="1")
    (asked,) = staff.page.xpath("//a[text()='Stop following']/@href")
    assert "outcome=refused" in asked
    assert staff.rows() == []


@pytest.fixture
def mendable(server: Server, shop: Shop) -> dict[str, Any]:
    """A call refused for a vendor that is there only later."""
    body = order(vendor={"value": "LATER"}, vendor_account={"value": "LATER-1"})
    assert shop.client.post("/acq/po-lines", json=body, headers=_key(shop)).status_code == 400
    flushed(shop, server)
    return body


def later_is_there(shop: Shop) -> None:
    shop.world.load(vendors, "vendor", {"code": "LATER", "name": "Later Books"})
    shop.world.load(vendors, "vendor_account", {"vendor": "LATER", "code": "LATER-1", "currency": "USD"})


def open_refused(staff: Staff) -> None:
    staff.get("/log", outcome="refused")
    open_first(staff)


def test_a_refused_create_is_checked_again_and_nothing_is_kept(
    staff: Staff, shop: Shop, mendable: dict[str, Any]
) -> None:
    open_refused(staff)
    staff.send("/again", {"do": "check"})
    assert "It would be refused again:" in staff.text
    assert "There is no vendor LATER." in staff.text
    later_is_there(shop)
    open_refused(staff)
    staff.send("/again", {"do": "check"})
    assert "It would be accepted now. Nothing was kept." in staff.text
    staff.get("/orders")
    assert staff.rows() == []


def test_a_refused_call_is_sent_again_once(staff: Staff, shop: Shop, mendable: dict[str, Any]) -> None:
    later_is_there(shop)
    open_refused(staff)
    page = staff.page
    staff.send("/again", {"do": "send"})
    assert "It was sent again: POL-" in staff.told
    number = staff.path.rpartition("/")[2]
    line = staff.world.line(number)
    assert (line.vendor, line.source.value, line.created_by) == ("LATER", "API", "shop key")
    staff.page = page
    staff.send("/again", {"do": "send"})
    assert staff.told == "It was sent again already."
    staff.get("/orders")
    assert len(staff.rows()) == 1
    open_refused(staff)
    assert staff.name in staff.page.xpath("string(//section[@class='history'])")


def test_sent_again_it_may_be_refused_again(
    server: Server, staff: Staff, shop: Shop, mendable: dict[str, Any]
) -> None:
    open_refused(staff)
    staff.send("/again", {"do": "send"})
    assert "refused again" in staff.told
    flushed(shop, server)
    staff.get("/log", outcome="refused")
    assert len(staff.rows()) == 2


def test_who_may_only_look_checks_but_sends_nothing(
    server: Server, staff: Staff, shop: Shop, mendable: dict[str, Any], elsewhere: Staff
) -> None:
    open_refused(staff)
    path = staff.path.removeprefix("/desk")
    with Staff(server, shop.world, new_staff(server, shop.world, "54")) as buyer:
        buyer.sign_in()
        buyer.get(path)
        assert not buyer.page.xpath("//button[@value='send']")
        assert buyer.page.xpath("//button[@value='check']")
        buyer.post(f"{path}/again", {"do": "send"})
        assert "do not allow" in buyer.text
    with Staff(server, shop.world, new_staff(server, shop.world, "33")) as looker:
        looker.sign_in()
        looker.get(path)
        assert not looker.page.xpath("//button[@value='check']")
        looker.post(f"{path}/again", {"do": "check"})
        assert looker.status == 403
    elsewhere.get("/log")
    elsewhere.post(f"{path}/again", {"do": "check"})
    assert elsewhere.status == 404
    staff.get("/orders")
    assert staff.rows() == []


def test_what_went_well_or_is_not_whole_is_not_sent_again(
    server: Server, staff: Staff, shop: Shop, mendable: dict[str, Any]
) -> None:
    shop.ordered()
    staff.get("/log", outcome="placed")
    open_first(staff)
    assert not staff.page.xpath("//section[@aria-labelledby='again']")
    path = staff.path.removeprefix("/desk")
    staff.post(f"{path}/again", {"do": "send"})
    assert "cannot be carried out again" in staff.text
    body = order(vendor={"value": "LATER"}, note=[{"note_text": "x" * 20_000}])
    assert shop.client.post("/acq/po-lines", json=body, headers=_key(shop)).status_code == 400
    flushed(shop, server)
    open_refused(staff)
    assert "bytes in all" in staff.text
    assert "The log does not have all of it" in staff.text
    assert not staff.page.xpath("//section[@aria-labelledby='again']//button")


def test_a_revoked_key_sends_nothing_again(staff: Staff, shop: Shop, mendable: dict[str, Any]) -> None:
    later_is_there(shop)
    open_refused(staff)
    shop.world.write(lambda tx: directory.revoke_key(tx, "shop key"))
    staff.send("/again", {"do": "send"})
    assert any("There is no API key" in one for one in staff.wrong)
    staff.get("/orders")
    assert staff.rows() == []
