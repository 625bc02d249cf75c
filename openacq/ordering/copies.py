"""The copies of a line when it is changed: more, fewer, elsewhere, or with another barcode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import CopyWish, Holding, Item, LocationWish
from openacq.codes import service as codes
from openacq.kernel.refusal import Problem
from openacq.ordering.model import Actor, Line, Place, PlaceWish
from openacq.ordering.where import read_places
from openacq.store import Tx


@dataclass(frozen=True, slots=True)
class Changed:
    """The places of the line now; `copies` says whether any item was added, changed or removed."""

    places: tuple[Place, ...]
    holdings: tuple[Holding, ...]
    items: tuple[Item, ...]
    copies: bool


def change_places(
    tx: Tx, line: Line, wishes: Sequence[PlaceWish], actor: Actor, problems: list[Problem]
) -> Changed | None:
    """Make the line's places and copies what is asked; None when nothing differs, or when a copy stands
    in a temporary place (then the whole section is left alone, as Alma does).

    Adds to `problems` what `read_places` finds, and copy_received for a copy that would go though it came.
    """
    if any(item.is_temp_location for item in line.items):
        return None
    with_items = _has_items(tx, line)
    plan = _Plan(line, wishes, with_items=with_items)
    if plan.nothing:
        return None
    read = read_places(tx, plan.new_places(wishes), actor, with_items=False, problems=problems)
    problems += [
        Problem("copy_received", "location.copy", item.barcode or item.item_id) for item in plan.lost_received
    ]
    if with_items:
        problems += catalogue.barcode_problems(tx, plan.new_barcodes)
    if problems:
        return None
    return plan.carry_out(tx, read)


def _has_items(tx: Tx, line: Line) -> bool:
    row = codes.row(tx, "PurchaseType", line.type)
    return row is not None and row.attributes.get("continuity", "one_time") == "one_time"


class _Plan:
    """Which of the line's items stay, change, go; and what is to be added where."""

    def __init__(self, line: Line, wishes: Sequence[PlaceWish], *, with_items: bool) -> None:
        self._line = line
        self._with_items = with_items
        self._by_id = {item.item_id: item for item in line.items}
        self.changed: list[tuple[Item, CopyWish, int]] = []
        self.added: list[list[CopyWish]] = []
        self.quantities: list[int] = []
        self.new_barcodes: list[tuple[str, str]] = []
        kept: set[str] = set()
        for at, wish in enumerate(wishes):
            self._read(at, wish, kept)
        self.gone = [item for item in line.items if item.item_id not in kept] if with_items else []
        self.lost_received = [item for item in self.gone if item.receive_date is not None]
        self._moved = [
            (item, copy, at)
            for item, copy, at in self.changed
            if self._where(item) != self._place(wishes[at])
        ]
        self._edited = [(item, copy) for item, copy, _ in self.changed if _edited(item, copy) != item]
        self._places = [
            (*self._place(wish), quantity) for wish, quantity in zip(wishes, self.quantities, strict=True)
        ]

    @property
    def nothing(self) -> bool:
        same = self._places == [(each.library, each.location, each.quantity) for each in self._line.places]
        return same and not (self.gone or any(self.added) or self._moved or self._edited)

    def _read(self, at: int, wish: PlaceWish, kept: set[str]) -> None:
        quantity = max(wish.quantity or 0, len(wish.copies)) or 1
        self.quantities.append(quantity)
        added: list[CopyWish] = []
        named = 0
        for nth, copy in enumerate(wish.copies):
            item = self._by_id.get(copy.item_id)
            if item is None or item.item_id in kept:
                added.append(replace(copy, item_id=""))
                if copy.barcode:
                    self.new_barcodes.append((f"location[{at}].copy[{nth}].barcode", copy.barcode))
                continue
            kept.add(item.item_id)
            named += 1
            self.changed.append((item, copy, at))
            if copy.barcode and copy.barcode != item.barcode:
                self.new_barcodes.append((f"location[{at}].copy[{nth}].barcode", copy.barcode))
        missing = quantity - named - len(added)
        for item in self._line.items:
            if missing and item.item_id not in kept and self._where(item) == self._place(wish):
                kept.add(item.item_id)
                missing -= 1
        self.added.append([*added, *[CopyWish()] * missing] if self._with_items else [])

    @staticmethod
    def _where(item: Item) -> tuple[str, str]:
        return item.library, item.location

    def _place(self, wish: PlaceWish) -> tuple[str, str]:
        if wish.location:
            return wish.library, wish.location
        known = next((each.location for each in self._line.places if each.library == wish.library), "")
        return wish.library, known

    def new_places(self, wishes: Sequence[PlaceWish]) -> list[PlaceWish]:
        """The places asked for, with the copies to be added only."""
        return [
            replace(wish, location=self._place(wish)[1], quantity=quantity, copies=tuple(added))
            for wish, quantity, added in zip(wishes, self.quantities, self.added, strict=True)
        ]

    def carry_out(self, tx: Tx, read: Sequence[LocationWish]) -> Changed:
        line = self._line
        wanted = [
            replace(place, quantity=len(added), copies=tuple(added))
            for place, added in zip(read, self.added, strict=True)
        ]
        stock = catalogue.add_physical(tx, line.bib.mms_id, line.id, wanted, self._with_items)
        holding_of = {(each.library, each.location): each for each in stock.holdings}
        holding_of.update(
            {
                (each.library, each.location): each
                for each in line.holdings
                if (each.library, each.location) not in holding_of
            }
        )
        edited = self._edit(read, holding_of)
        catalogue.change_items(
            tx, [edited[item_id] for item_id in edited if edited[item_id] != self._by_id[item_id]]
        )
        catalogue.remove_items(tx, self.gone)
        gone = {item.item_id for item in self.gone}
        items = (
            *(edited.get(each.item_id, each) for each in line.items if each.item_id not in gone),
            *stock.items,
        )
        places = tuple(
            Place(place.library, place.location, quantity, _holding_id(holding_of, place, items))
            for place, quantity in zip(read, self.quantities, strict=True)
        )
        needed = {place.holding_id for place in places} | {item.holding_id for item in items}
        if not self._with_items:
            dropped = [each.holding_id for each in line.holdings if each.holding_id not in needed]
            catalogue.untie_holdings(tx, line.id, dropped)
        holdings = tuple(each for each in holding_of.values() if each.holding_id in needed)
        copies = bool(self.gone or any(self.added) or self._moved or self._edited)
        return Changed(places, holdings, items, copies)

    def _edit(
        self, read: Sequence[LocationWish], holding_of: dict[tuple[str, str], Holding]
    ) -> dict[str, Item]:
        edited = {}
        for item, copy, at in self.changed:
            place = read[at]
            holding = holding_of.get((place.library, place.location))
            now = _edited(item, copy)
            if holding is not None and holding.holding_id != now.holding_id:
                now = replace(
                    now, holding_id=holding.holding_id, library=place.library, location=place.location
                )
            edited[item.item_id] = now
        return edited


def _holding_id(
    holding_of: dict[tuple[str, str], Holding], place: LocationWish, items: Sequence[Item]
) -> str:
    there = next(
        (each for each in items if (each.library, each.location) == (place.library, place.location)), None
    )
    if there is not None:
        return there.holding_id
    holding = holding_of.get((place.library, place.location))
    return holding.holding_id if holding else ""


def _edited(item: Item, copy: CopyWish) -> Item:
    """The item with what the copy says of it; its receipt is no matter of a change."""
    return replace(
        item,
        barcode=copy.barcode or item.barcode,
        policy=copy.policy,
        expected_arrival_date=copy.expected_arrival_date,
        enumeration_a=copy.enumeration_a,
        enumeration_b=copy.enumeration_b,
        enumeration_c=copy.enumeration_c,
        chronology_i=copy.chronology_i,
        chronology_j=copy.chronology_j,
        chronology_k=copy.chronology_k,
        description=copy.description,
        storage_location_id=copy.storage_location_id,
    )
