"""Purchase orders as the documents of 2012 show them: listed, read, made, changed, deleted; XML and JSON."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from openacq.ordering.service import OrderHead
from tests.doors.wms.client import ATOM_JSON, ATOM_XML, JSON, XML, Client, error, new_client, oclc_id
from tests.doors.wms.documents import ORDER_NAMESPACES, ZONE, tight_json, tight_xml
from tests.doors.wms.ordering_client import (
    add_item,
    begin,
    feed,
    look,
    number_of,
    order_xml,
    ordering_client,
    post,
    shown,
    submit,
    updated,
    vendor,
)
from tests.ordering.world import SHOP, book
from tests.serving_fixture import Server


@pytest.fixture
def client(server: Server) -> Client:
    return ordering_client(server)


def kept(client: Client, number: str) -> OrderHead:
    found = client.world.read(lambda tx: ordering.order_head(tx, number))
    assert isinstance(found, OrderHead)
    return found


def facts(client: Client, number: str) -> dict[str, str]:
    """What the documents of one order are filled with."""
    row = kept(client, number).row
    return {
        "base": client.server.url,
        "inst": oclc_id(client),
        "number": number,
        "vendor": vendor(client).uuid,
        "local": vendor(client).number,
        "changed": _local(row.changed),
        "made": _local(row.created),
        "changed_ms": str(_ms(row.changed)),
        "made_ms": str(_ms(row.created)),
        "ordered": _local(row.submitted) if row.submitted else "",
        "ordered_ms": str(_ms(row.submitted)) if row.submitted else "",
    }


def _local(moment: datetime) -> str:
    text: str = moment.astimezone(ZoneInfo(ZONE)).isoformat(timespec="milliseconds")
    return text


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def filled(document: str, answer: Any, **values: str) -> str:
    """A document with its facts; the times of rendering are the answer's own."""
    for time in updated(answer):
        document = document.replace("%updated%", time, 1)
    for name, value in values.items():
        document = document.replace(f"%{name}%", value)
    return document


ORDER_XML = f"""
<purchaseOrder {ORDER_NAMESPACES}>
  <orderName>%name%</orderName>
  <link href="%base%//purchaseorders/%number%/?inst=%inst%" />
  <purchaseOrderNumber>%number%</purchaseOrderNumber>
  <orderNumberRange>PO</orderNumberRange>
  <vendor>
    <vendorId>%vendor%</vendorId>
    <vendorName>GOBI Library Solutions</vendorName>
    <localIdentifier>%local%</localIdentifier>
  </vendor>
  <currency>USD</currency>
  <exchangeRate>1.000000</exchangeRate>
  %date%
  <orderItemCount>%items%</orderItemCount>
  <taxCalculationMethod>EXCLUDE_ADDITIONAL_COSTS</taxCalculationMethod>
  <purchaseOrderState>%state%</purchaseOrderState>
  <totalOrderPrice>%total%</totalOrderPrice>
  <lastUpdateTime>%changed%</lastUpdateTime>
  <insertTime>%made%</insertTime>
</purchaseOrder>
"""
ENTRY_XML = f"""
<?xml version='1.0' encoding='UTF-8'?>
<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005">
  <title type="text" />
  <updated>%updated%</updated>
  <gd:etag>%changed%</gd:etag>
  <content type="application/xml">{ORDER_XML}</content>
</entry>
"""
FEED_XML = f"""
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:os="http://a9.com/-/spec/opensearch/1.1/">
  <id>info:OCLC/Platform/Service</id>
  <title type="text">OCLC Platform Service Results</title>
  <updated>%updated%</updated>
  <os:totalResults>1</os:totalResults>
  <os:startIndex>0</os:startIndex>
  <os:itemsPerPage>20</os:itemsPerPage>
  <entry xmlns:gd="http://schemas.google.com/g/2005">
    <title type="text" />
    <updated>%updated%</updated>
    <gd:etag>%changed%</gd:etag>
    <content type="application/xml">{ORDER_XML}</content>
  </entry>
</feed>
"""
ORDER_JSON = """
{
  "orderName": "%name%",
  "link": {"href": "%base%//purchaseorders/%number%/?inst=%inst%"},
  "purchaseOrderNumber": "%number%",
  "orderNumberRange": "PO",
  "vendor": {
    "vendorId": "%vendor%",
    "vendorName": "GOBI Library Solutions",
    "localIdentifier": "%local%"
  },
  "currency": "USD",
  "exchangeRate": 1.000000,
  %date%
  "orderItemCount": %items%,
  "taxCalculationMethod": "EXCLUDE_ADDITIONAL_COSTS",
  "purchaseOrderState": "%state%",
  "totalOrderPrice": %total%,
  "lastUpdateTime": %changed_ms%,
  "insertTime": %made_ms%,
  "action": null,
  "processing": null
}
"""
ENTRY_JSON = f"""
{{
  "title": "",
  "content": {ORDER_JSON},
  "updated": "%updated%",
  "extensions": [
    {{
      "name": "gd:etag",
      "attributes": {{"xmlns:gd": "http://schemas.google.com/g/2005"}},
      "children": ["%changed%"]
    }}
  ]
}}
"""
FEED_JSON = f"""
{{
  "id": "info:OCLC/Platform/Service",
  "title": "OCLC Platform Service Results",
  "updated": "%updated%",
  "entries": [{ENTRY_JSON}],
  "extensions": [
    {{"name": "os:totalResults", "attributes": {{"xmlns:os": "http://a9.com/-/spec/opensearch/1.1/"}},
      "children": ["1"]}},
    {{"name": "os:startIndex", "attributes": {{"xmlns:os": "http://a9.com/-/spec/opensearch/1.1/"}},
      "children": ["0"]}},
    {{"name": "os:itemsPerPage", "attributes": {{"xmlns:os": "http://a9.com/-/spec/opensearch/1.1/"}},
      "children": ["20"]}}
  ]
}}
"""
NEW = {"name": " Order Name ", "date": "", "items": "0", "state": "OPEN", "total": "0.00"}


def same_xml(answer: Any, document: str, **values: str) -> None:
    assert tight_xml(answer.text) == tight_xml(filled(document, answer, **values))


def same_json(answer: Any, document: str, **values: str) -> None:
    assert tight_json(answer.text) == tight_json(filled(document, answer, **values))


# -- the operations of the documents ------------------------------------------------------------


def test_an_order_is_made_in_xml(client: Client) -> None:
    answer = client.call("POST", "/purchaseorders/", order_xml(client))
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/atom+xml;charset=UTF-8")
    (number,) = [each.row.number for each in everything(client)]
    about = facts(client, number)
    same_xml(answer, ENTRY_XML, **NEW, **about)
    assert answer.headers["etag"] == f'"{about["changed"]}"'


def everything(client: Client) -> tuple[OrderHead, ...]:
    page = client.world.read(lambda tx: ordering.order_heads(tx, ordering.OrderFilter(), 100, 0))
    found: tuple[OrderHead, ...] = page.orders
    return found


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


# -- versions -----------------------------------------------------------------------------------


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


# -- what is refused ----------------------------------------------------------------------------


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


# -- lists --------------------------------------------------------------------------------------


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


# -- what only this dialect knows ---------------------------------------------------------------


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


__all__ = ["shown"]
