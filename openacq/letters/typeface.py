"""Which font sets which character, and how wide text is.

DejaVu Sans sets Latin, Greek, Cyrillic, Armenian and Georgian; it is embedded. Chinese, Japanese and
Korean are set in fonts borrowed from the PDF reader, as is usual for them. What needs more than letters
in a row (Hebrew, Arabic, the scripts of India), and what no font has, is not set wrong but shown as
`MARK`. A document that borrows fonts or shows the mark says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "openacq-plain", "openacq-bold"
CHINESE, JAPANESE, KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
MARK = "\u25a1"
INVISIBLE = ""
BASIC = 0xFFFF
"""Beyond it reportlab writes text that cannot be read out again."""
_FILES = {PLAIN: "DejaVuSansCondensed.ttf", BOLD: "DejaVuSansCondensed-Bold.ttf"}
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_UNSEEN = frozenset({"Cf", "Cc", "Cs", "Co", "Cn"})
_KANA = ((0x3040, 0x30FF), (0xFF66, 0xFF9D))
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3))
_HAN = ((0x3000, 0x303F), (0x4E00, 0x9FA5), (0xFF01, 0xFF5E))


@cache
def fonts() -> dict[str, TTFont]:
    """The embedded fonts, loaded once per process; the others are made known to reportlab."""
    loaded: dict[str, TTFont] = {}
    for name, file in _FILES.items():
        with as_file(files("openacq.letters") / "fonts" / file) as path:
            loaded[name] = TTFont(name, str(path))
        pdfmetrics.registerFont(loaded[name])
    for name in (CHINESE, JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return loaded


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one font, and how wide it is in a size of 1."""

    font: str
    text: str
    width: float


@lru_cache(20_000)
def _glyph(char: str, font: str, east: str) -> Run:
    """How one character is set; its text is "" when nothing is to be seen of it."""
    code = ord(char)
    face = fonts()[font].face
    if unicodedata.category(char) in _UNSEEN:
        return Run(font, INVISIBLE, 0)
    if unicodedata.bidirectional(char) not in _RIGHT_TO_LEFT:
        if code in face.charToGlyph and code <= BASIC:
            return Run(font, char, face.charWidths.get(code, face.defaultWidth) / 1000)
        for name, ranges in ((JAPANESE, _KANA), (KOREAN, _HANGUL), (east, _HAN)):
            if any(first <= code <= last for first, last in ranges):
                return Run(name, char, 1)
    if unicodedata.combining(char):
        return Run(font, INVISIBLE, 0)
    return Run(font, MARK, face.charWidths[ord(MARK)] / 1000)


class Face:
    """Plain or bold; `east` sets Chinese characters. Remembers whether it set the mark or borrowed a font."""

    def __init__(self, font: str, east: str) -> None:
        self._font = font
        self._east = east
        self.unprintable = False
        self.borrowed = False

    def _glyphs(self, text: str) -> list[Run]:
        glyphs = [_glyph(char, self._font, self._east) for char in text]
        if not text.isascii():
            pairs = tuple(zip(text, glyphs, strict=True))
            self.unprintable |= any(glyph.text == MARK != char for char, glyph in pairs)
            self.borrowed |= any(glyph.font != self._font for _, glyph in pairs)
        return [glyph for glyph in glyphs if glyph.text]

    def width(self, text: str) -> float:
        return sum(glyph.width for glyph in self._glyphs(text))

    def runs(self, text: str) -> Iterator[Run]:
        """The text in pieces of one font each."""
        for font, glyphs in groupby(self._glyphs(text), lambda glyph: glyph.font):
            pieces = list(glyphs)
            yield Run(font, "".join(one.text for one in pieces), sum(one.width for one in pieces))

    def wrapped(self, text: str, width: float) -> Iterator[str]:
        """The text in lines of at most `width`, broken at blanks, beside Chinese, or where it must be."""
        line, so_far = "", 0.0
        blank = self.width(" ")
        for word in text.split():
            wide = self.width(word)
            if line and so_far + blank + wide <= width:
                line, so_far = f"{line} {word}", so_far + blank + wide
                continue
            if line and wide <= width:
                yield line
                line, so_far = word, wide
                continue
            line, so_far = (f"{line} ", so_far + blank) if line else ("", 0.0)
            for char in word:
                one = self.width(char)
                if so_far + one > width and line.strip():
                    yield line.rstrip()
                    line, so_far = "", 0.0
                line, so_far = line + char, so_far + one
        if line.strip():
            yield line


def east_of(text: str) -> str:
    """The font of Chinese characters in a document: beside kana Japanese, beside hangul Korean."""
    for name, ranges in ((JAPANESE, _KANA), (KOREAN, _HANGUL)):
        if any(first <= ord(char) <= last for char in text for first, last in ranges):
            return name
    return CHINESE
