"""What all lists of the Alma door share: limit, offset, and the query `q=field~words`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from openacq.kernel.refusal import Problem, Refusal

T = TypeVar("T")

DEFAULT_LIMIT = 10
MOST = 100
MOST_OFFSET = 10_000_000

_AND = re.compile(r"\s+AND\s+")
_CONDITION = re.compile(r"\s*(\w+)\s*[~=](.*)", re.DOTALL)
_BLANKS = re.compile(r"[\s_]+")


@dataclass(frozen=True, slots=True)
class Page:
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a query: the field and the words asked of it, as written and taken apart."""

    field: str
    text: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words; blanks may be written as underscores."""
        return tuple(word for word in _BLANKS.split(self.text) if word)


def page(params: Mapping[str, str]) -> Page:
    """`limit` (0 to 100, default 10; more is 100) and `offset` (default 0).

    Raises Refusal parameter_invalid for anything that is no such number.
    """
    limit = number_of(params, "limit", DEFAULT_LIMIT, "0-100")
    offset = number_of(params, "offset", 0, "a number from 0")
    return Page(min(limit, MOST), min(offset, MOST_OFFSET))


def number_of(params: Mapping[str, str], name: str, default: int, valid: str) -> int:
    """A parameter that is a whole number from 0. Raises Refusal parameter_invalid."""
    text = params.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise Refusal(Problem("parameter_invalid", name, text, valid=valid))
    return int(text)


def conditions(params: Mapping[str, str], default_field: str = "all") -> tuple[Condition, ...]:
    """The conditions of `q`, joined by AND; text without a field asks `default_field`.

    A field is not checked here: every list knows its own.
    """
    query = params.get("q", "").strip()
    if not query:
        return ()
    found = []
    for part in _AND.split(query):
        match = _CONDITION.fullmatch(part)
        found.append(
            Condition(match[1].lower(), match[2].strip()) if match else Condition(default_field, part.strip())
        )
    return tuple(condition for condition in found if condition.text)


def option(params: Mapping[str, str], name: str, default: str, valid: Sequence[str]) -> str:
    """As `choice`, of the parameters for which Alma lists the valid options. Refused option_invalid."""
    given = params.get(name, "").strip()
    if not given:
        return default
    if given in valid:
        return given
    for word in valid:
        if word.casefold() == given.casefold():
            return word
    raise Refusal(Problem("option_invalid", name, given, valid=", ".join(valid)))


def choice(params: Mapping[str, str], name: str, default: str, valid: tuple[str, ...]) -> str:
    """A parameter that takes one of a few words, in any case; "" is the default.

    Raises Refusal parameter_invalid naming the words that are valid.
    """
    given = params.get(name, "").strip()
    if not given:
        return default
    for word in valid:
        if word.casefold() == given.casefold():
            return word
    raise Refusal(Problem("parameter_invalid", name, given, valid=", ".join(valid)))


def flag(params: Mapping[str, str], name: str, default: bool = False) -> bool:
    """A parameter that is true or false."""
    return choice(params, name, "true" if default else "false", ("true", "false")) == "true"


def gathered(read: Callable[[], T], problems: list[Problem]) -> T | None:
    """What `read` gives; of a parameter that is refused the problem is put with the others, so that it is
    told with what the body is refused for."""
    try:
        return read()
    except Refusal as refused:
        problems += refused.problems
        return None
