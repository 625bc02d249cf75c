"""`openacq wskey create|list|redirects|revoke|principal|principals|new-key|rotate-secrets`: WorldShare
clients."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from openacq.cli.key_table import print_keys
from openacq.cli.telling import REFUSED, Told, print_json, print_table
from openacq.cli.work import (
    CommandLine,
    command_line,
    db_option,
    every_institution,
    institution_meant,
    institution_option,
    json_option,
)

if TYPE_CHECKING:
    from openacq.directory.service import WsKey
    from openacq.settings import Settings


@click.group()
def wskey() -> None:
    """WSKeys of WorldShare clients: make, list, revoke; the users they act for."""


@wskey.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    metavar="SCOPE",
    multiple=True,
    help="What it is for: WMS_ACQ (orders, funds), WMS_VIC (vendors); repeatable, both by default.",
)
@click.option(
    "--json-dialect",
    type=click.Choice(["atom", "plain"]),
    help="What Accept: application/json gets: entries as of 2012, or plain objects as newer clients read "
    "them. Default: the server's setting wms_json.",
)
@click.option(
    "--redirect-uri",
    "redirects",
    metavar="URI",
    multiple=True,
    help="Where it may have people sent back to who let it act for them; repeatable.",
)
@click.option("--rate-limit", type=click.IntRange(min=0), help="Calls a second; 0 = no limit.")
@click.option("--key", "client", metavar="KEY", help="Go on with a key the client has already.")
@click.option(
    "--secret-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with the secret of that key; asked for without it.",
)
@db_option
@institution_option
@json_option
@command_line
def create(
    line: CommandLine,
    name: str,
    scopes: tuple[str, ...],
    json_dialect: str | None,
    redirects: tuple[str, ...],
    rate_limit: int | None,
    client: str | None,
    secret_file: Path | None,
    db: str | None,
    institution: str | None,
    as_json: bool,
) -> None:
    """Make a WSKey called NAME. Its secret is shown once and kept encrypted."""
    from openacq.directory import service as directory

    secret = _secret(client, secret_file)
    wish = directory.WsKeyWish(
        name=name,
        scopes=scopes or directory.SCOPES,
        json=directory.JsonDialect(json_dialect or ""),
        redirects=redirects,
        rate_limit=rate_limit,
        client=client or "",
        secret=secret,
    )
    _furnish(line.settings(db=db))
    with line.database(db) as store:
        card = institution_meant(store, institution)
        made = store.write(lambda tx: directory.create_wskey(tx, wish), institution=card.id, zone=card.zone)
    if as_json:
        print_json({**_told(made.key), "secret": None if secret else made.secret})
        return
    click.echo(f"WSKey {made.key.name} of {card.code}: {made.key.client}")
    if not secret:
        click.echo("Its secret. Keep it now, it is not shown again:")
        click.echo(made.secret)
    if not card.oclc_id:
        click.echo("Clients name their institution by its OCLC registry id (inst), and this one has none.")


def _secret(client: str | None, file: Path | None) -> str:
    if client is None:
        if file is not None:
            raise Told("--secret-file goes with --key.", REFUSED)
        return ""
    if file is None:
        given: str = click.prompt("Secret", hide_input=True)
        return given.strip()
    return file.read_text("utf-8").strip()


def _furnish(settings: Settings) -> None:
    """Make the file of keys when there is none and nothing in the environment either."""
    from openacq.store.seals import new_key, put_keys

    if settings.secrets_key or not settings.secrets_key_file:
        return
    file = Path(settings.secrets_key_file)
    if not file.exists():
        put_keys(file, [new_key()])
        click.echo(
            f"Made {file.resolve()}: secrets in the database are encrypted with it. Keep a copy apart from "
            "the database, and give it to every server (setting secrets_key_file).",
            err=True,
        )


@wskey.command("list")
@db_option
@institution_option
@json_option
@command_line
def list_(line: CommandLine, db: str | None, institution: str | None, as_json: bool) -> None:
    """List the WSKeys, without their secrets."""
    from openacq.directory import service as directory

    with line.database(db) as store:
        card = institution_meant(store, institution)
        keys = store.read(directory.every_wskey, institution=card.id, zone=card.zone)
    print_keys(
        keys,
        {
            "id": lambda one: one.id,
            "key": lambda one: one.client,
            "name": lambda one: one.name,
            "scopes": lambda one: ", ".join(one.scopes),
            "JSON": lambda one: one.json.value or "server's",
            "redirect URIs": lambda one: " ".join(one.redirects),
        },
        _told,
        state=lambda one: "demo" if one.demo else "good",
        as_json=as_json,
        empty="There are no WSKeys; `openacq wskey create NAME` makes one.",
    )


@wskey.command()
@click.argument("name")
@click.argument("uris", metavar="[URI]...", nargs=-1)
@db_option
@institution_option
@command_line
def redirects(
    line: CommandLine, name: str, uris: tuple[str, ...], db: str | None, institution: str | None
) -> None:
    """Say where the WSKey with this name, id or key may have people sent back to who let it act for them;
    without a URI nowhere. What was said before goes."""
    from openacq.directory import service as directory

    with line.database(db) as store:
        card = institution_meant(store, institution)
        changed = store.write(
            lambda tx: directory.set_redirects(tx, name, uris), institution=card.id, zone=card.zone
        )
    click.echo(f"{changed.client} ({changed.name}): {' '.join(changed.redirects) or 'nowhere'}.")


@wskey.command()
@click.argument("name")
@db_option
@institution_option
@command_line
def revoke(line: CommandLine, name: str, db: str | None, institution: str | None) -> None:
    """Revoke the WSKey with this name, id or key, and its tokens. It cannot be undone."""
    from openacq.directory import service as directory

    with line.database(db) as store:
        card = institution_meant(store, institution)
        revoked = store.write(
            lambda tx: directory.revoke_wskey(tx, name), institution=card.id, zone=card.zone
        )
    click.echo(f"Revoked {revoked.client} ({revoked.name}). Servers refuse it within seconds.")


# -- principals ---------------------------------------------------------------------------------


@wskey.command()
@click.argument("principal_id")
@click.option("--idns", required=True, help="Its principalIDNS, such as urn:oclc:wms:da.")
@click.option("--user", metavar="ID", help="Primary id of the member of staff it is.")
@click.option("--read-only", is_flag=True, help="It may look and change nothing.")
@click.option("--off", is_flag=True, help="Nobody may act as it any more.")
@db_option
@institution_option
@command_line
def principal(
    line: CommandLine,
    principal_id: str,
    idns: str,
    user: str | None,
    read_only: bool,
    off: bool,
    db: str | None,
    institution: str | None,
) -> None:
    """Add or change a user clients may act for: PRINCIPAL_ID is what they send as principalID."""
    from openacq.directory import service as directory
    from openacq.kernel.refusal import Refusal

    row: dict[str, object] = {
        "principal_id": principal_id,
        "principal_idns": idns,
        "user": user,
        "access": "read" if read_only else "write",
        "status": "INACTIVE" if off else "ACTIVE",
    }
    with line.database(db) as store:
        card = institution_meant(store, institution)
        (verdict,) = store.write(
            lambda tx: directory.load(tx, "principal", [row]), institution=card.id, zone=card.zone
        )
    if verdict.problems:
        raise Refusal(verdict.problems)
    click.echo(f"{principal_id} ({idns}): {verdict.outcome}.")


@wskey.command()
@db_option
@institution_option
@json_option
@command_line
def principals(line: CommandLine, db: str | None, institution: str | None, as_json: bool) -> None:
    """List the users clients may act for."""
    from openacq.directory import service as directory

    with line.database(db) as store:
        card = institution_meant(store, institution)
        found = store.read(directory.every_principal, institution=card.id, zone=card.zone)
    rows = [
        (one.principal, one.namespace, one.user, one.access.value, "ACTIVE" if one.active else "INACTIVE")
        for one in found
    ]
    columns = ("principal_id", "principal_idns", "user", "access", "status")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    print_table(columns, rows, empty="There are none; `openacq wskey principal ID --idns NS` adds one.")


# -- the keys secrets are encrypted with --------------------------------------------------------


@wskey.command("new-key")
def new_key() -> None:
    """Print a new key for OPENACQ_SECRETS_KEY, with which secrets in the database are encrypted."""
    from openacq.store import seals

    click.echo(seals.new_key())


@wskey.command("rotate-secrets")
@click.option("--forget-old", is_flag=True, help="Take the old keys out of the file afterwards.")
@db_option
@command_line
def rotate_secrets(line: CommandLine, forget_old: bool, db: str | None) -> None:
    """Encrypt every secret anew: with a new key, which is put into the key file first.

    With keys in OPENACQ_SECRETS_KEY, put the new one before the old one, start the servers anew, then run
    this. Servers with a key file follow by themselves. Backups of before need the old key.
    """
    from openacq.directory import service as directory
    from openacq.store import seals
    from openacq.vendors import service as vendors

    settings = line.settings(db=db)
    file = None if settings.secrets_key else Path(settings.secrets_key_file)
    if file is not None and not settings.secrets_key_file:
        raise Told("There is neither secrets_key nor secrets_key_file to encrypt with.", REFUSED)
    with line.database(db):
        pass  # nothing is begun on a database that cannot be used
    if file is not None:
        seals.put_keys(file, [seals.new_key(), *seals.keys_in(file)])
    with line.database(db) as store:
        count = sum(
            store.write(seal, institution=card.id, zone=card.zone)
            for card in every_institution(store)
            for seal in (directory.seal_wskeys_anew, vendors.seal_anew)
        )
    if file is not None and forget_old:
        seals.put_keys(file, seals.keys_in(file)[:1])
    click.echo(f"Secrets encrypted anew: {count}.")


def _told(one: WsKey) -> dict[str, object]:
    return {
        "id": one.id,
        "key": one.client,
        "name": one.name,
        "scopes": one.scopes,
        "json": one.json.value,
        "redirect_uris": one.redirects,
        "rate_limit": one.rate_limit,
        "demo": one.demo,
        "created": one.created,
        "revoked": one.revoked,
        "last_used": one.last_used,
    }
