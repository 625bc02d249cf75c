"""Atom as OCLC's services speak it: entries and feeds, in the four forms their clients know.

| form | what it is | asked for by |
|---|---|---|
| `atom+xml` | the entry or feed of 2012 around the resource | `application/atom+xml`, `.xml`, all else |
| `xml` | the bare resource, un-versioned namespaces; lists are Atom feeds of it | `application/xml` |
| `atom+json` | the same envelope: `entries`, `content`, `extensions` | `application/atom+json`, `.json` |
| `json` | the bare resource; lists are `entry`, `totalResults`, … | `application/json` of a `plain` client |

`application/json` changed its meaning in 2013 without a sign in the request, so it is the caller's
*dialect* (`atom` or `plain`, a property of its key) that decides which of the two it means.

A resource is a class derived from `AtomResource`, described by the same marks as every wire object;
this room knows no slice, so namespaces and names are the class's own business.

    to_atom(Entry(order, etag), wish.form, now=now, zone=zone) -> bytes
    read_entry(PurchaseOrder, body, media) -> Received(resource, etag)
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal, NamedTuple, TypeAlias

from openacq.wire.atom_json import entry_json, feed_json, plain_feed_json, resource_json
from openacq.wire.atom_read import read_entry, read_etag
from openacq.wire.atom_shapes import AtomResource, Entry, Feed, Received, local_text
from openacq.wire.atom_xml import DECLARATION, entry_xml, feed_xml, resource_xml
from openacq.wire.negotiate import NAMED, Rank, rank

__all__ = [
    "AtomResource",
    "Dialect",
    "Entry",
    "Feed",
    "Form",
    "Received",
    "Wish",
    "answer_wish",
    "local_text",
    "read_entry",
    "read_etag",
    "split_extension",
    "to_atom",
    "to_plain_json",
]

Form: TypeAlias = Literal["atom+xml", "xml", "atom+json", "json"]
Dialect: TypeAlias = Literal["atom", "plain"]
"""What a key means by `application/json`: the envelope of 2012, or the bare resource."""

EXTENSIONS: Final = (".xml", ".json")

_TYPES: Final[tuple[tuple[Form, re.Pattern[str]], ...]] = (
    ("atom+xml", re.compile(r"application/atom\+xml", re.ASCII)),
    ("xml", re.compile(r"(?:application|text)/xml", re.ASCII)),
    ("atom+json", re.compile(r"application/atom\+json", re.ASCII)),
    ("json", re.compile(r"(?:application|text)/json", re.ASCII)),
)


class Wish(NamedTuple):
    """The form an answer takes, and the type it is sent with (`application/json`, no charset)."""

    form: Form
    media: str


def answer_wish(accept: str | None, extension: str = "", dialect: Dialect = "atom") -> Wish:
    """The form of the answer, from the header `Accept`, the extension of the path (".xml", ".json", "")
    and the caller's dialect. Nothing is refused: what nobody here speaks is Atom XML."""
    ranks = {form: rank(accept, names) for form, names in _TYPES}
    if extension == ".xml":
        return Wish("atom+xml", "application/atom+xml")
    if extension == ".json":
        named = _wanted(ranks["atom+json"]) and ranks["atom+json"] > ranks["json"]
        return Wish("atom+json", "application/atom+json" if named else "application/json")
    # `max` keeps the first of equals, and only a type that was named is a wish for it.
    form = max(ranks, key=lambda form: ranks[form] if _wanted(ranks[form]) else Rank())
    if form == "json" and dialect == "atom":
        return Wish("atom+json", "application/json")
    return Wish(form, f"application/{form}")


def _wanted(found: Rank) -> bool:
    return found.exactness == NAMED and found.quality > 0


def split_extension(path: str) -> tuple[str, str]:
    """A path without its `.xml` or `.json`, and that extension ("" when it has none)."""
    for extension in EXTENSIONS:
        bare = path.rstrip("/").removesuffix(extension)
        if bare != path.rstrip("/") and not bare.endswith("/"):
            return bare, extension
    return path, ""


def to_atom(thing: Entry | Feed, form: Form, *, now: dt.datetime, zone: str) -> bytes:
    """An answer in bytes. `now` is the `updated` of the envelope; moments of the resource are written in
    the institution's `zone` (IANA name) in XML, as milliseconds in JSON."""
    match thing, form:
        case Feed(), "json":
            return plain_feed_json(thing)
        case Feed(), "atom+json":
            return feed_json(thing, now)
        case Feed(), _:
            return feed_xml(thing, now, zone, bare=form == "xml").encode()
        case Entry(), "json":
            return resource_json(thing.resource)
        case Entry(), "atom+json":
            return entry_json(thing, now)
        case Entry(), "xml":
            return f"{DECLARATION}{resource_xml(thing.resource, zone, bare=True)}".encode()
        case Entry(), _:
            return entry_xml(thing, now, zone, bare=False).encode()
    raise TypeError(f"{type(thing).__name__} is neither entry nor feed")


def to_plain_json(resource: AtomResource) -> bytes:
    """The bare resource in JSON: also the same bytes for the same request, whatever form it came in."""
    return resource_json(resource)
