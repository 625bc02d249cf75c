"""The database of the settings: opened, found as it should be, and told of in words when it is not."""

from __future__ import annotations

import sqlite3
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from openacq.settings import Settings, SettingsError, mask_url
from openacq.store import Store, migrate
from openacq.store.seals import KeysUnusable, Seals
from openacq.store.store import StoreOptions

if TYPE_CHECKING:
    from collections.abc import Iterable


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do."""


class Schema(Enum):
    MISSING = "missing"
    EMPTY = "empty"
    OLD = "old"
    CURRENT = "current"
    NEWER = "newer"


def open_store(settings: Settings) -> Store:
    """The store of the settings; nothing is connected yet. DatabaseError for a URL that cannot be used,
    SettingsError for keys of secrets that are none."""
    url = settings.db
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    options = StoreOptions(
        sqlite_synchronous=settings.sqlite_synchronous,
        writers=settings.writers,
        prepare_threshold=settings.prepare_threshold or None,
    )
    seals = open_seals(settings)
    try:
        return Store(url, options=options, seals=seals)
    except ModuleNotFoundError:
        raise DatabaseError("PostgreSQL needs one more package: pip install 'openacq[postgres]'.") from None
    except ImportError as error:
        raise DatabaseError(f"The PostgreSQL driver cannot be loaded: {error}.") from None
    except Exception as error:  # noqa: BLE001  (any of several libraries refuses the URL in its own way)
        reason = str(error).partition("\n")[0]
        raise DatabaseError(
            f"The database address {mask_url(settings.db)} cannot be used: {reason}."
        ) from None


def open_seals(settings: Settings) -> Seals:
    """What secrets are sealed with: the keys of the environment, else those of the file."""
    file = Path(settings.secrets_key_file) if settings.secrets_key_file else None
    try:
        return Seals(settings.secrets_key, file)
    except KeysUnusable as error:
        raise SettingsError(f"Setting secrets_key: {error}.") from None


def schema_of(store: Store) -> Schema:
    """How far the database's tables are. Raises what the driver raises when it is out of reach."""
    path = store.path
    if path is not None and (not path.exists() or path.stat().st_size == 0):
        return Schema.MISSING
    current = migrate.current(store)
    if current is None:
        return Schema.EMPTY
    if current == migrate.NEWEST:
        return Schema.CURRENT
    return Schema.OLD if current in migrate.known() else Schema.NEWER


def require_current(store: Store) -> None:
    """Raises DatabaseError with advice unless the tables are as this program needs them."""
    state = schema_of(store)
    where = described(store)
    if state is Schema.CURRENT:
        return
    if state is Schema.MISSING:
        raise DatabaseError(f"There is no database {where}. `openacq init` makes one, `openacq serve` too.")
    if state is Schema.EMPTY:
        raise DatabaseError(f"The database {where} has no tables of openacq yet. Run `openacq init`.")
    if state is Schema.OLD:
        raise DatabaseError(
            f"The tables of {where} are older than this program. Make a backup, then run `openacq migrate`."
        )
    raise DatabaseError(
        f"The tables of {where} were made by a newer openacq. Install that version or a later one."
    )


def described(store: Store) -> str:
    """The database in a few words, without password."""
    if store.path is not None:
        return str(store.path)
    return mask_url(store.url.render_as_string(hide_password=True))


# -- what the driver says, in words ---------------------------------------------------------------

_SQLITE = (
    (
        "unable to open database file",
        "{where} cannot be opened: is the folder there, and may this user write in it?",
    ),
    ("file is not a database", "{where} is not an SQLite database; name another file with --db."),
    ("readonly database", "{where} cannot be written: it, or its folder, is read-only for this user."),
    ("database or disk is full", "There is no space left on the disk of {where}."),
    ("disk i/o error", "The disk of {where} fails, or is full."),
    ("database is locked", "{where} is locked by another program."),
    ("malformed", "{where} is damaged. Restore a backup; `sqlite3 {where} .recover` may save what is left."),
)
_POSTGRESQL = (
    ("password authentication failed", "The database server does not accept user or password."),
    ("no password supplied", "The database server wants a password: postgresql://USER:PASSWORD@HOST/NAME."),
    ("no pg_hba.conf entry", "The database server does not let this user in from here (pg_hba.conf)."),
    ('role "', "The database server knows no such user."),
    ('database "', "The database server has no such database; create it first: createdb NAME."),
    ("could not translate host name", "The database server's name is not known."),
    ("failed to resolve host", "The database server's name is not known."),
    ("connection refused", "No database server answers there: is it running, and are host and port right?"),
    (
        "no such file or directory",
        "No database server answers there: is it running, and is its socket there?",
    ),
    ("timeout", "The database server does not answer in time."),
    (
        "too many clients",
        "The database server has no connection left: raise max_connections or lower `writers`.",
    ),
    ("permission denied", "The database user lacks a right: {first}"),
    ("read-only transaction", "The database is read-only (a standby?)."),
    ("could not extend file", "There is no space left on the database server's disk."),
    ("no space left", "There is no space left on the database server's disk."),
)


def in_words(error: BaseException, where: str) -> str:
    """What is wrong with the database, and what to do, from a driver's or SQLAlchemy's error."""
    said = getattr(error, "orig", None) or error
    first = str(said).strip().partition("\n")[0]
    lowered = str(said).casefold()
    for part, words in (*_matching(said), *_POSTGRESQL):
        if part in lowered:
            return words.format(where=where, first=first)
    return f"The database {where} cannot be used: {first}"


def _matching(said: BaseException) -> Iterable[tuple[str, str]]:
    return _SQLITE if isinstance(said, sqlite3.Error) else ()
