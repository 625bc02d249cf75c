"""The printed order: real text that can be read out, tables over several pages, honest about its limits."""

from __future__ import annotations

import io
import threading
from typing import Any

import pypdf
import pytest

from openacq.letters import rendering
from openacq.letters.facts import example_of, fit
from openacq.letters.kinds import KINDS
from openacq.letters.sheet import order_sheet
from openacq.letters.typeface import MARK
from openacq.letters.typeset import typeset

ORDER = KINDS["order"]


def printed(language: str = "en", **facts: Any) -> tuple[bytes, list[str]]:
    """The PDF of an order and the text of its pages."""
    fitted = fit(ORDER.facts, {**example_of(ORDER.facts), **facts})
    made = typeset(order_sheet(fitted, rendering.words(language)))
    return made, [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def line(title: str, **more: Any) -> dict[str, Any]:
    return {"number": "POL-1", "title": title, "quantity": 1, "price": "10.0", "currency": "EUR", **more}


def test_everything_of_the_order_is_on_the_page() -> None:
    made, (page,) = printed()
    for words in (
        "Example College",
        "Purchase order PO-2026-1001",
        "Example Books Ltd",
        "Account: EXB-MAIN",
        "Date: 2 March 2026",
        "Ship to",
        "Invoice to",
        "The history of paper",
        "RUSH! Überlieferung und Fälschung",
        "Müller, Jörg",
        "ISBN 9783161484100",
        "54.10 EUR",
        "discount 10 %",
        "1,054.00 EUR",
        "1,151.38 EUR",
        "Our line POL-1001 · your reference EXB-77-1",
        "All items shelf-ready, please.",
        "Page 1 of 1",
    ):
        assert words in page, words
    assert made == printed()[0], "the same order always gives the same bytes"
    about = pypdf.PdfReader(io.BytesIO(made)).metadata
    assert about is not None
    assert about.title == "Purchase order PO-2026-1001"


@pytest.mark.parametrize(
    "title",
    [
        "Žluťoučký kůň úpěl ďábelské ódy",
        "Łódź, Gdańsk i Białystok",
        "Árvíztűrő tükörfúrógép",
        "Şeker ve ığdır",  # noqa: RUF001  (real letters)
        "Тихий Дон",
        "Ο μεγάλος ανατολικός",  # noqa: RUF001
        "Հայոց պատմություն",
        "Tiếng Việt",
        "“Quotes” – dashes — … €",  # noqa: RUF001
    ],
)
def test_the_scripts_of_the_font_are_printed_and_can_be_read_out(title: str) -> None:
    _, (page,) = printed(lines=[line(title)])
    assert title in page
    assert MARK not in page


@pytest.mark.parametrize("title", ["紙の歴史", "中文图书馆", "한국의 종이"])
def test_east_asian_titles_are_printed_in_the_readers_fonts_and_the_page_says_so(title: str) -> None:
    _, (page,) = printed(lines=[line(title)])
    assert title.replace(" ", "") in page.replace(" ", "").replace("\n", "")
    assert "set in fonts of your PDF reader" in page


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("תולדות הנייר", f"{MARK * 6} {MARK * 5}"),
        ("تاريخ الورق", f"{MARK * 5} {MARK * 5}"),
        ("Smile 😀", f"Smile {MARK}"),
        ("काग", MARK * 2),
    ],
)
def test_what_cannot_be_printed_is_marked_and_the_page_says_so(title: str, shown: str) -> None:
    _, (page,) = printed("de", lines=[line(title)])
    assert shown in page
    assert f"{MARK} steht für Zeichen, die dieses Dokument nicht drucken kann" in page


def test_a_long_order_goes_on_over_pages_with_its_head() -> None:
    lines = [line(f"Title number {number}", number=f"POL-{number}") for number in range(120)]
    _, pages = printed(lines=lines)
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert page.count("Qty") == 1
    assert "Purchase order PO-2026-1001 (continued)" in pages[1]
    whole = "\n".join(pages)
    for number in range(120):
        assert whole.count(f"Title number {number}\n") == 1


@pytest.mark.parametrize(
    "title", ["x" * 900, "word " * 180, "日本" * 400, "\u0301" * 500, "e\u0301\u0323" * 100, "a\u00a0b" * 200]
)
def test_long_and_strange_titles_break_into_lines(title: str) -> None:
    _, pages = printed(lines=[line(title, note="\n".join(["a note"] * 200))])
    assert "".join(pages).count("a note") == 200


def test_an_empty_order_is_a_page_too() -> None:
    made = typeset(order_sheet(fit(ORDER.facts, {}), rendering.words("en")))
    assert len(pypdf.PdfReader(io.BytesIO(made)).pages) == 1


def test_several_threads_set_sheets_at_once() -> None:
    wanted = {language: printed(language)[0] for language in ("en", "de")}
    made: list[tuple[str, bytes]] = []

    def set_some(language: str) -> None:
        made.extend((language, printed(language)[0]) for _ in range(5))

    threads = [threading.Thread(target=set_some, args=(language,)) for language in ("en", "de") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 20
    assert all(pdf == wanted[language] for language, pdf in made)
