"""`openacq worker`: the work no call waits for, in a process beside the server."""

from __future__ import annotations

import click

from openacq.cli.work import CommandLine, command_line, db_option


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@db_option
@command_line
def worker(line: CommandLine, once: bool, db: str | None) -> None:
    """Pack orders, send them and their letters, and whatever else is due, until Ctrl-C.

    A server on SQLite does this itself (setting work_in_server); beside PostgreSQL run one worker or
    several: each piece of work is done by one of them.
    """
    from openacq.serving.logs import set_up_logging
    from openacq.serving.work import open_work, run_until_told

    settings = line.settings(db=db)
    set_up_logging(settings.log_format, settings.log_level)
    with line.database(db) as store:
        work = open_work(settings, store)
        if once:
            done = work.once()
            click.echo(f"{done.done} done, {done.failed} failed.")
            return

        def ready() -> None:
            click.echo(f"openacq worker {work.outbox.worker} works on {line.where}. Ctrl-C stops it.")

        run_until_told(work, ready)
