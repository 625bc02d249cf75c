"""What a MARC record says about a title and its copies, in the words of the catalogue.

Bibliographic fields are read as MARC 21 defines them. Where a library keeps its copies differs from
system to system (852, 949, 952, …), so that part is a small mapping that can be given as TOML:

    [copies]
    tag = "952"
    library = "a"
    location = "c"
    barcode = "p"
    call_number = "o"

    [libraries]
    CPL = "MAIN"        # their code = ours

https://www.loc.gov/marc/bibliographic/
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator

import msgspec

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import (
    Bib,
    Identifier,
    LoadedBib,
    LoadedCopy,
    LoadedLink,
    MarcField,
    MarcRecord,
)
from openacq.doors.exchange.marc_reading import Found
from openacq.kernel.refusal import Problem
from openacq.kernel.text import one_line

READING = "1"
"""Counts up when records are to be read anew because this module reads them differently."""

NO_BIBLIOGRAPHIC_TYPES = "quvwxyz"
DELETED = "d"
WEB = ("http://", "https://")
LONGEST_TEXT = 2_000
LONGEST_KEY = 255
"""Of source keys, codes and barcodes; databases index no text of any length."""

_MMS_ID = re.compile(r"99[0-9]{6,17}")
_AUTHORS = ("100", "110", "111")
_END_OF_TITLE = " /:;=,"
_END_OF_PART = " :;,"


class Fields:
    """The fields of a record by their tags, for looking several things up."""

    def __init__(self, record: MarcRecord) -> None:
        self._by_tag: dict[str, list[MarcField]] = {}
        for field in record.fields:
            self._by_tag.setdefault(field.tag, []).append(field)

    def tagged(self, *tags: str) -> list[MarcField]:
        """Tag by tag, and in the order of the record among one tag."""
        return [field for tag in tags for field in self._by_tag.get(tag, ())]

    def control(self, tag: str) -> str:
        return one_line(self._by_tag[tag][0].data) if tag in self._by_tag else ""

    def values(self, tag: str, codes: str) -> list[str]:
        """All values of some subfields of a tag that are not blank."""
        return [
            value for field in self._by_tag.get(tag, ()) for value in field.values(codes) if value.strip()
        ]

    def first(self, codes: str, *tags: str) -> str:
        """Some subfields of the first field with one of the tags, as one text."""
        return next((_text(" ".join(field.values(codes))) for field in self.tagged(*tags)), "")


class CopyField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The field that stands for a copy, and its subfields; several codes are joined by a blank."""

    tag: str = "852"
    library: str = "b"
    location: str = "c"
    call_number: str = "hi"
    barcode: str = "p"
    policy: str = ""


class MarcMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`default_*`: for copies that name none. `libraries`, `locations`: their code → ours.

    `links`: the field of electronic copies, taken when its second indicator is one of `link_indicators`
    (0: the resource itself, 1: a version of it).
    """

    copies: CopyField = CopyField()
    default_library: str = ""
    default_location: str = ""
    libraries: dict[str, str] = {}
    locations: dict[str, str] = {}
    links: str = "856"
    link_indicators: str = "01"


Places = Collection[tuple[str, str]]
"""The (library code, location code) an institution has."""


def refused(found: Found) -> Problem | None:
    """Why a record cannot be loaded, or None."""
    record = found.record
    reason = found.wrong
    if record is not None:
        status, kind = record.leader[5:6], record.leader[6:7]
        if kind in NO_BIBLIOGRAPHIC_TYPES and kind:
            reason = f"it describes no title (type of record {kind})"
        elif status == DELETED:
            reason = "it is marked as deleted"
        elif not _title(Fields(record)):
            return Problem("title_missing", "245", found.at)
    return Problem("marc_unreadable", "record", found.at, reason=reason) if reason else None


def describe(found: Found, mapping: MarcMapping, places: Places | None = None) -> LoadedBib:
    """The title of a record that is not `refused`. Copies at places not among `places` are left out."""
    if found.record is None:
        raise ValueError("an unreadable record describes nothing")
    fields = Fields(found.record)
    copies, notes = _copies(fields, mapping, places)
    links = tuple(_links(fields, mapping))
    identifiers, isbn, issn, doubtful = _identifiers(fields)
    place, publisher, year = _imprint(fields)
    number = fields.control("001")
    controls = tuple(map(one_line, fields.values("035", "a")))
    bib = Bib(
        mms_id=number if _MMS_ID.fullmatch(number) else "",
        title=_title(fields),
        author=fields.first("abcdq", *_AUTHORS).rstrip(_END_OF_PART),
        isbn=isbn,
        issn=issn,
        edition=fields.first("ab", "250").rstrip(_END_OF_TITLE),
        publisher=publisher,
        place=place,
        year=year,
        system_control_numbers=controls,
        brief=False,
    )
    digest = hashlib.blake2b(found.piece, digest_size=16)
    digest.update(msgspec.json.encode((READING, copies, links)))
    return LoadedBib(
        row=found.row,
        key=_key(fields, number, controls, digest.hexdigest()),
        bib=bib,
        identifiers=identifiers,
        record=catalogue.write_marc(found.record),
        digest=digest.hexdigest(),
        copies=copies,
        links=links,
        notes=(*doubtful, *notes),
    )


def _key(fields: Fields, number: str, controls: tuple[str, ...], digest: str) -> str:
    """What tells this record from all others of its source; without any number, its content."""
    key = f"content:{digest}"
    if number:
        agency = fields.control("003")
        key = f"001:({agency}){number}" if agency else f"001:{number}"
    elif controls:
        key = f"035:{controls[0]}"
    return key if len(key) <= LONGEST_KEY else hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


# -- the title ----------------------------------------------------------------------------------


def _title(fields: Fields) -> str:
    return fields.first("abknp", "245").rstrip(_END_OF_TITLE)


def _imprint(fields: Fields) -> tuple[str, str, str]:
    """(place, publisher, year as text): from 264 with second indicator 1, else from 260, else any 264."""
    published = [one for one in fields.tagged("264") if one.ind2 == "1"]
    chosen = next(iter(published or fields.tagged("260", "264")), None)
    if chosen is None:
        return "", "", ""
    place, publisher, year = (next(iter(chosen.values(code)), "") for code in "abc")
    return _text(place).rstrip(_END_OF_PART), _text(publisher).rstrip(_END_OF_PART), _text(year)


def _identifiers(fields: Fields) -> tuple[tuple[Identifier, ...], str, str, list[Problem]]:
    """(all identifiers, the ISBN to show, the ISSN to show, notes about numbers that are none)."""
    found: dict[Identifier, None] = {}
    shown = {"isbn": "", "issn": ""}
    notes: list[Problem] = []
    for field, tag, codes in (("isbn", "020", "a"), ("issn", "022", "al")):
        for text in fields.values(tag, codes):
            number = catalogue.standard_number(text, field)
            if number is None:
                notes.append(Problem("identifier_doubtful", tag, text))
                continue
            found[number] = None
            if number.kind == field:
                shown[field] = shown[field] or number.value
        shown[field] = shown[field] or _text(next(iter(fields.values(tag, "a")), ""))
    for text in fields.values("024", "a"):
        found[catalogue.other_number(text)] = None
        book = catalogue.standard_number(text)
        if book is not None:
            found[book] = None
    found.update(dict.fromkeys(map(catalogue.other_number, fields.values("028", "a"))))
    found.update(dict.fromkeys(map(catalogue.control_number, fields.values("035", "a"))))
    found.update(dict.fromkeys(map(catalogue.lccn, fields.values("010", "a"))))
    return tuple(catalogue.indexable(found)), shown["isbn"], shown["issn"], notes


# -- its copies ---------------------------------------------------------------------------------


def _copies(
    fields: Fields, mapping: MarcMapping, places: Places | None
) -> tuple[tuple[LoadedCopy, ...], list[Problem]]:
    wanted = mapping.copies
    copies: list[LoadedCopy] = []
    left_out: dict[Problem, None] = {}
    for field in fields.tagged(wanted.tag):
        library, location = _part(field, wanted.library), _part(field, wanted.location)
        copy = LoadedCopy(
            library=mapping.libraries.get(library, library) or mapping.default_library,
            location=mapping.locations.get(location, location) or mapping.default_location,
            call_number=_part(field, wanted.call_number),
            barcode=_part(field, wanted.barcode),
            policy=_part(field, wanted.policy),
        )
        too_long = [text for text in (copy.library, copy.location, copy.barcode) if len(text) > LONGEST_KEY]
        if too_long:
            left_out[Problem("value_too_long", wanted.tag, too_long[0], limit=LONGEST_KEY)] = None
        elif copy.library and (places is None or (copy.library, copy.location) in places):
            copies.append(copy)
        else:
            named = f"{copy.library or '(none)'} / {copy.location or '(none)'}"
            left_out[Problem("place_unknown", wanted.tag, named)] = None
    return tuple(copies), list(left_out)


def _links(fields: Fields, mapping: MarcMapping) -> Iterator[LoadedLink]:
    for field in fields.tagged(mapping.links):
        if field.ind2 in mapping.link_indicators:
            note = _text(" ".join(field.values("3z")))
            for url in map(one_line, field.values("u")):
                if url.lower().startswith(WEB):
                    yield LoadedLink(url, note)


def _part(field: MarcField, codes: str) -> str:
    return _text(" ".join(field.values(codes))) if codes else ""


def _text(text: str) -> str:
    return one_line(text)[:LONGEST_TEXT]
