"""Telling the vendor that what it was asked for is cancelled.

A line is worth a letter when the vendor knows of it: its PO has gone out, or it carries the vendor's own
reference. There is one letter for each PO, and for lines without one for each vendor account and library,
in the vendor's language and by the way its account gets orders. It is written with the cancellation, so
there is none of a cancellation that did not happen; a line has one such letter, ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib
from openacq.codes import service as codes
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.clock import calendar_day
from openacq.letters import service as letters
from openacq.letters.model import Source, Wish
from openacq.ordering import notify, order_letter, progress, store_cancel
from openacq.ordering.model import Actor, LineState
from openacq.ordering.moves import LINE
from openacq.ordering.order_letter import BIBS_AT_ONCE, SOURCE, WAYS, Destination
from openacq.ordering.progress import Progress
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import SendOrders

KIND = "cancellation"

Group = tuple[int | None, str, str, str]
"""PO, vendor, account, library."""


@dataclass(frozen=True, slots=True)
class Informed:
    """The letter by which the vendor hears of a cancelled line, or why it hears of it by none."""

    letter: int | None = None
    why_not: str = ""


def inform(
    tx: Tx, before: Mapping[int, LineState], actor: Actor, reason: str, note: str, *, sent: bool = False
) -> dict[int, Informed]:
    """Write the letters about cancelled lines, given with the state each left; what became of each.

    `sent` says that the vendor has got these lines, although they do not stand as sent.
    """
    lines = progress.of_lines(tx, list(before))
    outcome: dict[int, Informed] = {}
    groups: dict[Group, list[Progress]] = {}
    for line in lines.values():
        why_not = _why_not(tx, line, before[line.id], sent=sent)
        if why_not:
            outcome[line.id] = Informed(why_not=why_not)
        else:
            groups.setdefault((line.order_id, line.vendor, line.account, line.owner), []).append(line)
    bibs = _bibs(tx, [line for members in groups.values() for line in members])
    words = codes.describe(tx, notify.CANCEL_REASONS, reason)
    ids = letters.enqueue_all(tx, [_wish(tx, members, bibs, words, note) for members in groups.values()])
    for letter_id, members in zip(ids, groups.values(), strict=True):
        outcome |= dict.fromkeys((line.id for line in members), Informed(letter=letter_id))
    _note(tx, lines, outcome, actor)
    return outcome


def _why_not(tx: Tx, line: Progress, left: LineState, *, sent: bool) -> str:
    if not line.vendor:
        return "the line has no vendor"
    if left is LineState.DRAFT or (line.sent is None and not line.reference and not sent):
        return "the vendor does not know of it yet"
    to = order_letter.destination_of(tx, line.vendor, line.account)
    return f"account {line.account} gets no letters" if to.way is SendOrders.NONE else ""


def _bibs(tx: Tx, lines: Sequence[Progress]) -> dict[str, Bib]:
    wanted = sorted({line.mms_id for line in lines})
    return {
        bib.mms_id: bib
        for first in range(0, len(wanted), BIBS_AT_ONCE)
        for bib in catalogue.bibs(tx, wanted[first : first + BIBS_AT_ONCE])
    }


def _wish(tx: Tx, lines: Sequence[Progress], bibs: Mapping[str, Bib], reason: str, note: str) -> Wish:
    first = lines[0]
    to = order_letter.destination_of(tx, first.vendor, first.account)
    about = first.order_number or first.number
    return Wish(
        kind=KIND,
        occasion=f"cancelled {' '.join(line.number for line in lines)}",
        recipient=to.to,
        facts=notify.sender(tx, first.owner)
        | {
            "vendor": _vendor(to, first),
            "order": {
                "number": first.order_number,
                "date": calendar_day(first.sent, tx.zone) if first.sent else None,
            },
            "lines": [
                notify.described(line.number, line.title, bibs.get(line.mms_id))
                | {"reference": line.reference, "quantity": line.missing or line.quantity, "reason": reason}
                for line in lines
            ],
            "note": note,
        },
        language=order_letter.language_of(to.vendor),
        source=Source(SOURCE, first.order_number) if first.order_number else Source(LINE, first.number),
        sender_name=notify.library_name(tx, first.owner),
        reply_to=notify.department_mail(tx, first.owner),
        way=WAYS[to.way],
        file_name=to.account.order_file if to.account else "",
        file_number=f"{about}-cancelled-{first.number}",
    )


def _vendor(to: Destination, line: Progress) -> Mapping[str, object]:
    reached = vendors.reached(to.vendor, to.account, "order") if to.vendor else vendors.Reached()
    return {
        "name": to.vendor.name if to.vendor else line.vendor,
        "address": reached.address,
        "account": line.account,
        "contact": reached.contact,
    }


def _note(tx: Tx, lines: Mapping[int, Progress], outcome: Mapping[int, Informed], actor: Actor) -> None:
    store_cancel.note_letters(
        tx, {line_id: told.letter for line_id, told in outcome.items() if told.letter is not None}
    )
    history.record_many(
        tx,
        LINE,
        {
            lines[line_id].number: [Change("vendor informed", None, told.why_not or f"letter {told.letter}")]
            for line_id, told in outcome.items()
        },
        actor.name,
    )
