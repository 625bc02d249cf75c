"""The program's source as the architecture tests read it: modules with their syntax trees and imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "openacq"


@dataclass(frozen=True, slots=True)
class Module:
    """A module by its dotted name (`openacq.ledger.store`); a package's `__init__` bears the package's."""

    name: str
    text: str
    tree: ast.Module
    is_package: bool = False

    @classmethod
    def parse(cls, name: str, text: str, *, is_package: bool = False) -> Module:
        return cls(name, text, ast.parse(text), is_package)


def program() -> list[Module]:
    """Every module of the program."""
    return [_read(path) for path in sorted((ROOT / PACKAGE).rglob("*.py"))]


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return Module.parse(
        ".".join(parts[:-1] if is_package else parts), path.read_text(), is_package=is_package
    )


def imports(module: Module, known: frozenset[str]) -> Iterator[tuple[str, int]]:
    """What `module` imports, as full dotted names, with the line.

    `from a import b` means the module `a.b` if there is one (it is in `known`), otherwise `a`. Imports inside
    functions and under TYPE_CHECKING count like any other.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            start = _absolute(module, node)
            for alias in node.names:
                inner = f"{start}.{alias.name}"
                yield (inner if inner in known else start), node.lineno


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    start = package[: len(package) - (node.level - 1)]
    return ".".join([*start, *([node.module] if node.module else [])])


def names(modules: Iterable[Module]) -> frozenset[str]:
    return frozenset(module.name for module in modules)


def dotted(node: ast.expr) -> str:
    """`datetime.now` for the expression `datetime.now`; "" for anything that is not a dotted name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""
