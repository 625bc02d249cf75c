"""Which templates are let in: a small part of Jinja, and no name that is not a fact of the letter.

    {{ order.number }}  {% if line.rush %} … {% elif … %} … {% endif %}
    {% for line in lines %} {{ loop.index }} … {% else %} … {% endfor %}
    {% set first = order.number %}  {{ library.address|join(", ") }}  {{ vendor.contact|default("…") }}

Nothing is called, nothing included, nothing multiplied or pasted together, so that a template can
neither reach out of its facts nor grow without bound; loops run over lists of the facts only. What
is left is checked name by name before it is ever run, with the place and the name meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from openacq.kernel.refusal import Problem, probable
from openacq.kernel.text import nearest
from openacq.letters.facts import Fact, Facts, Type

MOST_SOURCE = 32_000
MOST_DEPTH = 40
MOST_ARGUMENT = 100
MOST_PROBLEMS = 20

FILTERS: Mapping[str, int] = MappingProxyType(
    {"capitalize": 0, "default": 1, "join": 1, "length": 0, "lower": 0, "truncate": 1, "upper": 0}
)
"""Filters that may be used, and how many arguments each may have."""
TESTS = frozenset({"even", "none", "odd"})
OF_LOOP = ("first", "index", "index0", "last", "length", "revindex", "revindex0")

_LOOP = Fact("loop", Type.GROUP, "where a loop is")
_VALUE = Fact("", Type.TEXT, "a value")
_REFUSED = Fact("", Type.TEXT, "something that was complained of already")
_WORDS: Mapping[type[nodes.Node], str] = MappingProxyType(
    {
        nodes.Call: "nothing can be called",
        nodes.Include: "nothing can be included",
        nodes.Import: "nothing can be included",
        nodes.FromImport: "nothing can be included",
        nodes.Extends: "nothing can be included",
        nodes.Block: "blocks cannot be used",
        nodes.Macro: "macros cannot be used",
        nodes.CallBlock: "macros cannot be used",
        nodes.FilterBlock: "filters apply to values only",
        nodes.AssignBlock: "write {% set name = value %}",
        nodes.Concat: "write the values one after the other instead of joining them by ~",
        nodes.Mul: "nothing can be multiplied",
        nodes.Pow: "nothing can be multiplied",
        nodes.Mod: "% cannot be used",
    }
)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Names and what they stand for."""

    names: Mapping[str, Fact]

    def plus(self, name: str, fact: Fact) -> _Scope:
        return _Scope({**self.names, name: fact})


def parse(environment: Environment, source: str, facts: Facts, field: str) -> nodes.Template | list[Problem]:
    """The template as a tree, or what is wrong with it. `field` names the part in the problems."""
    if len(source) > MOST_SOURCE:
        return [Problem("value_too_long", field, limit=MOST_SOURCE)]
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        return [Problem("template_wrong", field, line=error.lineno, reason=str(error.message).rstrip("."))]
    except RecursionError:
        return [Problem("template_wrong", field, line=1, reason="it is nested too deep")]
    if _depth(tree) > MOST_DEPTH:
        return [Problem("template_wrong", field, line=1, reason="it is nested too deep")]
    reader = _Reader(field)
    reader.statements(tree.body, _Scope(facts))
    return reader.problems[:MOST_PROBLEMS] or tree


def _depth(tree: nodes.Node) -> int:
    depth, level = 0, [tree]
    while level and depth <= MOST_DEPTH:
        depth += 1
        level = [child for node in level for child in node.iter_child_nodes()]
    return depth


