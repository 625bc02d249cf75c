"""SQL of questions to requesters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, insert, select, update

from openacq.requests.model import Question
from openacq.requests.tables import request_questions
from openacq.store import Tx
from openacq.store.schema import Instant

Q = request_questions.c
_SHOWN = tuple(column for column in Q if column.name != "institution")
_ADD = insert(request_questions)
_OF = (
    select(*_SHOWN)
    .where(Q.institution == bindparam("institution"), Q.request_id == bindparam("request"))
    .order_by(Q.asked, Q.id)
)
_ANSWER = (
    update(request_questions)
    .where(Q.institution == bindparam("of_institution"), Q.id == bindparam("of_id"), Q.answered.is_(None))
    .values(answer=bindparam("said"), answered=bindparam("at", type_=Instant), answered_by=bindparam("by"))
)


def add(tx: Tx, question: Question) -> None:
    cells: dict[str, Any] = {name: getattr(question, name) for name in Question.__slots__}
    tx.later(_ADD, [{"institution": tx.institution, **cells}])


def of(tx: Tx, request_id: int) -> tuple[Question, ...]:
    """The questions about a request, oldest first."""
    rows = tx.execute(_OF, {"institution": tx.institution, "request": request_id}).mappings()
    return tuple(Question(**row) for row in rows)


def answer(tx: Tx, question_id: int, text: str, by: str) -> bool:
    """Keep an answer; False when there is one already."""
    given = {"of_institution": tx.institution, "of_id": question_id, "said": text, "at": tx.now, "by": by}
    return bool(tx.execute(_ANSWER, given).rowcount)
