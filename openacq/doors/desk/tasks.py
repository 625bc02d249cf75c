"""The Tasks desk: what waits for somebody, by kind, with how much there is of each."""

from __future__ import annotations

from dataclasses import dataclass

from openacq.doors.pages.language import later
from openacq.doors.pages.visit import Visit
from openacq.letters import service as letters
from openacq.letters.model import State
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState, OrderState
from openacq.requests import service as requests
from openacq.requests.model import Criteria, RequestState
from openacq.store import Tx, outbox


@dataclass(frozen=True, slots=True)
class Tab:
    """A kind of task: where its list is, its name, how many there are."""

    path: str
    name: str
    count: int | None
    bad: bool = False


def tabs(tx: Tx, visit: Visit) -> tuple[Tab, ...]:
    """What there is to do, in a constant number of questions to the database."""
    found = [Tab("/tasks", later("Review"), ordering.waiting(tx, LineState.IN_REVIEW))]
    if visit.may("review|order"):
        _, claims = ordering.due_claims(tx, limit=0)
        _, renewals = ordering.due_renewals(tx, limit=0)
        found += [
            Tab("/tasks/packing", later("Packing by hand"), _by_hand(tx)),
            Tab("/tasks/sending", later("To be sent"), unsent(tx)),
            Tab("/tasks/claims", later("Claims"), claims),
            Tab("/tasks/renewals", later("Renewals"), renewals),
        ]
    if visit.may("requests"):
        wanted = Criteria(status=RequestState.IN_REVIEW.value)
        page = requests.requests(tx, wanted, visit.actor("requests"), limit=0)
        found.append(Tab("/requests", later("Requests to decide"), page.total))
    if visit.may("order|admin"):
        found.append(Tab("/tasks/letters", later("Failed letters"), failed_letters(tx), bad=True))
    if visit.may("admin"):
        found.append(Tab("/tasks/jobs", later("Failed jobs"), failed_jobs(tx, visit.door.topics), bad=True))
    return tuple(found)


def _by_hand(tx: Tx) -> int:
    return ordering.waiting(tx, LineState.MANUAL_PACKAGING)


UNSENT = ordering.OrderSearch(states=(OrderState.OPEN.value, OrderState.APPROVED.value))


def unsent(tx: Tx) -> int:
    """POs that did not go out yet."""
    return ordering.orders(tx, UNSENT, 1).total


def failed_letters(tx: Tx) -> int:
    counts = letters.counts(tx)
    return counts.get(State.FAILED, 0) + counts.get(State.DEAD, 0)


def failed_jobs(tx: Tx, topics: tuple[str, ...]) -> int:
    return outbox.failing(tx, topics)
