"""Giving a fund money and moving it between funds: first what it would do, then the doing."""

from __future__ import annotations

from dataclasses import dataclass

from openacq.doors.desk.funds import fund_of
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.money import Money, NotMoney
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Balance, EntityType, Fund, FundFilter, FundStatus
from openacq.store import Tx

MOST_FUNDS = 1_000


@dataclass(frozen=True, slots=True)
class Effect:
    """What is available in a fund before and after."""

    fund: Fund
    before: Balance
    after: Balance


def show(visit: Visit) -> Rendered:
    """`GET /funds/{id}/allocate`, `GET /funds/{id}/transfer`."""
    return visit.read(lambda tx: _page(tx, visit, ()))


def move(visit: Visit) -> Rendered:
    """`POST` of the same: what it would do; with `do` it is done."""

    def work(tx: Tx) -> list[Effect]:
        giving, receiving = _funds(tx, visit)
        ids = [fund.id for fund in (giving, receiving) if fund is not None]
        before = ledger.balances(tx, ids)
        _carry_out(tx, visit, giving, receiving)
        after = ledger.balances(tx, ids)
        return [Effect(fund, before[fund.id], after[fund.id]) for fund in (giving, receiving) if fund]

    if visit.value("do") != "do":
        effects = visit.rehearse(work)
        return visit.read(lambda tx: _page(tx, visit, effects))

    def done(tx: Tx) -> str:
        return " · ".join(
            f"{effect.fund.code}: {visit.language.money(effect.after.available)}" for effect in work(tx)
        )

    told = visit.create(done)
    return visit.go(
        f"/funds/{visit.path['id']}", visit.say("Done. Available now: %(balances)s", balances=told)
    )


def _carry_out(tx: Tx, visit: Visit, fund: Fund, receiving: Fund | None) -> None:
    amount = _amount(visit, fund)
    note, who = visit.value("note")[:500], visit.user.primary_id
    if not note:
        raise Refusal(Problem("field_missing", "note"))
    if visit.target.endswith("/transfer"):
        if receiving is None:
            raise Refusal(Problem("field_missing", "to"))
        ledger.transfer(tx, fund.id, receiving.id, amount, note=note, actor=who)
    else:
        ledger.allocate(tx, fund.id, amount, note=note, actor=who)


def _amount(visit: Visit, fund: Fund) -> Money:
    given = visit.value("amount")
    if not given:
        raise Refusal(Problem("field_missing", "amount"))
    try:
        amount = Money.parse(given, fund.currency)
    except NotMoney as wrong:
        raise Refusal(Problem("price_invalid", "amount", given, reason=wrong.reason)) from None
    if not amount.units:
        raise Refusal(Problem("price_invalid", "amount", given, reason="nothing would move"))
    return amount


def _funds(tx: Tx, visit: Visit) -> tuple[Fund, Fund | None]:
    giving = fund_of(tx, visit.path["id"])
    code = visit.value("to")
    if not code:
        return giving, None
    for other in _others(tx, giving):
        if other.code == code:
            return giving, other
    raise Refusal(Problem("fund_not_found", "to", code))


def _others(tx: Tx, fund: Fund) -> tuple[Fund, ...]:
    """The funds of the same period money may be moved to."""
    wanted = FundFilter(period_id=fund.period.id, entity_type=EntityType.ALLOCATED, status=FundStatus.ACTIVE)
    found = ledger.funds(tx, wanted, MOST_FUNDS).funds
    return tuple(each for each in found if each.id != fund.id)


def _page(tx: Tx, visit: Visit, effects: list[Effect] | tuple[()]) -> Rendered:
    fund = fund_of(tx, visit.path["id"])
    others = _others(tx, fund)
    balances = ledger.balances(tx, [fund.id, *(other.id for other in others)])
    return visit.show(
        "fund_move.html",
        fund=fund,
        transfer=visit.target.endswith("/transfer"),
        balance=balances[fund.id],
        others=[(other, balances[other.id]) for other in others],
        effects=effects,
    )


PAGES = tuple(
    page
    for path in ("/funds/{id}/allocate", "/funds/{id}/transfer")
    for page in (
        Page("GET", path, show, right="funds"),
        Page("POST", path, move, right="funds", again=show),
    )
)
