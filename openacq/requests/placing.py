"""From an approved request to the order the ordering desk is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.ordering.model import InterestedWish, PlaceLine, PlaceWish, ShareWish, Source, Sum
from openacq.requests import bibs
from openacq.requests.model import Request
from openacq.store import Tx

PURCHASE = "PURCHASE"


def order_for(tx: Tx, requests: Sequence[Request], owner: str, line_type: str) -> PlaceLine:
    """The order of a title for everybody who asked; vendor, money and places are those of the first request
    that names some.

    An estimate below zero is no price: the line waits for one, and a note says what was estimated.
    """
    leading = requests[0]
    bought = next((each for each in requests if each.vendor), leading)
    priced = next((each for each in requests if each.estimated_cost is not None), leading)
    funded = next((each for each in requests if each.fund), leading)
    cost = priced.estimated_cost
    notes = [note.text for each in requests for note in each.notes]
    if cost is not None and cost.units < 0:
        notes.append(f"Estimated cost: {cost.text()} {cost.currency}")
        cost = None
    return PlaceLine(
        title=bibs.describe(leading.metadata),
        owner=owner,
        type=line_type,
        vendor=bought.vendor,
        account=bought.vendor_account,
        method=_method(tx),
        price=Sum(cost.text(), cost.currency) if cost is not None else Sum(),
        shares=(ShareWish(funded.fund, percent="100"),) if funded.fund else (),
        places=_places(tx, requests, owner, line_type),
        notes=tuple(dict.fromkeys(notes)),
        interested=known_people(tx, requests),
        material=_material(tx, leading, line_type),
        source=Source.REQUEST,
    )


def _method(tx: Tx) -> str:
    """Nobody has ordered the title at the vendor's yet, so the order must go out: not the usual method of
    orders that come in by the API. An institution without it has its own default."""
    return PURCHASE if codes.check(tx, "AcquisitionMethod", "", PURCHASE) is None else ""


def known_people(tx: Tx, requests: Sequence[Request]) -> tuple[InterestedWish, ...]:
    """Those who asked and are still users, with what they want to hear; everybody once."""
    known = directory.users(tx, [each.requester for each in requests])
    found: dict[str, InterestedWish] = {}
    for each in requests:
        if each.requester not in known:
            continue
        old = found.get(each.requester) or InterestedWish(each.requester)
        found[each.requester] = InterestedWish(
            each.requester,
            old.notify_receiving_activation or each.notify_receiving_activation,
            old.hold_item or each.hold_item,
            old.notify_renewal or each.notify_renewal,
            old.notify_cancel or each.notify_cancel,
        )
    return tuple(found.values())


def _places(tx: Tx, requests: Sequence[Request], owner: str, line_type: str) -> tuple[PlaceWish, ...]:
    """The places asked for, with the usual location of their library where none is named; none at all: one
    copy for the usual location of the owning library. Where there is no such, the line waits for one."""
    row = codes.row(tx, "PurchaseType", line_type)
    if row is None or row.attributes.get("inventory") != "physical":
        return ()
    asked = next((each.places for each in requests if each.places), ())
    wishes = [PlaceWish(each.library, each.shelving_location, each.quantity) for each in asked]
    wishes = wishes or [PlaceWish(owner, "", 1)]
    return tuple(each for each in wishes if each.location or _usual_location(tx, each.library))


def _usual_location(tx: Tx, library: str) -> str:
    found = directory.library(tx, library)
    return found.default_location if found else ""


def _material(tx: Tx, request: Request, line_type: str) -> str:
    """The requested type, if it is one of the table the line's own material types come from."""
    row = codes.row(tx, "PurchaseType", line_type)
    printed = row is not None and row.attributes.get("inventory") == "physical"
    table = "PhysicalMaterialType" if printed else "electronicMaterialType"
    material = request.requested_type
    return material if material and codes.check(tx, table, "", material) is None else ""
