"""SQL of balances, postings and movements. (Definitions: store_funds; exchange rates: store_rates.)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from openacq.kernel.money import Money, minor_digits
from openacq.ledger.model import Balance, Posting, PostingFilter, PostingKind, Source
from openacq.ledger.tables import fund_balances, fund_movements, fund_postings, funds
from openacq.store import Tx

_B = fund_balances.c
_P = fund_postings.c
_HERE = bindparam("of", type_=BigInteger)
_THIS_FUND = and_(_B.institution == _HERE, _B.fund == bindparam("of_fund", type_=BigInteger))
_GROWTH = bindparam("growth", type_=BigInteger)

ALLOCATING = (PostingKind.ALLOCATION.value, PostingKind.TRANSFER.value)
ENCUMBERING = (PostingKind.ENCUMBRANCE.value, PostingKind.DISENCUMBRANCE.value)

# -- the hot path: post, then move the balance if the fund may carry it ------------------------

_POST = insert(fund_postings)
_UNPOST = delete(fund_postings).where(
    _P.institution == _HERE,
    _P.fund == bindparam("of_fund"),
    _P.id.in_(bindparam("ids", expanding=True)),
)
_GROW = (
    update(fund_balances)
    .where(
        _THIS_FUND,
        or_(_GROWTH <= 0, _B.ceiling.is_(None), _B.encumbered + _B.expended + _GROWTH <= _B.ceiling),
    )
    .values(encumbered=_B.encumbered + _GROWTH)
)
_BALANCE = select(_B.allocated, _B.encumbered, _B.expended, _B.ceiling).where(_THIS_FUND)


def post(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    tx.later(_POST, rows)


def take_back(tx: Tx, fund_id: int, ids: Iterable[int]) -> None:
    """Remove postings of this very transaction that the fund could not carry; nobody has seen them."""
    tx.execute(_UNPOST, {"of": tx.institution, "of_fund": fund_id, "ids": list(ids)})


def grow_encumbered(tx: Tx, fund_id: int, growth: int) -> bool:
    """Add to what a fund has encumbered; False when that would break its ceiling or there is no fund."""
    change = {"of": tx.institution, "of_fund": fund_id, "growth": growth}
    return tx.execute(_GROW, change).rowcount == 1


def sums_and_ceiling(tx: Tx, fund_id: int) -> Row[Any] | None:
    return tx.execute(_BALANCE, {"of": tx.institution, "of_fund": fund_id}).one_or_none()


# -- allocating --------------------------------------------------------------------------------

_ALLOCATE = (
    update(fund_balances)
    .where(_THIS_FUND, or_(_GROWTH >= 0, _B.allocated + _GROWTH - _B.encumbered - _B.expended >= 0))
    .values(allocated=_B.allocated + _GROWTH)
    .returning(_B.allocated)
)
_SET_CEILING = update(fund_balances).where(_THIS_FUND).values(ceiling=bindparam("highest", type_=BigInteger))
_OPEN_BALANCE = insert(fund_balances)
_MOVE = insert(fund_movements)
_REFERENCE_USED = select(fund_movements.c.id).where(
    fund_movements.c.institution == _HERE, fund_movements.c.reference == bindparam("reference")
)
_MOVED = (
    select(
        fund_movements.c.reference,
        fund_movements.c.kind,
        fund_postings.c.fund,
        fund_postings.c.amount,
        funds.c.currency,
        funds.c.code,
    )
    .join(
        fund_postings,
        and_(
            fund_postings.c.institution == fund_movements.c.institution,
            fund_postings.c.source_kind == bindparam("source_kind"),
            fund_postings.c.source_id == fund_movements.c.id,
            fund_postings.c.share == 1,
        ),
    )
    .join(
        funds,
        and_(funds.c.institution == fund_postings.c.institution, funds.c.id == fund_postings.c.fund),
    )
    .where(
        fund_movements.c.institution == _HERE,
        fund_movements.c.reference.in_(bindparam("references", expanding=True)),
    )
)


def add_allocated(tx: Tx, fund_id: int, units: int) -> int | None:
    """Change a fund's allocation; the new one, or None when less than what is in use would be left."""
    row = tx.execute(_ALLOCATE, {"of": tx.institution, "of_fund": fund_id, "growth": units}).one_or_none()
    return None if row is None else int(row.allocated)


