"""A client that orders: a library in New York, its client, and the words of the documents."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

import httpx
from lxml import etree

from openacq.directory import service as directory
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor
from tests.doors.wms.client import ATOM_JSON, ATOM_XML, JSON, Client, client_of, oclc_id
from tests.doors.wms.documents import ORDER_NAMESPACES, ZONE
from tests.serving_fixture import Server

ATOM = "{http://www.w3.org/2005/Atom}"
GD = "{http://schemas.google.com/g/2005}"


def ordering_client(server: Server, **wish: Any) -> Client:
    world = server.new_world()

    def move(tx: Tx) -> None:
        directory.put_institution(tx, replace(directory.institution(tx), zone=ZONE))

    world.write(move)
    world.load(directory, "library", {"code": "MAIN", "oclc_id": f"1255{world.institution:04d}"})
    return client_of(server, world, **wish)


def branch(client: Client) -> str:
    return f"1255{client.world.institution:04d}"


def vendor(client: Client, code: str = "GOBI") -> Vendor:
    found = client.world.read(lambda tx: vendors.vendor(tx, code))
    assert isinstance(found, Vendor)
    return found


def order_xml(client: Client, **changes: str) -> str:
    """The request of the documents: name, range, vendor, currency, rate; `**changes` are elements."""
    members = {
        "orderName": " Order Name ",
        "orderNumberRange": "default",
        "vendor": f"<vendorId>{vendor(client).uuid}</vendorId>",
        "currency": "USD",
        "exchangeRate": "1.000000",
        **changes,
    }
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in members.items() if value)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><entry xmlns="http://www.w3.org/2005/Atom">'
        f'<content type="application/xml"><purchaseOrder {ORDER_NAMESPACES}>{inner}</purchaseOrder>'
        "</content></entry>"
    )


def item_json(client: Client, **changes: Any) -> dict[str, Any]:
    """A printed book for 20.00, one copy for the stacks of the main library on fund HIST; None drops."""
    body: dict[str, Any] = {
        "orderType": "FIRM_ORDER",
        "processingType": "ONE_TIME",
        "orderingPrice": 20.00,
        "resource": {
            "worldcatResource": {
                "title": "Tides & harbours",
                "author": ["Lind, Ada", "Berg, Bo"],
                "isbn": ["9780262033848 (hbk.)"],
                "oclcNumber": "86",
                "materialType": "BOOK",
            }
        },
        "copyConfigs": {
            "copyConfig": [
                {
                    "branchId": branch(client),
                    "shelvingLocationId": "STACKS",
                    "copyCount": 1,
                    "booking": [{"budgetAccountCode": "HIST", "percentage": 100}],
                }
            ]
        },
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


@dataclass(frozen=True)
class Shown:
    """One thing as an answer shows it: its members, its etag in the body, its etag in the header."""

    content: dict[str, Any]
    etag: str
    header: str
    answer: httpx.Response


def shown(answer: httpx.Response, status: int = 200) -> Shown:
    """An entry in Atom JSON, or a plain resource."""
    assert answer.status_code == status, answer.text
    told = answer.json()
    etag = ""
    if "content" in told:
        (extension,) = told["extensions"] or [{"children": [""]}]
        etag, told = extension["children"][0], told["content"]
    return Shown(told, etag, answer.headers.get("etag", ""), answer)


def begin(client: Client, **changes: str) -> Shown:
    """A new order, read as Atom JSON."""
    made = client.but(accept=ATOM_JSON).call("POST", "/purchaseorders/", order_xml(client, **changes))
    return shown(made, 201)


def number_of(order: Shown) -> str:
    found: str = order.content["purchaseOrderNumber"]
    return found


def post(client: Client, path: str, body: Any, status: int = 201, method: str = "POST", **how: Any) -> Shown:
    sent = client.but(accept=ATOM_JSON).call(method, path, json.dumps(body), sends=JSON, **how)
    return shown(sent, status)


def add_item(client: Client, order: Shown, **changes: Any) -> Shown:
    return post(client, f"/purchaseorders/{number_of(order)}/items", item_json(client, **changes))


def submit(client: Client, order: Shown) -> Shown:
    path = f"/purchaseorders/{number_of(order)}/submissions"
    return shown(client.but(accept=ATOM_JSON).call("POST", path))


def look(client: Client, path: str) -> Shown:
    return shown(client.but(accept=ATOM_JSON).get(path))


def feed(client: Client, path: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The resources of a list, and its figures."""
    answer = client.but(accept=ATOM_JSON).get(path)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    figures = {each["name"].removeprefix("os:"): each["children"][0] for each in told["extensions"]}
    return [entry["content"] for entry in told["entries"]], figures


def updated(answer: httpx.Response) -> list[str]:
    """The times an answer says it was rendered at."""
    if "json" in answer.headers["content-type"]:
        return re.findall(r'"updated": ?"([^"]+)"', answer.text)
    return [each.text or "" for each in etree.fromstring(answer.content).iter(f"{ATOM}updated")]


__all__ = [
    "ATOM_JSON",
    "ATOM_XML",
    "JSON",
    "Shown",
    "add_item",
    "begin",
    "branch",
    "feed",
    "item_json",
    "look",
    "number_of",
    "oclc_id",
    "order_xml",
    "ordering_client",
    "post",
    "shown",
    "submit",
    "updated",
    "vendor",
]
