"""The lists the benchmark asks for have rows, before they are narrowed and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.pages import LISTS, STAFF, Page, measure, spread
from bench.seeding import load_registers, openacq_server

SIZE = 60
WITHOUT_ROWS = frozenset({"/desk/orders/po", "/desk/requests", "/desk/log?outcome=refused"})
"""Nothing is packed or refused there; requests stand on a board."""


@pytest.mark.slow
def test_every_list_has_rows(fresh_database_url: str, tmp_path: Path) -> None:
    with openacq_server(fresh_database_url, SIZE, tmp_path, titles=60, requests=20) as target:
        load_registers(tmp_path, fresh_database_url, STAFF)
        spread(fresh_database_url)
        pages = measure("any", f"http://127.0.0.1:{target.port}", 1, browser=False)
    assert {page.path.partition("?")[0] for page in pages} == {f"/desk{path}" for path, _ in LISTS}
    for page in pages:
        if page.path not in WITHOUT_ROWS and page.path.partition("?")[0] not in WITHOUT_ROWS:
            assert page.rows > 0, page
        assert page.html > 0


def test_a_page_over_a_limit_is_named() -> None:
    page = Page("sqlite", "/desk/tasks", 50, 250.0, 300.0, 299.0, 100_000, 9_000, filtered=False)
    assert page.over == []
    slow = Page("sqlite", "/desk/tasks?q=x", 50, 250.0, 300.0, 0.0, 151_000, 9_000, filtered=True)
    assert slow.over == ["html", "weight"]
