"""What other rooms ask of the requests desk and hear from it.

Unset text is "", unset dates and numbers are None. Sums of a wish are text as they were sent; those of
a request are `Money`. Codes are those of the institution's registers; the words for them are the codes'
and the directory's business. Request ids are numbers; doors write them as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from openacq.kernel.money import Money
from openacq.kernel.refusal import Problem
from openacq.ordering.model import Actor, LineState, Sum
from openacq.requests.states import REQUEST_STATES, RequestState

NO_FACTS: Mapping[str, str] = MappingProxyType({})

CANCELLED_BY_REQUESTER = "CANCELLED_BY_REQUESTER"
"""The reason a request is rejected for when its requester takes it back."""

FORMATS, CITATIONS, REASONS = "PR_RequestedFormat", "PR_CitationType", "PR_RejectReasons"
STATUSES, SOURCES = "PurchaseRequestStatus", "PPRSourceType"
MATERIALS: Mapping[str, str] = MappingProxyType({"P": "PhysicalMaterialType", "E": "electronicMaterialType"})
"""Format → the code table of its requested types. Formats of an institution's own are printed."""


# ---------------------------------------------------------------- a request as it is made


@dataclass(frozen=True, slots=True)
class Metadata:
    """The title as the requester describes it. With `mms_id` all other texts but the volume come from the
    bib."""

    mms_id: str = ""
    citation_type: str = ""
    title: str = ""
    author: str = ""
    edition: str = ""
    isbn: str = ""
    issn: str = ""
    lcc_number: str = ""
    other_system_number: str = ""
    publisher: str = ""
    publication_place: str = ""
    publication_year: str = ""
    bib_note: str = ""
    volume: str = ""


