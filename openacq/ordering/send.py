"""Sending POs: after the approval is durable, by a letter to the vendor, or by nothing at all.

A PO that is approved is taken up by whoever works through the outbox. Methods that tell the vendor
nothing, and accounts that want nothing, are sent at once; for all others a letter is written, which
leaves by the queue of letters, and the PO is sent when the letter is. Until then its `send_state` says
how it stands: waiting, or failed with the reason; it stays approved, and nothing of it is lost.

    approved ── no letter needed ───────────────→ sent
        └────── letter waiting ── delivered ────→ sent
                    └── failed (tried again) … or given up: sent again by hand, a new letter

One approval writes one letter; a new one is written only when the one before it can no longer leave.
Changing or cancelling a line of a PO that has not gone out takes the letter back and begins again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import service as letters
from openacq.letters.model import Preview, State
from openacq.ordering import (
    approve,
    cancel_letter,
    claim,
    close,
    moves,
    order_letter,
    progress,
    store_cancel,
    store_orders,
)
from openacq.ordering.model import Actor, LineState
from openacq.ordering.order_letter import KIND, SOURCE, Destination, live
from openacq.ordering.states import ALL_READY, OrderState
from openacq.ordering.store import LineRow
from openacq.ordering.store_orders import OrderRow
from openacq.store import Tx
from openacq.store.outbox import News, Reaction
from openacq.vendors.model import SendOrders

BY_JOB = Actor("sending")
PURCHASED_THERE = "VENDOR_SYSTEM"


class SendBy(StrEnum):
    """How a PO went out."""

    LETTER = "letter"
    FILE = "file"
    NONE = "none"
    VENDOR_SYSTEM = "vendor_system"


class SendState(StrEnum):
    """How the sending of an approved PO stands."""

    WAITING = "waiting"
    FAILED = "failed"
    SENT = "sent"


# -- going out ----------------------------------------------------------------------------------


def begin(tx: Tx, news: News) -> None:
    """Take up a PO that was approved. What keeps it from going out is written on it."""
    order = store_orders.order(tx, news.subject, hold=True)
    if order is None or order.state is not OrderState.APPROVED or order.letter_id is not None:
        return
    problem = _start(tx, order)
    if problem:
        _hold_back(tx, order, problem)


def not_begun(tx: Tx, news: News, words: str) -> None:
    """A PO could not even be taken up, again and again: say so on it."""
    order = store_orders.order(tx, news.subject, hold=True)
    if order is not None and order.state is OrderState.APPROVED:
        _hold_back(tx, order, words)


def send(tx: Tx, number: str, actor: Actor) -> None:
    """Send an approved PO that did not go out, once more: its letter is taken back and a new one written.

    Raises Refusal: record_missing, order_unsendable (naming what keeps it), order_not_approved,
    order_going (its letter is leaving just now).
    """
    order = approve.known(tx, number, hold=True)
    if order.state is not OrderState.APPROVED:
        raise Refusal(Problem("order_not_approved", "order", number, state=order.state.value))
    if not _take_back(tx, order, f"sent again by {actor.name}"):
        raise Refusal(Problem("order_going", "order", number))
    problem = _start(tx, order)
    if problem:
        raise Refusal(Problem("order_unsendable", "order", number, reason=problem))
    tx.emit("purchase_order.sent_again", number, {"by": actor.name})


def _start(tx: Tx, order: OrderRow) -> str:
    """Send the PO or write its letter; returns what keeps it from that, "" when nothing does."""
    lines = live(store_orders.lines_of(tx, order.id))
    unready = [f"{line.number} is {line.state}" for line in lines if line.state != LineState.READY]
    if unready or not lines:
        return "; ".join(unready) or "it has no lines"
    method = codes.row(tx, "AcquisitionMethod", order.method)
    if method is not None and method.attributes.get("sends_to_vendor") != "true":
        by = SendBy.VENDOR_SYSTEM if order.method == PURCHASED_THERE else SendBy.NONE
        _gone(tx, order, lines, by)
        return ""
    to = order_letter.destination(tx, order)
    if to.way is SendOrders.NONE:
        _gone(tx, order, lines, SendBy.NONE)
        return ""
    problem = to.problem or order_letter.too_long(lines, to.account)
    return problem or _write(tx, order, lines, to)


def _write(tx: Tx, order: OrderRow, lines: Sequence[LineRow], to: Destination) -> str:
    """Write the letter; what is wrong with it, "" when it waits to leave."""
    letter_id = letters.enqueue(tx, order_letter.wish(tx, order, lines, to))
    letter = letters.letter(tx, letter_id)
    waits = letter.state is State.WAITING
    store_orders.note_sending(
        tx,
        order,
        by=SendBy.FILE if to.way is SendOrders.FOLDER else SendBy.LETTER,
        standing=SendState.WAITING if waits else SendState.FAILED,
        words="" if waits else letter.error,
        letter=letter_id,
        written=order.letters + 1,
    )
    return ""


def _hold_back(tx: Tx, order: OrderRow, words: str) -> None:
    if (order.send_state, order.send_error) == (SendState.FAILED, words):
        return
    store_orders.note_sending(
        tx,
        order,
        by=order.send_by,
        standing=SendState.FAILED,
        words=words,
        letter=order.letter_id,
        written=order.letters,
    )
    tx.emit("purchase_order.not_sent", order.number, {"reason": words})


def _gone(tx: Tx, order: OrderRow, lines: Sequence[LineRow], by: SendBy) -> None:
    """The vendor has the PO: it and its lines are sent, and wait for what comes."""
    moves.move_orders(
        tx,
        [order.id],
        "send",
        BY_JOB,
        holds=lambda _order, guard: guard == ALL_READY,
        values={"send_by": by.value, "send_state": SendState.SENT.value, "send_error": "", "sent": tx.now},
    )
    ids = [line.id for line in lines]
    reached = moves.move_lines(
        tx, ids, "send", BY_JOB, holds=progress.guards_of(tx, ids), values={"sent": tx.now}
    )
    claim.expect(tx, ids)
    complete = [line_id for line_id, state in reached.items() if state is LineState.WAITING_FOR_INVOICE]
    if complete:
        close.close_paid(tx, complete, BY_JOB)


# -- what became of the letter ------------------------------------------------------------------


def letter_told(tx: Tx, news: News) -> None:
    """Turn news of a PO's letter (sent, failed, dead, cancelled by hand) into where the PO stands."""
    payload = news.payload
    if payload.get("kind") != KIND or payload.get("source_kind") != SOURCE:
        return
    order = store_orders.order(tx, payload["source_id"], hold=True)
    if order is None or order.state is not OrderState.APPROVED or order.letter_id != payload["letter"]:
        return
    if news.topic == "letter.sent":
        by = SendBy.FILE if order.send_by == SendBy.FILE else SendBy.LETTER
        ready = [line for line in store_orders.lines_of(tx, order.id) if line.state == LineState.READY]
        _gone(tx, order, ready, by)
        return
    words = payload.get("error")
    if news.topic == "letter.cancelled":
        _hold_back(tx, order, f"its letter was cancelled{f': {words}' if words else ''}")
        return
    again = "" if news.topic == "letter.dead" else " (will be tried again)"
    _hold_back(tx, order, f"{words or 'the letter could not be sent'}{again}")


