"""The line editor: a new order by hand from a number or a title, and changing a line; what it costs whom is
worked out while it is typed, duplicates are told before anything is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib
from openacq.doors.desk import line_follow, line_form, line_funds, line_money
from openacq.doors.desk.line_money import Worked
from openacq.doors.desk.words import FIELDS, LINE_STATES, alert_advice, alert_name, alert_text
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.history.model import Entry
from openacq.kernel.refusal import Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import Line, ListedLine
from openacq.store import Tx

RIGHT = "order"
WORKED_BY = "order|review"
MOST_FOUND = 10
NEW_TYPE = "PRINTED_BOOK_OT"
LOOKING = ("look", "place", "fund", "tree", "no tree", "undo")
"""Buttons that save nothing: work out, another place, another fund, the tree of funds, undo."""


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """A title of the catalogue, with what there is of it: copies, and lines that ordered it."""

    bib: Bib
    copies: int
    lines: tuple[ListedLine, ...]


# -- a new order ----------------------------------------------------------------------------------


def begin(visit: Visit) -> Rendered:
    """`/orders/new?q=`: look the title up; `?mms_id=` or `?blank=1` go on to the form."""
    words, mms_id = visit.param("q"), visit.param("mms_id")
    if mms_id or visit.param("blank"):
        return show_new(visit)

    def work(tx: Tx) -> Rendered:
        found = _look_up(tx, visit, words) if words else ()
        return visit.show("order_new.html", words=words, found=found, states=LINE_STATES)

    return visit.read(work)


def _look_up(tx: Tx, visit: Visit, words: str) -> tuple[FoundTitle, ...]:
    found = []
    for bib in catalogue.look_for(tx, words, MOST_FOUND):
        lines = _lines_of(tx, visit, bib.mms_id)
        copies = sum(count for _, count in catalogue.copies_held(tx, bib.mms_id).copies())
        found.append(FoundTitle(bib, copies, lines))
    return tuple(found)


def _lines_of(tx: Tx, visit: Visit, mms_id: str) -> tuple[ListedLine, ...]:
    wanted = ordering.LineSearch(
        conditions=(("mms_id", mms_id),), status=ordering.LineStatus.ALL_WITH_CLOSED, order_by=("number",)
    )
    return ordering.search(tx, wanted, visit.actor(WORKED_BY), MOST_FOUND, 0, frozenset()).lines


def show_new(visit: Visit, worked: Worked | None = None) -> Rendered:
    """The form of a new order, with the title that was chosen."""
    mms_id = visit.param("mms_id") or visit.value("mms_id")

    def work(tx: Tx) -> Rendered:
        bib = catalogue.bib(tx, mms_id) if mms_id else None
        values = {"type": NEW_TYPE, **_typed_number(visit.param("q"))}
        if bib is not None:
            values |= line_form.values_of_bib(bib)
        lines = _lines_of(tx, visit, bib.mms_id) if bib is not None else ()
        return _form(tx, visit, None, values, worked, twins=lines)

    return visit.read(work)


def _typed_number(words: str) -> dict[str, str]:
    """What was looked for, as the field of the form it belongs to."""
    if not words:
        return {}
    return {"isbn" if words.replace("-", "").replace(" ", "")[:-1].isdigit() else "title": words}


def create(visit: Visit) -> Rendered:
    """Place the order; or, by the other buttons, only work out what it would cost or show another row."""
    if _looking(visit):
        return show_new(visit, _worked(visit))
    wish, actor = line_form.typed(visit, None), visit.actor(RIGHT)

    def work(tx: Tx) -> str:
        visit.require(RIGHT, wish.owner)
        return ordering.place(tx, wish, actor).number

    number = visit.create(work)
    return visit.go(f"/orders/lines/{number}", visit.say("%(number)s is ordered.", number=number))


# -- changing a line --------------------------------------------------------------------------------


def edit(visit: Visit, worked: Worked | None = None) -> Rendered:
    number = visit.path["number"]

    def work(tx: Tx) -> Rendered:
        line = ordering.line(tx, number, visit.actor(WORKED_BY))
        visit.require(WORKED_BY, line.owner)
        return _form(tx, visit, line, line_form.values_of(line), worked)

    return visit.read(work)


def save(visit: Visit) -> Rendered:
    """Make the line what was typed; who saved in between is shown beside it."""
    if _looking(visit):
        return edit(visit, _worked(visit))
    number, actor = visit.path["number"], visit.actor(WORKED_BY)
    version = visit.value("version")
    known = int(version) if version.isascii() and version.isdigit() and len(version) < 18 else None
    how = ordering.HowToChange(keep_interested=True, version=known)

    def work(tx: Tx) -> Line:
        line = ordering.line(tx, number, actor)
        visit.require(WORKED_BY, line.owner)
        changed = ordering.change(tx, number, line_form.typed(visit, line), actor, how)
        if visit.value("do") == "order" and changed.in_review:
            visit.require("review", changed.owner)
            ordering.order_now(tx, [changed.id], actor)
        return changed

    line = visit.write(work)
    told = visit.say("%(number)s is saved.", number=line.number)
    if visit.value("do") == "order":
        told = visit.say("%(number)s is saved and ordered.", number=line.number)
    return visit.go(f"/orders/lines/{line.number}", told)


# -- both -----------------------------------------------------------------------------------------


def look(visit: Visit) -> Rendered:
    """What the order being typed would cost whom; for the live part of the form."""
    return visit.part("line_money.html", worked=_worked(visit), **_spoken(visit))


def _looking(visit: Visit) -> bool:
    """Whether nothing is saved: a button only shows the form again; what it asks for is done to the form."""
    do = visit.value("do")
    if do == "undo":
        line_follow.undo(visit)
    elif do.startswith(line_funds.PICK):
        line_funds.pick(visit)
    elif do not in LOOKING:
        return False
    visit.read(lambda tx: line_follow.follow(tx, visit))
    return True


def follow(visit: Visit) -> Rendered:
    """What follows from the vendor or the kind of order just chosen, for the live part of the form."""

    def work(tx: Tx) -> Rendered:
        line_follow.follow(tx, visit)
        choices = line_form.choices(tx, visit, visit.value("vendor"))
        return visit.part("line_followed.html", values={}, **_followed(visit), **choices)

    shown = visit.read(work)
    return Rendered(shown.status, shown.body, shown.media, {"HX-Trigger-After-Settle": "look"})


def _followed(visit: Visit) -> Mapping[str, Any]:
    return {"followed": line_follow.followed(visit), "undoable": line_follow.kept(visit)}


def _worked(visit: Visit) -> Worked:
    number = visit.value("number")
    actor = visit.actor(WORKED_BY)
    line = visit.read(lambda tx: ordering.line(tx, number, actor)) if number else None
    return line_money.work_out(visit.rehearse, line_form.typed(visit, line), actor, number)


def _spoken(visit: Visit) -> Mapping[str, Any]:
    return {
        "alert_name": alert_name,
        "said": lambda alert: alert_text(visit, alert),
        "advised": lambda alert: alert_advice(visit, alert),
    }


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of which the form says one thing and the line meanwhile another."""

    name: str
    yours: str
    theirs: str


