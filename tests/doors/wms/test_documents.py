"""The documented answers and bodies around purchase orders, character by character."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from openacq.doors.wms.order_wire import PurchaseOrder, Vendor
from openacq.wire.atom import Entry, Feed, Received, read_entry
from openacq.wire.fields import UNSET
from tests.doors.wms.documents import (
    CHANGED,
    CHANGED_TEXT,
    ORDER_NAMESPACES,
    PLACED,
    PLACED_TEXT,
    VENDOR,
    open_order,
    submitted_order,
    tight_json,
    tight_xml,
    written,
)

OPEN_ORDER_XML = f"""
<purchaseOrder {ORDER_NAMESPACES}>
  <orderName>Spring list - 1</orderName>
  <link href="https://acq.example.org//purchaseorders/PO-2026-35/?inst=128807" />
  <purchaseOrderNumber>PO-2026-35</purchaseOrderNumber>
  <orderNumberRange>PO</orderNumberRange>
  <vendor>
    <vendorId>{VENDOR}</vendorId>
    <vendorName>Harbour Books</vendorName>
    <localIdentifier>LVN-2</localIdentifier>
  </vendor>
  <currency>USD</currency>
  <exchangeRate>1.000000</exchangeRate>
  <orderItemCount>0</orderItemCount>
  <taxCalculationMethod>EXCLUDE_ADDITIONAL_COSTS</taxCalculationMethod>
  <purchaseOrderState>OPEN</purchaseOrderState>
  <totalOrderPrice>0.00</totalOrderPrice>
  <lastUpdateTime>2026-03-01T11:00:30.250-05:00</lastUpdateTime>
  <insertTime>2026-03-01T11:00:29.000-05:00</insertTime>
