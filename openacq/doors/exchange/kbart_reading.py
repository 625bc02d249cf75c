"""KBART title lists: rows of tab-separated text under a header, read column by name.

Written rules: https://groups.niso.org/higherlogic/ws/public/download/16900/RP-9-2014_KBART.pdf. Lists from
the field leave columns out, put others in, quote cells and begin with a byte order mark; all of that is
taken. A serial with gaps has several rows, one after the other, under one title id: they are one title.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Identifier, TitleRow
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import one_line

COLUMNS = (
    "publication_title",
    "print_identifier",
    "online_identifier",
    "date_first_issue_online",
    "num_first_vol_online",
    "num_first_issue_online",
    "date_last_issue_online",
    "num_last_vol_online",
    "num_last_issue_online",
    "title_url",
    "first_author",
    "title_id",
    "embargo_info",
    "coverage_depth",
    "notes",
    "publisher_name",
    "publication_type",
    "date_monograph_published_print",
    "date_monograph_published_online",
    "monograph_volume",
    "monograph_edition",
    "first_editor",
    "parent_publication_title_id",
    "preceding_publication_title_id",
    "access_type",
)
OLD_NAMES = {"coverage_notes": "notes", "coverage_note": "notes"}
NEEDED = "publication_title"
LONGEST_LINE = 64 * 1024
LONGEST_ID = 255

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TitleInList:
    """A title, the numbers of its rows in the file, and what was left out of it."""

    rows: tuple[int, ...]
    title: TitleRow
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    row: int
    key: str
    problem: Problem


def read_titles(stream: BinaryIO) -> Iterator[TitleInList | BadRow]:
    """The titles of a list and its bad rows, in order. Raises Refusal (file_unreadable) without a header."""
    gathered: list[tuple[int, Cells]] = []
    for found in _rows(stream):
        if isinstance(found, BadRow):
            yield found
            continue
        if gathered and _key(gathered[0][1]) != _key(found[1]):
            yield _title(gathered)
            gathered = []
        gathered.append(found)
    if gathered:
        yield _title(gathered)


# -- rows ---------------------------------------------------------------------------------------


def _rows(stream: BinaryIO) -> Iterator[tuple[int, Cells] | BadRow]:
    """(row number, the cells that are not empty); the header is row 1."""
    lines = _lines(stream)
    columns = _header(next(lines, b""))
    for row, line in enumerate(lines, 2):
        if not line.strip():
            continue
        try:
            cells = _split(line.decode())
        except UnicodeDecodeError:
            yield _bad(row, "", "it is not UTF-8 text")
            continue
        named = {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell}
        wrong = _wrong(line, columns, cells, named)
        if wrong:
            yield _bad(row, named.get("title_id", "")[:LONGEST_ID], wrong)
        else:
            yield row, named


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines as UTF-8, without their ends; one that is longer than any title is cut there."""
    start = stream.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        reader = codecs.getreader("utf-16-le" if start == codecs.BOM_UTF16_LE else "utf-16-be")
        for text in reader(stream, "replace"):
            yield text.rstrip("\r\n").encode()[:LONGEST_LINE]
        return
    first = start + stream.readline(LONGEST_LINE)
    yield first.removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n")
    while line := stream.readline(LONGEST_LINE):
        cut = line
        while len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)
        yield cut.rstrip(b"\r\n")


def _header(line: bytes) -> tuple[str, ...]:
    """The columns' names; "" for those KBART does not know."""
    names = [one_line(name).lower() for name in _split(line.decode(errors="replace"))]
    columns = tuple(OLD_NAMES.get(name, name) for name in names)
    if NEEDED not in columns:
        commas = b"\t" not in line and NEEDED.encode() in line.lower()
        reason = (
            "its cells are separated by something else than tabs"
            if commas
            else f"its first line names no column {NEEDED}"
        )
        raise Refusal(Problem("file_unreadable", "The title list", reason=reason))
    return tuple(name if name in COLUMNS else "" for name in columns)


def _split(line: str) -> list[str]:
    return [_unquoted(cell.strip()) for cell in line.split("\t")]


