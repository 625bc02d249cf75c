"""Renewals of continuous orders.

A line that renews itself moves its date on by its cycle when the day comes. One that is renewed by
hand, or whose cycle is not known, comes on the list `renewal_period` days before; those interested
are told, and somebody renews it, with another date, period or price if need be, or ends it. A new
price is encumbered at once, spread over the funds as the old one was.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from openacq.codes import service as codes
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.money import (
    MAX_TOTAL,
    Money,
    NotMoney,
    line_net,
    minor_digits,
    split_by_percent,
    split_by_weights,
)
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import afford, moves, progress, store_receipts, store_renewals
from openacq.ordering.model import Actor, Alert, LineState, Sum, day_of_renewal
from openacq.ordering.moves import LINE
from openacq.ordering.progress import Progress
from openacq.store import Tx

MOST_DAYS = 36_500
WAITING = (LineState.WAITING_FOR_MANUAL_RENEWAL, LineState.WAITING_FOR_RENEWAL)


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is agreed for the next period; None leaves things as they are. Without a `day` the line's
    cycle tells it."""

    day: date | None = None
    price: Sum | None = None
    period: int | None = None
    cycle: str | None = None
    by_hand: bool | None = None
    note: str | None = None
    subscription_from: date | None = None
    subscription_to: date | None = None


@dataclass(frozen=True, slots=True)
class DueRenewal:
    """A line to be renewed, or that will renew itself on `day`."""

    line: str
    title: str
    vendor: str
    account: str
    owner: str
    state: LineState
    day: date | None
    by_hand: bool
    cycle: str
    period: int
    note: str
    net: Money | None
    days: int


@dataclass(frozen=True, slots=True)
class Renewed:
    """A renewed line: its new day and price, and alerts about what its funds may not carry."""

    line: str
    state: LineState
    day: date
    net: Money | None
    alerts: tuple[Alert, ...] = ()


# -- the list -----------------------------------------------------------------------------------


def due_renewals(
    tx: Tx, *, until: date | None = None, vendor: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[DueRenewal], int]:
    """A page of what waits to be renewed by hand, the earliest first, and how many there are; with
    `until` everything that renews up to that day, by hand or by itself."""
    states = WAITING if until is not None else WAITING[:1]
    rows, total = store_renewals.listed(tx, [state.value for state in states], until, vendor, limit, offset)
    lines = [progress.of_row(tx, row) for row in rows]
    nets = store_renewals.prices(tx, [line.id for line in lines]) if lines else {}
    return [_due(tx, line, _money(nets[line.id])) for line in lines], total


def _due(tx: Tx, line: Progress, net: Money | None) -> DueRenewal:
    return DueRenewal(
        line=line.number,
        title=line.title,
        vendor=line.vendor,
        account=line.account,
        owner=line.owner,
        state=line.state,
        day=line.renewal_date,
        by_hand=line.renews_by_hand,
        cycle=line.terms.renewal_cycle,
        period=line.terms.renewal_period or 0,
        note=line.terms.renewal_note,
        net=net,
        days=(line.renewal_date - tx.today).days if line.renewal_date else 0,
    )


def _money(row: Any) -> Money | None:
    if row.net_units is None:
        return None
    return Money(row.net_units, row.currency, minor_digits(row.currency))


# -- by hand ------------------------------------------------------------------------------------


def renew(tx: Tx, number: str, agreed: Renewal, actor: Actor) -> Renewed:
    """Renew a line that waits for it, or ahead of its time.

    Raises Refusal: line_not_found, move_refused (no continuous line that is with the vendor),
    field_missing (no day, and no cycle to tell it), date_passed, code_illegal, value_wrong_type,
    price_invalid, price_negative, share_currency, total_too_large, state_changed.
    """
    row = store_receipts.by_line_number(tx, number)
    if row is None:
        raise Refusal(Problem("line_not_found", "line", number))
    line = progress.of_row(tx, row)
    problems: list[Problem] = []
    _check(tx, agreed, problems)
    day = agreed.day or _next_day(tx, _with_cycle(tx, line, agreed), line.renewal_date)
    if day is None:
        problems.append(Problem("field_missing", "renewal_date"))
    elif day <= tx.today:
        problems.append(Problem("date_passed", "renewal_date", day.isoformat()))
    priced = store_renewals.price(tx, line.id)
    price = _price(agreed.price, priced, problems) if agreed.price is not None else None
    if problems or day is None:
        raise Refusal(problems)
    terms = replace(
        line.terms,
        renewal_period=line.terms.renewal_period if agreed.period is None else agreed.period,
        renewal_cycle=line.terms.renewal_cycle if agreed.cycle is None else agreed.cycle,
        renewal_note=line.terms.renewal_note if agreed.note is None else agreed.note,
        subscription_from=agreed.subscription_from or line.terms.subscription_from,
        subscription_to=agreed.subscription_to or line.terms.subscription_to,
    )
    by_hand = line.manual_renewal if agreed.by_hand is None else agreed.by_hand
    reached = moves.move_lines(
        tx,
        [line.id],
        "renew",
        actor,
        values={
            "renewal_date": day,
            "renewal_due": day_of_renewal(day, terms.renewal_period, by_hand=by_hand),
            "renewal_reminded": None,
            "manual_renewal": by_hand,
            "terms": terms,
        },
    )
    changes = [
        Change("renewal_date", line.renewal_date, day),
        Change("manual_renewal", line.manual_renewal, by_hand),
        *(
            Change(name, getattr(line.terms, name), getattr(terms, name))
            for name in ("renewal_period", "renewal_cycle", "renewal_note")
        ),
    ]
    alerts: tuple[Alert, ...] = ()
    if price is not None:
        old = Money(priced.price_units or 0, price.currency, priced.price_scale or 0)
        changes.append(Change("price", old, price))
        alerts = _reprice(tx, line, price, priced)
    history.record(tx, LINE, line.number, changes, actor.name)
    tx.emit("po_line.renewed", line.number, {"renewal_date": day.isoformat(), "by": actor.name})
    net = _money(store_renewals.price(tx, line.id))
    return Renewed(line.number, reached[line.id], day, net, alerts)


