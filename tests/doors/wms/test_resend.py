"""A signed change that comes again is the same change: the answer was lost, or the client tried again."""

from __future__ import annotations

import threading

import httpx
import pytest
from lxml import etree

from openacq.calls import service as calls
from openacq.calls.model import Search
from tests.doors.wms.client import ATOM_XML, Client, client_of, new_client
from tests.serving_fixture import Server

ORDERS = "/purchaseorders"


@pytest.fixture
def client(server: Server) -> Client:
    return new_client(server)


def order(name: str) -> bytes:
    return (
        '<entry xmlns="http://www.w3.org/2005/Atom"><content type="application/xml">'
        '<purchaseOrder xmlns="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrder-1.5">'
        f"<orderName>{name}</orderName></purchaseOrder></content></entry>"
    ).encode()


def sent(client: Client, header: str, name: str = "New", path: str = ORDERS) -> httpx.Response:
    return client.call("POST", path, order(name), sends=ATOM_XML, headers={"Authorization": header})


def number(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    return etree.fromstring(answer.content).findtext(".//{*}purchaseOrderNumber") or ""


def count(client: Client) -> str | None:
    return etree.fromstring(client.get(ORDERS).content).findtext("{*}totalResults")


def test_the_same_signed_request_makes_one_order(client: Client) -> None:
    header = client.authorization("POST", "")
    first, second = sent(client, header), sent(client, header)
    assert number(first) == number(second)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert number(sent(client, header, path="//purchaseorders/")) == number(first)
    assert count(client) == "1"


def test_the_log_tells_of_both(client: Client) -> None:
    header = client.authorization("POST", "")
    made = [number(sent(client, header)) for _ in range(2)]
    logged = client.world.read(lambda tx: calls.recent(tx, Search()))
    told = [(call.door, call.status, call.outcome, call.subject) for call in logged]
    assert told == [("wms", 201, "begun", made[0]), ("wms", 201, "replayed", made[1])]
    assert logged[0].key_name.startswith("principal-1 (client ")


def test_another_body_or_another_signature_is_another_order(client: Client) -> None:
    constant = client.but(nonce="0")
    header = constant.authorization("POST", "")
    numbers = {number(sent(client, header, name)) for name in ("One", "Two")}
    numbers.add(number(sent(client, constant.but(shift=1).authorization("POST", ""), "One")))
    assert len(numbers) == 3
    assert count(client) == "3"


def test_a_resend_of_another_key_is_its_own(client: Client) -> None:
    other = client_of(client.server, client.world)
    numbers = {number(sent(one, one.but(nonce="0").authorization("POST", ""))) for one in (client, other)}
    assert len(numbers) == 2


def test_many_at_once_make_one_order(client: Client) -> None:
    header = client.authorization("POST", "")
    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(sent(client, header))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({number(answer) for answer in answers}) == 1
    assert len(answers) == 6
    assert count(client) == "1"


def test_an_idempotency_key_goes_before(client: Client) -> None:
    answers = [
        client.call("POST", ORDERS, order("New"), headers={"Idempotency-Key": "cart-1"}) for _ in range(2)
    ]
    assert len({number(answer) for answer in answers}) == 1
    other = client.call("POST", ORDERS, order("Other"), headers={"Idempotency-Key": "cart-1"})
    assert other.status_code == 409
