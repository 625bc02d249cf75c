"""`/users/{user_id}/purchase-requests`: a person's own wishes: asking, looking, taking back."""

from __future__ import annotations

from openacq.directory import service as directory
from openacq.directory.model import User
from openacq.doors.alma import listing, request_errors
from openacq.doors.alma.po_lines import actor_of
from openacq.doors.alma.request_in import wish_of
from openacq.doors.alma.request_out import wire_request
from openacq.doors.alma.request_wire import PurchaseRequest
from openacq.doors.alma.requests import page_of, request_id
from openacq.doors.alma.users import id_type
from openacq.doors.hall import Ask, Rendered, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.requests import service as requests
from openacq.requests.model import AskFor, Criteria, Request, RequestState
from openacq.store import Tx
from openacq.wire.model import UNSET, to_json

CANCEL = "cancel"


def create_request(ask: Ask) -> Reply:
    """`POST`: a request in somebody's name; the user of the path counts, a `requester` in the body does not.

    `?dry_run=true` answers the request that would be made and keeps nothing (our addition, as is the header
    Idempotency-Key).
    """
    ask.failing, ask.private = request_errors.CREATE, True
    problems: list[Problem] = []
    body = ask.model(PurchaseRequest, problems)
    rehearsed = listing.gathered(lambda: ask.dry_run, problems)
    wish = wish_of(body, problems)
    actor = actor_of(ask)

    def work(tx: Tx) -> Request:
        requester = _user(tx, ask)
        made = requests.ask(tx, AskFor(wish, requester.primary_id), actor, requester)
        ask.outcome = "asked"
        return made.request

    def show(tx: Tx, request: Request) -> PurchaseRequest:
        return wire_request(tx, ask, request)

    if rehearsed is not False:
        model = ask.rehearse(lambda tx: show(tx, work(tx)))
        model.request_id, model.link = "", UNSET
        return Reply(model, headers={"X-Openacq-Dry-Run": "true"})
    return Reply(
        ask.once(
            work,
            Request,
            show,
            request=to_json(body),
            reference="",
            subject=lambda made: str(made.id),
        )
    )


def list_own(ask: Ask) -> Reply:
    """Parameters user_id_type, status, limit, offset; the newest first."""
    ask.failing, ask.private = request_errors.LIST_OF_USER, True
    page = listing.page(ask.params)
    status = listing.choice(ask.params, "status", "", tuple(RequestState))

    def work(tx: Tx) -> Rendered:
        wanted = Criteria(requester=_user(tx, ask).primary_id, status=status)
        return page_of(tx, ask, wanted, page)

    return Reply(ask.read(work))


def read_own(ask: Ask) -> Reply:
    """One of the user's requests; anybody else's is not found."""
    ask.failing, ask.private = request_errors.READ_OF_USER, True
    actor = actor_of(ask)

    def work(tx: Tx) -> PurchaseRequest:
        requester = _user(tx, ask).primary_id
        return wire_request(tx, ask, requests.request(tx, request_id(ask), actor, requester=requester))

    return Reply(ask.read(work))


def cancel_request(ask: Ask) -> Reply:
    """`POST ?op=cancel`: the requester takes the request back; 204. Whatever body comes is passed over."""
    ask.failing, ask.private = request_errors.CANCEL, True
    op = ask.params.get("op", "").strip()
    if op != CANCEL:
        raise Refusal(Problem("parameter_invalid", "op", op, valid=CANCEL))
    actor = actor_of(ask)

    def work(tx: Tx) -> None:
        requester = _user(tx, ask).primary_id
        ask.subject = str(requests.cancel(tx, request_id(ask), requester, actor).id)

    ask.write(work)
    return Reply(status=204)


def _user(tx: Tx, ask: Ask) -> User:
    """The user of the path, by any identifier. Refused requester_unknown."""
    type_ = id_type(tx, ask)
    user = directory.user_by_any_id(tx, ask.path["user"], type_)
    if user is None:
        raise Refusal(Problem("requester_unknown", "user_id", ask.path["user"], type=type_))
    return user


_LIST = "/users/{user}/purchase-requests"
_ONE = f"{_LIST}/{{request_id}}"
ROUTES = (
    Route("POST", _LIST, "users", create_request, write=True, open_to_vendors=False),
    Route("GET", _LIST, "users", list_own, open_to_vendors=False),
    Route("GET", _ONE, "users", read_own, open_to_vendors=False),
    Route("POST", _ONE, "users", cancel_request, write=True, open_to_vendors=False),
)
