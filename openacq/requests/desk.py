"""The desk's own work with requests: hand them on, put them aside, take them up again, forget them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import clean
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState
from openacq.requests import bibs, people, store, store_titles
from openacq.requests.model import Actor, Request, RequestState
from openacq.requests.moves import KIND, check_movable, move
from openacq.requests.read import again, known
from openacq.requests.states import LINE_CANCELLED
from openacq.requests.store import Kept
from openacq.store import Tx

NO_GUARDS: frozenset[str] = frozenset()


def assign(tx: Tx, request_ids: Sequence[int], to: str, actor: Actor) -> tuple[Request, ...]:
    """Hand requests to a member of staff with a purchase request role, or to nobody with "".

    Raises Refusal: request_not_found, request_approver_unknown.
    """
    named = known(store.hold(tx, request_ids), request_ids, actor)
    if to:
        libraries = {each.request.owning_library for each in named if each.request.owning_library}
        to = people.check_staff(tx, to, libraries, "to")
    changed = [each for each in named if each.request.assigned_to != to]
    if changed:
        store.set_values(tx, [each.id for each in changed], {"assigned_to": to})
        change = {str(each.id): [Change("assigned_to", each.request.assigned_to, to)] for each in changed}
        history.record_many(tx, KIND, change, actor.name)
        store.add_events(tx, [(each.id, "assigned", to, actor.name) for each in changed])
    for each in changed:
        tx.emit("purchase_request.assigned", str(each.id), {"to": to})
    return again(tx, request_ids)


def defer(
    tx: Tx, request_ids: Sequence[int], until: date | None, reason: str, actor: Actor
) -> tuple[Request, ...]:
    """Put requests aside until a day (None: until somebody takes them up again).

    Raises Refusal: request_not_found, date_passed, request_move_refused.
    """
    if until is not None and until <= tx.today:
        raise Refusal(Problem("date_passed", "until", until.isoformat()))
    named = known(store.hold(tx, request_ids), request_ids, actor)
    check_movable(named, "defer")
    values = {"deferred_until": until, "deferral_reason": clean(reason)}
    text = f"until {until.isoformat()}" if until is not None else ""
    move(tx, named, "defer", actor, values, text=text)
    return again(tx, request_ids)


def resume(tx: Tx, request_ids: Sequence[int], actor: Actor) -> tuple[Request, ...]:
    """Back to review from being put aside. Raises Refusal: request_not_found, request_move_refused."""
    named = known(store.hold(tx, request_ids), request_ids, actor)
    check_movable(named, "resume")
    move(tx, named, "resume", actor, {"deferred_until": None, "deferral_reason": ""})
    return again(tx, request_ids)


def resume_due(tx: Tx, actor: Actor, most: int) -> int:
    """Bring back the requests whose day has come; returns how many."""
    due = store.due_to_resume(tx, tx.today, most)
    rows = [each for each in store.hold(tx, due) if each.id in due] if due else []
    back = [each for each in rows if each.request.state is RequestState.DEFERRED]
    if back:
        move(tx, back, "resume", actor, {"deferred_until": None, "deferral_reason": ""})
    return len(due)


def reopen(tx: Tx, request_ids: Sequence[int], actor: Actor) -> tuple[Request, ...]:
    """Back to review after a rejection, or after the PO line was cancelled; a bib that went is found or
    made anew. Raises Refusal: request_not_found, request_move_refused."""
    named = known(store.hold(tx, request_ids), request_ids, actor)
    lines = ordering.progress_of_lines(tx, [each.line_id for each in named if each.line_id is not None])
    guards = {
        each.id: frozenset({LINE_CANCELLED})
        for each in named
        if each.line_id in lines and lines[each.line_id].state is LineState.CANCELLED
    }
    check_movable(named, "reopen", guards)
    values = {
        "reject_reason": "",
        "reject_note": "",
        "approved_by": "",
        "approved_with": None,
        "po_line": "",
        "line_id": None,
        "progress": "",
    }
    ordered = [each for each in named if each.id in guards]
    rejected = [each for each in named if each.id not in guards]
    for rows, holds in ((ordered, frozenset({LINE_CANCELLED})), (rejected, NO_GUARDS)):
        if rows:
            move(tx, rows, "reopen", actor, values, guards=holds)
    _bibs_back(tx, rejected)
    return again(tx, request_ids)


def _bibs_back(tx: Tx, rejected: Sequence[Kept]) -> None:
    """Have the requests use their bibs again; a bib that is gone is found or made by what was asked."""
    asked = [each.request.mms_id for each in rejected if each.request.mms_id]
    there = store_titles.hold_bibs(tx, asked)
    for each in rejected:
        request = each.request
        if request.mms_id not in there:
            found = bibs.find(tx, replace(request.metadata, mms_id=""), request.format)
            request = replace(
                request, metadata=found.metadata, matched_by=found.matched_by, bib_hits=found.hits
            )
            store.set_values(
                tx,
                [request.id],
                {
                    "mms_id": request.mms_id,
                    "matched_by": request.matched_by,
                    "bib_hits": request.bib_hits,
                    "group_id": 0,
                },
            )
        bibs.use(tx, request)


def delete(tx: Tx, request_ids: Sequence[int], actor: Actor) -> None:
    """Forget requests that did not become an order. Raises Refusal: request_not_found,
    request_not_deletable."""
    named = known(store.hold(tx, request_ids), request_ids, actor)
    problems = [
        Problem("request_not_deletable", "purchase_request_id", each.id, state=each.request.state.value)
        for each in named
        if each.request.state is RequestState.APPROVED
    ]
    if problems:
        raise Refusal(problems)
    bibs.let_go(tx, [each.request for each in named if each.request.is_open])
    store.remove(tx, [each.id for each in named])
    change = {str(each.id): [Change("state", each.request.state, None)] for each in named}
    history.record_many(tx, KIND, change, actor.name)
    for each in named:
        tx.emit("purchase_request.deleted", str(each.id), {"state": each.request.state.value})


__all__ = ["assign", "defer", "delete", "reopen", "resume", "resume_due"]
