"""Receiving: something that was ordered is there.

Copies are received by line, item, barcode or standard number, whole or in part; a copy nobody ordered
singly (an issue of a subscription, an extra copy) is received as a new item; an electronic order is
received by switching it on. The lines are locked first, as by everybody who changes them, then their
items. Each thing is received once: the item's own row decides. The line is then counted, and moved if
nothing is missing any more; a line in review, or closed, is received without moving. Undoing a receipt
puts everything back as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import CopyWish, Item, LineInventory
from openacq.directory import service as directory
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import arrivals, holds, progress, store, store_progress, store_receipts
from openacq.ordering.arrivals import Arrival
from openacq.ordering.close import catch_up
from openacq.ordering.holds import Hold
from openacq.ordering.model import Actor, Line, LineState, PlaceWish
from openacq.ordering.moves import LINE
from openacq.ordering.progress import PHYSICAL, Progress
from openacq.ordering.store_receipts import CLOSED_TO_RECEIVING, Receipt, ReceiptFilter
from openacq.ordering.where import read_places
from openacq.store import Tx

MOST_AT_ONCE = 1_000
"""Most copies of one call."""


@dataclass(frozen=True, slots=True)
class HowToReceive:
    """On which day (today), in which department, by which name it is entered; `keep` leaves copies in the
    department instead of sending them on to their library.

    Without a department it is one of the acquisition departments of the line's owner; `library` wants one
    that works for that library.
    """

    on: date | None = None
    department: str = ""
    library: str = ""
    keep: bool = False


@dataclass(frozen=True, slots=True)
class NewItem:
    """A copy that is received without having been an item of the line: where it goes (the line's first
    place), and what is known of it."""

    copy: CopyWish = field(default_factory=CopyWish)
    library: str = ""
    location: str = ""
    holding_id: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a line stands after something arrived or went back."""

    line: str
    title: str
    state: LineState
    ordered: int
    received: int
    missing: int
    complete: bool
    receiving_note: str


@dataclass(frozen=True, slots=True)
class Received:
    """What was entered, where the lines stand now, and for whom copies are kept."""

    receipts: tuple[Receipt, ...]
    lines: tuple[Standing, ...]
    holds: tuple[Hold, ...] = ()


# -- copies -------------------------------------------------------------------------------------


def receive(
    tx: Tx, where: Arrival, actor: Actor, how: HowToReceive = HowToReceive(), *, barcodes: Sequence[str] = ()
) -> Received:
    """Receive the copies `where` names; `barcodes` are put on them in order (shelf-ready copies).

    Raises Refusal: line_not_found, item_not_found, item_received, receive_refused (naming why),
    receive_ambiguous, department_unknown, barcode_taken, barcode_twice.
    """
    items = arrivals.find(tx, where, actor)
    if len(items) > MOST_AT_ONCE:
        raise Refusal(Problem("list_too_long", "items", len(items), limit=MOST_AT_ONCE))
    if len(barcodes) > len(items):
        reason = f"{len(barcodes)} barcodes for {len(items)} copies"
        raise Refusal(Problem("receive_refused", "barcodes", items[0].barcode, reason=reason))
    return _enter(tx, items, actor, how, barcodes=barcodes)


def receive_new(
    tx: Tx, number: str, new: NewItem, actor: Actor, how: HowToReceive = HowToReceive()
) -> Received:
    """Make an item for a line and receive it: an issue, or a copy more than was ordered.

    Raises Refusal as `receive`, and library_unknown, location_unknown, field_missing, code_illegal.
    """
    line = arrivals.known_line(tx, number, actor)
    store.hold(tx, [line.id])
    _refuse_state(line)
    if line.inventory != PHYSICAL:
        raise Refusal(_refused(line, "nothing printed was ordered"))
    library, location = _place(tx, line, new)
    problems: list[Problem] = []
    wishes = [PlaceWish(library, location, 1, (new.copy,))]
    places = read_places(tx, wishes, actor, with_items=True, problems=problems)
    if problems:
        raise Refusal(problems)
    material = store_receipts.material_of(tx, line.id)
    stock = catalogue.add_physical(
        tx, line.mms_id, line.id, places, True, material=material, barcodes_checked=True
    )
    return _enter(tx, stock.items, actor, how, made=True)


def _place(tx: Tx, line: Progress, new: NewItem) -> tuple[str, str]:
    """Where the copy goes: the place asked for, that of the holding named, the line's own."""
    if new.holding_id:
        for holding in catalogue.holdings_of(tx, line.mms_id):
            if holding.holding_id == new.holding_id:
                return holding.library, holding.location
        raise Refusal(Problem("holding_unknown", "holding_id", new.holding_id))
    if new.library:
        return new.library, new.location
    own = store_progress.first_place(tx, line.id)
    return own or (line.owner, "")


