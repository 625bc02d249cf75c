"""Pages of the documentation as things that can be run.

A page is read from top to bottom as a reader would follow it: its `sh` and `console` blocks are
commands, the other blocks are what the comment above them says (comments do not show on the page):

    <!-- file order.json -->       the block is the content of that file
    <!-- answer -->                the block is what the command before it printed
    <!-- part of PATH -->          the block stands in that file of the project
    <!-- server -->                the command is a server: it runs until the end of the page, or
    <!-- stop -->                  until here (stands alone)
    <!-- on postgresql -->         the command needs a PostgreSQL server
    <!-- not run: REASON -->       the block is not tried here

What differs from run to run (numbers of lines, orders, records, ids, dates, keys) is compared by its form;
`…` on a page stands for anything, on a line of its own for any number of lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
ELLIPSIS = "…"

_DIRECTIVE = re.compile(r"<!--\s*(.*?)\s*-->")
_FENCE = re.compile(r"^(`{3,})(\S*)\s*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, the line it begins at, and what the comment above says."""

    language: str
    text: str
    line: int
    directive: str = ""

    @property
    def word(self) -> str:
        """The first word of the directive: file, answer, part, server, on, not …"""
        return self.directive.partition(" ")[0].rstrip(":")

    @property
    def about(self) -> str:
        return self.directive.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and what the page says it prints (None: nothing is said)."""

    text: str
    printed: str | None = None


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, and its `stop` comments as empty blocks. ValueError for an open fence."""
    lines = iter(enumerate(text.splitlines(), 1))
    directive = ""
    for number, line in lines:
        fence = _FENCE.match(line)
        comment = _DIRECTIVE.fullmatch(line.strip())
        if fence:
            yield Block(fence[2], _inside(lines, fence[1], number), number, directive)
            directive = ""
        elif comment and comment[1] == "stop":
            yield Block("stop", "", number)
        elif comment:
            directive = comment[1]
        elif line.strip():
            directive = ""


def _inside(lines: Iterator[tuple[int, str]], fence: str, begun: int) -> str:
    content: list[str] = []
    for _, line in lines:
        if line.strip() == fence:
            return "\n".join(content) + "\n"
        content.append(line)
    raise ValueError(f"the block of line {begun} is not closed")


def commands(block: Block) -> Iterator[Command]:
    """What to run: a `sh` block as a whole, each `$` of a `console` block with what follows it."""
    if block.language == "sh":
        yield Command(block.text)
        return
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    if parts[0].strip():
        raise ValueError(f"the console block of line {block.line} begins without a command")
    for part in parts[1:]:
        lines = part.splitlines()
        length = next(at for at, line in enumerate(lines, 1) if not line.endswith("\\"))
        yield Command("\n".join(lines[:length]), "\n".join(lines[length:]) or None)


# -- comparing --------------------------------------------------------------------------------

_FORMS = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (r"\bPOL-\d+", "POL-0"),
        (r"\b(PO|OIN|BP)-\d{4}-\d+", r"\1-0-0"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
        (r"\bE01-\d{10}-[A-Z2-7]{5}-AWAE\d+", "E01-0"),
        (r"\b(99|22|23|53)\d{6,}\b", r"\1"),
        (r"oacq_[0-9a-f]{8}(_[\w-]+)?", "oacq_0"),
        (r"\b\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?", "DATE"),
        (r"\b\d+ ms\b", "0 ms"),
    )
)


def form_of(text: str) -> str:
    """A text without what differs from run to run; blanks in a row count as one."""
    for pattern, form in _FORMS:
        text = pattern.sub(form, text)
    return re.sub(r"[ \t]+", " ", text).strip()


def says_the_same(said: str, printed: str) -> bool:
    """Whether a page says what was printed: as JSON, as XML, or line by line."""
    for read in (_as_json, _as_xml):
        said_tree, printed_tree = read(said), read(printed)
        if said_tree is not None and printed_tree is not None:
            return _alike(said_tree, printed_tree)
    return (
        _lines(said).fullmatch("".join(f"{form_of(line)}\n" for line in printed.strip().splitlines()))
        is not None
    )


def _as_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _as_xml(text: str) -> Any:
    if not text.lstrip().startswith("<"):
        return None
    root = etree.fromstring(
        text.strip().encode(), etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    )
    return _tree_of(root)


def _tree_of(element: etree._Element) -> dict[str, Any]:
    inside = [_tree_of(child) for child in element]
    tree: dict[str, Any] = {"": etree.QName(element).localname}
    tree |= {str(name): value for name, value in element.attrib.items()}
    if (element.text or "").strip():
        tree["text"] = (element.text or "").strip()
    for position, child in enumerate(inside):
        tree[f"{position}"] = child
    if any(ELLIPSIS in (part or "") for part in (element.text, *(child.tail for child in element))):
        tree[ELLIPSIS] = ELLIPSIS
    return tree


def _alike(said: Any, real: Any) -> bool:
    """Whether two JSON values are alike; a member named `…` on the page allows further ones."""
    if isinstance(said, dict) and isinstance(real, dict):
        wanted = {name: value for name, value in said.items() if name != ELLIPSIS}
        if ELLIPSIS not in said and wanted.keys() != real.keys():
            return False
        return all(
            name in real and (_alike(value, real[name]) or _both_ids(name, value, real[name]))
            for name, value in wanted.items()
        )
    if isinstance(said, list) and isinstance(real, list):
        if said and said[-1] == ELLIPSIS:
            return len(said) - 1 <= len(real) and all(map(_alike, said[:-1], real))
        return len(said) == len(real) and all(map(_alike, said, real))
    if isinstance(said, str) and isinstance(real, str):
        return _lines(said).fullmatch(form_of(real) + "\n") is not None
    return bool(said == real)


IDS = ("id", "letter")
"""Members of our own door that hold ids."""


def _both_ids(name: str, said: Any, real: Any) -> bool:
    return name in IDS and type(said) is int and type(real) is int


def ids_of(said: str, printed: str) -> dict[str, str]:
    """The ids a page shows, and those that were printed in their places."""
    return dict(_ids(_as_json(said), _as_json(printed)))


def _ids(said: Any, real: Any) -> Iterator[tuple[str, str]]:
    if isinstance(said, dict) and isinstance(real, dict):
        for name, value in said.items():
            if _both_ids(name, value, real.get(name)):
                yield str(value), str(real[name])
            else:
                yield from _ids(value, real.get(name))
    elif isinstance(said, list) and isinstance(real, list):
        for one, other in zip(said, real, strict=False):
            yield from _ids(one, other)


def _lines(said: str) -> re.Pattern[str]:
    """A pattern for what a page says, line by line."""
    pattern = ""
    for line in said.strip().splitlines() or [""]:
        if line.strip() == ELLIPSIS:
            pattern += r"(.*\n)*"
        else:
            parts = form_of(line).split(ELLIPSIS)
            pattern += ".*".join(re.escape(part) for part in parts) + "\n"
    return re.compile(pattern)
