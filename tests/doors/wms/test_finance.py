"""Budgets and funds, as the documents of 2012 and as later clients read them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import event

from openacq.ledger import service as ledger
from tests.doors.wms.client import ATOM_JSON, JSON, Client, client_of, error, new_client
from tests.ordering.world import book
from tests.serving_fixture import Server

SUMS = ("budgeted", "encumbered", "paid", "totalBudgeted", "totalEncumbered", "totalPaid", "remainingBalance")


@pytest.fixture
def client(server: Server) -> Client:
    """A library with two ledgers, a summary fund, and next year's budget."""
    client = new_client(server)
    load = client.world.load
    load(ledger, "fiscal_period", {"name": "FY-2027", "start": "2027-01-01", "end": "2027-12-31"})
    load(
        ledger,
        "ledger",
        {"code": "LATER", "name": "Next year", "fiscal_period": "FY-2027", "currency": "USD"},
    )
    load(
        ledger,
        "fund",
        {"code": "HUM", "name": "Humanities", "entity_type": "SUMMARY", "parent": "BOOKS"},
        {"code": "ANT-1", "name": "Antiquity, one", "parent": "HUM"},
        {"code": "ANT-2", "name": "Antiquity, two", "parent": "HUM"},
        {"code": "HIST", "name": "History", "parent": "LATER", "fiscal_period": "FY-2027"},
    )
    load(
        ledger,
        "allocation",
        {"fund": "ANT-1", "amount": "300.00", "reference": "11"},
        {"fund": "ANT-2", "amount": "200.00", "reference": "12"},
    )
    return client


def asked(client: Client, path: str) -> Any:
    answer = client.but(accept=ATOM_JSON).get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def contents(told: Any) -> list[dict[str, Any]]:
    return [entry["content"] for entry in told["entries"]]


def total(told: Any) -> str:
    found: str = told["extensions"][0]["children"][0]
    return found


def plain(client: Client) -> Client:
    return client_of(client.server, client.world, json="plain").but(accept=JSON)


# -- budgets ------------------------------------------------------------------------------------

THIS = {
    "budgetPeriodNumber": "BP-2026-1",
    "budgetName": "FY-2026",
    "startDate": "2026-01-01",
    "endDate": "2026-12-31",
    "status": "ACTIVE",
}


def test_budgets_are_the_fiscal_periods(client: Client) -> None:
    told = asked(client, "/budgets")
    this, later = contents(told)
    link = {"rel": "self", "href": f"{client.server.url}/budgets/BP-2026-1"}
    assert this == {"link": link, **THIS}
    assert (later["budgetPeriodNumber"], total(told)) == ("BP-2027-1", "2")
    assert asked(client, "/budgets/bp-2026-1/")["content"] == this
    assert asked(client, "/budgets/BP-2026-1")["title"] == "FY-2026"


def test_a_later_budget_of_a_year_counts_on(client: Client) -> None:
    load = client.world.load
    load(ledger, "fiscal_period", {"name": "FY-2026", "end": "2026-06-30"})
    load(ledger, "fiscal_period", {"name": "FY-2026B", "start": "2026-07-01", "end": "2026-12-31"})
    assert [each["budgetPeriodNumber"] for each in contents(asked(client, "/budgets"))] == [
        "BP-2026-1",
        "BP-2026-2",
        "BP-2027-1",
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fundCode:ANT*", ["BP-2026-1"]),
        ("fundCode:hist", ["BP-2026-1", "BP-2027-1"]),
        ("fundCode:ANT", []),
        ("fundCode:BOOKS", []),
        ("startDate:2027-01-01", ["BP-2027-1"]),
        ("endDate:2026-12-31", ["BP-2026-1"]),
        ("status:active", ["BP-2026-1", "BP-2027-1"]),
        ("status=CLOSED", []),
        ("budgetName:fy-202*", ["BP-2026-1", "BP-2027-1"]),
        ("budgetPeriodNumber:BP-2027-1", ["BP-2027-1"]),
        ("budgetStartDate:2027-01-01 AND fundCode:HIST", ["BP-2027-1"]),
        ("startDate:2026-01-01 and endDate:2027-12-31", []),
    ],
)
def test_budgets_are_searched(client: Client, query: str, found: list[str]) -> None:
    told = asked(client, f"/budgets?q={query.replace(' ', '%20')}")
    assert [each["budgetPeriodNumber"] for each in contents(told)] == found
    assert total(told) == str(len(found))


