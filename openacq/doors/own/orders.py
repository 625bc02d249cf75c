"""Purchase orders: what waits to be packed, packing, approving, sending, and their letters."""

from __future__ import annotations

import datetime as dt
import time
from typing import Annotated

from openacq.doors.hall import Ask, Document, Reply, Route
from openacq.doors.own.lines import HistoryEntry
from openacq.doors.own.paging import page, words
from openacq.doors.own.staff import Moved, MovedLines, acting, line_ids
from openacq.history import service as history
from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import service as letters
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, OrderState
from openacq.profiles import service as profiles
from openacq.store import Tx
from openacq.wire.model import UNSET, Count, Maybe, Wire

KIND = "purchase_order"
STATES = tuple(state.value for state in OrderState)
SEND_STATES = ("waiting", "failed", "sent")
PDF = "application/pdf"


class OrderLine(Wire):
    number: Maybe[str] = UNSET
    status: Maybe[str] = UNSET
    title: Maybe[str] = UNSET
    type: Maybe[str] = UNSET
    quantity: Maybe[int] = UNSET
    received: Maybe[int] = UNSET
    net: Maybe[str] = UNSET
    reference: Maybe[str] = UNSET
    expected: Maybe[dt.date] = UNSET
    link: Maybe[str] = UNSET


class PurchaseOrder(Wire):
    """`approval_reason` is why it waits for approval; `send_error` why it did not go out (yet)."""

    number: Maybe[str] = UNSET
    state: Maybe[str] = UNSET
    since: Maybe[dt.datetime] = UNSET
    vendor: Maybe[str] = UNSET
    account: Maybe[str] = UNSET
    owner: Maybe[str] = UNSET
    method: Maybe[str] = UNSET
    continuity: Maybe[str] = UNSET
    source: Maybe[str] = UNSET
    lines: Maybe[int] = UNSET
    total: Maybe[str] = UNSET
    currency: Maybe[str] = UNSET
    created: Maybe[dt.datetime] = UNSET
    created_by: Maybe[str] = UNSET
    approved: Maybe[dt.datetime] = UNSET
    approved_by: Maybe[str] = UNSET
    approval_reason: Maybe[str] = UNSET
    send_by: Maybe[str] = UNSET
    send_state: Maybe[str] = UNSET
    send_error: Maybe[str] = UNSET
    sent: Maybe[dt.datetime] = UNSET
    letter: Maybe[int] = UNSET
    line: Maybe[list[OrderLine]] = UNSET
    link: Maybe[str] = UNSET


class PurchaseOrders(Wire):
    total: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    orders: Maybe[list[PurchaseOrder]] = UNSET


class OrderHistory(Wire):
    """The changes of a PO, oldest first."""

    number: Maybe[str] = UNSET
    entries: Maybe[list[HistoryEntry]] = UNSET


class AttachedFile(Wire):
    name: Maybe[str] = UNSET
    type: Maybe[str] = UNSET


class LetterPreview(Wire):
    subject: Maybe[str] = UNSET
    text: Maybe[str] = UNSET
    html: Maybe[str] = UNSET
    attachments: Maybe[list[AttachedFile]] = UNSET
    remark: Maybe[str] = UNSET


class Chosen(Wire):
    """Lines, and the open PO they are to go into, if one is meant."""

    numbers: Annotated[Maybe[list[str]], Count(200)] = UNSET
    into: Maybe[str] = UNSET


class PackagingPlan(Wire):
    """How the lines that wait would be packed: `by_hand` are those of several funds, for somebody to pack."""

    lines: Maybe[int] = UNSET
    orders: Maybe[int] = UNSET
    by_hand: Maybe[int] = UNSET
    automatic: Maybe[bool] = UNSET
    wait_minutes: Maybe[int] = UNSET
    most_lines: Maybe[int] = UNSET
    by_fund: Maybe[bool] = UNSET


class PackagingDone(Wire):
    """`more` true: not all that waited could be packed at once; run it again."""

    lines: Maybe[int] = UNSET
    orders: Maybe[list[str]] = UNSET
    by_hand: Maybe[int] = UNSET
    more: Maybe[bool] = UNSET


class CopySent(Wire):
    number: Maybe[str] = UNSET
    letter: Maybe[int] = UNSET


# -- looking ------------------------------------------------------------------------------------


