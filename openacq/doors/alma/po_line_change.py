"""`PUT` and `DELETE /acq/po-lines/{number}`: changing and cancelling a line."""

from __future__ import annotations

from openacq.doors.alma.errors import CANCEL_FAILED, UPDATE_FAILED, UPDATE_WORDS, Words
from openacq.doors.alma.listing import choice, flag, gathered
from openacq.doors.alma.po_line_in import place_wish
from openacq.doors.alma.po_line_out import wire_line
from openacq.doors.alma.po_line_wire import PoLine
from openacq.doors.alma.po_lines import actor_of
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import Line
from openacq.store import Tx
from openacq.wire.model import UNSET

FATES: tuple[str, ...] = ("retain", "delete", "suppress")
UPDATE = Words(UPDATE_FAILED, before=UPDATE_WORDS)
CANCEL = Words(CANCEL_FAILED)


def update(ask: Ask) -> Reply:
    """`PUT`: the whole line comes back; what differs is changed, what is left out takes its default.

    Left out, `interested_user` and `location` stay as they are. `update_inventory=false` leaves holdings
    and items alone, `redistribute_funds=true` spreads the new total over the funds the line has. With
    `If-Match: "version"` (our addition) a change that came between is told.
    """
    ask.failing = UPDATE
    problems: list[Problem] = []
    inventory = gathered(lambda: flag(ask.params, "update_inventory", default=True), problems)
    redistribute = gathered(lambda: flag(ask.params, "redistribute_funds"), problems)
    body = ask.model(PoLine, problems)
    wish = place_wish(body, problems, profile="", manual_review=False)
    how = ordering.HowToChange(
        inventory=inventory is not False,
        redistribute=redistribute or False,
        keep_interested=body.interested_user is UNSET,
        keep_places=body.location is UNSET,
        version=_version(ask),
    )
    actor = actor_of(ask)

    def work(tx: Tx) -> PoLine:
        line: Line = ordering.change(tx, ask.path["number"], wish, actor, how)
        ask.subject, ask.vendor = line.number, line.vendor
        return wire_line(tx, ask, line)

    return Reply(ask.write(work))


def _version(ask: Ask) -> int | None:
    given = ask.headers.get("if-match", "").strip().strip('"')
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None


def cancel(ask: Ask) -> Reply:
    """`DELETE`: the line is cancelled, its money released, its inventory taken back; 204."""
    ask.failing = CANCEL
    reason = ask.params.get("reason", "").strip()
    if not reason:
        raise Refusal(Problem("field_missing", "reason"))
    how = ordering.Cancellation(
        reason=reason,
        comment=ask.params.get("comment", "")[:2_000],
        inform_vendor=flag(ask.params, "inform_vendor"),
        override=flag(ask.params, "override"),
        bib=ordering.bib_fate(choice(ask.params, "bib", "retain", FATES)),
    )
    actor = actor_of(ask)

    def work(tx: Tx) -> None:
        line = ordering.line(tx, ask.path["number"], actor)
        ask.subject, ask.vendor = line.number, line.vendor
        ordering.cancel(tx, [line.id], actor, how)

    ask.write(work)
    return Reply(status=204)


ROUTES = (
    Route("PUT", "/acq/po-lines/{number}", "acq", update, write=True),
    Route("DELETE", "/acq/po-lines/{number}", "acq", cancel, write=True),
)
