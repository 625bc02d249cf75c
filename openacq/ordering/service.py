"""What the rest of the house asks of the ordering desk."""

from collections.abc import Mapping
from types import MappingProxyType

from openacq.ordering import notify as _notify
from openacq.ordering import send as _send
from openacq.ordering.alerts import in_words, text_of
from openacq.ordering.approve import approve
from openacq.ordering.arrivals import Arrival, Candidate
from openacq.ordering.arrivals import candidates as arrival_candidates
from openacq.ordering.arrivals import known_line as line_progress
from openacq.ordering.audit import check
from openacq.ordering.cancel import Cancellation, bib_fate, cancel
from openacq.ordering.change import HowToChange, change
from openacq.ordering.claim import Claim, DueClaim, claim, claims_of, due_claims
from openacq.ordering.claim import answer as answer_claim
from openacq.ordering.claim import postpone as postpone_claims
from openacq.ordering.close import catch_up, close, reopen
from openacq.ordering.daily import AT_ONCE as SWEPT_AT_ONCE
from openacq.ordering.daily import SWEEPS, Sweep
from openacq.ordering.figures import VendorFigures
from openacq.ordering.figures import by_vendor as figures_by_vendor
from openacq.ordering.funding import LEDGER_KIND
from openacq.ordering.holds import Hold, HoldState, hold, holds
from openacq.ordering.holds import settle as settle_hold
from openacq.ordering.orders import Order, OrderedLine, OrderPage, order, orders
from openacq.ordering.package import Package, Packed, Plan, pack, pack_chosen, set_aside, unpack
from openacq.ordering.package import is_due as packaging_is_due
from openacq.ordering.package import plan as plan_packaging
from openacq.ordering.place import facts_of, place
from openacq.ordering.query import LineSearch, LineStatus
from openacq.ordering.read import PARTS, labels, line, line_id, line_ids, review_list
from openacq.ordering.receive import (
    HowToReceive,
    NewItem,
    Receipt,
    ReceiptFilter,
    Received,
    Standing,
    activate,
    items_of_line,
    receipt,
    receipts,
    receive,
    receive_new,
    standing,
)
from openacq.ordering.receive import undo as undo_receipt
from openacq.ordering.renew import DueRenewal, Renewal, Renewed, due_renewals, renew
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
from openacq.ordering.search import LinePage, search
from openacq.ordering.send import preview as preview_order
from openacq.ordering.send import resend, send
from openacq.ordering.slips import Slip, SlipLine, Unexpected, receive_agreed
from openacq.ordering.slips import compare as compare_slip
from openacq.ordering.store_orders import OrderRow, OrderSearch
from openacq.ordering.store_titles import follow as follow_titles
from openacq.store.outbox import Reaction

REACTIONS: Mapping[str, Reaction] = MappingProxyType({**_notify.REACTIONS, **_send.REACTIONS})
"""What the ordering desk does about news, its own and others', by topic."""

__all__ = [
    "LEDGER_KIND",
    "PARTS",
    "REACTIONS",
    "SWEEPS",
    "SWEPT_AT_ONCE",
    "Arrival",
    "Cancellation",
    "Candidate",
    "Claim",
    "DueClaim",
    "DueRenewal",
    "Effect",
    "Hold",
    "HoldState",
    "HowToChange",
    "HowToReceive",
    "LinePage",
    "LineSearch",
    "LineStatus",
    "NewItem",
    "Order",
    "OrderPage",
    "OrderRow",
    "OrderSearch",
    "OrderedLine",
    "Package",
    "Packed",
    "Plan",
    "Receipt",
    "ReceiptFilter",
    "Received",
    "Renewal",
    "Renewed",
    "Slip",
    "SlipLine",
    "Standing",
    "Sweep",
    "Unexpected",
    "VendorFigures",
    "activate",
    "answer_claim",
    "approve",
    "arrival_candidates",
    "assign",
    "bib_fate",
    "cancel",
    "catch_up",
    "change",
    "check",
    "claim",
    "claims_of",
    "close",
    "compare_slip",
    "defer",
    "due_claims",
    "due_renewals",
    "facts_of",
    "figures_by_vendor",
    "follow_titles",
    "hold",
    "holds",
    "in_words",
    "items_of_line",
    "labels",
    "line",
    "line_id",
    "line_ids",
    "line_progress",
    "order",
    "order_now",
    "orders",
    "pack",
    "pack_chosen",
    "packaging_is_due",
    "place",
    "plan_packaging",
    "postpone_claims",
    "preview_order",
    "preview_order_now",
    "receipt",
    "receipts",
    "receive",
    "receive_agreed",
    "receive_new",
    "renew",
    "reopen",
    "resend",
    "resume",
    "resume_due",
    "review_list",
    "search",
    "send",
    "send_back",
    "set_aside",
    "settle_hold",
    "standing",
    "text_of",
    "undo_receipt",
    "unpack",
]
