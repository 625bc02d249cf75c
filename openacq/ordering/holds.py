"""Holds: copies that came in and are kept for somebody.

Who is interested in an order may ask that a copy be kept. When one is received, it becomes a hold:
`wanted`, offered to the circulation system as an event and at `/openacq/v1/holds`. That system says
what it made of it: `passed_on` (it has it now), `done`, or `failed` with a reason. What is not taken
or fails is offered again, later and later, and at last left failed for staff to look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.states import Move, StateTable
from openacq.ordering import store_holds, store_progress
from openacq.ordering.progress import PHYSICAL, Progress
from openacq.ordering.store_holds import HoldRow
from openacq.store import Tx

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(days=1)
NOT_TAKEN = "the circulation system did not take it"
RECEIPT_UNDONE = "the receipt was undone"


class HoldState(StrEnum):
    WANTED = "wanted"
    PASSED_ON = "passed_on"
    DONE = "done"
    FAILED = "failed"


_H = HoldState
HOLD_STATES = StateTable(
    HoldState,
    (
        Move(None, "receive", _H.WANTED),
        Move(_H.WANTED, "pass on", _H.PASSED_ON),
        Move(_H.WANTED, "finish", _H.DONE),
        Move(_H.WANTED, "fail", _H.FAILED),
        Move(_H.WANTED, "offer", _H.WANTED),
        Move(_H.PASSED_ON, "finish", _H.DONE),
        Move(_H.PASSED_ON, "fail", _H.FAILED),
        Move(_H.FAILED, "offer", _H.WANTED),
        Move(_H.FAILED, "pass on", _H.PASSED_ON),
        Move(_H.FAILED, "finish", _H.DONE),
    ),
)
EVENT_INTO: Mapping[HoldState, str] = MappingProxyType(
    {
        HoldState.WANTED: "offer",
        HoldState.PASSED_ON: "pass on",
        HoldState.DONE: "finish",
        HoldState.FAILED: "fail",
    }
)
"""What leads into each state when it is set from outside."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A copy kept for a user. `attempts` counts offers that came to nothing; `due` is when it is offered
    next, None when it is not any more."""

    id: int
    line: str
    title: str
    item_id: str
    barcode: str
    primary_id: str
    state: HoldState
    reason: str
    attempts: int
    due: datetime | None
    created: datetime
    changed: datetime


def wait_for(attempts: int) -> timedelta:
    """How long until a hold is offered again that was offered in vain `attempts` times."""
    return min(FIRST_WAIT * (1 << min(attempts, 16)), LONGEST_WAIT)


def keep_received(tx: Tx, line: Progress, item_ids: Sequence[str]) -> list[int]:
    """Make holds of copies just received: each copy for the next user who asked and has none yet.

    When nothing is missing any more, those who are left wait for the last copy. The line is locked.
    """
    if line.inventory != PHYSICAL or not item_ids:
        return []
    asking = [each.primary_id for each in store_progress.interested(tx, line.id) if each.hold_item]
    if not asking:
        return []
    served = {
        row.primary_id
        for row in store_holds.of_lines(tx, [line.id])
        if row.state != HoldState.FAILED.value or row.reason != RECEIPT_UNDONE
    }
    waiting = [primary_id for primary_id in dict.fromkeys(asking) if primary_id not in served]
    pairs = list(zip(waiting, item_ids, strict=False))
    if line.everything:
        pairs += [(primary_id, item_ids[-1]) for primary_id in waiting[len(pairs) :]]
    if not pairs:
        return []
    rows = [
        {
            "line_id": line.id,
            "item_id": item_id,
            "primary_id": primary_id,
            "state": HoldState.WANTED.value,
            "due": tx.now + wait_for(0),
        }
        for primary_id, item_id in pairs
    ]
    ids = store_holds.add(tx, rows)
    _tell(tx, store_holds.by_ids(tx, ids))
    return ids


def withdraw(tx: Tx, line: Progress, item_ids: Sequence[str]) -> None:
    """The receipts of these copies are undone: nobody can have them."""
    for row in store_holds.of_lines(tx, [line.id]):
        if row.item_id in item_ids and row.state != HoldState.DONE.value and row.reason != RECEIPT_UNDONE:
            store_holds.leave(
                tx, row.id, row.state, HoldState.FAILED.value, RECEIPT_UNDONE, row.attempts, None
            )
            _tell(tx, store_holds.by_ids(tx, [row.id]))


def holds(
    tx: Tx,
    *,
    states: Sequence[HoldState] = (),
    line: str = "",
    primary_id: str = "",
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Hold], int]:
    """A page of holds, the oldest first, and how many there are."""
    rows, total = store_holds.listed(tx, [state.value for state in states], line, primary_id, limit, offset)
    return [_hold(row) for row in rows], total


def interested_in(tx: Tx, line_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """By line, the primary ids of those who asked that a copy be kept for them; one statement."""
    found: dict[int, tuple[str, ...]] = {}
    for line_id, primary_id in store_holds.wanted(tx, line_ids) if line_ids else ():
        found[line_id] = (*found.get(line_id, ()), primary_id)
    return found


def several(tx: Tx, hold_ids: Sequence[int]) -> tuple[Hold, ...]:
    """Holds by their ids; those that do not exist are left out."""
    return tuple(_hold(row) for row in store_holds.by_ids(tx, hold_ids)) if hold_ids else ()


def hold(tx: Tx, hold_id: int) -> Hold:
    """Raises Refusal record_missing."""
    return _hold(_row(tx, hold_id))


def settle(tx: Tx, hold_id: int, state: HoldState, reason: str = "") -> Hold:
    """Say what became of a hold, or (`wanted`) offer it again. Setting what it is already is no change.

    A failed one is offered again after a while, unless it was tried often enough. Raises Refusal:
    record_missing, hold_refused (no way into that state), reason_missing (of a failure).
    """
    row = _row(tx, hold_id)
    if state is HoldState.FAILED and not reason:
        raise Refusal(Problem("field_missing", "reason"))
    if row.state == state.value and state is not HoldState.WANTED:
        return _hold(row)
    if row.reason == RECEIPT_UNDONE:
        raise Refusal(Problem("hold_refused", "state", row.id, state=row.state, reason=RECEIPT_UNDONE))
    now = HoldState(row.state)
    if HOLD_STATES.find(now, EVENT_INTO[state]) is None:
        possible = ", ".join(HOLD_STATES.events(now)) or "nothing"
        raise Refusal(
            Problem("hold_refused", "state", row.id, state=row.state, reason=f"possible: {possible}")
        )
    attempts, due = 0, None
    if state is HoldState.FAILED:
        attempts = row.attempts + 1
        due = tx.now + wait_for(attempts) if attempts < MOST_ATTEMPTS else None
    elif state is HoldState.WANTED:
        due = tx.now + wait_for(0)
    else:
        attempts = row.attempts
    if not store_holds.leave(tx, row.id, row.state, state.value, reason, attempts, due):
        raise Refusal(
            Problem("hold_refused", "state", row.id, state=row.state, reason="somebody else was quicker")
        )
    settled = store_holds.by_ids(tx, [row.id])
    _tell(tx, settled)
    return _hold(settled[0])


def offer_again(tx: Tx, most: int = 100) -> int:
    """Offer the holds that are due: not taken, or failed. For the job; returns how many it looked at.

    One that was offered often enough is left failed, with its last reason.
    """
    rows = store_holds.due(tx, most)
    offered = []
    for row in rows:
        attempts = row.attempts + (1 if row.state == HoldState.WANTED.value else 0)
        if attempts >= MOST_ATTEMPTS:
            reached, reason, due = HoldState.FAILED, row.reason or NOT_TAKEN, None
        else:
            reached, reason, due = HoldState.WANTED, row.reason, tx.now + wait_for(attempts)
        if store_holds.leave(tx, row.id, row.state, reached.value, reason, attempts, due):
            offered.append(row.id)
    _tell(tx, store_holds.by_ids(tx, offered))
    return len(rows)


def _tell(tx: Tx, rows: Sequence[HoldRow]) -> None:
    for row in rows:
        tx.emit(
            f"hold.{row.state}",
            str(row.id),
            {
                "hold": row.id,
                "line": row.line,
                "item_id": row.item_id,
                "barcode": row.barcode,
                "primary_id": row.primary_id,
                "reason": row.reason,
                "attempts": row.attempts,
            },
        )


def _row(tx: Tx, hold_id: int) -> HoldRow:
    found = store_holds.by_ids(tx, [hold_id])
    if not found:
        raise Refusal(Problem("record_missing", "hold", hold_id, what="Hold"))
    return found[0]


def _hold(row: HoldRow) -> Hold:
    return Hold(
        id=row.id,
        line=row.line,
        title=row.title,
        item_id=row.item_id,
        barcode=row.barcode,
        primary_id=row.primary_id,
        state=HoldState(row.state),
        reason=row.reason,
        attempts=row.attempts,
        due=row.due,
        created=row.created,
        changed=row.changed,
    )