def test_a_budget_for_later_clients(client: Client) -> None:
    answer = plain(client).get("/acquisitions/budget/data/BP-2026-1")
    assert answer.json() == {
        "id": "BP-2026-1",
        "name": "FY-2026",
        "budgetPeriodNumber": "BP-2026-1",
        "startDate": "2026-01-01",
        "endDate": "2026-12-31",
        "status": "ACTIVE",
    }


# -- funds of 2012 ------------------------------------------------------------------------------


def test_the_funds_of_a_budget(client: Client) -> None:
    told = asked(client, "/budgets/BP-2026-1/funds?itemsPerPage=100")
    funds = {fund["fundCode"]: fund for fund in contents(told)}
    assert list(funds) == ["ANT-1", "ANT-2", "ART", "HIST", "HUM", "POOR", "SCIENCE"]
    assert total(told) == "7"
    assert [(funds[code]["level"], funds[code]["path"]) for code in ("HUM", "ANT-1")] == [(1, ""), (2, "HUM")]
    assert funds["HUM"]["budgeted"] == 0
    assert funds["HUM"]["totalBudgeted"] == 500


def test_the_sums_of_a_fund_keep_their_decimals(client: Client) -> None:
    client.world.place(book())
    root: Any = etree.fromstring(client.get("/budgets/BP-2026-1/funds/HIST").content)
    fund = root.find("{*}content/{*}fund")
    assert fund is not None
    values = {etree.QName(child).localname: child.text for child in fund}
    assert [values[name] for name in SUMS] == [
        "1000.00",
        "50.00",
        "0.00",
        "1000.00",
        "50.00",
        "0.00",
        "950.00",
    ]
    assert (values["fundName"], values["fundCode"]) == ("History", "HIST")
    assert root.findtext("{*}title") == "History"
    href = f"{client.server.url}/budgets/BP-2026-1"
    assert fund.find("{*}budget/{*}link").get("href") == href
    assert root.findtext("{*}id") == f"{href}/funds/HIST"
    assert (
        '"remainingBalance":950.00' in client.but(accept=ATOM_JSON).get("/budgets/BP-2026-1/funds/HIST").text
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fundCode:ANT*", ["ANT-1", "ANT-2"]),
        ("fundCode:ant-1", ["ANT-1"]),
        ("fundCode:%25", []),
        ("fundCode:_RT", []),
        ("fundName:*one", ["ANT-1"]),
        ('fundName:"Antiquity, two"', ["ANT-2"]),
        ("fundCode:A* AND fundName:A*", ["ANT-1", "ANT-2", "ART"]),
    ],
)
def test_the_funds_of_a_budget_are_searched(client: Client, query: str, found: list[str]) -> None:
    written = query.replace(" ", "%20").replace('"', "%22")
    told = asked(client, f"/budgets/BP-2026-1/funds?q={written}")
    assert [fund["fundCode"] for fund in contents(told)] == found


