"""SQL of renewals: which lines are due, and what a renewal changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from openacq.ordering.states import LineState
from openacq.ordering.store_progress import COLUMNS
from openacq.ordering.tables import line_alerts, line_shares, po_lines
from openacq.store import Tx

_institution: Any = bindparam("institution")
_states: Any = bindparam("states", expanding=True)

PRICED = (
    po_lines.c.price_units,
    po_lines.c.price_scale,
    po_lines.c.currency,
    po_lines.c.discount,
    po_lines.c.net_units,
    po_lines.c.no_charge,
)
_DUE = (
    select(*COLUMNS)
    .where(
        po_lines.c.institution == _institution,
        po_lines.c.state == LineState.WAITING_FOR_RENEWAL.value,
        po_lines.c.renewal_due <= bindparam("today"),
    )
    .order_by(po_lines.c.renewal_due, po_lines.c.id)
    .limit(bindparam("most"))
)
_PRICE = select(*PRICED, po_lines.c.quantity).where(
    po_lines.c.institution == _institution, po_lines.c.id == bindparam("line_id")
)
_PRICES = select(po_lines.c.id, *PRICED).where(
    po_lines.c.institution == _institution, po_lines.c.id.in_(bindparam("of", expanding=True))
)
_REPRICE = (
    update(po_lines)
    .where(po_lines.c.institution == bindparam("of_institution"), po_lines.c.id == bindparam("of_id"))
    .values(
        price_units=bindparam("new_price"),
        price_scale=bindparam("new_scale"),
        net_units=bindparam("new_net"),
    )
)
_PARTS = (
    select(line_shares)
    .where(line_shares.c.institution == _institution, line_shares.c.line_id == bindparam("line_id"))
    .order_by(line_shares.c.number)
)
_PART = (
    update(line_shares)
    .where(
        line_shares.c.institution == bindparam("of_institution"),
        line_shares.c.line_id == bindparam("of_id"),
        line_shares.c.number == bindparam("of_number"),
    )
    .values(
        part_units=bindparam("new_part"),
        amount_units=bindparam("new_amount"),
        amount_scale=bindparam("new_scale"),
    )
)
_LAST_ALERT = select(func.coalesce(func.max(line_alerts.c.number), 0)).where(
    line_alerts.c.institution == _institution, line_alerts.c.line_id == bindparam("line_id")
)
_ADD_ALERTS = insert(line_alerts)


def due(tx: Tx, today: date, most: int) -> Sequence[Row[Any]]:
    """Lines that wait for a renewal something is to be done about today, the longest overdue first."""
    return tx.execute(_DUE, {"institution": tx.institution, "today": today, "most": most}).all()


def listed(
    tx: Tx, states: Sequence[str], until: date | None, vendor: str, limit: int, offset: int
) -> tuple[Sequence[Row[Any]], int]:
    """A page of lines in these states that renew by a day, the earliest first, and how many there are."""
    narrowed = select(*COLUMNS).where(po_lines.c.institution == _institution, po_lines.c.state.in_(_states))
    if until is not None:
        narrowed = narrowed.where(po_lines.c.renewal_date <= until)
    if vendor:
        narrowed = narrowed.where(po_lines.c.vendor == vendor)
    asked = {"institution": tx.institution, "states": list(states)}

    def count() -> int:
        found: int = tx.execute(
            narrowed.with_only_columns(func.count(), maintain_column_froms=True), asked
        ).scalar_one()
        return found

    total = tx.kept_count("lines", ("renewals", tuple(states), until, vendor), count)
    if not limit or offset >= total:
        return (), total
    page = narrowed.order_by(po_lines.c.renewal_date, po_lines.c.id).limit(limit).offset(offset)
    return tx.execute(page, asked).all(), total


def price(tx: Tx, line_id: int) -> Row[Any]:
    """Price, discount and net of a line."""
    return tx.execute(_PRICE, {"institution": tx.institution, "line_id": line_id}).one()


def prices(tx: Tx, line_ids: Sequence[int]) -> dict[int, Row[Any]]:
    rows = tx.execute(_PRICES, {"institution": tx.institution, "of": list(line_ids)})
    return {row.id: row for row in rows}


def parts(tx: Tx, line_id: int) -> Sequence[Row[Any]]:
    """The shares of a line as they are stored."""
    return tx.execute(_PARTS, {"institution": tx.institution, "line_id": line_id}).all()


def reprice(tx: Tx, line_id: int, *, units: int, scale: int, net: int) -> None:
    tx.execute(
        _REPRICE,
        {
            "of_institution": tx.institution,
            "of_id": line_id,
            "new_price": units,
            "new_scale": scale,
            "new_net": net,
        },
    )


def set_parts(tx: Tx, line_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what shares come to: (number, part, amount, scale)."""
    if rows:
        tx.execute(
            _PART,
            [
                {
                    "of_institution": tx.institution,
                    "of_id": line_id,
                    "of_number": row["number"],
                    "new_part": row["part"],
                    "new_amount": row["amount"],
                    "new_scale": row["scale"],
                }
                for row in rows
            ],
        )


def add_alerts(tx: Tx, line_id: int, alerts: Sequence[Mapping[str, Any]]) -> None:
    """Add alerts (slug, severity, facts) to those a line has."""
    if not alerts:
        return
    last: int = tx.execute(_LAST_ALERT, {"institution": tx.institution, "line_id": line_id}).scalar_one()
    tx.later(
        _ADD_ALERTS,
        [
            {"institution": tx.institution, "line_id": line_id, "number": number, "since": tx.now, **alert}
            for number, alert in enumerate(alerts, last + 1)
        ],
    )
