"""SQL of orders that are put together item by item, and of reading every PO as such an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from openacq.ordering import store, store_changes
from openacq.ordering.model import Line, Source
from openacq.ordering.states import LineState, OrderState
from openacq.ordering.store import LineRow
from openacq.ordering.store_moves import moved_on
from openacq.ordering.tables import (
    line_alerts,
    line_interested,
    line_notes,
    line_places,
    line_shares,
    po_lines,
    purchase_orders,
    receipts,
)
from openacq.store import Tx
from openacq.store.lists import with_lists
from openacq.store.schema import Instant

_L, _O = po_lines.c, purchase_orders.c
_institution: Any = bindparam("institution")
_here: Any = bindparam("of_institution")
_of_id: Any = bindparam("of_id")
_now: Any = bindparam("now", type_=Instant)

OPEN, SUBMITTED = "OPEN", "SUBMITTED"


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A PO as the head of an order that is put together item by item."""

    id: int
    number: str
    name: str
    state: OrderState
    vendor: str
    account: str
    owner: str
    currency: str
    exchange_rate: int | None
    method: str
    source: str
    created: datetime
    changed: datetime
    version: int
    submitted: datetime | None
    approved: datetime | None
    approval_reason: str
    sent: datetime | None
    extras: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What is in an order: its items, and the sum of those that are not cancelled."""

    items: int = 0
    net_units: int = 0


_HEAD = tuple(_O[name] for name in HeadRow.__slots__)
_BY_NUMBER = select(*_HEAD).where(_O.institution == _institution, _O.number == bindparam("number"))
_HOLD = _BY_NUMBER.with_for_update()
_HOLD_OF_DRAFTS = (
    select(_O.id)
    .where(
        _O.institution == _institution,
        _O.id.in_(
            select(_L.order_id).where(
                _L.institution == _institution,
                _L.id.in_(bindparam("of", expanding=True)),
                _L.state == LineState.DRAFT.value,
                _L.order_id.is_not(None),
            )
        ),
    )
    .order_by(_O.id)
    .with_for_update()
)
_HEADS = with_lists(
    lambda among: select(*_HEAD).where(_O.institution == _institution, among(_O.id, "of")).order_by(_O.id)
)
_CONTENTS = with_lists(
    lambda among: (
        select(
            _L.order_id,
            func.count().label("items"),
            func.coalesce(
                func.sum(case((_L.state == LineState.CANCELLED.value, 0), else_=_L.net_units)), 0
            ).label("net_units"),
        )
        .where(_L.institution == _institution, among(_L.order_id, "of"))
        .group_by(_L.order_id)
    )
)
_ADD = insert(purchase_orders)
_later: Any = moved_on(_O.changed, _now)
_ONE_ORDER: Any = (_O.institution == _here) & (_O.id == _of_id)
_TOUCH = update(purchase_orders).where(_ONE_ORDER).values(changed=_later, version=_O.version + 1)
_CHANGE = _TOUCH.values(
    name=bindparam("new_name"),
    vendor=bindparam("new_vendor"),
    account=bindparam("new_account"),
    currency=bindparam("new_currency"),
    exchange_rate=bindparam("new_exchange_rate", type_=BigInteger),
    extras=bindparam("new_extras", type_=purchase_orders.c.extras.type),
)
_DELETE_ORDER = delete(purchase_orders).where(_ONE_ORDER)
_line_later: Any = moved_on(_L.changed, _now)
_RESELL = (
    update(po_lines)
    .where(_L.institution == _here, _L.order_id == _of_id, _L.state == LineState.DRAFT.value)
    .values(
        vendor=bindparam("new_vendor"),
        account=bindparam("new_account"),
        changed=_line_later,
        version=_L.version + 1,
    )
)


# -- orders -------------------------------------------------------------------------------------


def head(tx: Tx, number: str, *, hold: bool = False) -> HeadRow | None:
    """The PO of that number; with `hold` locked to the end of the transaction."""
    asked = {"institution": tx.institution, "number": number}
    row = tx.execute(_HOLD if hold else _BY_NUMBER, asked).one_or_none()
    return None if row is None else _head(row)


def hold_orders_of_drafts(tx: Tx, line_ids: Sequence[int]) -> None:
    """Lock the orders those of the lines are in that are drafts: an order is locked before its items, by
    whichever door they are changed, so that no two wait for each other."""
    tx.execute(_HOLD_OF_DRAFTS, {"institution": tx.institution, "of": list(line_ids)}).all()


def heads(tx: Tx, ids: Sequence[int]) -> list[HeadRow]:
    """POs by id, in the order of the ids."""
    if not ids:
        return []
    asked = {"institution": tx.institution, "of": list(ids)}
    rows = {row.id: row for row in tx.execute(_HEADS[tx.conn.dialect.name], asked)}
    return [_head(rows[row_id]) for row_id in ids if row_id in rows]


def _head(row: Any) -> HeadRow:
    return HeadRow(**{**row._mapping, "state": OrderState(row.state)})  # noqa: SLF001  (its public name)


def contents(tx: Tx, order_ids: Sequence[int]) -> dict[int, Content]:
    """What is in each order; one that is empty is left out."""
    if not order_ids:
        return {}
    asked = {"institution": tx.institution, "of": list(order_ids)}
    rows = tx.execute(_CONTENTS[tx.conn.dialect.name], asked)
    return {row.order_id: Content(row.items, int(row.net_units)) for row in rows}


def add_order(tx: Tx, row: Mapping[str, Any]) -> None:
    """Write a new order; `row` has the columns that differ."""
    usual = {
        "institution": tx.institution,
        "state_since": tx.now,
        "owner": "",
        "created": tx.now,
        "changed": tx.now,
        "version": 1,
        "source": Source.WMS.value,
        "method": "",
        "continuity": "",
        "approved_by": "",
        "approval_reason": "",
        "send_by": "",
        "send_state": "",
        "send_error": "",
        "letters": 0,
    }
    tx.later(_ADD, [{**usual, **row}])


def touch(tx: Tx, order_id: int) -> None:
    """Say that something of the order is another: later than before by a millisecond at least."""
    tx.later(_TOUCH, [{"of_institution": tx.institution, "of_id": order_id, "now": tx.now}])


def change_order(tx: Tx, order_id: int, row: Mapping[str, Any]) -> None:
    """Write name, vendor, account, currency, exchange_rate and extras of an order."""
    values = {f"new_{name}": value for name, value in row.items()}
    tx.execute(_CHANGE, {"of_institution": tx.institution, "of_id": order_id, "now": tx.now, **values})


def resell(tx: Tx, order_id: int, vendor: str, account: str) -> None:
    """Have the drafts of an order bought of another vendor."""
    asked = {"of_institution": tx.institution, "of_id": order_id, "now": tx.now}
    tx.execute(_RESELL, {**asked, "new_vendor": vendor, "new_account": account})


def delete_order(tx: Tx, order_id: int) -> None:
    tx.execute(_DELETE_ORDER, {"of_institution": tx.institution, "of_id": order_id})


# -- lists of orders ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders a list has; what is empty or None is no condition.

    `phase` is OPEN, SUBMITTED, CLOSED or CANCELLED; `vendors` are codes. `since` keeps to orders that were
    changed, or an item of which was, at that moment or later. `received` keeps to those of which
    everything has come (True) or something is missing (False).
    """

    phase: str = ""
    vendors: tuple[str, ...] | None = None
    number: str = ""
    name: str = ""
    since: datetime | None = None
    received: bool | None = None


