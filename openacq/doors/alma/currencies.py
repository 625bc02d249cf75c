"""`/acq/currencies` and `/acq/fiscal-periods`: what money there is, what it is worth, and when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.alma import listing
from openacq.doors.alma.funds_wire import (
    Currencies,
    Currency,
    FiscalPeriod,
    FiscalPeriods,
    Ratio,
)
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.money import RATE_ONE
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Rate, RateWay
from openacq.store import Tx
from openacq.wire.model import UNSET, Coded

ALL, SUBSET, RATIO, CURRENT = "ALL", "Subset", "Ratio", "Current"


def _mode(ask: Ask, *valid: str) -> str:
    given = ask.params.get("mode", "").strip()
    for word in valid:
        if word.casefold() == (given or ALL).casefold():
            return word
    raise Refusal(Problem("mode_invalid", "mode", given, valid=", ".join(valid)))


# -- fiscal periods ----------------------------------------------------------------------------


def list_periods(ask: Ask) -> Reply:
    """`GET /acq/fiscal-periods`: all of them, or (mode=Current) the one that holds today."""
    mode = _mode(ask, ALL, CURRENT)

    def work(tx: Tx) -> FiscalPeriods:
        shown = ledger.periods(tx)
        if mode == CURRENT:
            current = ledger.current_period(tx)
            if current is None:
                raise Refusal(Problem("period_none", "mode", mode))
            shown = (current,)
        periods = [
            FiscalPeriod(
                id=str(period.id),
                description=period.name,
                start_date=period.start,
                end_date=period.end,
                status=Coded(
                    value=period.status.value,
                    desc=codes.describe(tx, "HfundLedger.status", period.status.value),
                ),
            )
            for period in shown
        ]
        return FiscalPeriods(fiscal_period=periods or UNSET, total_record_count=len(periods))

    return Reply(ask.read(work))


# -- currencies --------------------------------------------------------------------------------


def list_currencies(ask: Ask) -> Reply:
    """`GET /acq/currencies`: all of them, those the institution buys in (mode=Subset), or the exchange
    rate of two of them (mode=Ratio; source_currency, target_currency, exchange_date=YYYYMMDD)."""
    mode = _mode(ask, ALL, SUBSET, RATIO)
    page = listing.page(ask.params)

    def work(tx: Tx) -> Currencies:
        if mode == RATIO:
            return Currencies(currency=[_ratio(tx, ask)], total_record_count=1)
        known = _subset(tx) if mode == SUBSET else _enabled(tx, "Currency_CT")
        shown = [Currency(code=_coded(tx, code)) for code in known[page.offset : page.offset + page.limit]]
        return Currencies(currency=shown or UNSET, total_record_count=len(known))

    return Reply(ask.read(work))


def _enabled(tx: Tx, table: str) -> list[str]:
    return [row.code for row in codes.rows(tx, table) if row.enabled]


def _subset(tx: Tx) -> list[str]:
    """What the institution buys in; its base currency always."""
    return sorted({*_enabled(tx, "CurrencySubset"), directory.institution(tx).currency})


def _ratio(tx: Tx, ask: Ask) -> Currency:
    base = directory.institution(tx).currency
    source, target = _currency(tx, ask, "source_currency", base), _currency(tx, ask, "target_currency", base)
    day = _day(ask)
    rate = ledger.rate(tx, source, target, day)
    if rate is None:
        raise Refusal(Problem("rate_missing", "target_currency", source, currency=target, day=day))
    return Currency(
        code=_coded(tx, source),
        target_currency=_coded(tx, target),
        exchange_date=day,
        exchange_ratio=Ratio(value=ratio_number(rate.value), desc=_way(rate)),
    )


def _currency(tx: Tx, ask: Ask, name: str, base: str) -> str:
    code = ask.params.get(name, "").strip().upper()
    if not code:
        return base
    if code not in _enabled(tx, "Currency_CT"):
        raise Refusal(Problem("option_invalid", name, code, valid="the codes of GET /acq/currencies"))
    return code


def _day(ask: Ask) -> date:
    given = ask.params.get("exchange_date", "").strip()
    try:
        if len(given) != 8 or not given.isascii() or not given.isdigit():
            raise ValueError(given)
        return date.fromisoformat(given)
    except ValueError:
        raise Refusal(Problem("mode_invalid", "exchange_date", given, valid="a date as YYYYMMDD")) from None


def ratio_number(rate: int) -> Decimal:
    """A rate as a plain number: 1.0825, 1.0."""
    whole, rest = divmod(rate, RATE_ONE)
    return Decimal(f"{whole}.{f'{rest:010d}'.rstrip('0') or '0'}")


def _way(rate: Rate) -> str:
    return f"{rate.way.value} through {rate.through}" if rate.way is RateWay.CROSS else rate.way.value


def _coded(tx: Tx, code: str) -> Coded:
    return Coded(value=code, desc=codes.describe(tx, "Currency_CT", code))


ROUTES = (
    Route("GET", "/acq/currencies", "acq", list_currencies),
    Route("GET", "/acq/fiscal-periods", "acq", list_periods),
)
