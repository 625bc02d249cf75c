"""Packing lines into POs, and taking them out again.

By itself: `plan` groups the lines that wait by what a PO has one of (vendor account, owner, currency,
continuity, acquisition method, source, fund if the rule says so), `pack` carries a batch of it out. A PO
and its lines are written in one transaction, so whoever stops in the middle leaves whole POs behind and
the rest waiting; a plan is only advice: lines that meanwhile changed, moved or are held by somebody else
are left for the next plan. By hand: `pack_chosen`. A new PO is then approved by itself or waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import NamedTuple

from openacq.codes import service as codes
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import approve, moves, send, store_orders
from openacq.ordering.model import Actor, LineState
from openacq.ordering.states import ALL_CANCELLED, LINE_STATES, OrderState
from openacq.ordering.store_orders import PACKABLE, PackableLine
from openacq.profiles import service as profiles
from openacq.store import Tx

LINES_A_BATCH: Mapping[str, int] = MappingProxyType({"sqlite": 200, "postgresql": 1_000})
"""About how many lines one transaction packs, by database: on SQLite nobody else writes meanwhile."""
MOVED_ALONE = 8
"""Lines from which on a PO is worth statements of its own."""
MOST_PLANNED = 20_000
MOST_CHOSEN = 250
BY_ITSELF = (LineState.AUTO_PACKAGING,)


class Key(NamedTuple):
    """What lines of one PO have in common."""

    vendor: str
    account: str
    owner: str
    currency: str
    continuity: str
    method: str
    source: str
    fund: str


@dataclass(frozen=True, slots=True)
class Package:
    """Lines for one PO."""

    key: Key
    line_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do, in batches of one transaction each; `by_hand` are lines of several funds that
    somebody must pack. `more`: it holds not all that waits."""

    batches: tuple[tuple[Package, ...], ...]
    by_hand: tuple[int, ...]
    more: bool = False

    @property
    def lines(self) -> int:
        return sum(len(package.line_ids) for batch in self.batches for package in batch)


@dataclass(frozen=True, slots=True)
class Packed:
    """What a batch made: numbers of POs, and how many lines are in them."""

    orders: tuple[str, ...] = ()
    lines: int = 0


# -- by itself ----------------------------------------------------------------------------------


def is_due(tx: Tx) -> bool:
    """Whether a line has waited so long that packing begins by itself."""
    rule = profiles.packaging_rule(tx)
    return rule.automatic and store_orders.any_waited(tx, tx.now - timedelta(minutes=rule.wait_minutes))


def plan(tx: Tx) -> Plan:
    """How the lines that wait now would be packed; nothing is changed."""
    rule = profiles.packaging_rule(tx)
    lines = store_orders.waiting(tx, MOST_PLANNED)
    funds = store_orders.funds_of_waiting(tx) if rule.by_fund else {}
    groups: dict[Key, list[int]] = {}
    by_hand = []
    for line in lines:
        if len(funds.get(line.id, ())) > 1:
            by_hand.append(line.id)
        else:
            groups.setdefault(_key(tx, line, funds), []).append(line.id)
    packages = [
        Package(key, tuple(ids[first : first + rule.most_lines]))
        for key, ids in groups.items()
        for first in range(0, len(ids), rule.most_lines)
    ]
    batches = _batches(packages, LINES_A_BATCH[tx.conn.dialect.name])
    return Plan(tuple(batches), tuple(by_hand), more=len(lines) == MOST_PLANNED)


def _key(tx: Tx, line: PackableLine, funds: Mapping[int, frozenset[str]]) -> Key:
    return Key(
        line.vendor,
        line.account,
        line.owner,
        line.currency,
        _continuity(tx, line.type),
        line.method,
        line.source,
        next(iter(funds.get(line.id, ())), ""),
    )


def _continuity(tx: Tx, line_type: str) -> str:
    row = codes.row(tx, "PurchaseType", line_type)
    return row.attributes.get("continuity", "one_time") if row is not None else "one_time"


def _batches(packages: Sequence[Package], most: int) -> Iterable[tuple[Package, ...]]:
    """Whole packages of about `most` lines together."""
    batch: list[Package] = []
    lines = 0
    for package in packages:
        if batch and lines + len(package.line_ids) > most:
            yield tuple(batch)
            batch, lines = [], 0
        batch.append(package)
        lines += len(package.line_ids)
    if batch:
        yield tuple(batch)


def pack(tx: Tx, batch: Sequence[Package], actor: Actor) -> Packed:
    """Make POs of a batch of a plan. What no longer fits the plan is left out."""
    numbers = [_number(tx) for _ in batch]  # first, so that a used-up block costs no work
    wanted = [line_id for package in batch for line_id in package.line_ids]
    lines = {line.id: line for line in store_orders.take(tx, wanted, BY_ITSELF)}
    funds = store_orders.funds_of(tx, list(lines)) if any(package.key.fund for package in batch) else {}
    orders = []
    for number, package in zip(numbers, batch, strict=True):
        ids = [
            line_id
            for line_id in package.line_ids
            if line_id in lines and _key(tx, lines[line_id], funds) == package.key
        ]
        if ids:
            orders.append((number, package.key, ids))
    return _make(tx, orders, actor)


def set_aside(tx: Tx, line_ids: Sequence[int], actor: Actor) -> int:
    """Have lines of several funds packed by hand; returns how many."""
    lines = store_orders.take(tx, line_ids, BY_ITSELF)
    if lines:
        moves.move_lines(tx, [line.id for line in lines], "pack by hand", actor)
    return len(lines)


