"""What comes up by itself when a day or an hour has come: lines put aside come back, claims and renewals
fall due, holds nobody fetched are offered again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openacq.ordering import claim, holds, renew, review
from openacq.ordering.model import Actor
from openacq.store import Tx

AT_ONCE = 50
"""Records of one transaction: on SQLite nobody else writes meanwhile."""
BY_CALENDAR = Actor("calendar")


@dataclass(frozen=True, slots=True)
class Sweep:
    """Does some of what is due in one transaction and says how many; AT_ONCE means there may be more."""

    name: str
    step: Callable[[Tx], int]


SWEEPS = (
    Sweep("lines put aside", lambda tx: review.resume_due(tx, BY_CALENDAR, AT_ONCE)),
    Sweep("claims due", lambda tx: claim.tell_of_due(tx, AT_ONCE)),
    Sweep("renewals due", lambda tx: renew.renew_due(tx, BY_CALENDAR, AT_ONCE)),
    Sweep("holds offered again", lambda tx: holds.offer_again(tx, AT_ONCE)),
)
