"""SQL of searching PO lines: counting them, finding them all, walking along them in their order.

A search asks about titles, items and vendors' accounts too, so tables of lower slices are read here
(never written).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from openacq.catalogue.tables import bib_identifiers, bib_words, holdings, items
from openacq.ordering.criteria import (
    AllOf,
    Among,
    AnyOf,
    Arriving,
    At,
    Begins,
    Criterion,
    Holds,
    Identified,
    InOrder,
    OnFunds,
    These,
    walkable,
)
from openacq.ordering.states import LineState
from openacq.ordering.tables import line_places, line_shares, po_lines, purchase_orders
from openacq.store import Tx
from openacq.store.schema import Json
from openacq.vendors.tables import vendor_accounts

_L = po_lines.c
_LAST = "\U0010ffff"
"""Stands behind every character a word may go on with."""

_CLOSED, _CANCELLED = LineState.CLOSED.value, LineState.CANCELLED.value


class Step(NamedTuple):
    """A line of a list: its id, and where it stands in the order of the list."""

    id: int
    key: tuple[Any, ...]


class ItemHit(NamedTuple):
    """An item that meets the conditions about items; `library` is where it is."""

    line_id: int
    enumeration_a: str
    enumeration_b: str
    enumeration_c: str
    chronology_i: str
    chronology_j: str
    chronology_k: str
    description: str
    library: str


@dataclass(frozen=True, slots=True)
class Walk:
    """Lines to walk along: `status` is a value of LineStatus, `key` title or number."""

    status: str
    criteria: tuple[Criterion, ...]
    key: str
    descending: bool

    def backwards(self) -> Walk:
        return replace(self, descending=not self.descending)


# -- what meets a criterion --------------------------------------------------------------------


def _met(tx: Tx, criterion: Criterion) -> ColumnElement[bool]:
    match criterion:
        case AnyOf(criteria):
            return or_(*(_met(tx, each) for each in criteria))
        case AllOf(criteria):
            return and_(*(_met(tx, each) for each in criteria))
        case Among(column, values):
            return _one_of(tx, _L[column], values)
        case Holds(column, text):
            return _L[column].in_(_texts_with(tx, column, text))
        case Begins(field, word):
            return _L.mms_id.in_(_bibs_with(tx, field, word))
        case Identified(kinds, value, partly):
            return _L.mms_id.in_(_bibs_numbered(tx, kinds, value, partly=partly))
        case OnFunds(fund_ids, unknown):
            return _L.id.in_(_lines_on(tx, fund_ids, unknown))
        case InOrder(number, partly):
            return _L.order_id.in_(_orders(tx, number, partly=partly))
        case At(places):
            where = tuple_(line_places.c.library, line_places.c.location).in_(places)
            return _L.id.in_(_of(tx, line_places, line_places.c.line_id).where(where))
        case Arriving(since, until):
            own = and_(*_between(_L.expected_receipt_date, since, until))
            return or_(own, _L.id.in_(_items_arriving(tx, since, until)))
        case These(ids):
            return _one_of(tx, _L.id, ids)
    raise TypeError(criterion)


def _of(tx: Tx, table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).where(table.c.institution == tx.institution)


def _one_of(tx: Tx, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    if len(values) == 1:
        return column.__eq__(values[0])
    dialect = tx.conn.dialect.name
    return _among(dialect, column, literal(list(values), _list_type(dialect, column)))


def _among(dialect: str, column: ColumnElement[Any], listed: Any) -> ColumnElement[bool]:
    """The column is in a list that travels as one value, so the statement is the same for any length."""
    if dialect == "postgresql":
        return column == any_(listed)
    return column.in_(select(func.json_each(listed).table_valued("value").c.value))


def _list_type(dialect: str, column: ColumnElement[Any]) -> Any:
    return ARRAY(column.type) if dialect == "postgresql" else Json()


def _texts_with(tx: Tx, column: str, text: str) -> Select[Any]:
    """The texts in a column that contain another: read off the column's own index."""
    own = po_lines.alias().c[column]
    return (
        select(own)
        .where(own.table.c.institution == tx.institution, own.is_not(None))
        .where(func.upper(own).contains(text.upper(), autoescape=True))
    )


def _bibs_with(tx: Tx, field: str, word: str) -> Select[Any]:
    found = _of(tx, bib_words, bib_words.c.mms_id).where(
        bib_words.c.word >= word, bib_words.c.word < word + _LAST
    )
    return found.where(bib_words.c.field == field) if field else found


def _bibs_numbered(tx: Tx, kinds: Sequence[str], value: str, *, partly: bool) -> Select[Any]:
    number = bib_identifiers.c.value
    return _of(tx, bib_identifiers, bib_identifiers.c.mms_id).where(
        _one_of(tx, bib_identifiers.c.kind, kinds),
        number.startswith(value, autoescape=True) if partly else number == value,
    )


