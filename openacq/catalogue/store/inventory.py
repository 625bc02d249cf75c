"""Holdings, items, portfolios, and what a line is tied to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    null,
    select,
    union_all,
)

from openacq.catalogue.model import IN_ACQUISITION, Holding, Item, LineInventory, Portfolio, Shelf
from openacq.catalogue.store import Among, insert_if_new, with_lists
from openacq.catalogue.tables import holdings, items, line_inventory, portfolios
from openacq.store.tx import Tx

HOLDING = "holding"
PORTFOLIO = "portfolio"

_HOLDING_COLUMNS = (
    holdings.c.holding_id,
    holdings.c.mms_id,
    holdings.c.library,
    holdings.c.location,
    holdings.c.call_number,
    holdings.c.created,
    holdings.c.modified,
)
_ITEM_COLUMNS = (
    items.c.item_id,
    items.c.holding_id,
    items.c.mms_id,
    holdings.c.library,
    holdings.c.location,
    func.coalesce(items.c.barcode, "").label("barcode"),
    items.c.policy,
    items.c.material,
    items.c.process_type,
    items.c.receive_date,
    items.c.expected_arrival_date,
    items.c.enumeration_a,
    items.c.enumeration_b,
    items.c.enumeration_c,
    items.c.chronology_i,
    items.c.chronology_j,
    items.c.chronology_k,
    items.c.description,
    items.c.storage_location_id,
    items.c.temp_library,
    items.c.temp_location,
    items.c.operator,
    items.c.department,
    items.c.line_id,
    items.c.created,
    items.c.modified,
)
_PORTFOLIO_COLUMNS = (
    portfolios.c.portfolio_id,
    portfolios.c.mms_id,
    portfolios.c.origin,
    portfolios.c.collection_id,
    portfolios.c.collection_name,
    portfolios.c.title_id,
    portfolios.c.available,
    portfolios.c.url,
    portfolios.c.access_provider,
    portfolios.c.public_note,
    portfolios.c.license,
    portfolios.c.material,
    portfolios.c.coverage,
    portfolios.c.created,
    portfolios.c.modified,
)
_ITEMS_AND_HOLDINGS = items.join(
    holdings,
    and_(holdings.c.institution == items.c.institution, holdings.c.holding_id == items.c.holding_id),
)

_HOLDINGS_OF_BIB: Select[*tuple[Any, ...]] = (
    select(*_HOLDING_COLUMNS)
    .where(holdings.c.institution == bindparam("institution"), holdings.c.mms_id == bindparam("mms_id"))
    .order_by(holdings.c.nth, holdings.c.holding_id)
)
_ITEMS: Select[*tuple[Any, ...]] = (
    select(*_ITEM_COLUMNS)
    .select_from(_ITEMS_AND_HOLDINGS)
    .where(items.c.institution == bindparam("institution"))
)
_PAGE_OF_ITEMS = with_lists(
    lambda among: (
        _ITEMS.where(items.c.mms_id == bindparam("mms_id"), among(items.c.holding_id, "holding_ids"))
        .order_by(items.c.item_id)
        .limit(bindparam("most"))
        .offset(bindparam("skipped"))
    )
)
_COUNT_ITEMS = with_lists(
    lambda among: select(func.count()).where(
        items.c.institution == bindparam("institution"),
        items.c.mms_id == bindparam("mms_id"),
        among(items.c.holding_id, "holding_ids"),
    )
)
_ITEM = _ITEMS.where(items.c.item_id == bindparam("item_id"))
_ITEM_BY_BARCODE = _ITEMS.where(items.c.barcode == bindparam("barcode"))
_ITEMS_BY_IDS = with_lists(lambda among: _ITEMS.where(among(items.c.item_id, "wanted")))
_ITEMS_BY_BARCODES = with_lists(lambda among: _ITEMS.where(among(items.c.barcode, "wanted")))
_BARCODES = with_lists(
    lambda among: select(items.c.barcode).where(
        items.c.institution == bindparam("institution"), among(items.c.barcode, "barcodes")
    )
)
_PORTFOLIOS_OF_BIB: Select[*tuple[Any, ...]] = (
    select(*_PORTFOLIO_COLUMNS)
    .where(portfolios.c.institution == bindparam("institution"), portfolios.c.mms_id == bindparam("mms_id"))
    .order_by(portfolios.c.available.desc(), portfolios.c.portfolio_id)
)
_PORTFOLIOS_OF_BIBS = with_lists(
    lambda among: (
        select(*_PORTFOLIO_COLUMNS)
        .where(portfolios.c.institution == bindparam("institution"), among(portfolios.c.mms_id, "mms_ids"))
        .order_by(portfolios.c.portfolio_id)
    )
)


def _count_of(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_SHELVES = with_lists(
    lambda among: (
        select(
            *_HOLDING_COLUMNS,
            holdings.c.loaded,
            func.count(items.c.item_id),
            _count_of(items.c.process_type != ""),
            _count_of(items.c.process_type == IN_ACQUISITION),
        )
        .select_from(
            holdings.outerjoin(
                items,
                and_(
                    items.c.institution == holdings.c.institution, items.c.holding_id == holdings.c.holding_id
                ),
            )
        )
        .where(holdings.c.institution == bindparam("institution"), among(holdings.c.mms_id, "mms_ids"))
        .group_by(*_HOLDING_COLUMNS, holdings.c.loaded)
        .order_by(holdings.c.holding_id)
    )
)

_ADD_HOLDINGS = insert_if_new(holdings)
_ADD_ITEMS = insert_if_new(items)
_ADD_PORTFOLIO = insert_if_new(portfolios)
_TIE = insert_if_new(line_inventory)


def _none(columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [null().label(column.name) for column in columns]


def _typed_none(columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """For the first part of a union, which sets the types of the others."""
    return [cast(null(), column.type).label(f"portfolio_{column.name}") for column in columns]


def _of_lines(among: Among) -> CompoundSelect[*tuple[Any, ...]]:
    tied_to = and_(
        line_inventory.c.institution == bindparam("institution"), among(line_inventory.c.line_id, "line_ids")
    )
    return union_all(
        select(
            items.c.line_id.label("of_line"),
            holdings.c.call_number,
            *_ITEM_COLUMNS,
            *_typed_none(_PORTFOLIO_COLUMNS),
        )
        .select_from(_ITEMS_AND_HOLDINGS)
        .where(items.c.institution == bindparam("institution"), among(items.c.line_id, "line_ids")),
        select(
            line_inventory.c.line_id,
            holdings.c.call_number,
            null(),
            holdings.c.holding_id,
            holdings.c.mms_id,
            holdings.c.library,
            holdings.c.location,
            *_none(_ITEM_COLUMNS[5:-2]),
            holdings.c.created,
            holdings.c.modified,
            *_none(_PORTFOLIO_COLUMNS),
        )
        .select_from(
            line_inventory.join(
                holdings,
                and_(
                    holdings.c.institution == line_inventory.c.institution,
                    holdings.c.holding_id == line_inventory.c.target,
                ),
            )
        )
        .where(tied_to, line_inventory.c.kind == HOLDING),
        select(line_inventory.c.line_id, null(), *_none(_ITEM_COLUMNS), *_PORTFOLIO_COLUMNS)
        .select_from(
            line_inventory.join(
                portfolios,
                and_(
                    portfolios.c.institution == line_inventory.c.institution,
                    portfolios.c.portfolio_id == line_inventory.c.target,
                ),
            )
        )
        .where(tied_to, line_inventory.c.kind == PORTFOLIO),
    )


_OF_LINES = with_lists(_of_lines)
_PORTFOLIOS_OF_LINES = with_lists(
    lambda among: (
        select(line_inventory.c.line_id, *_PORTFOLIO_COLUMNS)
        .select_from(
            line_inventory.join(
                portfolios,
                and_(
                    portfolios.c.institution == line_inventory.c.institution,
                    portfolios.c.portfolio_id == line_inventory.c.target,
                ),
            )
        )
        .where(
            line_inventory.c.institution == bindparam("institution"),
            among(line_inventory.c.line_id, "line_ids"),
            line_inventory.c.kind == PORTFOLIO,
        )
        .order_by(line_inventory.c.line_id, portfolios.c.portfolio_id)
    )
)
_ITEM_AT = 2
_PORTFOLIO_AT = _ITEM_AT + len(_ITEM_COLUMNS)


# -- reading ------------------------------------------------------------------------------------


def holdings_of(tx: Tx, mms_id: str) -> tuple[Holding, ...]:
    """The holdings of a bib, the first of each place first."""
    rows = tx.execute(_HOLDINGS_OF_BIB, {"institution": tx.institution, "mms_id": mms_id})
    return tuple(Holding(*row) for row in rows)


def items_of(
    tx: Tx, mms_id: str, holding_ids: Sequence[str], *, limit: int, offset: int
) -> tuple[tuple[Item, ...], int]:
    """One page of the items of some of a bib's holdings, in the order they were made, and their number."""
    if not holding_ids:
        return (), 0
    asked = {"institution": tx.institution, "mms_id": mms_id, "holding_ids": list(holding_ids)}
    dialect = tx.conn.dialect.name
    total: int = tx.execute(_COUNT_ITEMS[dialect], asked).scalar_one()
    rows = tx.execute(_PAGE_OF_ITEMS[dialect], asked | {"most": limit, "skipped": offset})
    return tuple(Item(*row) for row in rows), total


