"""`/acq/purchase-requests`: what staff and their scripts do with purchase requests.

There is no create here: requests are made for a user (request_users). A vendor's key sees none of them.
"""

from __future__ import annotations

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.alma import listing, request_errors
from openacq.doors.alma.po_lines import actor_of
from openacq.doors.alma.request_in import wish_of
from openacq.doors.alma.request_out import wire_request, wire_requests
from openacq.doors.alma.request_wire import PurchaseRequest, PurchaseRequests
from openacq.doors.hall import Ask, Rendered, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.requests import service as requests
from openacq.requests.model import (
    CITATIONS,
    FORMATS,
    STATUSES,
    Approve,
    ChangeRequest,
    Criteria,
    Reject,
    Request,
)
from openacq.store import Tx
from openacq.wire.model import UNSET, code_of
from openacq.wire.negotiate import answer_media

REPRESENTATIONS = ("json", "xml")
"""Values of `format` that choose the form of the answer, here as everywhere, and filter nothing."""
APPROVE, REJECT = "approve", "reject"


def request_id(ask: Ask) -> int:
    """The number in the path. Refused request_not_found for anything that is none."""
    text = ask.path["request_id"]
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Refusal(Problem("request_not_found", "purchase_request_id", text))
    return int(text)


def list_requests(ask: Ask) -> Reply:
    """Parameters status, format, owning_library, citation_type, limit, offset; the newest first."""
    ask.failing, ask.private = request_errors.LIST, True
    page = listing.page(ask.params)

    def work(tx: Tx) -> Rendered:
        wanted = Criteria(
            status=_code(tx, ask, "status", STATUSES),
            format=_format(tx, ask),
            owning_library=_library(tx, ask),
            citation_type=_code(tx, ask, "citation_type", CITATIONS),
        )
        return page_of(tx, ask, wanted, page)

    return Reply(ask.read(work))


def page_of(tx: Tx, ask: Ask, wanted: Criteria, page: listing.Page) -> Rendered:
    """A page of requests as the caller wants it; kept while no request, requester and register changes."""
    actor = actor_of(ask)

    def made() -> Rendered:
        found = requests.requests(tx, wanted, actor, limit=page.limit, offset=page.offset)
        shown = wire_requests(tx, ask, found.requests)
        return ask.render(PurchaseRequests(purchase_request=shown or UNSET, total_record_count=found.total))

    media = answer_media(ask.headers.get("accept"), ask.params.get("format"))
    asked = ("page", wanted, actor.libraries, page, ask.base, media)
    return tx.kept("requests", asked, made, lambda answer: len(answer.body))


def _code(tx: Tx, ask: Ask, name: str, table: str) -> str:
    return listing.option(ask.params, name, "", tuple(row.code for row in codes.rows(tx, table)))


def _format(tx: Tx, ask: Ask) -> str:
    """P or E as a filter. `json` and `xml` are no filter: they are read where the answer is written."""
    if ask.params.get("format", "").strip().lower() in REPRESENTATIONS:
        return ""
    return _code(tx, ask, "format", FORMATS)


def _library(tx: Tx, ask: Ask) -> str:
    known = tuple(library.code for library in directory.libraries(tx))
    return listing.option(ask.params, "owning_library", "", known)


def read_request(ask: Ask) -> Reply:
    """One request by its id."""
    ask.failing, ask.private = request_errors.READ, True
    asked, actor = request_id(ask), actor_of(ask)
    return Reply(ask.read(lambda tx: wire_request(tx, ask, requests.request(tx, asked, actor))))


def change_request(ask: Ask) -> Reply:
    """`PUT`: the whole request anew; what is left out is emptied, lists as well. Of the `requester`, who
    asked stays when none is named."""
    ask.failing, ask.private = request_errors.CHANGE, True
    asked = request_id(ask)
    problems: list[Problem] = []
    body = ask.model(PurchaseRequest, problems)
    wish = ChangeRequest(wish_of(body, problems), requester=code_of(body.requester))
    actor = actor_of(ask)

    def work(tx: Tx) -> PurchaseRequest:
        changed = requests.change(tx, asked, wish, actor)
        return wire_request(tx, ask, _noted(ask, changed))

    return Reply(ask.write(work))


def decide(ask: Ask) -> Reply:
    """`POST ?op=approve` with `approved_by`, `?op=reject` with `reject_reason`; nothing else of the body
    counts, and it may be empty."""
    ask.failing, ask.private = request_errors.DECIDE, True
    op = ask.params.get("op", "").strip()
    if op not in (APPROVE, REJECT):
        raise Refusal(Problem("parameter_invalid", "op", op, valid=f"{APPROVE}, {REJECT}"))
    asked = request_id(ask)
    body = _decision(ask)
    actor = actor_of(ask)

    def work(tx: Tx) -> PurchaseRequest:
        if op == APPROVE:
            # Each request is decided by itself here: those merged with it join its line when they are.
            how = Approve(approved_by=body.approved_by or "", merged=False)
            (decided,) = requests.approve(tx, [asked], how, actor)
        else:
            (decided,) = requests.reject(tx, [asked], Reject(code_of(body.reject_reason)), actor)
        return wire_request(tx, ask, _noted(ask, decided))

    return Reply(ask.write(work))


def _decision(ask: Ask) -> PurchaseRequest:
    """What of a body decides: the form of everything else does not matter."""
    gathered: list[Problem] = []
    body = ask.model(PurchaseRequest, gathered) if ask.body.strip() else PurchaseRequest()
    told = [problem for problem in gathered if problem.field in ("approved_by", "reject_reason")]
    if told:
        raise Refusal(told)
    return body


def delete_request(ask: Ask) -> Reply:
    """`DELETE`: 204."""
    ask.failing, ask.private = request_errors.DELETE, True
    asked, actor = request_id(ask), actor_of(ask)

    def work(tx: Tx) -> None:
        requests.delete(tx, [asked], actor)
        ask.subject = str(asked)

    ask.write(work)
    return Reply(status=204)


def _noted(ask: Ask, request: Request) -> Request:
    """The request, noted in the order log."""
    ask.subject = str(request.id)
    return request


ROUTES = (
    Route("GET", "/acq/purchase-requests", "acq", list_requests, open_to_vendors=False),
    Route("GET", "/acq/purchase-requests/{request_id}", "acq", read_request, open_to_vendors=False),
    Route(
        "PUT", "/acq/purchase-requests/{request_id}", "acq", change_request, write=True, open_to_vendors=False
    ),
    Route("POST", "/acq/purchase-requests/{request_id}", "acq", decide, write=True, open_to_vendors=False),
    Route(
        "DELETE",
        "/acq/purchase-requests/{request_id}",
        "acq",
        delete_request,
        write=True,
        open_to_vendors=False,
    ),
)
