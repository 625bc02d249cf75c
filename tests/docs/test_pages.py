"""Every command and example of the README and the manual is tried, from top to bottom of its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.conftest import NewDatabase
from tests.docs.pages import ROOT, Block, blocks, commands, says_the_same
from tests.docs.reader import Reader

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs" / "manual").glob("*.md")))
LINKED = (*PAGES, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs" / "reference").glob("*.md")))
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@pytest.mark.slow
@every_page
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    try:
        for block in blocks(page.read_text()):
            if block.word != "on":
                reader.follow(block)
    finally:
        reader.close()


@pytest.mark.slow
def test_what_pages_say_of_postgresql_is_so(new_database: NewDatabase, dialect: str, tmp_path: Path) -> None:
    """On SQLite the same commands must work too: the URL of the page stands for any database."""
    tried = 0
    for page in PAGES:
        url = make_url(new_database(page.stem.lower())).render_as_string(hide_password=False)
        reader = Reader(tmp_path / page.stem, postgresql=url)
        for block in blocks(page.read_text()):
            if block.word == "on":
                reader.follow(block)
                tried += 1
    assert tried >= 3, f"on {dialect}"


@every_page
def test_a_page_says_in_its_first_line_whom_it_is_for(page: Path) -> None:
    lines = [line for line in page.read_text().splitlines() if line.strip()]
    assert lines[0].startswith("# ")
    assert lines[1].startswith("For " if page.parent.name == "manual" else "A library acquisitions server")


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        name, _, anchor = target.partition("#")
        if "://" in target:
            continue
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(), re.MULTILINE)
            assert anchor in [_anchor(heading) for heading in headings], target


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# -- the reader of pages itself can fail ------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "printed", "same"),
    [
        ("1 created.", "1 created.\n", True),
        ("1 created.", "2 created.\n", False),
        ("POL-1002  a", "POL-7 a", True),
        ("PO-2026-1 OIN-2026-2", "PO-2031-7 OIN-2031-9", True),
        ("PO-2026-1", "OIN-2026-1", False),
        ("one\n…\nlast", "one\nmore\nmore\nlast\n", True),
        ("one\nlast", "one\nmore\nlast\n", False),
        ("with … in it", "with something in it", True),
        ('{"a": 1}', '{"a":1}', True),
        ('{"a": 1}', '{"a":1,"b":2}', False),
        ('{"a": 1, "…": "…"}', '{"a":1,"b":2}', True),
        ('{"a": 1, "…": "…"}', '{"b":2}', False),
        ('{"a": "x …"}', '{"a":"x and y"}', True),
        ('["a", "…"]', '["a","b","c"]', True),
        ('["a"]', '["a","b"]', False),
        ("<a><b>1</b></a>", "<a>\n<b>1</b></a>", True),
        ("<a><b>1</b></a>", "<a><b>2</b></a>", False),
        ("<a><b>1</b>…</a>", "<a><b>1</b><c/></a>", True),
        ("<a><b>1</b></a>", "<a><b>1</b><c/></a>", False),
    ],
)
def test_what_a_page_says_is_compared(said: str, printed: str, same: bool) -> None:
    assert says_the_same(said, printed) is same


def test_a_page_is_taken_apart() -> None:
    page = "a\n<!-- file x.json -->\n```json\n{}\n```\n"
    page += "```console\n$ one \\\n  two\nsaid\n$ three\n```\n<!-- stop -->\n"
    first, second, third = blocks(page)
    assert (first.word, first.about, first.text) == ("file", "x.json", "{}\n")
    assert [(one.text, one.printed) for one in commands(second)] == [
        ("one \\\n  two", "said"),
        ("three", None),
    ]
    assert third.language == "stop"


def test_a_command_that_fails_fails_the_page(tmp_path: Path) -> None:
    (block,) = blocks("```sh\nfalse\ntrue\n```\n")
    with pytest.raises(AssertionError, match="ended with 1"):
        Reader(tmp_path).follow(block)


def test_a_machine_without_curl_has_a_stand_in(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    try:
        reader.follow(Block("sh", "openacq serve --demo\n", 1, "server"))
        page = """```console
$ .tools/curl -s -o /dev/null -w '%{http_code}\\n' 'http://127.0.0.1:8080/almaws/v1/acq/test?apikey=demo-api-key'
200
$ .tools/curl -s 'http://127.0.0.1:8080/openacq/v1/review' -H 'Authorization: apikey demo-api-key'
{"total": 0, "limit": 50, "offset": 0, "lines": []}
```
"""
        for block in blocks(page):
            reader.follow(block)
    finally:
        reader.close()


def test_a_block_nobody_tries_fails_the_page(tmp_path: Path) -> None:
    (block,) = blocks("```json\n{}\n```\n")
    with pytest.raises(AssertionError, match="nobody tries"):
        Reader(tmp_path).follow(block)
