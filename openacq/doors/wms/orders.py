"""`/purchaseorders`: orders put together item by item, and every other PO read as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from openacq.doors.hall import Ask, Rendered, Reply, Route
from openacq.doors.wms import kept, listing, versions
from openacq.doors.wms.call import as_it_came, credentials, oclc_id, received, wish, write_once
from openacq.doors.wms.order_wire import Link, PurchaseOrder, Vendor
from openacq.doors.wms.registers import known_vendor, vendor_code, vendor_shown
from openacq.doors.wms.wording import in_dialect
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from openacq.ordering.service import OrderFilter, OrderHead, OrderWish
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import VendorFilter
from openacq.wire.atom import Entry, Feed
from openacq.wire.model import UNSET, Maybe

T = TypeVar("T")

AREA = "acq"
TAX = "EXCLUDE_ADDITIONAL_COSTS"
PLANS: Mapping[str, str] = {
    "APPROVAL": "APPROVAL",
    "APPROVAL_PLAN": "APPROVAL",
    "BLANKET": "BLANKET",
    "BLANKET_ORDER": "BLANKET",
    "BLANKET_PLAN": "BLANKET",
    "DDA": "DDA",
    "DDA_PLAN": "DDA",
    "DEMAND_DRIVEN": "DDA",
}
"""`orderType` of an order that is a plan, a member of ours → its acquisition method."""

_MAPPED = frozenset(
    {
        "action",
        "currency",
        "exchange_rate",
        "insert_time",
        "last_update_time",
        "link",
        "order_date",
        "order_item_count",
        "order_name",
        "order_number_range",
        "processing",
        "purchase_order_items",
        "purchase_order_number",
        "purchase_order_state",
        "total_order_price",
        "vendor",
    }
)
"""Members the house has a place of its own for, or that are the server's."""

_OF_VENDOR = frozenset({"vendor_id", "vendor_name", "local_identifier"})

_INDEXES = {
    "": "state",
    "ordername": "orderName",
    "ordernumber": "purchaseOrderNumber",
    "purchaseordernumber": "purchaseOrderNumber",
    "purchaseorderstate": "state",
    "state": "state",
    "vendor": "vendorId",
    "vendorid": "vendorId",
    "vendorname": "vendorName",
}
RECEIPT = {"RECEIVED": True, "NOT_RECEIVED": False}


def actor_of(ask: Ask) -> Actor:
    caller = ask.caller
    return Actor(caller.name, caller.vendor, caller.funds, caller.libraries)


# -- out ----------------------------------------------------------------------------------------


def address(ask: Ask, number: str, below: str = "") -> str:
    """The address of an order or of a thing below it, as the documents write it."""
    inst = oclc_id(ask)
    return f"{ask.link('//purchaseorders/')}{number}/{below}" + (f"?inst={inst}" if inst else "")


def order_shown(tx: Tx, ask: Ask, head: OrderHead) -> PurchaseOrder:
    row = head.row
    shown = kept.restored(PurchaseOrder, head.extras)
    shown.order_name = row.name or row.number
    shown.link = Link(href=address(ask, row.number))
    shown.purchase_order_number = row.number
    shown.order_number_range = row.number.partition("-")[0]
    shown.vendor = _vendor(vendor_shown(tx, row.vendor), shown.vendor)
    shown.currency = row.currency or UNSET
    shown.exchange_rate = head.exchange_rate
    shown.order_date = head.ordered or UNSET
    shown.order_item_count = head.items
    if shown.tax_calculation_method is UNSET:
        shown.tax_calculation_method = TAX
    shown.purchase_order_state = head.phase
    shown.total_order_price = Decimal(head.total.text())
    shown.last_update_time = row.changed
    shown.insert_time = row.created
    return shown


def _vendor(ours: Vendor | None, sent: Maybe[Vendor]) -> Maybe[Vendor]:
    """The vendor with what was sent of it that nobody here knows."""
    if ours is None:
        return sent
    if isinstance(sent, Vendor):
        ours.others = sent.others
    return ours


def entry(tx: Tx, ask: Ask, head: OrderHead) -> Entry:
    return Entry(order_shown(tx, ask, head), versions.etag(head.row.changed, tx.zone))


def one(shown: Entry, status: int = 200) -> Reply:
    """The answer that shows one order or item."""
    return Reply(shown, status, {"ETag": f'"{shown.etag}"'})


# -- in -----------------------------------------------------------------------------------------


def order_wish(tx: Tx, body: PurchaseOrder, problems: list[Problem]) -> OrderWish:
    """The order a body asks for."""
    others = body.others if isinstance(body.others, dict) else {}
    plan = str(others.get("orderType") or "").strip().upper()
    rate = body.exchange_rate
    extras = kept.members(body, _MAPPED)
    if extras.get("taxCalculationMethod") == TAX:
        del extras["taxCalculationMethod"]  # as every order has it that says nothing
    if isinstance(body.vendor, Vendor) and (of_vendor := kept.members(body.vendor, _OF_VENDOR)):
        extras["vendor"] = of_vendor
    return OrderWish(
        name=body.order_name or "",
        vendor=vendor_code(tx, body.vendor),
        currency=(body.currency or "").upper(),
        exchange_rate=f"{rate:f}" if isinstance(rate, Decimal) else "",
        plan=PLANS.get(plan, ""),
        extras=extras,
        problems=tuple(problems),
    )


def once(ask: Ask, work: Callable[[Tx], str]) -> None:
    """Carry out a change that answers nothing, once, however often the signed request is sent; with
    `?dry_run=true` nothing is kept."""
    if ask.dry_run:
        ask.rehearse(lambda tx: in_dialect(lambda: work(tx)))
        return
    held = credentials(ask)
    ask.once(
        lambda tx: in_dialect(lambda: work(tx)),
        str,
        lambda _tx, _done: None,
        request=ask.body,
        reference=held.once if held else "",
        subject=lambda number: number,
    )


