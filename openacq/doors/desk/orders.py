"""The Orders desk: lists of PO lines and of purchase orders."""

from __future__ import annotations

from openacq.doors.desk.words import LINE_STATES, ORDER_STATES, SEND_STATES, SOURCES, STATE_KIND
from openacq.doors.hall import Rendered
from openacq.doors.pages import lists
from openacq.doors.pages.lists import Choice, Facet, Listing
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.ordering import service as ordering
from openacq.ordering.model import OrderState
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import VendorFilter

MOST_VENDORS = 1_000
CSV_PAGE = 200
RIGHT = "order|review|receive|funds|requests|vendors|admin"


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


def vendor_choices(tx: Tx) -> tuple[Choice, ...]:
    found = vendors.vendors(tx, VendorFilter(), MOST_VENDORS)
    return tuple(Choice(vendor.code, vendor.name) for vendor in found.vendors)


def _choices(visit: Visit, words: object) -> tuple[Choice, ...]:
    return tuple(Choice(code, visit.say(text)) for code, text in dict(words).items())  # type: ignore[call-overload]


__all__ = ["LINE_STATES", "SOURCES", "OrderState"]

PAGES = (Page("GET", "/orders/po", list_purchase_orders, right=RIGHT),)
