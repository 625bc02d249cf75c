"""The plan of a wire class: what its annotations say, worked out once.

Both writers and the reader are compiled from the same plan, so JSON and XML cannot drift apart.
"""

from __future__ import annotations

import datetime as dt
import re
import types
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from openacq.wire.fields import (
    LIST_LIMIT,
    TEXT_LIMIT,
    AsSent,
    Attr,
    Body,
    Count,
    Epoch,
    JsonOnly,
    Length,
    Loose,
    NullText,
    Out,
    RawXml,
    Sum,
    Unknown,
    UnsetType,
    Wire,
    Within,
    Wrapped,
)

_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
SUM_LIMIT = 64
"""Characters of a sum; more cannot be a sum of money."""


class Kind(Enum):
    """What one value of a member is."""

    TEXT = "text"
    SUM = "sum"
    FLAG = "flag"
    WHOLE = "whole number"
    NUMBER = "number"
    DAY = "date"
    MOMENT = "date-time"
    OBJECT = "object"
    RAW = "raw XML"
    LOOSE = "anything"


_KINDS: dict[object, Kind] = {
    str: Kind.TEXT,
    bool: Kind.FLAG,
    int: Kind.WHOLE,
    Decimal: Kind.NUMBER,
    dt.date: Kind.DAY,
    dt.datetime: Kind.MOMENT,
}


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a wire class.

    `name` in Python, `key` in JSON and XML; `model` is the class of an OBJECT; `many`: a list;
    `wrapper` and `item`: the XML names of a wrapped list (`item` is `key` for a bare one); `outer`: the
    object older forms put this one in.
    """

    name: str
    key: str
    kind: Kind
    model: type[Wire] | None = None
    many: bool = False
    attribute: bool = False
    body: bool = False
    wrapper: str = ""
    item: str = ""
    out: bool = False
    json_only: bool = False
    null_text: bool = False
    as_sent: bool = False
    epoch: bool = False
    outer: str = ""
    longest: int = TEXT_LIMIT
    most: int = LIST_LIMIT


@dataclass(frozen=True, slots=True)
class Plan:
    """A wire class worked out: members in class order, and by their place in XML. `unknown` is the name of
    the one that takes what nobody knows, which is none of these members."""

    members: tuple[Member, ...]
    attributes: tuple[Member, ...]
    body: Member | None
    elements: tuple[Member, ...]
    folds: bool
    required: tuple[str, ...]
    unknown: str = ""


@cache
def plan_of(model: type[Wire]) -> Plan:
    """The plan of a class. TypeError names the member whose annotation makes no sense."""
    hints = get_type_hints(model, include_extras=True)
    fields = msgspec.structs.fields(model)
    unknown = [field.name for field in fields if _takes_unknown(hints[field.name])]
    members = tuple(_member(model, field, hints[field.name]) for field in fields if field.name not in unknown)
    bodies = [member for member in members if member.body]
    elements = tuple(
        member for member in members if not (member.attribute or member.body or member.json_only)
    )
    if len(bodies) > 1 or (bodies and elements):
        raise TypeError(f"{model.__name__}: an element with a body has attributes only")
    return Plan(
        members=members,
        attributes=tuple(member for member in members if member.attribute),
        body=bodies[0] if bodies else None,
        elements=_ordered(model, elements),
        folds=model.folds or bool(bodies),
        required=tuple(field.name for field in fields if field.required),
        unknown=unknown[0] if unknown else "",
    )


def _takes_unknown(hint: object) -> bool:
    marks: list[object] = []
    _unpack(hint, marks)
    return Unknown() in marks


def _ordered(model: type[Wire], elements: tuple[Member, ...]) -> tuple[Member, ...]:
    if not model.xml_order:
        return elements
    by_name = {member.name: member for member in elements}
    if sorted(model.xml_order) != sorted(by_name):
        odd = sorted(set(model.xml_order) ^ set(by_name)) or "a name twice"
        raise TypeError(f"{model.__name__}.xml_order must name every element once: {odd}")
    return tuple(by_name[name] for name in model.xml_order)


def _member(model: type[Wire], field: Any, hint: object) -> Member:
    where = f"{model.__name__}.{field.name}"
    marks: list[object] = []
    hint = _unpack(hint, marks)
    many = get_origin(hint) in (list, tuple)
    if many:
        inside = get_args(hint)
        if get_origin(hint) is tuple and inside[1:] != (Ellipsis,):
            raise TypeError(f"{where}: write tuple[X, ...]")
        hint = _unpack(inside[0], marks)
    member = Member(name=field.name, key=field.encode_name, kind=Kind.TEXT, many=many, item=field.encode_name)
    if Loose() in marks:
        member = replace(member, kind=Kind.LOOSE)
    elif isinstance(hint, type) and issubclass(hint, Wire):
        member = replace(member, kind=Kind.OBJECT, model=hint)
    elif hint in _KINDS:
        member = replace(member, kind=_KINDS[hint])
    else:
        raise TypeError(f"{where}: no wire form for {hint!r}")
    for mark in marks:
        member = _marked(member, mark)
    for name in filter(None, (member.key, member.wrapper, member.item)):
        if not _NAME.fullmatch(name):
            raise TypeError(f"{where}: {name!r} cannot be the name of an element")
    if (member.attribute or member.body) and (many or member.kind in (Kind.OBJECT, Kind.RAW)):
        raise TypeError(f"{where}: an attribute or body is one plain value")
    if member.wrapper and not many:
        raise TypeError(f"{where}: only a list can be wrapped")
    return member


def _unpack(hint: object, marks: list[object]) -> object:
    """The one type in a hint, without `Annotated`, `None` and `UnsetType`; its marks are added."""
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint, *found = get_args(hint)
            marks.extend(found)
        elif origin in (Union, types.UnionType):
            kept = [part for part in get_args(hint) if part not in (type(None), UnsetType)]
            if len(kept) != 1:
                return hint
            hint = kept[0]
        else:
            return hint


_SIMPLE: dict[type, dict[str, Any]] = {
    Attr: {"attribute": True},
    Body: {"body": True},
    JsonOnly: {"json_only": True},
    Out: {"out": True},
}


def _marked(member: Member, mark: object) -> Member:
    if flag := _SIMPLE.get(type(mark)):
        return replace(member, **flag)
    match mark:
        case Wrapped():
            return replace(member, wrapper=mark.wrapper, item=mark.item)
        case Loose():
            return member
        case AsSent() if member.kind is Kind.TEXT:
            return replace(member, as_sent=True)
        case Epoch() if member.kind is Kind.MOMENT:
            return replace(member, epoch=True)
        case Within() if member.kind is Kind.OBJECT and not member.many:
            return replace(member, outer=mark.outer)
        case NullText() if member.kind in (Kind.TEXT, Kind.OBJECT):
            return replace(member, null_text=True)
        case Length() if member.kind in (Kind.TEXT, Kind.SUM):
            return replace(member, longest=mark.most)
        case Count() if member.many:
            return replace(member, most=mark.most)
        case Sum() if member.kind is Kind.TEXT:
            return replace(member, kind=Kind.SUM, longest=min(member.longest, SUM_LIMIT))
        case RawXml() if member.kind is Kind.TEXT:
            return replace(member, kind=Kind.RAW, out=True)
        case _:
            raise TypeError(f"{member.name}: {mark!r} cannot stand here")
