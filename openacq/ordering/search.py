"""Searching and listing PO lines.

What is asked becomes criteria (`query.py`). Few lines are found all at once, in their order. Many are
counted, and a page is read off an index that has them in their order, from the nearer end or from
where an earlier page ended. Counts and findings are kept while nothing changes that lists depend on
(`Tx.kept`), so turning pages costs a page each.
"""

from __future__ import annotations

import re
import threading
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from openacq.kernel.once import Once
from openacq.ordering import store_search
from openacq.ordering.criteria import walkable
from openacq.ordering.model import Actor, ListedLine
from openacq.ordering.query import ITEM_FIELDS, LineSearch, check, query_of
from openacq.ordering.read import listed
from openacq.ordering.store_search import ItemHit, Walk
from openacq.store import Tx

GATHERED = 5_000
"""Up to so many lines are found all at once; a list of more is walked along."""
MOST_MARKS = 1_000
"""Ends of pages that are remembered of one list."""
WEIGHT_OF_WALK = 200_000
"""Bytes a list that is walked along may come to take, its marks included."""
WALKED_BY = ({"title"}, {"number"}, {"title", "number"})
ORDERED_BY = frozenset({"title", "number", "created_date"})
"""Keys the database sorts by; POs and items are sorted here, for numbers stand inside their texts."""

_FIGURES = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class LinePage:
    lines: tuple[ListedLine, ...]
    total: int


class Found:
    """The lines of a search: all their ids in order, or how to walk along them."""

    __slots__ = ("_keys", "_lock", "_places", "ids", "total", "walk")

    def __init__(self, total: int, ids: array[int] | None = None, walk: Walk | None = None) -> None:
        self.total = total
        self.ids = ids
        self.walk = walk
        self._places: list[int] = [0]
        self._keys: dict[int, tuple[Any, ...] | None] = {0: None}
        self._lock = threading.Lock()

    @property
    def weight(self) -> int:
        return WEIGHT_OF_WALK if self.ids is None else 1_000 + 8 * len(self.ids)

    def before(self, place: int) -> tuple[int, tuple[Any, ...] | None]:
        """The last remembered place not after this one, and the key of the line before it."""
        with self._lock:
            mark = self._places[bisect_right(self._places, place) - 1]
            return mark, self._keys[mark]

    def remember(self, place: int, key: tuple[Any, ...]) -> None:
        """The line before this place has this key."""
        with self._lock:
            if place not in self._keys and len(self._places) < MOST_MARKS:
                self._places.insert(bisect_right(self._places, place), place)
                self._keys[place] = key


def search(
    tx: Tx, wanted: LineSearch, actor: Actor, limit: int, offset: int, parts: frozenset[str]
) -> LinePage:
    """A page of the lines that are wanted and the actor may see, and how many there are.

    `parts` names what a line of the page has besides its own fields (`read.PARTS`). Raises Refusal:
    search_field_unknown, sort_unknown, sort_mixed, sort_without_items, items_too_many.
    """
    check(wanted)
    if actor.vendor is not None:
        if wanted.vendor not in (None, actor.vendor):
            return LinePage((), 0)
        wanted = replace(wanted, vendor=actor.vendor)
    found = tx.kept("lines", wanted, lambda: _find(tx, wanted), lambda found: found.weight)
    return LinePage(tuple(listed(tx, _page(tx, found, limit, offset), parts)), found.total)


def _find(tx: Tx, wanted: LineSearch) -> Found:
    query = query_of(tx, wanted)
    if query is None:
        return Found(0, array("q"))
    walk = Walk(wanted.status.value, query.criteria, wanted.order_by[0], wanted.descending)
    if set(wanted.order_by) in WALKED_BY and walkable(query.criteria):
        total = store_search.count(tx, walk)
        if total > GATHERED:
            return Found(total, walk=walk)
    if ORDERED_BY.issuperset(wanted.order_by):
        ids = store_search.ids(tx, walk, wanted.order_by)
    else:
        ids = array("q", _sorted(tx, walk, wanted, query.items or ()))
    return Found(len(ids), ids)


def _sorted(tx: Tx, walk: Walk, wanted: LineSearch, items: Sequence[ItemHit]) -> list[int]:
    by_item = _item_keys(wanted, items)
    names = () if by_item else wanted.order_by
    figures = Once(_with_figures)
    texts = [name == "po_number" for name in names]
    keys: list[tuple[Any, ...]] = []
    for *values, number, line_id in store_search.sortable(tx, walk, names):
        if by_item:
            keys.append((by_item[line_id], number, line_id))
        else:
            own = (figures[each] if text else each for each, text in zip(values, texts, strict=True))
            keys.append((*own, number, line_id))
    keys.sort(reverse=wanted.descending)
    return [key[-1] for key in keys]


def _item_keys(wanted: LineSearch, items: Sequence[ItemHit]) -> dict[int, tuple[Any, ...]]:
    """By line, what the first of its items in the order of the list is sorted by."""
    columns = [ITEM_FIELDS[name] for name in wanted.order_by if name in ITEM_FIELDS]
    found: dict[int, tuple[Any, ...]] = {}
    if not columns:
        return found
    first = max if wanted.descending else min
    for item in items:
        key = tuple(_with_figures(getattr(item, column)) for column in columns)
        found[item.line_id] = first(found.get(item.line_id, key), key)
    return found


def _with_figures(text: str) -> tuple[tuple[int, int, str], ...]:
    """What texts are sorted by that hold numbers: "v. 9" before "v. 10"."""
    return tuple(
        (0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part)
        for part in _FIGURES.split(text.casefold()[:200])
        if part
    )


# -- the page ----------------------------------------------------------------------------------


def _page(tx: Tx, found: Found, limit: int, offset: int) -> Sequence[int]:
    count = min(limit, found.total - offset)
    if count <= 0:
        return ()
    if found.walk is None:
        return () if found.ids is None else found.ids[offset : offset + count]
    place, key = found.before(offset)
    beyond = found.total - offset - count
    if offset - place <= beyond:
        steps = store_search.walk(tx, found.walk, key, offset - place, count)
    else:
        steps = store_search.walk(tx, found.walk.backwards(), None, beyond, count)[::-1]
    if steps:
        found.remember(offset + len(steps), steps[-1].key)
    return [step.id for step in steps]
