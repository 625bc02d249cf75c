"""Bibs, their identifiers, MARC and uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, delete, exists, func, insert, select, update

from openacq.catalogue.model import IN_ACQUISITION, Bib, Held, HeldHolding, Identifier
from openacq.catalogue.store import insert_if_new, with_lists, words
from openacq.catalogue.tables import (
    bib_identifiers,
    bib_records,
    bib_uses,
    bibs,
    holdings,
    items,
    portfolios,
)
from openacq.store.tx import Tx

BIB_COLUMNS = (
    bibs.c.mms_id,
    bibs.c.title,
    bibs.c.author,
    bibs.c.isbn,
    bibs.c.issn,
    bibs.c.edition,
    bibs.c.publisher,
    bibs.c.place,
    bibs.c.year,
    bibs.c.vendor_title_number,
    bibs.c.system_control_numbers,
    bibs.c.brief,
    bibs.c.suppressed,
    bibs.c.origin,
    bibs.c.created,
    bibs.c.modified,
)
_WIDTH = len(BIB_COLUMNS)

_ITEMS_OF_HOLDING = (
    select(func.count())
    .where(items.c.institution == holdings.c.institution, items.c.holding_id == holdings.c.holding_id)
    .scalar_subquery()
)
_ON_ORDER_OF_HOLDING = (
    select(func.count())
    .where(
        items.c.institution == holdings.c.institution,
        items.c.holding_id == holdings.c.holding_id,
        items.c.process_type == IN_ACQUISITION,
    )
    .scalar_subquery()
)
_PORTFOLIOS_OF_BIB = (
    select(func.count())
    .where(portfolios.c.institution == bibs.c.institution, portfolios.c.mms_id == bibs.c.mms_id)
    .scalar_subquery()
)
_HELD_COLUMNS = (
    _PORTFOLIOS_OF_BIB.label("portfolios"),
    holdings.c.holding_id,
    holdings.c.library,
    holdings.c.location,
    _ITEMS_OF_HOLDING.label("copies"),
    _ON_ORDER_OF_HOLDING.label("on_order"),
    holdings.c.loaded,
)
_WITH_HOLDINGS = bibs.outerjoin(
    holdings,
    and_(holdings.c.institution == bibs.c.institution, holdings.c.mms_id == bibs.c.mms_id),
)

_BY_IDENTIFIER = with_lists(
    lambda among: (
        select(*BIB_COLUMNS, *_HELD_COLUMNS, bib_identifiers.c.kind, bib_identifiers.c.value)
        .select_from(
            _WITH_HOLDINGS.join(
                bib_identifiers,
                and_(
                    bib_identifiers.c.institution == bibs.c.institution,
                    bib_identifiers.c.mms_id == bibs.c.mms_id,
                ),
            )
        )
        .where(
            bib_identifiers.c.institution == bindparam("institution"),
            among(bib_identifiers.c.kind, "kinds"),
            among(bib_identifiers.c.value, "values"),
        )
    )
)
_HELD_BY_ID: Select[*tuple[Any, ...]] = (
    select(*BIB_COLUMNS, *_HELD_COLUMNS)
    .select_from(_WITH_HOLDINGS)
    .where(bibs.c.institution == bindparam("institution"), bibs.c.mms_id == bindparam("mms_id"))
)
_BY_IDS = with_lists(
    lambda among: (
        select(*BIB_COLUMNS)
        .where(bibs.c.institution == bindparam("institution"), among(bibs.c.mms_id, "mms_ids"))
        .order_by(bibs.c.mms_id)
    )
)
_BY_CLAIM = select(bibs.c.mms_id).where(
    bibs.c.institution == bindparam("institution"), bibs.c.claim == bindparam("claim")
)
_RECORDS = with_lists(
    lambda among: select(bib_records.c.mms_id, bib_records.c.record).where(
        bib_records.c.institution == bindparam("institution"), among(bib_records.c.mms_id, "mms_ids")
    )
)
_INSERT_IF_NEW = insert_if_new(bibs)
_INSERT_IDENTIFIERS = insert(bib_identifiers)
_USE = insert_if_new(bib_uses)
_UNUSE = delete(bib_uses).where(
    bib_uses.c.institution == bindparam("of"),
    bib_uses.c.mms_id == bindparam("of_bib"),
    bib_uses.c.kind == bindparam("of_kind"),
    bib_uses.c.user_id == bindparam("of_user"),
)
_NEEDED = select(
    exists().where(
        bib_uses.c.institution == bindparam("institution"), bib_uses.c.mms_id == bindparam("mms_id")
    ),
    exists().where(
        holdings.c.institution == bindparam("institution"), holdings.c.mms_id == bindparam("mms_id")
    ),
    exists().where(
        portfolios.c.institution == bindparam("institution"), portfolios.c.mms_id == bindparam("mms_id")
    ),
)
_SUPPRESS = (
    update(bibs)
    .where(bibs.c.institution == bindparam("of"), bibs.c.mms_id == bindparam("of_bib"))
    .values(suppressed=bindparam("hide"), modified=bindparam("at"))
)
_DELETES = tuple(
    delete(table).where(table.c.institution == bindparam("of"), table.c.mms_id == bindparam("of_bib"))
    for table in (bib_identifiers, bib_records, bibs)
)


@dataclass(slots=True)
class Hit:
    """A bib that was found, what is held of it, and the identifiers it was found by."""

    bib: Bib
    held: Held
    found_by: set[Identifier] = field(default_factory=set)


def by_identifiers(tx: Tx, wanted: Iterable[Identifier]) -> dict[str, Hit]:
    """mms_id → hit, for every bib that has one of the identifiers; one query."""
    asked = frozenset(wanted)
    if not asked:
        return {}
    rows = tx.execute(
        _BY_IDENTIFIER[tx.conn.dialect.name],
        {
            "institution": tx.institution,
            "kinds": sorted({one.kind for one in asked}),
            "values": sorted({one.value for one in asked}),
        },
    ).all()
    by_bib: dict[str, list[Row[*tuple[Any, ...]]]] = {}
    found_by: dict[str, set[Identifier]] = {}
    for row in rows:
        identifier = Identifier(row[-2], row[-1])
        if identifier in asked:
            by_bib.setdefault(row[0], []).append(row)
            found_by.setdefault(row[0], set()).add(identifier)
    return {mms_id: Hit(_bib(own[0]), _held(own), found_by[mms_id]) for mms_id, own in by_bib.items()}


def held_bib(tx: Tx, mms_id: str) -> Hit | None:
    rows = tx.execute(_HELD_BY_ID, {"institution": tx.institution, "mms_id": mms_id}).all()
    return Hit(_bib(rows[0]), _held(rows)) if rows else None


def by_ids(tx: Tx, mms_ids: Sequence[str]) -> tuple[Bib, ...]:
    rows = tx.execute(
        _BY_IDS[tx.conn.dialect.name], {"institution": tx.institution, "mms_ids": list(mms_ids)}
    )
    return tuple(map(_bib, rows))


def claimed_by(tx: Tx, claim: str) -> str | None:
    found: str | None = tx.execute(
        _BY_CLAIM, {"institution": tx.institution, "claim": claim}
    ).scalar_one_or_none()
    return found


def add_bib(tx: Tx, bib: Bib, identifiers: Iterable[Identifier], claim: str | None) -> Bib | None:
    """Write a bib and its identifiers; None when another bib holds the claim."""
    bib = replace(bib, created=tx.now, modified=tx.now)
    row = {
        "institution": tx.institution,
        "claim": claim,
        "source_key": None,
        "source_hash": None,
        **bib_values(bib, tx.now),
        "created": tx.now,
    }
    if not tx.execute(_INSERT_IF_NEW[tx.conn.dialect.name], row).rowcount:
        return None
    rows = [
        {"institution": tx.institution, "kind": one.kind, "value": one.value, "mms_id": bib.mms_id}
        for one in identifiers
    ]
    if rows:
        tx.later(_INSERT_IDENTIFIERS, rows)
    words.add(tx, bib)
    return bib


def bib_values(bib: Bib, now: datetime) -> dict[str, Any]:
    """The columns of `bibs` that say what the bib is."""
    return {
        "mms_id": bib.mms_id,
        "title": bib.title,
        "author": bib.author,
        "isbn": bib.isbn,
        "issn": bib.issn,
        "edition": bib.edition,
        "publisher": bib.publisher,
        "place": bib.place,
        "year": bib.year,
        "vendor_title_number": bib.vendor_title_number,
        "system_control_numbers": bib.system_control_numbers,
        "brief": bib.brief,
        "suppressed": bib.suppressed,
        "origin": bib.origin,
        "modified": now,
    }


def records(tx: Tx, mms_ids: Sequence[str]) -> dict[str, str]:
    """mms_id → MARC, of those bibs that have a record of their own."""
    rows = tx.execute(
        _RECORDS[tx.conn.dialect.name], {"institution": tx.institution, "mms_ids": list(mms_ids)}
    )
    return {row.mms_id: row.record for row in rows}


def add_use(tx: Tx, mms_id: str, kind: str, user_id: str) -> None:
    tx.later(
        _USE[tx.conn.dialect.name],
        [{"institution": tx.institution, "mms_id": mms_id, "kind": kind, "user_id": user_id}],
    )


def drop_use(tx: Tx, mms_id: str, kind: str, user_id: str) -> None:
    tx.execute(_UNUSE, {"of": tx.institution, "of_bib": mms_id, "of_kind": kind, "of_user": user_id})


def needed(tx: Tx, mms_id: str) -> tuple[bool, bool]:
    """(somebody uses it, it has inventory)."""
    row = tx.execute(_NEEDED, {"institution": tx.institution, "mms_id": mms_id}).one()
    return bool(row[0]), bool(row[1] or row[2])


def suppress(tx: Tx, mms_id: str, hide: bool) -> bool:
    given = {"of": tx.institution, "of_bib": mms_id, "hide": hide, "at": tx.now}
    return bool(tx.execute(_SUPPRESS, given).rowcount)


def delete_bib(tx: Tx, mms_id: str) -> bool:
    words.change(tx, by_ids(tx, [mms_id]), ())
    given = {"of": tx.institution, "of_bib": mms_id}
    return [tx.execute(statement, given).rowcount for statement in _DELETES][-1] > 0


def _bib(row: Row[*tuple[Any, ...]]) -> Bib:
    values = list(row[:_WIDTH])
    values[10] = tuple(values[10])
    return Bib(*values)


def _held(rows: Sequence[Row[*tuple[Any, ...]]]) -> Held:
    """From the rows of one bib: (…bib, portfolios, the columns of HeldHolding, …)."""
    places: dict[str, HeldHolding] = {}
    for row in rows:
        portfolio_count, holding_id, *values = row[_WIDTH : _WIDTH + len(_HELD_COLUMNS)]
        if holding_id is not None:
            places[holding_id] = HeldHolding(holding_id, *values)
    return Held(tuple(places[one] for one in sorted(places)), portfolio_count)
