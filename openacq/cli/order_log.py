"""`openacq log tail`: the calls that came through the doors, as they come."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from openacq.calls.model import OUTCOMES, LoggedCall, Search
from openacq.cli.telling import print_json_line
from openacq.cli.work import (
    CommandLine,
    command_line,
    db_option,
    institution_option,
    institutions_meant,
    json_option,
)

if TYPE_CHECKING:
    from openacq.directory.model import Institution
    from openacq.store import Store, Tx

LOOK_BACK = timedelta(seconds=10)
"""Rows of reads arrive after their time, so the last seconds are asked for again and again."""
MOST_AT_ONCE = 10_000


class Statuses(click.ParamType[tuple[int, ...]]):
    """ "400", "4xx", "4xx,500": HTTP statuses or classes of them."""

    name = "status"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        found = []
        for part in str(value).lower().split(","):
            digits = part.strip().removesuffix("xx")
            if not (digits.isascii() and digits.isdigit() and len(digits) in (1, 3)):
                self.fail(
                    f"{part!r} is no HTTP status; write 400, or 4xx for all from 400 to 499.", param, ctx
                )
            found.append(int(digits))
        return tuple(found)


@click.group()
def log() -> None:
    """The order log."""


@log.command()
@click.option("-n", "--lines", type=click.IntRange(0, 100_000), default=20, show_default=True)
@click.option("-f", "--follow", is_flag=True, help="Go on printing calls as they come, until Ctrl-C.")
@click.option("--vendor", default="", metavar="CODE", help="Calls about this vendor's orders or by its keys.")
@click.option("--status", type=Statuses(), default=(), help="Calls answered so: 400, or 4xx, or 4xx,500.")
@click.option(
    "--outcome", type=click.Choice(OUTCOMES), multiple=True, help="Calls that ended so (repeatable)."
)
@click.option("--line", "subject", default="", metavar="NUMBER", help="Calls about this PO line.")
@click.option("--bodies", is_flag=True, help="Print request and answer too.")
@db_option
@institution_option
@json_option
@command_line
def tail(
    line: CommandLine,
    lines: int,
    follow: bool,
    vendor: str,
    status: tuple[int, ...],
    outcome: tuple[str, ...],
    subject: str,
    bodies: bool,
    db: str | None,
    institution: str | None,
    as_json: bool,
) -> None:
    """Print the newest calls, oldest of them first. Keys are masked and patron data folded."""
    search = Search(vendor=vendor, statuses=status, outcomes=outcome, subject=subject)
    with line.database(db) as store:
        cards = institutions_meant(store, institution)
        printer = _Printer(cards, as_json=as_json, bodies=bodies or as_json)
        printer.newest(store, search, lines)
        try:
            while follow:
                time.sleep(0.5)
                printer.since(store, search)
        except KeyboardInterrupt:
            return


class _Printer:
    """Prints each call once."""

    def __init__(self, cards: tuple[Institution, ...], *, as_json: bool, bodies: bool) -> None:
        self._cards = cards
        self._as_json = as_json
        self._bodies = bodies
        self._printed: dict[tuple[int, int], datetime] = {}

    def newest(self, store: Store, search: Search, most: int) -> None:
        """Print the newest `most` calls of all institutions."""
        from openacq.calls import service as calls

        self._lately(store, search)
        found = self._found(store, lambda tx: calls.recent(tx, search, most, bodies=self._bodies))
        self._printed.update(((card.id, call.id), call.at) for card, call in found)
        self._print(found[-most:] if most else [])

    def since(self, store: Store, search: Search) -> None:
        """Print the calls of the last seconds that were not printed yet."""
        self._print(self._lately(store, search))

    def _lately(self, store: Store, search: Search) -> list[tuple[Institution, LoggedCall]]:
        """The calls of the last seconds that were not asked for yet."""
        from openacq.calls import service as calls

        after = store.clock.now() - LOOK_BACK
        lately = replace(search, since=after)
        found = self._found(store, lambda tx: calls.since(tx, lately, MOST_AT_ONCE, bodies=self._bodies))
        new = [(card, call) for card, call in found if (card.id, call.id) not in self._printed]
        self._printed = {one: at for one, at in self._printed.items() if at >= after}
        self._printed.update(((card.id, call.id), call.at) for card, call in new)
        return new

    def _found(
        self, store: Store, ask: Callable[[Tx], tuple[LoggedCall, ...]]
    ) -> list[tuple[Institution, LoggedCall]]:
        found = [
            (card, call)
            for card in self._cards
            for call in store.read(ask, institution=card.id, zone=card.zone)
        ]
        return sorted(found, key=lambda one: (one[1].at, one[1].id))

    def _print(self, found: list[tuple[Institution, LoggedCall]]) -> None:
        for card, call in found:
            if self._as_json:
                print_json_line(_told(card, call))
                continue
            click.echo(self._line(card, call))
            if self._bodies:
                for mark, text in (("→", call.request), ("←", call.answer)):
                    if text:
                        click.echo(f"    {mark} {text}")

    def _line(self, card: Institution, call: LoggedCall) -> str:
        at = call.at.astimezone(ZoneInfo(card.zone))
        whose = f"{card.code} " if len(self._cards) > 1 else ""
        asked = f"{call.method} {call.path}" + (f"?{call.query}" if call.query else "")
        about = " ".join(filter(None, (call.subject, call.key_name, *call.problems)))
        return (
            f"{whose}{at:%Y-%m-%d %H:%M:%S} {call.status} {call.ms:>5} ms {call.outcome:<9} {asked}  {about}"
        )


def _told(card: Institution, call: LoggedCall) -> dict[str, object]:
    return {
        "institution": card.code,
        "at": call.at.astimezone(UTC),
        "door": call.door,
        "method": call.method,
        "path": call.path,
        "query": call.query,
        "outcome": call.outcome,
        "status": call.status,
        "ms": call.ms,
        "request_id": call.request_id,
        "key": call.key_name,
        "vendor": call.vendor,
        "line": call.subject,
        "problems": call.problems,
        "request": call.request,
        "answer": call.answer,
    }
