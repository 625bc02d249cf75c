"""Packing slips: everything in the parcel is scanned, then compared with the order."""

from __future__ import annotations

import re

from openacq.doors.desk.receive import departments_of, how_to_receive, settings_of
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.store import Tx

MOST_TEXT = 20_000
_TIMES = re.compile(r"(.*?)(?:\t|\s+[x*]\s*|\s*\*\s*|\s+×\s*)(\d{1,4})$")  # noqa: RUF001
"""What a slip's list may add to a number: how many ("9780306406157 x 2")."""


def show(visit: Visit) -> Rendered:
    """`GET /receive/slip?order=`: the form; the order may be left empty."""
    return visit.read(lambda tx: _page(tx, visit, None))


def compare(visit: Visit) -> Rendered:
    """`POST /receive/slip`: compare what was scanned, or (`do` receive) receive what agrees."""
    order, scans = visit.value("order"), scans_of(visit.value("scans"))
    if not scans:
        raise Refusal(Problem("field_missing", "scans"))
    actor = visit.actor("receive")
    if visit.value("do") == "receive":
        return _receive(visit, order, scans)
    return visit.read(lambda tx: _page(tx, visit, ordering.compare_slip(tx, order, scans, actor)))


def _receive(visit: Visit, order: str, scans: list[tuple[str, int]]) -> Rendered:
    actor, how = visit.actor("receive"), how_to_receive(visit)
    holds: list[int] = []

    def work(tx: Tx) -> str:
        slip = ordering.compare_slip(tx, order, scans, actor)
        agreed = [each.line for each in slip.lines if each.agrees]
        visit.require("receive", *sorted({line.owner for line in agreed}))
        notes = [line.number for line in agreed if line.terms.receiving_note]
        if notes and not visit.value("acknowledged"):
            raise Refusal([Problem("note_unread", "acknowledged", number) for number in notes])
        received = ordering.receive_agreed(tx, slip, actor, how)
        holds[:] = [hold.id for hold in received.holds]
        return ",".join(str(receipt.id) for receipt in received.receipts)

    ids = visit.create(work)
    count = len(ids.split(","))
    told = visit.language.ngettext(
        "%(count)d copy of the parcel is received.", "%(count)d copies of the parcel are received.", count
    ) % {"count": count}
    return visit.go(
        visit.link("/receive", holds=",".join(map(str, holds))),
        told,
        undo="/receive/undo",
        fields={"receipts": ids},
    )


def _page(tx: Tx, visit: Visit, slip: ordering.Slip | None) -> Rendered:
    return visit.show(
        "receive_slip.html",
        slip=slip,
        order=visit.value("order") if visit.method == "POST" else visit.param("order"),
        scans=visit.value("scans"),
        departments=departments_of(tx, visit),
        settings=settings_of(visit),
    )


def scans_of(text: str) -> list[tuple[str, int]]:
    """One scan a line, with how many of it if the slip says so."""
    found = []
    for line in text[:MOST_TEXT].splitlines():
        scan = line.strip()
        times = _TIMES.fullmatch(scan)
        if times and times[1].strip():
            found.append((times[1].strip(), int(times[2])))
        elif scan:
            found.append((scan, 1))
    return found


PAGES = (
    Page("GET", "/receive/slip", show, right="receive"),
    Page("POST", "/receive/slip", compare, right="receive", again=show),
)
