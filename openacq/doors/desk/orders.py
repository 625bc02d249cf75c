"""The Orders desk: lists of PO lines and of purchase orders."""

from __future__ import annotations

from collections.abc import Mapping

from openacq.codes import service as codes
from openacq.doors.desk.choices import library_choices, vendor_choices
from openacq.doors.desk.words import LINE_STATES, ORDER_STATES, SEND_STATES, STATE_KIND
from openacq.doors.hall import Rendered
from openacq.doors.pages import lists
from openacq.doors.pages.language import later
from openacq.doors.pages.lists import Choice, Facet, Listing
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.ordering import service as ordering
from openacq.store import Tx

CSV_PAGE = 200
RIGHT = "order|review|receive|funds|requests|vendors|admin"
NUMBER = "number"
ORDERS = ("number", "title", "created_date", "po_number")
SEARCHED = "all"


# -- lines --------------------------------------------------------------------------------------


def list_lines(visit: Visit) -> Rendered:
    """`/orders?q=&state=&vendor=&library=&method=&sort=`: PO lines, the newest first."""
    limit, offset = lists.page_of(visit)
    wanted = line_search(visit)
    if visit.wants_csv:
        return _lines_csv(visit, wanted)

    def work(tx: Tx) -> Rendered:
        page = ordering.search(tx, wanted, visit.actor(RIGHT), limit, offset, frozenset())
        methods = tuple(Choice(row.code, row.description) for row in codes.rows(tx, "AcquisitionMethod"))
        listing = Listing(
            "lines",
            visit.say("Orders"),
            page.lines,
            page.total,
            offset,
            limit,
            facets=(
                Facet("state", visit.say("State"), _choices(visit, LINE_STATES)),
                Facet("vendor", visit.say("Vendor"), vendor_choices(tx), single=True),
                Facet("library", visit.say("Library"), library_choices(tx), single=True),
                Facet("method", visit.say("Acquisition method"), methods, single=True),
                Facet(
                    "sort",
                    visit.say("Sorted by"),
                    _choices(visit, SORTS),
                    single=True,
                    blank=visit.say("Number, newest first"),
                ),
            ),
            search=visit.say("Words, number, reference"),
            views=lists.views(tx, visit, "lines"),
        )
        return visit.show("lines.html", listing=listing, states=LINE_STATES, kinds=STATE_KIND)

    return visit.read(work)


SORTS: Mapping[str, str] = {
    "title": later("Title"),
    "po_number": later("Purchase order"),
}


def line_search(visit: Visit) -> ordering.LineSearch:
    """The search a list's address asks for."""
    words, method = visit.param("q"), visit.param("method")
    sort = visit.param("sort") if visit.param("sort") in SORTS else NUMBER
    return ordering.LineSearch(
        conditions=((SEARCHED, words),) if words else (),
        status=ordering.LineStatus.ALL_WITH_CLOSED,
        methods=(method,) if method else (),
        states=lists.asked(visit, "state", tuple(LINE_STATES)),
        library=visit.param("library"),
        vendor=visit.param("vendor") or None,
        order_by=(sort,),
        descending=sort != "title",
    )


def _lines_csv(visit: Visit, wanted: ordering.LineSearch) -> Rendered:
    def work(tx: Tx) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        while True:
            page = ordering.search(tx, wanted, visit.actor(RIGHT), CSV_PAGE, len(rows), frozenset())
            rows += [
                (
                    *(line.number, line.bib.title, line.bib.author, line.bib.isbn, line.state.value),
                    *(line.vendor, line.account, line.owner, line.type, line.method, line.po_number),
                    *(line.reference, line.price.text() if line.price else ""),
                    line.price.currency if line.price else "",
                    ", ".join(share.fund_code for share in line.shares),
                    line.created.isoformat(),
                )
                for line in page.lines
            ]
            if not page.lines or len(rows) >= page.total:
                return rows

    head = (
        *("number", "title", "author", "isbn", "state", "vendor", "account", "library", "type", "method"),
        *("purchase_order", "reference", "price", "currency", "funds", "created"),
    )
    return visit.csv("lines", head, visit.read(work))


# -- purchase orders ----------------------------------------------------------------------------


def list_purchase_orders(visit: Visit) -> Rendered:
    """Purchase orders, the newest first."""
    limit, offset = lists.page_of(visit)
    search = ordering.OrderSearch(
        states=lists.asked(visit, "state", tuple(ORDER_STATES)),
        send_states=lists.asked(visit, "send_state", tuple(SEND_STATES)),
        vendor=visit.param("vendor"),
    )
    if visit.wants_csv:
        return _orders_csv(visit, search)

    def work(tx: Tx) -> Rendered:
        page = ordering.orders(tx, search, limit, offset)
        listing = Listing(
            "purchase orders",
            visit.say("Purchase orders"),
            page.orders,
            page.total,
            offset,
            limit,
            facets=(
                Facet("state", visit.say("State"), _choices(visit, ORDER_STATES)),
                Facet("send_state", visit.say("Sending"), _choices(visit, SEND_STATES)),
                Facet("vendor", visit.say("Vendor"), vendor_choices(tx), single=True),
            ),
            views=lists.views(tx, visit, "purchase orders"),
        )
        return visit.show(
            "purchase_orders.html",
            listing=listing,
            states=ORDER_STATES,
            sending=SEND_STATES,
            kinds=STATE_KIND,
        )

    return visit.read(work)


def _orders_csv(visit: Visit, search: ordering.OrderSearch) -> Rendered:
    def work(tx: Tx) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        while True:
            page = ordering.orders(tx, search, CSV_PAGE, len(rows))
            rows += [
                (
                    one.row.number,
                    one.row.state.value,
                    one.row.vendor,
                    one.row.account,
                    one.row.owner,
                    one.lines,
                    one.total.text(),
                    one.row.currency,
                    one.row.created.isoformat(),
                    one.row.sent.isoformat() if one.row.sent else "",
                )
                for one in page.orders
            ]
            if not page.orders or len(rows) >= page.total:
                return rows

    head = (
        *("number", "state", "vendor", "account", "library", "lines", "total", "currency"),
        *("created", "sent"),
    )
    return visit.csv("purchase-orders", head, visit.read(work))


def _choices(visit: Visit, words: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, visit.say(text)) for code, text in words.items())


PAGES = (
    Page("GET", "/orders", list_lines, right=RIGHT),
    Page("GET", "/orders/po", list_purchase_orders, right=RIGHT),
)
