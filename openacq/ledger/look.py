"""Looking things up: definitions through the register cache, balances always from the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from openacq.directory import service as directory
from openacq.kernel.text import nearest
from openacq.ledger import store, store_funds, store_rates
from openacq.ledger.model import (
    Balance,
    EntityType,
    FiscalPeriod,
    Fund,
    FundFilter,
    FundPage,
    FundStatus,
    Hanging,
    Posting,
    PostingFilter,
    Rate,
    Source,
)
from openacq.ledger.postings import what_hangs
from openacq.ledger.rates import find_rate
from openacq.store import Tx

EVERY_POSTING = PostingFilter()


def periods(tx: Tx) -> tuple[FiscalPeriod, ...]:
    """All fiscal periods of the institution, the earliest first."""
    return tx.cached("fiscal periods", (), lambda: store_funds.periods(tx))


def period(tx: Tx, period_id: int) -> FiscalPeriod | None:
    return next((period for period in periods(tx) if period.id == period_id), None)


def current_period(tx: Tx) -> FiscalPeriod | None:
    """The active fiscal period that holds the institution's today; the later one if two do."""
    today = tx.today
    return next((period for period in reversed(periods(tx)) if period.holds(today)), None)


def fund(tx: Tx, code: str) -> Fund | None:
    """The ledger or fund of that code (case-sensitive) in the current fiscal period.

    It may be inactive, or a ledger or summary fund: `Fund.takes_orders` tells.
    """
    current = current_period(tx)
    if current is None:
        return None
    return fund_of(tx, current.id, code)


def fund_by_id(tx: Tx, fund_id: int) -> Fund | None:
    """A ledger or fund of any fiscal period by its id."""
    return tx.cached("fund by id", fund_id, lambda: store_funds.fund_by_id(tx, fund_id))


def fund_by_uuid(tx: Tx, uuid: str) -> Fund | None:
    """A ledger or fund of any fiscal period by its UUID."""
    return tx.cached("fund by uuid", uuid, lambda: store_funds.fund_by_uuid(tx, uuid))


def fund_of(tx: Tx, period_id: int, code: str) -> Fund | None:
    """The ledger or fund of that code (case-sensitive) in a fiscal period."""
    return tx.cached("fund", (period_id, code), lambda: store_funds.fund_by_code(tx, period_id, code))


def periods_of_funds(tx: Tx, wanted: FundFilter) -> frozenset[int]:
    """Ids of the fiscal periods that hold a fund of the filter."""
    return store_funds.periods_of_funds(tx, wanted)


def above(tx: Tx, wanted: Iterable[Fund]) -> dict[int, Fund]:
    """Everything that hangs above these funds, by id; a statement for each level, however many they are."""
    found: dict[int, Fund] = {}
    missing = {fund.parent_id for fund in wanted if fund.parent_id is not None}
    while missing:
        parents = store_funds.funds_by_ids(tx, missing)
        found |= parents
        missing = {fund.parent_id for fund in parents.values() if fund.parent_id is not None} - found.keys()
    return found


def similar_codes(tx: Tx, code: str, granted: Collection[str] | None = None) -> tuple[str, ...]:
    """Codes of usable funds that `code` probably meant: equal but for case, else one letter apart.

    `granted` keeps the answer to funds a key may see.
    """
    current = current_period(tx)
    if current is None:
        return ()
    usable = tx.cached("fund codes", current.id, lambda: store_funds.usable_codes(tx, current.id))
    return nearest(code, usable if granted is None else tuple(known for known in usable if known in granted))


def usable_now(tx: Tx) -> FundFilter | None:
    """The filter of funds an order can name today: allocated, active, of the current period.

    None when today lies in no fiscal period.
    """
    current = current_period(tx)
    if current is None:
        return None
    return FundFilter(period_id=current.id, entity_type=EntityType.ALLOCATED, status=FundStatus.ACTIVE)


def funds(tx: Tx, wanted: FundFilter, limit: int, offset: int = 0) -> FundPage:
    """A page of ledgers and funds by code. Their balances are asked for with `balances`, all at once."""
    found, total = store_funds.list_funds(tx, wanted, limit, offset)
    return FundPage(tuple(found), total)


def balances(tx: Tx, fund_ids: Sequence[int]) -> dict[int, Balance]:
    """Balances by fund id, in one statement; summary funds and ledgers are summed over all below them."""
    return store.balances(tx, fund_ids)


def postings(
    tx: Tx, fund_id: int, wanted: PostingFilter = EVERY_POSTING, *, limit: int = 10, offset: int = 0
) -> tuple[list[Posting], int]:
    """A page of a fund's postings, newest first, and how many there are."""
    return store.postings_of_fund(tx, fund_id, wanted, limit, offset)


def hanging(tx: Tx, source: Source) -> tuple[Hanging, ...]:
    """What is encumbered for a source at this moment, by share."""
    return what_hangs(store.postings_of_source(tx, source))


def rate(tx: Tx, source: str, target: str, day: date | None = None) -> Rate | None:
    """The exchange rate from one currency to another on a day (today where the institution is, if not
    given); None when none is known."""
    on = day or tx.today
    if source == target:
        return find_rate((), source, target, on, "")

    def load() -> Rate | None:
        found = find_rate(store_rates.latest_rates(tx, (source, target), on), source, target, on, "")
        if found is not None:
            return found
        base = directory.institution(tx).currency
        return find_rate(store_rates.latest_rates(tx, (source, target, base), on), source, target, on, base)

    return tx.cached("exchange rate", (source, target, on), load)
