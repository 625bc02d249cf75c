"""SQL of receiving: receipts, and the lines and items something that arrives may belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, insert, literal_column, or_, select, true, update

from openacq.catalogue.tables import bib_identifiers, items
from openacq.ordering.states import LineState
from openacq.ordering.store_progress import COLUMNS
from openacq.ordering.tables import po_lines, receipts
from openacq.store import Tx
from openacq.store.schema import Instant

_of: Any = bindparam("of", expanding=True)
_institution: Any = bindparam("institution")

CLOSED_TO_RECEIVING = (LineState.DRAFT.value, LineState.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What arrived or was switched on: an item (`item_id`), a portfolio, or a thing without inventory.

    `received` is the day it came, `at` the moment it was entered; `made` says that the receipt brought the
    item or switched the portfolio on.
    """

    id: int
    line_id: int
    line: str
    title: str
    item_id: str
    barcode: str
    portfolio_id: str
    quantity: int
    received: date
    department: str
    at: datetime
    operator: str
    made: bool
    undone: datetime | None
    undone_by: str


_RECEIPTS = select(
    receipts.c.id,
    receipts.c.line_id,
    po_lines.c.number.label("line"),
    po_lines.c.title,
    receipts.c.item_id,
    func.coalesce(items.c.barcode, "").label("barcode"),
    receipts.c.portfolio_id,
    receipts.c.quantity,
    receipts.c.received,
    receipts.c.department,
    receipts.c.at,
    receipts.c.operator,
    receipts.c.made,
    receipts.c.undone,
    receipts.c.undone_by,
).select_from(
    receipts.join(
        po_lines,
        (po_lines.c.institution == receipts.c.institution) & (po_lines.c.id == receipts.c.line_id),
    ).outerjoin(
        items, (items.c.institution == receipts.c.institution) & (items.c.item_id == receipts.c.item_id)
    )
)
_BY_IDS = _RECEIPTS.where(receipts.c.institution == _institution, receipts.c.id.in_(_of)).order_by(
    receipts.c.id
)
_ADD = insert(receipts)
_UNDO = (
    update(receipts)
    .where(
        receipts.c.institution == bindparam("of_institution"),
        receipts.c.id == bindparam("of_id"),
        receipts.c.undone.is_(None),
    )
    .values(undone=bindparam("now", type_=Instant), undone_by=bindparam("by"))
)
_OF_ITEMS = select(receipts.c.id, receipts.c.item_id).where(
    receipts.c.institution == _institution, receipts.c.item_id.in_(_of), receipts.c.undone.is_(None)
)
_OF_LINE = (
    select(receipts.c.id)
    .where(
        receipts.c.institution == _institution,
        receipts.c.line_id == bindparam("line_id"),
        receipts.c.undone.is_(None),
    )
    .order_by(receipts.c.id)
)
_WITH = select(receipts.c.item_id, receipts.c.undone).where(
    receipts.c.institution == _institution,
    receipts.c.line_id == bindparam("line_id"),
    receipts.c.at == bindparam("at", type_=Instant),
)
_SHARED = (
    select(receipts.c.portfolio_id)
    .where(
        receipts.c.institution == _institution,
        receipts.c.portfolio_id.in_(_of),
        receipts.c.portfolio_id != literal_column("''"),  # as the index says it
        receipts.c.undone.is_(None),
    )
    .distinct()
)


