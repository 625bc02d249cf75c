"""Rules of the error catalogue: what is raised is worded, and what is worded is raised."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from openacq.kernel.refusal import Entry
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
    texts = string.Formatter().parse(entry.message + entry.advice)
    return frozenset(name for _, name, _, _ in texts if name) - GIVEN


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