def _lines_on(tx: Tx, fund_ids: Sequence[int], unknown: str) -> Any:
    shares = _of(tx, line_shares, line_shares.c.line_id)
    found = shares.where(_one_of(tx, line_shares.c.fund_id, fund_ids))
    return union_all(found, shares.where(_names_unknown(unknown))) if unknown else found


def _names_unknown(code: str) -> ColumnElement[bool]:
    return and_(line_shares.c.fund_id.is_(None), line_shares.c.fund_code == code)


def _orders(tx: Tx, number: str, *, partly: bool) -> Select[Any]:
    own = purchase_orders.c.number
    meant = func.upper(own).contains(number.upper(), autoescape=True) if partly else own == number
    return _of(tx, purchase_orders, purchase_orders.c.id).where(meant)


def _items_arriving(tx: Tx, since: date | None, until: date | None) -> Select[Any]:
    return _of(tx, items, items.c.line_id).where(
        items.c.line_id.is_not(None), *_between(items.c.expected_arrival_date, since, until)
    )


def _between(
    day: ColumnElement[Any], since: date | None, until: date | None
) -> Iterator[ColumnElement[bool]]:
    if since is not None:
        yield day >= since
    if until is not None:
        yield day <= until


def _in_status(status: str, state: ColumnElement[Any] = _L.state) -> Iterator[ColumnElement[bool]]:
    if status in (_CLOSED, _CANCELLED):
        yield state == status
    elif status == "ACTIVE":
        yield state.not_in((_CLOSED, _CANCELLED))
    elif status == "ALL":
        yield state != _CLOSED


# -- finding them all --------------------------------------------------------------------------

_KEYS: Mapping[str, ColumnElement[Any]] = MappingProxyType(
    {
        "title": _L.title_key,
        "number": _L.number_key,
        "created_date": type_coerce(_L.created, BigInteger),
        "po_number": func.coalesce(purchase_orders.c.number, ""),
    }
)
_WITH_ORDER = po_lines.outerjoin(
    purchase_orders,
    and_(purchase_orders.c.institution == _L.institution, purchase_orders.c.id == _L.order_id),
)


def count(tx: Tx, wanted: Walk) -> int:
    found: int = tx.execute(_matching(tx, wanted, func.count())).scalar_one()
    return found


READ_AT_ONCE = 1_000
"""Rows of a finding that are held as such; a hundred thousand together take more memory than all else."""


def ids(tx: Tx, wanted: Walk, keys: Sequence[str]) -> array[int]:
    """The ids of all lines that are wanted, in the order of the keys and then of the numbers."""
    dialect = tx.conn.dialect.name
    columns = dict.fromkeys((*(_KEYS[key] for key in keys), _L.number_key, _L.id))
    order = [_looked_at(dialect, column) for column in columns]
    order = [column.desc() if wanted.descending else column for column in order]
    found = tx.execute(_matching(tx, wanted, _L.id).order_by(*order)).yield_per(READ_AT_ONCE)
    return array("q", found.scalars())


def sortable(tx: Tx, wanted: Walk, keys: Sequence[str]) -> Sequence[Sequence[Any]]:
    """All lines that are wanted, in no order: what they have for each of the keys, then number and id."""
    columns = (*(_KEYS[key].label(f"key_{at}") for at, key in enumerate(keys)), _L.number_key, _L.id)
    return tx.execute(_matching(tx, wanted, *columns).select_from(_WITH_ORDER)).all()


def _matching(tx: Tx, wanted: Walk, *columns: ColumnElement[Any]) -> Select[Any]:
    state = _L.state if walkable(wanted.criteria) else _looked_at(tx.conn.dialect.name, _L.state)
    met = [_met(tx, criterion) for criterion in wanted.criteria]
    return select(*columns).where(_L.institution == tx.institution, *_in_status(wanted.status, state), *met)


# -- walking along them ------------------------------------------------------------------------


FAR = 500
"""Lines passed over from where on PostgreSQL is told to do it along the index."""
_ALONG_AN_INDEX = select(
    func.set_config("enable_seqscan", "off", True), func.set_config("enable_bitmapscan", "off", True)
)


def walk(tx: Tx, wanted: Walk, after: tuple[Any, ...] | None, skip: int, most: int) -> list[Step]:
    """Up to `most` lines behind a line's key (None: from the beginning) and `skip` more."""
    shape = tuple((each.column, len(each.values) > 1) for each in wanted.criteria if isinstance(each, Among))
    statement = _walking(
        tx.conn.dialect.name,
        wanted.status,
        shape,
        wanted.key,
        descending=wanted.descending,
        goes_on=after is not None,
    )
    asked: dict[str, Any] = {"institution": tx.institution, "skip": skip, "most": most}
    for number, each in enumerate(wanted.criteria):
        if isinstance(each, Among):
            asked[f"value_{number}"] = each.values[0] if len(each.values) == 1 else list(each.values)
    for number, value in enumerate(after or ()):
        asked[f"after_{number}"] = value
    if skip > FAR and tx.conn.dialect.name == "postgresql":
        # It would sort all lines, taking reading them all for less than passing some over.
        tx.execute(_ALONG_AN_INDEX)
    return [Step(row[-1], tuple(row)) for row in tx.execute(statement, asked)]


