"""Are the orders right? States against what happened, receipts against items, money of what is over.

Run it in one read snapshot (`store.read`); it changes nothing. Of each kind of difference the first
thousand are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openacq.kernel.money import Money
from openacq.ordering import progress, store_audit
from openacq.ordering.funding import LEDGER_KIND
from openacq.ordering.model import LineState
from openacq.ordering.progress import Progress
from openacq.store import Tx


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not agree: which record, what of it, what is kept, what it should be."""

    subject: str
    what: str
    stored: str
    expected: str


def check(tx: Tx) -> list[Difference]:
    """What differs: counts of copies and claims, receipts without their item and items without their
    receipt, activations, holds of copies that are not there, money of lines that are over, states that do
    not follow from what arrived, drafts without an open order, POs that are done before their lines, rows of
    lists without a line."""
    return [
        *_counts(tx),
        *_receipts(tx),
        *_money(tx),
        *_states(tx),
        *_strays(tx),
    ]


def _counts(tx: Tx) -> Iterator[Difference]:
    for row in store_audit.found(tx, store_audit.RECEIVED):
        yield Difference(row.number, "copies received", str(row.received), str(row.expected))
    for row in store_audit.found(tx, store_audit.CLAIMED):
        yield Difference(row.number, "claims sent", str(row.claims_sent), str(row.expected))
    for row in store_audit.found(tx, store_audit.ACTIVE):
        stored = "active" if row.activated else "not active"
        yield Difference(row.number, "activation", stored, f"{row.receipts} receipts")


def _receipts(tx: Tx) -> Iterator[Difference]:
    for row in store_audit.found(tx, store_audit.WITHOUT_RECEIPT):
        yield Difference(f"item {row.item_id}", "receipt", "none", f"one of {row.receive_date}")
    for row in store_audit.found(tx, store_audit.WITHOUT_ITEM):
        yield Difference(f"receipt {row.id}", "item received", "no", f"item {row.item_id}")
    for row in store_audit.found(tx, store_audit.HELD_UNRECEIVED):
        yield Difference(f"hold {row.id}", "copy there", "no", f"item {row.item_id}")


def _money(tx: Tx) -> Iterator[Difference]:
    for row in store_audit.found(tx, store_audit.ENCUMBERED, kind=LEDGER_KIND):
        yield Difference(f"{row.number} ({row.state})", "encumbered", Money(int(row.left), "XXX").text(), "0")


def _states(tx: Tx) -> Iterator[Difference]:
    for row in store_audit.found(tx, store_audit.CLOSED):
        yield Difference(row.number, "closed on", str(row.closed), f"as {row.state}")
    for row in store_audit.found(tx, store_audit.DRAFTS):
        yield Difference(row.number, "order", row.state or "none", "one that is not submitted")
    for row in store_audit.found(tx, store_audit.ORDERS_DONE):
        yield Difference(row.number, "state", row.state, "not before its lines are over")
    after = 0
    while rows := store_audit.found(tx, store_audit.STANDING, after=after):
        for row in rows:
            yield from _standing(progress.of_row(tx, row))
        after = rows[-1].id


def _standing(line: Progress) -> Iterator[Difference]:
    expected = _expected_state(line)
    if line.state not in expected:
        words = " or ".join(state.value for state in expected)
        yield Difference(line.number, "state", line.state.value, words)
    if line.claim_due is not None and not line.claimable:
        yield Difference(line.number, "claim due", line.claim_due.isoformat(), "none")


def _expected_state(line: Progress) -> tuple[LineState, ...]:
    """The states a line that was sent and is not over can be in."""
    if line.continuous:
        return (LineState.WAITING_FOR_RENEWAL, LineState.WAITING_FOR_MANUAL_RENEWAL)
    return (LineState.WAITING_FOR_INVOICE,) if line.everything else (LineState.SENT,)


def _strays(tx: Tx) -> Iterator[Difference]:
    for rule in store_audit.STRAYS:
        for row in store_audit.found(tx, rule):
            yield Difference(f"{row.list} of line {row.line_id}", "line", "none", "one")
