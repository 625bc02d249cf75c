"""How far a line has come: what arrived, what is missing, what is paid. The guards of the state table,
the claims and the closing rule are read off it.

A printed one-time order is complete when no copy is missing; an electronic one when it is switched on;
an order of something that is neither (a service) from the beginning. A continuous order never is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from openacq.codes import service as codes
from openacq.ordering import states, store, store_progress
from openacq.ordering.model import Terms
from openacq.ordering.states import LineState
from openacq.ordering.store_moves import MovingLine
from openacq.store import Tx

PHYSICAL = "physical"
ELECTRONIC = frozenset({"portfolio", "collection"})
ON_ITS_WAY = frozenset({LineState.SENT, LineState.WAITING_FOR_RENEWAL, LineState.WAITING_FOR_MANUAL_RENEWAL})
"""States in which the vendor has the order."""
NOT_AWAITED = (LineState.CLOSED, LineState.CANCELLED, LineState.WAITING_FOR_INVOICE)
"""Over, or everything is there: nothing of such a line is still to come."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A line as receiving, claiming, renewing and closing see it.

    `outstanding` counts its items that are not received; `months` is the length of its renewal cycle,
    None when it has none that is known.
    """

    id: int
    number: str
    order_id: int | None
    order_number: str
    state: LineState
    version: int
    owner: str
    vendor: str
    account: str
    type: str
    mms_id: str
    title: str
    reference: str
    quantity: int
    received: int
    activated: datetime | None
    sent: datetime | None
    expected_receipt_date: date | None
    expected_activation_date: date | None
    claim_due: date | None
    claims_sent: int
    manual_renewal: bool
    renewal_date: date | None
    renewal_reminded: date | None
    invoiced_units: int
    paid_units: int
    fully_invoiced: bool
    terms: Terms
    outstanding: int
    continuous: bool
    inventory: str
    months: int | None

    @property
    def electronic(self) -> bool:
        return self.inventory in ELECTRONIC

    @property
    def anything(self) -> bool:
        """Something is received or active, or there is nothing that could be."""
        if self.inventory == PHYSICAL:
            return self.received > 0
        return self.activated is not None or not self.electronic

    @property
    def everything(self) -> bool:
        """Everything is received or active."""
        if self.continuous:
            return False
        if self.inventory == PHYSICAL:
            return self.received >= self.quantity and not self.outstanding
        return self.anything

    @property
    def live(self) -> bool:
        """It is neither closed nor cancelled."""
        return self.state not in (LineState.CLOSED, LineState.CANCELLED)

    @property
    def awaited(self) -> bool:
        """Something of it is still to come; a service comes when its order is out."""
        ever = self.electronic or self.inventory == PHYSICAL
        return self.state not in NOT_AWAITED and not (ever and self.everything)

    @property
    def missing(self) -> int:
        """Copies ordered that did not arrive."""
        return max(self.outstanding, self.quantity - self.received, 0)

    @property
    def paid(self) -> bool:
        return self.fully_invoiced and self.paid_units >= self.invoiced_units

    @property
    def claimable(self) -> bool:
        """With the vendor, not arrived and not invoiced. Of a continuous order: nothing came yet."""
        arrived = self.anything if self.continuous else self.everything
        invoiced = self.fully_invoiced or self.invoiced_units
        return self.state in ON_ITS_WAY and not arrived and not invoiced

    @property
    def expected(self) -> date | None:
        return self.expected_activation_date if self.electronic else self.expected_receipt_date

    @property
    def renews_by_hand(self) -> bool:
        """Also when the cycle is not known by which it would renew itself."""
        return self.manual_renewal or self.months is None

    def claim_day(self, last_claim: date | None) -> date | None:
        """When the (next) claim is due; None for never."""
        if not self.claimable:
            return None
        base = self.expected if last_claim is None else last_claim
        interval = self.terms.claiming_interval if last_claim is None else self.terms.reclaim_interval
        return days_after(base, interval)


def days_after(day: date | None, interval: str) -> date | None:
    """`interval` (days, as a line keeps it) after a day; None when either is not set."""
    if day is None or not interval.isdigit():
        return None
    return min(day, date.max - timedelta(days=int(interval))) + timedelta(days=int(interval))


def of_lines(tx: Tx, line_ids: Sequence[int]) -> dict[int, Progress]:
    """How far these lines have come, by id; in one statement."""
    return {row.id: of_row(tx, row) for row in store_progress.rows(tx, line_ids)} if line_ids else {}


def awaited(tx: Tx, mms_ids: Sequence[str]) -> dict[str, list[Progress]]:
    """What of these titles is on order: the lines of which something is still to come, drafts included, by
    mms_id; in one statement."""
    found: dict[str, list[Progress]] = {}
    for row in store_progress.rows_of_titles(tx, mms_ids, NOT_AWAITED) if mms_ids else ():
        line = of_row(tx, row)
        if line.awaited:
            found.setdefault(line.mms_id, []).append(line)
    return found


def of_row(tx: Tx, row: store.LineRow) -> Progress:
    """From a row with the columns of `store_progress.COLUMNS`."""
    kind = codes.row(tx, "PurchaseType", row.type)
    attributes = kind.attributes if kind is not None else NOTHING
    terms = store.terms_of(row)
    values = {name: getattr(row, name) for name in _TAKEN}
    return Progress(
        **values,
        state=LineState(row.state),
        terms=terms,
        continuous=attributes.get("continuity", "one_time") != "one_time",
        inventory=attributes.get("inventory", "none"),
        months=months_of(tx, terms.renewal_cycle),
    )


NOTHING: Mapping[str, str] = MappingProxyType({})
_TAKEN = tuple(
    name for name in Progress.__slots__ if name not in ("state", "terms", "continuous", "inventory", "months")
)


def months_of(tx: Tx, cycle: str) -> int | None:
    """The length of a renewal cycle; None for none that is known."""
    row = codes.row(tx, "RenewalCycle", cycle) if cycle else None
    months = row.attributes.get("months", "") if row is not None else ""
    return int(months) if months.isdigit() and 0 < int(months) <= MOST_MONTHS else None


MOST_MONTHS = 1_200

_GUARDS: Mapping[str, Callable[[Progress], bool]] = MappingProxyType(
    {
        states.CONTINUOUS: lambda line: line.continuous,
        states.ALL_RECEIVED: lambda line: line.everything,
        states.ANY_RECEIVED: lambda line: line.anything,
        states.MANUAL_RENEWAL: lambda line: line.renews_by_hand,
        states.ALL_PAID: lambda line: line.paid,
    }
)


def guards(lines: Mapping[int, Progress]) -> Callable[[MovingLine, str], bool]:
    """Whether a guard of the state table holds for a line, as `moves.move_lines` asks it.

    Knows what depends on arrival, invoices and renewal: sending, receiving, renewing and closing.
    """
    return lambda line, guard: _GUARDS[guard](lines[line.id])


def guards_of(tx: Tx, line_ids: Sequence[int]) -> Callable[[MovingLine, str], bool]:
    """The same, for lines that are still to be looked up."""
    return guards(of_lines(tx, line_ids))
