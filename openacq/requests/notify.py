"""What requesters are told, and what the desk hears of its PO lines.

News of requests and of lines are worked through by the outbox: each turn of a request is a letter to its
requester, written once, and withdrawn if it has not left when it is so no more. What became of a line is
kept with its requests (`progress`), so that lists need not ask the ordering desk. Whoever is an interested
user of the line with the flag for it hears of arrival and cancelling by the ordering desk's own letters
and gets no second one here. Kinds a library does not want are switched off among the letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Item, LineInventory
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.directory.model import User
from openacq.kernel.clock import calendar_day
from openacq.letters import service as letters
from openacq.letters.model import Source, Wish
from openacq.ordering import service as ordering
from openacq.requests import store, store_questions, store_titles
from openacq.requests.model import REASONS, STATUSES, Request, RequestState
from openacq.requests.moves import KIND
from openacq.store import Tx
from openacq.store.outbox import News, Reaction

ORDERED, ARRIVED, CLOSED, CANCELLED = "ordered", "arrived", "closed", "cancelled"
CANCEL_REASONS = "POLineCancellationReasons"
DECISIONS = ("request_approved", "request_rejected", "request_ordered", "request_cancelled")

Facts = dict[str, Any]


# -- turns of a request -------------------------------------------------------------------------


def tell_received(tx: Tx, news: News) -> None:
    """A request has come in."""
    for request in _requests(tx, [int(news.subject)]):
        _tell(tx, [request], "request_received", f"received {news.id}")


def tell_approved(tx: Tx, news: News) -> None:
    for request in _requests(tx, [int(news.subject)]):
        if request.state is RequestState.APPROVED:
            _tell(tx, [request], "request_approved", f"approved {news.id}")


def tell_rejected(tx: Tx, news: News) -> None:
    for request in _requests(tx, [int(news.subject)]):
        if request.state is RequestState.REJECTED:
            _tell(tx, [request], "request_rejected", f"rejected {news.id}")


def tell_taken_back(tx: Tx, news: News) -> None:
    """The requester has taken the request back: the letter says that this is known."""
    for request in _requests(tx, [int(news.subject)]):
        if request.state is RequestState.REJECTED:
            _tell(tx, [request], "request_cancelled", f"cancelled {news.id}")


def tell_question(tx: Tx, news: News) -> None:
    """The library asks something; not if it is answered already."""
    for request in _requests(tx, [int(news.subject)]):
        asked = [each for each in store_questions.of(tx, request.id) if each.id == news.payload["question"]]
        for question in asked:
            if question.answered is None:
                about = {"question": question.text, "answer_link": _answer_page(tx, request)}
                _tell(tx, [request], "request_question", f"question {question.id}", about)


def forget_decision(tx: Tx, news: News) -> None:
    """A request was reopened: what was written of its decision and has not left stays here."""
    _withdraw(tx, int(news.subject), DECISIONS, "the request was reopened")


def forget_question(tx: Tx, news: News) -> None:
    """A question was answered before its letter left."""
    _withdraw(
        tx,
        int(news.subject),
        ("request_question",),
        "the question was answered",
        f"question {news.payload['question']}",
    )


def _withdraw(tx: Tx, request_id: int, kinds: Sequence[str], why: str, occasion: str = "") -> None:
    about = Source(KIND, str(request_id))
    occasions = [_occasion(request_id, occasion)] if occasion else None
    letters.withdraw_about(tx, about, kinds, why, occasions=occasions)


# -- what becomes of the line -------------------------------------------------------------------


def note_ordered(tx: Tx, news: News) -> None:
    """A PO went out (`purchase_order.send`): what requests asked for is ordered."""
    expected = store_titles.lines_of_order(tx, news.subject)
    kept = [each for each in store.of_lines(tx, list(expected)) if not each.request.progress]
    if not kept:
        return
    store.note_progress(tx, [each.id for each in kept], ORDERED)
    for each in kept:
        about = {"expected": expected[each.line_id or 0]}
        _tell(tx, [each.request], "request_ordered", f"ordered {news.subject}", about)


def note_arrived(tx: Tx, news: News) -> None:
    """Something of a line is there (`po_line.received`): its requesters hear of it once."""
    line_id, requests = _of_line(tx, news)
    waiting = [each for each in requests if each.progress != ARRIVED]
    if line_id is None or not waiting:
        return
    held = catalogue.inventory_of_lines(tx, [line_id]).get(line_id, LineInventory())
    electronic = bool(news.payload.get("electronic"))
    entered = [str(item_id) for item_id in news.payload.get("items", ())]
    there = [item for item in held.items if item.item_id in entered and item.receive_date is not None]
    if not electronic and entered and not there:
        return  # the receipt was undone meanwhile
    store.note_progress(tx, [each.id for each in waiting], ARRIVED)
    holds, _ = ordering.holds(tx, line=news.subject, limit=100)
    keeping = {hold.primary_id for hold in holds if hold.item_id in entered}
    about = {
        "electronic": electronic,
        "access": next((each.url for each in held.portfolios if each.url), ""),
        "location": _location(tx, there),
    }
    for request in waiting:
        if not request.notify_receiving_activation:
            facts = about | {"hold": request.requester in keeping}
            _tell(tx, [request], "request_arrived", f"arrived {news.subject}", facts)


def note_undone(tx: Tx, news: News) -> None:
    """A receipt was undone (`po_line.receipt_undone`): if nothing is left of what came, it is ordered."""
    line_id, requests = _of_line(tx, news)
    arrived = [each.id for each in requests if each.progress == ARRIVED]
    if line_id is None or not arrived:
        return
    wanted = ordering.ReceiptFilter(line=news.subject, undone=False)
    left, _ = ordering.receipts(tx, wanted, limit=1)
    if not left:
        store.note_progress(tx, arrived, ORDERED)
        for request_id in arrived:
            _withdraw(tx, request_id, ("request_arrived",), "the receipt was undone")


def note_cancelled(tx: Tx, news: News) -> None:
    """A line was cancelled (`po_line.cancelled`); its requests can be taken up again."""
    _, requests = _of_line(tx, news)
    if not requests:
        return
    store.note_progress(tx, [each.id for each in requests], CANCELLED)
    reason = codes.describe(tx, CANCEL_REASONS, str(news.payload.get("reason", "")))
    told = [each for each in requests if not each.notify_cancel]
    _tell(tx, told, "request_cancelled", f"line cancelled {news.subject}", reason=reason)


def note_closed(tx: Tx, news: News) -> None:
    """A line is over; whoever asked was told what there was to tell."""
    _, requests = _of_line(tx, news)
    over = [each.id for each in requests if each.progress != ARRIVED]
    if over:
        store.note_progress(tx, over, CLOSED)


REACTIONS: Mapping[str, Reaction] = MappingProxyType(
    {
        f"{KIND}.created": Reaction(tell_received, in_order=True),
        f"{KIND}.approved": Reaction(tell_approved, in_order=True),
        f"{KIND}.rejected": Reaction(tell_rejected, in_order=True),
        f"{KIND}.cancelled": Reaction(tell_taken_back, in_order=True),
        f"{KIND}.asked": Reaction(tell_question, in_order=True),
        f"{KIND}.answered": Reaction(forget_question, in_order=True),
        f"{KIND}.reopened": Reaction(forget_decision, in_order=True),
        "purchase_order.send": Reaction(note_ordered, in_order=True),
        "po_line.received": Reaction(note_arrived, in_order=True),
        "po_line.receipt_undone": Reaction(note_undone, in_order=True),
        "po_line.cancelled": Reaction(note_cancelled, in_order=True),
        "po_line.close": Reaction(note_closed, in_order=True),
        "po_line.paid": Reaction(note_closed, in_order=True),
    }
)
"""What the requests desk does about its own news and the ordering desk's."""


