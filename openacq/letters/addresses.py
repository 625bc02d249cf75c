"""E-mail addresses and header values: what may stand in a letter's head, and what of it in a log."""

from __future__ import annotations

import re

from openacq.kernel import text

MOST_ADDRESS = 254
MOST_LOCAL = 64
MOST_HEADER = 250

_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x20\x7f]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>\"'(),:;]{1,64}@[^\s<>\"'(),:;]{1,254}")


def mailbox(given: str) -> str | None:
    """The address as mail servers take it (domain in ASCII), or None when it is none.

    One plain address: no display name, no list, nothing quoted, no line break.
    """
    if given != given.strip() or len(given) > MOST_ADDRESS or not given.isprintable():
        return None
    local, at, domain = given.rpartition("@")
    if not at or len(local) > MOST_LOCAL or not _LOCAL.fullmatch(local):
        return None
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return None
    try:
        plain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if not all(_LABEL.fullmatch(label) for label in plain.split(".")):
        return None
    return f"{local}@{plain}"


def header(given: str, most: int = MOST_HEADER) -> str:
    """A header value: one line, no control characters, not longer than it should be."""
    line = text.one_line(given)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def without_addresses(words: str) -> str:
    """Words of a mail server, or of a fault, with addresses folded away: for logs and for what is kept."""
    return _ADDRESS.sub("[address]", words)