def _enter(
    tx: Tx,
    items: Sequence[Item],
    actor: Actor,
    how: HowToReceive,
    *,
    barcodes: Sequence[str] = (),
    made: bool = False,
) -> Received:
    """Receive items under the lock of their lines; the items decide who was first."""
    on = how.on or tx.today
    of_line = {item.item_id: item.line_id for item in items if item.line_id is not None}
    store.hold(tx, sorted(set(of_line.values())))
    before = progress.of_lines(tx, sorted(set(of_line.values())))
    for line in before.values():
        _refuse_state(line)
    departments = {line.id: department_for(tx, line.owner, how) for line in before.values()}
    for department in sorted(set(departments.values())):
        ids = [item_id for item_id, line_id in of_line.items() if departments[line_id] == department]
        catalogue.receive_items(tx, ids, on, actor.name, department, keep=how.keep)
    catalogue.give_barcodes(tx, list(zip((item.item_id for item in items), barcodes, strict=False)))
    more = Counter(of_line.values())
    store_progress.add_received(tx, more)
    receipts = store_receipts.add(
        tx,
        [
            {
                "line_id": line_id,
                "item_id": item_id,
                "received": on,
                "department": departments[line_id],
                "operator": actor.name,
                "made": made,
            }
            for item_id, line_id in of_line.items()
        ],
    )
    lines = catch_up(tx, list(before), actor)
    kept: list[int] = []
    for line in lines.values():
        ids = [item_id for item_id, line_id in of_line.items() if line_id == line.id]
        kept += holds.keep_received(tx, line, ids)
        _tell(tx, line, before[line.id], on, ids, actor)
    return _outcome(tx, receipts, lines.values(), kept)


def _tell(tx: Tx, line: Progress, before: Progress, on: date, item_ids: Sequence[str], actor: Actor) -> None:
    history.record(tx, LINE, line.number, [Change("received", before.received, line.received)], actor.name)
    tx.emit(
        "po_line.received",
        line.number,
        {
            "items": list(item_ids),
            "on": on.isoformat(),
            "received": line.received,
            "missing": line.missing,
            "complete": line.everything,
            "electronic": False,
            "by": actor.name,
        },
    )


def at_birth(tx: Tx, line: Line, actor: Actor) -> None:
    """Enter the copies a new line was ordered with as received already; the line is written."""
    born = [item for item in line.items if item.receive_date is not None]
    if not born:
        return
    store_receipts.add(
        tx,
        [
            {
                "line_id": line.id,
                "item_id": item.item_id,
                "received": item.receive_date,
                "operator": actor.name,
            }
            for item in born
        ],
    )
    now = progress.of_lines(tx, [line.id])[line.id]
    ids = [item.item_id for item in born]
    holds.keep_received(tx, now, ids)
    _tell(tx, now, now, max(item.receive_date or tx.today for item in born), ids, actor)


# -- electronic ---------------------------------------------------------------------------------


def activate(tx: Tx, number: str, actor: Actor, *, on: date | None = None) -> Received:
    """Switch an electronic order on: its portfolios become available, those of the community zone too.

    Raises Refusal: line_not_found, receive_refused (printed, cancelled …), line_active.
    """
    line = arrivals.known_line(tx, number, actor)
    _refuse_state(line)
    if line.inventory == PHYSICAL:
        raise Refusal(_refused(line, "it is printed; receive its copies"))
    if not store_progress.activate(tx, line.id):
        raise Refusal(Problem("line_active", "line", line.number))
    day = on or tx.today
    held = catalogue.inventory_of_lines(tx, [line.id]).get(line.id, LineInventory())
    portfolios = [each.portfolio_id for each in held.portfolios]
    switched = catalogue.switch_portfolios(tx, portfolios)
    row = {"line_id": line.id, "received": day, "operator": actor.name}
    receipts = store_receipts.add(
        tx, [{**row, "portfolio_id": each, "made": each in switched} for each in portfolios] or [row]
    )
    after = catch_up(tx, [line.id], actor)[line.id]
    _refuse_state(after)
    history.record(tx, LINE, line.number, [Change("activated", None, day)], actor.name)
    tx.emit(
        "po_line.received",
        line.number,
        {
            "items": [],
            "portfolios": portfolios,
            "on": day.isoformat(),
            "complete": after.everything,
            "electronic": True,
            "by": actor.name,
        },
    )
    return _outcome(tx, receipts, [after], ())


# -- back ---------------------------------------------------------------------------------------