def _requests(tx: Tx, ids: Sequence[int]) -> list[Request]:
    return [each.request for each in store.by_ids(tx, ids)]


def _of_line(tx: Tx, news: News) -> tuple[int | None, list[Request]]:
    """The line news are of, and the requests it was made for."""
    line_id = store_titles.line_numbered(tx, news.subject)
    kept = store.of_lines(tx, [line_id]) if line_id is not None else []
    return line_id, [each.request for each in kept]


# -- letters ------------------------------------------------------------------------------------


def _tell(
    tx: Tx,
    requests: Sequence[Request],
    kind: str,
    occasion: str,
    about: Mapping[str, Any] = MappingProxyType({}),
    *,
    reason: str = "",
) -> None:
    """A letter for each request to who asked. `occasion` and the request make it the only one."""
    people = directory.users(tx, [each.requester for each in requests]) if requests else {}
    wishes = []
    for request in requests:
        user = people.get(request.requester)
        if user is None:
            continue
        owner = request.owning_library
        facts = _whole(tx, request, user, reason) | dict(about)
        wishes.append(
            Wish(
                kind=kind,
                occasion=_occasion(request.id, occasion),
                recipient=_address(user, request),
                facts=facts,
                language=user.language or "en",
                source=Source(KIND, str(request.id)),
                sender_name=_library_name(tx, owner),
                reply_to=facts["library"]["email"],
            )
        )
    if wishes:
        letters.enqueue_all(tx, wishes)


