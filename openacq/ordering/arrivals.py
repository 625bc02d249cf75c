"""What a scan or a number at the receiving desk means: which line, which of its copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Description, Item
from openacq.codes import service as codes
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import progress, read, store_receipts
from openacq.ordering.model import Actor
from openacq.ordering.progress import PHYSICAL, Progress
from openacq.store import Tx

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Arrival:
    """Copies named in one of these ways: items (of `line`, if that is given too), their barcodes, a line,
    or a standard number (ISBN, ISSN). Of a line all that is missing is meant, of a standard number one
    copy, unless a `quantity` is given."""

    line: str = ""
    items: tuple[str, ...] = ()
    barcodes: tuple[str, ...] = ()
    number: str = ""
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line something that was scanned may belong to, and how it was found: line, barcode, number or
    reference. `item_id` is the copy a barcode names."""

    found_by: str
    line: Progress
    item_id: str = ""


def find(tx: Tx, where: Arrival, actor: Actor) -> list[Item]:
    """The copies meant, not empty. Raises Refusal: line_not_found, line_ambiguous, item_not_found,
    receive_refused, receive_ambiguous, field_missing, quantity_invalid."""
    if where.quantity is not None and where.quantity < 1:
        raise Refusal(Problem("quantity_invalid", "quantity", where.quantity, limit=1_000))
    if where.items:
        return _items(tx, where, actor)
    if where.barcodes:
        return _by_barcodes(tx, where.barcodes, actor)
    if where.line:
        return _of_line(tx, known_line(tx, where.line, actor), where.quantity)
    if where.number:
        return _by_number(tx, where.number, where.quantity or 1, actor)
    raise Refusal(Problem("field_missing", "line"))


def known_line(tx: Tx, number: str, actor: Actor) -> Progress:
    """The line of that number or row id, else the one line with that vendor reference.

    Raises Refusal: line_not_found, line_ambiguous.
    """
    row = store_receipts.by_line_number(tx, number)
    if row is None and number.isascii() and number.isdigit() and len(number) < 19:
        row = store_receipts.by_row_id(tx, int(number))
    if row is None:
        found = read.line(tx, number, actor)
        row = store_receipts.by_row_id(tx, found.id)
    if row is None or actor.vendor not in (None, row.vendor):
        raise Refusal(Problem("line_not_found", "po_line_id", number))
    return progress.of_row(tx, row)


def _items(tx: Tx, where: Arrival, actor: Actor) -> list[Item]:
    line = known_line(tx, where.line, actor) if where.line else None
    known = catalogue.items_by_ids(tx, where.items)
    found = []
    for item_id in dict.fromkeys(where.items):
        item = known.get(item_id)
        if item is None or item.line_id is None or (line is not None and item.line_id != line.id):
            raise Refusal(Problem("item_not_found", "item_id", item_id))
        found.append(item)
    _check_seen(tx, found, actor)
    return found


def _by_barcodes(tx: Tx, barcodes: Sequence[str], actor: Actor) -> list[Item]:
    known = catalogue.items_by_barcodes(tx, barcodes)
    found = []
    for barcode in dict.fromkeys(barcodes):
        item = known.get(barcode)
        if item is None or item.line_id is None:
            raise Refusal(Problem("item_not_found", "barcode", barcode))
        found.append(item)
    _check_seen(tx, found, actor)
    return found


def _check_seen(tx: Tx, items: Sequence[Item], actor: Actor) -> None:
    """A key tied to a vendor sees copies of its own lines only."""
    if actor.vendor is None:
        return
    lines = progress.of_lines(tx, [item.line_id for item in items if item.line_id is not None])
    for item in items:
        if item.line_id is None or lines[item.line_id].vendor != actor.vendor:
            raise Refusal(Problem("item_not_found", "item_id", item.item_id))


def _of_line(tx: Tx, line: Progress, quantity: int | None) -> list[Item]:
    held = catalogue.inventory_of_lines(tx, [line.id]).get(line.id)
    missing = [item for item in held.items if item.receive_date is None] if held else []
    if not missing:
        raise Refusal(Problem("receive_refused", "line", line.number, reason=_why_none(line)))
    if quantity is not None and quantity > len(missing):
        reason = f"{len(missing)} copies are missing, not {quantity}"
        raise Refusal(Problem("receive_refused", "quantity", line.number, reason=reason))
    return missing[:quantity]


def _why_none(line: Progress) -> str:
    if line.inventory != PHYSICAL:
        return "it is not printed; switch it on instead"
    if line.continuous:
        return "it is a continuous order; receive a new item of it"
    return "no copy of it is missing" if line.received else "it has no copies yet"


def _by_number(tx: Tx, number: str, quantity: int, actor: Actor) -> list[Item]:
    found = [each.line for each in _with_number(tx, number) if actor.vendor in (None, each.line.vendor)]
    waiting = [line for line in found if line.outstanding]
    lines = waiting or found
    if not lines:
        raise Refusal(Problem("nothing_expected", "number", number))
    if len(lines) > 1:
        numbers = ", ".join(line.number for line in lines)
        raise Refusal(Problem("receive_ambiguous", "number", number, numbers=numbers))
    return _of_line(tx, lines[0], quantity)


def _with_number(tx: Tx, number: str) -> list[Candidate]:
    found: dict[int, Candidate] = {}
    for each in catalogue.identifiers_of(Description(isbn=number)):
        rows = store_receipts.by_standard_number(tx, each.kind, each.value, _continuous_types(tx), MOST_FOUND)
        for row in rows:
            found.setdefault(row.id, Candidate("number", progress.of_row(tx, row)))
    return list(found.values())


def _continuous_types(tx: Tx) -> list[str]:
    return [
        row.code
        for row in codes.rows(tx, "PurchaseType")
        if row.attributes.get("inventory") == PHYSICAL
        and row.attributes.get("continuity", "one_time") != "one_time"
    ]


def candidates(tx: Tx, scan: str, actor: Actor) -> list[Candidate]:
    """What something scanned or typed may be: a line number, a barcode, a standard number or the vendor's
    reference, in this order; the first way that finds anything is the answer."""
    row = store_receipts.by_line_number(tx, scan)
    if row is not None:
        found = [Candidate("line", progress.of_row(tx, row))]
    else:
        found = _of_barcode(tx, scan) or _with_number(tx, scan)
        found = found or [
            Candidate("reference", progress.of_row(tx, row))
            for row in store_receipts.by_reference(tx, scan, MOST_FOUND)
        ]
    return [each for each in found if actor.vendor in (None, each.line.vendor)]


def _of_barcode(tx: Tx, barcode: str) -> list[Candidate]:
    item = catalogue.item_by_barcode(tx, barcode)
    if item is None or item.line_id is None:
        return []
    lines = progress.of_lines(tx, [item.line_id])
    return [Candidate("barcode", line, item.item_id) for line in lines.values()]
