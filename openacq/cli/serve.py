"""`openacq serve`: run the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from openacq import __version__
from openacq.cli.work import CommandLine, command_line, db_option, every_institution

if TYPE_CHECKING:
    from openacq.settings import Settings
    from openacq.store import Store


@click.command()
@click.option(
    "--demo", is_flag=True, default=None, help="Fill an empty database with a small library to try."
)
@click.option("--host", help="Address to listen on [127.0.0.1].")
@click.option("--port", type=int, help="Port to listen on [8080]; 0 = any free one.")
@click.option("--workers", type=int, help="Processes that share the port [1].")
@db_option
@command_line
def serve(
    line: CommandLine,
    demo: bool | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    db: str | None,
) -> None:
    """Run the server until Ctrl-C. A missing SQLite file is made."""
    from openacq.serving.logs import set_up_logging
    from openacq.serving.process import address_of, listen, run_server, run_workers

    settings = line.settings(demo=demo, host=host, port=port, workers=workers, db=db)
    set_up_logging(settings.log_format, settings.log_level)
    with listen(settings.host, settings.port) as sock:
        where = _prepare(line, settings)
        address = address_of(sock)

        def ready() -> None:
            several = f", {settings.workers} processes" if settings.workers > 1 else ""
            click.echo(f"openacq {__version__} listens on {address} (database {where}{several}).")
            if settings.demo:
                click.echo(f"Try {address}/almaws/v1/acq/funds?apikey=demo-api-key")
            click.echo("Ctrl-C stops it.")

        if settings.workers > 1:
            run_workers(settings, sock, ready=ready)
        else:
            run_server(settings, sock, ready=ready)


def _prepare(line: CommandLine, settings: Settings) -> str:
    """Make a missing SQLite database, insist on current tables, fill the demo; returns the name."""
    from openacq.serving.database import Schema, described, open_store, require_current, schema_of
    from openacq.store import migrate

    with line.any_database(open_store(settings)) as store:
        if store.path is not None and schema_of(store) in (Schema.MISSING, Schema.EMPTY):
            migrate.upgrade(store)
        require_current(store)
        if settings.demo and not every_institution(store):
            _fill(store)
        return described(store)


def _fill(store: Store) -> None:
    from openacq.demo import fill

    fill(store)
