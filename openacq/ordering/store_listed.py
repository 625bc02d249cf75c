"""SQL of reading a page of lines: a few statements, and no column a list does not show.

Instants, JSON and states are taken as they are stored and read here, each different one once: pages of
a list are made hundreds of times a second, and lines of one list are much alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Select, Table, Text, and_, bindparam, select, type_coerce

from openacq.catalogue.tables import bibs
from openacq.kernel.money import Money
from openacq.kernel.once import Once
from openacq.ordering.model import (
    Alert,
    Interested,
    LineState,
    ListedBib,
    ListedLine,
    Severity,
    Share,
    Source,
    Terms,
)
from openacq.ordering.tables import line_alerts, line_interested, line_shares, po_lines, purchase_orders
from openacq.store import Tx
from openacq.store.lists import with_lists

T = TypeVar("T")

_L, _B = po_lines.c, bibs.c
_STATES: Mapping[str, LineState] = MappingProxyType({state.value: state for state in LineState})
_SOURCES: Mapping[str, Source] = MappingProxyType({source.value: source for source in Source})
_SEVERITIES: Mapping[str, Severity] = MappingProxyType({each.value: each for each in Severity})
_terms = msgspec.json.Decoder(Terms).decode
_texts = msgspec.json.Decoder(tuple[str, ...]).decode
_facts = msgspec.json.Decoder(dict[str, str]).decode


def _number(column: ColumnElement[Any]) -> ColumnElement[int]:
    """An instant as it is stored."""
    return type_coerce(column, BigInteger).label(column.key)


def _json(column: ColumnElement[Any]) -> ColumnElement[str]:
    """JSON as it is stored."""
    return type_coerce(column, Text).label(column.key)


_LINES = with_lists(
    lambda among: (
        select(
            _L.id,
            _L.number,
            _L.state,
            _L.owner,
            _L.type,
            _L.method,
            _L.source,
            _number(_L.created),
            _number(_L.state_since),
            _L.vendor,
            _L.account,
            _L.price_units,
            _L.price_scale,
            _L.currency,
            _L.discount,
            _L.no_charge,
            _L.rush,
            _L.reference,
            purchase_orders.c.number.label("po_number"),
            _L.material,
            _L.manual_renewal,
            _L.renewal_date,
            _L.expected_receipt_date,
            _json(_L.terms),
            _L.mms_id,
            _B.title,
            _B.author,
            _B.isbn,
            _B.issn,
            _B.publisher,
            _B.place,
            _B.year,
            _B.vendor_title_number,
            _json(_B.system_control_numbers),
            _L.title.label("own_title"),
        )
        .select_from(
            po_lines.outerjoin(
                purchase_orders,
                and_(purchase_orders.c.institution == _L.institution, purchase_orders.c.id == _L.order_id),
            ).outerjoin(bibs, and_(_B.institution == _L.institution, _B.mms_id == _L.mms_id))
        )
        .where(_L.institution == bindparam("institution"), among(_L.id, "of"))
    )
)


def _list(table: Table, *columns: ColumnElement[Any]) -> Mapping[str, Select[Any]]:
    return with_lists(
        lambda among: (
            select(table.c.line_id, *columns)
            .where(table.c.institution == bindparam("institution"), among(table.c.line_id, "of"))
            .order_by(table.c.line_id, table.c.number)
        )
    )


_SHARES = _list(
    line_shares,
    *(
        line_shares.c[name]
        for name in (
            "number",
            "fund_code",
            "fund_id",
            "percent",
            "amount_units",
            "amount_currency",
            "amount_scale",
        )
    ),
)
_ALERTS = _list(line_alerts, line_alerts.c.slug, line_alerts.c.severity, _json(line_alerts.c.facts))
_INTERESTED = _list(
    line_interested,
    *(
        line_interested.c[name]
        for name in (
            "primary_id",
            "notify_receiving_activation",
            "hold_item",
            "notify_renewal",
            "notify_cancel",
        )
    ),
)


def lines(tx: Tx, ids: Sequence[int], fund_name: Callable[[int], str]) -> list[ListedLine]:
    """These lines in their order, without inventory, notes, and names of interested users; `fund_name` names
    a fund by its id."""
    dialect = tx.conn.dialect.name
    asked = {"institution": tx.institution, "of": list(ids)}
    rows, shares, alerts, interested = tx.gather(
        [(each[dialect], asked) for each in (_LINES, _SHARES, _ALERTS, _INTERESTED)]
    )
    found = _read(
        rows,
        _by_line(shares, lambda row: _share(row, fund_name)),
        _by_line(alerts, _alert),
        _by_line(interested, _interested),
    )
    return [found[each] for each in ids if each in found]


def _read(
    rows: Iterable[Any],
    shares: Mapping[int, tuple[Share, ...]],
    alerts: Mapping[int, tuple[Alert, ...]],
    interested: Mapping[int, tuple[Interested, ...]],
) -> dict[int, ListedLine]:
    terms, instants = Once(_terms), Once(_instant)
    found = {}
    for (
        line_id,
        number,
        state,
        owner,
        line_type,
        method,
        source,
        created,
        state_since,
        vendor,
        account,
        price_units,
        price_scale,
        currency,
        discount,
        no_charge,
        rush,
        reference,
        po_number,
        material,
        manual_renewal,
        renewal_date,
        expected_receipt_date,
        own_terms,
        *title,
    ) in rows:
        found[line_id] = ListedLine(
            line_id,
            number,
            _STATES[state],
            owner,
            line_type,
            method,
            _SOURCES[source],
            _bib(title),
            instants[created],
            instants[state_since],
            vendor,
            account,
            None if price_units is None else Money(price_units, currency, price_scale),
            discount,
            no_charge,
            rush,
            reference,
            po_number or "",
            material,
            manual_renewal,
            renewal_date,
            expected_receipt_date,
            terms[own_terms],
            shares.get(line_id, ()),
            interested.get(line_id, ()),
            alerts.get(line_id, ()),
        )
    return found


def _bib(row: list[Any]) -> ListedBib:
    mms_id, title, author, isbn, issn, publisher, place, year, vendor_title_number, numbers, own_title = row
    if title is None:  # the bib is gone
        return ListedBib(mms_id, own_title, "", "", "", "", "", "", "", ())
    return ListedBib(
        mms_id, title, author, isbn, issn, publisher, place, year, vendor_title_number, _texts(numbers)
    )


def _instant(stored: int) -> datetime:
    return datetime.fromtimestamp(stored // 1_000_000, UTC).replace(microsecond=stored % 1_000_000)


def _by_line(rows: Iterable[Any], read: Callable[[tuple[Any, ...]], T]) -> dict[int, tuple[T, ...]]:
    """What rows say, by the line they begin with."""
    known = Once(read)
    found: dict[int, list[T]] = {}
    for line_id, *said in rows:
        found.setdefault(line_id, []).append(known[tuple(said)])
    return {line_id: tuple(things) for line_id, things in found.items()}


def _share(row: tuple[Any, ...], fund_name: Callable[[int], str]) -> Share:
    number, fund_code, fund_id, percent, units, currency, scale = row
    return Share(
        number,
        fund_code,
        fund_id,
        "" if fund_id is None else fund_name(fund_id),
        percent,
        None if units is None else Money(units, currency, scale),
    )


def _alert(row: tuple[Any, ...]) -> Alert:
    slug, severity, facts = row
    return Alert(slug, _SEVERITIES[severity], _facts(facts))


def _interested(row: tuple[Any, ...]) -> Interested:
    return Interested(row[0], "", "", "", *row[1:])