@dataclass(frozen=True, slots=True)
class PlaceAsked:
    """Copies for a library and location. None as quantity is one copy."""

    library: str = ""
    shelving_location: str = ""
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """Everything of a request its sender may say; on a change, the whole of it anew.

    `metadata` None means that there was none (request_metadata_missing). `format` "" is the default row
    of its table. `problems` are those the door found in the form of the body; they are told with all
    others.
    """

    metadata: Metadata | None = None
    format: str = ""
    requested_type: str = ""
    notify_receiving_activation: bool = False
    hold_item: bool = False
    notify_renewal: bool = False
    notify_cancel: bool = False
    owning_library: str = ""
    estimated_cost: Sum = field(default_factory=Sum)
    fund: str = ""
    vendor: str = ""
    vendor_account: str = ""
    email: str = ""
    requester_note: str = ""
    notes: tuple[str, ...] = ()
    places: tuple[PlaceAsked, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class AskFor:
    """A new request. `requester` is a primary id; `source` a code of PPRSourceType."""

    wish: Wish
    requester: str
    source: str = "API"


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A request as it shall be; `requester` "" leaves who asked."""

    wish: Wish
    requester: str = ""


@dataclass(frozen=True, slots=True)
class Approve:
    """`approved_by`: primary id of the member of staff who decides, "" for whoever calls. With `merged`
    the requests merged with those named are approved with them."""

    approved_by: str = ""
    merged: bool = True


@dataclass(frozen=True, slots=True)
class Reject:
    """`reason` is a code of PR_RejectReasons; `note` goes to the requesters with it. With `merged` the
    requests merged with those named are rejected with them."""

    reason: str
    note: str = ""
    merged: bool = False


# ---------------------------------------------------------------- a request as it is


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    created: datetime
    author: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    library: str
    shelving_location: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Request:
    """A purchase request, whole.

    `po_line` is the number of its PO line, `progress` what became of that: "", ordered, arrived, closed,
    cancelled. `group` names the requests it is merged with (0 = none); `matched_by` says how its bib was
    found ("" = made for it) and `bib_hits` which bibs matched when there were several. `questions` counts
    those asked, `unanswered` those without an answer.
    """

    id: int
    state: RequestState
    requester: str
    metadata: Metadata
    created: datetime
    changed: datetime
    format: str
    requester_name: str = ""
    requested_type: str = ""
    notify_receiving_activation: bool = False
    hold_item: bool = False
    notify_renewal: bool = False
    notify_cancel: bool = False
    source: str = "API"
    owning_library: str = ""
    estimated_cost: Money | None = None
    fund: str = ""
    vendor: str = ""
    vendor_account: str = ""
    email: str = ""
    approved_by: str = ""
    requester_note: str = ""
    reject_reason: str = ""
    reject_note: str = ""
    po_line: str = ""
    notes: tuple[Note, ...] = ()
    places: tuple[Place, ...] = ()
    # what only staff see
    created_by: str = ""
    state_since: datetime | None = None
    version: int = 1
    progress: str = ""
    group: int = 0
    assigned_to: str = ""
    deferred_until: date | None = None
    deferral_reason: str = ""
    matched_by: str = ""
    bib_hits: tuple[str, ...] = ()
    questions: int = 0
    unanswered: int = 0

    @property
    def mms_id(self) -> str:
        return self.metadata.mms_id

    @property
    def is_open(self) -> bool:
        """Somebody still has to decide."""
        return self.state in (RequestState.IN_REVIEW, RequestState.DEFERRED)


# ---------------------------------------------------------------- lists


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which requests; "" and None are no condition. Those named must all hold.

    `assigned_to` None is anybody, "" nobody. `words` are looked for in title, author, numbers and
    requester. `since` and `until` (inclusive) are days of creation.
    """

    status: str = ""
    format: str = ""
    owning_library: str = ""
    citation_type: str = ""
    requester: str = ""
    assigned_to: str | None = None
    mms_id: str = ""
    group: int = 0
    source: str = ""
    progress: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """The newest first; `total` of all that the criteria fit."""

    requests: tuple[Request, ...]
    total: int


# ---------------------------------------------------------------- duplicates


@dataclass(frozen=True, slots=True)
class HeldCopies:
    """`library` "" stands for electronic portfolios."""

    library: str
    name: str
    copies: int


@dataclass(frozen=True, slots=True)
class OnOrder:
    number: str
    state: LineState
    owner: str
    type: str
    expected: date | None = None


@dataclass(frozen=True, slots=True)
class AlsoAsked:
    """Another request for the title that is not rejected."""

    id: int
    requester: str
    requester_name: str
    state: RequestState
    created: datetime
    group: int = 0
    progress: str = ""

    @property
    def waits(self) -> bool:
        """Nothing of what was asked for has come yet."""
        return self.progress not in ("arrived", "closed")


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What there is of a title already."""

    held: tuple[HeldCopies, ...] = ()
    on_order: tuple[OnOrder, ...] = ()
    requests: tuple[AlsoAsked, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.held or self.on_order or self.requests)

    def others(self, requester: str = "") -> tuple[AlsoAsked, ...]:
        """The requests of other people who still wait."""
        return tuple(each for each in self.requests if each.waits and each.requester != requester)


@dataclass(frozen=True, slots=True)
class Notice:
    """A soft word to the requester, nobody named: `slug` is held, held_online, on_order, requested or
    ambiguous; `text` says it in English."""

    slug: str
    text: str
    facts: Mapping[str, str] = field(default_factory=lambda: NO_FACTS)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request just made, and what its requester should know."""

    request: Request
    notices: tuple[Notice, ...] = ()


# ---------------------------------------------------------------- follow-up


@dataclass(frozen=True, slots=True)
class Question:
    """Something the library asks the requester. `answered` None: no answer yet."""

    id: int
    request_id: int
    text: str
    asked: datetime
    asked_by: str
    answer: str = ""
    answered: datetime | None = None
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened between wish and shelf. `event`: created, changed, assigned, deferred,
    resumed, question, answer, merged, separated, approved, rejected, cancelled, reopened; of the PO line
    line_placed, line_state, line_received. `who` as the record has it; requesters are not shown others."""

    at: datetime
    event: str
    text: str = ""
    who: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action would do to one request: the state it would reach and, of an approval, the type of
    PO line or the line it would join; or why it is not possible."""

    id: int
    state: RequestState | None
    line_type: str = ""
    joins: str = ""
    why_not: str = ""
    duplicates: Duplicates = field(default_factory=Duplicates)


# ---------------------------------------------------------------- rules


@dataclass(frozen=True, slots=True)
class Settings:
    """What is settled once for an institution. `import_profile` names the profile titles are matched by
    ("" = its default one); with `merge` a request for a title somebody waits for already is merged with
    that request."""

    import_profile: str = ""
    merge: bool = True


@dataclass(frozen=True, slots=True)
class RequestRule:
    """What some people may ask for. The first rule in order whose criteria all hold decides; whom none
    speaks of may ask for anything.

    Criteria: `user_groups`, `roles` (types), `sources`. What is "" or None does not limit. `most_open`
    counts requests not decided yet, `most_in_period` those made in the last `period_days` and not
    cancelled by their requester. `required` are names of fields, as in `rules.REQUIRABLE`. An exempt
    category is a rule without limits that stands first.
    """

    name: str
    position: int = 0
    enabled: bool = True
    user_groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    most_open: int | None = None
    most_in_period: int | None = None
    period_days: int = 30
    required: tuple[str, ...] = ()
    citation_types: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    most_cost: Money | None = None


@dataclass(frozen=True, slots=True)
class LineType:
    """The type of PO line an approved request becomes; "" fits every citation type or requested type."""

    format: str
    citation_type: str
    requested_type: str
    line_type: str
    enabled: bool = True

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other rows: format, citation type, requested type."""
        return self.format, self.citation_type, self.requested_type


__all__ = [
    "REQUEST_STATES",
    "Actor",
    "AlsoAsked",
    "Approve",
    "AskFor",
    "Asked",
    "ChangeRequest",
    "Criteria",
    "Duplicates",
    "Effect",
    "HeldCopies",
    "LineType",
    "Metadata",
    "Note",
    "Notice",
    "OnOrder",
    "Place",
    "PlaceAsked",
    "Question",
    "Reject",
    "Request",
    "RequestPage",
    "RequestRule",
    "RequestState",
    "Settings",
    "Step",
    "Sum",
    "Wish",
]
