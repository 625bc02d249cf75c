"""Copies, their receipt, and the submission that brings them about."""

from __future__ import annotations

from typing import Annotated

from openacq.doors.wms.order_wire import Code, Link, Name, Others, bare_namespaces, namespaces
from openacq.wire.atom import AtomResource
from openacq.wire.fields import UNSET, Maybe, Out


class Copy(AtomResource):
    """One copy: `copyNumber` 1, 2, … within its item. `itemCopyId` and `itemCopyNumber` are 0 until it is
    received. Its feeds carry no etags."""

    xml_root = "copy"
    prefix = "ns6:"
    root_prefix = "ns6:"
    xmlns = namespaces("-2345678")
    bare_xmlns = bare_namespaces("-2345678")
    etagged = False

    copy_number: Annotated[Maybe[int], Out()] = UNSET
    branch_id: Maybe[Code] = UNSET
    shelving_location_id: Maybe[Code] = UNSET
    item_copy_id: Annotated[Maybe[int], Out()] = UNSET
    item_copy_number: Annotated[Maybe[int], Out()] = UNSET
    status: Annotated[Maybe[Code], Out()] = UNSET
    link: Annotated[Maybe[Link], Out()] = UNSET
    barcode: Maybe[Code] = UNSET
    shelving_sheme: Maybe[Code] = UNSET
    call_number: Maybe[Name] = UNSET
    call_part: Maybe[Name] = UNSET
    call_number_prefix: Maybe[Name] = UNSET
    call_number_suffix: Maybe[Name] = UNSET
    holding_type: Maybe[Code] = UNSET
    holding_value: Maybe[Name] = UNSET
    receipt_status: Annotated[Maybe[Code], Out()] = UNSET
    others: Others = UNSET


class CopyReceipt(AtomResource):
    """What receiving a copy says of it; may be empty. Its members are named as the copy's are."""

    xml_root = "copyReceipt"
    prefix = "ns7:"
    root_prefix = "ns7:"
    xmlns = namespaces("-2345678")
    bare_xmlns = bare_namespaces("-2345678")

    copy_number: Annotated[Maybe[int], Out()] = UNSET
    branch_id: Maybe[Code] = UNSET
    shelving_location_id: Maybe[Code] = UNSET
    item_copy_id: Annotated[Maybe[int], Out()] = UNSET
    item_copy_number: Annotated[Maybe[int], Out()] = UNSET
    status: Annotated[Maybe[Code], Out()] = UNSET
    link: Annotated[Maybe[Link], Out()] = UNSET
    barcode: Maybe[Code] = UNSET
    shelving_sheme: Maybe[Code] = UNSET
    call_number: Maybe[Name] = UNSET
    call_part: Maybe[Name] = UNSET
    call_number_prefix: Maybe[Name] = UNSET
    call_number_suffix: Maybe[Name] = UNSET
    holding_type: Maybe[Code] = UNSET
    holding_value: Maybe[Name] = UNSET
    receipt_status: Maybe[Code] = UNSET
    others: Others = UNSET


class PurchaseOrderSubmission(AtomResource):
    """What a submission says. Its content is documented nowhere: an empty body submits, and whatever
    comes is kept."""

    xml_root = "purchaseOrderSubmission"
    prefix = "ns8:"
    root_prefix = "ns8:"
    xmlns = namespaces("-2345678")
    bare_xmlns = bare_namespaces("-2345678")

    others: Others = UNSET
