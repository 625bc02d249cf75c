"""Verdicts on the rows of a file, printed while it is loaded."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from openacq.cli.telling import print_json_line

if TYPE_CHECKING:
    from openacq.kernel.verdict import Verdict

OUTCOMES = ("created", "updated", "unchanged", "refused")
MOST_LINES = 200
"""Lines printed of what is wrong in one file."""


class Voice:
    """Prints what is wrong row by row, up to a limit, and counts the rest."""

    def __init__(self) -> None:
        self._left = MOST_LINES
        self._unsaid = 0

    def say(self, place: str, verdict: Verdict) -> None:
        """The problems of a row, and the notes on one that was taken."""
        mark = "" if verdict.outcome == "refused" else f"{verdict.outcome}, but "
        for problem in verdict.problems:
            if self._left:
                self._left -= 1
                words = f"{mark}{problem.message()} {problem.advice()}".rstrip()
                click.echo(f"{place} {verdict.kind} {verdict.key}: {words}")
            else:
                self._unsaid += 1

    def finish(self) -> None:
        if self._unsaid:
            click.echo(f"… and {self._unsaid} more; --json prints every row.")


def print_verdicts(verdicts: Iterable[Verdict], file: str, *, as_json: bool) -> Counter[str]:
    """Print what is wrong (as JSON: every verdict) while the load goes on; returns the outcomes' counts."""
    counts: Counter[str] = Counter()
    voice = Voice()
    for verdict in _with_progress(verdicts):
        counts[verdict.outcome] += 1
        if as_json:
            print_json_line(told(verdict))
        else:
            voice.say(f"{file}:{verdict.row}", verdict)
    voice.finish()
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


def print_counts(counts: Counter[str], *, dry_run: bool) -> None:
    click.echo(", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES) + ".")
    if dry_run:
        click.echo("Nothing was kept: this was a dry run.")


def told(verdict: Verdict) -> dict[str, object]:
    """A verdict for JSON."""
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
