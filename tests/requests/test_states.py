"""The table of states: every pair is thought of, and `verify` sees what does not agree with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from openacq.jobs.verify import CHECKS
from openacq.kernel.refusal import Refusal
from openacq.requests import service as desk
from openacq.requests.model import Request, RequestState
from openacq.requests.states import LINE_CANCELLED, REQUEST_STATES
from openacq.requests.tables import purchase_requests, request_events
from openacq.store import Tx
from tests.requests.asking import DESK, Library, ready

S = RequestState
POSSIBLE = {
    S.IN_REVIEW: {"approve", "reject", "cancel", "defer"},
    S.DEFERRED: {"approve", "reject", "cancel", "resume"},
    S.APPROVED: set(),
    S.REJECTED: {"reopen"},
}
EVENTS = sorted({move.event for move in REQUEST_STATES.moves if move.origin is not None})


def test_the_table_says_what_may_happen() -> None:
    for state, events in POSSIBLE.items():
        found = {event for event in EVENTS if REQUEST_STATES.find(state, event, lambda _: False)}
        assert found == events
    only = REQUEST_STATES.find(S.APPROVED, "reopen", lambda guard: guard == LINE_CANCELLED)
    assert only is not None
    assert only.target is S.IN_REVIEW


def reach(library: Library, state: RequestState) -> Request:
    """A request in that state."""
    request = library.ask(wish=ready())
    if state is S.APPROVED:
        library.approve(request)
    elif state is S.REJECTED:
        library.reject(request)
    elif state is S.DEFERRED:
        library.write(lambda tx: desk.defer(tx, [request.id], date(2026, 12, 1), "", DESK))
    return request


@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_in_every_state(library: Library, state: RequestState, event: str) -> None:
    request = reach(library, state)
    acts: dict[str, Callable[[Tx], Any]] = {
        "defer": lambda tx: desk.defer(tx, [request.id], None, "", DESK),
        "resume": lambda tx: desk.resume(tx, [request.id], DESK),
        "reopen": lambda tx: desk.reopen(tx, [request.id], DESK),
        "cancel": lambda tx: desk.cancel(tx, request.id, "ann", DESK),
    }
    by_words = {"approve": library.approve, "reject": library.reject}

    def act() -> None:
        if event in acts:
            library.write(acts[event])
        else:
            by_words[event](request)

    if event in POSSIBLE[state]:
        act()
        step = REQUEST_STATES.find(state, event)
        assert step is not None
        assert library.now(request).state is step.target
    else:
        with pytest.raises(Refusal):
            act()
        assert library.now(request).state is state
    assert library.differences() == []


# -- verify -------------------------------------------------------------------------------------


def test_verify_asks_the_requests_desk() -> None:
    assert ("requests", desk.check) in CHECKS


def tamper(library: Library, request: Request, **values: Any) -> None:
    def work(tx: Tx) -> None:
        table = purchase_requests
        mine = (table.c.institution == tx.institution) & (table.c.id == request.id)
        tx.conn.execute(table.update().where(mine).values(**values))

    library.write(work)


@pytest.mark.parametrize(
    ("state", "values", "what"),
    [
        (S.APPROVED, {"po_line": "POL-9"}, "PO line"),
        (S.APPROVED, {"state": "INREVIEW"}, "PO line"),
        (S.REJECTED, {"reject_reason": ""}, "reason of rejection"),
        (S.IN_REVIEW, {"mms_id": "9999"}, "bib"),
        (S.IN_REVIEW, {"state": "REJECTED", "reject_reason": "COST"}, "used by request"),
        (S.IN_REVIEW, {"questions": 2}, "questions, unanswered"),
    ],
)
def test_verify_finds_what_does_not_agree(
    library: Library, state: RequestState, values: dict[str, Any], what: str
) -> None:
    request = reach(library, state)
    assert library.read(desk.check) == []
    tamper(library, request, **values)
    assert what in {difference.what for difference in library.read(desk.check)}


def test_verify_finds_strays(library: Library) -> None:
    request = reach(library, S.IN_REVIEW)

    def work(tx: Tx) -> None:
        mine = request_events.c.institution == tx.institution
        tx.conn.execute(request_events.update().where(mine).values(request_id=request.id + 1_000))

    library.write(work)
    (found,) = library.read(desk.check)
    assert found.expected == "a request that is there"