</purchaseOrder>
"""

OPEN_ORDER_JSON = f"""
{{
  "orderName": "Spring list - 1",
  "link": {{"href": "https://acq.example.org//purchaseorders/PO-2026-35/?inst=128807"}},
  "purchaseOrderNumber": "PO-2026-35",
  "orderNumberRange": "PO",
  "vendor": {{"vendorId": "{VENDOR}", "vendorName": "Harbour Books", "localIdentifier": "LVN-2"}},
  "currency": "USD",
  "exchangeRate": 1.000000,
  "orderItemCount": 0,
  "taxCalculationMethod": "EXCLUDE_ADDITIONAL_COSTS",
  "purchaseOrderState": "OPEN",
  "totalOrderPrice": 0.00,
  "lastUpdateTime": 1772380830250,
  "insertTime": 1772380829000,
  "action": null,
  "processing": null
}}
"""

PLAIN_ORDER_JSON = OPEN_ORDER_JSON.replace('"orderItemCount"', '"orderDate": null, "orderItemCount"').replace(
    '"action"',
    '''"comment": null, "customerNumber": null, "purchaseOrderItems": null, "shippingAddressId": null,
    "shippingType": null, "vendorMessage": null, "vendorOrderNumber": null, "action"''',
)
"""Later answers have null for what is not there."""


def test_a_feed_of_orders_in_xml() -> None:
    feed = Feed(PurchaseOrder, [Entry(open_order(), CHANGED_TEXT)], total=1, start=0, per_page=20)
    assert written(feed, "atom+xml") == tight_xml(f"""
        <feed xmlns="http://www.w3.org/2005/Atom" xmlns:os="http://a9.com/-/spec/opensearch/1.1/">
          <id>info:OCLC/Platform/Service</id>
          <title type="text">OCLC Platform Service Results</title>
          <updated>2026-03-02T14:05:06.789Z</updated>
          <os:totalResults>1</os:totalResults>
          <os:startIndex>0</os:startIndex>
          <os:itemsPerPage>20</os:itemsPerPage>
          <entry xmlns:gd="http://schemas.google.com/g/2005">
            <title type="text" />
            <updated>2026-03-02T14:05:06.789Z</updated>
            <gd:etag>2026-03-01T11:00:30.250-05:00</gd:etag>
            <content type="application/xml">{OPEN_ORDER_XML}</content>
          </entry>
        </feed>""")


def test_a_feed_of_orders_in_the_json_of_2012() -> None:
    feed = Feed(PurchaseOrder, [Entry(open_order(), CHANGED_TEXT)], total=548, start=0, per_page=10)
    assert written(feed, "atom+json") == tight_json(f"""
        {{
          "id": "info:OCLC/Platform/Service",
          "title": "OCLC Platform Service Results",
          "updated": "2026-03-02T14:05:06.789Z",
          "entries": [
            {{
              "title": "",
              "content": {OPEN_ORDER_JSON},
              "updated": "2026-03-02T14:05:06.789Z",
              "extensions": [
                {{
                  "name": "gd:etag",
                  "attributes": {{"xmlns:gd": "http://schemas.google.com/g/2005"}},
                  "children": ["2026-03-01T11:00:30.250-05:00"]
                }}
              ]
            }}
          ],
          "extensions": [
            {{
              "name": "os:totalResults",
              "attributes": {{"xmlns:os": "http://a9.com/-/spec/opensearch/1.1/"}},
              "children": ["548"]
            }},
            {{
              "name": "os:startIndex",
              "attributes": {{"xmlns:os": "http://a9.com/-/spec/opensearch/1.1/"}},
              "children": ["0"]
            }},
            {{
              "name": "os:itemsPerPage",
              "attributes": {{"xmlns:os": "http://a9.com/-/spec/opensearch/1.1/"}},
              "children": ["10"]
            }}
          ]
        }}""")


def test_a_feed_of_orders_in_the_json_of_later_clients() -> None:
    feed = Feed(PurchaseOrder, [Entry(open_order(), CHANGED_TEXT)], total=548, start=11, per_page=10)
    assert written(feed, "json") == tight_json(f"""
        {{"entry": [{PLAIN_ORDER_JSON}], "totalResults": 548, "startIndex": 11, "itemsPerPage": 10}}""")


def test_an_empty_feed_still_has_its_lists() -> None:
    feed = Feed(PurchaseOrder, [], total=0, start=1, per_page=10)
    assert written(feed, "json") == '{"entry":[],"totalResults":0,"startIndex":1,"itemsPerPage":10}'
    assert '"entries":[],"extensions":[{"name":"os:totalResults"' in written(feed, "atom+json")
    assert written(feed, "atom+xml").endswith("<os:itemsPerPage>10</os:itemsPerPage></feed>")


def test_one_order_in_xml() -> None:
    """An order that was submitted has its date, before the number of its items."""
    assert written(Entry(submitted_order(), PLACED_TEXT), "atom+xml") == tight_xml(f"""
        <?xml version='1.0' encoding='UTF-8'?>
        <entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005">
          <title type="text" />
          <updated>2026-03-02T14:05:06.789Z</updated>
          <gd:etag>2026-07-14T10:47:38.000-04:00</gd:etag>
          <content type="application/xml">
            <purchaseOrder {ORDER_NAMESPACES}>
              <orderName>Spring list - 2</orderName>
              <link href="https://acq.example.org//purchaseorders/PO-2026-36/?inst=128807" />
              <purchaseOrderNumber>PO-2026-36</purchaseOrderNumber>
              <orderNumberRange>PO</orderNumberRange>
              <vendor>
                <vendorId>{VENDOR}</vendorId>
                <vendorName>Harbour Books</vendorName>
                <localIdentifier>LVN-2</localIdentifier>
              </vendor>
              <currency>USD</currency>
              <exchangeRate>1.000000</exchangeRate>
              <orderDate>2026-07-14T10:47:38.000-04:00</orderDate>
              <orderItemCount>2</orderItemCount>
              <taxCalculationMethod>EXCLUDE_ADDITIONAL_COSTS</taxCalculationMethod>
              <purchaseOrderState>SUBMITTED</purchaseOrderState>
              <totalOrderPrice>61.50</totalOrderPrice>
              <lastUpdateTime>2026-07-14T10:47:38.000-04:00</lastUpdateTime>
              <insertTime>2026-03-01T11:00:29.000-05:00</insertTime>
            </purchaseOrder>
          </content>
        </entry>""")


def test_one_order_in_the_json_of_2012() -> None:
    assert written(Entry(submitted_order(), PLACED_TEXT), "atom+json") == tight_json(f"""
        {{
          "title": "",
          "content": {{
            "orderName": "Spring list - 2",
            "link": {{"href": "https://acq.example.org//purchaseorders/PO-2026-36/?inst=128807"}},
            "purchaseOrderNumber": "PO-2026-36",
            "orderNumberRange": "PO",
            "vendor": {{
              "vendorId": "{VENDOR}", "vendorName": "Harbour Books", "localIdentifier": "LVN-2"
            }},
            "currency": "USD",
            "exchangeRate": 1.000000,
            "orderDate": 1784040458000,
            "orderItemCount": 2,
            "taxCalculationMethod": "EXCLUDE_ADDITIONAL_COSTS",
            "purchaseOrderState": "SUBMITTED",
            "totalOrderPrice": 61.50,
            "lastUpdateTime": 1784040458000,
            "insertTime": 1772380829000,
            "action": null,
            "processing": null
          }},
          "updated": "2026-03-02T14:05:06.789Z",
          "extensions": [
            {{
              "name": "gd:etag",
              "attributes": {{"xmlns:gd": "http://schemas.google.com/g/2005"}},
              "children": ["2026-07-14T10:47:38.000-04:00"]
            }}
          ]
        }}""")


def test_one_order_bare() -> None:
    """Later clients read the resource alone, in XML in namespaces without versions."""
    assert written(Entry(open_order(), CHANGED_TEXT), "json") == tight_json(PLAIN_ORDER_JSON)
    bare = written(Entry(open_order(), CHANGED_TEXT), "xml")
    versioned = tight_xml(f"<?xml version='1.0' encoding='UTF-8'?>{OPEN_ORDER_XML}")
    assert bare == (
        versioned.replace("-1.5", "").replace("-1.2", "").replace("/purchase-order/", "/acquisitions/")
    )


def test_the_documented_moment_is_the_same_in_both_formats() -> None:
    """1331736458000 in JSON is 2012-03-14T10:47:38.000-04:00 in XML."""
    moment = dt.datetime(2012, 3, 14, 14, 47, 38, tzinfo=dt.UTC)
    entry = Entry(PurchaseOrder(last_update_time=moment))
    assert '"lastUpdateTime":1331736458000,' in written(entry, "json")
    assert "<lastUpdateTime>2012-03-14T10:47:38.000-04:00<" in written(entry, "atom+xml")
    assert "<lastUpdateTime>2012-03-14T15:47:38.000+01:00<" in written(entry, "atom+xml", "Europe/Berlin")


# --- what clients send

CREATE_XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<entry xmlns="http://www.w3.org/2005/Atom">
  <content type="application/xml">
    <purchaseOrder {ORDER_NAMESPACES}>
      <orderName> New list </orderName>
      <orderNumberRange>default</orderNumberRange>
      <vendor>
        <vendorId>
          {VENDOR}
        </vendorId>
      </vendor>
      <currency> USD </currency>
      <exchangeRate>
        1.000000
      </exchangeRate>
    </purchaseOrder>
  </content>
</entry>"""

