"""Text as it is stored: one normal form, no control characters, no lone surrogates."""

from __future__ import annotations

import re
import unicodedata

_UNSTORABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_BREAKS = re.compile(r"\s+")
_WORD = re.compile(r"\w+", re.UNICODE)


def has_unstorable(text: str) -> bool:
    """Whether the text holds control characters, lone surrogates or non-characters."""
    return _UNSTORABLE.search(text) is not None


def clean(text: str) -> str:
    """Normal form C, unstorable characters removed, blanks at both ends removed; line breaks stay."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _composed(_UNSTORABLE.sub("", text)).strip()


def storable(text: str) -> str:
    """The text with a replacement mark for each character that cannot be stored: it still names nothing."""
    return _UNSTORABLE.sub("\ufffd", text)


def kept(text: str) -> str:
    """`clean`, with the blanks at both ends left where they are: a name comes back as it was given."""
    if text.isascii() and text.isprintable():
        return text
    return _composed(_UNSTORABLE.sub("", text))


_PIECE = 256


def _composed(text: str) -> str:
    """Normal form C, long texts in pieces: ordering the marks of a run costs the square of its length,
    and ten thousand marks over one letter would hold the processor for a tenth of a second."""
    pieces = []
    start = 0
    while len(text) - start > 2 * _PIECE:
        end, last = start + _PIECE, start + 2 * _PIECE
        while end < last and not text[end].isascii():  # an ASCII letter never joins what stands before it
            end += 1
        pieces.append(unicodedata.normalize("NFC", text[start:end]))
        start = end
    pieces.append(unicodedata.normalize("NFC", text[start:]))
    return "".join(pieces)


def one_line(text: str) -> str:
    """`clean`, and every run of white space becomes one blank (titles, names, header values)."""
    if "  " not in text and text.isascii() and text.isprintable():
        return text.strip()
    return _BREAKS.sub(" ", clean(text))


def folded(text: str) -> str:
    """The form in which words are compared: no case, no marks over letters, single blanks."""
    if text.isascii():
        return " ".join(text.split()).lower()
    bare = unicodedata.normalize("NFKD", text)
    return (
        _BREAKS.sub(" ", "".join(mark for mark in bare if not unicodedata.combining(mark))).strip().casefold()
    )


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(folded(text))


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter changed, added, dropped, or two neighbours swapped makes them equal."""
    if one == other:
        return False
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) == len(long):
        if short[start + 1 :] == long[start + 1 :]:
            return True
        return (
            short[start : start + 2] == long[start : start + 2][::-1]
            and short[start + 2 :] == long[start + 2 :]
        )
    return short[start:] == long[start + 1 :]


def nearest(word: str, known: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The known words that `word` probably meant: equal but for case, else one edit away (any case)."""
    lowered = word.casefold()
    same = tuple(item for item in known if item.casefold() == lowered)
    if same:
        return same
    return tuple(item for item in known if one_edit_apart(item.casefold(), lowered))
