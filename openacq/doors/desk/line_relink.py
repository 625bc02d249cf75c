"""Tying a line to another record: looked up, both records side by side, then confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib
from openacq.doors.desk.words import LINE_STATES
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.ordering import service as ordering
from openacq.store import Tx

WORKED_BY = "order|review"
MOST_FOUND = 10
SHOWN = (
    ("title", later("Title")),
    ("author", later("Author")),
    ("isbn", later("ISBN")),
    ("issn", later("ISSN")),
    ("edition", later("Edition")),
    ("publisher", later("Publisher")),
    ("year", later("Year")),
    ("mms_id", later("Record")),
)


@dataclass(frozen=True, slots=True)
class Record:
    """A record with the number of its copies."""

    bib: Bib
    copies: int


def show(visit: Visit) -> Rendered:
    """`?q=` looks records up, `?mms_id=` shows the one chosen beside the line's own."""
    number = visit.path["number"]
    words = visit.param("q")
    chosen = visit.value("mms_id") or visit.param("mms_id")

    def work(tx: Tx) -> Rendered:
        line = ordering.line(tx, number, visit.actor(WORKED_BY))
        visit.require(WORKED_BY, line.owner)
        other = catalogue.bib(tx, chosen) if chosen else None
        found = catalogue.look_for(tx, words, MOST_FOUND) if words else ()
        return visit.show(
            "line_relink.html",
            line=line,
            words=words,
            found=[_record(tx, bib) for bib in found if bib.mms_id != line.bib.mms_id],
            other=_record(tx, other) if other is not None else None,
            own=_record(tx, line.bib),
            shown=SHOWN,
            states=LINE_STATES,
            version=visit.value("version") or str(ordering.line_version(tx, line.id)),
        )

    return visit.read(work)


def _record(tx: Tx, bib: Bib) -> Record:
    return Record(bib, sum(count for _, count in catalogue.copies_held(tx, bib.mms_id).copies()))


def relink(visit: Visit) -> Rendered:
    number, mms_id = visit.path["number"], visit.value("mms_id")
    version = visit.value("version")
    known = int(version) if version.isascii() and version.isdigit() and len(version) < 18 else None
    actor = visit.actor(WORKED_BY)

    def work(tx: Tx) -> str:
        line = ordering.line(tx, number, actor)
        visit.require(WORKED_BY, line.owner)
        return ordering.relink(tx, number, mms_id, actor, version=known).bib.title

    title = visit.write(work)
    told = visit.say("%(number)s is for “%(title)s” now.", number=number, title=title)
    return visit.go(f"/orders/lines/{number}", told)


PAGES = (
    Page("GET", "/orders/lines/{number}/relink", show, right=WORKED_BY),
    Page("POST", "/orders/lines/{number}/relink", relink, right=WORKED_BY, again=show),
)
