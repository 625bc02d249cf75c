"""A vendor's shop, seen from the server: what it reads before checkout, and how it sends an order.

It knows nothing of openacq but Alma's public interface: JSON or XML over HTTP with an API key.
"""

from __future__ import annotations

import json
import select
import socket
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
from lxml import etree

WRAPPERS = {
    "fund_distribution": "fund_distributions",
    "location": "locations",
    "note": "notes",
    "interested_user": "interested_users",
    "system_control_number": "system_control_numbers",
    "copy": "copies",
}
"""Lists stand under their singular name in JSON and have a wrapper in XML."""

ANSWER_SECONDS = 30.0
RESET = struct.pack("ii", 1, 0)


class ShopError(Exception):
    """The server did not answer as a shop needs it to; the text says what it said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an order: the PO line, or the errors (code, text)."""

    number: str = ""
    status: str = ""
    status_words: str = ""
    alerts: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    replayed: bool = False

    @property
    def refused(self) -> bool:
        return bool(self.errors)


@dataclass(frozen=True, slots=True)
class Balance:
    """A fund as the fund list tells of it."""

    code: str
    name: str
    currency: str
    allocated: Decimal
    encumbered: Decimal
    available: Decimal


class Shop:
    """A shop that orders with one API key. `base` is the address before /almaws/v1."""

    def __init__(self, base: str, key: str) -> None:
        self._base = base
        self._key = key
        self._http = httpx.Client(
            base_url=base,
            headers={"Authorization": f"apikey {key}", "Accept": "application/json"},
            timeout=ANSWER_SECONDS,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    # -- before checkout ----------------------------------------------------------------------

    def look_up(self) -> Iterator[tuple[str, str]]:
        """(call, what it told) of everything a shop reads before it offers the checkout."""
        general = self.read("/almaws/v1/conf/general")
        yield "conf/general", f"{general['institution']['desc']}, {general['environment_type']}"
        libraries = self.read("/almaws/v1/conf/libraries").get("library", [])
        yield "conf/libraries", _listed(library["code"] for library in libraries)
        for library in libraries:
            path = f"conf/libraries/{library['code']}/locations"
            locations = self.read(f"/almaws/v1/{path}").get("location", [])
            yield path, _listed(location["code"] for location in locations)
        funds = self.read("/almaws/v1/acq/funds?view=brief&limit=100").get("fund", [])
        yield "acq/funds?view=brief", _listed(fund["code"] for fund in funds)
        vendors = self.read("/almaws/v1/acq/vendors?status=active&limit=100").get("vendor", [])
        yield "acq/vendors?status=active", _listed(vendor["code"] for vendor in vendors)
        for vendor in vendors:
            path = f"acq/vendors/{vendor['code']}"
            accounts = self.read(f"/almaws/v1/{path}").get("account", [])
            yield path, "account " + _listed(account["code"] for account in accounts)
        for table in ("PurchaseType", "AcquisitionMethod", "HFundsTransactionItem.reportingCode"):
            path = f"conf/code-tables/{table}"
            rows = self.read(f"/almaws/v1/{path}").get("row", [])
            yield path, f"{len(rows)} codes" if len(rows) > 6 else _listed(row["code"] for row in rows)

    def balances(self) -> dict[str, Balance]:
        """The funds that can pay, by code."""
        funds = self.read("/almaws/v1/acq/funds?view=full&limit=100").get("fund", [])
        return {
            fund["code"]: Balance(
                fund["code"],
                fund["name"],
                _coded(fund["currency"]),
                Decimal(str(fund["allocated_balance"])),
                Decimal(str(fund["encumbered_balance"])),
                Decimal(str(fund["available_balance"])),
            )
            for fund in funds
        }

    def read(self, path: str) -> Any:
        """A resource as JSON. Raises ShopError for anything but 200."""
        answer = self._http.get(path)
        if "UNAUTHORIZED" in answer.text and answer.status_code == httpx.codes.BAD_REQUEST:
            raise ShopError("The database holds another library, which does not know the demo's key.")
        if answer.status_code != httpx.codes.OK:
            raise ShopError(f"GET {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()

    def act(self, path: str, body: Mapping[str, Any]) -> Any:
        """A call by which staff move something on. Raises ShopError for anything but 200."""
        answer = self._http.post(path, json=body)
        if answer.status_code != httpx.codes.OK:
            raise ShopError(f"POST {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()

    # -- checkout -----------------------------------------------------------------------------

    def order(self, order: Mapping[str, Any], *, xml: bool = False, dry_run: bool = False) -> Answer:
        """Send one order and read the answer, in the same syntax."""
        path = "/almaws/v1/acq/po-lines" + ("?dry_run=true" if dry_run else "")
        answer = self._http.post(path, content=_body(order, xml=xml), headers=_headers(xml=xml))
        if answer.status_code >= 500:
            raise ShopError(f"POST {path} answered {answer.status_code}: {answer.text[:300]}")
        replayed = answer.headers.get("Idempotent-Replayed") == "true"
        found = _from_xml(answer.content) if xml else _from_json(answer.content)
        return Answer(**found, replayed=replayed)

    def order_and_lose_the_answer(self, order: Mapping[str, Any]) -> None:
        """Send one order and cut the connection when the answer arrives, before reading a byte of it."""
        url = httpx.URL(self._base)
        body = _body(order, xml=False)
        head = [
            "POST /almaws/v1/acq/po-lines HTTP/1.1",
            f"Host: {url.host}:{url.port}",
            f"Authorization: apikey {self._key}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in _headers(xml=False).items()),
        ]
        with socket.create_connection((url.host, url.port or 80), timeout=ANSWER_SECONDS) as line:
            line.sendall("\r\n".join([*head, "", ""]).encode() + body)
            select.select([line], [], [], ANSWER_SECONDS)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


# -- syntax -----------------------------------------------------------------------------------


def _headers(*, xml: bool) -> dict[str, str]:
    media = "application/xml" if xml else "application/json"
    return {"Content-Type": media, "Accept": media}


def _body(order: Mapping[str, Any], *, xml: bool) -> bytes:
    if not xml:
        return json.dumps(order, ensure_ascii=False).encode()
    root = etree.Element("po_line")
    _fill(root, order)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _fill(parent: etree._Element, content: Mapping[str, Any]) -> None:
    for name, value in content.items():
        if isinstance(value, list):
            wrapper = etree.SubElement(parent, WRAPPERS[name])
            for one in value:
                _put(wrapper, name, one)
        else:
            _put(parent, name, value)


def _put(parent: etree._Element, name: str, value: Any) -> None:
    element = etree.SubElement(parent, name)
    if isinstance(value, Mapping):
        if set(value) == {"value"}:
            element.text = str(value["value"])
        else:
            _fill(element, value)
    else:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)


def _from_json(content: bytes) -> dict[str, Any]:
    answer = json.loads(content)
    if answer.get("errorsExist"):
        errors = answer["errorList"]["error"]
        return {"errors": tuple((error["errorCode"], error["errorMessage"]) for error in errors)}
    status = answer["status"]
    return {
        "number": answer["number"],
        "status": status["value"],
        "status_words": status["desc"],
        "alerts": tuple(alert["desc"] for alert in answer.get("alert", [])),
    }


def _from_xml(content: bytes) -> dict[str, Any]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(content, parser)
    errors = [
        (error.findtext("{*}errorCode", ""), error.findtext("{*}errorMessage", ""))
        for error in root.iterfind(".//{*}error")
    ]
    if errors:
        return {"errors": tuple(errors)}
    status = root.find("status")
    return {
        "number": root.findtext("number", ""),
        "status": "" if status is None else status.text or "",
        "status_words": "" if status is None else status.get("desc", ""),
        "alerts": tuple(alert.get("desc", "") for alert in root.iterfind("alerts/alert")),
    }


def _coded(value: Any) -> str:
    return str(value["value"]) if isinstance(value, Mapping) else str(value)


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(codes) or "none"
