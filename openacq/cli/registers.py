"""`openacq load`: registers from files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from openacq.cli.telling import DONE, REFUSED, print_json, print_table
from openacq.cli.verdicts import OUTCOMES, Voice, told
from openacq.cli.work import CommandLine, command_line, db_option, institution_option, json_option

FILE = click.Path(path_type=Path)

dry_run_option = click.option("--dry-run", is_flag=True, help="Check everything and keep nothing.")


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@dry_run_option
@click.option("--kind", help="What CSV files hold, when their names do not say: library, vendor, fund …")
@click.option("--all-or-nothing", is_flag=True, help="Keep nothing when a row is refused.")
@db_option
@institution_option
@json_option
@command_line
def load(
    line: CommandLine,
    files: tuple[Path, ...],
    dry_run: bool,
    kind: str | None,
    all_or_nothing: bool,
    db: str | None,
    institution: str | None,
    as_json: bool,
) -> None:
    """Fill and update registers from TOML and CSV FILES, as one batch.

    Loading the same files again changes nothing. Exit code 1 when rows are refused.
    """
    from openacq.doors.exchange.registers import load_files

    for file in files:
        _must_be_readable(file)
    with line.database(db) as store:
        report = load_files(
            store,
            files,
            institution=institution,
            kind=kind,
            dry_run=dry_run,
            all_or_nothing=all_or_nothing,
        )
    if as_json:
        print_json(
            {
                "kept": report.kept,
                "institution": report.institution.code if report.institution else None,
                "rows": [{"file": entry.file, **told(entry.verdict)} for entry in report.entries],
            }
        )
    else:
        voice = Voice()
        for entry in report.entries:
            voice.say(f"{entry.file}:{entry.verdict.row}", entry.verdict)
        voice.finish()
        rows = [
            (kind, *(counts[outcome] for outcome in OUTCOMES)) for kind, counts in report.by_kind().items()
        ]
        print_table(("kind", *OUTCOMES), rows, empty="There was nothing to load.")
        if not report.kept:
            click.echo("Nothing was kept: this was a dry run." if dry_run else "Nothing was kept.")
    sys.exit(REFUSED if report.refused else DONE)


def _must_be_readable(file: Path) -> None:
    with file.open("rb"):
        return
