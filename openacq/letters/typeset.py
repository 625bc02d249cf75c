"""Sheets set as PDF: real text, a table that goes on over the pages. A sheet always gives the same bytes."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from reportlab.pdfgen.canvas import Canvas

from openacq.letters.sheet import Block, Row, Sheet
from openacq.letters.typeface import BOLD, MARK, PLAIN, Face, east_of, fonts

PAGE = (595, 842)
LEFT, RIGHT, TOP, BOTTOM, FOOT = 51, 544, 791, 66, 36
SIZE, LEADING, SMALL = 9, 12, 7.5
TITLE_SIZE = 15
GAP = 9
COLUMNS = ((LEFT, 26), (LEFT + 30, 262), (LEFT + 296, 30), (LEFT + 330, 81), (LEFT + 415, 78))
"""Left edge and width of the table's columns; from `FLUSH_RIGHT` on they are set flush right."""
FLUSH_RIGHT = 2
BLOCKS = 3
BLOCK_WIDTH = (RIGHT - LEFT) / BLOCKS

_alone = threading.Lock()
"""reportlab keeps fonts and what was used of them in globals; one sheet is set at a time."""


@dataclass(frozen=True, slots=True)
class _Text:
    x: float
    y: float
    text: str
    bold: bool = False
    size: float = SIZE
    right: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    y: float


def typeset(sheet: Sheet) -> bytes:
    """The sheet as a PDF."""
    with _alone:
        fonts()
        layout = _Layout(sheet)
        layout.set_sheet()
        return layout.drawn()


