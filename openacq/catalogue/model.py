"""What other rooms say to the catalogue and hear from it.

All ids are text (``99…`` bib, ``22…`` holding, ``23…`` item, ``53…`` portfolio). Unset text is ``""``,
unset dates are ``None``. ``line_id`` is the row id of a purchase order line; the catalogue only keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

import msgspec

from openacq.kernel.refusal import Problem

IN_ACQUISITION: Final = "ACQ"
"""Process type of an item that is on order."""

COMMUNITY_ZONE: Final = 0
"""The reserved institution whose collections and titles all institutions of a server share."""

InventoryKind = Literal["physical", "portfolio", "collection", "none"]
"""The `inventory` attribute of a PurchaseType row."""

MATCH_METHODS: Final[dict[str, tuple[str, ...]]] = {
    "isbn": ("isbn",),
    "issn": ("issn",),
    "isbn_issn": ("isbn", "issn"),
    "system_control_number": ("system", "oclc"),
    "oclc": ("oclc",),
    "other_standard_number": ("other",),
    "lccn": ("lccn",),
    "vendor_title_number": ("vendor",),
}
"""Match method of a profile → kinds of identifiers it compares. A profile names methods in order."""

DEFAULT_METHODS: Final = ("isbn", "issn")


# ---------------------------------------------------------------- titles


@dataclass(frozen=True, slots=True)
class Description:
    """A title as an order describes it, texts as they were sent."""

    mms_id: str = ""
    title: str = ""
    author: str = ""
    isbn: str = ""
    issn: str = ""
    edition: str = ""
    publisher: str = ""
    place: str = ""
    year: str = ""  # text: "c2007."
    vendor_title_number: str = ""
    system_control_numbers: tuple[str, ...] = ()  # MARC 035, "(OCoLC)123"
    other_standard_numbers: tuple[str, ...] = ()  # MARC 024/028
    lccn: str = ""  # MARC 010


@dataclass(frozen=True, slots=True)
class Identifier:
    """One folded identifier: `kind` is isbn | issn | system | oclc | other | lccn | vendor."""

    kind: str
    value: str


class Word(NamedTuple):
    """A folded word and the field it stands in (a value of `words.WordField`)."""

    field: str
    word: str


@dataclass(frozen=True, slots=True)
class Bib:
    mms_id: str
    title: str = ""
    author: str = ""
    isbn: str = ""
    issn: str = ""
    edition: str = ""
    publisher: str = ""
    place: str = ""
    year: str = ""
    vendor_title_number: str = ""
    system_control_numbers: tuple[str, ...] = ()
    brief: bool = True
    suppressed: bool = False
    origin: str = ""  # "order", "load", …
    created: datetime | None = None
    modified: datetime | None = None


class MarcField(msgspec.Struct, frozen=True, array_like=True):
    """A control field has `data`; a data field has two indicators and subfields (code, value)."""

    tag: str
    data: str = ""
    ind1: str = " "
    ind2: str = " "
    subfields: tuple[tuple[str, str], ...] = ()

    @property
    def is_control(self) -> bool:
        return self.tag < "010"

    def values(self, codes: str) -> list[str]:
        """The values of the subfields named, in the order of the field."""
        return [value for code, value in self.subfields if code in codes]


class MarcRecord(msgspec.Struct, frozen=True, array_like=True):
    leader: str
    fields: tuple[MarcField, ...]


# ---------------------------------------------------------------- what is held


def copies_there(items: int, on_order: int, loaded: bool) -> int:
    """The copies of a holding that are there: all but those on order; one whose holding a load of the
    library's own records made is one also without any items."""
    return items - on_order or int(loaded)


