"""Every message of the pages, read off templates and programs as the translators' tools would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_python
from jinja2.ext import babel_extract

from openacq.kernel.catalogue import CATALOGUE
from openacq.ordering import service as ordering
from tests.architecture.source import ROOT

DOORS = ("pages", "desk", "patron")
KEYWORDS: dict[str, None] = {"say": None, "later": None, "gettext": None}
PLURALS: dict[str, None] = {"ngettext": None}


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    many: str
    place: str


def messages() -> Iterator[Message]:
    """Messages of every door with pages, those that count with both forms."""
    for door in DOORS:
        folder = ROOT / "openacq" / "doors" / door
        for path in sorted(folder.rglob("*.py")):
            yield from _of_program(path)
        for path in sorted((folder / "templates").rglob("*.html")) if folder.is_dir() else ():
            yield from _of_template(path)


def of_slices() -> Iterator[Message]:
    """What the desks say in the words of the slices: refusals and alerts."""
    for slug, entry in CATALOGUE.items():
        for text in (entry.message, entry.advice):
            yield Message(text, "", slug)
    for slug, alert in ordering.ALERTS.items():
        for text in (alert.text, alert.fix):
            yield Message(text, "", slug)


def _of_program(path: Path) -> Iterator[Message]:
    with path.open("rb") as file:
        names = {**KEYWORDS, **PLURALS}
        for line, name, found, _ in extract_python(file, names, [], {}):
            yield from _message(name, found, f"{path.name}:{line}")


def _of_template(path: Path) -> Iterator[Message]:
    options = {"trimmed": "false", "newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
    with path.open("rb") as file:
        for line, name, found, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], options):
            yield from _message(name, found, f"{path.name}:{line}")


def _message(name: object, found: Any, place: str) -> Iterator[Message]:
    texts = [text for text in (found if isinstance(found, (tuple, list)) else [found]) if text]
    if texts:
        yield Message(texts[0], texts[1] if name == "ngettext" and len(texts) > 1 else "", place)
