"""Vendors as the Vendor Information Center tells of them, in every form."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from openacq.vendors import service as vendors
from tests.doors.wms.client import ATOM_JSON, JSON, XML, Client, client_of, error, new_client
from tests.serving_fixture import Server

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "os": "http://a9.com/-/spec/opensearch/1.1/",
    "v": "http://worldcat.org/xmlschemas/Vendor-1.0",
    "l": "http://worldcat.org/xmlschemas/LookupVendor-1.0",
}
ADDRESS = {
    "address": [
        {"line1": "1 Old Street", "city": "Bern", "country": {"value": "CHE"}},
        {"preferred": True, "line1": "1 New Street", "city": "Berlin", "country": {"value": "DEU"}},
    ]
}


@pytest.fixture
def client(server: Server) -> Client:
    client = new_client(server)
    client.world.load(
        vendors,
        "vendor",
        {"code": "CORNER", "contact_info": ADDRESS},
        {"code": "CLOSED", "name": "Closed Bookshop", "status": "INACTIVE", "material_supplier": True},
    )
    return client


def listed(client: Client, query: str = "") -> Any:
    answer = client.but(accept=ATOM_JSON).get(f"/vendors{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(told: Any) -> list[str]:
    return [entry["content"]["name"] for entry in told["entries"]]


def figures(told: Any) -> dict[str, str]:
    return {extension["name"]: extension["children"][0] for extension in told["extensions"]}


EVERY = ["Closed Bookshop", "Corner Bookshop", "GOBI Library Solutions", "OASIS"]


def test_the_list_is_a_feed(client: Client) -> None:
    root = etree.fromstring(client.get("/vendors?status=ACTIVE").content)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert root.findtext("os:totalResults", namespaces=NAMES) == "3"
    found = root.findall("atom:entry/atom:content/v:lookupVendor", NAMES)
    assert [vendor.findtext("l:name", namespaces=NAMES) for vendor in found] == EVERY[1:]
    corner: Any = found[0]
    values = {etree.QName(child).localname: child.text for child in corner}
    assert values["isActive"] == "true"
    assert values["isShared"] == "false"
    assert (values["country"], values["place"]) == ("DEU", "Berlin")
    assert values["vendorNumber"].startswith("LVN-")
    assert corner.find("l:link", NAMES).get("href") == f"{client.server.url}/vendors/{values['vendorId']}"


def test_the_list_in_the_other_forms(client: Client) -> None:
    assert names(listed(client)) == EVERY
    plain = client_of(client.server, client.world, json="plain").but(accept=JSON).get("/vendors").json()
    assert (plain["totalResults"], plain["startIndex"], plain["itemsPerPage"]) == (4, 1, 10)
    assert [vendor["name"] for vendor in plain["entry"]] == EVERY
    bare = etree.fromstring(client.but(accept=XML).get("/vendors/vendors").content)
    assert {etree.QName(vendor).namespace for vendor in bare.iter("{*}lookupVendor")} == {
        "http://worldcat.org/xmlschemas/Vendor"
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?status=active", EVERY[1:]),
        ("?status=INACTIVE", EVERY[:1]),
        ("?status=ALL", EVERY),
        ("?q=bookshop", EVERY[:2]),
        ("?q=name:bookshop%20corner", EVERY[1:2]),
        ("?q=vendorName%3DOasis&status=ACTIVE", EVERY[3:]),
        ("?q=nobody", []),
        ("?itemsPerPage=2", EVERY[:2]),
        ("?startIndex=3&itemsPerPage=2", EVERY[2:]),
        ("?startIndex=0&itemsPerPage=1", EVERY[:1]),
        ("?startIndex=9", []),
        ("?q=vendorNumber:LVN-999999", []),
    ],
)
def test_what_is_asked_for_is_found(client: Client, query: str, found: list[str]) -> None:
    assert names(listed(client, query)) == found


def test_pages_say_what_was_asked(client: Client) -> None:
    told = figures(listed(client, "?startIndex=0&itemsPerPage=2"))
    assert told == {"os:totalResults": "4", "os:startIndex": "0", "os:itemsPerPage": "2"}
    assert figures(listed(client)) == {
        "os:totalResults": "4",
        "os:startIndex": "1",
        "os:itemsPerPage": "10",
    }


def test_a_vendor_is_found_by_its_names_in_whatever_spelling(client: Client) -> None:
    vendor = listed(client, "?q=corner")["entries"][0]["content"]
    uuid, number = vendor["vendorId"], vendor["vendorNumber"]
    for name in (uuid, uuid.upper(), uuid.replace("-", ""), number, number.lower()):
        answer = client.but(accept=ATOM_JSON).get(f"/vendors/{name}/")
        assert answer.status_code == 200
        assert answer.json()["content"] == vendor
    assert names(listed(client, f"?q=vendorNumber:{number}")) == ["Corner Bookshop"]


@pytest.mark.parametrize("name", ["CORNER", "LVN-0", "x", "00000000-0000-0000-0000-000000000000"])
def test_no_other_name_finds_one(client: Client, name: str) -> None:
    answer = client.get(f"/vendors/{name}")
    assert (answer.status_code, error(answer).message) == (404, f"Vendor {name} not found.")


def test_a_vendor_of_another_institution_is_not_found(server: Server, client: Client) -> None:
    uuid = listed(client)["entries"][0]["content"]["vendorId"]
    assert new_client(server).get(f"/vendors/{uuid}").status_code == 404


@pytest.mark.parametrize("query", ["?status=maybe", "?q=colour:red"])
def test_what_the_list_cannot_be_asked_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/vendors{query}").status_code == 400
