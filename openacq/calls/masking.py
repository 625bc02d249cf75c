"""What the order log may keep of a call's text: secrets masked, patron data folded away.

It works on text, not on parsed objects, because the calls most worth reading are those whose body
could not be parsed. One pass, linear in the length, whatever is sent. Members are known by name:
`"first_name": …` in JSON and what resembles it (`'first_name': …`, `first_name=…`),
`<first_name>…</first_name>` in XML, at any depth, with any prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType
from urllib.parse import unquote_plus

MASK = "***"

SECRET_NAMES = (
    "access_token",
    "api_key",
    "apikey",
    "client_secret",
    "code_verifier",
    "password",
    "refresh_token",
    "secret",
    "token",
)
PATRON_NAMES = (
    "birth_date",
    "email",
    "email_address",
    "first_name",
    "full_name",
    "last_name",
    "middle_name",
    "phone_number",
    "pref_first_name",
    "pref_last_name",
    "pref_middle_name",
    "primary_id",
    "requester",
    "user_id",
    "user_primary_id",
)
SECRET_PARAMETERS = frozenset({*SECRET_NAMES, "authorization", "key", "signature", "wskey"})
PATRON_PARAMETERS = frozenset({*PATRON_NAMES, "q_user", "user"})

_NAMES = "|".join(sorted((*SECRET_NAMES, *PATRON_NAMES), key=len, reverse=True))
_CUT = re.compile(r"\[… \d+ bytes in all\]$|^\[\d+ bytes in .+, not kept\]$")
_NEEDLES = (
    "_name",
    "birth_",
    "email",
    "key",
    "password",
    "phone_",
    "primary_id",
    "requester",
    "secret",
    "token",
    "user_id",
    "verifier",
)
"""Each name contains one of these: a text without any is let through unread, as most are."""

_JSON_MEMBER = re.compile(rf"""(?<![\w.-])(["']?)({_NAMES})\1\s*[:=]\s*""", re.IGNORECASE)
_JSON_STRINGS = {
    '"': re.compile(r'"((?:[^"\\]|\\.)*+)("?)', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\]|\\.)*+)('?)", re.DOTALL),
}
_JSON_PLAIN = re.compile(r"""[^\s,\]}&"'<]*""")
_JSON_STEP = re.compile(r'[\[\]{}]|"(?:[^"\\]|\\.)*+"?')
_JSON_LETTER = re.compile(r"\\u00([2-7][0-9a-fA-F])")

