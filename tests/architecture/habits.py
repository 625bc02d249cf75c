"""Habits of the house that can be read off the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture.floors import DOORS, FLOOR_OF, GROUND
from tests.architecture.source import Module, dotted

LONGEST_MODULE = 600
MIGRATIONS = ".migrations.versions."
"""Generated scripts, as long as what they change."""

MONEY = re.compile(r"openacq\.(kernel\.money|ledger|ordering|invoicing|requests|periods)(\.|$)")
"""Modules that handle sums."""

CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns")

PRIVATE_PLACES = (
    (r"(?<![\w.~$}])/(?:work|root)/", "a path of one machine"),
    (r"(?<![\w.])/home/[a-z]", "a path of one machine"),
    (r"(?<![\w.])/Users/[A-Za-z]", "a path of one machine"),
    (r"(?:\.\./|\$\w+/)shared/", "a folder outside the project"),
    (r"(?i)\b(?:pypi|pythonhosted|npmjs|debian|rubygems)\.org\b", "a registry host"),
    (r"--(?:extra-)?index-url|--find-links|--trusted-host", "a registry setting"),
)


def swallowed(modules: Iterable[Module]) -> list[str]:
    """Handlers that catch everything and do nothing."""
    return [
        f"{module.name}:{node.lineno}: a fault is swallowed"
        for module in modules
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.ExceptHandler) and _catches_all(node.type) and _does_nothing(node.body))
        or (isinstance(node, ast.Call) and _suppresses_all(node))
    ]


def _catches_all(kind: ast.expr | None) -> bool:
    if isinstance(kind, ast.Tuple):
        return any(_catches_all(one) for one in kind.elts)
    return kind is None or dotted(kind) in ("Exception", "BaseException")


def _does_nothing(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(step, ast.Pass | ast.Continue)
        or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
        for step in body
    )


def _suppresses_all(call: ast.Call) -> bool:
    return dotted(call.func).split(".")[-1] == "suppress" and any(_catches_all(kind) for kind in call.args)


def floats(modules: Iterable[Module]) -> list[str]:
    """Floating point near money: `float` by name, a literal like 0.5, or a true division."""
    return [
        f"{module.name}:{node.lineno}: no floating point near money"
        for module in modules
        if MONEY.match(module.name)
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp | ast.AugAssign) and _divides_inexactly(node))
    ]


def _divides_inexactly(node: ast.BinOp | ast.AugAssign) -> bool:
    if not isinstance(node.op, ast.Div):
        return False
    exact = isinstance(node, ast.BinOp) and isinstance(node.left, ast.Call) and dotted(node.left.func)
    return exact != "Decimal"


def transactions(modules: Iterable[Module]) -> list[str]:
    """Units of work opened or ended anywhere between the ground and the main floor."""
    return [
        f"{module.name}:{node.lineno}: the store alone begins and ends transactions"
        for module in modules
        if GROUND < _floor(module) < DOORS or _floor(module) == DOORS
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback", "begin", "begin_nested", "savepoint")
    ]


def own_clocks(modules: Iterable[Module]) -> list[str]:
    """Times taken from anywhere but the Clock. Measuring with `time.perf_counter` is free."""
    return [
        f"{module.name}:{node.lineno}: time comes from Clock, not from {dotted(node.func)}"
        for module in modules
        if module.name != "openacq.kernel.clock"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func).endswith(CLOCKS)
    ]


def long_modules(modules: Iterable[Module]) -> list[str]:
    return [
        f"{module.name}: {lines} lines; split it by use case before it grows to {LONGEST_MODULE}"
        for module in modules
        if (lines := module.text.count("\n")) >= LONGEST_MODULE and MIGRATIONS not in module.name
    ]


def private_places(name: str, text: str) -> Iterator[str]:
    """Lines that name a place of one machine or a package registry."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in PRIVATE_PLACES:
            if re.search(pattern, line):
                yield f"{name}:{number}: {what}: {line.strip()[:100]}"


def _floor(module: Module) -> int:
    parts = module.name.split(".")
    return FLOOR_OF.get(parts[1], -1) if len(parts) > 1 else -1
