"""A call that was logged, carried out again: as a check that keeps nothing, or as if it came anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openacq.directory.model import Caller
from openacq.kernel.refusal import Problem


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be carried out. `media` is the type of the body and of the answer, `base` the address links
    begin with; with `check` nothing is kept."""

    method: str
    path: str
    query: str
    media: str
    body: bytes
    base: str
    check: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of it, in the words of the order log."""

    status: int
    outcome: str
    subject: str
    problems: tuple[Problem, ...]
    request_id: str


Sender = Callable[[Caller, Again], Sent]