def set_ceilings(tx: Tx, ceilings: Mapping[int, int | None]) -> None:
    """Write the ceilings of funds, in ascending id."""
    rows = [
        {"of": tx.institution, "of_fund": fund_id, "highest": ceilings[fund_id]}
        for fund_id in sorted(ceilings)
    ]
    if rows:
        tx.execute(_SET_CEILING, rows)


def open_balances(tx: Tx, fund_ids: Iterable[int]) -> None:
    rows = [{"institution": tx.institution, "fund": fund_id, "ceiling": 0} for fund_id in fund_ids]
    if rows:
        tx.execute(_OPEN_BALANCE, rows)


def record_movements(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        tx.execute(_MOVE, rows)


def movement_known(tx: Tx, reference: str) -> bool:
    binds = {"of": tx.institution, "reference": reference}
    return tx.execute(_REFERENCE_USED, binds).one_or_none() is not None


def movements_by_reference(tx: Tx, references: Sequence[str], source_kind: str) -> dict[str, Row[Any]]:
    """First posting of each movement known under one of the references."""
    if not references:
        return {}
    found = tx.execute(
        _MOVED, {"of": tx.institution, "references": list(references), "source_kind": source_kind}
    )
    return {row.reference: row for row in found}


# -- reading balances --------------------------------------------------------------------------

_ROOTS = (
    select(funds.c.institution, funds.c.id.label("root"), funds.c.currency, funds.c.id)
    .where(funds.c.institution == _HERE, funds.c.id.in_(bindparam("ids", expanding=True)))
    .cte("below", recursive=True)
)
_BELOW = _ROOTS.union_all(
    select(_ROOTS.c.institution, _ROOTS.c.root, _ROOTS.c.currency, funds.c.id).join_from(
        _ROOTS, funds, and_(funds.c.institution == _ROOTS.c.institution, funds.c.parent == _ROOTS.c.id)
    )
)


def _total(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


_BALANCES = (
    select(
        _BELOW.c.root,
        _BELOW.c.currency,
        _total(_B.allocated).label("allocated"),
        _total(_B.encumbered).label("encumbered"),
        _total(_B.expended).label("expended"),
    )
    .outerjoin(fund_balances, and_(_B.institution == _BELOW.c.institution, _B.fund == _BELOW.c.id))
    .group_by(_BELOW.c.root, _BELOW.c.currency)
)


def balances(tx: Tx, fund_ids: Sequence[int]) -> dict[int, Balance]:
    """Sums of funds by id; of a summary fund or ledger, over everything below it. One statement."""
    if not fund_ids:
        return {}
    return {
        row.root: Balance(row.root, row.currency, row.allocated, row.encumbered, row.expended)
        for row in tx.execute(_BALANCES, {"of": tx.institution, "ids": list(fund_ids)})
    }


# -- reading postings --------------------------------------------------------------------------

_OF_SOURCE = (
    select(fund_postings, funds.c.currency)
    .join(funds, and_(funds.c.institution == _P.institution, funds.c.id == _P.fund))
    .where(
        _P.institution == _HERE,
        _P.source_kind == bindparam("source_kind"),
        _P.source_id == bindparam("source_id"),
    )
    .order_by(_P.share, _P.step)
)
_FUND_POSTINGS = select(fund_postings, funds.c.currency).join(
    funds, and_(funds.c.institution == _P.institution, funds.c.id == _P.fund)
)


def postings_of_source(tx: Tx, source: Source) -> list[Row[Any]]:
    """Everything ever posted for a source, by share and step."""
    binds = {"of": tx.institution, "source_kind": source.kind, "source_id": source.id}
    return list(tx.execute(_OF_SOURCE, binds))


def postings_of_fund(
    tx: Tx, fund_id: int, wanted: PostingFilter, limit: int, offset: int
) -> tuple[list[Posting], int]:
    """A page of a fund's postings, newest first, and how many there are."""
    conditions = [_P.institution == tx.institution, _P.fund == fund_id]
    if wanted.kinds:
        conditions.append(_P.kind.in_([kind.value for kind in wanted.kinds]))
    if wanted.units is not None:
        conditions.append(_P.amount.in_([wanted.units, -wanted.units]))
    if wanted.source is not None:
        conditions += [_P.source_kind == wanted.source.kind, _P.source_id == wanted.source.id]
    total = int(tx.execute(select(func.count()).select_from(fund_postings).where(*conditions)).scalar_one())
    if limit == 0 or offset >= total:
        return [], total
    page = _FUND_POSTINGS.where(*conditions).order_by(_P.id.desc()).limit(limit).offset(offset)
    return [posting_of(row) for row in tx.execute(page)], total


def posting_of(row: Row[Any]) -> Posting:
    """From a row of postings with the currency of its fund."""
    return Posting(
        id=row.id,
        fund_id=row.fund,
        kind=PostingKind(row.kind),
        amount=Money(row.amount, row.currency, minor_digits(row.currency)),
        original=Money(row.original, row.original_currency, row.original_scale),
        rate=row.rate,
        source=Source(row.source_kind, row.source_id),
        share=row.share,
        at=row.at,
        note=row.note,
    )


# -- checking ----------------------------------------------------------------------------------


def _summed(*kinds: str) -> Any:
    return _total(case((_P.kind.in_(kinds), _P.amount), else_=0))


_TRUE_SUMS = (
    select(
        _P.fund,
        _summed(*ALLOCATING).label("allocated"),
        _summed(*ENCUMBERING).label("encumbered"),
        _summed(PostingKind.EXPENDITURE.value).label("expended"),
    )
    .where(_P.institution == _HERE)
    .group_by(_P.fund)
)
_KEPT_SUMS = select(_B.fund, _B.allocated, _B.encumbered, _B.expended, _B.ceiling).where(
    _B.institution == _HERE
)
_NEGATIVE_SHARES = (
    select(_P.source_kind, _P.source_id, _P.share, _P.fund, _total(_P.amount).label("left"))
    .where(_P.institution == _HERE, _P.kind.in_(ENCUMBERING))
    .group_by(_P.source_kind, _P.source_id, _P.share, _P.fund)
    .having(func.sum(_P.amount) < 0)
)
_CONVERTED = (
    select(_P.id, _P.amount, _P.original, _P.original_currency, _P.rate, funds.c.currency)
    .join(funds, and_(funds.c.institution == _P.institution, funds.c.id == _P.fund))
    .where(
        _P.institution == _HERE,
        _P.kind != PostingKind.DISENCUMBRANCE.value,
        or_(_P.original_currency != funds.c.currency, _P.amount != _P.original),
    )
)
_LOPSIDED = (
    select(_P.source_id, _total(_P.amount).label("left"))
    .where(_P.institution == _HERE, _P.kind == PostingKind.TRANSFER.value)
    .group_by(_P.source_id)
    .having(
        and_(
            func.sum(_P.amount) != 0,
            func.count(func.distinct(_P.original_currency)) == 1,
            func.sum(case((_P.amount != _P.original, 1), else_=0)) == 0,
        )
    )
)


def true_sums(tx: Tx) -> dict[int, Row[Any]]:
    return {row.fund: row for row in tx.execute(_TRUE_SUMS, {"of": tx.institution})}


def kept_sums(tx: Tx) -> dict[int, Row[Any]]:
    return {row.fund: row for row in tx.execute(_KEPT_SUMS, {"of": tx.institution})}


def negative_shares(tx: Tx) -> list[Row[Any]]:
    return list(tx.execute(_NEGATIVE_SHARES, {"of": tx.institution}))


def converted_postings(tx: Tx) -> Iterable[Row[Any]]:
    """Postings that were converted, or claim not to be and yet differ from their original."""
    return tx.execute(_CONVERTED, {"of": tx.institution})


def lopsided_transfers(tx: Tx) -> list[Row[Any]]:
    """Transfers inside one currency whose two sides do not cancel out."""
    return list(tx.execute(_LOPSIDED, {"of": tx.institution}))
