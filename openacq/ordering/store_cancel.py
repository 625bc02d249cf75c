"""SQL of cancelling, and of the letters that tell vendors of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from openacq.kernel.converting import converted
from openacq.ordering.model import Terms
from openacq.ordering.states import LineState
from openacq.ordering.tables import po_lines
from openacq.store import Tx
from openacq.store.schema import Instant

_LINES = (
    select(
        po_lines.c.id,
        po_lines.c.number,
        po_lines.c.state,
        po_lines.c.mms_id,
        po_lines.c.received,
        po_lines.c.activated,
        po_lines.c.terms,
        po_lines.c.order_id,
    )
    .where(
        po_lines.c.institution == bindparam("institution"), po_lines.c.id.in_(bindparam("of", expanding=True))
    )
    .order_by(po_lines.c.id)
)
_NOTE = (
    update(po_lines)
    .where(po_lines.c.institution == bindparam("of_institution"), po_lines.c.id == bindparam("of_id"))
    .values(cancel_letter=bindparam("letter"))
)
_UNTOLD = (
    select(po_lines.c.id, po_lines.c.cancel_reason)
    .where(
        po_lines.c.institution == bindparam("institution"),
        po_lines.c.order_id == bindparam("order"),
        po_lines.c.state == LineState.CANCELLED.value,
        po_lines.c.sent.is_(None),
        po_lines.c.cancel_letter.is_(None),
        po_lines.c.state_since >= bindparam("since", type_=Instant),
    )
    .order_by(po_lines.c.id)
)


@dataclass(frozen=True, slots=True)
class CancelledLine:
    """What cancelling has to know of a line."""

    id: int
    number: str
    state: LineState
    mms_id: str
    received: int
    active: bool
    restricted: bool
    restriction: str
    order_id: int | None


def lines(tx: Tx, ids: Sequence[int]) -> list[CancelledLine]:
    found = []
    asked: dict[str, Any] = {"institution": tx.institution, "of": list(ids)}
    for row in tx.execute(_LINES, asked):
        terms = converted(row.terms, Terms)
        found.append(
            CancelledLine(
                row.id,
                row.number,
                LineState(row.state),
                row.mms_id,
                row.received,
                row.activated is not None,
                terms.cancellation_restriction,
                terms.cancellation_restriction_note,
                row.order_id,
            )
        )
    return found


def note_letters(tx: Tx, letters: Mapping[int, int]) -> None:
    """Write by which letter the vendor hears of each cancelled line."""
    if letters:
        tx.execute(
            _NOTE,
            [
                {"of_institution": tx.institution, "of_id": line_id, "letter": letter_id}
                for line_id, letter_id in letters.items()
            ],
        )


def untold(tx: Tx, order_id: int, since: datetime) -> dict[int, str]:
    """The lines of a PO that were cancelled since a moment without having stood as sent, and of which the
    vendor was not told, with the reason of each."""
    rows = tx.execute(_UNTOLD, {"institution": tx.institution, "order": order_id, "since": since})
    return {row.id: row.cancel_reason for row in rows}
