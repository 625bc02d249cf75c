"""SQL of the check: one statement for each rule, each giving what breaks it and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, func, literal, literal_column, or_, select

from openacq.catalogue.tables import items
from openacq.ledger.tables import fund_postings
from openacq.ordering.states import LineState, OrderState
from openacq.ordering.store_progress import COLUMNS
from openacq.ordering.tables import (
    holds,
    line_alerts,
    line_claims,
    line_interested,
    line_notes,
    line_places,
    line_shares,
    po_lines,
    purchase_orders,
    receipts,
)
from openacq.store import Tx

MOST = 1_000
"""Differences told of one kind."""

_institution: Any = bindparam("institution")
_live: Any = receipts.c.undone.is_(None)
_of_item: Any = receipts.c.item_id != literal_column("''")
"""The text itself, no parameter: so the index of receipts that hold is seen to fit."""
_ENDED = (LineState.CLOSED.value, LineState.CANCELLED.value)


def _counted(what: Select[Any]) -> Any:
    return func.coalesce(what.correlate(po_lines).scalar_subquery(), 0)


_receipts_of_line = _counted(
    select(func.sum(receipts.c.quantity)).where(
        receipts.c.institution == po_lines.c.institution,
        receipts.c.line_id == po_lines.c.id,
        _of_item,
        _live,
    )
)
_activations_of_line = _counted(
    select(func.count()).where(
        receipts.c.institution == po_lines.c.institution,
        receipts.c.line_id == po_lines.c.id,
        receipts.c.item_id == "",
        _live,
    )
)
_claims_of_line = _counted(
    select(func.count()).where(
        line_claims.c.institution == po_lines.c.institution, line_claims.c.line_id == po_lines.c.id
    )
)
RECEIVED = (
    select(po_lines.c.number, po_lines.c.received, _receipts_of_line.label("expected"))
    .where(po_lines.c.institution == _institution, po_lines.c.received != _receipts_of_line)
    .limit(MOST)
)
"""Lines whose count of copies is not that of their receipts."""
CLAIMED = (
    select(po_lines.c.number, po_lines.c.claims_sent, _claims_of_line.label("expected"))
    .where(po_lines.c.institution == _institution, po_lines.c.claims_sent != _claims_of_line)
    .limit(MOST)
)
ACTIVE = (
    select(po_lines.c.number, po_lines.c.activated, _activations_of_line.label("receipts"))
    .where(
        po_lines.c.institution == _institution,
        or_(
            and_(po_lines.c.activated.is_(None), _activations_of_line > 0),
            and_(po_lines.c.activated.is_not(None), _activations_of_line == 0),
        ),
    )
    .limit(MOST)
)
"""Lines that are active without a receipt that says so, or the other way round."""
WITHOUT_RECEIPT = (
    select(items.c.item_id, items.c.receive_date)
    .where(
        items.c.institution == _institution,
        items.c.line_id.is_not(None),
        items.c.receive_date.is_not(None),
        exists().where(po_lines.c.institution == items.c.institution, po_lines.c.id == items.c.line_id),
        ~exists().where(
            receipts.c.institution == items.c.institution,
            receipts.c.item_id == items.c.item_id,
            _of_item,
            _live,
        ),
    )
    .limit(MOST)
)
"""Items of lines that are received, though no receipt says so."""
WITHOUT_ITEM = (
    select(receipts.c.id, receipts.c.item_id)
    .where(
        receipts.c.institution == _institution,
        _of_item,
        _live,
        ~exists().where(
            items.c.institution == receipts.c.institution,
            items.c.item_id == receipts.c.item_id,
            items.c.receive_date.is_not(None),
        ),
    )
    .limit(MOST)
)
"""Receipts of items that are not received (any more)."""
HELD_UNRECEIVED = (
    select(holds.c.id, holds.c.item_id)
    .where(
        holds.c.institution == _institution,
        holds.c.state.in_(("wanted", "passed_on")),
        ~exists().where(
            receipts.c.institution == holds.c.institution,
            receipts.c.item_id == holds.c.item_id,
            _of_item,
            _live,
        ),
    )
    .limit(MOST)
)
ENCUMBERED = (
    select(po_lines.c.number, po_lines.c.state, func.sum(fund_postings.c.amount).label("left"))
    .select_from(
        po_lines.join(
            fund_postings,
            and_(
                fund_postings.c.institution == po_lines.c.institution,
                fund_postings.c.source_kind == bindparam("kind"),
                fund_postings.c.source_id == po_lines.c.id,
            ),
        )
    )
    .where(
        po_lines.c.institution == _institution,
        po_lines.c.state.in_((*_ENDED, LineState.DRAFT.value)),
        fund_postings.c.kind.in_(("ENCUMBRANCE", "DISENCUMBRANCE")),
    )
    .group_by(po_lines.c.number, po_lines.c.state)
    .having(func.sum(fund_postings.c.amount) != 0)
    .limit(MOST)
)
"""Lines that are over, or not begun, and still have money put aside."""
CLOSED = (
    select(po_lines.c.number, po_lines.c.state, po_lines.c.closed)
    .where(
        po_lines.c.institution == _institution,
        or_(
            and_(po_lines.c.state == LineState.CLOSED.value, po_lines.c.closed.is_(None)),
            and_(po_lines.c.state.not_in(_ENDED), po_lines.c.closed.is_not(None)),
        ),
    )
    .limit(MOST)
)
STANDING = (
    select(*COLUMNS)
    .where(
        po_lines.c.institution == _institution,
        po_lines.c.id > bindparam("after"),
        po_lines.c.state.in_(
            (
                LineState.SENT.value,
                LineState.WAITING_FOR_INVOICE.value,
                LineState.WAITING_FOR_RENEWAL.value,
                LineState.WAITING_FOR_MANUAL_RENEWAL.value,
            )
        ),
    )
    .order_by(po_lines.c.id)
    .limit(MOST)
)
"""Lines that were sent and are not over, in pieces."""
ORDERS_DONE = (
    select(purchase_orders.c.number, purchase_orders.c.state)
    .where(
        purchase_orders.c.institution == _institution,
        purchase_orders.c.state == "CLOSED",
        exists().where(
            po_lines.c.institution == purchase_orders.c.institution,
            po_lines.c.order_id == purchase_orders.c.id,
            po_lines.c.state.not_in(_ENDED),
        ),
    )
    .limit(MOST)
)
"""POs that are closed though a line of theirs is not over."""

DRAFTS = (
    select(po_lines.c.number, purchase_orders.c.state)
    .select_from(
        po_lines.outerjoin(
            purchase_orders,
            and_(
                purchase_orders.c.institution == po_lines.c.institution,
                purchase_orders.c.id == po_lines.c.order_id,
            ),
        )
    )
    .where(
        po_lines.c.institution == _institution,
        po_lines.c.state == LineState.DRAFT.value,
        func.coalesce(purchase_orders.c.state, "") != OrderState.DRAFT.value,
    )
    .limit(MOST)
)
"""Drafts in no order, or in one that is submitted already."""


def _strays(table: Any) -> Select[Any]:
    return (
        select(literal(table.name).label("list"), table.c.line_id)
        .where(
            table.c.institution == _institution,
            ~exists().where(po_lines.c.institution == table.c.institution, po_lines.c.id == table.c.line_id),
        )
        .distinct()
        .limit(MOST)
    )


STRAYS = tuple(
    _strays(table) for table in (line_places, line_shares, line_alerts, line_notes, line_interested)
)
"""Rows of the lists of lines that belong to no line."""


def found(tx: Tx, rule: Select[Any], **asked: Any) -> Sequence[Row[Any]]:
    return tx.execute(rule, {"institution": tx.institution, **asked}).all()
