"""Two clients, one order: what the one sent in JSON stays as it was sent though the other reads it and sends
it back in XML, and what one sent in XML stays so though the other speaks JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.doors.wms.client import ATOM_JSON, XML, Client
from tests.doors.wms.ordering_client import (
    add_item,
    begin,
    look,
    number_of,
    order_xml,
    ordering_client,
    post,
    submit,
    vendor,
)
from tests.serving_fixture import Server

ODD: dict[str, Any] = {
    "whole": 7,
    "yes": True,
    "no": False,
    "none": None,
    "one": [1],
    "nested": [1, [2, [3, None]], {"x": [True]}],
    "no name": {"deep er": 1},
    "@at": 2,
    "empty": [],
    "text": "1",
}


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


@pytest.mark.parametrize("form", ["application/atom+xml", XML])
def test_an_order_sent_in_json_keeps_its_types_through_a_client_of_xml(client: Client, form: str) -> None:
    sent = {
        "orderName": "Kept",
        "vendor": {"vendorId": vendor(client).uuid, "rank": [3]},
        "mine": ODD,
        "n": 1,
    }
    order = post(client, "/purchaseorders", sent)
    path = f"/purchaseorders/{number_of(order)}"
    other = client.but(accept=form)

    # Sent back as it was read nothing is changed; with another name the name alone is.
    text = other.get(path).text
    back = other.call("PUT", path, text, sends=form)
    assert back.headers["etag"] == order.header
    back = other.call("PUT", path, text.replace(">Kept<", ">Renamed<"), sends=form)
    assert back.status_code == 200, back.text
    found = look(client, path).content
    assert found["orderName"] == "Renamed"
    assert (found["mine"], found["n"], found["vendor"]["rank"]) == (ODD, 1, [3])

    # One value deep inside: a number stays a number, all else stays as it came.
    text = other.get(path).text
    assert text.count("whole>7<") == 1
    other.call("PUT", path, text.replace("whole>7<", "whole>8.50<"), sends=form)
    answer = look(client, path)
    assert answer.content["mine"] == {**ODD, "whole": 8.5}
    assert '"whole":8.50' in answer.answer.text


def test_an_order_sent_in_xml_keeps_its_attributes_through_a_client_of_json(client: Client) -> None:
    odd = '<mine kind="a"><part no="1">x</part><part no="2" /></mine>'
    order = begin(client, extra=odd)
    path = f"/purchaseorders/{number_of(order)}"
    before = client.get(path).text
    assert before.count('kind="a"') == before.count('no="2"') == 1
    told = look(client, path)
    again = client.call("PUT", path, told.answer.text, sends=ATOM_JSON)
    assert again.headers["etag"] == told.header
    changed = json.loads(told.answer.text)
    changed["content"]["extra"]["mine"]["part"][0]["value"] = "y"
    answer = client.call("PUT", path, json.dumps(changed), sends=ATOM_JSON)
    assert answer.status_code == 200, answer.text
    after = client.get(path).text
    assert 'no="1">y<' in after
    assert after.count('kind="a"') == after.count('no="2"') == 1


def test_an_item_its_copies_and_its_receipt_keep_what_they_came_with(client: Client) -> None:
    order = begin(client)
    booking = {"budgetAccountCode": "HIST", "percentage": 100, "split": [1, [2]]}
    place = {"branchId": "MAIN", "shelvingLocationId": "STACKS", "copyCount": 1}
    configs = {"copyConfig": [{**place, "booking": [booking], "b": True}]}
    mine: dict[str, Any] = {"position": {"at": [4]}, "mine": ODD, "orderingPrice": 20}
    item = add_item(client, order, copyConfigs=configs, **mine)
    path = f"/purchaseorders/{number_of(order)}/items/{item.content['orderItemNumber']}"
    text = client.get(path).text
    assert client.call("PUT", path, text).headers["etag"] == item.header
    changed = text.replace("orderingPrice>20<", "orderingPrice>21<")
    answer = client.call("PUT", path, changed)
    assert answer.status_code == 200, answer.text
    found = look(client, path).content
    (kept,) = found["copyConfigs"]["copyConfig"]
    assert (found["mine"], found["position"], kept["b"]) == (ODD, {"at": [4]}, True)
    assert kept["booking"][0]["split"] == [1, [2]]

    submit(client, order)
    receive = f"{path}/copies/1/receive"
    post(client, receive, {"shelf": {"row": 3, "lit": True}}, 200)
    body = (
        '<copyReceipt xmlns="http://worldcat.org/xmlschemas/CopyReceipt-1.0"><barcode>B-77</barcode>'
        "<shelf><row>3</row><lit>true</lit></shelf></copyReceipt>"
    )
    again = client.call("PUT", receive, body, sends=XML)
    assert again.status_code == 200, again.text
    shown = look(client, f"{path}/copies/1").content
    assert (shown["barcode"], shown["shelf"]) == ("B-77", {"row": 3, "lit": True})


def test_what_is_not_sent_any_more_is_gone(client: Client) -> None:
    order = post(
        client, "/purchaseorders", {"orderName": "Less", "vendor": {"vendorId": vendor(client).uuid}, "a": 1}
    )
    path = f"/purchaseorders/{number_of(order)}"
    answer = client.call("PUT", path, order_xml(client, orderName="Less"))
    assert answer.status_code == 200, answer.text
    assert "a" not in look(client, path).content
