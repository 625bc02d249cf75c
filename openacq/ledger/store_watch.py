"""SQL of looking at the books as a whole: a period's balances, what moved hour by hour, kept proofs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, and_, bindparam, case, cast, delete, func, insert, select, type_coerce

from openacq.ledger.model import Difference, Posting, PostingKind, Proof, ProofPart
from openacq.ledger.store import ALLOCATING, ENCUMBERING, posting_of
from openacq.ledger.tables import fund_balances, fund_movements, fund_postings, funds, proofs
from openacq.store import Tx
from openacq.store.schema import Instant

_B, _F, _P = fund_balances.c, funds.c, fund_postings.c
_HERE: Any = bindparam("of", type_=BigInteger)
_FUNDS: Any = bindparam("fund_ids", expanding=True)
_KINDS: Any = bindparam("kinds", expanding=True)
HOUR = 3_600_000_000
"""Microseconds, in which instants are kept."""
_hour: Any = type_coerce(_P.at, BigInteger) // HOUR


def _sum_of(kinds: Sequence[str]) -> Any:
    return cast(func.coalesce(func.sum(case((_P.kind.in_(kinds), _P.amount), else_=0)), 0), BigInteger)


_OF_PERIOD = (
    select(_B.fund, _B.allocated, _B.encumbered, _B.expended)
    .join(funds, and_(_F.institution == _B.institution, _F.id == _B.fund))
    .where(_B.institution == _HERE, _F.period == bindparam("period"))
)
_BY_HOUR = (
    select(
        _hour.label("hour"),
        _sum_of(ALLOCATING).label("allocated"),
        _sum_of(ENCUMBERING).label("encumbered"),
        _sum_of((PostingKind.EXPENDITURE.value,)).label("expended"),
    )
    .where(_P.institution == _HERE, _P.fund.in_(_FUNDS))
    .group_by(_hour)
    .order_by(_hour)
)
_MEANT = and_(_P.institution == _HERE, _P.fund.in_(_FUNDS), _P.kind.in_(_KINDS))
_HOW_MANY = select(func.count()).select_from(fund_postings).where(_MEANT)
_PAGE = (
    select(fund_postings, _F.currency)
    .join(funds, and_(_F.institution == _P.institution, _F.id == _P.fund))
    .where(_MEANT)
    .order_by(_P.at.desc(), _P.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_MOVEMENTS = select(fund_movements.c.id, fund_movements.c.actor).where(
    fund_movements.c.institution == _HERE, fund_movements.c.id.in_(bindparam("ids", expanding=True))
)
_KEEP = insert(proofs)
_LAST = (
    select(proofs.c.at, proofs.c.parts)
    .where(proofs.c.institution == _HERE)
    .order_by(proofs.c.at.desc(), proofs.c.id.desc())
    .limit(1)
)
_FORGET = delete(proofs).where(
    proofs.c.institution == _HERE, proofs.c.at < bindparam("before", type_=Instant)
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What an hour's postings did to the three sums; `hour` counts from 1970 (UTC)."""

    hour: int
    allocated: int
    encumbered: int
    expended: int


def sums_of_period(tx: Tx, period_id: int) -> dict[int, Row[Any]]:
    """The three sums of every fund of a period that holds money, by fund id."""
    return {row.fund: row for row in tx.execute(_OF_PERIOD, {"of": tx.institution, "period": period_id})}


def by_hour(tx: Tx, fund_ids: Sequence[int]) -> list[Moved]:
    """What moved in these funds together, hour by hour, the earliest first; only hours with postings."""
    rows = tx.execute(_BY_HOUR, {"of": tx.institution, "fund_ids": list(fund_ids)})
    return [Moved(int(row.hour), row.allocated, row.encumbered, row.expended) for row in rows]


def postings_of(
    tx: Tx, fund_ids: Sequence[int], kinds: Iterable[PostingKind], limit: int, offset: int
) -> tuple[list[Posting], int]:
    """A page of the postings of some funds, newest first, and how many there are."""
    asked = {"of": tx.institution, "fund_ids": list(fund_ids), "kinds": [kind.value for kind in kinds]}
    total = int(tx.execute(_HOW_MANY, asked).scalar_one())
    if limit == 0 or offset >= total:
        return [], total
    page = tx.execute(_PAGE, {**asked, "most": limit, "skipped": offset})
    return [posting_of(row) for row in page], total


def actors_of(tx: Tx, movement_ids: Sequence[int]) -> dict[int, str]:
    """Who made allocations and transfers, by their ids."""
    if not movement_ids:
        return {}
    rows = tx.execute(_MOVEMENTS, {"of": tx.institution, "ids": list(movement_ids)})
    return {row.id: row.actor for row in rows}


def keep_proof(tx: Tx, parts: Sequence[ProofPart], forget_before: datetime) -> None:
    told: list[Mapping[str, object]] = [
        {
            "name": part.name,
            "differences": part.differences,
            "told": [[one.subject, one.what, one.stored, one.expected] for one in part.told],
        }
        for part in parts
    ]
    tx.execute(_FORGET, {"of": tx.institution, "before": forget_before})
    tx.execute(_KEEP, {"institution": tx.institution, "id": tx.new_id(), "at": tx.now, "parts": told})


def last_proof(tx: Tx) -> Proof | None:
    row = tx.execute(_LAST, {"of": tx.institution}).one_or_none()
    if row is None:
        return None
    return Proof(
        row.at,
        tuple(
            ProofPart(part["name"], part["differences"], tuple(Difference(*one) for one in part["told"]))
            for part in row.parts
        ),
    )
