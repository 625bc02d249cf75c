"""Purchase requests: the list staff work from, one with all that is known of it, asking in somebody's name,
changing, and the questions to the requester."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from openacq.catalogue.model import Description
from openacq.directory import service as directory
from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.paging import page
from openacq.doors.own.receipts import day, flag
from openacq.doors.own.requests_wire import (
    Asked,
    Duplicates,
    PurchaseRequest,
    PurchaseRequests,
    Questions,
    wire_duplicates,
    wire_question,
    wire_request,
    wish_of,
)
from openacq.doors.own.staff import acting
from openacq.kernel.refusal import Problem, Refusal
from openacq.requests import service as requests
from openacq.requests.model import Asked as JustAsked
from openacq.requests.model import AskFor, ChangeRequest, Criteria, Request, RequestState, Step
from openacq.store import Tx
from openacq.wire.model import UNSET, Maybe, NoteText, Wire, to_json

STAFF = "ALMA"
"""Where a request comes from that staff enter: a code of PPRSourceType."""
STATES = tuple(state.value for state in RequestState)


class NoticeOfTitle(Wire):
    """What the requester should know: the title is held, on order, or asked for already."""

    slug: Maybe[str] = UNSET
    text: Maybe[str] = UNSET


class AskedFor(Wire):
    request: Maybe[PurchaseRequest] = UNSET
    notices: Maybe[list[NoticeOfTitle]] = UNSET


class TimelineStep(Wire):
    """`line` is the PO line a step happened to."""

    at: Maybe[dt.datetime] = UNSET
    event: Maybe[str] = UNSET
    text: Maybe[str] = UNSET
    who: Maybe[str] = UNSET
    line: Maybe[str] = UNSET


class Timeline(Wire):
    id: Maybe[str] = UNSET
    steps: Maybe[list[TimelineStep]] = UNSET


class Words(Wire):
    """A question, or an answer to one."""

    text: Maybe[NoteText] = UNSET


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a request just made, for whoever sends it again."""

    request: Request
    notices: tuple[tuple[str, str], ...] = ()

    def shown(self, ask: Ask) -> AskedFor:
        return AskedFor(
            request=wire_request(ask, self.request),
            notices=[NoticeOfTitle(slug=slug, text=text) for slug, text in self.notices],
        )


def request_id(ask: Ask) -> int:
    """The id in the path. Refused request_not_found for what is none."""
    return one_id(ask.path["id"])