_PHASE = case(
    (_O.state.in_((OrderState.APPROVED.value, OrderState.SENT.value)), SUBMITTED),
    ((_O.state == OrderState.OPEN.value) & _O.submitted.is_not(None), SUBMITTED),
    (_O.state.in_((OrderState.DRAFT.value, OrderState.OPEN.value)), OPEN),
    else_=_O.state,
)
"""The state of an order in words of WMS. Not a condition an index is chosen by: lists are walked along."""

_COMPLETE = (
    LineState.WAITING_FOR_INVOICE.value,
    LineState.CLOSED.value,
    LineState.CANCELLED.value,
)
_MISSING = (
    select(_L.id)
    .where(_L.institution == _O.institution, _L.order_id == _O.id, _L.state.not_in(_COMPLETE))
    .correlate(purchase_orders)
    .exists()
)


def _wanted(tx: Tx, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_O.institution == tx.institution]
    if wanted.phase:
        found.append(literal(wanted.phase) == _PHASE)
    if wanted.vendors is not None:
        found.append(_O.vendor.in_(wanted.vendors))
    if wanted.number:
        found.append(_O.number == wanted.number)
    if wanted.name:
        found.append(func.lower(_O.name).contains(wanted.name.lower(), autoescape=True))
    if wanted.since is not None:
        since = type_coerce(bindparam("since", wanted.since, type_=Instant), Instant)
        lines = select(_L.order_id).where(
            _L.institution == tx.institution, _L.changed >= since, _L.order_id.is_not(None)
        )
        found.append(or_(_O.changed >= since, _O.id.in_(lines)))
    if wanted.received is not None:
        found.append(~_MISSING if wanted.received else _MISSING)
    return found