def _tell_of_cancelled(tx: Tx, order: OrderRow) -> None:
    """Lines that were cancelled while the letter with them was leaving: the vendor hears of it, asked for or
    not, for it has just been told to deliver them."""
    if order.sent is None or order.letter_id is None:
        return
    reasons = store_cancel.untold(tx, order.id, letters.letter(tx, order.letter_id).created)
    for reason in sorted(set(reasons.values())):
        left = {line_id: LineState.READY for line_id, each in reasons.items() if each == reason}
        cancel_letter.inform(tx, left, BY_JOB, reason, "", sent=True)


# -- again, and back ----------------------------------------------------------------------------


def resend(tx: Tx, number: str, actor: Actor) -> int:
    """Send the vendor a copy of a PO that is out, marked as one; returns the id of the letter.

    Raises Refusal: record_missing, order_unsendable (naming why), order_not_sent.
    """
    order = approve.known(tx, number, hold=True)
    if order.state not in (OrderState.SENT, OrderState.CLOSED):
        raise Refusal(Problem("order_not_sent", "order", number, state=order.state.value))
    lines = live(store_orders.lines_of(tx, order.id))
    to = order_letter.destination(tx, order)
    problem = to.problem
    if to.way is SendOrders.NONE:
        problem = f"account {order.account} gets no orders"
    if not lines:
        problem = "every line of it is cancelled"
    if problem:
        raise Refusal(Problem("order_unsendable", "order", number, reason=problem))
    letter_id = letters.enqueue(tx, order_letter.wish(tx, order, lines, to, copy=True))
    store_orders.note_sending(
        tx,
        order,
        by=order.send_by,
        standing=order.send_state,
        words=order.send_error,
        letter=order.letter_id,
        written=order.letters + 1,
    )
    tx.emit("purchase_order.copy_sent", number, {"letter": letter_id, "by": actor.name})
    return letter_id


