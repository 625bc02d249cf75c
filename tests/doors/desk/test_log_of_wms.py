"""Calls of WorldShare clients in the order log: checked and sent again as the WSKey and the principal that
made them, without a signature; and never as anybody else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from openacq.directory import service as directory
from openacq.store import Tx
from tests.doors.desk.staff import Staff, new_staff
from tests.doors.desk.test_log import open_first
from tests.doors.wms.client import ATOM_JSON, JSON, PRINCIPAL, READER, Client
from tests.doors.wms.ordering_client import (
    add_item,
    begin,
    item_json,
    look,
    number_of,
    ordering_client,
    submit,
)
from tests.serving_fixture import Server


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


@pytest.fixture
def staff(server: Server, client: Client) -> Iterator[Staff]:
    with Staff(server, client.world, new_staff(server, client.world, "26")) as person:
        person.sign_in()
        yield person


def refused(
    server: Server, client: Client, method: str, path: str, body: object = None, status: int = 409
) -> None:
    sent = json.dumps(body) if body is not None else None
    answer = client.but(accept=ATOM_JSON).call(method, path, sent, sends=JSON)
    assert answer.status_code == status, answer.text
    server.house.order_log.flush(server.store)


def open_refused(staff: Staff) -> None:
    staff.get("/log", outcome="refused", door="wms")
    open_first(staff)


def test_a_refused_submission_is_checked_and_sent_again_by_who_made_it(
    server: Server, client: Client, staff: Staff
) -> None:
    order = begin(client)
    path = f"/purchaseorders/{number_of(order)}"
    refused(server, client, "POST", f"{path}/submissions")
    open_refused(staff)
    staff.send("/again", {"do": "check"})
    assert "It would be refused again:" in staff.text

    item = add_item(client, order)
    open_refused(staff)
    staff.send("/again", {"do": "check"})
    assert "It would be accepted now. Nothing was kept." in staff.text
    assert look(client, path).content["purchaseOrderState"] == "OPEN"

    open_refused(staff)
    staff.send("/again", {"do": "send"})
    assert "carried out" in staff.told
    assert look(client, path).content["purchaseOrderState"] == "SUBMITTED"
    line = client.world.line(item.content["orderItemNumber"])
    assert line.po_number == number_of(order)
    assert client.world.balance("HIST").encumbered.text() == "20.00"
    staff.get("/log", outcome="submitted")
    open_first(staff)
    assert f"{PRINCIPAL[0]} (client" in staff.text


def test_a_refused_item_is_made_with_its_body(server: Server, client: Client, staff: Staff) -> None:
    order = begin(client)
    body = item_json(client)
    body["copyConfigs"]["copyConfig"][0]["shelvingLocationId"] = "LATER"
    items = f"/purchaseorders/{number_of(order)}/items"
    refused(server, client, "POST", items, body, 400)
    client.world.load(directory, "location", {"library": "MAIN", "code": "LATER", "name": "Later"})
    open_refused(staff)
    staff.send("/again", {"do": "check"})
    assert "It would be accepted now. Nothing was kept." in staff.text
    assert client.but(accept=ATOM_JSON).get(items).json()["entries"] == []
    open_refused(staff)
    page = staff.page
    staff.send("/again", {"do": "send"})
    staff.page = page
    staff.send("/again", {"do": "send"})
    assert staff.told == "It was sent again already."
    assert len(client.but(accept=ATOM_JSON).get(items).json()["entries"]) == 1


def test_who_may_only_read_makes_nothing_by_this_way_either(
    server: Server, client: Client, staff: Staff
) -> None:
    order = begin(client)
    add_item(client, order)
    path = f"/purchaseorders/{number_of(order)}"
    refused(server, client.but(principal=READER), "POST", f"{path}/submissions", status=403)
    open_refused(staff)
    staff.send("/again", {"do": "send"})
    assert "refused again" in staff.told
    assert look(client, path).content["purchaseOrderState"] == "OPEN"


@pytest.mark.parametrize("gone", ["key", "principal"])
def test_nobody_acts_who_is_gone(server: Server, client: Client, staff: Staff, gone: str) -> None:
    order = begin(client)
    refused(server, client, "POST", f"/purchaseorders/{number_of(order)}/submissions")
    add_item(client, order)

    def take_away(tx: Tx) -> None:
        if gone == "key":
            directory.revoke_wskey(tx, client.key)
        else:
            rows: list[dict[str, object]] = [
                {"principal_id": PRINCIPAL[0], "principal_idns": PRINCIPAL[1], "status": "INACTIVE"}
            ]
            assert not [each for each in directory.load(tx, "principal", rows) if each.outcome == "refused"]

    client.world.write(take_away)
    open_refused(staff)
    staff.send("/again", {"do": "send"})
    assert any("There is no WSKey" in one for one in staff.wrong)
    assert client.world.balance("HIST").encumbered_units == 0


def test_what_only_its_client_can_send_again_is_told(server: Server, client: Client, staff: Staff) -> None:
    order = begin(client)
    add_item(client, order)
    submit(client, order)
    refused(server, client, "DELETE", f"/purchaseorders/{number_of(order)}")
    open_refused(staff)
    assert "Only its client can send it again" in staff.text
    assert not staff.page.xpath("//section[@aria-labelledby='again']//button")
    staff.post(f"{staff.path.removeprefix('/desk')}/again", {"do": "send"})
    assert "cannot be carried out again" in staff.text
    curl = staff.client.get(staff.path.removesuffix("/again")).text
    assert "Bearer YOUR_TOKEN" in curl


def test_no_token_is_given_by_way_of_the_log(server: Server, client: Client, staff: Staff) -> None:
    refused(server, client, "POST", "/oauth2/accessToken?grant_type=nonsense", status=400)
    open_refused(staff)
    assert "Tokens are given only to the program" in staff.text
    assert not staff.page.xpath("//section[@aria-labelledby='again']//button")


def test_a_rehearsal_keeps_nothing(client: Client) -> None:
    order = begin(client)
    path = f"/purchaseorders/{number_of(order)}"
    tried = client.but(accept=ATOM_JSON).call(
        "POST", f"{path}/items?dry_run=true", json.dumps(item_json(client)), sends=JSON
    )
    assert tried.status_code == 200, tried.text
    assert "Tides & harbours" in tried.text
    assert client.but(accept=ATOM_JSON).get(f"{path}/items").json()["entries"] == []
    assert client.call("DELETE", f"{path}?dry_run=true").status_code == 200
    assert look(client, path).content["purchaseOrderState"] == "OPEN"
    assert client.call("DELETE", f"{path}?dry_run=perhaps").status_code == 400
    assert client.call("DELETE", path).status_code == 200
