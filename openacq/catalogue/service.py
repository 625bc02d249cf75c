"""What other rooms may ask of the catalogue.

Matching and inventory of orders: `find_or_make`, `copies_held`, `add_physical`, `find_or_make_portfolio`,
`inventory_of_lines`. Uses: `add_use`, `drop_use`, `delete_bib`, `suppress`. Reading: `bib`, `bibs`,
`marc_record`, `holdings_of`, `items_of`, … Community zone: `collections`, `switch_collection`. Loading:
`load_bibs`, `load_titles`, `load`. All of them take the transaction first and never commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openacq.catalogue import marc as _marc
from openacq.catalogue.arrival import (
    IN_PROCESS,
    IN_TRANSIT,
    give_barcodes,
    keep_item,
    pass_item_on,
    put_items_back,
    receive_items,
    switch_portfolios,
)
from openacq.catalogue.changing import change_items, edit_item, remove_items, take_back, untie_holdings
from openacq.catalogue.electronic import find_or_make_portfolio
from openacq.catalogue.identifiers import (
    control_number,
    indexable,
    lccn,
    of_description,
    other_number,
    standard_number,
)
from openacq.catalogue.loading import load_bibs
from openacq.catalogue.marc import write as write_marc
from openacq.catalogue.matching import find_or_make
from openacq.catalogue.model import (
    Bib,
    Collection,
    Description,
    Held,
    Holding,
    Identifier,
    Item,
    LineInventory,
    MarcRecord,
    Portfolio,
    Shelf,
)
from openacq.catalogue.moving import move_inventory
from openacq.catalogue.physical import add_physical, add_physical_all, barcode_problems
from openacq.catalogue.store import bibs as _bibs
from openacq.catalogue.store import clearing as _clearing
from openacq.catalogue.store import community as _community
from openacq.catalogue.store import inventory as _inventory
from openacq.catalogue.store import take_stock
from openacq.catalogue.store import words as _words
from openacq.catalogue.titles import load_titles, put_collection
from openacq.catalogue.words import WordField, bare_number, beginnings
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.kernel.text import nearest
from openacq.store.tx import Tx

MOST_ASKED = 6
"""Words of a title that are looked for."""
FEW_BIBS = 200
"""A word that begins words of no more bibs is rare."""
MOST_BIBS = 100
"""Bibs one call of `bibs` answers for."""


# -- titles -------------------------------------------------------------------------------------


def bib(tx: Tx, mms_id: str) -> Bib | None:
    found = _bibs.by_ids(tx, [mms_id])
    return found[0] if found else None


def bibs(tx: Tx, mms_ids: Sequence[str]) -> tuple[Bib, ...]:
    """Those of the bibs that exist, by mms_id; one query."""
    return _bibs.by_ids(tx, mms_ids) if mms_ids else ()


def look_for(tx: Tx, text: str, most: int = 10) -> tuple[Bib, ...]:
    """Titles somebody means by an mms_id, a standard number or words of the title, the first few."""
    numbers = of_description(Description(isbn=text))[0]
    if text.strip().isdigit() and text.strip().startswith("99"):
        own = _bibs.by_ids(tx, [text.strip()])
        if own:
            return own
    if numbers:
        ids = list(_bibs.by_identifiers(tx, numbers))[:most]
    else:
        asked = list(dict.fromkeys(beginnings(text)))[:MOST_ASKED]
        found = few_with_words(tx, asked, WordField.TITLE)
        ids = _words.titled(tx, asked, WordField.TITLE.value, most) if found is None else list(found[:most])
    return bibs(tx, ids)


def few_with_words(tx: Tx, words: Sequence[str], field: WordField) -> tuple[str, ...] | None:
    """The bibs (mms_id) that have a word beginning with each of these in a field, when one of the words is
    rare; None when each is common, so that the index of words alone is the slower way to them."""
    if not words:
        return ()
    found = _words.few_with(tx, words, field.value, FEW_BIBS)
    return None if found is None else tuple(found)


def marc_record(tx: Tx, bib: Bib) -> MarcRecord:
    """The library's own record, or for a brief bib the few fields it has."""
    return marc_records(tx, [bib])[bib.mms_id]


