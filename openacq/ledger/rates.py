"""Which exchange rate holds on a day. Pure: rates are given, nothing is read here.

A rate says how many units of its target one unit of its source is worth, in 10^-10. The latest one
on or before the day counts. Sought in this order: the pair itself, the opposite pair turned round,
and both currencies by way of the institution's base currency.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from openacq.kernel.money import RATE_ONE, divide_half_up
from openacq.ledger.model import Rate, RateWay


def find_rate(known: Iterable[Rate], source: str, target: str, day: date, base: str) -> Rate | None:
    """The rate from `source` to `target` on `day`, named by the way it was found; None when there is none."""
    if source == target:
        return Rate(source, target, RATE_ONE, RateWay.SAME)
    latest = _latest(known, day)
    found = _pair(latest, source, target)
    if found is not None:
        way, value, valid_from = found
        return _rounded(source, target, value, way, valid_from)
    to_base, from_base = _pair(latest, source, base), _pair(latest, base, target)
    if to_base is None or from_base is None:
        return None
    value = to_base.value * from_base.value
    return _rounded(source, target, value, RateWay.CROSS, min(to_base.valid_from, from_base.valid_from), base)


def _latest(known: Iterable[Rate], day: date) -> dict[tuple[str, str], Rate]:
    latest: dict[tuple[str, str], Rate] = {}
    for rate in known:
        if rate.valid_from is None or rate.valid_from > day:
            continue
        held = latest.get((rate.source, rate.target))
        if held is None or held.valid_from is None or held.valid_from < rate.valid_from:
            latest[rate.source, rate.target] = rate
    return latest


class _Found(NamedTuple):
    way: RateWay
    value: Fraction
    valid_from: date


def _pair(latest: dict[tuple[str, str], Rate], source: str, target: str) -> _Found | None:
    for pair, way in (((source, target), RateWay.DIRECT), ((target, source), RateWay.INVERSE)):
        rate = latest.get(pair)
        if rate is not None and rate.valid_from is not None:
            one, other = (rate.value, RATE_ONE) if way is RateWay.DIRECT else (RATE_ONE, rate.value)
            return _Found(way, Fraction(one, other), rate.valid_from)
    return None


def _rounded(
    source: str, target: str, value: Fraction, way: RateWay, valid_from: date, through: str = ""
) -> Rate | None:
    """Rounded once, however many rates it was made of; one that rounds to nothing is none."""
    rounded = divide_half_up(value.numerator * RATE_ONE, value.denominator)
    return Rate(source, target, rounded, way, valid_from, through) if rounded > 0 else None