# -- routes -------------------------------------------------------------------------------------


def create(ask: Ask) -> Reply:
    """`POST /purchaseorders`: an order without items, open until it is submitted; 201."""
    problems: list[Problem] = []
    body = received(ask, PurchaseOrder, gather=problems).resource
    actor = actor_of(ask)
    ask.status = 201

    def work(tx: Tx) -> OrderHead:
        ask.outcome = "begun"
        return in_dialect(lambda: ordering.begin_order(tx, order_wish(tx, body, problems), actor))

    shown = write_once(
        ask, work, OrderHead, lambda tx, head: entry(tx, ask, head), subject=lambda head: head.row.number
    )
    return one(shown, ask.status)


def read_one(ask: Ask) -> Reply:
    """`GET /purchaseorders/{order}`."""

    def work(tx: Tx) -> Entry:
        head = in_dialect(lambda: ordering.order_head(tx, ask.path["order"]))
        ask.subject, ask.vendor = head.row.number, head.row.vendor
        return entry(tx, ask, head)

    return one(ask.read(work))


def update(ask: Ask) -> Reply:
    """`PUT /purchaseorders/{order}`: the whole order comes back; what differs is changed. The version it was
    read as may stand in `If-Match` (412 when it is another by now) or in the entry's etag (409)."""
    problems: list[Problem] = []
    body, etag = received(ask, PurchaseOrder, gather=problems)
    actor = actor_of(ask)

    def work(tx: Tx) -> OrderHead:
        number = ask.path["order"]
        before = ordering.hold_order(tx, number)
        versions.check(ask, etag, number, before.row.changed)
        said = as_it_came(ask, body, order_shown(tx, ask, before))
        return ordering.change_order(tx, number, order_wish(tx, said, problems), actor)

    shown = write_once(
        ask,
        lambda tx: in_dialect(lambda: work(tx)),
        OrderHead,
        lambda tx, head: entry(tx, ask, head),
        subject=lambda head: head.row.number,
    )
    return one(shown)


def delete(ask: Ask) -> Reply:
    """`DELETE /purchaseorders/{order}`: 200 and nothing else; 409 unless it is open and its own."""
    actor = actor_of(ask)

    def work(tx: Tx) -> str:
        number = ask.path["order"]
        before = ordering.hold_order(tx, number)
        versions.check(ask, "", number, before.row.changed)
        ordering.delete_order(tx, number, actor)
        return number

    once(ask, work)
    return Reply()


def list_all(ask: Ask) -> Reply:
    """`GET /purchaseorders`: `q` is a state (`OPEN`), or `index:term` of state, vendorId, vendorName,
    purchaseOrderNumber, orderName. Of ours: `modifiedSince`, `receiptStatus`."""
    page = listing.page(ask.params)

    def work(tx: Tx) -> Rendered:
        wanted = _wanted(tx, ask.params)

        def made() -> Rendered:
            found = ordering.order_heads(tx, wanted, page.size, page.offset)
            feed = Feed(
                of=PurchaseOrder,
                entries=[entry(tx, ask, head) for head in found.orders],
                total=found.total,
                start=page.start,
                per_page=page.size,
            )
            return ask.render(feed)

        # Clients ask for the same pages again and again. Rendered once for each state of the orders, a page
        # says in `updated` when that was.
        asked = ("wms orders", wanted, page, ask.base, oclc_id(ask), wish(ask))
        return tx.kept("lines", asked, made, lambda answer: len(answer.body))

    return Reply(ask.read(work))


def _wanted(tx: Tx, params: Mapping[str, str]) -> OrderFilter:
    asked: dict[str, Any] = {}
    for condition in listing.conditions(params, _INDEXES):
        term = condition.term
        if condition.index == "state":
            asked["phase"] = _phase(term)
        elif condition.index == "purchaseOrderNumber":
            asked["number"] = term
        elif condition.index == "orderName":
            asked["name"] = term.strip("*")
        else:
            asked["vendors"] = _vendors(tx, condition.index, term)
    return OrderFilter(
        **asked, since=listing.moment(params, "modifiedSince"), received=receipt_status(params)
    )


def _phase(word: str) -> str:
    phase = word.upper()
    if phase not in ordering.ORDER_PHASES:
        raise Refusal(Problem("parameter_invalid", "q", word, valid=", ".join(ordering.ORDER_PHASES)))
    return phase


def _vendors(tx: Tx, index: str, term: str) -> tuple[str, ...]:
    if index == "vendorId":
        found = known_vendor(tx, term)
        return (found.code,) if found is not None else ()
    named = VendorFilter(search=(("name", tuple(term.replace("*", " ").split())),))
    return tuple(vendor.code for vendor in vendors.vendors(tx, named, 1_000).vendors)


def receipt_status(params: Mapping[str, str]) -> bool | None:
    """`receiptStatus`, an addition of ours: RECEIVED (everything) or NOT_RECEIVED (something is missing)."""
    word = params.get("receiptStatus", "").strip().upper()
    if not word:
        return None
    if word not in RECEIPT:
        raise Refusal(Problem("parameter_invalid", "receiptStatus", word, valid=", ".join(RECEIPT)))
    return RECEIPT[word]


ROUTES = (
    Route("GET", "/purchaseorders", AREA, list_all),
    Route("POST", "/purchaseorders", AREA, create, write=True),
    Route("GET", "/purchaseorders/{order}", AREA, read_one),
    Route("PUT", "/purchaseorders/{order}", AREA, update, write=True),
    Route("DELETE", "/purchaseorders/{order}", AREA, delete, write=True),
)
