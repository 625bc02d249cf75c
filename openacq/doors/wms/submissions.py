"""`POST /purchaseorders/{order}/submissions`: the order is placed.

OCLC's documents name the address and the type of the body and say nothing of their content. Here an empty
body submits; the answer is the order as it then is, and whatever the body holds is not read.
"""

from __future__ import annotations

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.wms import versions
from openacq.doors.wms.call import received, write_once
from openacq.doors.wms.copy_wire import PurchaseOrderSubmission
from openacq.doors.wms.orders import AREA, actor_of, entry, one
from openacq.doors.wms.wording import in_dialect
from openacq.ordering import service as ordering
from openacq.ordering.service import OrderHead
from openacq.store import Tx


def submit(ask: Ask) -> Reply:
    """Checks every item, makes its copies, encumbers its funds; 409 for an order that is not open, has no
    items or no vendor. An item that is in doubt waits in review, and says why in its notes."""
    etag = received(ask, PurchaseOrderSubmission, optional=True).etag
    actor = actor_of(ask)

    def work(tx: Tx) -> OrderHead:
        ask.outcome = "submitted"
        number = ask.path["order"]
        before = ordering.hold_order(tx, number)
        versions.check(ask, etag, number, before.row.changed)
        return ordering.submit_order(tx, number, actor)

    shown = write_once(
        ask,
        lambda tx: in_dialect(lambda: work(tx)),
        OrderHead,
        lambda tx, head: entry(tx, ask, head),
        subject=lambda head: head.row.number,
    )
    return one(shown)


ROUTES = (Route("POST", "/purchaseorders/{order}/submissions", AREA, submit, write=True),)
