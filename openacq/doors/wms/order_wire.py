"""The purchase order as OCLC's documents and its later clients write it.

Members that are the server's own and may look like anything in what comes in are marked Out; those
a door may want to compare (the number, the version, the state) are read as they stand.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias

from openacq.wire.atom import AtomResource
from openacq.wire.fields import (
    NOTE_LIMIT,
    UNSET,
    AsSent,
    Attr,
    Epoch,
    Length,
    Loose,
    Maybe,
    Out,
    Unknown,
)

Code: TypeAlias = Annotated[str, Length(255)]
"""A code or number: trimmed, and no longer than an index takes."""
Name: TypeAlias = Annotated[str, AsSent()]
"""Words people chose: they come back as they were sent, blanks included."""
Words: TypeAlias = Annotated[str, AsSent(), Length(NOTE_LIMIT)]
"""A comment, a note, a message."""
Moment: TypeAlias = Annotated[dt.datetime, Epoch()]
Others: TypeAlias = Annotated[Maybe[dict[str, Any]], Unknown()]
"""Members nobody here knows, by name; stored as they are, they come back unchanged."""

_TYPES = MappingProxyType(
    {
        "": "PurchaseOrder",
        "ns2": "Identity",
        "ns3": "PurchaseOrderItem",
        "ns4": "Resource",
        "ns5": "CopyConfig",
        "ns6": "Copy",
        "ns7": "CopyReceipt",
        "ns8": "PurchaseOrderSubmission",
    }
)


def namespaces(order: str) -> tuple[tuple[str, str], ...]:
    """The eight declarations of the documents of 2012 in the order their answers have them: "-2435678"."""
    return tuple(
        (
            "xmlns" if number == "-" else f"xmlns:ns{number}",
            "http://worldcat.org/xmlschemas/common-types/Identity-1.2"
            if number == "2"
            else f"http://worldcat.org/xmlschemas/purchase-order/{_type(number)}-1.5",
        )
        for number in order
    )


def bare_namespaces(order: str) -> tuple[tuple[str, str], ...]:
    """The same without versions, as later answers have them."""
    return tuple(
        (
            "xmlns" if number == "-" else f"xmlns:ns{number}",
            "http://worldcat.org/xmlschemas/common-types/Identity"
            if number == "2"
            else f"http://worldcat.org/xmlschemas/acquisitions/{_type(number)}",
        )
        for number in order
    )


def _type(number: str) -> str:
    return _TYPES["" if number == "-" else f"ns{number}"]


class Link(AtomResource):
    """The address of a thing. Clients send it back as they got it, or empty; it is never read."""

    folds = True

    href: Annotated[Maybe[str], Attr(), Out()] = UNSET


class Vendor(AtomResource):
    """Who is ordered from: `vendorId` a UUID, `localIdentifier` the institution's own, `LVN-2`."""

    folds = True

    vendor_id: Maybe[Code] = UNSET
    vendor_name: Maybe[Name] = UNSET
    local_identifier: Maybe[Code] = UNSET
    others: Others = UNSET


class PurchaseOrder(AtomResource):
    """`orderNumberRange` is a code, or `default` in a new order. `action` and `processing` are null in
    every answer; what a client puts there can be read."""

    xml_root = "purchaseOrder"
    xmlns = namespaces("-2435678")
    bare_xmlns = bare_namespaces("-2435678")
    declared = False
    nulls = True

    order_name: Maybe[Name] = UNSET
    link: Annotated[Maybe[Link], Out()] = UNSET
    purchase_order_number: Maybe[Code] = UNSET
    order_number_range: Maybe[Code] = UNSET
    vendor: Maybe[Vendor] = UNSET
    currency: Maybe[Code] = UNSET
    exchange_rate: Maybe[Decimal] = UNSET
    order_date: Annotated[Maybe[Moment], Out()] = UNSET
    order_item_count: Annotated[Maybe[int], Out()] = UNSET
    tax_calculation_method: Maybe[Code] = UNSET
    purchase_order_state: Maybe[Code] = UNSET
    total_order_price: Annotated[Maybe[Decimal], Out()] = UNSET
    last_update_time: Maybe[Moment] = UNSET
    insert_time: Annotated[Maybe[Moment], Out()] = UNSET
    comment: Maybe[Words] = UNSET
    customer_number: Maybe[Code] = UNSET
    purchase_order_items: Annotated[Maybe[Any], Loose()] = UNSET
    shipping_address_id: Maybe[Code] = UNSET
    shipping_type: Maybe[Code] = UNSET
    vendor_message: Maybe[Words] = UNSET
    vendor_order_number: Maybe[Code] = UNSET
    action: Maybe[Code | None] = None
    processing: Maybe[Code | None] = None
    others: Others = UNSET
