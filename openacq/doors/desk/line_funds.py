"""The fund picker of the line editor: the tree of the period, what each fund has now and would have after the
line."""

from __future__ import annotations

from dataclasses import dataclass

from openacq.doors.desk.line_money import Worked
from openacq.doors.pages.visit import Visit
from openacq.kernel.money import Money
from openacq.ledger import service as ledger
from openacq.ledger.model import Branch, FundStatus
from openacq.store import Tx

MOST = 300
PICK = "pick:"
WORDS = "fund_words"


@dataclass(frozen=True, slots=True)
class Twig:
    """A row of the tree: a group, or (`pays`) a fund that can be chosen."""

    code: str
    name: str
    depth: int
    pays: bool
    now: Money | None = None
    after: Money | None = None


@dataclass(frozen=True, slots=True)
class FundTree:
    twigs: tuple[Twig, ...]
    more: bool


def tree_of(tx: Tx, visit: Visit, worked: Worked | None) -> FundTree:
    """The funds that can pay for the library that orders, narrowed by words; with the groups above them."""
    period = ledger.current_period(tx)
    branches = ledger.tree(tx, period.id) if period is not None else ()
    owner = visit.value("owner")
    words = visit.value(WORDS).casefold().split()
    found: list[Twig] = []
    above: list[Twig] = []
    count = 0
    for branch in branches:
        fund = branch.fund
        del above[branch.depth :]
        if not fund.takes_orders:
            above += [Twig(fund.code, fund.name, branch.depth, pays=False)] * (branch.depth + 1 - len(above))
            continue
        if not _fits(branch, owner, words, above):
            continue
        count += 1
        if count > MOST:
            return FundTree(tuple(found), more=True)
        shown = {(one.code, one.depth) for one in found if not one.pays}
        found += [one for one in dict.fromkeys(above) if (one.code, one.depth) not in shown]
        now = branch.balance.available
        after = _after(fund.code, now, worked)
        found.append(Twig(fund.code, fund.name, branch.depth, pays=True, now=now, after=after))
    return FundTree(tuple(found), more=False)


def _fits(branch: Branch, owner: str, words: list[str], above: list[Twig]) -> bool:
    fund = branch.fund
    if fund.status is not FundStatus.ACTIVE or (fund.libraries and owner and owner not in fund.libraries):
        return False
    text = " ".join([fund.code, fund.name, *(f"{one.code} {one.name}" for one in above)]).casefold()
    return all(word in text for word in words)


def _after(code: str, now: Money, worked: Worked | None) -> Money | None:
    """What a fund would have if it paid its part of the line, or all that nobody pays yet."""
    if worked is None or worked.left is None:
        return None
    for fund in worked.funds:
        if fund.code == code:
            return fund.after
    if worked.left.currency != now.currency:
        return None
    return now.with_units(now.units - max(worked.left.units, 0))


def pick(visit: Visit) -> None:
    """Put the fund of the button that was pressed into the first row without one."""
    code = visit.value("do").removeprefix(PICK)
    form = dict(visit.form)
    at = 0
    while visit.value(f"fund_distribution[{at}].fund_code"):
        at += 1
    form[f"fund_distribution[{at}].fund_code"] = [code]
    if at == 0 and not visit.value("fund_distribution[0].amount"):
        form.setdefault("fund_distribution[0].percent", ["100"])
        if not visit.value("fund_distribution[0].percent"):
            form["fund_distribution[0].percent"] = ["100"]
    visit.form = form
