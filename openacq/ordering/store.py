"""SQL of the ordering desk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Insert, Row, Select, Table, Text, bindparam, func, insert, or_, select

from openacq.kernel.converting import converted
from openacq.kernel.money import Money, minor_digits
from openacq.kernel.text import words
from openacq.ordering.model import (
    Alert,
    Interested,
    Line,
    LineLabel,
    Note,
    OrderState,
    Place,
    Severity,
    Share,
    Terms,
)
from openacq.ordering.tables import (
    line_alerts,
    line_interested,
    line_notes,
    line_places,
    line_shares,
    po_lines,
    purchase_orders,
)
from openacq.store import Tx
from openacq.store.lists import with_lists

T = TypeVar("T")

LineRow: TypeAlias = Row[Any]
"""A row of `po_lines` with the number of its PO as `po_number`."""

_of: Any = bindparam("of", expanding=True)
_institution: Any = bindparam("institution")

_INSERT_LINE = insert(po_lines)
_INSERT_PLACES = insert(line_places)
_INSERT_SHARES = insert(line_shares)
_INSERT_ALERTS = insert(line_alerts)
_INSERT_NOTES = insert(line_notes)
_INSERT_INTERESTED = insert(line_interested)

_NUMBERED = select(po_lines.c.id).where(
    po_lines.c.institution == _institution, po_lines.c.number == bindparam("number")
)
_REFERENCED = (
    select(po_lines.c.number)
    .where(
        po_lines.c.institution == _institution,
        po_lines.c.reference == bindparam("reference"),
        po_lines.c.vendor == bindparam("vendor"),
    )
    .order_by(po_lines.c.id)
    .limit(5)
)
_OPEN_ORDER = (
    select(purchase_orders.c.id)
    .where(
        purchase_orders.c.institution == _institution,
        purchase_orders.c.number == bindparam("number"),
        purchase_orders.c.state.in_((OrderState.DRAFT.value, OrderState.OPEN.value)),
        purchase_orders.c.vendor.in_(("", bindparam("vendor"))),
    )
    .with_for_update()
)
_LINES = select(po_lines, purchase_orders.c.number.label("po_number")).select_from(
    po_lines.outerjoin(
        purchase_orders,
        (purchase_orders.c.institution == po_lines.c.institution)
        & (purchase_orders.c.id == po_lines.c.order_id),
    )
)
_HOLD = (
    select(po_lines.c.id)
    .where(po_lines.c.institution == _institution, po_lines.c.id.in_(_of))
    .order_by(po_lines.c.id)
    .with_for_update()
)
_LINE_BY_NUMBER = _LINES.where(
    po_lines.c.institution == _institution, po_lines.c.number == bindparam("number")
)
_LINE_BY_OIN = _LINES.where(po_lines.c.institution == _institution, po_lines.c.oin == bindparam("oin"))
_LINES_BY_REFERENCE = (
    _LINES.where(po_lines.c.institution == _institution, po_lines.c.reference == bindparam("reference"))
    .order_by(po_lines.c.id)
    .limit(10)
)
_VENDORS_OWN: Any = or_(bindparam("vendor", type_=Text).is_(None), po_lines.c.vendor == bindparam("vendor"))
_IN_STATE = (
    _LINES.where(po_lines.c.institution == _institution, po_lines.c.state == bindparam("state"), _VENDORS_OWN)
    .order_by(po_lines.c.created, po_lines.c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_COUNT_STATE = select(func.count()).where(
    po_lines.c.institution == _institution, po_lines.c.state == bindparam("state"), _VENDORS_OWN
)
_LABELS = select(po_lines.c.id, po_lines.c.number, po_lines.c.vendor, po_lines.c.terms).where(
    po_lines.c.institution == _institution, po_lines.c.id.in_(_of)
)
_IDS = select(po_lines.c.number, po_lines.c.id).where(
    po_lines.c.institution == _institution, po_lines.c.number.in_(_of), _VENDORS_OWN
)


def _of_lines(table: Table) -> Mapping[str, Select[Any]]:
    """The rows of a list of lines, those of each line in order."""
    return with_lists(
        lambda among: (
            select(table)
            .where(table.c.institution == _institution, among(table.c.line_id, "of"))
            .order_by(table.c.line_id, table.c.number)
        )
    )


_PLACES = _of_lines(line_places)
_SHARES = _of_lines(line_shares)
_ALERTS = _of_lines(line_alerts)
_NOTES = _of_lines(line_notes)
_INTERESTED = _of_lines(line_interested)
_LISTS: Mapping[str, Mapping[str, Select[Any]]] = MappingProxyType(
    {
        "places": _PLACES,
        "shares": _SHARES,
        "alerts": _ALERTS,
        "notes": _NOTES,
        "interested": _INTERESTED,
    }
)
EVERY_LIST = frozenset(_LISTS)


# -- writing ------------------------------------------------------------------------------------


def number_taken(tx: Tx, number: str) -> bool:
    return tx.execute(_NUMBERED, {"institution": tx.institution, "number": number}).first() is not None


def numbers_with_reference(tx: Tx, vendor: str, reference: str) -> tuple[str, ...]:
    """Numbers of at most five lines of this vendor that carry its reference."""
    asked = {"institution": tx.institution, "vendor": vendor, "reference": reference}
    return tuple(tx.execute(_REFERENCED, asked).scalars())


def open_order(tx: Tx, number: str, vendor: str) -> int | None:
    """The id of the PO of that number while it is open for lines of the vendor; it stays so to the end of
    the transaction."""
    asked = {"institution": tx.institution, "number": number, "vendor": vendor}
    return tx.execute(_OPEN_ORDER, asked).scalar_one_or_none()


LONGEST_KEY = 200
_LAST_FIGURE = re.compile(r"(\d{1,18})\D*$", re.ASCII)


def add_line(tx: Tx, line: Line, order_id: int | None, extras: Mapping[str, Any] | None = None) -> None:
    """Write a new line with everything that belongs to it; `extras` is what a dialect only keeps of it."""
    tx.later(_INSERT_LINE, [{**line_row(tx, line, order_id), "extras": dict(extras or {})}])
    add_lists(tx, line, EVERY_LIST)


def add_lists(tx: Tx, line: Line, names: frozenset[str]) -> None:
    """Write those of a line's lists that are named (EVERY_LIST)."""
    add_lists_of(tx, (line,), names)