def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write receipts; returns their ids. Columns not given are empty."""
    ids = [tx.new_id() for _ in rows]
    blank = {
        "institution": tx.institution,
        "item_id": "",
        "portfolio_id": "",
        "quantity": 1,
        "at": tx.now,
        "department": "",
        "made": False,
        "undone": None,
        "undone_by": "",
    }
    tx.later(_ADD, [{**blank, **row, "id": row_id} for row_id, row in zip(ids, rows, strict=True)])
    return ids


def by_ids(tx: Tx, receipt_ids: Sequence[int]) -> list[Receipt]:
    rows = tx.execute(_BY_IDS, {"institution": tx.institution, "of": list(receipt_ids)})
    return [Receipt(**row) for row in rows.mappings()]


def of_items(tx: Tx, item_ids: Sequence[str]) -> dict[str, int]:
    """The receipt of each item that is received."""
    rows = tx.execute(_OF_ITEMS, {"institution": tx.institution, "of": list(item_ids)})
    return {row.item_id: row.id for row in rows}


def entered_with(tx: Tx, receipt: Receipt) -> dict[str, bool]:
    """The items of a line that were entered at the moment of a receipt, its own too: whether each is still
    received."""
    asked = {"institution": tx.institution, "line_id": receipt.line_id, "at": receipt.at}
    return {row.item_id: row.undone is None for row in tx.execute(_WITH, asked)}


def of_line(tx: Tx, line_id: int) -> list[int]:
    """The receipts of a line that are not undone."""
    return list(tx.execute(_OF_LINE, {"institution": tx.institution, "line_id": line_id}).scalars())


def undo(tx: Tx, receipt_id: int, by: str) -> bool:
    """Mark a receipt undone; False when it is already."""
    asked = {"of_institution": tx.institution, "of_id": receipt_id, "now": tx.now, "by": by}
    return bool(tx.execute(_UNDO, asked).rowcount)


def active_portfolios(tx: Tx, portfolio_ids: Sequence[str]) -> frozenset[str]:
    """Those of the portfolios that a line has as active."""
    if not portfolio_ids:
        return frozenset()
    asked = {"institution": tx.institution, "of": list(portfolio_ids)}
    return frozenset(tx.execute(_SHARED, asked).scalars())


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """Which receipts a list has; what is not set does not narrow it."""

    line: str = ""
    item_id: str = ""
    since: date | None = None
    until: date | None = None
    operator: str = ""
    undone: bool | None = None


def listed(tx: Tx, wanted: ReceiptFilter, limit: int, offset: int) -> tuple[list[Receipt], int]:
    """A page of receipts, newest first, and how many there are."""
    narrowed = _narrowed(wanted)
    total: int = tx.execute(
        select(func.count()).select_from(narrowed.subquery()), {"institution": tx.institution}
    ).scalar_one()
    page = narrowed.order_by(receipts.c.at.desc(), receipts.c.id.desc()).limit(limit).offset(offset)
    rows = tx.execute(page, {"institution": tx.institution})
    return [Receipt(**row) for row in rows.mappings()], total


def _narrowed(wanted: ReceiptFilter) -> Select[Any]:
    found = _RECEIPTS.where(receipts.c.institution == _institution)
    if wanted.line:
        found = found.where(po_lines.c.number == wanted.line)
    if wanted.item_id:
        found = found.where(receipts.c.item_id == wanted.item_id)
    if wanted.since is not None:
        found = found.where(receipts.c.received >= wanted.since)
    if wanted.until is not None:
        found = found.where(receipts.c.received <= wanted.until)
    if wanted.operator:
        found = found.where(receipts.c.operator == wanted.operator)
    if wanted.undone is not None:
        found = found.where(receipts.c.undone.is_not(None) if wanted.undone else receipts.c.undone.is_(None))
    return found


# -- what a scan may mean -----------------------------------------------------------------------

_EXPECTED = (
    select(*COLUMNS)
    .where(
        po_lines.c.institution == _institution,
        po_lines.c.state.not_in([*CLOSED_TO_RECEIVING, LineState.CLOSED.value]),
    )
    .order_by(po_lines.c.id)
    .limit(bindparam("most"))
)
_BY_NUMBER = _EXPECTED.where(
    po_lines.c.mms_id.in_(
        select(bib_identifiers.c.mms_id).where(
            bib_identifiers.c.institution == _institution,
            bib_identifiers.c.kind == bindparam("kind"),
            bib_identifiers.c.value == bindparam("value"),
        )
    ),
    or_(
        select(true())
        .where(
            items.c.institution == po_lines.c.institution,
            items.c.line_id == po_lines.c.id,
            items.c.receive_date.is_(None),
        )
        .correlate(po_lines)
        .exists(),
        po_lines.c.type.in_(bindparam("types", expanding=True)),
    ),
)
_BY_REFERENCE = _EXPECTED.where(po_lines.c.reference == bindparam("reference"))
_BY_ROW_ID = select(*COLUMNS).where(
    po_lines.c.institution == _institution, po_lines.c.id == bindparam("line_id")
)
_MATERIAL = select(po_lines.c.material).where(
    po_lines.c.institution == _institution, po_lines.c.id == bindparam("line_id")
)
_IDS = select(po_lines.c.number, po_lines.c.id).where(
    po_lines.c.institution == _institution, po_lines.c.number.in_(_of)
)
_BY_LINE_NUMBER = select(*COLUMNS).where(
    po_lines.c.institution == _institution, po_lines.c.number == bindparam("number")
)


def by_line_number(tx: Tx, number: str) -> Row[Any] | None:
    """A line, with the columns of `store_progress`."""
    return tx.execute(_BY_LINE_NUMBER, {"institution": tx.institution, "number": number}).one_or_none()


def ids_of(tx: Tx, numbers: Sequence[str]) -> dict[str, int]:
    """The row ids of those of the lines that exist, by number."""
    if not numbers:
        return {}
    rows = tx.execute(_IDS, {"institution": tx.institution, "of": list(numbers)})
    return {row.number: row.id for row in rows}


def material_of(tx: Tx, line_id: int) -> str:
    material: str = tx.execute(_MATERIAL, {"institution": tx.institution, "line_id": line_id}).scalar_one()
    return material


def by_row_id(tx: Tx, line_id: int) -> Row[Any] | None:
    return tx.execute(_BY_ROW_ID, {"institution": tx.institution, "line_id": line_id}).one_or_none()


def by_standard_number(
    tx: Tx, kind: str, value: str, continuous: Sequence[str], most: int
) -> Sequence[Row[Any]]:
    """Lines whose title has the number and that wait for a copy, or are of one of the `continuous` types;
    the oldest first."""
    asked = {
        "institution": tx.institution,
        "kind": kind,
        "value": value,
        "types": list(continuous),
        "most": most,
    }
    return tx.execute(_BY_NUMBER, asked).all()


def by_reference(tx: Tx, reference: str, most: int) -> Sequence[Row[Any]]:
    """Lines with that vendor reference that can be received, the oldest first."""
    asked = {"institution": tx.institution, "reference": reference, "most": most}
    return tx.execute(_BY_REFERENCE, asked).all()
