"""SQL of purchase orders: which lines may be packed, packing, what is in an order, how its sending stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    Select,
    bindparam,
    case,
    exists,
    func,
    insert,
    select,
    update,
)

from openacq.ordering.states import LineState, OrderState
from openacq.ordering.store_moves import moved_on
from openacq.ordering.tables import line_shares, po_lines, purchase_orders
from openacq.store import Tx
from openacq.store.schema import Instant

PACKABLE = (LineState.AUTO_PACKAGING, LineState.MANUAL_PACKAGING)

_L, _O = po_lines.c, purchase_orders.c
_institution: Any = bindparam("institution")
_here: Any = bindparam("of_institution")
_of: Any = bindparam("of", expanding=True)
_states: Any = bindparam("states", expanding=True)
_now: Any = bindparam("now", type_=Instant)


@dataclass(frozen=True, slots=True)
class PackableLine:
    """A line that may be packed, with what decides which lines it may share a PO with."""

    id: int
    number: str
    state: LineState
    vendor: str
    account: str
    owner: str
    currency: str
    type: str
    method: str
    source: str


# -- lines that may be packed -------------------------------------------------------------------

_KEYS = tuple(_L[name] for name in PackableLine.__slots__)
_WAITING = (
    select(*_KEYS)
    .where(_L.institution == _institution, _L.state == LineState.AUTO_PACKAGING.value)
    .order_by(_L.id)
    .limit(bindparam("most"))
)
_TAKE = (
    select(*_KEYS)
    .where(_L.institution == _institution, _L.id.in_(_of), _L.state.in_(_states))
    .order_by(_L.id)
    .with_for_update(skip_locked=True)
)
_WAITED = select(
    exists().where(
        _L.institution == _institution,
        _L.state == LineState.AUTO_PACKAGING.value,
        _L.state_since <= bindparam("before", type_=Instant),
    )
)
_FUNDS = select(line_shares.c.line_id, line_shares.c.fund_code).where(
    line_shares.c.institution == _institution, line_shares.c.line_id.in_(_of)
)
_FUNDS_OF_WAITING = (
    select(line_shares.c.line_id, line_shares.c.fund_code)
    .join(po_lines, (_L.institution == line_shares.c.institution) & (_L.id == line_shares.c.line_id))
    .where(line_shares.c.institution == _institution, _L.state == LineState.AUTO_PACKAGING.value)
)
_PUT_IN = update(po_lines).where(_L.institution == _here, _L.id.in_(_of)).values(order_id=bindparam("into"))
_ADD = insert(purchase_orders)


def waiting(tx: Tx, most: int) -> list[PackableLine]:
    """The lines that wait to be packed by themselves, the oldest first."""
    return [_packable(row) for row in tx.execute(_WAITING, {"institution": tx.institution, "most": most})]


def take(tx: Tx, ids: Sequence[int], states: Iterable[LineState]) -> list[PackableLine]:
    """Those of the lines that are still in one of the states, locked to the end of the transaction.

    Lines somebody else has locked are left out: they are being packed, changed or cancelled.
    """
    asked = {"institution": tx.institution, "of": list(ids), "states": [state.value for state in states]}
    return [_packable(row) for row in tx.execute(_TAKE, asked)]


def _packable(row: Row[Any]) -> PackableLine:
    row_id, number, state, *key = tuple(row)
    return PackableLine(row_id, number, LineState(state), *key)


def any_waited(tx: Tx, before: datetime) -> bool:
    """Whether a line waits to be packed since `before` or longer."""
    return bool(tx.execute(_WAITED, {"institution": tx.institution, "before": before}).scalar_one())


def funds_of_waiting(tx: Tx) -> dict[int, frozenset[str]]:
    """The fund codes of every line that waits to be packed by itself."""
    return _funds(tx.execute(_FUNDS_OF_WAITING, {"institution": tx.institution}))


def funds_of(tx: Tx, line_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    return _funds(tx.execute(_FUNDS, {"institution": tx.institution, "of": list(line_ids)}))


def _funds(rows: Iterable[Row[Any]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row.line_id, set()).add(row.fund_code)
    return {line_id: frozenset(codes) for line_id, codes in found.items()}


def add_orders(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new POs; each row has the columns that differ (`id`, `number`, `vendor` …)."""
    usual = {
        "institution": tx.institution,
        "name": "",
        "state": OrderState.OPEN.value,
        "state_since": tx.now,
        "created": tx.now,
        "changed": tx.now,
        "version": 1,
        "approved_by": "",
        "approval_reason": "",
        "send_by": "",
        "send_state": "",
        "send_error": "",
        "letters": 0,
        "extras": {},
    }
    tx.later(_ADD, [{**usual, **row} for row in rows])


