"""`python -m bench`: see `--help`."""

from __future__ import annotations

import contextlib
import os
import platform
import shlex
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.status import Status

from bench import floor, packing, report, sending, wms
from bench.cases import Case, cases
from bench.measure import usage
from bench.rounds import Bench, Figure, Plan
from bench.seeding import openacq_server
from bench.target import Target, postmaster
from bench.task import ROOT
from tests.postgres import NoPostgres, make_database, running_server

PAGE = ROOT / "docs" / "benchmarks.md"
OUT = ROOT / "bench" / "out"
QUICK = Plan(("sqlite", "postgresql"), (1000,), (8,), ("create", "get"), seconds=2.0, rounds=1)


def _list(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _numbers(texts: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(int(text) for text in texts)


@click.command()
@click.option("--databases", default="sqlite,postgresql", callback=_list, show_default=True)
@click.option("--sizes", default="1000,100000", callback=_list, show_default=True, help="Lines in the store.")
@click.option("--connections", default="1,8,32", callback=_list, show_default=True)
@click.option("--cases", "names", default=",".join(cases()), callback=_list, show_default=True)
@click.option("--seconds", default=6.0, show_default=True, help="For each figure, all its rounds together.")
@click.option("--rounds", default=3, show_default=True)
@click.option("--quick", is_flag=True, help="A look: 1,000 lines, 8 connections, create and get, one round.")
@click.option("--floor-only", is_flag=True, help="Measure the floor without a server.")
@click.option(
    "--packing",
    "packed",
    default=10_000,
    show_default=True,
    help="Lines that are packed while orders come in, and orders sent; 0 = leave that out.",
)
@click.option("--serve-with", default="", help='More words for `openacq serve`, e.g. "--workers 2".')
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Where the databases lie.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), default=OUT / "result.json")
@click.option("--write", is_flag=True, help="Write the result to docs/benchmarks.md too.")
def main(  # one parameter for each option
    databases: tuple[str, ...],
    sizes: tuple[str, ...],
    connections: tuple[str, ...],
    names: tuple[str, ...],
    seconds: float,
    rounds: int,
    quick: bool,
    floor_only: bool,
    packed: int,
    serve_with: str,
    folder: Path | None,
    json_file: Path,
    write: bool,
) -> None:
    """Measure openacq beside the floor of the bare database driver."""
    plan = Plan(databases, _numbers(sizes), _numbers(connections), names, seconds, rounds)
    if quick:
        plan = msgspec.structs.replace(QUICK, databases=databases)
    if unknown := [name for name in plan.cases if name not in cases()]:
        raise click.BadParameter(f"no case {', '.join(unknown)}; there are {', '.join(cases())}")
    chosen = [] if floor_only else [cases()[name] for name in plan.cases]
    console = Console(width=None if sys.stdout.isatty() else 130)
    with console.status("") if sys.stderr.isatty() else contextlib.nullcontext() as status:
        result = measure(plan, chosen, folder, tuple(shlex.split(serve_with)), status)
        if packed and not floor_only and not quick:
            result = with_work(result, packed, folder, tuple(shlex.split(serve_with)), status)
    report.show(console, result)
    report.save(json_file, result)
    console.print(f"JSON: {json_file}")
    if write:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(report.page(result))
        console.print(f"Page: {PAGE}")


def measure(
    plan: Plan, chosen: list[Case], folder: Path | None, serve_with: tuple[str, ...], status: Status | None
) -> report.Result:
    figures: list[Figure] = []
    servers: list[report.Server] = []
    say = status.update if status else _say_nothing
    for database in plan.databases:
        for size in plan.sizes if chosen else (0,):
            with places(database, folder) as (url, floor_url, work):
                floor.prepare(floor_url)
                say(f"{database}: making a store of {size:,} lines")
                with (
                    openacq_server(
                        url,
                        size,
                        work,
                        serve_with,
                        requests=_as_many(chosen, "request-", size),
                        orders=_as_many(chosen, "wms-feed", size),
                    )
                    if chosen
                    else contextlib.nullcontext() as target
                ):
                    idle = usage(target.pid).largest_rss if target else 0
                    bench = Bench(database, size, target, floor_url, postmaster(url), say)
                    figures += bench.measure(plan, chosen)
                    if target:
                        servers.append(_server(database, size, target, idle))
    return report.Result(
        command=shlex.join(["python", "-m", "bench", *sys.argv[1:]]),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=_machine(),
        plan=plan,
        servers=servers,
        figures=figures,
    )


def _as_many(chosen: list[Case], named: str, size: int) -> int:
    """Purchase requests, or orders of a WorldShare client, that a store begins with: as many as lines, when
    any are asked for."""
    return size if any(case.name.startswith(named) for case in chosen) else 0


def with_work(
    result: report.Result,
    lines: int,
    folder: Path | None,
    serve_with: tuple[str, ...],
    status: Status | None,
) -> report.Result:
    """The result with what the work beside the calls takes: packing lines, sending orders."""
    say = status.update if status else _say_nothing
    packings, sendings = [], []
    for database in result.plan.databases:
        with places(database, folder) as (url, _, work):
            say(f"{database}: making a store of {lines:,} lines to pack")
            with openacq_server(url, lines, work, serve_with) as target:
                packings.append(packing.measure(database, target, result.plan.seconds, say))
            say(f"{database}: sending orders")
            sendings.append(sending.measure(database, url))
    verifying = wms.measure()
    return msgspec.structs.replace(result, packings=packings, sendings=sendings, verifying=verifying)


def _say_nothing(_words: str) -> None:
    pass


def _server(database: str, size: int, target: Target, idle: int) -> report.Server:
    return report.Server(database, size, target.first_answer, idle, usage(target.pid).largest_rss)


@contextlib.contextmanager
def places(database: str, folder: Path | None) -> Iterator[tuple[str, str, Path]]:
    """Two fresh databases on the same disk, the server's and the floor's, and a folder to work in."""
    work = Path(tempfile.mkdtemp(prefix="openacq-bench-", dir=folder))
    try:
        if database == "sqlite":
            yield f"sqlite:///{work}/openacq.db", f"sqlite:///{work}/floor.db", work
            return
        with running_server(fsync=True) as server:
            stamp = work.name.replace("-", "_")
            yield make_database(server, stamp), make_database(server, f"{stamp}_floor"), work
    except NoPostgres as reason:
        raise click.ClickException(f"no PostgreSQL: {reason}; leave it out with --databases sqlite") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _machine() -> str:
    versions = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    return report.machine(os.cpu_count() or 1, versions)


if __name__ == "__main__":
    main()