def count_orders(tx: Tx, wanted: OrderFilter) -> int:
    total: int = tx.execute(
        select(func.count()).select_from(purchase_orders).where(*_wanted(tx, wanted))
    ).scalar_one()
    return total


def order_ids(tx: Tx, wanted: OrderFilter, limit: int, offset: int) -> list[int]:
    """The ids of a page of orders, the oldest first."""
    page = select(_O.id).where(*_wanted(tx, wanted)).order_by(_O.id).limit(limit).offset(offset)
    return list(tx.execute(page).scalars())


# -- items --------------------------------------------------------------------------------------

_LINES: Select[Any] = select(po_lines, _O.number.label("po_number")).select_from(
    po_lines.outerjoin(purchase_orders, (_O.institution == _L.institution) & (_O.id == _L.order_id))
)
_ITEM_BY_OIN = _LINES.where(_L.institution == _institution, _L.oin == bindparam("item"))
_ITEM_BY_NUMBER = _LINES.where(_L.institution == _institution, _L.number == bindparam("item"))
_OF_ORDER = _LINES.where(_L.institution == _institution, _L.order_id == bindparam("order")).order_by(_L.id)
_HOLD_ALL = (
    select(_L.id)
    .where(_L.institution == _institution, _L.order_id == bindparam("order"))
    .order_by(_L.id)
    .with_for_update()
)
_REWRITE = (
    update(po_lines)
    .where(_L.institution == _here, _L.id == _of_id)
    .values(
        mms_id=bindparam("new_mms_id"),
        title=bindparam("new_title"),
        title_key=bindparam("new_title_key"),
        type=bindparam("new_type"),
        extras=bindparam("new_extras", type_=po_lines.c.extras.type),
    )
)
_LISTS = (line_places, line_shares, line_alerts, line_notes, line_interested)
_DROP_LISTS = tuple(
    with_lists(
        lambda among, table=table: (  # type: ignore[misc]
            delete(table).where(table.c.institution == _here, among(table.c.line_id, "of"))
        )
    )
    for table in _LISTS
)
_DROP_LINES = with_lists(lambda among: delete(po_lines).where(_L.institution == _here, among(_L.id, "of")))


def item(tx: Tx, number: str) -> LineRow | None:
    """The line of that number, OIN-… or POL-…."""
    asked = {"institution": tx.institution, "item": number}
    row = tx.execute(_ITEM_BY_OIN, asked).one_or_none()
    return row if row is not None else tx.execute(_ITEM_BY_NUMBER, asked).one_or_none()


