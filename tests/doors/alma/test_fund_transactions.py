"""A finance script asks where the money of a fund went."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.ledger import service as ledger
from openacq.ledger.model import Source
from openacq.ordering.model import Line, ShareWish, Sum, Terms
from openacq.store import Store, Tx
from tests.conftest import Do
from tests.doors.alma.calls import BASE, Alma, alma, members, new_key
from tests.ordering.world import World, book, make_world

__all__ = ["alma"]


@pytest.fixture
def world(store: Store, institution: int) -> World:
    return make_world(store, institution)


@pytest.fixture
def line(world: World) -> Line:
    """A book for 50.00 on HIST with a reporting code."""
    return world.place(book(terms=Terms(reporting_codes=("humanities", "", "", "", "z"))))


@pytest.fixture
def key(world: World, write: Do) -> str:
    return new_key(write, areas={"acq": "read"})


def path_of(read: Do, code: str) -> str:
    def work(tx: Tx) -> int:
        fund = ledger.fund(tx, code)
        assert fund is not None
        return fund.id

    return f"/acq/funds/{read(work)}/transactions"


def test_the_newest_comes_first_and_names_its_order(line: Line, key: str, alma: Alma, read: Do) -> None:
    answer = alma(path_of(read, "HIST"), key)
    assert answer.status == 200
    assert answer.json["total_record_count"] == 2
    promised, given = answer.json["fund_transaction"]
    assert promised.pop("id").isdigit()
    assert promised == {
        "transaction_time": "2026-03-02Z",
        "type": {"value": "ENCUMBRANCE", "desc": "Encumbrance"},
        "amount": 50.0,
        "currency": {"value": "USD", "desc": "US Dollar"},
        "po_line": {"value": line.number, "link": f"{BASE}/almaws/v1/acq/po-lines/{line.number}"},
        "invoice_line": {"value": "", "link": ""},
        "reporting_code": "humanities",
        "secondary_reporting_code": "",
        "tertiary_reporting_code": "",
        "fourth_reporting_code": "",
        "fifth_reporting_code": "z",
    }
    assert (given["type"]["value"], given["amount"]) == ("ALLOCATION", 1000.0)
    assert given["po_line"] == {"value": "", "link": ""}
    assert answer.xml.tag == "fund_transactions"
    assert members(answer.xml) == ["fund_transaction", "fund_transaction"]
    assert answer.xml.findtext("fund_transaction/amount") == "50.00"


def test_transactions_are_filtered_searched_and_paged(
    line: Line, world: World, key: str, alma: Alma, write: Do, read: Do
) -> None:
    other = world.place(book(price=Sum("20.00", "USD"), shares=(ShareWish("HIST", percent="100"),)))
    write(lambda tx: ledger.release(tx, Source("po_line", line.id)))
    path = path_of(read, "HIST")

    def shown(**params: str) -> list[tuple[str, float]]:
        answer = alma(path, key, **params)
        found = answer.json.get("fund_transaction", [])
        return [(each["type"]["value"], each["amount"]) for each in found]

    everything: list[tuple[str, Any]] = [
        ("DISENCUMBRANCE", -50.0),
        ("ENCUMBRANCE", 20.0),
        ("ENCUMBRANCE", 50.0),
        ("ALLOCATION", 1000.0),
    ]
    assert shown() == everything
    assert shown(filter="all") == everything
    assert shown(filter="ENCUMBRANCE") == everything[1:3]
    assert shown(filter="TRANSFER") == []
    assert shown(q="amount=50") == [everything[0], everything[2]]
    assert shown(q=f"po_line~{other.number}") == [everything[1]]
    assert shown(q=line.number) == [everything[0], everything[2]]
    assert shown(q=f"po_line~{line.number} AND amount~-50") == [everything[0], everything[2]]
    assert shown(q="po_line~POL-0") == []
    assert shown(q="invoice_number~17") == []
    assert shown(limit="1", offset="1") == [everything[1]]
    assert alma(path, key, limit="0").json == {"total_record_count": 4}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"filter": "GIFT"}, "40166404"),
        ({"q": "amount~much"}, "60106"),
        ({"q": "colour~red"}, "60106"),
        ({"limit": "x"}, "40166411"),
    ],
)
def test_a_wrong_question_is_told(params: dict[str, str], code: str, key: str, alma: Alma, read: Do) -> None:
    assert alma(path_of(read, "HIST"), key, **params).error[0] == code


def test_no_such_fund_and_no_key_of_a_vendor(key: str, alma: Alma, read: Do, write: Do) -> None:
    assert alma("/acq/funds/1/transactions", key).error[0] == "401873"
    tied = new_key(write, areas={"acq": "read"}, vendor="GOBI")
    assert alma(path_of(read, "HIST"), tied).status == 403


def test_a_summary_has_no_transactions_of_its_own(key: str, alma: Alma, read: Do) -> None:
    assert alma(path_of(read, "BOOKS"), key).json == {"total_record_count": 0}
