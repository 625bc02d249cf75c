"""SQL about the titles of requests: who else waits for them, what of them is on order.

Tables of the ordering desk and of the catalogue are read here (never written).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from openacq.catalogue.tables import bib_identifiers, bib_uses, bibs
from openacq.ordering.model import LineState
from openacq.ordering.tables import po_lines, purchase_orders
from openacq.requests.states import RequestState
from openacq.requests.store import SHOWN, Kept, R, kept
from openacq.store import Tx

_institution: Any = bindparam("institution")
_of: Any = bindparam("of", expanding=True)

_WAITING = (
    select(*SHOWN)
    .where(R.institution == _institution, R.mms_id.in_(_of), R.state != RequestState.REJECTED.value)
    .order_by(R.created, R.id)
)
_HOLD_LINES = (
    select(po_lines.c.id)
    .where(po_lines.c.institution == _institution, po_lines.c.id.in_(_of))
    .order_by(po_lines.c.id)
    .with_for_update()
)
_LINES_OF_ORDER = (
    select(po_lines.c.id, po_lines.c.expected_receipt_date)
    .join(
        purchase_orders,
        (purchase_orders.c.institution == po_lines.c.institution)
        & (purchase_orders.c.id == po_lines.c.order_id),
    )
    .where(
        po_lines.c.institution == _institution,
        purchase_orders.c.number == bindparam("number"),
        po_lines.c.state.not_in((LineState.CANCELLED.value,)),
    )
    .order_by(po_lines.c.id)
)
_LINE_NUMBERED = select(po_lines.c.id).where(
    po_lines.c.institution == _institution, po_lines.c.number == bindparam("number")
)
_BIBS = (
    select(bibs.c.mms_id)
    .where(bibs.c.institution == _institution, bibs.c.mms_id.in_(_of))
    .order_by(bibs.c.mms_id)
)
_HOLD_BIBS = _BIBS.with_for_update(key_share=True)
_HOLD_BIBS_ALONE = _BIBS.with_for_update()
_NUMBERED = select(bib_identifiers.c.mms_id, bib_identifiers.c.kind, bib_identifiers.c.value).where(
    bib_identifiers.c.institution == _institution,
    bib_identifiers.c.kind.in_(bindparam("kinds", expanding=True)),
    bib_identifiers.c.value.in_(bindparam("values", expanding=True)),
)
_USES = select(bib_uses.c.mms_id, bib_uses.c.user_id).where(
    bib_uses.c.institution == _institution, bib_uses.c.kind == bindparam("kind")
)


def waiting(tx: Tx, mms_ids: Sequence[str]) -> list[Kept]:
    """The requests for these bibs that are not rejected, oldest first."""
    given = {"institution": tx.institution, "of": list(mms_ids)}
    return [kept(row) for row in tx.execute(_WAITING, given)] if mms_ids else []


def hold_lines(tx: Tx, line_ids: Sequence[int]) -> None:
    """Keep PO lines as they are until the transaction ends."""
    if line_ids:
        tx.execute(_HOLD_LINES, {"institution": tx.institution, "of": sorted(set(line_ids))})


def lines_of_order(tx: Tx, number: str) -> dict[int, Any]:
    """The PO lines of a PO, cancelled ones left out: id → when it is expected."""
    rows = tx.execute(_LINES_OF_ORDER, {"institution": tx.institution, "number": number})
    return {row.id: row.expected_receipt_date for row in rows}


def line_numbered(tx: Tx, number: str) -> int | None:
    found: int | None = tx.execute(
        _LINE_NUMBERED, {"institution": tx.institution, "number": number}
    ).scalar_one_or_none()
    return found


def hold_bibs(tx: Tx, mms_ids: Sequence[str], *, alone: bool = False) -> set[str]:
    """Keep bibs from going away until the transaction ends, and others who ask for them waiting; returns
    those that are still there. `alone` waits for whoever is just about to use them too, before they are
    found needless."""
    given = {"institution": tx.institution, "of": sorted(set(mms_ids))}
    statement = _HOLD_BIBS_ALONE if alone else _HOLD_BIBS
    return set(tx.execute(statement, given).scalars()) if mms_ids else set()


def bibs_numbered(tx: Tx, numbers: Sequence[tuple[str, str]]) -> list[str]:
    """The bibs that bear one of these (kind, value), lowest mms_id first."""
    if not numbers:
        return []
    given = {
        "institution": tx.institution,
        "kinds": sorted({kind for kind, _ in numbers}),
        "values": sorted({value for _, value in numbers}),
    }
    asked = set(numbers)
    rows = tx.execute(_NUMBERED, given)
    return sorted({row.mms_id for row in rows if (row.kind, row.value) in asked})


def uses(tx: Tx, kind: str) -> set[tuple[str, str]]:
    """Every (mms_id, user id) of a kind of use; for the check of the records."""
    rows = tx.execute(_USES, {"institution": tx.institution, "kind": kind})
    return {(row.mms_id, row.user_id) for row in rows}
