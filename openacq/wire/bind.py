"""Reading: from an untrusted body to a wire object, naming every problem at once.

The reader of a class is compiled once from its plan. It is liberal where clients are known to
differ (booleans and numbers as text, a bare code in place of an object, one object in place of a
list, the XML wrapper spelled out in JSON, the text `Null`) and exact about everything else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeAlias, TypeVar

from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import clean, kept
from openacq.wire.fields import UNSET, Wire
from openacq.wire.kept import KEPT_LIMIT, keep, keep_member, too_long
from openacq.wire.plan import Kind, Member, plan_of
from openacq.wire.tree import TEXT, Media, Tree, parse

W = TypeVar("W", bound=Wire)

PROBLEM_LIMIT = 100
"""Problems of one body; whoever has more will see the rest after mending these."""

Where: TypeAlias = "tuple[Where, str | int] | None"
"""The way to a value, innermost step first, so that it costs nothing until something is wrong."""

_Read = Callable[[Any, Where, "_Found"], Any]


def read(
    model: type[W],
    body: bytes,
    media: Media,
    *,
    optional: bool = False,
    whole: bool = False,
    gather: list[Problem] | None = None,
) -> W:
    """The object in `body`.

    `optional`: no body at all is an object without members (operations that want "an empty
    object"). `whole`: members marked `Out` are read too (reading back an answer). `gather`: problems
    of single members are added to this list instead of being raised; the members stay unset.

    Raises Refusal with all problems, each with the dotted path of the JSON form in `field`
    (`location[0].quantity`, for XML as well): `value_wrong_type`, `value_too_long`,
    `list_too_long`, `date_malformed`; or with one that ends the reading: `body_missing`,
    `body_malformed`, `body_too_deep`.
    """
    tree = parse(body, media)
    if tree is None and not optional:
        raise Refusal(Problem("body_missing"))
    return bind(model, tree or {}, whole=whole, gather=gather)


def bind(model: type[W], tree: Tree, *, whole: bool = False, gather: list[Problem] | None = None) -> W:
    """The object in a tree that `wire.tree` made of a body; as `read`, but for what ends the reading."""
    found = _Found()
    thing = _object(model, whole, False)(tree, None, found)
    if found and gather is None:
        raise Refusal(found)
    if gather is not None:
        gather.extend(found)
    return model() if thing is UNSET else thing


class _Found(list[Problem]):
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


# --- plain values. Each takes what the tree holds and gives the value, or UNSET where there is none


def _plain(value: Any) -> Any:
    """The plain value in what may be an element with attributes, or a coded object, or nothing."""
    if not isinstance(value, dict):
        return value
    for key in (TEXT, "value", "xml_value"):
        if key in value:
            return value[key] or None if isinstance(value[key], dict) else value[key]
    return value or ""


def _written(value: Any, where: Where, found: _Found, expected: str) -> str:
    """The characters of a number or date; "" for none, also after noting that it is neither."""
    value = _plain(value)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        found.wrong(where, value, expected)
        return ""
    return str(value).strip()


def _text_reader(longest: int, blank_is_unset: bool, null_text: bool, as_sent: bool = False) -> _Read:
    def read_text(value: Any, where: Where, found: _Found) -> Any:
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


def _read_flag(value: Any, where: Where, found: _Found) -> Any:
    value = _plain(value)
    if isinstance(value, bool):
        return value
    if value is None:
        return UNSET
    written = str(value).strip().lower() if isinstance(value, (str, int)) else "?"
    return _FLAGS[written] if written in _FLAGS else found.wrong(where, value, "true or false")


_WHOLE = re.compile(r"([+-]?\d{1,18})(?:\.0{0,18})?", re.ASCII)
_LONG_WHOLE = re.compile(r"[+-]?\d+(?:\.0*)?", re.ASCII)


def _read_whole(value: Any, where: Where, found: _Found) -> Any:
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


def _read_number(value: Any, where: Where, found: _Found) -> Any:
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


def _read_day(value: Any, where: Where, found: _Found) -> Any:
    """A calendar date: the day that is written, whatever time or zone is written behind it."""
    written = _written(value, where, found, "a date")
    if not written:
        return UNSET
    form = _DATE.fullmatch(written)
    try:
        return dt.date.fromisoformat(form[1] if form else "")
    except ValueError:
        return found.add("date_malformed", where, written)


def _read_moment(value: Any, where: Where, found: _Found) -> Any:
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


def _read_epoch(value: Any, where: Where, found: _Found) -> Any:
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


def _read_loose(value: Any, where: Where, found: _Found) -> Any:
    if value is None:
        return UNSET
    content = keep(value)
    if too_long(content):
        return found.add("value_too_long", where, _shown(value), limit=KEPT_LIMIT)
    return content


_READERS: dict[Kind, _Read] = {
    Kind.LOOSE: _read_loose,
    Kind.FLAG: _read_flag,
    Kind.WHOLE: _read_whole,
    Kind.NUMBER: _read_number,
    Kind.DAY: _read_day,
    Kind.MOMENT: _read_moment,
}


# --- lists and objects


def _reader(member: Member, whole: bool, null_text: bool) -> _Read:
    if member.model is not None:
        one = _object(member.model, whole, null_text)
    elif member.epoch:
        one = _read_epoch
    elif member.kind in _READERS:
        one = _READERS[member.kind]
    else:
        one = _text_reader(member.longest, member.body or member.kind is Kind.SUM, null_text, member.as_sent)
    return _list_reader(one, member.most, bare=not member.wrapper) if member.many else one


def _list_reader(one: _Read, most: int, *, bare: bool) -> _Read:
    """A list; a single thing counts as a list of it, and entries without content are left out."""

    def read_list(value: Any, where: Where, found: _Found) -> Any:
        if value is None:
            return UNSET
        if not isinstance(value, list):
            value = [] if value == "" else [value]
        if len(value) > most:
            return found.add("list_too_long", where, len(value), limit=most)
        entries = []
        for at, entry in enumerate(value):
            content = UNSET if entry is None else one(entry, (where, at), found)
            if content is not UNSET and content != "":
                entries.append(content)
        return UNSET if bare and not entries else entries

    return read_list


def _unwrapped(value: Any, item: str) -> Any:
    """The entries in `<notes><note/></notes>`, `{"notes":{"note":[…]}}` or `{"notes":[…]}`."""
    if value is None:
        return None
    if isinstance(value, dict) and item not in value:
        return []
    entries: list[Any] = []
    for part in value if isinstance(value, list) else [value]:
        inside = part[item] if isinstance(part, dict) and item in part else part
        entries.extend(inside if isinstance(inside, list) else [inside])
    return entries


def _joined(entries: list[Any], more: list[Any], most: int, where: Where, found: _Found) -> list[Any]:
    """A list that was sent in both of its forms, `note` and `notes`."""
    if len(entries) + len(more) > most:
        found.add("list_too_long", where, len(entries) + len(more), limit=most)
    return entries + more


def _within(key: str, one: _Read) -> _Read:
    """The one object in `<resources><resource/></resources>`; of two or more none is meant."""

    def read_inner(value: Any, where: Where, found: _Found) -> Any:
        inside = _unwrapped(value, key)
        return one(inside[0] if inside and len(inside) == 1 else inside or None, where, found)

    return read_inner


def _read_nothing(_value: Any, _where: Where, _found: _Found) -> Any:
    return UNSET


def _others(value: Tree, steps: dict[Any, _Step], where: Where, found: _Found) -> dict[str, Any]:
    """The members nobody knows, as they are kept."""
    others: dict[str, Any] = {}
    for key, inner in value.items():
        if key not in steps:
            keep_member(key, inner, others)
    if others and too_long(others):
        name = next(iter(others))
        found.add("value_too_long", (where, name), others[name], limit=KEPT_LIMIT)
    return others


class _Step(NamedTuple):
    """What to do with one key of the tree. `label` "" adds nothing to the path (a body)."""

    name: str
    label: str
    read: _Read
    item: str = ""
    most: int = 0


@cache
def _object(model: type[Wire], whole: bool, null_text: bool) -> _Read:
    """The reader of a class; `null_text` holds for its body, from the member the object stands in."""
    plan = plan_of(model)
    if plan.required:
        raise TypeError(f"{model.__name__} cannot be read: {plan.required} have no default")
    steps = _steps(model, whole, null_text)
    has_body, folds, unknown = plan.body is not None, plan.folds, plan.unknown

    def read_object(value: Any, where: Where, found: _Found) -> Any:
        if not isinstance(value, dict):
            value = _as_object(value, has_body, where, found)
            if value is UNSET:
                return UNSET
        members: dict[str, Any] = {}
        for key, inner in value.items():
            step = steps.get(key)
            if step is None:
                continue
            name, label, reader, item, most = step
            if item:
                inner = _unwrapped(inner, item)
            content = reader(inner, (where, label) if label else where, found)
            if content is UNSET:
                continue
            if name in members and isinstance(content, list):
                content = _joined(members[name], content, most, (where, label), found)
            members[name] = content
        if unknown and (others := _others(value, steps, where, found)):
            members[unknown] = others
        return UNSET if folds and not members else model(**members)

    return read_object


def _as_object(value: Any, has_body: bool, where: Where, found: _Found) -> Any:
    """What stands in place of an object: its body, or nothing at all."""
    if value is None:
        return UNSET
    if has_body:
        return {TEXT: value}
    if isinstance(value, str) and not value.strip():
        return {}
    return found.wrong(where, value, "an object")


def _steps(model: type[Wire], whole: bool, null_text: bool) -> dict[Any, _Step]:
    """What to do with each key: members, `@link` for `link`, wrappers, the places of a body."""
    steps: dict[Any, _Step] = {}
    wrapped: dict[Any, _Step] = {}
    plan = plan_of(model)
    for member in plan.members:
        if member.kind is Kind.RAW or (member.out and not whole):
            if plan.unknown:  # known, and passed over
                steps[member.key] = _Step(member.name, "", _read_nothing)
            continue
        nulls = member.null_text or (member.body and null_text)
        step = _Step(
            member.name, "" if member.body else member.key, _reader(member, whole, nulls), most=member.most
        )
        steps[member.key] = step
        if member.body:
            steps[TEXT] = steps["xml_value"] = step
        if member.attribute:
            wrapped[f"@{member.key}"] = step
        if member.wrapper:
            wrapped[member.wrapper] = step._replace(item=member.item)
        if member.outer:
            wrapped[member.outer] = step._replace(read=_within(member.key, step.read))
    return wrapped | steps
