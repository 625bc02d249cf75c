"""Lists of orders: pages, indexes, what changed, what is missing."""

from __future__ import annotations

import pytest

from tests.doors.wms.client import ATOM_XML, JSON, Client
from tests.doors.wms.ordering_client import (
    add_item,
    begin,
    feed,
    look,
    number_of,
    ordering_client,
    submit,
    vendor,
)
from tests.serving_fixture import Server


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


def test_lists_are_paged_from_one_and_nought_alike(client: Client) -> None:
    numbers = [number_of(begin(client, orderName=f"Order {each}")) for each in range(12)]

    def page(query: str) -> list[str]:
        return [each["purchaseOrderNumber"] for each in feed(client, f"/purchaseorders?{query}")[0]]

    assert page("") == numbers[:10]
    assert page("startIndex=0&itemsPerPage=5") == page("startIndex=1&itemsPerPage=5") == numbers[:5]
    assert page("startIndex=11") == numbers[10:]
    assert page("startIndex=13") == []
    assert page("itemsPerPage=400") == numbers
    assert feed(client, "/purchaseorders?startIndex=11")[1] == {
        "totalResults": "12",
        "startIndex": "11",
        "itemsPerPage": "10",
    }


def test_a_list_asked_for_again_is_as_it_is_now_in_the_form_asked_for(client: Client) -> None:
    path = "/purchaseorders?q=OPEN"
    assert feed(client, path)[0] == []
    order = begin(client)
    (one,) = feed(client, path)[0]
    assert one["orderItemCount"] == 0
    add_item(client, order)
    assert feed(client, path)[0][0]["orderItemCount"] == 1
    assert client.get(path).headers["content-type"].startswith(ATOM_XML)
    assert "<entry" not in client.but(accept=JSON).get(path).text
    assert feed(client, f"{path}&itemsPerPage=0")[0] == []
    submit(client, order)
    assert feed(client, path)[0] == []


def test_orders_are_found_by_vendor_and_name(client: Client) -> None:
    one = number_of(begin(client))
    two = number_of(
        begin(client, orderName="Summer", vendor=f"<localIdentifier>{_oasis(client)}</localIdentifier>")
    )

    def found(query: str) -> list[str]:
        return [each["purchaseOrderNumber"] for each in feed(client, f"/purchaseorders?q={query}")[0]]

    assert found(f"vendorId:{vendor(client).uuid}") == [one]
    assert found(f"vendorId:{_oasis(client)}") == [two]
    assert found("vendorName:oasis") == [two]
    assert found("orderName:summer") == [two]
    assert found(f"purchaseOrderNumber:{one}") == [one]
    assert found("state:OPEN") == [one, two]


def _oasis(client: Client) -> str:
    return vendor(client, "OASIS").number


def test_lists_tell_what_changed_since_and_what_is_missing(client: Client) -> None:
    old, new = begin(client, orderName="Old"), begin(client, orderName="New")
    since = look(client, f"/purchaseorders/{number_of(new)}").content["lastUpdateTime"]
    add_item(client, old)
    listed = feed(client, f"/purchaseorders?modifiedSince={since + 1}")[0]
    assert [each["purchaseOrderNumber"] for each in listed] == [number_of(old)]
    listed = feed(client, "/purchaseorders?receiptStatus=NOT_RECEIVED")[0]
    assert [each["purchaseOrderNumber"] for each in listed] == [number_of(old)]
    listed = feed(client, "/purchaseorders?receiptStatus=RECEIVED")[0]
    assert [each["purchaseOrderNumber"] for each in listed] == [number_of(new)]