def undo(tx: Tx, receipt_id: int, actor: Actor) -> Received:
    """Take a receipt back: the copy is on order again (or gone, if the receipt brought it), what was
    switched on is off again, the line moves back. Of an activation all its receipts are undone.

    Raises Refusal: record_missing, receipt_undone, receive_refused.
    """
    taken = receipt(tx, receipt_id)
    store.hold(tx, [taken.line_id])
    before = progress.of_lines(tx, [taken.line_id])[taken.line_id]
    _refuse_state(before)
    if not store_receipts.undo(tx, taken.id, actor.name):
        raise Refusal(Problem("receipt_undone", "receipt", taken.id))
    if taken.item_id:
        undone = [taken.id]
        _send_back(tx, taken)
        store_progress.add_received(tx, {before.id: -taken.quantity})
    else:
        undone = _switch_off(tx, taken, actor)
    if taken.item_id:
        holds.withdraw(tx, progress.of_lines(tx, [before.id])[before.id], [taken.item_id])
    after = catch_up(tx, [before.id], actor)[before.id]
    field_name, old, new = (
        ("received", before.received, after.received)
        if taken.item_id
        else ("activated", taken.received, None)
    )
    history.record(tx, LINE, before.number, [Change(field_name, old, new)], actor.name)
    tx.emit(
        "po_line.receipt_undone",
        before.number,
        {"receipt": taken.id, "item": taken.item_id, "missing": after.missing, "by": actor.name},
    )
    return _outcome(tx, undone, [after], ())


def _send_back(tx: Tx, taken: Receipt) -> None:
    item = catalogue.item(tx, taken.item_id)
    if item is None:
        return
    if taken.made:
        catalogue.remove_items(tx, [item])
    else:
        catalogue.put_items_back(tx, [item.item_id])


def _switch_off(tx: Tx, taken: Receipt, actor: Actor) -> list[int]:
    """Undo the whole activation of a line; a portfolio another active line has stays on."""
    store_progress.deactivate(tx, taken.line_id)
    others = store_receipts.of_line(tx, taken.line_id)
    for receipt_id in others:
        store_receipts.undo(tx, receipt_id, actor.name)
    undone = sorted({taken.id, *others})
    switched = [
        each.portfolio_id for each in store_receipts.by_ids(tx, undone) if each.portfolio_id and each.made
    ]
    needed = store_receipts.active_portfolios(tx, switched)
    catalogue.switch_portfolios(tx, [each for each in switched if each not in needed], on=False)
    return undone


# -- looking ------------------------------------------------------------------------------------


def receipts(tx: Tx, wanted: ReceiptFilter, *, limit: int = 50, offset: int = 0) -> tuple[list[Receipt], int]:
    """A page of receipts, newest first, undone ones too, and how many there are."""
    return store_receipts.listed(tx, wanted, limit, offset)


def receipt(tx: Tx, receipt_id: int) -> Receipt:
    """Raises Refusal record_missing."""
    found = store_receipts.by_ids(tx, [receipt_id])
    if not found:
        raise Refusal(Problem("record_missing", "receipt", receipt_id, what="Receipt"))
    return found[0]


def items_of_line(tx: Tx, number: str, actor: Actor) -> tuple[Progress, tuple[Item, ...]]:
    """A line, by number or row id, with all its items. Raises Refusal: line_not_found, line_ambiguous."""
    line = arrivals.known_line(tx, number, actor)
    held = catalogue.inventory_of_lines(tx, [line.id]).get(line.id, LineInventory())
    return line, held.items


# -- shared -------------------------------------------------------------------------------------


def department_for(tx: Tx, owner: str, how: HowToReceive) -> str:
    """The department that receives. Raises Refusal department_unknown.

    None given: the first acquisition department of the library asked for, or of the owner; "" when it
    has none.
    """
    if not how.department:
        if how.library and directory.library(tx, how.library) is None:
            raise Refusal(Problem("department_unknown", "department_library", how.library))
        library = directory.library(tx, how.library or owner)
        return library.acquisition_departments[0] if library and library.acquisition_departments else ""
    department = directory.department(tx, how.department)
    if department is None or (how.library and not department.serves(how.library)):
        raise Refusal(Problem("department_unknown", "department", how.department))
    return department.code


def _refuse_state(line: Progress) -> None:
    if line.state.value in CLOSED_TO_RECEIVING:
        why = "its order is not submitted" if line.state is LineState.DRAFT else "it is cancelled"
        raise Refusal(_refused(line, why))


def _refused(line: Progress, reason: str) -> Problem:
    return Problem("receive_refused", "line", line.number, reason=reason)


def _outcome(
    tx: Tx, receipt_ids: Sequence[int], lines: Iterable[Progress], hold_ids: Sequence[int]
) -> Received:
    return Received(
        receipts=tuple(store_receipts.by_ids(tx, receipt_ids)),
        lines=tuple(standing(line) for line in lines),
        holds=holds.several(tx, hold_ids),
    )


def standing(line: Progress) -> Standing:
    return Standing(
        line=line.number,
        title=line.title,
        state=line.state,
        ordered=line.quantity,
        received=line.received,
        missing=0 if line.continuous or line.inventory != PHYSICAL else line.missing,
        complete=line.everything,
        receiving_note=line.terms.receiving_note,
    )


__all__ = [
    "HowToReceive",
    "NewItem",
    "Receipt",
    "ReceiptFilter",
    "Received",
    "Standing",
    "activate",
    "at_birth",
    "items_of_line",
    "receipt",
    "receipts",
    "receive",
    "receive_new",
    "standing",
    "undo",
]
