"""Bring a database's schema up to date, and say how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, inspect, text

from openacq.store import estimates
from openacq.store.store import Store

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


NEWEST = "0001"
"""The revision this program needs. Written down, for reading the scripts takes longer than the first answer
of a server may; a test holds it to be the head of them."""


def known() -> frozenset[str]:
    """Every revision this program can bring up to date."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return frozenset(script.revision for script in scripts.walk_revisions())


def current(store: Store) -> str | None:
    """The revision the database is at; None when it is empty."""
    with store.reader.connect() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        revision: str | None = conn.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalar_one_or_none()
        return revision


def upgrade(store: Store) -> None:
    """Make or change the tables up to the newest revision, in one transaction."""
    from alembic import command

    config = _config()
    with store.alone(), store.writer.connect() as conn, conn.begin():
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
        if store.dialect == "sqlite":
            estimates.write(conn)


def draft(store: Store, metadata: MetaData, message: str, revision: str) -> None:
    """Write the migration script that turns the database's schema into `metadata` (for developers)."""
    from alembic import command

    config = _config()
    with store.alone(), store.writer.connect() as conn, conn.begin():
        config.attributes["connection"] = conn
        config.attributes["metadata"] = metadata
        command.revision(config, message, autogenerate=True, rev_id=revision)
