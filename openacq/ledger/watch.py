"""Looking at the books as a whole: the tree of a period with its sums, how a fund's money went, the postings
behind a number, and when everything was last recomputed. Each in a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from openacq.kernel.clock import calendar_day
from openacq.kernel.money import round_minor
from openacq.ledger import store_funds, store_watch
from openacq.ledger.model import (
    Balance,
    Branch,
    BurnDown,
    Difference,
    FiscalPeriod,
    Fund,
    Point,
    Posting,
    PostingKind,
    Proof,
    ProofPart,
)
from openacq.store import Tx

MOST_TOLD = 50
"""Differences of one check that are kept with a proof."""
PROOFS_KEPT = timedelta(days=400)
ALL_KINDS = tuple(PostingKind)


def tree(tx: Tx, period_id: int) -> tuple[Branch, ...]:
    """Every ledger and fund of a period as a tree, each before what hangs below it, equals by code; two
    statements. Whose parent is in another period stands at the top."""
    funds = tx.cached("funds of period", period_id, lambda: tuple(store_funds.funds_of_period(tx, period_id)))
    sums = store_watch.sums_of_period(tx, period_id)
    known = {fund.id for fund in funds}
    children: dict[int | None, list[Fund]] = {}
    for fund in funds:
        children.setdefault(fund.parent_id if fund.parent_id in known else None, []).append(fund)
    found: list[Branch] = []

    def walk(fund: Fund, depth: int) -> Branch:
        place = len(found)
        found.append(Branch(fund, Balance(fund.id, fund.currency), depth, ()))
        below = [walk(child, depth + 1) for child in children.get(fund.id, ())]
        own = sums.get(fund.id)
        parts = [branch.balance for branch in below]
        balance = Balance(
            fund.id,
            fund.currency,
            (own.allocated if own else 0) + sum(part.allocated_units for part in parts),
            (own.encumbered if own else 0) + sum(part.encumbered_units for part in parts),
            (own.expended if own else 0) + sum(part.expended_units for part in parts),
        )
        ids = ((fund.id,) if own else ()) + tuple(each for branch in below for each in branch.below)
        found[place] = Branch(fund, balance, depth, ids)
        return found[place]

    for fund in children.get(None, ()):
        walk(fund, 0)
    return tuple(found)


def burn_down(tx: Tx, branch: Branch) -> BurnDown:
    """How the money of a fund, or of everything below it, went over its period; one statement."""
    moved = store_watch.by_hour(tx, branch.below) if branch.below else []
    period = branch.fund.period
    left: dict[date, int] = {}
    allocated = available = 0
    for hour in moved:
        at = datetime.fromtimestamp(hour.hour * 3600, UTC)
        day = min(max(calendar_day(at, tx.zone), period.start), period.end)
        allocated += hour.allocated
        available += hour.allocated - hour.encumbered - hour.expended
        left[day] = available
    return _burn_down(branch.fund.currency, period, tx.today, allocated, left)


def _burn_down(
    currency: str, period: FiscalPeriod, today: date, allocated: int, left: Mapping[date, int]
) -> BurnDown:
    days = sorted(left) or [period.start]
    known = min(max(today, days[-1]), period.end)
    points = _points(days, left, known)
    gone, to_come = (today - days[0]).days, (period.end - today).days
    available = points[-1].units
    forecast = empty_on = None
    if gone > 0 and to_come >= 0:
        used = allocated - available
        forecast = available - round_minor(used * to_come, currency, gone)
        if forecast < 0 < used:
            empty_on = today + timedelta(days=max(available, 0) * gone // used)
    return BurnDown(currency, period.start, period.end, today, allocated, points, forecast, empty_on)


def _points(days: Sequence[date], left: Mapping[date, int], known: date) -> tuple[Point, ...]:
    points = [Point(day, left.get(day, 0)) for day in days]
    if known > days[-1]:
        points.append(Point(known, points[-1].units))
    return tuple(points)


def postings_behind(
    tx: Tx, fund_ids: Sequence[int], kinds: Iterable[PostingKind] = ALL_KINDS, *, limit: int, offset: int = 0
) -> tuple[list[Posting], int]:
    """A page of the postings of some funds that make a number, newest first, and how many there are."""
    if not fund_ids:
        return [], 0
    return store_watch.postings_of(tx, fund_ids, kinds, limit, offset)


def actors_of(tx: Tx, movement_ids: Sequence[int]) -> dict[int, str]:
    """Who made allocations and transfers, by their ids."""
    return store_watch.actors_of(tx, movement_ids)


# -- proofs -------------------------------------------------------------------------------------


def keep_proof(tx: Tx, found: Mapping[str, Sequence[Difference]]) -> Proof:
    """Keep that everything was recomputed now, and what each slice's check found."""
    parts = tuple(
        ProofPart(name, len(differences), tuple(differences[:MOST_TOLD]))
        for name, differences in found.items()
    )
    store_watch.keep_proof(tx, parts, tx.now - PROOFS_KEPT)
    return Proof(tx.now, parts)


def last_proof(tx: Tx) -> Proof | None:
    """When everything was last recomputed, None for never."""
    return store_watch.last_proof(tx)
