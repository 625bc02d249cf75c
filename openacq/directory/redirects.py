"""Where a program may have people sent back to: addresses registered with its WSKey."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, urlsplit

from openacq.kernel.refusal import Problem

MOST = 20
LONGEST = 1_000
HERE = frozenset({"127.0.0.1", "::1", "localhost"})
EXPECTED = (
    "an address without fragment that begins with https://, or with http:// and is on the user's own "
    "machine, or with the scheme of a program, such as org.example.lists:"
)


def problems_of(addresses: Sequence[str]) -> Iterable[Problem]:
    """What is wrong with the addresses a WSKey shall have."""
    if len(addresses) > MOST:
        yield Problem("list_too_long", "redirect_uris", limit=MOST)
    for address in addresses:
        if not is_good(address):
            yield Problem("value_wrong_type", "redirect_uris", address[:200], expected=EXPECTED)


def is_good(address: str) -> bool:
    """Whether people may be sent there at all: nothing that runs in the browser, nothing that is read along
    the way."""
    if not (0 < len(address) <= LONGEST and address.isascii() and address.isprintable()):
        return False
    if any(letter in address for letter in " \"'#\\<>;,"):
        return False
    parts = _parts(address)
    if parts is None or "@" in parts.netloc:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme == "http":
        return parts.hostname in HERE
    return "." in parts.scheme


def chosen(registered: Sequence[str], asked: str) -> str:
    """The address to send people back to: the one asked for if it is registered, or without one the only one
    there is; "" when there is none.

    A program on the user's own machine cannot know beforehand which port it gets (RFC 8252): any will do.
    """
    if not asked:
        return registered[0] if len(registered) == 1 else ""
    if asked in registered:
        return asked
    meant = _without_port(asked)
    return asked if meant and is_good(asked) and meant in map(_without_port, registered) else ""


def origin_of(address: str) -> str:
    """The part of an address that a page's policy names: "https://lists.example", "org.example.lists:"."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def _without_port(address: str) -> str:
    """An address on the user's own machine without its port; "" for any other."""
    parts = _parts(address)
    if parts is None or parts.scheme != "http" or parts.hostname not in HERE or "@" in parts.netloc:
        return ""
    return parts._replace(netloc=parts.hostname).geturl()


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  (raises for what is no port)
    except ValueError:
        return None
    return parts
