"""`/purchaseorders/{order}/items`, and `/acquisitions/orderitem/data/{item}` for any order's."""

from __future__ import annotations

from dataclasses import replace

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.wms import listing, versions
from openacq.doors.wms.call import as_it_came, received, write_once
from openacq.doors.wms.item_in import item_wish
from openacq.doors.wms.item_out import item_shown
from openacq.doors.wms.item_wire import PurchaseOrderItem
from openacq.doors.wms.orders import AREA, actor_of, once, one, receipt_status
from openacq.doors.wms.wording import in_dialect
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.service import ItemFilter, ItemWish, OrderHead, OrderItem
from openacq.store import Tx
from openacq.wire.atom import Entry, Feed

_INDEXES = {
    "": "vendorOrderNumber",
    "vendorordernumber": "vendorOrderNumber",
    "vendororderitemnumber": "vendorOrderNumber",
}


def entry(tx: Tx, ask: Ask, item: OrderItem) -> Entry:
    return Entry(item_shown(tx, ask, item), versions.etag(item.changed, tx.zone))


def asked_item(tx: Tx, ask: Ask, *, hold: bool = False) -> tuple[OrderHead | None, OrderItem]:
    """The item of the path and its order, where the path names that; with `hold` the order is locked."""
    order = ask.path.get("order", "")
    if not order:
        item = ordering.order_item(tx, ask.path["item"])
        order = item.line.po_number
        if not hold or not order:
            return None, item
    head = ordering.hold_order(tx, order) if hold else ordering.order_head(tx, order)
    return head, ordering.order_item(tx, ask.path["item"], head.row)


def create(ask: Ask) -> Reply:
    """`POST …/items`: an item of an open order; it waits, and costs nothing, until the order is submitted;
    201."""
    problems: list[Problem] = []
    body = received(ask, PurchaseOrderItem, gather=problems).resource
    actor = actor_of(ask)
    ask.status = 201

    def work(tx: Tx) -> OrderItem:
        ask.outcome = "drafted"
        return ordering.add_order_item(tx, ask.path["order"], item_wish(tx, body, problems), actor)

    shown = write_once(
        ask,
        lambda tx: in_dialect(lambda: work(tx)),
        OrderItem,
        lambda tx, item: entry(tx, ask, item),
        subject=lambda item: item.line.number,
    )
    return one(shown, ask.status)


def read_one(ask: Ask) -> Reply:
    """`GET …/items/{item}`: by its number as an item (OIN-…) or as a PO line (POL-…)."""

    def work(tx: Tx) -> Entry:
        _, item = asked_item(tx, ask)
        ask.subject, ask.vendor = item.line.number, item.line.vendor
        return entry(tx, ask, item)

    return one(ask.read(lambda tx: in_dialect(lambda: work(tx))))


def update(ask: Ask) -> Reply:
    """`PUT …/items/{item}`: the whole item comes back; what differs is changed, while its order is open."""
    problems: list[Problem] = []
    body, etag = received(ask, PurchaseOrderItem, gather=problems)
    actor = actor_of(ask)

    def work(tx: Tx) -> OrderItem:
        order, before = asked_item(tx, ask, hold=True)
        versions.check(ask, etag, before.line.oin, before.changed)
        number = order.row.number if order is not None else _order_of(before)
        said = as_it_came(ask, body, item_shown(tx, ask, before))
        wish = _said_anew(tx, ask, before, item_wish(tx, said, problems))
        return ordering.change_order_item(tx, number, before.line.oin, wish, actor)

    shown = write_once(
        ask,
        lambda tx: in_dialect(lambda: work(tx)),
        OrderItem,
        lambda tx, item: entry(tx, ask, item),
        subject=lambda item: item.line.number,
    )
    return one(shown)


def _said_anew(tx: Tx, ask: Ask, before: OrderItem, wish: ItemWish) -> ItemWish:
    """The wish without what comes back merely because it was shown: that stays as it was kept."""
    as_shown = item_wish(tx, item_shown(tx, ask, before), ())
    extras = dict(wish.extras)
    for name, value in wish.extras.items():
        if value == as_shown.extras.get(name):
            del extras[name]
            if name in before.extras:
                extras[name] = before.extras[name]
    return replace(
        wish,
        configs=before.configs if wish.configs == as_shown.configs else wish.configs,
        extras=extras,
    )


def _order_of(item: OrderItem) -> str:
    if not item.line.po_number:
        raise Refusal(Problem("order_fixed", "order", item.line.oin, reason="it is in no order yet"))
    return item.line.po_number


def delete(ask: Ask) -> Reply:
    """`DELETE …/items/{item}`: the item is gone, 200 and nothing else; 409 unless its order is open."""
    actor = actor_of(ask)

    def work(tx: Tx) -> str:
        order, before = asked_item(tx, ask, hold=True)
        versions.check(ask, "", before.line.oin, before.changed)
        number = order.row.number if order is not None else _order_of(before)
        ordering.delete_order_item(tx, number, before.line.oin, actor)
        return before.line.number

    once(ask, work)
    return Reply()


def list_all(ask: Ask) -> Reply:
    """`GET …/items`: `q` is the vendor's order number. Of ours: `modifiedSince`, `receiptStatus`. As the
    documents have it, `itemsPerPage` tells how many there are on the page."""
    page = listing.page(ask.params)
    terms = listing.conditions(ask.params, _INDEXES)
    wanted = ItemFilter(
        reference=terms[0].term if terms else "",
        since=listing.moment(ask.params, "modifiedSince"),
        received=receipt_status(ask.params),
    )

    def work(tx: Tx) -> Feed:
        _, found = ordering.order_items(tx, ask.path["order"], wanted, page.size, page.offset)
        return Feed(
            of=PurchaseOrderItem,
            entries=[entry(tx, ask, item) for item in found.items],
            total=found.total,
            start=page.start,
            per_page=len(found.items),
        )

    return Reply(ask.read(lambda tx: in_dialect(lambda: work(tx))))


ITEM = "/purchaseorders/{order}/items/{item}"
ALIAS = "/acquisitions/orderitem/data/{item}"

ROUTES = (
    Route("GET", "/purchaseorders/{order}/items", AREA, list_all),
    Route("POST", "/purchaseorders/{order}/items", AREA, create, write=True),
    Route("GET", ITEM, AREA, read_one),
    Route("PUT", ITEM, AREA, update, write=True),
    Route("DELETE", ITEM, AREA, delete, write=True),
    Route("GET", ALIAS, AREA, read_one),
    Route("PUT", ALIAS, AREA, update, write=True),
    Route("DELETE", ALIAS, AREA, delete, write=True),
)
