"""From the bytes of an untrusted body to a neutral tree of dict, list, str, int, bool and None.

JSON numbers with a fraction or exponent stay the text they were written as, so that no sum of
money passes through a float. In XML an element is its children by local name (repeated ones a
list) together with its attributes, its text stands beside them under `TEXT`; an element with
nothing but text is that text, an empty one is `{}`; names of attributes are `Attribute`. Namespaces are
ignored.

What can be wrong with a body as such is a Refusal with one problem: `body_malformed` (with the
reason) or `body_too_deep`. Of a JSON member given twice the last counts.
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal, NamedTuple, NoReturn, TypeAlias

import msgspec
from lxml import etree

from openacq.kernel.refusal import Problem, Refusal

Media: TypeAlias = Literal["json", "xml"]

DEPTH_LIMIT: Final = 64
"""Levels of nesting a body may have; the deepest Alma object has seven."""

ATTRIBUTE_LIMIT: Final = 100
"""Attributes an element may have; Alma's have at most four."""

TEXT: Final = object()
"""Key of an element's own text beside its attributes or children: no JSON member can be it."""

UTF8_BOM: Final = b"\xef\xbb\xbf"

Tree: TypeAlias = dict[Any, Any]


class Attribute(str):
    """The name of an attribute: equal to the same name of an element, but it can be told from it."""

    __slots__ = ()


class Hidden(NamedTuple):
    """Key of an attribute whose element has a child of the same name: no JSON member can be it, and only who
    keeps everything looks at it."""

    attribute: str


def parse(body: bytes, media: Media) -> Tree | None:
    """The members of the object in the body; None when there is no body. Refusal: see the module."""
    body = body.removeprefix(UTF8_BOM)
    if not body.strip():
        return None
    return parse_json(body) if media == "json" else parse_xml(body)[1]


def _malformed(reason: str) -> NoReturn:
    raise Refusal(Problem("body_malformed", reason=reason)) from None


def _too_deep() -> NoReturn:
    raise Refusal(Problem("body_too_deep", limit=DEPTH_LIMIT)) from None


# --- JSON


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


_json = msgspec.json.Decoder(float_hook=Number)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = frozenset(b"[{")
_PLAIN_WORDS = {
    "Input data was truncated": "it ends too early",
    "Integer value out of range": "a number has too many digits",
}
_HALF_PAIR = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]"
)


def parse_json(body: bytes) -> Tree | None:
    """The members of the object."""
    if _nested_too_deep(body):
        _too_deep()
    try:
        found = _json.decode(body)
    except UnicodeDecodeError:
        _malformed("it is not valid UTF-8")
    except RecursionError:  # pragma: no cover  the depth was looked at before; this is the second bolt
        _too_deep()
    except ValueError as error:  # msgspec's own errors are ValueErrors too
        _malformed(_json_reason(body, error))
    if found is not None and not isinstance(found, dict):
        _malformed("an object is expected")
    return found


def _nested_too_deep(body: bytes) -> bool:
    """Looks at the brackets outside of strings before anything recurses over them."""
    if body.count(b"[") + body.count(b"{") <= DEPTH_LIMIT:
        return False
    outside = body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2]
    depth = 0
    for bracket in b"".join(outside).translate(None, _NOT_BRACKETS):
        if bracket in _OPENING:
            depth += 1
            if depth > DEPTH_LIMIT:
                return True
        else:
            depth -= 1
    return False


def _json_reason(body: bytes, error: ValueError) -> str:
    if _HALF_PAIR.search(body):
        return "a string holds half of a surrogate pair"
    words = str(error).removeprefix("JSON is malformed: ").partition(" - at ")[0]
    return _PLAIN_WORDS.get(words, words)


# --- XML

_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
}
_DECLARED = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_LONG_NAMESPACE = re.compile(
    rb"""xmlns(?: :[^\s=]{200} | (?: :[^\s=]{1,199} )?+ \s*+=\s*+ (?: "[^"]{500} | '[^']{500} ) )""",
    re.VERBOSE,
)
_NO_DOCTYPE = "a document type declaration (DOCTYPE) is not accepted"
_DOCTYPE_AHEAD = re.compile(rb"(?:\s+|\xef\xbb\xbf|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)


def parse_xml(body: bytes) -> tuple[str, Tree]:
    """The local name of the root element, and its members."""
    body = body.removeprefix(UTF8_BOM)
    body = _as_utf8(body)
    suspect = b"<!DOCTYPE" in body
    # Looked for before parsing: entities in attribute values would be expanded while parsing.
    if suspect and _DOCTYPE_AHEAD.match(body):
        _malformed(_NO_DOCTYPE)
    # The name of each element is handed out with its whole namespace in front, a copy each time.
    if b"xmlns" in body and _LONG_NAMESPACE.search(body):
        _malformed("a namespace is longer than 500 characters")
    try:
        root = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        reason = " ".join((error.msg or "it is not well-formed").split())
        if reason.startswith("Excessive depth"):
            _too_deep()
        _malformed(reason)
    if suspect and root.getroottree().docinfo.internalDTD is not None:
        _malformed(_NO_DOCTYPE)
    found = _of_element(root, 1)
    return local_name(root), found if isinstance(found, dict) else {TEXT: found}


def local_name(element: Any) -> str:
    name: str = element.tag.rpartition("}")[2]
    return name


def _parser() -> etree.XMLParser:
    """A parser of its own for each body: a shared one is locked, and threads would wait in line."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _as_utf8(body: bytes) -> bytes:
    """The body in UTF-8, from the encodings old clients still use; any other is refused."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif body.startswith(b"<\0"):
        encoding = "utf-16-le"
    elif body.startswith(b"\0<"):
        encoding = "utf-16-be"
    else:
        declared = _DECLARED.match(body)
        if declared is None:
            return body
        name = declared[1].decode("ascii")
        encoding = _ENCODINGS.get(name.lower(), "")
        if not encoding:
            _malformed(f"encoding {name} is not known; send UTF-8")
        if encoding == "utf-8" or encoding.startswith("utf-16"):
            # Whoever could read the declaration as single bytes is not reading UTF-16.
            return body
    try:
        return body.decode(encoding).encode()
    except UnicodeError:
        _malformed(f"it is not valid {encoding.upper()}")


def _of_element(element: Any, depth: int) -> Tree | str:
    if depth > DEPTH_LIMIT:
        _too_deep()
    text = element.text
    attributes = element.attrib
    if not len(element) and not attributes:
        return {} if text is None or text.isspace() else text
    if len(attributes) > ATTRIBUTE_LIMIT:  # reading n of them costs n²: 100,000 would take half a minute
        _malformed(f"an element has more than {ATTRIBUTE_LIMIT} attributes")
    found: Tree = {}
    for name, value in attributes.items():
        if name[0] != "{":  # xsi:type, xsi:nil and the like
            found[Attribute(name)] = value
    if len(element):
        children: Tree = {}
        for child in element:
            name = local_name(child)
            inner = _of_element(child, depth + 1)
            if name not in children:
                children[name] = inner
            elif isinstance(children[name], list):
                children[name].append(inner)
            else:
                children[name] = [children[name], inner]
        for name in found.keys() & children.keys():
            found[Hidden(name)] = found.pop(name)
        found.update(children)
        if text is not None and not text.isspace():
            found[TEXT] = text
    else:
        found[TEXT] = text or ""
    return found
