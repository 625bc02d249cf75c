"""A PO line's page: what it is, why it waits, what it costs whom, what became of it; and its moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.desk.words import (
    FIELDS,
    LINE_STATES,
    SOURCES,
    STATE_KIND,
    alert_advice,
    alert_name,
    alert_text,
)
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.kernel.money import Money
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ordering import service as ordering
from openacq.ordering.model import Line
from openacq.store import Tx

SEEN_BY = "order|review|receive|funds|requests|vendors|admin"
WORKED_BY = "order|review"
HISTORY = "po_line"


@dataclass(frozen=True, slots=True)
class Button:
    """A move there is for a line in its state: the event, the button's words, its key, the right."""

    event: str
    words: str
    right: str
    key: str = ""
    kind: str = "plain"


BUTTONS = (
    Button("order now", later("Order now"), "review", "a", "main"),
    Button("resume", later("Back to review"), WORKED_BY),
    Button("review", later("Back to review"), WORKED_BY),
    Button("unpack", later("Take out of the order"), "order"),
    Button("close", later("Close"), "order"),
    Button("reopen", later("Reopen"), "order"),
)


def show_line(visit: Visit) -> Rendered:
    number = visit.path["number"]
    actor = visit.actor(SEEN_BY)

    def work(tx: Tx) -> Rendered:
        line = ordering.line(tx, number, actor)
        events = ordering.may_happen(line.state)
        library = directory.library(tx, line.owner)
        funds = [share.fund_id for share in line.shares if share.fund_id is not None]
        free: Mapping[int, Money] = {
            fund_id: balance.available for fund_id, balance in ledger.balances(tx, funds).items()
        }
        receipts, _ = ordering.receipts(tx, ordering.ReceiptFilter(line=line.number), limit=50)
        return visit.show(
            "line.html",
            line=line,
            library=library.name if library else line.owner,
            type_name=codes.describe(tx, "PurchaseType", line.type),
            method_name=codes.describe(tx, "AcquisitionMethod", line.method),
            states=LINE_STATES,
            kinds=STATE_KIND,
            sources=SOURCES,
            buttons=[
                button for button in BUTTONS if button.event in events and visit.may(button.right, line.owner)
            ],
            may_edit=visit.may(WORKED_BY, line.owner) and line.state.value != "CANCELLED",
            may_relink=visit.may(WORKED_BY, line.owner)
            and line.state.value not in ("CANCELLED", "CLOSED")
            and not any(item.receive_date for item in line.items)
            and not any(portfolio.available for portfolio in line.portfolios),
            may_cancel="cancel" in events and visit.may(WORKED_BY, line.owner),
            may_defer="defer" in events and visit.may(WORKED_BY, line.owner),
            free=free,
            receipts=receipts,
            claims=ordering.claims_of(tx, line.number),
            entries=history.of(tx, HISTORY, line.number),
            fields=FIELDS,
            today=tx.today,
            alert_name=alert_name,
            said=lambda alert: alert_text(visit, alert),
            advised=lambda alert: alert_advice(visit, alert),
        )

    return visit.read(work)


# -- moves ----------------------------------------------------------------------------------------


def _order_now(tx: Tx, line: Line, visit: Visit) -> str:
    ordering.order_now(tx, [line.id], visit.actor("review"))
    return visit.say("%(number)s is ordered.", number=line.number)


def _resume(tx: Tx, line: Line, visit: Visit) -> str:
    ordering.resume(tx, [line.id], visit.actor(WORKED_BY))
    return visit.say("%(number)s is back in review.", number=line.number)


def _send_back(tx: Tx, line: Line, visit: Visit) -> str:
    ordering.send_back(tx, [line.id], visit.actor(WORKED_BY))
    return visit.say("%(number)s is back in review.", number=line.number)


def _unpack(tx: Tx, line: Line, visit: Visit) -> str:
    ordering.unpack(tx, [line.id], visit.actor("order"))
    return visit.say("%(number)s is out of its order and back in review.", number=line.number)


def _close(tx: Tx, line: Line, visit: Visit) -> str:
    ordering.close(tx, [line.id], visit.actor("order"))
    return visit.say("%(number)s is closed; what was still reserved for it is free.", number=line.number)


def _reopen(tx: Tx, line: Line, visit: Visit) -> str:
    ordering.reopen(tx, [line.id], visit.actor("order"))
    return visit.say("%(number)s is open again.", number=line.number)


MOVES: Mapping[str, tuple[str, Callable[[Tx, Line, Visit], str]]] = {
    "order now": ("review", _order_now),
    "resume": (WORKED_BY, _resume),
    "review": (WORKED_BY, _send_back),
    "unpack": ("order", _unpack),
    "close": ("order", _close),
    "reopen": ("order", _reopen),
}


def move(visit: Visit) -> Rendered:
    """Carry out the move of the button pressed."""
    number, event = visit.path["number"], visit.value("event")
    known = MOVES.get(event)
    if known is None:
        raise Refusal(Problem("parameter_invalid", "event", event, valid=", ".join(MOVES)))
    right, carry_out = known

    def work(tx: Tx) -> str:
        line = ordering.line(tx, number, visit.actor(SEEN_BY))
        visit.require(right, line.owner)
        return carry_out(tx, line, visit)

    return visit.go(visit.back(f"/orders/lines/{number}"), visit.write(work))


PAGES = (
    Page("GET", "/orders/lines/{number}", show_line, right=SEEN_BY),
    Page("POST", "/orders/lines/{number}/move", move, right=SEEN_BY),
)
