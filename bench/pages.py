"""Lists at the desks with many rows behind them: `python -m bench.pages`, see `--help`.

A library with lines (a third of them in review, a third sent and overdue), purchase requests and the log of
all the calls that made them. Each list is asked for as it opens and narrowed by a filter: how long the whole
HTML takes, when Chromium first paints something of it, and what the page weighs with all that belongs to
it for a browser that has nothing of it yet.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import httpx
import msgspec
from lxml import html
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, insert, select, update

from bench.cases import VENDOR
from bench.seeding import load_registers, openacq_server
from bench.task import ROOT
from tests.postgres import NoPostgres, make_database, running_server

OUT = ROOT / "bench" / "out" / "pages.json"
WRITTEN = ROOT / "docs" / "benchmarks-desks.md"
PAINT_MS, FILTER_MS, MOST_BYTES = 300, 200, 150_000
"""What a list may take at most, on a machine of two processors."""
PASSWORD = "bench at the desk 7"
STAFF = f"""
[[user]]
primary_id = "clerk"
first_name = "Robin"
last_name = "Reader"
record_type = "STAFF"
password = "{PASSWORD}"
roles = "26; 33; 34; 36; 37; 47; 54; 55; 247; 250"
"""
LISTS = (
    ("/tasks", "why=price_missing"),
    ("/tasks/claims", f"vendor={VENDOR}"),
    ("/orders", "state=SENT"),
    ("/orders", "q=harbours"),
    ("/orders/po", f"vendor={VENDOR}"),
    ("/requests", "view=list&q=harbours"),
    ("/log", "outcome=placed"),
    ("/log", "outcome=refused"),
    ("/funds", ""),
    ("/vendors", "q=harbour"),
)
"""A list, and what narrows it."""
OPEN_AT = "/desk/keys"
"""Where the tab is before it goes to a list."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Page(msgspec.Struct, frozen=True):
    """Medians in milliseconds, and bytes on the way; `paint` and `weight` are 0 without a browser."""

    database: str
    path: str
    rows: int
    html: float
    slowest: float
    paint: float
    weight: int
    size: int
    filtered: bool

    @property
    def over(self) -> list[str]:
        """Which limits it breaks."""
        most = FILTER_MS if self.filtered else PAINT_MS
        found = ["html"] if self.html > most else []
        found += ["paint"] if not self.filtered and self.paint > PAINT_MS else []
        return [*found, *(["weight"] if self.weight > MOST_BYTES else [])]


class Result(msgspec.Struct, frozen=True):
    command: str
    date: str
    machine: str
    lines: int
    requests: int
    pages: list[Page]


def spread(url: str) -> None:
    """Put a third of the lines into review, for a missing price, and a third on their way, overdue."""
    from openacq.ordering.tables import line_alerts, po_lines

    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        rows = connection.execute(select(po_lines.c.institution, po_lines.c.id).order_by(po_lines.c.id)).all()
        review = [row for at, row in enumerate(rows) if at % 3 == 0]
        sent = [row for at, row in enumerate(rows) if at % 3 == 1]
        for group, values in (
            (review, {"state": "INREVIEW"}),
            (sent, {"state": "SENT", "claim_due": date.today() - timedelta(days=10)}),  # noqa: DTZ011
        ):
            for start in range(0, len(group), 500):
                ids = [row.id for row in group[start : start + 500]]
                of = (po_lines.c.institution == rows[0].institution) & po_lines.c.id.in_(ids)
                connection.execute(update(po_lines).where(of).values(**values))
        if review:
            alert = {
                "number": 99,
                "slug": "price_missing",
                "severity": "blocking",
                "facts": {},
                "since": datetime.now(UTC),
            }
            named = [{"institution": row.institution, "line_id": row.id, **alert} for row in review]
            connection.execute(insert(line_alerts), named)
    engine.dispose()


def signed_in(base: str) -> httpx.Client:
    client = httpx.Client(base_url=base, trust_env=False, timeout=60, follow_redirects=True)
    page: Any = html.document_fromstring(client.get("/desk/sign-in").text)
    form = page.xpath("//main//form")[0]
    fields = {**dict(form.form_values()), "name": "clerk", "password": PASSWORD}
    answer = client.post(form.get("action") or "/desk/sign-in", data=fields)
    if answer.url.path == "/desk/sign-in":
        raise click.ClickException("the clerk could not sign in")
    return client


def asked(client: httpx.Client, path: str, times: int) -> tuple[list[float], int, int]:
    """Milliseconds of each call, rows on the page, bytes of the HTML as it travels."""
    took, rows, size = [], 0, 0
    for at in range(times + 1):
        begun = time.perf_counter()
        with client.stream("GET", path) as answer:
            body = answer.read()
            size = int(answer.headers.get("content-length", len(body)))
        if answer.status_code != 200:
            raise click.ClickException(f"{path}: {answer.status_code}")
        if at:  # the first warms up
            took.append((time.perf_counter() - begun) * 1000)
        rows = body.count(b"data-row")
    return took, rows, size


