"""What comes back as it was shown keeps the form it came in.

A member nobody knows came in one format; a client of the other reads it, sends it back, and has no way to
say what its format cannot: XML has no numbers, no null, no list of one or of lists, and not every name;
JSON has no attributes. So whoever changes a resource is taken to have changed what differs from what they
were shown, and the rest stays as it was kept, down into lists and objects. A text that XML brings in place
of a number or a truth value is one, if it reads so.
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

import msgspec

from openacq.wire.atom_shapes import AtomResource
from openacq.wire.fields import UNSET
from openacq.wire.kept import is_number, through
from openacq.wire.plan import Kind, Member, plan_of
from openacq.wire.tree import Media

R = TypeVar("R", bound=AtomResource)

_NOTHING: Final = object()
_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,60})", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_FLAGS = {"true": True, "false": False}


def as_it_came(sent: R, before: R, media: Media) -> R:
    """`sent`, read from a body in `media`, with the members nobody knows in the form `before` has them, as
    far as they say the same. `before` is the resource whoever sent it was shown."""
    plan = plan_of(type(sent))
    changes = {}
    for member in plan.members:
        now, then = getattr(sent, member.name), getattr(before, member.name)
        mended = _member(member, now, then, media)
        if mended is not now:
            changes[member.name] = mended
    if plan.unknown:
        now, then = getattr(sent, plan.unknown), getattr(before, plan.unknown)
        if isinstance(then, dict) and now != then:
            others = _members(now if isinstance(now, dict) else {}, then, media)
            changes[plan.unknown] = others or UNSET
    return msgspec.structs.replace(sent, **changes) if changes else sent


def _member(member: Member, now: Any, then: Any, media: Media) -> Any:
    if then is UNSET or then is None or now == then:
        return now
    if member.kind is Kind.LOOSE:
        if now is UNSET or now is None:
            return now if _shown(then, media) is not _NOTHING else then
        return _value(now, then, media)
    if isinstance(now, AtomResource) and isinstance(then, AtomResource):
        return as_it_came(now, then, media)
    if member.model is not None and isinstance(now, list) and isinstance(then, list):
        return _each(now, then, media) if len(now) == len(then) else now
    return now


def _each(now: list[Any], then: list[Any], media: Media) -> list[Any]:
    mended = [as_it_came(one, other, media) for one, other in zip(now, then, strict=True)]
    return now if all(one is other for one, other in zip(mended, now, strict=True)) else mended


# -- kept forms ---------------------------------------------------------------------------------


def _shown(before: Any, media: Media) -> Any:
    """How a kept value comes back in a format; nothing where the format has no way to say it."""
    return through({"x": before}, media).get("x", _NOTHING)


def _value(sent: Any, before: Any, media: Media) -> Any:
    if sent == _shown(before, media):
        return before
    if isinstance(before, list):
        return _entries(sent, before, media)
    if _is_object(sent) and _is_object(before):
        return _members(sent, before, media)
    return _typed(sent, before) if media == "xml" else sent


def _is_object(kept: Any) -> bool:
    return isinstance(kept, dict) and not is_number(kept)


def _members(sent: dict[str, Any], before: dict[str, Any], media: Media) -> dict[str, Any]:
    """The members of an object, each compared under the name this format gives it, in their old order."""
    names: dict[str, str] = {}
    for name in sorted(before, key=lambda name: not _hides(name)):
        told = next(iter(through({name: before[name]}, media)), None)
        if told is not None:
            names[told] = name
    said = {name: told for told, name in names.items()}
    found: dict[str, Any] = {}
    for name, value in before.items():
        if name not in said:
            found[name] = value
        elif said[name] in sent and not _is_new(name, sent[said[name]]):
            found[name] = _value(sent[said[name]], value, media)
    new = {told: value for told, value in sent.items() if told not in names or _is_new(names[told], value)}
    return found | new


def _hides(name: str) -> bool:
    """Whether it is an attribute or the text beside it, shown by JSON only where no element has the name."""
    return name.startswith(("@", "#"))


def _is_new(name: str, value: Any) -> bool:
    """Whether it is no attribute (or text beside it) any more."""
    return _hides(name) and not isinstance(value, str)


def _entries(sent: Any, before: list[Any], media: Media) -> Any:
    """A list entry by entry. Of XML one entry alone is the list of it."""
    if not isinstance(sent, list):
        if media == "json":
            return sent
        sent = [sent]
    shown = [_shown(each, media) for each in before]
    if len(sent) == len(before):
        pairs = zip(sent, before, strict=True)
        return [_value(one, other, media) for one, other in pairs]
    left = list(range(len(before)))
    found = []
    for one in sent:
        at = next((at for at in left if shown[at] == one), None)
        if at is not None:
            left.remove(at)
            found.append(before[at])
        else:
            found.append(_typed(one, before[0]) if media == "xml" and before else one)
    return found


def _typed(sent: Any, before: Any) -> Any:
    """A text of XML as what stood in its place, if it reads so."""
    if not isinstance(sent, str):
        return sent
    if isinstance(before, bool):
        return _FLAGS.get(sent, sent)
    if isinstance(before, int) or is_number(before):
        if _WHOLE.fullmatch(sent):
            return int(sent)
        if _NUMBER.fullmatch(sent):
            return {"#number": sent}
    return sent
