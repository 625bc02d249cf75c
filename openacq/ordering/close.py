"""The end of a line, and its beginning again.

A one-time line closes by itself when it was sent, everything is received or active, and every invoice
is paid and closed; the facts are columns of the line, written by whoever receives and whoever pays.
Staff may close earlier, once something has come, and continuous lines, which never close themselves.
Closing releases what is still encumbered, keeps inventory, and lets copies be received still;
reopening encumbers again. A PO is finished when its last line is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from openacq.ordering import afford, claim, moves, progress, store, store_closing
from openacq.ordering.model import Actor, Alert, LineState, OrderState
from openacq.ordering.progress import Progress
from openacq.ordering.states import ALL_CANCELLED, NOTHING_LEFT
from openacq.ordering.store_moves import MovingOrder
from openacq.store import Tx

ENDED = frozenset({LineState.CLOSED.value, LineState.CANCELLED.value})


def close(tx: Tx, line_ids: Sequence[int], actor: Actor) -> dict[int, LineState]:
    """Close lines by hand. Raises Refusal: line_not_found, move_refused (not sent yet, or nothing came),
    state_changed."""
    store.hold(tx, line_ids)
    lines = progress.of_lines(tx, line_ids)
    reached = moves.move_lines(
        tx,
        line_ids,
        "close",
        actor,
        holds=progress.guards(lines),
        values={"closed": tx.now, "claim_due": None},
    )
    orders_follow(tx, lines.values(), actor)
    return reached


def reopen(tx: Tx, line_ids: Sequence[int], actor: Actor) -> dict[int, tuple[Alert, ...]]:
    """Bring closed lines back to where they stand by what arrived; what a fund may not carry any more
    stays without encumbrance and is told by alerts of the line, which are returned. Raises Refusal:
    line_not_found, move_refused, state_changed."""
    store.hold(tx, line_ids)
    lines = progress.of_lines(tx, line_ids)
    moves.move_lines(tx, line_ids, "reopen", actor, holds=progress.guards(lines), values={"closed": None})
    claim.reckon(tx, progress.of_lines(tx, line_ids).values(), anew=True)
    orders_follow(tx, lines.values(), actor)
    return afford.encumber_again(tx, line_ids)


def close_paid(tx: Tx, line_ids: Sequence[int], actor: Actor) -> dict[int, LineState]:
    """Close those of the lines that wait for an invoice and have every invoice paid; the rest stays.

    To be called after the facts of a line's invoices were written.
    """
    lines = progress.of_lines(tx, line_ids)
    paid = [line.id for line in lines.values() if line.state is LineState.WAITING_FOR_INVOICE and line.paid]
    if not paid:
        return {}
    reached = moves.move_lines(
        tx,
        paid,
        "paid",
        actor,
        holds=progress.guards(lines),
        values={"closed": tx.now, "claim_due": None},
    )
    orders_follow(tx, [lines[line_id] for line_id in paid], actor)
    return reached


def catch_up(tx: Tx, line_ids: Sequence[int], actor: Actor, *, dates: bool = False) -> dict[int, Progress]:
    """Make states and claims agree with what has arrived, after that or what is ordered has changed.

    A sent line with nothing missing waits for its invoice, or is closed if that is paid; one that waits
    and misses something again is sent. `dates` says that expected dates or intervals changed too.
    Returns the lines as they then are.
    """
    lines = progress.of_lines(tx, line_ids)
    arrived = [line.id for line in lines.values() if line.state is LineState.SENT and line.everything]
    gone = [
        line.id
        for line in lines.values()
        if line.state is LineState.WAITING_FOR_INVOICE and not line.everything
    ]
    if arrived:
        moves.move_lines(tx, arrived, "receive", actor, holds=progress.guards(lines))
    if gone:
        moves.move_lines(tx, gone, "undo receipt", actor)
    waiting = [*arrived, *(line.id for line in lines.values() if line.state is LineState.WAITING_FOR_INVOICE)]
    closed = close_paid(tx, [line_id for line_id in waiting if line_id not in gone], actor) if waiting else {}
    if arrived or gone or closed:
        lines = progress.of_lines(tx, line_ids)
    claim.reckon(tx, lines.values(), anew=dates)
    return lines


# -- the PO -------------------------------------------------------------------------------------


def orders_follow(tx: Tx, lines: Iterable[Progress], actor: Actor) -> None:
    """Move the POs of lines that have ended or begun again: finished, empty, or sent again."""
    order_ids = sorted({line.order_id for line in lines if line.order_id is not None})
    if not order_ids:
        return
    orders = store_closing.lock(tx, order_ids)
    states = store_closing.states_of_lines(tx, order_ids)
    for event, concerned in _events(orders, states).items():
        moves.move_orders(tx, concerned, event, actor, holds=_holds(states))


def _events(orders: Mapping[int, OrderState], states: Mapping[int, frozenset[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for order_id, state in orders.items():
        left = states.get(order_id, frozenset())
        if state is OrderState.DRAFT:
            continue  # it is put together still
        if state is OrderState.CLOSED and not left <= ENDED:
            found.setdefault("reopen line", []).append(order_id)
        elif not left or not left <= ENDED or state in (OrderState.CLOSED, OrderState.CANCELLED):
            continue
        elif left == {LineState.CANCELLED.value}:
            found.setdefault("empty", []).append(order_id)
        elif state is OrderState.SENT:
            found.setdefault("finish", []).append(order_id)
    return found


def _holds(states: Mapping[int, frozenset[str]]) -> Callable[[MovingOrder, str], bool]:
    def holds(order: MovingOrder, guard: str) -> bool:
        left = states[order.id]
        if guard == ALL_CANCELLED:
            return left == {LineState.CANCELLED.value}
        return guard == NOTHING_LEFT and left <= ENDED

    return holds
