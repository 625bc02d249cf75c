"""Reading what clients of an Atom service send: with or without its envelope, in XML or JSON."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NoReturn, TypeVar

from openacq.kernel.refusal import Problem, Refusal
from openacq.wire.atom_shapes import AtomResource, Received
from openacq.wire.bind import bind
from openacq.wire.tree import Attribute, Media, Tree, parse, parse_xml

R = TypeVar("R", bound=AtomResource)

ETAG_LIMIT = 255

_QUOTED = re.compile(r'(?:W/)?"(.*)"', re.DOTALL)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE
)


def read_entry(
    model: type[R],
    body: bytes,
    media: Media,
    *,
    optional: bool = False,
    whole: bool = False,
    gather: list[Problem] | None = None,
) -> Received[R]:
    """The resource in a body, with or without its Atom envelope, in XML or JSON.

    Elements are matched by local name, so every version of a namespace is taken. `optional`: an empty
    body, an entry without content, an empty resource are all a resource without members (receiving a
    copy). `whole` and `gather` as in `wire.model.read`, whose refusals these are, with the path of
    the field within the resource (`vendor.vendorId`); `body_malformed` also for an envelope without
    the resource that is expected.
    """
    if not body.strip():
        if not optional:
            raise Refusal(Problem("body_missing"))
        return Received(model(), "")
    resource, etag = _of_xml(model, body) if media == "xml" else _of_json(model, body)
    if resource is None and not optional:
        _unexpected(model, "an entry without content")
    return Received(bind(model, resource or {}, whole=whole, gather=gather), etag)


def read_etag(text: str) -> dt.datetime | None:
    """The moment an etag names, whether it stands in quotes (also weak, `W/"…"`) or not, in whatever
    zone; None when it is no moment at all, which is then nobody's version."""
    text = text.strip()
    quoted = _QUOTED.fullmatch(text)
    text = quoted[1].strip() if quoted else text
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = dt.datetime.fromisoformat(text.upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _of_xml(model: type[AtomResource], body: bytes) -> tuple[Tree | None, str]:
    name, tree = parse_xml(body)
    if name == model.xml_root:
        return tree, ""
    if name != "entry":
        _unexpected(model, name)
    content = tree.get("content")
    if not isinstance(content, dict):
        return None, _etag(tree.get("etag"))
    inside = [key for key in content if isinstance(key, str) and not isinstance(key, Attribute)]
    if not inside:
        return None, _etag(tree.get("etag"))
    if inside != [model.xml_root]:
        _unexpected(model, next((key for key in inside if key != model.xml_root), ""))
    return _one(model, content[model.xml_root]), _etag(tree.get("etag"))


def _of_json(model: type[AtomResource], body: bytes) -> tuple[Tree | None, str]:
    tree = parse(body, "json")
    if tree is None:
        return None, ""
    etag = ""
    if isinstance(tree.get("content"), dict):
        etag = _etag_of_extensions(tree.get("extensions"))
        tree = tree["content"]
    elif "content" in tree and tree.keys() & {"title", "updated", "extensions"}:
        if tree["content"] is not None:
            _unexpected(model, "an entry whose content is no object")
        return None, _etag_of_extensions(tree.get("extensions"))
    # Some write the name of the resource around it, as XML has it.
    if tree.keys() == {model.xml_root}:
        return _one(model, tree[model.xml_root]), etag
    return tree, etag


def _one(model: type[AtomResource], inside: Any) -> Tree:
    """What stands under the resource's name; text in place of members is none."""
    if inside is None or (isinstance(inside, str) and not inside.strip()):
        return {}
    if not isinstance(inside, dict):
        _unexpected(model, "a list" if isinstance(inside, list) else "text")
    return inside


def _unexpected(model: type[AtomResource], found: str) -> NoReturn:
    raise Refusal(Problem("body_malformed", reason=f"{model.xml_root} is expected, not {found[:100]}"))


def _etag(found: Any) -> str:
    return found.strip()[:ETAG_LIMIT] if isinstance(found, str) else ""


def _etag_of_extensions(extensions: Any) -> str:
    for extension in extensions if isinstance(extensions, list) else ():
        if isinstance(extension, dict) and extension.get("name") == "gd:etag":
            children = extension.get("children")
            if isinstance(children, list) and children:
                return _etag(children[0])
    return ""
