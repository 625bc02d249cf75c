"""`openacq init`, `migrate`, `verify`: the database made, brought up to date, checked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from openacq.cli.telling import DATABASE, DONE, REFUSED, Told, print_json
from openacq.cli.work import (
    CommandLine,
    command_line,
    db_option,
    every_institution,
    institution_option,
    institutions_meant,
    json_option,
)

if TYPE_CHECKING:
    from openacq.jobs.verify import Checked
    from openacq.store import Store


@click.command()
@db_option
@click.option("--institution", metavar="CODE", help="Make a first institution with this code.")
@click.option("--name", help="Its name; the code when left out.")
@click.option("--currency", default="USD", show_default=True, help="Its base currency.")
@click.option("--zone", default="UTC", show_default=True, help="Its time zone, such as Europe/Berlin.")
@command_line
def init(
    line: CommandLine, db: str | None, institution: str | None, name: str | None, currency: str, zone: str
) -> None:
    """Make an empty database, and a first institution if asked."""
    from openacq.serving.database import Schema, described, open_store, schema_of
    from openacq.store import migrate as migrations

    with line.any_database(open_store(line.settings(db=db))) as store:
        state = schema_of(store)
        if state in (Schema.OLD, Schema.NEWER):
            raise Told(
                f"{described(store)} holds tables of another openacq; `openacq migrate` may help.", DATABASE
            )
        if state is Schema.CURRENT:
            click.echo(f"{described(store)} is a database of openacq already.")
        else:
            migrations.upgrade(store)
            click.echo(f"Made the tables in {described(store)}.")
        if institution:
            _make_institution(store, institution, name or institution, currency, zone)


def _make_institution(store: Store, code: str, name: str, currency: str, zone: str) -> None:
    from openacq.cli.work import SERVER
    from openacq.directory import service as directory
    from openacq.kernel.refusal import Refusal

    if any(card.code == code for card in every_institution(store)):
        click.echo(f"The institution {code} is there already.")
        return
    card: dict[str, object] = {"code": code, "name": name, "currency": currency, "zone": zone}
    (verdict,) = store.write(lambda tx: directory.load(tx, "institution", [card]), institution=SERVER)
    if verdict.outcome == "refused":
        raise Refusal(verdict.problems)
    click.echo(f"Made the institution {code}. Next: `openacq load` its registers, `openacq key create`.")


@click.command()
@db_option
@command_line
def migrate(line: CommandLine, db: str | None) -> None:
    """Bring the database's tables up to what this program needs. Make a backup first."""
    from openacq.serving.database import DatabaseError, Schema, described, open_store, schema_of
    from openacq.store import migrate as migrations

    with line.any_database(open_store(line.settings(db=db))) as store:
        state = schema_of(store)
        if state is Schema.MISSING:
            raise DatabaseError(f"There is no database {described(store)}. `openacq init` makes one.")
        if state is Schema.NEWER:
            raise DatabaseError(f"The tables of {described(store)} were made by a newer openacq.")
        if state is Schema.CURRENT:
            click.echo(f"The tables of {described(store)} are up to date ({migrations.NEWEST}).")
            return
        before = migrations.current(store) or "nothing"
        migrations.upgrade(store)
        click.echo(f"The tables of {described(store)} went from {before} to {migrations.NEWEST}.")


@click.command()
@db_option
@institution_option
@json_option
@command_line
def verify(line: CommandLine, db: str | None, institution: str | None, as_json: bool) -> None:
    """Recompute everything that is kept and tell the differences; exit code 1 when there are any.

    When it was done and what came of it is kept and stands on the page of the funds.
    """
    from openacq.jobs.verify import prove

    with line.database(db) as store:
        found = {
            card.code: prove(store, card.id, card.zone) for card in institutions_meant(store, institution)
        }
    if as_json:
        print_json(
            {code: {check.name: check.differences for check in checks} for code, checks in found.items()}
        )
    else:
        _print_checks(found)
    wrong = any(check.differences for checks in found.values() for check in checks)
    sys.exit(REFUSED if wrong else DONE)


def _print_checks(found: dict[str, tuple[Checked, ...]]) -> None:
    if not found:
        click.echo("There is no institution yet, so there is nothing to check.")
    for code, checks in found.items():
        for check in checks:
            count = len(check.differences)
            click.echo(f"{code} {check.name}: {'equal' if not count else f'{count} differences'}")
            for one in check.differences:
                click.echo(f"  {one.subject}: {one.what} is {one.stored}, should be {one.expected}")
