"""Errors as one clear line with advice, and tables and JSON on the terminal."""

from __future__ import annotations

import errno
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Any

import click
import msgspec

from openacq.kernel.refusal import Refusal
from openacq.settings import SettingsError

DONE, REFUSED, USAGE, DATABASE, MACHINE = range(5)
"""Exit codes."""


class Told(click.ClickException):
    """A failure in words, with its exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        vars(self)["exit_code"] = exit_code

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"openacq: {self.message}", file=file or sys.stderr)


def as_told(error: Exception) -> Told | None:
    """What people are told of an error; None for one that is a fault of ours."""
    if isinstance(error, SettingsError):
        return Told(str(error), USAGE)
    if isinstance(error, Refusal):
        return Told(refusal_words(error), REFUSED)
    if isinstance(error, OSError):
        return _machine(error)
    return _database(error) or _sealing(error) or _serving(error)


def refusal_words(refusal: Refusal) -> str:
    """Every problem with its advice, one a line."""
    return "\n".join(f"{problem.message()} {problem.advice()}".strip() for problem in refusal.problems)


def _machine(error: OSError) -> Told | None:
    place = error.filename or "it"
    words = {
        errno.ENOENT: f"There is no file or folder {place}.",
        errno.EACCES: f"This user has no right to use {place}.",
        errno.EPERM: f"This user has no right to use {place}.",
        errno.EISDIR: f"{place} is a folder, not a file.",
        errno.ENOTDIR: f"{place} cannot be there: part of the path is a file.",
        errno.ENOSPC: "There is no space left on the disk.",
        errno.EDQUOT: "This user's share of the disk is used up.",
        errno.EROFS: f"{place} is on a disk that can only be read.",
        errno.EMFILE: "Too many files are open; raise the limit (ulimit -n).",
    }.get(error.errno or 0)
    return Told(words, MACHINE) if words else None


def _database(error: Exception) -> Told | None:
    if "sqlalchemy" not in sys.modules:
        return None
    from sqlalchemy.exc import DatabaseError as DriverError
    from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, ProgrammingError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    from openacq.serving.database import DatabaseError, in_words

    if isinstance(error, DatabaseError):
        return Told(str(error), DATABASE)
    if isinstance(error, PoolTimeout):
        return Told("The database gave no connection in time.", DATABASE)
    ours = isinstance(error, (ProgrammingError, IntegrityError, DataError))
    bare = isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
    if bare or (isinstance(error, (DriverError, InterfaceError)) and not ours):
        context = click.get_current_context(silent=True)
        where = getattr(context.obj, "where", "") if context else ""
        return Told(in_words(error, where or "database"), DATABASE)
    return None


def _sealing(error: Exception) -> Told | None:
    if "openacq.store.seals" not in sys.modules:
        return None
    from openacq.store.seals import CannotOpen, KeysUnusable

    if isinstance(error, CannotOpen):
        words = f"A secret in the database cannot be read: {error}. Give the key it was encrypted with too."
        return Told(words, REFUSED)
    return Told(f"{error}.", USAGE) if isinstance(error, KeysUnusable) else None


def _serving(error: Exception) -> Told | None:
    if "openacq.serving.process" not in sys.modules:
        return None
    from openacq.serving.process import CannotServe

    return Told(str(error), MACHINE) if isinstance(error, CannotServe) else None


# -- lists ----------------------------------------------------------------------------------------


def print_json(told: object) -> None:
    """An object or a list as JSON, indented for people."""
    click.echo(msgspec.json.format(msgspec.json.encode(told, enc_hook=str), indent=2))


def print_json_line(told: object) -> None:
    """An object as JSON on one line."""
    click.echo(msgspec.json.encode(told, enc_hook=str))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table as wide as the terminal, or as it needs when printed elsewhere; `empty` for no rows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    if not table.row_count:
        click.echo(empty)
        return
    wide = Console().width if sys.stdout.isatty() else 10_000
    console = Console(width=wide, highlight=False, soft_wrap=False)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())
