"""What staff decide about purchase requests, one or many at once: approve, reject, defer, resume, reopen,
assign, merge, separate, delete; with `"preview": true` first what an approval or rejection would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Annotated, TypeAlias

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.requests import one_id
from openacq.doors.own.requests_wire import MOST_REQUESTS, Code, Duplicates, wire_duplicates
from openacq.doors.own.staff import STAFF_HEADER, acting
from openacq.kernel.refusal import Problem, Refusal
from openacq.requests import service as requests
from openacq.requests.model import Actor, Approve, Effect, Reject, Request
from openacq.store import Tx
from openacq.wire.model import UNSET, Count, Maybe, NoteText, Wire


class Decision(Wire):
    """Which requests, and what the decision needs. `merged`: those merged with them as well."""

    ids: Annotated[Maybe[list[str]], Count(MOST_REQUESTS)] = UNSET
    preview: Maybe[bool] = UNSET
    approved_by: Maybe[Code] = UNSET
    merged: Maybe[bool] = UNSET
    reason: Maybe[NoteText] = UNSET
    note: Maybe[NoteText] = UNSET
    until: Maybe[dt.date] = UNSET
    to: Maybe[Code] = UNSET


class Decided(Wire):
    """The state a request is in, or would be: with the PO line it has or the type of line it would become,
    or the line it would join; else `why_not`."""

    id: Maybe[str] = UNSET
    state: Maybe[str] = UNSET
    po_line: Maybe[str] = UNSET
    line_type: Maybe[str] = UNSET
    joins: Maybe[str] = UNSET
    group: Maybe[str] = UNSET
    assigned_to: Maybe[str] = UNSET
    why_not: Maybe[str] = UNSET
    duplicates: Maybe[Duplicates] = UNSET


class DecidedRequests(Wire):
    """`preview` true: what would be, nothing was changed."""

    preview: Maybe[bool] = UNSET
    requests: Maybe[list[Decided]] = UNSET


Step: TypeAlias = Callable[[Tx, list[int], Actor], Iterable[Request]]


def _ids(body: Decision) -> list[int]:
    if not body.ids:
        raise Refusal(Problem("field_missing", "ids"))
    return list(dict.fromkeys(one_id(each) for each in body.ids))


def _carried_out(ask: Ask, ids: list[int], step: Step) -> Reply:
    ask.private = True

    def work(tx: Tx) -> DecidedRequests:
        ask.subject = ",".join(map(str, ids[:20]))
        decided = step(tx, ids, acting(tx, ask))
        return DecidedRequests(preview=False, requests=[_decided(each) for each in decided])

    return Reply(ask.write(work))


def _decided(request: Request) -> Decided:
    return Decided(
        id=str(request.id),
        state=request.state.value,
        po_line=request.po_line or UNSET,
        group=str(request.group) if request.group else UNSET,
        assigned_to=request.assigned_to or UNSET,
    )


def _foreseen(ask: Ask, effects: Callable[[Tx, Actor], Iterable[Effect]]) -> Reply:
    ask.private = True
    return Reply(
        ask.read(
            lambda tx: DecidedRequests(
                preview=True, requests=[_effect(each) for each in effects(tx, acting(tx, ask))]
            )
        )
    )


def _effect(effect: Effect) -> Decided:
    return Decided(
        id=str(effect.id),
        state=effect.state.value if effect.state else UNSET,
        line_type=effect.line_type or UNSET,
        joins=effect.joins or UNSET,
        why_not=effect.why_not or UNSET,
        duplicates=wire_duplicates(effect.duplicates) if effect.duplicates.any else UNSET,
    )


def approve(ask: Ask) -> Reply:
    """`POST /requests/approve {"ids": […], "approved_by": "staff1", "merged": true, "preview": true}`: each
    title becomes a PO line for everybody who waits for it; all of them or none."""
    body = ask.model(Decision)
    ids = _ids(body)
    by = body.approved_by or ask.headers.get(STAFF_HEADER, "").strip()
    how = Approve(by, merged=body.merged if isinstance(body.merged, bool) else True)
    if body.preview:
        return _foreseen(ask, lambda tx, actor: requests.preview_approve(tx, ids, how, actor))
    return _carried_out(ask, ids, lambda tx, ids, actor: requests.approve(tx, ids, how, actor))


def reject(ask: Ask) -> Reply:
    """`POST /requests/reject {"ids": […], "reason": "COST", "note": "…", "merged": false, "preview": true}`:
    the reason and the note go to the requesters; all of them or none."""
    body = ask.model(Decision)
    ids = _ids(body)
    how = Reject(body.reason or "", body.note or "", merged=body.merged or False)
    if body.preview:
        return _foreseen(ask, lambda tx, actor: requests.preview_reject(tx, ids, how, actor))
    return _carried_out(ask, ids, lambda tx, ids, actor: requests.reject(tx, ids, how, actor))


def defer(ask: Ask) -> Reply:
    """`POST /requests/defer {"ids": […], "until": "2026-05-01", "reason": "…"}`: put aside, until a day if
    one is named."""
    body = ask.model(Decision)
    until, reason = body.until or None, body.reason or ""
    return _carried_out(ask, _ids(body), lambda tx, ids, actor: requests.defer(tx, ids, until, reason, actor))


def resume(ask: Ask) -> Reply:
    """`POST /requests/resume {"ids": […]}`: back to review from being put aside."""
    return _carried_out(ask, _ids(ask.model(Decision)), requests.resume)


def reopen(ask: Ask) -> Reply:
    """`POST /requests/reopen {"ids": […]}`: back to review from a rejection, or when the PO line is
    cancelled."""
    return _carried_out(ask, _ids(ask.model(Decision)), requests.reopen)


def assign(ask: Ask) -> Reply:
    """`POST /requests/assign {"ids": […], "to": "staff1"}`; `"to": ""` takes the name off."""
    body = ask.model(Decision)
    to = body.to or ""
    return _carried_out(ask, _ids(body), lambda tx, ids, actor: requests.assign(tx, ids, to, actor))


def merge(ask: Ask) -> Reply:
    """`POST /requests/merge {"ids": […]}`: one order for all of them; one title, one format."""
    return _carried_out(ask, _ids(ask.model(Decision)), requests.merge)


def separate(ask: Ask) -> Reply:
    """`POST /requests/separate {"ids": […]}`: out of those they are merged with."""
    return _carried_out(ask, _ids(ask.model(Decision)), requests.separate)


def delete(ask: Ask) -> Reply:
    """`POST /requests/delete {"ids": […]}`: forget requests that did not become an order."""
    ask.private = True
    ids = _ids(ask.model(Decision))

    def work(tx: Tx) -> DecidedRequests:
        ask.subject = ",".join(map(str, ids[:20]))
        requests.delete(tx, ids, acting(tx, ask))
        return DecidedRequests(preview=False, requests=[Decided(id=str(each)) for each in ids])

    return Reply(ask.write(work))


ROUTES = tuple(
    Route("POST", f"/requests/{name}", "own", answer, write=True, open_to_vendors=False)
    for name, answer in (
        ("approve", approve),
        ("reject", reject),
        ("defer", defer),
        ("resume", resume),
        ("reopen", reopen),
        ("assign", assign),
        ("merge", merge),
        ("separate", separate),
        ("delete", delete),
    )
)
