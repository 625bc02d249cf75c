"""Taking a request in: checked, its title found, its turn counted, merged with those who wait already."""

from __future__ import annotations

from dataclasses import replace

from openacq.directory import service as directory
from openacq.directory.model import User
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import one_line
from openacq.requests import bibs, duplicates, groups, rules, store
from openacq.requests.check import Checked, check
from openacq.requests.model import Actor, Asked, AskFor, Note, Request, RequestState, Wish
from openacq.store import Tx

MOST_PROBLEMS = 100
SERIES = "REQ"


def ask(tx: Tx, wish: AskFor, actor: Actor, requester: User | None = None) -> Asked:
    """Take a request in: In Review, its bib found or made, merged with those who wait for the title.
    `requester` is the user the wish names, where somebody has looked them up already.

    Raises Refusal with every problem, in Alma's order: requester_unknown; request_metadata_missing,
    request_bib_unknown, request_title_missing, request_format_unknown, request_citation_missing or
    request_citation_unknown, request_material_unknown, request_library_unknown, request_currency_missing or
    request_currency_unknown, request_sum_invalid, request_vendor_unknown, request_account_missing or
    request_account_unknown, request_fund_unknown, request_place_library_missing or
    request_place_library_unknown, request_place_unknown, request_quantity_invalid. Of the institution's
    rules, when nothing else is wrong: request_format_refused, request_citation_refused,
    request_field_required, request_cost_refused; at last request_limit_open, request_limit_period.
    """
    problems: list[Problem] = []
    user = requester or (directory.user(tx, wish.requester) if wish.requester else None)
    if user is None:
        problems.append(Problem("requester_unknown", "user_id", wish.requester, type="primary_id"))
    checked = check(tx, wish.wish, actor, problems)
    rule = rules.decide(rules.rules(tx), user, wish.source) if user is not None else None
    if rule is not None and not problems:
        problems += rules.check(tx, rule, checked)
    problems += wish.wish.problems
    if problems or user is None:
        raise Refusal(problems[:MOST_PROBLEMS])
    if rule is not None:
        rules.check_limits(tx, rule, user)
    found = bibs.find(tx, checked.metadata, checked.format)
    request = made_of(tx, checked, wish.wish, found, actor)
    request = replace(
        request,
        id=tx.number(SERIES),
        requester=user.primary_id,
        requester_name=user.full_name,
        source=one_line(wish.source),
        created_by=actor.name,
    )
    # Of a title made just now nothing is held or on order, and nobody waits for it.
    known = (
        duplicates.of_bibs(tx, [request.mms_id])[request.mms_id] if found.matched_by else duplicates.NOTHING
    )
    if known.requests and rules.settings(tx).merge:
        others = store.hold(tx, [each.id for each in known.requests])
        request = replace(request, group=groups.join(tx, request, others))
    store.add(tx, request)
    bibs.use(tx, request)
    store.add_events(tx, [(request.id, "created", "", actor.name)])
    if request.group:
        store.add_events(tx, [(request.id, "merged", str(request.group), actor.name)])
    tx.emit("purchase_request.created", str(request.id), {"group": request.group})
    return Asked(request, duplicates.notices(known, user.primary_id, found.hits))


def made_of(tx: Tx, checked: Checked, wish: Wish, found: bibs.Found, actor: Actor) -> Request:
    """A request as a wish makes it, in review, of nobody yet."""
    return Request(
        id=0,
        state=RequestState.IN_REVIEW,
        requester="",
        metadata=found.metadata,
        created=tx.now,
        changed=tx.now,
        state_since=tx.now,
        format=checked.format,
        requested_type=checked.requested_type,
        notify_receiving_activation=wish.notify_receiving_activation,
        hold_item=wish.hold_item,
        notify_renewal=wish.notify_renewal,
        notify_cancel=wish.notify_cancel,
        owning_library=checked.owning_library,
        estimated_cost=checked.cost,
        fund=checked.fund,
        vendor=checked.vendor,
        vendor_account=checked.vendor_account,
        email=checked.email,
        requester_note=checked.requester_note,
        notes=tuple(Note(text, tx.now, actor.name) for text in checked.notes),
        places=checked.places,
        matched_by=found.matched_by,
        bib_hits=found.hits,
    )
