"""Senders die in the middle, and eight of them race: no letter is lost, none goes out twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.jobs.letters import Ways, send_some
from openacq.kernel.clock import FixedClock, SystemClock
from openacq.letters import service as letters
from openacq.letters.model import Letter, Outcome, Search, State, Way
from openacq.letters.queue import LEASE, MOST_TRIES
from openacq.store import Store
from tests.conftest import Do, make_tables
from tests.letters.conftest import Look, Post, a_wish
from tests.letters.post_office import PostOffice, Received

pytestmark = pytest.mark.slow


@pytest.fixture
def own_store(fresh_database_url: str) -> Iterator[Store]:
    """A durable database of the test's own, with one institution."""
    store = Store(fresh_database_url)
    make_tables(store)
    store.write(
        lambda tx: directory.create_institution(tx, Institution(0, "LIB", "A library")), institution=0
    )
    yield store
    store.close()


def the_institution(store: Store) -> int:
    return store.read(directory.every_institution, institution=0)[0].id


def url_of(store: Store) -> str:
    return store.url.render_as_string(hide_password=False)


def worker(store: Store, institution: int, office: PostOffice) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "tests.letters.worker",
        url_of(store),
        str(institution),
        str(office.port),
    ]
    return subprocess.Popen(command, env=dict(os.environ))


def after_the_lease(store: Store) -> None:
    store.clock = FixedClock(SystemClock().now() + LEASE + timedelta(seconds=5))


def test_a_sender_killed_before_the_server_accepted_leaves_a_letter_that_arrives_once(
    own_store: Store, office: PostOffice
) -> None:
    institution = the_institution(own_store)
    letter_id = own_store.write(lambda tx: letters.enqueue(tx, a_wish()), institution=institution)
    running: list[subprocess.Popen[bytes]] = []
    reached = threading.Event()

    def kill(_address: str) -> str:
        reached.wait(10)
        running[0].send_signal(signal.SIGKILL)
        running[0].wait(10)
        office.to_recipient = lambda _: "250 OK"
        return "250 OK"

    office.to_recipient = kill
    running.append(worker(own_store, institution, office))
    reached.set()
    assert running[0].wait(60) == -signal.SIGKILL
    assert office.received == []

    def look(store: Store) -> Letter:
        return store.read(lambda tx: letters.letter(tx, letter_id), institution=institution)

    assert look(own_store).state is State.SENDING
    assert send_some(own_store, [institution], Ways(office.server())) is False
    assert office.received == [], "the dead sender's lease still runs"

    after_the_lease(own_store)
    send_some(own_store, [institution], Ways(office.server()))
    assert len(office.received) == 1
    assert (look(own_store).state, look(own_store).attempts) == (State.SENT, 2)


def test_a_sender_killed_as_the_server_accepts_sends_the_very_same_letter_again(
    own_store: Store, office: PostOffice
) -> None:
    """The remaining window: accepted, and dead before it was noted. The copy has the same Message-ID and
    the same bytes, so a mailbox that drops doubles shows one letter."""
    institution = the_institution(own_store)
    own_store.write(lambda tx: letters.enqueue(tx, a_wish()), institution=institution)
    running: list[subprocess.Popen[bytes]] = []
    started = threading.Event()

    def kill(_letter: Received) -> None:
        office.after_accepting = lambda _: None
        started.wait(10)
        running[0].send_signal(signal.SIGKILL)
        running[0].wait(10)

    office.after_accepting = kill
    running.append(worker(own_store, institution, office))
    started.set()
    assert running[0].wait(60) == -signal.SIGKILL
    assert len(office.received) == 1

    after_the_lease(own_store)
    send_some(own_store, [institution], Ways(office.server()))
    first, second = office.received
    assert first.id == second.id
    assert first.raw == second.raw


def test_eight_senders_send_each_letter_once(own_store: Store, office: PostOffice) -> None:
    institution = the_institution(own_store)
    count = 60
    wishes = [a_wish("claim", f"claim {number}") for number in range(count)]
    ids = own_store.write(lambda tx: letters.enqueue_all(tx, wishes), institution=institution)
    assert len(set(ids)) == count
    start = threading.Barrier(8)
    faults: list[Exception] = []

    def send() -> None:
        store = Store(url_of(own_store))
        try:
            start.wait(20)
            for _ in range(count):
                if not send_some(store, [institution], Ways(office.server())):
                    break
        except Exception as fault:  # noqa: BLE001  (told in the test's own thread)
            faults.append(fault)
        finally:
            store.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert len(office.received) == count
    assert len({letter.id for letter in office.received}) == count
    page = own_store.read(lambda tx: letters.letters(tx, most=100), institution=institution)
    assert {(letter.state, letter.attempts) for letter in page.letters} == {(State.SENT, 1)}


def test_eight_desks_with_one_occasion_write_one_letter(own_store: Store) -> None:
    institution = the_institution(own_store)
    start = threading.Barrier(8)
    ids: list[int] = []

    def write() -> None:
        store = Store(url_of(own_store))
        try:
            start.wait(20)
            ids.append(store.write(lambda tx: letters.enqueue(tx, a_wish()), institution=institution))
        finally:
            store.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(ids) == 8
    assert len(set(ids)) == 1
    assert own_store.read(letters.letters, institution=institution).total == 1


def test_who_outlives_the_lease_has_nothing_to_note(
    clock: FixedClock, post: Post, look: Look, write: Do
) -> None:
    letter_id = post()
    slow = write(lambda tx: letters.take(tx, [Way.MAIL]))
    assert slow is not None
    assert write(lambda tx: letters.take(tx, [Way.MAIL])) is None
    clock.advance(LEASE.total_seconds())
    quick = write(lambda tx: letters.take(tx, [Way.MAIL]))
    assert quick is not None
    assert quick.letter.message_id == slow.letter.message_id
    assert write(lambda tx: letters.settle(tx, slow, Outcome(State.SENT))) is False
    assert look(letter_id).state is State.SENDING
    assert write(lambda tx: letters.settle(tx, quick, Outcome(State.SENT))) is True
    assert write(lambda tx: letters.settle(tx, quick, Outcome(State.DEAD, "late"))) is False
    assert look(letter_id).state is State.SENT


def test_a_letter_that_kills_every_sender_is_given_up(
    clock: FixedClock, post: Post, look: Look, write: Do, read: Do
) -> None:
    letter_id = post()
    for _ in range(MOST_TRIES):
        assert write(lambda tx: letters.take(tx, [Way.MAIL])) is not None
        clock.advance(LEASE.total_seconds())
    assert write(lambda tx: letters.take(tx, [Way.MAIL])) is None
    assert look(letter_id).state is State.DEAD
    assert read(lambda tx: letters.letters(tx, Search(states=(State.DEAD,))).total) == 1
