"""My requests: the list, one with its story, answering what the library asks, taking one back."""

from __future__ import annotations

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.lists import page_of
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering.model import Actor
from openacq.requests import service as requests
from openacq.requests.model import FORMATS, REASONS, Criteria, Request, Step
from openacq.store import Tx

PAGE = 25
EVENTS = {
    "created": later("You asked for it"),
    "question": later("The library asks"),
    "answer": later("You answered"),
    "deferred": later("The library looks at it later"),
    "resumed": later("The library looks at it again"),
    "approved": later("Approved: the library buys it"),
    "rejected": later("Not approved"),
    "cancelled": later("You took it back"),
    "reopened": later("The library looks at it again"),
    "line_received": later("It is there"),
}
"""What a patron is told of a request's story; all else is the library's own business."""
LINE_EVENTS = {
    "SENT": later("Ordered"),
    "CANCELLED": later("The order was cancelled"),
}


def my_actor(visit: Visit) -> Actor:
    return Actor(visit.user.primary_id)


def show_mine(visit: Visit) -> Rendered:
    """`GET /mine`: the visitor's requests, the newest first."""
    limit, offset = page_of(visit, PAGE)

    def work(tx: Tx) -> Rendered:
        wanted = Criteria(requester=visit.user.primary_id)
        page = requests.requests(tx, wanted, my_actor(visit), limit=limit, offset=offset)
        return visit.show(
            "mine.html",
            found=page.requests,
            total=page.total,
            offset=offset,
            limit=limit,
            standing=lambda request: standing(visit, request),
        )

    return visit.read(work)


def standing(visit: Visit, request: Request) -> tuple[str, str]:
    """Where a request stands, in words, and how its chip looks."""
    if request.progress == "cancelled":
        return visit.say("The order was cancelled"), "bad"
    if request.progress in ("arrived", "closed"):
        return visit.say("There for you"), "good"
    if request.progress == "ordered":
        return visit.say("Ordered"), "good"
    if request.state.value == "APPROVED":
        return visit.say("Approved"), "good"
    if request.reject_reason == "CANCELLED_BY_REQUESTER":
        return visit.say("Taken back"), ""
    if request.state.value == "REJECTED":
        return visit.say("Not approved"), "bad"
    if request.unanswered:
        return visit.say("The library asks you something"), "warn"
    return visit.say("The library is looking at it"), "note"


def show_one(visit: Visit) -> Rendered:
    """`GET /{id}`."""

    def work(tx: Tx) -> Rendered:
        request = own(tx, visit)
        library = directory.library(tx, request.owning_library) if request.owning_library else None
        steps = requests.timeline(tx, request.id, my_actor(visit), requester=visit.user.primary_id)
        return visit.show(
            "one.html",
            request=request,
            standing=standing(visit, request),
            library=library.name if library else "",
            format=codes.describe(tx, FORMATS, request.format),
            reason=codes.describe(tx, REASONS, request.reject_reason) if request.reject_reason else "",
            questions=requests.questions(tx, request.id, my_actor(visit), requester=visit.user.primary_id),
            steps=told(visit, steps),
        )

    return visit.read(work)


def told(visit: Visit, steps: tuple[Step, ...]) -> list[tuple[Step, str, str]]:
    """The steps a patron is told of: step, words, what was said in it."""
    found = []
    for step in steps:
        if step.event == "line_state":
            if step.text in LINE_EVENTS:
                found.append((step, visit.say(LINE_EVENTS[step.text]), ""))
        elif step.event in EVENTS:
            said = step.text if step.event in ("question", "answer") else ""
            found.append((step, visit.say(EVENTS[step.event]), said))
    return found


def own(tx: Tx, visit: Visit) -> Request:
    """The request of the address, if it is the visitor's. Raises Refusal request_not_found."""
    return requests.request(tx, _id(visit), my_actor(visit), requester=visit.user.primary_id)


def answer(visit: Visit) -> Rendered:
    """`POST /{id}/answer`: what the library asked."""
    given = visit.value("question")
    question = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    request_id = _id(visit)
    if not visit.value("answer"):
        raise Refusal(Problem("field_missing", "answer"))
    visit.write(
        lambda tx: requests.answer(
            tx,
            request_id,
            question,
            visit.value("answer")[:4_000],
            my_actor(visit),
            requester=visit.user.primary_id,
        )
    )
    return visit.go(f"/{request_id}", visit.say("Thank you. The library has your answer."))


def show_cancel(visit: Visit) -> Rendered:
    """`GET /{id}/cancel`: what taking it back means."""
    return visit.show("cancel.html", request=visit.read(lambda tx: own(tx, visit)))


def cancel(visit: Visit) -> Rendered:
    """`POST /{id}/cancel`."""
    request_id = _id(visit)
    visit.write(lambda tx: requests.cancel(tx, request_id, visit.user.primary_id, my_actor(visit)))
    return visit.go("/mine", visit.say("Your request is taken back."))


def _id(visit: Visit) -> int:
    given = visit.path["id"]
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Refusal(Problem("request_not_found", "id", given))
    return int(given)


PAGES = (
    Page("GET", "/mine", show_mine),
    Page("GET", "/{id}", show_one),
    Page("GET", "/{id}/answer", show_one),
    Page("POST", "/{id}/answer", answer, again=show_one),
    Page("GET", "/{id}/cancel", show_cancel),
    Page("POST", "/{id}/cancel", cancel, again=show_one),
)
