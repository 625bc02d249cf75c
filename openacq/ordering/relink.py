"""Tying a line to another bib: the order was for another edition, or the record was the wrong one.

Only the record changes, with what hangs on it: the copies on order, the use of both records, what was told
about the title. Money, vendor and dates stay.
"""

from __future__ import annotations

from dataclasses import replace

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import already, moves, store_changes, store_drafts
from openacq.ordering.draft_items import leave_bibs
from openacq.ordering.model import Actor, Alert, Line, LineState, Place, Severity
from openacq.ordering.place import USE_KIND
from openacq.ordering.progress import of_lines
from openacq.ordering.read import held_line
from openacq.store import Tx

FIELD = "resource_metadata.mms_id"
OF_THE_TITLE = frozenset(
    {"bib_ambiguous", "bib_brief", "community_portfolio", "held_already", "identifier_doubtful",
     "on_order_already", "portfolio_held"}
)  # fmt: skip


def relink(tx: Tx, number: str, mms_id: str, actor: Actor, *, version: int | None = None) -> Line:
    """Make another bib the line's; returns the line as it then is, unchanged if it is that bib already.

    A record that was made for the line alone is deleted when nothing needs it any more.
    Raises Refusal: line_not_found, line_cancelled, line_outdated, bib_unknown, field_fixed (something of it
    has arrived, or it is closed).
    """
    before = held_line(tx, number, actor)
    if before.state is LineState.CANCELLED:
        raise Refusal(Problem("line_cancelled", "po_line_id", before.number))
    if version is not None and version != store_changes.version_of(tx, before.id):
        raise Refusal(Problem("line_outdated", "po_line_id", before.number))
    bib = catalogue.bib(tx, mms_id)
    if bib is None:
        raise Refusal(Problem("bib_unknown", FIELD, mms_id))
    if bib.mms_id == before.bib.mms_id:
        return before
    if reason := _why_not(tx, before):
        raise Refusal(Problem("field_fixed", FIELD, mms_id, reason=reason))
    told = _told(tx, before, bib)
    moved = catalogue.move_inventory(tx, before.id, bib.mms_id)
    at = {(each.library, each.location): each.holding_id for each in moved.holdings}
    places = tuple(_at(place, at) for place in before.places)
    after = replace(
        before,
        bib=bib,
        places=places,
        holdings=moved.holdings,
        items=moved.items,
        portfolios=moved.portfolios,
        alerts=(*(each for each in before.alerts if each.slug not in OF_THE_TITLE), *told),
    )
    order_id = store_changes.order_of(tx, before.id)
    store_changes.write_line(tx, before, after, order_id)
    store_changes.write_title(tx, after)
    if before.state is LineState.DRAFT and order_id is not None:
        store_drafts.touch(tx, order_id)
    catalogue.add_use(tx, bib.mms_id, USE_KIND, before.id)
    leave_bibs(tx, [(before.bib.mms_id, before.id)])
    changes = [Change("mms_id", before.bib.mms_id, bib.mms_id)]
    if before.bib.title != bib.title:
        changes.append(Change("title", before.bib.title, bib.title))
    history.record(tx, moves.LINE, after.number, changes, actor.name)
    tx.emit("po_line.changed", after.number, {"fields": [each.field for each in changes]})
    return held_line(tx, after.number, actor)


def _why_not(tx: Tx, line: Line) -> str:
    if line.state is LineState.CLOSED:
        return "it is closed"
    so_far = of_lines(tx, [line.id])[line.id]
    return "something of it has arrived" if so_far.received or so_far.activated else ""


def _told(tx: Tx, line: Line, bib: Bib) -> tuple[Alert, ...]:
    """What staff should know of the record that was chosen; they chose it, so nothing holds the line up."""
    ordered = already.coming(tx, [bib.mms_id]).get(bib.mms_id, [])
    told: list[Alert] = []
    if line.items or line.holdings:
        held = dict(catalogue.copies_held(tx, bib.mms_id).copies())
        told += already.of_libraries(tx, already.HELD, held, Severity.INFORMATION)
    copies = already.counted(ordered, electronic=bool(line.portfolios))
    return (*told, *already.of_libraries(tx, already.ON_ORDER, copies, Severity.INFORMATION))


def _at(place: Place, holdings: dict[tuple[str, str], str]) -> Place:
    return replace(place, holding_id=holdings.get((place.library, place.location), place.holding_id))
