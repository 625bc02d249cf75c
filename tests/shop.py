"""A vendor's client as the tests play it: bodies, both formats, and what it reads out of answers.

The XML here is written and compared by the rules of the public documentation and shares nothing with
the server's own writer, so that one can catch the other.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal, Self, TypeAlias

import httpx
from lxml import etree

from tests.ordering.world import World

Format: TypeAlias = Literal["json", "xml"]

FORMATS: tuple[Format, ...] = ("json", "xml")
MEDIA: Mapping[Format, str] = {"json": "application/json", "xml": "application/xml"}
PREFIX = "/almaws/v1"
LINES = "/acq/po-lines"
NAMESPACE = "{http://com/exlibris/urm/general/xmlbeans}"

WRAPPERS = {
    "alert": "alerts",
    "copy": "copies",
    "fund_distribution": "fund_distributions",
    "holding": "holdings",
    "interested_user": "interested_users",
    "location": "locations",
    "note": "notes",
    "system_control_number": "system_control_numbers",
}
ATTRIBUTES = ("desc", "link", "total_record_count")

_numbers = itertools.count(1)


def new_isbn() -> str:
    """A valid ISBN no other order of this process has."""
    digits = f"978{next(_numbers):09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def order(**changes: Any) -> dict[str, Any]:
    """A printed book from GOBI for 50.00 USD on fund HIST, one copy for the stacks; None drops a field."""
    number = next(_numbers)
    body: dict[str, Any] = {
        "owner": {"value": "MAIN"},
        "type": {"value": "PRINTED_BOOK_OT"},
        "vendor": {"value": "GOBI"},
        "vendor_account": "GOBI-MAIN",
        "price": {"sum": "50.00", "currency": {"value": "USD"}},
        "vendor_reference_number": f"REF-{number}",
        "resource_metadata": {"title": f"Title {number}", "author": "Author, An", "isbn": new_isbn()},
        "fund_distribution": [{"fund_code": {"value": "HIST"}, "percent": 100}],
        "location": [{"quantity": 1, "library": {"value": "MAIN"}, "shelving_location": "STACKS"}],
    }
    body.update(deepcopy(changes))
    return {name: value for name, value in body.items() if value is not None}


def as_xml(body: Mapping[str, Any], root: str = "po_line") -> bytes:
    """The XML of an object given in its JSON form."""
    element = etree.Element(root)
    _fill(element, body)
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True)


def _fill(element: Any, content: Any) -> None:
    if not isinstance(content, Mapping):
        element.text = _text(content)
        return
    for name, value in content.items():
        if name in ATTRIBUTES:
            if value is not None:
                element.set(name, _text(value))
        elif name == "value":
            element.text = _text(value)
        elif name in WRAPPERS:
            wrapper = etree.SubElement(element, WRAPPERS[name])
            for entry in value:
                _fill(etree.SubElement(wrapper, name), entry)
        elif isinstance(value, list):
            for entry in value:
                _fill(etree.SubElement(element, name), entry)
        else:
            _fill(etree.SubElement(element, name), value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def tree(document: bytes | Any) -> Any:
    """An XML document as nested tuples, siblings in the order of their names: what two of them must share."""
    element = etree.fromstring(document) if isinstance(document, bytes) else document
    children = sorted((tree(child) for child in element), key=lambda child: child[0])
    return element.tag, dict(element.attrib), (element.text or "").strip(), children


def encoded(body: Any, form: Format) -> bytes:
    if isinstance(body, bytes):
        return body
    return json.dumps(body).encode() if form == "json" else as_xml(body)


class Shop:
    """Sends orders to one server with one key. Usable from many threads at once."""

    def __init__(self, url: str, key: str, world: World) -> None:
        self.url = url
        self.key = key
        self.world = world
        self._local = threading.local()
        self._clients: list[httpx.Client] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        for client in self._clients:
            client.close()

    @property
    def client(self) -> httpx.Client:
        """A connection of the calling thread's own."""
        client: httpx.Client | None = getattr(self._local, "client", None)
        if client is None:
            client = self._local.client = httpx.Client(base_url=self.url + PREFIX, timeout=60)
            self._clients.append(client)
        return client

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        sends: Format = "json",
        wants: Format | None = "json",
        headers: Mapping[str, str] | None = None,
        **params: str,
    ) -> httpx.Response:
        """One call; `sends` and `wants` are the formats of body and answer."""
        sent = {"Authorization": f"apikey {self.key}"}
        if body is not None:
            sent["Content-Type"] = MEDIA[sends]
        if wants is not None:
            sent["Accept"] = MEDIA[wants]
        sent.update(headers or {})
        content = None if body is None else encoded(body, sends)
        return self.client.request(method, path, content=content, headers=sent, params=params or None)

    def post(self, body: Any, **how: Any) -> httpx.Response:
        """Create a PO line."""
        return self.call("POST", how.pop("path", LINES), body, **how)

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.call("GET", path, **how)

    def ordered(self, body: Any = None, **how: Any) -> dict[str, Any]:
        """The line a create that must go well answers, in JSON."""
        answer = self.post(order() if body is None else body, **how)
        assert answer.status_code == 200, answer.text
        line: dict[str, Any] = answer.json()
        return line

    def line(self, number: str) -> dict[str, Any]:
        answer = self.get(f"{LINES}/{number}")
        assert answer.status_code == 200, answer.text
        line: dict[str, Any] = answer.json()
        return line


def problems(answer: httpx.Response) -> list[tuple[str, str]]:
    """(code, words) of every error of an answer, whichever format it has."""
    if "json" in answer.headers["content-type"]:
        told = answer.json()
        assert told["errorsExist"] is True
        assert told["result"] is None
        return [(each["errorCode"], each["errorMessage"]) for each in told["errorList"]["error"]]
    root = etree.fromstring(answer.content)
    assert root.tag == f"{NAMESPACE}web_service_result"
    assert root.findtext(f"{NAMESPACE}errorsExist") == "true"
    return [
        (error.findtext(f"{NAMESPACE}errorCode") or "", error.findtext(f"{NAMESPACE}errorMessage") or "")
        for error in root.iterfind(f"{NAMESPACE}errorList/{NAMESPACE}error")
    ]


def codes(answer: httpx.Response) -> list[str]:
    return [code for code, _ in problems(answer)]


def alerts(line: Mapping[str, Any]) -> list[str]:
    return [alert["desc"] for alert in line["alert"]]
