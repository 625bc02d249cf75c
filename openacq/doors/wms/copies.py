"""`…/items/{item}/copies`: the copies a submitted order brought about, and receiving them.

Copies are made by the submission and changed by receiving alone. A receipt is undone by receiving the
copy with `receiptStatus` NOT_RECEIVED, or by DELETE, which is an addition of ours.
"""

from __future__ import annotations

from collections.abc import Callable

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.wms import kept, listing
from openacq.doors.wms.call import as_it_came, received, write_once
from openacq.doors.wms.copy_wire import Copy, CopyReceipt
from openacq.doors.wms.item_out import NOT_RECEIVED, RECEIVED, item_address
from openacq.doors.wms.items import ITEM, asked_item
from openacq.doors.wms.order_wire import Link
from openacq.doors.wms.orders import AREA, actor_of
from openacq.doors.wms.registers import branch_code, branch_id, shelf_code
from openacq.doors.wms.wording import in_dialect
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.service import OrderedCopy, OrderItem
from openacq.store import Tx
from openacq.wire.atom import Entry, Feed
from openacq.wire.model import UNSET

DUE = "DUE"
_MAPPED = frozenset(
    {
        "barcode",
        "branch_id",
        "copy_number",
        "item_copy_id",
        "item_copy_number",
        "link",
        "receipt_status",
        "shelving_location_id",
        "status",
    }
)


def copy_shown(tx: Tx, ask: Ask, item: OrderItem, copy: OrderedCopy) -> Copy:
    came = copy.received is not None
    held = copy.item
    found = kept.restored(Copy, copy.extras)
    found.copy_number = copy.number
    found.branch_id = branch_id(tx, copy.library)
    found.shelving_location_id = copy.location or UNSET
    found.item_copy_id = int(held.item_id) if came and held is not None else 0
    found.item_copy_number = copy.number if came else 0
    found.status = RECEIVED if came else DUE
    tail = f"copies/{copy.number}"
    found.link = Link(href=item_address(ask, item.line).replace(item.line.oin, f"{item.line.oin}/{tail}", 1))
    found.barcode = held.barcode if held is not None and held.barcode != held.item_id else UNSET
    found.receipt_status = RECEIVED if came else NOT_RECEIVED
    return found


def _asked(tx: Tx, ask: Ask) -> tuple[OrderItem, str]:
    """The item and the copy's number: of …/copies/1, or of /acquisitions/copy/data/OIN-2012-77-1."""
    if "item" in ask.path:
        return asked_item(tx, ask)[1], ask.path["copy"]
    oin, _, number = ask.path["copy"].rpartition("-")
    return ordering.order_item(tx, oin), number


def read_one(ask: Ask) -> Reply:
    """`GET …/copies/{copy}`."""

    def work(tx: Tx) -> Entry:
        item, number = _asked(tx, ask)
        ask.subject = item.line.number
        return Entry(copy_shown(tx, ask, item, ordering.copy_of_item(tx, item, number)))

    return Reply(ask.read(lambda tx: in_dialect(lambda: work(tx))))


def list_all(ask: Ask) -> Reply:
    """`GET …/copies`; `itemsPerPage` tells how many there are on the page."""
    page = listing.page(ask.params)

    def work(tx: Tx) -> Feed:
        _, item = asked_item(tx, ask)
        copies = ordering.copies_of_item(tx, item)
        shown = copies[page.offset : page.offset + page.size]
        return Feed(
            of=Copy,
            entries=[Entry(copy_shown(tx, ask, item, each)) for each in shown],
            total=len(copies),
            start=page.start,
            per_page=len(shown),
        )

    return Reply(ask.read(lambda tx: in_dialect(lambda: work(tx))))


def receive(ask: Ask) -> Reply:
    """`POST …/receive`: the copy is there. An empty receipt will do; 409 when it was received before."""
    return _receive(ask, again=False)


def receive_again(ask: Ask) -> Reply:
    """`PUT …/receive`: the same, or another barcode, place or call number of a copy that is there."""
    return _receive(ask, again=True)


def _receive(ask: Ask, *, again: bool) -> Reply:
    problems: list[Problem] = []
    body = received(ask, CopyReceipt, optional=True, gather=problems).resource
    if problems:
        raise Refusal(problems)
    status = (body.receipt_status or "").strip().upper()
    if status not in ("", RECEIVED, NOT_RECEIVED):
        valid = f"{RECEIVED}, {NOT_RECEIVED}"
        raise Refusal(Problem("code_illegal", "receiptStatus", status, table=valid, probable=""))
    actor = actor_of(ask)

    def work(tx: Tx) -> str:
        item, number = _asked(tx, ask)
        if status == NOT_RECEIVED:
            ordering.take_copy_back(tx, item, number, actor)
        else:
            now = ordering.copy_of_item(tx, item, number)
            said = as_it_came(ask, body, kept.restored(CopyReceipt, now.extras))
            ordering.receive_copy(tx, item, number, _said(tx, now, said), actor, again=again)
        return item.line.number

    return _answer(ask, work)


def take_back(ask: Ask) -> Reply:
    """`DELETE …/receive`, an addition of ours: the copy is on order again."""
    actor = actor_of(ask)

    def work(tx: Tx) -> str:
        item, number = _asked(tx, ask)
        ordering.take_copy_back(tx, item, number, actor)
        return item.line.number

    return _answer(ask, work)


def _answer(ask: Ask, work: Callable[[Tx], str]) -> Reply:
    def show(tx: Tx, _number: str) -> Entry:
        item, number = _asked(tx, ask)
        return Entry(copy_shown(tx, ask, item, ordering.copy_of_item(tx, item, number)))

    return Reply(
        write_once(ask, lambda tx: in_dialect(lambda: work(tx)), str, show, subject=lambda number: number)
    )


def _said(tx: Tx, now: OrderedCopy, body: CopyReceipt) -> ordering.CopyReceipt:
    """What a receipt says of its copy, places in the words of the house."""
    library = branch_code(tx, (body.branch_id or "").strip())
    location = (body.shelving_location_id or "").strip()
    return ordering.CopyReceipt(
        barcode=(body.barcode or "").strip(),
        library=library,
        location=shelf_code(tx, library or now.library, location) if location else "",
        extras=kept.members(body, _MAPPED),
    )


COPY = ITEM + "/copies/{copy}"
ALIAS = "/acquisitions/copy/data/{copy}"

ROUTES = (
    Route("GET", ITEM + "/copies", AREA, list_all),
    Route("GET", COPY, AREA, read_one),
    Route("GET", ALIAS, AREA, read_one),
    Route("POST", COPY + "/receive", AREA, receive, write=True),
    Route("PUT", COPY + "/receive", AREA, receive_again, write=True),
    Route("DELETE", COPY + "/receive", AREA, take_back, write=True),
)
