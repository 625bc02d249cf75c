"""What the pages of rules have in common: several codes in one field, an order, a last look before something
is gone for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from openacq.doors.hall import Rendered
from openacq.doors.pages.visit import Visit
from openacq.kernel.order import Rule, named
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


@dataclass(frozen=True, slots=True)
class RulesInOrder(Generic[Rule]):
    """Rules that are asked one after the other, and what their pages do with each.

    `page` is the address of the list, `actions` where rules are moved and deleted; `means` says what becomes
    of what a deleted rule spoke of; `facts` are what a rule is, in words; `forget` notes that it is gone.
    """

    page: str
    actions: str
    means: str
    every: Callable[[Tx], Iterable[Rule]]
    move: Callable[[Tx, str, int], object]
    delete: Callable[[Tx, str], Rule]
    facts: Callable[[Tx, Visit, Rule], Mapping[str, str]]
    forget: Callable[[Tx, Visit, Rule], None]

    def known(self, tx: Tx, name: str) -> Rule | None:
        """The rule of that name, None without one. Raises Refusal record_missing."""
        return named(self.every(tx), name) if name else None

    def check_new(self, tx: Tx, name: str) -> None:
        """Raises Refusal code_taken when a rule has the name."""
        if any(rule.name == name for rule in self.every(tx)):
            raise Refusal(Problem("code_taken", "name", name))

    def rank(self, visit: Visit) -> Rendered:
        """`POST …/rank`: a rule is asked earlier or later. Raises Refusal value_not_listed."""
        name, way = visit.value("name"), visit.value("way")
        if way not in WAYS:
            raise Refusal(Problem("value_not_listed", "way", way, valid=", ".join(WAYS)))
        visit.write(lambda tx: self.move(tx, name, WAYS[way]))
        return visit.go(self.page, visit.say("Rule “%(name)s” is moved.", name=name))

    def drop(self, visit: Visit) -> Rendered:
        """`POST …/drop`: first what goes; with `sure` it is gone."""
        name = visit.value("name")
        if not visit.value("sure"):
            return visit.read(lambda tx: self._look(tx, visit, named(self.every(tx), name)))

        def work(tx: Tx) -> None:
            self.forget(tx, visit, self.delete(tx, name))

        visit.write(work)
        return visit.go(self.page, visit.say("Rule “%(name)s” is deleted.", name=name))

    def _look(self, tx: Tx, visit: Visit, rule: Rule) -> Rendered:
        return last_look(
            visit,
            visit.say("Delete the rule “%(name)s”?", name=rule.name),
            means=visit.say(self.means),
            facts=self.facts(tx, visit, rule),
            path=f"{self.actions}/drop",
            fields={"name": rule.name},
            back=self.page,
        )
