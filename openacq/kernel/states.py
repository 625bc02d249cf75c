"""State tables: what may happen to a thing is a list of rows, and everything else derives from it.

A row says: from this state this event leads to that state, if the guard holds, with that money
effect, and who may do it. `None` as origin is birth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    """One row. `guard` names the fact that must hold ("" = none), `money` what happens to the
    encumbrance, `who` the role that may do it ("system" for what happens by itself)."""

    origin: S | None
    event: str
    target: S
    guard: str = ""
    money: str = ""
    who: str = ""


class StateTable(Generic[S]):
    """Looks moves up by (state, event); several rows for one pair are told apart by their guard."""

    def __init__(self, states: type[S], moves: tuple[Move[S], ...]) -> None:
        self.states = states
        self.moves = moves
        self._rows: dict[tuple[S | None, str], list[Move[S]]] = {}
        for move in moves:
            rows = self._rows.setdefault((move.origin, move.event), [])
            if any(row.guard == move.guard for row in rows):
                raise ValueError(f"two rows for {move.origin} {move.event} {move.guard!r}")
            rows.append(move)

    def events(self, state: S | None) -> tuple[str, ...]:
        """What may happen in a state, in table order."""
        return tuple(dict.fromkeys(move.event for move in self.moves if move.origin == state))

    def find(self, state: S | None, event: str, holds: Callable[[str], bool] = bool) -> Move[S] | None:
        """The row that applies; `holds` says whether a named guard is true. Rows are tried in order."""
        for move in self._rows.get((state, event), ()):
            if not move.guard or holds(move.guard):
                return move
        return None

    def diagram(self, words: Mapping[str, str] | None = None) -> str:
        """The table as a Mermaid state diagram."""
        names = words or {}
        lines = ["stateDiagram-v2"]
        for move in self.moves:
            origin = "[*]" if move.origin is None else move.origin.value
            guard = f" [{move.guard}]" if move.guard else ""
            lines.append(f"    {origin} --> {move.target.value}: {names.get(move.event, move.event)}{guard}")
        return "\n".join(lines)
