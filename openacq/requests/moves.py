"""Moving requests through their states, many of one event in a constant number of statements.

The rows are held by whoever decides (`store.hold`); the conditional UPDATE that names the state it leaves
is what decides in the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.requests import store
from openacq.requests.model import Actor, Request
from openacq.requests.states import REQUEST_STATES, RequestState
from openacq.requests.store import Kept
from openacq.store import Tx

KIND = "purchase_request"
PAST: Mapping[str, str] = MappingProxyType(
    {
        "approve": "approved",
        "reject": "rejected",
        "cancel": "cancelled",
        "defer": "deferred",
        "resume": "resumed",
        "reopen": "reopened",
    }
)
"""What is told of an event afterwards: `purchase_request.approved`."""


def move(
    tx: Tx,
    rows: Sequence[Kept],
    event: str,
    actor: Actor,
    values: Mapping[str, Any],
    *,
    text: str = "",
    facts: Mapping[str, Any] = MappingProxyType({}),
    guards: frozenset[str] = frozenset(),
) -> None:
    """Move held requests by an event of the table that each of them allows; `values` are columns set with
    it, `guards` those that hold for all, `facts` go with the news.

    Raises Refusal request_decided when somebody else was quicker.
    """
    groups: dict[tuple[RequestState, RequestState], list[Request]] = {}
    for each in rows:
        step = REQUEST_STATES.find(each.request.state, event, guards.__contains__)
        if step is None:
            raise Refusal(decided(each.request, event))
        groups.setdefault((each.request.state, step.target), []).append(each.request)
    past = PAST[event]
    for (left, reached), members in groups.items():
        ids = [each.id for each in members]
        if store.leave(tx, ids, left, reached, values) != len(ids):
            raise Refusal([decided(each, event) for each in members])
        change = [Change("state", left, reached)]
        history.record_many(tx, KIND, {str(each.id): change for each in members}, actor.name)
    everybody = [each for members in groups.values() for each in members]
    store.add_events(tx, [(each.id, past, text, actor.name) for each in everybody])
    for request in everybody:
        tx.emit(f"{KIND}.{past}", str(request.id), {"from": request.state.value, **facts})


def decided(request: Request, event: str) -> Problem:
    """The state does not allow the decision."""
    return Problem(
        "request_decided",
        "purchase_request_id",
        request.id,
        state=request.state.value,
        event=event,
        possible=possible(request),
    )


def possible(request: Request) -> str:
    return ", ".join(REQUEST_STATES.events(request.state)) or "nothing"


def check_movable(
    rows: Sequence[Kept], event: str, guards: Mapping[int, frozenset[str]] = MappingProxyType({})
) -> None:
    """Raises Refusal request_move_refused for each request whose state does not know the event."""
    problems = [
        Problem(
            "request_move_refused",
            "id",
            each.id,
            state=each.request.state.value,
            event=event,
            possible=possible(each.request),
        )
        for each in rows
        if REQUEST_STATES.find(each.request.state, event, guards.get(each.id, frozenset()).__contains__)
        is None
    ]
    if problems:
        raise Refusal(problems)
