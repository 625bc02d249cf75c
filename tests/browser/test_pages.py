"""Every page of the desks, light and dark, narrow and wide, in German and from right to left: no finding of
axe-core, nothing to be scrolled sideways, no complaint of the browser; pictures of all to be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from openacq.doors.desk.routes import PAGES
from tests.browser.conftest import Desk, open_desk

MODES: dict[str, dict[str, Any]] = {
    "light-wide": {"color_scheme": "light"},
    "dark-wide": {"color_scheme": "dark"},
    "light-narrow": {"color_scheme": "light", "viewport": {"width": 360, "height": 780}},
    "dark-narrow": {"color_scheme": "dark", "viewport": {"width": 360, "height": 780}},
}
NOT_LOOKED_AT = frozenset({"/authorize", "/requests/approve", "/requests/defer", "/requests/reject"})
"""Pieces of pages, and pages that are about what was ticked on another or what a program asks for; the last
has a test of its own."""
LOOKED_OVER = ("light-wide", "dark-narrow")
"""Modes in which axe-core goes over each page: between them every colour and every layout."""
ONE_OF_A_KIND = (
    "/orders/new?q=history",
    "/orders/new?blank=1",
    "/orders/lines/POL-1001",
    "/orders/lines/POL-1009",
    "/orders/lines/POL-1009/edit",
    "/orders/lines/POL-1009/relink?q=history",
    "/find?q=history",
)
MOST_BYTES = 150_000
"""What a page may weigh with all that belongs to it, on the way to a browser that has nothing of it yet."""


def addresses() -> tuple[str, ...]:
    """The pages of all desks that need no number, and some that do."""
    open_ones = (page.path for page in PAGES if page.method == "GET" and "{" not in page.path)
    return (*sorted(path for path in open_ones if path not in NOT_LOOKED_AT), *ONE_OF_A_KIND)


@pytest.fixture(scope="module", params=MODES)
def window(request: pytest.FixtureRequest, chromium: Browser, demo_url: str) -> Iterator[tuple[str, Desk]]:
    mode: str = request.param
    context, desk = open_desk(chromium, demo_url, bypass_csp=True, **MODES[mode])
    desk.sign_in()
    yield mode, desk
    context.close()


@pytest.mark.parametrize("address", addresses())
def test_a_page_can_be_used_by_everybody(window: tuple[str, Desk], shots: Path, address: str) -> None:
    mode, desk = window
    desk.trouble.clear()
    page = desk.open(address)
    page.screenshot(path=shots / f"{_named(address)}-{mode}.png", full_page=True)
    assert not desk.overflows()
    assert desk.trouble == []
    if mode in LOOKED_OVER:
        assert desk.faults() == []


def _named(address: str) -> str:
    return re.sub(r"\W+", "_", address).strip("_")


@pytest.mark.parametrize("tongue", ["de", "qps"])
@pytest.mark.parametrize("address", ["/tasks", "/orders", "/orders/lines/POL-1009/edit"])
def test_other_languages_fit_and_run_their_way(
    chromium: Browser, demo_url: str, shots: Path, tongue: str, address: str
) -> None:
    context, desk = open_desk(chromium, demo_url, bypass_csp=True)
    desk.sign_in()
    page = desk.open(f"{address}{'&' if '?' in address else '?'}lang={tongue}")
    page.screenshot(path=shots / f"{_named(address)}-{tongue}.png", full_page=True)
    assert desk.faults() == []
    assert not desk.overflows()
    if tongue == "qps":
        nav, main = (page.locator(name).bounding_box() for name in ("nav.desks", "main"))
        assert nav is not None
        assert main is not None
        assert nav["x"] > main["x"], "the navigation is on the left"
    context.close()


def test_the_sign_in_page_can_be_used_by_everybody(chromium: Browser, demo_url: str, shots: Path) -> None:
    context, desk = open_desk(chromium, demo_url, bypass_csp=True)
    page = desk.open("/tasks")
    page.screenshot(path=shots / "sign_in.png")
    assert desk.faults() == []
    context.close()


@pytest.mark.parametrize("address", ["/tasks", "/orders", "/orders/new?blank=1"])
def test_a_page_is_light(chromium: Browser, demo_url: str, address: str) -> None:
    context, desk = open_desk(chromium, demo_url)
    desk.sign_in()
    session = context.new_cdp_session(desk.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    desk.open(address)
    desk.page.wait_for_load_state("networkidle")
    assert sizes
    assert sum(sizes) < MOST_BYTES
    context.close()
