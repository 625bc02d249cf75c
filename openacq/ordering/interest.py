"""Somebody else wants to hear of a line that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import moves, store_changes
from openacq.ordering.model import Actor, Interested, InterestedWish, Line, LineState
from openacq.ordering.read import held_line
from openacq.store import Tx


def add_interested(tx: Tx, number: str, wishes: Sequence[InterestedWish], actor: Actor) -> Line:
    """Make these people interested users of a line; those who are already get what they ask for besides.

    People nobody knows are passed over. Raises Refusal: line_not_found, line_cancelled.
    """
    before = held_line(tx, number, actor)
    if before.state is LineState.CANCELLED:
        raise Refusal(Problem("line_cancelled", "po_line_id", before.number))
    known = directory.users(tx, [wish.primary_id for wish in wishes])
    row = codes.row(tx, "PurchaseType", before.type)
    attributes = row.attributes if row is not None else {}
    printed = attributes.get("inventory") == "physical"
    continuous = attributes.get("continuity", "one_time") != "one_time"
    interested = {each.primary_id: each for each in before.interested}
    for wish in wishes:
        user = known.get(wish.primary_id)
        if user is None:
            continue
        name = user.primary_id
        old = interested.get(name) or Interested(name, user.first_name, user.last_name, user.email)
        interested[name] = replace(
            old,
            notify_receiving_activation=old.notify_receiving_activation or wish.notify_receiving_activation,
            hold_item=old.hold_item or (wish.hold_item and printed),
            notify_renewal=old.notify_renewal or (wish.notify_renewal and continuous),
            notify_cancel=old.notify_cancel or wish.notify_cancel,
        )
    after = replace(before, interested=tuple(interested.values()))
    if after.interested == before.interested:
        return before
    store_changes.write_line(tx, before, after, store_changes.order_of(tx, before.id))
    names = [[each.primary_id for each in line.interested] for line in (before, after)]
    history.record(tx, moves.LINE, after.number, [Change("interested", *names)], actor.name)
    tx.emit("po_line.changed", after.number, {"fields": ["interested"]})
    return after
