"""Several people, one title: their requests are merged, and become one order.

A group is a number the requests share (the id of its first one). A request that comes in for a title and
format somebody waits for already joins that group; staff merge and separate by hand.
"""

from __future__ import annotations

from collections.abc import Sequence

from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.requests import store
from openacq.requests.model import Actor, Request
from openacq.requests.read import again, known
from openacq.requests.states import RequestState
from openacq.requests.store import Kept
from openacq.store import Tx


def join(tx: Tx, newcomer: Request, others: Sequence[Kept]) -> int:
    """The group of a new request: that of the oldest of the others for the same format that still waits or
    of whose line something is still to come; 0 when there is none: what has come is held, and another
    order is another decision. `others` are for the same bib."""
    alike = [each for each in others if each.request.format == newcomer.format and each.id != newcomer.id]
    lines = ordering.progress_of_lines(tx, [each.line_id for each in alike if each.line_id is not None])
    for each in alike:
        line = lines.get(each.line_id) if each.line_id is not None else None
        if each.request.is_open or (line is not None and line.awaited):
            group = each.request.group or each.id
            if not each.request.group:
                store.set_group(tx, [each.id], group)
                store.add_events(tx, [(each.id, "merged", str(newcomer.id), newcomer.created_by)])
            return group
    return 0


def merge(tx: Tx, request_ids: Sequence[int], actor: Actor) -> tuple[Request, ...]:
    """Have one order made for several requests for one bib and format. Raises Refusal: request_not_found,
    request_merge_refused."""
    rows = store.hold(tx, request_ids)
    named = known(rows, request_ids, actor)
    if reason := _why_not(named):
        value = ", ".join(str(each.id) for each in named)
        raise Refusal(Problem("request_merge_refused", "ids", value, reason=reason))
    old = {each.request.group for each in named if each.request.group}
    group = min(old or {each.id for each in named})
    members = [each for each in rows if each in named or each.request.group in old]
    store.set_group(tx, [each.id for each in members], group)
    others = ", ".join(str(each.id) for each in members)
    store.add_events(tx, [(each.id, "merged", others, actor.name) for each in named])
    for each in named:
        tx.emit("purchase_request.merged", str(each.id), {"group": group})
    return again(tx, request_ids)


def _why_not(named: Sequence[Kept]) -> str:
    if len(named) < 2:
        return "one request is no group"
    if any(each.request.state is RequestState.REJECTED for each in named):
        return "one of them is rejected"
    if len({each.request.mms_id for each in named}) > 1 or not named[0].request.mms_id:
        return "they are for different records"
    if len({each.request.format for each in named}) > 1:
        return "they are for different formats"
    if len({each.line_id for each in named if each.line_id is not None}) > 1:
        return "more than one of them is ordered already"
    return ""


def separate(tx: Tx, request_ids: Sequence[int], actor: Actor) -> tuple[Request, ...]:
    """Take requests that are not decided out of those they are merged with. Raises Refusal:
    request_not_found, request_move_refused."""
    named = known(store.hold(tx, request_ids), request_ids, actor)
    decided = [each.request for each in named if not each.request.is_open]
    if decided:
        raise Refusal(
            [
                Problem(
                    "request_move_refused",
                    "id",
                    each.id,
                    state=each.state.value,
                    event="separate",
                    possible="nothing",
                )
                for each in decided
            ]
        )
    store.set_group(tx, request_ids, 0)
    store.add_events(tx, [(each.id, "separated", "", actor.name) for each in named])
    return again(tx, request_ids)