def _check(tx: Tx, agreed: Renewal, problems: list[Problem]) -> None:
    if agreed.cycle:
        wrong = codes.check(tx, "RenewalCycle", "renewal_cycle", agreed.cycle)
        problems += [wrong] if wrong else []
    if agreed.period is not None and not 0 <= agreed.period <= MOST_DAYS:
        expected = "a whole number of days"
        problems.append(Problem("value_wrong_type", "renewal_period", agreed.period, expected=expected))


def _with_cycle(tx: Tx, line: Progress, agreed: Renewal) -> int | None:
    return line.months if agreed.cycle is None else progress.months_of(tx, agreed.cycle)


def _price(given: Sum, priced: Any, problems: list[Problem]) -> Money | None:
    """The new price of one copy, in the currency of the line."""
    currency = given.currency or priced.currency
    if priced.currency and currency != priced.currency:
        problems.append(Problem("share_currency", "price.currency", currency, currency=priced.currency))
        return None
    if not currency:
        problems.append(Problem("field_missing", "price.currency"))
        return None
    try:
        price = Money.parse(given.sum, currency)
    except NotMoney as error:
        problems.append(Problem("price_invalid", "price.sum", given.sum, reason=error.reason))
        return None
    if price.units < 0:
        problems.append(Problem("price_negative", "price.sum", given.sum))
        return None
    if price.units * priced.quantity > MAX_TOTAL:
        problems.append(Problem("total_too_large", "price.sum", f"{given.sum} * {priced.quantity}"))
        return None
    return price


def _reprice(tx: Tx, line: Progress, price: Money, priced: Any) -> tuple[Alert, ...]:
    """Give the line its new price, spread it over its shares as the old one was, and encumber it."""
    net = price.with_units(0) if priced.no_charge else line_net(price, priced.quantity, priced.discount)
    store_renewals.reprice(tx, line.id, units=price.units, scale=price.scale, net=net.units)
    store_renewals.set_parts(tx, line.id, _spread(net, store_renewals.parts(tx, line.id)))
    return afford.encumber_again(tx, [line.id]).get(line.id, ())


def _spread(net: Money, shares: Sequence[Any]) -> list[dict[str, Any]]:
    """What each share comes to of the new net: percents as they are, amounts in their proportions."""
    if not shares:
        return []
    if all(share.percent is not None for share in shares):
        split = split_by_percent(net, [share.percent for share in shares])
    else:
        weights = [share.part_units or 0 for share in shares]
        split = split_by_weights(net, weights if sum(weights) else [1] * len(shares))
    return [
        {
            "number": share.number,
            "part": part.units,
            "amount": part.units if share.amount_units is not None else None,
            "scale": part.scale if share.amount_units is not None else share.amount_scale,
        }
        for share, part in zip(shares, split, strict=True)
    ]


# -- by itself ----------------------------------------------------------------------------------


def renew_due(tx: Tx, actor: Actor, most: int = 100) -> int:
    """Do what is due today: lines that renew themselves move on, the others come on the list and those
    interested are told. For the job; returns how many lines it saw to."""
    lines = {row.id: progress.of_row(tx, row) for row in store_renewals.due(tx, tx.today, most)}
    by_hand = [line.id for line in lines.values() if line.renews_by_hand]
    if by_hand:
        moves.move_lines(
            tx,
            by_hand,
            "renewal due",
            actor,
            holds=progress.guards(lines),
            values={"renewal_reminded": tx.today},
        )
    days: dict[date, list[Progress]] = {}
    for line in lines.values():
        day = None if line.renews_by_hand else _next_day(tx, line.months, line.renewal_date)
        if day is not None:
            days.setdefault(day, []).append(line)
    for day, renewed in sorted(days.items()):
        ids = [line.id for line in renewed]
        moves.move_lines(tx, ids, "renew", actor, values={"renewal_date": day, "renewal_due": day})
        history.record_many(
            tx,
            LINE,
            {line.number: [Change("renewal_date", line.renewal_date, day)] for line in renewed},
            actor.name,
        )
        for line in renewed:
            tx.emit("po_line.renewed", line.number, {"renewal_date": day.isoformat(), "by": actor.name})
    return len(lines)


def _next_day(tx: Tx, months: int | None, day: date | None) -> date | None:
    """The first renewal after today, whole cycles from the last one; None without a cycle or a day."""
    if months is None or day is None:
        return None
    cycles = 1
    while (following := months_later(day, months * cycles)) <= tx.today:
        cycles += 1
    return following


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one; the last day there is, beyond the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
