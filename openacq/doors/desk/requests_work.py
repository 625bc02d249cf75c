"""One request, or several at once: approve, reject, ask, defer, hand on, and what else is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.desk.choices import fund_choices, library_choices, people_choices, vendor_choices
from openacq.doors.desk.requests import KINDS, PROGRESS, RIGHT, STATES
from openacq.doors.desk.words import LINE_STATES
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.lists import Choice
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Balance
from openacq.letters import service as letters
from openacq.letters.model import Preview
from openacq.ordering.model import Sum
from openacq.requests import service as requests
from openacq.requests.model import (
    CITATIONS,
    FORMATS,
    REASONS,
    Actor,
    Approve,
    ChangeRequest,
    Effect,
    Reject,
    Request,
)
from openacq.store import Tx
from openacq.vendors import service as vendors

KIND = "purchase_request"
EDITED = ("owning_library", "vendor", "fund")
LETTER = "request_rejected"


@dataclass(frozen=True, slots=True)
class Paying:
    """The fund a request names, with what is available in it."""

    code: str
    balance: Balance | None


# -- one request --------------------------------------------------------------------------------


def show(visit: Visit) -> Rendered:
    """`GET /requests/{id}`."""
    request_id, actor = _id(visit.path["id"]), visit.actor(RIGHT)

    def work(tx: Tx) -> Rendered:
        request = requests.request(tx, request_id, actor)
        return visit.show(
            "request.html",
            request=request,
            elsewhere=requests.duplicates_of(tx, [request])[request.id],
            questions=requests.questions(tx, request.id, actor),
            steps=requests.timeline(tx, request.id, actor),
            paying=_paying(tx, request),
            reason=codes.describe(tx, REASONS, request.reject_reason) if request.reject_reason else "",
            format=codes.describe(tx, FORMATS, request.format),
            citation=codes.describe(tx, CITATIONS, request.metadata.citation_type),
            changes=history.of(tx, KIND, request.id),
            people=people_choices(tx, visit),
            states=STATES,
            line_states=LINE_STATES,
            kinds=KINDS,
            progress=PROGRESS,
            events=event_words(visit),
            may=visit.may(RIGHT, request.owning_library),
        )

    return visit.read(work)


def _paying(tx: Tx, request: Request) -> Paying | None:
    if not request.fund:
        return None
    fund = ledger.fund(tx, request.fund)
    return Paying(request.fund, ledger.balances(tx, [fund.id])[fund.id] if fund else None)


def event_words(visit: Visit) -> dict[str, str]:
    """What happened to a request, in words."""
    return {
        "created": visit.say("Asked for"),
        "changed": visit.say("Changed"),
        "assigned": visit.say("Handed to"),
        "deferred": visit.say("Put aside"),
        "resumed": visit.say("Taken up again"),
        "question": visit.say("The library asked"),
        "answer": visit.say("Answer"),
        "merged": visit.say("Put together with others for this title"),
        "separated": visit.say("Taken apart from the others"),
        "approved": visit.say("Approved"),
        "rejected": visit.say("Rejected"),
        "cancelled": visit.say("Taken back"),
        "reopened": visit.say("Taken up again"),
        "line_placed": visit.say("Order made"),
        "line_state": visit.say("The order is now"),
        "line_received": visit.say("Received"),
    }


# -- approving ----------------------------------------------------------------------------------


def show_approve(visit: Visit) -> Rendered:
    """`GET /requests/approve?ids=1,2`: what would come of it; of one request, what is missing can be filled
    in."""
    ids, actor = _ids(visit), visit.actor(RIGHT)

    def work(tx: Tx) -> Rendered:
        effects = requests.preview_approve(tx, ids, Approve(visit.user.primary_id), actor)
        found = {each: requests.request(tx, each, actor) for each in ids}
        one = found[ids[0]] if len(ids) == 1 else None
        return visit.show(
            "requests_approve.html",
            ids=ids,
            effects=effects,
            found=found,
            one=one,
            paying=_paying(tx, one) if one else None,
            libraries=_pairs(library_choices(tx, visit.libraries(RIGHT))),
            vendors=_pairs(vendor_choices(tx)),
            funds=_pairs(fund_choices(tx)),
        )

    return visit.read(work)


def _pairs(choices: tuple[Choice, ...]) -> list[tuple[str, str]]:
    return [(choice.value, f"{choice.value} {choice.label}") for choice in choices]


def approve(visit: Visit) -> Rendered:
    """`POST /requests/approve`: all of them, or none."""
    ids, actor, by = _ids(visit), visit.actor(RIGHT), visit.user.primary_id

    def work(tx: Tx) -> str:
        if len(ids) == 1:
            _fill_in(tx, visit, ids[0], actor)
        done = requests.approve(tx, ids, Approve(by, merged=visit.value("merged") != "no"), actor)
        return ", ".join(dict.fromkeys(each.po_line for each in done))

    lines = visit.create(work)
    count = len(ids)
    words = visit.language.ngettext(
        "%(count)d request is approved: %(lines)s.", "%(count)d requests are approved: %(lines)s.", count
    ) % {"count": count, "lines": lines}
    return visit.go(visit.back("/requests"), words)


def _fill_in(tx: Tx, visit: Visit, request_id: int, actor: Actor) -> None:
    """What the form says of library, vendor, fund and price; the rest of the request stays."""
    request = requests.request(tx, request_id, actor)
    if not any(name in visit.form for name in (*EDITED, "price", "currency")):
        return
    wish = requests.wish_of(request)
    typed = {name: visit.value(name) for name in EDITED if name in visit.form}
    cost = (
        Sum(visit.value("price"), visit.value("currency")) if "price" in visit.form else wish.estimated_cost
    )
    if not cost.sum:
        cost = Sum()
    account = wish.vendor_account
    if typed.get("vendor", wish.vendor) != wish.vendor:
        vendor = vendors.vendor(tx, typed["vendor"]) if typed["vendor"] else None
        usual = vendor.default_account if vendor else None
        account = usual.code if usual else ""
    wished = replace(
        wish,
        owning_library=typed.get("owning_library", wish.owning_library),
        vendor=typed.get("vendor", wish.vendor),
        vendor_account=account,
        fund=typed.get("fund", wish.fund),
        estimated_cost=cost,
    )
    requests.change(tx, request_id, ChangeRequest(wished), actor)


# -- rejecting ----------------------------------------------------------------------------------


def show_reject(visit: Visit) -> Rendered:
    """`GET /requests/reject?ids=1,2`: the reason, a note, and the letter as it would go out."""
    ids, actor = _ids(visit), visit.actor(RIGHT)
    reason = visit.value("reason") if visit.method == "POST" else visit.param("reason")

    def work(tx: Tx) -> Rendered:
        found = [requests.request(tx, each, actor) for each in ids]
        effects: tuple[Effect, ...] = ()
        if reason and codes.row(tx, REASONS, reason) is not None:
            effects = requests.preview_reject(tx, ids, Reject(reason, visit.value("note")), actor)
        return visit.show(
            "requests_reject.html",
            ids=ids,
            found=found,
            effects=effects,
            reason=reason,
            reasons=[
                (row.code, row.description)
                for row in codes.rows(tx, REASONS)
                if row.enabled and row.code != "CANCELLED_BY_REQUESTER"
            ],
            letter=_letter(tx, found[0], reason, visit.value("note")) if reason and found else None,
        )

    return visit.read(work)


def _letter(tx: Tx, request: Request, reason: str, note: str) -> Preview | None:
    """The letter to the first of the requesters."""
    facts = requests.rejection_facts(tx, request, reason, note)
    user = directory.user(tx, request.requester)
    language = user.language if user and user.language else "en"
    return letters.preview(tx, LETTER, language, facts)


def reject(visit: Visit) -> Rendered:
    """`POST /requests/reject`: first (`do` look) the letter, then the doing."""
    ids, actor = _ids(visit), visit.actor(RIGHT)
    if visit.value("do") == "look":
        return show_reject(visit)
    how = Reject(visit.value("reason"), visit.value("note"), merged=visit.value("merged") == "yes")
    visit.write(lambda tx: requests.reject(tx, ids, how, actor))
    words = visit.language.ngettext(
        "%(count)d request is rejected.", "%(count)d requests are rejected.", len(ids)
    )
    return visit.go(
        visit.back("/requests"),
        words % {"count": len(ids)},
        undo="/requests/reopen",
        fields={"ids": ",".join(map(str, ids))},
    )


# -- putting aside ------------------------------------------------------------------------------


def show_defer(visit: Visit) -> Rendered:
    """`GET /requests/defer?ids=1,2`."""
    ids, actor = _ids(visit), visit.actor(RIGHT)
    found = visit.read(lambda tx: [requests.request(tx, each, actor) for each in ids])
    return visit.show("requests_defer.html", ids=ids, found=found)


def defer(visit: Visit) -> Rendered:
    """`POST /requests/defer`."""
    ids, actor = _ids(visit), visit.actor(RIGHT)
    until = _day(visit.value("until"))
    visit.write(lambda tx: requests.defer(tx, ids, until, visit.value("reason"), actor))
    words = visit.language.ngettext(
        "%(count)d request is put aside.", "%(count)d requests are put aside.", len(ids)
    )
    return visit.go(
        visit.back("/requests"),
        words % {"count": len(ids)},
        undo="/requests/resume",
        fields={"ids": ",".join(map(str, ids))},
    )


def _day(given: str) -> dt.date | None:
    if not given:
        return None
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise Refusal(Problem("date_malformed", "until", given)) from None


# -- small moves --------------------------------------------------------------------------------


def _moved(step: Callable[[Tx, list[int], Visit], object], words: str) -> Callable[[Visit], Rendered]:
    def move(visit: Visit) -> Rendered:
        ids = _ids(visit)
        visit.write(lambda tx: step(tx, ids, visit))
        return visit.go(visit.back("/requests"), visit.say(words))

    return move


def _assign(tx: Tx, ids: list[int], visit: Visit) -> object:
    to = visit.user.primary_id if visit.value("to") == "me" else visit.value("to")
    return requests.assign(tx, ids, to, visit.actor(RIGHT))


assign = _moved(_assign, later("Handed on."))
resume = _moved(lambda tx, ids, visit: requests.resume(tx, ids, visit.actor(RIGHT)), later("Back in review."))
reopen = _moved(lambda tx, ids, visit: requests.reopen(tx, ids, visit.actor(RIGHT)), later("Back in review."))
merge = _moved(
    lambda tx, ids, visit: requests.merge(tx, ids, visit.actor(RIGHT)),
    later("One order will be made for them."),
)
separate = _moved(
    lambda tx, ids, visit: requests.separate(tx, ids, visit.actor(RIGHT)), later("It stands for itself now.")
)


def ask_back(visit: Visit) -> Rendered:
    """`POST /requests/{id}/ask`: a letter to the requester; the card waits for the answer."""
    request_id, actor = _id(visit.path["id"]), visit.actor(RIGHT)

    def work(tx: Tx) -> str:
        return str(requests.ask_back(tx, request_id, visit.value("question"), actor).id)

    visit.create(work)
    return visit.go(f"/requests/{request_id}", visit.say("The question goes out by letter."))


# -- what is meant ------------------------------------------------------------------------------


def _ids(visit: Visit) -> list[int]:
    """The requests meant: `ids` several times, or separated by commas. Raises Refusal field_missing,
    request_not_found."""
    given = visit.form.get("ids") or visit.every_param.get("ids") or []
    parts = [part.strip() for value in given for part in value.split(",") if part.strip()]
    if not parts:
        raise Refusal(Problem("field_missing", "ids"))
    if len(parts) > requests.MOST_AT_ONCE:
        raise Refusal(Problem("list_too_long", "ids", len(parts), limit=requests.MOST_AT_ONCE))
    return list(dict.fromkeys(_id(part) for part in parts))


def _id(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Refusal(Problem("request_not_found", "id", given))
    return int(given)


PAGES = (
    Page("GET", "/requests/approve", show_approve, right=RIGHT),
    Page("POST", "/requests/approve", approve, right=RIGHT, again=show_approve),
    Page("GET", "/requests/reject", show_reject, right=RIGHT),
    Page("POST", "/requests/reject", reject, right=RIGHT, again=show_reject),
    Page("GET", "/requests/defer", show_defer, right=RIGHT),
    Page("POST", "/requests/defer", defer, right=RIGHT, again=show_defer),
    Page("POST", "/requests/assign", assign, right=RIGHT),
    Page("POST", "/requests/resume", resume, right=RIGHT),
    Page("POST", "/requests/reopen", reopen, right=RIGHT),
    Page("POST", "/requests/merge", merge, right=RIGHT),
    Page("POST", "/requests/separate", separate, right=RIGHT),
    Page("GET", "/requests/{id}", show, right=RIGHT),
    Page("POST", "/requests/{id}/ask", ask_back, right=RIGHT, again=show),
)
