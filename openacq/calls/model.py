"""Calls as the doors hand them in and as the log tells of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Outcome = Literal[
    "placed",  # a create went on to packaging
    "in_review",  # a create was kept for review
    "asked",  # a purchase request came in
    "begun",  # an order was begun, empty
    "drafted",  # an item was added to an order that is not submitted
    "submitted",  # an order was submitted
    "received",  # copies were received, or a receipt changed
    "changed",  # another change was made
    "rehearsed",  # a dry run
    "replayed",  # a repeated create got its first answer again
    "read",
    "refused",
    "fault",
]
OUTCOMES: tuple[str, ...] = (
    "placed",
    "in_review",
    "asked",
    "begun",
    "drafted",
    "submitted",
    "received",
    "changed",
    "rehearsed",
    "replayed",
    "read",
    "refused",
    "fault",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it happened, nothing masked yet: that is the log's work.

    `query` is the query string without "?"; `ms` whole milliseconds from arrival; `subject` the
    number of the PO line it is about; `problems` the slugs it was refused with; `principal_id` whom a
    WSKey acted for; `private` says that the bodies are patron data as a whole (a user record).
    """

    institution: int
    at: datetime
    door: str
    method: str
    path: str
    query: str = ""
    outcome: str
    status: int
    ms: int
    request_id: str
    key_id: int | None = None
    principal_id: int | None = None
    key_name: str = ""
    vendor: str = ""
    subject: str = ""
    problems: tuple[str, ...] = ()
    request: bytes = b""
    answer: bytes = b""
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """One row of the log. Bodies carry marks where patron data were folded away.

    `folded` are the values behind the marks, empty once erased; `service.unfold` puts them back.
    """

    id: int
    at: datetime
    door: str
    method: str
    path: str
    query: str
    outcome: str
    status: int
    ms: int
    request_id: str
    key_id: int | None
    principal_id: int | None = None
    key_name: str
    vendor: str
    subject: str
    problems: tuple[str, ...]
    request: str = ""
    answer: str = ""
    folded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which calls to tell of; empty members ask for all.

    `statuses` are HTTP statuses or their first digit (4 = 400 to 499); `vendor` a vendor code; `problem` a
    slug the call was refused with; `request_id` what the answer's header said; `words` stand in the path.
    """

    vendor: str = ""
    statuses: tuple[int, ...] = ()
    outcomes: tuple[str, ...] = ()
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    door: str = ""
    methods: tuple[str, ...] = ()
    key_id: int | None = None
    problem: str = ""
    request_id: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class CallFigures:
    """How the calls of one key went over a time; `last` is the latest of them."""

    vendor: str
    key_id: int | None
    key_name: str
    calls: int
    refused: int
    faults: int
    placed: int
    in_review: int
    last: datetime


@dataclass(frozen=True, slots=True)
class SameRefusal:
    """Calls that were refused for the same reasons; `example` is the row of the latest."""

    problems: tuple[str, ...]
    calls: int
    last: datetime
    example: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many calls a key made on one day (UTC)."""

    institution: int
    key_id: int
    day: date
    calls: int = field(default=0)
