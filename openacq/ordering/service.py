"""What the rest of the house asks of the ordering desk."""

from collections.abc import Mapping
from types import MappingProxyType

from openacq.ordering import notify as _notify
from openacq.ordering import send as _send
from openacq.ordering.alerts import in_words
from openacq.ordering.approve import approve
from openacq.ordering.cancel import Cancellation, bib_fate, cancel
from openacq.ordering.change import HowToChange, change
from openacq.ordering.daily import AT_ONCE as SWEPT_AT_ONCE
from openacq.ordering.daily import SWEEPS, Sweep
from openacq.ordering.funding import LEDGER_KIND
from openacq.ordering.orders import Order, OrderedLine, OrderPage, order, orders
from openacq.ordering.package import Package, Packed, Plan, pack, pack_chosen, set_aside, unpack
from openacq.ordering.package import is_due as packaging_is_due
from openacq.ordering.package import plan as plan_packaging
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
from openacq.ordering.send import preview as preview_order
from openacq.ordering.send import resend, send
from openacq.ordering.store_orders import OrderRow, OrderSearch
from openacq.store.outbox import Reaction

REACTIONS: Mapping[str, Reaction] = MappingProxyType({**_notify.REACTIONS, **_send.REACTIONS})
"""What the ordering desk does about news, its own and others', by topic."""

__all__ = [
    "LEDGER_KIND",
    "REACTIONS",
    "SWEEPS",
    "SWEPT_AT_ONCE",
    "Cancellation",
    "Effect",
    "HowToChange",
    "Order",
    "OrderPage",
    "OrderRow",
    "OrderSearch",
    "OrderedLine",
    "Package",
    "Packed",
    "Plan",
    "Sweep",
    "approve",
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
    "order",
    "order_now",
    "orders",
    "pack",
    "pack_chosen",
    "packaging_is_due",
    "place",
    "plan_packaging",
    "preview_order",
    "preview_order_now",
    "resend",
    "resume",
    "resume_due",
    "review_list",
    "send",
    "send_back",
    "set_aside",
    "unpack",
]