class _Reader:
    """Reads a tree and gathers what is wrong with it."""

    def __init__(self, field: str) -> None:
        self.problems: list[Problem] = []
        self._field = field

    def _refuse(self, node: nodes.Node, reason: str) -> Fact:
        self.problems.append(Problem("template_wrong", self._field, line=node.lineno, reason=reason))
        return _REFUSED

    def _unknown(self, node: nodes.Node, name: str, known: Mapping[str, object] | tuple[str, ...]) -> Fact:
        meant = probable(nearest(name, tuple(known)))
        self.problems.append(
            Problem("template_name_unknown", self._field, name, line=node.lineno, probable=meant)
        )
        return _REFUSED

    # -- statements ---------------------------------------------------------------------------

    def statements(self, body: list[nodes.Node], scope: _Scope) -> None:
        for node in body:
            scope = self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: _Scope) -> _Scope:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                if not isinstance(part, nodes.TemplateData):
                    self._printed(part, scope)
        elif isinstance(node, nodes.If):
            self._if(node, scope)
        elif isinstance(node, nodes.For):
            self._for(node, scope)
        elif isinstance(node, nodes.Assign):
            return self._assign(node, scope)
        else:
            self._refuse(node, _why(node))
        return scope

    def _printed(self, node: nodes.Expr, scope: _Scope) -> None:
        kind = self._read(node, scope).type
        if kind in (Type.GROUP, Type.LIST):
            self._refuse(node, "a group or list is not printed whole; name one of its facts or loop over it")
        elif kind is Type.LINES:
            self._refuse(node, 'a list is printed by a loop or by |join(", ")')
        elif kind is Type.FLAG:
            self._refuse(node, "yes or no is asked by {% if … %}, not printed")

    def _if(self, node: nodes.If, scope: _Scope) -> None:
        self._read(node.test, scope)
        self.statements(node.body, scope)
        for other in node.elif_:
            self._if(other, scope)
        self.statements(node.else_, scope)

    def _for(self, node: nodes.For, scope: _Scope) -> None:
        if node.recursive:
            self._refuse(node, "loops cannot be recursive")
        over = self._read(node.iter, scope)
        if over.type is Type.LIST:
            item = Fact(over.name, Type.GROUP, over.about, parts=over.parts)
        elif over.type is Type.LINES:
            item = _VALUE
        elif over is _REFUSED:
            item = over
        else:
            item = self._refuse(node, "loops run over lists of the letter's facts")
        name = self._new_name(node, node.target, scope)
        inner = scope.plus(name, item).plus("loop", _LOOP)
        if node.test is not None:
            self._read(node.test, scope.plus(name, item))
        self.statements(node.body, inner)
        self.statements(node.else_, scope)

    def _assign(self, node: nodes.Assign, scope: _Scope) -> _Scope:
        value = self._read(node.node, scope)
        return scope.plus(self._new_name(node, node.target, scope), value)

    def _new_name(self, node: nodes.Node, target: nodes.Node, scope: _Scope) -> str:
        if not isinstance(target, nodes.Name):
            self._refuse(node, "a loop or set gives a value to one new name")
            return ""
        if target.name in scope.names or target.name.startswith("_") or target.name == "loop":
            self._refuse(node, f"{target.name} cannot be a name of your own")
        return target.name

    # -- expressions --------------------------------------------------------------------------

    def _read(self, node: nodes.Node, scope: _Scope) -> Fact:
        """What the expression stands for."""
        read = _READERS.get(type(node))
        if read is None:
            return self._refuse(node, _why(node))
        return read(self, node, scope)

    def _name(self, node: nodes.Name, scope: _Scope) -> Fact:
        found = scope.names.get(node.name)
        return found if found is not None else self._unknown(node, node.name, scope.names)

    def _part(self, node: nodes.Getattr | nodes.Getitem, scope: _Scope) -> Fact:
        whole = self._read(node.node, scope)
        if whole is _REFUSED:
            return whole
        if isinstance(node, nodes.Getattr):
            name: object = node.attr
        else:
            name = node.arg.value if isinstance(node.arg, nodes.Const) else None
        if not isinstance(name, str):
            return self._refuse(node, "parts are named, not counted")
        if whole is _LOOP:
            return _VALUE if name in OF_LOOP else self._unknown(node, f"loop.{name}", OF_LOOP)
        if whole is _VALUE:
            return self._refuse(node, f"there is no {name} in a value")
        if whole.type is not Type.GROUP:
            return self._refuse(node, f"{whole.name} has no parts such as {name}")
        found = whole.parts.get(name)
        return found if found is not None else self._unknown(node, name, whole.parts)

    def _filter(self, node: nodes.Filter, scope: _Scope) -> Fact:
        if node.name not in FILTERS:
            self._refuse(node, f"there is no filter {node.name}; there are {', '.join(FILTERS)}")
        elif len(node.args) > FILTERS[node.name] or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self._refuse(node, f"the filter {node.name} has too many arguments")
        for given in node.args:
            if not isinstance(given, nodes.Const) or len(str(given.value)) > MOST_ARGUMENT:
                self._refuse(node, f"the filter {node.name} is given a short value written out")
        if node.node is None:
            return self._refuse(node, "a filter needs a value")
        value = self._read(node.node, scope)
        if value is _REFUSED:
            return value
        if node.name == "join" and value.type is not Type.LINES:
            self._refuse(node, "only a list of texts can be joined")
        elif node.name not in ("join", "length") and value.type in (Type.GROUP, Type.LIST, Type.LINES):
            self._refuse(node, f"the filter {node.name} needs a single value")
        return value if node.name == "default" else _VALUE

    def _test(self, node: nodes.Test, scope: _Scope) -> Fact:
        if node.name not in TESTS or node.args or node.kwargs:
            self._refuse(node, f"the question “is {node.name}” cannot be asked")
        return self._all(node, scope)

    def _choice(self, node: nodes.CondExpr, scope: _Scope) -> Fact:
        self._read(node.test, scope)
        value = self._read(node.expr1, scope)
        if node.expr2 is None:
            return self._refuse(node, "a value needs an else")
        other = self._read(node.expr2, scope)
        if {value.type, other.type} & {Type.GROUP, Type.LIST, Type.LINES}:
            return self._refuse(node, "a choice is between single values")
        return _VALUE

    def _texts(self, node: nodes.List | nodes.Tuple, _scope: _Scope) -> Fact:
        if not all(isinstance(item, nodes.Const) for item in node.items):
            self._refuse(node, "a list holds values written out")
        return Fact("", Type.LINES, "a list")

    def _all(self, node: nodes.Node, scope: _Scope) -> Fact:
        for child in node.iter_child_nodes():
            self._read(child, scope)
        return _VALUE

    def _const(self, _node: nodes.Const, _scope: _Scope) -> Fact:
        return _VALUE


def _why(node: nodes.Node) -> str:
    return _WORDS.get(type(node), f"{type(node).__name__} cannot be used")


_READERS: Mapping[type[nodes.Node], Callable[[_Reader, Any, _Scope], Fact]] = MappingProxyType(
    {
        nodes.Const: _Reader._const,  # noqa: SLF001  (the reader's own table)
        nodes.Name: _Reader._name,  # noqa: SLF001
        nodes.Getattr: _Reader._part,  # noqa: SLF001
        nodes.Getitem: _Reader._part,  # noqa: SLF001
        nodes.Filter: _Reader._filter,  # noqa: SLF001
        nodes.Test: _Reader._test,  # noqa: SLF001
        nodes.CondExpr: _Reader._choice,  # noqa: SLF001
        nodes.List: _Reader._texts,  # noqa: SLF001
        nodes.Tuple: _Reader._texts,  # noqa: SLF001
        nodes.Compare: _Reader._all,  # noqa: SLF001
        nodes.Operand: _Reader._all,  # noqa: SLF001
        nodes.And: _Reader._all,  # noqa: SLF001
        nodes.Or: _Reader._all,  # noqa: SLF001
        nodes.Not: _Reader._all,  # noqa: SLF001
    }
)
