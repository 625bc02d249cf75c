"""Moving lines and POs through their lives.

A move is a row of the state table carried out: the states change by one conditional UPDATE, so that
of two who act at once one wins and the other is told; the money effect follows, funds last; history
and news are written. Many records of one event move together in a constant number of statements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from openacq.codes import service as codes
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.states import Move, StateTable
from openacq.ledger import service as ledger
from openacq.ledger.model import Outcome, ShareToEncumber
from openacq.ledger.model import Source as LedgerSource
from openacq.ordering import store_moves, store_order_rates
from openacq.ordering.funding import LEDGER_KIND
from openacq.ordering.model import Actor
from openacq.ordering.states import LINE_STATES, ORDER_STATES, LineState, OrderState
from openacq.ordering.store_moves import MovingLine, MovingOrder
from openacq.store import Tx

LINE = store_moves.LINE
ORDER = store_moves.ORDER

R = TypeVar("R", MovingLine, MovingOrder)


def never(_row: Any, _guard: str) -> bool:
    """No guard holds; for moves that have none."""
    return False


def move_lines(
    tx: Tx,
    ids: Sequence[int],
    event: str,
    actor: Actor,
    *,
    holds: Callable[[MovingLine, str], bool] = never,
    values: Mapping[str, Any] | None = None,
    paid: bool = False,
) -> dict[int, LineState]:
    """Move lines by `event`; returns the state each reached, by id.

    `holds(line, guard)` says whether a named guard of the table is true of a line. `values` are
    columns to set with the move. `paid`: the caller has seen to the money of the move. What cannot be
    encumbered again stays unposted: `encumber_again` tells who needs to know. Raises Refusal:
    line_not_found, move_refused (the table has no such move from the state a line is in), state_changed
    (another was quicker).

    Several lines are locked by ascending id first: their change alone would lock them as it finds them, and
    two who move some of the same lines would wait for each other.
    """
    rows = known_lines(tx, ids, hold=len(ids) > 1)
    steps = _steps(rows, event, LINE_STATES, holds)
    reached = _carry_out(tx, LINE, rows, steps, event, actor, values or {})
    if not paid:
        _pay(tx, rows, steps)
    return {line_id: LineState(state) for line_id, state in reached.items()}


def move_orders(
    tx: Tx,
    ids: Sequence[int],
    event: str,
    actor: Actor,
    *,
    holds: Callable[[MovingOrder, str], bool] = never,
    values: Mapping[str, Any] | None = None,
) -> dict[int, OrderState]:
    """Move POs by `event`; as `move_lines`."""
    rows = _all_of(store_moves.orders(tx, ids), ids)
    steps = _steps(rows, event, ORDER_STATES, holds)
    reached = _carry_out(tx, ORDER, rows, steps, event, actor, values or {})
    return {order_id: OrderState(state) for order_id, state in reached.items()}


def encumber_again(tx: Tx, line_ids: Sequence[int]) -> dict[int, list[Outcome]]:
    """Make what hangs on each line what its shares ask for now; outcomes by line. Nothing hangs on a line
    whose acquisition method does not encumber."""
    found: dict[int, list[Outcome]] = {}
    parts = store_moves.parts(tx, line_ids)
    rows = known_lines(tx, line_ids)
    rates = store_order_rates.of_lines(tx, [row.id for row in rows if row.order_id is not None])
    for row in rows:
        asked = parts.get(row.id, []) if _encumbers(tx, row.method) else []
        rate = rates.get(row.id)
        wanted = [ShareToEncumber(number, fund, part, rate) for number, fund, part in asked]
        found[row.id] = ledger.reencumber(tx, LedgerSource(LEDGER_KIND, row.id), wanted)
    return found


def _encumbers(tx: Tx, method: str) -> bool:
    row = codes.row(tx, "AcquisitionMethod", method)
    return row is None or row.attributes.get("encumbers", "true") == "true"


def known_lines(tx: Tx, ids: Sequence[int], *, hold: bool = False) -> list[MovingLine]:
    """The lines of these ids, with `hold` locked. Raises Refusal line_not_found for each that is missing."""
    return _all_of(store_moves.lines(tx, ids, hold=hold), ids)


def _all_of(rows: list[R], ids: Sequence[int]) -> list[R]:
    missing = set(ids) - {row.id for row in rows}
    if missing:
        raise Refusal([Problem("line_not_found", "id", row_id) for row_id in sorted(missing)])
    return rows


def _steps(
    rows: Sequence[R], event: str, table: StateTable[Any], holds: Callable[[Any, str], bool]
) -> dict[int, Move[Any]]:
    """The row of the table that applies to each record."""
    steps: dict[int, Move[Any]] = {}
    problems = []
    for row in rows:
        step = table.find(row.state, event, partial(holds, row))
        if step is None:
            possible = ", ".join(table.events(row.state)) or "nothing"
            problems.append(
                Problem(
                    "move_refused",
                    "number",
                    row.number,
                    event=event,
                    state=row.state.value,
                    possible=possible,
                )
            )
        else:
            steps[row.id] = step
    if problems:
        raise Refusal(problems)
    return steps


def _carry_out(
    tx: Tx,
    kind: str,
    rows: Sequence[R],
    steps: Mapping[int, Move[Any]],
    event: str,
    actor: Actor,
    values: Mapping[str, Any],
) -> dict[int, str]:
    groups: dict[tuple[str, str], list[R]] = {}
    for row in rows:
        groups.setdefault((row.state.value, steps[row.id].target.value), []).append(row)
    for (left, reached), members in groups.items():
        ids = [member.id for member in members]
        if store_moves.leave(tx, kind, ids, left, reached, values) != len(ids):
            raise Refusal([Problem("state_changed", "number", each.number, state=left) for each in members])
        change = [Change("state", left, reached)]
        history.record_many(tx, kind, {member.number: change for member in members}, actor.name)
        for member in members:
            tx.emit(f"{kind}.{event.replace(' ', '_')}", member.number, {"from": left, "to": reached})
    return {row.id: steps[row.id].target.value for row in rows}


def _pay(tx: Tx, rows: Sequence[MovingLine], steps: Mapping[int, Move[Any]]) -> None:
    """The money effect of the moves, lines in ascending order so that no two workers wait on each other."""
    again = [row.id for row in rows if steps[row.id].money == "encumber"]
    if again:
        encumber_again(tx, again)
    for row in rows:
        if steps[row.id].money == "release":
            ledger.release(tx, LedgerSource(LEDGER_KIND, row.id))
