"""The form: a title is looked up, what there is of it already is told, then it is asked for."""

from __future__ import annotations

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib, Description
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering.model import Actor
from openacq.requests import service as requests
from openacq.requests.model import CITATIONS, FORMATS, AskFor, Duplicates, Metadata, PlaceAsked, Wish
from openacq.store import Tx

SOURCE = "PRIMO"
"""Where these requests come from: the code for a form of patrons among PPRSourceType."""
MOST_FOUND = 8
FIELDS = ("title", "author", "edition", "isbn", "issn", "publisher", "publication_year", "volume")
LONGEST = 500


def show(visit: Visit) -> Rendered:
    """`GET /new?look=…`: the form; `look` looks a number or words of a title up, `mms_id` takes one."""
    return visit.read(lambda tx: _form(tx, visit))


def _form(tx: Tx, visit: Visit) -> Rendered:
    words = visit.param("look")
    chosen = catalogue.bib(tx, _given(visit, "mms_id")) if _given(visit, "mms_id") else None
    return visit.show(
        "ask.html",
        look=words,
        found=catalogue.look_for(tx, words, MOST_FOUND) if words else (),
        chosen=chosen,
        filled=_filled(chosen, words),
        already=_already(tx, visit, chosen),
        checked=visit.method == "POST",
        formats=_rows(tx, FORMATS),
        citations=_rows(tx, CITATIONS),
        libraries=[(library.code, library.name) for library in directory.libraries(tx)],
    )


def _rows(tx: Tx, table: str) -> list[tuple[str, str]]:
    return [(row.code, row.description) for row in codes.rows(tx, table) if row.enabled]


def _filled(chosen: Bib | None, words: str) -> dict[str, str]:
    """What stands in the fields before anything is typed."""
    if chosen is not None:
        return {
            "title": chosen.title,
            "author": chosen.author,
            "isbn": chosen.isbn,
            "issn": chosen.issn,
            "publisher": chosen.publisher,
            "publication_year": chosen.year,
        }
    is_number = bool(catalogue.identifiers_of(Description(isbn=words)))
    blank = dict.fromkeys(("author", "issn", "publisher", "publication_year"), "")
    return {**blank, "isbn": words if is_number else "", "title": "" if is_number else words}


def _already(tx: Tx, visit: Visit, chosen: Bib | None) -> Duplicates:
    title = Description(
        mms_id=chosen.mms_id if chosen else "",
        title=_given(visit, "title"),
        isbn=_given(visit, "isbn"),
        issn=_given(visit, "issn"),
    )
    if not (title.mms_id or title.isbn or title.issn):
        return Duplicates()
    return requests.already(tx, title)


def look(visit: Visit) -> Rendered:
    """`GET /new/look?isbn=&issn=`: the same notice alone, while the form is filled in."""
    return visit.read(lambda tx: visit.part("already.html", already=_already(tx, visit, None)))


def send(visit: Visit) -> Rendered:
    """`POST /new`: with `do` look only the notice; else the request is made, once."""
    if visit.value("do") == "look":
        return visit.read(lambda tx: _form(tx, visit))
    user, actor = visit.user, Actor(visit.user.primary_id)
    if not visit.value("title") and not visit.value("mms_id"):
        raise Refusal(Problem("request_title_missing", "title"))

    def work(tx: Tx) -> str:
        wish = _wish(visit)
        return str(requests.ask(tx, AskFor(wish, user.primary_id, SOURCE), actor).request.id)

    try:
        request_id = visit.create(work)
    except Refusal as refusal:
        raise Refusal(_beside(problem) for problem in refusal.problems) from None
    return visit.go(f"/{request_id}", visit.say("Your request has come in. You will hear of it by mail."))


def _beside(problem: Problem) -> Problem:
    """A problem at the field of this form it is about."""
    names = {"resource_metadata.": "", "estimated_cost.sum": "cost", "owning_library": "library"}
    field = problem.field
    for begin, instead in names.items():
        if field.startswith(begin):
            field = instead or field[len(begin) :]
    return Problem(problem.slug, field, problem.value, **problem.facts)


def _wish(visit: Visit) -> Wish:
    said = {name: visit.value(name)[:LONGEST] for name in FIELDS}
    library = visit.value("library")
    return Wish(
        metadata=Metadata(mms_id=visit.value("mms_id"), citation_type=visit.value("citation_type"), **said),
        format=visit.value("format"),
        hold_item=bool(visit.value("hold_item")),
        notify_receiving_activation=bool(visit.value("notify_receiving_activation")),
        notify_cancel=True,
        owning_library=library,
        requester_note=visit.value("note")[:2_000],
        places=(PlaceAsked(library),) if library else (),
    )


def _given(visit: Visit, name: str) -> str:
    return visit.value(name) if visit.method == "POST" else visit.param(name)


PAGES = (
    Page("GET", "/new", show),
    Page("GET", "/new/look", look),
    Page("POST", "/new", send, again=show),
)
