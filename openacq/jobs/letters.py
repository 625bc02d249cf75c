"""Sending letters: one after the other, each with a note of what became of it before the next.

A round takes letters under a lease, hands them to the mail server or the folder for files, and
settles each in a transaction of its own right after the answer. No transaction is open while a
server is waited for. A server that is away ends the round; letters then wait for the next one.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from openacq.letters import service as letters
from openacq.letters.model import Letter, Outcome, State, Taken, Way
from openacq.letters.service import FolderPost, MailPost, MailServer
from openacq.store import Store

LETTERS_A_ROUND = 20
"""Letters of one institution sent before the next institution has its turn."""

NO_WAY: Mapping[Way, str] = {
    Way.MAIL: "no mail server is set (smtp_host)",
    Way.FOLDER: "no folder for files is set (letters_folder)",
}

_log = structlog.get_logger("openacq.letters")


class Post(Protocol):
    """Takes letters out of the house."""

    def deliver(self, letter: Letter) -> Outcome: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Ways:
    """How letters can leave: the mail server and the post for folders, None where there is none."""

    mail: MailServer | None = None
    folder: FolderPost | None = None

    def posts(self) -> dict[Way, Post]:
        """A post for each way that is open, for one round."""
        posts: dict[Way, Post] = {}
        if self.mail is not None:
            posts[Way.MAIL] = MailPost(self.mail)
        if self.folder is not None:
            posts[Way.FOLDER] = self.folder
        return posts

    @property
    def domain(self) -> str:
        return self.mail.domain if self.mail is not None else ""


def send_some(
    store: Store, institutions: Iterable[int], ways: Ways, go_on: Callable[[], bool] = lambda: True
) -> bool:
    """One round over all institutions; returns whether there is more to send now.

    `go_on` is asked before each letter, so that a server told to stop is not kept from it.
    """
    posts = ways.posts()
    more = False
    try:
        for institution in institutions:
            _say_what_waits(store, institution, posts)
            more = _Round(store, institution, ways.domain, posts, go_on).send() or more
    finally:
        for post in posts.values():
            post.close()
    return more and bool(posts)


def _say_what_waits(store: Store, institution: int, posts: Mapping[Way, Post]) -> None:
    """Have letters whose way is closed say so, once each."""
    for way in Way:
        if way in posts:
            continue
        words = NO_WAY[way]
        if store.read(_is_to_hold_back(way, words), institution=institution):
            count = store.write(_hold_back(way, words), institution=institution)
            _log.warning("letters wait", institution=institution, letters=count, reason=words)


def _is_to_hold_back(way: Way, words: str) -> Callable[..., bool]:
    return lambda tx: letters.is_to_hold_back(tx, way, words)


def _hold_back(way: Way, words: str) -> Callable[..., int]:
    return lambda tx: letters.hold_back(tx, way, words)


class _Round:
    """The letters of one institution. `posts` loses the ways that turn out to be closed."""

    def __init__(
        self,
        store: Store,
        institution: int,
        domain: str,
        posts: dict[Way, Post],
        go_on: Callable[[], bool],
    ) -> None:
        self._store = store
        self._institution = institution
        self._domain = domain
        self._posts = posts
        self._go_on = go_on

    def send(self) -> bool:
        """Send up to `LETTERS_A_ROUND`; returns whether more are due."""
        for _ in range(LETTERS_A_ROUND):
            taken = self._take() if self._go_on() else None
            if taken is None:
                return False
            outcome = self._deliver(taken.letter)
            self._settle(taken, outcome)
            if outcome.away:
                self._posts.pop(taken.letter.way).close()
        return True

    def _take(self) -> Taken | None:
        ways = tuple(self._posts)
        if not ways or not self._store.read(
            lambda tx: letters.is_due(tx, ways), institution=self._institution
        ):
            return None
        return self._store.write(
            lambda tx: letters.take(tx, ways, self._domain), institution=self._institution
        )

    def _deliver(self, letter: Letter) -> Outcome:
        try:
            return self._posts[letter.way].deliver(letter)
        except Exception as fault:  # noqa: BLE001  (one letter's fault keeps no other from leaving)
            told = letters.without_addresses("".join(traceback.format_exception(fault)))
            _log.error("letter could not be made", letter=letter.id, kind=letter.kind, exception=told)
            return Outcome(State.FAILED, f"it could not be made: {type(fault).__name__}")

    def _settle(self, taken: Taken, outcome: Outcome) -> None:
        letter = taken.letter
        noted = self._store.write(
            lambda tx: letters.settle(tx, taken, outcome), institution=self._institution
        )
        told = _log.bind(
            letter=letter.id, kind=letter.kind, institution=self._institution, attempts=letter.attempts
        )
        if not noted:
            told.warning("letter took longer than its lease")
        elif outcome.state is State.SENT:
            told.info("letter sent")
        else:
            told.warning("letter not sent", state=outcome.state.value, error=outcome.words)
