"""Lists: a table with facets, pages, saved views and CSV under an address that can be passed on.

A page makes a `Listing` of what it found and shows it by a template that extends "list.html":

    listing = Listing("claims", visit.say("Claims"), found, total, offset, limit, facets=(…,))
    return visit.show("claims.html", listing=listing)

The address holds everything: `?state=SENT&state=READY&q=…&offset=50`. `format=csv` is the same list as
a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from openacq.directory import service as directory
from openacq.directory.model import SavedView
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem
from openacq.store import Tx

PAGE_SIZE = 50
ROWS_OF_FORMS = 30
"""A page of a list whose rows are forms: a browser takes several times as long to lay one out."""
MOST_OFFSET = 10_000_000
NOT_OF_A_VIEW = frozenset({"offset", "format", "lang"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: as it stands in the address, in words, how many (None: not counted)."""

    value: str
    label: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """Ways to narrow a list by one parameter. `single`: one value at a time (a select instead of boxes);
    `blank` is said for no value, where "all" does not fit; `day`: a day that is typed instead of choices."""

    name: str
    label: str
    choices: tuple[Choice, ...] = ()
    single: bool = False
    blank: str = ""
    day: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list page shows. `name` names the list for saved views; `search` is the label of its search
    field ("" for none); `views` are the visitor's."""

    name: str
    title: str
    rows: Sequence[Any]
    total: int
    offset: int = 0
    limit: int = PAGE_SIZE
    facets: tuple[Facet, ...] = ()
    search: str = ""
    views: tuple[SavedView, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    empty: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return self.offset + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.offset + len(self.rows)

    @property
    def earlier(self) -> int | None:
        return max(self.offset - self.limit, 0) if self.offset else None

    @property
    def later(self) -> int | None:
        return self.offset + self.limit if self.last < self.total else None


def page_of(visit: Visit, limit: int = PAGE_SIZE) -> tuple[int, int]:
    """(limit, offset) of the page asked for."""
    return limit, visit.number("offset", 0, MOST_OFFSET)


def asked(visit: Visit, name: str, known: Sequence[str] | None = None) -> tuple[str, ...]:
    """The values of a facet in the address, those that are known."""
    given = tuple(dict.fromkeys(value.strip() for value in visit.every_param.get(name, ()) if value.strip()))
    return given if known is None else tuple(value for value in given if value in known)


def address(visit: Visit, /, **changes: object) -> str:
    """The address of this list with some parameters changed; None takes one away, the offset goes."""
    kept: dict[str, list[str]] = {
        name: values for name, values in visit.every_param.items() if name not in ("offset", "format")
    }
    for name, value in changes.items():
        kept.pop(name, None)
        if value is not None and value != "":
            kept[name] = [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]
    return visit.link(visit.target.removeprefix(visit.door.prefix), **kept)


def day_of(visit: Visit, name: str) -> date | None:
    """The day of a facet in the address; of what is none the page tells, and the list is not narrowed."""
    given = visit.param(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        visit.problems = (*visit.problems, Problem("value_wrong_type", name, given, expected="a date"))
        return None


def query_of(visit: Visit) -> str:
    """The query of this list as a saved view keeps it."""
    from urllib.parse import urlencode

    kept = {name: values for name, values in visit.every_param.items() if name not in NOT_OF_A_VIEW}
    return urlencode(kept, doseq=True)


def views(tx: Tx, visit: Visit, name: str) -> tuple[SavedView, ...]:
    """The visitor's saved views of a list."""
    return directory.saved_views(tx, visit.user, name)
