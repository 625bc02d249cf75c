"""SQL of how far lines have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, not_, select, update

from openacq.catalogue.tables import items
from openacq.ordering.model import Interested, LineState
from openacq.ordering.store_moves import moved_on
from openacq.ordering.tables import line_interested, line_places, po_lines, purchase_orders
from openacq.store import Tx
from openacq.store.lists import with_lists
from openacq.store.schema import Instant

_of: Any = bindparam("of", expanding=True)
_now: Any = bindparam("now", type_=Instant)
_outstanding: Any = (
    select(func.count())
    .where(
        items.c.institution == po_lines.c.institution,
        items.c.line_id == po_lines.c.id,
        items.c.receive_date.is_(None),
    )
    .correlate(po_lines)
    .scalar_subquery()
)
_order_number: Any = (
    select(purchase_orders.c.number)
    .where(
        purchase_orders.c.institution == po_lines.c.institution, purchase_orders.c.id == po_lines.c.order_id
    )
    .correlate(po_lines)
    .scalar_subquery()
)
COLUMNS = (
    *(
        po_lines.c[name]
        for name in (
            "id",
            "number",
            "order_id",
            "state",
            "version",
            "owner",
            "vendor",
            "account",
            "type",
            "mms_id",
            "title",
            "reference",
            "quantity",
            "received",
            "activated",
            "sent",
            "expected_receipt_date",
            "expected_activation_date",
            "claim_due",
            "claims_sent",
            "manual_renewal",
            "renewal_date",
            "renewal_reminded",
            "invoiced_units",
            "paid_units",
            "fully_invoiced",
            "terms",
        )
    ),
    _outstanding.label("outstanding"),
    func.coalesce(_order_number, "").label("order_number"),
)
_INTERESTED = (
    select(line_interested)
    .where(
        line_interested.c.institution == bindparam("institution"),
        line_interested.c.line_id == bindparam("line_id"),
    )
    .order_by(line_interested.c.number)
)
_FIRST_PLACE = (
    select(line_places.c.library, line_places.c.location)
    .where(
        line_places.c.institution == bindparam("institution"), line_places.c.line_id == bindparam("line_id")
    )
    .order_by(line_places.c.number)
    .limit(1)
)
_BY_IDS = (
    select(*COLUMNS)
    .where(po_lines.c.institution == bindparam("institution"), po_lines.c.id.in_(_of))
    .order_by(po_lines.c.id)
)
_BY_TITLES = with_lists(
    lambda among: (
        select(*COLUMNS)
        .where(
            po_lines.c.institution == bindparam("institution"),
            among(po_lines.c.mms_id, "mms_ids"),
            not_(among(po_lines.c.state, "states")),
        )
        .order_by(po_lines.c.id)
    )
)


def rows(tx: Tx, line_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Lines by ascending id, each with `outstanding`: its items that are not received."""
    return tx.execute(_BY_IDS, {"institution": tx.institution, "of": list(line_ids)}).all()


def rows_of_titles(tx: Tx, mms_ids: Sequence[str], without: Sequence[LineState]) -> Sequence[Row[Any]]:
    """The same of lines of these bibs, but for those in one of some states."""
    asked = {
        "institution": tx.institution,
        "mms_ids": list(mms_ids),
        "states": [state.value for state in without],
    }
    return tx.execute(_BY_TITLES[tx.conn.dialect.name], asked).all()


def interested(tx: Tx, line_id: int) -> list[Interested]:
    """Who is interested in a line, in their order, without their names."""
    rows = tx.execute(_INTERESTED, {"institution": tx.institution, "line_id": line_id})
    return [
        Interested(
            row.primary_id,
            notify_receiving_activation=row.notify_receiving_activation,
            hold_item=row.hold_item,
            notify_renewal=row.notify_renewal,
            notify_cancel=row.notify_cancel,
        )
        for row in rows
    ]


def first_place(tx: Tx, line_id: int) -> tuple[str, str] | None:
    """Library and location the line's first copy goes to."""
    row = tx.execute(_FIRST_PLACE, {"institution": tx.institution, "line_id": line_id}).first()
    return (row.library, row.location) if row is not None else None


def counted(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an update of lines that counts up `version` and moves `changed` on by the parameter
    `now`, a millisecond at least."""
    return {
        **values,
        "changed": moved_on(po_lines.c.changed, _now),
        "version": po_lines.c.version + 1,
    }


_ONE: Any = (po_lines.c.institution == bindparam("of_institution")) & (po_lines.c.id == bindparam("of_id"))
_RECEIVED = (
    update(po_lines).where(_ONE).values(counted({"received": po_lines.c.received + bindparam("more")}))
)
_ACTIVATED = (
    update(po_lines)
    .where(_ONE, po_lines.c.activated.is_(None))
    .values(counted({"activated": bindparam("at", type_=Instant)}))
)
_DEACTIVATED = (
    update(po_lines).where(_ONE, po_lines.c.activated.is_not(None)).values(counted({"activated": None}))
)


def add_received(tx: Tx, more: Mapping[int, int]) -> None:
    """Count copies received (or, negative, put back) by line, in ascending order."""
    rows = [
        {"of_institution": tx.institution, "of_id": line_id, "more": more[line_id], "now": tx.now}
        for line_id in sorted(more)
    ]
    tx.execute(_RECEIVED, rows)


def activate(tx: Tx, line_id: int) -> bool:
    """Mark a line as active; False when it is already."""
    asked = {"of_institution": tx.institution, "of_id": line_id, "at": tx.now, "now": tx.now}
    return bool(tx.execute(_ACTIVATED, asked).rowcount)


def deactivate(tx: Tx, line_id: int) -> bool:
    asked = {"of_institution": tx.institution, "of_id": line_id, "now": tx.now}
    return bool(tx.execute(_DEACTIVATED, asked).rowcount)
