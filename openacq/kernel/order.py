"""Rules that are asked one after the other: each has a name and a position."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from openacq.kernel.refusal import Problem, Refusal


class Ranked(Protocol):
    """What stands in an order: a frozen dataclass with these two."""

    @property
    def name(self) -> str: ...

    @property
    def position(self) -> int: ...


Rule = TypeVar("Rule", bound=Ranked)


def named(rules: Iterable[Rule], name: str) -> Rule:
    """The rule of that name. Raises Refusal record_missing."""
    for rule in rules:
        if rule.name == name:
            return rule
    raise Refusal(Problem("record_missing", "name", name, what="Rule"))


def ranked(rules: Iterable[Rule], name: str, places: int) -> list[Rule]:
    """The rules by position, the one of that name moved so many places; numbered anew from 1.

    Beyond either end it stays at the end. Raises Refusal record_missing.
    """
    order = sorted(rules, key=lambda rule: (rule.position, rule.name))
    at = order.index(named(order, name))
    order.insert(max(at + places, 0), order.pop(at))
    numbered: list[Any] = order
    return [replace(rule, position=place) for place, rule in enumerate(numbered, 1)]


__all__ = ["Ranked", "Rule", "named", "ranked"]
