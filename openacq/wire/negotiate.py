"""Which of the two formats a caller wants, and which one a body is in.

Answers are JSON only for those who ask for it: with no `Accept`, with `*/*` or with types nobody
here speaks they are XML, as Alma's are. A body is taken by its Content-Type, or by its first
character when that says nothing.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final, NamedTuple

from openacq.kernel.refusal import Problem, Refusal
from openacq.wire.tree import UTF8_BOM, Media

__all__ = ["CONTENT_TYPES", "Media", "answer_media", "body_media"]

CONTENT_TYPES: Final = MappingProxyType(
    {"json": "application/json;charset=UTF-8", "xml": "application/xml;charset=UTF-8"}
)
"""Verbatim: a client in use finds the format with a pattern that knows no blank here."""

ACCEPT_LIMIT: Final = 2_000
"""Characters of an Accept header that are looked at."""

_JSON = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?json", re.ASCII)
_XML = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?xml", re.ASCII)
_QUALITY = re.compile(r"q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)

NAMED = 2
_BY_TYPE = 1
_BY_ANYTHING = 0


class Rank(NamedTuple):
    """How much one format is wanted: of two, the greater is preferred."""

    quality: int = 0
    """In thousandths."""
    exactness: int = -1
    earliness: int = 0


def answer_media(accept: str | None = None, format: str | None = None) -> Media:  # noqa: A002 its name in URLs
    """The format of the answer, from the `Accept` header and the parameter `format`.

    `format=json` or `format=xml` decides alone. Any other value is no wish for a representation
    (`format` filters purchase requests by P or E) and is passed over.
    """
    match (format or "").strip().lower():
        case "json":
            return "json"
        case "xml":
            return "xml"
    json, xml = rank(accept, _JSON), rank(accept, _XML)
    # Only a type named as JSON gets JSON: `*/*` covers both, and then it is XML.
    return "json" if json.exactness == NAMED and json.quality and json > xml else "xml"


def rank(accept: str | None, names: re.Pattern[str]) -> Rank:
    """How much the header wants one format, by the range that names it most exactly."""
    best = Rank()
    for place, part in enumerate((accept or "")[:ACCEPT_LIMIT].lower().split(",")):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        if names.fullmatch(media):
            exactness = NAMED
        elif media == "application/*":
            exactness = _BY_TYPE
        elif media in ("*/*", "*"):
            exactness = _BY_ANYTHING
        else:
            continue
        if exactness > best.exactness:
            best = Rank(_quality(parameters), exactness, -place)
    return best


def _quality(parameters: list[str]) -> int:
    for parameter in parameters:
        found = _QUALITY.fullmatch(parameter)
        if found:
            whole, _, rest = found[1].partition(".")
            return int(whole) * 1000 + int(rest.ljust(3, "0"))
    return 1000


def body_media(content_type: str | None, body: bytes) -> Media | None:
    """The format of a body, None when there is no body (its Content-Type then means nothing).

    Raises Refusal `media_unsupported` when neither the type nor the first character tells.
    """
    start = body.removeprefix(UTF8_BOM).lstrip()
    if not start:
        return None
    given = (content_type or "").partition(";")[0].strip().lower()
    if _JSON.fullmatch(given):
        return "json"
    if _XML.fullmatch(given):
        return "xml"
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith((b"<", b"\0<", b"\xff\xfe", b"\xfe\xff")):
        return "xml"
    raise Refusal(Problem("media_unsupported", "Content-Type", given or "unknown"))
