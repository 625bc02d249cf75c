"""A purchase order's page: its lines, the letter as the vendor sees it, approving, sending, taking lines out,
closing, cancelling, reopening."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.doors.desk.words import FIELDS, LINE_STATES, ORDER_STATES, SEND_STATES, SENT_BY, STATE_KIND
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import HTML, Visit
from openacq.history import service as history
from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import service as letters
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState
from openacq.store import Tx
from openacq.vendors import service as vendors

SEEN_BY = "order|review|receive|funds|requests|vendors|admin"
RIGHT = "order"
HISTORY = "purchase_order"
PDF = "application/pdf"
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
)


def show_order(visit: Visit) -> Rendered:
    number = visit.path["number"]

    def work(tx: Tx) -> Rendered:
        order, lines = ordering.order(tx, number)
        vendor = vendors.vendor(tx, order.row.vendor) if order.row.vendor else None
        reasons = [(row.code, row.description) for row in codes.rows(tx, "POLineCancellationReasons")]
        return visit.show(
            "po.html",
            order=order,
            lines=lines,
            vendor=vendor,
            states=ORDER_STATES,
            line_states=LINE_STATES,
            kinds=STATE_KIND,
            sending=SEND_STATES,
            ways=SENT_BY,
            method=codes.describe(tx, "AcquisitionMethod", order.row.method),
            may={line.number: ordering.may_happen(line.state) for line in lines},
            may_work=visit.may(RIGHT, order.row.owner),
            reasons=reasons,
            entries=history.of(tx, HISTORY, order.row.number),
            fields=FIELDS,
        )

    return visit.read(work)


def show_letter(visit: Visit) -> Rendered:
    """The letter as the vendor would get it now, for the frame of the page."""
    made = visit.read(lambda tx: ordering.preview_order(tx, visit.path["number"]))
    body = (made.html or f"<pre>{_escaped(made.text)}</pre>").encode()
    return Rendered(200, body, HTML, {"Content-Security-Policy": LETTER_POLICY})


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def give_pdf(visit: Visit) -> Rendered:
    number = visit.path["number"]
    made = visit.read(lambda tx: ordering.preview_order(tx, number))
    for attached in made.attachments:
        if attached.type == PDF:
            named = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
            return Rendered(200, letters.content_of(attached), PDF, named)
    raise Refusal(Problem("record_missing", "number", number, what="PDF of purchase order"))


# -- moves ----------------------------------------------------------------------------------------


def _approve(tx: Tx, visit: Visit, number: str) -> str:
    ordering.approve(tx, number, visit.actor(RIGHT))
    return visit.say("%(number)s is approved and goes out.", number=number)


def _send(tx: Tx, visit: Visit, number: str) -> str:
    ordering.send(tx, number, visit.actor(RIGHT))
    return visit.say("%(number)s is sent once more.", number=number)


def _resend(tx: Tx, visit: Visit, number: str) -> str:
    ordering.resend(tx, number, visit.actor(RIGHT))
    return visit.say("A copy of %(number)s is on its way to the vendor.", number=number)


def _close(tx: Tx, visit: Visit, number: str) -> str:
    ids = _chosen(tx, visit, number, "close")
    ordering.close(tx, ids, visit.actor(RIGHT))
    return _closed(visit, len(ids))


def _closed(visit: Visit, count: int) -> str:
    one, many = "%(num)s line is closed.", "%(num)s lines are closed."
    return visit.language.ngettext(one, many, count) % {"num": count}


def _reopen(tx: Tx, visit: Visit, number: str) -> str:
    ids = _chosen(tx, visit, number, "reopen")
    ordering.reopen(tx, ids, visit.actor(RIGHT))
    one, many = "%(num)s line is open again.", "%(num)s lines are open again."
    return visit.language.ngettext(one, many, len(ids)) % {"num": len(ids)}


def _unpack(tx: Tx, visit: Visit, number: str) -> str:
    ids = _chosen(tx, visit, number, "unpack")
    ordering.unpack(tx, ids, visit.actor(RIGHT))
    one, many = "%(num)s line is back in review.", "%(num)s lines are back in review."
    return visit.language.ngettext(one, many, len(ids)) % {"num": len(ids)}


def _cancel(tx: Tx, visit: Visit, number: str) -> str:
    ids = _chosen(tx, visit, number, "cancel")
    how = ordering.Cancellation(
        visit.value("reason"), visit.value("comment"), inform_vendor=visit.value("inform_vendor") == "yes"
    )
    if not how.reason:
        raise Refusal(Problem("field_missing", "reason"))
    ordering.cancel(tx, ids, visit.actor(RIGHT), how)
    one, many = "%(num)s line is cancelled.", "%(num)s lines are cancelled."
    return visit.language.ngettext(one, many, len(ids)) % {"num": len(ids)}


def _chosen(tx: Tx, visit: Visit, number: str, event: str) -> list[int]:
    """The lines ticked, else all of the order's that the event is possible for."""
    _, lines = ordering.order(tx, number)
    ticked = set(visit.values("line"))
    found = [
        line.id
        for line in lines
        if (line.number in ticked or not ticked)
        and event in ordering.may_happen(line.state)
        and line.state is not LineState.CANCELLED
    ]
    if not found:
        raise Refusal(Problem("field_missing", "line"))
    return found


MOVES: Mapping[str, Callable[[Tx, Visit, str], str]] = MappingProxyType(
    {
        "approve": _approve,
        "send": _send,
        "resend": _resend,
        "close": _close,
        "reopen": _reopen,
        "unpack": _unpack,
        "cancel": _cancel,
    }
)


def move(visit: Visit) -> Rendered:
    """Carry out the move of the button pressed."""
    number, event = visit.path["number"], visit.value("do")
    if event not in MOVES:
        raise Refusal(Problem("parameter_invalid", "do", event, valid=", ".join(MOVES)))

    def work(tx: Tx) -> str:
        order, _ = ordering.order(tx, number)
        visit.require(RIGHT, order.row.owner)
        return MOVES[event](tx, visit, number)

    return visit.go(visit.back(f"/orders/po/{number}"), visit.write(work))


PAGES = (
    Page("GET", "/orders/po/{number}", show_order, right=SEEN_BY),
    Page("GET", "/orders/po/{number}/letter", show_letter, right=SEEN_BY),
    Page("GET", "/orders/po/{number}/letter.pdf", give_pdf, right=SEEN_BY),
    Page("POST", "/orders/po/{number}/move", move, right=RIGHT),
)
