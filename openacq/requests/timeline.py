"""One story from wish to shelf: what happened to the request, and to the PO line made of it."""

from __future__ import annotations

from collections.abc import Iterator

from openacq.history import service as history
from openacq.ordering import service as ordering
from openacq.requests import store
from openacq.requests.model import Actor, Step
from openacq.requests.read import request
from openacq.store import Tx

LINE_HISTORY = "po_line"
"""The kind under which the ordering desk keeps the history of its lines."""
MOST_RECEIPTS = 100


def timeline(tx: Tx, request_id: int, actor: Actor, *, requester: str = "") -> tuple[Step, ...]:
    """Everything that happened from the wish to the shelf, oldest first; of the PO line too.

    With `requester` only of that user's request. Raises Refusal request_not_found.
    """
    found = request(tx, request_id, actor, requester=requester)
    steps = store.events(tx, found.id)
    if found.po_line:
        steps += _of_line(tx, found.po_line)
    return tuple(sorted(steps, key=lambda step: step.at))


def _of_line(tx: Tx, number: str) -> Iterator[Step]:
    """What the ordering desk knows: states, and what arrived."""
    line_id = ordering.line_id(tx, number)
    if line_id is None:
        return
    for entry in history.of(tx, LINE_HISTORY, number):
        if entry.field == "state" and entry.new:
            yield Step(entry.at, "line_state", entry.new, entry.who, number)
    wanted = ordering.ReceiptFilter(line=number, undone=False)
    received, _ = ordering.receipts(tx, wanted, limit=MOST_RECEIPTS)
    for each in received:
        text = each.barcode or each.item_id or each.portfolio_id
        yield Step(each.at, "line_received", text, each.operator, number)
