"""Reading single values from an untrusted body: texts, numbers, dates, and what is wrong with them.

Each reader takes what the tree holds and gives the value, or UNSET where there is none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import clean, kept
from openacq.wire.fields import UNSET
from openacq.wire.kept import KEPT_LIMIT, keep, too_long
from openacq.wire.plan import Kind, Member
from openacq.wire.tree import TEXT

PROBLEM_LIMIT = 100
"""Problems of one body; whoever has more will see the rest after mending these."""

Where: TypeAlias = "tuple[Where, str | int] | None"
"""The way to a value, innermost step first, so that it costs nothing until something is wrong."""

Read = Callable[[Any, Where, "Found"], Any]


class Found(list[Problem]):
    """The problems so far."""

    def wrong(self, where: Where, value: Any, expected: str) -> Any:
        return self.add("value_wrong_type", where, _shown(value), expected=expected)

    def add(self, slug: str, where: Where, value: object, **facts: object) -> Any:
        """Notes a problem; the value is left unset, for nobody will see the object."""
        self.append(Problem(slug, _path(where), value, **facts))
        if len(self) >= PROBLEM_LIMIT:
            raise Refusal(self)
        return UNSET


def _path(where: Where) -> str:
    steps: list[str] = []
    while where is not None:
        where, step = where
        steps.append(f"[{step}]" if isinstance(step, int) else f".{step}")
    return "".join(reversed(steps)).removeprefix(".")


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return str(value)


def _plain(value: Any) -> Any:
    """The plain value in what may be an element with attributes, or a coded object, or nothing."""
    if not isinstance(value, dict):
        return value
    for key in (TEXT, "value", "xml_value"):
        if key in value:
            return value[key] or None if isinstance(value[key], dict) else value[key]
    return value or ""


def _written(value: Any, where: Where, found: Found, expected: str) -> str:
    """The characters of a number or date; "" for none, also after noting that it is neither."""
    value = _plain(value)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        found.wrong(where, value, expected)
        return ""
    return str(value).strip()


def _text_reader(longest: int, blank_is_unset: bool, null_text: bool, as_sent: bool = False) -> Read:
    def read_text(value: Any, where: Where, found: Found) -> Any:
        if not isinstance(value, str):
            value = _plain(value)
            if value is None:
                return UNSET
            if isinstance(value, bool) or not isinstance(value, (str, int)):
                return found.wrong(where, value, "text")
        # The length is looked at before the text is normalised as well, which is dear for a long one.
        text = str(value)
        if not as_sent or text.isspace():
            text = text.strip()
        if len(text) <= longest:
            text = kept(text) if as_sent else clean(text)
        if len(text) > longest:
            return found.add("value_too_long", where, text, limit=longest)
        if (blank_is_unset and not text) or (null_text and text == "Null"):
            return UNSET
        return text

    return read_text


_FLAGS = {"true": True, "false": False, "1": True, "0": False, "": UNSET}


def _read_flag(value: Any, where: Where, found: Found) -> Any:
    value = _plain(value)
    if isinstance(value, bool):
        return value
    if value is None:
        return UNSET
    written = str(value).strip().lower() if isinstance(value, (str, int)) else "?"
    return _FLAGS[written] if written in _FLAGS else found.wrong(where, value, "true or false")


_WHOLE = re.compile(r"([+-]?\d{1,18})(?:\.0{0,18})?", re.ASCII)
_LONG_WHOLE = re.compile(r"[+-]?\d+(?:\.0*)?", re.ASCII)


def _read_whole(value: Any, where: Where, found: Found) -> Any:
    written = _written(value, where, found, "a whole number")
    if not written:
        return UNSET
    form = _WHOLE.fullmatch(written)
    if form is not None:
        return int(form[1])
    too_long = _LONG_WHOLE.fullmatch(written)
    expected = "a whole number of at most 18 digits" if too_long else "a whole number"
    return found.wrong(where, written, expected)


_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?(?:[0-2]?\d|30))?", re.ASCII)


def _read_number(value: Any, where: Where, found: Found) -> Any:
    written = _written(value, where, found, "a number")
    if not written:
        return UNSET
    if _NUMBER.fullmatch(written):
        return Decimal(written)
    return found.wrong(where, written, "a number of at most 30 digits")


_DATE = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[Tt ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?))?"
    r"([Zz]|[+-](?:0\d|1[0-4]):?[0-5]\d)?",
    re.ASCII,
)


def _read_day(value: Any, where: Where, found: Found) -> Any:
    """A calendar date: the day that is written, whatever time or zone is written behind it."""
    written = _written(value, where, found, "a date")
    if not written:
        return UNSET
    form = _DATE.fullmatch(written)
    try:
        return dt.date.fromisoformat(form[1] if form else "")
    except ValueError:
        return found.add("date_malformed", where, written)


def _read_moment(value: Any, where: Where, found: Found) -> Any:
    """A moment in UTC; without a zone it is taken as UTC, without a time as midnight."""
    written = _written(value, where, found, "a date")
    if not written:
        return UNSET
    form = _DATE.fullmatch(written)
    try:
        day, time, zone = form.groups() if form else ("", None, None)
        moment = dt.datetime.fromisoformat(f"{day}T{time or '00:00'}{(zone or 'Z').upper()}")
        return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):  # overflow: the zone leads out of the calendar
        return found.add("date_malformed", where, written)


_MILLISECONDS = re.compile(r"-?\d{10,15}", re.ASCII)
_YEARS = range(1000, 9000)
"""Years a moment may lie in: no zone leads out of the calendar from there."""


def _read_epoch(value: Any, where: Where, found: Found) -> Any:
    """A moment as milliseconds since 1970, or written as a date."""
    written = _written(value, where, found, "a date")
    if _MILLISECONDS.fullmatch(written) or (written and isinstance(value, int)):
        try:
            moment: Any = _EPOCH + dt.timedelta(milliseconds=int(written))
        except OverflowError:
            return found.add("date_malformed", where, written)
    else:
        moment = _read_moment(value, where, found) if written else UNSET
        if moment is UNSET:
            return UNSET
    return moment if moment.year in _YEARS else found.add("date_malformed", where, written)


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _read_loose(value: Any, where: Where, found: Found) -> Any:
    if value is None:
        return UNSET
    content = keep(value)
    if too_long(content):
        return found.add("value_too_long", where, _shown(value), limit=KEPT_LIMIT)
    return content


_READERS: dict[Kind, Read] = {
    Kind.LOOSE: _read_loose,
    Kind.FLAG: _read_flag,
    Kind.WHOLE: _read_whole,
    Kind.NUMBER: _read_number,
    Kind.DAY: _read_day,
    Kind.MOMENT: _read_moment,
}


def reader_of(member: Member, null_text: bool) -> Read:
    """The reader of a member that holds one plain value."""
    if member.epoch:
        return _read_epoch
    if member.kind in _READERS:
        return _READERS[member.kind]
    blank_is_unset = member.body or member.kind is Kind.SUM
    return _text_reader(member.longest, blank_is_unset, null_text, member.as_sent)
