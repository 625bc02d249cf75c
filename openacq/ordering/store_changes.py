"""SQL of changing a line as a whole."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, select, update

from openacq.ordering import store
from openacq.ordering.model import Line
from openacq.ordering.store_moves import moved_on
from openacq.ordering.tables import (
    line_alerts,
    line_interested,
    line_notes,
    line_places,
    line_shares,
    po_lines,
)
from openacq.store import Tx
from openacq.store.schema import Instant

_ONE: Any = (po_lines.c.institution == bindparam("of_institution")) & (po_lines.c.id == bindparam("of_id"))
_VERSION = select(po_lines.c.version).where(_ONE)
_ORDER = select(po_lines.c.order_id).where(_ONE)
_CHANGED = (
    "order_id",
    "owner",
    "vendor",
    "account",
    "method",
    "price_units",
    "price_scale",
    "currency",
    "discount",
    "quantity",
    "net_units",
    "no_charge",
    "rush",
    "reference",
    "material",
    "manual_renewal",
    "renewal_date",
    "renewal_due",
    "expected_receipt_date",
    "expected_activation_date",
    "invoice_reference",
    "terms",
)
_now: Any = bindparam("now", type_=Instant)
_CHANGE = (
    update(po_lines)
    .where(_ONE)
    .values(
        changed=moved_on(po_lines.c.changed, _now),
        version=po_lines.c.version + 1,
        **{name: bindparam(f"new_{name}") for name in _CHANGED},
    )
)
_TITLE = (
    update(po_lines)
    .where(_ONE)
    .values(mms_id=bindparam("new_mms_id"), title=bindparam("new_title"), title_key=bindparam("new_key"))
)
_CHILDREN = (
    (line_places, "places"),
    (line_shares, "shares"),
    (line_alerts, "alerts"),
    (line_notes, "notes"),
    (line_interested, "interested"),
)
_CLEAR = {
    name: delete(table).where(
        table.c.institution == bindparam("of_institution"), table.c.line_id == bindparam("of_id")
    )
    for table, name in _CHILDREN
}


def version_of(tx: Tx, line_id: int) -> int | None:
    """How often the line was changed; None when it is gone."""
    found: int | None = tx.execute(
        _VERSION, {"of_institution": tx.institution, "of_id": line_id}
    ).scalar_one_or_none()
    return found


def order_of(tx: Tx, line_id: int) -> int | None:
    """The id of the PO the line is in."""
    found: int | None = tx.execute(
        _ORDER, {"of_institution": tx.institution, "of_id": line_id}
    ).scalar_one_or_none()
    return found


def write_title(tx: Tx, line: Line) -> None:
    """Write which bib a line is for, and the title it is listed by."""
    tx.execute(
        _TITLE,
        {
            "of_institution": tx.institution,
            "of_id": line.id,
            "new_mms_id": line.bib.mms_id,
            "new_title": line.bib.title,
            "new_key": store.title_key(line.bib.title),
        },
    )


def write_line(tx: Tx, before: Line, after: Line, order_id: int | None) -> None:
    """Write what a change made of a line; lists that differ are written anew."""
    row = store.line_row(tx, after, order_id)
    of = {"of_institution": tx.institution, "of_id": after.id}
    tx.execute(_CHANGE, {**of, "now": tx.now, **{f"new_{name}": row[name] for name in _CHANGED}})
    differing = [name for _, name in _CHILDREN if getattr(before, name) != getattr(after, name)]
    for name in differing:
        tx.execute(_CLEAR[name], of)
    store.add_lists(tx, after, frozenset(differing))
