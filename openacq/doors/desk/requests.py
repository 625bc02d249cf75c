"""The requests board: what patrons wish for, by how far it has come, with what there is of each title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.doors.desk.choices import library_choices
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.lists import Choice, Facet, Listing, page_of, views
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.ordering.model import Actor
from openacq.requests import service as requests
from openacq.requests.model import CITATIONS, FORMATS, Criteria, Duplicates, Request, RequestState
from openacq.store import Tx

RIGHT = "requests"
IN_COLUMN = 15
OPEN_SHOWN = 100
STATES: Mapping[str, str] = MappingProxyType(
    {
        "INREVIEW": later("In review"),
        "DEFERRED": later("Put aside"),
        "APPROVED": later("Approved"),
        "REJECTED": later("Rejected"),
    }
)
KINDS: Mapping[str, str] = MappingProxyType(
    {"INREVIEW": "warn", "DEFERRED": "note", "APPROVED": "good", "REJECTED": "bad"}
)
PROGRESS: Mapping[str, str] = MappingProxyType(
    {
        "ordered": later("Ordered"),
        "arrived": later("Received"),
        "closed": later("Received"),
        "cancelled": later("Order cancelled"),
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board: its cards, how many there are in all, what dropping a card on it asks for and
    the list that has them all."""

    name: str
    title: str
    cards: tuple[Request, ...]
    total: int
    drop: str = ""
    query: str = ""


# -- the board ----------------------------------------------------------------------------------


def show_board(visit: Visit) -> Rendered:
    """`GET /requests?library=&q=`."""
    actor = visit.actor(RIGHT)

    def work(tx: Tx) -> Rendered:
        columns = _columns(tx, visit, actor)
        cards = [card for column in columns for card in column.cards]
        return visit.show(
            "requests.html",
            columns=columns,
            elsewhere=requests.duplicates_of(tx, cards),
            progress=PROGRESS,
            formats={row.code: row.description for row in codes.rows(tx, FORMATS)},
            libraries=library_choices(tx, visit.libraries(RIGHT)),
            today=tx.today,
        )

    return visit.read(work)


def _columns(tx: Tx, visit: Visit, actor: Actor) -> list[Column]:
    """The columns, each read once; what is ordered and arrived is taken out of what is approved."""
    library, words = visit.param("library"), visit.param("q")

    def found(most: int = IN_COLUMN, **wanted: str) -> tuple[Sequence[Request], int]:
        criteria = Criteria(owning_library=library, words=words, **wanted)  # type: ignore[arg-type]
        page = requests.requests(tx, criteria, actor, limit=most)
        return page.requests, page.total

    open_, open_total = found(OPEN_SHOWN, status=RequestState.IN_REVIEW.value)
    _, unassigned = found(1, status=RequestState.IN_REVIEW.value, assigned_to="")
    aside, aside_total = found(status=RequestState.DEFERRED.value)
    approved, approved_total = found(OPEN_SHOWN, status=RequestState.APPROVED.value)
    ordered, ordered_total = found(progress="ordered")
    arrived, arrived_total = found(progress="arrived")
    closed, closed_total = found(progress="closed")
    rejected, rejected_total = found(status=RequestState.REJECTED.value)
    new = tuple(each for each in open_ if not each.assigned_to and not each.unanswered)
    under = tuple(each for each in open_ if each.assigned_to or each.unanswered)
    waiting = sum(1 for each in open_ if not each.assigned_to and each.unanswered)
    apart = tuple(each for each in approved if each.progress in ("", "cancelled"))
    here = sorted([*arrived, *closed], key=lambda each: each.changed, reverse=True)
    came = ordered_total + arrived_total + closed_total
    return [
        Column("new", visit.say("New"), new[:IN_COLUMN], unassigned - waiting, "unassign", "status=INREVIEW"),
        Column(
            "review",
            visit.say("Under review"),
            under[:IN_COLUMN],
            open_total - unassigned + waiting,
            "take",
            "status=INREVIEW",
        ),
        Column("aside", visit.say("Put aside"), tuple(aside), aside_total, "defer", "status=DEFERRED"),
        Column(
            "approved",
            visit.say("Approved"),
            apart[:IN_COLUMN],
            max(approved_total - came, len(apart)),
            "approve",
            "status=APPROVED",
        ),
        Column("ordered", visit.say("Ordered"), tuple(ordered), ordered_total, "", "progress=ordered"),
        Column(
            "received",
            visit.say("Received"),
            tuple(here[:IN_COLUMN]),
            arrived_total + closed_total,
            "",
            "progress=arrived",
        ),
        Column(
            "rejected", visit.say("Rejected"), tuple(rejected), rejected_total, "reject", "status=REJECTED"
        ),
    ]


