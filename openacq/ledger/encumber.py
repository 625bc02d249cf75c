"""Promising money to orders and taking the promise back.

Every share is converted once, at the rate of the day or the one its order fixes. The postings are written
first; then each fund's balance is moved by one conditional UPDATE, in ascending fund id, as the last
thing. A fund that may not carry what is asked of it refuses the UPDATE, and its postings are taken out
again in the same transaction. All shares of one order on one fund stand or fall together. A new
encumbrance leaves the UPDATE to the very end of the transaction; only when it is refused there does the
work run again and ask at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from openacq.directory import service as directory
from openacq.kernel.money import MAX_TOTAL, RATE_ONE, Money, minor_digits
from openacq.ledger import store
from openacq.ledger.limits import free_and_short, overdraft_to_warn_of
from openacq.ledger.look import fund_by_id, rate
from openacq.ledger.model import (
    Allowed,
    Block,
    EntityType,
    Fund,
    FundStatus,
    Hanging,
    Outcome,
    PostingKind,
    ShareToEncumber,
    Source,
)
from openacq.ledger.postings import Origin, last_steps, what_hangs
from openacq.store import Tx
from openacq.store.tx import Hindered


@dataclass(frozen=True, slots=True)
class _Priced:
    """A share with its fund, in the fund's currency."""

    share: ShareToEncumber
    fund: Fund
    amount: Money
    rate: int

    def fund_money(self, units: int) -> Money:
        return Money(units, self.fund.currency, minor_digits(self.fund.currency))


def encumber(tx: Tx, source: Source, shares: Sequence[ShareToEncumber]) -> list[Outcome]:
    """Encumber the shares of a source that never had a posting; outcomes in the order of the shares.

    Touches balances, so call it last in the transaction. For a source that was encumbered before
    use `reencumber`; doing it twice breaks a unique key, whoever raced whom.
    """
    return _move(tx, source, shares, (), {})


def encumber_all(tx: Tx, wanted: Mapping[Source, Sequence[ShareToEncumber]]) -> dict[Source, list[Outcome]]:
    """`encumber` for several sources: one statement for the postings, each fund's balance moved once, at the
    very end. Where that is refused, or a fund warns and so has to be asked at once, one source follows the
    other, and each stands or falls by itself.
    """
    priced = {source: [_price(tx, share) for share in shares] for source, shares in wanted.items()}
    good = [each for found in priced.values() for each in found if isinstance(each, _Priced)]
    if tx.careful or any(each.fund.rules.overencumbrance is Allowed.YES for each in good):
        return {source: encumber(tx, source, shares) for source, shares in wanted.items()}
    postings: list[dict[str, object]] = []
    growth: dict[int, int] = {}
    for source, found in priced.items():
        origin, steps = Origin(tx.institution, source, tx.now), dict[int, int]()
        for each in found:
            if isinstance(each, _Priced) and each.amount.units:
                postings.append(_promise(origin, each, tx.new_id(), steps))
                growth[each.fund.id] = growth.get(each.fund.id, 0) + each.amount.units
    if postings:
        store.post(tx, postings)
    for fund_id in sorted(growth):
        if not tx.at_last(fund_id, partial(store.grow_encumbered, tx, fund_id, growth[fund_id])):
            raise Hindered  # something else of this work waits for the same fund: do it step by step
    return {
        source: [each if isinstance(each, Outcome) else _posted(each, 0) for each in found]
        for source, found in priced.items()
    }


def reencumber(tx: Tx, source: Source, shares: Sequence[ShareToEncumber]) -> list[Outcome]:
    """Make `shares` what hangs on the source, whatever hung before; outcomes in their order.

    A fund is asked only for what comes on top of what it carried for this source. When it may not
    carry that, what it carried is released and its shares are blocked.
    """
    rows = store.postings_of_source(tx, source)
    return _move(tx, source, shares, what_hangs(rows), last_steps(rows))


def release(tx: Tx, source: Source) -> tuple[Hanging, ...]:
    """Take back whatever hangs on the source; returns what was released. Nothing hanging: no effect."""
    rows = store.postings_of_source(tx, source)
    released = what_hangs(rows)
    _move(tx, source, (), released, last_steps(rows))
    return released


def _move(
    tx: Tx,
    source: Source,
    shares: Sequence[ShareToEncumber],
    before: Sequence[Hanging],
    steps: dict[int, int],
) -> list[Outcome]:
    if len({share.number for share in shares}) != len(shares):
        raise ValueError("two shares of one source have the same number")
    priced: list[_Priced] = []
    outcomes: dict[int, Outcome] = {}
    for share in shares:
        found = _price(tx, share)
        if isinstance(found, Outcome):
            outcomes[share.number] = found
        else:
            priced.append(found)
    origin = Origin(tx.institution, source, tx.now)
    postings = [_back(tx, origin, hung, steps) for hung in before]
    asked = {item.share.number: tx.new_id() for item in priced if item.amount.units}
    postings += [
        _promise(origin, item, asked[item.share.number], steps) for item in priced if item.amount.units
    ]
    if postings:
        store.post(tx, postings)

    for fund_id in sorted({item.fund.id for item in priced} | {hung.fund_id for hung in before}):
        wanted = [item for item in priced if item.fund.id == fund_id]
        carried = sum(hung.amount.units for hung in before if hung.fund_id == fund_id)
        for outcome in _settle(tx, fund_id, wanted, carried, asked):
            outcomes[outcome.number] = outcome
    return [outcomes[share.number] for share in shares]


