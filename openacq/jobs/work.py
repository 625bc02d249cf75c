"""All the work no call waits for, as one thing that is started and stopped: inside the server or beside it.

The outbox, packaging, what the calendar brings up, and forgetting run in one thread, letters in another,
so that a slow mail server keeps nothing else waiting. Any number of processes may do this at once; each
piece of work is taken by one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.jobs.letters import Ways, send_some
from openacq.jobs.outbox import Outbox, Outcome
from openacq.jobs.packaging import Packaging
from openacq.jobs.reactions import REACTIONS
from openacq.jobs.runner import Job, Runner
from openacq.jobs.verify import is_due, prove
from openacq.ordering import service as ordering
from openacq.requests import service as requests
from openacq.store import Store, Tx, outbox
from openacq.store.outbox import Reaction

OUTBOX_SECONDS = 1.0
PACKAGING_SECONDS = 5.0
CALENDAR_SECONDS = 60.0
FORGET_SECONDS = 600.0
LETTER_SECONDS = 2.0
PROOF_SECONDS = 300.0

SWEEPS = (*ordering.SWEEPS, *requests.SWEEPS)
"""What the calendar brings up, desk by desk."""

ALL_INSTITUTIONS = 0
"""Reading the list of institutions is done in the name of this one."""


class Work:
    """`event_days` is how long news are kept, 0 for ever."""

    def __init__(
        self,
        store: Store,
        ways: Ways,
        *,
        event_days: int = 0,
        reactions: Mapping[str, Reaction] = REACTIONS,
    ) -> None:
        self._store = store
        self._ways = ways
        self._event_days = event_days
        self._topics = tuple(reactions)
        self._forgotten: dict[int, int] = {}
        self.outbox = Outbox(store, reactions, self._institutions)
        self.packaging = Packaging(store, self._institutions)
        self._runners = (Runner(self._jobs()), Runner(self._letters()))

    def start(self) -> None:
        for runner in self._runners:
            runner.start()

    def stop(self) -> None:
        """End what is under way; what is leased and not begun goes back."""
        self.outbox.stop()
        for runner in self._runners:
            runner.stop()

    def once(self) -> Outcome:
        """Do everything that is due now, without a rest; returns what of the outbox was done, and how often
        it failed.

        Raises what another job fails of.
        """
        steps = [job.step for job in (*self._jobs(), *self._letters()) if job.name != "outbox"]
        done = failed = 0
        while True:
            for step in steps:
                while step():
                    pass
            outcome = self.outbox.work(rests=False)
            if not outcome.anything:
                return Outcome(done, failed)
            while outcome.anything:
                done, failed = done + outcome.done, failed + outcome.failed
                outcome = self.outbox.work(rests=False)

    def _jobs(self) -> tuple[Job, ...]:
        jobs = [
            Job("outbox", OUTBOX_SECONDS, self.outbox.step),
            Job("packaging", PACKAGING_SECONDS, self.packaging.step, rest=self._store.rest_after),
            *(Job(sweep.name, CALENDAR_SECONDS, self._sweeping(sweep)) for sweep in SWEEPS),
            Job("proof of the books", PROOF_SECONDS, self._prove),
        ]
        if self._event_days:
            jobs.append(Job("old news", FORGET_SECONDS, self._forget))
        return tuple(jobs)

    def _letters(self) -> tuple[Job, ...]:
        return (Job("letters", LETTER_SECONDS, self._send),)

    # -- steps --------------------------------------------------------------------------------

    def _institutions(self) -> tuple[Institution, ...]:
        return self._store.read(directory.every_institution, institution=ALL_INSTITUTIONS)

    def _sweeping(self, sweep: ordering.Sweep) -> Callable[[], bool]:
        def step() -> bool:
            counts = [
                self._store.write(sweep.step, institution=card.id, zone=card.zone)
                for card in self._institutions()
            ]
            return any(count >= ordering.SWEPT_AT_ONCE for count in counts)

        return step

    def _prove(self) -> bool:
        """Recompute everything at night, an institution a step, so that the pages can say when it agreed."""
        for card in self._institutions():
            if self._store.read(is_due, institution=card.id, zone=card.zone):
                prove(self._store, card.id, card.zone)
                return True
        return False

    def _send(self) -> bool:
        ids = [card.id for card in self._institutions()]
        return send_some(self._store, ids, self._ways, lambda: not self._runners[1].stopping)

    def _forget(self) -> bool:
        """Drop old news of each institution, from where the last step stopped."""
        more = False
        for card in self._institutions():
            after = self._forgotten.get(card.id, 0)

            def work(tx: Tx, after: int = after) -> outbox.Forgotten:
                before = tx.now - timedelta(days=self._event_days)
                return outbox.forget(tx, before, self._topics, after)

            forgotten = self._store.write(work, institution=card.id, zone=card.zone)
            self._forgotten[card.id] = forgotten.after or 0
            more = more or forgotten.after is not None
        return more
