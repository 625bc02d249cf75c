"""The work beside the calls: from a line that waits to a PO the vendor has, by one worker or many."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from openacq.jobs.letters import Ways
from openacq.jobs.outbox import Outcome
from openacq.jobs.reactions import REACTIONS, together
from openacq.jobs.work import Work
from openacq.kernel.clock import FixedClock
from openacq.ordering import service as ordering
from openacq.ordering.model import LineState, OrderState
from openacq.store import Store, Tx, outbox
from openacq.store.outbox import News, Reaction, Standing
from tests.architecture.source import ROOT
from tests.conftest import make_tables
from tests.letters.post_office import SENDER, PostOffice
from tests.ordering.buying import BUYER, orders, pack, place, rule, states, with_mail
from tests.ordering.world import World, make_world


@pytest.fixture
def office() -> Iterator[PostOffice]:
    opened = PostOffice().open()
    yield opened
    opened.close()


@pytest.fixture
def library(fresh_database_url: str, clock: FixedClock) -> Iterator[World]:
    """A library alone in its database, so that a worker of all institutions does no more than its work."""
    store = Store(fresh_database_url, clock=clock)
    make_tables(store)
    yield make_world(store, 1)
    store.close()


def done(work: Work) -> Outcome:
    with capture_logs():
        return work.once()


def test_a_line_becomes_a_po_the_vendor_has(library: World, clock: FixedClock, office: PostOffice) -> None:
    with_mail(library)
    (line,) = place(library)
    work = Work(library.store, Ways(office.server()))
    assert done(work) == Outcome(), "the line has only just come"
    clock.advance(600)
    assert done(work) == Outcome(done=3), (
        "its PO is taken up, and hears of its letter; requests are looked for"
    )
    (order,) = orders(library)
    assert order.row.state is OrderState.SENT
    assert states(library, line) == [LineState.SENT]
    assert len(office.received) == 1
    assert done(work) == Outcome()


def test_what_failed_is_counted(library: World, clock: FixedClock) -> None:
    library.write(lambda tx: tx.emit("purchase_order.approve", "PO-1", {}))

    def fail(_tx: Tx, _news: News) -> None:
        raise OSError("no")

    work = Work(library.store, Ways(), reactions={"purchase_order.approve": Reaction(fail)})
    assert done(work) == Outcome(failed=1)


def test_lines_put_aside_come_back_on_their_day(library: World, clock: FixedClock) -> None:
    (line,) = place(library, manual_review=True)
    tomorrow = clock.now().date() + timedelta(days=1)
    library.write(lambda tx: ordering.defer(tx, [line.id], BUYER, tomorrow, "not yet"))
    work = Work(library.store, Ways())
    done(work)
    assert states(library, line) == [LineState.DEFERRED]
    clock.advance(days=1)
    done(work)
    assert states(library, line) == [LineState.IN_REVIEW]


def test_old_news_are_forgotten_and_work_is_not(library: World, clock: FixedClock) -> None:
    library.write(lambda tx: tx.emit("po_line.placed", "POL-1", {}))
    done(Work(library.store, Ways(), event_days=30))
    clock.advance(days=31)
    library.write(lambda tx: tx.emit("po_line.placed", "POL-2", {}))
    done(Work(library.store, Ways()))
    kept = library.read(lambda tx: outbox.listed(tx, Standing.WAITING, ["po_line.placed"], 10))
    assert kept.total == 2, "0 days: for ever"
    done(Work(library.store, Ways(), event_days=30))
    kept = library.read(lambda tx: outbox.listed(tx, Standing.WAITING, ["po_line.placed"], 10))
    assert [news.subject for news in kept.news] == ["POL-2"]


def test_several_desks_react_to_one_topic(library: World) -> None:
    seen: list[str] = []

    def say(word: str) -> Reaction:
        return Reaction(
            lambda _tx, _news: seen.append(word), in_order=word == "b", given_up=lambda *_: seen.append(word)
        )

    table = together(({"x": say("a"), "y": say("a")}, {"x": say("b")}, {"x": Reaction(lambda *_: None)}))
    library.write(lambda tx: tx.emit("x", "S", {}))
    done(Work(library.store, Ways(), reactions=table))
    assert seen == ["a", "b"]
    assert (table["x"].in_order, table["y"].in_order) == (True, False)
    assert table["x"].given_up is not None


def test_every_topic_with_a_reaction_is_spelled_as_it_is_emitted() -> None:
    """A reaction to a topic nobody emits would never run."""
    from openacq.letters.states import State
    from openacq.ordering.states import LINE_STATES, ORDER_STATES
    from openacq.requests.moves import PAST

    moves = {f"po_line.{move.event.replace(' ', '_')}" for move in LINE_STATES.moves}
    moves |= {f"purchase_order.{move.event.replace(' ', '_')}" for move in ORDER_STATES.moves}
    moves |= {f"purchase_request.{past}" for past in PAST.values()}
    text = "".join(path.read_text() for path in (ROOT / "openacq").rglob("*.py"))
    written = {
        topic for topic in REACTIONS if f'tx.emit("{topic}"' in text or f'emit(\n        "{topic}"' in text
    }
    written |= {topic for topic in REACTIONS if f'            "{topic}",\n' in text}
    letters = {f"letter.{state.value}" for state in State}
    assert set(REACTIONS) - moves - written - letters == set()


# -- the program --------------------------------------------------------------------------------


def environment(url: str, office: PostOffice) -> dict[str, str]:
    return os.environ | {
        "OPENACQ_DB": url,
        "OPENACQ_SMTP_HOST": "127.0.0.1",
        "OPENACQ_SMTP_PORT": str(office.port),
        "OPENACQ_SMTP_TLS": "none",
        "OPENACQ_SMTP_SENDER": SENDER,
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def running_library(fresh_database_url: str) -> Iterator[World]:
    """A library as the program meets it, by the clock on the wall; everything is packed at once."""
    store = Store(fresh_database_url)
    make_tables(store)
    world = make_world(store, 1)
    with_mail(world)
    rule(world, wait_minutes=0, most_lines=1)
    yield world
    store.close()


def wait_until(true: object, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.slow
def test_the_command_does_what_is_due_and_ends(
    running_library: World, fresh_database_url: str, office: PostOffice, tmp_path: Path
) -> None:
    place(running_library, 3)
    ran = subprocess.run(
        [sys.executable, "-m", "openacq", "worker", "--once"],
        env=environment(fresh_database_url, office),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stdout == "9 done, 0 failed.\n"
    assert len(office.received) == 3
    assert {order.row.state for order in orders(running_library)} == {OrderState.SENT}


@pytest.mark.slow
def test_two_workers_share_the_work_and_stop_when_told(
    running_library: World, fresh_database_url: str, office: PostOffice, tmp_path: Path
) -> None:
    lines = place(running_library, 12)
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "openacq", "worker"],
            env=environment(fresh_database_url, office),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline().endswith("Ctrl-C stops it.\n")
        wait_until(lambda: set(states(running_library, *lines)) == {LineState.SENT})
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        told = [worker.communicate(timeout=40) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert "Traceback" not in "".join(err for _, err in told)
    assert len(office.received) == 12
    assert len({str(letter.message["Subject"]) for letter in office.received}) == 12


@pytest.mark.slow
def test_a_worker_killed_again_and_again_loses_no_po_and_sends_none_twice(
    running_library: World, fresh_database_url: str, office: PostOffice, tmp_path: Path
) -> None:
    """A letter under way when its sender dies may come twice, under the same Message-ID; nothing else may."""
    lines = place(running_library, 12)
    pack(running_library)
    office.before_accepting = lambda _: time.sleep(0.02)
    for pause in (1.02, 2.02, 2.1):  # in the outbox's first step, in that of the letters
        with subprocess.Popen(
            [sys.executable, "-m", "openacq", "worker"],
            env=environment(fresh_database_url, office),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            time.sleep(pause)
            worker.kill()
    clock = FixedClock(running_library.store.clock.now() + timedelta(hours=1))
    running_library.store.clock = clock  # what the dead had leased is free again
    done(Work(running_library.store, Ways(office.server())))
    assert set(states(running_library, *lines)) == {LineState.SENT}
    by_subject: dict[str, set[str]] = {}
    for letter in office.received:
        by_subject.setdefault(str(letter.message["Subject"]), set()).add(letter.id)
    assert len(by_subject) == 12
    assert {len(ids) for ids in by_subject.values()} == {1}
    assert sum(order.lines for order in orders(running_library)) == 12
