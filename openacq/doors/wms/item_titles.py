"""Titles of items: what a resource says in the words of the catalogue, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openacq.catalogue.model import Bib, Description
from openacq.doors.wms import kept
from openacq.doors.wms.item_wire import Resource, WorldcatResource
from openacq.wire.model import UNSET

OCLC = "(OCoLC)"
SEVERAL = "; "
_KNOWLEDGE_BASE = (
    "kbwc_collection_resource",
    "kb_collection_resource",
    "kbwc_entry_resource",
    "kb_entry_resource",
)
_TITLE_OF = ("title", "name", "entryTitle", "collectionName", "collectionTitle")


def described(resource: object) -> Description:
    """The title a resource names. One that gives nothing but its WorldCat number is called by that, until
    somebody knows more of it."""
    if not isinstance(resource, Resource):
        return Description()
    found = resource.worldcat_resource
    if isinstance(found, WorldcatResource):
        return _of_worldcat(found)
    thing = knowledge_base(resource)
    return Description(title=_name(thing[1])) if thing else Description()


def _of_worldcat(found: WorldcatResource) -> Description:
    number = (found.oclc_number or "").strip()
    return Description(
        title=(found.title or "").strip() or (f"OCLC {number}" if number else ""),
        author=SEVERAL.join(each.strip() for each in found.author or () if each and each.strip()),
        isbn=", ".join(_bare(each) for each in found.isbn or () if each),
        issn=", ".join(_bare(each) for each in found.issn or () if each),
        edition=(found.edition or "").strip(),
        publisher=(found.publisher or "").strip(),
        year=(found.year or "").strip(),
        system_control_numbers=(f"{OCLC}{number}",) if number else (),
    )


def _bare(number: str) -> str:
    """A standard number without the qualifier behind it: "9780262033848 (hbk.)"."""
    return number.partition("(")[0].strip()


def knowledge_base(resource: Resource) -> tuple[str, object] | None:
    """The collection or entry of the knowledge base a resource is, by the name of its member."""
    for name in _KNOWLEDGE_BASE:
        thing = getattr(resource, name)
        if thing is not UNSET and thing is not None and thing not in ({}, ""):
            return name, thing
    return None


def _name(thing: object) -> str:
    if isinstance(thing, Mapping):
        for name in _TITLE_OF:
            if thing.get(name):
                return str(thing[name]).strip()
    return ""


def stored(resource: object) -> dict[str, Any]:
    """A resource as it is kept with its item."""
    return kept.members(resource, ()) if isinstance(resource, Resource) else {}


def shown(bib: Bib, material: str, sent: Mapping[str, Any]) -> Resource:
    """The resource of an item: as it was sent, completed by the record, while the record says the same;
    else what the record says."""
    given = kept.restored(Resource, sent)
    if knowledge_base(given) is not None:
        return given
    found = given.worldcat_resource
    own = _of_record(bib, material)
    if not isinstance(found, WorldcatResource):
        return Resource(worldcat_resource=own)
    about = _of_worldcat(found)
    for name in found.__struct_fields__:
        if name == "oclc_number" and own.oclc_number is UNSET:
            continue  # the record has none; what the client calls the title by stays
        if not _says_the_same(name, about, bib) or getattr(found, name) in (UNSET, None, "", []):
            setattr(found, name, getattr(own, name))
    return given


def _says_the_same(name: str, about: Description, bib: Bib) -> bool:
    if name in ("material_type", "others"):
        return True
    if name == "oclc_number":
        return set(about.system_control_numbers) <= set(bib.system_control_numbers)
    return bool(getattr(about, name) == getattr(bib, name))


def _of_record(bib: Bib, material: str) -> WorldcatResource:
    numbers = [each.removeprefix(OCLC) for each in bib.system_control_numbers if each.startswith(OCLC)]
    return WorldcatResource(
        title=bib.title or UNSET,
        material_type=material,
        author=[bib.author] if bib.author else [],
        edition=bib.edition or UNSET,
        isbn=_several(bib.isbn),
        issn=_several(bib.issn),
        oclc_number=numbers[0] if numbers else UNSET,
        publisher=bib.publisher or UNSET,
        year=bib.year or UNSET,
        others=UNSET,
    )


def _several(numbers: str) -> list[str]:
    return [each.strip() for each in numbers.replace(";", ",").split(",") if each.strip()]


__all__ = ["described", "knowledge_base", "shown", "stored"]