@cache
def _walking(
    dialect: str,
    status: str,
    shape: tuple[tuple[str, bool], ...],
    key: str,
    *,
    descending: bool,
    goes_on: bool,
) -> Select[Any]:
    columns = (_L.title_key, _L.number_key, _L.id) if key == "title" else (_L.number_key, _L.id)
    statement = select(*columns).where(
        _L.institution == bindparam("institution"), *_in_status(status, _looked_at(dialect, _L.state))
    )
    for number, (name, several) in enumerate(shape):
        column = _L[name]
        if several:
            given = bindparam(f"value_{number}", type_=_list_type(dialect, column))
            met = _among(dialect, _looked_at(dialect, column), given)
        else:
            leads = name == "vendor" and key == "title"
            met = (column if leads else _looked_at(dialect, column)) == bindparam(
                f"value_{number}", type_=column.type
            )
        statement = statement.where(met)
    if goes_on:
        last = tuple_(*(bindparam(f"after_{n}", type_=column.type) for n, column in enumerate(columns)))
        statement = statement.where(tuple_(*columns) < last if descending else tuple_(*columns) > last)
    order = [column.desc() if descending else column for column in columns]
    return statement.order_by(*order).limit(bindparam("most")).offset(bindparam("skip"))


def _looked_at(dialect: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column, in a form SQLite uses no index for: it does not know how often values come, and would take
    the index of a common one for the quickest way."""
    if dialect != "sqlite":
        return column
    return column.concat("") if isinstance(column.type, Text) else type_coerce(column, BigInteger) + 0


# -- what conditions are looked up by ----------------------------------------------------------

_HOLDING = and_(holdings.c.institution == items.c.institution, holdings.c.holding_id == items.c.holding_id)
_LIBRARY = func.coalesce(func.nullif(items.c.temp_library, ""), holdings.c.library).label("library")
_ITEM_COLUMNS: Mapping[str, ColumnElement[Any]] = MappingProxyType(
    {
        **{name: items.c[name] for name in ItemHit._fields[1:-1]},
        "library": _LIBRARY,
    }
)
_ACCOUNTS = select(vendor_accounts.c.code).where(vendor_accounts.c.institution == bindparam("institution"))


def whole_number(tx: Tx, text: str) -> str | None:
    """The number of a line that is this text in any case, or whose figure it is."""
    found = _first(tx, po_lines, _L.number, _L.number == text.upper())
    if found is None and _is_figure(text):
        found = _first(tx, po_lines, _L.number, _L.number_key == int(text))
    return found


def fund_unknown(tx: Tx, code: str) -> bool:
    """Whether a share names a fund by this code that there was none of."""
    return _first(tx, line_shares, line_shares.c.fund_code, _names_unknown(code)) is not None


def whole_order_number(tx: Tx, text: str) -> str | None:
    """The number of a PO that is this text in any case."""
    return _first(tx, purchase_orders, purchase_orders.c.number, purchase_orders.c.number == text.upper())


def _first(tx: Tx, table: Table, column: ColumnElement[str], met: ColumnElement[bool]) -> str | None:
    found: str | None = tx.execute(_of(tx, table, column).where(met).limit(1)).scalar_one_or_none()
    return found


def _is_figure(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def accounts(tx: Tx) -> tuple[str, ...]:
    """The codes of all vendors' accounts."""
    return tx.cached(
        "account codes",
        "",
        lambda: tuple(tx.execute(_ACCOUNTS, {"institution": tx.institution}).scalars()),
    )


def item_texts(tx: Tx, column: str, most: int) -> list[str]:
    """What stands in a column of the items of lines, each text once, `most` of them at most."""
    text = items.c[column]
    there = _of(tx, items, text).where(items.c.line_id.is_not(None), text != "").distinct().limit(most)
    return list(tx.execute(there).scalars())


def item_hits(tx: Tx, wanted: Mapping[str, Sequence[str]], most: int) -> tuple[ItemHit, ...]:
    """Items of lines that have one of the values in each of the columns; `most` of them at most."""
    met = [_one_of(tx, _ITEM_COLUMNS[column], values) for column, values in wanted.items()]
    hits = (
        _of(tx, items, items.c.line_id, *_ITEM_COLUMNS.values())
        .select_from(items.join(holdings, _HOLDING))
        .where(items.c.line_id.is_not(None), *met)
        .limit(most)
    )
    return tuple(ItemHit(*row) for row in tx.execute(hits))
