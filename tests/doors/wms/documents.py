"""Documents as they are told in OCLC's contract, laid out for reading, and how they are compared.

White space between elements and outside of JSON strings means nothing; everything else does.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from openacq.doors.wms.item_wire import (
    Booking,
    CopyConfig,
    CopyConfigs,
    Note,
    Notes,
    PurchaseOrderItem,
    Resource,
    WorldcatResource,
)
from openacq.doors.wms.order_wire import Link, PurchaseOrder, Vendor
from openacq.wire.atom import Entry, Feed, Form, to_atom

ZONE = "America/New_York"
NOW = dt.datetime(2026, 3, 2, 14, 5, 6, 789_000, tzinfo=dt.UTC)
"""When the answers are rendered."""
MADE = dt.datetime(2026, 3, 1, 16, 0, 29, tzinfo=dt.UTC)
CHANGED = dt.datetime(2026, 3, 1, 16, 0, 30, 250_000, tzinfo=dt.UTC)
PLACED = dt.datetime(2026, 7, 14, 14, 47, 38, tzinfo=dt.UTC)
CHANGED_TEXT = "2026-03-01T11:00:30.250-05:00"
PLACED_TEXT = "2026-07-14T10:47:38.000-04:00"
VENDOR = "0d3f7f9e-59a3-4d53-9f0e-7a3c7b2f6a11"

ORDER_NAMESPACES = (
    'xmlns="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrder-1.5" '
    'xmlns:ns2="http://worldcat.org/xmlschemas/common-types/Identity-1.2" '
    'xmlns:ns4="http://worldcat.org/xmlschemas/purchase-order/Resource-1.5" '
    'xmlns:ns3="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrderItem-1.5" '
    'xmlns:ns5="http://worldcat.org/xmlschemas/purchase-order/CopyConfig-1.5" '
    'xmlns:ns6="http://worldcat.org/xmlschemas/purchase-order/Copy-1.5" '
    'xmlns:ns7="http://worldcat.org/xmlschemas/purchase-order/CopyReceipt-1.5" '
    'xmlns:ns8="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrderSubmission-1.5"'
)


def tight_xml(document: str) -> str:
    """The document without the white space between its elements; tags may go over several lines."""
    return re.sub(r"\s*\n\s*", " ", re.sub(r">\s+<", "><", document).strip())


def tight_json(document: str) -> str:
    """The document without the white space outside its strings: numbers stay the characters they are."""
    return re.sub(r'("(?:[^"\\]|\\.)*")|\s+', lambda found: found[1] or "", document)


def written(thing: Entry | Feed, form: Form, zone: str = ZONE) -> str:
    text = to_atom(thing, form, now=NOW, zone=zone).decode()
    return tight_xml(text) if "xml" in form else tight_json(text)


def open_order() -> PurchaseOrder:
    """As a list shows it: nothing ordered yet, nothing in it."""
    return PurchaseOrder(
        order_name="Spring list - 1",
        link=Link(href="https://acq.example.org//purchaseorders/PO-2026-35/?inst=128807"),
        purchase_order_number="PO-2026-35",
        order_number_range="PO",
        vendor=Vendor(vendor_id=VENDOR, vendor_name="Harbour Books", local_identifier="LVN-2"),
        currency="USD",
        exchange_rate=Decimal("1.000000"),
        order_item_count=0,
        tax_calculation_method="EXCLUDE_ADDITIONAL_COSTS",
        purchase_order_state="OPEN",
        total_order_price=Decimal("0.00"),
        last_update_time=CHANGED,
        insert_time=MADE,
    )


def submitted_order() -> PurchaseOrder:
    return PurchaseOrder(
        order_name="Spring list - 2",
        link=Link(href="https://acq.example.org//purchaseorders/PO-2026-36/?inst=128807"),
        purchase_order_number="PO-2026-36",
        order_number_range="PO",
        vendor=Vendor(vendor_id=VENDOR, vendor_name="Harbour Books", local_identifier="LVN-2"),
        currency="USD",
        exchange_rate=Decimal("1.000000"),
        order_date=PLACED,
        order_item_count=2,
        tax_calculation_method="EXCLUDE_ADDITIONAL_COSTS",
        purchase_order_state="SUBMITTED",
        total_order_price=Decimal("61.50"),
        last_update_time=PLACED,
        insert_time=MADE,
    )


def item() -> PurchaseOrderItem:
    return PurchaseOrderItem(
        order_item_number="OIN-2026-77",
        order_type="FIRM_ORDER",
        ordering_price=Decimal("30.75"),
        quantity=2,
        insert_time=MADE,
        last_update_time=PLACED,
        resource=Resource(
            worldcat_resource=WorldcatResource(
                title="Tides & harbours",
                author=["Lind, Ada"],
                isbn=["9780262033848 (hbk.)"],
                oclc_number="86",
            )
        ),
        copy_configs=CopyConfigs(
            copy_config=[
                CopyConfig(
                    booking=[Booking(budget_account_code="HIST", percentage=Decimal("100.00"))],
                    branch_id="128807",
                    shelving_location_id="MAIN-STACKS",
                    copy_count=2,
                    receipt_status="NOT_RECEIVED",
                )
            ]
        ),
        notes=Notes(note=[Note(content="For the course of Ms Lind", type="STAFF", alert="NONE")]),
        total_price=Decimal("61.50"),
    )