def _number(tx: Tx) -> str:
    return f"PO-{tx.today.year}-{tx.number('PO')}"


def _make(tx: Tx, orders: Sequence[tuple[str, Key, list[int]]], actor: Actor) -> Packed:
    """New POs with their lines, in a few statements for each PO at most."""
    if not orders:
        return Packed()
    rows = {tx.new_id(): order for order in orders}
    store_orders.add_orders(
        tx,
        [
            {
                "id": row_id,
                "number": number,
                "vendor": key.vendor,
                "account": key.account,
                "owner": key.owner,
                "currency": key.currency,
                "source": key.source,
                "method": key.method,
                "continuity": key.continuity,
                "created_by": actor.name,
            }
            for row_id, (number, key, _) in rows.items()
        ],
    )
    _move(tx, {row_id: ids for row_id, (_, _, ids) in rows.items()}, actor)
    for number, _, ids in orders:
        tx.emit("purchase_order.packed", number, {"lines": len(ids)})
    approve.approve_what_needs_none(tx, list(rows))
    return Packed(tuple(number for number, _, _ in orders), sum(len(ids) for _, _, ids in orders))


def _move(tx: Tx, lines: Mapping[int, list[int]], actor: Actor) -> None:
    """Move lines into POs: those of a large one in one change of each line, those of small ones together."""
    together: list[int] = []
    for order_id, ids in lines.items():
        if len(ids) >= MOVED_ALONE:
            moves.move_lines(tx, ids, "pack", actor, values={"order_id": order_id})
        else:
            store_orders.put_in(tx, order_id, ids)
            together += ids
    if together:
        moves.move_lines(tx, together, "pack", actor)


# -- by hand ------------------------------------------------------------------------------------


def pack_chosen(tx: Tx, line_ids: Sequence[int], actor: Actor, into: str = "") -> str:
    """Pack lines together into a new PO, or into the open one `into`; returns its number.

    They must share vendor account, owner, currency, continuity and method; source and funds may differ.
    Raises Refusal: list_too_long, line_not_found, move_refused, state_changed, lines_differ (naming what
    differs), record_missing and order_closed (of `into`).
    """
    ids = list(dict.fromkeys(line_ids))
    if len(ids) > MOST_CHOSEN:
        raise Refusal(Problem("list_too_long", "lines", len(ids), limit=MOST_CHOSEN))
    number = "" if into else _number(tx)
    lines = store_orders.take(tx, ids, PACKABLE)
    _refuse_missing(tx, ids, lines)
    keys = {line.id: _key(tx, line, {})._replace(source="") for line in lines}
    _refuse_different(lines, keys)
    key = next(iter(keys.values()))._replace(source=lines[0].source)
    if not into:
        return _make(tx, [(number, key, ids)], actor).orders[0]
    order = store_orders.order(tx, into, hold=True)
    if order is None:
        raise Refusal(Problem("record_missing", "order", into, what="Purchase order"))
    if order.state is not OrderState.OPEN:
        raise Refusal(Problem("order_closed", "order", into, state=order.state.value))
    if (order.vendor, order.account, order.currency) != (key.vendor, key.account, key.currency):
        raise Refusal(Problem("lines_differ", "lines", into, fields="vendor, account or currency"))
    _move(tx, {order.id: ids}, actor)
    approve.approve_what_needs_none(tx, [order.id])
    return order.number


def _refuse_missing(tx: Tx, ids: Sequence[int], taken: Sequence[PackableLine]) -> None:
    """Say of each line that could not be taken why."""
    packed = {line.id for line in taken}
    missing = [row for row in moves.known_lines(tx, ids) if row.id not in packed]
    problems = []
    for row in missing:
        if row.state in PACKABLE:
            problems.append(Problem("state_changed", "number", row.number, state=row.state.value))
        else:
            possible = ", ".join(LINE_STATES.events(row.state)) or "nothing"
            problems.append(
                Problem(
                    "move_refused",
                    "number",
                    row.number,
                    event="pack",
                    state=row.state.value,
                    possible=possible,
                )
            )
    if problems:
        raise Refusal(problems)


def _refuse_different(lines: Sequence[PackableLine], keys: Mapping[int, Key]) -> None:
    first = keys[lines[0].id]
    for line in lines:
        differing = [
            name for name, one, other in zip(Key._fields, first, keys[line.id], strict=True) if one != other
        ]
        if differing:
            raise Refusal(Problem("lines_differ", "lines", line.number, fields=", ".join(differing)))


def unpack(tx: Tx, line_ids: Sequence[int], actor: Actor) -> dict[int, LineState]:
    """Take lines out of POs that have not gone out, back to review; a PO left without lines is cancelled,
    any other is approved anew.

    Raises Refusal: line_not_found, order_going, move_refused, state_changed.
    """
    ids = list(dict.fromkeys(line_ids))
    rows = moves.known_lines(tx, ids)
    order_ids = sorted({row.order_id for row in rows if row.order_id is not None})
    for order in store_orders.orders(tx, order_ids, hold=True):
        if order.state is OrderState.APPROVED and not send.call_back(tx, order, actor, "lines taken out"):
            raise Refusal(Problem("order_going", "order", order.number))
    reached = moves.move_lines(tx, ids, "unpack", actor, values={"order_id": None})
    left = store_orders.contents(tx, order_ids)
    empty = [order_id for order_id in order_ids if order_id not in left]
    if empty:
        moves.move_orders(tx, empty, "empty", actor, holds=lambda _order, guard: guard == ALL_CANCELLED)
    approve.approve_what_needs_none(tx, list(left))
    return reached
