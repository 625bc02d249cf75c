"""Carrying out what news ask for: leases, tries, back-off, dead letters.

Any number of workers do this side by side. A worker takes up some rows of a topic under a lease, in a
transaction of its own, and carries each out in one more, in which the row becomes done. What fails comes
again after 5, 10, 20 … seconds, at most an hour, and is given up after MOST_ATTEMPTS.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from openacq.directory.model import Institution
from openacq.kernel.refusal import Refusal
from openacq.store import Store, Tx, outbox
from openacq.store.outbox import News, Reaction

MOST_ATTEMPTS = 12
FIRST_WAIT = 5
LONGEST_WAIT = 3_600
"""Seconds."""
LEASE = timedelta(minutes=2)
AT_ONCE = 20
"""Rows taken up together; a worker that is told to stop gives back those it has not begun."""
STRETCH = 0.03
"""Seconds of work between two rests."""
MOST_WORDS = 500

_log = structlog.get_logger("openacq.jobs")


class LeaseLost(Exception):
    """Somebody else has taken the row up meanwhile; what was begun is undone."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step did."""

    done: int = 0
    failed: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.done or self.failed)


def worker_name() -> str:
    """Who leases: machine, process, and something no other process ever was."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(3)}"


class Outbox:
    """Works through the outbox of all institutions, by a table of reactions."""

    def __init__(
        self,
        store: Store,
        reactions: Mapping[str, Reaction],
        institutions: Callable[[], Iterable[Institution]],
        *,
        worker: str = "",
    ) -> None:
        self._store = store
        self._reactions = reactions
        self._institutions = institutions
        self._topics = tuple(reactions)
        self._in_order = tuple(topic for topic, reaction in reactions.items() if reaction.in_order)
        self._stopping = threading.Event()
        self._stretch = 0.0
        self.worker = worker or worker_name()

    def stop(self) -> None:
        """Begin nothing more; what is leased and not begun goes back."""
        self._stopping.set()

    def step(self) -> bool:
        """Carry out some of what is due; returns whether anything was."""
        return self.work().anything

    def work(self, *, rests: bool = True) -> Outcome:
        """Carry out some of what is due, at most AT_ONCE rows of each topic of each institution.

        With `rests` the database is left to others for a while after every stretch of work.
        """
        done = failed = 0
        for card in self._institutions():
            due = self._store.read(
                lambda tx: outbox.due_topics(tx, self._topics), institution=card.id, zone=card.zone
            )
            for topic in due:
                for news in self._lease(card, topic):
                    if self._stopping.is_set():
                        self._give_back(card, news)
                        continue
                    begun = time.perf_counter()
                    well = self._carry_out(card, news)
                    done, failed = done + well, failed + (not well)
                    if rests:
                        self._rest(time.perf_counter() - begun)
        return Outcome(done, failed)

    def _rest(self, took: float) -> None:
        self._stretch += took
        if self._stretch >= STRETCH:
            self._stopping.wait(self._store.rest_after(self._stretch))
            self._stretch = 0.0

    def _lease(self, card: Institution, topic: str) -> list[News]:
        if self._stopping.is_set():
            return []

        def work(tx: Tx) -> list[News]:
            return outbox.lease(
                tx, topic, worker=self.worker, until=tx.now + LEASE, most=AT_ONCE, in_order=self._in_order
            )

        return self._store.write(work, institution=card.id, zone=card.zone)

    def _give_back(self, card: Institution, news: News) -> None:
        self._store.write(lambda tx: outbox.give_back(tx, news), institution=card.id, zone=card.zone)

    def _carry_out(self, card: Institution, news: News) -> bool:
        """Whether it went well."""

        def work(tx: Tx) -> None:
            if not outbox.finish(tx, news):
                raise LeaseLost
            self._reactions[news.topic].act(tx, news)

        try:
            self._store.write(work, institution=card.id, zone=card.zone)
        except LeaseLost:
            _log.warning("lease lost", topic=news.topic, subject=news.subject, worker=self.worker)
            return False
        except Exception as error:  # noqa: BLE001  (kept with the row, told of, tried again)
            self._fail(card, news, error)
            return False
        return True

    def _fail(self, card: Institution, news: News, error: Exception) -> None:
        words = in_words(error)
        given_up = news.attempts >= MOST_ATTEMPTS
        reaction = self._reactions[news.topic]

        def work(tx: Tx) -> None:
            if not given_up:
                outbox.put_off(tx, news, tx.now + pause_after(news.attempts), words)
            elif outbox.give_up(tx, news, words) and reaction.given_up is not None:
                reaction.given_up(tx, news, words)

        self._store.write(work, institution=card.id, zone=card.zone)
        tell = _log.error if given_up else _log.warning
        tell(
            "given up" if given_up else "failed",
            topic=news.topic,
            subject=news.subject,
            attempt=news.attempts,
            error=words,
            exc_info=None if isinstance(error, Refusal) else error,
        )


def pause_after(attempts: int) -> timedelta:
    """How long after a failed attempt the next one begins."""
    return timedelta(seconds=min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT))


def in_words(error: Exception) -> str:
    """What is kept of an error: a refusal's own words, of a fault its kind and text."""
    if isinstance(error, Refusal):
        return str(error)[:MOST_WORDS]
    return f"{type(error).__name__}: {error}"[:MOST_WORDS]