# -- the list -----------------------------------------------------------------------------------


def show_list(visit: Visit) -> Rendered:
    """`GET /requests/list?status=&progress=&library=&as=&assigned=&q=`: for many at once."""
    limit, offset = page_of(visit)
    actor = visit.actor(RIGHT)

    def work(tx: Tx) -> Rendered:
        page = requests.requests(
            tx,
            _criteria(visit),
            actor,
            limit=10_000 if visit.wants_csv else limit,
            offset=0 if visit.wants_csv else offset,
        )
        if visit.wants_csv:
            return _csv(visit, page.requests)
        return visit.show(
            "requests_list.html",
            listing=Listing(
                "requests",
                visit.say("Purchase requests"),
                page.requests,
                page.total,
                offset,
                limit,
                facets=_facets(tx, visit),
                search=visit.say("Title, author, number or requester"),
                views=views(tx, visit, "requests"),
                empty=visit.say("No request fits."),
            ),
            elsewhere=requests.duplicates_of(tx, page.requests),
            states=STATES,
            kinds=KINDS,
            progress=PROGRESS,
        )

    return visit.read(work)


def _criteria(visit: Visit) -> Criteria:
    status, assigned = visit.param("status"), visit.param("assigned")
    return Criteria(
        status=status if status in STATES else "",
        progress=visit.param("progress") if visit.param("progress") in PROGRESS else "",
        owning_library=visit.param("library"),
        format=visit.param("as"),
        citation_type=visit.param("citation"),
        assigned_to={"me": visit.user.primary_id, "nobody": ""}.get(assigned),
        words=visit.param("q"),
    )


def _facets(tx: Tx, visit: Visit) -> tuple[Facet, ...]:
    return (
        Facet(
            "status",
            visit.say("State"),
            tuple(Choice(code, visit.say(words)) for code, words in STATES.items()),
            single=True,
        ),
        Facet(
            "progress",
            visit.say("Order"),
            tuple(Choice(code, visit.say(words)) for code, words in PROGRESS.items() if code != "closed"),
            single=True,
        ),
        Facet(
            "assigned",
            visit.say("Assigned to"),
            (Choice("me", visit.say("me")), Choice("nobody", visit.say("nobody"))),
            single=True,
        ),
        Facet("library", visit.say("Library"), library_choices(tx, visit.libraries(RIGHT)), single=True),
        Facet(
            "as",
            visit.say("Format"),
            tuple(Choice(row.code, row.description) for row in codes.rows(tx, FORMATS)),
            single=True,
        ),
        Facet(
            "citation",
            visit.say("Kind of title"),
            tuple(Choice(row.code, row.description) for row in codes.rows(tx, CITATIONS)),
            single=True,
        ),
    )


def _csv(visit: Visit, found: Sequence[Request]) -> Rendered:
    head = ("id", "state", "progress", "created", "title", "author", "isbn", "requester", "library", "cost",
            "currency", "fund", "po_line", "reject_reason")  # fmt: skip
    return visit.csv(
        "requests",
        head,
        (
            (each.id, each.state.value, each.progress, each.created.isoformat(), each.metadata.title,
             each.metadata.author, each.metadata.isbn, each.requester, each.owning_library,
             each.estimated_cost.decimal() if each.estimated_cost else "",
             each.estimated_cost.currency if each.estimated_cost else "", each.fund, each.po_line,
             each.reject_reason)
            for each in found
        ),
    )  # fmt: skip


def told_of(visit: Visit, found: Duplicates) -> list[str]:
    """What there is of a title, in a few words each: "Main Library 2", "on order", "2 others ask"."""
    told = [f"{each.name or visit.say('online')}: {each.copies}" for each in found.held]
    told += [visit.say("on order: %(number)s", number=each.number) for each in found.on_order]
    if count := len(found.others()):
        told.append(
            visit.language.ngettext("%(count)d asks too", "%(count)d ask too", count) % {"count": count}
        )
    return told


PAGES = (
    Page("GET", "/requests", show_board, right=RIGHT),
    Page("GET", "/requests/list", show_list, right=RIGHT),
)
