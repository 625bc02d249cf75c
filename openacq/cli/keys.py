"""`openacq key create|list|revoke`: the API keys of vendors and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from openacq.cli.key_table import print_keys
from openacq.cli.telling import print_json
from openacq.cli.work import (
    CommandLine,
    command_line,
    db_option,
    institution_meant,
    institution_option,
    json_option,
)

if TYPE_CHECKING:
    from openacq.directory.model import ApiKey, NewKey
    from openacq.directory.service import KeyWish
    from openacq.store import Tx

SHOP = "acq:write,conf:read,bibs:read,users:read"


@click.group()
def key() -> None:
    """API keys: make, list, revoke."""


@key.command()
@click.argument("name")
@click.option(
    "--areas",
    default=SHOP,
    show_default=True,
    help="What it opens: areas acq, conf, users, bibs, own, each with :read or :write.",
)
@click.option("--vendor", metavar="CODE", help="Tie it to one vendor: it sees that vendor's orders only.")
@click.option("--fund", "funds", metavar="CODE", multiple=True, help="Show it this fund only (repeatable).")
@click.option(
    "--library", "libraries", metavar="CODE", multiple=True, help="Show it this library only (repeatable)."
)
@click.option("--rate-limit", type=click.IntRange(min=0), help="Calls a second; 0 = no limit.")
@click.option(
    "--environment", type=click.Choice(["production", "sandbox"]), help="Default: the institution's."
)
@db_option
@institution_option
@json_option
@command_line
def create(
    line: CommandLine,
    name: str,
    areas: str,
    vendor: str | None,
    funds: tuple[str, ...],
    libraries: tuple[str, ...],
    rate_limit: int | None,
    environment: str | None,
    db: str | None,
    institution: str | None,
    as_json: bool,
) -> None:
    """Make a key called NAME. It is shown once and kept nowhere."""
    from openacq.directory import service as directory
    from openacq.directory.model import Environment

    wish = directory.KeyWish(
        name=name,
        areas=_areas(areas),
        environment=Environment(environment) if environment else None,
        vendor=vendor,
        funds=funds or None,
        libraries=libraries or None,
        rate_limit=rate_limit,
    )
    with line.database(db) as store:
        card = institution_meant(store, institution)
        made = store.write(lambda tx: _make(tx, wish), institution=card.id, zone=card.zone)
    if as_json:
        print_json({**_told(made.key), "secret": made.secret})
        return
    click.echo(f"Key {made.key.name} of {card.code}. Keep it now, it is not shown again:")
    click.echo(made.secret)


def _make(tx: Tx, wish: KeyWish) -> NewKey:
    """Make the key; refused when it is tied to things the institution has not."""
    from openacq.directory import service as directory
    from openacq.kernel.refusal import Problem, Refusal, probable
    from openacq.ledger import service as ledger
    from openacq.vendors import service as vendors

    problems = []
    if wish.vendor and vendors.vendor(tx, wish.vendor) is None:
        problems.append(Problem("vendor_unknown", "vendor", wish.vendor, probable=""))
    for code in wish.libraries or ():
        if directory.library(tx, code) is None:
            meant = probable(directory.nearest_library(tx, code))
            problems.append(Problem("library_unknown", "library", code, probable=meant))
    for code in wish.funds or ():
        if ledger.fund(tx, code) is None:
            meant = probable(ledger.similar_codes(tx, code))
            problems.append(Problem("fund_invalid", "fund", code, probable=meant))
    if problems:
        raise Refusal(problems)
    return directory.create_key(tx, wish)


def _areas(text: str) -> dict[str, str]:
    areas: dict[str, str] = {}
    for part in text.split(","):
        area, _, access = part.strip().partition(":")
        if area:
            areas[area] = access or "read"
    return areas


@key.command("list")
@db_option
@institution_option
@json_option
@command_line
def list_(line: CommandLine, db: str | None, institution: str | None, as_json: bool) -> None:
    """List the keys, without their secrets."""
    from openacq.directory import service as directory

    with line.database(db) as store:
        card = institution_meant(store, institution)
        keys = store.read(directory.api_keys, institution=card.id, zone=card.zone)
    print_keys(
        keys,
        {
            "id": lambda one: one.id,
            "key": lambda one: one.masked,
            "name": lambda one: one.name,
            "areas": lambda one: ", ".join(f"{area}:{access}" for area, access in sorted(one.areas.items())),
            "vendor": lambda one: one.vendor,
        },
        _told,
        state=lambda one: one.environment.value,
        as_json=as_json,
        empty="There are no keys; `openacq key create NAME` makes one.",
    )


@key.command()
@click.argument("name")
@db_option
@institution_option
@command_line
def revoke(line: CommandLine, name: str, db: str | None, institution: str | None) -> None:
    """Revoke the key with this name, id or prefix. It cannot be undone."""
    from openacq.directory import service as directory

    with line.database(db) as store:
        card = institution_meant(store, institution)
        revoked = store.write(lambda tx: directory.revoke_key(tx, name), institution=card.id, zone=card.zone)
    click.echo(f"Revoked {revoked.masked} ({revoked.name}). Servers refuse it within seconds.")


def _told(one: ApiKey) -> dict[str, object]:
    return {
        "id": one.id,
        "key": one.masked,
        "name": one.name,
        "areas": dict(one.areas),
        "vendor": one.vendor,
        "funds": one.funds,
        "libraries": one.libraries,
        "rate_limit": one.rate_limit,
        "environment": one.environment.value,
        "demo": one.demo,
        "created": one.created,
        "revoked": one.revoked,
        "last_used": one.last_used,
    }