def _price(tx: Tx, share: ShareToEncumber) -> _Priced | Outcome:
    """The share in its fund's currency, or why it cannot be encumbered at all."""
    if share.amount.units < 0:
        raise ValueError(f"share {share.number} is negative: {share.amount.text()}")
    fund = fund_by_id(tx, share.fund_id)
    if fund is None:
        return Outcome(share.number, share.fund_id, "", block=Block.FUND_MISSING)
    blocked = Outcome(share.number, fund.id, fund.code, block=Block.FUND_NOT_ALLOCATED)
    if fund.entity_type is not EntityType.ALLOCATED:
        return blocked
    if fund.status is not FundStatus.ACTIVE:
        return replace(blocked, block=Block.FUND_INACTIVE)
    if share.amount.currency == fund.currency:
        return _Priced(share, fund, share.amount, RATE_ONE)
    if share.rate is not None and fund.currency == directory.institution(tx).currency:
        return _at_its_own_rate(tx, share, fund, share.rate)
    known = rate(tx, share.amount.currency, fund.currency)
    if known is None:
        return replace(blocked, block=Block.RATE_MISSING)
    return _Priced(share, fund, share.amount.converted(known.value, fund.currency), known.value)


def _at_its_own_rate(tx: Tx, share: ShareToEncumber, fund: Fund, value: int) -> _Priced | Outcome:
    """A share at the rate its order fixes; one that makes more of it than any sum may be, no fund carries."""
    priced = _Priced(share, fund, share.amount.converted(value, fund.currency), value)
    if priced.amount.units <= MAX_TOTAL:
        return priced
    free, _ = _lacking(tx, fund.id, MAX_TOTAL)
    return _blocked(priced, free, priced.amount.units - free)


def _promise(origin: Origin, item: _Priced, row_id: int, steps: dict[int, int]) -> dict[str, object]:
    return origin.row(
        row_id=row_id,
        fund_id=item.fund.id,
        kind=PostingKind.ENCUMBRANCE,
        amount=item.amount.units,
        original=item.share.amount,
        rate=item.rate,
        share=item.share.number,
        step=_next(steps, item.share.number),
    )


def _back(tx: Tx, origin: Origin, hung: Hanging, steps: dict[int, int]) -> dict[str, object]:
    return origin.row(
        row_id=tx.new_id(),
        fund_id=hung.fund_id,
        kind=PostingKind.DISENCUMBRANCE,
        amount=-hung.amount.units,
        original=replace(hung.original, units=-hung.original.units),
        rate=hung.rate,
        share=hung.number,
        step=_next(steps, hung.number),
    )


def _next(steps: dict[int, int], share: int) -> int:
    steps[share] = steps.get(share, 0) + 1
    return steps[share]


def _settle(
    tx: Tx, fund_id: int, wanted: Sequence[_Priced], carried: int, asked: dict[int, int]
) -> Iterable[Outcome]:
    """Move one fund's balance from what it carried for the source to what is wanted, if it may."""
    total = sum(item.amount.units for item in wanted)
    if total == carried == 0:
        return [_posted(item, 0) for item in wanted]
    growth = total - carried
    if _in_the_end(tx, fund_id, growth, wanted):
        return [_posted(item, 0) for item in wanted]
    free = short = 0
    while not store.grow_encumbered(tx, fund_id, growth):
        free, short = _lacking(tx, fund_id, growth)
        if short > 0:  # else somebody made room in between
            break
    else:
        beyond = _overdraft(tx, wanted[0].fund) if growth > 0 else 0
        return [_posted(item, beyond) for item in wanted]

    store.take_back(tx, fund_id, [asked[item.share.number] for item in wanted if item.amount.units])
    if carried:
        store.grow_encumbered(tx, fund_id, -carried)
    return [_blocked(item, free + carried, short) for item in wanted]


def _in_the_end(tx: Tx, fund_id: int, growth: int, wanted: Sequence[_Priced]) -> bool:
    """Leave the balance to the end of the transaction, so that a fund many order from is locked for a
    commit only. Not where the outcome has to be known: a fund that warns, or may be short."""
    if growth <= 0 or not wanted or wanted[0].fund.rules.overencumbrance is Allowed.YES:
        return False
    return tx.at_last(fund_id, lambda: store.grow_encumbered(tx, fund_id, growth))


def _overdraft(tx: Tx, fund: Fund) -> int:
    """How far the fund is overdrawn now, if its rules want it told. Only such funds are asked."""
    if fund.rules.overencumbrance is not Allowed.YES:
        return 0
    now = store.sums_and_ceiling(tx, fund.id)
    return (
        0 if now is None else overdraft_to_warn_of(fund.rules, now.allocated, now.encumbered + now.expended)
    )


def _lacking(tx: Tx, fund_id: int, growth: int) -> tuple[int, int]:
    """What the fund could still carry, and what is missing for `growth`."""
    now = store.sums_and_ceiling(tx, fund_id)
    if now is None:
        raise LookupError(f"fund {fund_id} has no balance")
    return (
        (growth, 0)
        if now.ceiling is None
        else free_and_short(now.ceiling, now.encumbered + now.expended, growth)
    )


def _blocked(item: _Priced, free: int, short: int) -> Outcome:
    return Outcome(
        item.share.number,
        item.fund.id,
        item.fund.code,
        rate=item.rate,
        block=Block.LIMIT,
        free=item.fund_money(free),
        short=item.fund_money(short),
    )


def _posted(item: _Priced, beyond: int) -> Outcome:
    return Outcome(
        item.share.number,
        item.fund.id,
        item.fund.code,
        posted=item.amount,
        rate=item.rate,
        overdrawn=item.fund_money(beyond) if beyond else None,
    )
