"""Languages of the pages: words from gettext catalogues, dates and money as the language writes them.

The catalogues are `locale/LANGUAGE/*.po`, one file for each group of pages, read when the server
starts. English is what stands in the source. The pseudo language marks every word that went through a
catalogue and is written from right to left: tests see by it what was forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from openacq.kernel.money import Money

FOLDER = Path(__file__).with_name("locale")
ENGLISH = "en"
PSEUDO = "qps"
"""Not offered to anybody; asked for by `?lang=qps` and tests."""
NAMES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}
CONTEXT = "\4"


@dataclass(frozen=True, slots=True)
class Language:
    """`code` as in `lang="…"`; `words` are translations by message, `forms` those that count:
    for one and for all other numbers, which is all the languages here need."""

    code: str
    locale: Locale
    direction: str
    words: Mapping[str, str]
    forms: Mapping[str, tuple[str, ...]]

    # -- words ------------------------------------------------------------------------------

    def gettext(self, message: str) -> str:
        if self.code == PSEUDO:
            return marked(message)
        return self.words.get(message, message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        if self.code == PSEUDO:
            return marked(one if count == 1 else many)
        forms = self.forms.get(one)
        if forms is None:
            return one if count == 1 else many
        return forms[0 if count == 1 else len(forms) - 1]

    def say(self, message: str, /, **facts: object) -> str:
        """The message in this language; facts are put in as %(name)s."""
        words = self.gettext(message)
        return words % facts if facts else words

    # -- figures ----------------------------------------------------------------------------

    def day(self, day: date | None) -> str:
        return format_date(day, "medium", locale=self.locale) if day else ""

    def moment(self, at: datetime | None, zone: str) -> str:
        return format_datetime(at, "medium", tzinfo=ZoneInfo(zone), locale=self.locale) if at else ""

    def time(self, at: datetime | None, zone: str) -> str:
        return format_time(at, "short", tzinfo=ZoneInfo(zone), locale=self.locale) if at else ""

    def money(self, sum_: Money | None) -> str:
        """With its currency, the digits of the language, no rounding."""
        if sum_ is None:
            return ""
        return format_currency(
            sum_.decimal(), sum_.currency, locale=self.locale, decimal_quantization=False
        ).replace("\N{NO-BREAK SPACE}", " ")

    def number(self, number: int | None) -> str:
        return "" if number is None else format_decimal(number, locale=self.locale)


@cache
def language(code: str) -> Language:
    """The language of this code; English for any other."""
    if code == PSEUDO:
        return Language(PSEUDO, Locale.parse("en"), "rtl", {}, {})
    if code not in NAMES or code == ENGLISH:
        return Language(ENGLISH, Locale.parse("en"), "ltr", {}, {})
    words: dict[str, str] = {}
    forms: dict[str, tuple[str, ...]] = {}
    for path in sorted((FOLDER / code).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=code):
                if isinstance(message.id, str):
                    if message.id and isinstance(message.string, str) and message.string:
                        words[message.id] = message.string
                elif isinstance(message.string, (tuple, list)) and all(message.string):
                    forms[message.id[0]] = tuple(message.string)
    locale = Locale.parse(code)
    return Language(code, locale, locale.text_direction, words, forms)


def later(message: str) -> str:
    """Marks a message that is said where its language is known."""
    return message


def marked(message: str) -> str:
    """A message as the pseudo language has it: the placeholders stay as they are."""
    return f"\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}{message}\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}"


def chosen(asked: str, kept: str, own: str, header: str) -> str:
    """The language of a visit: asked for, chosen before, the user's own, what the browser would like."""
    for code in (asked, kept, own, *_preferred(header)):
        if code in NAMES or code == PSEUDO:
            return code
    return ENGLISH


def _preferred(header: str) -> list[str]:
    return [part.split(";")[0].strip()[:2].lower() for part in header.split(",") if part][:10]
