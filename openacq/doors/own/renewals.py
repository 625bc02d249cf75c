"""Renewals: what is due, renewing with another date, period or price, and ending a subscription."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own import decisions
from openacq.doors.own.paging import page
from openacq.doors.own.receipts import Code, day
from openacq.doors.own.review import Alert
from openacq.doors.own.staff import acting
from openacq.ordering import service as ordering
from openacq.ordering.model import Alert as OrderAlert
from openacq.ordering.model import Sum
from openacq.store import Tx
from openacq.wire.model import UNSET, Maybe, NoteText, SumText, Wire


class DueRenewal(Wire):
    """A line to be renewed. `days` to its day, negative when it has passed; `by_hand` false: it renews
    itself."""

    line: Maybe[str] = UNSET
    title: Maybe[str] = UNSET
    vendor: Maybe[str] = UNSET
    account: Maybe[str] = UNSET
    owner: Maybe[str] = UNSET
    status: Maybe[str] = UNSET
    renewal_date: Maybe[dt.date] = UNSET
    days: Maybe[int] = UNSET
    by_hand: Maybe[bool] = UNSET
    renewal_cycle: Maybe[str] = UNSET
    renewal_period: Maybe[int] = UNSET
    renewal_note: Maybe[str] = UNSET
    net: Maybe[str] = UNSET
    currency: Maybe[str] = UNSET


class DueRenewals(Wire):
    total: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    lines: Maybe[list[DueRenewal]] = UNSET


class RenewalWish(Wire):
    """What is agreed for the next period; what is left out stays. Without a `renewal_date` the line's
    cycle tells it. `price` is that of one copy, in the currency of the line."""

    renewal_date: Maybe[dt.date] = UNSET
    price: Maybe[SumText] = UNSET
    currency: Maybe[Code] = UNSET
    renewal_period: Maybe[int] = UNSET
    renewal_cycle: Maybe[Code] = UNSET
    manual_renewal: Maybe[bool] = UNSET
    renewal_note: Maybe[NoteText] = UNSET
    subscription_from_date: Maybe[dt.date] = UNSET
    subscription_to_date: Maybe[dt.date] = UNSET
    operator: Maybe[Code] = UNSET


class Renewed(Wire):
    """The line as renewed; `alerts` name funds that may not carry the new price."""

    line: Maybe[str] = UNSET
    status: Maybe[str] = UNSET
    renewal_date: Maybe[dt.date] = UNSET
    net: Maybe[str] = UNSET
    currency: Maybe[str] = UNSET
    alerts: Maybe[list[Alert]] = UNSET


def list_due(ask: Ask) -> Reply:
    """`GET /renewals?until=&vendor=&limit=&offset=`: what waits to be renewed by hand, the earliest first;
    with `until` all that renews up to that day."""
    limit, offset = page(ask)
    until = day(ask, "until")

    def work(tx: Tx) -> DueRenewals:
        found, total = ordering.due_renewals(
            tx, until=until, vendor=ask.params.get("vendor", ""), limit=limit, offset=offset
        )
        return DueRenewals(total=total, limit=limit, offset=offset, lines=[_due(each) for each in found])

    return Reply(ask.read(work))


def _due(card: ordering.DueRenewal) -> DueRenewal:
    return DueRenewal(
        line=card.line,
        title=card.title,
        vendor=card.vendor,
        account=card.account,
        owner=card.owner,
        status=card.state.value,
        renewal_date=card.day or UNSET,
        days=card.days,
        by_hand=card.by_hand,
        renewal_cycle=card.cycle or UNSET,
        renewal_period=card.period,
        renewal_note=card.note or UNSET,
        net=card.net.text() if card.net else UNSET,
        currency=card.net.currency if card.net else UNSET,
    )


def renew(ask: Ask) -> Reply:
    """`POST /lines/{number}/renew {"renewal_date": "2027-01-01", "price": "120.00"}`."""
    body = ask.model(RenewalWish) if ask.body.strip() else RenewalWish()
    agreed = ordering.Renewal(
        day=body.renewal_date or None,
        price=Sum(body.price, body.currency or "") if body.price else None,
        period=body.renewal_period if isinstance(body.renewal_period, int) else None,
        cycle=body.renewal_cycle if isinstance(body.renewal_cycle, str) else None,
        by_hand=body.manual_renewal if isinstance(body.manual_renewal, bool) else None,
        note=body.renewal_note if isinstance(body.renewal_note, str) else None,
        subscription_from=body.subscription_from_date or None,
        subscription_to=body.subscription_to_date or None,
    )

    def work(tx: Tx) -> Renewed:
        done = ordering.renew(tx, ask.path["number"], agreed, acting(tx, ask, body.operator))
        ask.subject = done.line
        return Renewed(
            line=done.line,
            status=done.state.value,
            renewal_date=done.day,
            net=done.net.text() if done.net else UNSET,
            currency=done.net.currency if done.net else UNSET,
            alerts=wire_alerts(done.alerts),
        )

    return Reply(ask.write(work))


def cancel(ask: Ask) -> Reply:
    """`POST /renewals/cancel {"numbers": […], "reason": "…"}`: do not renew, as `/review/cancel`; what issues
    came of is closed instead (`/lines/close`)."""
    return decisions.cancel(ask)


def wire_alerts(alerts: Sequence[OrderAlert]) -> list[Alert]:
    """Alerts in words with who can fix them and how."""
    return [
        Alert(slug=each.slug, severity=each.severity.value, text=each.text, who=each.who, fix=each.fix)
        for each in map(ordering.in_words, alerts)
    ]


ROUTES = (
    Route("GET", "/renewals", "own", list_due, open_to_vendors=False),
    Route("POST", "/renewals/cancel", "own", cancel, write=True, open_to_vendors=False),
    Route("POST", "/lines/{number}/renew", "own", renew, write=True, open_to_vendors=False),
)
