"""The states of a letter and its moves."""

from __future__ import annotations

from enum import StrEnum

from openacq.kernel.states import Move, StateTable


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


LETTER_STATES = StateTable(
    State,
    (
        Move(None, "write", State.CANCELLED, guard="letters of this kind are switched off", who="desk"),
        Move(None, "write", State.DEAD, guard="there is nowhere to send it", who="desk"),
        Move(None, "write", State.WAITING, who="desk"),
        Move(State.WAITING, "take", State.SENDING, who="job"),
        Move(State.FAILED, "take", State.SENDING, who="job"),
        Move(State.SENDING, "take", State.DEAD, guard="the lease ended too often", who="job"),
        Move(State.SENDING, "take", State.SENDING, guard="the lease ended", who="job"),
        Move(State.SENDING, "deliver", State.SENT, who="job"),
        Move(State.SENDING, "refuse", State.DEAD, who="job"),
        Move(State.SENDING, "fail", State.DEAD, guard="tried too often", who="job"),
        Move(State.SENDING, "fail", State.FAILED, who="job"),
        Move(State.WAITING, "cancel", State.CANCELLED, who="staff"),
        Move(State.FAILED, "cancel", State.CANCELLED, who="staff"),
        Move(State.DEAD, "cancel", State.CANCELLED, who="staff"),
        Move(State.WAITING, "withdraw", State.WITHDRAWN, who="desk"),
        Move(State.FAILED, "withdraw", State.WITHDRAWN, who="desk"),
        Move(State.DEAD, "withdraw", State.WITHDRAWN, who="desk"),
        Move(State.CANCELLED, "withdraw", State.WITHDRAWN, who="desk"),
        Move(State.FAILED, "resend", State.WAITING, who="staff"),
        Move(State.DEAD, "resend", State.WAITING, who="staff"),
        Move(State.CANCELLED, "resend", State.WAITING, who="staff"),
    ),
)
"""Sending a sent letter again makes a new letter; every other resending is a move of the letter itself. What
a desk has withdrawn is no longer so, and is never sent: the desk writes another."""


def origins(event: str) -> tuple[State, ...]:
    """The states from which an event is possible."""
    return tuple(state for state in State if event in LETTER_STATES.events(state))
