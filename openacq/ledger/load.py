"""Filling the money desk from files: fiscal periods, exchange rates, allocations. (Funds: load_funds.)

What a row leaves out stays as it is, or gets its default in a new record. Loading the same file
again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from types import MappingProxyType

from openacq.kernel.filling import fill
from openacq.kernel.money import RATE_ONE, Money, minor_digits
from openacq.kernel.refusal import Problem
from openacq.kernel.rows import Row
from openacq.kernel.verdict import Verdict
from openacq.ledger import store, store_funds, store_rates
from openacq.ledger.allocate import ALLOCATION, change_allocation, movement_row
from openacq.ledger.load_funds import FUND_COLUMNS, LEDGER_COLUMNS, load_funds, load_ledgers
from openacq.ledger.look import current_period
from openacq.ledger.model import EntityType, FiscalPeriod, Fund, FundStatus, PeriodStatus, PostingKind, Source
from openacq.ledger.postings import Origin
from openacq.store import Tx

Rows = Sequence[Mapping[str, object]]


def load(tx: Tx, kind: str, rows: Rows) -> list[Verdict]:
    """Load rows of one kind of `COLUMNS`; a verdict per row, in order. Refused rows stop no others."""
    return _LOADERS[kind](tx, rows)


# -- fiscal periods ----------------------------------------------------------------------------

PERIOD_COLUMNS = ("name", "start", "end", "status")


def _load_periods(tx: Tx, rows: Rows) -> list[Verdict]:
    held = {period.name: period for period in store_funds.periods(tx)}
    known = dict(held)

    def read(row: Row) -> tuple[str, FiscalPeriod]:
        name = row.text("name", needed=True)
        old = known.get(name)
        start, end = row.day("start", needed=old is None), row.day("end", needed=old is None)
        period = FiscalPeriod(
            id=old.id if old else 0,
            name=name,
            start=start or (old.start if old else date.min),
            end=end or (old.end if old else date.max),
            status=row.choice("status", old.status if old else PeriodStatus.ACTIVE),
            number=old.number if old else "",
        )
        if not row.problems:
            row.problems += _period_faults(period, known.values())
        if not row.problems:
            known[name] = period
        return name, period

    filled = fill("fiscal_period", PERIOD_COLUMNS, rows, held, read)
    if filled.anything:
        tx.registers_changed()
        added = _numbered(tx, filled.added, held.values())
        store_funds.write_periods(tx, added, filled.changed)
    return filled.verdicts


def _numbered(tx: Tx, added: Iterable[FiscalPeriod], held: Iterable[FiscalPeriod]) -> list[FiscalPeriod]:
    """New periods with their ids and numbers: BP-YEAR-n, n counted within the year they begin in."""
    taken = {period.number for period in held}
    numbered = []
    for period in added:
        numbers = (f"BP-{period.start.year}-{n}" for n in count(1))
        number = next(number for number in numbers if number not in taken)
        taken.add(number)
        numbered.append(replace(period, id=tx.new_id(), number=number))
    return numbered


def _period_faults(period: FiscalPeriod, known: Iterable[FiscalPeriod]) -> list[Problem]:
    if period.start > period.end:
        return [Problem("period_illegal", "end", period.name, reason="it ends before it starts")]
    if period.status is not PeriodStatus.ACTIVE:
        return []
    return [
        Problem("period_illegal", "start", period.name, reason=f"it overlaps the active {other.name}")
        for other in known
        if other.name != period.name
        and other.status is PeriodStatus.ACTIVE
        and other.start <= period.end
        and period.start <= other.end
    ]


# -- exchange rates ----------------------------------------------------------------------------

RATE_COLUMNS = ("source", "target", "rate", "valid_from")


def _load_rates(tx: Tx, rows: Rows) -> list[Verdict]:
    held = store_rates.rates_of(tx, {Row(fields).currency("source") for fields in rows})

    def read(row: Row) -> tuple[store_rates.Place, int]:
        source, target = row.currency("source", needed=True), row.currency("target", needed=True)
        if source and source == target:
            row.problems.append(Problem("value_wrong_type", "target", target, expected="another currency"))
        return (source, target, row.day("valid_from", needed=True) or date.min), row.rate("rate")

    filled = fill("exchange_rate", RATE_COLUMNS, rows, held, read, name=_rate_name)
    new = {place: rate for place, rate in filled.wanted.items() if place not in held}
    changed = {place: rate for place, rate in filled.wanted.items() if held.get(place, rate) != rate}
    if new or changed:
        tx.registers_changed()
        store_rates.write_rates(tx, new, changed)
    return filled.verdicts


def _rate_name(place: store_rates.Place) -> str:
    return f"{place[0]}/{place[1]} {place[2]}"


# -- allocations -------------------------------------------------------------------------------

ALLOCATION_COLUMNS = ("fund", "fiscal_period", "amount", "currency", "reference", "note")


def _load_allocations(tx: Tx, rows: Rows) -> list[Verdict]:
    by_id = {fund.id: fund for fund in store_funds.all_funds(tx)}
    funds = {(str(fund.period.id), fund.code): fund for fund in by_id.values()}
    funds |= {(fund.period.name, fund.code): fund for fund in by_id.values()}
    current = current_period(tx)
    left = _left(tx, by_id, rows)
    references = [str(fields.get("reference") or "").strip() for fields in rows]
    booked = store.movements_by_reference(tx, [known for known in references if known], ALLOCATION)
    here: dict[str, tuple[int, int]] = {}
    movements: list[dict[str, object]] = []
    postings: list[dict[str, object]] = []
    added: dict[int, int] = {}
    verdicts: list[Verdict] = []
    for number, fields in enumerate(rows, 1):
        row = Row(fields)
        row.check_names(ALLOCATION_COLUMNS)
        code, reference = row.text("fund", needed=True), row.text("reference", needed=True)
        units, note = row.units("amount", needed=True), row.text("note")
        fund = funds.get((row.text("fiscal_period", current.name if current else ""), code))
        row.problems += _fund_faults(code, fund, row.currency("currency"))
        if row.problems or fund is None:
            verdicts.append(Verdict(number, "allocation", reference, "refused", tuple(row.problems)))
            continue
        before = here.get(reference)
        if reference in booked:
            held = booked[reference]
            before = (held.fund, held.amount if held.kind == ALLOCATION else 0)
        if before is not None:
            verdicts.append(_booked_before(number, reference, (fund.id, units), before, by_id))
            continue
        if units < 0 and left[fund.id] + units < 0:
            problem = Problem("fund_short", "amount", fund.code, **_missing(fund, left[fund.id], -units))
            verdicts.append(Verdict(number, "allocation", reference, "refused", (problem,)))
            continue
        here[reference] = (fund.id, units)
        left[fund.id] = left.get(fund.id, 0) + units
        added[fund.id] = added.get(fund.id, 0) + units
        movement = tx.new_id()
        movements.append(movement_row(tx, movement, ALLOCATION, reference, note, ""))
        postings.append(_allocation(tx, movement, fund, units, note))
        verdicts.append(Verdict(number, "allocation", reference, "created"))
    if postings:
        store.record_movements(tx, movements)
        store.post(tx, postings)
        for fund_id in sorted(added):
            change_allocation(tx, by_id[fund_id], added[fund_id])
    return verdicts


def _left(tx: Tx, funds: Mapping[int, Fund], rows: Rows) -> dict[int, int]:
    """What is available in every fund, read only when some row takes money away."""
    if not any(str(fields.get("amount") or "").strip().startswith("-") for fields in rows):
        return {}
    holding = [fund.id for fund in funds.values() if fund.entity_type is EntityType.ALLOCATED]
    return {fund_id: held.available.units for fund_id, held in store.balances(tx, holding).items()}


def _missing(fund: Fund, left: int, wanted: int) -> dict[str, object]:
    free = Money(max(left, 0), fund.currency, minor_digits(fund.currency))
    return {
        "free": free.text(),
        "short": free.with_units(wanted - free.units).text(),
        "currency": fund.currency,
    }


def _fund_faults(code: str, fund: Fund | None, currency: str) -> list[Problem]:
    if not code:
        return []
    if fund is None:
        return [Problem("fund_not_found", "fund", code)]
    if fund.entity_type is not EntityType.ALLOCATED:
        return [Problem("fund_holds_no_money", "fund", code)]
    if fund.status is FundStatus.INACTIVE:
        return [Problem("fund_inactive", "fund", code)]
    if currency and currency != fund.currency:
        other = f"fund {code}"
        return [Problem("fund_currency_differs", "currency", currency, currency=fund.currency, other=other)]
    return []


def _booked_before(
    number: int, reference: str, now: tuple[int, int], before: tuple[int, int], funds: Mapping[int, Fund]
) -> Verdict:
    if now == before:
        return Verdict(number, "allocation", reference, "unchanged")
    fund = funds[before[0]]
    booked = (
        f"{fund.code} {Money(before[1], fund.currency, minor_digits(fund.currency)).text()} {fund.currency}"
    )
    problem = Problem("allocation_differs", "reference", reference, booked=booked)
    return Verdict(number, "allocation", reference, "refused", (problem,))


def _allocation(tx: Tx, movement: int, fund: Fund, units: int, note: str) -> dict[str, object]:
    return Origin(tx.institution, Source(ALLOCATION, movement), tx.now).row(
        row_id=tx.new_id(),
        fund_id=fund.id,
        kind=PostingKind.ALLOCATION,
        amount=units,
        original=Money(units, fund.currency, minor_digits(fund.currency)),
        rate=RATE_ONE,
        share=1,
        step=1,
        note=note,
    )


_LOADERS: Mapping[str, Callable[[Tx, Rows], list[Verdict]]] = {
    "fiscal_period": _load_periods,
    "ledger": load_ledgers,
    "fund": load_funds,
    "allocation": _load_allocations,
    "exchange_rate": _load_rates,
}
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fiscal_period": PERIOD_COLUMNS,
        "ledger": LEDGER_COLUMNS,
        "fund": FUND_COLUMNS,
        "allocation": ALLOCATION_COLUMNS,
        "exchange_rate": RATE_COLUMNS,
    }
)
"""What can be loaded, in the order in which files of several kinds have to be, and the columns of each."""
