"""Purchase orders as the documents of 2012 show them: listed, read, made, changed, deleted; XML and JSON."""

from __future__ import annotations

import json

import pytest

from tests.doors.wms.client import ATOM_JSON, JSON, XML, Client, error, oclc_id
from tests.doors.wms.order_documents import (
    ENTRY_JSON,
    ENTRY_XML,
    FEED_JSON,
    FEED_XML,
    NEW,
    everything,
    facts,
    same_json,
    same_xml,
)
from tests.doors.wms.ordering_client import (
    add_item,
    begin,
    number_of,
    order_xml,
    ordering_client,
    submit,
    vendor,
)
from tests.serving_fixture import Server


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


def test_an_order_is_made_in_xml(client: Client) -> None:
    answer = client.call("POST", "/purchaseorders/", order_xml(client))
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/atom+xml;charset=UTF-8")
    (number,) = [each.row.number for each in everything(client)]
    about = facts(client, number)
    same_xml(answer, ENTRY_XML, **NEW, **about)
    assert answer.headers["etag"] == f'"{about["changed"]}"'


def test_an_order_is_made_in_json(client: Client) -> None:
    body = {
        "content": {
            "orderName": " Order Name ",
            "orderNumberRange": "default",
            "vendor": {"vendorId": vendor(client).uuid},
            "currency": "USD",
            "exchangeRate": 1.000000,
        }
    }
    answer = client.but(accept=ATOM_JSON).call("POST", "/purchaseorders/", json.dumps(body), sends=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (
        201,
        "application/atom+json;charset=UTF-8",
    )
    (number,) = [each.row.number for each in everything(client)]
    same_json(answer, ENTRY_JSON, **NEW, **facts(client, number))


@pytest.mark.parametrize(
    "path",
    ["/purchaseorders/{}", "/purchaseorders/{}/", "//purchaseorders//{}/?inst={inst}", "/purchaseorder/{}"],
)
def test_an_order_is_read_in_xml(client: Client, path: str) -> None:
    number = number_of(begin(client))
    answer = client.get(path.format(number, inst=oclc_id(client)))
    assert answer.status_code == 200
    same_xml(answer, ENTRY_XML, **NEW, **facts(client, number))


def test_an_order_is_read_in_json(client: Client) -> None:
    number = number_of(begin(client))
    for asked in (
        client.but(accept=JSON).get(f"/purchaseorders/{number}"),
        client.but(accept=ATOM_JSON).get(f"/purchaseorders/{number}"),
        client.get(f"/purchaseorders/{number}.json"),
    ):
        same_json(asked, ENTRY_JSON, **NEW, **facts(client, number))
    xml = client.but(accept=JSON).get(f"/purchaseorders/{number}.xml")
    same_xml(xml, ENTRY_XML, **NEW, **facts(client, number))


def test_a_submitted_order_tells_its_date_and_total(client: Client) -> None:
    order = begin(client)
    number = number_of(order)
    for title in ("One", "Two"):
        resource = {"worldcatResource": {"title": title}}
        add_item(client, order, resource=resource, orderingPrice=30.75)
    submit(client, order)
    about = facts(client, number)
    said = {"name": " Order Name ", "items": "2", "state": "SUBMITTED", "total": "61.50"}
    dates = {"date": f"<orderDate>{about['ordered']}</orderDate>"}
    same_xml(client.get(f"/purchaseorders/{number}"), ENTRY_XML, **said, **dates, **about)
    dates = {"date": f'"orderDate": {about["ordered_ms"]},'}
    answer = client.but(accept=ATOM_JSON).get(f"/purchaseorders/{number}")
    same_json(answer, ENTRY_JSON, **said, **dates, **about)


def test_open_orders_are_listed_in_xml_and_json(client: Client) -> None:
    number = number_of(begin(client))
    path = "/purchaseorders/?startIndex=0&itemsPerPage=20&q=OPEN"
    answer = client.get(path)
    assert answer.status_code == 200
    assert not answer.text.startswith("<?xml")
    same_xml(answer, FEED_XML, **NEW, **facts(client, number))
    same_json(client.but(accept=ATOM_JSON).get(path), FEED_JSON, **NEW, **facts(client, number))


def test_an_order_is_changed_by_putting_it_back_in_xml(client: Client) -> None:
    order = begin(client)
    number = number_of(order)
    read = client.get(f"/purchaseorders/{number}").text
    renamed = read.replace("> Order Name <", "> Order Name 2 <")
    answer = client.call("PUT", f"/purchaseorders/{number}", renamed)
    assert answer.status_code == 200
    about = facts(client, number)
    same_xml(answer, ENTRY_XML, **{**NEW, "name": " Order Name 2 "}, **about)
    assert about["changed"] > order.etag
    assert answer.headers["etag"] == f'"{about["changed"]}"'


def test_an_order_is_changed_by_putting_it_back_in_json(client: Client) -> None:
    order = begin(client)
    number = number_of(order)
    told = client.but(accept=ATOM_JSON).get(f"/purchaseorders/{number}").json()
    told["content"]["orderName"] = "Another name"
    answer = client.but(accept=ATOM_JSON).call(
        "PUT", f"/purchaseorders/{number}", json.dumps(told), sends=JSON
    )
    assert answer.status_code == 200
    same_json(answer, ENTRY_JSON, **{**NEW, "name": "Another name"}, **facts(client, number))


def test_an_order_is_deleted_and_the_answer_is_empty(client: Client) -> None:
    number = number_of(begin(client))
    answer = client.call("DELETE", f"/purchaseorders/{number}")
    assert (answer.status_code, answer.content) == (200, b"")
    gone = client.get(f"/purchaseorders/{number}")
    assert (gone.status_code, error(gone).code) == (404, "404")


# -- plain JSON and bare XML --------------------------------------------------------------------


def test_plain_json_is_the_bare_order(server: Server) -> None:
    client = ordering_client(server, json="plain").but(accept=JSON)
    body = {
        "orderName": "Plain",
        "vendor": {"vendorId": vendor(client).uuid, "vendorName": None, "localIdentifier": None},
        "link": {"href": None},
        "currency": None,
        "exchangeRate": None,
        "comment": None,
        "purchaseOrderItems": None,
        "orderNumberRange": None,
    }
    answer = client.call("POST", "/purchaseorders", json.dumps(body), sends=JSON)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["orderName"], told["currency"], told["purchaseOrderState"]) == ("Plain", "USD", "OPEN")
    assert told["action"] is told["processing"] is None
    listed = client.get("/purchaseorders?q=OPEN").json()
    assert ([each["orderName"] for each in listed["entry"]], int(listed["totalResults"])) == (["Plain"], 1)
    assert client.get("/purchaseorders?q=SUBMITTED").json()["entry"] == []
    put = {**told, "orderName": "Plainer"}
    answer = client.call(
        "PUT",
        f"/purchaseorders/{told['purchaseOrderNumber']}",
        json.dumps(put),
        sends=JSON,
        headers={"If-Match": answer.headers["etag"]},
    )
    assert (answer.status_code, answer.json()["orderName"]) == (200, "Plainer")


def test_bare_xml_is_the_order_without_its_envelope(client: Client) -> None:
    number = number_of(begin(client))
    answer = client.but(accept=XML).get(f"/purchaseorders/{number}")
    assert answer.headers["content-type"] == "application/xml;charset=UTF-8"
    assert 'xmlns="http://worldcat.org/xmlschemas/acquisitions/PurchaseOrder"' in answer.text
    assert "<entry" not in answer.text
    put = client.but(accept=XML).call("PUT", f"/purchaseorders/{number}", answer.text, sends=XML)
    assert put.status_code == 200
    assert put.headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize("version", ["-1.3", "", "-9"])
def test_elements_are_known_by_their_local_names(client: Client, version: str) -> None:
    body = order_xml(client).replace("-1.5", version)
    assert client.call("POST", "/purchaseorders", body).status_code == 201
