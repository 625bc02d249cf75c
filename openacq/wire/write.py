"""Writing: one object, JSON or XML.

JSON is written by msgspec; the XML writer of a class is compiled once from its plan and builds
strings (an element tree would cost three times as much). Dates are written `2024-08-19Z`,
moments `2024-08-19T10:15:00Z`, a Decimal as a JSON number.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

import msgspec

from openacq.wire.fields import UNSET, Wire
from openacq.wire.plan import Kind, Member, plan_of

XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

_encoder = msgspec.json.Encoder(decimal_format="number")
_Write = Callable[[Any, list[str]], None]

# XML 1.0 cannot carry most control characters, lone surrogates and two non-characters at all,
# not even escaped: they are dropped. A bare CR would be read back as LF.
_DROPPED = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_IN_TEXT = re.compile(f"[&<>\r{_DROPPED}]")
_IN_ATTRIBUTE = re.compile(f'[&<>"\r\n\t{_DROPPED}]')
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_OWN_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>\s*")


def to_json(thing: Wire) -> bytes:
    """The object as compact UTF-8 JSON, members in the order of the class."""
    dated = _dated(type(thing))
    return _encoder.encode(thing if dated is None else dated(thing))


def to_xml(thing: Wire, root: str = "") -> bytes:
    """The object as an XML document; the root element is `root` or the class's `xml_root`."""
    model = type(thing)
    parts = [XML_DECLARATION]
    _element(model, root or model.xml_root, model.xml_namespace)(thing, parts)
    return "".join(parts).encode()


@lru_cache(maxsize=4_096)
def day_text(day: dt.date) -> str:
    """A date as both formats print it: `2024-08-19Z`."""
    return f"{day.isoformat()}Z"


def moment_text(moment: dt.datetime) -> str:
    """A moment in UTC to the second: `2024-08-19T10:15:00Z`. ValueError without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return f"{moment.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z"


# --- JSON: msgspec prints dates without the Z, so classes that hold dates are copied with texts


@cache
def _dated(model: type[Wire]) -> Callable[[Any], Any] | None:
    """A function that puts texts for the dates in an object, or None where there are none."""
    steps: list[tuple[str, Callable[[Any], Any]]] = []
    for member in plan_of(model).members:
        change: Callable[[Any], Any] | None = None
        if member.kind is Kind.DAY:
            change = day_text
        elif member.kind is Kind.MOMENT:
            change = moment_text
        elif member.model is not None:
            change = _dated(member.model)
        if change is not None:
            steps.append((member.name, _each(change) if member.many else change))
    if not steps:
        return None

    def dated(thing: Wire) -> Wire:
        changes = {}
        for name, change in steps:
            value = getattr(thing, name)
            if value is not UNSET and value is not None:
                changes[name] = change(value)
        return msgspec.structs.replace(thing, **changes) if changes else thing

    return dated


def _each(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: [change(value) for value in values]


# --- XML


def _escape(found: re.Match[str]) -> str:
    return _ESCAPED.get(found[0], "")


def xml_text(value: str) -> str:
    return _IN_TEXT.sub(_escape, value) if _IN_TEXT.search(value) else value


def xml_attribute(value: str) -> str:
    return _IN_ATTRIBUTE.sub(_escape, value) if _IN_ATTRIBUTE.search(value) else value


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
    Kind.DAY: day_text,
    Kind.MOMENT: moment_text,
}


def _attribute_texts(kind: Kind) -> Callable[[Any], str]:
    return xml_attribute if kind in (Kind.TEXT, Kind.SUM) else _TEXTS[kind]


@cache
def _element(model: type[Wire], tag: str, namespace: str = "") -> _Write:
    """The writer of one class under one element name."""
    if not tag:
        raise TypeError(f"{model.__name__} has no xml_root and to_xml was told none")
    plan = plan_of(model)
    begin = f'<{tag} xmlns="{xml_attribute(namespace)}"' if namespace else f"<{tag}"
    end = f"</{tag}>"
    attributes = tuple((m.name, f' {m.key}="', _attribute_texts(m.kind)) for m in plan.attributes)

    def opening(thing: Wire) -> str:
        opened = begin
        for name, key, texts in attributes:
            value = getattr(thing, name)
            if value is not UNSET and value is not None:
                opened += f'{key}{texts(value)}"'
        return opened

    if plan.body is not None:
        body, body_text = plan.body.name, _TEXTS[plan.body.kind]

        def write_text(thing: Wire, parts: list[str]) -> None:
            value = getattr(thing, body)
            shown = "" if value is UNSET or value is None else body_text(value)
            parts.append(f"{opening(thing)}>{shown}{end}")

        return write_text

    all_of = values_of(tuple(member.name for member in plan.elements))
    writers = tuple(_child(member) for member in plan.elements)

    def write(thing: Wire, parts: list[str]) -> None:
        opened = opening(thing) if attributes else begin
        parts.append(f"{opened}>")
        before = len(parts)
        for value, writer in zip(all_of(thing), writers, strict=True):
            if value is not UNSET and value is not None:
                writer(value, parts)
        if len(parts) == before:
            parts[-1] = f"{opened}/>"
        else:
            parts.append(end)

    return write


def values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """All members at once: attrgetter does it in one step, but not for fewer than two names."""
    if len(names) >= 2:
        return attrgetter(*names)
    return lambda thing: tuple(getattr(thing, name) for name in names)


def _child(member: Member) -> _Write:
    one = _one(member)
    if not member.many:
        return one
    if member.wrapper:
        begin, end, empty = f"<{member.wrapper}>", f"</{member.wrapper}>", f"<{member.wrapper}/>"

        def write_wrapped(values: Any, parts: list[str]) -> None:
            if not values:
                parts.append(empty)
                return
            parts.append(begin)
            for value in values:
                one(value, parts)
            parts.append(end)

        return write_wrapped

    def write_bare(values: Any, parts: list[str]) -> None:
        for value in values:
            one(value, parts)

    return write_bare


def _one(member: Member) -> _Write:
    tag = member.item if member.many else member.key
    if member.model is not None:
        return _element(member.model, tag)
    if member.kind is Kind.RAW:
        return _write_raw
    begin, end, texts = f"<{tag}>", f"</{tag}>", _TEXTS[member.kind]

    def write_value(value: Any, parts: list[str]) -> None:
        parts.append(f"{begin}{texts(value)}{end}")

    return write_value


def _write_raw(value: str, parts: list[str]) -> None:
    declared = _OWN_DECLARATION.match(value)
    parts.append(value[declared.end() :] if declared else value)
