"""SQL of searching people by words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, or_, select

from openacq.directory.model import User
from openacq.directory.people_words import UserWord, words_of
from openacq.directory.tables import user_words, users
from openacq.store import Tx

_LAST = "\U0010ffff"
"""Stands behind every character a word may go on with."""
_ORDERS: Mapping[str, tuple[ColumnElement[Any], ...]] = MappingProxyType(
    {
        "last_name": (users.c.last_name, users.c.first_name, users.c.primary_folded),
        "first_name": (users.c.first_name, users.c.last_name, users.c.primary_folded),
        "primary_id": (users.c.primary_folded,),
    }
)
ORDERS = tuple(_ORDERS)

_ADD = insert(user_words)
_DROP = delete(user_words).where(
    user_words.c.institution == bindparam("institution"),
    user_words.c.user_id.in_(bindparam("ids", expanding=True)),
)


def add(tx: Tx, owners: Sequence[tuple[int, User]]) -> None:
    """Index the words of users."""
    rows = [
        {"institution": tx.institution, "word": word, "field": field, "user_id": id_}
        for id_, user in owners
        for field, word in words_of(user)
    ]
    if rows:
        tx.execute(_ADD, sorted(rows, key=lambda row: row["word"]))


def drop(tx: Tx, ids: Sequence[int]) -> None:
    """Forget the words of users."""
    tx.execute(_DROP, {"institution": tx.institution, "ids": list(ids)})


def ids(tx: Tx, wanted: Sequence[UserWord], order: str, limit: int, offset: int) -> tuple[list[int], int]:
    """A page of the users who have a word that begins with each of the wanted ones (in any field when it is
    ""), and how many there are."""
    asked: dict[str, Any] = {"institution": tx.institution}
    for at, (field, word) in enumerate(wanted):
        asked |= {f"field{at}": field, f"word{at}": word, f"end{at}": word + _LAST}
    count, page = _statements(len(wanted), order)
    counted, found = tx.gather([(count, asked), (page, {**asked, "limit": limit, "offset": offset})])
    return [row.id for row in found], counted.scalar_one()


@cache
def _statements(words: int, order: str) -> tuple[Select[Any], Select[Any]]:
    where = [users.c.institution == bindparam("institution"), *(_has(at) for at in range(words))]
    count = select(func.count()).select_from(users).where(*where)
    page = select(users.c.id).where(*where).order_by(*_ORDERS[order])
    return count, page.limit(bindparam("limit")).offset(bindparam("offset"))


def _has(at: int) -> ColumnElement[bool]:
    found = user_words.c
    return users.c.id.in_(
        select(found.user_id).where(
            found.institution == bindparam("institution"),
            found.word >= bindparam(f"word{at}"),
            found.word < bindparam(f"end{at}"),
            or_(bindparam(f"field{at}") == "", found.field == bindparam(f"field{at}")),
        )
    )
