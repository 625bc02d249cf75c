"""SQL of definitions: fiscal periods, ledgers, summary funds, allocated funds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from openacq.kernel.text import folded
from openacq.ledger.model import (
    Allowed,
    EntityType,
    FiscalPeriod,
    Fund,
    FundFilter,
    FundRules,
    FundStatus,
    PeriodStatus,
)
from openacq.ledger.tables import fiscal_periods, funds
from openacq.store import Tx

_F = funds.c
_Y = fiscal_periods.c
_HERE = bindparam("of", type_=BigInteger)
RULES = tuple(field.name for field in fields(FundRules))
SEPARATOR = "|"

# -- fiscal periods ----------------------------------------------------------------------------

_PERIODS = (
    select(_Y.id, _Y.name, _Y.start_date, _Y.end_date, _Y.status, _Y.number)
    .where(_Y.institution == _HERE)
    .order_by(_Y.start_date, _Y.id)
)
_NEW_PERIOD = insert(fiscal_periods)
_CHANGE_PERIOD = (
    update(fiscal_periods)
    .where(_Y.institution == _HERE, _Y.id == bindparam("of_id"))
    .values(start_date=bindparam("first"), end_date=bindparam("last"), status=bindparam("now"))
)


def periods(tx: Tx) -> tuple[FiscalPeriod, ...]:
    """All fiscal periods, the earliest first."""
    return tuple(
        FiscalPeriod(row.id, row.name, row.start_date, row.end_date, PeriodStatus(row.status), row.number)
        for row in tx.execute(_PERIODS, {"of": tx.institution})
    )


def write_periods(tx: Tx, new: Sequence[FiscalPeriod], changed: Sequence[FiscalPeriod]) -> None:
    if new:
        tx.execute(
            _NEW_PERIOD,
            [
                {
                    "institution": tx.institution,
                    "id": period.id,
                    "name": period.name,
                    "start_date": period.start,
                    "end_date": period.end,
                    "status": period.status.value,
                    "number": period.number,
                }
                for period in new
            ],
        )
    if changed:
        tx.execute(
            _CHANGE_PERIOD,
            [
                {
                    "of": tx.institution,
                    "of_id": period.id,
                    "first": period.start,
                    "last": period.end,
                    "now": period.status.value,
                }
                for period in changed
            ],
        )


# -- funds -------------------------------------------------------------------------------------

_FUND = (
    select(
        funds,
        _Y.name.label("period_name"),
        _Y.start_date.label("period_start"),
        _Y.end_date.label("period_end"),
        _Y.status.label("period_status"),
        _Y.number.label("period_number"),
    )
    .join(fiscal_periods, and_(_Y.institution == _F.institution, _Y.id == _F.period))
    .where(_F.institution == _HERE)
)
_BY_ID = _FUND.where(_F.id == bindparam("of_id"))
_BY_IDS = _FUND.where(_F.id.in_(bindparam("ids", expanding=True)))
_BY_UUID = _FUND.where(_F.uuid == bindparam("of_uuid"))
_BY_CODE = _FUND.where(_F.period == bindparam("of_period"), _F.code == bindparam("of_code"))
_ALL = _FUND.order_by(_F.id)
_OF_PERIOD = _FUND.where(_F.period == bindparam("of_period")).order_by(_F.code, _F.id)
_USABLE_CODES = (
    select(_F.code)
    .where(
        _F.institution == _HERE,
        _F.period == bindparam("of_period"),
        _F.entity_type == EntityType.ALLOCATED.value,
        _F.status == FundStatus.ACTIVE.value,
    )
    .order_by(_F.code)
)


def fund_by_id(tx: Tx, fund_id: int) -> Fund | None:
    row = tx.execute(_BY_ID, {"of": tx.institution, "of_id": fund_id}).one_or_none()
    return None if row is None else _fund(row)


def fund_by_uuid(tx: Tx, uuid: str) -> Fund | None:
    row = tx.execute(_BY_UUID, {"of": tx.institution, "of_uuid": uuid}).one_or_none()
    return None if row is None else _fund(row)


def funds_by_ids(tx: Tx, fund_ids: Iterable[int]) -> dict[int, Fund]:
    found = tx.execute(_BY_IDS, {"of": tx.institution, "ids": sorted(set(fund_ids))})
    return {row.id: _fund(row) for row in found}


def fund_by_code(tx: Tx, period_id: int, code: str) -> Fund | None:
    row = tx.execute(_BY_CODE, {"of": tx.institution, "of_period": period_id, "of_code": code}).one_or_none()
    return None if row is None else _fund(row)


def all_funds(tx: Tx) -> list[Fund]:
    """Every definition of the institution, for loaders and checks."""
    return [_fund(row) for row in tx.execute(_ALL, {"of": tx.institution})]


def funds_of_period(tx: Tx, period_id: int) -> list[Fund]:
    """Every definition of a fiscal period, by code."""
    return [_fund(row) for row in tx.execute(_OF_PERIOD, {"of": tx.institution, "of_period": period_id})]


def usable_codes(tx: Tx, period_id: int) -> tuple[str, ...]:
    """Codes of the active allocated funds of a period."""
    return tuple(tx.execute(_USABLE_CODES, {"of": tx.institution, "of_period": period_id}).scalars())


def list_funds(tx: Tx, wanted: FundFilter, limit: int, offset: int) -> tuple[list[Fund], int]:
    """A page of funds by code, and how many there are; two statements, one when none is asked for."""
    conditions = [_F.institution == tx.institution, *_conditions(wanted)]
    total = int(tx.execute(select(func.count()).select_from(funds).where(*conditions)).scalar_one())
    if limit == 0 or offset >= total:
        return [], total
    page = _FUND.where(*conditions[1:]).order_by(_F.code, _F.id).limit(limit).offset(offset)
    return [_fund(row) for row in tx.execute(page, {"of": tx.institution})], total


def periods_of_funds(tx: Tx, wanted: FundFilter) -> frozenset[int]:
    """The fiscal periods that hold a fund of the filter."""
    conditions = [_F.institution == tx.institution, *_conditions(wanted)]
    return frozenset(tx.execute(select(_F.period).where(*conditions).distinct()).scalars())


def _conditions(wanted: FundFilter) -> list[ColumnElement[bool]]:
    exact = {
        _F.period: wanted.period_id,
        _F.entity_type: wanted.entity_type,
        _F.status: wanted.status,
        _F.owner: wanted.owner or None,
        _F.parent: wanted.parent_id,
    }
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in exact.items() if value is not None
    ]
    if wanted.library:
        conditions.append(_open_to([wanted.library]))
    if wanted.granted_libraries is not None:
        conditions.append(_open_to(sorted(wanted.granted_libraries)))
    if wanted.below_ledgers:
        conditions.append(_F.entity_type != EntityType.LEDGER.value)
    conditions.extend(_fits(field, pattern) for field, pattern in wanted.patterns)
    if wanted.codes is not None:
        conditions.append(_F.code.in_(sorted(wanted.codes)))
    conditions.extend(
        or_(*(column.contains(folded(word), autoescape=True) for column in _searched(name)))
        for name, words in wanted.search
        for word in words
    )
    return conditions


def _fits(field: str, pattern: str) -> ColumnElement[bool]:
    """The whole field is as the pattern says, `*` standing for anything."""
    column = _F[f"{field}_folded"]
    text = folded(pattern)
    if "*" not in text:
        return column == text
    for mark in ("\\", "%", "_"):
        text = text.replace(mark, "\\" + mark)
    return column.like(text.replace("*", "%"), escape="\\")


def _searched(field: str) -> list[ColumnElement[str]]:
    names = (field,) if field else ("code", "name", "description", "external_id")
    return [_F[f"{name}_folded"] for name in names]


def _open_to(libraries: Sequence[str]) -> ColumnElement[bool]:
    """Available for one of the libraries, or for all. (LIKE would compare in different ways.)"""
    held = (
        func.replace(_F.libraries, f"{SEPARATOR}{library}{SEPARATOR}", "") != _F.libraries
        for library in libraries
    )
    return or_(_F.libraries == "", *held)


def _fund(row: Row[Any]) -> Fund:
    rules: dict[str, Any] = {name: getattr(row, name) for name in RULES}
    rules["overencumbrance"] = Allowed(row.overencumbrance)
    rules["overexpenditure"] = Allowed(row.overexpenditure)
    return Fund(
        id=row.id,
        uuid=row.uuid,
        code=row.code,
        name=row.name,
        entity_type=EntityType(row.entity_type),
        status=FundStatus(row.status),
        currency=row.currency,
        period=FiscalPeriod(
            row.period,
            row.period_name,
            row.period_start,
            row.period_end,
            PeriodStatus(row.period_status),
            row.period_number,
        ),
        owner=row.owner,
        type=row.type,
        external_id=row.external_id,
        description=row.description,
        libraries=tuple(row.libraries.strip(SEPARATOR).split(SEPARATOR)) if row.libraries else (),
        parent_id=row.parent,
        rules=FundRules(**rules),
        own_rules=row.own_rules,
    )


# -- writing definitions -----------------------------------------------------------------------

_NEW_FUND = insert(funds)
_WRITTEN = [column.name for column in funds.columns if column.name not in ("institution", "id")]
_CHANGE_FUND = (
    update(funds)
    .where(_F.institution == _HERE, _F.id == bindparam("of_id"))
    .values({name: bindparam(f"new_{name}", type_=_F[name].type) for name in _WRITTEN})
)


def write_funds(tx: Tx, new: Sequence[Fund], changed: Sequence[Fund]) -> None:
    """Insert and change definitions; parents come before what hangs below them."""
    if new:
        tx.execute(
            _NEW_FUND, [{"institution": tx.institution, "id": fund.id, **_written(fund)} for fund in new]
        )
    if changed:
        tx.execute(
            _CHANGE_FUND,
            [
                {
                    "of": tx.institution,
                    "of_id": fund.id,
                    **{f"new_{name}": value for name, value in _written(fund).items()},
                }
                for fund in changed
            ],
        )


def _written(fund: Fund) -> Mapping[str, object]:
    return {
        "uuid": fund.uuid,
        "period": fund.period.id,
        "code": fund.code,
        "name": fund.name,
        "entity_type": fund.entity_type.value,
        "status": fund.status.value,
        "currency": fund.currency,
        "parent": fund.parent_id,
        "owner": fund.owner,
        "type": fund.type,
        "external_id": fund.external_id,
        "description": fund.description,
        "libraries": SEPARATOR + SEPARATOR.join(fund.libraries) + SEPARATOR if fund.libraries else "",
        "own_rules": fund.own_rules,
        **{name: getattr(fund.rules, name) for name in RULES},
        "overencumbrance": fund.rules.overencumbrance.value,
        "overexpenditure": fund.rules.overexpenditure.value,
        "code_folded": folded(fund.code),
        "name_folded": folded(fund.name),
        "description_folded": folded(fund.description),
        "external_id_folded": folded(fund.external_id),
    }
