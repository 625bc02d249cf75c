"""Read register files: TOML tables and CSV files become sheets of rows, all of one kind each.

In TOML every table is named after a kind of register (`[[library]]`); a CSV file is named after it
(`libraries.csv`, `02-libraries.csv`) unless the caller says what it holds. Nothing is interpreted here
beyond that: cells stay as they are written, numbers with decimals stay exact.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from openacq.kernel.refusal import Problem, probable
from openacq.kernel.text import nearest
from openacq.kernel.verdict import Verdict

MOST_BYTES = 200_000_000
DELIMITERS = (",", ";", "\t")

_DIVIDERS = re.compile(r"[\W_]+")
_BLANKS = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one kind from one file. `places` says where each stands: the line of a CSV file, the
    number of the table in a TOML file."""

    file: str
    kind: str
    rows: tuple[Mapping[str, object], ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one row of a file (or of the whole file: row 0 of kind "file")."""

    file: str
    verdict: Verdict


def read_files(
    paths: Iterable[Path], kinds: Collection[str], kind: str | None = None
) -> tuple[list[Sheet], list[Entry]]:
    """(sheets, what could not be read). `kind` says what CSV files hold, whatever their names."""
    sheets: list[Sheet] = []
    unread: list[Entry] = []
    for path in paths:
        found, faults = _read_file(path, kinds, kind)
        sheets += found
        unread += [Entry(path.name, fault) for fault in faults]
    return sheets, unread


def kind_of(name: str, kinds: Collection[str]) -> str | None:
    """The kind a table is named after, in the singular or plural."""
    bare = _BLANKS.sub("_", name.strip().lower())
    for kind in kinds:
        if bare in (kind, f"{kind}s", f"{kind.removesuffix('y')}ies"):
            return kind
    return None


def kind_of_file(stem: str, kinds: Collection[str]) -> str | None:
    """The kind a file is named after; other words may stand before it ("02-libraries", "cedar_users")."""
    words = [word for word in _DIVIDERS.split(stem) if word]
    endings = ("_".join(words[start:]) for start in range(len(words)))
    return next((kind for ending in endings if (kind := kind_of(ending, kinds)) is not None), None)


def _read_file(path: Path, kinds: Collection[str], kind: str | None) -> tuple[list[Sheet], list[Verdict]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            return [], [_unreadable(path, f"it is larger than {MOST_BYTES} bytes")]
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return [], [_unreadable(path, error.strerror or "no access")]
    except UnicodeDecodeError as error:
        return [], [_unreadable(path, f"byte {error.start} is not UTF-8")]
    if path.suffix.lower() == ".toml":
        return _read_toml(path, text, kinds)
    named = kind_of_file(path.stem, kinds) if kind is None else kind_of(kind, kinds)
    if named is None:
        return [], [_unknown_kind(path.stem if kind is None else kind, kinds)]
    return _read_csv(path, text, named)


# -- TOML -------------------------------------------------------------------------------------


def _read_toml(path: Path, text: str, kinds: Collection[str]) -> tuple[list[Sheet], list[Verdict]]:
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        return [], [_unreadable(path, str(error))]
    sheets: list[Sheet] = []
    faults: list[Verdict] = []
    for name, tables in data.items():
        kind = kind_of(name, kinds)
        rows = [tables] if isinstance(tables, dict) else tables
        if kind is None:
            faults.append(_unknown_kind(name, kinds))
        elif not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            faults.append(_unreadable(path, f"write {name} as tables: [[{name}]]"))
        else:
            sheets.append(Sheet(path.name, kind, tuple(rows), tuple(range(1, len(rows) + 1))))
    return sheets, faults


# -- CSV --------------------------------------------------------------------------------------


def _read_csv(path: Path, text: str, kind: str) -> tuple[list[Sheet], list[Verdict]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[Mapping[str, object]] = []
    places: list[int] = []
    try:
        header = [_BLANKS.sub("_", cell.strip().lower()) for cell in next(reader, [])]
        if fault := _wrong_header(header):
            return [], [_unreadable(path, fault)]
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_row(header, cells))
                places.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        return [], [_unreadable(path, f"line {reader.line_num}: {error}")]
    return [Sheet(path.name, kind, tuple(rows), tuple(places))], []


def _row(header: Sequence[str], cells: Sequence[str]) -> Mapping[str, object]:
    """Cells by column. Cells beyond the last column stand under a name no register knows."""
    row: dict[str, object] = {name: cell for name, cell in zip(header, cells, strict=False) if name}
    if beyond := [cell for cell in cells[len(header) :] if cell.strip()]:
        row["(beyond the last column)"] = ", ".join(beyond)
    return row


def _wrong_header(header: Sequence[str]) -> str | None:
    named = [name for name in header if name]
    doubled = sorted({name for name in named if named.count(name) > 1})
    if not named:
        return "the first line must name the columns"
    return f"the column {doubled[0]} comes twice" if doubled else None


def _delimiter(text: str) -> str:
    """What divides the columns of the first line: comma, semicolon or tab."""
    first, _, _ = text.lstrip("\r\n").partition("\n")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=bare.count)


# -- faults -----------------------------------------------------------------------------------


def _unreadable(path: Path, reason: str) -> Verdict:
    problem = Problem("file_unreadable", path.name, "", reason=reason)
    return Verdict(0, "file", path.name, "refused", (problem,))


def _unknown_kind(name: str, kinds: Collection[str]) -> Verdict:
    known = tuple(kinds)
    meant = probable(nearest(name, known)) or f" Kinds: {', '.join(known)}."
    return Verdict(0, "file", name, "refused", (Problem("kind_unknown", "kind", name, probable=meant),))
