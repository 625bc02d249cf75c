"""One row of a loaded file, read field by field.

Files (TOML, CSV) give numbers as text, text as numbers and lists as text with separators; `Row`
reads each field as what it should be, cleans it, and gathers what is wrong instead of stopping at
the first fault, so that a verdict names every problem of its row.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from openacq.kernel.money import MAX_DECIMALS, MAX_TOTAL, RATE_ONE, UNIT, Money, NotMoney
from openacq.kernel.refusal import Problem, probable
from openacq.kernel.text import clean, nearest, one_line

Choice = TypeVar("Choice", bound=StrEnum)

_SEPARATORS = re.compile(r"[;|]")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{0,15})?")
_TRUE = frozenset({"true", "yes", "y", "1", "x"})
_FALSE = frozenset({"false", "no", "n", "0", ""})
RATE_DECIMALS = 10


class Row:
    """Fields of one row; `problems` grows while they are read. An empty field counts as absent."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._fields = fields
        self.problems: list[Problem] = []

    def given(self, name: str) -> bool:
        """Whether the field is there and not empty."""
        return self._fields.get(name) not in (None, "", [], ())

    def check_names(self, known: Collection[str]) -> None:
        """Complain of fields this kind of record does not have: most are misspellings."""
        for name in self._fields:
            if name not in known and self.given(name):
                valid, meant = ", ".join(sorted(known)), probable(nearest(name, tuple(known)))
                self.problems.append(
                    Problem("column_unknown", name, self._fields[name], valid=valid, probable=meant)
                )

    def text(self, name: str, default: str = "", *, needed: bool = False, most: int = 255) -> str:
        """One line of clean text."""
        return self._cut(name, one_line(self._plain(name, default, needed=needed)), most)

    def prose(self, name: str, default: str = "", *, most: int = 4_000) -> str:
        """Clean text that keeps its line breaks."""
        return self._cut(name, clean(self._plain(name, default, needed=False)), most)

    def flag(self, name: str, default: bool = False) -> bool:
        if not self.given(name):
            return default
        value = self._fields[name]
        word = str(value).strip().lower()
        if word in _TRUE:
            return True
        if word not in _FALSE:
            self._wrong(name, "true or false")
        return False

    def whole(self, name: str, default: int = 0, *, least: int = 0, most: int = 10**9) -> int:
        found = self.whole_or_none(name, least=least, most=most)
        return default if found is None else found

    def whole_or_none(self, name: str, *, least: int = 0, most: int = 10**9) -> int | None:
        if not self.given(name):
            return None
        digits = str(self._fields[name]).strip()
        if isinstance(self._fields[name], bool) or _WHOLE.fullmatch(digits) is None:
            self._wrong(name, "a whole number")
            return None
        number = int(digits)
        if not least <= number <= most:
            self._wrong(name, f"a whole number from {least} to {most}")
            return None
        return number

    def day(self, name: str, *, needed: bool = False) -> date | None:
        """A calendar date: YYYY-MM-DD, with or without Z."""
        if not self.given(name):
            if needed:
                self._absent(name)
            return None
        value = self._fields[name]
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip().removesuffix("Z"))
        except ValueError:
            self.problems.append(Problem("date_malformed", name, value))
            return None

    def choice(self, name: str, default: Choice) -> Choice:
        """One of the values of an enumeration, in any case."""
        word = self.text(name).casefold()
        if not word:
            return default
        for value in type(default):
            if value.casefold() == word:
                return value
        valid = ", ".join(value for value in type(default))
        self.problems.append(Problem("value_not_listed", name, self._fields[name], valid=valid))
        return default

    def units(self, name: str, *, needed: bool = False, least: int = -MAX_TOTAL) -> int:
        """A sum in units of 1/10000."""
        digits = self._number(name, "a plain decimal number", needed=needed)
        if not digits:
            return 0
        try:
            units = Money.parse(digits, "XXX").units
        except NotMoney as error:
            self.problems.append(Problem("price_invalid", name, digits, reason=error.reason))
            return 0
        if not least <= units <= MAX_TOTAL:
            self.problems.append(Problem("price_invalid", name, digits, reason="out of range"))
            return 0
        return units

    def percent(self, name: str, *, most: int = 100) -> int:
        """A percentage as 1/10000 of a percent."""
        return self._scaled(name, MAX_DECIMALS, f"a percentage from 0 to {most}", most * UNIT)

    def rate(self, name: str) -> int:
        """An exchange rate above zero, as a whole number of 10^-10."""
        value = self._scaled(name, RATE_DECIMALS, "an exchange rate above zero", 10**9 * RATE_ONE)
        if value == 0 and not any(problem.field == name for problem in self.problems):
            if self.given(name):
                self._wrong(name, "an exchange rate above zero")
            else:
                self._absent(name)
        return value

    def currency(self, name: str, default: str = "", *, needed: bool = False) -> str:
        """A three-letter currency code."""
        code = self.text(name, default, needed=needed).upper()
        if code and (len(code) != 3 or not code.isascii() or not code.isalpha()):
            self._wrong(name, "a currency code of three letters")
            return ""
        return code

    def codes(self, name: str) -> tuple[str, ...]:
        """Several codes: a list, or text with `;` or `|` between them."""
        if not self.given(name):
            return ()
        value = self._fields[name]
        parts = value if isinstance(value, list | tuple) else _SEPARATORS.split(str(value))
        cleaned = (one_line(str(part)) for part in parts)
        return tuple(dict.fromkeys(part for part in cleaned if part))

    def tree(self, name: str) -> object:
        """A nested value as it came (TOML tables and arrays), or None."""
        return self._fields.get(name) if self.given(name) else None

    # -- inside -----------------------------------------------------------------------------

    def _plain(self, name: str, default: str, *, needed: bool) -> str:
        if not self.given(name):
            if needed:
                self._absent(name)
            return default
        value = self._fields[name]
        if isinstance(value, str):
            return value
        if isinstance(value, int | Decimal | date) and not isinstance(value, bool):
            return str(value)
        self._wrong(name, "text")
        return default

    def _number(self, name: str, expected: str, *, needed: bool) -> str:
        """Digits of an exact number; a binary fraction is refused, it is not what was written."""
        if not self.given(name):
            if needed:
                self._absent(name)
            return ""
        value = self._fields[name]
        if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
            self._wrong(name, expected)
            return ""
        return f"{value:f}" if isinstance(value, Decimal) else str(value).strip()

    def _scaled(self, name: str, decimals: int, expected: str, most: int) -> int:
        digits = self._number(name, expected, needed=False)
        if not digits:
            return 0
        if _DECIMAL.fullmatch(digits) is None:
            self._wrong(name, expected)
            return 0
        whole, _, rest = digits.partition(".")
        if len(rest.rstrip("0")) > decimals:
            self._wrong(name, f"{expected} with at most {decimals} decimals")
            return 0
        one: int = 10**decimals
        scaled = int(whole) * one + int(rest[:decimals].ljust(decimals, "0") or "0")
        if whole.startswith("-") or scaled > most:
            self._wrong(name, expected)
            return 0
        return scaled

    def _cut(self, name: str, text: str, most: int) -> str:
        if len(text) > most:
            self.problems.append(Problem("value_too_long", name, text, limit=most))
            return text[:most]
        return text

    def _absent(self, name: str) -> None:
        self.problems.append(Problem("field_missing", name))

    def _wrong(self, name: str, expected: str) -> None:
        self.problems.append(Problem("value_wrong_type", name, self._fields.get(name), expected=expected))
