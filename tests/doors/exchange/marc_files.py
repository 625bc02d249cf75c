"""Small MARC files for the tests, made with pymarc, so that they are what other systems write."""

from __future__ import annotations

import io
from collections.abc import Iterable

from pymarc import Field, Indicators, MARCWriter, Record, Subfield, XMLWriter

Parts = tuple[str, str]


def control(tag: str, data: str) -> Field:
    return Field(tag=tag, data=data)


def data(tag: str, *subfields: Parts, ind: str = "  ") -> Field:
    return Field(tag=tag, indicators=Indicators(*ind), subfields=[Subfield(*one) for one in subfields])


def copy(library: str, location: str, barcode: str = "") -> Field:
    parts = [("b", library), ("c", location)] + ([("p", barcode)] if barcode else [])
    return data("852", *parts)


def book(number: str, title: str, *fields: Field, isbn: str = "") -> Record:
    record = Record(force_utf8=True)
    record.fields = [
        *([control("001", number)] if number else []),
        *([data("020", ("a", isbn))] if isbn else []),
        data("245", ("a", title), ind="10"),
        *fields,
    ]
    return record


def iso2709(*records: Record) -> bytes:
    stream = io.BytesIO()
    writer = MARCWriter(stream)
    for record in records:
        writer.write(record)
    return stream.getvalue()


def marcxml(*records: Record) -> bytes:
    stream = io.BytesIO()
    writer = XMLWriter(stream)
    for record in records:
        writer.write(record)
    writer.close(close_fh=False)
    return stream.getvalue()


def shelf(count: int, first: int = 1) -> Iterable[Record]:
    return (book(f"b{number}", f"Title {number}") for number in range(first, first + count))
