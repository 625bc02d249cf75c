"""The states of PO lines and POs, and every move between them, as one table each.

The values of line states are the codes of Alma's table POLineStatus; DRAFT is ours (an item of an
order that was not submitted yet) and is shown as INREVIEW; a PO in DRAFT is put together item by item
and becomes OPEN when it is submitted. `money` says what a move does to the encumbrance: encumber (post
what the shares ask for), release (take back what hangs), keep ("").
`who` names the role of staff that may do it; "system" happens by itself.
"""

from __future__ import annotations

from enum import StrEnum

from openacq.kernel.states import Move, StateTable


class LineState(StrEnum):
    DRAFT = "DRAFT"
    IN_REVIEW = "INREVIEW"
    DEFERRED = "DEFERRED"
    AUTO_PACKAGING = "AUTO_PACKAGING"
    MANUAL_PACKAGING = "MANUAL_PACKAGING"
    READY = "READY"
    SENT = "SENT"
    WAITING_FOR_INVOICE = "WAITING_FOR_INVOICE"
    WAITING_FOR_RENEWAL = "WAITING_FOR_RENEWAL"
    WAITING_FOR_MANUAL_RENEWAL = "WAITING_FOR_MANUAL_RENEWAL"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class OrderState(StrEnum):
    DRAFT = "DRAFT"
    OPEN = "OPEN"
    APPROVED = "APPROVED"
    SENT = "SENT"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


# Guards: facts a move depends on. A move without a guard stands last among its alternatives.
BLOCKED = "a blocking alert"
IN_OPEN_ORDER = "an open PO was named"
COMPLETE = "nothing needed is missing"
BY_HAND = "several funds, and the packaging rule packs by fund"
CONTINUOUS = "the line is continuous"
ALL_RECEIVED = "everything is received or active"
ANY_RECEIVED = "something is received or active"
MANUAL_RENEWAL = "renewed by hand"
ALL_PAID = "every invoice is paid and closed"

ORDER, REVIEW, RECEIVE, SYSTEM = "order", "review", "receive", "system"

_S = LineState
_CANCELLABLE = (
    _S.IN_REVIEW,
    _S.DEFERRED,
    _S.AUTO_PACKAGING,
    _S.MANUAL_PACKAGING,
    _S.READY,
    _S.SENT,
    _S.WAITING_FOR_RENEWAL,
    _S.WAITING_FOR_MANUAL_RENEWAL,
)

