"""MARC files as a stream of records, each bad one reported with its position and stepped over.

ISO 2709 is cut at its record terminators and MARCXML at its `record` elements, so a broken record
never takes the ones behind it along. What lies round the records is not interpreted at all: an XML
file's DTD and entities never reach the parser.

https://www.loc.gov/marc/specifications/specrecstruc.html · https://www.loc.gov/standards/marcxml/
"""

from __future__ import annotations

import codecs
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from lxml import etree
from pymarc import marc8_to_unicode

from openacq.catalogue.model import MarcField, MarcRecord

Encoding = Literal["auto", "utf-8", "marc-8"]

PIECE = 1 << 20
LONGEST_RECORD = 8 << 20
END_OF_RECORD = b"\x1d"
END_OF_FIELD = 0x1E
SUBFIELD = "\x1f"
LEADER = 24
ENTRY = 12
FIRST_DATA_TAG = "010"
LONGEST_TAG = 200
"""A start tag cut in two by the end of a piece is at most this long up to its name's end."""
_BETWEEN = b"\r\n\t \x1a\x00"

_XML_START = re.compile(rb"<(?:[\w.-]+:)?record(?=[\s>/])")
_XML_END = re.compile(rb"</(?:[\w.-]+:)?record\s*>")
_XML_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
_DECLARED = re.compile(rb"(\s(xmlns(?::[\w.-]+)?)\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))")
_OWN_PARTS = (b"datafield", b"controlfield", b"leader")


class Unreadable(Exception):
    """A record cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record of a file: its number from 1, where it begins, its bytes, and the record or what is wrong."""

    row: int
    at: int
    piece: bytes
    record: MarcRecord | None
    wrong: str = ""


def read_records(stream: BinaryIO, encoding: Encoding = "auto") -> Iterator[Found]:
    """Every record of a MARC 21 (ISO 2709) or MARCXML file, whichever it is."""
    start = stream.read(PIECE)
    bare = start.removeprefix(codecs.BOM_UTF8).lstrip(_BETWEEN)
    if bare[:1] == b"<" or start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        yield from _read_xml(start, stream)
    else:
        yield from _read_iso2709(start, stream, encoding)


# -- ISO 2709 -----------------------------------------------------------------------------------


def _read_iso2709(start: bytes, stream: BinaryIO, encoding: Encoding) -> Iterator[Found]:
    for row, (at, piece) in enumerate(_cut_iso2709(start, stream), 1):
        try:
            yield Found(row, at, piece, read_iso2709(piece, encoding))
        except Unreadable as wrong:
            yield Found(row, at, piece, None, str(wrong))


