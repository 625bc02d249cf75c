"""Forms of records nobody counts versions of: a mark of what the record said when the form was shown goes
with the form. If the record says something else when it comes back, nothing is written and both are shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from openacq.doors.pages.visit import Visit
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx

FIELD = "seen"
OUTDATED = "page_outdated"


def mark_of(cells: Mapping[str, str]) -> str:
    """What a form carries: different for every different content."""
    return hashlib.sha256(msgspec.json.encode(dict(sorted(cells.items())))).hexdigest()[:32]


def check_seen(visit: Visit, name: str, cells: Mapping[str, str]) -> None:
    """Raises Refusal page_outdated when the record is no longer what the form was shown with."""
    given = visit.value(FIELD)
    if given and given != mark_of(cells):
        raise Refusal(Problem(OUTDATED, "", name))


def hold(tx: Tx) -> None:
    """Have others who change registers wait: what is read of them from here on stays so to the end, so that
    of two who save at once the second is told."""
    tx.registers_changed()


def differences(visit: Visit, cells: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Of a form that came too late: (field, what the record says now, what was typed) where they differ."""
    if not any(problem.slug == OUTDATED for problem in visit.problems):
        return []
    typed = {name: "; ".join(visit.values(name)) for name in cells}
    return [
        (name, now, typed[name])
        for name, now in cells.items()
        if " ".join(typed[name].split()) != " ".join(now.split())
    ]


def changes_of(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """What a history says of a record whose form had these cells before and after."""
    return [Change(name, old.get(name) or None, new.get(name) or None) for name in {**old, **new}]


__all__ = ["changes_of", "check_seen", "differences", "hold", "mark_of"]
