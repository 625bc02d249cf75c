"""What operators read: is the server well, what does it count, which addresses does it have."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from html import escape
from typing import Any

import anyio
import structlog
from anyio.to_thread import run_sync
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from openacq import __version__
from openacq.serving.metrics import CONTENT_TYPE, Metrics
from openacq.store import Store

LONGEST_CHECK = 5.0
"""Seconds after which a silent database counts as out of reach."""

_VERSIONS = {"sqlite": text("SELECT sqlite_version()"), "postgresql": text("SHOW server_version")}
_SCHEMA = text("SELECT version_num FROM alembic_version")

_log = structlog.get_logger("openacq.serving")


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """`schema` is the revision the database is at, None when it could not be read."""

    reachable: bool
    version: str = ""
    schema: str | None = None
    wal_bytes: int | None = None


def look_at(store: Store) -> DatabaseState:
    """Ask the database; never raises for a database out of reach."""
    try:
        with store.reader.connect() as conn:
            version = conn.execute(_VERSIONS[store.dialect]).scalar_one()
            schema = conn.execute(_SCHEMA).scalar_one_or_none()
    except (SQLAlchemyError, OSError) as error:
        _log.warning("the database is out of reach", error=type(error).__name__)
        return DatabaseState(reachable=False, wal_bytes=wal_bytes(store))
    return DatabaseState(True, version, schema, wal_bytes(store))


def wal_bytes(store: Store) -> int | None:
    """Size of SQLite's write-ahead log; None on PostgreSQL."""
    path = store.path
    if path is None:
        return None
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except FileNotFoundError:
        return 0


class Health:
    """Answers `/health`: 200 when calls can be answered, else 503. `schema` is the revision needed."""

    def __init__(self, store: Store, metrics: Metrics, schema: str) -> None:
        self._store = store
        self._metrics = metrics
        self._schema = schema
        self._begun = store.clock.monotonic()

    async def health(self, _request: Request) -> Response:
        state = DatabaseState(reachable=False)
        with anyio.move_on_after(LONGEST_CHECK):
            state = await run_sync(look_at, self._store, abandon_on_cancel=True)
        well = state.reachable and state.schema == self._schema
        told: dict[str, Any] = {
            "status": "ok" if well else "failing",
            "version": __version__,
            "uptime_seconds": round(self._store.clock.monotonic() - self._begun, 1),
            "database": {
                "kind": self._store.dialect,
                "reachable": state.reachable,
                "version": state.version or None,
                "schema": state.schema,
                "schema_needed": self._schema,
            },
            "waiting": self._metrics.waiting(),
        }
        if state.wal_bytes is not None:
            told["database"]["wal_bytes"] = state.wal_bytes
            told["database"]["library"] = sqlite3.sqlite_version
        return JSONResponse(told, 200 if well else 503)

    async def metrics(self, _request: Request) -> Response:
        return Response(await run_sync(self._metrics.page), media_type=CONTENT_TYPE)


ADDRESSES = (
    ("/desk", "the desks of the staff"),
    ("/requests", "purchase requests of patrons"),
    ("/almaws/v1/acq/po-lines", "orders as Alma takes them (API key needed)"),
    ("/openacq/v1/review", "lines waiting for review (API key needed)"),
    ("/health", "state of the server"),
    ("/metrics", "figures for Prometheus"),
)


async def front_page(_request: Request) -> Response:
    rows = "".join(f'<li><a href="{path}">{path}</a> {escape(about)}</li>' for path, about in ADDRESSES)
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>openacq</title>'
        f"<h1>openacq {__version__}</h1><p>A library acquisitions server.</p><ul>{rows}</ul></html>"
    )
