"""Pieces of the pages that are made from the program."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

MADE = "<!-- Written by script/new-references; change the program, then run it. -->"
WIDTH = 118
NOTHING = "-"


def page(title: str, audience: str, opening: str, *parts: str) -> str:
    """A page: whom it is for first, then what it holds."""
    paragraphs = [f"# {title}", audience, paragraph(opening), *(part.strip("\n") for part in parts)]
    return f"{MADE}\n" + "\n\n".join(paragraphs) + "\n"


def paragraph(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty cells say so."""
    head = [list(columns), ["---"] * len(columns)]
    body = [[cell.replace("|", "\\|") or NOTHING for cell in row] for row in rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [*head, *body])