def put_in(tx: Tx, order_id: int, line_ids: Sequence[int]) -> None:
    """Put lines, held by `take`, into a PO."""
    tx.execute(_PUT_IN, {"of_institution": tx.institution, "of": list(line_ids), "into": order_id})


# -- orders -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A PO as it is kept."""

    id: int
    number: str
    state: OrderState
    state_since: datetime
    vendor: str
    account: str
    owner: str
    currency: str
    method: str
    continuity: str
    source: str
    created: datetime
    created_by: str
    version: int
    approved: datetime | None
    approved_by: str
    approval_reason: str
    send_by: str
    send_state: str
    send_error: str
    sent: datetime | None
    letter_id: int | None
    letters: int


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a PO, cancelled lines left out: lines, their sum, those without a sum."""

    lines: int = 0
    net_units: int = 0
    unpriced: int = 0


_COLUMNS = tuple(_O[name] for name in OrderRow.__slots__)
_ORDERS = select(*_COLUMNS).where(_O.institution == _institution, _O.id.in_(_of)).order_by(_O.id)
_BY_NUMBER = select(*_COLUMNS).where(_O.institution == _institution, _O.number == bindparam("number"))
_HOLD_ALL = _ORDERS.with_for_update()
_HOLD = _BY_NUMBER.with_for_update()
_CONTENT = (
    select(
        _L.order_id,
        func.count().label("lines"),
        func.coalesce(func.sum(_L.net_units), 0).label("net_units"),
        func.sum(case((_L.net_units.is_(None), 1), else_=0)).label("unpriced"),
    )
    .where(_L.institution == _institution, _L.order_id.in_(_of), _L.state != LineState.CANCELLED.value)
    .group_by(_L.order_id)
)
_NOT_READY = (
    select(_L.order_id, _L.number, _L.state)
    .where(
        _L.institution == _institution,
        _L.order_id.in_(_of),
        _L.state.not_in((LineState.CANCELLED.value, LineState.READY.value)),
    )
    .order_by(_L.id)
)
_LINES = (
    select(po_lines).where(_L.institution == _institution, _L.order_id == bindparam("order")).order_by(_L.id)
)
_ORDER_OF_LINE = (
    select(*_COLUMNS)
    .join(po_lines, (_L.institution == _O.institution) & (_L.order_id == _O.id))
    .where(_O.institution == _institution, _L.number == bindparam("number"))
)
_NOTE = (
    update(purchase_orders)
    .where(_O.institution == _here, _O.id == bindparam("of_id"))
    .values(
        send_by=bindparam("by"),
        send_state=bindparam("standing"),
        send_error=bindparam("words"),
        letter_id=bindparam("letter", type_=BigInteger),
        letters=bindparam("written"),
        changed=moved_on(_O.changed, _now),
        version=_O.version + 1,
    )
)
_REASON = (
    update(purchase_orders)
    .where(_O.institution == _here, _O.id == bindparam("of_id"))
    .values(approval_reason=bindparam("reason"))
)


def orders(tx: Tx, ids: Sequence[int], *, hold: bool = False) -> list[OrderRow]:
    """POs by ascending id; with `hold` locked to the end of the transaction."""
    asked = {"institution": tx.institution, "of": list(ids)}
    return [_order(row) for row in tx.execute(_HOLD_ALL if hold else _ORDERS, asked)]


def order(tx: Tx, number: str, *, hold: bool = False) -> OrderRow | None:
    """The PO of that number; with `hold` locked to the end of the transaction."""
    asked = {"institution": tx.institution, "number": number}
    row = tx.execute(_HOLD if hold else _BY_NUMBER, asked).one_or_none()
    return None if row is None else _order(row)


def order_of_line(tx: Tx, number: str) -> OrderRow | None:
    """The PO the line of that number is in."""
    row = tx.execute(_ORDER_OF_LINE, {"institution": tx.institution, "number": number}).one_or_none()
    return None if row is None else _order(row)


def _order(row: Row[Any]) -> OrderRow:
    return OrderRow(**{**row._mapping, "state": OrderState(row.state)})  # noqa: SLF001  (its public name)


def contents(tx: Tx, order_ids: Sequence[int]) -> dict[int, Content]:
    """What is in each PO; one that is empty is left out."""
    if not order_ids:
        return {}
    rows = tx.execute(_CONTENT, {"institution": tx.institution, "of": list(order_ids)})
    return {row.order_id: Content(row.lines, int(row.net_units), int(row.unpriced)) for row in rows}


def not_ready(tx: Tx, order_ids: Sequence[int]) -> dict[int, list[str]]:
    """The lines that keep each PO from going out, in words."""
    found: dict[int, list[str]] = {}
    for row in tx.execute(_NOT_READY, {"institution": tx.institution, "of": list(order_ids)}):
        found.setdefault(row.order_id, []).append(f"{row.number} is {row.state}")
    return found


def lines_of(tx: Tx, order_id: int) -> Sequence[Row[Any]]:
    """The lines of a PO, cancelled ones too, whole."""
    return tx.execute(_LINES, {"institution": tx.institution, "order": order_id}).all()


def note_sending(
    tx: Tx, order: OrderRow, *, by: str, standing: str, words: str, letter: int | None, written: int
) -> None:
    """Write how the sending of a PO stands."""
    tx.execute(
        _NOTE,
        {
            "of_institution": tx.institution,
            "of_id": order.id,
            "by": by,
            "standing": standing,
            "words": words,
            "letter": letter,
            "written": written,
            "now": tx.now,
        },
    )


def note_reasons(tx: Tx, reasons: Mapping[int, str]) -> None:
    """Write why POs wait for approval."""
    if reasons:
        tx.execute(
            _REASON,
            [
                {"of_institution": tx.institution, "of_id": order_id, "reason": reason}
                for order_id, reason in reasons.items()
            ],
        )


# -- lists --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderSearch:
    """Which POs; empty means no condition."""

    states: tuple[str, ...] = ()
    send_states: tuple[str, ...] = ()
    vendor: str = ""
    account: str = ""
    owner: str = ""
    number: str = ""


_NARROWED = ("vendor", "account", "owner", "number")


def found(tx: Tx, search: OrderSearch, limit: int, offset: int) -> tuple[list[OrderRow], int]:
    """A page of POs, the newest first, and how many there are."""
    asked: Select[Any] = select(*_COLUMNS).where(_O.institution == tx.institution)
    if search.states:
        asked = asked.where(_O.state.in_(search.states))
    if search.send_states:
        asked = asked.where(_O.send_state.in_(search.send_states))
    for name in _NARROWED:
        if getattr(search, name):
            asked = asked.where(_O[name] == getattr(search, name))
    total: int = tx.execute(select(func.count()).select_from(asked.subquery())).scalar_one()
    page = asked.order_by(_O.created.desc(), _O.id.desc()).limit(limit).offset(offset)
    return [_order(row) for row in tx.execute(page)], total
