"""The result: a table on the screen, a JSON file, a page for the docs."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench.cases import cases
from bench.packing import Packing
from bench.rounds import FLOOR, FLOOR_HOT, Figure, Plan
from bench.sending import LARGE, Sending
from bench.wms import Verifying

HEAD = ("case", "lines", "conn.", "per s", "p50 ms", "p95 ms", "p99 ms", "server ms", "db ms", "of floor")
STORIES = {
    FLOOR: "floor: bare driver, spread over funds",
    FLOOR_HOT: "floor: bare driver, one fund",
    **{case.name: case.story for case in cases().values()},
}


class Server(msgspec.Struct, frozen=True):
    """The server process itself, per database and size."""

    database: str
    lines: int
    first_answer: float
    """Seconds from start to first right answer."""
    rss_idle: int
    rss_after: int
    """Bytes of the largest process, before and after the rounds."""


class Result(msgspec.Struct, frozen=True):
    command: str
    date: str
    machine: str
    plan: Plan
    servers: list[Server]
    figures: list[Figure]
    packings: list[Packing] = []
    sendings: list[Sending] = []
    verifying: Verifying | None = None


def machine(cores: int, versions: dict[str, str]) -> str:
    parts = [
        f"{cores} cores",
        platform.machine(),
        *(f"{name} {version}" for name, version in versions.items()),
    ]
    return ", ".join(parts)


def cells(figure: Figure) -> tuple[str, ...]:
    """A row of the table, in the order of HEAD."""
    return (
        STORIES.get(figure.case, figure.case),
        f"{figure.lines:,}",
        str(figure.connections),
        f"{figure.per_second:,.0f}",
        f"{figure.p50:.1f}",
        f"{figure.p95:.1f}",
        f"{figure.p99:.1f}",
        "" if figure.server_cpu is None else f"{figure.server_cpu:.2f}",
        "" if figure.database_cpu is None else f"{figure.database_cpu:.2f}",
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
    )


def show(console: Console, result: Result) -> None:
    for database in result.plan.databases:
        table = Table(title=f"{TITLES[database]}", title_justify="left")
        for place, head in enumerate(HEAD):
            table.add_column(head, justify="right" if place else "left")
        last = ""
        for figure in _in_order(result.figures, database):
            if last and last != figure.case:
                table.add_section()
            last = figure.case
            table.add_row(*cells(figure))
        console.print(table)
    for words in (*map(server_words, result.servers), *work_words(result)):
        console.print(words)


def server_words(server: Server) -> str:
    megabyte = 1024 * 1024
    parts = (
        f"{TITLES[server.database]}, {server.lines:,} lines: first answer after {server.first_answer:.2f} s",
        f"{server.rss_idle / megabyte:.0f} MB at rest",
        f"{server.rss_after / megabyte:.0f} MB after the rounds",
    )
    return ", ".join(parts)


def work_words(result: Result) -> list[str]:
    """What the work beside the calls takes, one line each."""
    said = [
        f"{TITLES[one.database]}: {one.lines:,} lines packed into {one.orders} purchase orders in "
        f"{one.seconds:.1f} s; creates meanwhile {one.during:,.0f} per s, {one.share:.0%} of "
        f"{(one.before + one.after) / 2:,.0f} before and after, p95 {one.p95:.0f} ms, "
        f"longest {one.longest:.0f} ms"
        for one in result.packings
    ]
    said += [
        f"{TITLES[one.database]}: a purchase order goes out in {one.one:.0f} ms with one line, in "
        f"{one.many:.0f} ms with {LARGE}, {one.ratio:.1f} times as long"
        for one in result.sendings
    ]
    if (one := result.verifying) is not None:
        said.append(
            f"A signature is verified in {one.documented:.0f} µs of CPU time, in {one.last:.0f} µs when it "
            f"was made in the way that is tried last; a wrong one is refused after {one.wrong:.0f} µs"
        )
    return said


TITLES = {"sqlite": "SQLite (synchronous=FULL)", "postgresql": "PostgreSQL (fsync on, shared_buffers 512 MB)"}


def _in_order(figures: Iterable[Figure], database: str) -> list[Figure]:
    names = list(STORIES)
    mine = [figure for figure in figures if figure.database == database]
    return sorted(mine, key=lambda figure: (names.index(figure.case), figure.lines, figure.connections))


def save(path: Path, result: Result) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")


def page(result: Result) -> str:
    """The result as a page of Markdown."""
    parts = [
        "# Benchmarks\n",
        "Made by `"
        + result.command
        + f"` on {result.date}; {result.machine}. Client, server and database share "
        "the machine.\n",
        INTRODUCTION,
    ]
    for database in result.plan.databases:
        rows = [cells(figure) for figure in _in_order(result.figures, database)]
        parts.append(f"## {TITLES[database]}\n")
        parts.append(_markdown(rows))
    parts.append("## The process\n")
    parts.append("".join(f"- {server_words(server)}\n" for server in result.servers))
    if words := work_words(result):
        parts.append("## The work beside the calls\n")
        parts.append("".join(f"- {line}\n" for line in words))
    return "\n".join(parts)


def _markdown(rows: list[tuple[str, ...]]) -> str:
    lines = [HEAD, tuple("---" if not place else "---:" for place in range(len(HEAD))), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


INTRODUCTION = """\
Each figure is the sum of several short rounds; rounds of the server and of the floor take turns. The *floor*
is the least work an order could be for the bare driver (`sqlite3`, `psycopg`) with as many connections and
the same durability: look a bib up by its indexed ISBN among 20,000, in 20 % of cases insert one, insert a
line, a fund posting and an event, add to the fund's balance, commit. *Of floor* is requests a second to floor
units a second; for look-ups too, where it says how they stand to that same yardstick. *server ms* and *db ms*
are CPU time per request of the server's and the database's processes; SQLite works inside the server's. On
SQLite the floor's connections poll for the file's lock and whoever holds it mostly gets it again, so its rate
is that of one connection and its latencies say little.
"""
