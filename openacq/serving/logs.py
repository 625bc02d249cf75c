"""Lines the server writes about itself: structlog's and the libraries', in one form, on stderr.

A line never holds an API key: the access log masks queries, and nothing logs headers.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import msgspec
import structlog

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_QUIET = ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio", "alembic", "sqlalchemy")


def set_up_logging(form: str = "text", level: str = "info", stream: TextIO | None = None) -> None:
    """Lines of `level` and above, as text or as one JSON object each."""
    last = _as_json if form == "json" else _as_text
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stderr),
    )
    root = logging.getLogger()
    root.handlers[:] = [_Forward()]
    root.setLevel(logging.WARNING)
    for name in _QUIET:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)


class _Forward(logging.Handler):
    """Hands lines of libraries to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        logger = structlog.get_logger(record.name)
        exc_info = {"exc_info": record.exc_info} if record.exc_info else {}
        logger.log(record.levelno, record.getMessage(), **exc_info)


def _as_json(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    told = {"time": event.pop("timestamp"), "level": event.pop("level"), **event}
    return msgspec.json.encode(told, enc_hook=str).decode()


def _as_text(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    exception = event.pop("exception", None)
    words = [event.pop("timestamp"), f"{event.pop('level'):<7}", _plain(event.pop("event"))]
    words += [f"{name}={_quoted(value)}" for name, value in event.items()]
    line = " ".join(words)
    return f"{line}\n{exception}" if exception else line


def _plain(value: object) -> str:
    """Text on one line, without what a terminal would obey."""
    text = str(value)
    return text if text.isprintable() else repr(text)[1:-1]


def _quoted(value: object) -> str:
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value)
    if text and text.isprintable() and not set(text) & {" ", '"', "="}:
        return text
    return '"' + _plain(text).replace('"', '\\"') + '"'
