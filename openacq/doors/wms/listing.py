"""What all lists of this door share: startIndex, itemsPerPage, and the query `q=index:term`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from openacq.kernel.refusal import Problem, Refusal
from openacq.wire.atom import AtomResource, Entry, Feed

DEFAULT_SIZE = 10
MOST = 1_000
MOST_START = 10_000_000

_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_CONDITION = re.compile(r"\s*([A-Za-z][\w.]*)\s*[:=]\s*(.*)", re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = "a moment such as 2026-03-02T09:30:00Z, or milliseconds since 1970"


@dataclass(frozen=True, slots=True)
class Page:
    """`start` is what is told to the client, `offset` counts from 0, `size` is the most entries wanted."""

    start: int
    size: int

    @property
    def offset(self) -> int:
        return max(self.start - 1, 0)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a query: the index asked ("" for bare words) and the term."""

    index: str
    term: str


def page(params: Mapping[str, str]) -> Page:
    """`startIndex` counts from 1; 0 is the first record too, as some clients count; 1 when not given.
    `itemsPerPage` is 10 when not given. Raises Refusal parameter_invalid: more than is served at once is
    not cut down, for clients take a short page for the last one."""
    start = number(params, "startIndex", 1, MOST_START)
    return Page(start, number(params, "itemsPerPage", DEFAULT_SIZE, MOST))


def feed(of: type[AtomResource], entries: Sequence[Entry], total: int, page: Page, link: str = "") -> Feed:
    """The answer of a list of orders, vendors, budgets or funds: what was asked for is said again."""
    return Feed(of, entries, total, start=page.start, per_page=page.size, link=link)


def choice(params: Mapping[str, str], name: str, default: str, valid: tuple[str, ...]) -> str:
    """A parameter that takes one of a few words, in any case. Raises Refusal parameter_invalid."""
    given = params.get(name, "").strip()
    word = given.upper() or default
    if word not in valid:
        raise Refusal(Problem("parameter_invalid", name, given, valid=", ".join(valid)))
    return word


def number(params: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A parameter that is a whole number from 0. Raises Refusal parameter_invalid."""
    text = params.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 12 or int(text) > most:
        raise Refusal(Problem("parameter_invalid", name, text, valid=f"0 to {most}"))
    return int(text)


def conditions(params: Mapping[str, str], indexes: Mapping[str, str]) -> tuple[Condition, ...]:
    """The conditions of `q`, joined by AND: `index:term` or `index=term`, the term quoted or not.

    `indexes` are those the list knows, in lower case → as they are handed back; one under "" takes words
    without an index. Raises Refusal index_unknown.
    """
    query = params.get("q", "").strip()
    return tuple(_condition(part, query, indexes) for part in _AND.split(query) if part.strip())


def _condition(part: str, query: str, indexes: Mapping[str, str]) -> Condition:
    match = _CONDITION.fullmatch(part)
    index, term = (match[1], match[2]) if match else ("", part)
    known = indexes.get(index.lower())
    if known is None:
        listed = ", ".join(name for name in indexes.values() if name)
        reason = f"there is no index {index}" if index else "it names no index"
        raise Refusal(Problem("index_unknown", "q", query, reason=reason, valid=listed))
    return Condition(known, term.strip().strip('"').strip())


def moment(params: Mapping[str, str], name: str) -> datetime | None:
    """A parameter that is a moment: ISO with an offset (none: UTC), a day, or milliseconds since 1970.

    Raises Refusal parameter_invalid.
    """
    text = params.get(name, "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and 9 <= len(text) <= 15:
        return _EPOCH + timedelta(milliseconds=int(text))
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a plus in a query is a blank
    except ValueError:
        raise Refusal(Problem("parameter_invalid", name, text, valid=_MOMENT)) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
