"""The review list: parked lines, every alert in words, with who can fix it and how."""

from __future__ import annotations

import datetime as dt

from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, AlertInWords, Waiting
from openacq.wire.model import UNSET, Maybe, Wire

DEFAULT_LIMIT = 50
MOST = 200


class Alert(Wire):
    slug: Maybe[str] = UNSET
    severity: Maybe[str] = UNSET
    text: Maybe[str] = UNSET
    who: Maybe[str] = UNSET
    fix: Maybe[str] = UNSET


class WaitingLine(Wire):
    number: Maybe[str] = UNSET
    title: Maybe[str] = UNSET
    vendor: Maybe[str] = UNSET
    owner: Maybe[str] = UNSET
    net: Maybe[str] = UNSET
    currency: Maybe[str] = UNSET
    funds: Maybe[list[str]] = UNSET
    source: Maybe[str] = UNSET
    created: Maybe[dt.datetime] = UNSET
    assigned_to: Maybe[str] = UNSET
    alerts: Maybe[list[Alert]] = UNSET
    link: Maybe[str] = UNSET


class WaitingLines(Wire):
    total: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    lines: Maybe[list[WaitingLine]] = UNSET


def waiting_lines(ask: Ask) -> Reply:
    """`GET /openacq/v1/review?limit=&offset=`: the oldest first."""
    limit = min(_number(ask, "limit", DEFAULT_LIMIT), MOST)
    offset = _number(ask, "offset", 0)
    actor = Actor(ask.caller.name, ask.caller.vendor)
    page = ask.read(lambda tx: ordering.review_list(tx, limit, offset, actor))
    return Reply(
        WaitingLines(
            total=page.total,
            limit=limit,
            offset=offset,
            lines=[_line(ask, waiting) for waiting in page.lines],
        )
    )


def _line(ask: Ask, line: Waiting) -> WaitingLine:
    return WaitingLine(
        number=line.number,
        title=line.title,
        vendor=line.vendor,
        owner=line.owner,
        net=line.price.text() if line.price else UNSET,
        currency=line.price.currency if line.price else UNSET,
        funds=list(line.funds),
        source=line.source,
        created=line.created,
        assigned_to=line.assigned_to,
        alerts=[_alert(each) for each in line.alerts],
        link=ask.root + f"/almaws/v1/acq/po-lines/{line.number}",
    )


def _alert(alert: AlertInWords) -> Alert:
    return Alert(
        slug=alert.slug, severity=alert.severity.value, text=alert.text, who=alert.who, fix=alert.fix or UNSET
    )


def _number(ask: Ask, name: str, default: int) -> int:
    text = ask.params.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refusal(Problem("parameter_invalid", name, text, valid="a number from 0"))
    return int(text)


ROUTES: tuple[Route, ...] = (Route("GET", "/review", "own", waiting_lines),)
