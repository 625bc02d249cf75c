"""What the pages of rules have in common: several codes in one field, an order, a last look before something
is gone for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from openacq.doors.hall import Rendered
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.store import Tx
from openacq.vendors import service as vendors

T = TypeVar("T")

WAYS: Mapping[str, int] = MappingProxyType({"earlier": -1, "later": 1})
"""Buttons that move a rule, and by how many places."""


def listed(visit: Visit, field: str) -> list[str]:
    """Codes that were ticked, or typed with semicolons between them."""
    return [part.strip() for value in visit.values(field) for part in value.split(";") if part.strip()]


def unknown_vendors(tx: Tx, field: str, codes: Sequence[str]) -> list[Problem]:
    """A problem for each code that is no vendor's."""
    return [
        Problem("vendor_not_found", field, code, probable=probable(vendors.similar_codes(tx, code)))
        for code in codes
        if vendors.vendor(tx, code) is None
    ]


def together(problems: Sequence[Problem], work: Callable[[], T]) -> T:
    """Do the work unless there are problems; those it finds itself are told with them. Raises Refusal."""
    try:
        done = work()
    except Refusal as refusal:
        raise Refusal([*problems, *refusal.problems]) from None
    if problems:
        raise Refusal(problems)
    return done


def places_of(visit: Visit) -> int:
    """How far a rule is moved. Raises Refusal value_not_listed."""
    way = visit.value("way")
    if way not in WAYS:
        raise Refusal(Problem("value_not_listed", "way", way, valid=", ".join(WAYS)))
    return WAYS[way]


def last_look(
    visit: Visit,
    question: str,
    *,
    means: str,
    facts: Mapping[str, str],
    path: str,
    fields: Mapping[str, str],
    back: str,
    button: str = "",
) -> Rendered:
    """Ask before something goes: what it is, what it means, a button that posts `fields` with `sure`."""
    return visit.show(
        "last_look.html",
        question=question,
        means=means,
        facts=facts,
        path=path,
        fields=fields,
        back=back,
        button=button or visit.say("Delete it"),
    )