def items_of(tx: Tx, order_id: int, *, hold: bool = False) -> Sequence[LineRow]:
    """Every line of an order, in the order they came; with `hold` locked to the end of the transaction."""
    asked = {"institution": tx.institution, "order": order_id}
    if hold:
        tx.execute(_HOLD_ALL, asked)
    return tx.execute(_OF_ORDER, asked).all()


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items of an order a list has; what is empty or None is no condition."""

    reference: str = ""
    since: datetime | None = None
    received: bool | None = None


def item_page(
    tx: Tx, order_id: int, wanted: ItemFilter, limit: int, offset: int
) -> tuple[Sequence[LineRow], int]:
    """A page of the items of an order, in the order they came, and how many there are."""
    found = [_L.institution == tx.institution, _L.order_id == order_id]
    if wanted.reference:
        found.append(_L.reference == wanted.reference)
    if wanted.since is not None:
        found.append(_L.changed >= type_coerce(bindparam("since", wanted.since, type_=Instant), Instant))
    if wanted.received is not None:
        complete = _L.state.in_(_COMPLETE)
        found.append(complete if wanted.received else ~complete)
    total: int = tx.execute(select(func.count()).select_from(po_lines).where(*found)).scalar_one()
    page = _LINES.where(*found).order_by(_L.id).limit(limit).offset(offset)
    return tx.execute(page).all(), total


def rewrite(tx: Tx, before: Line, after: Line, order_id: int, extras: Mapping[str, Any]) -> None:
    """Write what a change made of a draft, its title included."""
    store_changes.write_line(tx, before, after, order_id)
    tx.execute(
        _REWRITE,
        {
            "of_institution": tx.institution,
            "of_id": after.id,
            "new_mms_id": after.bib.mms_id,
            "new_title": after.bib.title,
            "new_title_key": store.title_key(after.bib.title),
            "new_type": after.type,
            "new_extras": dict(extras),
        },
    )


def remove(tx: Tx, line_ids: Sequence[int]) -> None:
    """Remove drafts with everything that belongs to them."""
    dialect = tx.conn.dialect.name
    asked = {"of_institution": tx.institution, "of": list(line_ids)}
    for statement in _DROP_LISTS:
        tx.execute(statement[dialect], asked)
    tx.execute(_DROP_LINES[dialect], asked)


# -- submission ---------------------------------------------------------------------------------

_FOUND_OUT = (
    update(po_lines)
    .where(_L.institution == _here, _L.id == _of_id)
    .values(
        account=bindparam("new_account"),
        net_units=bindparam("new_net_units", type_=BigInteger),
        discount=bindparam("new_discount"),
        terms=bindparam("new_terms", type_=po_lines.c.terms.type),
        expected_activation_date=bindparam(
            "new_expected_activation_date", type_=po_lines.c.expected_activation_date.type
        ),
    )
)


def write_placed(tx: Tx, lines: Sequence[Line]) -> None:
    """Write what placing found out about drafts: funds, holdings, alerts, terms; in a few statements."""
    dialect = tx.conn.dialect.name
    asked = {"of_institution": tx.institution, "of": [line.id for line in lines]}
    for table, statement in zip(_LISTS, _DROP_LISTS, strict=True):
        if table in (line_places, line_shares, line_alerts):
            tx.execute(statement[dialect], asked)
    store.add_lists_of(tx, lines, frozenset({"places", "shares", "alerts"}))
    tx.later(
        _FOUND_OUT,
        [
            {
                "of_institution": tx.institution,
                "of_id": line.id,
                "new_account": line.account,
                "new_net_units": line.net.units if line.net else None,
                "new_discount": line.discount,
                "new_terms": line.terms,
                "new_expected_activation_date": line.terms.expected_activation_date,
            }
            for line in lines
        ],
    )


# -- copies -------------------------------------------------------------------------------------

_RECEIPTS_OF = (
    select(receipts.c.id, receipts.c.item_id)
    .where(
        receipts.c.institution == _institution,
        receipts.c.line_id == bindparam("line_id"),
        receipts.c.undone.is_(None),
    )
    .order_by(receipts.c.id)
)
_EXTRAS = select(_L.extras).where(_L.institution == _institution, _L.id == bindparam("line_id"))
_KEEP = (
    update(po_lines)
    .where(_L.institution == _here, _L.id == _of_id)
    .values(
        extras=bindparam("new_extras", type_=po_lines.c.extras.type),
        changed=_line_later,
        version=_L.version + 1,
    )
)


def receipts_of(tx: Tx, line_id: int) -> dict[str, int]:
    """The receipts of a line that hold, by item ("" for one without inventory)."""
    rows = tx.execute(_RECEIPTS_OF, {"institution": tx.institution, "line_id": line_id})
    return {row.item_id: row.id for row in rows}


def extras_of(tx: Tx, line_id: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = tx.execute(
        _EXTRAS, {"institution": tx.institution, "line_id": line_id}
    ).scalar_one()
    return found


def keep_extras(tx: Tx, line_id: int, extras: Mapping[str, Any]) -> None:
    """Write what a dialect keeps of a line that is locked."""
    asked = {"of_institution": tx.institution, "of_id": line_id, "now": tx.now}
    tx.execute(_KEEP, {**asked, "new_extras": dict(extras)})
