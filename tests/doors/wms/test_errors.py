"""Every refusal of the door in OCLC's form, in the format that was asked for; paths as clients write them."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from openacq.doors.wms.paths import canonical, is_ours
from tests.doors.wms.client import ATOM_JSON, ATOM_XML, JSON, XML, Client, error, new_client
from tests.serving_fixture import Server


@pytest.fixture
def client(server: Server) -> Client:
    return new_client(server)


FORMS = [
    (None, "xml"),
    ("*/*", "xml"),
    (ATOM_XML, "xml"),
    (XML, "xml"),
    ("text/html", "xml"),
    ("nonsense", "xml"),
    (JSON, "json"),
    (ATOM_JSON, "json"),
    ("application/json;charset=UTF-8", "json"),
]


@pytest.mark.parametrize(("accept", "form"), FORMS)
def test_an_error_has_the_form_asked_for(client: Client, accept: str | None, form: str) -> None:
    answer = client.but(accept=accept).get("/budgets/BP-1999-1")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == f"application/{form};charset=UTF-8"
    told = error(answer)
    assert (told.code, told.type, told.message) == ("404", "http", "Budget BP-1999-1 not found.")
    assert "BP-2026-1" in told.detail


def test_the_documents_are_exactly_these(client: Client) -> None:
    wrong = client.but(key="test")
    advice = "Use a WSKey of this server that is not revoked."
    assert wrong.get("/budgets").text == (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        "<error><code type=\"http\">401</code><message>WSKey 'test' is invalid</message>"
        f"<detail>clientId: {advice}</detail></error>"
    )
    assert json.loads(wrong.but(accept=JSON).get("/budgets").text) == {
        "code": {"value": "401", "type": "http"},
        "message": "WSKey 'test' is invalid",
        "detail": f"clientId: {advice}",
        "details": f"clientId: {advice}",
    }


def test_an_extension_goes_before_the_header(client: Client) -> None:
    answers = {".json": client.get("/budgets/BP-1999-1.json"), ".xml": None}
    answers[".xml"] = client.but(accept=JSON).get("/budgets/BP-1999-1.xml")
    for extension, answer in answers.items():
        assert answer is not None
        assert answer.status_code == 404
        assert extension[1:] in answer.headers["content-type"]
        assert error(answer).message == "Budget BP-1999-1 not found."


@pytest.mark.parametrize(
    "path",
    [
        "/invoices",
        "/invoices/INV-2012-2",
        "/invoices/INV-2012-2/pay",
        "/invoiceItems/INVI-2012-7",
        "/acquisitions/invoice/data/INV-2012-2",
        "/acquisitions/invoice/search?q=x",
        "/acquisitions/invoiceitem/search?q=invoiceNumber:INV-2012-2",
        "/acquisitions",
        "/purchaseorders/PO-1/nothing",
        "/vendors/x/y",
    ],
)
def test_an_unknown_path_is_404_before_anybody_is_known(client: Client, path: str) -> None:
    for accept in (ATOM_XML, JSON):
        answer = client.but(accept=accept).get(path, headers={"Authorization": ""})
        assert (answer.status_code, error(answer).code) == (404, "404")


def test_other_paths_are_not_this_doors(client: Client) -> None:
    for path in ("/", "/nothing", "/purchaseordersx", "/almaws/v1/acq/funds", "/health", "/tokens"):
        assert client.get(path).headers.get("content-type") != "application/xml;charset=UTF-8" or (
            path.startswith("/almaws")
        )
        assert not is_ours(path)


def test_a_wrong_method_is_told_which_are_right(client: Client) -> None:
    for accept in (ATOM_XML, JSON):
        answer = client.but(accept=accept).call("DELETE", "/budgets")
        assert (answer.status_code, error(answer).code, answer.headers["Allow"]) == (405, "405", "GET")


def test_a_head_is_a_get_without_a_body(client: Client) -> None:
    answer = client.call("HEAD", "/budgets")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_a_body_too_large_is_413(client: Client) -> None:
    answer = client.call("POST", "/purchaseorders", b" " * 2_200_000)
    assert (answer.status_code, error(answer).code) == (413, "413")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("startIndex=x", "startIndex"),
        ("startIndex=-1", "startIndex"),
        ("itemsPerPage=1001", "itemsPerPage"),
        ("itemsPerPage=1.5", "itemsPerPage"),
        ("q=colour:red", "q"),
        ("q=red", "q"),
        ("q=startDate:yesterday", "startDate"),
        ("startIndex=%00%01%FF%ED%A0%80%EF%BF%BF", "startIndex"),
        ("q=fundCode%3A%00&startIndex=%3Cx%3E%26", "startIndex"),
        ("itemsPerPage=" + "9" * 3000, "itemsPerPage"),
    ],
)
def test_a_wrong_parameter_is_400_and_named(client: Client, query: str, named: str) -> None:
    for accept in (ATOM_XML, JSON):
        answer = client.but(accept=accept).get(f"/budgets?{query}")
        told = error(answer)
        assert (answer.status_code, told.code) == (400, "400")
        assert named in told.message + told.detail


def test_a_fault_is_ours_and_tells_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("openacq.ledger.service.periods", fail)
    for accept in (ATOM_XML, JSON):
        answer = client.but(accept=accept).get("/budgets")
        assert (answer.status_code, error(answer).message) == (500, "Internal server error")
        assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/purchaseorders/", "/purchaseorders"),
        ("//purchaseorders//PO-2012-35/", "/purchaseorders/PO-2012-35"),
        ("/purchaseorder/PO-1", "/purchaseorders/PO-1"),
        (
            "/PurchaseOrders/PO-1/Item/OIN-1/Copy/1/recieve",
            "/purchaseorders/PO-1/items/OIN-1/copies/1/receive",
        ),
        ("/purchaseorders/item", "/purchaseorders/item"),
        ("/purchaseorders/copy/items/fund", "/purchaseorders/copy/items/fund"),
        ("/vendors/vendors", "/vendors"),
        ("/vendors/vendors/LVN-2", "/vendors/LVN-2"),
        ("/vendors/LVN-2", "/vendors/LVN-2"),
        ("/budget/BP-2012-1/fund/ITEM", "/budgets/BP-2012-1/funds/ITEM"),
        ("/invoiceItems/INVI-1", "/invoiceitems/INVI-1"),
        ("/acquisitions/funds/search", "/acquisitions/fund/search"),
        ("/acquisitions/orderItem/data/OIN-1", "/acquisitions/orderitem/data/OIN-1"),
        ("/oauth2/accessToken", "/oauth2/accesstoken"),
        ("/", "/"),
    ],
)
def test_a_path_is_read_as_it_is_meant(path: str, meant: str) -> None:
    assert canonical(path) == (meant, "")
    if meant != "/":
        assert is_ours(path)
        assert canonical(path.rstrip("/") + ".json") == (meant, ".json")
        assert canonical(path.rstrip("/") + ".xml") == (meant, ".xml")


def test_links_stay_without_an_extension(client: Client) -> None:
    root = etree.fromstring(client.get("/budgets.xml").content)
    links = [link.get("href", "") for link in root.iter("{*}link")]
    assert links
    assert not any(link.endswith(".xml") for link in links)
