"""What drivers say of a database, in words people can act on."""

from __future__ import annotations

import errno
import sqlite3

import click
import pytest
from sqlalchemy.exc import OperationalError

from openacq.cli.telling import MACHINE, as_told
from openacq.serving.database import DatabaseError, in_words, open_store
from openacq.settings import Settings

WHERE = "acq.db"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("database or disk is full", "no space left on the disk of acq.db"),
        ("attempt to write a readonly database", "read-only for this user"),
        ("unable to open database file", "may this user write in it?"),
        ("file is not a database", "is not an SQLite database"),
        ("disk I/O error", "The disk of acq.db fails"),
        ("database is locked", "locked by another program"),
        ("database disk image is malformed", "Restore a backup"),
        ("something new", "acq.db cannot be used: something new"),
    ],
)
def test_sqlite(said: str, words: str) -> None:
    error = OperationalError("SELECT 1", {"first_name": "Jana"}, sqlite3.OperationalError(said))
    assert words in in_words(error, WHERE)
    assert "Jana" not in in_words(error, WHERE)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            'connection failed: FATAL:  password authentication failed for user "acq"',
            "does not accept user or password",
        ),
        ("connection failed: fe_sendauth: no password supplied", "wants a password"),
        ('FATAL:  database "acq" does not exist', "createdb"),
        ('FATAL:  role "acq" does not exist', "knows no such user"),
        (
            'connection to server at "h", port 5432 failed: Connection refused\nIs it running?',
            "No database server",
        ),
        ("[Errno -2] Name or service not known: failed to resolve host 'h'", "name is not known"),
        ("FATAL:  sorry, too many clients already", "no connection left"),
        ("permission denied for table calls", "permission denied for table calls"),
        ('could not extend file "base/1": No space left on device', "no space left"),
    ],
)
def test_postgresql(said: str, words: str) -> None:
    error = OperationalError("SELECT 1", {}, Exception(said))
    assert words in in_words(error, "postgresql://acq:***@h/acq")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space left"),
        (errno.ENOENT, "no file or folder acq.toml"),
        (errno.EACCES, "no right to use acq.toml"),
        (errno.EISDIR, "is a folder"),
    ],
)
def test_the_machine(number: int, words: str) -> None:
    told = as_told(OSError(number, "x", "acq.toml"))
    assert told is not None
    assert words in told.message
    assert told.exit_code == MACHINE


def test_faults_of_ours_are_not_explained_away() -> None:
    assert as_told(KeyError("x")) is None
    assert as_told(ZeroDivisionError()) is None
    with click.Context(click.Command("x")):
        assert as_told(sqlite3.IntegrityError("UNIQUE constraint failed")) is None


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://h:port/x"])
def test_addresses_that_cannot_be_used(url: str) -> None:
    with pytest.raises(DatabaseError):
        open_store(Settings(db=url)).close()
