"""Budgets and funds, in both generations: `/budgets…` and `/acquisitions/budget…`, `/acquisitions/fund…`.

A budget is a fiscal period, called BP-YEAR-n; a fund is a summary fund or one that pays. Ledgers are no
funds here: what hangs below one is at level 1. Everything is read only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from uuid import UUID

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.wms import listing
from openacq.doors.wms.finance_wire import (
    AllocatedFund,
    Allocation,
    AllocationBox,
    Budget,
    BudgetLink,
    BudgetPeriod,
    Price,
    PriceSpecification,
    SelfLink,
)
from openacq.doors.wms.finance_wire import Fund as FlatFund
from openacq.doors.wms.listing import Condition
from openacq.kernel.money import Money
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Balance, EntityType, FiscalPeriod, Fund, FundFilter
from openacq.store import Tx
from openacq.wire.atom import Entry, Feed

BUDGET_INDEXES: Mapping[str, str] = {
    "budgetenddate": "endDate",
    "budgetname": "budgetName",
    "budgetnumber": "budgetPeriodNumber",
    "budgetperiod": "budgetPeriodNumber",
    "budgetperiodnumber": "budgetPeriodNumber",
    "budgetstartdate": "startDate",
    "budgetstatus": "status",
    "enddate": "endDate",
    "fundcode": "fundCode",
    "startdate": "startDate",
    "status": "status",
}
FUND_INDEXES: Mapping[str, str] = {"fundcode": "fundCode", "fundname": "fundName"}
SEARCH_INDEXES: Mapping[str, str] = {
    **FUND_INDEXES,
    "budgetperiod": "budgetPeriod",
    "budgetperiodnumber": "budgetPeriod",
    "parentfundid": "parentFundId",
    "parentfundnumber": "parentFundId",
}
COLUMN_OF: Mapping[str, str] = {"fundCode": "code", "fundName": "name"}
TOP_LEVEL = 1
NOTHING = FundFilter(period_id=0)
"""A filter nothing fits."""


# -- budgets ------------------------------------------------------------------------------------


def list_budgets(ask: Ask) -> Reply:
    """`GET /budgets`: q (startDate, endDate, status, fundCode, budgetName, budgetPeriodNumber),
    startIndex, itemsPerPage."""
    page = listing.page(ask.params)
    asked = listing.conditions(ask.params, BUDGET_INDEXES)

    def work(tx: Tx) -> Feed:
        found = _periods(tx, asked)
        shown = [flat_budget(ask, period) for period in found[page.offset : page.offset + page.size]]
        return listing.feed(Budget, shown, len(found), page, ask.link("/budgets"))

    return Reply(ask.read(work))


def answer_budget(ask: Ask) -> Reply:
    """`GET /budgets/{budget}`: by its number, BP-YEAR-n."""
    return Reply(ask.read(lambda tx: flat_budget(ask, known_period(tx, ask.path["budget"]))))


def answer_budget_data(ask: Ask) -> Reply:
    """`GET /acquisitions/budget/data/{budget}`: by its number, BP-YEAR-n."""
    return Reply(ask.read(lambda tx: nested_budget(ask, known_period(tx, ask.path["budget"]))))


def known_period(tx: Tx, number: str) -> FiscalPeriod:
    """The fiscal period of this number, in any case. Refused budget_not_found."""
    found = _period(tx, number)
    if found is None:
        raise Refusal(Problem("budget_not_found", "budgetPeriodNumber", number))
    return found


def _period(tx: Tx, number: str) -> FiscalPeriod | None:
    return next((period for period in ledger.periods(tx) if period.number == number.upper()), None)


def _periods(tx: Tx, asked: Sequence[Condition]) -> list[FiscalPeriod]:
    """The fiscal periods that fit, the earliest first."""
    found = list(ledger.periods(tx))
    for condition in asked:
        if condition.index == "fundCode":
            pattern = (("code", condition.term),)
            held = ledger.periods_of_funds(tx, FundFilter(patterns=pattern, below_ledgers=True))
            found = [period for period in found if period.id in held]
        elif condition.index in ("startDate", "endDate"):
            day = _day(condition)
            found = [
                period
                for period in found
                if (period.start if condition.index == "startDate" else period.end) == day
            ]
        else:
            found = [period for period in found if _fits(_words(period, condition.index), condition.term)]
    return found


def _words(period: FiscalPeriod, index: str) -> str:
    words = {"budgetName": period.name, "budgetPeriodNumber": period.number}
    return words.get(index, period.status.value)


def _fits(text: str, pattern: str) -> bool:
    escaped = pattern.replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(text.casefold(), escaped.casefold())


def _day(condition: Condition) -> date:
    try:
        return date.fromisoformat(condition.term[:10])
    except ValueError:
        raise Refusal(Problem("date_malformed", condition.index, condition.term)) from None


# -- funds --------------------------------------------------------------------------------------


def list_funds(ask: Ask) -> Reply:
    """`GET /budgets/{budget}/funds`: q (fundCode, fundName; `*` for anything), startIndex, itemsPerPage."""
    page = listing.page(ask.params)
    asked = listing.conditions(ask.params, FUND_INDEXES)

    def work(tx: Tx) -> Feed:
        period = known_period(tx, ask.path["budget"])
        wanted = FundFilter(period_id=period.id, patterns=_patterns(asked), below_ledgers=True)
        found = ledger.funds(tx, wanted, page.size, page.offset)
        shown = _flat_funds(tx, ask, found.funds)
        return listing.feed(FlatFund, shown, found.total, page, ask.link(f"/budgets/{period.number}/funds"))

    return Reply(ask.read(work))


def answer_fund(ask: Ask) -> Reply:
    """`GET /budgets/{budget}/funds/{fund}`: by its code."""

    def work(tx: Tx) -> Entry:
        period = known_period(tx, ask.path["budget"])
        fund = _below_ledger(ledger.fund_of(tx, period.id, ask.path["fund"]), ask.path["fund"])
        return _flat_funds(tx, ask, [fund])[0]

    return Reply(ask.read(work))


def answer_fund_data(ask: Ask) -> Reply:
    """`GET /acquisitions/fund/data/{fund}`: by its UUID, or as BP-YEAR-n-CODE."""

    def work(tx: Tx) -> Entry:
        fund = _below_ledger(fund_named(tx, ask.path["fund"]), ask.path["fund"])
        return nested_fund(ask, fund, ledger.balances(tx, [fund.id])[fund.id])

    return Reply(ask.read(work))


def search_funds(ask: Ask) -> Reply:
    """`GET /acquisitions/fund/search`: q (budgetPeriod, parentFundId, fundCode, fundName), startIndex,
    itemsPerPage."""
    page = listing.page(ask.params)
    asked = listing.conditions(ask.params, SEARCH_INDEXES)

    def work(tx: Tx) -> Feed:
        found = ledger.funds(tx, _wanted(tx, asked), page.size, page.offset)
        held = ledger.balances(tx, [fund.id for fund in found.funds])
        shown = [nested_fund(ask, fund, held[fund.id]) for fund in found.funds]
        return listing.feed(AllocatedFund, shown, found.total, page, ask.link("/acquisitions/fund/search"))

    return Reply(ask.read(work))


def fund_named(tx: Tx, name: str) -> Fund | None:
    """The fund of a UUID, or of a budget's number and a code: BP-2026-1-HIST."""
    try:
        return ledger.fund_by_uuid(tx, str(UUID(name)))
    except ValueError:
        words = name.split("-", 3)
    period = _period(tx, "-".join(words[:3]))
    return ledger.fund_of(tx, period.id, words[3]) if period is not None and len(words) > 3 else None


