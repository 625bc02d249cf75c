"""What a wire object is made of: the base class and the marks its annotations may carry.

A mark stands in `Annotated` beside the type and says how the member looks in XML or what is
accepted for it:

    class Note(Wire):
        note_text: Maybe[NoteText] = UNSET

    class PoLine(Wire):
        xml_root = "po_line"
        number: Annotated[Maybe[str], Out()] = UNSET
        note: Annotated[Maybe[list[Note]], Wrapped("notes", "note")] = UNSET
        link: Annotated[Maybe[str], Attr(), Out()] = UNSET
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

__all__ = [
    "LIST_LIMIT",
    "NOTE_LIMIT",
    "TEXT_LIMIT",
    "UNSET",
    "AsSent",
    "Attr",
    "Body",
    "Count",
    "JsonOnly",
    "Length",
    "Maybe",
    "NullText",
    "Out",
    "RawXml",
    "Sum",
    "UnsetType",
    "Wire",
    "Within",
    "Wrapped",
]

T = TypeVar("T")

Maybe: TypeAlias = T | UnsetType
"""A member that may be absent. `UNSET` is false, so `line.vendor or None` reads well."""

TEXT_LIMIT = 4_000
"""Characters a text may have when its field does not say otherwise."""
NOTE_LIMIT = 10_000
"""Characters of a note."""
LIST_LIMIT = 1_000
"""Entries a list may have when its field does not say otherwise."""


class Wire(msgspec.Struct):
    """An object as it travels. Every member defaults to `UNSET`, which means: not there.

    * Members are written to JSON in the order of the class, to XML in the order of `xml_order`
      (which then names every member but the attributes, the body and what is JSON's only) or else of
      the class.
    * `None` is `null` in JSON and nothing in XML (`Coded.desc` of a code without words).
    * An empty list is written: `[]`, `<notes/>`; to leave it out give `notes or UNSET`. A list
      that has no wrapper cannot be empty in XML, so an empty one is read as absent in both.
    * Member types: str, bool, int, Decimal, datetime.date, datetime.datetime, another Wire class,
      and list[...] or tuple[..., ...] of one of these. Classes may not contain themselves.
    """

    xml_root: ClassVar[str] = ""
    """Name of the root element when `to_xml` is not told one."""
    xml_namespace: ClassVar[str] = ""
    """Namespace of the root element (Alma's error document has one, its objects have none)."""
    xml_order: ClassVar[tuple[str, ...]] = ()
    """Member names in the order of their elements, when it is not the order of the class."""
    folds: ClassVar[bool] = False
    """Whether an object read without any member counts as absent. Objects with a Body always do."""


@dataclass(frozen=True, slots=True)
class Attr:
    """An attribute of the element in XML, a plain member in JSON."""


@dataclass(frozen=True, slots=True)
class Body:
    """The text of the element in XML. In JSON the bare value is taken in place of the object too."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A list whose elements `item` stand inside one element `wrapper`: `<notes><note/>…</notes>`.

    In JSON it is a bare array under the name of the field; both forms are read from both formats.
    """

    wrapper: str
    item: str


@dataclass(frozen=True, slots=True)
class Out:
    """Only written. Clients send such members back; they are skipped and never an error."""


@dataclass(frozen=True, slots=True)
class JsonOnly:
    """Written in JSON alone; read from both. For a member some clients of JSON know by a second name."""


@dataclass(frozen=True, slots=True)
class NullText:
    """The literal text `Null` means unset here (access_model, vendor_reference_number_type)."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money: number or text in, the characters as they were given; blank is unset."""


@dataclass(frozen=True, slots=True)
class Length:
    """The most characters a text may have."""

    most: int


@dataclass(frozen=True, slots=True)
class Count:
    """The most entries a list may have."""

    most: int


@dataclass(frozen=True, slots=True)
class RawXml:
    """Text that is XML itself (a MARC record): put into XML as it stands, a string in JSON.

    Only for text this program wrote, never for text that came in; implies `Out`.
    """


@dataclass(frozen=True, slots=True)
class AsSent:
    """A text whose blanks at both ends are kept: a name people gave comes back as they gave it."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """A moment that JSON writes as milliseconds since 1970; it is read in that form and as a date."""


@dataclass(frozen=True, slots=True)
class Within:
    """One object that the older forms put inside another of this name (`resources` around `resource`)."""

    outer: str


@dataclass(frozen=True, slots=True)
class Loose:
    """A member whose shape is nobody's to judge: anything is kept (see `wire.kept`) and given back."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The member that takes the members nobody here knows, kept as `Loose` ones: name to content."""