def marc_records(tx: Tx, bibs: Sequence[Bib]) -> Mapping[str, MarcRecord]:
    """mms_id → record, as `marc_record`, for several bibs; one query."""
    stored = _bibs.records(tx, [one.mms_id for one in bibs]) if bibs else {}
    return {
        one.mms_id: _marc.read(stored[one.mms_id]) if one.mms_id in stored else _marc.of_brief(one)
        for one in bibs
    }


def holdings_record(holding: Holding) -> MarcRecord:
    """A holdings record (MARC 852) of a holding."""
    return _marc.of_holding(holding)


def identifiers_of(description: Description) -> tuple[Identifier, ...]:
    """The folded identifiers of an order's description; for the portfolio of the same order."""
    return of_description(description)[0]


def add_use(tx: Tx, mms_id: str, kind: str, user_id: str | int) -> None:
    """Say that (kind, id), such as ("line", 17), needs the bib."""
    _bibs.add_use(tx, mms_id, kind, str(user_id))


def drop_use(tx: Tx, mms_id: str, kind: str, user_id: str | int) -> None:
    _bibs.drop_use(tx, mms_id, kind, str(user_id))


def drop_uses(tx: Tx, kind: str, uses: Sequence[tuple[str, str | int]]) -> None:
    """Drop several uses of a kind, each (mms_id, id)."""
    _clearing.drop_uses(tx, kind, [(mms_id, str(user_id)) for mms_id, user_id in uses])


def suppress(tx: Tx, mms_id: str, hidden: bool = True) -> None:
    """Hide the bib from the public, or show it again. Raises Refusal (bib_not_found)."""
    if not _bibs.suppress(tx, mms_id, hidden):
        raise Refusal(Problem("bib_not_found", "mms_id", mms_id))


def is_needless(tx: Tx, mms_id: str) -> bool:
    """Whether nobody uses the bib and nothing of it is held."""
    used, has_inventory = _bibs.needed(tx, mms_id)
    return not used and not has_inventory


def delete_bib(tx: Tx, mms_id: str) -> None:
    """Delete a bib nobody uses and that has no inventory. Raises Refusal (bib_in_use, bib_not_found)."""
    used, has_inventory = _bibs.needed(tx, mms_id)
    if used or has_inventory:
        reason = "orders or requests use it" if used else "it has inventory"
        raise Refusal(Problem("bib_in_use", "mms_id", mms_id, reason=reason))
    if not _bibs.delete_bib(tx, mms_id):
        raise Refusal(Problem("bib_not_found", "mms_id", mms_id))


def delete_needless(tx: Tx, mms_ids: Sequence[str]) -> set[str]:
    """Delete those of the bibs that nobody uses and that have no inventory; returns which."""
    return _clearing.delete_needless(tx, mms_ids)


# -- inventory ----------------------------------------------------------------------------------


def copies_held(tx: Tx, mms_id: str) -> Held:
    """What is held of a bib now; `.copies()` gives (library code, copies). A BibMatch has it already."""
    found = _bibs.held_bib(tx, mms_id)
    return found.held if found else Held()


def inventory_of_lines(tx: Tx, line_ids: Sequence[int]) -> Mapping[int, LineInventory]:
    """line_id → its holdings, items and portfolios; lines without any are left out. One query."""
    return _inventory.of_lines(tx, line_ids)


def portfolios_of_lines(tx: Tx, line_ids: Sequence[int]) -> Mapping[int, LineInventory]:
    """As `inventory_of_lines`, with nothing but the portfolios."""
    return _inventory.portfolios_of_lines(tx, line_ids)