def item(tx: Tx, item_id: str) -> Item | None:
    row = tx.execute(_ITEM, {"institution": tx.institution, "item_id": item_id}).one_or_none()
    return Item(*row) if row else None


def item_by_barcode(tx: Tx, barcode: str) -> Item | None:
    row = tx.execute(_ITEM_BY_BARCODE, {"institution": tx.institution, "barcode": barcode}).one_or_none()
    return Item(*row) if row else None


def items_by_ids(tx: Tx, item_ids: Sequence[str]) -> dict[str, Item]:
    """Those of the items that exist, by id."""
    asked = {"institution": tx.institution, "wanted": list(item_ids)}
    found = [Item(*row) for row in tx.execute(_ITEMS_BY_IDS[tx.conn.dialect.name], asked)]
    return {one.item_id: one for one in found}


def items_by_barcodes(tx: Tx, barcodes: Sequence[str]) -> dict[str, Item]:
    """Those of the items that exist, by barcode."""
    asked = {"institution": tx.institution, "wanted": list(barcodes)}
    found = [Item(*row) for row in tx.execute(_ITEMS_BY_BARCODES[tx.conn.dialect.name], asked)]
    return {one.barcode: one for one in found}


def barcodes_taken(tx: Tx, barcodes: Sequence[str]) -> frozenset[str]:
    rows = tx.execute(
        _BARCODES[tx.conn.dialect.name], {"institution": tx.institution, "barcodes": list(barcodes)}
    )
    return frozenset(rows.scalars())


