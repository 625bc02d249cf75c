"""The receiving desk: one box for every scan, a card of what it means, Enter to receive.

The page is one form. Something scanned into the box opens its card with quantity 1; the same scanned again
makes it 2; Enter in the empty box receives what the card says. Another scan opens another card and says that
the first was not received. All of it goes without scripts; `receive.js` only adds sounds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from openacq.catalogue.model import CopyWish
from openacq.directory import service as directory
from openacq.directory.model import ACQUISITIONS
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.store import Tx

LAST = 10
MOST_COPIES = 1_000
KEPT = ("department", "on", "keep")
"""How the desk receives; it goes with every address of the page."""


@dataclass(frozen=True, slots=True)
class Card:
    """A line that something scanned may be of."""

    found_by: str
    item_id: str
    number: str
    title: str
    vendor: str
    owner: str
    reference: str
    order: str
    expected: dt.date | None
    continuous: bool
    electronic: bool
    active: bool
    standing: ordering.Standing
    mine: bool
    interested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A copy that was just received and is kept for somebody."""

    barcode: str
    title: str
    who: str
    primary_id: str


# -- looking ------------------------------------------------------------------------------------


def show(visit: Visit) -> Rendered:
    """`GET /receive?scan=&quantity=&line=`."""
    scan, chosen = _given(visit, "shown") or _given(visit, "scan"), _given(visit, "line")

    def work(tx: Tx) -> Rendered:
        cards = find_cards(tx, visit, scan, chosen)
        receipts, _ = ordering.receipts(
            tx,
            ordering.ReceiptFilter(operator=visit.user.primary_id, undone=False),
            limit=LAST,
            offset=0,
        )
        return visit.show(
            "receive.html",
            scan=scan,
            cards=cards,
            card=cards[0] if len(cards) == 1 else None,
            quantity=_given(visit, "quantity") or "1",
            left=visit.param("left"),
            receipts=receipts,
            kept=kept_for(tx, _ids(visit.param("holds"))),
            departments=departments_of(tx, visit),
            settings=settings_of(visit),
            typed={
                name: _given(visit, name) for name in ("barcodes", "description", "barcode", "acknowledged")
            },
        )

    return visit.read(work)


def find_cards(tx: Tx, visit: Visit, scan: str, chosen: str = "") -> list[Card]:
    """The lines a scan may mean, of several only the `chosen` one if it is among them."""
    if not scan:
        return []
    found = ordering.arrival_candidates(tx, scan, visit.actor("receive"))
    if chosen and any(each.line.number == chosen for each in found):
        found = [each for each in found if each.line.number == chosen]
    libraries = visit.libraries("receive")
    waiting = ordering.interested_in(tx, [each.line.id for each in found])
    people = (
        directory.users(tx, sorted({each for ids in waiting.values() for each in ids})) if waiting else {}
    )
    return [
        Card(
            found_by=each.found_by,
            item_id=each.item_id,
            number=each.line.number,
            title=each.line.title,
            vendor=each.line.vendor,
            owner=each.line.owner,
            reference=each.line.reference,
            order=each.line.order_number,
            expected=each.line.expected,
            continuous=each.line.continuous,
            electronic=each.line.electronic,
            active=each.line.activated is not None,
            standing=ordering.standing(each.line),
            mine=libraries is None or each.line.owner in libraries,
            interested=tuple(
                people[each_id].full_name if each_id in people else each_id
                for each_id in waiting.get(each.line.id, ())
            ),
        )
        for each in found
    ]


def departments_of(tx: Tx, visit: Visit) -> tuple[tuple[str, str], ...]:
    """Codes and names of the departments the visitor may receive in."""
    libraries = visit.libraries("receive")
    return tuple(
        (department.code, department.name)
        for department in directory.departments(tx, type_=ACQUISITIONS)
        if libraries is None or any(department.serves(code) for code in libraries)
    )


def kept_for(tx: Tx, hold_ids: Sequence[int]) -> list[Kept]:
    """For whom copies just received are kept, by name."""
    holds = ordering.holds_by_ids(tx, hold_ids)
    people = directory.users(tx, sorted({hold.primary_id for hold in holds}))
    return [
        Kept(
            hold.barcode,
            hold.title,
            people[hold.primary_id].full_name if hold.primary_id in people else hold.primary_id,
            hold.primary_id,
        )
        for hold in holds
    ]


def settings_of(visit: Visit) -> dict[str, str]:
    return {name: _given(visit, name) for name in KEPT}


# -- receiving ----------------------------------------------------------------------------------


def take(visit: Visit) -> Rendered:
    """`POST /receive`: another scan, or Enter in the empty box: receive what the card says."""
    scan, shown = visit.value("scan"), visit.value("shown")
    settings = {name: value for name, value in settings_of(visit).items() if value}
    if scan and scan == shown and visit.value("line"):
        more = _quantity(visit) + 1
        return visit.go(
            visit.link("/receive", scan=scan, line=visit.value("line"), quantity=more, **settings)
        )
    if scan:
        left = shown if visit.value("line") else ""
        return visit.go(visit.link("/receive", scan=scan, left=left, **settings))
    if not visit.value("line"):
        raise Refusal(Problem("field_missing", "scan"))
    return _receive(visit, settings)


