"""The states of PO lines and POs, and the moves between them that exist so far.

The values are the codes of Alma's table POLineStatus; DRAFT is ours (an item of an order that was
not submitted yet) and is shown as INREVIEW.
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
    OPEN = "OPEN"
    APPROVED = "APPROVED"
    SENT = "SENT"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


LINE_STATES = StateTable(
    LineState,
    (
        Move(None, "place", LineState.IN_REVIEW, guard="a blocking alert", money="encumber", who="order"),
        Move(None, "place", LineState.READY, guard="an open PO was named", money="encumber", who="order"),
        Move(None, "place", LineState.AUTO_PACKAGING, money="encumber", who="order"),
    ),
)
