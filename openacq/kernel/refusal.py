"""Refusals: the caller must change something.

A refusal carries one or more problems, each naming a slug of the error catalogue, the field it is
about and the value that was given. Doors translate slugs into their own codes and words
(`doors/*/errors.py`); a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from openacq.kernel.catalogue import CATALOGUE, Entry, Kind

__all__ = ["CATALOGUE", "Entry", "Kind", "Problem", "Refusal", "probable"]


class Problem:
    """One thing wrong: catalogue slug, dotted field, the value given, and facts for the message."""

    __slots__ = ("facts", "field", "slug", "value")

    def __init__(self, slug: str, field: str = "", value: object = "", **facts: object) -> None:
        self.slug = slug
        self.field = field
        self.value = "" if value is None else str(value)[:200]
        self.facts: Mapping[str, object] = MappingProxyType(dict(facts))

    @property
    def entry(self) -> Entry:
        return CATALOGUE[self.slug]

    def message(self) -> str:
        return self.entry.message.format(field=self.field, value=self.value, **self.facts)

    def advice(self) -> str:
        return self.entry.advice.format(field=self.field, value=self.value, **self.facts)

    def __repr__(self) -> str:
        return f"Problem({self.slug!r}, {self.field!r}, {self.value!r}, {dict(self.facts)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        return (self.slug, self.field, self.value, dict(self.facts)) == (
            other.slug,
            other.field,
            other.value,
            dict(other.facts),
        )

    def __hash__(self) -> int:
        return hash((self.slug, self.field, self.value))


class Refusal(Exception):
    """The work is refused and undone; `problems` names every reason, the first the one to answer by."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        if not self.problems:
            raise ValueError("a refusal names at least one problem")
        super().__init__("; ".join(problem.message() for problem in self.problems))


def probable(names: Iterable[str]) -> str:
    """ " Did you mean X?" for an advice, or nothing."""
    known = tuple(names)
    return f" Did you mean {' or '.join(known[:3])}?" if known else ""
