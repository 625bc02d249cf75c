"""One line: its history, and which review rule would catch it."""

from __future__ import annotations

import datetime as dt

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.staff import acting
from openacq.history import service as history
from openacq.ordering import service as ordering
from openacq.profiles import service as profiles
from openacq.store import Tx
from openacq.wire.model import UNSET, Maybe, Wire

KIND = "po_line"


class HistoryEntry(Wire):
    at: Maybe[dt.datetime] = UNSET
    who: Maybe[str] = UNSET
    field: Maybe[str] = UNSET
    old: Maybe[str | None] = UNSET
    new: Maybe[str | None] = UNSET


class LineHistory(Wire):
    """The changes of a line, oldest first."""

    number: Maybe[str] = UNSET
    created: Maybe[dt.datetime] = UNSET
    created_by: Maybe[str] = UNSET
    entries: Maybe[list[HistoryEntry]] = UNSET


class CaughtBy(Wire):
    """What the review rules say of a line: the rule that decides, and whether it sends it to review."""

    number: Maybe[str] = UNSET
    review: Maybe[bool] = UNSET
    rule: Maybe[str | None] = UNSET
    is_default: Maybe[bool] = UNSET


def line_history(ask: Ask) -> Reply:
    """`GET /lines/{number}/history`."""

    def work(tx: Tx) -> LineHistory:
        line = ordering.line(tx, ask.path["number"], acting(tx, ask))
        return LineHistory(
            number=line.number,
            created=line.created,
            created_by=line.created_by,
            entries=[
                HistoryEntry(at=entry.at, who=entry.who, field=entry.field, old=entry.old, new=entry.new)
                for entry in history.of(tx, KIND, line.number)
            ],
        )

    return Reply(ask.read(work))


def try_rules(ask: Ask) -> Reply:
    """`GET /lines/{number}/review-rule`: the default rule is looked at first, then the others in order."""

    def work(tx: Tx) -> CaughtBy:
        line = ordering.line(tx, ask.path["number"], acting(tx, ask))
        rule = profiles.decide(profiles.review_rules(tx), ordering.facts_of(line))
        return CaughtBy(
            number=line.number,
            review=rule.review if rule else False,
            rule=rule.name if rule else None,
            is_default=rule.is_default if rule else False,
        )

    return Reply(ask.read(work))


ROUTES = (
    Route("GET", "/lines/{number}/history", "own", line_history, open_to_vendors=False),
    Route("GET", "/lines/{number}/review-rule", "own", try_rules, open_to_vendors=False),
)
