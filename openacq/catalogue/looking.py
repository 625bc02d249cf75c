"""Looking a title up as people do: by any standard number, or by words of title and author."""

from __future__ import annotations

from openacq.catalogue.identifiers import standard_number
from openacq.catalogue.model import Bib
from openacq.catalogue.store import bibs as _bibs
from openacq.catalogue.store import looking
from openacq.catalogue.words import WordField, beginnings
from openacq.store.tx import Tx

MOST_WORDS = 8
FIELDS = (WordField.TITLE.value, WordField.AUTHOR.value)


def look_up(tx: Tx, text: str, most: int = 10) -> tuple[Bib, ...]:
    """Bibs with the number the text is, else those whose title or author have all its words."""
    number = standard_number(text.strip())
    if number is not None:
        return tuple(_bibs.by_ids(tx, looking.numbered(tx, number.kind, number.value, most)))
    words = sorted(dict.fromkeys(beginnings(text)), key=len, reverse=True)[:MOST_WORDS]
    if not words:
        return ()
    return tuple(_bibs.by_ids(tx, looking.worded(tx, words, FIELDS, most)))
