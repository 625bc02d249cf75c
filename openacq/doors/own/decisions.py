"""What staff decide on the review list: order now, defer, resume, send back, assign, cancel; one line or
many, and with `"preview": true` first what it would do."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from openacq.directory import service as directory
from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.staff import Moved, MovedLines, acting, foreseen, line_ids, moved
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState
from openacq.store import Tx
from openacq.wire.model import UNSET, Count, Maybe, NoteText, Wire


class Decision(Wire):
    """Which lines, and what the decision needs."""

    numbers: Annotated[Maybe[list[str]], Count(200)] = UNSET
    preview: Maybe[bool] = UNSET
    until: Maybe[dt.date] = UNSET
    reason: Maybe[NoteText] = UNSET
    comment: Maybe[NoteText] = UNSET
    to: Maybe[str] = UNSET
    inform_vendor: Maybe[bool] = UNSET
    override: Maybe[bool] = UNSET
    bib: Maybe[str] = UNSET


def order_now(ask: Ask) -> Reply:
    """`POST /review/order-now {"numbers": […], "preview": true}`."""
    body = ask.model(Decision)
    if body.preview:
        return Reply(
            ask.read(
                lambda tx: foreseen(
                    ordering.preview_order_now(tx, list(line_ids(tx, body.numbers, acting(tx, ask)).values()))
                )
            )
        )

    def work(tx: Tx) -> MovedLines:
        actor = acting(tx, ask)
        ids = line_ids(tx, body.numbers, actor)
        return moved(ids, ordering.order_now(tx, list(ids.values()), actor))

    return Reply(ask.write(work))


def defer(ask: Ask) -> Reply:
    """`POST /review/defer {"numbers": […], "until": "2026-05-01", "reason": "…"}`."""
    body = ask.model(Decision)

    def work(tx: Tx) -> MovedLines:
        actor = acting(tx, ask)
        ids = line_ids(tx, body.numbers, actor)
        return moved(
            ids, ordering.defer(tx, list(ids.values()), actor, body.until or None, body.reason or "")
        )

    return Reply(ask.write(work))


def resume(ask: Ask) -> Reply:
    """`POST /review/resume {"numbers": […]}`."""
    body = ask.model(Decision)

    def work(tx: Tx) -> MovedLines:
        actor = acting(tx, ask)
        ids = line_ids(tx, body.numbers, actor)
        return moved(ids, ordering.resume(tx, list(ids.values()), actor))

    return Reply(ask.write(work))


def send_back(ask: Ask) -> Reply:
    """`POST /review/send-back {"numbers": […]}`: from packaging to review."""
    body = ask.model(Decision)

    def work(tx: Tx) -> MovedLines:
        actor = acting(tx, ask)
        ids = line_ids(tx, body.numbers, actor)
        return moved(ids, ordering.send_back(tx, list(ids.values()), actor))

    return Reply(ask.write(work))


def assign(ask: Ask) -> Reply:
    """`POST /review/assign {"numbers": […], "to": "staff1"}`; `"to": ""` takes the name off."""
    body = ask.model(Decision)

    def work(tx: Tx) -> MovedLines:
        actor = acting(tx, ask)
        ids = line_ids(tx, body.numbers, actor)
        person = body.to or ""
        if person and directory.user(tx, person) is None:
            raise Refusal(Problem("user_unknown", "to", person))
        ordering.assign(tx, list(ids.values()), actor, person)
        return MovedLines(preview=False, lines=[Moved(number=number) for number in ids])

    return Reply(ask.write(work))


def cancel(ask: Ask) -> Reply:
    """`POST /review/cancel {"numbers": […], "reason": "LIBRARY_CANCELLED", "comment": "…",
    "inform_vendor": true}`: one letter for each PO, with the comment as its note."""
    body = ask.model(Decision)
    if not body.reason:
        raise Refusal(Problem("field_missing", "reason"))
    fate = body.bib or "retain"
    if fate not in ("retain", "delete", "suppress"):
        raise Refusal(Problem("parameter_invalid", "bib", fate, valid="retain, delete, suppress"))
    how = ordering.Cancellation(
        body.reason,
        body.comment or "",
        inform_vendor=body.inform_vendor or False,
        override=body.override or False,
        bib=ordering.bib_fate(fate),
    )

    def work(tx: Tx) -> MovedLines:
        actor = acting(tx, ask)
        ids = line_ids(tx, body.numbers, actor)
        informed = ordering.cancel(tx, list(ids.values()), actor, how)
        reached = moved(ids, dict.fromkeys(ids.values(), LineState.CANCELLED))
        for line, told in zip(reached.lines or [], map(informed.get, ids.values()), strict=True):
            if told is not None:
                line.letter = UNSET if told.letter is None else told.letter
                line.not_informed = told.why_not or UNSET
        return reached

    return Reply(ask.rehearse(work) if body.preview else ask.write(work))


ROUTES = tuple(
    Route("POST", f"/review/{name}", "own", answer, write=True, open_to_vendors=False)
    for name, answer in (
        ("order-now", order_now),
        ("defer", defer),
        ("resume", resume),
        ("send-back", send_back),
        ("assign", assign),
        ("cancel", cancel),
    )
)