def _cut_iso2709(start: bytes, stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(position, record without its terminator); what follows the last terminator counts too."""
    buffer, at = start, 0
    while True:
        end = buffer.find(END_OF_RECORD)
        if end < 0 and len(buffer) <= LONGEST_RECORD:
            more = stream.read(PIECE)
            if more:
                buffer += more
                continue
        pieces = buffer.split(END_OF_RECORD)
        rest = pieces.pop()
        for piece in pieces:
            bare = piece.lstrip(_BETWEEN)
            if bare:
                yield at + len(piece) - len(bare), bare
            at += len(piece) + 1
        buffer = rest
        if end >= 0:
            continue
        bare = buffer.strip(_BETWEEN)
        if bare:
            yield at + len(buffer) - len(buffer.lstrip(_BETWEEN)), bare
        at += len(buffer)
        buffer = _skip(stream)
        if not buffer:
            return


def _skip(stream: BinaryIO) -> bytes:
    """After a record beyond every length: go on behind the next terminator."""
    while more := stream.read(PIECE):
        end = more.find(END_OF_RECORD)
        if end >= 0:
            return more[end + 1 :]
    return b""


def read_iso2709(piece: bytes, encoding: Encoding = "auto") -> MarcRecord:
    """One record without its terminator. Raises Unreadable."""
    leader, directory, base = _frame(piece)
    cut = _cutter(piece, leader, encoding)
    number = int if directory.isascii() and directory.isdigit() else _number
    fields: list[MarcField] = []
    for entry in range(0, len(directory), ENTRY):
        tag = directory[entry : entry + 3]
        length, start = number(directory[entry + 3 : entry + 7]), number(directory[entry + 7 : entry + ENTRY])
        end = base + start + length
        if length < 1 or end > len(piece):
            raise Unreadable(f"field {tag} lies outside the record")
        parts = cut(piece[base + start : end - 1 if piece[end - 1] == END_OF_FIELD else end])
        if tag < FIRST_DATA_TAG:
            fields.append(MarcField(tag, parts[0]))
        else:
            indicators = parts[0].ljust(2)
            subfields = tuple([(part[0], part[1:]) for part in parts[1:] if part])
            fields.append(MarcField(tag, "", indicators[0], indicators[1], subfields))
    return MarcRecord(leader, tuple(fields))


def _frame(piece: bytes) -> tuple[str, str, int]:
    """Leader, directory, and where the fields begin."""
    if len(piece) <= LEADER:
        raise Unreadable(f"it ends after {len(piece)} bytes")
    leader = piece[:LEADER].decode("latin-1")
    base = _number(leader[12:17])
    if not LEADER < base <= len(piece):
        raise Unreadable(f"its fields should begin at byte {base}, but it has {len(piece)} bytes")
    directory = piece[LEADER : base - 1].decode("latin-1")
    if len(directory) % ENTRY or piece[base - 1] != END_OF_FIELD:
        raise Unreadable("its directory is damaged")
    return leader, directory, base


def _number(digits: str) -> int:
    if not (digits.isascii() and digits.isdigit()):
        raise Unreadable(f"{digits!r} stands where a number belongs")
    return int(digits)


def _cutter(piece: bytes, leader: str, encoding: Encoding) -> Callable[[bytes], list[str]]:
    """How to take a field of this record apart.

    Many records say MARC-8 and are UTF-8; the other way round is refused, for it would garble text.
    """
    if encoding == "marc-8":
        return _from_marc8
    if b"\x1b" in piece and encoding == "auto" and leader[9] != "a":
        return _from_marc8
    try:
        piece.decode()
    except UnicodeDecodeError as wrong:
        if encoding == "auto" and leader[9] != "a":
            return _from_marc8
        raise Unreadable(f"it should be UTF-8, but its byte {wrong.start} is not") from None
    return _from_utf8


def _from_utf8(content: bytes) -> list[str]:
    return content.decode().split(SUBFIELD)


def _from_marc8(content: bytes) -> list[str]:
    try:
        return [
            unicodedata.normalize("NFC", marc8_to_unicode(part, hide_utf8_warnings=True))
            for part in content.split(SUBFIELD.encode())
        ]
    except (ValueError, LookupError, TypeError) as wrong:
        raise Unreadable(f"its MARC-8 text cannot be converted: {wrong}") from None


# -- MARCXML ------------------------------------------------------------------------------------


def _read_xml(start: bytes, stream: BinaryIO) -> Iterator[Found]:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    opening, closing = b"<collection>", b"</collection>"
    row = 0
    for at, piece in _cut_xml(_as_utf8(start, stream)):
        if at < 0:
            names = {name: declared for declared, name in _DECLARED.findall(piece)}
            opening = b"<collection" + b"".join(names.values()) + b">"
            continue
        row += 1
        try:
            yield Found(row, at, piece, _parse_xml(opening + piece + closing, parser))
        except Unreadable as wrong:
            yield Found(row, at, piece, None, str(wrong))


def _as_utf8(start: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """The file as UTF-8, whatever it declares itself to be."""
    declared = _XML_ENCODING.search(start[:200])
    encoding = declared[1].decode() if declared else "utf-8"
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16"
    try:
        plain = codecs.lookup(encoding).name in ("utf-8", "ascii")
        decoder = codecs.getincrementaldecoder(encoding)("replace")
    except LookupError:
        plain, decoder = True, codecs.getincrementaldecoder("utf-8")()
    piece = start
    while piece:
        yield piece if plain else decoder.decode(piece).encode()
        piece = stream.read(PIECE)


def _cut_xml(source: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """First (-1, what precedes the records), then (position, record element) again and again.

    A record that is never closed ends where the next begins. An element `record` that only wraps
    one of MARC, as harvests have them, is no record.
    """
    buffer, at, prologue = b"", 0, True
    for piece in itertools.chain(source, (b"",)):
        last = not piece
        buffer += piece
        done = 0
        while (begin := _XML_START.search(buffer, done)) is not None:
            if prologue:
                yield -1, buffer[: begin.start()]
                prologue = False
            following = _XML_START.search(buffer, begin.end())
            end = _XML_END.search(buffer, begin.end(), following.start() if following else len(buffer))
            if (
                end is None
                and following is None
                and not last
                and len(buffer) - begin.start() < LONGEST_RECORD
            ):
                done = begin.start()
                break
            stop = end.end() if end else following.start() if following else len(buffer)
            content = buffer[begin.start() : stop]
            if end is not None or any(part in content for part in _OWN_PARTS):
                yield at + begin.start(), content
            done = stop
        else:
            done = max(done, len(buffer) - LONGEST_TAG)
        at += done
        buffer = buffer[done:]


def _parse_xml(document: bytes, parser: etree.XMLParser) -> MarcRecord:
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as wrong:
        raise Unreadable(f"its XML is broken: {wrong.msg}") from None
    if len(root) != 1:
        raise Unreadable("its XML is broken")
    leader = ""
    fields: list[MarcField] = []
    for part in root[0]:
        name = part.tag.rpartition("}")[2] if isinstance(part.tag, str) else ""
        if name == "datafield":
            subfields = tuple([(one.get("code") or " ", one.text or "") for one in part])
            ind1, ind2 = part.get("ind1") or " ", part.get("ind2") or " "
            fields.append(MarcField(_tag(part), "", ind1[0], ind2[0], subfields))
        elif name == "controlfield":
            fields.append(MarcField(_tag(part), part.text or ""))
        elif name == "leader":
            leader = part.text or ""
    if not fields:
        raise Unreadable("it has no fields")
    return MarcRecord(leader, tuple(fields))


def _tag(part: etree._Element) -> str:
    tag = part.get("tag") or ""
    if len(tag) != 3 or (tag < FIRST_DATA_TAG) != part.tag.endswith("controlfield"):
        raise Unreadable(f"{tag!r} is no tag of a {part.tag.rpartition('}')[2]}")
    return tag
