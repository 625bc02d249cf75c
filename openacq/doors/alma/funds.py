"""`/acq/funds`: ledgers, summary funds and allocated funds. (Their transactions: fund_transactions.)

Unless asked with mode=ALL a list shows only funds an order can name today: allocated, active, of the
current fiscal period. A key to which funds or libraries were granted sees those; any other fund is
"not found" for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.directory.model import Caller
from openacq.doors.alma import listing
from openacq.doors.alma.funds_wire import Fund, Funds
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.money import Money, minor_digits, percent_text
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Balance, EntityType, FundFilter, FundStatus
from openacq.ledger.model import Fund as LedgerFund
from openacq.store import Tx
from openacq.wire.model import UNSET, Coded, Linked, Maybe

POL, ALL = "POL", "ALL"
FULL, BRIEF = "full", "brief"
NOT_WITH_POL = ("status", "entity_type", "fiscal_period", "parent_id", "owner")
SEARCHED: Mapping[str, str] = {
    "all": "",
    "fund_code": "code",
    "description": "description",
    "external_id": "external_id",
    "name": "name",
}
"""Fields of `q`, by ours."""


# -- what is asked -----------------------------------------------------------------------------


def list_funds(ask: Ask) -> Reply:
    """`GET /acq/funds`: parameters q, library, view, mode, status, entity_type, fiscal_period,
    parent_id, owner, limit, offset."""
    page = listing.page(ask.params)
    view = _view(ask)
    mode = listing.option(ask.params, "mode", POL, (POL, ALL))

    def work(tx: Tx) -> Funds:
        wanted = _filter(tx, ask, mode)
        if wanted is None:
            return Funds(total_record_count=0)
        found = ledger.funds(tx, wanted, page.limit, page.offset)
        held = ledger.balances(tx, [fund.id for fund in found.funds]) if view == FULL else {}
        shown = [wire_fund(tx, ask, fund, held.get(fund.id)) for fund in found.funds]
        return Funds(fund=shown or UNSET, total_record_count=found.total)

    return Reply(ask.read(work))


def answer_fund(ask: Ask) -> Reply:
    """`GET /acq/funds/{fund_id}`: by the internal id, with `view`."""
    view = _view(ask)

    def work(tx: Tx) -> Fund:
        fund = known_fund(tx, ask)
        held = ledger.balances(tx, [fund.id]) if view == FULL else {}
        return wire_fund(tx, ask, fund, held.get(fund.id))

    return Reply(ask.read(work))


def known_fund(tx: Tx, ask: Ask) -> LedgerFund:
    """The fund of the path, if the key may see it. Refused fund_not_found."""
    asked = ask.path["fund_id"]
    fund = (
        ledger.fund_by_id(tx, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    )
    if fund is None or not sees(ask.caller, fund):
        raise Refusal(Problem("fund_not_found", "fund_id", asked))
    return fund


def sees(caller: Caller, fund: LedgerFund) -> bool:
    """Whether the fund is among those granted to the key, and serves a library granted to it."""
    serves = caller.libraries is None or any(fund.serves(library) for library in caller.libraries)
    return caller.sees_fund(fund.code) and serves


def _view(ask: Ask) -> str:
    return listing.option(ask.params, "view", FULL, (FULL, BRIEF))


def _filter(tx: Tx, ask: Ask, mode: str) -> FundFilter | None:
    """What the list is narrowed to; None when nothing can be in it."""
    usable = _usable(tx, ask) if mode == POL else _asked(tx, ask)
    if usable is None:
        return None
    return replace(
        usable,
        library=_library(tx, ask, "library"),
        search=_search(ask, mode),
        codes=ask.caller.funds,
        granted_libraries=ask.caller.libraries,
    )


def _usable(tx: Tx, ask: Ask) -> FundFilter | None:
    refused = [
        Problem("filter_refused", name, ask.params[name], mode="mode=POL")
        for name in NOT_WITH_POL
        if ask.params.get(name, "").strip()
    ]
    if refused:
        raise Refusal(refused)
    return ledger.usable_now(tx)


def _asked(tx: Tx, ask: Ask) -> FundFilter:
    status = listing.option(ask.params, "status", "", tuple(FundStatus))
    entity_type = listing.option(ask.params, "entity_type", "", tuple(EntityType))
    return FundFilter(
        period_id=_period(tx, ask),
        entity_type=EntityType(entity_type) if entity_type else None,
        status=FundStatus(status) if status else None,
        owner=_library(tx, ask, "owner"),
        parent_id=_parent(ask),
    )


def _period(tx: Tx, ask: Ask) -> int | None:
    asked = ask.params.get("fiscal_period", "").strip()
    if not asked:
        return None
    known = [str(period.id) for period in ledger.periods(tx)]
    if not known:
        raise Refusal(
            Problem("option_impossible", "fiscal_period", asked, reason="there is no fiscal period")
        )
    return int(listing.option(ask.params, "fiscal_period", "", tuple(known)))


def _parent(ask: Ask) -> int | None:
    asked = ask.params.get("parent_id", "").strip()
    if not asked:
        return None
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        raise Refusal(
            Problem("option_invalid", "parent_id", asked, valid="the id of a ledger or summary fund")
        )
    return int(asked)


def _library(tx: Tx, ask: Ask, name: str) -> str:
    """A library the key may see; an owner may be the institution too."""
    if not ask.params.get(name, "").strip():
        return ""
    known = [library.code for library in directory.libraries(tx) if ask.caller.sees_library(library.code)]
    if name == "owner":
        known.append(directory.institution(tx).code)
    if not known:
        raise Refusal(Problem("option_impossible", name, ask.params[name], reason="there is no library"))
    return listing.option(ask.params, name, "", tuple(known))


def _search(ask: Ask, mode: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for condition in listing.conditions(ask.params, "fund_code" if mode == POL else "all"):
        if condition.field not in SEARCHED:
            raise Refusal(Problem("option_invalid", "q", condition.field, valid=", ".join(SEARCHED)))
        if mode == POL and condition.field != "fund_code":
            raise Refusal(Problem("filter_refused", f"q={condition.field}", condition.text, mode="mode=POL"))
        found.append((SEARCHED[condition.field], condition.words))
    return tuple(found)


# -- what is shown -----------------------------------------------------------------------------


def wire_fund(tx: Tx, ask: Ask, fund: LedgerFund, balance: Balance | None) -> Fund:
    """The fund in full when its balance is given, else the brief view."""
    shown = Fund(
        link=_address(ask, fund.id),
        id=str(fund.id),
        code=fund.code,
        name=fund.name,
        type=Coded(value=fund.type, desc=codes.describe(tx, "FundType", fund.type)) if fund.type else UNSET,
        entity_type=_coded(tx, "FundEntityType", fund.entity_type.value),
        owner=_owner(tx, fund.owner),
        status=_coded(tx, "HfundLedger.status", fund.status.value),
        fiscal_period=Coded(value=str(fund.period.id), desc=fund.period.name),
        currency=_coded(tx, "Currency_CT", fund.currency),
    )
    if balance is not None:
        _add_balance(shown, balance)
        _add_rules(tx, shown, fund)
        shown.external_id = fund.external_id or UNSET
        shown.description = fund.description or UNSET
        shown.available_for_library = [
            _named_library(tx, code) for code in fund.libraries if ask.caller.sees_library(code)
        ]
        shown.parent = _parent_link(ask, fund)
    return shown


def _add_balance(shown: Fund, balance: Balance) -> None:
    shown.allocated_balance = number(balance.allocated)
    shown.expended_balance = number(balance.expended)
    shown.cash_balance = number(balance.cash)
    shown.encumbered_balance = number(balance.encumbered)
    shown.available_balance = number(balance.available)


def _add_rules(tx: Tx, shown: Fund, fund: LedgerFund) -> None:
    rules = fund.rules
    digits = minor_digits(fund.currency)
    shown.overencumbrance_allowed = _coded(tx, "FundRuleAllowed", rules.overencumbrance.value)
    shown.overexpenditure_allowed = _coded(tx, "FundRuleAllowed", rules.overexpenditure.value)
    shown.overencumbrance_warning_percent = Decimal(percent_text(rules.overencumbrance_warning_percent))
    shown.overencumbrance_limit_percent = Decimal(percent_text(rules.overencumbrance_limit_percent))
    shown.overexpenditure_warning_sum = number(
        Money(rules.overexpenditure_warning_sum, fund.currency, digits)
    )
    shown.overexpenditure_limit_sum = number(Money(rules.overexpenditure_limit_sum, fund.currency, digits))
    shown.encumbrances_prior_to_fiscal_period = rules.encumbrances_prior_days
    shown.expenditures_prior_to_fiscal_period = rules.expenditures_prior_days
    shown.transfers_prior_to_fiscal_period = rules.transfers_prior_days
    shown.fiscal_period_end_encumbrance_grace_period = rules.encumbrance_grace_days
    shown.fiscal_period_end_expenditure_grace_period = rules.expenditure_grace_days


def _parent_link(ask: Ask, fund: LedgerFund) -> Maybe[Linked]:
    """Typed clients want a number here, so a ledger has no parent at all."""
    if fund.parent_id is None:
        return UNSET
    return Linked(value=str(fund.parent_id), link=_address(ask, fund.parent_id))


def _address(ask: Ask, fund_id: int) -> str:
    return ask.link(f"/acq/funds/{fund_id}")


def _owner(tx: Tx, code: str) -> Coded:
    institution = directory.institution(tx)
    if code in ("", institution.code):
        return Coded(value=institution.code, desc=institution.name)
    return _named_library(tx, code)


def _named_library(tx: Tx, code: str) -> Coded:
    library = directory.library(tx, code)
    return Coded(value=code, desc=library.name if library else code)


def _coded(tx: Tx, table: str, code: str) -> Coded:
    return Coded(value=code, desc=codes.describe(tx, table, code))


def number(money: Money) -> Decimal:
    """A sum as a JSON number with its decimals."""
    return Decimal(money.text())


ROUTES = (
    Route("GET", "/acq/funds", "acq", list_funds),
    Route("GET", "/acq/funds/{fund_id}", "acq", answer_fund),
)