@pytest.mark.parametrize(
    "path",
    [
        "/budgets/BP-2025-1",
        "/budgets/BP-2025-1/funds",
        "/budgets/BP-2025-1/funds/HIST",
        "/budgets/BP-2026-1/funds/NONE",
        "/budgets/BP-2026-1/funds/BOOKS",
        "/budgets/BP-2027-1/funds/ART",
        "/acquisitions/budget/data/BP-1",
        "/acquisitions/fund/data/BP-2026-1-NONE",
        "/acquisitions/fund/data/BP-2026-1",
        "/acquisitions/fund/data/BP-2026-1-BOOKS",
        "/acquisitions/fund/data/HIST",
        "/acquisitions/fund/data/00000000-0000-0000-0000-000000000000",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    for accept in (None, JSON):
        answer = client.but(accept=accept).get(path)
        assert (answer.status_code, error(answer).code) == (404, "404")


# -- funds of later clients ---------------------------------------------------------------------


def test_a_fund_for_later_clients(client: Client) -> None:
    client.world.place(book())
    later = plain(client)
    by_code = later.get("/acquisitions/fund/data/BP-2026-1-HIST")
    fund = by_code.json()
    allocation = fund["allocation"]["allocation"]
    assert (fund["name"], fund["code"]) == ("History", "HIST")
    prices = {
        name: allocation[name]["priceSpecification"]
        for name in ("amountBudgeted", "amountEncumbered", "amountExpended", "amountRemaining")
    }
    assert [price["price"] for price in prices.values()] == [1000, 50, 0, 950]
    assert {price["priceCurrency"] for price in prices.values()} == {"USD"}
    assert '"price":950.00' in by_code.text
    assert later.get(f"/acquisitions/fund/data/{allocation['id']}").json() == fund


def test_a_fund_whose_code_has_dashes(client: Client) -> None:
    assert plain(client).get("/acquisitions/fund/data/BP-2026-1-ANT-1").json()["code"] == "ANT-1"


def test_funds_are_searched_by_budget_and_by_parent(client: Client) -> None:
    later = plain(client)

    def found(query: str) -> list[str]:
        told = later.get(f"/acquisitions/fund/search?{query}").json()
        assert told["totalResults"] >= len(told["entry"])
        return [fund["code"] for fund in told["entry"]]

    every = ["ANT-1", "ANT-2", "ART", "HIST", "HUM", "POOR", "SCIENCE"]
    for index in ("budgetPeriod", "budgetPeriodNumber"):
        assert found(f"q={index}%3ABP-2026-1&startIndex=1&itemsPerPage=25") == every
    assert found("q=budgetPeriod:BP-2027-1") == ["HIST"]
    assert found("q=budgetPeriod:BP-2026-1&startIndex=3&itemsPerPage=2") == ["ART", "HIST"]
    parent = later.get("/acquisitions/fund/data/BP-2026-1-HUM").json()["allocation"]["allocation"]["id"]
    for query in (f"parentFundId:{parent}", f"parentFundNumber:{parent}", "parentFundId:BP-2026-1-HUM"):
        assert found(f"q={query}") == ["ANT-1", "ANT-2"]
    for query in ("budgetPeriod:BP-1", "parentFundId:none", "budgetPeriod:BP-2027-1%20AND%20fundCode:ANT*"):
        assert found(f"q={query}") == []


def test_all_funds_of_all_budgets_have_sums(client: Client) -> None:
    told = plain(client).get("/acquisitions/fund/search?itemsPerPage=100").json()
    sums = [
        Decimal(str(fund["allocation"]["allocation"]["amountBudgeted"]["priceSpecification"]["price"]))
        for fund in told["entry"]
        if fund["code"] != "HUM"
    ]
    assert sum(sums) == Decimal(3510)


# -- how it is found ----------------------------------------------------------------------------


@pytest.fixture
def statements(server: Server) -> Iterator[list[str]]:
    seen: list[str] = []

    def see(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(server.store.reader, "before_cursor_execute", see)
    yield seen
    event.remove(server.store.reader, "before_cursor_execute", see)


@pytest.mark.parametrize("path", ["/budgets/BP-2026-1/funds", "/acquisitions/fund/search", "/budgets"])
def test_a_longer_list_takes_no_more_statements(client: Client, statements: list[str], path: str) -> None:
    asked(client, f"{path}?itemsPerPage=2")
    statements.clear()
    asked(client, f"{path}?itemsPerPage=1")
    few = len(statements)
    statements.clear()
    asked(client, f"{path}?itemsPerPage=100")
    assert len(statements) <= few