LINE_STATES = StateTable(
    LineState,
    (
        Move(None, "place", _S.IN_REVIEW, guard=BLOCKED, money="encumber", who=ORDER),
        Move(None, "place", _S.READY, guard=IN_OPEN_ORDER, money="encumber", who=ORDER),
        Move(None, "place", _S.AUTO_PACKAGING, money="encumber", who=ORDER),
        Move(None, "draft", _S.DRAFT, who=ORDER),
        # an order that is submitted
        Move(_S.DRAFT, "submit", _S.IN_REVIEW, guard=BLOCKED, money="encumber", who=ORDER),
        Move(_S.DRAFT, "submit", _S.READY, money="encumber", who=ORDER),
        Move(_S.DRAFT, "cancel", _S.CANCELLED, who=ORDER),
        # review
        Move(_S.IN_REVIEW, "order now", _S.READY, guard=IN_OPEN_ORDER, who=REVIEW),
        Move(_S.IN_REVIEW, "order now", _S.MANUAL_PACKAGING, guard=BY_HAND, who=REVIEW),
        Move(_S.IN_REVIEW, "order now", _S.AUTO_PACKAGING, guard=COMPLETE, who=REVIEW),
        Move(_S.IN_REVIEW, "defer", _S.DEFERRED, who=REVIEW),
        Move(_S.DEFERRED, "resume", _S.IN_REVIEW, who=REVIEW),
        # packaging and sending
        Move(_S.AUTO_PACKAGING, "pack", _S.READY, who=SYSTEM),
        Move(_S.AUTO_PACKAGING, "pack by hand", _S.MANUAL_PACKAGING, who=ORDER),
        Move(_S.AUTO_PACKAGING, "review", _S.IN_REVIEW, who=REVIEW),
        Move(_S.MANUAL_PACKAGING, "pack", _S.READY, who=ORDER),
        Move(_S.MANUAL_PACKAGING, "review", _S.IN_REVIEW, who=REVIEW),
        Move(_S.READY, "unpack", _S.IN_REVIEW, who=ORDER),
        Move(_S.READY, "send", _S.WAITING_FOR_RENEWAL, guard=CONTINUOUS, who=SYSTEM),
        Move(_S.READY, "send", _S.WAITING_FOR_INVOICE, guard=ALL_RECEIVED, who=SYSTEM),
        Move(_S.READY, "send", _S.SENT, who=SYSTEM),
        # receiving
        Move(_S.SENT, "receive", _S.WAITING_FOR_INVOICE, guard=ALL_RECEIVED, who=RECEIVE),
        Move(_S.WAITING_FOR_INVOICE, "undo receipt", _S.SENT, who=RECEIVE),
        # renewal
        Move(
            _S.WAITING_FOR_RENEWAL,
            "renewal due",
            _S.WAITING_FOR_MANUAL_RENEWAL,
            guard=MANUAL_RENEWAL,
            who=SYSTEM,
        ),
        Move(_S.WAITING_FOR_RENEWAL, "renew", _S.WAITING_FOR_RENEWAL, who=SYSTEM),
        Move(_S.WAITING_FOR_MANUAL_RENEWAL, "renew", _S.WAITING_FOR_RENEWAL, who=ORDER),
        # the end
        Move(_S.SENT, "close", _S.CLOSED, guard=ANY_RECEIVED, money="release", who=ORDER),
        Move(_S.WAITING_FOR_INVOICE, "close", _S.CLOSED, money="release", who=ORDER),
        Move(_S.WAITING_FOR_RENEWAL, "close", _S.CLOSED, money="release", who=ORDER),
        Move(_S.WAITING_FOR_MANUAL_RENEWAL, "close", _S.CLOSED, money="release", who=ORDER),
        Move(_S.WAITING_FOR_INVOICE, "paid", _S.CLOSED, guard=ALL_PAID, money="release", who=SYSTEM),
        Move(_S.CLOSED, "reopen", _S.WAITING_FOR_RENEWAL, guard=CONTINUOUS, money="encumber", who=ORDER),
        Move(_S.CLOSED, "reopen", _S.WAITING_FOR_INVOICE, guard=ALL_RECEIVED, money="encumber", who=ORDER),
        Move(_S.CLOSED, "reopen", _S.SENT, money="encumber", who=ORDER),
        *(Move(state, "cancel", _S.CANCELLED, money="release", who=ORDER) for state in _CANCELLABLE),
    ),
)

_O = OrderState
ALL_READY = "all its lines are ready"
SMALL = "no approval rule holds it"
NOTHING_LEFT = "all its lines are closed or cancelled"
ALL_CANCELLED = "all its lines are cancelled"

ORDER_STATES = StateTable(
    OrderState,
    (
        Move(None, "pack", _O.OPEN, who=SYSTEM),
        # an order put together item by item
        Move(None, "begin", _O.DRAFT, who=ORDER),
        Move(_O.DRAFT, "submit", _O.OPEN, who=ORDER),
        # approval and sending
        Move(_O.OPEN, "approve", _O.APPROVED, guard=ALL_READY, who=ORDER),
        Move(_O.OPEN, "approve itself", _O.APPROVED, guard=SMALL, who=SYSTEM),
        Move(_O.APPROVED, "reopen", _O.OPEN, who=ORDER),
        Move(_O.APPROVED, "send", _O.SENT, guard=ALL_READY, who=SYSTEM),
        Move(_O.OPEN, "empty", _O.CANCELLED, guard=ALL_CANCELLED, who=SYSTEM),
        Move(_O.APPROVED, "empty", _O.CANCELLED, guard=ALL_CANCELLED, who=SYSTEM),
        Move(_O.SENT, "empty", _O.CANCELLED, guard=ALL_CANCELLED, who=SYSTEM),
        Move(_O.SENT, "finish", _O.CLOSED, guard=NOTHING_LEFT, who=SYSTEM),
        Move(_O.CLOSED, "reopen line", _O.SENT, who=SYSTEM),
    ),
)
