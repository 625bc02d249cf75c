"""Profiles of incoming orders and requests, and review rules, as other rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from openacq.kernel.money import Money

MATCH_METHODS = (
    "isbn",
    "issn",
    "isbn_issn",
    "system_control_number",
    "oclc",
    "other_standard_number",
    "lccn",
    "vendor_title_number",
)
"""Ways to match a title that a profile may name; the catalogue carries them out."""


class ProfileKind(StrEnum):
    ORDER = "order"
    PURCHASE_REQUEST = "purchase_request"


class DuplicatePolicy(StrEnum):
    """What a vendor reference that is already known, or a title that is already held, does to a new line."""

    ALERT = "alert"
    ALLOW = "allow"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class OrderProfile:
    """How orders (or requests) of one way in are matched and checked.

    `match` and `match_serial` name match methods of the catalogue in the order they are tried; an
    empty `match_serial` means `match`. The `block_*` checks refuse an order that would otherwise wait
    In Review. `default_line_type` replaces a line type that is switched off ("" = refuse it).
    """

    code: str
    name: str
    kind: ProfileKind = ProfileKind.ORDER
    is_default: bool = False
    match: tuple[str, ...] = ("isbn", "issn")
    match_serial: tuple[str, ...] = ()
    block_not_fully_funded: bool = False
    block_invalid_fund: bool = False
    block_balance_too_low: bool = False
    duplicates: DuplicatePolicy = DuplicatePolicy.ALERT
    default_line_type: str = ""
    use_access_model: bool = False

    def methods(self, *, serial: bool) -> tuple[str, ...]:
        return self.match_serial or self.match if serial else self.match


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What review rules look at. `price` is the net of the line."""

    vendor: str = ""
    method: str = ""
    price: Money | None = None
    library: str = ""
    funds: tuple[str, ...] = ()
    line_type: str = ""
    material: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """One rule: the criteria that are set must all hold; `review` is its answer.

    Prices are compared in their own currency only; a rule priced in another one does not match.
    The default rule has no criteria and is looked at first: True sends every line to review.
    """

    name: str
    review: bool = True
    position: int = 0
    is_default: bool = False
    enabled: bool = True
    vendors: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    price_above: Money | None = None
    price_below: Money | None = None
    libraries: tuple[str, ...] = ()
    funds: tuple[str, ...] = ()
    line_types: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


# ---------------------------------------------------------------- packing and approving orders

MOST_LINES_PER_ORDER = 250
"""More would hold up all other writers of SQLite for too long while the PO is packed or sent."""


@dataclass(frozen=True, slots=True)
class PackagingRule:
    """How ready lines are packed into POs.

    With `automatic` a job packs them as soon as one has waited `wait_minutes`, so that what a vendor's
    shop sends line by line comes into one PO; otherwise they are packed when somebody asks for it. No PO
    gets more than `most_lines`. With `by_fund` lines of different funds never share a PO, and a line of
    several funds is packed by hand.
    """

    automatic: bool = True
    wait_minutes: int = 10
    most_lines: int = 100
    by_fund: bool = False


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Which POs somebody must approve: the criteria that are set must all hold; `approval` is the answer.

    `above` is compared with the sum of the PO's lines, converted at today's rate when it is in another
    currency. The first rule in order that matches decides; a PO none speaks of needs no approval.
    """

    name: str
    approval: bool = True
    position: int = 0
    enabled: bool = True
    methods: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    above: Money | None = None


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What approval rules look at. `totals` is the sum of the PO by currency, in every currency a rule
    has for which there is a rate."""

    method: str = ""
    vendor: str = ""
    library: str = ""
    totals: Mapping[str, Money] | None = None
