"""Users: found by any of their identifiers, known by their password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from openacq.directory import passwords, store_people, store_people_search
from openacq.directory.model import Status, User, UserPage
from openacq.directory.people_words import UserField, UserWord, beginnings
from openacq.directory.store_people import Account, folded
from openacq.store import Tx

ALL_UNIQUE = "all_unique"
PRIMARY_ID = ("primary_id", "user_name")
ORDERS = store_people_search.ORDERS
SEARCHED: Mapping[str, UserField] = MappingProxyType(
    {
        "primary_id": UserField.PRIMARY_ID,
        "first_name": UserField.FIRST_NAME,
        "middle_name": UserField.MIDDLE_NAME,
        "last_name": UserField.LAST_NAME,
        "email": UserField.EMAIL,
        "identifiers": UserField.IDENTIFIER,
    }
)
MOST_WORDS = 10
"""Words of one search that are looked at."""


# -- looking up -------------------------------------------------------------------------------


def by_primary_id(tx: Tx, primary_id: str) -> User | None:
    """The user of this primary id, in whatever case it is written."""
    account = store_people.by_primary_ids(tx, [primary_id]).get(folded(primary_id))
    return None if account is None else account.user


def by_any_id(tx: Tx, user_id: str, id_type: str = ALL_UNIQUE) -> User | None:
    """The user known by `user_id`: as primary id, or as identifier of `id_type` (all_unique: any).

    A primary id goes before identifiers; identifiers of several users are nobody's.
    """
    if id_type in (ALL_UNIQUE, *PRIMARY_ID) and (found := by_primary_id(tx, user_id)) is not None:
        return found
    if id_type in PRIMARY_ID:
        return None
    known = store_people.by_identifier(tx, user_id, "" if id_type == ALL_UNIQUE else id_type)
    return known[0] if len(known) == 1 else None


def several(tx: Tx, primary_ids: Sequence[str]) -> dict[str, User]:
    """Users by the primary ids as they were asked for; who is not found is left out."""
    accounts = store_people.by_primary_ids(tx, primary_ids)
    return {
        primary_id: accounts[folded(primary_id)].user
        for primary_id in primary_ids
        if folded(primary_id) in accounts
    }


def find(
    tx: Tx, asked: Sequence[tuple[str, str]], *, order: str = ORDERS[0], limit: int = 10, offset: int = 0
) -> UserPage:
    """Users who have every word asked, each as (field, text): a name of `SEARCHED`, "" for any field.

    Words are found by their beginnings, whatever their case and marks. `order` is one of `ORDERS`. A text
    without any word finds nobody.
    """
    wanted: list[UserWord] = []
    for field, text in asked:
        words = beginnings(text)
        if not words:
            return UserPage((), 0)
        code = SEARCHED[field].value if field else ""
        wanted += [UserWord(code, word) for word in words]
    wanted = list(dict.fromkeys(wanted))[:MOST_WORDS]
    ids, total = store_people_search.ids(tx, wanted, order, limit, offset)
    return UserPage(tuple(store_people.by_ids(tx, ids)), total)


def check_password(tx: Tx, primary_id: str, password: str) -> User | None:
    """The active user whose password this is; takes as long when there is none."""
    account = store_people.by_primary_ids(tx, [primary_id]).get(folded(primary_id))
    known = account.password_hash if account is not None else None
    if (
        not passwords.matches(known or passwords.hash_of_nobody(), password)
        or account is None
        or known is None
    ):
        return None
    user = account.user
    expired = user.expiry_date is not None and user.expiry_date < tx.today
    return user if user.status is Status.ACTIVE and not expired else None


def put(tx: Tx, user: User) -> None:
    """Write a user whole, known by the primary id; a password that is set stays."""
    old = store_people.by_primary_ids(tx, [user.primary_id]).get(folded(user.primary_id))
    if old is None:
        store_people.save(tx, [Account(user)], [])
    else:
        own = replace(user, id=old.user.id, created=old.user.created, modified=old.user.modified)
        store_people.save(tx, [], [Account(own, old.password_hash)])
