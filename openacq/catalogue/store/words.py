"""The index of words: which bibs have a word, and in which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Insert, Select, Text, bindparam, delete, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY

from openacq.catalogue.model import Bib, Word
from openacq.catalogue.store import ManyRows, insert_if_new
from openacq.catalogue.tables import bib_words
from openacq.catalogue.words import words_of
from openacq.store.tx import Tx

_TEXTS = ARRAY(Text)
_ADD: Mapping[str, Insert] = MappingProxyType(
    {
        "sqlite": insert(bib_words),
        # All words of a bib in one message.
        "postgresql": insert(bib_words).from_select(
            ["institution", "word", "field", "mms_id"],
            select(
                bindparam("institution", type_=bib_words.c.institution.type),
                func.unnest(bindparam("words", type_=_TEXTS)),
                func.unnest(bindparam("fields", type_=_TEXTS)),
                bindparam("mms_id", type_=Text),
            ),
        ),
    }
)
_ADD_MANY = ManyRows(bib_words)
_ADD_IF_NEW = insert_if_new(bib_words)
_DROP = delete(bib_words).where(
    bib_words.c.institution == bindparam("of"),
    bib_words.c.word == bindparam("of_word"),
    bib_words.c.field == bindparam("of_field"),
    bib_words.c.mms_id == bindparam("of_bib"),
)


_LAST = "\U0010ffff"
"""Stands behind every character a word may go on with."""


@cache
def _titled(count: int) -> Select[Any]:
    """Bibs whose titles have words that begin with each of so many beginnings."""

    def begins(words: Any, at: int) -> Any:
        return (
            (words.c.institution == bindparam("institution"))
            & (words.c.word >= bindparam(f"word{at}"))
            & (words.c.word < bindparam(f"end{at}"))
            & (words.c.field == bindparam("field"))
        )

    asked = select(bib_words.c.mms_id).distinct().where(begins(bib_words, 0))
    for at in range(1, count):
        other = bib_words.alias(f"other{at}")
        asked = asked.where(
            select(other.c.mms_id).where(begins(other, at), other.c.mms_id == bib_words.c.mms_id).exists()
        )
    return asked.order_by(bib_words.c.mms_id).limit(bindparam("most"))


def titled(tx: Tx, words: Sequence[str], field: str, most: int) -> list[str]:
    """The first bibs that have a word beginning with each of these in a field; the longest is looked up
    first."""
    asked: dict[str, Any] = {"institution": tx.institution, "field": field, "most": most}
    for at, word in enumerate(sorted(words, key=len, reverse=True)):
        asked |= {f"word{at}": word, f"end{at}": word + _LAST}
    return list(tx.execute(_titled(len(words)), asked).scalars())


_W = bib_words.c
_RANGE = (
    _W.institution == bindparam("institution"),
    _W.word >= bindparam("word"),
    _W.word < bindparam("end"),
)
_WITH_WORD = (
    select(_W.mms_id).distinct().where(*_RANGE, _W.field == bindparam("field")).limit(bindparam("most"))
)
MOST_FORMS = 30
"""Words with one beginning that are looked up one by one in the titles another word has left."""


def _forms() -> Select[Any]:
    """The different words in a range: a step along the index for each, however many titles have it."""
    first = select(func.min(_W.word).label("word")).where(*_RANGE)
    walk = first.cte("forms", recursive=True)
    following = (
        select(func.min(_W.word))
        .where(_W.institution == bindparam("institution"), _W.word > walk.c.word, _W.word < bindparam("end"))
        .scalar_subquery()
    )
    walk = walk.union_all(select(following).where(walk.c.word.is_not(None)))
    return select(walk.c.word).where(walk.c.word.is_not(None)).limit(MOST_FORMS + 1)


_FORMS = _forms()
_AMONG = (
    select(_W.mms_id)
    .distinct()
    .where(
        _W.institution == bindparam("institution"),
        _W.word.in_(bindparam("forms", expanding=True)),
        _W.field == bindparam("field"),
        _W.mms_id.in_(bindparam("bibs", expanding=True)),
    )
)
_AMONG_RANGE = (
    select(_W.mms_id)
    .distinct()
    .where(*_RANGE, _W.field == bindparam("field"), _W.mms_id.in_(bindparam("bibs", expanding=True)))
)


def few_with(tx: Tx, words: Sequence[str], field: str, most: int) -> list[str] | None:
    """The bibs that have a word beginning with each of these in a field; None when each of the words begins
    words of more than `most` bibs."""
    rarest_first = sorted(dict.fromkeys(words), key=len, reverse=True)  # mostly so
    asked = {"institution": tx.institution, "field": field}
    for word in rarest_first:
        found = _with_word(tx, asked, word, most + 1)
        if len(found) <= most:
            break
    else:
        return None
    for other in rarest_first:
        if other != word and found:
            found = _narrowed(tx, asked, other, found)
    return sorted(found)


def _with_word(tx: Tx, asked: Mapping[str, Any], word: str, most: int) -> Sequence[str]:
    given = {**asked, "word": word, "end": word + _LAST, "most": most}
    return tx.execute(_WITH_WORD, given).scalars().all()


def _narrowed(tx: Tx, asked: Mapping[str, Any], word: str, bibs: Sequence[str]) -> Sequence[str]:
    """Those of the bibs that have a word beginning so."""
    bounds = {"word": word, "end": word + _LAST}
    forms = tx.execute(_FORMS, {"institution": tx.institution, **bounds}).scalars().all()
    if len(forms) <= MOST_FORMS:
        return tx.execute(_AMONG, {**asked, "forms": forms, "bibs": bibs}).scalars().all() if forms else ()
    return tx.execute(_AMONG_RANGE, {**asked, **bounds, "bibs": bibs}).scalars().all()


def add(tx: Tx, bib: Bib) -> None:
    """Index the words of a new bib."""
    words = words_of(bib)
    if not words:
        return
    if tx.conn.dialect.name == "sqlite":
        tx.later(_ADD["sqlite"], _rows(tx, bib.mms_id, words))
        return
    fields, texts = zip(*words, strict=True)
    row = {"institution": tx.institution, "words": list(texts), "fields": list(fields), "mms_id": bib.mms_id}
    tx.later(_ADD["postgresql"], [row])


def add_many(tx: Tx, bibs: Sequence[Bib]) -> None:
    """Index the words of new bibs. Raises Overtaken if one of them is there already."""
    _ADD_MANY.add(tx, [row for bib in bibs for row in _rows(tx, bib.mms_id, words_of(bib))])


def change(tx: Tx, before: Sequence[Bib], after: Sequence[Bib]) -> None:
    """Index what bibs are now instead of what they were; of a bib that is gone, nothing."""
    old = {bib.mms_id: words_of(bib) for bib in before}
    new = {bib.mms_id: words_of(bib) for bib in after}
    gone = [
        {"of": tx.institution, "of_word": word, "of_field": field, "of_bib": mms_id}
        for mms_id, words in old.items()
        for field, word in words - new.get(mms_id, frozenset())
    ]
    come = [
        row
        for mms_id, words in new.items()
        for row in _rows(tx, mms_id, words - old.get(mms_id, frozenset()))
    ]
    if gone:
        tx.execute(_DROP, gone)
    if come:
        tx.execute(_ADD_IF_NEW[tx.conn.dialect.name], come)


def _rows(tx: Tx, mms_id: str, words: frozenset[Word]) -> list[dict[str, Any]]:
    # In the order of the key, so that neighbours are written together.
    return [
        {"institution": tx.institution, "word": word, "field": field, "mms_id": mms_id}
        for field, word in sorted(words, key=lambda one: one.word)
    ]
