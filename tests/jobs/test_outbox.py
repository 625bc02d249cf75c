"""News are carried out after the change: once, in order, again after a failure, and given up in the end."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.dialects import sqlite
from structlog.testing import capture_logs

from openacq.directory.model import Institution
from openacq.history import service as history
from openacq.history.model import Change
from openacq.jobs.outbox import LEASE, MOST_ATTEMPTS, Outbox, pause_after
from openacq.kernel.clock import FixedClock
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Store, Tx, outbox
from openacq.store.outbox import News, Reaction, Standing
from tests.conftest import TODAY, Do


def mark(tx: Tx, news: News) -> None:
    """Leave a trace in the database, so that doing a thing twice shows."""
    history.record(tx, "trace", news.subject, [Change(news.topic, None, news.payload["n"])], "test")


Make = Callable[..., Outbox]


@pytest.fixture
def worker(store: Store, institution: int) -> Make:
    """Workers of the test's institution with reactions to some topics."""

    def make(**reactions: Reaction | Callable[[Tx, News], None]) -> Outbox:
        table = {
            topic: made if isinstance(made, Reaction) else Reaction(made) for topic, made in reactions.items()
        }
        return Outbox(store, table, lambda: [Institution(institution, "TEST", "Test")])

    return make


def emit(write: Do, topic: str, subject: str = "S", n: int = 1) -> None:
    write(lambda tx: tx.emit(topic, subject, {"n": n}))


def traces(read: Do, subject: str = "S") -> list[str]:
    return [entry.new or "" for entry in read(lambda tx: history.of(tx, "trace", subject))]


def standing(read: Do, standing: Standing, *topics: str) -> list[News]:
    return list(read(lambda tx: outbox.listed(tx, standing, topics, 100)).news)


def test_what_somebody_acts_on_is_done_and_the_rest_is_kept(worker: Make, write: Do, read: Do) -> None:
    emit(write, "order")
    emit(write, "nobody's")
    boxes = worker(order=mark)
    assert boxes.step()
    assert not boxes.step()
    assert traces(read) == ["1"]
    assert [news.subject for news in standing(read, Standing.DONE, "order")] == ["S"]
    assert [news.attempts for news in standing(read, Standing.WAITING, "nobody's")] == [0]


def test_a_change_that_is_undone_leaves_no_news(worker: Make, write: Do, read: Do) -> None:
    def fail(tx: Tx) -> None:
        tx.emit("order", "S", {"n": 1})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(fail)
    assert not worker(order=mark).step()
    assert traces(read) == []


def test_what_fails_comes_again_later_and_later(worker: Make, write: Do, read: Do, clock: FixedClock) -> None:
    emit(write, "order")
    tries: list[int] = []

    def fail_twice(tx: Tx, news: News) -> None:
        mark(tx, news)
        tries.append(news.attempts)
        if len(tries) < 3:
            raise ConnectionError("no answer")

    box = worker(order=fail_twice)
    with capture_logs() as logs:
        assert box.work().failed == 1
        assert not box.step(), "it rests first"
        clock.advance(pause_after(1).total_seconds())
        assert box.work().failed == 1
        clock.advance(pause_after(1).total_seconds())
        assert not box.step(), "and longer the second time"
        (waiting,) = standing(read, Standing.FAILED, "order")
        assert waiting.error == "ConnectionError: no answer"
        clock.advance(pause_after(2).total_seconds() - pause_after(1).total_seconds())
        assert box.work().done == 1
    assert tries == [1, 2, 3]
    assert traces(read) == ["1"], "what failed attempts wrote is undone"
    assert [entry["attempt"] for entry in logs] == [1, 2]


def test_what_always_fails_is_given_up_told_and_can_be_tried_again(
    worker: Make, write: Do, read: Do, clock: FixedClock
) -> None:
    emit(write, "order")
    told: list[str] = []
    broken = [True]

    def act(tx: Tx, news: News) -> None:
        if broken:
            raise Refusal(Problem("record_missing", "order", "PO-1", what="Purchase order"))
        mark(tx, news)

    box = worker(order=Reaction(act, given_up=lambda _tx, _news, words: told.append(words)))
    with capture_logs():
        for attempt in range(1, MOST_ATTEMPTS + 1):
            assert box.work().failed == 1
            clock.advance(pause_after(attempt).total_seconds())
        assert not box.step(), "it is dead"
    assert told == ["Purchase order PO-1 not found."]
    (dead,) = standing(read, Standing.DEAD, "order")
    assert dead.error == told[0]
    broken.clear()
    assert write(lambda tx: outbox.try_again(tx, [dead.id])) == 1
    assert box.work().done == 1
    assert traces(read) == ["1"]
    assert write(lambda tx: outbox.try_again(tx, [dead.id])) == 0, "what is done is not done again"