def portfolios_of(tx: Tx, mms_id: str) -> tuple[Portfolio, ...]:
    """The portfolios of a bib, available ones first."""
    rows = tx.execute(_PORTFOLIOS_OF_BIB, {"institution": tx.institution, "mms_id": mms_id})
    return tuple(Portfolio(*row) for row in rows)


def portfolios_of_bibs(tx: Tx, mms_ids: Sequence[str]) -> tuple[Portfolio, ...]:
    rows = tx.execute(
        _PORTFOLIOS_OF_BIBS[tx.conn.dialect.name],
        {"institution": tx.institution, "mms_ids": list(mms_ids)},
    )
    return tuple(Portfolio(*row) for row in rows)


def shelves_of(tx: Tx, mms_ids: Sequence[str]) -> tuple[Shelf, ...]:
    """The holdings of some bibs with the number of their items: all, not ready for use, still on order."""
    rows = tx.execute(
        _SHELVES[tx.conn.dialect.name], {"institution": tx.institution, "mms_ids": list(mms_ids)}
    )
    return tuple(
        Shelf(Holding(*row[:-4]), int(row[-3]), int(row[-2]), int(row[-1]), bool(row[-4])) for row in rows
    )


def of_lines(tx: Tx, line_ids: Sequence[int]) -> dict[int, LineInventory]:
    """line_id → inventory, one query; lines without any are left out."""
    if not line_ids:
        return {}
    rows = tx.execute(
        _OF_LINES[tx.conn.dialect.name], {"institution": tx.institution, "line_ids": list(line_ids)}
    ).all()
    by_line: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    for row in rows:
        by_line.setdefault(row[0], []).append(row)
    return {line_id: _inventory(own) for line_id, own in by_line.items()}


def portfolios_of_lines(tx: Tx, line_ids: Sequence[int]) -> dict[int, LineInventory]:
    """line_id → inventory with the portfolios alone, one query; lines without any are left out."""
    if not line_ids:
        return {}
    found: dict[int, list[Portfolio]] = {}
    asked = {"institution": tx.institution, "line_ids": list(line_ids)}
    for line_id, *values in tx.execute(_PORTFOLIOS_OF_LINES[tx.conn.dialect.name], asked):
        found.setdefault(line_id, []).append(Portfolio(*values))
    return {line_id: LineInventory(portfolios=tuple(own)) for line_id, own in found.items()}


