"""SQL of packing slips: what many scans mean, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from openacq.catalogue.tables import bib_identifiers
from openacq.ordering.states import LineState
from openacq.ordering.store_progress import COLUMNS
from openacq.ordering.store_receipts import CLOSED_TO_RECEIVING
from openacq.ordering.tables import po_lines, purchase_orders
from openacq.store import Tx
from openacq.store.lists import Among, with_lists

_L = po_lines.c
_institution: Any = bindparam("institution")
_receivable: Any = _L.state.not_in([*CLOSED_TO_RECEIVING, LineState.CLOSED.value])


def _by_titles(among: Among) -> Any:
    return (
        select(bib_identifiers.c.value, bib_identifiers.c.kind, _L.id)
        .join(
            po_lines,
            (_L.institution == bib_identifiers.c.institution) & (_L.mms_id == bib_identifiers.c.mms_id),
        )
        .where(
            bib_identifiers.c.institution == _institution,
            among(bib_identifiers.c.value, "values"),
            _receivable,
        )
        .order_by(_L.id)
        .limit(bindparam("most"))
    )


_NUMBERS = with_lists(
    lambda among: select(_L.number, _L.id).where(_L.institution == _institution, among(_L.number, "values"))
)
_REFERENCES = with_lists(
    lambda among: (
        select(_L.reference, _L.id)
        .where(_L.institution == _institution, among(_L.reference, "values"), _receivable)
        .order_by(_L.id)
        .limit(bindparam("most"))
    )
)
_TITLES = with_lists(_by_titles)
_OF_ORDER = (
    select(*COLUMNS)
    .where(
        _L.institution == _institution,
        _L.state != LineState.CANCELLED.value,
        _L.order_id.in_(
            select(purchase_orders.c.id).where(
                purchase_orders.c.institution == _institution,
                purchase_orders.c.number == bindparam("number"),
            )
        ),
    )
    .order_by(_L.id)
)


def by_numbers(tx: Tx, numbers: Sequence[str]) -> list[tuple[str, int]]:
    return [(row.number, row.id) for row in _run(tx, _NUMBERS, {"values": list(numbers)})]


def by_references(tx: Tx, references: Sequence[str], most: int) -> list[tuple[str, int]]:
    """(vendor reference, line) of lines that can be received, the oldest first."""
    asked = {"values": list(references), "most": most}
    return [(row.reference, row.id) for row in _run(tx, _REFERENCES, asked)]


def by_identifiers(tx: Tx, values: Sequence[str], most: int) -> list[tuple[str, str, int]]:
    """(kind, value, line) of lines that can be received whose title has the number, the oldest first."""
    asked = {"values": list(values), "most": most}
    return [(row.kind, row.value, row.id) for row in _run(tx, _TITLES, asked)]


def lines_of_order(tx: Tx, number: str) -> Sequence[Row[Any]]:
    """The lines of a PO that are not cancelled, with the columns of `store_progress`."""
    return tx.execute(_OF_ORDER, {"institution": tx.institution, "number": number}).all()


def _run(tx: Tx, statements: Any, asked: dict[str, Any]) -> Any:
    return tx.execute(statements[tx.conn.dialect.name], {"institution": tx.institution, **asked})