def add_lists_of(tx: Tx, lines: Sequence[Line], names: frozenset[str]) -> None:
    """Write lists of several lines, each list with one statement."""
    for name, statement, rows_of in _WRITTEN:
        if name in names:
            rows = [
                {"institution": tx.institution, "line_id": line.id, **row}
                for line in lines
                for row in rows_of(tx, line)
            ]
            if rows:
                tx.later(statement, rows)


def _place_rows(_tx: Tx, line: Line) -> list[dict[str, Any]]:
    return [{"number": n, **_fields(each)} for n, each in enumerate(line.places, 1)]


def _note_rows(_tx: Tx, line: Line) -> list[dict[str, Any]]:
    return [{"number": n, **_fields(each)} for n, each in enumerate(line.notes, 1)]


def _interested_rows(_tx: Tx, line: Line) -> list[dict[str, Any]]:
    return [_interested_row(n, each) for n, each in enumerate(line.interested, 1)]


def _share_rows(_tx: Tx, line: Line) -> list[dict[str, Any]]:
    return [_share_row(each) for each in line.shares]


def _alert_rows(tx: Tx, line: Line) -> list[dict[str, Any]]:
    return [_alert_row(tx, n, each) for n, each in enumerate(line.alerts, 1)]


_WRITTEN: tuple[tuple[str, Insert, Callable[[Tx, Line], list[dict[str, Any]]]], ...] = (
    ("places", _INSERT_PLACES, _place_rows),
    ("notes", _INSERT_NOTES, _note_rows),
    ("interested", _INSERT_INTERESTED, _interested_rows),
    ("shares", _INSERT_SHARES, _share_rows),
    ("alerts", _INSERT_ALERTS, _alert_rows),
)


def _interested_row(number: int, user: Interested) -> dict[str, Any]:
    return {
        "number": number,
        "primary_id": user.primary_id,
        "notify_receiving_activation": user.notify_receiving_activation,
        "hold_item": user.hold_item,
        "notify_renewal": user.notify_renewal,
        "notify_cancel": user.notify_cancel,
    }


def _alert_row(tx: Tx, number: int, alert: Alert) -> dict[str, Any]:
    return {
        "number": number,
        "slug": alert.slug,
        "severity": alert.severity.value,
        "facts": alert.facts,
        "since": tx.now,
    }


def _fields(thing: Place | Note) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__slots__}


