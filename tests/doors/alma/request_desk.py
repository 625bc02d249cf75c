"""Purchase requests through the Alma door, as a campus script or a discovery system sends them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import httpx
import pytest
from lxml import etree

from openacq.directory import service as directory
from tests.serving_fixture import Server
from tests.shop import Format, Shop, as_xml, new_isbn

REQUESTS = "/acq/purchase-requests"
AREAS = {"acq": "write", "users": "write", "conf": "read", "bibs": "read", "own": "write"}
PEOPLE: tuple[dict[str, Any], ...] = (
    {"primary_id": "jroe", "first_name": "Jane", "last_name": "Roe", "email": "jane@uni.example",
     "identifiers": ["BARCODE:J-1"], "user_group": "FACULTY"},
    {"primary_id": "mlee", "first_name": "Max", "last_name": "Lee", "email": "max@uni.example"},
    {"primary_id": "staff1", "first_name": "Sam", "last_name": "Desk", "record_type": "STAFF",
     "email": "sam@uni.example", "roles": ["247", "248", "54", "55"]},
)  # fmt: skip

_numbers = itertools.count(1)


def wish(**changes: Any) -> dict[str, Any]:
    """A printed book nobody has; `resource_metadata` is added to, None drops a field."""
    body: dict[str, Any] = {
        "format": {"value": "P"},
        "resource_metadata": {
            "citation_type": {"value": "BOOK"},
            "title": f"A wished title {next(_numbers)}",
            "author": "Author, An",
            "isbn": new_isbn(),
        },
    }
    title = changes.pop("resource_metadata", {})
    body.update(deepcopy(changes))
    if title is None:
        del body["resource_metadata"]
    else:
        merged = {**body["resource_metadata"], **title}
        body["resource_metadata"] = {name: value for name, value in merged.items() if value is not None}
    return {name: value for name, value in body.items() if value is not None}


def ready(**changes: Any) -> dict[str, Any]:
    """A wish with all that a PO line needs to go on."""
    place = {"quantity": 1, "library": {"value": "MAIN"}, "shelving_location": "STACKS"}
    return wish(
        **{
            "owning_library": {"value": "MAIN"},
            "vendor": {"value": "GOBI"},
            "vendor_account": "GOBI-MAIN",
            "fund": {"value": "HIST"},
            "estimated_cost": {"sum": "40.00", "currency": {"value": "USD"}},
            "location": [place],
            **changes,
        }
    )


class Desk:
    """One key's view of the requests of a library."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.world = shop.world

    def call(
        self, method: str, path: str, body: Any = None, *, form: Format = "json", **how: Any
    ) -> httpx.Response:
        """One call whose body and answer are in `form`."""
        if form == "xml" and isinstance(body, dict):
            body = as_xml(body, "purchase_request")
        return self.shop.call(method, path, body, **{"sends": form, "wants": form, **how})

    def ask(self, body: Any = None, user: str = "jroe", **how: Any) -> httpx.Response:
        sent = wish() if body is None else body
        return self.call("POST", f"/users/{user}/purchase-requests", sent, **how)

    def asked(self, body: Any = None, user: str = "jroe", **how: Any) -> dict[str, Any]:
        """The request a create that must go well answers, in JSON."""
        return good(self.ask(body, user, **how))

    def one(self, request: dict[str, Any] | str) -> dict[str, Any]:
        return good(self.call("GET", f"{REQUESTS}/{id_of(request)}"))

    def listed(self, **params: Any) -> list[str]:
        """Ids of the staff list, which must say the same in both formats."""
        found = good(self.call("GET", REQUESTS, **params))
        ids = [each["request_id"] for each in found.get("purchase_request", ())]
        if "format" not in params:
            root = etree.fromstring(self.call("GET", REQUESTS, form="xml", **params).content)
            assert root.tag == "purchase_requests"
            assert [each.findtext("request_id") for each in root] == ids
            assert root.get("total_record_count") == str(found["total_record_count"])
        return ids

    def put(self, request: dict[str, Any], **how: Any) -> httpx.Response:
        return self.call("PUT", f"{REQUESTS}/{id_of(request)}", request, **how)

    def decide(self, op: str, request: dict[str, Any] | str, body: Any = None, **how: Any) -> httpx.Response:
        return self.call("POST", f"{REQUESTS}/{id_of(request)}", body, **{"op": op, **how})

    def approved(self, request: dict[str, Any]) -> dict[str, Any]:
        return good(self.decide("approve", request, {"approved_by": "staff1"}))

    def rejected(self, request: dict[str, Any], reason: str = "COST") -> dict[str, Any]:
        return good(self.decide("reject", request, {"reject_reason": {"value": reason}}))

    def cancel(self, request: dict[str, Any], user: str = "jroe", **how: Any) -> httpx.Response:
        path = f"/users/{user}/purchase-requests/{id_of(request)}"
        return self.call("POST", path, how.pop("body", None), **{"op": "cancel", **how})

    def delete(self, request: dict[str, Any] | str, **how: Any) -> httpx.Response:
        return self.call("DELETE", f"{REQUESTS}/{id_of(request)}", **how)


def id_of(request: dict[str, Any] | str) -> str:
    return request if isinstance(request, str) else str(request["request_id"])


def good(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def status(request: dict[str, Any]) -> str:
    found: str = request["status"]["value"]
    return found


def deferred(desk: Desk, request: dict[str, Any]) -> None:
    """Put a request aside, which only our own door can."""
    answer = httpx.post(
        f"{desk.shop.url}/openacq/v1/requests/defer",
        json={"ids": [id_of(request)], "until": "2026-04-01"},
        headers={"Authorization": f"apikey {desk.shop.key}"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text


@pytest.fixture
def desk(server: Server) -> Iterator[Desk]:
    """A library with two patrons and a librarian, and a key for acquisitions and users."""
    with server.new_shop(areas=AREAS) as shop:
        shop.world.load(directory, "user", *PEOPLE)
        yield Desk(shop)
