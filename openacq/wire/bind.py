"""Reading: from an untrusted body to a wire object, naming every problem at once.

The reader of a class is compiled once from its plan. It is liberal where clients are known to
differ (booleans and numbers as text, a bare code in place of an object, one object in place of a
list, the XML wrapper spelled out in JSON, the text `Null`) and exact about everything else.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, TypeVar

from openacq.kernel.refusal import Problem, Refusal
from openacq.wire.fields import UNSET, Wire
from openacq.wire.kept import KEPT_LIMIT, keep_member, too_long
from openacq.wire.plan import Kind, Member, plan_of
from openacq.wire.tree import TEXT, Media, Tree, parse
from openacq.wire.values import Found, Read, Where, reader_of

W = TypeVar("W", bound=Wire)


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
    found = Found()
    thing = _object(model, whole, False)(tree, None, found)
    if found and gather is None:
        raise Refusal(found)
    if gather is not None:
        gather.extend(found)
    return model() if thing is UNSET else thing


# --- lists and objects


def _reader(member: Member, whole: bool, null_text: bool) -> Read:
    if member.model is not None:
        one = _object(member.model, whole, null_text)
    else:
        one = reader_of(member, null_text)
    return _list_reader(one, member.most, bare=not member.wrapper) if member.many else one


def _list_reader(one: Read, most: int, *, bare: bool) -> Read:
    """A list; a single thing counts as a list of it, and entries without content are left out."""

    def read_list(value: Any, where: Where, found: Found) -> Any:
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


def _joined(entries: list[Any], more: list[Any], most: int, where: Where, found: Found) -> list[Any]:
    """A list that was sent in both of its forms, `note` and `notes`."""
    if len(entries) + len(more) > most:
        found.add("list_too_long", where, len(entries) + len(more), limit=most)
    return entries + more


def _within(key: str, one: Read) -> Read:
    """The one object in `<resources><resource/></resources>`; of two or more none is meant."""

    def read_inner(value: Any, where: Where, found: Found) -> Any:
        inside = _unwrapped(value, key)
        return one(inside[0] if inside and len(inside) == 1 else inside or None, where, found)

    return read_inner


def _read_nothing(_value: Any, _where: Where, _found: Found) -> Any:
    return UNSET


def _others(value: Tree, steps: dict[Any, _Step], where: Where, found: Found) -> dict[str, Any]:
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
    read: Read
    item: str = ""
    most: int = 0


@cache
def _object(model: type[Wire], whole: bool, null_text: bool) -> Read:
    """The reader of a class; `null_text` holds for its body, from the member the object stands in."""
    plan = plan_of(model)
    if plan.required:
        raise TypeError(f"{model.__name__} cannot be read: {plan.required} have no default")
    steps = _steps(model, whole, null_text)
    has_body, folds, unknown = plan.body is not None, plan.folds, plan.unknown

    def read_object(value: Any, where: Where, found: Found) -> Any:
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


def _as_object(value: Any, has_body: bool, where: Where, found: Found) -> Any:
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
