"""What of Alma's interface is there: read from the routes and the wire model, held against Alma's own list."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from openacq.doors.alma.po_line_wire import PoLine
from openacq.doors.alma.routes import ROUTES
from openacq.wire.fields import Wire
from openacq.wire.model import Amount, Coded, Linked
from openacq.wire.plan import Kind, Member, plan_of
from tests.docs.pages import ROOT

DATA = ROOT / "docs" / "dialects" / "alma.toml"
PLAIN = (Coded, Linked, Amount)
"""Shapes every reader of Alma knows; they are not taken apart."""


@dataclass(frozen=True, slots=True)
class Operation:
    call: str
    there: bool
    partly: str = ""
    note: str = ""

    @property
    def state(self) -> str:
        if not self.there:
            return "not yet"
        return "partly" if self.partly else "exact"


def page(made: str) -> str:
    data = tomllib.loads(DATA.read_text())
    counts = _counted([operation for area in areas(data).values() for operation in area])
    parts = [
        f"{made}\n# Alma, operation by operation",
        "For whoever wants to know whether a client made for Alma will find what it needs.",
        "Paths are below `/almaws/v1`. *Exact* means: paths, parameters, fields, codes and errors as Alma documents\n"
        "them, as far as that is publicly known. What is marked *not yet* answers 404 or 405 in Alma's envelope.",
        counts,
    ]
    for title, operations in areas(data).items():
        rows = [(f"`{one.call}`", one.state, one.partly or one.note) for one in operations]
        parts.append(
            f"## {title}\n\n{_table(('operation', 'state', 'how, and what to know'), rows)}".rstrip()
        )
    rows = [
        (f"`{path}`", _kind(member), "out" if member.out else "in, out", *_said(path, data))
        for path, member in fields()
    ]
    parts.append(
        "## Fields of a PO line\n\n"
        "*In, out*: taken from an order and given back. *Out*: only in answers; what a client sends back is passed over.\n"
        "Fields not listed are passed over too.\n\n"
        + _table(("field", "type", "direction", "state", "how, and what to know"), rows).rstrip()
    )
    return "\n\n".join(parts) + "\n"


def areas(data: Mapping[str, Any]) -> dict[str, list[Operation]]:
    there = {_bare(f"{route.method} {route.path}") for route in ROUTES}
    return {
        area["title"]: [
            Operation(one["call"], _bare(one["call"]) in there, one.get("partly", ""), one.get("note", ""))
            for one in area["operations"]
        ]
        for area in data["area"]
    }


def unlisted() -> list[str]:
    """Routes the list does not know, fields it speaks of that do not exist, `partly` on what is not there."""
    data = tomllib.loads(DATA.read_text())
    operations = [one for area in areas(data).values() for one in area]
    listed = {_bare(one.call) for one in operations}
    known = {path for path, _ in fields()}
    return [
        *(f"{route.method} {route.path} is not listed" for route in ROUTES
          if _bare(f"{route.method} {route.path}") not in listed),
        *(f"{one.call} is not there, not partly there" for one in operations if one.partly and not one.there),
        *(f"a PO line has no field {path}" for path in data["fields"] if path not in known),
    ]  # fmt: skip


def fields(model: type[Wire] = PoLine, above: str = "", out: bool = False) -> Iterator[tuple[str, Member]]:
    """Every field of a PO line, with the path to it; what lies in a member that only goes out, goes out only."""
    for member in plan_of(model).members:
        member = replace(member, out=member.out or out)
        path = f"{above}{member.key}"
        yield path, member
        if member.model is not None and member.model not in PLAIN:
            yield from fields(member.model, f"{path}.", member.out)


def _kind(member: Member) -> str:
    kind = {Kind.SUM: "number as text"}.get(member.kind, member.kind.value)
    if member.model is not None:
        kind = {Coded: "code", Linked: "linked code", Amount: "sum and currency"}.get(member.model, "object")
    return f"list of {kind}s" if member.many else kind


def _said(path: str, data: Mapping[str, Any]) -> tuple[str, str]:
    said = data["fields"].get(path, {})
    return ("partly" if "partly" in said else "exact"), said.get("partly") or said.get("note", "")


def _bare(call: str) -> str:
    """A call without the names of its path parts."""
    return re.sub(r"\{[^}]*\}", "{}", call)


def _counted(operations: list[Operation]) -> str:
    states = [one.state for one in operations]
    told = ", ".join(f"{states.count(state)} {state}" for state in ("exact", "partly", "not yet"))
    return f"Of {len(states)} operations: {told}."


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [columns, ("---",) * len(columns), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
