"""Short words for what happens to a line after it was placed: packed, sent, received."""

from __future__ import annotations

from typing import Any

from openacq.catalogue.model import Item
from openacq.kernel.refusal import Refusal
from openacq.ordering import audit, claim, moves, progress
from openacq.ordering.arrivals import Arrival
from openacq.ordering.model import Actor, Line, LineState
from openacq.ordering.receive import HowToReceive, Received, receive
from openacq.store import Tx
from tests.ordering.world import World

DESK = Actor("receiving desk")


def send(world: World, *lines: Line) -> None:
    """Pack and send lines by moves."""
    ids = [line.id for line in lines]

    def work(tx: Tx) -> None:
        moves.move_lines(tx, ids, "pack", DESK)
        moves.move_lines(tx, ids, "send", DESK, holds=progress.guards_of(tx, ids), values={"sent": tx.now})
        claim.expect(tx, ids)

    world.write(work)


def arrive(world: World, line: Line, quantity: int | None = None, **how: Any) -> Received:
    """Receive copies of a line, all that are missing unless told how many."""
    where = Arrival(line=line.number, quantity=quantity)
    received = world.write(lambda tx: receive(tx, where, DESK, HowToReceive(**how)))
    assert isinstance(received, Received)
    return received


def state(world: World, line: Line) -> LineState:
    return world.line(line.number).state


def items(world: World, line: Line) -> tuple[Item, ...]:
    return world.line(line.number).items


def slug_of(work: Any) -> str:
    """What `work` is refused with, "" when it is not."""
    try:
        work()
    except Refusal as refused:
        return refused.problems[0].slug
    return ""


def differences(world: World) -> list[object]:
    """What the ledger's and the ordering desk's checks find wrong."""
    return [*world.differences(), *world.read(audit.check)]