def painted(base: str, cookies: httpx.Cookies, paths: list[str], times: int) -> dict[str, tuple[float, int]]:
    """When Chromium paints something first, in milliseconds, and what came over the line; {} without one.

    A tab that is open at the desk goes to the list and finds nothing of it in its cache: how long a browser
    takes to start a process for a window that was never open is not the list's.
    """
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        return {}
    from playwright.sync_api import sync_playwright

    jar: list[Any] = [{"name": one.name, "value": one.value, "url": base} for one in cookies.jar]
    measured: dict[str, tuple[float, int]] = {}
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        for path in paths:
            paints, weights = [], []
            for _ in range(times):
                context = browser.new_context()
                context.add_cookies(jar)
                page = context.new_page()
                session = context.new_cdp_session(page)
                session.send("Network.enable")
                session.send("Network.setCacheDisabled", {"cacheDisabled": True})
                page.goto(base + OPEN_AT)
                page.wait_for_load_state("networkidle")
                sizes: list[float] = []
                session.on(
                    "Network.loadingFinished", lambda event, to=sizes: to.append(event["encodedDataLength"])
                )
                page.goto(base + path)
                page.wait_for_load_state("networkidle")
                paints.append(
                    page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
                )
                weights.append(sum(sizes))
                context.close()
            measured[path] = (statistics.median(paints), int(max(weights)))
        browser.close()
    return measured


def measure(database: str, base: str, times: int, *, browser: bool) -> list[Page]:
    """Every list as it opens and narrowed."""
    client = signed_in(base)
    paths = list(dict.fromkeys(f"/desk{path}" for path, _ in LISTS))
    paths += [f"/desk{path}?{narrowed}" for path, narrowed in LISTS if narrowed]
    paints = painted(base, client.cookies, paths, max(times // 3, 3)) if browser else {}
    pages = []
    for path in paths:
        took, rows, size = asked(client, path, times)
        paint, weight = paints.get(path, (0.0, 0))
        middle = statistics.median(took)
        pages.append(Page(database, path, rows, middle, max(took), paint, weight, size, "?" in path))
    client.close()
    return pages


def show(pages: list[Page], console: Console) -> None:
    table = Table(title="Lists at the desks")
    for head in ("database", "list", "rows", "HTML ms", "slowest", "first paint ms", "kB", "over"):
        words = head in ("database", "list", "over")
        table.add_column(head, justify="left" if words else "right", no_wrap=head == "list")
    for page in pages:
        figures = (
            f"{page.html:.0f}",
            f"{page.slowest:.0f}",
            f"{page.paint:.0f}",
            f"{page.weight / 1000:.0f}",
        )
        table.add_row(page.database, page.path, str(page.rows), *figures, ", ".join(page.over))
    console.print(table)


def written(result: Result) -> str:
    """The result as a page of the documentation."""
    heads = ("database", "list", "HTML ms", "slowest", "first paint ms", "kB")
    lines = [
        "# Benchmarks: lists at the desks",
        "",
        f"Made by `{result.command}` on {result.date[:10]} ({result.machine}), client and browser included.",
        "",
        f"{result.lines:,} order lines, a third of them in review and a third overdue, and",
        f"{result.requests:,} purchase requests stand behind the lists. *HTML* is the median time until the",
        "whole page is there, *first paint* when Chromium shows something of it in a tab that was at another",
        "page of the desk and has nothing of this one in its cache, *kB* all that then travels. Meant are",
        f"{PAINT_MS} ms to the first paint, {FILTER_MS} ms for the HTML of a list that is narrowed,",
        f"{MOST_BYTES // 1000} kB.",
        "",
        f"| {' | '.join(heads)} |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
        *(
            f"| {page.database} | `{page.path}` | {page.html:.0f} | {page.slowest:.0f} | {page.paint:.0f} "
            f"| {page.weight / 1000:.0f} |"
            for page in result.pages
        ),
        "",
    ]
    return "\n".join(lines)


@click.command()
@click.option("--databases", default="sqlite,postgresql", show_default=True)
@click.option("--lines", default=10_000, show_default=True)
@click.option("--requests", "wishes", default=10_000, show_default=True)
@click.option("--times", default=15, show_default=True, help="Calls for each figure.")
@click.option("--browser/--no-browser", default=True, show_default=True, help="Paint in Chromium, too.")
@click.option("--check", is_flag=True, help="End with 1 when a limit is broken.")
@click.option("--write", is_flag=True, help="Write the result to docs/benchmarks-desks.md too.")
def main(
    databases: str, lines: int, wishes: int, times: int, *, browser: bool, check: bool, write: bool
) -> None:
    """Measure the lists at the desks."""
    console = Console(width=120)
    pages: list[Page] = []
    for database in (name.strip() for name in databases.split(",") if name.strip()):
        with tempfile.TemporaryDirectory() as folder:
            try:
                pages += _on(database, Path(folder), lines, wishes, times, browser=browser)
            except NoPostgres as missing:
                raise click.ClickException(str(missing)) from None
    show(pages, console)
    machine = f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    command = (
        f"python -m bench.pages --databases {databases} --lines {lines} --requests {wishes} --times {times}"
    )
    result = Result(command, now, machine, lines, wishes, pages)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(result)))
    if write:
        WRITTEN.write_text(written(result))
    broken = [page for page in pages if page.over]
    if check and broken:
        raise SystemExit(1)


def _on(database: str, folder: Path, lines: int, wishes: int, times: int, *, browser: bool) -> list[Page]:
    if database == "sqlite":
        return _filled(
            "sqlite", f"sqlite:///{folder / 'bench.db'}", folder, lines, wishes, times, browser=browser
        )
    with running_server(fsync=True) as server:
        url = make_database(server, "bench_pages")
        return _filled(database, url, folder, lines, wishes, times, browser=browser)


def _filled(
    database: str, url: str, folder: Path, lines: int, wishes: int, times: int, *, browser: bool
) -> list[Page]:
    with openacq_server(url, lines, folder, requests=wishes) as target:
        load_registers(folder, url, STAFF)
        spread(url)
        return measure(database, f"http://127.0.0.1:{target.port}", times, browser=browser)


if __name__ == "__main__":
    main()