def one_id(given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise Refusal(Problem("request_not_found", "id", given))
    return int(given)


# -- looking ------------------------------------------------------------------------------------


def list_requests(ask: Ask) -> Reply:
    """`GET /requests?status=&format=&owning_library=&citation_type=&requester=&assigned_to=&unassigned=true
    &mms_id=&group=&source=&progress=&q=&since=&until=&limit=&offset=`: the newest first. `q` looks in title,
    author, numbers and requester; `progress` is ordered, arrived, closed or cancelled."""
    ask.private = True
    limit, offset = page(ask)
    wanted = _criteria(ask)

    def work(tx: Tx) -> PurchaseRequests:
        found = requests.requests(tx, wanted, acting(tx, ask), limit=limit, offset=offset)
        return PurchaseRequests(
            total=found.total,
            limit=limit,
            offset=offset,
            requests=[wire_request(ask, each) for each in found.requests],
        )

    return Reply(ask.read(work))


def _criteria(ask: Ask) -> Criteria:
    def said(name: str) -> str:
        return ask.params.get(name, "").strip()

    status, group = said("status").upper(), said("group")
    if status and status not in STATES:
        raise Refusal(Problem("parameter_invalid", "status", status, valid=", ".join(STATES)))
    if group and (not group.isascii() or not group.isdigit() or len(group) > 18):
        raise Refusal(Problem("parameter_invalid", "group", group, valid="the group of a request"))
    return Criteria(
        status=status,
        format=said("format"),
        owning_library=said("owning_library"),
        citation_type=said("citation_type"),
        requester=said("requester"),
        assigned_to="" if flag(ask, "unassigned") else said("assigned_to") or None,
        mms_id=said("mms_id"),
        group=int(group or 0),
        source=said("source"),
        progress=said("progress"),
        words=said("q"),
        since=day(ask, "since"),
        until=day(ask, "until"),
    )


def read_request(ask: Ask) -> Reply:
    """`GET /requests/{id}`."""
    ask.private = True
    asked = request_id(ask)
    return Reply(ask.read(lambda tx: wire_request(ask, requests.request(tx, asked, acting(tx, ask)))))


def read_duplicates(ask: Ask) -> Reply:
    """`GET /requests/{id}/duplicates`: what there is of the title: copies held, lines on order, other
    requests and who waits."""
    ask.private = True
    asked = request_id(ask)
    return Reply(ask.read(lambda tx: wire_duplicates(requests.duplicates(tx, asked, acting(tx, ask)))))


def look_for_title(ask: Ask) -> Reply:
    """`GET /requests/already?mms_id=&isbn=&issn=&title=`: the same for a title nobody has asked for yet; for
    a form, before it is sent."""
    ask.private = True
    title = Description(
        mms_id=ask.params.get("mms_id", "").strip(),
        title=ask.params.get("title", "").strip(),
        isbn=ask.params.get("isbn", "").strip(),
        issn=ask.params.get("issn", "").strip(),
    )

    def work(tx: Tx) -> Duplicates:
        return wire_duplicates(requests.already(tx, title))

    return Reply(ask.read(work))


def read_timeline(ask: Ask) -> Reply:
    """`GET /requests/{id}/timeline`: everything from the wish to the shelf, the PO line's steps too, oldest
    first."""
    ask.private = True
    asked = request_id(ask)

    def work(tx: Tx) -> Timeline:
        steps = requests.timeline(tx, asked, acting(tx, ask))
        return Timeline(id=str(asked), steps=[_step(each) for each in steps])

    return Reply(ask.read(work))


def _step(step: Step) -> TimelineStep:
    return TimelineStep(
        at=step.at,
        event=step.event,
        text=step.text or UNSET,
        who=step.who or UNSET,
        line=step.line or UNSET,
    )


# -- asking and changing ------------------------------------------------------------------------


def ask_for(ask: Ask) -> Reply:
    """`POST /requests {"requester": "…", "resource_metadata": {…}, …}`: ask in somebody's name; with
    `?dry_run=true` only look what would come of it. An Idempotency-Key keeps it from being made twice."""
    ask.private = True
    problems: list[Problem] = []
    body = ask.model(PurchaseRequest, problems)
    if not body.requester:
        raise Refusal([Problem("field_missing", "requester"), *problems])
    named, wish, source = body.requester, wish_of(body, problems), body.source or STAFF

    def work(tx: Tx) -> _Kept:
        user = directory.user_by_any_id(tx, named)
        if user is None:
            raise Refusal(Problem("requester_unknown", "requester", named, type="all_unique"))
        asked: JustAsked = requests.ask(tx, AskFor(wish, user.primary_id, source), acting(tx, ask))
        ask.outcome = "asked"
        return _Kept(asked.request, tuple((each.slug, each.text) for each in asked.notices))

    if ask.dry_run:
        return Reply(ask.rehearse(work).shown(ask))
    return Reply(
        ask.once(
            work,
            _Kept,
            lambda _tx, kept: kept.shown(ask),
            request=to_json(body),
            reference="",
            subject=lambda kept: str(kept.request.id),
        )
    )


def change_request(ask: Ask) -> Reply:
    """`PUT /requests/{id}`: the whole request anew; what is left out is emptied. With `version` as it was
    read a change that came between is told."""
    ask.private = True
    asked = request_id(ask)
    problems: list[Problem] = []
    body = ask.model(PurchaseRequest, problems)
    wish = ChangeRequest(wish_of(body, problems), requester=body.requester or "")
    version = body.version if isinstance(body.version, int) else None

    def work(tx: Tx) -> PurchaseRequest:
        changed = requests.change(tx, asked, wish, acting(tx, ask), version=version)
        ask.subject = str(changed.id)
        return wire_request(ask, changed)

    return Reply(ask.write(work))


def cancel_request(ask: Ask) -> Reply:
    """`POST /requests/{id}/cancel`: the requester takes it back."""
    ask.private = True
    asked = request_id(ask)

    def work(tx: Tx) -> PurchaseRequest:
        actor = acting(tx, ask)
        requester = requests.request(tx, asked, actor).requester
        cancelled: Request = requests.cancel(tx, asked, requester, actor)
        ask.subject = str(asked)
        return wire_request(ask, cancelled)

    return Reply(ask.write(work))


# -- questions ----------------------------------------------------------------------------------


def list_questions(ask: Ask) -> Reply:
    """`GET /requests/{id}/questions`: what the requester was asked, and answered, oldest first."""
    ask.private = True
    asked = request_id(ask)

    def work(tx: Tx) -> Questions:
        found = requests.questions(tx, asked, acting(tx, ask))
        return Questions(questions=[wire_question(each) for each in found])

    return Reply(ask.read(work))


def ask_back(ask: Ask) -> Reply:
    """`POST /requests/{id}/questions {"text": "…"}`: ask the requester something; a letter takes it there."""
    ask.private = True
    asked, text = request_id(ask), _text(ask)

    def work(tx: Tx) -> Asked:
        ask.subject = str(asked)
        return wire_question(requests.ask_back(tx, asked, text, acting(tx, ask)))

    return Reply(ask.write(work))


def answer(ask: Ask) -> Reply:
    """`POST /requests/{id}/questions/{question}/answer {"text": "…"}`: what the requester said, entered for
    them."""
    ask.private = True
    asked, text = request_id(ask), _text(ask)
    question = ask.path["question"]
    if not question.isascii() or not question.isdigit() or len(question) > 18:
        raise Refusal(Problem("question_not_found", "question", question))

    def work(tx: Tx) -> Asked:
        ask.subject = str(asked)
        return wire_question(requests.answer(tx, asked, int(question), text, acting(tx, ask)))

    return Reply(ask.write(work))


def _text(ask: Ask) -> str:
    text = ask.model(Words).text
    if not text:
        raise Refusal(Problem("field_missing", "text"))
    return text


ROUTES = (
    Route("GET", "/requests", "own", list_requests, open_to_vendors=False),
    Route("GET", "/requests/already", "own", look_for_title, open_to_vendors=False),
    Route("GET", "/requests/{id}", "own", read_request, open_to_vendors=False),
    Route("GET", "/requests/{id}/duplicates", "own", read_duplicates, open_to_vendors=False),
    Route("GET", "/requests/{id}/timeline", "own", read_timeline, open_to_vendors=False),
    Route("GET", "/requests/{id}/questions", "own", list_questions, open_to_vendors=False),
    Route("POST", "/requests", "own", ask_for, write=True, open_to_vendors=False),
    Route("PUT", "/requests/{id}", "own", change_request, write=True, open_to_vendors=False),
    Route("POST", "/requests/{id}/cancel", "own", cancel_request, write=True, open_to_vendors=False),
    Route("POST", "/requests/{id}/questions", "own", ask_back, write=True, open_to_vendors=False),
    Route(
        "POST",
        "/requests/{id}/questions/{question}/answer",
        "own",
        answer,
        write=True,
        open_to_vendors=False,
    ),
)
