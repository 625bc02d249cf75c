"""Tasks that come with time: lines to pack by hand, orders to send, claims, renewals."""

from __future__ import annotations

import datetime as dt

from openacq.doors.desk import tasks
from openacq.doors.desk.choices import library_choices, vendor_choices
from openacq.doors.desk.words import LINE_STATES, ORDER_STATES, SEND_STATES, STATE_KIND
from openacq.doors.hall import Rendered
from openacq.doors.pages import lists
from openacq.doors.pages.lists import Facet, Listing
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.money import Money
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState, Sum
from openacq.store import Tx

RIGHT = "order"
SEEN_BY = "order|review"
MOST = 200
CSV_PAGE = 200


# -- packing by hand ------------------------------------------------------------------------------


def show_packing(visit: Visit) -> Rendered:
    """Lines somebody has to put into an order, because they are paid from several funds or set aside."""
    limit, offset = lists.page_of(visit)
    granted = visit.libraries(SEEN_BY)
    owners = () if granted is None else tuple(sorted(granted)) or ("-",)
    wanted = ordering.BoardQuery(states=(LineState.MANUAL_PACKAGING.value,), owners=owners)

    def work(tx: Tx) -> Rendered:
        board = ordering.board(tx, wanted, limit, offset)
        listing = Listing(
            "",
            visit.say("Packing by hand"),
            board.lines,
            board.total,
            offset,
            limit,
            empty=visit.say("Nothing waits to be packed by hand."),
        )
        return visit.show("packing.html", listing=listing, tabs=tasks.tabs(tx, visit))

    return visit.read(work)


def pack(visit: Visit) -> Rendered:
    """Put the ticked lines into one new order, or into the open one named."""
    numbers = visit.values("number")
    actor = visit.actor(RIGHT)

    def work(tx: Tx) -> str:
        ids = _ids(tx, visit, numbers)
        return ordering.pack_chosen(tx, ids, actor, visit.value("into"))

    number = visit.create(work)
    return visit.go(f"/orders/po/{number}", visit.say("The lines are in %(number)s.", number=number))


def _ids(tx: Tx, visit: Visit, numbers: list[str]) -> list[int]:
    """Row ids of the lines ticked, all in libraries the visitor works for."""
    if not numbers:
        raise Refusal(Problem("field_missing", "number"))
    if len(numbers) > MOST:
        raise Refusal(Problem("list_too_long", "number", limit=MOST))
    known = ordering.line_ids(tx, numbers, visit.actor(RIGHT))
    missing = [number for number in numbers if number not in known]
    if missing:
        raise Refusal([Problem("line_not_found", "number", number) for number in missing])
    visit.require(RIGHT, *ordering.owners(tx, list(known.values())))
    return list(known.values())


# -- sending --------------------------------------------------------------------------------------


def show_sending(visit: Visit) -> Rendered:
    """Purchase orders that did not go out: open ones, and those whose letter waits or failed."""
    limit, offset = lists.page_of(visit)

    def work(tx: Tx) -> Rendered:
        page = ordering.orders(tx, tasks.UNSENT, limit, offset)
        listing = Listing(
            "",
            visit.say("To be sent"),
            page.orders,
            page.total,
            offset,
            limit,
            empty=visit.say("Every order has gone out."),
        )
        return visit.show(
            "sending.html",
            listing=listing,
            tabs=tasks.tabs(tx, visit),
            states=ORDER_STATES,
            kinds=STATE_KIND,
            sending=SEND_STATES,
        )

    return visit.read(work)


# -- claims ---------------------------------------------------------------------------------------


def show_claims(visit: Visit) -> Rendered:
    """Lines that are overdue, the longest first."""
    limit, offset = lists.page_of(visit, lists.ROWS_OF_FORMS)
    vendor, library = visit.param("vendor"), visit.param("library")
    if visit.wants_csv:
        return _claims_csv(visit, vendor, library)

    def work(tx: Tx) -> Rendered:
        found, total = ordering.due_claims(tx, vendor=vendor, library=library, limit=limit, offset=offset)
        listing = Listing(
            "claims",
            visit.say("Claims"),
            found,
            total,
            offset,
            limit,
            facets=(
                Facet("vendor", visit.say("Vendor"), vendor_choices(tx), single=True),
                Facet("library", visit.say("Library"), library_choices(tx), single=True),
            ),
            views=lists.views(tx, visit, "claims"),
            empty=visit.say("Nothing is overdue."),
        )
        return visit.show("claims.html", listing=listing, tabs=tasks.tabs(tx, visit), today=tx.today)

    return visit.read(work)


