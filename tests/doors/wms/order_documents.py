"""The documents of 2012 of one order and of a list, to be filled with what an order is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openacq.ordering import service as ordering
from openacq.ordering.service import OrderHead
from tests.doors.wms.client import Client, oclc_id
from tests.doors.wms.documents import ORDER_NAMESPACES, ZONE, tight_json, tight_xml
from tests.doors.wms.ordering_client import (
    updated,
    vendor,
)


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


def everything(client: Client) -> tuple[OrderHead, ...]:
    page = client.world.read(lambda tx: ordering.order_heads(tx, ordering.OrderFilter(), 100, 0))
    found: tuple[OrderHead, ...] = page.orders
    return found