@dataclass(frozen=True, slots=True)
class HeldHolding:
    """A holding with the number of its items, and of those of them that are still on order; `loaded`: the
    library's own records name it."""

    holding_id: str
    library: str
    location: str
    items: int
    on_order: int = 0
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What an institution has of one bib at the moment of asking."""

    holdings: tuple[HeldHolding, ...] = ()
    portfolios: int = 0

    @property
    def physical(self) -> bool:
        return bool(self.holdings)

    @property
    def electronic(self) -> bool:
        return self.portfolios > 0

    @property
    def nothing(self) -> bool:
        return not self.holdings and not self.portfolios

    def copies(self) -> tuple[tuple[str, int], ...]:
        """(library code, copies) of the copies that are there, libraries in order. What is on order is not
        held: PO lines tell of it.

        Portfolios belong to no library and are counted in `portfolios` only.
        """
        counts: dict[str, int] = {}
        for held in self.holdings:
            if there := copies_there(held.items, held.on_order, held.loaded):
                counts[held.library] = counts.get(held.library, 0) + there
        return tuple(sorted(counts.items()))


@dataclass(frozen=True, slots=True)
class BibMatch:
    """The bib of an order.

    matched_by: "mms_id", the match method that hit ("isbn", "issn", …), or "" when the bib was made.
    hits: every bib that matched, lowest mms_id first; more than one deserves an alert.
    held: what the institution had of it before the order (empty for a new bib).
    notes: information for the buyer, such as an ISBN with a wrong check digit.
    """

    mms_id: str
    made: bool
    matched_by: str
    hits: tuple[str, ...] = ()
    held: Held = field(default_factory=Held)
    bib: Bib = field(default_factory=lambda: Bib(""))
    notes: tuple[Problem, ...] = ()


# ---------------------------------------------------------------- physical inventory


@dataclass(frozen=True, slots=True)
class CopyWish:
    """One copy as an order asks for it. An empty barcode is generated. `item_id` names an item the line
    has already; for a new order it means nothing."""

    barcode: str = ""
    policy: str = ""
    receive_date: date | None = None  # set: the item is born received
    expected_arrival_date: date | None = None
    enumeration_a: str = ""
    enumeration_b: str = ""
    enumeration_c: str = ""
    chronology_i: str = ""
    chronology_j: str = ""
    chronology_k: str = ""
    description: str = ""
    storage_location_id: str = ""
    is_temp_location: bool = False
    permanent_library: str = ""  # only with is_temp_location
    permanent_location: str = ""
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class LocationWish:
    """`quantity` copies for one place; copies not spelled out in `copies` are plain ones.

    Codes are expected to be valid: the caller has asked the directory.
    """

    library: str
    location: str
    quantity: int
    copies: tuple[CopyWish, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    holding_id: str
    mms_id: str
    library: str
    location: str
    call_number: str = ""
    created: datetime | None = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A holding with the number of its items, of those that are not ready for use, and of those of them
    that are still on order; `loaded`: the library's own records name it."""

    holding: Holding
    items: int
    not_ready: int
    on_order: int = 0
    loaded: bool = False

    @property
    def held(self) -> int:
        """The copies that are there."""
        return copies_there(self.items, self.on_order, self.loaded)


@dataclass(frozen=True, slots=True)
class Item:
    """`library`/`location` are those of its holding (the permanent place); temp_* where it is meanwhile."""

    item_id: str
    holding_id: str
    mms_id: str
    library: str
    location: str
    barcode: str = ""
    policy: str = ""
    material: str = ""
    process_type: str = ""  # "ACQ" until received
    receive_date: date | None = None
    expected_arrival_date: date | None = None
    enumeration_a: str = ""
    enumeration_b: str = ""
    enumeration_c: str = ""
    chronology_i: str = ""
    chronology_j: str = ""
    chronology_k: str = ""
    description: str = ""
    storage_location_id: str = ""
    temp_library: str = ""
    temp_location: str = ""
    operator: str = ""  # who received it
    department: str = ""  # where it is in process
    line_id: int | None = None
    created: datetime | None = None
    modified: datetime | None = None

    @property
    def is_temp_location(self) -> bool:
        return bool(self.temp_location or self.temp_library)


