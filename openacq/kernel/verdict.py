"""What became of one row of a loaded file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from openacq.kernel.refusal import Problem

Outcome = Literal["created", "updated", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Row number (1-based, in its file or table), kind of register, key of the record, what happened."""

    row: int
    kind: str
    key: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