def _inventory(rows: list[Row[*tuple[Any, ...]]]) -> LineInventory:
    own_items: list[Item] = []
    places: dict[str, Holding] = {}
    own_portfolios: list[Portfolio] = []
    for row in rows:
        item_part, portfolio_part = row[_ITEM_AT:_PORTFOLIO_AT], row[_PORTFOLIO_AT:]
        if portfolio_part[0] is not None:
            own_portfolios.append(Portfolio(*portfolio_part))
            continue
        if item_part[0] is not None:
            own_items.append(Item(*item_part))
        holding_id, mms_id, library, location = item_part[1:5]
        places.setdefault(holding_id, Holding(holding_id, mms_id, library, location, row.call_number))
    return LineInventory(
        tuple(places[one] for one in sorted(places)),
        tuple(sorted(own_items, key=lambda one: one.item_id)),
        tuple(sorted(own_portfolios, key=lambda one: one.portfolio_id)),
    )


# -- writing ------------------------------------------------------------------------------------


def add_holdings(tx: Tx, wanted: Sequence[Holding]) -> bool:
    """Write the first holding of each place; False when another transaction has just made one of them."""
    rows = [
        {
            "institution": tx.institution,
            "holding_id": one.holding_id,
            "mms_id": one.mms_id,
            "library": one.library,
            "location": one.location,
            "nth": 0,
            "call_number": one.call_number,
            "loaded": False,
            "created": tx.now,
            "modified": tx.now,
        }
        for one in wanted
    ]
    return tx.execute(_ADD_HOLDINGS[tx.conn.dialect.name], rows).rowcount == len(rows)


def add_items(tx: Tx, wanted: Sequence[Item]) -> bool:
    """Write new items; False when a barcode is taken."""
    rows = [item_row(tx, one) for one in wanted]
    return tx.execute(_ADD_ITEMS[tx.conn.dialect.name], rows).rowcount == len(rows)


def item_row(tx: Tx, one: Item) -> dict[str, Any]:
    return {
        "institution": tx.institution,
        "item_id": one.item_id,
        "holding_id": one.holding_id,
        "mms_id": one.mms_id,
        "line_id": one.line_id,
        "barcode": one.barcode or None,
        "policy": one.policy,
        "material": one.material,
        "process_type": one.process_type,
        "receive_date": one.receive_date,
        "expected_arrival_date": one.expected_arrival_date,
        "enumeration_a": one.enumeration_a,
        "enumeration_b": one.enumeration_b,
        "enumeration_c": one.enumeration_c,
        "chronology_i": one.chronology_i,
        "chronology_j": one.chronology_j,
        "chronology_k": one.chronology_k,
        "description": one.description,
        "storage_location_id": one.storage_location_id,
        "temp_library": one.temp_library,
        "temp_location": one.temp_location,
        "operator": one.operator,
        "department": one.department,
        "created": tx.now,
        "modified": tx.now,
    }


def add_portfolio(tx: Tx, one: Portfolio, claim: str | None) -> bool:
    """Write a portfolio; False when another one holds the claim."""
    return bool(tx.execute(_ADD_PORTFOLIO[tx.conn.dialect.name], portfolio_row(tx, one, claim)).rowcount)


def portfolio_row(tx: Tx, one: Portfolio, claim: str | None) -> dict[str, Any]:
    return {
        "institution": tx.institution,
        "portfolio_id": one.portfolio_id,
        "mms_id": one.mms_id,
        "origin": one.origin,
        "collection_id": one.collection_id,
        "collection_name": one.collection_name,
        "title_id": one.title_id,
        "available": one.available,
        "url": one.url,
        "access_provider": one.access_provider,
        "public_note": one.public_note,
        "license": one.license,
        "material": one.material,
        "coverage": one.coverage,
        "claim": claim,
        "created": tx.now,
        "modified": tx.now,
    }


def tie(tx: Tx, line_id: int, kind: str, targets: Sequence[str]) -> None:
    """Tie a line to holdings or portfolios."""
    rows = [
        {"institution": tx.institution, "line_id": line_id, "kind": kind, "target": target}
        for target in targets
    ]
    tx.later(_TIE[tx.conn.dialect.name], rows)
