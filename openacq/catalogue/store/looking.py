"""SQL of looking titles up: by number, or by words of which each begins one of the bib's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select

from openacq.catalogue.tables import bib_identifiers, bib_words
from openacq.store.tx import Tx

_LAST = "\U0010ffff"
_W, _N = bib_words.c, bib_identifiers.c


def numbered(tx: Tx, kind: str, value: str, most: int) -> list[str]:
    """The mms_ids of bibs with this identifier."""
    statement = (
        select(_N.mms_id)
        .where(_N.institution == tx.institution, _N.kind == kind, _N.value == value)
        .order_by(_N.mms_id)
        .limit(most)
    )
    return list(tx.execute(statement).scalars())


def worded(tx: Tx, words: Sequence[str], fields: Sequence[str], most: int) -> list[str]:
    """The mms_ids of bibs that have, for each word, one that begins so in one of the fields."""
    found = select(_W.mms_id).where(_begins(tx, words[0], fields)).distinct()
    for word in words[1:]:
        found = found.where(_W.mms_id.in_(select(_W.mms_id).where(_begins(tx, word, fields))))
    return list(tx.execute(found.order_by(_W.mms_id).limit(most)).scalars())


def _begins(tx: Tx, word: str, fields: Sequence[str]) -> ColumnElement[bool]:
    return and_(
        _W.institution == tx.institution,
        _W.word >= word,
        _W.word < word + _LAST,
        _W.field.in_(fields),
    )
