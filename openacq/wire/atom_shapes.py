"""What Atom is made of here: resources, entries, feeds, and what a body held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from openacq.wire.fields import UNSET, Maybe, Wire

FEED_ID = "info:OCLC/Platform/Service"
FEED_TITLE = "OCLC Platform Service Results"
ATOM = "http://www.w3.org/2005/Atom"
SEARCH = "http://a9.com/-/spec/opensearch/1.1/"
DATA = "http://schemas.google.com/g/2005"


class AtomResource(Wire, rename="camel"):
    """A resource, or a part of one. Members travel under their names in camel case.

    * `prefix` stands before the elements of its members (`ns3:`), `root_prefix` before its own
      name when it is the root. An attribute of its own carries no prefix.
    * `xmlns` are the attributes of the root element as the documents of 2012 have them, in their order;
      `bare_xmlns` those of the `xml` form.
    * `etagged`: entries carry `gd:etag` and declare its namespace.
    * `declared`: feeds begin with an XML declaration (the documented feed of orders does not).
    * `nulls`: members that are unset are null in the bare JSON form (not in the envelope of 2012): later
      clients look for them without asking whether they are there.

    A list that is unset is `[]` in JSON: some clients stop at a list that is missing or null.
    """

    prefix: ClassVar[str] = ""
    root_prefix: ClassVar[str] = ""
    xmlns: ClassVar[tuple[tuple[str, str], ...]] = ()
    bare_xmlns: ClassVar[tuple[tuple[str, str], ...]] = ()
    etagged: ClassVar[bool] = True
    declared: ClassVar[bool] = True
    nulls: ClassVar[bool] = False


R = TypeVar("R", bound=AtomResource)


class Entry(Wire):
    """One resource as an answer. `etag` is its version as `local_text` writes it ("" = none).

    `title`, `id`, `link` (the address of the entry itself) and `published` are for the resources
    that have them: funds and invoices; orders, items and copies have an empty title and nothing else.
    """

    resource: AtomResource
    etag: str = ""
    title: str = ""
    id: str = ""
    link: str = ""
    published: Maybe[dt.datetime] = UNSET


class Feed(Wire):
    """A page of a list: `entries` of resources `of` this class, of `total` found; `start` and
    `per_page` as the service reports them; `link` the address of the feed itself, where it has one."""

    of: type[AtomResource]
    entries: Sequence[Entry]
    total: int
    start: int = 1
    per_page: int = 10
    link: str = ""


class Received(NamedTuple, Generic[R]):
    """What a body held. `etag`: the version its entry names, "" for none (a bare body never names one)."""

    resource: R
    etag: str


def local_text(moment: dt.datetime, zone: str) -> str:
    """A moment as the XML of resources and as etags have it: `2012-02-15T11:00:30.000-05:00`."""
    return moment.astimezone(zone_of(zone)).isoformat(timespec="milliseconds")


def utc_text(moment: dt.datetime) -> str:
    """A moment as envelopes have it: `2012-06-29T13:18:56.867Z`."""
    return f"{moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)
