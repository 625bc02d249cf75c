"""The one search box: any number, reference, ISBN or title, without saying which it is. Purchase requests,
and who asked for them, are found by those who look after them alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openacq.doors.desk.requests import KINDS, STATES
from openacq.doors.desk.words import LINE_STATES, ORDER_STATES, STATE_KIND
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Fund
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, Line, ListedLine
from openacq.requests import service as requests
from openacq.requests.model import Criteria, Request, RequestPage
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor

MOST = 25
LONGEST_NUMBER = 18
REQUESTS = "requests"
NO_REQUESTS = RequestPage((), 0)
SEEN_BY = "order|review|receive|funds|requests|vendors|admin"


@dataclass(frozen=True, slots=True)
class Findings:
    """What is called so: a PO, a line, a request, a vendor, a fund; and the lines and the requests that have
    the words."""

    order: ordering.Order | None = None
    exact: str = ""
    vendor: Vendor | None = None
    fund: Fund | None = None
    lines: tuple[ListedLine, ...] = ()
    total: int = 0
    request: Request | None = None
    requests: RequestPage = NO_REQUESTS


def find(visit: Visit) -> Rendered:
    """`/find?q=`: the one thing that is called so, else a list of what it may be."""
    words = visit.param("q")
    if not words:
        return visit.show("find.html", words=words, found=Findings(), **_shown())
    found = visit.read(lambda tx: _found(tx, visit, words))
    if found.order is not None:
        return visit.go(f"/orders/po/{found.order.row.number}")
    if found.exact:
        return visit.go(f"/orders/lines/{found.exact}")
    if found.request is not None:
        return visit.go(f"/requests/{found.request.id}")
    if found.total + found.requests.total == 1 and not (found.vendor or found.fund):
        if found.lines:
            return visit.go(f"/orders/lines/{found.lines[0].number}")
        return visit.go(f"/requests/{found.requests.requests[0].id}")
    return visit.show("find.html", words=words, found=found, **_shown())


def _shown() -> dict[str, Any]:
    return {
        "states": LINE_STATES,
        "order_states": ORDER_STATES,
        "kinds": STATE_KIND,
        "request_states": STATES,
        "request_kinds": KINDS,
    }


def _found(tx: Tx, visit: Visit, words: str) -> Findings:
    actor = visit.actor(SEEN_BY)
    typed = words.upper() if words[:4].upper() in ("POL-", "OIN-") or words[:3].upper() == "PO-" else words
    if typed.startswith("PO-"):
        page = ordering.orders(tx, ordering.OrderSearch(number=typed), 1)
        if page.orders:
            return Findings(order=page.orders[0])
    line = _line(tx, typed, actor)
    request = _request(tx, visit, words)
    if (line is None) != (request is None):
        return Findings(exact=line.number if line else "", request=request)
    wanted = ordering.LineSearch(
        conditions=(("all", words),),
        status=ordering.LineStatus.ALL_WITH_CLOSED,
        order_by=("number",),
    )
    page_of_lines = ordering.search(tx, wanted, actor, MOST, 0, frozenset())
    return Findings(
        vendor=vendors.vendor(tx, words) or vendors.vendor(tx, words.upper()),
        fund=ledger.fund(tx, words) or ledger.fund(tx, words.upper()),
        lines=page_of_lines.lines,
        total=page_of_lines.total,
        requests=_requests(tx, visit, words),
    )


def _line(tx: Tx, words: str, actor: Actor) -> Line | None:
    try:
        return ordering.line(tx, words, actor)
    except Refusal:
        return None  # not a number, or the reference of several: looked for as words


def _request(tx: Tx, visit: Visit, words: str) -> Request | None:
    """The request of this number, for those who look after requests, of their libraries."""
    if not (words.isascii() and words.isdigit() and len(words) <= LONGEST_NUMBER and visit.may(REQUESTS)):
        return None
    try:
        return requests.request(tx, int(words), visit.actor(REQUESTS))
    except Refusal:
        return None


def _requests(tx: Tx, visit: Visit, words: str) -> RequestPage:
    """The requests with these words in their title, numbers or requester: nothing for others."""
    if not visit.may(REQUESTS):
        return NO_REQUESTS
    return requests.requests(tx, Criteria(words=words), visit.actor(REQUESTS), limit=MOST)


PAGES = (Page("GET", "/find", find, right=SEEN_BY),)