def _claims_csv(visit: Visit, vendor: str, library: str) -> Rendered:
    def work(tx: Tx) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        while True:
            found, total = ordering.due_claims(
                tx, vendor=vendor, library=library, limit=CSV_PAGE, offset=len(rows)
            )
            rows += [
                (*(one.line, one.title, one.vendor, one.owner, one.reference), one.due, one.days, one.number)
                for one in found
            ]
            if not found or len(rows) >= total:
                return rows

    head = ("line", "title", "vendor", "library", "reference", "due", "days", "claim")
    return visit.csv("claims", head, visit.read(work))


def claim(visit: Visit) -> Rendered:
    """Claim the ticked lines, by letter or noting that it was done; or put their claims off."""
    numbers = visit.values("number")
    until = _day(visit, "until")

    def work(tx: Tx) -> str:
        _ids(tx, visit, numbers)
        actor = visit.actor(RIGHT)
        if visit.value("do") == "postpone":
            if until is None:
                raise Refusal(Problem("field_missing", "until"))
            ordering.postpone_claims(tx, numbers, until, actor)
            return visit.say("Put off to %(day)s.", day=visit.language.day(until))
        letter = visit.value("do") != "told"
        made = ordering.claim(tx, numbers, actor, letter=letter, note=visit.value("note"))
        one, many = "%(num)s line is claimed.", "%(num)s lines are claimed."
        return visit.language.ngettext(one, many, len(made)) % {"num": len(made)}

    return visit.go(visit.back("/tasks/claims"), visit.create(work))


# -- renewals -------------------------------------------------------------------------------------


def show_renewals(visit: Visit) -> Rendered:
    """What waits to be renewed by hand, the earliest first; with `?until=` all that renews by then."""
    limit, offset = lists.page_of(visit)
    vendor, until = visit.param("vendor"), lists.day_of(visit, "until")
    if visit.wants_csv and not visit.problems:
        return _renewals_csv(visit, vendor, until)

    def work(tx: Tx) -> Rendered:
        found, total = ordering.due_renewals(tx, until=until, vendor=vendor, limit=limit, offset=offset)
        listing = Listing(
            "renewals",
            visit.say("Renewals"),
            found,
            total,
            offset,
            limit,
            facets=(
                Facet(
                    "until",
                    visit.say("Renews by"),
                    day=True,
                    hint=visit.say("Empty: what waits for somebody to renew it"),
                ),
                Facet("vendor", visit.say("Vendor"), vendor_choices(tx), single=True),
            ),
            views=lists.views(tx, visit, "renewals"),
            empty=visit.say("Nothing renews by then.")
            if until
            else visit.say("Nothing waits to be renewed."),
        )
        return visit.show("renewals.html", listing=listing, tabs=tasks.tabs(tx, visit), states=LINE_STATES)

    return visit.read(work)


def _renewals_csv(visit: Visit, vendor: str, until: dt.date | None) -> Rendered:
    def work(tx: Tx) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        while True:
            found, total = ordering.due_renewals(
                tx, until=until, vendor=vendor, limit=CSV_PAGE, offset=len(rows)
            )
            rows += [
                (*(one.line, one.title, one.vendor, one.owner, one.day, one.days), *_price(one.net), one.note)
                for one in found
            ]
            if not found or len(rows) >= total:
                return rows

    head = ("line", "title", "vendor", "library", "renewal_date", "days", "net", "currency", "note")
    return visit.csv("renewals", head, visit.read(work))


def _price(net: Money | None) -> tuple[str, str]:
    return (net.text(), net.currency) if net else ("", "")


def renew(visit: Visit) -> Rendered:
    """Renew a line for its next period, with another day or price where they are typed."""
    number = visit.path["number"]
    price = visit.value("price")
    agreed = ordering.Renewal(
        day=_day(visit, "renewal_date"), price=Sum(price, visit.value("currency")) if price else None
    )

    def work(tx: Tx) -> str:
        visit.require(RIGHT, ordering.line(tx, number, visit.actor(RIGHT)).owner)
        day = ordering.renew(tx, number, agreed, visit.actor(RIGHT)).day
        return visit.say("%(number)s is renewed until %(day)s.", number=number, day=visit.language.day(day))

    return visit.go(visit.back("/tasks/renewals"), visit.create(work))


def _day(visit: Visit, name: str) -> dt.date | None:
    given = visit.value(name)
    found = _parsed(given)
    if given and found is None:
        raise Refusal(Problem("value_wrong_type", name, given, expected="a date"))
    return found


def _parsed(given: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given) if given else None
    except ValueError:
        return None


PAGES = (
    Page("GET", "/tasks/packing", show_packing, right=SEEN_BY),
    Page("POST", "/tasks/packing", pack, right=RIGHT),
    Page("GET", "/tasks/sending", show_sending, right=SEEN_BY),
    Page("GET", "/tasks/claims", show_claims, right=SEEN_BY),
    Page("POST", "/tasks/claims", claim, right=RIGHT),
    Page("GET", "/tasks/renewals", show_renewals, right=SEEN_BY),
    Page("POST", "/tasks/renewals/{number}", renew, right=RIGHT),
)
