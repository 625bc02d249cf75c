"""Money to the last cent, without a float anywhere.

An amount is a whole number of 1/10000 of its currency (`units`), the currency's code and the
number of decimals it was written with (`scale`), so that "50.0" comes back as "50.0".
Exchange rates are whole numbers of 10^-10. There is one rounding rule: half up (away from zero).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_precision

UNIT = 10_000
"""Units of storage in one whole of any currency."""
RATE_ONE = 10_000_000_000
"""The exchange rate 1.0."""
WHOLE = 100 * UNIT
"""100 %, in 1/10000 of a percent."""
MAX_DIGITS = 14
MAX_DECIMALS = 4
MAX_TOTAL = 10**10 * UNIT
"""Cap of a line's total, so that sums of many lines stay within 64 bits."""

_FORM = re.compile(r"[+-]?(\d+)(?:\.(\d*))?|[+-]?\.(\d+)", re.ASCII)


class NotMoney(ValueError):
    """The text is no sum of money; `reason` says what is wrong with it."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text!r} is not a sum of money: {reason}")
        self.text = text
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Money:
    """An exact sum: `units` (1/10000), ISO 4217 `currency`, `scale` (decimals to print)."""

    units: int
    currency: str
    scale: int = 2

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read "54.10", "-3", ".5" or "50.0".

        Raises NotMoney for anything else: exponents, separators, more than 14 digits or 4 decimals.
        """
        cleaned = text.strip()
        form = _FORM.fullmatch(cleaned)
        if form is None:
            raise NotMoney(text, "not a plain decimal number")
        whole = (form[1] or "0").lstrip("0")
        decimals = form[2] if form[2] is not None else (form[3] or "")
        if len(decimals) > MAX_DECIMALS:
            raise NotMoney(text, f"more than {MAX_DECIMALS} decimals")
        if len(whole) + len(decimals) > MAX_DIGITS:
            raise NotMoney(text, f"more than {MAX_DIGITS} digits")
        units = int(whole or "0") * UNIT + int(decimals.ljust(MAX_DECIMALS, "0") or "0")
        return cls(-units if cleaned.startswith("-") else units, currency, len(decimals))

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency, minor_digits(currency))

    def text(self) -> str:
        """The sum as answers print it: at least one decimal, never fewer than the value needs."""
        whole, rest = divmod(abs(self.units), UNIT)
        digits = f"{rest:04d}"
        needed = len(digits.rstrip("0"))
        shown = digits[: max(self.scale, needed, 1)]
        return f"{'-' if self.units < 0 else ''}{whole}.{shown}"

    def decimal(self) -> Decimal:
        return Decimal(self.units) / UNIT

    def with_units(self, units: int) -> Money:
        """Another sum of the same currency, printed to its minor unit."""
        return Money(units, self.currency, minor_digits(self.currency))

    def converted(self, rate: int, currency: str) -> Money:
        """This sum in another currency at `rate` (10^-10 target units each), rounded once."""
        return Money(round_minor(self.units * rate, currency, RATE_ONE), currency, minor_digits(currency))


def divide_half_up(number: int, divisor: int) -> int:
    """`number / divisor` to the nearest whole number; halves go away from zero. `divisor` > 0."""
    quotient, rest = divmod(abs(number), divisor)
    if 2 * rest >= divisor:
        quotient += 1
    return -quotient if number < 0 else quotient


@cache
def minor_digits(currency: str) -> int:
    """Decimals of a currency's smallest coin: 2 for USD, 0 for JPY, 3 for KWD (never more than 4)."""
    return min(get_currency_precision(currency), MAX_DECIMALS)


def round_minor(units: int, currency: str, divisor: int = 1) -> int:
    """`units / divisor` rounded half up, in one step, to the currency's minor unit."""
    step: int = 10 ** (MAX_DECIMALS - minor_digits(currency))
    return divide_half_up(units, step * divisor) * step


def line_net(price: Money, quantity: int, discount: int) -> Money:
    """price times quantity less discount, rounded half up once to the minor unit.

    `discount` is a percentage in 1/10000 of a percent (125000 = 12.5 %).
    """
    kept = price.units * quantity * (WHOLE - discount)
    return price.with_units(round_minor(kept, price.currency, WHOLE))


def split_by_weights(total: Money, weights: Sequence[int]) -> list[Money]:
    """Parts of `total` in proportion to `weights` (≥ 0, not all 0) that sum to it exactly.

    Largest remainder in minor units: the odd cents go to the parts cut most, the earlier one first.
    """
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("weights must have a positive sum")
    step: int = 10 ** (MAX_DECIMALS - minor_digits(total.currency))
    sign = -1 if total.units < 0 else 1
    coins, dust = divmod(abs(total.units), step)
    exact = [divmod(coins * weight, whole) for weight in weights]
    parts = [floor for floor, _ in exact]
    left = coins - sum(parts)
    order = sorted(range(len(weights)), key=lambda index: (-exact[index][1], index))
    for index in order[:left]:
        parts[index] += 1
    units = [part * step for part in parts]
    if dust:
        units[order[0]] += dust
    return [total.with_units(sign * part) for part in units]


def split_by_percent(total: Money, percents: Sequence[int]) -> list[Money]:
    """Parts of `total` by percentages in 1/10000 of a percent.

    When they add up to 100 % the parts sum to the total exactly (largest remainder). Otherwise the
    rest, or the excess, is one more weight whose part is left out.
    """
    rest = WHOLE - sum(percents)
    if rest == 0:
        return split_by_weights(total, percents)
    if rest > 0:
        return split_by_weights(total, [*percents, rest])[:-1]
    return [
        total.with_units(round_minor(total.units * percent, total.currency, WHOLE)) for percent in percents
    ]


def parse_percent(text: str) -> int:
    """A percentage as 1/10000 of a percent; raises NotMoney when it is no number from 0 to 100."""
    units = Money.parse(text, "XXX").units
    if not 0 <= units <= WHOLE:
        raise NotMoney(text, "not between 0 and 100")
    return units


def percent_text(percent: int) -> str:
    """A stored percentage as short decimal text: "12.5", "100"."""
    whole, rest = divmod(percent, UNIT)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") if rest else str(whole)