def _below_ledger(fund: Fund | None, asked: str) -> Fund:
    if fund is None or fund.entity_type is EntityType.LEDGER:
        raise Refusal(Problem("fund_not_found", "fund", asked))
    return fund


def _patterns(asked: Sequence[Condition]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (COLUMN_OF[condition.index], condition.term) for condition in asked if condition.index in COLUMN_OF
    )


def _wanted(tx: Tx, asked: Sequence[Condition]) -> FundFilter:
    """The filter of a search; a budget or a parent that is not there holds no funds."""
    wanted = FundFilter(patterns=_patterns(asked), below_ledgers=True)
    for condition in asked:
        if condition.index == "budgetPeriod":
            period = _period(tx, condition.term)
            if period is None or wanted.period_id not in (None, period.id):
                return NOTHING
            wanted = replace(wanted, period_id=period.id)
        elif condition.index == "parentFundId":
            parent = fund_named(tx, condition.term)
            if parent is None or wanted.parent_id not in (None, parent.id):
                return NOTHING
            wanted = replace(wanted, parent_id=parent.id)
    return wanted


# -- what is shown ------------------------------------------------------------------------------


def flat_budget(ask: Ask, period: FiscalPeriod) -> Entry:
    address = ask.link(f"/budgets/{period.number}")
    budget = Budget(
        link=SelfLink(rel="self", href=address),
        budget_period_number=period.number,
        budget_name=period.name,
        start_date=period.start,
        end_date=period.end,
        status=period.status.value,
    )
    return Entry(budget, title=period.name, id=address, link=address)


