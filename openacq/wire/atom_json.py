"""Atom in JSON: the envelope of 2012, and the bare resources of later clients.

Resources become plain members in one pass: moments milliseconds, numbers literals with all their
decimals (a float would lose the zeros), lists always lists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from openacq.wire.atom_shapes import (
    DATA,
    FEED_ID,
    FEED_TITLE,
    SEARCH,
    AtomResource,
    Entry,
    Feed,
    utc_text,
)
from openacq.wire.fields import UNSET
from openacq.wire.kept import to_members
from openacq.wire.plan import Kind, Member, plan_of

_encode = msgspec.json.Encoder().encode
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)

_Members = Callable[[Any], Any]


def resource_json(resource: AtomResource) -> bytes:
    """The bare resource."""
    return _encode(_members(type(resource), True)(resource))


def plain_feed_json(feed: Feed) -> bytes:
    return _encode(
        {
            "entry": [_members(type(entry.resource), True)(entry.resource) for entry in feed.entries],
            "totalResults": feed.total,
            "startIndex": feed.start,
            "itemsPerPage": feed.per_page,
        }
    )


def entry_json(entry: Entry, now: dt.datetime) -> bytes:
    return _encode(_entry(entry, utc_text(now)))


def feed_json(feed: Feed, now: dt.datetime) -> bytes:
    updated = utc_text(now)
    link = {"links": _self(feed.link)} if feed.link else {}
    return _encode(
        {
            "id": FEED_ID,
            "title": FEED_TITLE,
            "updated": updated,
            **link,
            "entries": [_entry(entry, updated) for entry in feed.entries],
            "extensions": [
                _extension("os", SEARCH, "totalResults", str(feed.total)),
                _extension("os", SEARCH, "startIndex", str(feed.start)),
                _extension("os", SEARCH, "itemsPerPage", str(feed.per_page)),
            ],
        }
    )


def _entry(entry: Entry, updated: str) -> dict[str, Any]:
    members: dict[str, Any] = {"id": entry.id} if entry.id else {}
    members["title"] = entry.title
    members["content"] = _members(type(entry.resource), False)(entry.resource)
    if entry.published:
        members["published"] = utc_text(entry.published)
    members["updated"] = updated
    if entry.link:
        members["links"] = _self(entry.link)
    members["extensions"] = [_extension("gd", DATA, "etag", entry.etag)] if entry.etag else []
    return members


def _self(address: str) -> list[dict[str, str]]:
    return [{"href": address, "rel": "self"}]


def _extension(prefix: str, namespace: str, name: str, text: str) -> dict[str, Any]:
    return {
        "name": f"{prefix}:{name}",
        "attributes": {f"xmlns:{prefix}": namespace},
        "children": [text],
    }


@cache
def _members(model: type[AtomResource], bare: bool) -> _Members:
    """A function from an object of this class to its JSON members."""
    plan = plan_of(model)
    steps = tuple((member.name, *_step(member, bare), member.many) for member in plan.members)
    unknown, nulls = plan.unknown, bare and model.nulls

    def members_of(thing: Any) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for name, key, change, many in steps:
            value = getattr(thing, name)
            if value is UNSET:
                if many:
                    members[key] = []
                elif nulls:
                    members[key] = None
            elif value is None or change is None:
                members[key] = value
            else:
                members[key] = change(value)
        if unknown and (others := getattr(thing, unknown)):
            members.update((name, value) for name, value in to_members(others).items() if name not in members)
        return members

    return members_of


def _step(member: Member, bare: bool) -> tuple[str, _Members | None]:
    """The key of a member and what becomes of its value (None: nothing)."""
    change: _Members | None = None
    if member.kind is Kind.LOOSE:
        change = to_members
    elif member.model is not None:
        if not issubclass(member.model, AtomResource):
            raise TypeError(f"{member.model.__name__} is no part of an Atom resource")
        change = _members(member.model, bare)
    elif member.kind in _CHANGES:
        change = _CHANGES[member.kind]
    if member.many and change is not None:
        return member.key, _each(change)
    if member.outer and not bare and change is not None:
        return member.outer, _within(member.key, change)
    return member.key, change


def _each(change: _Members) -> _Members:
    return lambda values: [change(value) for value in values]


def _within(key: str, change: _Members) -> _Members:
    """The object in a list of one, as the list of the same name in XML would hold it."""
    return lambda value: {key: [change(value)]}


def _milliseconds(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


_CHANGES: dict[Kind, _Members] = {
    Kind.MOMENT: _milliseconds,
    Kind.NUMBER: lambda number: msgspec.Raw(format(number, "f").encode()),
    Kind.DAY: dt.date.isoformat,
}
