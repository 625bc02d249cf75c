"""A shop looks for funds before checkout; a finance script reads balances."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from openacq.kernel.clock import FixedClock
from openacq.ledger import service as ledger
from openacq.store import Store, Tx
from tests.conftest import Do
from tests.doors.alma.calls import BASE, Alma, alma, members, new_key
from tests.ledger.money import HISTORY, fill, order, the_fund, usd

__all__ = ["alma"]

HERE = f"{BASE}/almaws/v1/acq"
FULL = [
    "id",
    "code",
    "name",
    "external_id",
    "type",
    "entity_type",
    "owner",
    "status",
    "description",
    "fiscal_period",
    "currency",
    "allocated_balance",
    "expended_balance",
    "cash_balance",
    "encumbered_balance",
    "available_balance",
    "available_for_libraries",
    "parent",
    "overencumbrance_allowed",
    "overexpenditure_allowed",
    "overencumbrance_warning_percent",
    "overexpenditure_warning_sum",
    "overencumbrance_limit_percent",
    "overexpenditure_limit_sum",
    "encumbrances_prior_to_fiscal_period",
    "expenditures_prior_to_fiscal_period",
    "transfers_prior_to_fiscal_period",
    "fiscal_period_end_encumbrance_grace_period",
    "fiscal_period_end_expenditure_grace_period",
]
BRIEF = ["id", "code", "name", "type", "entity_type", "owner", "status", "fiscal_period", "currency"]
RULES: dict[str, object] = {
    "type": "General",
    "owner": "MAIN",
    "available_for_library": "MAIN;SCI",
    "overencumbrance_allowed": "YES",
    "overencumbrance_warning_percent": "15",
    "overencumbrance_limit_percent": "12.5",
    "overexpenditure_warning_sum": "17.44",
    "encumbrances_prior_to_fiscal_period": "-11",
}


def acq_key(write: Do, **wish: Any) -> str:
    return new_key(write, areas={"acq": "read"}, **wish)


@pytest.fixture
def key(write: Do) -> str:
    """A key of a library with a ledger, a summary fund, two funds (40.50 promised) and an inactive one."""

    def furnish(tx: Tx) -> None:
        fill(tx, history={**HISTORY, **RULES})
        ledger.load(tx, "fund", [{"code": "OLD", "name": "Old", "parent": "BOOKS", "status": "INACTIVE"}])
        order(tx, 1, ("HIST", usd("40.50")))

    write(furnish)
    return acq_key(write)


def codes(answer: Any) -> list[str]:
    assert answer.status == 200, answer.json
    shown = [fund["code"] for fund in answer.json.get("fund", [])]
    assert [element.findtext("code") for element in answer.xml.findall("fund")] == shown
    assert answer.xml.get("total_record_count") == str(answer.json["total_record_count"])
    return shown


def fund_id(read: Do, code: str) -> int:
    return read(lambda tx: the_fund(tx, code).id)


# -- one fund ----------------------------------------------------------------------------------


def test_a_fund_in_full(key: str, alma: Alma, read: Do) -> None:
    number = fund_id(read, "HIST")
    answer = alma(f"/acq/funds/{number}", key)
    assert answer.status == 200
    fund = answer.json
    period, parent = fund.pop("fiscal_period"), fund.pop("parent")
    assert (period["desc"], period["value"].isdigit()) == ("FY-2026", True)
    assert parent == {"value": str(fund_id(read, "HUM")), "link": f"{HERE}/funds/{fund_id(read, 'HUM')}"}
    assert fund == {
        "link": f"{HERE}/funds/{number}",
        "id": str(number),
        "code": "HIST",
        "name": "History",
        "external_id": "4711",
        "type": {"value": "General", "desc": "General"},
        "entity_type": {"value": "ALLOCATED", "desc": "Allocated fund"},
        "owner": {"value": "MAIN", "desc": "Main"},
        "status": {"value": "ACTIVE", "desc": "Active"},
        "description": "Monographs in history",
        "currency": {"value": "USD", "desc": "US Dollar"},
        "allocated_balance": 100.0,
        "expended_balance": 0.0,
        "cash_balance": 100.0,
        "encumbered_balance": 40.5,
        "available_balance": 59.5,
        "available_for_library": [{"value": "MAIN", "desc": "Main"}, {"value": "SCI", "desc": "Science"}],
        "overencumbrance_allowed": {"value": "YES", "desc": "Yes"},
        "overexpenditure_allowed": {"value": "NO", "desc": "No"},
        "overencumbrance_warning_percent": 15,
        "overexpenditure_warning_sum": 17.44,
        "overencumbrance_limit_percent": 12.5,
        "overexpenditure_limit_sum": 0.0,
        "encumbrances_prior_to_fiscal_period": -11,
        "expenditures_prior_to_fiscal_period": 0,
        "transfers_prior_to_fiscal_period": 0,
        "fiscal_period_end_encumbrance_grace_period": 0,
        "fiscal_period_end_expenditure_grace_period": 0,
    }
    assert members(answer.xml) == FULL
    assert answer.xml.tag == "fund"
    assert answer.xml.findtext("available_balance") == "59.50"
    libraries = answer.xml.findall("available_for_libraries/available_for_library")
    assert [(library.text, library.get("desc")) for library in libraries] == [
        ("MAIN", "Main"),
        ("SCI", "Science"),
    ]
    assert answer.xml.xpath("string(parent/@link)") == parent["link"]


def test_the_brief_view_tells_no_money(key: str, alma: Alma, read: Do) -> None:
    answer = alma(f"/acq/funds/{fund_id(read, 'HIST')}", key, view="brief")
    assert members(answer.xml) == BRIEF
    assert list(answer.json) == ["link", *BRIEF]


def test_a_ledger_has_sums_and_no_parent(key: str, alma: Alma, read: Do) -> None:
    answer = alma(f"/acq/funds/{fund_id(read, 'BOOKS')}/", key)
    assert answer.json["entity_type"]["value"] == "LEDGER"
    assert (answer.json["allocated_balance"], answer.json["available_balance"]) == (200.0, 159.5)
    assert "parent" not in answer.json
    assert answer.json["available_for_library"] == []
    assert answer.xml.find("available_for_libraries") is not None
    assert answer.json["owner"] == {"value": "MAIN", "desc": "Main"}


@pytest.mark.parametrize("asked", ["0", "999999999", "HIST", "-1", "1e3", "٣", "9" * 30])
def test_no_such_fund(asked: str, key: str, alma: Alma) -> None:
    answer = alma(f"/acq/funds/{asked}", key)
    assert answer.status == 400
    assert answer.error == ("401873", f"Fund {asked} not found.")


def test_a_fund_of_another_institution_is_not_found(
    key: str, alma: Alma, read: Do, write: Do, institution: int
) -> None:
    elsewhere = institution + 700_000
    more: list[dict[str, object]] = [{"code": f"F{n}", "name": "F", "parent": "HUM"} for n in range(30)]
    write(fill, institution=elsewhere)
    write(lambda tx: ledger.load(tx, "fund", more), institution=elsewhere)
    theirs = read(lambda tx: the_fund(tx, "F29").id, institution=elsewhere)
    assert theirs > max(fund_id(read, code) for code in ("HIST", "SCI", "HUM", "BOOKS", "OLD"))
    assert alma(f"/acq/funds/{theirs}", key).error[0] == "401873"


# -- lists -------------------------------------------------------------------------------------


def test_a_list_shows_what_an_order_can_name_today(key: str, alma: Alma, clock: FixedClock) -> None:
    answer = alma("/acq/funds", key)
    assert codes(answer) == ["HIST", "SCI"]
    assert answer.json["total_record_count"] == 2
    assert list(answer.json) == ["fund", "total_record_count"]
    assert answer.json["fund"][0]["available_balance"] == 59.5
    clock.advance(days=400)
    assert alma("/acq/funds", key).json == {"total_record_count": 0}


def test_mode_all_shows_everything_and_every_filter_narrows(key: str, alma: Alma, read: Do) -> None:
    def shown(**params: str) -> list[str]:
        return codes(alma("/acq/funds/", key, mode="ALL", **params))

    assert shown() == ["BOOKS", "HIST", "HUM", "OLD", "SCI"]
    assert shown(status="inactive") == ["OLD"]
    assert shown(entity_type="LEDGER") == ["BOOKS"]
    assert shown(entity_type="allocated", status="ACTIVE") == ["HIST", "SCI"]
    assert shown(owner="MAIN") == ["BOOKS", "HIST"]
    assert shown(parent_id=str(fund_id(read, "HUM"))) == ["HIST"]
    assert shown(parent_id="1") == []
    assert shown(library="SCI") == ["BOOKS", "HIST", "HUM", "OLD", "SCI"]
    assert shown(library="MAIN") == ["BOOKS", "HIST", "HUM", "OLD"]
    assert shown(fiscal_period=str(read(lambda tx: ledger.periods(tx)[0].id))) == [
        "BOOKS",
        "HIST",
        "HUM",
        "OLD",
        "SCI",
    ]
    assert shown(q="fund_code~HIST") == ["HIST"]
    assert shown(q="name~his") == ["HIST"]
    assert shown(q="external_id~4711") == ["HIST"]
    assert shown(q="description~monographs_history") == ["HIST"]
    assert shown(q="description~history AND name~nothing") == []
    assert shown(q="all~4711") == ["HIST"]
    assert shown(q="science") == ["SCI"]
    assert shown(limit="2", offset="1") == ["HIST", "HUM"]
    assert shown(limit="0") == []


def test_the_finance_script_finds_a_fund_by_its_code(key: str, alma: Alma) -> None:
    answer = alma("/acq/funds", key, q="fund_code~HIST", view="full")
    assert codes(answer) == ["HIST"]
    assert answer.json["fund"][0]["external_id"] == "4711"
    assert codes(alma("/acq/funds", key, q="hist")) == ["HIST"]
    assert alma("/acq/funds", key, q="fund_code~NOTHING").json == {"total_record_count": 0}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "ACTIVE"),
        ("entity_type", "ALLOCATED"),
        ("fiscal_period", "1"),
        ("parent_id", "1"),
        ("owner", "MAIN"),
        ("q", "name~History"),
    ],
)
def test_filters_that_make_no_sense_for_orders_are_refused(
    name: str, value: str, key: str, alma: Alma
) -> None:
    answer = alma("/acq/funds", key, **{name: value})
    assert answer.status == 400
    code, words = answer.error
    assert code == "401873"
    assert "mode=POL" in words
    assert name in words


def test_all_refused_filters_are_named_together(key: str, alma: Alma) -> None:
    answer = alma("/acq/funds", key, status="ACTIVE", owner="MAIN", mode="pol")
    assert [error["errorCode"] for error in answer.json["errorList"]["error"]] == ["401873", "401873"]


@pytest.mark.parametrize(
    ("params", "code", "named"),
    [
        ({"mode": "SOME"}, "40166410", "POL, ALL"),
        ({"view": "wide"}, "40166410", "full, brief"),
        ({"mode": "ALL", "status": "ASLEEP"}, "40166410", "ACTIVE, INACTIVE"),
        ({"mode": "ALL", "entity_type": "FUND"}, "40166410", "LEDGER, SUMMARY, ALLOCATED"),
        ({"mode": "ALL", "fiscal_period": "FY-2026"}, "40166410", "fiscal_period"),
        ({"mode": "ALL", "parent_id": "HUM"}, "40166410", "parent_id"),
        ({"mode": "ALL", "owner": "NOWHERE"}, "40166410", "MAIN, SCI"),
        ({"library": "NOWHERE"}, "40166410", "MAIN, SCI"),
        ({"mode": "ALL", "q": "colour~red"}, "40166410", "external_id"),
        ({"limit": "ten"}, "40166411", "limit"),
        ({"offset": "-1"}, "40166411", "offset"),
    ],
)
def test_a_wrong_parameter_is_told_with_what_is_possible(
    params: dict[str, str], code: str, named: str, key: str, alma: Alma
) -> None:
    answer = alma("/acq/funds", key, **params)
    assert answer.status == 400
    assert answer.error[0] == code
    assert named in answer.error[1]


def test_an_option_of_which_there_is_none(alma: Alma, write: Do) -> None:
    from tests.ledger.money import place

    write(place)
    answer = alma("/acq/funds", acq_key(write), mode="ALL", fiscal_period="1")
    assert answer.error[0] == "40166419"


def test_a_key_sees_the_funds_and_libraries_it_was_granted(key: str, alma: Alma, write: Do, read: Do) -> None:
    only_science = acq_key(write, vendor="SHOP", funds={"SCI"})
    assert codes(alma("/acq/funds", only_science)) == ["SCI"]
    assert codes(alma("/acq/funds", only_science, mode="ALL")) == ["SCI"]
    hidden = alma(f"/acq/funds/{fund_id(read, 'HIST')}", only_science)
    assert hidden.error == ("401873", f"Fund {fund_id(read, 'HIST')} not found.")
    assert alma(f"/acq/funds/{fund_id(read, 'SCI')}", only_science).status == 200

    only_main = acq_key(write, vendor="SHOP", libraries={"MAIN"})
    assert codes(alma("/acq/funds", only_main)) == ["HIST"]
    seen = alma("/acq/funds", only_main).json["fund"][0]["available_for_library"]
    assert seen == [{"value": "MAIN", "desc": "Main"}]
    assert alma(f"/acq/funds/{fund_id(read, 'SCI')}", only_main).error[0] == "401873"
    assert "SCI" not in alma("/acq/funds", only_main, library="SCI").error[1].partition("Valid")[2]


def test_a_key_without_the_right_is_turned_away(key: str, alma: Alma, write: Do) -> None:
    other = new_key(write, areas={"conf": "read"})
    assert alma("/acq/funds", other).status == 403


def test_a_full_page_costs_as_many_statements_as_a_short_one(
    key: str, alma: Alma, write: Do, store: Store
) -> None:
    rows: list[dict[str, object]] = [
        {"code": f"F{number:03}", "name": "F", "parent": "HUM"} for number in range(100)
    ]
    write(lambda tx: ledger.load(tx, "fund", rows))
    seen: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    def cost(limit: int) -> int:
        alma("/acq/funds", key, limit=str(limit))  # registers are read once
        seen.clear()
        assert len(codes(alma("/acq/funds", key, limit=str(limit)))) == limit
        return len([statement for statement in seen if "SELECT" in statement])

    event.listen(store.reader, "before_cursor_execute", listen)
    try:
        assert cost(1) == cost(100)
    finally:
        event.remove(store.reader, "before_cursor_execute", listen)


# -- fiscal periods ----------------------------------------------------------------------------


def test_fiscal_periods(key: str, alma: Alma, write: Do, clock: FixedClock) -> None:
    following: dict[str, object] = {
        "name": "FY-2027",
        "start": "2027-01-01",
        "end": "2027-12-31",
        "status": "DRAFT",
    }
    write(lambda tx: ledger.load(tx, "fiscal_period", [following]))
    answer = alma("/acq/fiscal-periods", key)
    first, second = answer.json["fiscal_period"]
    assert first["id"].isdigit()
    assert (first["description"], first["start_date"], first["end_date"]) == (
        "FY-2026",
        "2026-01-01Z",
        "2026-12-31Z",
    )
    assert second["status"] == {"value": "DRAFT", "desc": "Draft"}
    assert answer.json["total_record_count"] == 2
    assert members(answer.xml) == ["fiscal_period", "fiscal_period"]
    assert [
        period["description"]
        for period in alma("/acq/fiscal-periods", key, mode="current").json["fiscal_period"]
    ] == ["FY-2026"]
    assert alma("/acq/fiscal-periods", key, mode="next").error[0] == "401666"
    clock.advance(days=310)
    assert alma("/acq/fiscal-periods", key, mode="Current").error[0] == "401873"


# -- currencies --------------------------------------------------------------------------------


def rates(tx: Tx) -> None:
    known: list[dict[str, object]] = [
        {"source": "EUR", "target": "USD", "rate": "1.0825", "valid_from": "2026-01-01"},
        {"source": "GBP", "target": "USD", "rate": "1.25", "valid_from": "2026-02-01"},
    ]
    ledger.load(tx, "exchange_rate", known)


def test_currencies_are_paged(key: str, alma: Alma) -> None:
    answer = alma("/acq/currencies", key, limit="100")
    assert answer.json["total_record_count"] > 100
    assert answer.json["currency"][0] == {"code": {"value": "AED", "desc": "United Arab Emirates Dirham"}}
    assert len(answer.json["currency"]) == 100
    some = alma("/acq/currencies", key, mode="Subset", limit="3")
    assert [row["code"]["value"] for row in some.json["currency"]] == ["AUD", "CAD", "CHF"]


def test_a_rate_is_told_with_the_way_it_was_found(key: str, alma: Alma, write: Do) -> None:
    write(rates)

    def ratio(source: str, target: str, day: str = "20260302") -> Any:
        return alma(
            "/acq/currencies",
            key,
            mode="Ratio",
            source_currency=source,
            target_currency=target,
            exchange_date=day,
        )

    answer = ratio("EUR", "USD")
    (shown,) = answer.json["currency"]
    assert shown == {
        "code": {"value": "EUR", "desc": "Euro"},
        "target_currency": {"value": "USD", "desc": "US Dollar"},
        "exchange_date": "2026-03-02Z",
        "exchange_ratio": {"value": 1.0825, "desc": "direct"},
    }
    assert answer.xml.findtext("currency/exchange_ratio") == "1.0825"
    assert ratio("USD", "EUR").json["currency"][0]["exchange_ratio"] == {
        "value": 0.9237875289,
        "desc": "inverse",
    }
    crossed = ratio("GBP", "EUR").json["currency"][0]["exchange_ratio"]
    assert crossed == {"value": 1.1547344111, "desc": "cross through USD"}
    assert ratio("USD", "USD").json["currency"][0]["exchange_ratio"]["value"] == 1.0
    assert ratio("EUR", "").json["currency"][0]["target_currency"]["value"] == "USD"
    assert ratio("GBP", "USD", "20260131").error[0] == "60348"
    assert ratio("CHF", "USD").error == (
        "60348",
        "The exchange rate from CHF to USD cannot be determined for 2026-03-02.",
    )
    assert ratio("XXY", "USD").error[0] == "40166410"
    for day in ("", "2026-03-02", "20261301", "tomorrow"):
        assert ratio("EUR", "USD", day).error[0] == "401666"
    assert alma("/acq/currencies", key, mode="Both").error[0] == "401666"
