"""`openacq review list`: lines that wait for a look, every reason in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

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
    from openacq.ordering.model import Waiting


@click.group()
def review() -> None:
    """Lines In Review."""


@review.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@db_option
@institution_option
@json_option
@command_line
def list_(
    line: CommandLine, limit: int, offset: int, db: str | None, institution: str | None, as_json: bool
) -> None:
    """List parked lines, oldest first, with why, who can fix it and how."""
    from openacq.ordering import service as ordering

    with line.database(db) as store:
        card = institution_meant(store, institution)
        page = store.read(
            lambda tx: ordering.review_list(tx, limit, offset), institution=card.id, zone=card.zone
        )
    if as_json:
        print_json({"total": page.total, "lines": [_told(one) for one in page.lines]})
        return
    if not page.total:
        click.echo("Nothing waits for review.")
    for one in page.lines:
        price = f"  {one.price.text()} {one.price.currency}" if one.price else ""
        funds = f"  {', '.join(one.funds)}" if one.funds else ""
        click.echo(f"{one.number}  {one.title}  {one.vendor}{price}{funds}")
        for alert in one.alerts:
            click.echo(f"    {alert.severity.value}: {alert.text}")
            if alert.fix:
                click.echo(f"        {alert.who}: {alert.fix}")
    if page.total > offset + len(page.lines):
        click.echo(f"… {len(page.lines)} of {page.total}; more with --offset {offset + len(page.lines)}.")


def _told(one: Waiting) -> dict[str, object]:
    return {
        "number": one.number,
        "title": one.title,
        "vendor": one.vendor,
        "owner": one.owner,
        "price": {"sum": one.price.text(), "currency": one.price.currency} if one.price else None,
        "funds": one.funds,
        "source": one.source,
        "created": one.created,
        "alerts": one.alerts,
    }
