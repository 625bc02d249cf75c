"""Packing slips: everything in a parcel is scanned, then compared with what was ordered.

Scans are told apart as at the desk (a line number, a barcode, an ISBN or ISSN, a vendor's reference), all of
them together in a constant number of statements. A scan that may mean several lines is counted to the first
that still misses a copy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Description, Item
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import approve, progress, receive, store_slips
from openacq.ordering.arrivals import Arrival
from openacq.ordering.model import Actor
from openacq.ordering.progress import PHYSICAL, Progress
from openacq.ordering.receive import HowToReceive, Received
from openacq.ordering.store_receipts import CLOSED_TO_RECEIVING
from openacq.store import Tx

MOST_SCANS = 500
MOST_FOUND = 2_000


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A line and what of it was in the parcel: `missing` copies were still to come, `scanned` are there.
    `items` are the copies named by their barcodes."""

    line: Progress
    missing: int
    scanned: int
    items: tuple[str, ...] = ()

    @property
    def short(self) -> int:
        return max(self.missing - self.scanned, 0)

    @property
    def over(self) -> int:
        return max(self.scanned - self.missing, 0)

    @property
    def agrees(self) -> int:
        """Copies that were expected and are there."""
        return min(self.scanned, self.missing)


@dataclass(frozen=True, slots=True)
class Unexpected:
    """A scan that belongs to no line of the order; `elsewhere` are lines of other orders it may belong to."""

    scan: str
    count: int
    elsewhere: tuple[Progress, ...] = ()


@dataclass(frozen=True, slots=True)
class Slip:
    """A parcel compared with a PO, or (`order` "") with whatever its scans are of."""

    order: str
    lines: tuple[SlipLine, ...]
    unexpected: tuple[Unexpected, ...]

    @property
    def as_ordered(self) -> bool:
        return not self.unexpected and all(line.missing == line.scanned for line in self.lines)


def compare(tx: Tx, order: str, scans: Sequence[tuple[str, int]], actor: Actor) -> Slip:
    """Compare (scan, how often) with the PO of that number, or with every line they may mean.

    Raises Refusal: record_missing (the PO), list_too_long.
    """
    counts: Counter[str] = Counter()
    for scan, count in scans:
        counts[scan] += count
    if len(counts) > MOST_SCANS:
        raise Refusal(Problem("list_too_long", "scans", len(counts), limit=MOST_SCANS))
    ordered: dict[int, Progress] = {}
    if order:
        approve.known(tx, order)
        rows = (progress.of_row(tx, row) for row in store_slips.lines_of_order(tx, order))
        ordered = {line.id: line for line in rows if actor.vendor in (None, line.vendor)}
    meant, items = _meant(tx, list(counts))
    others = {line_id for ids in meant.values() for line_id in ids} - ordered.keys()
    known = {
        line.id: line
        for line in progress.of_lines(tx, sorted(others)).values()
        if actor.vendor in (None, line.vendor) and line.state.value not in CLOSED_TO_RECEIVING
    }
    return _Counting(ordered if order else known, {} if not order else known, items).slip(
        order, counts, meant
    )


class _Counting:
    """Counts scans to lines, each to the first that still misses a copy."""

    def __init__(
        self, lines: Mapping[int, Progress], others: Mapping[int, Progress], items: Mapping[str, Item]
    ) -> None:
        self._lines = lines
        self._others = others
        self._items = items
        self._missing = {
            line.id: line.missing if line.inventory == PHYSICAL else 0 for line in lines.values()
        }
        self._scanned: Counter[int] = Counter()
        self._named: dict[int, list[str]] = {}

    def slip(self, order: str, counts: Mapping[str, int], meant: Mapping[str, Sequence[int]]) -> Slip:
        unexpected = []
        for scan, count in counts.items():
            here = [line_id for line_id in meant.get(scan, ()) if line_id in self._lines]
            if not here:
                elsewhere = (self._others.get(line_id) for line_id in meant.get(scan, ()))
                unexpected.append(Unexpected(scan, count, tuple(each for each in elsewhere if each)))
                continue
            if scan in self._items:
                self._named.setdefault(here[0], []).append(self._items[scan].item_id)
                count = 1  # a barcode is one copy, however often it is scanned
            self._count(here, count)
        shown = self._lines.values() if order else [self._lines[each] for each in sorted(self._scanned)]
        return Slip(order, tuple(self._line(line) for line in shown), tuple(unexpected))

    def _count(self, line_ids: Sequence[int], count: int) -> None:
        for line_id in line_ids:
            taken = min(count, max(self._missing[line_id] - self._scanned[line_id], 0))
            if taken:
                self._scanned[line_id] += taken
                count -= taken
        if count:
            self._scanned[line_ids[-1]] += count

    def _line(self, line: Progress) -> SlipLine:
        named = tuple(self._named.get(line.id, ()))
        return SlipLine(line, self._missing[line.id], self._scanned[line.id], named)


def _meant(tx: Tx, scans: Sequence[str]) -> tuple[dict[str, list[int]], Mapping[str, Item]]:
    """The lines each scan may mean, by the first way that finds any; and the items that are barcodes."""
    found: dict[str, list[int]] = {}
    for number, line_id in store_slips.by_numbers(tx, scans):
        found.setdefault(number, []).append(line_id)
    items = {
        barcode: item
        for barcode, item in catalogue.items_by_barcodes(tx, scans).items()
        if item.line_id is not None and barcode not in found
    }
    for barcode, item in items.items():
        if item.line_id is not None:
            found[barcode] = [item.line_id]
    left = [scan for scan in scans if scan not in found]
    found.update(_by_identifiers(tx, left))
    left = [scan for scan in left if scan not in found]
    for reference, line_id in store_slips.by_references(tx, left, MOST_FOUND) if left else ():
        found.setdefault(reference, []).append(line_id)
    return found, items


def _by_identifiers(tx: Tx, scans: Iterable[str]) -> dict[str, list[int]]:
    numbers = {
        (each.kind, each.value): scan
        for scan in scans
        for each in catalogue.identifiers_of(Description(isbn=scan))
    }
    found: dict[str, list[int]] = {}
    if numbers:
        values = sorted({value for _, value in numbers})
        for kind, value, line_id in store_slips.by_identifiers(tx, values, MOST_FOUND):
            if (kind, value) in numbers:
                found.setdefault(numbers[kind, value], []).append(line_id)
    return found


def receive_agreed(tx: Tx, slip: Slip, actor: Actor, how: HowToReceive) -> Received:
    """Receive every copy of the parcel that was expected. Raises Refusal as `receive`, and receive_refused
    when none was."""
    lines = {each.line.id: each for each in slip.lines if each.agrees}
    held = catalogue.inventory_of_lines(tx, sorted(lines)) if lines else {}
    chosen: list[str] = []
    for line_id, each in lines.items():
        missing = [item.item_id for item in held[line_id].items if item.receive_date is None]
        first = [item_id for item_id in missing if item_id in each.items]
        chosen += [*first, *(item_id for item_id in missing if item_id not in each.items)][: each.agrees]
    if not chosen:
        raise Refusal(Problem("receive_refused", "scans", slip.order, reason="nothing in it is expected"))
    return receive.receive(tx, Arrival(items=tuple(chosen)), actor, how)
