"""Packing lines into POs by itself: a plan for each institution that is due, carried out batch by batch.

A step is one batch, one transaction. The plan is in memory only: whoever dies leaves whole POs behind,
and the next plan takes up what still waits. Several workers may pack at once; none takes a line another
one holds, or that has moved on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from openacq.directory.model import Institution
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from openacq.store import Store, Tx

BY_JOB = Actor("packaging")
SET_ASIDE_AT_ONCE = 200

Batch = Callable[[Tx], object]


class Packaging:
    """The packaging job of all institutions."""

    def __init__(self, store: Store, institutions: Callable[[], Iterable[Institution]]) -> None:
        self._store = store
        self._institutions = institutions
        self._todo: deque[tuple[Institution, Batch]] = deque()

    def step(self) -> bool:
        """Pack one batch; returns whether there is more to pack now."""
        if not self._todo:
            for card in self._institutions():
                self._todo.extend((card, batch) for batch in self._planned(card))
        if not self._todo:
            return False
        card, batch = self._todo.popleft()
        self._store.write(batch, institution=card.id, zone=card.zone)
        return bool(self._todo)

    def _planned(self, card: Institution) -> list[Batch]:
        def work(tx: Tx) -> ordering.Plan | None:
            return ordering.plan_packaging(tx) if ordering.packaging_is_due(tx) else None

        plan = self._store.read(work, institution=card.id, zone=card.zone)
        return batches_of(plan) if plan is not None else []


def batches_of(plan: ordering.Plan) -> list[Batch]:
    """The plan as units of work."""
    aside = [
        plan.by_hand[first : first + SET_ASIDE_AT_ONCE]
        for first in range(0, len(plan.by_hand), SET_ASIDE_AT_ONCE)
    ]
    return [
        *(lambda tx, ids=ids: ordering.set_aside(tx, ids, BY_JOB) for ids in aside),
        *(lambda tx, batch=batch: ordering.pack(tx, batch, BY_JOB) for batch in plan.batches),
    ]
