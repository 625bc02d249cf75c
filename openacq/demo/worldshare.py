"""A WorldShare client at work in the demo library: an order begun, an item, submission, and what Alma's calls
tell of it. It knows nothing of openacq but the public description of OCLC's interface.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
from lxml import etree
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from openacq.demo.shop import ANSWER_SECONDS, Shop, ShopError
from openacq.kernel.clock import SystemClock

KEY, PLAIN_KEY, SECRET = "demo-wskey", "demo-wskey-plain", "demo-secret"
PRINCIPAL = 'principalID="demo-principal", principalIDNS="urn:oclc:wms:da"'
ATOM, JSON = "application/atom+xml", "application/json"
ORDERS = "/purchaseorders"
ORDER = """\
<?xml version="1.0" encoding="UTF-8"?>
<entry xmlns="http://www.w3.org/2005/Atom"><content type="application/xml">
<purchaseOrder xmlns="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrder-1.5">
<orderName>{name}</orderName><orderNumberRange>default</orderNumberRange>
<vendor><vendorId>{vendor}</vendorId></vendor><currency>USD</currency><exchangeRate>1.000000</exchangeRate>
</purchaseOrder></content></entry>"""
FUND = "HIST-2026"


@dataclass(frozen=True, slots=True)
class Step:
    """What was done, by which call, and what the answer tells."""

    what: str
    call: str
    told: str


class Client:
    """Signs every call with a WSKey. Raises ShopError for an answer that is not 2xx."""

    def __init__(self, base: str) -> None:
        self._http = httpx.Client(base_url=base, timeout=ANSWER_SECONDS, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def xml(self, method: str, path: str, body: str | None = None) -> Any:
        """The entry or feed that is answered."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        sent = None if body is None else body.encode()
        return etree.fromstring(self._call(KEY, ATOM, method, path, sent), parser)

    def json(self, method: str, path: str, body: object = None) -> Any:
        """The plain object that is answered."""
        sent = None if body is None else json.dumps(body).encode()
        return json.loads(self._call(PLAIN_KEY, JSON, method, path, sent), parse_float=Decimal)

    def _call(self, key: str, media: str, method: str, path: str, body: bytes | None) -> bytes:
        place, _, query = path.partition("?")
        headers = {"Accept": media, "Authorization": authorization(key, method, query)}
        if body is not None:
            headers["Content-Type"] = media
        answer = self._http.request(method, path, content=body, headers=headers)
        if not answer.is_success:
            raise ShopError(f"{method} {place} answered {answer.status_code}: {answer.text[:300]}")
        return answer.content


def authorization(key: str, method: str, query: str) -> str:
    """The header of a request; the query needs no encoding here."""
    timestamp, nonce = str(int(SystemClock().now().timestamp())), secrets.token_hex(8)
    lines = [key, timestamp, nonce, "", method, "www.oclc.org", "443", "/wskey"]
    text = "".join(f"{line}\n" for line in (*lines, *sorted(filter(None, query.split("&")))))
    made = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256)).decode()
    words = f'clientId="{key}", timestamp="{timestamp}", nonce="{nonce}", signature="{made}", {PRINCIPAL}'
    return f"http://www.worldcat.org/wskey/v2/hmac/v1 {words}"


def play_worldshare(base: str, shop: Shop, run: str) -> tuple[Step, ...]:
    """List, create, add an item, submit, and read it back through Alma's calls. Raises ShopError."""
    client = Client(base)
    try:
        return tuple(_play(client, shop, run))
    finally:
        client.close()


def _play(client: Client, shop: Shop, run: str) -> list[Step]:
    found = client.xml("GET", f"{ORDERS}?itemsPerPage=1&q=SUBMITTED").findtext("{*}totalResults")
    steps = [Step("asked for what is on order", f"GET {ORDERS}?q=SUBMITTED", f"{found} orders")]
    vendor = client.json("GET", "/vendors?q=gobi")["entry"][0]["vendorId"]
    made = client.xml("POST", ORDERS, ORDER.format(name=f"Spring list {run}", vendor=vendor))
    number = made.findtext(".//{*}purchaseOrderNumber") or ""
    state = made.findtext(".//{*}purchaseOrderState")
    steps.append(Step("an order begun, in Atom XML", f"POST {ORDERS}", f"{number} is {state}"))
    item = client.json("POST", f"{ORDERS}/{number}/items", _item(run))
    told = f"{item['orderItemNumber']}, {item['totalPrice']} USD, nothing reserved yet"
    steps.append(Step("an item added, in JSON", f"POST {ORDERS}/{number}/items", told))
    submitted = client.xml("POST", f"{ORDERS}/{number}/submissions")
    state = submitted.findtext(".//{*}purchaseOrderState")
    steps.append(Step("the order submitted", f"POST {ORDERS}/{number}/submissions", f"{number} is {state}"))
    line = _line_of(shop, number)
    share = line["fund_distribution"][0]["fund_code"]["value"]
    told = f"{line['number']} of {number}: {line['status']['desc']}, paid from {share}"
    steps.append(Step("the same item as Alma tells of it", "GET /acq/po-lines", told))
    return steps


def _item(run: str) -> dict[str, Any]:
    return {
        "orderType": "FIRM_ORDER",
        "orderingPrice": 30.75,
        "resource": {
            "worldcatResource": {
                "title": f"Tides and harbours, {run}",
                "author": ["Lind, Ada"],
                "year": "2026",
            }
        },
        "copyConfigs": {
            "copyConfig": [
                {
                    "branchId": "128808",
                    "shelvingLocationId": "STACKS",
                    "copyCount": 1,
                    "booking": [{"budgetAccountCode": FUND, "percentage": 100}],
                }
            ]
        },
    }


def _line_of(shop: Shop, order: str) -> Any:
    """The PO line of the order, as Alma's interface gives it."""
    found = shop.read(f"/almaws/v1/acq/po-lines?q=po_number~{order}&limit=10").get("po_line", [])
    lines = [line for line in found if line["po_number"] == order]
    if len(lines) != 1:
        raise ShopError(f"{order} has one item, but {len(lines)} PO lines")
    return lines[0]


def show_worldshare(console: Console, steps: tuple[Step, ...]) -> None:
    """What became of it, as a table."""
    console.rule("[bold]A WorldShare client orders too[/bold]", align="left")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("What is done", ratio=2)
    table.add_column("by which call", ratio=3, style="dim", overflow="fold")
    table.add_column("What is answered", ratio=3)
    for step in steps:
        table.add_row(escape(step.what), escape(step.call), escape(step.told))
    console.print(table)
    console.print()
