"""A logged call read for people: its bodies laid out and taken apart, and the call as a curl command.

Bodies are as the log keeps them: secrets masked, patron data folded, long ones cut. What cannot be taken
apart is shown as it was sent.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from lxml import etree

from openacq.calls.model import LoggedCall

MOST_CELLS = 400
MOST_DEPTH = 40
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=True
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a body and where it stands: "location[0].library.value"."""

    place: str
    value: str


@dataclass(frozen=True, slots=True)
class Body:
    """A body: laid out (`text`), taken apart (`cells`, empty when it cannot be), as JSON, XML or text."""

    text: str
    kind: str
    cells: tuple[Cell, ...] = ()
    more: bool = False


def body_of(text: str) -> Body:
    """A body of the log."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in ("{", "["):
        return _json(text)
    if start == "<":
        return _xml(text)
    return Body(text, "text" if text else "")


def _json(text: str) -> Body:
    try:
        tree = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return Body(text, "JSON")
    cells = list(_first(_cells_of(tree, "", 0)))
    laid_out = msgspec.json.format(text.encode(), indent=2).decode()
    return Body(laid_out, "JSON", tuple(cells[:MOST_CELLS]), len(cells) > MOST_CELLS)


def _cells_of(value: Any, place: str, depth: int) -> Iterator[Cell]:
    if isinstance(value, Mapping) and value and depth < MOST_DEPTH:
        for name, inner in value.items():
            yield from _cells_of(inner, f"{place}.{name}" if place else str(name), depth + 1)
    elif isinstance(value, list) and value and depth < MOST_DEPTH:
        for at, inner in enumerate(value):
            yield from _cells_of(inner, f"{place}[{at}]", depth + 1)
    else:
        yield Cell(place, value if isinstance(value, str) else msgspec.json.encode(value).decode())


def _xml(text: str) -> Body:
    try:
        root = etree.fromstring(text.lstrip("\ufeff \t\r\n").encode(), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return Body(text, "XML")
    cells = list(_first(_elements_of(root, "", 0)))
    laid_out = etree.tostring(root, pretty_print=True, encoding="unicode")
    return Body(laid_out, "XML", tuple(cells[:MOST_CELLS]), len(cells) > MOST_CELLS)


def _elements_of(element: Any, place: str, depth: int) -> Iterator[Cell]:
    if not isinstance(element.tag, str):
        return
    name = etree.QName(element).localname
    here = f"{place}.{name}" if place else name
    for attribute, value in element.attrib.items():
        yield Cell(f"{here}@{etree.QName(attribute).localname}", value)
    children = [child for child in element if isinstance(child.tag, str)]
    if not children or depth >= MOST_DEPTH:
        yield Cell(here, (element.text or "").strip())
        return
    seen: dict[str, int] = {}
    several = {child.tag for child in children if sum(other.tag == child.tag for other in children[:50]) > 1}
    for child in children:
        at = seen.get(child.tag, 0)
        seen[child.tag] = at + 1
        for cell in _elements_of(child, "", depth + 1):
            marked = cell.place
            if child.tag in several:
                first = etree.QName(child).localname
                marked = f"{first}[{at}]{cell.place[len(first) :]}"
            yield Cell(f"{here}.{marked}", cell.value)


def _first(cells: Iterator[Cell]) -> Iterator[Cell]:
    """As many as are shown, and one more to know that there are more."""
    for count, cell in enumerate(cells):
        if count > MOST_CELLS:
            return
        yield cell


def curl_of(call: LoggedCall, base: str) -> str:
    """The call as a command; whoever runs it puts in a key, and what was folded or cut."""
    query = "&".join(
        part for part in call.query.split("&") if part and part.partition("=")[0].lower() != "apikey"
    )
    address = base + call.path + (f"?{query}" if query else "")
    who = "'Authorization: Bearer YOUR_TOKEN'" if call.door == "wms" else "'Authorization: apikey YOUR_KEY'"
    parts = ["curl", "-X", call.method, shlex.quote(address), "-H", who]
    if call.request:
        xml = call.request.lstrip()[:1] == "<"
        media = "application/xml" if xml else "application/json"
        parts += ["-H", f"'Content-Type: {media}'", "--data-binary", shlex.quote(call.request)]
    return " ".join(parts)
