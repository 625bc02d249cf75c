"""What other rooms ask of the ordering desk and hear from it.

Unset text is "", unset dates, numbers and flags are None. Sums of a wish are text as they were
sent; sums of a line are `Money`. Codes are those of the institution's registers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import msgspec

from openacq.catalogue.model import Bib, CopyWish, Description, Holding, Item, Portfolio
from openacq.kernel.money import Money
from openacq.kernel.refusal import Problem
from openacq.ordering.states import LineState, OrderState


class Source(StrEnum):
    """How a line came to be (table AcqItemSourceType)."""

    API = "API"
    MANUAL = "MANUALENTRY"
    EOD = "EOD"
    REQUEST = "PURCHASEREQUEST"
    WMS = "WMS"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a name for the record, and what the one acting was granted (None = everything)."""

    name: str
    vendor: str | None = None
    funds: frozenset[str] | None = None
    libraries: frozenset[str] | None = None


# ---------------------------------------------------------------- an order as it is asked for


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum as it was written, and its currency code; both may be ""."""

    sum: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class ShareWish:
    """A fund's part of the price: a percent or an amount (texts as sent), or neither for the whole."""

    fund_code: str
    percent: str = ""
    amount: Sum = field(default_factory=Sum)


@dataclass(frozen=True, slots=True)
class PlaceWish:
    """Copies for one library and location."""

    library: str
    location: str = ""
    quantity: int | None = None
    copies: tuple[CopyWish, ...] = ()


@dataclass(frozen=True, slots=True)
class InterestedWish:
    """A user who wants to hear of the order."""

    primary_id: str
    notify_receiving_activation: bool = False
    hold_item: bool = False
    notify_renewal: bool = False
    notify_cancel: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything of a line that neither steers nor pays for it; kept as it was given."""

    cancellation_restriction: bool = False
    cancellation_restriction_note: str = ""
    reclaim_interval: str = ""
    expected_receipt_interval: str = ""
    claiming_interval: str = ""
    expected_activation_interval: str = ""
    subscription_interval: str = ""
    e_activation_due_interval: str = ""
    expected_activation_date: date | None = None
    vendor_reference_type: str = ""
    additional_order_reference: str = ""
    invoice_reference: str = ""
    vendor_title_number: str = ""
    title_id: str = ""
    reporting_codes: tuple[str, str, str, str, str] = ("", "", "", "", "")
    vendor_note: str = ""
    receiving_note: str = ""
    license: str = ""
    access_model: str = ""
    url: str = ""
    base_status: str = ""
    access_provider: str = ""
    renewal_cycle: str = ""
    renewal_period: int | None = None
    renewal_note: str = ""
    subscription_from: date | None = None
    subscription_to: date | None = None


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One order, as any door understands it. `number` and `po_number` may name existing ones.

    `problems` are those the door found in the form of the order; they are told with all others.
    """

    title: Description
    owner: str = ""
    type: str = ""
    number: str = ""
    vendor: str = ""
    account: str = ""
    method: str = ""
    price: Sum = field(default_factory=Sum)
    discount: str = ""
    no_charge: bool = False
    rush: bool = False
    reference: str = ""
    po_number: str = ""
    shares: tuple[ShareWish, ...] = ()
    places: tuple[PlaceWish, ...] = ()
    notes: tuple[str, ...] = ()
    interested: tuple[InterestedWish, ...] = ()
    material: str = ""
    manual_renewal: bool | None = None
    renewal_date: date | None = None
    expected_receipt_date: date | None = None
    terms: Terms = field(default_factory=Terms)
    source: Source = Source.API
    profile: str = ""
    manual_review: bool = False
    problems: tuple[Problem, ...] = ()


# ---------------------------------------------------------------- a line as it is


