"""What the rest of the house asks of the requests desk.

Ids are numbers. `actor` is who calls (ordering's Actor: a key, "staff1 (shop key)"); one narrowed to
libraries sees requests of these, and those without an owning library; one tied to a vendor sees none.
"""

from __future__ import annotations

from openacq.requests.approve import MOST_AT_ONCE, approve, preview_approve
from openacq.requests.ask import ask
from openacq.requests.audit import check
from openacq.requests.change import change, wish_of
from openacq.requests.daily import SWEEPS
from openacq.requests.desk import assign, defer, delete, reopen, resume
from openacq.requests.duplicates import already
from openacq.requests.duplicates import of_requests as duplicates_of
from openacq.requests.groups import merge, separate
from openacq.requests.line_types import SHIPPED as SHIPPED_LINE_TYPES
from openacq.requests.line_types import line_types
from openacq.requests.load import (
    COLUMNS,
    drop_line_type,
    drop_rule,
    dump,
    load,
    put_line_type,
    put_rule,
    rank_rule,
)
from openacq.requests.notify import REACTIONS, rejection_facts
from openacq.requests.people import DESK_ROLES
from openacq.requests.questions import answer, ask_back, questions
from openacq.requests.read import duplicates, request, requests
from openacq.requests.reject import cancel, preview_reject, reject
from openacq.requests.rules import REQUIRABLE, rules, settings
from openacq.requests.timeline import timeline

__all__ = [
    "COLUMNS",
    "DESK_ROLES",
    "MOST_AT_ONCE",
    "REACTIONS",
    "REQUIRABLE",
    "SHIPPED_LINE_TYPES",
    "SWEEPS",
    "already",
    "answer",
    "approve",
    "ask",
    "ask_back",
    "assign",
    "cancel",
    "change",
    "check",
    "defer",
    "delete",
    "drop_line_type",
    "drop_rule",
    "dump",
    "duplicates",
    "duplicates_of",
    "line_types",
    "load",
    "merge",
    "preview_approve",
    "preview_reject",
    "put_line_type",
    "put_rule",
    "questions",
    "rank_rule",
    "reject",
    "rejection_facts",
    "reopen",
    "request",
    "requests",
    "resume",
    "rules",
    "separate",
    "settings",
    "timeline",
    "wish_of",
]
