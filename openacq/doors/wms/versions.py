"""Which version of a thing a caller means: the header `If-Match`, the etag inside the body."""

from __future__ import annotations

from datetime import datetime

from openacq.doors.hall import Ask
from openacq.kernel.refusal import Problem, Refusal
from openacq.wire.atom import local_text, read_etag


def etag(changed: datetime, zone: str) -> str:
    """The version of a thing that was changed last at that moment."""
    return local_text(changed, zone)


def headers(changed: datetime, zone: str) -> dict[str, str]:
    """The headers of an answer that shows one thing."""
    return {"ETag": f'"{etag(changed, zone)}"'}


def check(ask: Ask, in_body: str, number: str, changed: datetime) -> None:
    """Raises Refusal: line_outdated when `If-Match` names another version, order_outdated when the body's
    entry does. A change that names none is let through."""
    sent = ask.headers.get("if-match", "").strip()
    if sent and sent != "*" and not _is(sent, changed):
        raise Refusal(Problem("line_outdated", "If-Match", number))
    if in_body and not _is(in_body, changed):
        raise Refusal(Problem("order_outdated", "etag", number))


def _is(text: str, changed: datetime) -> bool:
    meant = read_etag(text)
    return meant is not None and _milliseconds(meant) == _milliseconds(changed)


def _milliseconds(moment: datetime) -> tuple[int, int]:
    return int(moment.timestamp()), moment.microsecond // 1_000
