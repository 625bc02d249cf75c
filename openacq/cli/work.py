"""What commands share: settings of the command line, an open database, the institution meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from openacq.cli.telling import REFUSED, Told
from openacq.settings import Reading, Settings, read_settings

if TYPE_CHECKING:
    from openacq.directory.model import Institution
    from openacq.store import Store

F = TypeVar("F", bound=Callable[..., Any])

SERVER = 0
"""What concerns the whole server is done in the name of the reserved institution."""


class CommandLine:
    """One call of the program: the settings file named, and the database in use for error messages."""

    def __init__(self, config: Path | None) -> None:
        self._config = config
        self.where = ""

    def reading(self, **flags: object) -> Reading:
        return read_settings(flags, file=self._config)

    def settings(self, **flags: object) -> Settings:
        return self.reading(**flags).settings

    @contextmanager
    def database(self, db: str | None) -> Iterator[Store]:
        """The database of settings and flag, its tables up to date. Raises DatabaseError with advice."""
        from openacq.serving.database import open_store, require_current

        with self.any_database(open_store(self.settings(db=db))) as store:
            require_current(store)
            yield store

    @contextmanager
    def any_database(self, store: Store) -> Iterator[Store]:
        """The store, closed at the end."""
        from openacq.serving.database import described

        self.where = described(store)
        try:
            yield store
        except BaseException as error:
            _close_after(store, error)
            raise
        store.close()


def _close_after(store: Store, error: BaseException) -> None:
    """Close a store that failed; that it cannot be closed either is a note to the failure, no news."""
    try:
        store.close()
    except Exception as again:  # noqa: BLE001  (what went wrong first is what people need to know)
        error.add_note(f"closing the database failed too: {again}")


command_line = click.make_pass_decorator(CommandLine)
db_option = click.option("--db", metavar="URL", help="Database; without it the one of the settings.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
institution_option = click.option(
    "--institution", metavar="CODE", help="Institution meant; may be left out when there is only one."
)


def every_institution(store: Store) -> tuple[Institution, ...]:
    from openacq.directory import service as directory

    return store.read(directory.every_institution, institution=SERVER)


def institution_meant(store: Store, code: str | None) -> Institution:
    """The institution of the code, or the only one. Raises Refusal when it is not clear."""
    from openacq.kernel.refusal import Problem, Refusal, probable
    from openacq.kernel.text import nearest

    known = {card.code: card for card in every_institution(store)}
    if not known:
        raise Told("There is no institution yet; `openacq init --institution CODE` makes one.", REFUSED)
    if code is None and len(known) == 1:
        return next(iter(known.values()))
    if code is None:
        raise Refusal(Problem("institution_unclear", "institution", "", known=", ".join(sorted(known))))
    if code not in known:
        meant = probable(nearest(code, tuple(known)))
        raise Refusal(Problem("institution_unknown", "institution", code, probable=meant))
    return known[code]


def institutions_meant(store: Store, code: str | None) -> tuple[Institution, ...]:
    """The institution of the code, or all of them."""
    return every_institution(store) if code is None else (institution_meant(store, code),)