def preview(tx: Tx, number: str) -> Preview:
    """The letter as it would be written now, whether or not the PO sends one.

    Raises Refusal record_missing.
    """
    order = approve.known(tx, number)
    lines = live(store_orders.lines_of(tx, order.id))
    to = order_letter.destination(tx, order)
    sent = order.state in (OrderState.SENT, OrderState.CLOSED)
    facts = order_letter.facts(tx, order, lines, to, copy=sent)
    return letters.preview(tx, KIND, order_letter.language_of(to.vendor), facts)


def call_back(tx: Tx, order: OrderRow, actor: Actor, why: str) -> bool:
    """Make an approved PO that has not gone out open again; False when its letter is leaving or has left."""
    if order.state is not OrderState.APPROVED:
        return order.state is OrderState.OPEN
    if not _take_back(tx, order, why):
        return False
    values = {"approved": None, "approved_by": "", "send_state": "", "send_error": "", "letter_id": None}
    moves.move_orders(tx, [order.id], "reopen", actor, values=values)
    return True


def _take_back(tx: Tx, order: OrderRow, why: str) -> bool:
    """Keep the PO's letter from leaving; False when it is leaving or has left."""
    if order.letter_id is None:
        return True
    gone = letters.withdraw(tx, order.letter_id, why)
    return gone or letters.letter(tx, order.letter_id).state is State.WITHDRAWN


def follow(tx: Tx, news: News) -> None:
    """A line was changed or cancelled: the PO it is in begins again without it, or with what it is now, if
    it has not gone out; one without lines that are left ends. Of a line that was cancelled while the letter
    was leaving the vendor is told.

    Raises Refusal order_going while the letter is just leaving, so that it is looked at again afterwards.
    """
    if news.topic == "po_line.changed" and not _ON_THE_LETTER & set(news.payload.get("fields", ())):
        return
    found = store_orders.order_of_line(tx, news.subject)
    order = store_orders.order(tx, found.number, hold=True) if found is not None else None
    if order is None:
        return
    why = f"line {news.subject} was changed or cancelled"
    if order.state is OrderState.APPROVED:
        if not call_back(tx, order, BY_JOB, why):
            raise Refusal(Problem("order_going", "order", order.number))
        order = approve.known(tx, order.number)
    elif order.state is OrderState.CANCELLED:
        _take_back(tx, order, why)
    if news.topic == "po_line.cancel":
        _tell_of_cancelled(tx, order)
    if order.state is OrderState.OPEN and store_orders.contents(tx, [order.id]):
        approve.approve_what_needs_none(tx, [order.id])
    else:
        lines = [line.id for line in store_orders.lines_of(tx, order.id)]
        close.orders_follow(tx, progress.of_lines(tx, lines).values(), BY_JOB)


_ON_THE_LETTER = frozenset(
    {"price", "quantity", "net", "no_charge", "rush", "reference", "places", "copies", "vendor_note"}
)
"""Fields of a line that its PO's letter speaks of, or that decide whether it needs approval."""

REACTIONS: Mapping[str, Reaction] = MappingProxyType(
    {
        "purchase_order.approve": Reaction(begin, in_order=True, given_up=not_begun),
        "purchase_order.approve_itself": Reaction(begin, in_order=True, given_up=not_begun),
        "letter.sent": Reaction(letter_told, in_order=True),
        "letter.failed": Reaction(letter_told, in_order=True),
        "letter.dead": Reaction(letter_told, in_order=True),
        "letter.cancelled": Reaction(letter_told, in_order=True),
        "po_line.cancel": Reaction(follow, in_order=True),
        "po_line.changed": Reaction(follow, in_order=True),
        "po_line.order_now": Reaction(follow, in_order=True),
    }
)
