"""The states of purchase requests and every move between them, as one table.

The values are the codes of Alma's table PurchaseRequestStatus. A request its requester takes back is a
rejection with a reason of its own, as Alma keeps it.
"""

from __future__ import annotations

from enum import StrEnum

from openacq.kernel.states import Move, StateTable


class RequestState(StrEnum):
    IN_REVIEW = "INREVIEW"
    DEFERRED = "DEFERRED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


LINE_CANCELLED = "its PO line is cancelled"

PATRON, OPERATOR, SYSTEM = "patron", "operator", "system"

_S = RequestState

REQUEST_STATES = StateTable(
    RequestState,
    (
        Move(None, "ask", _S.IN_REVIEW, who=PATRON),
        Move(_S.IN_REVIEW, "approve", _S.APPROVED, who=OPERATOR),
        Move(_S.IN_REVIEW, "reject", _S.REJECTED, who=OPERATOR),
        Move(_S.IN_REVIEW, "cancel", _S.REJECTED, who=PATRON),
        Move(_S.IN_REVIEW, "defer", _S.DEFERRED, who=OPERATOR),
        Move(_S.DEFERRED, "approve", _S.APPROVED, who=OPERATOR),
        Move(_S.DEFERRED, "reject", _S.REJECTED, who=OPERATOR),
        Move(_S.DEFERRED, "cancel", _S.REJECTED, who=PATRON),
        Move(_S.DEFERRED, "resume", _S.IN_REVIEW, who=OPERATOR),
        Move(_S.REJECTED, "reopen", _S.IN_REVIEW, who=OPERATOR),
        Move(_S.APPROVED, "reopen", _S.IN_REVIEW, guard=LINE_CANCELLED, who=OPERATOR),
    ),
)

OPEN = (_S.IN_REVIEW, _S.DEFERRED)
"""States in which a decision is still to be made; only then a request can be changed."""