def _whole(tx: Tx, request: Request, user: User, reason: str) -> Facts:
    return _sender(tx, request.owning_library) | {
        "user": {"name": user.full_name, "first_name": user.first_name, "last_name": user.last_name},
        "purchase_request": _facts(tx, request, reason),
    }


def rejection_facts(tx: Tx, request: Request, reason: str, note: str) -> Facts:
    """What the letter would say if the request were rejected for this reason, for a preview."""
    user = directory.user(tx, request.requester) or User(0, request.requester)
    said = replace(request, state=RequestState.REJECTED, reject_reason=reason, reject_note=note)
    return _whole(tx, said, user, "")


def _occasion(request_id: int, what: str) -> str:
    return f"request {request_id} {what}"


def _address(user: User, request: Request) -> str:
    """The user's preferred address; the one of the request only for who has none."""
    return user.email or request.email


def _facts(tx: Tx, request: Request, reason: str) -> Facts:
    said = request.metadata
    code = request.reject_reason
    return {
        "number": str(request.id),
        "title": said.title,
        "author": said.author,
        "edition": said.edition,
        "publisher": said.publisher,
        "year": said.publication_year,
        "isbn": said.isbn,
        "issn": said.issn,
        "date": calendar_day(request.created, tx.zone),
        "request_status": request.state.value,
        "status_text": codes.describe(tx, STATUSES, request.state.value),
        "poline_reference": request.po_line,
        "reject_reason": code,
        "reject_reason_desc": reason or (codes.describe(tx, REASONS, code) if code else ""),
        "note": request.reject_note if request.state is RequestState.REJECTED else "",
        "link": _page(tx, request),
    }


def _page(tx: Tx, request: Request) -> str:
    """The page where the person follows the request."""
    url = directory.institution(tx).public_url.rstrip("/")
    return f"{url}/requests/{request.id}" if url else ""


def _answer_page(tx: Tx, request: Request) -> str:
    page = _page(tx, request)
    return f"{page}/answer" if page else ""


def _sender(tx: Tx, owner: str) -> Facts:
    institution = directory.institution(tx)
    library = directory.library(tx, owner) if owner else None
    codes_of = library.acquisition_departments if library else ()
    department = directory.department(tx, codes_of[0]) if codes_of else None
    return {
        "date": tx.today,
        "institution": {"name": institution.name, "url": institution.public_url},
        "library": {
            "name": library.name if library else institution.name,
            "email": department.email if department else "",
            "phone": department.phone if department else "",
        },
    }


def _library_name(tx: Tx, owner: str) -> str:
    library = directory.library(tx, owner) if owner else None
    return library.name if library else directory.institution(tx).name


def _location(tx: Tx, items: Sequence[Item]) -> str:
    if not items:
        return ""
    item = items[0]
    library = directory.library(tx, item.temp_library or item.library)
    code = item.temp_location or item.location
    place = directory.location(tx, library.code, code) if library else None
    names = [library.name if library else "", (place.external_name or place.name) if place else code]
    return ", ".join(name for name in names if name)
