"""What the money desk hands out and takes in. Amounts are `Money` or units of 1/10000, never floats."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from openacq.kernel.money import RATE_ONE, Money, minor_digits, round_minor


class EntityType(StrEnum):
    LEDGER = "LEDGER"
    SUMMARY = "SUMMARY"
    ALLOCATED = "ALLOCATED"


class FundStatus(StrEnum):
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DRAFT = "DRAFT"


class PeriodStatus(StrEnum):
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DRAFT = "DRAFT"
    CLOSED = "CLOSED"


class Allowed(StrEnum):
    """Whether a fund may be used beyond its allocation."""

    YES = "YES"
    NO = "NO"
    NO_LIMITS = "NO_LIMITS"


class PostingKind(StrEnum):
    ALLOCATION = "ALLOCATION"
    TRANSFER = "TRANSFER"
    ENCUMBRANCE = "ENCUMBRANCE"
    DISENCUMBRANCE = "DISENCUMBRANCE"
    EXPENDITURE = "EXPENDITURE"


class Block(StrEnum):
    """Why a share was not encumbered."""

    LIMIT = "limit"
    RATE_MISSING = "rate_missing"
    FUND_MISSING = "fund_not_found"
    FUND_INACTIVE = "fund_inactive"
    FUND_NOT_ALLOCATED = "fund_not_allocated"


@dataclass(frozen=True, slots=True)
class FiscalPeriod:
    """`number` is what WorldShare clients call it: BP-YEAR-n, of the year it began in when it was made."""

    id: int
    name: str
    start: date
    end: date
    status: PeriodStatus = PeriodStatus.ACTIVE
    number: str = ""

    def holds(self, day: date) -> bool:
        """Whether it is active and `day` lies in it (both ends included)."""
        return self.status is PeriodStatus.ACTIVE and self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class FundRules:
    """How far a fund may be overdrawn, and how many days round the fiscal period it may be used.

    Percents are 1/10000 of a percent of the allocation, sums are units of the fund's currency.
    A limit of 0 says "no limit set": with `YES` alone a fund may be overdrawn freely but warns,
    with `NO_LIMITS` it does not even warn. Days may be negative.
    """

    overencumbrance: Allowed = Allowed.NO
    overexpenditure: Allowed = Allowed.NO
    overencumbrance_warning_percent: int = 0
    overexpenditure_warning_sum: int = 0
    overencumbrance_limit_percent: int = 0
    overexpenditure_limit_sum: int = 0
    encumbrances_prior_days: int = 0
    expenditures_prior_days: int = 0
    transfers_prior_days: int = 0
    encumbrance_grace_days: int = 0
    expenditure_grace_days: int = 0


@dataclass(frozen=True, slots=True)
class Fund:
    """Definition of a ledger, summary fund or allocated fund; never its balance.

    `libraries` are the codes it is available for; none means every library. `rules` are the rules
    in force: its own, or (`own_rules` false) those of the nearest record above that has some.
    """

    id: int
    uuid: str
    code: str
    name: str
    entity_type: EntityType
    status: FundStatus
    currency: str
    period: FiscalPeriod
    owner: str = ""
    type: str = ""
    external_id: str = ""
    description: str = ""
    libraries: tuple[str, ...] = ()
    parent_id: int | None = None
    rules: FundRules = field(default_factory=FundRules)
    own_rules: bool = False

    @property
    def takes_orders(self) -> bool:
        """An active allocated fund. (Whether its period is open is for whoever looked it up.)"""
        return self.entity_type is EntityType.ALLOCATED and self.status is FundStatus.ACTIVE

    def serves(self, library: str) -> bool:
        return not self.libraries or library in self.libraries


@dataclass(frozen=True, slots=True)
class Balance:
    """The three sums of a fund in units of its currency; for a summary fund or ledger, over all below it."""

    fund_id: int
    currency: str
    allocated_units: int = 0
    encumbered_units: int = 0
    expended_units: int = 0

    def _money(self, units: int) -> Money:
        return Money(units, self.currency, minor_digits(self.currency))

    @property
    def allocated(self) -> Money:
        return self._money(self.allocated_units)

    @property
    def encumbered(self) -> Money:
        return self._money(self.encumbered_units)

    @property
    def expended(self) -> Money:
        return self._money(self.expended_units)

    @property
    def cash(self) -> Money:
        """allocated - expended"""
        return self._money(self.allocated_units - self.expended_units)

    @property
    def available(self) -> Money:
        """cash - encumbered"""
        return self._money(self.allocated_units - self.expended_units - self.encumbered_units)


@dataclass(frozen=True, slots=True)
class Source:
    """Who caused a posting: a kind of record ("po_line", "allocation", …) and its row id. The ledger
    does not look behind it."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class ShareToEncumber:
    """One fund share of an order: its number (from 1), the fund, the sum in the order's currency (≥ 0).

    `rate` is what the order says one unit of its currency is worth in the institution's (10^-10); None
    leaves it to the table of rates, and so does a fund in a third currency."""

    number: int
    fund_id: int
    amount: Money
    rate: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one share.

    `posted` is what the fund now carries (its currency), None when nothing was posted; then `block`
    says why, and for a limit `free` and `short` say what the fund could still carry and what is
    missing. `overdrawn` is set on a posted share when its fund warns: how far it is beyond its
    allocation. `rate` is the rate used (10^-10); 10^10 when no conversion was needed.
    """

    number: int
    fund_id: int
    fund_code: str
    posted: Money | None = None
    rate: int = RATE_ONE
    block: Block | None = None
    free: Money | None = None
    short: Money | None = None
    overdrawn: Money | None = None


@dataclass(frozen=True, slots=True)
class Hanging:
    """What is encumbered on one share of a source at this moment."""

    number: int
    fund_id: int
    amount: Money
    original: Money
    rate: int


@dataclass(frozen=True, slots=True)
class Posting:
    """One row of the ledger. `amount` is signed by effect: a disencumbrance is negative, a transfer
    is negative in the fund that gives."""

    id: int
    fund_id: int
    kind: PostingKind
    amount: Money
    original: Money
    rate: int
    source: Source
    share: int
    at: datetime
    note: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PostingFilter:
    """Which postings of a fund to list; None or empty means no condition. `units` is the exact amount, of
    either sign."""

    kinds: tuple[PostingKind, ...] = ()
    units: int | None = None
    source: Source | None = None


class RateWay(StrEnum):
    """How a rate was found."""

    SAME = "same currency"
    DIRECT = "direct"
    INVERSE = "inverse"
    CROSS = "cross"


@dataclass(frozen=True, slots=True)
class Rate:
    """`value` (10^-10) units of `target` for one unit of `source`, valid from `valid_from`."""

    source: str
    target: str
    value: int
    way: RateWay
    valid_from: date | None = None
    through: str = ""


@dataclass(frozen=True, slots=True)
class FundFilter:
    """Which funds to list; None or empty means no condition. All conditions hold together.

    `search` holds pairs of a field (code, name, description, external_id; "" = any of them) and
    words; each word must be contained in it, whatever its case. `patterns` holds pairs of a field and the
    whole of it, whatever its case, `*` for anything. `below_ledgers` leaves the ledgers out. `codes`
    and `granted_libraries` narrow the list to what a key was granted.
    """

    period_id: int | None = None
    entity_type: EntityType | None = None
    status: FundStatus | None = None
    library: str = ""
    owner: str = ""
    parent_id: int | None = None
    search: tuple[tuple[str, tuple[str, ...]], ...] = ()
    patterns: tuple[tuple[str, str], ...] = ()
    below_ledgers: bool = False
    codes: frozenset[str] | None = None
    granted_libraries: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class FundPage:
    funds: tuple[Fund, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Something the postings say otherwise: where, what is stored, what it should be."""

    subject: str
    what: str
    stored: str
    expected: str