CREATE_JSON = f"""{{
  "content": {{
    "orderName": " New list ", "orderNumberRange": "default", "vendor": {{"vendorId": "{VENDOR}"}},
    "currency": "USD", "exchangeRate": 1.000000
  }}
}}"""

PLAIN_CREATE_JSON = f"""{{
  "action": null, "comment": null, "currency": "USD", "customerNumber": null, "exchangeRate": "1.000000",
  "insertTime": null, "lastUpdateTime": null, "link": {{"href": null}}, "orderDate": null,
  "orderItemCount": null, "orderName": " New list ", "orderNumberRange": "default", "processing": null,
  "purchaseOrderItems": null, "purchaseOrderNumber": null, "purchaseOrderState": null,
  "shippingAddressId": null, "shippingType": null, "taxCalculationMethod": null, "totalOrderPrice": null,
  "vendor": {{"vendorId": "{VENDOR}", "vendorName": null, "localIdentifier": null}},
  "vendorMessage": null, "vendorOrderNumber": null
}}"""

NEW_ORDER = PurchaseOrder(
    order_name=" New list ",
    order_number_range="default",
    vendor=Vendor(vendor_id=VENDOR),
    currency="USD",
    exchange_rate=Decimal("1.000000"),
)


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (CREATE_XML, "xml"),
        (CREATE_XML.replace("-1.5", "-1.3"), "xml"),
        (CREATE_XML.replace("-1.5", "").replace("/purchase-order/", "/acquisitions/"), "xml"),
        (CREATE_XML[CREATE_XML.index("<purchaseOrder") : CREATE_XML.index("</content>")], "xml"),
        (CREATE_JSON, "json"),
        (PLAIN_CREATE_JSON, "json"),
        (f'{{"purchaseOrder": {PLAIN_CREATE_JSON}}}', "json"),
    ],
    ids=["atom xml", "other version", "no version", "bare xml", "atom json", "plain json", "named json"],
)
def test_a_new_order_is_read_from_every_shape(body: str, media: str) -> None:
    """Numbers and codes lose the blanks around them, names keep them; null is not given."""
    received = read_entry(PurchaseOrder, body.encode(), "xml" if media == "xml" else "json")
    assert received == Received(NEW_ORDER, "")
    assert str(received.resource.exchange_rate) == "1.000000"


