"""Items by their barcode, edited, and passed on after they were received."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from lxml import etree

from openacq.codes import service as codes_of_tables
from openacq.directory import service as directory
from tests.serving_fixture import Server
from tests.shop import FORMATS, LINES, Format, Shop, as_xml, codes, order, problems


@pytest.fixture
def shop(server: Server) -> Iterator[Shop]:
    """A client of the library's own that may change items."""
    with server.new_shop(areas={"acq": "write", "bibs": "write"}) as shop:
        yield shop


def path_of(line: dict[str, Any]) -> str:
    link: str = line["location"][0]["copy"][0]["link"]
    return link.split("/almaws/v1")[1]


def barcode_of(line: dict[str, Any]) -> str:
    barcode: str = line["location"][0]["copy"][0]["barcode"]
    return barcode


# -- by barcode ---------------------------------------------------------------------------------


def test_a_barcode_leads_to_its_item(shop: Shop) -> None:
    line = shop.ordered()
    answer = shop.get("/items", item_barcode=barcode_of(line))
    assert answer.status_code == 302
    assert answer.headers["location"] == line["location"][0]["copy"][0]["link"]
    followed = shop.client.get(
        "/items",
        params={"item_barcode": barcode_of(line), "apikey": shop.key, "format": "json"},
        follow_redirects=True,
    )
    assert followed.json()["item_data"]["barcode"] == barcode_of(line)


@pytest.mark.parametrize("wants", FORMATS)
def test_a_barcode_no_item_has(shop: Shop, wants: Format) -> None:
    answer = shop.get("/items", item_barcode="nothing", wants=wants)
    assert problems(answer) == [("401689", "No items found for barcode nothing.")]
    assert codes(shop.get("/items", wants=wants)) == ["401664"]


def test_items_of_libraries_not_granted_are_not_found(server: Server, shop: Shop) -> None:
    line = shop.ordered()
    with server.new_shop(shop.world, libraries=("SCI",)) as science:
        assert codes(science.get("/items", item_barcode=barcode_of(line))) == ["401689"]


# -- editing ------------------------------------------------------------------------------------


def put(shop: Shop, path: str, body: Any, **how: Any) -> httpx.Response:
    return shop.call("PUT", path, body, **how)


@pytest.mark.parametrize("form", FORMATS)
def test_an_item_put_back_untouched_stays_as_it_is(shop: Shop, form: Format) -> None:
    shop.world.load(codes_of_tables, "code_row", {"table": "ItemPolicy", "code": "01", "description": "Loan"})
    copy = {
        "barcode": f"B-{form}",
        "item_policy": {"value": "01"},
        "description": "v.1",
        "enumeration_a": "1",
    }
    line = shop.ordered(order(location=[{"quantity": 1, "library": "MAIN", "copy": [copy]}]))
    before = shop.get(path_of(line), wants=form)
    answer = put(shop, path_of(line), before.content, sends=form, wants=form)
    assert answer.status_code == 200, answer.text
    assert answer.content == before.content


@pytest.mark.parametrize("form", FORMATS)
def test_what_a_copy_is_changes(shop: Shop, form: Format) -> None:
    shop.world.load(codes_of_tables, "code_row", {"table": "ItemPolicy", "code": "01", "description": "Loan"})
    line = shop.ordered()
    body = {
        "holding_data": {
            "in_temp_location": True,
            "temp_library": {"value": "MAIN"},
            "temp_location": {"value": "REF"},
        },
        "item_data": {"barcode": f"NEW-{form}", "policy": {"value": "01"}, "description": "vol. 1"},
    }
    answer = put(shop, path_of(line), body if form == "json" else as_xml(body, "item"), sends=form)
    item = answer.json()
    assert (item["item_data"]["barcode"], item["item_data"]["policy"]["value"]) == (f"NEW-{form}", "01")
    assert item["item_data"]["description"] == "vol. 1"
    assert item["holding_data"]["temp_location"]["value"] == "REF"
    assert item["item_data"]["location"]["value"] == "REF"
    assert shop.line(line["number"])["location"][0]["quantity"] == 1


def test_the_receipt_of_an_item_is_not_changed_by_editing_it(shop: Shop) -> None:
    line = shop.ordered()
    pid = line["location"][0]["copy"][0]["pid"]
    shop.call("POST", f"{LINES}/{line['number']}/items/{pid}", b"{}", op="receive")
    body = {"item_data": {"barcode": "B-1", "process_type": {"value": "ACQ"}}}
    data = put(shop, path_of(line), body).json()["item_data"]
    assert (data["process_type"]["value"], data["arrival_date"]) == ("TRANSIT", "2026-03-02Z")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a taken barcode": ({"item_data": {"barcode": "TAKEN"}}, "401872"),
    "no such policy": ({"item_data": {"policy": {"value": "SIP"}}}, "40166404"),
    "no such material": ({"item_data": {"physical_material_type": {"value": "CLAY"}}}, "40166404"),
    "no such temporary library": (
        {"holding_data": {"in_temp_location": True, "temp_library": {"value": "LAW"}}},
        "40166404",
    ),
    "no such temporary location": (
        {"holding_data": {"in_temp_location": True, "temp_location": {"value": "ATTIC"}}},
        "40166404",
    ),
    "another library": ({"item_data": {"library": {"value": "SCI"}}}, "40166404"),
    "another location": ({"item_data": {"location": {"value": "REF"}}}, "40166404"),
}


