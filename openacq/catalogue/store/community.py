"""The community zone: collections, their titles, and which institution has switched them on.

Collections and titles are rows of institution 0. A search compares them by the identifier index of
that institution alone; it never joins them with rows of the institution asking, so the two may live
on different machines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from openacq.catalogue.model import COMMUNITY_ZONE, Collection, Identifier, TitleRow
from openacq.catalogue.store import ManyRows, insert_if_new, with_lists
from openacq.catalogue.tables import (
    collection_identifiers,
    collection_switches,
    collection_titles,
    collections,
)
from openacq.store.tx import Tx


@dataclass(frozen=True, slots=True)
class CommunityHit:
    """A title of a collection that has one of the identifiers asked for."""

    found_by: str  # kind of identifier
    value: str
    collection_id: str
    collection_name: str
    provider: str
    title_id: str
    url: str
    coverage: str


_SEARCH = with_lists(
    lambda among: (
        select(
            collection_identifiers.c.kind,
            collection_identifiers.c.value,
            collections.c.collection_id,
            collections.c.name,
            collections.c.provider,
            collection_titles.c.title_id,
            collection_titles.c.url,
            collection_titles.c.coverage,
        )
        .select_from(
            collection_identifiers.join(
                collection_titles,
                and_(
                    collection_titles.c.institution == collection_identifiers.c.institution,
                    collection_titles.c.collection_id == collection_identifiers.c.collection_id,
                    collection_titles.c.title_id == collection_identifiers.c.title_id,
                ),
            ).join(
                collections,
                and_(
                    collections.c.institution == collection_identifiers.c.institution,
                    collections.c.collection_id == collection_identifiers.c.collection_id,
                ),
            )
        )
        .where(
            collection_identifiers.c.institution == COMMUNITY_ZONE,
            among(collection_identifiers.c.kind, "kinds"),
            among(collection_identifiers.c.value, "values"),
            among(collection_identifiers.c.collection_id, "collections"),
        )
    )
)
_COUNT_TITLES = (
    select(func.count())
    .where(
        collection_titles.c.institution == collections.c.institution,
        collection_titles.c.collection_id == collections.c.collection_id,
    )
    .scalar_subquery()
)
_COLLECTIONS = (
    select(collections.c.collection_id, collections.c.name, collections.c.provider, _COUNT_TITLES)
    .where(collections.c.institution == COMMUNITY_ZONE)
    .order_by(collections.c.collection_id)
)
_COLLECTION = select(collections.c.name, collections.c.provider).where(
    collections.c.institution == COMMUNITY_ZONE, collections.c.collection_id == bindparam("collection_id")
)
_SWITCHED_ON = select(collection_switches.c.collection_id).where(
    collection_switches.c.institution == bindparam("institution"), collection_switches.c.active
)
_SWITCH = (
    update(collection_switches)
    .where(
        collection_switches.c.institution == bindparam("of"),
        collection_switches.c.collection_id == bindparam("of_collection"),
    )
    .values(active=bindparam("on"), modified=bindparam("at"))
)
_FIRST_SWITCH = insert(collection_switches)
_ADD_COLLECTION = insert_if_new(collections)
_RENAME = (
    update(collections)
    .where(
        collections.c.institution == COMMUNITY_ZONE, collections.c.collection_id == bindparam("of_collection")
    )
    .values(name=bindparam("called"), provider=bindparam("by"), modified=bindparam("at"))
)
_HASHES = with_lists(
    lambda among: select(collection_titles.c.title_id, collection_titles.c.source_hash).where(
        collection_titles.c.institution == COMMUNITY_ZONE,
        collection_titles.c.collection_id == bindparam("collection_id"),
        among(collection_titles.c.title_id, "title_ids"),
    )
)
_TITLES = ManyRows(collection_titles)
_CHANGE_TITLES = (
    update(collection_titles)
    .where(
        collection_titles.c.institution == COMMUNITY_ZONE,
        collection_titles.c.collection_id == bindparam("of_collection"),
        collection_titles.c.title_id == bindparam("of_title"),
    )
    .values(
        title=bindparam("title"),
        author=bindparam("author"),
        publisher=bindparam("publisher"),
        kind=bindparam("kind"),
        url=bindparam("url"),
        coverage=bindparam("coverage"),
        fields=bindparam("fields"),
        source_hash=bindparam("source_hash"),
        modified=bindparam("modified"),
    )
)
_IDENTIFIERS = ManyRows(collection_identifiers)
_DROP_IDENTIFIERS = with_lists(
    lambda among: delete(collection_identifiers).where(
        collection_identifiers.c.institution == COMMUNITY_ZONE,
        collection_identifiers.c.collection_id == bindparam("of_collection"),
        among(collection_identifiers.c.title_id, "title_ids"),
    )
)


def search(tx: Tx, wanted: Iterable[Identifier], in_collections: Sequence[str]) -> tuple[CommunityHit, ...]:
    """Titles of the collections named that have one of the identifiers; one query."""
    asked = frozenset(wanted)
    if not asked or not in_collections:
        return ()
    rows = tx.execute(
        _SEARCH[tx.conn.dialect.name],
        {
            "kinds": sorted({one.kind for one in asked}),
            "values": sorted({one.value for one in asked}),
            "collections": list(in_collections),
        },
    )
    return tuple(CommunityHit(*row) for row in rows if Identifier(row.kind, row.value) in asked)


def all_collections(tx: Tx) -> tuple[Collection, ...]:
    on = switched_on(tx)
    return tuple(
        Collection(code, name, provider, titles, code in on)
        for code, name, provider, titles in tx.execute(_COLLECTIONS)
    )


def collection(tx: Tx, collection_id: str) -> Collection | None:
    """Name and provider; titles are not counted."""
    row = tx.execute(_COLLECTION, {"collection_id": collection_id}).one_or_none()
    return Collection(collection_id, row.name, row.provider) if row else None


def switched_on(tx: Tx) -> frozenset[str]:
    return frozenset(tx.execute(_SWITCHED_ON, {"institution": tx.institution}).scalars())


def switch(tx: Tx, collection_id: str, on: bool) -> None:
    given = {"of": tx.institution, "of_collection": collection_id, "on": on, "at": tx.now}
    if not tx.execute(_SWITCH, given).rowcount:
        row = {
            "institution": tx.institution,
            "collection_id": collection_id,
            "active": on,
            "modified": tx.now,
        }
        tx.execute(_FIRST_SWITCH, row)


def put_collection(tx: Tx, named: Collection) -> None:
    """Make the collection, or give it this name and provider."""
    row = {
        "institution": COMMUNITY_ZONE,
        "collection_id": named.collection_id,
        "name": named.name,
        "provider": named.provider,
        "created": tx.now,
        "modified": tx.now,
    }
    if not tx.execute(_ADD_COLLECTION[tx.conn.dialect.name], row).rowcount:
        given = {
            "of_collection": named.collection_id,
            "called": named.name,
            "by": named.provider,
            "at": tx.now,
        }
        tx.execute(_RENAME, given)


def title_hashes(tx: Tx, collection_id: str, title_ids: Sequence[str]) -> dict[str, str]:
    rows = tx.execute(
        _HASHES[tx.conn.dialect.name], {"collection_id": collection_id, "title_ids": list(title_ids)}
    )
    return {row.title_id: row.source_hash for row in rows}


def put_titles(tx: Tx, collection_id: str, new: Sequence[TitleRow], changed: Sequence[TitleRow]) -> None:
    """Write titles of a collection; identifiers of changed ones are replaced."""
    key = {"institution": COMMUNITY_ZONE, "collection_id": collection_id}
    _TITLES.add(tx, [key | {"title_id": one.title_id} | _title_values(tx, one) for one in new])
    if changed:
        tx.execute(
            _CHANGE_TITLES,
            [
                {"of_collection": collection_id, "of_title": one.title_id} | _title_values(tx, one)
                for one in changed
            ],
        )
        given = {"of_collection": collection_id, "title_ids": [one.title_id for one in changed]}
        tx.execute(_DROP_IDENTIFIERS[tx.conn.dialect.name], given)
    rows = [
        {
            "institution": COMMUNITY_ZONE,
            "kind": number.kind,
            "value": number.value,
            "collection_id": collection_id,
            "title_id": one.title_id,
        }
        for one in (*new, *changed)
        for number in one.identifiers
    ]
    _IDENTIFIERS.add(tx, rows)


def _title_values(tx: Tx, one: TitleRow) -> dict[str, Any]:
    return {
        "title": one.title,
        "author": one.author,
        "publisher": one.publisher,
        "kind": one.kind,
        "url": one.url,
        "coverage": one.coverage,
        "fields": dict(one.fields),
        "source_hash": one.digest,
        "modified": tx.now,
    }
