"""From the texts of an order or a record to the folded identifiers they are found by."""

from __future__ import annotations

import re
from collections.abc import Iterable

from openacq.catalogue.model import Description, Identifier
from openacq.kernel.ids import fold_control_number, fold_isbn, fold_issn
from openacq.kernel.refusal import Problem
from openacq.kernel.text import one_line

MOST_VALUE = 200
"""Longer identifiers are not indexed; nothing standard is that long."""

SEVERAL = re.compile(r"[;,|]")
"""What stands between the numbers when a field holds several."""
_OCLC_PREFIX = "(OCoLC)"


def of_description(title: Description) -> tuple[tuple[Identifier, ...], tuple[Problem, ...]]:
    """The identifiers an order can be matched by, and a note for each number that is not one."""
    found: dict[Identifier, None] = {}
    notes: list[Problem] = []
    for field, text in (("isbn", title.isbn), ("issn", title.issn)):
        for part in SEVERAL.split(text):
            number = one_line(part)
            if not number:
                continue
            folded = standard_number(number, first=field)
            if folded is None:
                notes.append(Problem("identifier_doubtful", field, number))
            else:
                found[folded] = None
    found.update(dict.fromkeys(map(control_number, filter(None, title.system_control_numbers))))
    found.update(dict.fromkeys(map(other_number, filter(None, title.other_standard_numbers))))
    if title.lccn.strip():
        found[lccn(title.lccn)] = None
    if title.vendor_title_number.strip():
        found[Identifier("vendor", one_line(title.vendor_title_number))] = None
    return tuple(indexable(found)), tuple(notes)


def standard_number(text: str, first: str = "isbn") -> Identifier | None:
    """ISBN or ISSN, whichever it is (buyers mix the fields up); None when its check digit fails."""
    for kind in ("isbn", "issn") if first == "isbn" else ("issn", "isbn"):
        value = fold_isbn(text) if kind == "isbn" else fold_issn(text)
        if value is not None:
            return Identifier(kind, value)
    return None


def control_number(text: str) -> Identifier:
    """A MARC 035: OCLC numbers by their digits, others as written."""
    folded = fold_control_number(text)
    if folded.startswith(_OCLC_PREFIX):
        return Identifier("oclc", folded.removeprefix(_OCLC_PREFIX))
    return Identifier("system", folded)


def other_number(text: str) -> Identifier:
    """A MARC 024 or 028: without blanks and hyphens, capitals."""
    return Identifier("other", re.sub(r"[\s-]+", "", one_line(text)).upper())


def lccn(text: str) -> Identifier:
    """A MARC 010, normalised as the Library of Congress does: "n 78-890351" → "n78890351"."""
    bare = re.sub(r"\s+", "", text).partition("/")[0]
    prefix, hyphen, serial = bare.partition("-")
    return Identifier("lccn", prefix + serial.zfill(6) if hyphen else bare)


def indexable(found: Iterable[Identifier]) -> Iterable[Identifier]:
    return (one for one in found if 0 < len(one.value) <= MOST_VALUE)
