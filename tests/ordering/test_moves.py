"""Moves by the state table: one of two who act at once wins, money follows, history tells."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event

from openacq.catalogue.model import Description
from openacq.history import service as history
from openacq.kernel.refusal import Refusal
from openacq.ordering import moves
from openacq.ordering.model import LineState
from openacq.ordering.states import LINE_STATES, ORDER_STATES
from tests.ordering.world import SHOP, World, book


def test_cancelling_releases_the_money_and_is_written_in_the_history(world: World) -> None:
    line = world.place(book())
    reached = world.write(
        lambda tx: moves.move_lines(
            tx, [line.id], "cancel", SHOP, values={"cancel_reason": "LIBRARY_CANCELLED"}
        )
    )
    assert reached == {line.id: LineState.CANCELLED}
    assert world.line(line.number).state is LineState.CANCELLED
    assert world.balance("HIST").encumbered.units == 0
    entries = world.read(lambda tx: history.of(tx, "po_line", line.number))
    assert [(entry.field, entry.old, entry.new) for entry in entries] == [
        ("state", "AUTO_PACKAGING", "CANCELLED")
    ]
    assert world.differences() == []


def test_what_a_state_does_not_allow_is_refused_with_what_it_does(world: World) -> None:
    line = world.place(book())
    with pytest.raises(Refusal) as refused:
        world.write(lambda tx: moves.move_lines(tx, [line.id], "receive", SHOP))
    problem = refused.value.problems[0]
    assert problem.slug == "move_refused"
    assert problem.facts["possible"] == "pack, pack by hand, review, cancel"


def test_of_eight_who_cancel_at_once_one_wins(world: World) -> None:
    line = world.place(book())

    def cancel(_: int) -> str:
        try:
            world.write(lambda tx: moves.move_lines(tx, [line.id], "cancel", SHOP))
        except Refusal as refused:
            return refused.problems[0].slug
        return "won"

    with ThreadPoolExecutor(8) as threads:
        outcomes = sorted(threads.map(cancel, range(8)))
    assert outcomes.count("won") == 1
    assert set(outcomes) <= {"won", "move_refused", "state_changed"}
    assert world.balance("HIST").encumbered.units == 0
    assert world.differences() == []


def test_many_lines_move_together(world: World) -> None:
    ids = [
        world.place(book(reference=f"R-{n}", method="GIFT", title=Description(title=f"Title {n}"))).id
        for n in range(5)
    ]
    reached = world.write(lambda tx: moves.move_lines(tx, ids, "pack", SHOP))
    assert set(reached.values()) == {LineState.READY}


def test_several_lines_are_locked_in_one_order_before_they_move(world: World, dialect: str) -> None:
    """Else two who move some of the same lines may each hold what the other wants next."""
    ids = [
        world.place(book(reference=f"R-{n}", method="GIFT", title=Description(title=f"Title {n}"))).id
        for n in range(3)
    ]
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(world.store.writer, "before_cursor_execute", note)
    try:
        world.write(lambda tx: moves.move_lines(tx, ids[::-1], "pack by hand", SHOP))
    finally:
        event.remove(world.store.writer, "before_cursor_execute", note)
    first = next(statement for statement in asked if "po_lines" in statement)
    assert first.startswith("SELECT")
    assert "ORDER BY po_lines.id" in first
    assert first.endswith("FOR UPDATE") is (dialect == "postgresql")


def test_the_end_states_are_ends_and_every_state_is_reached() -> None:
    reached = {move.target for move in LINE_STATES.moves}
    assert reached == set(LineState)
    assert LINE_STATES.events(LineState.CANCELLED) == ()
    assert LINE_STATES.events(LineState.CLOSED) == ("reopen",)
    assert {move.target for move in ORDER_STATES.moves} == set(ORDER_STATES.states)


def test_every_move_into_an_end_lets_the_money_go() -> None:
    ends = (LineState.CLOSED, LineState.CANCELLED)
    holding = [
        move for move in LINE_STATES.moves if move.target in ends and move.origin is not LineState.DRAFT
    ]
    assert {move.money for move in holding} == {"release"}