def _differences(visit: Visit, values: Mapping[str, str]) -> list[Difference]:
    return [
        Difference(name, visit.value(name), now)
        for name, now in values.items()
        if name in visit.form and visit.value(name) != now
    ]


def _form(
    tx: Tx,
    visit: Visit,
    line: Line | None,
    values: Mapping[str, str],
    worked: Worked | None,
    *,
    twins: Sequence[ListedLine] = (),
) -> Rendered:
    outdated = any(problem.slug == "line_outdated" for problem in visit.problems)
    entries: tuple[Entry, ...] = ()
    version = visit.value("version")
    if line is not None and (outdated or not version):
        version = str(ordering.line_version(tx, line.id))
        entries = history.of(tx, "po_line", line.number)[-5:] if outdated else ()
    return visit.show(
        "line_edit.html",
        line=line,
        values=values,
        version=version,
        rows=line_form.rows_of(visit, line),
        worked=worked,
        twins=twins,
        states=LINE_STATES,
        differences=_differences(visit, values) if outdated else [],
        entries=entries,
        fields=FIELDS,
        tree=line_funds.tree_of(tx, visit, worked) if _with_tree(visit) else None,
        **_followed(visit),
        **line_form.choices(tx, visit, visit.value("vendor", values.get("vendor", ""))),
        **_spoken(visit),
    )


def _with_tree(visit: Visit) -> bool:
    return visit.value("do") == "tree" or (visit.value("tree") == "open" and visit.value("do") != "no tree")


def again_new(visit: Visit) -> Rendered:
    return show_new(visit, _quietly(visit))


def again_edit(visit: Visit) -> Rendered:
    return edit(visit, _quietly(visit))


def _quietly(visit: Visit) -> Worked | None:
    """What it would cost, for a form that is shown again; nothing where that cannot be told either."""
    try:
        return _worked(visit)
    except Refusal:
        return None


PAGES = (
    Page("GET", "/orders/new", begin, right=RIGHT),
    Page("POST", "/orders/new", create, right=RIGHT, again=again_new),
    Page("POST", "/orders/follow", follow, right=WORKED_BY),
    Page("POST", "/orders/look", look, right=WORKED_BY),
    Page("GET", "/orders/lines/{number}/edit", edit, right=WORKED_BY),
    Page("POST", "/orders/lines/{number}/edit", save, right=WORKED_BY, again=again_edit),
)
