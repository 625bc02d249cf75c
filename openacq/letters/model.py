"""Letters as other rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from openacq.kernel.refusal import Problem
from openacq.letters.facts import Described, Type, Value
from openacq.letters.sheet import Sheet
from openacq.letters.states import State


class Way(StrEnum):
    """How a letter leaves: by e-mail, or as a file in a folder another system reads."""

    MAIL = "mail"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Source:
    """What a letter is about, in the words of the desk that wrote it ("po", "PO-2026-1001")."""

    kind: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the letter: ready as `content`, or a `sheet` that is set as PDF when it is needed."""

    name: str
    type: str
    content: bytes | None = None
    sheet: Sheet | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A letter a desk wants written. `facts` are those of its kind (`service.kind(code).facts`).

    `occasion` names what the letter is for ("order PO-2026-1001", "cancelled POL-1 jdoe"): for one
    occasion there is one letter, ever. `recipient` is one e-mail address; with `way` folder it is the
    name of a folder below the server's folder for files, and `file_name` a pattern of its files, in
    which {number} stands for `file_number` ({id}, {kind} and {date} are known too).
    `attachments` go beside what the kind itself attaches.
    """

    kind: str
    occasion: str
    recipient: str
    facts: Mapping[str, Value]
    language: str = "en"
    source: Source = Source()
    sender_name: str = ""
    reply_to: str = ""
    way: Way = Way.MAIL
    file_name: str = ""
    file_number: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the queue. `text`, `html` and `attachments` are empty in lists.

    `due` is the next try, or the end of the lease while it is being sent. `error` is why it did not
    go out (yet), `remark` what its readers should know though it did, such as a template of the
    institution's that could not be used.
    """

    id: int
    kind: str
    language: str
    state: State
    way: Way
    source: Source
    recipient: str
    created: datetime
    sent: datetime | None
    due: datetime | None
    attempts: int
    error: str
    remark: str
    message_id: str
    subject: str
    sender_name: str = ""
    reply_to: str = ""
    file_name: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """Which letters; empty means no condition. `recipient` is an address or folder, in any case."""

    states: tuple[State, ...] = ()
    kinds: tuple[str, ...] = ()
    recipient: str = ""
    source: Source | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LetterPage:
    """The newest first; `total` of all the search finds."""

    letters: tuple[Letter, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try. `state` is SENT, FAILED (try again) or DEAD (of no use to try again);
    `away` says that the server or folder itself could not be used, so that others need not be tried."""

    state: State
    words: str = ""
    away: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """The wording of a kind in a language; `own` names the parts that are the institution's.

    `html` is "" where it is made from the institution's own text.
    """

    kind: str
    language: str
    subject: str
    text: str
    html: str
    own: frozenset[str] = frozenset()
    changed: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """Parts of a template as somebody wrote them; None leaves a part as shipped."""

    subject: str | None = None
    text: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as it would be written; nothing of it where there are problems."""

    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    problems: tuple[Problem, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class KindCard:
    """A kind of letter as staff and the manual see it."""

    code: str
    about: str
    facts: tuple[Described, ...]
    to_person: bool
    has_pdf: bool
    enabled: bool = True
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter under lease. `lease` names the lease; without it nothing can be noted of the letter."""

    letter: Letter
    lease: str


__all__ = [
    "Attachment",
    "Described",
    "Draft",
    "KindCard",
    "Letter",
    "LetterPage",
    "Outcome",
    "Preview",
    "Search",
    "Sheet",
    "Source",
    "State",
    "Taken",
    "Template",
    "Type",
    "Way",
    "Wish",
]
