"""Find the bib an order means, or make it.

Order of the search: the mms_id if one was sent; else the match methods of the profile, one after the
other, the first with a hit deciding; else a new brief bib. Only the institution's own catalogue is
searched. Everything a decision needs (hits, what is held of each) comes with one query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openacq.catalogue import tiebreak
from openacq.catalogue.identifiers import of_description
from openacq.catalogue.ids import BIB, new_id
from openacq.catalogue.model import (
    DEFAULT_METHODS,
    MATCH_METHODS,
    Bib,
    BibMatch,
    Description,
    Identifier,
    InventoryKind,
)
from openacq.catalogue.store import bibs as bibs_store
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.text import one_line
from openacq.store.tx import Tx

MOST_TRIES = 3


def find_or_make(
    tx: Tx,
    description: Description,
    methods: Sequence[str] = DEFAULT_METHODS,
    kind: InventoryKind = "physical",
    *,
    origin: str = "order",
    hidden: bool = False,
) -> BibMatch:
    """The bib of an order for `description`; `methods` are names of MATCH_METHODS; one that is made can be
    `hidden` from the public.

    Raises Refusal (bib_not_found) for an unknown mms_id. Two transactions that make a bib for the same
    new number at once get the same bib.
    """
    identifiers, notes = of_description(description)
    mms_id = description.mms_id.strip()
    if mms_id:
        known = bibs_store.held_bib(tx, mms_id)
        if known is None:
            raise Refusal(Problem("bib_not_found", "mms_id", mms_id))
        return BibMatch(mms_id, False, "mms_id", (mms_id,), known.held, known.bib, notes)
    tries = tuple((method, _compared(method, identifiers)) for method in methods or DEFAULT_METHODS)
    claimed = next((numbers[0] for _, numbers in tries if numbers), None)
    for _ in range(MOST_TRIES):
        match = _search(tx, tries, kind, notes)
        if match is not None:
            return match
        made = _make(tx, description, identifiers, claimed, origin, hidden=hidden)
        if made is not None:
            return BibMatch(made.mms_id, True, "", (), bib=made, notes=notes)
        # Another transaction has made this bib since the search; it is committed now, so search again.
    raise RuntimeError("a bib could be neither found nor made")


def _search(
    tx: Tx,
    tries: Sequence[tuple[str, Sequence[Identifier]]],
    kind: InventoryKind,
    notes: tuple[Problem, ...],
) -> BibMatch | None:
    found = bibs_store.by_identifiers(tx, (number for _, numbers in tries for number in numbers))
    for method, numbers in tries:
        hits = {mms: hit.held for mms, hit in found.items() if not hit.found_by.isdisjoint(numbers)}
        if hits:
            chosen = found[tiebreak.pick(hits, kind)]
            mms_ids = tuple(sorted(hits))
            return BibMatch(chosen.bib.mms_id, False, method, mms_ids, chosen.held, chosen.bib, notes)
    return None


def _compared(method: str, identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    kinds = MATCH_METHODS[method.lower()]
    return tuple(one for one in identifiers if one.kind in kinds)


def _make(
    tx: Tx,
    description: Description,
    identifiers: Sequence[Identifier],
    claimed: Identifier | None,
    origin: str,
    *,
    hidden: bool,
) -> Bib | None:
    bib = Bib(
        mms_id=new_id(tx, BIB),
        title=one_line(description.title),
        author=one_line(description.author),
        isbn=one_line(description.isbn),
        issn=one_line(description.issn),
        edition=one_line(description.edition),
        publisher=one_line(description.publisher),
        place=one_line(description.place),
        year=one_line(description.year),
        vendor_title_number=one_line(description.vendor_title_number),
        system_control_numbers=tuple(filter(None, map(one_line, description.system_control_numbers))),
        brief=True,
        suppressed=hidden,
        origin=origin,
    )
    claim = f"{claimed.kind}:{claimed.value}" if claimed else None
    return bibs_store.add_bib(tx, bib, identifiers, claim)