def test_waits_grow_to_an_hour() -> None:
    waits = [int(pause_after(attempt).total_seconds()) for attempt in range(1, MOST_ATTEMPTS)]
    assert waits[:4] == [5, 10, 20, 40]
    assert waits == sorted(waits)
    assert waits[-1] == 3_600


def test_news_of_one_subject_come_one_after_the_other(
    worker: Make, write: Do, read: Do, clock: FixedClock
) -> None:
    for n in (1, 2):
        emit(write, "sent", "A", n)
    emit(write, "failed", "A", 3)
    emit(write, "sent", "B", 4)
    down = [True]

    def act(tx: Tx, news: News) -> None:
        if down and news.subject == "A":
            raise ConnectionError("no answer")
        mark(tx, news)

    box = worker(sent=Reaction(act, in_order=True), failed=Reaction(act, in_order=True))
    with capture_logs():
        box.step()
    assert traces(read, "B") == ["4"], "others do not wait for it"
    assert not box.step(), "what follows waits while the first rests"
    down.clear()
    clock.advance(10)
    while box.step():
        pass
    assert traces(read, "A") == ["1", "2", "3"]


def test_a_dead_letter_stops_none_that_follow(worker: Make, write: Do, read: Do, clock: FixedClock) -> None:
    emit(write, "sent", "A", 1)
    emit(write, "sent", "A", 2)

    def act(tx: Tx, news: News) -> None:
        if news.payload["n"] == 1:
            raise ConnectionError("no answer")
        mark(tx, news)

    box = worker(sent=Reaction(act, in_order=True))
    with capture_logs():
        for _ in range(MOST_ATTEMPTS):
            box.step()
            assert traces(read, "A") == []
            clock.advance(3_600)
        box.step()
    assert traces(read, "A") == ["2"]


def test_a_worker_that_dies_holds_nothing_for_longer_than_its_lease(
    worker: Make, write: Do, read: Do, clock: FixedClock
) -> None:
    emit(write, "order")

    def die(tx: Tx, news: News) -> None:
        mark(tx, news)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        worker(order=die).step()
    other = worker(order=mark)
    assert not other.step(), "the dead worker's lease still holds"
    clock.advance((LEASE + timedelta(seconds=1)).total_seconds())
    assert other.work().done == 1
    assert traces(read) == ["1"]
    (done,) = standing(read, Standing.DONE, "order")
    assert done.attempts == 2


def test_whoever_lost_the_lease_does_nothing(
    worker: Make, store: Store, institution: int, write: Do, read: Do, clock: FixedClock
) -> None:
    emit(write, "order")
    slow = worker(order=mark)
    card = Institution(institution, "TEST", "Test")
    (leased,) = slow._lease(card, "order")
    clock.advance((LEASE + timedelta(seconds=1)).total_seconds())
    assert worker(order=mark).work().done == 1
    with capture_logs() as logs:
        assert not slow._carry_out(card, leased)
    assert [entry["event"] for entry in logs] == ["lease lost"]
    assert traces(read) == ["1"]


def test_eight_workers_do_each_thing_once_and_in_order(worker: Make, write: Do, read: Do) -> None:
    subjects = [f"S{number}" for number in range(10)]
    for n in range(1, 11):
        for subject in subjects:
            emit(write, "order", subject, n)

    def work(_: int) -> int:
        box = worker(order=Reaction(mark, in_order=True))
        done = idle = 0
        while idle < 20:  # what others have leased is not seen as due
            outcome = box.work()
            done += outcome.done
            idle = 0 if outcome.anything else idle + 1
        return done

    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(work, range(8)))
    assert sum(counts) == 100
    for subject in subjects:
        assert traces(read, subject) == [str(n) for n in range(1, 11)]


