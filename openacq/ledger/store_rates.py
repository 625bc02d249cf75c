"""SQL of exchange rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeAlias

from sqlalchemy import BigInteger, and_, bindparam, func, insert, select, update

from openacq.ledger.model import Rate, RateWay
from openacq.ledger.tables import exchange_rates
from openacq.store import Tx

Place: TypeAlias = tuple[str, str, date]
"""Source, target, first day."""
_HERE = bindparam("of", type_=BigInteger)
_R = exchange_rates.c
_LAST = (
    select(_R.source, _R.target, func.max(_R.valid_from).label("valid_from"))
    .where(
        _R.institution == _HERE,
        _R.valid_from <= bindparam("day"),
        _R.source.in_(bindparam("currencies", expanding=True)),
        _R.target.in_(bindparam("currencies", expanding=True)),
    )
    .group_by(_R.source, _R.target)
    .subquery()
)
_RATES = (
    select(_R.source, _R.target, _R.valid_from, _R.rate)
    .join(
        _LAST,
        and_(
            _R.source == _LAST.c.source,
            _R.target == _LAST.c.target,
            _R.valid_from == _LAST.c.valid_from,
        ),
    )
    .where(_R.institution == _HERE)
)
_RATES_OF = select(_R.source, _R.target, _R.valid_from, _R.rate).where(
    _R.institution == _HERE, _R.source.in_(bindparam("currencies", expanding=True))
)
_NEW_RATE = insert(exchange_rates)
_CHANGE_RATE = (
    update(exchange_rates)
    .where(
        _R.institution == _HERE,
        _R.source == bindparam("of_source"),
        _R.target == bindparam("of_target"),
        _R.valid_from == bindparam("of_day"),
    )
    .values(rate=bindparam("value"))
)


def latest_rates(tx: Tx, currencies: Iterable[str], day: date) -> list[Rate]:
    """The latest rate on or before `day` of every pair among `currencies`."""
    rows = tx.execute(_RATES, {"of": tx.institution, "currencies": sorted(set(currencies)), "day": day})
    return [Rate(row.source, row.target, row.rate, RateWay.DIRECT, row.valid_from) for row in rows]


def rates_of(tx: Tx, currencies: Iterable[str]) -> dict[Place, int]:
    """All rates from these currencies."""
    rows = tx.execute(_RATES_OF, {"of": tx.institution, "currencies": sorted(set(currencies))})
    return {(row.source, row.target, row.valid_from): row.rate for row in rows}


def write_rates(
    tx: Tx,
    new: Mapping[Place, int],
    changed: Mapping[Place, int],
) -> None:
    if new:
        tx.execute(
            _NEW_RATE,
            [
                {
                    "institution": tx.institution,
                    "source": source,
                    "target": target,
                    "valid_from": day,
                    "rate": rate,
                }
                for (source, target, day), rate in new.items()
            ],
        )
    if changed:
        tx.execute(
            _CHANGE_RATE,
            [
                {"of": tx.institution, "of_source": source, "of_target": target, "of_day": day, "value": rate}
                for (source, target, day), rate in changed.items()
            ],
        )
