"""What of an order only this dialect knows, and what follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from tests.doors.wms.client import ATOM_JSON, Client
from tests.doors.wms.ordering_client import (
    add_item,
    begin,
    look,
    number_of,
    ordering_client,
    post,
    submit,
    vendor,
)
from tests.serving_fixture import Server


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


def test_members_nobody_else_knows_come_back_unchanged(client: Client) -> None:
    sent = {
        "orderName": "Kept",
        "vendor": {"vendorId": vendor(client).uuid},
        "comment": " With a blank ",
        "customerNumber": "C-7",
        "shippingAddressId": "17",
        "shippingType": "SLOW",
        "vendorMessage": "Please",
        "vendorOrderNumber": "V-9",
        "taxCalculationMethod": "INCLUDE_ADDITIONAL_COSTS",
        "inventedMember": {"deep": ["a", 1]},
    }
    order = post(client, "/purchaseorders", sent)
    for name, value in sent.items():
        if name != "vendor":
            assert order.content[name] == value
    path = f"/purchaseorders/{number_of(order)}"
    assert look(client, path).content == order.content
    again = post(client, path, {**sent, "customerNumber": None}, 200, method="PUT")
    assert "customerNumber" not in again.content or again.content["customerNumber"] is None


def test_a_plan_is_born_submitted(client: Client) -> None:
    body = {"orderName": "Plan", "vendor": {"vendorId": vendor(client).uuid}, "orderType": "APPROVAL_PLAN"}
    plan = post(client, "/purchaseorders", body)
    assert plan.content["purchaseOrderState"] == "SUBMITTED"
    assert plan.content["orderDate"] == plan.content["insertTime"]
    item = add_item(client, plan)
    assert item.content["orderType"] == "APPROVAL_PLAN"
    assert client.world.balance("HIST").encumbered_units == 0
    assert client.call("DELETE", f"/purchaseorders/{number_of(plan)}").status_code == 409


def test_whoever_acts_is_written_down(client: Client) -> None:
    number = number_of(begin(client))
    created_by = client.world.read(lambda tx: ordering.order(tx, number))[0].row.created_by
    assert created_by not in ("", Actor("").name)


# -- members of the vendor and of bookings ------------------------------------------------------


def booked(**more: Any) -> dict[str, Any]:
    """A copyConfig whose booking has more members than are known."""
    booking = {"budgetAccountCode": "HIST", "percentage": 100, **more}
    config = {"branchId": "MAIN", "shelvingLocationId": "STACKS", "copyCount": 1, "booking": [booking]}
    return {"copyConfig": [config]}


def test_what_nobody_knows_of_a_vendor_comes_back_unchanged(client: Client) -> None:
    ours = {"vendorId": vendor(client).uuid, "vendorName": "Told wrong"}
    theirs = {"accountRef": {"deep": ["x", 1]}, "rating": "4.50"}
    order = post(client, "/purchaseorders", {"orderName": "Kept", "vendor": {**ours, **theirs}})
    path = f"/purchaseorders/{number_of(order)}"
    found = look(client, path)
    shown = found.content["vendor"]
    assert {name: shown[name] for name in theirs} == theirs
    assert shown["vendorName"] == "GOBI Library Solutions"
    assert "<rating>4.50</rating>" in client.get(path).text
    again = client.call("PUT", path, found.answer.text, sends=ATOM_JSON)
    assert again.headers["etag"] == order.header, "put back untouched: no change"
    assert look(client, path).content == found.content
    less = post(client, path, {"orderName": "Kept", "vendor": {**ours, "rating": 5}}, 200, method="PUT")
    assert "accountRef" not in less.content["vendor"]
    assert less.content["vendor"]["rating"] == 5


def test_what_nobody_knows_of_a_booking_comes_back_unchanged(client: Client) -> None:
    order = begin(client)
    theirs = {"projectCode": "P-7", "split": {"by": "copies"}}
    item = add_item(client, order, copyConfigs=booked(**theirs))
    path = f"/purchaseorders/{number_of(order)}/items/{item.content['orderItemNumber']}"

    def booking() -> dict[str, Any]:
        (found,) = look(client, path).content["copyConfigs"]["copyConfig"][0]["booking"]
        assert isinstance(found, dict)
        return found

    assert {name: booking()[name] for name in theirs} == theirs
    assert booking()["budgetAccountName"] == "History"
    xml = client.get(path).text
    assert "<projectCode>P-7</projectCode>" in xml or ":projectCode>P-7<" in xml
    assert client.call("PUT", path, xml).headers["etag"] == item.header, "put back untouched: no change"
    submit(client, order)
    assert {name: booking()[name] for name in theirs} == theirs
    plain = client.but(accept="application/xml").get(path).text
    assert "projectCode" in plain


# -- its exchange rate --------------------------------------------------------------------------


def test_an_order_s_own_rate_is_what_its_items_cost_the_funds(client: Client) -> None:
    order = begin(client, currency="EUR", exchangeRate="1.25")
    add_item(client, order, orderingPrice=10.00)
    assert client.world.balance("HIST").encumbered.text() == "0.00"
    submit(client, order)
    assert client.world.balance("HIST").encumbered.text() == "12.50"
    path = f"/purchaseorders/{number_of(order)}"
    told = look(client, path).content
    assert str(told["exchangeRate"]) == "1.25"
    changed = post(client, path, {**told, "exchangeRate": 1.5}, 200, method="PUT")
    assert changed.content["lastUpdateTime"] > told["lastUpdateTime"]
    assert client.world.balance("HIST").encumbered.text() == "15.00"
