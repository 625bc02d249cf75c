"""Copies appear with the submission and are received one by one; submitting in both formats."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from lxml import etree

from openacq.ordering.model import LineState
from tests.doors.wms.client import ATOM_JSON, ATOM_XML, JSON, Client, error
from tests.doors.wms.documents import tight_xml
from tests.doors.wms.ordering_client import (
    add_item,
    begin,
    branch,
    feed,
    look,
    number_of,
    oclc_id,
    ordering_client,
    shown,
    submit,
    updated,
)
from tests.doors.wms.test_items import config, line_of, path_of, titled
from tests.ordering.life import differences
from tests.serving_fixture import Server


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


@pytest.fixture
def copies(client: Client) -> str:
    """The address of the two copies of an item of a submitted order."""
    order = begin(client)
    configs = {"copyConfig": [config(client, copyCount=2)]}
    item = add_item(client, order, copyConfigs=configs)
    submit(client, order)
    return f"{path_of(order, item)}/copies"


RECEIPT = """<?xml version="1.0" encoding="UTF-8"?>
<entry xmlns="http://www.w3.org/2005/Atom">
  <content type="application/xml">
    <ns7:copyReceipt xmlns="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrder-1.3"
        xmlns:ns7="http://worldcat.org/xmlschemas/purchase-order/CopyReceipt-1.3">{}</ns7:copyReceipt>
  </content>
</entry>"""

SUBMISSION = (
    '<entry xmlns="http://www.w3.org/2005/Atom"><content type="application/xml">'
    '<ns8:purchaseOrderSubmission xmlns:ns8="http://worldcat.org/xmlschemas/purchase-order/'
    'PurchaseOrderSubmission-1.5"/></content></entry>'
)


def receive(
    client: Client, path: str, body: str | None = None, method: str = "POST", word: str = "receive"
) -> Any:
    return client.but(accept=ATOM_JSON).call(method, f"{path}/{word}", body)


# -- submission ---------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", [ATOM_XML, JSON])
def test_an_order_is_submitted_with_an_empty_body(client: Client, accept: str) -> None:
    order = begin(client)
    add_item(client, order)
    path = f"/purchaseorders/{number_of(order)}"
    answer = client.but(accept=accept).call("POST", f"{path}/submissions")
    assert answer.status_code == 200
    assert "SUBMITTED" in answer.text
    after = look(client, path)
    assert (after.content["purchaseOrderState"], after.header) == ("SUBMITTED", answer.headers["etag"])
    assert after.content["orderDate"] >= after.content["insertTime"]
    assert client.world.balance("HIST").encumbered.text() == "20.00"


@pytest.mark.parametrize(
    "body",
    [
        SUBMISSION,
        '{"content": {}}',
        "{}",
    ],
)
def test_a_submission_may_have_a_body(client: Client, body: str) -> None:
    order = begin(client)
    add_item(client, order)
    path = f"/purchaseorders/{number_of(order)}/submissions"
    answer = client.call("POST", path, body, sends=JSON if body[0] == "{" else ATOM_XML)
    assert answer.status_code == 200, answer.text


def test_an_order_without_items_is_not_submitted(client: Client) -> None:
    order = begin(client)
    answer = client.but(accept=JSON).call("POST", f"/purchaseorders/{number_of(order)}/submissions")
    assert (answer.status_code, "no items" in error(answer).message) == (409, True)
    assert look(client, f"/purchaseorders/{number_of(order)}").content == order.content


def test_a_submission_of_an_older_version_is_refused(client: Client) -> None:
    order = begin(client)
    add_item(client, order)
    path = f"/purchaseorders/{number_of(order)}/submissions"
    assert client.call("POST", path, headers={"If-Match": order.header}).status_code == 412


def test_of_two_submissions_at_once_one_is_told(client: Client) -> None:
    order = begin(client)
    for number in range(3):
        add_item(client, order, resource=titled(f"Title {number}"))
    path = f"/purchaseorders/{number_of(order)}/submissions"
    assert race(lambda: client.call("POST", path).status_code) == [200, 409]
    assert client.world.balance("HIST").encumbered.text() == "60.00"
    assert not differences(client.world)


def test_a_submission_sent_twice_is_answered_once_done(client: Client) -> None:
    order = begin(client)
    add_item(client, order)
    path = f"/purchaseorders/{number_of(order)}/submissions"
    twice = client.but(nonce="again")
    assert [twice.call("POST", path).status_code for _ in range(2)] == [200, 200]
    assert client.world.balance("HIST").encumbered.text() == "20.00"


def race(work: Any) -> list[Any]:
    gate, said = threading.Barrier(2), []

    def run() -> None:
        gate.wait()
        said.append(work())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


# -- copies -------------------------------------------------------------------------------------

COPY_XML = """
<?xml version='1.0' encoding='UTF-8'?>
<entry xmlns="http://www.w3.org/2005/Atom">
  <title type="text" />
  <updated>%updated%</updated>
  <content type="application/xml">
    <ns6:copy %namespaces%>
      <ns6:copyNumber>1</ns6:copyNumber>
      <ns6:branchId>%branch%</ns6:branchId>
      <ns6:shelvingLocationId>STACKS</ns6:shelvingLocationId>
      <ns6:itemCopyId>0</ns6:itemCopyId>
      <ns6:itemCopyNumber>0</ns6:itemCopyNumber>
      <ns6:status>DUE</ns6:status>
      <ns6:link href="%base%/%path%?inst=%inst%" />
      <ns6:receiptStatus>NOT_RECEIVED</ns6:receiptStatus>
    </ns6:copy>
  </content>
