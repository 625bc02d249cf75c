"""Approving requests: one PO line for a title, everybody who asked for it interested in it.

The requests and all that are merged with them are held first, so that of two who decide at once one wins
and the other is told. A request whose group has a line of which something is still to come joins that
line; what has arrived is held and joined by nobody: a new line is made, which the reviewer chose knowing it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openacq.catalogue import service as catalogue
from openacq.directory import service as directory
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.requests import bibs, duplicates, line_types, people, placing, store, store_titles
from openacq.requests.model import Actor, Approve, Effect, Request
from openacq.requests.moves import decided, move
from openacq.requests.read import again, known
from openacq.requests.states import REQUEST_STATES, RequestState
from openacq.requests.store import Kept
from openacq.store import Tx

MOST_AT_ONCE = 100
_OF_STATE = frozenset({"request_decided", "request_ordered"})


@dataclass(slots=True)
class Plan:
    """What one order is made of: the requests that become it, named ones first; the line they join, if
    there is one, and what became of that; else the type of the line to be made."""

    members: list[Kept]
    joins: ordering.Progress | None = None
    progress: str = ""
    line_type: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def leading(self) -> Request:
        return self.members[0].request

    @property
    def owner(self) -> str:
        """The owning library of the first who names one."""
        return next((each.request.owning_library for each in self.members if each.request.owning_library), "")


def approve(tx: Tx, request_ids: Sequence[int], how: Approve, actor: Actor) -> tuple[Request, ...]:
    """Approve requests: a PO line for each title, or the line those they are merged with have already.

    All or nothing. Raises Refusal: request_not_found, request_decided (also for the one of two at once
    that came second), request_ordered (it was approved with another request and has that line),
    request_approver_unknown, request_owner_missing, request_line_type_missing, request_bib_gone,
    list_too_long, and what placing a line refuses. Returns those named, as they then are.
    """
    if len(request_ids) > MOST_AT_ONCE:
        raise Refusal(Problem("list_too_long", "ids", len(request_ids), limit=MOST_AT_ONCE))
    rows = store.hold(tx, request_ids)
    named = known(rows, request_ids, actor)
    store_titles.hold_lines(tx, [each.line_id for each in rows if each.line_id is not None])
    plans = _plans(tx, rows, named, how)
    by, unknown = _approver(tx, how, plans)
    found = [problem for plan in plans for problem in plan.problems]
    over = [problem for problem in found if problem.slug in _OF_STATE]
    # Alma looks at the request's state first, then at who decides, then at what a line needs.
    if problems := [*over, *unknown, *(problem for problem in found if problem not in over)]:
        raise Refusal(problems)
    signed = replace(actor, name=people.signed(by, actor))
    for plan in plans:
        _carry_out(tx, plan, by or actor.name, signed)
    return again(tx, request_ids)


def _approver(tx: Tx, how: Approve, plans: Sequence[Plan]) -> tuple[str, tuple[Problem, ...]]:
    """Who decides, "" when nobody is named; or request_approver_unknown."""
    if not how.approved_by:
        return "", ()
    libraries = {plan.owner for plan in plans if plan.owner}
    try:
        return people.check_staff(tx, how.approved_by, libraries, "approved_by"), ()
    except Refusal as refusal:
        return "", refusal.problems


# -- what will be done --------------------------------------------------------------------------


def _plans(tx: Tx, rows: Sequence[Kept], named: Sequence[Kept], how: Approve) -> list[Plan]:
    """One plan for each order, in the order of the requests named, with what stands against it. A
    constant number of statements."""
    groups: dict[int, list[Kept]] = {}
    for each in named:
        groups.setdefault(each.order_key, []).append(each)
    lines = ordering.progress_of_lines(tx, [each.line_id for each in rows if each.line_id is not None])
    there = {bib.mms_id for bib in catalogue.bibs(tx, sorted({each.request.mms_id for each in named}))}
    plans = []
    for key, chosen in groups.items():
        others = [each for each in rows if each.order_key == key and each not in chosen]
        waiting = [each for each in others if each.request.is_open and how.merged]
        plan = Plan([*chosen, *waiting])
        for each in others:
            line = lines.get(each.line_id) if each.line_id is not None else None
            if line is not None and line.awaited and each.request.state is RequestState.APPROVED:
                plan.joins, plan.progress = line, each.request.progress
                break
        if plan.joins is None:
            plan.line_type = line_types.type_for(tx, plan.leading)
        plan.problems = tuple(_against(tx, plan, chosen, lines, there))
        plans.append(plan)
    return plans


def _against(
    tx: Tx, plan: Plan, chosen: Sequence[Kept], lines: Mapping[int, ordering.Progress], there: set[str]
) -> list[Problem]:
    """What keeps the requests named from being approved, in Alma's order."""
    found = []
    for each in chosen:
        if REQUEST_STATES.find(each.request.state, "approve") is not None:
            continue
        line = lines.get(each.line_id) if each.line_id is not None else None
        if line is not None and line.live and each.approved_with is not None:
            found.append(Problem("request_ordered", "purchase_request_id", each.id, line=line.number))
        else:
            found.append(decided(each.request, "approve"))
    if found or plan.joins is not None:
        return found
    leading = plan.leading
    if not plan.owner or directory.library(tx, plan.owner) is None:
        found.append(Problem("request_owner_missing", "owning_library", leading.id))
    if not plan.line_type:
        found.append(line_types.missing(leading))
    if leading.mms_id not in there:
        found.append(Problem("request_bib_gone", "resource_metadata.mms_id", leading.mms_id))
    return found


def preview_approve(tx: Tx, request_ids: Sequence[int], how: Approve, actor: Actor) -> tuple[Effect, ...]:
    """What `approve` would do to each; nothing is changed."""
    rows = store.with_groups(tx, request_ids)
    named = known(rows, request_ids, actor)
    also = duplicates.of_requests(tx, [each.request for each in named])
    effects = {}
    for plan in _plans(tx, rows, named, how):
        for each in plan.members:
            effects[each.id] = Effect(
                each.id,
                None if plan.problems else RequestState.APPROVED,
                line_type=plan.line_type,
                joins=plan.joins.number if plan.joins else "",
                why_not="; ".join(problem.message() for problem in plan.problems),
                duplicates=also.get(each.id, duplicates.NOTHING),
            )
    return tuple(effects.values())


# -- doing it -----------------------------------------------------------------------------------


def _carry_out(tx: Tx, plan: Plan, by: str, actor: Actor) -> None:
    requests = [each.request for each in plan.members]
    if plan.joins is not None:
        wishes = placing.known_people(tx, requests)
        line_id, number = plan.joins.id, plan.joins.number
        ordering.add_interested(tx, number, wishes, actor)
    else:
        wish = placing.order_for(tx, requests, plan.owner, plan.line_type)
        line = ordering.place(tx, wish, actor)
        bibs.show(tx, line.bib)
        line_id, number = line.id, line.number
    values: dict[str, Any] = {
        "po_line": number,
        "line_id": line_id,
        "approved_by": by,
        "progress": plan.progress,
        "deferred_until": None,
        "deferral_reason": "",
        "approved_with": None,
    }
    store.add_words(tx, [each.id for each in plan.members], number)
    first, *with_it = plan.members
    move(tx, [first], "approve", actor, values, text=number)
    if with_it:
        named = {**values, "approved_with": first.id}
        move(tx, with_it, "approve", actor, named, text=number)
