"""Closing and reopening lines by hand; with `"preview": true` first what it would do."""

from __future__ import annotations

from typing import Annotated

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.receipts import Code
from openacq.doors.own.renewals import wire_alerts
from openacq.doors.own.review import Alert
from openacq.doors.own.staff import MovedLines, acting, line_ids, moved
from openacq.ordering import service as ordering
from openacq.store import Tx
from openacq.wire.model import UNSET, Count, Maybe, Wire


class Chosen(Wire):
    numbers: Annotated[Maybe[list[Code]], Count(200)] = UNSET
    preview: Maybe[bool] = UNSET
    operator: Maybe[Code] = UNSET


class ReopenedLine(Wire):
    """The state a line is in again; `alerts` name funds that may not carry it any more."""

    number: Maybe[str] = UNSET
    status: Maybe[str] = UNSET
    alerts: Maybe[list[Alert]] = UNSET


class ReopenedLines(Wire):
    preview: Maybe[bool] = UNSET
    lines: Maybe[list[ReopenedLine]] = UNSET


def close(ask: Ask) -> Reply:
    """`POST /lines/close {"numbers": […]}`: lines of which something has come, and continuous ones; what is
    still encumbered is released, inventory stays."""
    body = ask.model(Chosen)

    def work(tx: Tx) -> MovedLines:
        actor = acting(tx, ask, body.operator)
        ids = line_ids(tx, body.numbers, actor)
        done = moved(ids, ordering.close(tx, list(ids.values()), actor))
        done.preview = bool(body.preview)
        return done

    return Reply(ask.rehearse(work) if body.preview else ask.write(work))


def reopen(ask: Ask) -> Reply:
    """`POST /lines/reopen {"numbers": […]}`: closed lines stand again where what arrived puts them, and are
    encumbered again."""
    body = ask.model(Chosen)

    def work(tx: Tx) -> ReopenedLines:
        actor = acting(tx, ask, body.operator)
        ids = line_ids(tx, body.numbers, actor)
        alerts = ordering.reopen(tx, list(ids.values()), actor)
        now = {number: ordering.line_progress(tx, number, actor).state for number in ids}
        return ReopenedLines(
            preview=bool(body.preview),
            lines=[
                ReopenedLine(
                    number=number,
                    status=now[number].value,
                    alerts=wire_alerts(alerts.get(line_id, ())),
                )
                for number, line_id in ids.items()
            ],
        )

    return Reply(ask.rehearse(work) if body.preview else ask.write(work))


ROUTES = (
    Route("POST", "/lines/close", "own", close, write=True, open_to_vendors=False),
    Route("POST", "/lines/reopen", "own", reopen, write=True, open_to_vendors=False),
)
