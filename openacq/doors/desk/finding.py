"""The one search box: any number, reference, ISBN or title, without saying which it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openacq.doors.desk.words import LINE_STATES, ORDER_STATES, STATE_KIND
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Fund
from openacq.ordering import service as ordering
from openacq.ordering.model import ListedLine
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor

MOST = 25
SEEN_BY = "order|review|receive|funds|requests|vendors|admin"


@dataclass(frozen=True, slots=True)
class Findings:
    """What is called so: a PO, a line, a vendor, a fund; and the lines that have the words."""

    order: ordering.Order | None = None
    exact: str = ""
    vendor: Vendor | None = None
    fund: Fund | None = None
    lines: tuple[ListedLine, ...] = ()
    total: int = 0


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
    if found.total == 1 and not (found.vendor or found.fund):
        return visit.go(f"/orders/lines/{found.lines[0].number}")
    return visit.show("find.html", words=words, found=found, **_shown())


def _shown() -> dict[str, Any]:
    return {"states": LINE_STATES, "order_states": ORDER_STATES, "kinds": STATE_KIND}


def _found(tx: Tx, visit: Visit, words: str) -> Findings:
    actor = visit.actor(SEEN_BY)
    typed = words.upper() if words[:4].upper() in ("POL-", "OIN-") or words[:3].upper() == "PO-" else words
    if typed.startswith("PO-"):
        page = ordering.orders(tx, ordering.OrderSearch(number=typed), 1)
        if page.orders:
            return Findings(order=page.orders[0])
    try:
        return Findings(exact=ordering.line(tx, typed, actor).number)
    except Refusal:
        pass  # not a number, or the reference of several: looked for as words
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
    )


PAGES = (Page("GET", "/find", find, right=SEEN_BY),)
