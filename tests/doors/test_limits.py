"""A shop in a hurry: its calls are counted by the second and by the day."""

from __future__ import annotations

import threading

import pytest

from openacq.directory.model import Caller
from openacq.doors.limits import Limits
from openacq.kernel.clock import FixedClock
from openacq.store import Store
from tests.conftest import TODAY


def shop(institution: int = 1, key_id: int = 7, rate_limit: int | None = None) -> Caller:
    return Caller(institution, key_id, "Shop", rate_limit=rate_limit)


def slug(limits: Limits, caller: Caller) -> str:
    problem = limits.take(caller)
    return problem.slug if problem else ""


def test_a_burst_is_let_in_and_the_rest_waits_for_time_to_pass() -> None:
    clock = FixedClock(TODAY)
    limits = Limits(clock, per_second=50)
    assert [slug(limits, shop()) for _ in range(51)] == [""] * 50 + ["rate_exceeded"]
    clock.advance(0.1)
    assert [slug(limits, shop()) for _ in range(6)] == [""] * 5 + ["rate_exceeded"]
    clock.advance(3600)
    assert [slug(limits, shop()) for _ in range(51)].count("") == 50


def test_keys_do_not_share_buckets_and_may_have_their_own_rate() -> None:
    limits = Limits(FixedClock(TODAY), per_second=2)
    assert [slug(limits, shop()) for _ in range(3)][-1] == "rate_exceeded"
    assert slug(limits, shop(key_id=8)) == ""
    assert slug(limits, shop(institution=2)) == ""
    slow = shop(key_id=9, rate_limit=1)
    assert [slug(limits, slow), slug(limits, slow)] == ["", "rate_exceeded"]
    bench = shop(key_id=10, rate_limit=0)
    assert {slug(limits, bench) for _ in range(1_000)} == {""}
    assert limits.remaining(bench) == 1_000_000


def test_the_day_has_its_own_end() -> None:
    clock = FixedClock(TODAY)
    limits = Limits(clock, per_second=0, per_day=3)
    assert (limits.remaining(None), limits.remaining(shop())) == (3, 3)
    assert [slug(limits, shop()) for _ in range(5)] == ["", "", "", "daily_exceeded", "daily_exceeded"]
    assert limits.remaining(shop()) == 0
    assert slug(limits, shop(key_id=8, rate_limit=0)) == ""
    clock.advance(15 * 3600)
    assert limits.remaining(shop()) == 3
    assert slug(limits, shop()) == ""


def test_refused_calls_count_for_nothing() -> None:
    clock = FixedClock(TODAY)
    limits = Limits(clock, per_second=1, per_day=10)
    for _ in range(5):
        limits.take(shop())
    assert limits.remaining(shop()) == 9


def test_without_a_daily_limit_a_large_number_is_told() -> None:
    limits = Limits(FixedClock(TODAY), per_second=0, per_day=0)
    assert {slug(limits, shop()) for _ in range(10)} == {""}
    assert limits.remaining(shop()) == 1_000_000


def test_two_processes_learn_of_each_other(store: Store, clock: FixedClock, institution: int) -> None:
    one, other = (Limits(clock, per_second=0, per_day=100) for _ in range(2))
    caller = shop(institution)
    for _ in range(30):
        one.take(caller)
    for _ in range(50):
        other.take(caller)
    one.flush(store)
    assert (one.remaining(caller), other.remaining(caller)) == (70, 50)
    other.flush(store)
    assert other.remaining(caller) == 20
    one.take(caller)
    one.flush(store)
    assert one.remaining(caller) == 19


def test_calls_before_midnight_are_told_to_their_own_day(
    store: Store, clock: FixedClock, institution: int
) -> None:
    limits = Limits(clock, per_second=0, per_day=100)
    caller = shop(institution)
    limits.take(caller)
    clock.advance(days=1)
    limits.take(caller)
    limits.flush(store)
    assert limits.remaining(caller) == 99


def test_counts_survive_a_database_that_is_away(
    store: Store, clock: FixedClock, institution: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(clock, per_second=0, per_day=100)
    caller = shop(institution)
    limits.take(caller)
    clock.advance(days=1)
    limits.take(caller)

    def gone(*_args: object, **_options: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", gone)
        with pytest.raises(OSError, match="away"):
            limits.flush(store)
    assert limits.remaining(caller) == 99
    limits.take(caller)
    limits.flush(store)
    fresh = Limits(clock, per_second=0, per_day=100)
    fresh.take(caller)
    fresh.flush(store)
    assert fresh.remaining(caller) == 97


def test_threads_cannot_slip_through() -> None:
    limits = Limits(FixedClock(TODAY), per_second=100)
    let_in: list[str] = []

    def hurry() -> None:
        let_in.extend(slug(limits, shop()) for _ in range(50))

    threads = [threading.Thread(target=hurry) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let_in.count("") == 100
