"""Paths as clients write them, brought into the one form the routes have.

Doubled and trailing slashes, `.json` and `.xml`, singular words for plural ones and the other way round,
words in any case, `recieve`, `/vendors/vendors`: all of these stand in the documents or in clients.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import unquote

from openacq.wire.atom import split_extension

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "budget": "budgets",
        "copie": "copies",
        "copy": "copies",
        "fund": "funds",
        "invoice": "invoices",
        "invoiceitem": "invoiceitems",
        "item": "items",
        "purchaseorder": "purchaseorders",
        "recieve": "receive",
        "submission": "submissions",
        "vendor": "vendors",
    }
)
_ACQUISITIONS: Mapping[str, str] = MappingProxyType(
    {
        "budgets": "budget",
        "copies": "copy",
        "funds": "fund",
        "invoices": "invoice",
        "invoiceitems": "invoiceitem",
        "orderitems": "orderitem",
    }
)
ROOTS = frozenset(
    {
        "acquisitions",
        "auth",
        "budgets",
        "invoiceitems",
        "invoices",
        "oauth2",
        "purchaseorders",
        "token",
        "vendors",
    }
)
"""First words of the paths that are this door's."""


def is_ours(target: str) -> bool:
    """Whether a path (as it stands in the request) is one of this door."""
    first = next((part for part in target.split("/", 8) if part), "")
    return _word(split_extension(unquote(first))[0], _WORDS) in ROOTS


def canonical(target: str) -> tuple[str, str]:
    """The path as the routes know it, and its extension (".json", ".xml" or "")."""
    parts = [part for part in target.split("/") if part]
    if not parts:
        return "/", ""
    parts[-1], extension = split_extension(parts[-1])
    first = _word(parts[0], _WORDS)
    if first == "vendors" and len(parts) > 1 and _word(parts[1], _WORDS) == "vendors":
        del parts[0]
    if first in ("acquisitions", "oauth2"):
        words = [_word(part, _ACQUISITIONS) for part in parts[:3]]
        named = 3 if first == "acquisitions" else 2
        return "/" + "/".join([*words[:named], *parts[named:]]), extension
    named_parts = [_word(part, _WORDS) if place % 2 == 0 else part for place, part in enumerate(parts)]
    return "/" + "/".join(named_parts), extension


def _word(part: str, words: Mapping[str, str]) -> str:
    lowered = part.lower()
    return words.get(lowered, lowered)
