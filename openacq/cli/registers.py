"""`openacq load`, `bib load`, `kb load`: registers, the catalogue and title lists from files."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openacq.cli.telling import DONE, MACHINE, REFUSED, Told, print_json, print_json_line, print_table
from openacq.cli.work import (
    CommandLine,
    command_line,
    db_option,
    institution_meant,
    institution_option,
    json_option,
)

if TYPE_CHECKING:
    from openacq.doors.exchange.marc_mapping import MarcMapping, Places
    from openacq.kernel.verdict import Verdict
    from openacq.store import Tx

OUTCOMES = ("created", "updated", "unchanged", "refused")
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
                "rows": [{"file": entry.file, **_told(entry.verdict)} for entry in report.entries],
            }
        )
    else:
        for entry in report.refused:
            _print_refused(f"{entry.file}:{entry.verdict.row}", entry.verdict)
        rows = [
            (kind, *(counts[outcome] for outcome in OUTCOMES)) for kind, counts in report.by_kind().items()
        ]
        print_table(("kind", *OUTCOMES), rows, empty="There was nothing to load.")
        if not report.kept:
            click.echo("Nothing was kept: this was a dry run." if dry_run else "Nothing was kept.")
    sys.exit(REFUSED if report.refused else DONE)


@click.group()
def bib() -> None:
    """The library's own catalogue."""


@bib.command("load")
@click.argument("file", type=FILE)
@dry_run_option
@click.option("--mapping", type=FILE, help="TOML file that says where records name copies; see the manual.")
@click.option(
    "--encoding",
    type=click.Choice(["auto", "utf-8", "marc-8"]),
    default="auto",
    show_default=True,
    help="Of ISO 2709 records; auto = as each record's leader says.",
)
@click.option(
    "--any-place", is_flag=True, help="Take copies of libraries and locations not set up here, too."
)
@db_option
@institution_option
@json_option
@command_line
def load_bibs(
    line: CommandLine,
    file: Path,
    dry_run: bool,
    mapping: Path | None,
    encoding: str,
    any_place: bool,
    db: str | None,
    institution: str | None,
    as_json: bool,
) -> None:
    """Load MARC 21 or MARCXML, so that orders match what the library has."""
    from typing import cast

    from openacq.doors.exchange.marc import load_bibs as load_records
    from openacq.doors.exchange.marc_reading import Encoding

    chosen = _mapping(mapping) if mapping else None
    with line.database(db) as store, file.open("rb") as stream:
        card = institution_meant(store, institution)
        places = None if any_place else store.read(_places, institution=card.id, zone=card.zone)
        verdicts = load_records(
            store,
            card.id,
            stream,
            mapping=chosen,
            places=places,
            encoding=cast("Encoding", encoding),
            dry_run=dry_run,
        )
        counts = _print_verdicts(verdicts, file, as_json=as_json)
    _print_counts(counts, dry_run=dry_run, as_json=as_json)
    sys.exit(REFUSED if counts["refused"] else DONE)


def _mapping(file: Path) -> MarcMapping:
    import msgspec

    from openacq.doors.exchange.marc_mapping import MarcMapping

    try:
        return msgspec.toml.decode(file.read_bytes(), type=MarcMapping)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Told(f"The mapping {file} cannot be used: {error}.", MACHINE) from None


def _places(tx: Tx) -> Places:
    from openacq.directory import service as directory

    return {
        (library.code, location.code)
        for library in directory.libraries(tx)
        for location in directory.locations(tx, library.code)
    }


@click.group()
def kb() -> None:
    """Title lists of the community zone."""


# -- verdicts -------------------------------------------------------------------------------------


def _must_be_readable(file: Path) -> None:
    with file.open("rb"):
        return


def _print_verdicts(verdicts: Iterable[Verdict], file: Path, *, as_json: bool) -> Counter[str]:
    """Print what was refused (as JSON: every verdict) while the load goes on; returns the counts."""
    counts: Counter[str] = Counter()
    for verdict in _with_progress(verdicts):
        counts[verdict.outcome] += 1
        if as_json:
            print_json_line(_told(verdict))
        elif verdict.outcome == "refused":
            _print_refused(f"{file.name}: record {verdict.row}", verdict)
    return counts


def _with_progress(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """The verdicts, counted on the terminal's error side meanwhile."""
    if not sys.stderr.isatty():
        yield from verdicts
        return
    for number, verdict in enumerate(verdicts, 1):
        if number % 1_000 == 0:
            click.echo(f"\r{number} records", nl=False, err=True)
        yield verdict
    click.echo("\r", nl=False, err=True)


def _print_counts(counts: Counter[str], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        return
    click.echo(", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES) + ".")
    if dry_run:
        click.echo("Nothing was kept: this was a dry run.")


def _print_refused(place: str, verdict: Verdict) -> None:
    for problem in verdict.problems:
        click.echo(f"{place} {verdict.kind} {verdict.key}: {problem.message()} {problem.advice()}".rstrip())


def _told(verdict: Verdict) -> dict[str, object]:
    return {
        "row": verdict.row,
        "kind": verdict.kind,
        "key": verdict.key,
        "outcome": verdict.outcome,
        "problems": [
            {
                "slug": problem.slug,
                "field": problem.field,
                "value": problem.value,
                "message": problem.message(),
                "advice": problem.advice(),
            }
            for problem in verdict.problems
        ],
    }
