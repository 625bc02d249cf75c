"""Every command and example of the README and the manual is tried, from top to bottom of its page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks
from tests.docs.reader import Reader

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs" / "manual").glob("*.md")))


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    try:
        for block in blocks(page.read_text()):
            if block.word != "on":
                reader.follow(block)
    finally:
        reader.close()
