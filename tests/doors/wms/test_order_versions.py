"""Changes of orders that cross, and creates that are sent twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.doors.wms.client import ATOM_JSON, JSON, Client, error
from tests.doors.wms.order_documents import (
    everything,
)
from tests.doors.wms.ordering_client import (
    add_item,
    begin,
    look,
    number_of,
    order_xml,
    ordering_client,
)
from tests.serving_fixture import Server


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


def put(client: Client, number: str, name: str, **headers: str) -> Any:
    told = client.but(accept=ATOM_JSON).get(f"/purchaseorders/{number}").json()
    told["content"]["orderName"] = name
    told["extensions"] = []
    return client.but(accept=ATOM_JSON).call(
        "PUT", f"/purchaseorders/{number}", json.dumps(told), sends=JSON, headers=headers
    )


def test_a_change_of_an_older_version_is_refused_as_the_header_or_the_body_says_it(client: Client) -> None:
    order = begin(client)
    number = number_of(order)
    read = client.get(f"/purchaseorders/{number}").text
    assert put(client, number, "Second", **{"If-Match": order.header}).status_code == 200
    stale = put(client, number, "Third", **{"If-Match": order.header})
    assert (stale.status_code, error(stale).code) == (412, "412")
    stale = client.call("PUT", f"/purchaseorders/{number}", read)
    assert (stale.status_code, error(stale).code) == (409, "409")
    assert put(client, number, "Third", **{"If-Match": '"nonsense"'}).status_code == 412
    assert look(client, f"/purchaseorders/{number}").content["orderName"] == "Second"
    assert put(client, number, "Fourth", **{"If-Match": "*"}).status_code == 200
    assert put(client, number, "Fifth").status_code == 200
    unquoted = look(client, f"/purchaseorders/{number}").etag
    assert put(client, number, "Sixth", **{"If-Match": unquoted}).status_code == 200


def test_an_order_put_back_untouched_stays_the_version_it_is(client: Client) -> None:
    order = begin(client)
    read = client.get(f"/purchaseorders/{number_of(order)}").text
    answer = client.call("PUT", f"/purchaseorders/{number_of(order)}", read)
    assert (answer.status_code, answer.headers["etag"]) == (200, order.header)


# -- exactly once -------------------------------------------------------------------------------


def test_a_signed_request_sent_twice_is_answered_once_made(client: Client) -> None:
    twice = client.but(nonce="twice")
    one = twice.call("POST", "/purchaseorders", order_xml(client))
    two = twice.call("POST", "/purchaseorders", order_xml(client))
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.headers["etag"] == two.headers["etag"]
    assert two.headers["idempotent-replayed"] == "true"
    assert len(everything(client)) == 1


def test_a_constant_nonce_does_not_keep_others_from_ordering(client: Client) -> None:
    odd = client.but(nonce="0")
    odd.call("POST", "/purchaseorders", order_xml(client))
    odd.call("POST", "/purchaseorders", order_xml(client, orderName="Another"))
    assert len(everything(client)) == 2


def test_an_idempotency_key_makes_one_order(client: Client) -> None:
    key = {"Idempotency-Key": "order-1"}
    answers = [client.call("POST", "/purchaseorders", order_xml(client), headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(everything(client)) == 1
    other = client.call("POST", "/purchaseorders", order_xml(client, orderName="Other"), headers=key)
    assert (other.status_code, len(everything(client))) == (409, 1)


# -- what Alma changes --------------------------------------------------------------------------


def test_an_order_is_another_version_once_alma_changed_a_draft_of_it(client: Client) -> None:
    order = begin(client)
    number = number_of(order)
    item = add_item(client, order)
    before = look(client, f"/purchaseorders/{number}")
    entry = client.get(f"/purchaseorders/{number}").text
    with client.server.new_shop(client.world) as shop:
        path = f"/acq/po-lines/{item.content['orderItemNumber']}"
        line = shop.call("GET", path).json()
        path = f"/acq/po-lines/{line['number']}"
        assert shop.call("PUT", path, line).status_code == 200
        assert look(client, f"/purchaseorders/{number}").header == before.header, "nothing was changed"
        line["price"]["sum"] = "21.00"
        answer = shop.call("PUT", path, line)
        assert answer.status_code == 200, answer.text
    assert put(client, number, "Old", **{"If-Match": before.header}).status_code == 412
    assert client.call("PUT", f"/purchaseorders/{number}", entry).status_code == 409
    now = look(client, f"/purchaseorders/{number}")
    assert (now.content["orderName"], str(now.content["totalOrderPrice"])) == (" Order Name ", "21.0")
    assert now.content["lastUpdateTime"] > before.content["lastUpdateTime"]
    of_item = look(client, f"/purchaseorders/{number}/items/{item.content['orderItemNumber']}")
    assert of_item.header != item.header
    with client.server.new_shop(client.world) as shop:
        assert shop.call("DELETE", f"{path}?reason=LIBRARY_CANCELLED").status_code == 204
    assert put(client, number, "Old", **{"If-Match": now.header}).status_code == 412
    now = look(client, f"/purchaseorders/{number}")
    assert put(client, number, "New", **{"If-Match": now.header}).status_code == 200