@pytest.mark.parametrize("wants", FORMATS)
@pytest.mark.parametrize("what", WRONG)
def test_what_an_item_cannot_be(shop: Shop, what: str, wants: Format) -> None:
    shop.world.load(codes_of_tables, "code_row", {"table": "ItemPolicy", "code": "01", "description": "Loan"})
    shop.ordered(order(location=[{"quantity": 1, "library": "MAIN", "copy": [{"barcode": "TAKEN"}]}]))
    line = shop.ordered()
    before = shop.get(path_of(line)).content
    body, code = WRONG[what]
    assert codes(put(shop, path_of(line), body, wants=wants)) == [code]
    assert shop.get(path_of(line)).content == before


@pytest.mark.parametrize("wants", FORMATS)
def test_an_item_that_is_not_there(shop: Shop, wants: Format) -> None:
    line = shop.ordered()
    path = path_of(line)
    bib, holding, item = path.split("/")[2], path.split("/")[4], path.split("/")[6]
    wrong = {
        f"/bibs/abc/holdings/{holding}/items/{item}": "402204",
        f"/bibs/99999/holdings/{holding}/items/{item}": "402203",
        f"/bibs/{bib}/holdings/22999/items/{item}": "402203",
        f"/bibs/{bib}/holdings/{holding}/items/23999": "40166411",
    }
    for address, code in wrong.items():
        assert codes(put(shop, address, {}, wants=wants)) == [code]
        assert codes(shop.call("POST", address, b"{}", op="scan", wants=wants)) == [code]
    assert codes(put(shop, path, None, wants=wants)) == ["401676"]


# -- passing on ---------------------------------------------------------------------------------


def scan(shop: Shop, line: dict[str, Any], **params: Any) -> httpx.Response:
    asked: dict[str, Any] = {"op": "scan", **params}
    return shop.call("POST", path_of(line), b"{}", **asked)


def received(shop: Shop) -> dict[str, Any]:
    shop.world.load(directory, "department", {"code": "ACQ", "name": "Acquisitions", "owner": "MAIN"})
    line = shop.ordered()
    pid = line["location"][0]["copy"][0]["pid"]
    answer = shop.call("POST", f"{LINES}/{line['number']}/items/{pid}", b"{}", op="receive")
    assert answer.status_code == 200
    return line


def test_an_item_is_kept_in_a_department_and_passed_on(shop: Shop) -> None:
    line = received(shop)
    kept = scan(shop, line, department="ACQ", library="MAIN").json()
    assert kept["item_data"]["process_type"] == {"value": "WORK_ORDER_DEPARTMENT", "desc": "In Process"}
    assert kept["additional_info"] == "Item is kept in Acquisitions"
    gone = scan(shop, line, department="ACQ", done="true").json()
    assert gone["item_data"]["process_type"]["value"] == "TRANSIT"
    assert gone["additional_info"] == "Item's destination is: Main Library"
    there = scan(shop, line, library="MAIN").json()
    assert (there["item_data"]["process_type"]["value"], there["item_data"]["base_status"]["value"]) == (
        "",
        "1",
    )
    elsewhere = etree.fromstring(
        shop.call(
            "POST", path_of(line), b"<item/>", sends="xml", wants="xml", op="scan", library="SCI"
        ).content
    )
    assert elsewhere.findtext("additional_info") == "Item's destination is: Main Library"


@pytest.mark.parametrize("wants", FORMATS)
def test_what_cannot_be_scanned(shop: Shop, wants: Format) -> None:
    line = received(shop)
    assert codes(scan(shop, line, department="NOPE", wants=wants)) == ["401875"]
    assert codes(scan(shop, line, department="ACQ", library="SCI", wants=wants)) == ["401875"]
    assert codes(scan(shop, line, library="LAW", wants=wants)) == ["40166411"]
    assert codes(scan(shop, line, op="loan", wants=wants)) == ["40166411"]
    assert codes(scan(shop, line, done="perhaps", wants=wants)) == ["40166411"]
    assert codes(scan(shop, shop.ordered(), department="ACQ", wants=wants)) == ["402119"]


def test_reading_rights_change_no_item(server: Server, shop: Shop) -> None:
    line = received(shop)
    with server.new_shop(shop.world, areas={"bibs": "read", "acq": "write"}) as reader:
        assert put(reader, path_of(line), {}).status_code == 403
        assert scan(reader, line).status_code == 403
