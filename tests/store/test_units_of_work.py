"""A unit of work happens whole or not at all, however many happen at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from openacq.kernel.clock import FixedClock
from openacq.store import Store, Tx, claims
from openacq.store.tables import claims as claims_table
from openacq.store.tables import outbox
from tests.conftest import Do

_NEWS = select(outbox.c.subject).where(outbox.c.institution == bindparam("institution"))
_ADD = insert(claims_table)
_RENAME = (
    update(claims_table)
    .where(claims_table.c.institution == bindparam("of"), claims_table.c.claim == bindparam("was"))
    .values(fingerprint=bindparam("becomes"))
)


def news(read: Do) -> list[str]:
    return sorted(read(lambda tx: list(tx.execute(_NEWS, {"institution": tx.institution}).scalars())))


def test_what_raises_is_undone_and_the_rest_of_the_commit_stays(
    store: Store, institution: int, read: Do
) -> None:
    def work(number: int) -> Callable[[Tx], int]:
        def do(tx: Tx) -> int:
            tx.emit("test", f"work {number:02}", {})
            if number % 3 == 0:
                raise LookupError(number)
            return number

        return do

    def run(number: int) -> int | str:
        try:
            return store.write(work(number), institution=institution)
        except LookupError as error:
            return f"failed {error.args[0]}"

    with ThreadPoolExecutor(16) as threads:
        results = list(threads.map(run, range(48)))
    assert results == [f"failed {n}" if n % 3 == 0 else n for n in range(48)]
    assert news(read) == [f"work {n:02}" for n in range(48) if n % 3]


def test_numbers_are_never_given_twice(store: Store, institution: int) -> None:
    def take(_: int) -> list[int]:
        return [store.write(lambda tx: tx.number("TEST"), institution=institution) for _ in range(100)]

    with ThreadPoolExecutor(8) as threads:
        taken = [number for numbers in threads.map(take, range(8)) for number in numbers]
    assert len(set(taken)) == 800


def test_a_work_that_needs_more_numbers_than_a_block_holds_gets_them(write: Do) -> None:
    numbers = write(lambda tx: list(tx.numbers("TEST", 4_000)))
    assert len(set(numbers)) == 4_000


def test_an_unknown_error_inside_the_database_is_raised_and_harms_no_one(
    store: Store, institution: int
) -> None:
    row = {
        "institution": institution,
        "claim": "c",
        "fingerprint": "",
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "expires": datetime(2026, 1, 1, tzinfo=UTC),
    }
    store.write(lambda tx: tx.execute(_ADD, row), institution=institution)
    with pytest.raises(IntegrityError):
        store.write(lambda tx: tx.execute(_ADD, row), institution=institution)
    changed = store.write(
        lambda tx: tx.execute(_RENAME, {"of": institution, "was": "c", "becomes": "f"}).rowcount,
        institution=institution,
    )
    assert changed == 1


def test_thirty_two_twins_make_one_claim_and_all_hear_its_answer(store: Store, institution: int) -> None:
    start = threading.Barrier(32)

    def twin(number: int) -> object:
        def work(tx: Tx) -> object:
            held = claims.take(tx, "one", "same", tx.now + timedelta(hours=1))
            if held is not None:
                return held.answer
            claims.answer(tx, "one", "subject", {"by": number})
            return {"by": number}

        start.wait()
        return store.write(work, institution=institution)

    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(twin, range(32)))
    assert len({str(answer) for answer in answers}) == 1


def test_an_expired_claim_can_be_claimed_anew(write: Do, clock: FixedClock) -> None:
    def take(tx: Tx) -> claims.Held | None:
        return claims.take(tx, "c", "f", tx.now + timedelta(hours=1))

    assert write(take) is None
    held = write(take)
    assert held is not None
    assert held.fingerprint == "f"
    clock.advance(3_601)
    assert write(take) is None
    clock.advance(3_601)
    assert write(claims.purge) == 1


def test_registers_are_read_once_until_they_change(write: Do, read: Do) -> None:
    loads: list[str] = []

    def look(tx: Tx) -> str:
        def load() -> str:
            loads.append("load")
            return f"value {len(loads)}"

        return tx.cached("thing", "key", load)

    assert [read(look), read(look), write(look)] == ["value 1"] * 3
    write(lambda tx: tx.registers_changed())
    assert [read(look), read(look)] == ["value 2"] * 2


def test_registers_changed_in_a_work_that_fails_are_as_they_were(write: Do, read: Do) -> None:
    read(lambda tx: tx.cached("thing", "key", lambda: "old"))

    def fail(tx: Tx) -> None:
        tx.registers_changed()
        assert tx.cached("thing", "key", lambda: "new") == "new"
        raise LookupError

    with pytest.raises(LookupError):
        write(fail)
    assert read(lambda tx: tx.cached("thing", "key", lambda: "newer")) == "old"


def test_a_reader_sees_one_moment(store: Store, institution: int, write: Do) -> None:
    def work(tx: Tx) -> tuple[int, int]:
        asked = {"institution": tx.institution}
        before = len(tx.execute(_NEWS, asked).all())
        with ThreadPoolExecutor(1) as other:
            other.submit(
                store.write, lambda wtx: wtx.emit("test", "meanwhile", {}), institution=institution
            ).result()
        return before, len(tx.execute(_NEWS, asked).all())

    assert store.read(work, institution=institution) == (0, 0)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_waiting_works_share_a_commit(
    store: Store, institution: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[object] = []
    ordinary = store.writer.dialect.do_commit

    def counted(connection: Any) -> None:
        commits.append(connection)
        ordinary(connection)

    monkeypatch.setattr(store.writer.dialect, "do_commit", counted)
    gate = threading.Event()
    with ThreadPoolExecutor(20) as threads:
        first = threads.submit(store.write, lambda _tx: gate.wait(5), institution=institution)
        others = [
            threads.submit(store.write, lambda tx: tx.emit("test", "x", {}), institution=institution)
            for _ in range(19)
        ]
        while store.waiting < 19:
            threading.Event().wait(0.01)
        gate.set()
        for work in [first, *others]:
            work.result(timeout=10)
    assert len(commits) <= 3


def test_a_work_that_is_undone_leaves_no_gap(store: Store, institution: int) -> None:
    def take_and_fail(tx: Tx) -> None:
        tx.number("POL")
        tx.number("OIN")
        raise LookupError

    first = store.write(lambda tx: (tx.number("POL"), tx.number("OIN")), institution=institution)
    for _ in range(3):
        with pytest.raises(LookupError):
            store.write(take_and_fail, institution=institution)
    second = store.write(lambda tx: (tx.number("POL"), tx.number("OIN")), institution=institution)
    assert first == (1_001, 1_001)
    assert second == (1_002, 1_002)


def test_a_last_step_that_fails_makes_the_work_run_again_carefully(
    store: Store, institution: int, read: Do
) -> None:
    runs: list[bool] = []

    def work(tx: Tx) -> str:
        runs.append(tx.careful)
        tx.emit("test", "once", {})
        return "left to the end" if tx.at_last(1, lambda: False) else "done at once"

    assert store.write(work, institution=institution) == "done at once"
    assert runs[-2:] == [False, True]
    assert news(read) == ["once"]


def test_a_read_inside_a_read_is_a_mistake_told_at_once(store: Store, institution: int) -> None:
    """With as many of them as there are connections, each would wait for another's second one."""

    def read() -> int:
        return store.read(lambda tx: tx.institution, institution=institution)

    with pytest.raises(RuntimeError, match="inside a read"):
        store.read(lambda _: read(), institution=institution)
    assert read() == institution
