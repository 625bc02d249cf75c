"""PO lines: the create call shops make at checkout, and reading one line."""

from __future__ import annotations

from openacq.doors.alma.listing import flag, gathered
from openacq.doors.alma.po_line_in import place_wish
from openacq.doors.alma.po_line_out import wire_line
from openacq.doors.alma.po_line_wire import PoLine
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, Line, PlaceLine
from openacq.store import Tx
from openacq.wire.model import to_json


def actor_of(ask: Ask) -> Actor:
    caller = ask.caller
    return Actor(caller.name, caller.vendor, caller.funds, caller.libraries)


def create(ask: Ask) -> Reply:
    """`POST /acq/po-lines`: one title, one PO line, at once.

    `?dry_run=true` answers the line that would be made, without a number, and keeps nothing.
    """
    problems: list[Problem] = []
    rehearsed = gathered(lambda: ask.dry_run, problems)
    review = gathered(lambda: flag(ask.params, "requires_manual_review"), problems)
    body = ask.model(PoLine, problems)
    wish = place_wish(
        body, problems, profile=ask.params.get("profile_code", ""), manual_review=review or False
    )
    actor = actor_of(ask)
    ask.vendor = wish.vendor

    def work(tx: Tx) -> Line:
        line = ordering.place(tx, wish, actor)
        ask.outcome = "in_review" if line.in_review else "placed"
        return line

    def show(tx: Tx, line: Line) -> PoLine:
        return wire_line(tx, ask, line)

    if rehearsed is not False:
        model = ask.rehearse(lambda tx: show(tx, work(tx)))
        model.number = ""
        return Reply(model, headers={"X-Openacq-Dry-Run": "true"})
    return Reply(
        ask.once(
            work,
            Line,
            show,
            request=to_json(body),
            reference=_reference(wish, actor),
            subject=lambda made: made.number,
        )
    )


def _reference(wish: PlaceLine, actor: Actor) -> str:
    """What tells a vendor's order from all others, "" for nothing.

    An order in the name of another vendor than the key's has none: it is refused, not answered with
    that vendor's earlier line.
    """
    vendor = wish.vendor or actor.vendor or ""
    if not wish.reference or actor.vendor not in (None, vendor):
        return ""
    return f"{vendor}\0{wish.account}\0{wish.reference}"


def read_one(ask: Ask) -> Reply:
    """`GET /acq/po-lines/{number}`: by number, else by the vendor's reference if it names one line."""
    actor = actor_of(ask)

    def work(tx: Tx) -> PoLine:
        line = ordering.line(tx, ask.path["number"], actor)
        ask.subject, ask.vendor = line.number, line.vendor
        return wire_line(tx, ask, line)

    return Reply(ask.read(work))


ROUTES = (
    Route("POST", "/acq/po-lines", "acq", create, write=True),
    Route("GET", "/acq/po-lines/{number}", "acq", read_one),
)
