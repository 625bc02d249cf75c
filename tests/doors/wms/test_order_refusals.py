"""What is refused of orders, in the form and the words of the dialect."""

from __future__ import annotations

import json

import httpx
import pytest

from openacq.ordering import service as ordering
from tests.doors.wms.client import ATOM_JSON, ATOM_XML, JSON, XML, Client, error, new_client
from tests.doors.wms.order_documents import (
    everything,
    kept,
)
from tests.doors.wms.ordering_client import (
    add_item,
    begin,
    look,
    number_of,
    order_xml,
    ordering_client,
    submit,
)
from tests.ordering.world import SHOP, book
from tests.serving_fixture import Server


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


@pytest.mark.parametrize("accept", [ATOM_XML, JSON])
def test_a_submitted_order_is_not_deleted_and_nothing_changes(client: Client, accept: str) -> None:
    order = begin(client)
    add_item(client, order)
    submit(client, order)
    before = kept(client, number_of(order))
    answer = client.but(accept=accept).call("DELETE", f"/purchaseorders/{number_of(order)}")
    assert (answer.status_code, error(answer).code) == (409, "409")
    assert kept(client, number_of(order)) == before


def test_a_packaged_order_is_read_and_not_written(client: Client) -> None:
    line = client.world.place(book())
    number = client.world.write(lambda tx: ordering.pack_chosen(tx, [line.id], SHOP))
    path = f"/purchaseorders/{number}"
    order = look(client, path)
    assert (order.content["orderItemCount"], order.content["totalOrderPrice"]) == (1, 50.00)
    assert order.content["orderName"] == number
    assert client.call("DELETE", path).status_code == 409
    assert client.call("PUT", path, client.get(path).text).status_code == 409
    assert client.call("POST", f"{path}/submissions").status_code == 409


def test_an_order_of_another_library_is_not_there(client: Client, server: Server) -> None:
    number = number_of(begin(client))
    other = new_client(server)
    path = f"/purchaseorders/{number}"
    for answer in (
        other.get(path),
        other.call("DELETE", path),
        other.call("PUT", path, client.get(path).text),
        other.call("POST", f"{path}/items", "{}", sends=JSON),
        other.call("POST", f"{path}/submissions"),
        other.get(f"{path}/items"),
    ):
        assert answer.status_code == 404, answer.text
    assert kept(client, number).phase == "OPEN"


def test_everything_wrong_with_an_order_is_told_in_the_words_of_the_dialect(client: Client) -> None:
    body = {"vendor": {"vendorId": "nobody"}, "currency": "XYZ", "exchangeRate": 0}
    answer = client.but(accept=JSON).call("POST", "/purchaseorders", json.dumps(body), sends=JSON)
    told = error(answer)
    assert answer.status_code == 400
    assert "orderName" in told.message
    for word in ("vendor", "XYZ", "exchangeRate"):
        assert word in told.detail
    assert everything(client) == ()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=NOWHERE", 400),
        ("q=nothing:here", 400),
        ("startIndex=x", 400),
        ("itemsPerPage=-1", 400),
        ("modifiedSince=soon", 400),
        ("receiptStatus=MAYBE", 400),
    ],
)
def test_a_list_asked_for_wrongly_is_refused(client: Client, query: str, status: int) -> None:
    assert client.get(f"/purchaseorders?{query}").status_code == status


def test_a_reader_reads_and_does_not_write(client: Client) -> None:
    order = begin(client)
    reader = client.but(principal=("reader-1", "urn:oclc:wms:da"))
    path = f"/purchaseorders/{number_of(order)}"
    assert reader.get(path).status_code == 200
    assert reader.call("DELETE", path).status_code == 403
    assert reader.call("POST", "/purchaseorders", order_xml(client)).status_code == 403


@pytest.mark.parametrize("accept", [ATOM_XML, XML, ATOM_JSON, JSON])
def test_every_refusal_is_told_in_the_format_that_was_asked_for(client: Client, accept: str) -> None:
    order = begin(client)
    path = f"/purchaseorders/{number_of(order)}"
    asks = client.but(accept=accept)
    with httpx.Client(base_url=client.server.url) as stranger:
        unsigned = stranger.get(path, headers={"Accept": accept})
    answers = {
        400: asks.get("/purchaseorders?q=NOWHERE"),
        401: unsigned,
        403: asks.but(principal=("nobody", "urn:oclc:wms:da")).get(path),
        404: asks.get("/purchaseorders/PO-1999-1"),
        405: asks.call("POST", path, "{}", sends=JSON),
        409: asks.call("POST", f"{path}/submissions"),
        412: asks.call("DELETE", path, headers={"If-Match": '"2001-01-01T00:00:00.000Z"'}),
        415: asks.call("POST", "/purchaseorders", "x", sends="text/csv"),
    }
    for code, answer in answers.items():
        assert (answer.status_code, error(answer).code) == (code, str(code)), answer.text
        assert ("json" in answer.headers["content-type"]) == ("json" in accept)
    assert kept(client, number_of(order)).phase == "OPEN"


def test_methods_and_media_nobody_speaks(client: Client) -> None:
    order = begin(client)
    path = f"/purchaseorders/{number_of(order)}"
    assert client.call("PATCH", path, "{}", sends=JSON).status_code == 405
    assert client.call("POST", "/purchaseorders", "x", sends="text/csv").status_code == 415
    assert client.call("POST", "/purchaseorders", "<entry", sends=ATOM_XML).status_code == 400