def holdings_of(tx: Tx, mms_id: str) -> tuple[Holding, ...]:
    return _inventory.holdings_of(tx, mms_id)


def items_of(
    tx: Tx, mms_id: str, holding_ids: Sequence[str], *, limit: int = 100, offset: int = 0
) -> tuple[tuple[Item, ...], int]:
    """(one page of the items of these holdings of a bib, number of all of them)."""
    return _inventory.items_of(tx, mms_id, holding_ids, limit=limit, offset=offset)


def shelves_of(tx: Tx, mms_ids: Sequence[str]) -> tuple[Shelf, ...]:
    """The holdings of some bibs with their numbers of items; one query."""
    return _inventory.shelves_of(tx, mms_ids) if mms_ids else ()


def item(tx: Tx, item_id: str) -> Item | None:
    return _inventory.item(tx, item_id)


def item_by_barcode(tx: Tx, barcode: str) -> Item | None:
    return _inventory.item_by_barcode(tx, barcode)


def items_by_ids(tx: Tx, item_ids: Sequence[str]) -> Mapping[str, Item]:
    """Those of the items that exist, by id; one query."""
    return _inventory.items_by_ids(tx, item_ids) if item_ids else {}


def items_by_barcodes(tx: Tx, barcodes: Sequence[str]) -> Mapping[str, Item]:
    """Those of the items that exist, by barcode; one query."""
    return _inventory.items_by_barcodes(tx, barcodes) if barcodes else {}


def portfolios_of(tx: Tx, mms_id: str) -> tuple[Portfolio, ...]:
    return _inventory.portfolios_of(tx, mms_id)


def portfolios_of_bibs(tx: Tx, mms_ids: Sequence[str]) -> tuple[Portfolio, ...]:
    """The portfolios of some bibs; one query."""
    return _inventory.portfolios_of_bibs(tx, mms_ids) if mms_ids else ()


# -- community zone -----------------------------------------------------------------------------


def collections(tx: Tx) -> tuple[Collection, ...]:
    """All collections of the server with their number of titles and whether the institution has them on."""
    return _community.all_collections(tx)


def switch_collection(tx: Tx, collection_id: str, on: bool = True) -> None:
    """Let orders of the institution find titles of a collection, or no more.

    Raises Refusal (collection_unknown).
    """
    if _community.collection(tx, collection_id) is None:
        known = tuple(one.collection_id for one in _community.all_collections(tx))
        meant = probable(nearest(collection_id, known))
        raise Refusal(Problem("collection_unknown", "collection", collection_id, probable=meant))
    _community.switch(tx, collection_id, on)
    tx.registers_changed()


__all__ = [
    "IN_PROCESS",
    "IN_TRANSIT",
    "WordField",
    "add_physical",
    "add_physical_all",
    "add_use",
    "barcode_problems",
    "bare_number",
    "beginnings",
    "bib",
    "bibs",
    "change_items",
    "collections",
    "control_number",
    "copies_held",
    "delete_bib",
    "delete_needless",
    "drop_use",
    "drop_uses",
    "edit_item",
    "find_or_make",
    "find_or_make_portfolio",
    "give_barcodes",
    "holdings_of",
    "holdings_record",
    "identifiers_of",
    "indexable",
    "inventory_of_lines",
    "item",
    "item_by_barcode",
    "items_by_barcodes",
    "items_by_ids",
    "items_of",
    "keep_item",
    "lccn",
    "load_bibs",
    "load_titles",
    "look_for",
    "marc_record",
    "marc_records",
    "move_inventory",
    "other_number",
    "pass_item_on",
    "portfolios_of",
    "portfolios_of_bibs",
    "portfolios_of_lines",
    "put_collection",
    "put_items_back",
    "receive_items",
    "remove_items",
    "shelves_of",
    "standard_number",
    "suppress",
    "switch_collection",
    "switch_portfolios",
    "take_back",
    "take_stock",
    "untie_holdings",
    "write_marc",
]
