"""Rows of register files, read cell by cell.

A row comes from TOML (typed values) or CSV (text). A column that is absent leaves what is stored
as it is; a column that is there but empty clears it. Every wrong cell becomes a `Problem`, so that
one pass names all of them; the readers then return the value that was kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TypeVar

import msgspec

from openacq.kernel.refusal import Problem, probable
from openacq.kernel.text import clean, nearest, one_line

T = TypeVar("T")

YES = frozenset({"true", "yes", "y", "1", "on"})
NO = frozenset({"false", "no", "n", "0", "off"})


class RowReader:
    """Reads one row whose possible columns are `columns`; other columns are problems at once."""

    __slots__ = ("_row", "problems")

    def __init__(self, row: Mapping[str, object], columns: Collection[str]) -> None:
        self._row = row
        self.problems: list[Problem] = [
            Problem("column_unknown", name, name, probable=probable(nearest(name, tuple(columns))))
            for name in row
            if name not in columns
        ]

    def given(self, name: str) -> bool:
        """Whether the row has this column at all."""
        return self._row.get(name) is not None

    def refuse(self, slug: str, name: str, value: object = "", **facts: object) -> None:
        self.problems.append(Problem(slug, name, value, **facts))

    def text(
        self, name: str, kept: str = "", *, required: bool = False, limit: int = 255, lines: bool = False
    ) -> str:
        """Text on one line (or several with `lines`); whole numbers are taken as text."""
        cell = self._row.get(name)
        if cell is None:
            value = kept
        elif isinstance(cell, str):
            value = clean(cell) if lines else one_line(cell)
        elif isinstance(cell, int) and not isinstance(cell, bool):
            value = str(cell)
        else:
            return self._wrong(name, cell, "text", kept)
        if not value and required:
            self.refuse("field_missing", name)
        if len(value) > limit:
            self.refuse("value_too_long", name, value, limit=limit)
            return kept
        return value

    def flag(self, name: str, kept: bool = False) -> bool:
        """true/false, yes/no, 1/0; empty is false."""
        cell = self._row.get(name)
        if cell is None:
            return kept
        if isinstance(cell, bool):
            return cell
        word = str(cell).strip().casefold()
        if word in YES:
            return True
        if word in NO or not word:
            return False
        return self._wrong(name, cell, "true or false", kept)

    def whole(
        self, name: str, kept: int | None = None, *, least: int = 0, most: int = 2**53 - 1
    ) -> int | None:
        """A whole number between `least` and `most`; empty is None."""
        cell = self._row.get(name)
        if cell is None:
            return kept
        expected = f"a whole number from {least} to {most}"
        if isinstance(cell, str):
            word = cell.strip()
            if not word:
                return None
            if not (word.removeprefix("-").isascii() and word.removeprefix("-").isdigit()) or len(word) > 20:
                return self._wrong(name, cell, expected, kept)
            cell = int(word)
        if isinstance(cell, bool) or not isinstance(cell, int) or not least <= cell <= most:
            return self._wrong(name, cell, expected, kept)
        return cell

    def day(self, name: str, kept: date | None = None) -> date | None:
        """A calendar date (YYYY-MM-DD, a trailing Z is fine); empty is None."""
        cell = self._row.get(name)
        if cell is None:
            return kept
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        word = str(cell).strip()
        if not word:
            return None
        try:
            return date.fromisoformat(word.removesuffix("Z")[:10])
        except ValueError:
            self.refuse("date_malformed", name, cell)
            return kept

    def choice(self, name: str, allowed: Collection[str], kept: str, *, blank: str | None = None) -> str:
        """One of `allowed`, whatever its case; empty is `blank` (default: what was kept)."""
        cell = self._row.get(name)
        if cell is None:
            return kept
        word = str(cell).strip()
        if not word:
            return kept if blank is None else blank
        for value in allowed:
            if value.casefold() == word.casefold():
                return value
        return self._wrong(name, cell, f"one of {', '.join(allowed)}", kept)

    def words(self, name: str, kept: tuple[str, ...] = (), *, limit: int = 255) -> tuple[str, ...]:
        """Several values, each once: a list, or text divided by semicolons (or `|`)."""
        cell = self._row.get(name)
        if cell is None:
            return kept
        if isinstance(cell, str):
            parts: list[object] = list(cell.replace("|", ";").split(";"))
        elif isinstance(cell, list | tuple):
            parts = list(cell)
        else:
            return self._wrong(name, cell, "a list", kept)
        if not all(isinstance(part, str | int) and not isinstance(part, bool) for part in parts):
            return self._wrong(name, cell, "a list of texts", kept)
        values = tuple(dict.fromkeys(value for part in parts if (value := one_line(str(part)))))
        if any(len(value) > limit for value in values):
            self.refuse("value_too_long", name, max(values, key=len), limit=limit)
            return kept
        return values

    def records(self, name: str) -> list[Mapping[str, object]] | None:
        """A list of tables (TOML), or the same as JSON text (CSV); None when the column is absent."""
        cell = self._row.get(name)
        if cell is None:
            return None
        if isinstance(cell, str):
            if not cell.strip():
                return []
            try:
                cell = msgspec.json.decode(cell)
            except msgspec.DecodeError:
                return self._wrong(name, cell, "a list of tables, or the same as JSON", None)
        if isinstance(cell, list) and all(isinstance(entry, dict) for entry in cell):
            return list(cell)
        return self._wrong(name, cell, "a list of tables", None)

    def table(self, name: str) -> Mapping[str, object] | None:
        """A table (TOML), or a JSON object as text (CSV); None when the column is absent."""
        cell = self._row.get(name)
        if cell is None:
            return None
        if isinstance(cell, str):
            if not cell.strip():
                return {}
            try:
                cell = msgspec.json.decode(cell)
            except msgspec.DecodeError:
                return self._wrong(name, cell, "a table, or a JSON object", None)
        if isinstance(cell, dict):
            return cell
        return self._wrong(name, cell, "a table", None)

    def _wrong(self, name: str, cell: object, expected: str, kept: T) -> T:
        self.refuse("value_wrong_type", name, cell, expected=expected)
        return kept
