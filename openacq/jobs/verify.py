"""Are the records right? Every slice recomputes what it keeps, in one snapshot of the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from openacq.kernel.clock import zone as zone_of
from openacq.ledger import service as ledger
from openacq.ledger.model import Difference as KeptDifference
from openacq.ordering import service as ordering
from openacq.requests import service as requests
from openacq.store import Store, Tx


class Difference(Protocol):
    """What does not agree: which record, what of it, what is kept, what it should be."""

    @property
    def subject(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def stored(self) -> str: ...
    @property
    def expected(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """One check of one institution; no differences means equal."""

    name: str
    differences: tuple[Difference, ...]


CHECKS: tuple[tuple[str, Callable[[Tx], Sequence[Difference]]], ...] = (
    ("ledger", ledger.check),
    ("ordering", ordering.check),
    ("requests", requests.check),
)
"""The checks of all slices, by the slice's name."""


def verify(store: Store, institution: int, zone: str = "UTC") -> tuple[Checked, ...]:
    """Run every check of an institution in one read snapshot; nothing is changed."""

    def run(tx: Tx) -> tuple[Checked, ...]:
        return tuple(Checked(name, tuple(check(tx))) for name, check in CHECKS)

    return store.read(run, institution=institution, zone=zone)


NIGHT = range(3, 6)
"""Hours of the day, where the institution is, in which everything is recomputed by itself."""


def prove(store: Store, institution: int, zone: str = "UTC") -> tuple[Checked, ...]:
    """Run every check and keep what came of it, for the pages of the funds."""
    checks = verify(store, institution, zone)
    found = {
        check.name: [
            KeptDifference(one.subject, one.what, one.stored, one.expected) for one in check.differences
        ]
        for check in checks
    }
    store.write(lambda tx: ledger.keep_proof(tx, found), institution=institution, zone=zone)
    return checks


def is_due(tx: Tx) -> bool:
    """Whether it is night and nothing was recomputed since midnight."""
    here = tx.now.astimezone(zone_of(tx.zone))
    if here.hour not in NIGHT:
        return False
    last = ledger.last_proof(tx)
    return last is None or last.at.astimezone(zone_of(tx.zone)).date() < here.date()
