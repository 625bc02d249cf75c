"""What lists of PO lines can be narrowed by: plain statements about a line, without a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Among:
    """A column of the line (vendor, account, method, owner, number, mms_id …) has one of the values."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """The text of a column (number, invoice_reference) contains another, whatever its case."""

    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Begins:
    """The bib has a word that begins so, in a field (a catalogue.WordField; "" = any)."""

    field: str
    word: str


@dataclass(frozen=True, slots=True)
class Identified:
    """The bib has the standard number; with `partly`, one that begins so."""

    kinds: tuple[str, ...]
    value: str
    partly: bool = False


@dataclass(frozen=True, slots=True)
class OnFunds:
    """A share of the line is on one of the funds, or names a fund nobody knows by the code `unknown`."""

    fund_ids: tuple[int, ...]
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class InOrder:
    """The number of the line's PO is this one or, with `partly`, contains it."""

    number: str
    partly: bool = False


@dataclass(frozen=True, slots=True)
class At:
    """Copies are for one of the (library, location) places."""

    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Arriving:
    """The line, or an item of it, is expected in this time; both ends belong to it, None is open."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class These:
    """The line is one of these, by row id."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    criteria: tuple[Criterion, ...]


Criterion: TypeAlias = (
    Among | Holds | Begins | Identified | OnFunds | InOrder | At | Arriving | These | AnyOf | AllOf
)

ON_THE_LINE = frozenset({"vendor", "account", "method", "owner"})
"""Columns a walk along the list can look at as it goes."""


def walkable(criteria: tuple[Criterion, ...]) -> bool:
    """Whether the lines can be told while walking along the list in its order."""
    return all(isinstance(each, Among) and each.column in ON_THE_LINE for each in criteria)
