"""Whatever belongs to another institution is not there: every path, asked with a neighbour's ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.doors.alma.routes import ROUTES
from openacq.doors.hall import Route
from openacq.ledger import service as ledger
from tests.ordering.world import World
from tests.serving_fixture import Server
from tests.shop import Shop, order, problems

SHARED = ("name",)
"""Placeholders of what all institutions have: the code tables."""
MARK = "Zwetschgenkuchen"
"""A word that stands in everything of the neighbour's and nowhere else."""

PLACES = tuple(
    route for route in ROUTES if "{" in route.path and not any(f"{{{name}}}" in route.path for name in SHARED)
)
LISTS = tuple(route for route in ROUTES if route.method == "GET" and "{" not in route.path)


OPERATIONS = {"/bibs": "scan", "/acq/purchase-requests": "approve", "/users": "cancel", "": "receive"}
"""What `op` is on paths that begin so."""


@pytest.fixture(scope="module")
def neighbour(running_server: Server) -> Iterator[tuple[Shop, dict[str, str]]]:
    """A library with everything, and the ids of its things by the names the paths give them."""
    areas = dict.fromkeys(("acq", "conf", "users", "bibs"), "write")
    with running_server.new_shop(areas=areas) as shop:
        world = shop.world
        world.load(directory, "library", {"code": "ZWE", "name": f"{MARK} Library"})
        world.load(directory, "location", {"library": "ZWE", "code": "ZW", "name": f"{MARK} shelf"})
        world.load(directory, "user", {"primary_id": "zwe1", "first_name": MARK})
        world.load(ledger, "fund", {"code": "ZWE", "name": f"{MARK} fund", "parent": "BOOKS"})
        world.load(ledger, "allocation", {"fund": "ZWE", "amount": "5000.00", "reference": "zwe"})
        common = {
            "owner": "ZWE",
            "fund_distribution": [{"fund_code": "ZWE", "percent": 100}],
            "interested_user": [{"primary_id": "zwe1"}],
            "vendor_note": MARK,
        }
        place = {"quantity": 1, "library": "ZWE", "shelving_location": "ZW"}
        printed = shop.ordered(
            order(**common, location=[place], resource_metadata={"title": f"{MARK} in print"})
        )
        online = shop.ordered(
            order(**common, type="E_BOOK_OT", resource_metadata={"title": f"{MARK} online"})
        )
        wish = {"resource_metadata": {"title": f"{MARK} wished for", "citation_type": "BOOK"}}
        wished = shop.call("POST", "/users/zwe1/purchase-requests", wish).json()
        held = printed["location"][0]
        fund = next(
            each for each in shop.get("/acq/funds", limit="100").json()["fund"] if each["code"] == "ZWE"
        )
        yield (
            shop,
            {
                "number": printed["number"],
                "mms_id": printed["resource_metadata"]["mms_id"]["value"],
                "holding_id": held["holding"][0]["id"],
                "item_id": held["copy"][0]["pid"],
                "portfolio_id": online["portfolios"]["portfolio"][0]["id"],
                "library": "ZWE",
                "location": "ZW",
                "desk": "DEFAULT_CIRC_DESK",
                "user": "zwe1",
                "fund_id": str(fund["id"]),
                "vendor_code": "GOBI",
                "request_id": wished["request_id"],
            },
        )


@pytest.fixture(scope="module")
def stranger(running_server: Server) -> Iterator[Shop]:
    """A key for everything of an institution that has nothing, so that no id of its own can be meant."""
    store = running_server.store
    card = Institution(0, "NOTHING", "An empty library")
    made = store.write(lambda tx: directory.create_institution(tx, card), institution=0)
    areas = dict.fromkeys(("acq", "conf", "users", "bibs", "own"), "write")
    with running_server.new_shop(World(store, made.id), areas=areas) as shop:
        yield shop


def described(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", PLACES, ids=described)
def test_the_neighbour_s_things_are_not_found(
    neighbour: tuple[Shop, dict[str, str]], stranger: Shop, route: Route
) -> None:
    theirs, ids = neighbour
    names = re.findall(r"{(\w+)}", route.path)
    assert set(names) <= set(ids), "say here what the new placeholder stands for"
    path = re.sub(r"{(\w+)}", lambda found: quote(ids[found[1]], safe=""), route.path)
    before = theirs.line(ids["number"])
    body: Any = None
    if route.method == "GET":
        own = theirs.get(path)
        assert own.status_code == 200 or route.path.endswith(("{portfolio_id}", "{desk}")), own.text
    else:
        body = theirs.get(path).json() if route.method == "PUT" else {}
        operation = next(op for start, op in OPERATIONS.items() if route.path.startswith(start))
        path += f"?op={operation}&reason=LIBRARY_CANCELLED"
    answer = stranger.call(route.method, path, body)
    assert answer.status_code == 400, answer.text
    assert MARK not in answer.text
    ((_, words),) = problems(answer)
    assert re.search(r"not found|not valid|Failed to find", words), words
    assert theirs.line(ids["number"]) == before


@pytest.mark.parametrize("route", LISTS, ids=described)
def test_lists_hold_nothing_of_the_neighbour_s(
    neighbour: tuple[Shop, dict[str, str]], stranger: Shop, route: Route
) -> None:
    _, ids = neighbour
    named = f"mms_id={ids['mms_id']}&item_barcode={ids['item_id']}&library=ZWE"
    for asked in ("", named, f"q=all~{MARK}", f"q=name~{MARK}"):
        answer = stranger.get(f"{route.path}?limit=100&{asked}")
        if answer.status_code == 200 or MARK not in asked:  # a refusal says what was asked
            assert MARK not in answer.text


def test_the_vendor_s_reference_and_the_number_of_a_neighbour_name_nothing(
    neighbour: tuple[Shop, dict[str, str]], stranger: Shop
) -> None:
    theirs, ids = neighbour
    line = theirs.line(ids["number"])
    for name in (ids["number"], line["vendor_reference_number"]):
        answer = stranger.get(f"/acq/po-lines/{name}")
        assert problems(answer) == [("401871", f"PO Line {name} not found.")]
