"""What the rest of the house asks of the ordering desk."""

from openacq.ordering.alerts import in_words
from openacq.ordering.cancel import Cancellation, bib_fate, cancel
from openacq.ordering.change import HowToChange, change
from openacq.ordering.funding import LEDGER_KIND
from openacq.ordering.place import facts_of, place
from openacq.ordering.read import labels, line, line_id, line_ids, review_list
from openacq.ordering.review import (
    Effect,
    assign,
    defer,
    order_now,
    preview_order_now,
    resume,
    resume_due,
    send_back,
)

__all__ = [
    "LEDGER_KIND",
    "Cancellation",
    "Effect",
    "HowToChange",
    "assign",
    "bib_fate",
    "cancel",
    "change",
    "defer",
    "facts_of",
    "in_words",
    "labels",
    "line",
    "line_id",
    "line_ids",
    "order_now",
    "place",
    "preview_order_now",
    "resume",
    "resume_due",
    "review_list",
    "send_back",
]
