"""Money comes into funds and moves between them.

An allocation may be negative, and a transfer takes from the giving fund, as long as what is left
covers what is encumbered and expended. Each act is recorded with who did it, why, and a reference
that cannot be used twice.
"""

from __future__ import annotations

from openacq.kernel.money import RATE_ONE, Money
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import store, store_funds
from openacq.ledger.limits import encumbrance_ceiling
from openacq.ledger.look import rate
from openacq.ledger.model import EntityType, Fund, FundStatus, PostingKind, Source
from openacq.ledger.postings import Origin
from openacq.store import Tx

ALLOCATION = "allocation"
TRANSFER = "transfer"


def allocate(
    tx: Tx, fund_id: int, amount: Money, *, reference: str = "", note: str = "", actor: str = ""
) -> int:
    """Give money to an allocated fund (or take it away, when negative); returns the movement's id.

    Refused: fund_missing, fund_holds_no_money, fund_inactive, fund_currency_differs, code_taken (the
    reference), fund_short.
    """
    fund = _money_fund(tx, "fund", fund_id)
    if amount.currency != fund.currency:
        raise Refusal(
            Problem(
                "fund_currency_differs",
                "currency",
                amount.currency,
                currency=fund.currency,
                other=f"fund {fund.code}",
            )
        )
    movement = _record(tx, ALLOCATION, reference, note, actor)
    origin = Origin(tx.institution, Source(ALLOCATION, movement), tx.now)
    store.post(
        tx,
        [
            origin.row(
                row_id=tx.new_id(),
                fund_id=fund.id,
                kind=PostingKind.ALLOCATION,
                amount=amount.units,
                original=amount,
                rate=RATE_ONE,
                share=1,
                step=1,
                note=note,
            )
        ],
    )
    change_allocation(tx, fund, amount.units)
    return movement


def transfer(
    tx: Tx,
    giving_id: int,
    receiving_id: int,
    amount: Money,
    *,
    reference: str = "",
    note: str = "",
    actor: str = "",
) -> int:
    """Move `amount` (> 0, in the giving fund's currency) between two funds of one fiscal period.

    Refused as `allocate`, and funds_of_two_periods, rate_missing, price_invalid.
    """
    giving = _money_fund(tx, "fund", giving_id)
    receiving = _money_fund(tx, "related_fund", receiving_id)
    if amount.units <= 0 or amount.currency != giving.currency or giving.id == receiving.id:
        reason = f"a transfer needs a sum above zero in {giving.currency} and two different funds"
        raise Refusal(Problem("price_invalid", "amount", amount.text(), reason=reason))
    if giving.period.id != receiving.period.id:
        raise Refusal(Problem("funds_of_two_periods", "related_fund", giving.code, other=receiving.code))
    known = rate(tx, giving.currency, receiving.currency)
    if known is None:
        raise Refusal(
            Problem("rate_missing", "currency", giving.currency, currency=receiving.currency, day=tx.today)
        )
    movement = _record(tx, TRANSFER, reference, note, actor)
    origin = Origin(tx.institution, Source(TRANSFER, movement), tx.now)
    moves = {
        1: (giving, -amount.units, RATE_ONE),
        2: (receiving, amount.converted(known.value, receiving.currency).units, known.value),
    }
    if receiving.currency == giving.currency:
        moves[2] = (receiving, amount.units, RATE_ONE)
    store.post(
        tx,
        [
            origin.row(
                row_id=tx.new_id(),
                fund_id=fund.id,
                kind=PostingKind.TRANSFER,
                amount=units,
                original=Money(-amount.units if units < 0 else amount.units, amount.currency, amount.scale),
                rate=used,
                share=share,
                step=1,
                note=note,
            )
            for share, (fund, units, used) in moves.items()
        ],
    )
    for fund, units, _ in sorted(moves.values(), key=lambda move: move[0].id):
        change_allocation(tx, fund, units)
    return movement


def settle_ceiling(tx: Tx, fund_id: int) -> None:
    """Make a fund's ceiling fit its rules and its allocation as both stand now."""
    allocated = store.add_allocated(tx, fund_id, 0)  # takes the row, so neither changes meanwhile
    if allocated is not None:
        _write_ceiling(tx, fund_id, allocated)


def change_allocation(tx: Tx, fund: Fund, units: int) -> None:
    """Add `units` (may be negative) to a fund's allocation and fit its ceiling; refused: fund_short."""
    allocated = store.add_allocated(tx, fund.id, units)
    if allocated is None:
        balance = store.balances(tx, [fund.id])[fund.id]
        free = max(balance.available.units, 0)
        raise Refusal(
            Problem(
                "fund_short",
                "amount",
                fund.code,
                free=balance.available.with_units(free).text(),
                short=balance.available.with_units(-units - free).text(),
                currency=fund.currency,
            )
        )
    _write_ceiling(tx, fund.id, allocated)


def _write_ceiling(tx: Tx, fund_id: int, allocated: int) -> None:
    # The rules are read now, with the balance row held: whoever changes them takes that row too.
    fund = store_funds.fund_by_id(tx, fund_id)
    if fund is not None:
        store.set_ceilings(tx, {fund_id: encumbrance_ceiling(fund.rules, allocated)})


def _money_fund(tx: Tx, field: str, fund_id: int) -> Fund:
    fund = store_funds.fund_by_id(tx, fund_id)
    if fund is None:
        raise Refusal(Problem("fund_not_found", field, fund_id))
    if fund.entity_type is not EntityType.ALLOCATED:
        raise Refusal(Problem("fund_holds_no_money", field, fund.code))
    if fund.status is FundStatus.INACTIVE:
        raise Refusal(Problem("fund_inactive", field, fund.code))
    return fund


def _record(tx: Tx, kind: str, reference: str, note: str, actor: str) -> int:
    if reference and store.movement_known(tx, reference):
        raise Refusal(Problem("code_taken", "reference", reference))
    movement = tx.new_id()
    store.record_movements(tx, [movement_row(tx, movement, kind, reference, note, actor)])
    return movement


def movement_row(
    tx: Tx, movement: int, kind: str, reference: str, note: str, actor: str
) -> dict[str, object]:
    return {
        "institution": tx.institution,
        "id": movement,
        "kind": kind,
        "reference": reference or None,
        "note": note,
        "actor": actor,
        "at": tx.now,
    }
