"""Approving POs: most need no approval, the others wait for somebody, and say why.

Only a PO whose lines are all ready can be approved; being approved is what sends it (`send.REACTIONS`).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from openacq.kernel.money import Money, minor_digits
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ordering import moves, store_orders
from openacq.ordering.model import Actor
from openacq.ordering.states import ALL_READY, SMALL, OrderState
from openacq.ordering.store_orders import Content, OrderRow
from openacq.profiles import service as profiles
from openacq.profiles.model import ApprovalRule, OrderFacts
from openacq.store import Tx

ITSELF = Actor("approval rules")


def approve(tx: Tx, number: str, actor: Actor) -> None:
    """Approve a PO by hand; it then goes out.

    Raises Refusal: record_missing, order_not_ready (naming the lines that hold it up), move_refused,
    state_changed.
    """
    order = known(tx, number)
    if order.state is OrderState.OPEN:
        refuse_unready(tx, order)
    values = {"approved": tx.now, "approved_by": actor.name, "approval_reason": "", "send_error": ""}
    moves.move_orders(
        tx, [order.id], "approve", actor, holds=lambda _order, guard: guard == ALL_READY, values=values
    )


def known(tx: Tx, number: str, *, hold: bool = False) -> OrderRow:
    """The PO of that number, locked with `hold`. Raises Refusal record_missing."""
    order = store_orders.order(tx, number, hold=hold)
    if order is None:
        raise Refusal(Problem("record_missing", "order", number, what="Purchase order"))
    return order


def refuse_unready(tx: Tx, order: OrderRow) -> None:
    """Raises Refusal order_not_ready when the PO is empty or a line of it is not ready."""
    waiting = store_orders.not_ready(tx, [order.id]).get(order.id)
    if waiting is None and not store_orders.contents(tx, [order.id]):
        waiting = ["it has no lines"]
    if waiting:
        raise Refusal(Problem("order_not_ready", "order", order.number, reason="; ".join(waiting)))


def approve_what_needs_none(tx: Tx, order_ids: Sequence[int]) -> list[int]:
    """Approve those open POs that are ready and that no rule holds; tell the others why they wait.

    Returns the ids of those approved. Set-based: any number of POs in a constant number of statements.
    """
    orders = [order for order in store_orders.orders(tx, order_ids) if order.state is OrderState.OPEN]
    ids = [order.id for order in orders]
    contents = store_orders.contents(tx, ids)
    waiting = store_orders.not_ready(tx, ids) if ids else {}
    reasons = {}
    for order in orders:
        if order.id in waiting:
            reasons[order.id] = "; ".join(waiting[order.id])
        elif order.id in contents:
            reasons[order.id] = _why_not(tx, order, contents[order.id])
    good = [order_id for order_id, reason in reasons.items() if not reason]
    if good:
        moves.move_orders(
            tx,
            good,
            "approve itself",
            ITSELF,
            holds=lambda _order, guard: guard == SMALL,
            values={"approved": tx.now, "approved_by": "", "approval_reason": "", "send_error": ""},
        )
    store_orders.note_reasons(tx, {order_id: reason for order_id, reason in reasons.items() if reason})
    return good


def _why_not(tx: Tx, order: OrderRow, content: Content) -> str:
    """Why somebody must approve the PO, "" when nobody need."""
    rules = profiles.approval_rules(tx)
    total = total_of(order, content)
    totals = _totals(tx, rules, total)
    facts = OrderFacts(order.method, order.vendor, order.owner, MappingProxyType(totals))
    rule = profiles.who_approves(rules, facts)
    if rule is None:
        return ""
    if rule.above is None:
        return f"rule {rule.name}"
    mark = f"{rule.above.text()} {rule.above.currency}"
    if rule.above.currency not in totals:
        return f"rule {rule.name}: no exchange rate from {order.currency} to compare with {mark}"
    return f"rule {rule.name}: {total.text()} {total.currency} is more than {mark}"


def total_of(order: OrderRow, content: Content) -> Money:
    """The sum of the lines that are not cancelled."""
    return Money(content.net_units, order.currency, minor_digits(order.currency or "XXX"))


def _totals(tx: Tx, rules: Sequence[ApprovalRule], total: Money) -> dict[str, Money]:
    """The sum in each currency of a rule for which there is a rate; nothing is nothing everywhere."""
    totals = {}
    for currency in {rule.above.currency for rule in rules if rule.above is not None}:
        if total.currency == currency:
            totals[currency] = total
        elif not total.units:
            totals[currency] = Money.zero(currency)
        elif (rate := ledger.rate(tx, total.currency, currency)) is not None:
            totals[currency] = total.converted(rate.value, currency)
    return totals
