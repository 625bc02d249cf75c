"""What a letter may speak of: facts with names, types and examples.

Each kind of letter declares its facts once. From that come the check of what a desk hands in, the
check of the names in a template, the example of a preview and the page of the manual.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from openacq.kernel import text

MOST_TEXT = 1_000
MOST_PROSE = 10_000
MOST_ROWS = 5_000
MOST_LINES = 200

Value = object
"""A str, int, bool, date or None, or a mapping or tuple of such: plain data."""


class Type(StrEnum):
    TEXT = "text"
    PROSE = "text of several lines"
    NUMBER = "whole number"
    SUM = "sum"
    FLAG = "yes or no"
    DAY = "date"
    URL = "address of a page"
    LINES = "list of texts"
    GROUP = "group"
    LIST = "list of groups"


class Prose(str):
    """Text whose line breaks are meant."""

    __slots__ = ()


class Amount(str):
    """A decimal number as the server writes it ("1054.10"); shown in the way of the language."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """`example` of a list is the tuple of its rows' examples; a group has its parts' examples."""

    name: str
    type: Type
    about: str
    example: Value = None
    parts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))


Facts = Mapping[str, Fact]


def named(*facts: Fact) -> Facts:
    return MappingProxyType({fact.name: fact for fact in facts})


def group(name: str, about: str, *parts: Fact) -> Fact:
    return Fact(name, Type.GROUP, about, parts=named(*parts))


def listed(name: str, about: str, example: Sequence[Mapping[str, Value]], *parts: Fact) -> Fact:
    return Fact(name, Type.LIST, about, tuple(example), named(*parts))


class NotTheFacts(Exception):
    """What was handed in are not the facts of this kind of letter: a fault of the desk's program."""


def example_of(facts: Facts) -> dict[str, Value]:
    """The examples as they would be handed in."""
    return {name: _example(fact) for name, fact in facts.items()}


def _example(fact: Fact) -> Value:
    return example_of(fact.parts) if fact.type is Type.GROUP else fact.example


def fit(facts: Facts, given: Mapping[str, Value]) -> dict[str, Value]:
    """The facts as templates get them: cleaned, cut to length, what is not given empty.

    Raises NotTheFacts for unknown names and values of another type.
    """
    return _fit_group(facts, given, "")


def _fit_group(facts: Facts, given: Value, path: str) -> dict[str, Value]:
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        raise NotTheFacts(f"{path.rstrip('.')} is not a group")
    if unknown := given.keys() - facts.keys():
        raise NotTheFacts(f"no facts {', '.join(sorted(path + str(name) for name in unknown))}")
    return {name: _fit(fact, given.get(name), path + name) for name, fact in facts.items()}


def _fit(fact: Fact, given: Value, path: str) -> Value:
    if fact.type is Type.GROUP:
        return _fit_group(fact.parts, given, path + ".")
    if fact.type in (Type.LIST, Type.LINES):
        rows = () if given is None else given
        most = MOST_LINES if fact.type is Type.LINES else MOST_ROWS
        if isinstance(rows, str) or not isinstance(rows, Sequence) or len(rows) > most:
            raise NotTheFacts(f"{path} is not a list of at most {most}")
        if fact.type is Type.LINES:
            return tuple(line for row in rows if (line := _line(row, path)))
        return tuple(_fit_group(fact.parts, row, f"{path}[{at}].") for at, row in enumerate(rows))
    return _fit_single(fact.type, given, path)


def _fit_single(kind: Type, given: Value, path: str) -> Value:
    if kind is Type.FLAG:
        return _of_type(bool, given, False, path)
    if kind is Type.NUMBER:
        if isinstance(given, bool):
            raise NotTheFacts(f"{path} is not a number")
        return _of_type(int, given, 0, path)
    if kind is Type.DAY:
        return _of_type(date, given, None, path)
    if kind is Type.PROSE:
        return Prose(text.clean(str(_of_type(str, given, "", path)))[:MOST_PROSE])
    line = _line(given, path)
    if kind is Type.SUM:
        return Amount(line)
    if kind is Type.URL:
        return line if _is_page(line) else ""
    return line


def _of_type(kind: type, given: Value, empty: Value, path: str) -> Value:
    if given is None:
        return empty
    if not isinstance(given, kind):
        raise NotTheFacts(f"{path} is {type(given).__name__}, not {kind.__name__}")
    return given


def _line(given: Value, path: str) -> str:
    return text.one_line(str(_of_type(str, given, "", path)))[:MOST_TEXT]


def _is_page(address: str) -> bool:
    """Nothing but a web page may stand behind a link of a letter."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not set(address) & set(" \"'<>\\")


@dataclass(frozen=True, slots=True)
class Described:
    """One fact as the manual lists it: `lines[].title`."""

    path: str
    type: Type
    about: str
    example: str


def describe(facts: Facts, path: str = "", row: Mapping[str, Value] | None = None) -> Iterator[Described]:
    """Every fact with its parts, in order."""
    for name, fact in facts.items():
        example = fact.example if row is None else row.get(name, fact.example)
        if fact.type is Type.GROUP:
            yield Described(path + name, fact.type, fact.about, "")
            yield from describe(fact.parts, f"{path}{name}.")
        elif fact.type is Type.LIST:
            yield Described(path + name, fact.type, fact.about, "")
            rows = fact.example if isinstance(fact.example, tuple) else ()
            yield from describe(fact.parts, f"{path}{name}[].", rows[0] if rows else {})
        else:
            yield Described(path + name, fact.type, fact.about, _spell(example))


def _spell(example: Value) -> str:
    if isinstance(example, tuple):
        return " / ".join(map(str, example))
    if isinstance(example, bool):
        return "yes" if example else "no"
    return "" if example is None else str(example)
