"""Rejecting requests with a reason, and taking one back: a bib made for it that nobody needs goes too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openacq.codes import service as codes
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.text import clean
from openacq.requests import bibs, duplicates, store
from openacq.requests.check import valid_codes
from openacq.requests.model import CANCELLED_BY_REQUESTER, REASONS, Actor, Effect, Reject, Request
from openacq.requests.moves import decided, move
from openacq.requests.read import again, known, missing
from openacq.requests.states import REQUEST_STATES, RequestState
from openacq.requests.store import Kept
from openacq.store import Tx


def reject(tx: Tx, request_ids: Sequence[int], how: Reject, actor: Actor) -> tuple[Request, ...]:
    """Reject requests with one reason; bibs made for them that nobody else needs are deleted.

    All or nothing, a constant number of statements. Raises Refusal: request_reason_missing,
    request_reason_unknown, request_not_found, request_decided.
    """
    _check_reason(tx, how.reason)
    rows = store.hold(tx, request_ids)
    chosen = _chosen(rows, known(rows, request_ids, actor), how)
    problems = _against(chosen)
    if problems:
        raise Refusal(problems)
    _turn_down(tx, chosen, "reject", how.reason, clean(how.note), actor)
    return again(tx, request_ids)


def cancel(tx: Tx, request_id: int, requester: str, actor: Actor) -> Request:
    """The requester takes the request back. Raises Refusal: request_not_found (also somebody else's),
    request_not_cancellable."""
    rows = store.hold(tx, [request_id])
    (row,) = known(rows, [request_id], actor)
    if row.request.requester != requester:
        raise Refusal(missing(request_id))
    if REQUEST_STATES.find(row.request.state, "cancel") is None:
        raise Refusal(
            Problem(
                "request_not_cancellable", "purchase_request_id", request_id, state=row.request.state.value
            )
        )
    _turn_down(tx, [row], "cancel", CANCELLED_BY_REQUESTER, "", actor)
    return again(tx, [request_id])[0]


def preview_reject(tx: Tx, request_ids: Sequence[int], how: Reject, actor: Actor) -> tuple[Effect, ...]:
    """What `reject` would do to each; nothing is changed. Raises Refusal: request_reason_missing,
    request_reason_unknown, request_not_found."""
    _check_reason(tx, how.reason)
    rows = store.with_groups(tx, request_ids)
    chosen = _chosen(rows, known(rows, request_ids, actor), how)
    also = duplicates.of_requests(tx, [each.request for each in chosen])
    effects = []
    for each in chosen:
        problems = _against([each])
        effects.append(
            Effect(
                each.id,
                None if problems else RequestState.REJECTED,
                why_not="; ".join(problem.message() for problem in problems),
                duplicates=also[each.id],
            )
        )
    return tuple(effects)


def _check_reason(tx: Tx, reason: str) -> None:
    if not reason:
        raise Refusal(Problem("request_reason_missing", "reject_reason", table=REASONS))
    table = codes.known_table(tx, REASONS)
    if table.check("", reason) is not None:
        meant = probable(table.nearest(reason))
        raise Refusal(
            Problem(
                "request_reason_unknown", "reject_reason", reason, valid=valid_codes(table), probable=meant
            )
        )


def _chosen(rows: Sequence[Kept], named: Sequence[Kept], how: Reject) -> list[Kept]:
    """The requests named and, if that is wanted, the open ones merged with them."""
    if not how.merged:
        return list(named)
    keys = {each.order_key for each in named}
    others = [each for each in rows if each.order_key in keys and each not in named]
    return [*named, *(each for each in others if each.request.is_open)]


def _against(chosen: Sequence[Kept]) -> list[Problem]:
    return [
        decided(each.request, "reject")
        for each in chosen
        if REQUEST_STATES.find(each.request.state, "reject") is None
    ]


def _turn_down(tx: Tx, rows: Sequence[Kept], event: str, reason: str, note: str, actor: Actor) -> None:
    values: dict[str, Any] = {
        "reject_reason": reason,
        "reject_note": note,
        "deferred_until": None,
        "deferral_reason": "",
    }
    move(tx, rows, event, actor, values, text=reason, facts={"reason": reason})
    gone = bibs.let_go(tx, [each.request for each in rows])
    without = [each.id for each in rows if each.request.mms_id in gone]
    if without:
        store.set_values(tx, without, {"mms_id": ""})
