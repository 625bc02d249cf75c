"""A vendor orders, reads and is refused; the order log tells of it, and forgets in time."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import openacq.doors
from openacq.calls import service
from openacq.calls.model import OUTCOMES, Call, Search
from openacq.calls.service import OrderLog
from openacq.kernel.clock import FixedClock
from openacq.store import Store, Tx
from tests.conftest import Do

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def call(institution: int, **changes: Any) -> Call:
    values: dict[str, Any] = {
        "institution": institution,
        "at": NOON,
        "door": "alma",
        "method": "GET",
        "path": "/almaws/v1/acq/funds",
        "outcome": "read",
        "status": 200,
        "ms": 3,
        "request_id": "E01-0203120000-TEST1-AWAE1",
        "key_id": 7,
        "key_name": "Shop",
        "vendor": "GOBI",
    }
    return Call(**{**values, **changes})


CREATE = {
    "method": "POST",
    "path": "/almaws/v1/acq/po-lines",
    "query": "apikey=l8xx-secret",
    "outcome": "placed",
    "subject": "POL-1001",
    "request": b'{"interested_user":[{"primary_id":"jdoe77"}],"price":{"sum":"10.0"}}',
}


def test_the_row_of_a_create_stands_or_falls_with_it(institution: int, write: Do, read: Do) -> None:
    log = OrderLog()

    def place_and_fail(tx: Tx) -> None:
        log.record(tx, call(institution, **CREATE))
        raise RuntimeError("fund is closed")

    with pytest.raises(RuntimeError, match="fund is closed"):
        write(place_and_fail)
    assert read(lambda tx: service.recent(tx, Search())) == ()

    write(lambda tx: log.record(tx, call(institution, **CREATE)))
    (row,) = read(lambda tx: service.recent(tx, Search(subject="POL-1001"), bodies=True))
    assert (row.outcome, row.key_name, row.query, row.at) == ("placed", "Shop", "apikey=***", NOON)
    assert "jdoe77" not in row.request
    assert "jdoe77" in service.unfold(row, row.request)


def test_the_answer_of_a_create_is_in_its_row(institution: int, write: Do, read: Do) -> None:
    log = OrderLog()
    answer = b'{"number":"POL-1001","first_name":"Jana","primary_id":"jdoe77"}'
    write(lambda tx: log.record(tx, call(institution, **{**CREATE, "answer": answer, "ms": 21})))
    assert log.waiting == 0
    (row,) = read(lambda tx: service.recent(tx, Search(), bodies=True))
    assert row.ms == 21
    assert row.answer == '{"number":"POL-1001","first_name":"[folded:2]","primary_id":"[folded:1]"}'
    assert row.folded == ("jdoe77", "Jana")
    assert '"sum":"10.0"' in row.request


def test_a_create_undone_and_refused_is_one_row(store: Store, institution: int, write: Do, read: Do) -> None:
    log = OrderLog()
    create = call(institution, **CREATE)

    def place_and_fail(tx: Tx) -> None:
        log.record(tx, create)
        raise RuntimeError("lost the race")

    with pytest.raises(RuntimeError):
        write(place_and_fail)
    log.queue(replace(create, outcome="refused", status=400, subject=""))
    log.flush(store)
    (row,) = read(lambda tx: service.recent(tx, Search()))
    assert (row.outcome, row.status) == ("refused", 400)


def test_reads_and_refusals_are_written_in_batches(store: Store, institution: int, read: Do) -> None:
    log = OrderLog()
    for second in range(1_203):
        log.queue(call(institution, at=NOON + timedelta(seconds=second), ms=second))
    log.queue(
        call(
            institution,
            at=NOON + timedelta(hours=2),
            outcome="refused",
            status=400,
            vendor="",
            problems=("fund_invalid", "vendor_unknown"),
        )
    )
    assert read(lambda tx: service.recent(tx, Search())) == ()
    assert log.flush(store) == 1_204
    assert (log.waiting, log.flush(store)) == (0, 0)

    newest = read(lambda tx: service.recent(tx, Search(), 2))
    assert [one.ms for one in newest] == [1_202, 3]
    assert newest[-1].problems == ("fund_invalid", "vendor_unknown")
    assert len(read(lambda tx: service.recent(tx, Search(vendor="GOBI"), 5_000))) == 1_203
    assert len(read(lambda tx: service.recent(tx, Search(statuses=(4,)), 5_000))) == 1
    assert len(read(lambda tx: service.recent(tx, Search(statuses=(2, 400)), 5_000))) == 1_204
    assert read(lambda tx: service.recent(tx, Search(statuses=(404,)))) == ()
    assert len(read(lambda tx: service.recent(tx, Search(outcomes=("refused", "fault"))))) == 1
    later = read(lambda tx: service.since(tx, Search(since=NOON + timedelta(seconds=1_201))))
    assert [one.ms for one in later] == [1_201, 1_202, 3]


def test_each_institution_sees_its_own_calls(
    store: Store, institution: int, other_institution: int, read: Do
) -> None:
    other = other_institution
    log = OrderLog()
    log.queue(call(institution))
    log.queue(call(other))
    log.queue(call(institution))
    log.flush(store)
    own = read(lambda tx: service.recent(tx, Search()))
    assert len(own) == 2
    assert len(read(lambda tx: service.recent(tx, Search()), institution=other)) == 1
    assert read(lambda tx: service.one(tx, own[0].id)) is not None
    strange = max(one.id for one in own) + 10_000
    assert read(lambda tx: service.one(tx, strange)) is None


def test_a_full_queue_drops_and_counts(store: Store, institution: int) -> None:
    log = OrderLog(most_rows=3)
    for _ in range(5):
        log.queue(call(institution))
    assert (log.waiting, log.dropped) == (3, 2)
    assert log.flush(store) == 3
    wide = OrderLog(most_bytes=20_000)
    for _ in range(5):
        wide.queue(call(institution, request=b"x" * 9_000))
    assert (wide.waiting, wide.dropped) == (2, 3)
    wide.flush(store)
    wide.queue(call(institution, request=b"x" * 9_000))
    assert wide.waiting == 1


def test_what_could_not_be_written_is_written_later(
    store: Store, institution: int, read: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = OrderLog()
    for ms in range(3):
        log.queue(call(institution, ms=ms, at=NOON + timedelta(seconds=ms)))

    def gone(*_args: object, **_options: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", gone)
        with pytest.raises(OSError, match="away"):
            log.flush(store)
    assert log.waiting == 3
    log.flush(store)
    assert [one.ms for one in read(lambda tx: service.recent(tx, Search()))] == [0, 1, 2]


def test_patron_data_go_first_and_calls_later(
    store: Store, clock: FixedClock, institution: int, write: Do, read: Do
) -> None:
    log = OrderLog()
    for _ in range(700):
        log.queue(call(institution, **CREATE))
    log.queue(call(institution, at=NOON + timedelta(days=20), **CREATE))
    log.flush(store)
    clock.advance(days=31)
    assert [write(lambda tx: service.erase_patron_data(tx, 30)) for _ in range(3)] == [500, 200, 0]
    rows = read(lambda tx: service.recent(tx, Search(), 1_000, bodies=True))
    assert len(rows) == 701
    assert [row.folded for row in rows if row.folded] == [("jdoe77",)]
    assert "jdoe77" not in service.unfold(rows[0], rows[0].request)

    assert write(lambda tx: service.erase_calls(tx, 32)) == 0
    clock.advance(days=5)
    assert [write(lambda tx: service.erase_calls(tx, 32)) for _ in range(3)] == [500, 200, 0]
    assert len(read(lambda tx: service.recent(tx, Search(), 1_000))) == 1


def test_patron_data_need_not_be_kept_at_all(store: Store, institution: int, read: Do) -> None:
    log = OrderLog(keep_patron_data=False, body_bytes=0)
    log.queue(call(institution, path="/almaws/v1/users/jdoe77", request=b"{}"))
    log.flush(store)
    (row,) = read(lambda tx: service.recent(tx, Search(), bodies=True))
    assert (row.path, row.request, row.folded) == ("/almaws/v1/users/[folded:1]", "", ())


def test_calls_of_a_day_add_up_over_processes(write: Do, read: Do) -> None:
    today, yesterday = date(2026, 3, 2), date(2026, 3, 1)
    assert write(lambda tx: service.count_calls(tx, {(today, 7): 5, (yesterday, 7): 1})) == {7: 5}
    assert write(lambda tx: service.count_calls(tx, {(today, 8): 2, (today, 7): 1})) == {7: 6, 8: 2}
    assert write(lambda tx: service.count_calls(tx, {})) == {}
    assert read(lambda tx: service.calls_of_day(tx, yesterday)) == {7: 1}
    assert write(lambda tx: service.forget_days(tx, NOON + timedelta(days=90))) == 1


def test_every_outcome_a_door_tells_of_can_be_asked_for() -> None:
    doors = Path(openacq.doors.__file__).parent
    told = {
        outcome
        for path in doors.rglob("*.py")
        for line in re.findall(r"\b(?:ask|self)\.outcome = (.+)", path.read_text())
        for outcome in re.findall(r'"(\w+)"', line)
    }
    assert {"placed", "in_review", "asked", "submitted", "received", "rehearsed"} <= told
    assert told <= set(OUTCOMES)


def test_whoever_flushes_while_another_does_finds_all_written(
    store: Store, institution: int, read: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = OrderLog()
    log.queue(call(institution, principal_id=5))
    writing, go_on = threading.Event(), threading.Event()
    write_in = store.write

    def slow(work: Any, **where: Any) -> Any:
        writing.set()
        assert go_on.wait(10)
        return write_in(work, **where)

    monkeypatch.setattr(store, "write", slow)
    first = threading.Thread(target=log.flush, args=(store,))
    first.start()
    assert writing.wait(10)
    second = threading.Thread(target=log.flush, args=(store,))
    second.start()
    second.join(0.1)
    assert second.is_alive()
    go_on.set()
    second.join(10)
    (row,) = read(lambda tx: service.recent(tx, Search()))
    assert (row.key_id, row.principal_id) == (7, 5)
    first.join(10)