def line_row(tx: Tx, line: Line, order_id: int | None) -> dict[str, Any]:
    """The columns of a new line."""
    return {
        "institution": tx.institution,
        "id": line.id,
        "number": line.number,
        "oin": line.oin,
        "order_id": order_id,
        "state": line.state.value,
        "state_since": line.state_since,
        "owner": line.owner,
        "type": line.type,
        "vendor": line.vendor,
        "account": line.account,
        "method": line.method,
        "source": line.source.value,
        "mms_id": line.bib.mms_id,
        "title": line.bib.title,
        "price_units": line.price.units if line.price else None,
        "price_scale": line.price.scale if line.price else None,
        "currency": line.price.currency if line.price else "",
        "discount": line.discount,
        "quantity": line.quantity,
        "net_units": line.net.units if line.net else None,
        "no_charge": line.no_charge,
        "rush": line.rush,
        "reference": line.reference,
        "material": line.material,
        "manual_renewal": line.manual_renewal,
        "renewal_date": line.renewal_date,
        "renewal_due": line.renewal_due,
        "expected_receipt_date": line.expected_receipt_date,
        "created": line.created,
        "created_by": line.created_by,
        "changed": line.created,
        "version": 1,
        "terms": line.terms,
        "extras": {},
        "assigned_to": "",
        "deferral_reason": "",
        "received": sum(1 for item in line.items if item.receive_date is not None),
        "cancel_reason": "",
        "cancel_comment": "",
        "expected_activation_date": line.terms.expected_activation_date,
        "claims_sent": 0,
        "invoiced_units": 0,
        "paid_units": 0,
        "fully_invoiced": False,
        "title_key": title_key(line.bib.title),
        "number_key": number_key(line.number),
        "invoice_reference": line.terms.invoice_reference or None,
    }


def title_key(title: str) -> str:
    """What titles are sorted by: their folded words, so that neither case, marks nor punctuation count."""
    return " ".join(words(title))[:LONGEST_KEY]


def number_key(number: str) -> int:
    """What numbers are sorted by: their last figure, "POL-1001" → 1001; 0 when there is none."""
    figure = _LAST_FIGURE.search(number)
    return int(figure[1]) if figure else 0


def _share_row(share: Share) -> dict[str, Any]:
    return {
        "number": share.number,
        "fund_code": share.fund_code,
        "fund_id": share.fund_id,
        "percent": share.percent,
        "amount_units": share.amount.units if share.amount else None,
        "amount_scale": share.amount.scale if share.amount else None,
        "amount_currency": share.amount.currency if share.amount else "",
        "part_units": share.part.units if share.part else None,
    }


# -- reading ------------------------------------------------------------------------------------


def ids_of(tx: Tx, numbers: Sequence[str], vendor: str | None) -> dict[str, int]:
    """Row ids by number, of one vendor unless None."""
    asked = {"institution": tx.institution, "of": list(numbers), "vendor": vendor}
    return {row.number: row.id for row in tx.execute(_IDS, asked)}


def hold(tx: Tx, line_ids: Sequence[int]) -> None:
    """Wait until nobody else is changing the lines, and keep others waiting to the end of the transaction."""
    tx.execute(_HOLD, {"institution": tx.institution, "of": list(line_ids)})


def line_by_number(tx: Tx, number: str) -> LineRow | None:
    return tx.execute(_LINE_BY_NUMBER, {"institution": tx.institution, "number": number}).one_or_none()


def line_by_oin(tx: Tx, oin: str) -> LineRow | None:
    return tx.execute(_LINE_BY_OIN, {"institution": tx.institution, "oin": oin}).one_or_none()


def lines_by_reference(tx: Tx, reference: str) -> Sequence[LineRow]:
    return tx.execute(_LINES_BY_REFERENCE, {"institution": tx.institution, "reference": reference}).all()


def lines_in_state(
    tx: Tx, state: str, limit: int, offset: int, vendor: str | None
) -> tuple[Sequence[LineRow], int]:
    """A page of lines, oldest first, and how many there are; of one vendor unless None."""
    asked = {"institution": tx.institution, "state": state, "vendor": vendor}
    total: int = tx.execute(_COUNT_STATE, asked).scalar_one()
    return tx.execute(_IN_STATE, {**asked, "limit": limit, "offset": offset}).all(), total


