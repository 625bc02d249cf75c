"""Copies kept for people: what the circulation system reads, and says back."""

from __future__ import annotations

import datetime as dt

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.paging import page, words
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.service import HoldState
from openacq.store import Tx
from openacq.wire.model import UNSET, Maybe, NoteText, Wire

STATES = tuple(state.value for state in HoldState)


class Hold(Wire):
    """A copy kept for a user. `attempts` counts offers that came to nothing; `due` is the next one."""

    id: Maybe[int] = UNSET
    line: Maybe[str] = UNSET
    title: Maybe[str] = UNSET
    item_id: Maybe[str] = UNSET
    barcode: Maybe[str] = UNSET
    primary_id: Maybe[str] = UNSET
    state: Maybe[str] = UNSET
    reason: Maybe[str] = UNSET
    attempts: Maybe[int] = UNSET
    due: Maybe[dt.datetime] = UNSET
    created: Maybe[dt.datetime] = UNSET
    changed: Maybe[dt.datetime] = UNSET


class Holds(Wire):
    total: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    holds: Maybe[list[Hold]] = UNSET


class Settlement(Wire):
    state: Maybe[str] = UNSET
    reason: Maybe[NoteText] = UNSET


def list_holds(ask: Ask) -> Reply:
    """`GET /holds?state=wanted,failed&line=&primary_id=&limit=&offset=`: the oldest first."""
    limit, offset = page(ask)
    states = [HoldState(word) for word in words(ask, "state", STATES)]
    ask.private = True

    def work(tx: Tx) -> Holds:
        found, total = ordering.holds(
            tx,
            states=states,
            line=ask.params.get("line", ""),
            primary_id=ask.params.get("primary_id", ""),
            limit=limit,
            offset=offset,
        )
        return Holds(total=total, limit=limit, offset=offset, holds=[wire_hold(each) for each in found])

    return Reply(ask.read(work))


def read_hold(ask: Ask) -> Reply:
    """`GET /holds/{id}`."""
    ask.private = True
    return Reply(ask.read(lambda tx: wire_hold(ordering.hold(tx, _id(ask)))))


def settle(ask: Ask) -> Reply:
    """`PUT /holds/{id} {"state": "passed_on"}`: what became of it (passed_on, done, failed with a
    `reason`), or `wanted` to have it offered again."""
    ask.private = True
    body = ask.model(Settlement)
    state = body.state or ""
    if state not in STATES:
        raise Refusal(Problem("value_not_listed", "state", state, valid=", ".join(STATES)))
    hold_id = _id(ask)

    def work(tx: Tx) -> Hold:
        settled = ordering.settle_hold(tx, hold_id, HoldState(state), body.reason or "")
        ask.subject = settled.line
        return wire_hold(settled)

    return Reply(ask.write(work))


def _id(ask: Ask) -> int:
    given = ask.path["id"]
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise Refusal(Problem("record_missing", "hold", given, what="Hold"))
    return int(given)


def wire_hold(card: ordering.Hold) -> Hold:
    return Hold(
        id=card.id,
        line=card.line,
        title=card.title,
        item_id=card.item_id,
        barcode=card.barcode,
        primary_id=card.primary_id,
        state=card.state.value,
        reason=card.reason or UNSET,
        attempts=card.attempts,
        due=card.due or UNSET,
        created=card.created,
        changed=card.changed,
    )


ROUTES = (
    Route("GET", "/holds", "own", list_holds, open_to_vendors=False),
    Route("GET", "/holds/{id}", "own", read_hold, open_to_vendors=False),
    Route("PUT", "/holds/{id}", "own", settle, write=True, open_to_vendors=False),
)
