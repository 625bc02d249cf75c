"""The bib of a request: found by its mms_id or its numbers, or made brief and hidden until the request is
approved; and given up again when nobody needs it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib, Description, Held, InventoryKind
from openacq.codes import service as codes
from openacq.kernel.refusal import Problem, Refusal
from openacq.profiles import service as profiles
from openacq.profiles.model import OrderProfile
from openacq.requests import store_titles
from openacq.requests.check import BOOK, ELECTRONIC, JOURNAL
from openacq.requests.model import CITATIONS, Metadata, Request
from openacq.requests.rules import is_serial, settings
from openacq.store import Tx

USE_KIND = "purchase_request"
ORIGIN = "request"
"""Of bibs made for requests; they are brief, and hidden while nothing is ordered."""
MOST_TRIES = 3
_LCCN = re.compile(r"[a-z]{0,3}\d{8}(?:\d{2})?", re.ASCII | re.IGNORECASE)
"""A control number of the Library of Congress; people write its call numbers into the field too."""
NOTHING_HELD = Held()


@dataclass(frozen=True, slots=True)
class Found:
    """The bib of a request, how it was found ("" = made), which others matched, what is held of it, and
    the metadata the request then has."""

    bib: Bib
    metadata: Metadata
    matched_by: str = ""
    hits: tuple[str, ...] = ()
    held: Held = NOTHING_HELD


def find(tx: Tx, said: Metadata, format_: str) -> Found:
    """The bib that is meant, held until the transaction ends, or a new one.

    Raises Refusal request_bib_unknown for an mms_id nobody has.
    """
    if said.mms_id:
        return _named(tx, said)
    methods = _profile(tx).methods(serial=is_serial(tx, said.citation_type))
    kind: InventoryKind = "portfolio" if format_ == ELECTRONIC else "physical"
    for _ in range(MOST_TRIES):
        match = catalogue.find_or_make(tx, describe(said), methods, kind, origin=ORIGIN, hidden=True)
        if not match.made and not store_titles.hold_bibs(tx, [match.mms_id]):
            continue  # it went away since it was found
        hits = match.hits if len(match.hits) > 1 else ()
        metadata = replace(said, mms_id=match.mms_id)
        return Found(match.bib, metadata, match.matched_by, hits, match.held)
    raise RuntimeError("a bib could be neither found nor made")


def _named(tx: Tx, said: Metadata) -> Found:
    bib = None
    if store_titles.hold_bibs(tx, [said.mms_id]):
        bib = catalogue.bib(tx, said.mms_id)
    if bib is None:
        raise Refusal(unknown(said.mms_id))
    return Found(bib, from_bib(tx, bib, said), "mms_id", (), catalogue.copies_held(tx, bib.mms_id))


def unknown(mms_id: str) -> Problem:
    return Problem("request_bib_unknown", "resource_metadata.mms_id", mms_id)


def from_bib(tx: Tx, bib: Bib, said: Metadata) -> Metadata:
    """What a request for a bib says of its title: what the bib says, and volume and citation type as
    asked."""
    return Metadata(
        mms_id=bib.mms_id,
        citation_type=said.citation_type or _citation_of(tx, bib),
        title=bib.title,
        author=bib.author,
        edition=bib.edition,
        isbn=bib.isbn,
        issn=bib.issn,
        other_system_number=next(iter(bib.system_control_numbers), ""),
        publisher=bib.publisher,
        publication_place=bib.place,
        publication_year=bib.year,
        volume=said.volume,
    )


def _citation_of(tx: Tx, bib: Bib) -> str:
    code = JOURNAL if bib.issn and not bib.isbn else BOOK
    return code if codes.check(tx, CITATIONS, "", code) is None else ""


def describe(said: Metadata) -> Description:
    """The title as the catalogue looks for it."""
    number = said.other_system_number
    if number.isascii() and number.isdigit():
        number = f"(OCoLC){number}"
    return Description(
        mms_id=said.mms_id,
        title=said.title,
        author=said.author,
        isbn=said.isbn,
        issn=said.issn,
        edition=said.edition,
        publisher=said.publisher,
        place=said.publication_place,
        year=said.publication_year,
        system_control_numbers=(number,) if number else (),
        lccn=said.lcc_number if _LCCN.fullmatch(catalogue.lccn(said.lcc_number).value) else "",
    )


def _profile(tx: Tx) -> OrderProfile:
    """The import profile settled for requests; the default one when it is not there (any more)."""
    profile = profiles.request_profile(tx, settings(tx).import_profile) or profiles.request_profile(tx, "")
    if profile is None:
        raise RuntimeError("there is no default profile")
    return profile


def use(tx: Tx, request: Request) -> None:
    """Say that the request needs its bib."""
    catalogue.add_use(tx, request.mms_id, USE_KIND, request.id)


def let_go(tx: Tx, gone: Sequence[Request]) -> set[str]:
    """The requests need their bibs no more; bibs made for requests that nobody else needs are deleted.

    Returns those deleted. A constant number of statements.
    """
    uses = [(request.mms_id, request.id) for request in gone if request.mms_id]
    if not uses:
        return set()
    catalogue.drop_uses(tx, USE_KIND, uses)
    mms_ids = sorted({mms_id for mms_id, _ in uses})
    held = store_titles.hold_bibs(tx, mms_ids, alone=True)
    made = [bib.mms_id for bib in catalogue.bibs(tx, sorted(held)) if bib.brief and bib.origin == ORIGIN]
    return catalogue.delete_needless(tx, made)


def show(tx: Tx, bib: Bib) -> None:
    """Something is ordered: a bib made for a request is hidden no longer."""
    if bib.suppressed and bib.brief and bib.origin == ORIGIN:
        catalogue.suppress(tx, bib.mms_id, hidden=False)
