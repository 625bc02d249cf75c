"""The review desk's use cases: order now, send back, assign, defer, resume; one line or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import moves, store, store_moves, store_review
from openacq.ordering.alerts import ALERTS
from openacq.ordering.model import Actor, LineState
from openacq.ordering.states import BY_HAND, COMPLETE, IN_OPEN_ORDER
from openacq.ordering.store_moves import MovingLine
from openacq.store import Tx

MUST_BE_MENDED = frozenset(
    {
        "account_missing",
        "fund_foreign",
        "fund_inactive",
        "fund_missing",
        "fund_short",
        "fund_summary",
        "fund_unknown",
        "fund_library",
        "location_missing",
        "price_missing",
        "reference_long",
        "renewal_missing",
        "shares_differ",
        "vendor_missing",
        "waits_for_submission",
    }
)
"""Alerts that ordering now cannot pass over: the line would not be whole. The others a look settles."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action would do to one line: the state it would reach, or why it is not possible."""

    number: str
    state: LineState | None
    why_not: str = ""


def order_now(tx: Tx, ids: Sequence[int], actor: Actor) -> dict[int, LineState]:
    """Let lines leave review, their settled alerts gone. Funds that were short are tried again first.

    Raises Refusal: line_incomplete (naming what must be mended), move_refused, state_changed.
    """
    store.hold(tx, ids)
    _try_funds_again(tx, ids)
    alerts = store_review.blocking_slugs(tx, ids)
    rows = store_moves.lines(tx, ids)
    open_orders = store_review.in_open_order(tx, ids)
    problems = [
        Problem("line_incomplete", "number", row.number, missing=", ".join(sorted(missing)))
        for row in rows
        if row.state is LineState.IN_REVIEW and (missing := alerts.get(row.id, frozenset()) & MUST_BE_MENDED)
    ]
    if problems:
        raise Refusal(problems)

    def holds(row: MovingLine, guard: str) -> bool:
        return {IN_OPEN_ORDER: row.id in open_orders, BY_HAND: False, COMPLETE: True}.get(guard, False)

    reached = moves.move_lines(tx, ids, "order now", actor, holds=holds, values={"assigned_to": ""})
    store_review.settle_alerts(tx, ids)
    return reached


def _try_funds_again(tx: Tx, ids: Sequence[int]) -> None:
    """Encumber anew what a short fund or a missing rate kept unposted; drop alerts that no longer hold."""
    waiting = store_review.lines_with_alerts(tx, ids, ("fund_short", "fund_foreign"))
    if not waiting:
        return
    for line_id, outcomes in moves.encumber_again(tx, waiting).items():
        if all(outcome.block is None for outcome in outcomes):
            store_review.drop_alerts(tx, [line_id], ("fund_short", "fund_foreign"))


def preview_order_now(tx: Tx, ids: Sequence[int]) -> list[Effect]:
    """What `order_now` would do to each line; nothing is changed."""
    alerts = store_review.blocking_slugs(tx, ids)
    effects = []
    for row in store_moves.lines(tx, ids):
        missing = alerts.get(row.id, frozenset()) & MUST_BE_MENDED
        if row.state is not LineState.IN_REVIEW:
            effects.append(Effect(row.number, None, f"it is {row.state.value}"))
        elif missing:
            words = "; ".join(ALERTS[slug].fix.split("{")[0].strip() for slug in sorted(missing))
            effects.append(Effect(row.number, None, words))
        else:
            effects.append(Effect(row.number, LineState.AUTO_PACKAGING))
    return effects


def send_back(tx: Tx, ids: Sequence[int], actor: Actor) -> dict[int, LineState]:
    """Back to review from packaging."""
    return moves.move_lines(tx, ids, "review", actor)


def defer(tx: Tx, ids: Sequence[int], actor: Actor, until: date | None, reason: str) -> dict[int, LineState]:
    """Put lines aside until a day, with a reason. Raises Refusal: date_passed, move_refused."""
    if until is not None and until <= tx.today:
        raise Refusal(Problem("date_passed", "until", until.isoformat()))
    values = {"deferred_until": until, "deferral_reason": reason}
    return moves.move_lines(tx, ids, "defer", actor, values=values)


def resume(tx: Tx, ids: Sequence[int], actor: Actor) -> dict[int, LineState]:
    """Back to review from being put aside."""
    return moves.move_lines(tx, ids, "resume", actor, values={"deferred_until": None, "deferral_reason": ""})


def resume_due(tx: Tx, actor: Actor, most: int = 200) -> int:
    """Bring back the lines whose day has come; returns how many."""
    ids = store_review.due_to_resume(tx, tx.today, most)
    if ids:
        resume(tx, ids, actor)
    return len(ids)


def assign(tx: Tx, ids: Sequence[int], actor: Actor, to: str) -> None:
    """Put a name on lines, or take it off with "". The name is a primary id the caller has checked."""
    rows = moves.known_lines(tx, ids)
    before = store_review.assigned(tx, ids)
    store_review.assign(tx, ids, to)
    history.record_many(
        tx,
        moves.LINE,
        {row.number: [Change("assigned_to", before.get(row.id, ""), to)] for row in rows},
        actor.name,
    )


__all__ = [
    "Effect",
    "assign",
    "defer",
    "order_now",
    "preview_order_now",
    "resume",
    "resume_due",
    "send_back",
]
