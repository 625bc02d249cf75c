"""Which exchange rate holds on a day. Pure: rates are given, nothing is read here.

A rate says how many units of its target one unit of its source is worth, in 10^-10. The latest one
on or before the day counts. Sought in this order: the pair itself, the opposite pair turned round,
and both currencies by way of the institution's base currency.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from openacq.kernel.money import RATE_ONE, divide_half_up
from openacq.ledger.model import Rate, RateWay


def find_rate(known: Iterable[Rate], source: str, target: str, day: date, base: str) -> Rate | None:
    """The rate from `source` to `target` on `day`, named by the way it was found; None when there is none."""
    if source == target:
        return Rate(source, target, RATE_ONE, RateWay.SAME)
    latest = _latest(known, day)
    found = _pair(latest, source, target)
    if found is not None or base in (source, target):
        return found
    to_base, from_base = _pair(latest, source, base), _pair(latest, base, target)
    if to_base is None or from_base is None:
        return None
    value = divide_half_up(to_base.value * from_base.value, RATE_ONE)
    dates = [rate.valid_from for rate in (to_base, from_base) if rate.valid_from is not None]
    return _usable(Rate(source, target, value, RateWay.CROSS, min(dates, default=None), base))


def _latest(known: Iterable[Rate], day: date) -> dict[tuple[str, str], Rate]:
    latest: dict[tuple[str, str], Rate] = {}
    for rate in known:
        if rate.valid_from is None or rate.valid_from > day:
            continue
        held = latest.get((rate.source, rate.target))
        if held is None or held.valid_from is None or held.valid_from < rate.valid_from:
            latest[rate.source, rate.target] = rate
    return latest


def _pair(latest: dict[tuple[str, str], Rate], source: str, target: str) -> Rate | None:
    direct = latest.get((source, target))
    if direct is not None:
        return replace(direct, way=RateWay.DIRECT)
    opposite = latest.get((target, source))
    if opposite is None:
        return None
    value = divide_half_up(RATE_ONE * RATE_ONE, opposite.value)
    return _usable(Rate(source, target, value, RateWay.INVERSE, opposite.valid_from))


def _usable(rate: Rate) -> Rate | None:
    """A rate that rounds to nothing is none."""
    return rate if rate.value > 0 else None