@dataclass(frozen=True, slots=True)
class StockWish:
    """The inventory of one line among several (`add_physical_all`): no copy of it names a barcode. `held` is
    what there was of the bib before any of them."""

    mms_id: str
    line_id: int
    locations: tuple[LocationWish, ...]
    with_items: bool
    held: Held
    material: str = ""


@dataclass(frozen=True, slots=True)
class PhysicalStock:
    """What `add_physical` gave a line: its holdings (old or new) and its new items."""

    holdings: tuple[Holding, ...]
    items: tuple[Item, ...]
    holdings_made: int


# ---------------------------------------------------------------- electronic inventory


@dataclass(frozen=True, slots=True)
class PortfolioWish:
    """The electronic side of an order.

    search_community: the vendor is of kind gobi or oasis.
    title_id: only set for OASIS; the community zone title wanted.
    """

    search_community: bool = False
    title_id: str = ""
    identifiers: tuple[Identifier, ...] = ()
    url: str = ""
    base_status: str = ""  # ACTIVE | INACTIVE | ""
    access_provider: str = ""
    access_model: str = ""  # kept as a public note
    license: str = ""
    material: str = ""


@dataclass(frozen=True, slots=True)
class Portfolio:
    portfolio_id: str
    mms_id: str
    origin: str  # institution | community | local
    collection_id: str = ""
    collection_name: str = ""
    title_id: str = ""
    available: bool = False
    url: str = ""
    access_provider: str = ""
    public_note: str = ""
    license: str = ""
    material: str = ""
    coverage: str = ""
    created: datetime | None = None
    modified: datetime | None = None

    @property
    def base_status(self) -> str:
        return "ACTIVE" if self.available else "INACTIVE"


@dataclass(frozen=True, slots=True)
class PortfolioMatch:
    """outcome: linked (the institution had it: a duplicate), activated (community zone; not available
    until staff switch it on) or made (local, standing alone)."""

    portfolio: Portfolio
    outcome: Literal["linked", "activated", "made"]


@dataclass(frozen=True, slots=True)
class LineInventory:
    """All inventory of one line, as GET of a line shows it."""

    holdings: tuple[Holding, ...] = ()
    items: tuple[Item, ...] = ()
    portfolios: tuple[Portfolio, ...] = ()


# ---------------------------------------------------------------- community zone


@dataclass(frozen=True, slots=True)
class Collection:
    collection_id: str
    name: str
    provider: str = ""
    titles: int = 0
    active: bool = False  # for the institution asking


@dataclass(frozen=True, slots=True)
class TitleRow:
    """One title of a collection, as its title list gives it. `digest` changes when the row does."""

    title_id: str
    title: str
    identifiers: tuple[Identifier, ...] = ()
    author: str = ""
    publisher: str = ""
    kind: str = ""  # serial | monograph | ""
    url: str = ""
    coverage: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    digest: str = ""


# ---------------------------------------------------------------- loading a library's own records


@dataclass(frozen=True, slots=True)
class LoadedCopy:
    """A copy a record says is held; without a barcode it is told apart by its place only."""

    library: str
    location: str
    call_number: str = ""
    barcode: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True)
class LoadedLink:
    """An electronic copy a record says is held."""

    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class LoadedBib:
    """A record of a file, ready to be written.

    row: its position in the file, from 1. key: which record this is ("001:…", "035:…"), so that a second
    load updates it. bib: its mms_id is the one to keep, or "". digest: of the record and of how it was read.
    notes: what was left out of it and why.
    """

    row: int
    key: str
    bib: Bib
    identifiers: tuple[Identifier, ...]
    record: str  # MARC as `service.write_marc` writes it
    digest: str
    copies: tuple[LoadedCopy, ...] = ()
    links: tuple[LoadedLink, ...] = ()
    notes: tuple[Problem, ...] = ()


class Overtaken(Exception):
    """Another transaction wrote one of the rows of this batch after it was planned: plan it again."""
