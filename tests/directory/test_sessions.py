"""Sessions and links to sign in by: each link opens one session, and what ended is swept away."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from openacq.directory import service
from openacq.directory.model import Institution, User
from openacq.directory.tables import credentials, sessions
from openacq.jobs.retention import RetentionRules, forget_some
from openacq.kernel.clock import FixedClock
from openacq.store import Store, Tx
from tests.conftest import Do

DOOR = "patron"


@pytest.fixture
def ann(house: Institution, write: Do, read: Do) -> User:
    write(lambda tx: service.load(tx, "user", [{"primary_id": "ann", "last_name": "Able"}]))
    user = read(lambda tx: service.user(tx, "ann"))
    assert isinstance(user, User)
    return user


class AtOnce:
    """A store where two begin to write at the same instant, after both have looked."""

    def __init__(self, store: Store) -> None:
        self.clock, self.read = store.clock, store.read
        self._store, self._gate = store, threading.Barrier(2)

    def write(self, *args: object, **named: object) -> object:
        self._gate.wait()
        return self._store.write(*args, **named)  # type: ignore[arg-type]


def used_twice(store: Store, secret: str) -> list[tuple[int, str]]:
    """What two get who use a link at the same instant."""
    at_once, got = AtOnce(store), []

    def use() -> None:
        got.append(service.use_sign_in_link(at_once, secret, DOOR))  # type: ignore[arg-type]

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 2
    return [one for one in got if one is not None]


def kept(tx: Tx) -> tuple[int, int]:
    """How many sessions there are, and secrets they are found by."""
    own = select(func.count()).select_from(sessions).where(sessions.c.institution == tx.institution)
    found = (
        select(func.count())
        .select_from(credentials)
        .where(credentials.c.institution == tx.institution, credentials.c.kind == "session")
    )
    return tx.execute(own).scalar_one(), tx.execute(found).scalar_one()


def test_of_two_who_use_a_link_at_once_one_comes_in(store: Store, ann: User, write: Do, read: Do) -> None:
    for rounds in range(1, 21):
        secret = write(lambda tx: service.make_sign_in_link(tx, ann, DOOR))
        ((_, session),) = used_twice(store, secret)
        assert service.find_session(store, session, DOOR) is not None
        assert service.use_sign_in_link(store, secret, DOOR) is None
        assert read(kept) == (rounds, rounds)


def test_a_link_ends_with_the_sessions_of_its_user(store: Store, ann: User, write: Do) -> None:
    secret = write(lambda tx: service.make_sign_in_link(tx, ann, DOOR))
    write(lambda tx: service.close_all_sessions(tx, ann.id))
    assert service.use_sign_in_link(store, secret, DOOR) is None


def test_what_ended_is_forgotten_though_nobody_comes_back(
    store: Store, ann: User, write: Do, read: Do, clock: FixedClock, institution: int
) -> None:
    write(lambda tx: [service.open_session(tx, ann, DOOR) for _ in range(3)])
    write(lambda tx: service.make_sign_in_link(tx, ann, DOOR))
    clock.advance(timedelta(hours=9).total_seconds())
    used = write(lambda tx: service.open_session(tx, ann, DOOR))
    rules = RetentionRules(patron_data_days=0, order_log_days=0)

    clock.advance(timedelta(hours=2).total_seconds())
    while forget_some(store, [institution], rules):
        pass
    assert read(kept) == (1, 1)
    assert service.find_session(store, used, DOOR) is not None

    clock.advance(timedelta(days=1).total_seconds())
    while forget_some(store, [institution], rules):
        pass
    assert read(kept) == (0, 0)
