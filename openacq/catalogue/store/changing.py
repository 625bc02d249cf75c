"""Changing and taking away what is held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError

from openacq.catalogue.model import Item, Portfolio
from openacq.catalogue.store.inventory import HOLDING, PORTFOLIO, item_row
from openacq.catalogue.tables import holdings, items, line_inventory, portfolios
from openacq.store.schema import Instant
from openacq.store.tx import Tx

_of: Any = bindparam("of", expanding=True)
_institution: Any = bindparam("of_institution")
_at: Any = bindparam("at", type_=Instant)
_CHANGED = (
    "barcode",
    "holding_id",
    "policy",
    "material",
    "expected_arrival_date",
    "enumeration_a",
    "enumeration_b",
    "enumeration_c",
    "chronology_i",
    "chronology_j",
    "chronology_k",
    "description",
    "storage_location_id",
    "temp_library",
    "temp_location",
    "modified",
)

_CHANGE = (
    update(items)
    .where(items.c.institution == _institution, items.c.item_id == bindparam("of_item"))
    .values({items.c[name]: bindparam(f"new_{name}") for name in _CHANGED})
)
_REMOVE_ITEMS = delete(items).where(items.c.institution == _institution, items.c.item_id.in_(_of))
_HOLDINGS_OF_LINE = select(line_inventory.c.target).where(
    line_inventory.c.institution == _institution,
    line_inventory.c.line_id == bindparam("line_id"),
    line_inventory.c.kind == HOLDING,
)
_UNTIE = delete(line_inventory).where(
    line_inventory.c.institution == _institution, line_inventory.c.line_id == bindparam("line_id")
)
_UNTIE_SOME = _UNTIE.where(line_inventory.c.kind == bindparam("kind"), line_inventory.c.target.in_(_of))
_another = line_inventory.alias("another")
_REMOVE_EMPTY_HOLDINGS = delete(holdings).where(
    holdings.c.institution == _institution,
    holdings.c.holding_id.in_(_of),
    ~exists().where(
        items.c.institution == holdings.c.institution, items.c.holding_id == holdings.c.holding_id
    ),
    ~exists().where(
        line_inventory.c.institution == holdings.c.institution,
        line_inventory.c.kind == HOLDING,
        line_inventory.c.target == holdings.c.holding_id,
    ),
)
_MADE_PORTFOLIOS = (
    select(portfolios.c.portfolio_id)
    .join(
        line_inventory,
        and_(
            line_inventory.c.institution == portfolios.c.institution,
            line_inventory.c.target == portfolios.c.portfolio_id,
        ),
    )
    .where(
        portfolios.c.institution == _institution,
        line_inventory.c.line_id == bindparam("line_id"),
        line_inventory.c.kind == PORTFOLIO,
        portfolios.c.available.is_(False),
        or_(portfolios.c.origin == "local", portfolios.c.origin == "community"),
        ~exists().where(
            _another.c.institution == portfolios.c.institution,
            _another.c.target == portfolios.c.portfolio_id,
            _another.c.kind == PORTFOLIO,
            _another.c.line_id != bindparam("line_id"),
        ),
    )
)
_MOVE_ITEMS = (
    update(items)
    .where(items.c.institution == bindparam("of_institution"), items.c.item_id == bindparam("of_item"))
    .values(mms_id=bindparam("to_bib"), holding_id=bindparam("to_holding"), modified=_at)
)
_MOVE_PORTFOLIO = (
    update(portfolios)
    .where(portfolios.c.institution == _institution, portfolios.c.portfolio_id == bindparam("of_portfolio"))
    .values(mms_id=bindparam("to_bib"), modified=_at)
)
_UNTIE_PORTFOLIOS = _UNTIE.where(line_inventory.c.kind == PORTFOLIO)
_REMOVE_PORTFOLIOS = delete(portfolios).where(
    portfolios.c.institution == _institution, portfolios.c.portfolio_id.in_(_of)
)


def change_items(tx: Tx, changed: Sequence[Item]) -> None:
    """Write every changeable member of the items; their receipt is none."""
    rows = []
    for item in changed:
        row = item_row(tx, item)
        rows.append(
            {
                "of_institution": tx.institution,
                "of_item": item.item_id,
                **{f"new_{name}": row[name] for name in _CHANGED},
                "new_modified": tx.now,
            }
        )
    if rows:
        tx.execute(_CHANGE, rows)


def change_item(tx: Tx, changed: Item) -> bool:
    """The same for one; False when its barcode was taken at this very moment."""
    try:
        change_items(tx, [changed])
    except IntegrityError:
        return False
    return True


def remove_items(tx: Tx, item_ids: Sequence[str]) -> None:
    tx.execute(_REMOVE_ITEMS, {"of_institution": tx.institution, "of": list(item_ids)})


def holdings_of_line(tx: Tx, line_id: int) -> tuple[str, ...]:
    """Holdings a line is tied to without items."""
    return tuple(
        tx.execute(_HOLDINGS_OF_LINE, {"of_institution": tx.institution, "line_id": line_id}).scalars()
    )


def untie(tx: Tx, line_id: int) -> None:
    tx.execute(_UNTIE, {"of_institution": tx.institution, "line_id": line_id})


def untie_holdings(tx: Tx, line_id: int, holding_ids: Sequence[str]) -> None:
    tx.execute(
        _UNTIE_SOME,
        {"of_institution": tx.institution, "line_id": line_id, "kind": HOLDING, "of": list(holding_ids)},
    )


def remove_empty_holdings(tx: Tx, holding_ids: Sequence[str]) -> int:
    """Remove those of the holdings that have no item and no order left; returns how many."""
    return tx.execute(
        _REMOVE_EMPTY_HOLDINGS, {"of_institution": tx.institution, "of": list(holding_ids)}
    ).rowcount


def move_items(tx: Tx, moved: Sequence[Item]) -> None:
    """Hang items on the holding and the bib they name."""
    rows = [
        {
            "of_institution": tx.institution,
            "of_item": item.item_id,
            "to_bib": item.mms_id,
            "to_holding": item.holding_id,
            "at": tx.now,
        }
        for item in moved
    ]
    if rows:
        tx.execute(_MOVE_ITEMS, rows)


def move_portfolio(tx: Tx, moved: Portfolio) -> None:
    """Hang a portfolio on the bib it names."""
    tx.execute(
        _MOVE_PORTFOLIO,
        {
            "of_institution": tx.institution,
            "of_portfolio": moved.portfolio_id,
            "to_bib": moved.mms_id,
            "at": tx.now,
        },
    )


def untie_portfolios(tx: Tx, line_id: int) -> None:
    """Part a line from its portfolios."""
    tx.execute(_UNTIE_PORTFOLIOS, {"of_institution": tx.institution, "line_id": line_id})


def portfolios_made_for(tx: Tx, line_id: int) -> tuple[str, ...]:
    """Portfolios only this line has, and which were never switched on."""
    return tuple(
        tx.execute(_MADE_PORTFOLIOS, {"of_institution": tx.institution, "line_id": line_id}).scalars()
    )


def remove_portfolios(tx: Tx, portfolio_ids: Sequence[str]) -> None:
    tx.execute(_REMOVE_PORTFOLIOS, {"of_institution": tx.institution, "of": list(portfolio_ids)})