def _unquoted(cell: str) -> str:
    """Spreadsheets quote cells; a title that merely begins and ends with quoted words stays as it is."""
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"':
        return cell
    inner = cell[1:-1].replace('""', "\0")
    return cell if '"' in inner else inner.replace("\0", '"')


def _wrong(line: bytes, columns: Sequence[str], cells: Sequence[str], named: Cells) -> str:
    """Why a row cannot be used, "" when it can."""
    if len(line) >= LONGEST_LINE:
        return f"it is longer than {LONGEST_LINE} bytes"
    if any(cells[len(columns) :]):
        return f"it has {len(cells)} cells under {len(columns)} columns"
    if not one_line(named.get(NEEDED, "")):
        return "it has no publication_title"
    key = _key(named)
    if not key:
        return "it has no title_id, identifier or title_url to know it by"
    if len(key) > LONGEST_ID:
        return f"its title_id is longer than {LONGEST_ID} characters"
    return ""


def _bad(row: int, key: str, reason: str) -> BadRow:
    return BadRow(row, key or f"row {row}", Problem("kbart_row_invalid", "row", row, reason=reason))


# -- titles -------------------------------------------------------------------------------------


def _key(cells: Cells) -> str:
    """What a title is known by when the list comes again."""
    for column in ("title_id", "online_identifier", "print_identifier"):
        if column in cells:
            return one_line(cells[column])
    url = one_line(cells.get("title_url", ""))
    return hashlib.blake2b(url.encode(), digest_size=16).hexdigest() if url else ""


def _title(rows: Sequence[tuple[int, Cells]]) -> TitleInList:
    cells = rows[0][1]
    identifiers, notes = _identifiers([one for _, one in rows])
    url = one_line(cells.get("title_url", ""))
    if url and not url.lower().startswith(("http://", "https://")):
        notes.append(Problem("value_wrong_type", "title_url", url, expected="a web address"))
        url = ""
    digest = hashlib.blake2b(digest_size=16)
    for _, one in rows:
        digest.update(repr(sorted(one.items())).encode(errors="replace"))
    title = TitleRow(
        title_id=_key(cells),
        title=one_line(cells[NEEDED]),
        identifiers=identifiers,
        author=one_line(cells.get("first_author") or cells.get("first_editor", "")),
        publisher=one_line(cells.get("publisher_name", "")),
        kind=one_line(cells.get("publication_type", "")).lower(),
        url=url,
        coverage="; ".join(filter(None, (_coverage(one) for _, one in rows))),
        fields=tuple((name, one_line(cell)) for name, cell in cells.items()),
        digest=digest.hexdigest(),
    )
    return TitleInList(tuple(row for row, _ in rows), title, tuple(notes))


def _identifiers(rows: Sequence[Cells]) -> tuple[tuple[Identifier, ...], list[Problem]]:
    found: dict[Identifier, None] = {}
    doubtful: dict[tuple[str, str], None] = {}
    for cells in rows:
        for column in ("online_identifier", "print_identifier"):
            text = one_line(cells.get(column, ""))
            number = catalogue.standard_number(text) if text else None
            if number is not None:
                found[number] = None
            elif text:
                doubtful[column, text] = None
        if "title_id" in cells:
            found[Identifier("title_id", one_line(cells["title_id"]))] = None
    notes = [Problem("identifier_doubtful", column, text) for column, text in doubtful]
    return tuple(catalogue.indexable(found)), notes


def _coverage(cells: Cells) -> str:
    """ "1995 v.1 no.1 - 2004 v.10 (embargo R10Y)", "" when the row says nothing."""
    ends = [
        " ".join(
            filter(
                None,
                (
                    cells.get(f"date_{which}_issue_online", ""),
                    _prefixed("v.", cells.get(f"num_{which}_vol_online", "")),
                    _prefixed("no.", cells.get(f"num_{which}_issue_online", "")),
                ),
            )
        )
        for which in ("first", "last")
    ]
    embargo = cells.get("embargo_info", "")
    span = f"{ends[0]} - {ends[1]}".strip() if any(ends) else ""
    return one_line(f"{span} (embargo {embargo})" if embargo else span)


def _prefixed(prefix: str, number: str) -> str:
    return f"{prefix}{number}" if number else ""
