"""What clients send that nobody here knows: kept as it came, stored as JSON, given back unchanged.

The kept form is text, whole numbers, booleans, null, lists and objects, so that any JSON column holds
it. What XML has and JSON has not, and numbers with a fraction (which a column might round), are told
by the first character of a name:

| came as | kept as |
|---|---|
| `<a href="x">y</a>` | `{"a": {"@href": "x", "#text": "y"}}` |
| `{"a": 1.50}` | `{"a": {"#number": "1.50"}}` |
| `{"@a": 1}`, `{"#a": 1}`, `{"~a": 1}` | `{"~@a": 1}`, … |

Given back in the other format an attribute is a member and a text is the member `value`; a name that
XML does not allow, and null, are left out of XML.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import msgspec
from lxml import etree

from openacq.kernel.text import kept as kept_text
from openacq.wire.tree import TEXT, Attribute, Hidden, Media, Number, parse_json, parse_xml
from openacq.wire.write import xml_attribute, xml_text

KEPT_LIMIT: Final = 20_000
"""Characters, as JSON, of what one object may carry that nobody knows."""

_ATTRIBUTE = "@"
TEXT_KEY: Final = "#text"
_NUMBER_KEY = "#number"
_SIGNS = (_ATTRIBUTE, "#", "~")


def keep(value: Any) -> Any:
    """The kept form of what the reader's tree holds."""
    match value:
        case Number():
            return {_NUMBER_KEY: str(value)}
        case str():
            return kept_text(value)
        case dict():
            return {_kept_name(name): keep(inner) for name, inner in value.items()}
        case list():
            return [keep(inner) for inner in value]
        case _:
            return value


def keep_member(name: Any, value: Any, into: dict[str, Any]) -> None:
    """Adds an unknown member to the others of its object; one that is null was not given."""
    if value is not None and name is not TEXT:
        into[_kept_name(name)] = keep(value)


def is_number(kept: Any) -> bool:
    """Whether a kept form is a number with a fraction or an exponent."""
    return isinstance(kept, dict) and kept.keys() == {_NUMBER_KEY}


def through(kept: dict[str, Any], media: Media) -> dict[str, Any]:
    """The members of a kept object as whoever reads them in a format and sends them back has them; what the
    format cannot say is missing."""
    if media == "json":
        tree = parse_json(msgspec.json.encode(to_members(kept)))
    else:
        parts = [f"<x{to_attributes(kept)}>", xml_text(str(kept.get(TEXT_KEY, "")))]
        for name, value in kept.items():
            to_elements(name, value, "", parts)
        _, tree = parse_xml("".join((*parts, "</x>")).encode())
    found: dict[str, Any] = keep(tree or {})
    return found


def too_long(kept: Any) -> bool:
    """Whether a kept form is longer than anybody has reason to send."""
    return len(msgspec.json.encode(kept)) > KEPT_LIMIT


def _kept_name(name: Any) -> str:
    if name is TEXT:
        return TEXT_KEY
    if isinstance(name, Hidden):
        return f"{_ATTRIBUTE}{kept_text(name.attribute)}"
    cleaned = kept_text(name)
    if isinstance(name, Attribute):
        return f"{_ATTRIBUTE}{cleaned}"
    return f"~{cleaned}" if cleaned.startswith(_SIGNS) else cleaned


def to_members(kept: Any) -> Any:
    """The kept form as the JSON encoder takes it."""
    match kept:
        case {"#number": str(written)}:
            return msgspec.Raw(written.encode())
        case dict():
            return {_given_name(name): to_members(inner) for name, inner in _elements_last(kept)}
        case list():
            return [to_members(inner) for inner in kept]
        case _:
            return kept


def _elements_last(kept: dict[str, Any]) -> list[tuple[str, Any]]:
    """Where an attribute and an element have one name JSON shows the element."""
    return sorted(kept.items(), key=lambda member: not member[0].startswith(_SIGNS[:2]))


def _given_name(name: str) -> str:
    if name == TEXT_KEY:
        return "value"
    return name[1:] if name.startswith(("~", _ATTRIBUTE)) else name


def to_attributes(kept: dict[str, Any]) -> str:
    """The attributes among the members of a kept object, as an opening tag has them."""
    return "".join(
        f' {name[1:]}="{xml_attribute(str(value))}"'
        for name, value in kept.items()
        if name.startswith(_ATTRIBUTE) and _is_name(name[1:])
    )


def to_elements(name: str, kept: Any, prefix: str, parts: list[str]) -> None:
    """Writes a kept member as elements `prefix` + `name`, one for each entry of a list."""
    name = _given_name(name) if name.startswith("~") else name
    if kept is None or name.startswith(_SIGNS) or not _is_name(name):
        return
    if isinstance(kept, list):
        for inner in kept:
            to_elements(name, inner, prefix, parts)
        return
    tag, attributes, inside = f"{prefix}{name}", "", ""
    children: list[str] = []
    match kept:
        case {"#number": str(written)}:
            inside = written
        case dict():
            attributes = to_attributes(kept)
            children.append(xml_text(str(kept.get(TEXT_KEY, ""))))
            for inner_name, inner in kept.items():
                to_elements(inner_name, inner, prefix, children)
            inside = "".join(children)
        case bool():
            inside = "true" if kept else "false"
        case _:
            inside = xml_text(str(kept))
    parts.append(f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes} />")


@lru_cache(maxsize=1_024)
def _is_name(name: str) -> bool:
    """Whether XML takes this for the name of an element or attribute without a prefix."""
    if ":" in name or name.startswith("{") or not name or len(name) > 255:
        return False
    try:
        etree.QName(name)
    except ValueError:
        return False
    return name != "xmlns"