class _Layout:
    """Decides what stands where, page by page, and draws it."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        east = east_of("".join(line for row in sheet.rows for cell in row.cells for line in cell))
        self._faces = {False: Face(PLAIN, east), True: Face(BOLD, east)}
        self._pages: list[list[_Text | _Rule]] = []
        self._y = float(TOP)

    # -- what stands where --------------------------------------------------------------------

    def set_sheet(self) -> None:
        sheet = self._sheet
        self._pages.append([])
        self._lines(sheet.sender, LEFT, RIGHT - LEFT)
        self._y -= GAP + LEADING
        for line in self._wrap(sheet.title, RIGHT - LEFT, bold=True, size=TITLE_SIZE):
            self._put(LEFT, line, bold=True, size=TITLE_SIZE)
            self._y -= TITLE_SIZE * 1.2
        self._blocks(sheet.blocks)
        for label, value in sheet.facts:
            self._lines((f"{label}: {value}",), LEFT, RIGHT - LEFT)
        self._y -= GAP
        self._table(sheet)
        for note in sheet.notes:
            self._lines((note,), LEFT, RIGHT - LEFT)

    def _blocks(self, blocks: Sequence[Block]) -> None:
        """Blocks side by side, `BLOCKS` in a row."""
        for first in range(0, len(blocks), BLOCKS):
            self._y -= GAP
            columns = [
                [(block.label, True)]
                + [(line, False) for text in block.lines for line in self._wrap(text, BLOCK_WIDTH - GAP)]
                for block in blocks[first : first + BLOCKS]
            ]
            for lines in zip_longest(*columns, fillvalue=("", False)):
                self._need(LEADING)
                for place, (line, bold) in enumerate(lines):
                    self._put(LEFT + place * BLOCK_WIDTH, line, bold=bold)
                self._y -= LEADING
        self._y -= GAP

    def _table(self, sheet: Sheet) -> None:
        self._head()
        for row in sheet.rows:
            cells = [list(self._cell(row, at)) for at in range(len(COLUMNS))]
            height = max(map(len, cells)) * LEADING
            if height < (TOP - BOTTOM) // 2:
                self._need(height, head=True)
            for lines in zip_longest(*cells, fillvalue=("", False)):
                self._need(LEADING, head=True)
                for at, (line, bold) in enumerate(lines):
                    self._put_cell(at, line, bold=bold)
                self._y -= LEADING
            self._rule()
        if sheet.sum is not None:
            self._need(2 * LEADING)
            self._y -= 2
            self._put(COLUMNS[1][0], sheet.sum[0], bold=True)
            self._put(RIGHT, sheet.sum[1], bold=True, right=True)
            self._y -= LEADING
        self._y -= GAP

    def _cell(self, row: Row, at: int) -> Iterator[tuple[str, bool]]:
        """The lines of a cell; the first of the column of titles is bold."""
        for number, text in enumerate(row.cells[at]):
            bold = at == 1 and number == 0
            for line in self._wrap(text, COLUMNS[at][1], bold=bold):
                yield line, bold

    def _head(self) -> None:
        for at, label in enumerate(self._sheet.columns):
            self._put_cell(at, label, bold=True)
        self._y -= LEADING
        self._rule()

    def _put_cell(self, at: int, line: str, *, bold: bool) -> None:
        left, width = COLUMNS[at]
        right = at >= FLUSH_RIGHT
        self._put(left + width if right else left, line, bold=bold, right=right)

    def _rule(self) -> None:
        self._pages[-1].append(_Rule(self._y + LEADING - 4))
        self._y -= 4

    def _lines(self, texts: Sequence[str], left: float, width: float) -> None:
        for text in texts:
            for line in self._wrap(text, width):
                self._need(LEADING)
                self._put(left, line)
                self._y -= LEADING

    def _wrap(self, text: str, width: float, *, bold: bool = False, size: float = SIZE) -> Iterator[str]:
        return self._faces[bold].wrapped(text, width / size)

    def _put(
        self, x: float, text: str, *, bold: bool = False, size: float = SIZE, right: bool = False
    ) -> None:
        if text:
            self._pages[-1].append(_Text(x, self._y, text, bold, size, right))

    def _need(self, height: float, *, head: bool = False) -> None:
        """Go on to a new page when less than `height` is left of this one."""
        if self._y - height >= BOTTOM:
            return
        self._pages.append([])
        self._y = float(TOP)
        self._put(LEFT, f"{self._sheet.title} ({self._sheet.continued})", size=SMALL)
        self._y -= 2 * LEADING
        if head:
            self._head()

    # -- drawing ------------------------------------------------------------------------------

    def drawn(self) -> bytes:
        sheet = self._sheet
        target = io.BytesIO()
        canvas = Canvas(target, pagesize=PAGE, invariant=1, pageCompression=1, lang=sheet.language)
        canvas.setTitle(sheet.title)
        canvas.setCreator("openacq")
        remarks = self._remarks()
        for number, page in enumerate(self._pages, 1):
            words = sheet.page.format(page=number, pages=len(self._pages))
            page.append(_Text(RIGHT, FOOT, words, size=SMALL, right=True))
            for place, remark in enumerate(remarks):
                page.append(_Text(LEFT, FOOT - place * (SMALL + 2), remark, size=SMALL))
            self._draw(canvas, page)
            canvas.showPage()
        canvas.save()
        return target.getvalue()

    def _remarks(self) -> list[str]:
        """What the reader should know about characters of this document."""
        faces = self._faces.values()
        remarks = []
        if any(face.unprintable for face in faces):
            remarks.append(self._sheet.unprintable.format(mark=MARK))
        if any(face.borrowed for face in faces):
            remarks.append(self._sheet.borrowed)
        return remarks

    def _draw(self, canvas: Canvas, page: Sequence[_Text | _Rule]) -> None:
        """One text object for the page: beginning one for each string takes twice as long."""
        canvas.setLineWidth(0.4)
        written = canvas.beginText()
        in_use: tuple[str, float] | None = None
        for one in page:
            if isinstance(one, _Rule):
                canvas.line(LEFT, one.y, RIGHT, one.y)
                continue
            runs = list(self._faces[one.bold].runs(one.text))
            x = one.x - one.size * sum(run.width for run in runs) if one.right else one.x
            for run in runs:
                if in_use != (run.font, one.size):
                    in_use = (run.font, one.size)
                    written.setFont(run.font, one.size)
                written.setTextOrigin(x, one.y)
                written.textLine(run.text)
                x += one.size * run.width
        canvas.drawText(written)
