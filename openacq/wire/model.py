"""The shapes every Alma object is made of, and the three functions that carry them.

    to_json(thing) -> bytes             compact UTF-8 JSON
    to_xml(thing, root="") -> bytes     an XML document
    read(Model, body, media) -> Model   an untrusted body; raises Refusal with every problem

| shape | JSON | XML |
|---|---|---|
| `Coded("MAIN", "Main")` | `{"value":"MAIN","desc":"Main"}` | `<owner desc="Main">MAIN</owner>` |
| `Linked("99", "https://…")` | `{"value":"99","link":"https://…"}` | `<mms_id link="https://…">99</mms_id>` |
| `Amount("54.10", Coded("CHF"))` | `{"sum":"54.10","currency":{…}}` | `<price><sum>54.10</sum>…</price>` |
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from openacq.wire.bind import read
from openacq.wire.fields import (
    NOTE_LIMIT,
    UNSET,
    Attr,
    Body,
    Count,
    JsonOnly,
    Length,
    Maybe,
    NullText,
    Out,
    RawXml,
    Sum,
    UnsetType,
    Wire,
    Wrapped,
)
from openacq.wire.write import day_text, moment_text, to_json, to_xml

__all__ = [
    "UNSET",
    "Amount",
    "Attr",
    "Body",
    "Coded",
    "Count",
    "JsonOnly",
    "Length",
    "Link",
    "Linked",
    "Maybe",
    "NoteText",
    "NullText",
    "Out",
    "RawXml",
    "Sum",
    "SumText",
    "UnsetType",
    "Wire",
    "Wrapped",
    "code_of",
    "day_text",
    "moment_text",
    "read",
    "to_json",
    "to_xml",
]

CODE_LIMIT = 255

SumText: TypeAlias = Annotated[str, Sum()]
"""A sum of money as text, exactly as it was given; `kernel.money.Money.parse` judges it."""

NoteText: TypeAlias = Annotated[str, Length(NOTE_LIMIT)]
"""The text of a note."""

Link: TypeAlias = Annotated[Maybe[str], Attr(), Out()]
"""The address of the thing itself; clients send rubbish in it, which is skipped."""


class Coded(Wire):
    """A code and its words. Read from `{"value","desc"}`, a bare text or an element; empty is absent."""

    value: Annotated[Maybe[str | None], Body(), Length(CODE_LIMIT)] = UNSET
    desc: Annotated[Maybe[str | None], Attr(), Out()] = UNSET


class Linked(Wire):
    """An identifier and the address of what it names; the address is not read."""

    value: Annotated[Maybe[str | None], Body(), Length(CODE_LIMIT)] = UNSET
    link: Link = UNSET


class Amount(Wire):
    """A sum and its currency; one without either is absent."""

    folds = True

    sum: Maybe[SumText] = UNSET
    currency: Maybe[Coded] = UNSET


def code_of(coded: Maybe[Coded] | Maybe[Linked]) -> str:
    """The code, or "" when there is none."""
    return (coded.value or "") if coded else ""