def list_orders(ask: Ask) -> Reply:
    """`GET /orders?state=&send_state=&vendor=&account=&owner=&limit=&offset=`: the newest first; states as
    comma lists."""
    limit, offset = page(ask)
    search = ordering.OrderSearch(
        states=words(ask, "state", STATES),
        send_states=words(ask, "send_state", SEND_STATES),
        vendor=ask.params.get("vendor", ""),
        account=ask.params.get("account", ""),
        owner=ask.params.get("owner", ""),
    )
    found = ask.read(lambda tx: ordering.orders(tx, search, limit, offset))
    shown = [_order(ask, order) for order in found.orders]
    return Reply(PurchaseOrders(total=found.total, limit=limit, offset=offset, orders=shown))


def get_order(ask: Ask) -> Reply:
    """`GET /orders/{number}`: a PO with its lines, cancelled ones too."""
    return Reply(ask.read(lambda tx: _whole(tx, ask, ask.path["number"])))


def order_history(ask: Ask) -> Reply:
    """`GET /orders/{number}/history`."""

    def work(tx: Tx) -> OrderHistory:
        order, _ = ordering.order(tx, ask.path["number"])
        entries = history.of(tx, KIND, order.row.number)
        return OrderHistory(
            number=order.row.number,
            entries=[
                HistoryEntry(at=entry.at, who=entry.who, field=entry.field, old=entry.old, new=entry.new)
                for entry in entries
            ],
        )

    return Reply(ask.read(work))


def letter(ask: Ask) -> Reply:
    """`GET /orders/{number}/letter`: the letter to the vendor as it would be written now."""
    made = ask.read(lambda tx: ordering.preview_order(tx, ask.path["number"]))
    return Reply(
        LetterPreview(
            subject=made.subject,
            text=made.text,
            html=made.html,
            attachments=[AttachedFile(name=each.name, type=each.type) for each in made.attachments],
            remark=made.remark or UNSET,
        )
    )


def letter_pdf(ask: Ask) -> Reply:
    """`GET /orders/{number}/letter.pdf`: the PDF beside that letter."""
    made = ask.read(lambda tx: ordering.preview_order(tx, ask.path["number"]))
    for attached in made.attachments:
        if attached.type == PDF:
            return Reply(Document(letters.content_of(attached), PDF, f"{ask.path['number']}.pdf"))
    raise Refusal(Problem("record_missing", "number", ask.path["number"], what="PDF of purchase order"))


# -- packing ------------------------------------------------------------------------------------


def packaging_plan(ask: Ask) -> Reply:
    """`GET /packaging`: how the lines that wait would be packed, and by which rule."""

    def work(tx: Tx) -> PackagingPlan:
        rule, plan = profiles.packaging_rule(tx), ordering.plan_packaging(tx)
        return PackagingPlan(
            lines=plan.lines,
            orders=sum(len(batch) for batch in plan.batches),
            by_hand=len(plan.by_hand),
            automatic=rule.automatic,
            wait_minutes=rule.wait_minutes,
            most_lines=rule.most_lines,
            by_fund=rule.by_fund,
        )

    return Reply(ask.read(work))


def run_packaging(ask: Ask) -> Reply:
    """`POST /packaging/run`: pack every line that waits, without waiting for the job."""

    def begin(tx: Tx) -> tuple[Actor, ordering.Plan]:
        return acting(tx, ask), ordering.plan_packaging(tx)

    actor, plan = ask.read(begin)
    orders: list[str] = []
    lines = 0
    for batch in plan.batches:
        begun = time.perf_counter()
        packed = _batch(ask, batch, actor)
        orders += packed.orders
        lines += packed.lines
        time.sleep(ask.hall.store.rest_after(time.perf_counter() - begun))

    def end(tx: Tx) -> PackagingDone:
        aside = ordering.set_aside(tx, plan.by_hand, actor) if plan.by_hand else 0
        return PackagingDone(lines=lines, orders=orders, by_hand=aside, more=plan.more)

    return Reply(ask.write(end))


def _batch(ask: Ask, batch: tuple[ordering.Package, ...], actor: Actor) -> ordering.Packed:
    """A batch in a transaction of its own; the call itself is logged with the last one."""
    store, caller = ask.hall.store, ask.caller
    return store.write(
        lambda tx: ordering.pack(tx, batch, actor), institution=caller.institution, zone=caller.zone
    )


def pack(ask: Ask) -> Reply:
    """`POST /orders/pack {"numbers": […], "into": "PO-…"}`: pack chosen lines together, into a new PO unless
    an open one is named."""
    body = ask.model(Chosen)

    def work(tx: Tx) -> PurchaseOrder:
        actor = acting(tx, ask)
        ids = line_ids(tx, body.numbers, actor)
        number = ordering.pack_chosen(tx, list(ids.values()), actor, body.into or "")
        ask.subject = number
        return _whole(tx, ask, number)

    return Reply(ask.write(work))


