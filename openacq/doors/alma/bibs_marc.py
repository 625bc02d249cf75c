"""MARC records as Alma prints them: MARCXML elements without a namespace, and availability fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from openacq.catalogue.model import Bib, MarcField, MarcRecord, Portfolio, Shelf
from openacq.directory import service as directory
from openacq.store import Tx

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def marc_xml(record: MarcRecord, more: Iterable[MarcField] = ()) -> str:
    """The record with its declaration; `more` fields come behind its own."""
    parts = [DECLARATION, f"<record><leader>{_text(record.leader)}</leader>"]
    for field in (*record.fields, *more):
        if field.is_control:
            parts.append(f"<controlfield tag={_quoted(field.tag)}>{_text(field.data)}</controlfield>")
            continue
        parts.append(
            f"<datafield ind1={_quoted(field.ind1)} ind2={_quoted(field.ind2)} tag={_quoted(field.tag)}>"
        )
        parts += [
            f"<subfield code={_quoted(code)}>{_text(value)}</subfield>" for code, value in field.subfields
        ]
        parts.append("</datafield>")
    parts.append("</record>")
    return "".join(parts)


def physical_availability(tx: Tx, bib: Bib, shelves: Iterable[Shelf], institution: str) -> list[MarcField]:
    """AVA: a field for each holding, with copies held and copies not ready for use."""
    return [
        _field(
            "AVA",
            ("0", bib.mms_id),
            ("8", shelf.holding.holding_id),
            ("a", institution),
            ("b", shelf.holding.library),
            ("c", _location_name(tx, shelf)),
            ("d", shelf.holding.call_number),
            ("e", _readiness(shelf)),
            ("f", str(shelf.items)),
            ("g", str(shelf.not_ready)),
            ("j", shelf.holding.location),
            ("p", str(nth)),
            ("q", _library_name(tx, shelf)),
        )
        for nth, shelf in enumerate(shelves, 1)
    ]


def electronic_availability(bib: Bib, portfolios: Iterable[Portfolio], institution: str) -> list[MarcField]:
    """AVE: a field for each portfolio, with its collection and whether it is available."""
    return [
        _field(
            "AVE",
            ("0", bib.mms_id),
            ("8", portfolio.portfolio_id),
            ("a", institution),
            ("c", portfolio.collection_id),
            ("e", "Available" if portfolio.available else "Not Available"),
            ("m", portfolio.collection_name),
            ("n", portfolio.public_note),
            ("s", portfolio.coverage),
            ("u", portfolio.url),
        )
        for portfolio in portfolios
    ]


def _readiness(shelf: Shelf) -> str:
    if not shelf.items:
        return "check_holdings"
    return "available" if shelf.items > shelf.not_ready else "unavailable"


def _library_name(tx: Tx, shelf: Shelf) -> str:
    library = directory.library(tx, shelf.holding.library)
    return library.name if library else shelf.holding.library


def _location_name(tx: Tx, shelf: Shelf) -> str:
    location = directory.location(tx, shelf.holding.library, shelf.holding.location)
    return location.name if location else shelf.holding.location


def _field(tag: str, *subfields: tuple[str, str]) -> MarcField:
    return MarcField(tag, "", " ", " ", tuple((code, value) for code, value in subfields if value))


def _text(value: str) -> str:
    return escape(_NOT_IN_XML.sub("", value))


def _quoted(value: str) -> str:
    return quoteattr(_NOT_IN_XML.sub("", value))