def _receive(visit: Visit, settings: dict[str, str]) -> Rendered:
    number, how = visit.value("line"), how_to_receive(visit)
    quantity = _quantity(visit)
    done: list[ordering.Received] = []

    def work(tx: Tx) -> str:
        card = next(iter(find_cards(tx, visit, number)), None)
        if card is None:
            raise Refusal(Problem("line_not_found", "line", number))
        visit.require("receive", card.owner)
        if card.standing.receiving_note and not visit.value("acknowledged"):
            raise Refusal(Problem("note_unread", "acknowledged", number))
        received = _enter(tx, visit, card, quantity, how)
        done[:] = [received]
        return ",".join(str(receipt.id) for receipt in received.receipts)

    ids = visit.create(work)
    if not done:  # the same form was sent twice: what it did is done
        return visit.go(visit.link("/receive", **settings))
    received = done[0]
    (standing,) = received.lines
    holds = ",".join(str(hold.id) for hold in received.holds)
    return visit.go(
        visit.link("/receive", holds=holds, **settings),
        _told(visit, received, standing),
        undo="/receive/undo",
        fields={"receipts": ids, **settings},
    )


def _enter(tx: Tx, visit: Visit, card: Card, quantity: int, how: ordering.HowToReceive) -> ordering.Received:
    actor = visit.actor("receive")
    if card.electronic:
        return ordering.activate(tx, card.number, actor, on=how.on)
    if card.continuous or visit.value("extra"):
        copy = CopyWish(barcode=visit.value("barcode"), description=visit.value("description"))
        return ordering.receive_new(tx, card.number, ordering.NewItem(copy), actor, how)
    barcodes = visit.value("barcodes").split()
    item_id = visit.value("item")
    where = (
        ordering.Arrival(line=card.number, items=(item_id,))
        if item_id and quantity == 1
        else ordering.Arrival(line=card.number, quantity=quantity)
    )
    return ordering.receive(tx, where, actor, how, barcodes=barcodes)


def _told(visit: Visit, received: ordering.Received, standing: ordering.Standing) -> str:
    count = sum(receipt.quantity for receipt in received.receipts)
    words = visit.language.ngettext(
        "%(count)d copy of “%(title)s” is received.", "%(count)d copies of “%(title)s” are received.", count
    ) % {"count": count, "title": standing.title}
    if standing.missing:
        still = visit.language.ngettext(
            "%(count)d is still missing.", "%(count)d are still missing.", standing.missing
        )
        words = f"{words} {still % {'count': standing.missing}}"
    return words


def undo(visit: Visit) -> Rendered:
    """`POST /receive/undo` receipts=1,2: take receipts back."""
    actor = visit.actor("receive")
    settings = {name: value for name, value in settings_of(visit).items() if value}

    def work(tx: Tx) -> list[str]:
        titles = []
        for receipt_id in _ids(visit.value("receipts")):
            line = ordering.receipt(tx, receipt_id).line
            visit.require("receive", *(card.owner for card in find_cards(tx, visit, line)))
            titles += [each.title for each in ordering.undo_receipt(tx, receipt_id, actor).lines]
        return titles

    titles = ", ".join(dict.fromkeys(visit.write(work)))
    return visit.go(
        visit.link("/receive", **settings),
        visit.say("Taken back: %(titles)s is on order again.", titles=titles),
    )


# -- what was typed -----------------------------------------------------------------------------


def how_to_receive(visit: Visit) -> ordering.HowToReceive:
    return ordering.HowToReceive(
        on=_day(visit.value("on")), department=visit.value("department"), keep=bool(visit.value("keep"))
    )


def _day(given: str) -> dt.date | None:
    if not given:
        return None
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise Refusal(Problem("date_malformed", "on", given)) from None


def _quantity(visit: Visit) -> int:
    given = visit.value("quantity", "1") or "1"
    if not (given.isascii() and given.isdigit() and len(given) < 7 and 0 < int(given) <= MOST_COPIES):
        raise Refusal(Problem("quantity_invalid", "quantity", given, limit=MOST_COPIES))
    return int(given)


def _given(visit: Visit, name: str) -> str:
    """What was typed, or on the way here what the address says."""
    return visit.value(name) if visit.method == "POST" else visit.param(name)


def _ids(given: str) -> list[int]:
    return [int(part) for part in given.split(",") if part.isascii() and part.isdigit() and len(part) < 19][
        :100
    ]


PAGES = (
    Page("GET", "/receive", show, right="receive"),
    Page("POST", "/receive", take, right="receive", again=show),
    Page("POST", "/receive/undo", undo, right="receive", again=show),
)
