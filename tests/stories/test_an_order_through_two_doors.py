"""An order is placed by a WorldShare client, received by an Alma client, and nothing is paid twice."""

from __future__ import annotations

import pytest

from openacq.ordering.model import LineState
from openacq.ordering.states import OrderState
from tests.doors.wms.client import Client
from tests.doors.wms.ordering_client import add_item, begin, feed, look, number_of, ordering_client, submit
from tests.doors.wms.test_items import config, line_of, oin
from tests.ordering.buying import account, order, work
from tests.ordering.life import differences
from tests.serving_fixture import Server
from tests.shop import order as shop_body


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


def promised(client: Client, fund: str = "HIST") -> str:
    return client.world.balance(fund).encumbered.text()


def test_an_order_placed_in_one_dialect_is_received_in_the_other(client: Client) -> None:
    world = client.world
    account(world, send_orders="none")

    # The client begins an order and adds an item of two copies. Nothing is promised to anybody.
    begun = begin(client, orderName="Autumn books")
    number = number_of(begun)
    two = {"copyConfig": [config(client, copyCount=2)]}
    item = add_item(client, begun, copyConfigs=two, vendorOrderItemNumber="SHOP-1")
    with client.server.new_shop(world) as shop:
        line = shop.call("GET", f"/acq/po-lines/{oin(item)}").json()
        assert (line["status"]["value"], line["po_number"]) == ("INREVIEW", number)
        assert promised(client) == "0.00"

        # It submits the order, twice because the first answer got lost. The money is promised once.
        again = client.but(nonce="lost")
        path = f"/purchaseorders/{number}/submissions"
        assert [again.call("POST", path).status_code for _ in range(2)] == [200, 200]
        assert promised(client) == "40.00"
        work(world)
        assert order(world, number).row.state is OrderState.SENT
        assert look(client, f"/purchaseorders/{number}").content["purchaseOrderState"] == "SUBMITTED"

        # The books arrive. One copy is received in Alma's dialect, the other by the client; either way once.
        line = shop.call("GET", f"/acq/po-lines/{line['number']}").json()
        assert line["status"]["value"] == "SENT"
        copies = [each["pid"] for each in line["location"][0]["copy"]]
        receive = f"/acq/po-lines/{line['number']}/items/{copies[0]}?op=receive"
        assert shop.call("POST", receive, {}).status_code == 200
        items = f"/purchaseorders/{number}/items/{oin(item)}/copies"
        assert client.call("POST", f"{items}/1/receive").status_code == 409
        assert client.call("POST", f"{items}/2/receive").status_code == 200
        assert [each["receiptStatus"] for each in feed(client, items)[0]] == ["RECEIVED", "RECEIVED"]
        late = f"/acq/po-lines/{line['number']}/items/{copies[1]}?op=receive"
        assert shop.call("POST", late, {}).status_code == 400
        assert line_of(client, item).state is LineState.WAITING_FOR_INVOICE

        # Nothing was promised or received twice, and the books say the same.
        assert promised(client) == "40.00"
        assert not differences(world)


def test_an_order_of_two_clients_is_one_set_of_lines(client: Client) -> None:
    begun = begin(client)
    number = number_of(begun)
    item = add_item(client, begun)
    with client.server.new_shop(client.world) as shop:
        placed = shop.post(shop_body(po_number=number)).json()
        assert placed["po_number"] == number
        listed = [each["orderItemNumber"] for each in feed(client, f"/purchaseorders/{number}/items")[0]]
        assert len(listed) == 2
        assert client.call("DELETE", f"/purchaseorders/{number}").status_code == 409
        submit(client, begun)
        found = shop.call("GET", f"/acq/po-lines?q=po_number~{number}&status=ALL").json()
        assert {each["number"] for each in found["po_line"]} == {
            placed["number"],
            line_of(client, item).number,
        }
    assert not differences(client.world)