def unpack(ask: Ask) -> Reply:
    """`POST /orders/unpack {"numbers": […]}`: take lines out of POs that have not gone out; they go back to
    review."""
    body = ask.model(Chosen)

    def work(tx: Tx) -> MovedLines:
        actor = acting(tx, ask)
        ids = line_ids(tx, body.numbers, actor)
        reached = ordering.unpack(tx, list(ids.values()), actor)
        return MovedLines(
            preview=False,
            lines=[Moved(number=number, status=reached[row].value) for number, row in ids.items()],
        )

    return Reply(ask.write(work))


# -- going out ----------------------------------------------------------------------------------


def approve(ask: Ask) -> Reply:
    """`POST /orders/{number}/approve`: let a PO that waits for it go out."""

    def work(tx: Tx) -> PurchaseOrder:
        ask.subject = ask.path["number"]
        ordering.approve(tx, ask.subject, acting(tx, ask))
        return _whole(tx, ask, ask.subject)

    return Reply(ask.write(work))


def send(ask: Ask) -> Reply:
    """`POST /orders/{number}/send`: send an approved PO that did not go out, once more."""

    def work(tx: Tx) -> PurchaseOrder:
        ask.subject = ask.path["number"]
        ordering.send(tx, ask.subject, acting(tx, ask))
        return _whole(tx, ask, ask.subject)

    return Reply(ask.write(work))


def resend(ask: Ask) -> Reply:
    """`POST /orders/{number}/resend`: send the vendor a copy of a PO that is out, marked as one."""

    def work(tx: Tx) -> CopySent:
        ask.subject = ask.path["number"]
        letter_id = ordering.resend(tx, ask.subject, acting(tx, ask))
        return CopySent(number=ask.subject, letter=letter_id)

    return Reply(ask.write(work))


# -- what is shown ------------------------------------------------------------------------------


def _whole(tx: Tx, ask: Ask, number: str) -> PurchaseOrder:
    order, lines = ordering.order(tx, number)
    shown = _order(ask, order)
    shown.line = [_line(ask, line) for line in lines]
    return shown


def _order(ask: Ask, order: ordering.Order) -> PurchaseOrder:
    row = order.row
    return PurchaseOrder(
        number=row.number,
        state=row.state.value,
        since=row.state_since,
        vendor=row.vendor,
        account=row.account,
        owner=row.owner,
        method=row.method,
        continuity=row.continuity,
        source=row.source,
        lines=order.lines,
        total=order.total.text(),
        currency=row.currency,
        created=row.created,
        created_by=row.created_by,
        approved=row.approved or UNSET,
        approved_by=row.approved_by or UNSET,
        approval_reason=row.approval_reason or UNSET,
        send_by=row.send_by or UNSET,
        send_state=row.send_state or UNSET,
        send_error=row.send_error or UNSET,
        sent=row.sent or UNSET,
        letter=UNSET if row.letter_id is None else row.letter_id,
        link=ask.link(f"/orders/{row.number}"),
    )


def _line(ask: Ask, line: ordering.OrderedLine) -> OrderLine:
    return OrderLine(
        number=line.number,
        status=line.state.value,
        title=line.title,
        type=line.type,
        quantity=line.quantity,
        received=line.received,
        net=line.net.text() if line.net else UNSET,
        reference=line.reference,
        expected=line.expected or UNSET,
        link=ask.root + f"/almaws/v1/acq/po-lines/{line.number}",
    )


ROUTES = (
    Route("GET", "/orders", "own", list_orders, open_to_vendors=False),
    Route("GET", "/orders/{number}", "own", get_order, open_to_vendors=False),
    Route("GET", "/orders/{number}/history", "own", order_history, open_to_vendors=False),
    Route("GET", "/orders/{number}/letter", "own", letter, open_to_vendors=False),
    Route("GET", "/orders/{number}/letter.pdf", "own", letter_pdf, open_to_vendors=False),
    Route("GET", "/packaging", "own", packaging_plan, open_to_vendors=False),
    Route("POST", "/packaging/run", "own", run_packaging, write=True, open_to_vendors=False),
    Route("POST", "/orders/pack", "own", pack, write=True, open_to_vendors=False),
    Route("POST", "/orders/unpack", "own", unpack, write=True, open_to_vendors=False),
    Route("POST", "/orders/{number}/approve", "own", approve, write=True, open_to_vendors=False),
    Route("POST", "/orders/{number}/send", "own", send, write=True, open_to_vendors=False),
    Route("POST", "/orders/{number}/resend", "own", resend, write=True, open_to_vendors=False),
)