# ---------------------------------------------------------------- the books as a whole


@dataclass(frozen=True, slots=True)
class Branch:
    """A record of a period's tree with its sums; `depth` from 0, `below` the funds under it that hold money
    (itself, when it does)."""

    fund: Fund
    balance: Balance
    depth: int
    below: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """What was available at the end of a day."""

    day: date
    units: int


@dataclass(frozen=True, slots=True)
class BurnDown:
    """How a fund's money went over its fiscal period, in units of its currency.

    `points` are the days on which what is available changed, from the first that had money, and the last
    day that is known. The even pace goes from `allocated_units` on the first day of the period to nothing on
    the last. `forecast_units` is what will be left on the last day at the pace since the first point, None
    before a day has passed and once the period is over; `empty_on` the day nothing will be left at that
    pace, if it comes before the end.
    """

    currency: str
    start: date
    end: date
    today: date
    allocated_units: int
    points: tuple[Point, ...]
    forecast_units: int | None = None
    empty_on: date | None = None

    def even_pace(self, day: date) -> int:
        """What would be left on a day if money went evenly."""
        days = (self.end - self.start).days or 1
        gone = min(max((day - self.start).days, 0), days)
        return round_minor(self.allocated_units * (days - gone), self.currency, days)


@dataclass(frozen=True, slots=True)
class ProofPart:
    """What one slice's check found: how many differences, and the first of them."""

    name: str
    differences: int
    told: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """When everything was recomputed, and what came of it."""

    at: datetime
    parts: tuple[ProofPart, ...]

    @property
    def agrees(self) -> bool:
        return not any(part.differences for part in self.parts)