</entry>
"""


def test_a_copy_is_read_in_xml(client: Client, copies: str) -> None:
    answer = client.get(f"{copies}/1")
    assert answer.status_code == 200
    root = etree.fromstring(answer.content)
    namespaces = answer.text.partition("<ns6:copy ")[2].partition(">")[0]
    assert root.find(".//{http://schemas.google.com/g/2005}etag") is None
    document = COPY_XML
    for name, value in {
        "base": client.server.url,
        "branch": branch(client),
        "inst": oclc_id(client),
        "namespaces": namespaces,
        "path": f"{copies}/1",
        "updated": updated(answer)[0],
    }.items():
        document = document.replace(f"%{name}%", value)
    assert tight_xml(answer.text) == tight_xml(document)


def test_an_open_order_has_no_copies(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order)
    assert feed(client, f"{path_of(order, item)}/copies")[0] == []
    assert client.get(f"{path_of(order, item)}/copies/1").status_code == 404
    assert receive(client, f"{path_of(order, item)}/copies/1").status_code == 404


def test_copies_are_listed_with_what_the_page_holds(client: Client, copies: str) -> None:
    listed, figures = feed(client, copies)
    assert [each["copyNumber"] for each in listed] == [1, 2]
    assert figures == {"totalResults": "2", "startIndex": "1", "itemsPerPage": "2"}
    assert [each["copyNumber"] for each in feed(client, f"{copies}?startIndex=2")[0]] == [2]


@pytest.mark.parametrize(
    ("method", "word", "body"),
    [
        ("POST", "receive", None),
        ("POST", "recieve", RECEIPT.format("")),
        ("PUT", "receive", RECEIPT.format("")),
        ("PUT", "recieve", None),
    ],
)
def test_a_copy_is_received(client: Client, copies: str, method: str, word: str, body: Any) -> None:
    answer = receive(client, f"{copies}/2", body, method, word)
    copy = shown(answer).content
    assert (copy["copyNumber"], copy["receiptStatus"], copy["itemCopyNumber"]) == (2, "RECEIVED", 2)
    assert copy["itemCopyId"] > 0
    assert [each["receiptStatus"] for each in feed(client, copies)[0]] == ["NOT_RECEIVED", "RECEIVED"]
    (config,) = look(client, copies.removesuffix("/copies")).content["copyConfigs"]["copyConfig"]
    assert config["receiptStatus"] == "NOT_RECEIVED"
    receive(client, f"{copies}/1")
    (config,) = look(client, copies.removesuffix("/copies")).content["copyConfigs"]["copyConfig"]
    assert config["receiptStatus"] == "RECEIVED"


def test_a_copy_is_received_once(client: Client, copies: str) -> None:
    assert receive(client, f"{copies}/1").status_code == 200
    again = client.call("POST", f"{copies}/1/receive")
    assert (again.status_code, error(again).code) == (409, "409")
    assert race(lambda: client.call("POST", f"{copies}/2/receive").status_code) == [200, 409]
    assert not differences(client.world)


def test_a_receipt_says_more_of_the_copy_and_is_changed(client: Client, copies: str) -> None:
    said = "<ns7:barcode>B-77</ns7:barcode><ns7:callNumber>QA 76</ns7:callNumber>"
    copy = shown(receive(client, f"{copies}/1", RECEIPT.format(said))).content
    assert (copy["barcode"], copy["callNumber"]) == ("B-77", "QA 76")
    body = json.dumps({"shelvingLocationId": "REF", "callNumber": "QA 77"})
    answer = client.but(accept=ATOM_JSON).call("PUT", f"{copies}/1/receive", body, sends=JSON)
    copy = shown(answer).content
    assert (copy["shelvingLocationId"], copy["callNumber"], copy["barcode"]) == ("REF", "QA 77", "B-77")
    wrong = json.dumps({"shelvingLocationId": "MOON"})
    assert client.call("PUT", f"{copies}/1/receive", wrong, sends=JSON).status_code == 400
    assert look(client, f"{copies}/1").content == copy


def test_a_receipt_is_taken_back(client: Client, copies: str) -> None:
    back = '{"receiptStatus": "NOT_RECEIVED"}'
    for method, body in (("PUT", back), ("DELETE", None)):
        assert receive(client, f"{copies}/1").status_code == 200
        answer = client.call(method, f"{copies}/1/receive", body, sends=JSON)
        assert answer.status_code == 200
        assert look(client, f"{copies}/1").content["receiptStatus"] == "NOT_RECEIVED"
    assert not differences(client.world)


def test_what_receiving_cannot_be_asked(client: Client, copies: str) -> None:
    assert client.get(f"{copies}/1/receive").status_code == 405
    assert client.call("POST", copies, "{}", sends=JSON).status_code == 405
    assert client.call("DELETE", f"{copies}/1").status_code == 405
    assert client.call("POST", f"{copies}/9/receive").status_code == 404
    maybe = '{"receiptStatus": "MAYBE"}'
    assert client.call("PUT", f"{copies}/1/receive", maybe, sends=JSON).status_code == 400


def test_a_copy_has_an_address_of_its_own(client: Client, copies: str) -> None:
    oin = copies.split("/")[-2]
    assert look(client, f"/acquisitions/copy/data/{oin}-2").content == look(client, f"{copies}/2").content


def test_copies_received_by_staff_are_received_here(client: Client) -> None:
    order = begin(client)
    item = add_item(client, order)
    submit(client, order)
    line = line_of(client, item)
    with client.server.new_shop(client.world) as shop:
        (held,) = shop.call("GET", f"/acq/po-lines/{line.number}/items").json()["item"]
        pid = held["item_data"]["pid"]
        got = shop.call("POST", f"/acq/po-lines/{line.number}/items/{pid}?op=receive", {})
        assert got.status_code == 200, got.text
    copy = look(client, f"{path_of(order, item)}/copies/1").content
    assert (copy["receiptStatus"], copy["itemCopyId"]) == ("RECEIVED", int(pid))
    assert line_of(client, item).state is LineState.READY
