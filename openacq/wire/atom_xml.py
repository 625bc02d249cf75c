"""Atom in XML: the writer of a resource, compiled once from its plan, and the envelope around it.

`bare` everywhere means the later form: un-versioned namespaces, no object around an object.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from openacq.wire.atom_shapes import (
    ATOM,
    DATA,
    FEED_ID,
    FEED_TITLE,
    SEARCH,
    AtomResource,
    Entry,
    Feed,
    local_text,
    utc_text,
)
from openacq.wire.fields import UNSET
from openacq.wire.kept import to_attributes, to_elements
from openacq.wire.plan import Kind, Member, plan_of
from openacq.wire.write import values_of, xml_attribute, xml_text

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"

_Write = Callable[[Any, list[str], str], None]
"""Writes a value as an element: the value, the parts of the document so far, the institution's zone."""


def resource_xml(resource: AtomResource, zone: str, *, bare: bool) -> str:
    """The resource as an element with all its namespaces, without a declaration."""
    parts: list[str] = []
    _root(type(resource), bare)(resource, parts, zone)
    return "".join(parts)


def entry_xml(entry: Entry, now: dt.datetime, zone: str, *, bare: bool) -> str:
    """An entry as a document of its own."""
    parts = [DECLARATION]
    _entry(entry, f' xmlns="{ATOM}"', utc_text(now), zone, bare, parts)
    return "".join(parts)


def feed_xml(feed: Feed, now: dt.datetime, zone: str, *, bare: bool) -> str:
    updated = utc_text(now)
    parts = [
        DECLARATION if feed.of.declared else "",
        f'<feed xmlns="{ATOM}" xmlns:os="{SEARCH}">',
        f'<id>{FEED_ID}</id><title type="text">{FEED_TITLE}</title>',
        f'<link href="{xml_attribute(feed.link)}" rel="self" />' if feed.link else "",
        f"<updated>{updated}</updated>",
        f"<os:totalResults>{feed.total}</os:totalResults>",
        f"<os:startIndex>{feed.start}</os:startIndex>",
        f"<os:itemsPerPage>{feed.per_page}</os:itemsPerPage>",
    ]
    for entry in feed.entries:
        _entry(entry, "", updated, zone, bare, parts)
    parts.append("</feed>")
    return "".join(parts)


def _entry(entry: Entry, declared: str, updated: str, zone: str, bare: bool, parts: list[str]) -> None:
    resource = entry.resource
    gd = f' xmlns:gd="{DATA}"' if resource.etagged else ""
    title = xml_text(entry.title)
    parts.append(f"<entry{declared}{gd}>")
    parts.append(f'<title type="text">{title}</title>' if title else '<title type="text" />')
    if entry.id:
        parts.append(f"<id>{xml_text(entry.id)}</id>")
    if entry.link:
        parts.append(f'<link href="{xml_attribute(entry.link)}" rel="self" type="application/atom+xml" />')
    if entry.published:
        parts.append(f"<published>{utc_text(entry.published)}</published>")
    parts.append(f"<updated>{updated}</updated>")
    if entry.etag:
        parts.append(f"<gd:etag>{xml_text(entry.etag)}</gd:etag>")
    parts.append('<content type="application/xml">')
    _root(type(resource), bare)(resource, parts, zone)
    parts.append("</content></entry>")


@cache
def _root(model: type[AtomResource], bare: bool) -> _Write:
    declared = model.bare_xmlns if bare else model.xmlns
    namespaces = "".join(f' {name}="{xml_attribute(value)}"' for name, value in declared)
    return _element(model, f"{model.root_prefix}{model.xml_root}", namespaces, bare)


@cache
def _element(model: type[AtomResource], tag: str, namespaces: str, bare: bool) -> _Write:
    """The writer of one class under one element name."""
    plan = plan_of(model)
    if plan.body is not None:
        raise TypeError(f"{model.__name__}: a resource of Atom has no body")
    attributes = tuple((member.name, f' {member.key}="') for member in plan.attributes)
    members = tuple(member.name for member in plan.elements)
    writers = tuple(_child(member, model.prefix, bare) for member in plan.elements)
    all_of = values_of(members)
    prefix, unknown = model.prefix, plan.unknown

    def write(thing: Any, parts: list[str], zone: str) -> None:
        opened = f"<{tag}{namespaces}"
        for name, key in attributes:
            value = getattr(thing, name)
            if value is not UNSET and value is not None:
                opened += f'{key}{xml_attribute(str(value))}"'
        others = (getattr(thing, unknown) or {}) if unknown else {}
        if others:
            opened += to_attributes(others)
        parts.append(f"{opened}>")
        before = len(parts)
        for value, writer in zip(all_of(thing), writers, strict=True):
            if value is not UNSET and value is not None:
                writer(value, parts, zone)
        for name, kept in others.items():
            to_elements(name, kept, prefix, parts)
        if len(parts) == before:
            parts[-1] = f"{opened} />"
        else:
            parts.append(f"</{tag}>")

    return write


def _child(member: Member, prefix: str, bare: bool) -> _Write:
    tag = f"{prefix}{member.key}"
    one = _one(member, tag, prefix, bare)
    if member.many:

        def write_each(values: Any, parts: list[str], zone: str) -> None:
            for value in values:
                one(value, parts, zone)

        return write_each
    if member.outer and not bare:
        begin, end = f"<{prefix}{member.outer}>", f"</{prefix}{member.outer}>"

        def write_within(value: Any, parts: list[str], zone: str) -> None:
            parts.append(begin)
            one(value, parts, zone)
            parts.append(end)

        return write_within
    return one


def _one(member: Member, tag: str, prefix: str, bare: bool) -> _Write:
    if member.kind is Kind.LOOSE:
        return lambda value, parts, _zone: to_elements(member.key, value, prefix, parts)
    if member.model is not None:
        if not issubclass(member.model, AtomResource):
            raise TypeError(f"{member.model.__name__} is no part of an Atom resource")
        return _element(member.model, tag, "", bare)
    begin, end, empty = f"<{tag}>", f"</{tag}>", f"<{tag} />"
    if member.kind is Kind.MOMENT:
        return lambda value, parts, zone: parts.append(f"{begin}{local_text(value, zone)}{end}")
    texts = _TEXTS[member.kind]

    def write_value(value: Any, parts: list[str], _zone: str) -> None:
        text = texts(value)
        parts.append(f"{begin}{text}{end}" if text else empty)

    return write_value


def _flag_text(value: bool) -> str:
    return "true" if value else "false"


def _number_text(value: Decimal) -> str:
    return format(value, "f")


_TEXTS: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: xml_text,
    Kind.SUM: xml_text,
    Kind.FLAG: _flag_text,
    Kind.WHOLE: str,
    Kind.NUMBER: _number_text,
    Kind.DAY: dt.date.isoformat,
}
