"""Load records of the library's own catalogue: a batch at a time, each batch a handful of statements.

A record is known by its key (its 001 or 035) or its mms_id. A new one is written with its copies; one
that says what it said last time is left alone; one that changed replaces the bib, its identifiers
and its MARC. Of its copies, those on order stay; the others become what the record says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from openacq.catalogue.ids import BIB, HOLDING, ITEM, PORTFOLIO, new_ids
from openacq.catalogue.model import Holding, Item, LoadedBib, LoadedCopy, LoadedLink, Portfolio
from openacq.catalogue.store import loads
from openacq.catalogue.store.loads import BibToWrite, KnownItem
from openacq.kernel.refusal import Problem
from openacq.kernel.verdict import Outcome, Verdict
from openacq.store.tx import Tx

KIND = "bib"
Place = tuple[str, str, str]
"""mms_id, library, location."""


@dataclass(slots=True)
class _Task:
    """A record that is written: which bib it becomes, and whether that exists."""

    load: LoadedBib
    mms_id: str
    exists: bool
    problems: list[Problem]


@dataclass(slots=True)
class _Shelves:
    """What becomes of the copies of a batch."""

    holdings: dict[Place, str]
    new_places: list[tuple[Place, str]] = field(default_factory=list)
    new_items: list[tuple[Place, LoadedCopy]] = field(default_factory=list)
    moved: dict[str, Place] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    left: dict[Place, str] = field(default_factory=dict)
    """Holdings no copy of the record is at any more."""


def load_bibs(tx: Tx, records: Sequence[LoadedBib], *, dry_run: bool = False) -> list[Verdict]:
    """Write a batch of records, no two of them with one key or mms_id; a verdict for each, in order.

    With `dry_run` nothing is written; the verdicts are the same. Raises Overtaken when an order made a
    holding or an item of the batch at the same moment; the batch can be tried again.
    """
    tasks: list[_Task] = []
    outcomes: list[tuple[LoadedBib, Outcome, Sequence[Problem]]] = []
    by_key, by_id = _known(tx, records)
    for load in records:
        known = by_key.get(load.key) or by_id.get(load.bib.mms_id)
        problems = list(load.notes)
        if known is not None and known.digest == load.digest:
            outcomes.append((load, "unchanged", problems))
            continue
        tasks.append(_Task(load, known.mms_id if known else load.bib.mms_id, known is not None, problems))
        outcomes.append((load, "updated" if known else "created", problems))
    if tasks:
        _name_new(tx, tasks, dry_run)
        shelves = _plan_copies(tx, tasks)
        if not dry_run:
            _write(tx, tasks, shelves)
    return [Verdict(load.row, KIND, load.key, outcome, tuple(notes)) for load, outcome, notes in outcomes]


def _known(tx: Tx, records: Sequence[LoadedBib]) -> tuple[dict[str, loads.Known], dict[str, loads.Known]]:
    given = [one.bib.mms_id for one in records if one.bib.mms_id]
    found = loads.known(tx, [one.key for one in records], given)
    return {one.key: one for one in found if one.key}, {one.mms_id: one for one in found}


# -- copies -------------------------------------------------------------------------------------


def _plan_copies(tx: Tx, tasks: Sequence[_Task]) -> _Shelves:
    """Decide for every copy: new, there already, moved; and which copies are gone."""
    changed = [task.mms_id for task in tasks if task.exists]
    shelves = _Shelves({})
    own_items: dict[str, list[KnownItem]] = {}
    places: dict[str, Place] = {}
    if changed:
        for held in loads.holdings_of_bibs(tx, changed):
            place = (held.mms_id, held.library, held.location)
            shelves.holdings.setdefault(place, held.holding_id)
            places[held.holding_id] = place
        shelves.left = dict(shelves.holdings)
        for item in loads.items_of_bibs(tx, changed):
            own_items.setdefault(item.mms_id, []).append(item)
    wanted = list(dict.fromkeys(copy.barcode for task in tasks for copy in task.load.copies if copy.barcode))
    taken = loads.items_by_barcode(tx, wanted)
    seen: set[str] = set()
    for task in tasks:
        copies = _without_taken(task, taken, seen)
        for copy in copies:
            place = (task.mms_id, copy.library, copy.location)
            shelves.left.pop(place, None)
            if place not in shelves.holdings:
                shelves.holdings[place] = ""
                shelves.new_places.append((place, copy.call_number))
        _match_copies(task, copies, own_items.get(task.mms_id, ()), places, shelves)
    return shelves


def _name_new(tx: Tx, tasks: Sequence[_Task], dry_run: bool) -> None:
    unnamed = [task for task in tasks if not task.mms_id]
    if dry_run:  # numbers are for what is kept
        for task in unnamed:
            task.mms_id = f"new {task.load.row}"
        return
    for task, mms_id in zip(unnamed, new_ids(tx, BIB, len(unnamed)), strict=True):
        task.mms_id = mms_id


def _without_taken(task: _Task, taken: dict[str, KnownItem], seen: set[str]) -> list[LoadedCopy]:
    """The copies of a record, without those whose barcode is another bib's or came before."""
    kept: list[LoadedCopy] = []
    for copy in task.load.copies:
        owner = taken.get(copy.barcode)
        if copy.barcode in seen or (owner is not None and owner.mms_id != task.mms_id):
            task.problems.append(Problem("barcode_taken", "barcode", copy.barcode))
            continue
        if copy.barcode:
            seen.add(copy.barcode)
        kept.append(copy)
    return kept


