"""A real browser on the demo library: Debian's chromium, driven by playwright.

`desk` is a page signed in as staff1. Without a chromium the tests are skipped, and the end of the run says
so; they fail where OPENACQ_TEST_REQUIRE_BROWSER is set. Screenshots go into OPENACQ_TEST_SHOTS, a folder
outside the repository, or into a temporary one.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from openacq.demo.filling import DEMO_KEY
from openacq.demo.playing import play
from openacq.demo.server import Server
from openacq.demo.shop import Shop
from openacq.kernel.clock import SystemClock
from tests.conftest import NOT_IN_BROWSER
from tests.ports import free_port

REQUIRE = "OPENACQ_TEST_REQUIRE_BROWSER"
SHOTS = "OPENACQ_TEST_SHOTS"
NAMES = ("chromium", "chromium-browser", "google-chrome")
AXE = gzip.decompress(Path(__file__).with_name("axe.min.js.gz").read_bytes()).decode()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def demo_url() -> Iterator[str]:
    """The address of a server of its own with the demo library, a vendor's cart played into it."""
    server = Server(port=free_port())
    server.start()
    try:
        shop = Shop(server.base, DEMO_KEY)
        play(shop, "BROWSER", SystemClock().now().date())
        shop.close()
        yield server.base
    finally:
        server.stop()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser. It goes when the last of its tests is done: playwright keeps an event loop running in this
    thread, in which no other test could run one of its own."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get(REQUIRE):
            pytest.fail(f"{REQUIRE} is set, but there is no chromium")
        # A machine without one still runs the rest; the builds make it compulsory.
        pytest.skip(f"{NOT_IN_BROWSER}there is no {NAMES[0]}")
    expect.set_options(timeout=15_000)  # a busy machine is no failure
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@dataclass
class Desk:
    """A browser's page at the desks. `trouble` is what its console and network complained of."""

    page: Page
    url: str
    trouble: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}/desk{path}")
        return self.page

    def sign_in(self) -> None:
        self.open("/sign-in")
        self.page.get_by_label("Name").fill("staff1")
        self.page.get_by_label("Password").fill("demo")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/desk/tasks")

    def faults(self) -> list[str]:
        """What axe-core finds on the page."""
        self.page.evaluate(AXE)
        found: dict[str, Any] = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [
            f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"][:3]
        ]

    def overflows(self) -> bool:
        """Whether the page has to be scrolled sideways."""
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return wide


def open_desk(chromium: Browser, url: str, **options: Any) -> tuple[BrowserContext, Desk]:
    """A new browser window; policies are kept but for what the tests themselves run in the page."""
    context = chromium.new_context(
        **{"viewport": {"width": 1280, "height": 900}, "locale": "en-US", **options}
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    trouble: list[str] = []
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    return context, Desk(page, url, trouble)


@pytest.fixture
def desk(chromium: Browser, demo_url: str) -> Iterator[Desk]:
    context, desk = open_desk(chromium, demo_url)
    desk.sign_in()
    yield desk
    context.close()
    assert desk.trouble == []


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get(SHOTS)
    folder = Path(named) if named else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
