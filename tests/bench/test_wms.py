"""The benchmark's WorldShare client signs as the door expects, and never sends a request twice."""

from __future__ import annotations

from itertools import islice

import pytest

from bench import wms
from bench.cases import FUND_CODES, cases
from bench.task import LoadTask
from openacq.doors.wms import hmac


def task(case: str, start: int = 0) -> LoadTask:
    return LoadTask(case, 8080, "secret", 1, 1.0, "bench", start, FUND_CODES)


def requests(case: str, count: int) -> list[bytes]:
    if case == "wms-item":
        return list(islice(wms._items_of(task(case), ["PO-2026-1", "PO-2026-2"]), count))
    return list(islice(cases()[case].requests(task(case)), count))


CASES = ("wms-order", "wms-item", "wms-feed", "wms-funds")


def test_the_cases_are_in_the_table() -> None:
    assert set(CASES) <= set(cases())


@pytest.mark.parametrize("case", CASES)
def test_every_request_bears_a_good_signature_of_its_own(case: str) -> None:
    headers = set()
    for request in requests(case, 20):
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, target, _ = first.split()
        header = next(line for line in lines if line.startswith("Authorization: "))[15:]
        signed = hmac.parse(header)
        assert signed is not None
        assert hmac.fits(signed, wms.SECRET, method, target.partition("?")[2])
        lengths = [line.partition(": ")[2] for line in lines if line.startswith("Content-Length")]
        assert lengths == ([str(len(body))] if body else [])
        headers.add(header)
    assert len(headers) == 20


def test_items_go_round_the_orders_and_the_funds() -> None:
    sent = requests("wms-item", len(FUND_CODES))
    assert [b"/PO-2026-1/" in request for request in sent[:4]] == [True, False, True, False]
    assert all(any(code.encode() in request for request in sent) for code in FUND_CODES)


def test_verifying_is_measured() -> None:
    found = wms.verify_some(times=20, rounds=3)
    assert 0 < found.documented < found.last
    assert found.wrong > found.documented
