"""The items of a PO line: the list, receiving one of them, receiving a new one.

A body may be an item, the whole object that was read before, empty (`<item/>`, `{}`) or not there. Of
an item that is received only the barcode is taken: a shelf-ready copy brings its own.
"""

from __future__ import annotations

import datetime as dt
import re

from openacq.catalogue.model import CopyWish
from openacq.doors.alma.bibs_wire import Item, ItemData, Items
from openacq.doors.alma.errors import RECEIVE_FAILED, RECEIVE_WORDS, Words
from openacq.doors.alma.holdings import PROCESS_TYPES, item_link, wire_item
from openacq.doors.alma.items_wire import ItemDataIn, ItemIn
from openacq.doors.alma.listing import number_of
from openacq.doors.alma.po_lines import actor_of
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.store import Tx
from openacq.wire.model import UNSET, Coded, code_of, to_json

RECEIVE = Words(RECEIVE_FAILED, before=RECEIVE_WORDS)
RECEIVE_NEW = Words("401878", before="Failed to update the item after the receive. Error: ")
EVERY = "all"

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Zz]|[Tt ][\d:.]+(?:[Zz]|[+-]\d\d:?\d\d)?)?", re.ASCII)


def list_items(ask: Ask) -> Reply:
    """`GET /acq/po-lines/{number}/items`: number or id; all of them unless `limit` says otherwise."""
    given = ask.params.get("limit", "").strip()
    limit = (
        None if not given or given.lower() == EVERY else number_of(ask.params, "limit", 0, "all, or 0-100")
    )
    offset = number_of(ask.params, "offset", 0, "a number from 0")
    actor = actor_of(ask)

    def work(tx: Tx) -> Items:
        line, items = ordering.items_of_line(tx, ask.path["number"], actor)
        ask.subject, ask.vendor = line.number, line.vendor
        seen = [item for item in items if ask.caller.sees_library(item.library)]
        page = seen[offset:] if limit is None else seen[offset : offset + limit]
        shown = [
            Item(
                item_data=ItemData(
                    pid=item.item_id,
                    barcode=item.barcode,
                    po_line=line.number,
                    arrival_date=item.receive_date or UNSET,
                    process_type=Coded(
                        value=item.process_type,
                        desc=PROCESS_TYPES.get(item.process_type, item.process_type),
                    ),
                ),
                link=item_link(ask, item),
            )
            for item in page
        ]
        return Items(item=shown or UNSET, total_record_count=len(seen))

    return Reply(ask.read(work))


def receive_item(ask: Ask) -> Reply:
    """`POST /acq/po-lines/{number}/items/{item_id}?op=receive`: the copy has come."""
    if ask.params.get("op", "").strip() != "receive":
        raise Refusal(Problem("parameter_invalid", "op", ask.params.get("op", ""), valid="receive"))
    how = _how(ask)
    ask.failing = RECEIVE
    given = _body(ask).item_data or ItemDataIn()
    actor = actor_of(ask)

    def work(tx: Tx) -> Item:
        number, item_id = ask.path["number"], ask.path["item_id"]
        line, items = ordering.items_of_line(tx, number, actor)
        ask.subject, ask.vendor = line.number, line.vendor
        old = next((item.barcode for item in items if item.item_id == item_id), "")
        new = given.barcode or ""
        arrived = ordering.Arrival(line=line.number, items=(item_id,))
        barcodes = (new,) if new and new != old else ()
        ordering.receive(tx, arrived, actor, how, barcodes=barcodes)
        ask.outcome = "received"
        return wire_item(tx, ask, item_id)

    return Reply(ask.write(work))


def receive_new_item(ask: Ask) -> Reply:
    """`POST /acq/po-lines/{number}/items`: an issue, or a copy more than was ordered, has come.

    With the header Idempotency-Key (our addition) a repeated call makes no second item.
    """
    how = _how(ask)
    ask.failing = RECEIVE_NEW
    body = _body(ask)
    actor = actor_of(ask)
    given = body.item_data or ItemDataIn()
    holding = body.holding_data
    new = ordering.NewItem(
        copy=CopyWish(
            barcode=given.barcode or "",
            policy=code_of(given.policy),
            expected_arrival_date=given.expected_arrival_date or None,
            enumeration_a=given.enumeration_a or "",
            enumeration_b=given.enumeration_b or "",
            enumeration_c=given.enumeration_c or "",
            chronology_i=given.chronology_i or "",
            chronology_j=given.chronology_j or "",
            chronology_k=given.chronology_k or "",
            description=given.description or "",
            storage_location_id=given.storage_location_id or "",
        ),
        library=code_of(given.library),
        location=code_of(given.location),
        holding_id=(holding.holding_id or "") if holding else "",
    )

    def work(tx: Tx) -> ordering.Received:
        line = ordering.line_progress(tx, ask.path["number"], actor)
        ask.vendor = line.vendor
        ask.outcome = "received"
        return ordering.receive_new(tx, line.number, new, actor, how)

    return Reply(
        ask.once(
            work,
            ordering.Received,
            lambda tx, done: wire_item(tx, ask, done.receipts[0].item_id),
            request=to_json(body),
            reference="",
            subject=lambda done: done.lines[0].line,
        )
    )


def _how(ask: Ask) -> ordering.HowToReceive:
    """Day and department. Raises Refusal date_malformed."""
    return ordering.HowToReceive(
        on=_day(ask, "receive_date"),
        department=ask.params.get("department", "").strip(),
        library=ask.params.get("department_library", "").strip(),
    )


def _day(ask: Ask, name: str) -> dt.date | None:
    given = ask.params.get(name, "").strip()
    if not given:
        return None
    form = _DAY.fullmatch(given)
    try:
        return dt.date.fromisoformat(form[1] if form else "")
    except ValueError:
        raise Refusal(Problem("date_malformed", name, given)) from None


def _body(ask: Ask) -> ItemIn:
    """The item of the body; an empty one when there is none."""
    return ask.model(ItemIn) if ask.body.strip() else ItemIn()


ROUTES = (
    Route("GET", "/acq/po-lines/{number}/items", "acq", list_items),
    Route("POST", "/acq/po-lines/{number}/items", "acq", receive_new_item, write=True, open_to_vendors=False),
    Route(
        "POST",
        "/acq/po-lines/{number}/items/{item_id}",
        "acq",
        receive_item,
        write=True,
        open_to_vendors=False,
    ),
)
