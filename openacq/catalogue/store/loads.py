"""Writing many loaded records at once: every function is one statement for the whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, delete, exists, select, update

from openacq.catalogue.model import Bib, Holding, Identifier, Item, Portfolio
from openacq.catalogue.store import ManyRows, with_lists, words
from openacq.catalogue.store.bibs import bib_values, by_ids
from openacq.catalogue.store.inventory import HOLDING, PORTFOLIO, item_row, portfolio_row
from openacq.catalogue.tables import (
    bib_identifiers,
    bib_records,
    bibs,
    holdings,
    items,
    line_inventory,
    portfolios,
)
from openacq.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Known:
    """A bib a record of the file speaks of."""

    mms_id: str
    key: str | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class KnownItem:
    item_id: str
    mms_id: str
    holding_id: str
    barcode: str
    on_order: bool


@dataclass(frozen=True, slots=True)
class KnownLink:
    portfolio_id: str
    mms_id: str
    url: str


@dataclass(frozen=True, slots=True)
class BibToWrite:
    bib: Bib
    key: str
    digest: str
    record: str
    identifiers: Sequence[Identifier]


_INSTITUTION: BindParameter[int] = bindparam("institution")

_KNOWN = select(bibs.c.mms_id, bibs.c.source_key, bibs.c.source_hash).where(
    bibs.c.institution == _INSTITUTION
)
_BY_KEYS = with_lists(lambda among: _KNOWN.where(among(bibs.c.source_key, "keys")))
_BY_IDS = with_lists(lambda among: _KNOWN.where(among(bibs.c.mms_id, "mms_ids")))
_HOLDINGS = with_lists(
    lambda among: (
        select(holdings.c.holding_id, holdings.c.mms_id, holdings.c.library, holdings.c.location)
        .where(holdings.c.institution == _INSTITUTION, among(holdings.c.mms_id, "mms_ids"))
        .order_by(holdings.c.nth, holdings.c.holding_id)
    )
)
_ITEM = select(items.c.item_id, items.c.mms_id, items.c.holding_id, items.c.barcode, items.c.line_id).where(
    items.c.institution == _INSTITUTION
)
_ITEMS_OF_BIBS = with_lists(
    lambda among: _ITEM.where(among(items.c.mms_id, "mms_ids")).order_by(items.c.item_id)
)
_ITEMS_BY_BARCODE = with_lists(lambda among: _ITEM.where(among(items.c.barcode, "barcodes")))
_LINKS = with_lists(
    lambda among: select(portfolios.c.portfolio_id, portfolios.c.mms_id, portfolios.c.url).where(
        portfolios.c.institution == _INSTITUTION,
        among(portfolios.c.mms_id, "mms_ids"),
        portfolios.c.origin == "institution",
        ~exists().where(
            and_(
                line_inventory.c.institution == portfolios.c.institution,
                line_inventory.c.target == portfolios.c.portfolio_id,
                line_inventory.c.kind == PORTFOLIO,
            )
        ),
    )
)

_BIBS = ManyRows(bibs)
_CHANGE_BIBS = (
    update(bibs)
    .where(bibs.c.institution == bindparam("of"), bibs.c.mms_id == bindparam("of_bib"))
    .values(
        {
            column: bindparam(column.name)
            for column in bibs.c
            if column.name not in {"institution", "mms_id", "created", "suppressed", "origin"}
        }
    )
)
_RECORDS = ManyRows(bib_records)
_IDENTIFIERS = ManyRows(bib_identifiers)
_DROP_IDENTIFIERS = with_lists(
    lambda among: delete(bib_identifiers).where(
        bib_identifiers.c.institution == bindparam("of"), among(bib_identifiers.c.mms_id, "mms_ids")
    )
)
_DROP_RECORDS = with_lists(
    lambda among: delete(bib_records).where(
        bib_records.c.institution == bindparam("of"), among(bib_records.c.mms_id, "mms_ids")
    )
)
_HOLDINGS_TO_ADD = ManyRows(holdings)
_DROP_EMPTY_HOLDINGS = with_lists(
    lambda among: delete(holdings).where(
        holdings.c.institution == bindparam("of"),
        among(holdings.c.holding_id, "holding_ids"),
        ~exists().where(
            items.c.institution == holdings.c.institution, items.c.holding_id == holdings.c.holding_id
        ),
        ~exists().where(
            line_inventory.c.institution == holdings.c.institution,
            line_inventory.c.target == holdings.c.holding_id,
            line_inventory.c.kind == HOLDING,
        ),
    )
)
_ITEMS_TO_ADD = ManyRows(items)
_MOVE_ITEMS = (
    update(items)
    .where(items.c.institution == bindparam("of"), items.c.item_id == bindparam("of_item"))
    .values(holding_id=bindparam("to"), modified=bindparam("at"))
)
_DROP_ITEMS = with_lists(
    lambda among: delete(items).where(
        items.c.institution == bindparam("of"), among(items.c.item_id, "item_ids")
    )
)
_LINKS_TO_ADD = ManyRows(portfolios)
_DROP_LINKS = with_lists(
    lambda among: delete(portfolios).where(
        portfolios.c.institution == bindparam("of"), among(portfolios.c.portfolio_id, "portfolio_ids")
    )
)


# -- what is there ------------------------------------------------------------------------------


def known(tx: Tx, keys: Sequence[str], mms_ids: Sequence[str]) -> list[Known]:
    """The bibs that have one of the source keys or ids."""
    rows = list(
        tx.execute(_BY_KEYS[tx.conn.dialect.name], {"institution": tx.institution, "keys": list(keys)})
    )
    if mms_ids:
        rows += tx.execute(
            _BY_IDS[tx.conn.dialect.name], {"institution": tx.institution, "mms_ids": list(mms_ids)}
        ).all()
    return [Known(*row) for row in rows]


def holdings_of_bibs(tx: Tx, mms_ids: Sequence[str]) -> list[Holding]:
    rows = tx.execute(
        _HOLDINGS[tx.conn.dialect.name], {"institution": tx.institution, "mms_ids": list(mms_ids)}
    )
    return [Holding(*row) for row in rows]


def items_of_bibs(tx: Tx, mms_ids: Sequence[str]) -> list[KnownItem]:
    rows = tx.execute(
        _ITEMS_OF_BIBS[tx.conn.dialect.name], {"institution": tx.institution, "mms_ids": list(mms_ids)}
    )
    return [_known_item(*row) for row in rows]


def items_by_barcode(tx: Tx, barcodes: Sequence[str]) -> dict[str, KnownItem]:
    if not barcodes:
        return {}
    rows = tx.execute(
        _ITEMS_BY_BARCODE[tx.conn.dialect.name], {"institution": tx.institution, "barcodes": list(barcodes)}
    )
    return {one.barcode: one for one in (_known_item(*row) for row in rows)}


def _known_item(
    item_id: str, mms_id: str, holding_id: str, barcode: str | None, line: int | None
) -> KnownItem:
    return KnownItem(item_id, mms_id, holding_id, barcode or "", line is not None)


def links_of_bibs(tx: Tx, mms_ids: Sequence[str]) -> list[KnownLink]:
    """Portfolios a load has made and no line is tied to."""
    rows = tx.execute(_LINKS[tx.conn.dialect.name], {"institution": tx.institution, "mms_ids": list(mms_ids)})
    return [KnownLink(*row) for row in rows]


# -- writing ------------------------------------------------------------------------------------


def add_bibs(tx: Tx, new: Sequence[BibToWrite]) -> None:
    if new:
        _BIBS.add(tx, [_bib_row(tx, one) | {"created": tx.now} for one in new])
        _add_parts(tx, new)
        words.add_many(tx, [one.bib for one in new])


def change_bibs(tx: Tx, changed: Sequence[BibToWrite]) -> None:
    """Overwrite bibs; what they were claimed for as brief bibs is let go."""
    if not changed:
        return
    words.change(tx, by_ids(tx, [one.bib.mms_id for one in changed]), [one.bib for one in changed])
    rows = [_bib_row(tx, one) | {"of": tx.institution, "of_bib": one.bib.mms_id} for one in changed]
    tx.execute(_CHANGE_BIBS, rows)
    given = {"of": tx.institution, "mms_ids": [one.bib.mms_id for one in changed]}
    for statement in (_DROP_IDENTIFIERS, _DROP_RECORDS):
        tx.execute(statement[tx.conn.dialect.name], given)
    _add_parts(tx, changed)


def _bib_row(tx: Tx, one: BibToWrite) -> dict[str, Any]:
    return {
        "institution": tx.institution,
        "claim": None,
        "source_key": one.key,
        "source_hash": one.digest,
        **bib_values(one.bib, tx.now),
    }


def _add_parts(tx: Tx, written: Sequence[BibToWrite]) -> None:
    institution = tx.institution
    _RECORDS.add(
        tx,
        [{"institution": institution, "mms_id": one.bib.mms_id, "record": one.record} for one in written],
    )
    rows = [
        {"institution": institution, "kind": number.kind, "value": number.value, "mms_id": one.bib.mms_id}
        for one in written
        for number in one.identifiers
    ]
    _IDENTIFIERS.add(tx, rows)


def add_holdings(tx: Tx, new: Iterable[Holding]) -> None:
    rows = [
        {
            "institution": tx.institution,
            "holding_id": one.holding_id,
            "mms_id": one.mms_id,
            "library": one.library,
            "location": one.location,
            "nth": 0,
            "call_number": one.call_number,
            "loaded": True,
            "created": tx.now,
            "modified": tx.now,
        }
        for one in new
    ]
    _HOLDINGS_TO_ADD.add(tx, rows)


def drop_empty_holdings(tx: Tx, holding_ids: Sequence[str]) -> None:
    """Those of the holdings that have no item and no line."""
    if holding_ids:
        given = {"of": tx.institution, "holding_ids": list(holding_ids)}
        tx.execute(_DROP_EMPTY_HOLDINGS[tx.conn.dialect.name], given)


def add_items(tx: Tx, new: Iterable[Item]) -> None:
    _ITEMS_TO_ADD.add(tx, [item_row(tx, one) for one in new])


def move_items(tx: Tx, places: Mapping[str, str]) -> None:
    """item_id → holding it belongs to now."""
    rows = [
        {"of": tx.institution, "of_item": item_id, "to": holding_id, "at": tx.now}
        for item_id, holding_id in places.items()
    ]
    if rows:
        tx.execute(_MOVE_ITEMS, rows)


def drop_items(tx: Tx, item_ids: Sequence[str]) -> None:
    if item_ids:
        tx.execute(_DROP_ITEMS[tx.conn.dialect.name], {"of": tx.institution, "item_ids": list(item_ids)})


def add_links(tx: Tx, new: Iterable[Portfolio]) -> None:
    _LINKS_TO_ADD.add(tx, [portfolio_row(tx, one, None) for one in new])


def drop_links(tx: Tx, portfolio_ids: Sequence[str]) -> None:
    if portfolio_ids:
        tx.execute(
            _DROP_LINKS[tx.conn.dialect.name], {"of": tx.institution, "portfolio_ids": list(portfolio_ids)}
        )
