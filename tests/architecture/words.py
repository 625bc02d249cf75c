"""Rules of the error catalogue: what is raised is worded, and what is worded is raised."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from openacq.kernel.refusal import Entry, Kind
from tests.architecture.source import Module, dotted

GIVEN = frozenset({"field", "value"})
"""Facts every problem has."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A `Problem(…)` written in the source. `facts` is None when they are passed on as `**facts`."""

    place: str
    slugs: tuple[str, ...]
    facts: frozenset[str] | None


def raised(modules: Iterable[Module]) -> Iterator[Raised]:
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "Problem":
                yield _read(module, node)


def _read(module: Module, call: ast.Call) -> Raised:
    by_name = {word.arg: word.value for word in call.keywords}
    slug = call.args[0] if call.args else by_name.get("slug")
    facts = None if None in by_name else frozenset(name for name in by_name if name) - GIVEN - {"slug"}
    return Raised(f"{module.name}:{call.lineno}", tuple(_texts(slug)), facts)


def _texts(node: ast.expr | None) -> Iterator[str]:
    """The texts an expression may be: a literal, or a choice between literals."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def wordless(modules: Iterable[Module], catalogue: Mapping[str, Entry]) -> list[str]:
    """Problems whose slug is not in the catalogue, or whose words need a fact that is not given."""
    found: list[str] = []
    for problem in raised(modules):
        for slug in problem.slugs:
            if slug not in catalogue:
                found.append(f"{problem.place}: {slug} is not in the catalogue")
            elif problem.facts is not None and (lacking := placeholders(catalogue[slug]) - problem.facts):
                found.append(f"{problem.place}: {slug} lacks {', '.join(sorted(lacking))}")
    return found


def placeholders(entry: Entry) -> frozenset[str]:
    """The facts that message and advice speak of, besides field and value."""
    return _spoken_of(entry.message + entry.advice)


def _spoken_of(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name) - GIVEN


class Wording(Protocol):
    """What a door says for a slug: its code, and its text ("" for the catalogue's own)."""

    @property
    def code(self) -> str: ...
    @property
    def text(self) -> str: ...


def unworded(
    by_slug: Mapping[str, Wording], by_kind: Mapping[Kind, Wording], catalogue: Mapping[str, Entry]
) -> list[str]:
    """Rows a door has no code for, words for slugs that are none, and texts asking for facts not given."""
    found = [f"{slug} is not in the catalogue" for slug in by_slug if slug not in catalogue]
    for slug, entry in catalogue.items():
        words = by_slug.get(slug) or by_kind.get(entry.kind)
        if words is None or not words.code:
            found.append(f"{slug} has no code")
        elif lacking := _spoken_of(words.text) - placeholders(entry):
            found.append(f"{slug} is worded with facts it need not have: {', '.join(sorted(lacking))}")
    return found


def silent(modules: Iterable[Module], catalogue: Mapping[str, Entry]) -> list[str]:
    """Rows nobody raises: their slug stands nowhere but in the catalogue and the doors' wordings."""
    spoken: set[str] = set()
    for module in modules:
        if module.name == "openacq.kernel.refusal" or module.name.endswith(".errors"):
            continue
        spoken.update(
            node.value
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
    return sorted(set(catalogue) - spoken)
