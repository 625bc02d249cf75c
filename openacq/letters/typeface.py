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
from functools import cache
from importlib.resources import as_file, files
from itertools import groupby

from reportlab import rl_config
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
    rl_config.useA85 = 0  # plain streams: an e-mail encodes the whole file anyway
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


class _Glyphs(dict[str, Run]):
    """How each character is set, found when it is first met; the text of what is not seen is ""."""

    def __init__(self, font: str, east: str) -> None:
        super().__init__()
        self._font = font
        self._face = fonts()[font].face
        self._east = east

    def __missing__(self, char: str) -> Run:
        found = self[char] = self._find(char)
        return found

    def _find(self, char: str) -> Run:
        code = ord(char)
        if unicodedata.category(char) in _UNSEEN:
            return Run(self._font, INVISIBLE, 0)
        if unicodedata.bidirectional(char) not in _RIGHT_TO_LEFT:
            if code in self._face.charToGlyph and code <= BASIC:
                return Run(self._font, char, self._width(code))
            for name, ranges in ((JAPANESE, _KANA), (KOREAN, _HANGUL), (self._east, _HAN)):
                if any(first <= code <= last for first, last in ranges):
                    return Run(name, char, 1)
        if unicodedata.combining(char):
            return Run(self._font, INVISIBLE, 0)
        return Run(self._font, MARK, self._width(ord(MARK)))

    def _width(self, code: int) -> float:
        return float(self._face.charWidths.get(code, self._face.defaultWidth)) / 1000


class Face:
    """Plain or bold; `east` sets Chinese characters. Remembers whether it set the mark or borrowed a font."""

    def __init__(self, font: str, east: str) -> None:
        self._font = font
        self._glyphs = _Glyphs(font, east)

    @property
    def unprintable(self) -> bool:
        return any(glyph.text == MARK != char for char, glyph in self._glyphs.items())

    @property
    def borrowed(self) -> bool:
        return any(glyph.font != self._font for glyph in self._glyphs.values())

    def width(self, text: str) -> float:
        return sum(glyph.width for glyph in map(self._glyphs.__getitem__, text))

    def runs(self, text: str) -> Iterator[Run]:
        """The text in pieces of one font each."""
        glyphs = [glyph for glyph in map(self._glyphs.__getitem__, text) if glyph.text]
        for font, same in groupby(glyphs, _font_of):
            pieces = list(same)
            yield Run(font, "".join(one.text for one in pieces), sum(one.width for one in pieces))

    def wrapped(self, text: str, width: float) -> Iterator[str]:
        """The text in lines of at most `width`, broken at blanks, beside Chinese, or where it must be."""
        if self.width(text) <= width:
            if text.strip():
                yield text.strip()
            return
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


def _font_of(glyph: Run) -> str:
    return glyph.font


def east_of(text: str) -> str:
    """The font of Chinese characters in a document: beside kana Japanese, beside hangul Korean."""
    if not text.isascii():
        for name, ranges in ((JAPANESE, _KANA), (KOREAN, _HANGUL)):
            if any(first <= ord(char) <= last for char in set(text) for first, last in ranges):
                return name
    return CHINESE
