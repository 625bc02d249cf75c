"""Is the money right? Everything is recomputed from the postings and compared with what is kept.

Run it in one read snapshot (`store.read`); it changes nothing.
"""

from __future__ import annotations

from openacq.kernel.money import Money, minor_digits
from openacq.ledger import store, store_funds
from openacq.ledger.limits import encumbrance_ceiling
from openacq.ledger.model import Difference, EntityType, Fund
from openacq.store import Tx


def check(tx: Tx) -> list[Difference]:
    """What differs from the postings: balances, ceilings, conversions, shares released twice, transfers
    that do not cancel out. Empty: equal to the last unit."""
    funds = {fund.id: fund for fund in store_funds.all_funds(tx)}
    return [*_balances(tx, funds), *_shares(tx, funds), *_conversions(tx), *_transfers(tx), *_rules(funds)]


def _balances(tx: Tx, funds: dict[int, Fund]) -> list[Difference]:
    true, kept = store.true_sums(tx), store.kept_sums(tx)
    found = [
        Difference(f"fund {fund_id}", "definition", "none", "one") for fund_id in true.keys() - funds.keys()
    ]
    for fund in funds.values():
        subject = f"fund {fund.code} of {fund.period.name}"
        held, summed = kept.get(fund.id), true.get(fund.id)
        if fund.entity_type is not EntityType.ALLOCATED:
            if held is not None or summed is not None:
                found.append(Difference(subject, "money in a ledger or summary fund", "some", "none"))
            continue
        if held is None:
            found.append(Difference(subject, "balance", "none", "one"))
            continue
        for what in ("allocated", "encumbered", "expended"):
            stored = getattr(held, what)
            expected = getattr(summed, what) if summed is not None else 0
            if stored != expected:
                found.append(Difference(subject, what, _text(stored, fund), _text(expected, fund)))
        ceiling = encumbrance_ceiling(fund.rules, summed.allocated if summed is not None else 0)
        if held.ceiling != ceiling:
            found.append(Difference(subject, "ceiling", _text(held.ceiling, fund), _text(ceiling, fund)))
    return found


def _shares(tx: Tx, funds: dict[int, Fund]) -> list[Difference]:
    return [
        Difference(
            f"{row.source_kind} {row.source_id}, share {row.share}, fund {funds[row.fund].code}",
            "encumbered",
            _text(row.left, funds[row.fund]),
            "not below zero",
        )
        for row in store.negative_shares(tx)
        if row.fund in funds
    ]


def _conversions(tx: Tx) -> list[Difference]:
    found: list[Difference] = []
    for row in store.converted_postings(tx):
        original = Money(row.original, row.original_currency)
        expected = (
            original.units
            if row.original_currency == row.currency
            else original.converted(row.rate, row.currency).units
        )
        if row.amount != expected:
            subject = f"posting {row.id}: {original.text()} {original.currency} at {row.rate}"
            digits = minor_digits(row.currency)
            stored, right = (Money(units, row.currency, digits) for units in (row.amount, expected))
            found.append(Difference(subject, "amount", stored.text(), right.text()))
    return found


def _transfers(tx: Tx) -> list[Difference]:
    return [
        Difference(f"transfer {row.source_id}", "sum of both sides", Money(row.left, "XXX").text(), "0")
        for row in store.lopsided_transfers(tx)
    ]


def _rules(funds: dict[int, Fund]) -> list[Difference]:
    """Rules that were not copied down from the record above."""
    found: list[Difference] = []
    for fund in funds.values():
        above = funds.get(fund.parent_id) if fund.parent_id is not None else None
        if above is not None and not fund.own_rules and fund.rules != above.rules:
            subject = f"fund {fund.code} of {fund.period.name}"
            found.append(Difference(subject, "rules", "its own", f"those of {above.code}"))
    return found


def _text(units: int | None, fund: Fund) -> str:
    if units is None:
        return "no limit"
    return f"{Money(units, fund.currency, minor_digits(fund.currency)).text()} {fund.currency}"
