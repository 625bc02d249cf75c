"""What the benchmark asks of lists finds lines: a fast empty page would be worth nothing."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest

from bench.cases import FUND_CODES, cases
from bench.lists import list_cases
from bench.seeding import openacq_server
from bench.target import Target, ask
from bench.task import LoadTask

SIZE = 260
LEAST = {"list-number": 1, "list-isbn": 1, "list-words": 1, "list-fund": SIZE // len(FUND_CODES)}
"""Lines a page has at least where it is not full."""


@pytest.mark.slow
def test_every_list_has_lines(fresh_database_url: str, tmp_path: Path) -> None:
    with openacq_server(fresh_database_url, SIZE, tmp_path, titles=60) as target:
        for case in list_cases():
            for path in _paths(case.name, target):
                status, body = ask(target.port, path, target.key)
                assert status == 200, (path, body)
                told = json.loads(body)
                assert len(told.get("po_line", ())) >= LEAST.get(case.name, 100), path
        (end,) = _paths("list-end", target, 1)
        _, body = ask(target.port, end, target.key)
        assert json.loads(body)["total_record_count"] == SIZE
        assert f"offset={SIZE - 100}" in end


def _paths(case: str, target: Target, count: int = 3) -> list[str]:
    task = LoadTask(case, target.port, target.key, 1, 1.0, "bench", 0, target.funds, target.lines, SIZE)
    return [request.split(b" ")[1].decode() for request in islice(cases()[case].requests(task), count)]