class Severity(StrEnum):
    BLOCKING = "blocking"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Alert:
    """Why a line needs a look: a slug of the alert catalogue (`alerts.py`) with its facts."""

    slug: str
    severity: Severity
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """A fund's part of a line. Exactly one of `percent` (1/10000 of a percent) and `amount` was given.

    `part` is what it comes to in the line's currency, None while the line has no price.
    """

    number: int
    fund_code: str
    fund_id: int | None = None
    fund_name: str = ""
    percent: int | None = None
    amount: Money | None = None
    part: Money | None = None
    encumbered: Money | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Copies at one library and location, and the holding they stand in."""

    library: str
    location: str
    quantity: int
    holding_id: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    created: datetime
    author: str = ""


@dataclass(frozen=True, slots=True)
class Interested:
    primary_id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    notify_receiving_activation: bool = False
    hold_item: bool = False
    notify_renewal: bool = False
    notify_cancel: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A PO line, whole. `discount` is 1/10000 of a percent; `net` what the funds are asked for."""

    id: int
    number: str
    oin: str
    state: LineState
    owner: str
    type: str
    method: str
    source: Source
    bib: Bib
    created: datetime
    state_since: datetime
    vendor: str = ""
    account: str = ""
    price: Money | None = None
    discount: int = 0
    quantity: int = 1
    net: Money | None = None
    no_charge: bool = False
    rush: bool = False
    reference: str = ""
    po_number: str = ""
    material: str = ""
    manual_renewal: bool = False
    renewal_date: date | None = None
    expected_receipt_date: date | None = None
    created_by: str = ""
    terms: Terms = field(default_factory=Terms)
    shares: tuple[Share, ...] = ()
    places: tuple[Place, ...] = ()
    notes: tuple[Note, ...] = ()
    interested: tuple[Interested, ...] = ()
    alerts: tuple[Alert, ...] = ()
    holdings: tuple[Holding, ...] = ()
    items: tuple[Item, ...] = ()
    portfolios: tuple[Portfolio, ...] = ()

    @property
    def renewal_due(self) -> date | None:
        """When something is to be done about the renewal: its day, or the reminder before if by hand."""
        return day_of_renewal(self.renewal_date, self.terms.renewal_period, by_hand=self.manual_renewal)

    @property
    def in_review(self) -> bool:
        return self.state is LineState.IN_REVIEW


def day_of_renewal(renewal: date | None, period: int | None, *, by_hand: bool) -> date | None:
    """`period` days before the renewal where somebody has to be reminded, else its day."""
    if renewal is None or not by_hand or not period:
        return renewal
    return date.fromordinal(max(renewal.toordinal() - period, 1))


class ListedBib(msgspec.Struct, frozen=True, gc=False):
    """What lists show of a title; as in `catalogue.model.Bib`."""

    mms_id: str
    title: str
    author: str
    isbn: str
    issn: str
    publisher: str
    place: str
    year: str
    vendor_title_number: str
    system_control_numbers: tuple[str, ...]


class ListedLine(msgspec.Struct, frozen=True, gc=False):
    """A line as lists show it, members as in `Line`; places, items and notes only where they are asked for.

    A page is a hundred of these, many times a second, so they are built the quickest way there is.
    """

    id: int
    number: str
    state: LineState
    owner: str
    type: str
    method: str
    source: Source
    bib: ListedBib
    created: datetime
    state_since: datetime
    vendor: str
    account: str
    price: Money | None
    discount: int
    no_charge: bool
    rush: bool
    reference: str
    po_number: str
    material: str
    manual_renewal: bool
    renewal_date: date | None
    expected_receipt_date: date | None
    terms: Terms
    shares: tuple[Share, ...]
    interested: tuple[Interested, ...]
    alerts: tuple[Alert, ...]
    notes: tuple[Note, ...] = ()
    places: tuple[Place, ...] = ()
    items: tuple[Item, ...] = ()
    portfolios: tuple[Portfolio, ...] = ()


@dataclass(frozen=True, slots=True)
class LineLabel:
    """What names a line elsewhere, as in the history of a fund."""

    number: str
    vendor: str
    reporting_codes: tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the review list: the line in brief and every alert, in words with its fix."""

    number: str
    title: str
    vendor: str
    owner: str
    price: Money | None
    funds: tuple[str, ...]
    source: str
    created: datetime
    alerts: tuple[AlertInWords, ...]
    assigned_to: str = ""


@dataclass(frozen=True, slots=True)
class AlertInWords:
    slug: str
    severity: Severity
    text: str
    who: str
    fix: str


@dataclass(frozen=True, slots=True)
class WaitingPage:
    lines: tuple[Waiting, ...]
    total: int


__all__ = [
    "Actor",
    "Alert",
    "AlertInWords",
    "Interested",
    "InterestedWish",
    "Line",
    "LineState",
    "ListedBib",
    "ListedLine",
    "Note",
    "OrderState",
    "Place",
    "PlaceLine",
    "PlaceWish",
    "Severity",
    "Share",
    "ShareWish",
    "Source",
    "Sum",
    "Terms",
    "Waiting",
    "WaitingPage",
]