def nested_budget(ask: Ask, period: FiscalPeriod) -> Entry:
    address = ask.link(f"/acquisitions/budget/data/{period.number}")
    budget = BudgetPeriod(
        id=period.number,
        name=period.name,
        budget_period_number=period.number,
        start_date=period.start,
        end_date=period.end,
        status=period.status.value,
    )
    return Entry(budget, title=period.name, id=address, link=address)


def _flat_funds(tx: Tx, ask: Ask, funds: Sequence[Fund]) -> list[Entry]:
    held = ledger.balances(tx, [fund.id for fund in funds])
    above = ledger.above(tx, funds)
    return [_flat_fund(ask, fund, held[fund.id], _codes_above(fund, above)) for fund in funds]


def _codes_above(fund: Fund, above: Mapping[int, Fund]) -> list[str]:
    """Codes of the funds a fund hangs below, the highest first; the ledger is none of them."""
    codes: list[str] = []
    parent = above.get(fund.parent_id or 0)
    while parent is not None and parent.entity_type is not EntityType.LEDGER:
        codes.insert(0, parent.code)
        parent = above.get(parent.parent_id or 0)
    return codes


def _flat_fund(ask: Ask, fund: Fund, balance: Balance, codes: list[str]) -> Entry:
    """A summary fund has no money of its own: what it sums up stands in the totals."""
    budget = ask.link(f"/budgets/{fund.period.number}")
    address = f"{budget}/funds/{fund.code}"
    own = balance if fund.entity_type is EntityType.ALLOCATED else Balance(fund.id, balance.currency)
    flat = FlatFund(
        id=fund.uuid,
        fund_name=fund.name,
        fund_code=fund.code,
        level=TOP_LEVEL + len(codes),
        path="/".join(codes),
        budgeted=_number(own.allocated),
        encumbered=_number(own.encumbered),
        paid=_number(own.expended),
        total_budgeted=_number(balance.allocated),
        total_encumbered=_number(balance.encumbered),
        total_paid=_number(balance.expended),
        remaining_balance=_number(balance.available),
        budget=BudgetLink(link=SelfLink(rel="self", href=budget)),
    )
    return Entry(flat, title=fund.name, id=address, link=address)


def nested_fund(ask: Ask, fund: Fund, balance: Balance) -> Entry:
    address = ask.link(f"/acquisitions/fund/data/{fund.uuid}")
    allocation = Allocation(
        id=fund.uuid,
        amount_budgeted=_price(balance.allocated),
        amount_encumbered=_price(balance.encumbered),
        amount_expended=_price(balance.expended),
        amount_remaining=_price(balance.available),
    )
    nested = AllocatedFund(name=fund.name, code=fund.code, allocation=AllocationBox(allocation=allocation))
    return Entry(nested, title=fund.name, id=address, link=address)


def _price(money: Money) -> Price:
    return Price(price_specification=PriceSpecification(price=_number(money), price_currency=money.currency))


def _number(money: Money) -> Decimal:
    """A sum as a number with its decimals."""
    return Decimal(money.text())


ROUTES = (
    Route("GET", "/budgets", "acq", list_budgets),
    Route("GET", "/budgets/{budget}", "acq", answer_budget),
    Route("GET", "/budgets/{budget}/funds", "acq", list_funds),
    Route("GET", "/budgets/{budget}/funds/{fund}", "acq", answer_fund),
    Route("GET", "/acquisitions/budget/data/{budget}", "acq", answer_budget_data),
    Route("GET", "/acquisitions/fund/data/{fund}", "acq", answer_fund_data),
    Route("GET", "/acquisitions/fund/search", "acq", search_funds),
)