def test_a_worker_told_to_stop_gives_back_what_it_has_not_begun(
    worker: Make, write: Do, read: Do, clock: FixedClock
) -> None:
    for n in range(5):
        emit(write, "order", f"S{n}", n)
    boxes: list[Outbox] = []

    def stop_after_this(tx: Tx, news: News) -> None:
        mark(tx, news)
        boxes[0].stop()

    boxes.append(worker(order=stop_after_this))
    boxes[0].step()
    waiting = standing(read, Standing.WAITING, "order")
    assert len(waiting) == 4
    assert {(news.attempts, news.leased_by, news.due) for news in waiting} == {(0, "", TODAY)}
    assert not boxes[0].step()
    assert worker(order=mark).work().done == 4


def test_work_of_other_institutions_is_found_too(
    store: Store, institution: int, other_institution: int, write: Do
) -> None:
    ids = (institution, other_institution)
    for each in ids:
        write(lambda tx: tx.emit("order", "S", {"n": 1}), institution=each)
    seen: Counter[int] = Counter()

    def act(tx: Tx, _news: News) -> None:
        seen[tx.institution] += 1

    box = Outbox(
        store, {"order": Reaction(act)}, lambda: [Institution(each, f"T{each}", "Test") for each in ids]
    )
    box.step()
    assert seen == {institution: 1, other_institution: 1}


def test_a_slow_reaction_does_not_hold_up_the_others_for_ever(worker: Make, write: Do, read: Do) -> None:
    """Two workers, one stuck in its first row: the other finishes everything else."""
    for n in range(3):
        emit(write, "order", f"S{n}", n)
    stuck, go_on = threading.Event(), threading.Event()

    def hang(_tx: Tx, _news: News) -> None:
        stuck.set()
        go_on.wait(10)

    emit(write, "slow", "X")
    one, two = worker(slow=hang), worker(order=mark)
    thread = threading.Thread(target=one.step)
    thread.start()
    assert stuck.wait(5)
    try:
        if one._store.dialect == "postgresql":  # SQLite has one writer; what acts must be short
            assert two.work().done == 3
    finally:
        go_on.set()
        thread.join()
    two.step()
    assert [traces(read, f"S{n}") for n in range(3)] == [["0"], ["1"], ["2"]]


def test_old_rows_are_forgotten_but_for_work_that_is_not_done(
    worker: Make, write: Do, read: Do, clock: FixedClock
) -> None:
    emit(write, "order", "done")
    emit(write, "news", "old")
    with capture_logs():
        worker(order=mark).step()
    emit(write, "order", "waits")
    clock.advance(days=31)
    emit(write, "news", "new")
    before = clock.now() - timedelta(days=30)

    def forget(tx: Tx) -> outbox.Forgotten:
        return outbox.forget(tx, before, ("order",), 0)

    assert write(forget) == outbox.Forgotten(2, None)
    assert [news.subject for news in standing(read, Standing.WAITING, "order", "news")] == ["waits", "new"]
    assert standing(read, Standing.DONE, "order") == []


def test_forgetting_goes_on_where_it_stopped(write: Do, clock: FixedClock) -> None:
    for n in range(7):
        emit(write, "news", n=n)
    clock.advance(days=2)
    after: int | None = 0
    steps = []
    while after is not None:
        at = after
        dropped = write(lambda tx, at=at: outbox.forget(tx, tx.now, (), at, most=3))  # type: ignore[misc]
        steps.append(dropped.rows)
        after = dropped.after
    assert steps == [3, 3, 1]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_work_is_found_by_its_topic_however_many_other_news_there_are(store: Store, write: Do) -> None:
    """Both looks go through the index of what is not done, by topic; nothing is read through."""

    def steps(tx: Tx, sql: str) -> list[str]:
        rows = tx.conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (1,) * sql.count("?"))
        return [row[3] for row in rows if "outbox" in row[3]]

    for statement in (outbox._due_of(("order", "letter")), outbox._DUE):
        sql = str(statement.compile(dialect=sqlite.dialect()))
        explained = write(partial(steps, sql=sql))
        assert explained
        for step in explained:
            assert "ix_outbox_waiting (institution=? AND topic=? AND due<?)" in step