def _match_copies(
    task: _Task,
    copies: Sequence[LoadedCopy],
    own: Iterable[KnownItem],
    places: dict[str, Place],
    shelves: _Shelves,
) -> None:
    """Find each copy's item by its barcode, else by its place; what is left over goes or comes."""
    with_barcode = {one.barcode: one for one in own if one.barcode}
    without: dict[Place, list[str]] = {}
    for one in own:
        if not one.barcode and not one.on_order:
            without.setdefault(places[one.holding_id], []).append(one.item_id)
    kept: set[str] = set()
    for copy in _with_items(copies):
        place = (task.mms_id, copy.library, copy.location)
        item = with_barcode.get(copy.barcode) if copy.barcode else None
        if item is not None:
            kept.add(item.item_id)
            if places[item.holding_id] != place and not item.on_order:
                shelves.moved[item.item_id] = place
        elif not copy.barcode and without.get(place):
            kept.add(without[place].pop())
        else:
            shelves.new_items.append((place, copy))
    shelves.dropped += [one.item_id for one in own if one.item_id not in kept and not one.on_order]


def _with_items(copies: Sequence[LoadedCopy]) -> list[LoadedCopy]:
    """A place named once without a barcode is a holding and counts as one copy; others have items."""
    times: dict[tuple[str, str], int] = {}
    for copy in copies:
        times[copy.library, copy.location] = times.get((copy.library, copy.location), 0) + 1
    return [copy for copy in copies if copy.barcode or times[copy.library, copy.location] > 1]


# -- writing ------------------------------------------------------------------------------------


def _write(tx: Tx, tasks: Sequence[_Task], shelves: _Shelves) -> None:
    # Numbers first: a work that runs out of them begins again, and has written nothing by then.
    holding_ids = new_ids(tx, HOLDING, len(shelves.new_places))
    item_ids = new_ids(tx, ITEM, len(shelves.new_items))
    new_holdings = [
        Holding(holding_id, *place, call_number=call_number)
        for holding_id, (place, call_number) in zip(holding_ids, shelves.new_places, strict=True)
    ]
    shelves.holdings |= {(one.mms_id, one.library, one.location): one.holding_id for one in new_holdings}
    for exists, write in ((False, loads.add_bibs), (True, loads.change_bibs)):
        write(tx, [_to_write(task) for task in tasks if task.exists is exists])
    loads.drop_items(tx, shelves.dropped)
    loads.add_holdings(tx, new_holdings)
    loads.move_items(tx, {item: shelves.holdings[place] for item, place in shelves.moved.items()})
    loads.add_items(
        tx,
        [
            Item(item_id, shelves.holdings[place], *place, barcode=copy.barcode, policy=copy.policy)
            for item_id, (place, copy) in zip(item_ids, shelves.new_items, strict=True)
        ],
    )
    loads.drop_empty_holdings(tx, list(shelves.left.values()))
    _write_links(tx, tasks)


def _to_write(task: _Task) -> BibToWrite:
    load = task.load
    bib = replace(load.bib, mms_id=task.mms_id, brief=False, origin="load")
    return BibToWrite(bib, load.key, load.digest, load.record, load.identifiers)


def _write_links(tx: Tx, tasks: Sequence[_Task]) -> None:
    changed = [task.mms_id for task in tasks if task.exists]
    there = (
        {(one.mms_id, one.url): one.portfolio_id for one in loads.links_of_bibs(tx, changed)}
        if changed
        else {}
    )
    wanted: dict[tuple[str, str], LoadedLink] = {
        (task.mms_id, link.url): link for task in tasks for link in task.load.links
    }
    loads.drop_links(tx, [portfolio_id for at, portfolio_id in there.items() if at not in wanted])
    missing = [(mms_id, link) for (mms_id, url), link in wanted.items() if (mms_id, url) not in there]
    loads.add_links(
        tx,
        [
            Portfolio(
                portfolio_id, mms_id, "institution", available=True, url=link.url, public_note=link.note
            )
            for portfolio_id, (mms_id, link) in zip(
                new_ids(tx, PORTFOLIO, len(missing)), missing, strict=True
            )
        ],
    )
