"""What the rest of the house asks of the ordering desk."""

from collections.abc import Mapping
from types import MappingProxyType

from openacq.ordering import notify as _notify
from openacq.ordering import send as _send
from openacq.ordering.alerts import ALERTS, in_words, text_of
from openacq.ordering.approve import approve
from openacq.ordering.arrivals import Arrival, Candidate
from openacq.ordering.arrivals import candidates as arrival_candidates
from openacq.ordering.arrivals import known_line as line_progress
from openacq.ordering.audit import check
from openacq.ordering.board import Board, BoardLine, BoardShare, board, owners, waiting
from openacq.ordering.cancel import Cancellation, bib_fate, cancel
from openacq.ordering.change import HowToChange, change
from openacq.ordering.claim import Claim, DueClaim, claim, claims_of, due_claims
from openacq.ordering.claim import answer as answer_claim
from openacq.ordering.claim import postpone as postpone_claims
from openacq.ordering.close import catch_up, close, reopen
from openacq.ordering.copy_configs import Booking, CopyConfig
from openacq.ordering.copy_receipts import CopyReceipt, receive_copy
from openacq.ordering.copy_receipts import take_back as take_copy_back
from openacq.ordering.daily import AT_ONCE as SWEPT_AT_ONCE
from openacq.ordering.daily import SWEEPS, Sweep
from openacq.ordering.draft_items import ItemWish
from openacq.ordering.draft_items import change_item as change_order_item
from openacq.ordering.draft_items import delete_item as delete_order_item
from openacq.ordering.drafts import OrderWish, change_order, delete_order, hold_order
from openacq.ordering.drafts import begin as begin_order
from openacq.ordering.figures import VendorFigures
from openacq.ordering.figures import by_vendor as figures_by_vendor
from openacq.ordering.funding import LEDGER_KIND
from openacq.ordering.holds import Hold, HoldState, hold, holds, interested_in
from openacq.ordering.holds import settle as settle_hold
from openacq.ordering.holds import several as holds_by_ids
from openacq.ordering.interest import add_interested
from openacq.ordering.order_items import (
    PHASES as ORDER_PHASES,
)
from openacq.ordering.order_items import (
    HeadPage,
    ItemFilter,
    ItemPage,
    OrderedCopy,
    OrderFilter,
    OrderHead,
    OrderItem,
)
from openacq.ordering.order_items import copies as copies_of_item
from openacq.ordering.order_items import copy as copy_of_item
from openacq.ordering.order_items import head as order_head
from openacq.ordering.order_items import heads as order_heads
from openacq.ordering.order_items import item as order_item
from openacq.ordering.order_items import items as order_items
from openacq.ordering.orders import Order, OrderedLine, OrderPage, order, orders
from openacq.ordering.package import Package, Packed, Plan, pack, pack_chosen, set_aside, unpack
from openacq.ordering.package import is_due as packaging_is_due
from openacq.ordering.package import plan as plan_packaging
from openacq.ordering.place import facts_of, place
from openacq.ordering.progress import Progress
from openacq.ordering.progress import awaited as lines_awaited
from openacq.ordering.progress import of_lines as progress_of_lines
from openacq.ordering.query import LineSearch, LineStatus
from openacq.ordering.read import (
    PARTS,
    labels,
    line,
    line_id,
    line_ids,
    line_version,
    may_happen,
    review_list,
)
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
from openacq.ordering.relink import relink
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
from openacq.ordering.store_board import BoardQuery
from openacq.ordering.store_orders import OrderRow, OrderSearch
from openacq.ordering.store_titles import follow as follow_titles
from openacq.ordering.submission import add_item as add_order_item
from openacq.ordering.submission import share_wish
from openacq.ordering.submission import submit as submit_order
from openacq.store.outbox import Reaction

REACTIONS: Mapping[str, Reaction] = MappingProxyType({**_notify.REACTIONS, **_send.REACTIONS})
"""What the ordering desk does about news, its own and others', by topic."""

__all__ = [
    "ALERTS",
    "LEDGER_KIND",
    "ORDER_PHASES",
    "PARTS",
    "REACTIONS",
    "SWEEPS",
    "SWEPT_AT_ONCE",
    "Arrival",
    "Board",
    "BoardLine",
    "BoardQuery",
    "BoardShare",
    "Booking",
    "Cancellation",
    "Candidate",
    "Claim",
    "CopyConfig",
    "CopyReceipt",
    "DueClaim",
    "DueRenewal",
    "Effect",
    "HeadPage",
    "Hold",
    "HoldState",
    "HowToChange",
    "HowToReceive",
    "ItemFilter",
    "ItemPage",
    "ItemWish",
    "LinePage",
    "LineSearch",
    "LineStatus",
    "NewItem",
    "Order",
    "OrderFilter",
    "OrderHead",
    "OrderItem",
    "OrderPage",
    "OrderRow",
    "OrderSearch",
    "OrderWish",
    "OrderedCopy",
    "OrderedLine",
    "Package",
    "Packed",
    "Plan",
    "Progress",
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
    "add_interested",
    "add_order_item",
    "answer_claim",
    "approve",
    "arrival_candidates",
    "assign",
    "begin_order",
    "bib_fate",
    "board",
    "cancel",
    "catch_up",
    "change",
    "change_order",
    "change_order_item",
    "check",
    "claim",
    "claims_of",
    "close",
    "compare_slip",
    "copies_of_item",
    "copy_of_item",
    "defer",
    "delete_order",
    "delete_order_item",
    "due_claims",
    "due_renewals",
    "facts_of",
    "figures_by_vendor",
    "follow_titles",
    "hold",
    "hold_order",
    "holds",
    "holds_by_ids",
    "in_words",
    "interested_in",
    "items_of_line",
    "labels",
    "line",
    "line_id",
    "line_ids",
    "line_progress",
    "line_version",
    "lines_awaited",
    "may_happen",
    "order",
    "order_head",
    "order_heads",
    "order_item",
    "order_items",
    "order_now",
    "orders",
    "owners",
    "pack",
    "pack_chosen",
    "packaging_is_due",
    "place",
    "plan_packaging",
    "postpone_claims",
    "preview_order",
    "preview_order_now",
    "progress_of_lines",
    "receipt",
    "receipts",
    "receive",
    "receive_agreed",
    "receive_copy",
    "receive_new",
    "relink",
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
    "share_wish",
    "standing",
    "submit_order",
    "take_copy_back",
    "text_of",
    "undo_receipt",
    "unpack",
    "waiting",
]