@pytest.mark.parametrize("form", ["atom+xml", "atom+json"])
def test_an_update_sends_the_whole_entry_back(form: str) -> None:
    """With its etag; what is the server's own is passed over, were it rubbish."""
    sent = written(Entry(open_order(), CHANGED_TEXT), "atom+xml" if form == "atom+xml" else "atom+json")
    sent = sent.replace("Spring list - 1", " Spring list - 1a")
    sent = sent.replace(">0.00<", ">a lot<").replace('"totalOrderPrice":0.00', '"totalOrderPrice":["?"]')
    order, etag = read_entry(PurchaseOrder, sent.encode(), "xml" if form == "atom+xml" else "json")
    assert etag == CHANGED_TEXT
    assert order.order_name == " Spring list - 1a"
    assert (order.purchase_order_number, order.purchase_order_state) == ("PO-2026-35", "OPEN")
    assert order.last_update_time == CHANGED
    assert order.total_order_price is UNSET
    assert order.others is UNSET


@pytest.mark.parametrize("state", [open_order, submitted_order])
def test_orders_come_back_as_they_were_written(state: object) -> None:
    order = open_order() if state is open_order else submitted_order()
    for form, media in (("atom+xml", "xml"), ("xml", "xml"), ("atom+json", "json"), ("json", "json")):
        text = written(Entry(order, PLACED_TEXT), form)  # type: ignore[arg-type]
        found = read_entry(PurchaseOrder, text.encode(), media, whole=True)  # type: ignore[arg-type]
        assert found.resource == order
        assert written(Entry(found.resource, PLACED_TEXT), form) == text  # type: ignore[arg-type]


def test_a_moment_is_read_in_either_way() -> None:
    for given in ("1784040458000", '"1784040458000"', f'"{PLACED_TEXT}"', '"2026-07-14T14:47:38Z"'):
        body = f'{{"lastUpdateTime": {given}}}'.encode()
        assert read_entry(PurchaseOrder, body, "json").resource.last_update_time == PLACED
