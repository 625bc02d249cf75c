"""Changes of fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One field that got another value; None is "no value"."""

    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a record's history; `who` as the writer named it (key, person, job)."""

    at: datetime
    who: str
    field: str
    old: str | None
    new: str | None
