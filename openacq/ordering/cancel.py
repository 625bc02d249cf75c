"""Cancelling a line: its money comes back, what it brought goes, those who wait are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from openacq.catalogue import service as catalogue
from openacq.codes import service as codes
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import cancel_letter, moves, store, store_cancel, store_drafts
from openacq.ordering.cancel_letter import Informed
from openacq.ordering.model import Actor, LineState
from openacq.ordering.place import USE_KIND
from openacq.store import Tx

BibFate = Literal["retain", "delete", "suppress"]
REASONS = "POLineCancellationReasons"


def bib_fate(word: str) -> BibFate:
    """The word as a fate; ValueError for any other word."""
    for fate in _FATES:
        if fate == word:
            return fate
    raise ValueError(word)


_FATES: tuple[BibFate, ...] = ("retain", "delete", "suppress")


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Why a line is cancelled, whether the vendor hears of it, and what becomes of a bib left without
    inventory. `comment` stands in the letter to the vendor too. `override` passes over a cancellation
    restriction and copies already received."""

    reason: str
    comment: str = ""
    inform_vendor: bool = False
    override: bool = False
    bib: BibFate = "retain"


def cancel(tx: Tx, ids: Sequence[int], actor: Actor, how: Cancellation) -> Mapping[int, Informed]:
    """Cancel lines; returns by which letter the vendor hears of each, if it is to be informed.

    Raises Refusal: code_illegal (reason), line_cancelled_already, cancel_restricted (naming the
    restriction or what was received), move_refused, state_changed.
    """
    problem = codes.check(tx, REASONS, "reason", how.reason)
    if problem is not None:
        raise Refusal(problem)
    store_drafts.hold_orders_of_drafts(tx, ids)
    store.hold(tx, ids)  # what comes in meanwhile waits, and is refused then
    lines = store_cancel.lines(tx, ids)
    _refuse(lines, how)
    moves.move_lines(
        tx,
        ids,
        "cancel",
        actor,
        values={"cancel_reason": how.reason, "cancel_comment": how.comment, "claim_due": None},
    )
    drafts = [line for line in lines if line.state is LineState.DRAFT]
    for order_id in sorted({line.order_id for line in drafts if line.order_id is not None}):
        store_drafts.touch(tx, order_id)  # whoever read the order before is told
    left = {line.id: line.state for line in lines}
    informed = cancel_letter.inform(tx, left, actor, how.reason, how.comment) if how.inform_vendor else {}
    for line in lines:
        stays = catalogue.take_back(tx, line.id)
        catalogue.drop_use(tx, line.mms_id, USE_KIND, line.id)
        if how.bib != "retain" and not stays.items and not stays.portfolios:
            _end_bib(tx, line.mms_id, how.bib)
        tx.emit(
            "po_line.cancelled",
            line.number,
            {
                "reason": how.reason,
                "comment": how.comment,
                "inform_vendor": how.inform_vendor,
                "letter": informed[line.id].letter if line.id in informed else None,
                "line": line.id,
            },
        )
    return informed


def _refuse(lines: Sequence[store_cancel.CancelledLine], how: Cancellation) -> None:
    problems = []
    for line in lines:
        if line.state is LineState.CANCELLED:
            problems.append(Problem("line_cancelled_already", "po_line_id", line.number))
        elif line.restricted and not how.override:
            reason = line.restriction or "the line has a cancellation restriction"
            problems.append(Problem("cancel_restricted", "po_line_id", line.number, reason=reason))
        elif came := _came(line, how):
            problems.append(came)
    if problems:
        raise Refusal(problems)


def _came(line: store_cancel.CancelledLine, how: Cancellation) -> Problem | None:
    """What keeps a line from being cancelled because it has come, if anything does."""
    if how.override or not (line.received or line.active):
        return None
    reason = f"{line.received} of its copies are received" if line.received else "it is switched on"
    return Problem("cancel_restricted", "po_line_id", line.number, reason=reason)


def _end_bib(tx: Tx, mms_id: str, fate: BibFate) -> None:
    """Delete or hide a bib nobody needs any more; one that is needed stays as it is."""
    if not catalogue.is_needless(tx, mms_id):
        return
    if fate == "delete":
        catalogue.delete_bib(tx, mms_id)
    else:
        catalogue.suppress(tx, mms_id)
