"""A PO line as it comes in by the Alma door, in the words of the ordering desk."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from openacq.catalogue.model import CopyWish, Description
from openacq.doors.alma.po_line_wire import Copy, FundDistribution, InterestedUser, Location, PoLine
from openacq.kernel.refusal import Problem
from openacq.ordering.model import InterestedWish, PlaceLine, PlaceWish, ShareWish, Source, Sum, Terms
from openacq.wire.model import Amount, Maybe, code_of


def place_wish(line: PoLine, problems: Sequence[Problem], *, profile: str, manual_review: bool) -> PlaceLine:
    """The order a body asks for; nothing is judged here. `problems` are those of its form."""
    return PlaceLine(
        title=_title(line),
        owner=code_of(line.owner),
        type=code_of(line.type),
        number=line.number or "",
        vendor=code_of(line.vendor),
        account=line.vendor_account or "",
        method=code_of(line.acquisition_method),
        price=_sum(line.price),
        discount=line.discount or "",
        no_charge=line.no_charge or False,
        rush=line.rush or False,
        reference=line.vendor_reference_number or "",
        po_number=line.po_number or "",
        shares=tuple(_share(each) for each in line.fund_distribution or ()),
        places=tuple(_place(each) for each in line.location or ()),
        notes=tuple(note.note_text for note in line.note or () if note.note_text),
        interested=tuple(_interested(each) for each in line.interested_user or () if each.primary_id),
        material=code_of(line.material_type),
        manual_renewal=line.manual_renewal if isinstance(line.manual_renewal, bool) else None,
        renewal_date=line.renewal_date or None,
        expected_receipt_date=line.expected_receipt_date or None,
        terms=_terms(line),
        source=Source.API,
        profile=profile,
        manual_review=manual_review,
        problems=tuple(problems),
    )


def _sum(amount: Maybe[Amount]) -> Sum:
    return Sum(amount.sum or "", code_of(amount.currency)) if amount else Sum()


def _title(line: PoLine) -> Description:
    metadata = line.resource_metadata
    if not metadata:
        return Description()
    return Description(
        mms_id=code_of(metadata.mms_id),
        title=metadata.title or "",
        author=metadata.author or "",
        isbn=metadata.isbn or "",
        issn=metadata.issn or "",
        publisher=metadata.publisher or "",
        place=metadata.publication_place or "",
        year=metadata.publication_year or "",
        vendor_title_number=metadata.vendor_title_number or "",
        system_control_numbers=tuple(number for number in metadata.system_control_number or () if number),
    )


def _terms(line: PoLine) -> Terms:
    metadata = line.resource_metadata
    return Terms(
        cancellation_restriction=line.cancellation_restriction or False,
        cancellation_restriction_note=line.cancellation_restriction_note or "",
        reclaim_interval=line.reclaim_interval or "",
        expected_receipt_interval=line.expected_receipt_interval or "",
        claiming_interval=line.claiming_interval or "",
        expected_activation_interval=line.expected_activation_interval or "",
        subscription_interval=line.subscription_interval or "",
        e_activation_due_interval=line.e_activation_due_interval or "",
        expected_activation_date=line.expected_activation_date or None,
        vendor_reference_type=code_of(line.vendor_reference_number_type),
        additional_order_reference=line.additional_order_reference or "",
        invoice_reference=line.invoice_reference or "",
        vendor_title_number=(metadata.vendor_title_number or "") if metadata else "",
        title_id=(metadata.title_id or "") if metadata else "",
        reporting_codes=(
            line.reporting_code or "",
            line.secondary_reporting_code or "",
            line.tertiary_reporting_code or "",
            line.fourth_reporting_code or "",
            line.fifth_reporting_code or "",
        ),
        vendor_note=line.vendor_note or "",
        receiving_note=line.receiving_note or "",
        license=code_of(line.license),
        access_model=line.access_model or "",
        url=line.url or "",
        base_status=line.base_status or "",
        access_provider=line.access_provider or "",
        renewal_cycle=code_of(line.renewal_cycle),
        renewal_period=line.renewal_period if isinstance(line.renewal_period, int) else None,
        renewal_note=line.renewal_note or "",
        subscription_from=line.subscription_from_date or None,
        subscription_to=line.subscription_to_date or None,
    )


def _share(share: FundDistribution) -> ShareWish:
    percent = format(share.percent, "f") if isinstance(share.percent, Decimal) else ""
    return ShareWish(code_of(share.fund_code), percent, _sum(share.amount))


def _place(location: Location) -> PlaceWish:
    return PlaceWish(
        library=code_of(location.library),
        location=location.shelving_location or "",
        quantity=location.quantity if isinstance(location.quantity, int) else None,
        copies=tuple(_copy(each) for each in location.copy or ()),
    )


def _copy(copy: Copy) -> CopyWish:
    return CopyWish(
        barcode="" if copy.barcode == copy.pid else copy.barcode or "",
        policy=code_of(copy.item_policy),
        receive_date=copy.receive_date or None,
        expected_arrival_date=copy.expected_arrival_date or None,
        enumeration_a=copy.enumeration_a or "",
        enumeration_b=copy.enumeration_b or "",
        enumeration_c=copy.enumeration_c or "",
        chronology_i=copy.chronology_i or "",
        chronology_j=copy.chronology_j or "",
        chronology_k=copy.chronology_k or "",
        description=copy.description or "",
        storage_location_id=copy.storage_location_id or "",
        is_temp_location=copy.is_temp_location or False,
        permanent_library=code_of(copy.permanent_library),
        permanent_location=copy.permanent_shelving_location or "",
        item_id=copy.pid or "",
    )


def _interested(user: InterestedUser) -> InterestedWish:
    return InterestedWish(
        user.primary_id or "",
        user.notify_receiving_activation or False,
        user.hold_item or False,
        user.notify_renewal or False,
        user.notify_cancel or False,
    )
