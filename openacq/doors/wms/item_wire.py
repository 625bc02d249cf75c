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

    title: Maybe[Name] = UNSET
    materialType: Maybe[Code] = UNSET
    author: Annotated[Maybe[list[Name]], Count(MOST_AUTHORS)] = UNSET
    edition: Maybe[Name] = UNSET
    isbn: Annotated[Maybe[list[Code]], Count(MOST_IDENTIFIERS)] = UNSET
    issn: Annotated[Maybe[list[Code]], Count(MOST_IDENTIFIERS)] = UNSET
    oclcNumber: Maybe[Code] = UNSET
    publisher: Maybe[Name] = UNSET
    year: Maybe[Code] = UNSET
    others: Others = UNSET


class Resource(AtomResource):
    """Exactly one of these. What is known of the knowledge base's collections and entries is their
    names, two of each (`kbwc…` in JSON, `kb…` in the documents); their content is kept as it comes."""

    prefix = "ns4:"
    folds = True

    worldcatResource: Maybe[WorldcatResource] = UNSET
    kbwcCollectionResource: Annotated[Maybe[Any], Loose()] = UNSET
    kbwcEntryResource: Annotated[Maybe[Any], Loose()] = UNSET
    kbCollectionResource: Annotated[Maybe[Any], Loose()] = UNSET
    kbEntryResource: Annotated[Maybe[Any], Loose()] = UNSET
    others: Others = UNSET


class Booking(AtomResource):
    """A fund's part of a copyConfig: a percentage or an amount."""

    prefix = "ns5:"

    budgetAccountCode: Maybe[Code] = UNSET
    budgetAccountName: Maybe[Name] = UNSET
    amount: Maybe[Decimal] = UNSET
    percentage: Maybe[Decimal] = UNSET
    others: Others = UNSET


class CopyConfig(AtomResource):
    """So many copies for one place, and the funds they are paid from. `branchId` is the registry number
    of the library, or its code where it has none."""

    prefix = "ns5:"

    booking: Annotated[Maybe[list[Booking]], Count(MOST_BOOKINGS)] = UNSET
    branchId: Maybe[Code] = UNSET
    shelvingLocationId: Maybe[Code] = UNSET
    copyCount: Maybe[int] = UNSET
    copyConfigNumber: Maybe[Code] = UNSET
    cancellationStartDate: Annotated[Maybe[Moment], Out()] = UNSET
    cancellationEndDate: Annotated[Maybe[Moment], Out()] = UNSET
    invoicedPercentage: Annotated[Maybe[Decimal], Out()] = UNSET
    paidPercentage: Annotated[Maybe[Decimal], Out()] = UNSET
    orderStatus: Maybe[Code] = UNSET
    purchaseStatus: Maybe[Code] = UNSET
    receiptStatus: Maybe[Code] = UNSET
    purchaseOrderItemNumber: Maybe[Code] = UNSET
    link: Annotated[Maybe[Link], Out()] = UNSET
    others: Others = UNSET


class CopyConfigs(AtomResource):
    prefix = "ns3:"

    copyConfig: Annotated[Maybe[list[CopyConfig]], Count(MOST_CONFIGS)] = UNSET
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
    xmlns = namespaces("3-245678")
    bare_xmlns = bare_namespaces("3-245678")
    xml_order = (
        "orderItemNumber",
        "resource",
        "claimingSettings",
        "copyConfigs",
        "discountPercentage",
        "insertTime",
        "lastUpdateTime",
        "link",
        "materialType",
        "orderItemNumberRange",
        "orderType",
        "orderingPrice",
        "position",
        "preferredIdentifier",
        "preferredIdentifierType",
        "processingType",
        "quantity",
        "requester",
        "serviceCharge",
        "shippingAddressId",
        "shippingPrice",
        "shippingType",
        "sourceOfInformation",
        "subject",
        "notes",
        "tax1Percentage",
        "tax2Percentage",
        "totalPrice",
        "vendorOrderItemNumber",
        "vendorOrderNumber",
    )

    claimingSettings: Annotated[Maybe[Any], Loose()] = UNSET
    copyConfigs: Maybe[CopyConfigs] = UNSET
    discountPercentage: Maybe[Decimal] = UNSET
    insertTime: Annotated[Maybe[Moment], Out()] = UNSET
    lastUpdateTime: Maybe[Moment] = UNSET
    link: Annotated[Maybe[Link], Out()] = UNSET
    materialType: Maybe[Code] = UNSET
    orderItemNumber: Maybe[Code] = UNSET
    orderItemNumberRange: Maybe[Code] = UNSET
    orderType: Maybe[Code] = UNSET
    orderingPrice: Maybe[Decimal] = UNSET
    position: Annotated[Maybe[Any], Loose()] = UNSET
    preferredIdentifier: Maybe[Code] = UNSET
    preferredIdentifierType: Maybe[Code] = UNSET
    processingType: Maybe[Code] = UNSET
    quantity: Maybe[int] = UNSET
    requester: Annotated[Maybe[Any], Loose()] = UNSET
    resource: Annotated[Maybe[Resource], Within("resources")] = UNSET
    serviceCharge: Maybe[Decimal] = UNSET
    shippingAddressId: Maybe[Code] = UNSET
    shippingPrice: Maybe[Decimal] = UNSET
    shippingType: Maybe[Code] = UNSET
    sourceOfInformation: Maybe[Name] = UNSET
    subject: Maybe[Name] = UNSET
    notes: Maybe[Notes] = UNSET
    tax1Percentage: Maybe[Decimal] = UNSET
    tax2Percentage: Maybe[Decimal] = UNSET
    totalPrice: Annotated[Maybe[Decimal], Out()] = UNSET
    vendorOrderItemNumber: Maybe[Code] = UNSET
    vendorOrderNumber: Maybe[Code] = UNSET
    others: Others = UNSET
