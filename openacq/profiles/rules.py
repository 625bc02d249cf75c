"""What review rules and approval rules decide, as pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from openacq.kernel.money import Money
from openacq.profiles.model import ApprovalRule, LineFacts, OrderFacts, ReviewRule


def decide(rules: Sequence[ReviewRule], facts: LineFacts) -> ReviewRule | None:
    """The rule that decides about a line, or None when no rule speaks of it (it needs no review).

    The default rule decides alone when it says review; otherwise the others are asked by position.
    """
    ordered = sorted((rule for rule in rules if rule.enabled), key=lambda rule: rule.position)
    for rule in ordered:
        if rule.is_default and rule.review:
            return rule
    return next((rule for rule in ordered if not rule.is_default and matches(rule, facts)), None)


def matches(rule: ReviewRule, facts: LineFacts) -> bool:
    """Whether every criterion that is set holds."""
    return (
        _one_of(rule.vendors, facts.vendor)
        and _one_of(rule.methods, facts.method)
        and _one_of(rule.libraries, facts.library)
        and _one_of(rule.line_types, facts.line_type)
        and _one_of(rule.materials, facts.material)
        and _one_of(rule.sources, facts.source)
        and (not rule.funds or any(fund in rule.funds for fund in facts.funds))
        and _beyond(rule.price_above, facts.price, 1)
        and _beyond(rule.price_below, facts.price, -1)
    )


def _one_of(allowed: tuple[str, ...], value: str) -> bool:
    return not allowed or value in allowed


def _beyond(mark: Money | None, price: Money | None, direction: int) -> bool:
    """Whether the price lies above (1) or below (-1) the mark; not equal to it, not in another currency."""
    if mark is None:
        return True
    if price is None or price.currency != mark.currency:
        return False
    return (price.units - mark.units) * direction > 0


def who_approves(rules: Sequence[ApprovalRule], facts: OrderFacts) -> ApprovalRule | None:
    """The rule by which somebody must approve the PO, or None when it needs no approval.

    A sum that cannot be compared, for want of an exchange rate, is taken to be above the mark.
    """
    ordered = sorted((rule for rule in rules if rule.enabled), key=lambda rule: rule.position)
    decides = next((rule for rule in ordered if concerns(rule, facts)), None)
    return decides if decides is not None and decides.approval else None


def concerns(rule: ApprovalRule, facts: OrderFacts) -> bool:
    """Whether every criterion that is set holds."""
    total = None if rule.above is None else (facts.totals or {}).get(rule.above.currency)
    return (
        _one_of(rule.methods, facts.method)
        and _one_of(rule.vendors, facts.vendor)
        and _one_of(rule.libraries, facts.library)
        and (rule.above is None or (rule.approval if total is None else total.units > rule.above.units))
    )
