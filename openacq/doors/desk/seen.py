"""Forms of records nobody counts versions of: a mark of what the record said when the form was shown goes
with the form. If the record says something else when it comes back, nothing is written and both are shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.pages.visit import Visit
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.store import Tx
from openacq.vendors import service as vendors

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


Differences = Sequence[tuple[str, str, str]]


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


# Pickers know the words of their codes. Of fields that codes are typed into:


def _described(*tables: str) -> Callable[[Tx, str], str]:
    def words(tx: Tx, code: str) -> str:
        return next((row.description for table in tables if (row := codes.row(tx, table, code))), "")

    return words


def _vendor(tx: Tx, code: str) -> str:
    found = vendors.vendor(tx, code)
    return found.name if found else ""


def _library(tx: Tx, code: str) -> str:
    found = directory.library(tx, code)
    return found.name if found else ""


def _fund(tx: Tx, code: str) -> str:
    found = ledger.fund(tx, code)
    return found.name if found else ""


def _user(tx: Tx, code: str) -> str:
    found = directory.user(tx, code)
    return found.full_name if found else ""


_WORDS: Mapping[str, Callable[[Tx, str], str]] = MappingProxyType(
    {
        "vendors": _vendor,
        "methods": _described("AcquisitionMethod"),
        "libraries": _library,
        "funds": _fund,
        "line_types": _described("PurchaseType"),
        "materials": _described("PhysicalMaterialType", "electronicMaterialType"),
        "sources": _described("AcqItemSourceType"),
        "user": _user,
    }
)
MOST_NAMED = 50


def named_in(tx: Tx, different: Differences) -> dict[str, list[tuple[str, str]]]:
    """(code, words) of the codes in what differs, by the fields they are typed into."""
    found = {}
    for name, *both in different:
        if name in _WORDS:
            given = dict.fromkeys(part.strip() for text in both for part in text.split(";") if part.strip())
            found[name] = [(code, _WORDS[name](tx, code)) for code in list(given)[:MOST_NAMED]]
    return found


def changes_of(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """What a history says of a record whose form had these cells before and after."""
    return [Change(name, old.get(name) or None, new.get(name) or None) for name in {**old, **new}]


__all__ = [
    "OUTDATED",
    "Differences",
    "changes_of",
    "check_seen",
    "differences",
    "hold",
    "mark_of",
    "named_in",
]
