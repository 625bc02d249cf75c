"""What of Alma's interface is there: routes and wire model, held against the list of what Alma has."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from openacq.doors.alma.po_line_wire import PoLine
from openacq.doors.alma.request_wire import CodedLink, PurchaseRequest
from openacq.doors.alma.routes import ROUTES
from openacq.wire.fields import Wire
from openacq.wire.model import Amount, Coded, Linked
from openacq.wire.plan import Kind, Member, plan_of
from tests.docs.markdown import page, paragraph, table
from tests.docs.pages import ROOT

DATA = ROOT / "docs" / "dialects" / "alma.toml"
PLAIN: Mapping[type[Wire], str] = {
    Coded: "code",
    CodedLink: "linked code",
    Linked: "linked code",
    Amount: "sum and currency",
}
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


def alma() -> str:
    """The page docs/dialects/alma.md."""
    data = _data()
    parts = []
    for title, operations in _areas(data).items():
        rows = [(f"`{one.call}`", one.state, one.partly or one.note) for one in operations]
        parts += [f"## {title}", table(("operation", "state", "how, and what to know"), rows)]
    columns = ("field", "type", "direction", "state", "how, and what to know")
    return page(
        "Alma, operation by operation",
        "For whoever wants to know whether a client made for Alma will find what it needs.",
        "Paths are below `/almaws/v1`. *Exact* means: paths, parameters, fields, codes and errors as Alma "
        "documents them, as far as that is publicly known. What is *not yet* there answers 404 or 405 in "
        "Alma's envelope.",
        _counted(data),
        *parts,
        "## Fields of a PO line",
        paragraph(
            "*In, out*: taken from an order and given back. *Out*: only in answers; what a client sends "
            "back is passed over. Fields not listed are passed over too."
        ),
        table(columns, _known(PoLine, data["fields"])),
        "## Fields of a purchase request",
        table(columns, _known(PurchaseRequest, data["request_fields"])),
    )


def unlisted() -> list[str]:
    """Routes the list does not know, fields it speaks of that do not exist, `partly` on what is not there."""
    data = _data()
    operations = [one for area in _areas(data).values() for one in area]
    listed = {without_names(one.call) for one in operations}
    known = {path for path, _ in fields()}
    of_request = {path for path, _ in fields(PurchaseRequest)}
    calls = [f"{route.method} {route.path}" for route in ROUTES]
    return [
        *(f"{call} is not listed" for call in calls if without_names(call) not in listed),
        *(f"{one.call} is not there, not partly there" for one in operations if one.partly and not one.there),
        *(f"a PO line has no field {path}" for path in data["fields"] if path not in known),
        *(f"a request has no field {path}" for path in data["request_fields"] if path not in of_request),
    ]


def fields(model: type[Wire] = PoLine, above: str = "", out: bool = False) -> Iterator[tuple[str, Member]]:
    """Every field of a PO line with its path. What lies in a member that only goes out only goes out."""
    for member in plan_of(model).members:
        member = replace(member, out=member.out or out)
        path = f"{above}{member.key}"
        yield path, member
        if member.model is not None and member.model not in PLAIN:
            yield from fields(member.model, f"{path}.", member.out)


def without_names(call: str) -> str:
    """A call without the names of its path parts."""
    return re.sub(r"\{[^}]*\}", "{}", call)


# -- inside -----------------------------------------------------------------------------------


def _data() -> Mapping[str, Any]:
    return tomllib.loads(DATA.read_text())


def _areas(data: Mapping[str, Any]) -> dict[str, list[Operation]]:
    there = {without_names(f"{route.method} {route.path}") for route in ROUTES}
    return {
        area["title"]: [
            Operation(
                one["call"], without_names(one["call"]) in there, one.get("partly", ""), one.get("note", "")
            )
            for one in area["operations"]
        ]
        for area in data["area"]
    }


def _kind(member: Member) -> str:
    kind = "number as text" if member.kind is Kind.SUM else member.kind.value
    if member.model is not None:
        kind = PLAIN.get(member.model, "object")
    return f"list of {kind}s" if member.many else kind


def _known(model: type[Wire], notes: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        (f"`{path}`", _kind(member), "out" if member.out else "in, out", *_said(path, notes))
        for path, member in fields(model)
    ]


def _said(path: str, notes: Mapping[str, Any]) -> tuple[str, str]:
    said = notes.get(path, {})
    return ("partly" if "partly" in said else "exact"), said.get("partly") or said.get("note", "")


def _counted(data: Mapping[str, Any]) -> str:
    states = [one.state for area in _areas(data).values() for one in area]
    told = ", ".join(f"{states.count(state)} {state}" for state in ("exact", "partly", "not yet"))
    return f"Of {len(states)} operations: {told}."
