"""SQL of the check of requests: what does not agree, at most so many of each kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, or_, select

from openacq.catalogue.tables import bibs
from openacq.ordering.model import LineState
from openacq.ordering.tables import po_lines
from openacq.requests.states import OPEN, RequestState
from openacq.requests.store import R
from openacq.requests.tables import purchase_requests, request_events, request_questions
from openacq.store import Tx

MOST = 1_000
_here = R.institution == bindparam("institution")
_OPEN = [state.value for state in OPEN]

_LINE = and_(po_lines.c.institution == R.institution, po_lines.c.id == R.line_id)
WITHOUT_LINE = (
    select(R.id, R.po_line)
    .where(
        _here, R.state == RequestState.APPROVED.value, ~exists().where(_LINE, po_lines.c.number == R.po_line)
    )
    .order_by(R.id)
    .limit(MOST)
)
"""Approved, but there is no line of that number."""
WITH_LINE = (
    select(R.id, R.po_line)
    .join(po_lines, _LINE)
    .where(_here, R.state.in_(_OPEN), po_lines.c.state != LineState.CANCELLED.value)
    .order_by(R.id)
    .limit(MOST)
)
"""To be decided, but a line is there already."""
WITHOUT_REASON = (
    select(R.id)
    .where(_here, R.state == RequestState.REJECTED.value, R.reject_reason == "")
    .order_by(R.id)
    .limit(MOST)
)
WITHOUT_BIB = (
    select(R.id, R.mms_id)
    .where(
        _here,
        R.state.in_(_OPEN),
        ~exists().where(bibs.c.institution == R.institution, bibs.c.mms_id == R.mms_id),
    )
    .order_by(R.id)
    .limit(MOST)
)
NEEDING = select(R.id, R.mms_id).where(_here, R.state != RequestState.REJECTED.value).order_by(R.id)
"""Requests that use their bib."""
COUNTS = (
    select(R.id, R.questions, R.unanswered)
    .where(
        _here,
        or_(
            R.questions > 0,
            exists().where(
                request_questions.c.institution == R.institution, request_questions.c.request_id == R.id
            ),
        ),
    )
    .order_by(R.id)
)
QUESTIONS = select(request_questions.c.request_id, request_questions.c.answered).where(
    request_questions.c.institution == bindparam("institution")
)
STRAYS = (
    select(request_events.c.id, request_events.c.request_id)
    .where(
        request_events.c.institution == bindparam("institution"),
        ~exists().where(
            purchase_requests.c.institution == request_events.c.institution,
            purchase_requests.c.id == request_events.c.request_id,
        ),
    )
    .order_by(request_events.c.id)
    .limit(MOST)
)


def found(tx: Tx, query: Select[Any]) -> list[Row[Any]]:
    return list(tx.execute(query, {"institution": tx.institution}))