@dataclass(frozen=True, slots=True)
class Belongings:
    """What belongs to lines, each list by line id."""

    places: Mapping[int, tuple[Place, ...]]
    shares: Mapping[int, tuple[Share, ...]]
    alerts: Mapping[int, tuple[Alert, ...]]
    notes: Mapping[int, tuple[Note, ...]]
    interested: Mapping[int, tuple[Interested, ...]]


def belongings_of(
    tx: Tx, ids: Sequence[int], currencies: Mapping[int, str], lists: frozenset[str] = EVERY_LIST
) -> Belongings:
    """The lists named of the lines at once; `currencies` are the lines' own, for the parts of shares."""
    dialect = tx.conn.dialect.name
    asked = {"institution": tx.institution, "of": list(ids)}
    wanted = [name for name in _LISTS if name in lists]
    read = tx.gather([(_LISTS[name][dialect], asked) for name in wanted])
    rows: dict[str, Iterable[Row[Any]]] = dict(zip(wanted, read, strict=True))
    return Belongings(
        _by_line((row.line_id, _place(row)) for row in rows.get("places", ())),
        _by_line((row.line_id, _share(row, currencies[row.line_id])) for row in rows.get("shares", ())),
        _by_line((row.line_id, _alert(row)) for row in rows.get("alerts", ())),
        _by_line((row.line_id, Note(row.text, row.created, row.author)) for row in rows.get("notes", ())),
        _by_line((row.line_id, _interested(row)) for row in rows.get("interested", ())),
    )


def shares_of(tx: Tx, ids: Sequence[int], currencies: Mapping[int, str]) -> dict[int, tuple[Share, ...]]:
    """Shares by line; `currencies` are the lines' own, for the parts."""
    rows = tx.execute(_SHARES[tx.conn.dialect.name], {"institution": tx.institution, "of": list(ids)})
    return _by_line((row.line_id, _share(row, currencies[row.line_id])) for row in rows)


def alerts_of(tx: Tx, ids: Sequence[int]) -> dict[int, tuple[Alert, ...]]:
    rows = tx.execute(_ALERTS[tx.conn.dialect.name], {"institution": tx.institution, "of": list(ids)})
    return _by_line((row.line_id, _alert(row)) for row in rows)


def places_of(tx: Tx, ids: Sequence[int]) -> dict[int, tuple[Place, ...]]:
    rows = tx.execute(_PLACES[tx.conn.dialect.name], {"institution": tx.institution, "of": list(ids)})
    return _by_line((row.line_id, _place(row)) for row in rows)


def interested_of(tx: Tx, ids: Sequence[int]) -> dict[int, tuple[Interested, ...]]:
    """Interested users by line, without their names."""
    rows = tx.execute(_INTERESTED[tx.conn.dialect.name], {"institution": tx.institution, "of": list(ids)})
    return _by_line((row.line_id, _interested(row)) for row in rows)


def _place(row: Row[Any]) -> Place:
    return Place(row.library, row.location, row.quantity, row.holding_id)


def _share(row: Row[Any], currency: str) -> Share:
    amount = None
    if row.amount_units is not None:
        amount = Money(row.amount_units, row.amount_currency, row.amount_scale)
    part = None
    if row.part_units is not None:
        name = currency or row.amount_currency
        part = Money(row.part_units, name, minor_digits(name))
    return Share(row.number, row.fund_code, row.fund_id, percent=row.percent, amount=amount, part=part)


def _alert(row: Row[Any]) -> Alert:
    return Alert(row.slug, Severity(row.severity), row.facts)


def _interested(row: Row[Any]) -> Interested:
    """An interested user without the name, which the directory knows."""
    return Interested(
        row.primary_id,
        notify_receiving_activation=row.notify_receiving_activation,
        hold_item=row.hold_item,
        notify_renewal=row.notify_renewal,
        notify_cancel=row.notify_cancel,
    )


def labels_of(tx: Tx, line_ids: Sequence[int]) -> dict[int, LineLabel]:
    rows = tx.execute(_LABELS, {"institution": tx.institution, "of": list(line_ids)})
    return {row.id: LineLabel(row.number, row.vendor, terms_of(row).reporting_codes) for row in rows}


def terms_of(row: Row[Any]) -> Terms:
    return converted(row.terms, Terms)


def _by_line(pairs: Iterable[tuple[int, T]]) -> dict[int, tuple[T, ...]]:
    found: dict[int, list[T]] = {}
    for line_id, thing in pairs:
        found.setdefault(line_id, []).append(thing)
    return {line_id: tuple(things) for line_id, things in found.items()}
