"""SQL of cancelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from openacq.ordering.model import Terms
from openacq.ordering.states import LineState
from openacq.ordering.tables import po_lines
from openacq.store import Tx

_LINES = (
    select(
        po_lines.c.id,
        po_lines.c.number,
        po_lines.c.state,
        po_lines.c.mms_id,
        po_lines.c.received,
        po_lines.c.activated,
        po_lines.c.terms,
    )
    .where(
        po_lines.c.institution == bindparam("institution"), po_lines.c.id.in_(bindparam("of", expanding=True))
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


def lines(tx: Tx, ids: Sequence[int]) -> list[CancelledLine]:
    found = []
    asked: dict[str, Any] = {"institution": tx.institution, "of": list(ids)}
    for row in tx.execute(_LINES, asked):
        terms = msgspec.convert(row.terms, Terms)
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
            )
        )
    return found
