"""Who pays: the shares of an order, what each comes to, and their encumbrance.

Percent shares split the net by largest remainder; amount shares are taken as sent. What does not
add up, or a fund that cannot pay, becomes an alert; the profile may make it a refusal instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from openacq.kernel.money import (
    WHOLE,
    Money,
    NotMoney,
    line_net,
    parse_percent,
    percent_text,
    split_by_percent,
)
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.ledger import service as ledger
from openacq.ledger.model import Block, EntityType, Fund, FundStatus, Outcome, ShareToEncumber
from openacq.ledger.model import Source as LedgerSource
from openacq.ordering.alerts import alert
from openacq.ordering.check import Checked, read_sum
from openacq.ordering.model import Actor, Alert, Share, ShareWish
from openacq.store import Tx

MOST_SHARES = 100
LEDGER_KIND = "po_line"


@dataclass(frozen=True, slots=True)
class _Read:
    """A share whose form is right: percent or amount or neither (the whole)."""

    wish: ShareWish
    path: str
    percent: int | None
    amount: Money | None


def read_shares(
    tx: Tx, wishes: Sequence[ShareWish], checked: Checked, actor: Actor, problems: list[Problem]
) -> list[Share]:
    """The shares of an order, numbered from 1, with funds resolved and parts reckoned.

    Adds alerts to `checked` for what does not hold, and to `problems`: share_invalid, share_currency,
    field_missing, and fund_invalid or not_fully_funded when the profile blocks them.
    """
    found = [
        _read(tx, wish, f"fund_distribution[{index}]", checked, problems) for index, wish in enumerate(wishes)
    ]
    read = [each for each in found if each is not None]
    parts = _parts(read, checked)
    shares = [
        _share(tx, number, each, part, checked, actor, problems)
        for number, (each, part) in enumerate(zip(read, parts, strict=True), 1)
    ]
    if len(read) == len(wishes):
        _check_total(shares, checked, problems)
    return shares


def _read(tx: Tx, wish: ShareWish, path: str, checked: Checked, problems: list[Problem]) -> _Read | None:
    if not wish.fund_code:
        problems.append(Problem("field_missing", f"{path}.fund_code"))
        return None
    if wish.percent and wish.amount.sum:
        reason = "percent and amount exclude each other"
        problems.append(
            Problem("share_invalid", path, f"{wish.percent} % and {wish.amount.sum}", reason=reason)
        )
        return None
    if wish.percent:
        try:
            return _Read(wish, path, parse_percent(wish.percent), None)
        except NotMoney as error:
            problems.append(Problem("share_invalid", f"{path}.percent", wish.percent, reason=error.reason))
            return None
    if not wish.amount.sum:
        return _Read(wish, path, None, None)
    given = wish.amount
    if not given.currency and checked.price is not None:
        given = replace(given, currency=checked.price.currency)
    amount = read_sum(tx, given, f"{path}.amount", problems)
    if amount is None:
        return None
    if checked.price is not None and amount.currency != checked.price.currency:
        problems.append(
            Problem(
                "share_currency", f"{path}.amount.currency", amount.currency, currency=checked.price.currency
            )
        )
        return None
    return _Read(wish, path, None, amount)


def _parts(read: Sequence[_Read], checked: Checked) -> list[Money | None]:
    """What each share comes to. One share with neither percent nor amount is the whole."""
    net = checked.net
    if net is None:
        return [each.amount for each in read]
    percents = [each.percent for each in read if each.percent is not None]
    split = iter(split_by_percent(net, percents)) if percents else iter(())
    parts: list[Money | None] = []
    for each in read:
        if each.percent is not None:
            parts.append(next(split))
        elif each.amount is not None:
            parts.append(net if checked.no_charge else each.amount)
        else:
            parts.append(net if len(read) == 1 else net.with_units(0))
    return parts


def _share(
    tx: Tx,
    number: int,
    read: _Read,
    part: Money | None,
    checked: Checked,
    actor: Actor,
    problems: list[Problem],
) -> Share:
    code = read.wish.fund_code
    fund = ledger.fund(tx, code)
    if fund is not None and actor.funds is not None and code not in actor.funds:
        fund = None
    percent = read.percent
    if percent is None and read.amount is None:
        percent = WHOLE
    share = Share(number, code, percent=percent, amount=read.amount, part=part)
    wrong = _wrong_with(tx, fund, code, checked, actor)
    if fund is None or wrong is not None:
        if checked.profile.block_invalid_fund:
            meant = probable(ledger.similar_codes(tx, code, actor.funds))
            problems.append(Problem("fund_invalid", f"{read.path}.fund_code", code, probable=meant))
        if wrong is not None:
            checked.alerts.append(wrong)
        return share
    return replace(share, fund_id=fund.id, fund_name=fund.name)


def _wrong_with(tx: Tx, fund: Fund | None, code: str, checked: Checked, actor: Actor) -> Alert | None:
    """Why this fund cannot pay for this line, or None."""
    if fund is None:
        return alert(
            "fund_unknown", fund=code, probable=probable(ledger.similar_codes(tx, code, actor.funds))
        )
    if fund.entity_type is not EntityType.ALLOCATED:
        return alert("fund_summary", fund=code)
    if fund.status is not FundStatus.ACTIVE:
        return alert("fund_inactive", fund=code)
    if not fund.serves(checked.owner):
        return alert("fund_library", fund=code, library=checked.owner)
    return None


def _check_total(shares: Sequence[Share], checked: Checked, problems: list[Problem]) -> None:
    net = checked.net
    if net is None or not checked.needs_fund:
        return
    if not shares and net.units:
        if checked.profile.block_not_fully_funded:
            problems.append(_not_funded(net.with_units(0), net))
        checked.alerts.append(alert("fund_missing"))
        return
    covered = net.with_units(sum(share.part.units for share in shares if share.part is not None))
    if shares and covered.units != net.units:
        if checked.profile.block_not_fully_funded and covered.units < net.units:
            problems.append(_not_funded(covered, net))
        checked.alerts.append(
            alert(
                "shares_differ",
                None,
                covered=covered.text(),
                net=net.text(),
                currency=net.currency,
                **_after_discount(checked, covered),
            )
        )


def _after_discount(checked: Checked, covered: Money) -> dict[str, str]:
    """What the discount has to do with it that the shares differ from the price, in words."""
    if checked.price is None or not checked.discount or checked.no_charge:
        return {"discounted": "", "hint": ""}
    gross = line_net(checked.price, checked.quantity, 0)
    percent = percent_text(checked.discount)
    hint = (
        f" They are the price without the discount: if the vendor sends net prices, account "
        f"{checked.account_code} needs no discount."
    )
    return {
        "discounted": f", which is {gross.text()} less {percent} percent",
        "hint": hint if covered.units == gross.units else "",
    }


def _not_funded(covered: Money, net: Money) -> Problem:
    return Problem(
        "not_fully_funded", "fund_distribution", covered.text(), total=net.text(), currency=net.currency
    )


def encumber(
    tx: Tx,
    line_id: int,
    shares: Sequence[Share],
    checked: Checked,
    *,
    again: bool = False,
    rate: int | None = None,
) -> list[Share]:
    """Post the encumbrance of every share that has a fund and a part; the last thing of a create.

    `again`: the line was encumbered before; what hung is replaced by what is asked now. `rate` is the one
    its order fixes. Returns the shares with what was encumbered; adds alerts for funds that may not carry
    theirs. Raises Refusal fund_short when the profile blocks that.
    """
    source = LedgerSource(LEDGER_KIND, line_id)
    if not checked.encumbers:
        if again:
            ledger.release(tx, source)
        return list(shares)
    wanted = _wanted(shares, rate)
    if not wanted and not again:
        return list(shares)
    post = ledger.reencumber if again else ledger.encumber
    problems: list[Problem] = []
    paid = _told(post(tx, source, wanted), shares, checked, problems)
    if problems:
        raise Refusal(problems)
    return paid


def encumber_all(
    tx: Tx, lines: Mapping[int, tuple[Sequence[Share], Checked]], rates: Mapping[int, int]
) -> dict[int, list[Share]]:
    """`encumber` for several lines that never were, with as many statements as for one; by line. `rates` are
    those their orders fix, by line."""
    wanted = {
        LedgerSource(LEDGER_KIND, line_id): found
        for line_id, (shares, checked) in lines.items()
        if checked.encumbers and (found := _wanted(shares, rates.get(line_id)))
    }
    outcomes = ledger.encumber_all(tx, wanted) if wanted else {}
    problems: list[Problem] = []
    paid = {
        line_id: _told(outcomes.get(LedgerSource(LEDGER_KIND, line_id), ()), shares, checked, problems)
        for line_id, (shares, checked) in lines.items()
    }
    if problems:
        raise Refusal(problems)
    return paid


def _wanted(shares: Sequence[Share], rate: int | None) -> list[ShareToEncumber]:
    return [
        ShareToEncumber(share.number, share.fund_id, share.part, rate)
        for share in shares
        if share.fund_id is not None and share.part is not None and share.part.units
    ]


def _told(
    found: Iterable[Outcome], shares: Sequence[Share], checked: Checked, problems: list[Problem]
) -> list[Share]:
    """The shares with what was encumbered; what was not becomes an alert, or a problem."""
    outcomes = {each.number: each for each in found}
    for number in sorted(outcomes):
        _tell(outcomes[number], shares[number - 1], checked, problems)
    return [
        replace(share, encumbered=outcomes[share.number].posted) if share.number in outcomes else share
        for share in shares
    ]


def _tell(outcome: Outcome, share: Share, checked: Checked, problems: list[Problem]) -> None:
    """Turn what the ledger said of a share into an alert, or a problem where the profile wants one."""
    code = share.fund_code
    if outcome.block is Block.LIMIT and outcome.free is not None and outcome.short is not None:
        facts = {
            "free": outcome.free.text(),
            "short": outcome.short.text(),
            "currency": outcome.free.currency,
        }
        if checked.profile.block_balance_too_low:
            field = f"fund_distribution[{outcome.number - 1}].fund_code"
            problems.append(Problem("fund_short", field, code, **facts))
        known = any(each.slug == "fund_short" and each.facts["fund"] == code for each in checked.alerts)
        if not known:
            checked.alerts.append(alert("fund_short", None, fund=code, **facts))
    elif outcome.block is Block.RATE_MISSING and share.part is not None:
        checked.alerts.append(
            alert(
                "fund_foreign", fund=code, currency=share.part.currency, fund_currency=_fund_currency(outcome)
            )
        )
    elif outcome.block is not None:
        checked.alerts.append(alert("fund_inactive", fund=code))
    elif outcome.overdrawn is not None:
        checked.alerts.append(
            alert(
                "fund_overdrawn",
                fund=code,
                overdrawn=outcome.overdrawn.text(),
                currency=outcome.overdrawn.currency,
            )
        )


def _fund_currency(outcome: Outcome) -> str:
    return outcome.posted.currency if outcome.posted else "the fund's currency"
