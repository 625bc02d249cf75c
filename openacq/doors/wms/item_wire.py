"""The purchase order item: what is ordered, for whom, paid from which funds.

The documents of 2012 put the resource inside `resources`; later clients know a single `resource`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from openacq.doors.wms.order_wire import Code, Link, Moment, Name, Others, Words, bare_namespaces, namespaces
from openacq.wire.atom import AtomResource
from openacq.wire.fields import UNSET, Count, Loose, Maybe, Out, Within

MOST_AUTHORS = 200
MOST_IDENTIFIERS = 200
MOST_CONFIGS = 500
MOST_BOOKINGS = 100
MOST_NOTES = 100


class WorldcatResource(AtomResource):
    """A title. `isbn` entries may carry a qualifier behind a blank: `9780262033848 (hbk.)`."""

    prefix = "ns4:"
    folds = True
    nulls = True

    title: Maybe[Name] = UNSET
    material_type: Maybe[Code] = UNSET
    author: Annotated[Maybe[list[Name]], Count(MOST_AUTHORS)] = UNSET
    edition: Maybe[Name] = UNSET
    isbn: Annotated[Maybe[list[Code]], Count(MOST_IDENTIFIERS)] = UNSET
    issn: Annotated[Maybe[list[Code]], Count(MOST_IDENTIFIERS)] = UNSET
    oclc_number: Maybe[Code] = UNSET
    publisher: Maybe[Name] = UNSET
    year: Maybe[Code] = UNSET
    others: Others = UNSET


class Resource(AtomResource):
    """Exactly one of these. What is known of the knowledge base's collections and entries is their
    names, two of each (`kbwc…` in JSON, `kb…` in the documents); their content is kept as it comes."""

    prefix = "ns4:"
    folds = True

    worldcat_resource: Maybe[WorldcatResource] = UNSET
    kbwc_collection_resource: Annotated[Maybe[Any], Loose()] = UNSET
    kbwc_entry_resource: Annotated[Maybe[Any], Loose()] = UNSET
    kb_collection_resource: Annotated[Maybe[Any], Loose()] = UNSET
    kb_entry_resource: Annotated[Maybe[Any], Loose()] = UNSET
    others: Others = UNSET


class Booking(AtomResource):
    """A fund's part of a copyConfig: a percentage or an amount."""

    prefix = "ns5:"
    nulls = True

    budget_account_code: Maybe[Code] = UNSET
    budget_account_name: Maybe[Name] = UNSET
    amount: Maybe[Decimal] = UNSET
    percentage: Maybe[Decimal] = UNSET
    others: Others = UNSET


class CopyConfig(AtomResource):
    """So many copies for one place, and the funds they are paid from. `branchId` is the registry number
    of the library, or its code where it has none."""

    prefix = "ns5:"
    nulls = True

    booking: Annotated[Maybe[list[Booking]], Count(MOST_BOOKINGS)] = UNSET
    branch_id: Maybe[Code] = UNSET
    shelving_location_id: Maybe[Code] = UNSET
    copy_count: Maybe[int] = UNSET
    copy_config_number: Maybe[Code] = UNSET
    cancellation_start_date: Annotated[Maybe[Moment], Out()] = UNSET
    cancellation_end_date: Annotated[Maybe[Moment], Out()] = UNSET
    invoiced_percentage: Annotated[Maybe[Decimal], Out()] = UNSET
    paid_percentage: Annotated[Maybe[Decimal], Out()] = UNSET
    order_status: Maybe[Code] = UNSET
    purchase_status: Maybe[Code] = UNSET
    receipt_status: Maybe[Code] = UNSET
    purchase_order_item_number: Maybe[Code] = UNSET
    link: Annotated[Maybe[Link], Out()] = UNSET
    others: Others = UNSET


class CopyConfigs(AtomResource):
    prefix = "ns3:"

    copy_config: Annotated[Maybe[list[CopyConfig]], Count(MOST_CONFIGS)] = UNSET
    link: Annotated[Maybe[list[Link]], Out()] = UNSET


class Note(AtomResource):
    """`type` STAFF and `alert` NONE are the ones known; a note without them is one of these."""

    prefix = "ns3:"

    content: Maybe[Words] = UNSET
    type: Maybe[Code] = UNSET
    alert: Maybe[Code] = UNSET
    others: Others = UNSET


class Notes(AtomResource):
    prefix = "ns3:"

    note: Annotated[Maybe[list[Note]], Count(MOST_NOTES)] = UNSET
    link: Annotated[Maybe[list[Link]], Out()] = UNSET


class PurchaseOrderItem(AtomResource):
    """Members in the order of later JSON; in XML the number and the resource come first, as in the
    documents, and the others follow in the same order."""

    xml_root = "purchaseOrderItem"
    prefix = "ns3:"
    root_prefix = "ns3:"
    nulls = True
    xmlns = namespaces("3-245678")
    bare_xmlns = bare_namespaces("3-245678")
    xml_order = (
        "order_item_number",
        "resource",
        "claiming_settings",
        "copy_configs",
        "discount_percentage",
        "insert_time",
        "last_update_time",
        "link",
        "material_type",
        "order_item_number_range",
        "order_type",
        "ordering_price",
        "position",
        "preferred_identifier",
        "preferred_identifier_type",
        "processing_type",
        "quantity",
        "requester",
        "service_charge",
        "shipping_address_id",
        "shipping_price",
        "shipping_type",
        "source_of_information",
        "subject",
        "notes",
        "tax1_percentage",
        "tax2_percentage",
        "total_price",
        "vendor_order_item_number",
        "vendor_order_number",
    )

    claiming_settings: Annotated[Maybe[Any], Loose()] = UNSET
    copy_configs: Maybe[CopyConfigs] = UNSET
    discount_percentage: Maybe[Decimal] = UNSET
    insert_time: Annotated[Maybe[Moment], Out()] = UNSET
    last_update_time: Maybe[Moment] = UNSET
    link: Annotated[Maybe[Link], Out()] = UNSET
    material_type: Maybe[Code] = UNSET
    order_item_number: Maybe[Code] = UNSET
    order_item_number_range: Maybe[Code] = UNSET
    order_type: Maybe[Code] = UNSET
    ordering_price: Maybe[Decimal] = UNSET
    position: Annotated[Maybe[Any], Loose()] = UNSET
    preferred_identifier: Maybe[Code] = UNSET
    preferred_identifier_type: Maybe[Code] = UNSET
    processing_type: Maybe[Code] = UNSET
    quantity: Maybe[int] = UNSET
    requester: Annotated[Maybe[Any], Loose()] = UNSET
    resource: Annotated[Maybe[Resource], Within("resources")] = UNSET
    service_charge: Maybe[Decimal] = UNSET
    shipping_address_id: Maybe[Code] = UNSET
    shipping_price: Maybe[Decimal] = UNSET
    shipping_type: Maybe[Code] = UNSET
    source_of_information: Maybe[Name] = UNSET
    subject: Maybe[Name] = UNSET
    notes: Maybe[Notes] = UNSET
    tax1_percentage: Maybe[Decimal] = UNSET
    tax2_percentage: Maybe[Decimal] = UNSET
    total_price: Annotated[Maybe[Decimal], Out()] = UNSET
    vendor_order_item_number: Maybe[Code] = UNSET
    vendor_order_number: Maybe[Code] = UNSET
    others: Others = UNSET