_ATTRIBUTES = r"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*+"""
_XML_ELEMENT = re.compile(rf"<((?:[\w.-]+:)?({_NAMES}))({_ATTRIBUTES})\s*(/?)>", re.IGNORECASE)
_XML_OPENED = re.compile(rf"<(?:[\w.-]+:)?(?:{_NAMES})\s[^>]*$", re.IGNORECASE)
_QUOTED = re.compile(r"""(["'])(.*?)\1""", re.DOTALL)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}\bencoding\s*=\s*["']([^"']{1,40})["']""")
_PLAIN_ENCODINGS = frozenset(
    {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"latin1", b"windows-1252"}
)

_CODE = re.compile(r"\bac_[\w-]{40,}")
"""An authorization code: its name (`code`) is that of many harmless things."""
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PLAIN_BLANKS = MappingProxyType({ord(blank): " " for blank in "\t\n\r"})
_MARK = re.compile(r"""(["'])\[folded:(\d{1,6}) bare\]\1|\[folded:(\d{1,6})\]""")
_USER_PATH = re.compile(r"(/users/)([^/?]+)")


class Fold:
    """The values folded away from one call, each known by the mark left in its place."""

    __slots__ = ("_marks", "values")

    def __init__(self) -> None:
        self.values: list[str] = []
        self._marks: dict[str, str] = {}

    def away(self, value: str) -> str:
        """The mark that stands for `value`; the same value gets the same mark."""
        if not value:
            return value
        mark = self._marks.get(value)
        if mark is None:
            self.values.append(value)
            mark = self._marks[value] = f"[folded:{len(self.values)}]"
        return mark

    def bare(self, value: str) -> str:
        """The mark for a value that stood without quotes (a number, a list): it is shown in quotes."""
        return self.away(value).replace("]", " bare]")

    def everywhere(self, text: str) -> str:
        """Replace values folded before wherever they turn up again, as in an error message."""
        for value in sorted((value for value in self._marks if len(value) > 3), key=len, reverse=True):
            if value in text:
                text = text.replace(value, self._marks[value])
        return text


def unfold(text: str, values: Iterable[str]) -> str:
    """The text with the values put back; marks whose value is erased stay."""
    known = list(values)

    def value(mark: re.Match[str]) -> str:
        at = int(mark[2] or mark[3]) - 1
        return known[at] if 0 <= at < len(known) else mark[0]

    return _MARK.sub(value, text)


def lacks(text: str) -> bool:
    """Whether something of a text is not in it: cut off, masked, or folded away for good."""
    return MASK in text or bool(_MARK.search(text)) or bool(_CUT.search(text))


def body_text(body: bytes, fold: Fold, limit: int, *, private: bool = False) -> str:
    """A body as the log keeps it: cut to `limit` bytes, masked and folded; "" when `limit` is 0."""
    if not body or not limit:
        return ""
    odd = _odd_encoding(body)
    if odd:
        return f"[{len(body)} bytes in {odd}, not kept]"
    text = _CODE.sub(MASK, showable(body[:limit].decode("utf-8", "replace")))
    if private:
        text = fold.away(text)
    elif text.lstrip("\ufeff \t\r\n")[:1] == "<":
        text = _fold_xml(text, fold)
    else:
        text = _fold_json(text, fold)
    if len(body) > limit:
        text += f" [… {len(body)} bytes in all]"
    return text


def query_text(query: str, fold: Fold, *, private: bool = False) -> str:
    """A query string with the values of keys masked and of patrons folded; of a private call, whatever is
    searched for."""
    if not query:
        return ""
    parts = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        plain = unquote_plus(name).strip().casefold()
        if plain in SECRET_PARAMETERS:
            value = MASK if value else ""
        elif plain in PATRON_PARAMETERS or (plain == "q" and (private or _asks_for_a_person(value))):
            value = fold.away(value)
        parts.append(f"{name}{equals}{value}")
    return _CODE.sub(MASK, showable("&".join(parts)))


def path_text(path: str, fold: Fold) -> str:
    """A path with the id of a user folded."""
    if "/users/" not in path:
        return showable(path)
    return showable(_USER_PATH.sub(lambda found: found[1] + fold.away(found[2]), path))


def showable(text: str) -> str:
    """The text with what no database or terminal can take written as \\xNN."""
    if text.isprintable() or text.translate(_PLAIN_BLANKS).isprintable():
        return text
    return _UNSHOWABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _asks_for_a_person(value: str) -> bool:
    field = unquote_plus(value).partition("~")[0].strip().casefold()
    return field in PATRON_PARAMETERS


def _odd_encoding(body: bytes) -> str:
    """The name of an encoding in which names could hide from a search, or ""."""
    if body[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\x00" in body[:64]:
        return "UTF-16 or UTF-32"
    declared = _XML_ENCODING.match(body[:300])
    if declared and declared[1].lower() not in _PLAIN_ENCODINGS:
        return declared[1].decode("ascii", "replace")
    return ""


def _fold_json(text: str, fold: Fold) -> str:
    if "\\u00" in text:  # a name may be written "first\u005fname"
        text = _JSON_LETTER.sub(_plain_letter, text)
    lowered = text.lower()
    if not any(needle in lowered for needle in _NEEDLES):
        return text
    parts: list[str] = []
    done = 0
    while (member := _JSON_MEMBER.search(text, done)) is not None:
        parts.append(text[done : member.end()])
        shown, done = _folded_value(text, member.end(), member[1], member[2], fold)
        parts.append(shown)
    parts.append(text[done:])
    return "".join(parts)


def _plain_letter(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16))
    return letter if letter.isalnum() or letter in "_-" else found[0]


def _folded_value(text: str, at: int, quote: str, name: str, fold: Fold) -> tuple[str, int]:
    """What to show for the value that begins at `at`, and where it ends."""
    secret = name.casefold() in SECRET_NAMES
    first = text[at : at + 1]
    if first in ("[", "{"):
        end = _container_end(text, at)
        inner = text[at:end]
        if inner in ("[]", "{}"):
            return inner, end
        return _bare(inner, quote, fold, secret=secret), end
    string = _JSON_STRINGS[first].match(text, at) if first in _JSON_STRINGS else None
    if string is not None:
        end = len(text) if not string[2] else string.end()
        inner = text[at + 1 :] if not string[2] else string[1]
        return first + _stand_in(inner, fold, secret=secret) + string[2], end
    plain = _JSON_PLAIN.match(text, at)
    inner = plain[0] if plain else ""
    end = at + len(inner)
    if inner in ("null", "true", "false", ""):
        return inner, end
    return _bare(inner, quote, fold, secret=secret), end


def _bare(inner: str, quote: str, fold: Fold, *, secret: bool) -> str:
    if not quote:
        return _stand_in(inner, fold, secret=secret)
    return quote + (MASK if secret else fold.bare(inner)) + quote


def _container_end(text: str, at: int) -> int:
    depth = 0
    for step in _JSON_STEP.finditer(text, at):
        mark = step[0]
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
            if depth == 0:
                return step.end()
    return len(text)


def _fold_xml(text: str, fold: Fold) -> str:
    lowered = text.lower()
    if not any(needle in lowered for needle in _NEEDLES):
        return text
    parts: list[str] = []
    done = 0
    while (element := _XML_ELEMENT.search(text, done)) is not None:
        secret = element[2].casefold() in SECRET_NAMES
        attributes = _QUOTED.sub(
            lambda quoted, secret=secret: quoted[1] + _stand_in(quoted[2], fold, secret=secret) + quoted[1],
            element[3],
        )
        parts += (text[done : element.start()], f"<{element[1]}{attributes}{element[4]}>")
        done = element.end()
        if element[4]:
            continue
        end = _element_end(text, element[1], done)
        parts.append(_stand_in(text[done:end], fold, secret=secret))
        done = end
    rest = text[done:]
    opened = _XML_OPENED.search(rest)
    if opened:  # cut off inside the tag: its attributes are lost rather than shown
        rest = rest[: opened.start()] + "<…"
    parts.append(rest)
    return "".join(parts)


def _element_end(text: str, name: str, at: int) -> int:
    """Where the end tag of `name` begins; the end of the text when there is none."""
    tag = f"</{name}"
    while (at := text.find(tag, at)) >= 0:
        if text[at + len(tag) : at + len(tag) + 1] in ("", ">", " ", "\t", "\r", "\n"):
            return at
        at += len(tag)
    return len(text)


def _stand_in(inner: str, fold: Fold, *, secret: bool) -> str:
    if not inner.strip():
        return inner
    return MASK if secret else fold.away(inner)
