"""Jobs run on time, go on after a failure, and finish what must be finished."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from openacq.jobs.runner import Job, Runner


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def test_jobs_run_again_and_again() -> None:
    done: list[str] = []

    def quick() -> bool:
        done.append("quick")
        return False

    def slow() -> bool:
        done.append("slow")
        return False

    runner = Runner([Job("quick", 0.01, quick), Job("slow", 3600, slow)])
    runner.start()
    wait_until(lambda: len(done) > 5)
    runner.stop()
    assert "slow" not in done
    count = len(done)
    time.sleep(0.05)
    assert len(done) == count


def test_a_job_with_more_to_do_goes_on_at_once() -> None:
    left = iter([True, True, True, False])
    done = threading.Event()

    def step() -> bool:
        more = next(left)
        if not more:
            done.set()
        return more

    runner = Runner([Job("long", 0.2, step)])
    begun = time.monotonic()
    runner.start()
    assert done.wait(5)
    runner.stop()
    assert time.monotonic() - begun < 0.7


def test_a_failing_job_is_told_of_tried_again_and_harms_no_other() -> None:
    ran = threading.Event()
    failures: list[int] = []

    def fail() -> bool:
        failures.append(1)
        raise OSError("disk full")

    def work() -> bool:
        if len(failures) >= 2:
            ran.set()
        return False

    with capture_logs() as logs:
        runner = Runner([Job("bad", 0.01, fail), Job("good", 0.01, work)])
        runner.start()
        assert ran.wait(5)
        runner.stop()
    told = [entry for entry in logs if entry["event"] == "job failed"]
    assert told[0]["job"] == "bad"
    assert told[1]["failures"] == 2


def test_what_must_be_finished_is_finished_at_stop() -> None:
    left = [3]
    other: list[int] = []

    def flush() -> bool:
        left[0] -= 1
        return left[0] > 0

    def not_at_stop() -> bool:
        other.append(1)
        return False

    runner = Runner([Job("flush", 3600, flush, at_stop=True), Job("other", 3600, not_at_stop)])
    runner.start()
    runner.stop()
    assert left == [0]
    assert other == []
    with pytest.raises(RuntimeError):
        runner.start()


def test_a_job_that_fails_at_stop_does_not_hang_it() -> None:
    def fail() -> bool:
        raise OSError("disk full")

    with capture_logs():
        runner = Runner([Job("flush", 3600, fail, at_stop=True)])
        runner.start()
        begun = time.monotonic()
        runner.stop()
    assert time.monotonic() - begun < 2


def test_a_step_that_does_not_end_is_not_waited_for_for_ever() -> None:
    held = threading.Event()
    begun = threading.Event()

    def hang() -> bool:
        begun.set()
        held.wait(10)
        return False

    with capture_logs() as logs:
        runner = Runner([Job("hang", 0.01, hang)])
        runner.start()
        assert begun.wait(5)
        runner.stop(longest=0.05)
    held.set()
    assert logs[-1]["event"] == "jobs did not end in time"
