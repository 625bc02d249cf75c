"""Items that arrive and go back, portfolios switched on and off: conditional updates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from openacq.catalogue.tables import items, portfolios
from openacq.store.schema import Instant
from openacq.store.tx import Tx

_of: Any = bindparam("of", expanding=True)
_institution: Any = bindparam("of_institution")
_now: Any = bindparam("now", type_=Instant)

_RECEIVE = (
    update(items)
    .where(items.c.institution == _institution, items.c.item_id.in_(_of), items.c.receive_date.is_(None))
    .values(
        receive_date=bindparam("on"),
        process_type=bindparam("process"),
        operator=bindparam("by"),
        department=bindparam("at"),
        modified=_now,
    )
)
_PUT_BACK = (
    update(items)
    .where(items.c.institution == _institution, items.c.item_id.in_(_of), items.c.receive_date.is_not(None))
    .values(receive_date=None, process_type=bindparam("process"), operator="", department="", modified=_now)
)
_STAMP = (
    update(items)
    .where(items.c.institution == _institution, items.c.item_id == bindparam("of_item"))
    .values(barcode=bindparam("new_barcode"), modified=_now)
)
_PROCESS = (
    update(items)
    .where(items.c.institution == _institution, items.c.item_id == bindparam("of_item"))
    .values(process_type=bindparam("process"), department=bindparam("at"), modified=_now)
)
_RECEIVED = select(items.c.item_id, items.c.barcode, items.c.receive_date).where(
    items.c.institution == _institution, items.c.item_id.in_(_of), items.c.receive_date.is_not(None)
)
_SWITCH = (
    update(portfolios)
    .where(
        portfolios.c.institution == _institution,
        portfolios.c.portfolio_id == bindparam("of_portfolio"),
        portfolios.c.available == bindparam("was"),
    )
    .values(available=bindparam("becomes"), modified=_now)
)


def receive(
    tx: Tx, item_ids: Sequence[str], on: date, process_type: str, operator: str, department: str
) -> int:
    """Receive those of the items that were not; returns how many."""
    return tx.execute(
        _RECEIVE,
        {
            "of_institution": tx.institution,
            "of": list(item_ids),
            "on": on,
            "process": process_type,
            "by": operator,
            "at": department,
            "now": tx.now,
        },
    ).rowcount


def put_back(tx: Tx, item_ids: Sequence[str], process_type: str) -> int:
    """Undo the receipt of those of the items that were received; returns how many."""
    return tx.execute(
        _PUT_BACK,
        {"of_institution": tx.institution, "of": list(item_ids), "process": process_type, "now": tx.now},
    ).rowcount


def stamp(tx: Tx, barcodes: Sequence[tuple[str, str]]) -> bool:
    """Give items barcodes, as (item, barcode); False when one was taken at this very moment."""
    rows = [
        {"of_institution": tx.institution, "of_item": item_id, "new_barcode": barcode, "now": tx.now}
        for item_id, barcode in barcodes
    ]
    try:
        tx.execute(_STAMP, rows)
    except IntegrityError:
        return False
    return True


def process(tx: Tx, item_id: str, process_type: str, department: str) -> None:
    """Say where an item is on its way to the shelf."""
    tx.execute(
        _PROCESS,
        {
            "of_institution": tx.institution,
            "of_item": item_id,
            "process": process_type,
            "at": department,
            "now": tx.now,
        },
    )


def received_among(tx: Tx, item_ids: Sequence[str]) -> tuple[tuple[str, str, date], ...]:
    """Those of the items that are received: (item, barcode, day)."""
    rows = tx.execute(_RECEIVED, {"of_institution": tx.institution, "of": list(item_ids)})
    return tuple((row.item_id, row.barcode or "", row.receive_date) for row in rows)


def switch(tx: Tx, portfolio_ids: Sequence[str], *, on: bool) -> frozenset[str]:
    """Switch portfolios on or off; returns those for which that was a change."""
    return frozenset(
        portfolio_id
        for portfolio_id in portfolio_ids
        if tx.execute(
            _SWITCH,
            {
                "of_institution": tx.institution,
                "of_portfolio": portfolio_id,
                "was": not on,
                "becomes": on,
                "now": tx.now,
            },
        ).rowcount
    )
