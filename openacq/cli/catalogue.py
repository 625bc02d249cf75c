"""`openacq bib load`, `kb load`, `kb list`: the library's catalogue and the community zone's title lists."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openacq.cli.registers import FILE, dry_run_option
from openacq.cli.telling import DONE, MACHINE, REFUSED, Told, print_json, print_table
from openacq.cli.verdicts import print_counts, print_verdicts
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
    from openacq.store import Tx


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
        counts = print_verdicts(verdicts, file.name, as_json=as_json)
    if not as_json:
        print_counts(counts, dry_run=dry_run)
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
    """The community zone: title lists of e-books, shared by the server's institutions."""


@kb.command("load")
@click.argument("file", type=FILE)
@click.option("--collection", default="", metavar="ID", help="Collection it fills; else by the file's name.")
@click.option("--name", default="", help="Name of the collection; else by the file's name.")
@click.option("--provider", default="", help="Provider of the collection; else by the file's name.")
@click.option("--on", "switch_on", is_flag=True, help="Let the institution's orders find its titles, too.")
@dry_run_option
@db_option
@institution_option
@json_option
@command_line
def load_titles(
    line: CommandLine,
    file: Path,
    collection: str,
    name: str,
    provider: str,
    switch_on: bool,
    dry_run: bool,
    db: str | None,
    institution: str | None,
    as_json: bool,
) -> None:
    """Load a KBART title list named Provider_Region_Package_2026-01-31.txt."""
    from openacq.catalogue import service as catalogue
    from openacq.doors.exchange import kbart

    filled = kbart.collection_of(file, collection, name, provider)
    with line.database(db) as store, file.open("rb") as stream:
        card = institution_meant(store, institution) if switch_on or institution else None
        verdicts = kbart.load_titles(store, stream, filled, dry_run=dry_run)
        counts = print_verdicts(verdicts, file.name, as_json=as_json)
        if card is not None and switch_on and not dry_run:
            store.write(
                lambda tx: catalogue.switch_collection(tx, filled.collection_id),
                institution=card.id,
                zone=card.zone,
            )
    if not as_json:
        print_counts(counts, dry_run=dry_run)
        on = f", on for {card.code}" if card and switch_on and not dry_run else ""
        click.echo(f"Collection {filled.collection_id} ({filled.name}){on}.")
    sys.exit(REFUSED if counts["refused"] else DONE)


@kb.command("list")
@db_option
@institution_option
@json_option
@command_line
def list_collections(line: CommandLine, db: str | None, institution: str | None, as_json: bool) -> None:
    """List the collections, and whether the institution's orders find their titles."""
    from openacq.catalogue import service as catalogue

    with line.database(db) as store:
        card = institution_meant(store, institution)
        found = store.read(catalogue.collections, institution=card.id, zone=card.zone)
    if as_json:
        print_json(found)
        return
    rows = [(one.collection_id, one.name, one.provider, one.titles, _on(one.active)) for one in found]
    columns = ("collection", "name", "provider", "titles", f"for {card.code}")
    print_table(columns, rows, empty="There are no collections; `openacq kb load` makes one.")


@kb.command("switch")
@click.argument("collection")
@click.argument("state", type=click.Choice(["on", "off"]))
@db_option
@institution_option
@command_line
def switch(line: CommandLine, collection: str, state: str, db: str | None, institution: str | None) -> None:
    """Let the institution's orders find the titles of COLLECTION, or no more."""
    from openacq.catalogue import service as catalogue

    with line.database(db) as store:
        card = institution_meant(store, institution)
        store.write(
            lambda tx: catalogue.switch_collection(tx, collection, state == "on"),
            institution=card.id,
            zone=card.zone,
        )
    click.echo(f"Collection {collection} is {state} for {card.code}.")


def _on(active: bool) -> str:
    return "on" if active else "off"
