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
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from openacq.kernel.refusal import Problem
from openacq.wire.fields import UNSET, Maybe, Wire
from openacq.wire.tree import Media

Form: TypeAlias = Literal["atom+xml", "xml", "atom+json", "json"]
Dialect: TypeAlias = Literal["atom", "plain"]
"""What a key means by `application/json`: the envelope of 2012, or the bare resource."""


class AtomResource(Wire, rename="camel"):
    """A resource, or a part of one. Members travel under their names in camel case.

    * `prefix` stands before the elements of its members (`ns3:`), `root_prefix` before its own
      name when it is the root. An attribute of its own carries no prefix.
    * `xmlns` are the attributes of the root element as the documents of 2012 have them, in their order;
      `bare_xmlns` those of the `xml` form.
    * `etagged`: entries carry `gd:etag` and declare its namespace.
    * `declared`: feeds begin with an XML declaration (the documented feed of orders does not).

    A list that is unset is `[]` in JSON: some clients stop at a list that is missing or null.
    """

    prefix: ClassVar[str] = ""
    root_prefix: ClassVar[str] = ""
    xmlns: ClassVar[tuple[tuple[str, str], ...]] = ()
    bare_xmlns: ClassVar[tuple[tuple[str, str], ...]] = ()
    etagged: ClassVar[bool] = True
    declared: ClassVar[bool] = True


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


class Wish(NamedTuple):
    """The form an answer takes, and the type it is sent with (`application/json`, no charset)."""

    form: Form
    media: str


class Received(NamedTuple, Generic[R]):
    """What a body held. `etag`: the version its entry names, "" for none (a bare body never names one)."""

    resource: R
    etag: str


def answer_wish(accept: str | None, extension: str = "", dialect: Dialect = "atom") -> Wish:
    """The form of the answer, from the header `Accept`, the extension of the path (".xml", ".json", "")
    and the caller's dialect. Nothing is refused: what nobody here speaks is Atom XML."""
    raise NotImplementedError


def split_extension(path: str) -> tuple[str, str]:
    """A path without its `.xml` or `.json`, and that extension ("" when it has none)."""
    raise NotImplementedError


def to_atom(thing: Entry | Feed, form: Form, *, now: dt.datetime, zone: str) -> bytes:
    """An answer in bytes. `now` is the `updated` of the envelope; moments of the resource are written in
    the institution's `zone` (IANA name) in XML, as milliseconds in JSON."""
    raise NotImplementedError


def to_plain_json(resource: AtomResource) -> bytes:
    """The bare resource in JSON: also the same bytes for the same request, whatever form it came in."""
    raise NotImplementedError


def read_entry(
    model: type[R],
    body: bytes,
    media: Media,
    *,
    optional: bool = False,
    whole: bool = False,
    gather: list[Problem] | None = None,
) -> Received[R]:
    """The resource in a body, with or without its Atom envelope, in XML or JSON.

    Elements are matched by local name, so every version of a namespace is taken. `optional`: an empty
    body, an entry without content, an empty resource are all a resource without members (receiving a
    copy). `whole` and `gather` as in `wire.model.read`, whose refusals these are, with the path of
    the field within the resource (`vendor.vendorId`); `body_malformed` also for an envelope without
    the resource that is expected.
    """
    raise NotImplementedError


def local_text(moment: dt.datetime, zone: str) -> str:
    """A moment as the XML of resources and as etags have it: `2012-02-15T11:00:30.000-05:00`."""
    raise NotImplementedError


def read_etag(text: str) -> dt.datetime | None:
    """The moment an etag names, whether it stands in quotes (also weak, `W/"…"`) or not, in whatever
    zone; None when it is no moment at all, which is then nobody's version."""
    raise NotImplementedError
