"""A row of the error catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a problem is answered when a door has no more exact word for it."""

    INVALID = "invalid"
    MISSING = "missing"
    NOT_FOUND = "not found"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    UNAUTHORIZED = "unauthorized"
    TOO_LARGE = "too large"
    LATE = "too late"
    MEDIA = "media type"
    BUSY = "too many calls"
    METHOD = "method"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the catalogue: kind, message with {field}, {value} and facts, what to do about it."""

    kind: Kind
    message: str
    advice: str
