"""Asking the requester back: the question goes out by letter, the answer comes in by the form."""

from __future__ import annotations

from dataclasses import replace

from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import clean
from openacq.requests import store, store_questions
from openacq.requests.model import Actor, Question
from openacq.requests.moves import possible
from openacq.requests.read import known, missing
from openacq.requests.read import request as read_request
from openacq.store import Tx


def ask_back(tx: Tx, request_id: int, text: str, actor: Actor) -> Question:
    """Ask the requester something, by letter. Raises Refusal: request_not_found, field_missing,
    request_move_refused (decided already)."""
    said = clean(text)
    if not said:
        raise Refusal(Problem("field_missing", "question"))
    (row,) = known(store.hold(tx, [request_id]), [request_id], actor)
    request = row.request
    if not request.is_open:
        raise Refusal(
            Problem(
                "request_move_refused",
                "id",
                request.id,
                state=request.state.value,
                event="question",
                possible=possible(request),
            )
        )
    question = Question(tx.new_id(), request.id, said, tx.now, actor.name)
    store_questions.add(tx, question)
    counts = {"questions": request.questions + 1, "unanswered": request.unanswered + 1}
    store.set_values(tx, [request.id], counts)
    store.add_events(tx, [(request.id, "question", said, actor.name)])
    tx.emit("purchase_request.asked", str(request.id), {"question": question.id})
    return question


def answer(
    tx: Tx, request_id: int, question_id: int, text: str, actor: Actor, *, requester: str = ""
) -> Question:
    """Keep the answer; with `requester` only of that user's request. Raises Refusal: request_not_found,
    question_not_found, question_answered, field_missing."""
    said = clean(text)
    if not said:
        raise Refusal(Problem("field_missing", "answer"))
    (row,) = known(store.hold(tx, [request_id]), [request_id], actor)
    request = row.request
    if requester and request.requester != requester:
        raise Refusal(missing(request_id))
    found = next((each for each in store_questions.of(tx, request_id) if each.id == question_id), None)
    if found is None:
        raise Refusal(Problem("question_not_found", "question", question_id))
    if not store_questions.answer(tx, question_id, said, actor.name):
        raise Refusal(Problem("question_answered", "question", question_id))
    store.set_values(tx, [request.id], {"unanswered": max(request.unanswered - 1, 0)})
    store.add_events(tx, [(request.id, "answer", said, actor.name)])
    tx.emit("purchase_request.answered", str(request.id), {"question": question_id})
    return replace(found, answer=said, answered=tx.now, answered_by=actor.name)


def questions(tx: Tx, request_id: int, actor: Actor, *, requester: str = "") -> tuple[Question, ...]:
    """The questions about a request, oldest first. Raises Refusal request_not_found."""
    found = read_request(tx, request_id, actor, requester=requester)
    return store_questions.of(tx, found.id)
