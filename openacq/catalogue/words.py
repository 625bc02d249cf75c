"""The words a title is found by.

Words are folded (no case, no marks over letters), so "Öko" and "oko" are one; whoever asks for "hist"
finds every word that begins so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from openacq.catalogue.identifiers import SEVERAL, standard_number
from openacq.catalogue.model import Bib, Word
from openacq.kernel.text import one_line, words

MOST_WORDS = 100
"""Words of one field that are kept."""
MOST_NUMBERS = 20
LONGEST_WORD = 40

_YEAR = re.compile(r"\d{4}", re.ASCII)


class WordField(StrEnum):
    """Where a word stands. The values are stored with every word, so they are short."""

    TITLE = "t"
    AUTHOR = "a"
    PUBLISHER = "p"
    PLACE = "l"
    YEAR = "y"
    NUMBER = "n"


def words_of(bib: Bib) -> frozenset[Word]:
    """Every word of a bib with the field it stands in."""
    return frozenset(_words_of(bib))


def _words_of(bib: Bib) -> Iterator[Word]:
    fields = (
        (WordField.TITLE, bib.title),
        (WordField.AUTHOR, bib.author),
        (WordField.PUBLISHER, bib.publisher),
        (WordField.PLACE, bib.place),
        (WordField.YEAR, bib.year),
    )
    for field, text in fields:
        for word in beginnings(text)[:MOST_WORDS]:
            yield Word(field.value, word)
    for year in _YEAR.findall(bib.year)[:MOST_NUMBERS]:  # "c2007." is asked for as 2007
        yield Word(WordField.YEAR.value, year)
    for text, first in ((bib.isbn, "isbn"), (bib.issn, "issn")):
        for part in SEVERAL.split(text)[:MOST_NUMBERS]:
            number = one_line(part)
            if number and standard_number(number, first) is None:  # the others are found as identifiers
                yield Word(WordField.NUMBER.value, bare_number(number))


def beginnings(text: str) -> list[str]:
    """The folded words of a text, as much of each as is kept; underscores are blanks."""
    return [word[:LONGEST_WORD] for word in words(text.replace("_", " "))]


def bare_number(text: str) -> str:
    """A number without blanks and hyphens, in small letters."""
    return "".join(one_line(text).split()).replace("-", "").casefold()[:LONGEST_WORD]
