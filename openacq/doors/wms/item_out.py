"""An item of the ordering desk as this dialect shows it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from openacq.doors.hall import Ask
from openacq.doors.wms import item_kinds, kept
from openacq.doors.wms.item_titles import shown
from openacq.doors.wms.item_wire import Booking, CopyConfig, CopyConfigs, Note, Notes, PurchaseOrderItem
from openacq.doors.wms.order_wire import Link
from openacq.doors.wms.orders import address
from openacq.doors.wms.registers import branch_id
from openacq.kernel.money import UNIT, Money
from openacq.ledger import service as ledger
from openacq.ordering import service as ordering
from openacq.ordering.model import Line, LineState
from openacq.ordering.service import OrderItem
from openacq.store import Tx
from openacq.wire.model import UNSET

STAFF, NO_ALERT = "STAFF", "NONE"
CANCELLED, RECEIVED, NOT_RECEIVED = "CANCELLED", "RECEIVED", "NOT_RECEIVED"
COME = frozenset({LineState.WAITING_FOR_INVOICE, LineState.CLOSED})
_HUNDREDTH = Decimal("0.01")


def item_address(ask: Ask, line: Line) -> str:
    return address(ask, line.po_number or "-", f"items/{line.oin}")


def item_shown(tx: Tx, ask: Ask, item: OrderItem) -> PurchaseOrderItem:
    line = item.line
    extras = dict(item.extras)
    sent = extras.pop("resource", {})
    kinds = extras.pop("notes", [])
    found = kept.restored(PurchaseOrderItem, extras)
    found.order_item_number = line.oin
    found.order_item_number_range = line.oin.partition("-")[0]
    found.link = Link(href=item_address(ask, line))
    found.insert_time = line.created
    found.last_update_time = item.changed
    material = found.material_type or item_kinds.material_of(tx, line.type)
    found.material_type = material
    found.resource = shown(line.bib, material, sent)
    if not found.order_type or item_kinds.method_of(found.order_type) != line.method:
        found.order_type = item_kinds.order_type_of(line.method)
    if not found.processing_type or _type_says_else(found, line):
        found.processing_type = item_kinds.processing_of(tx, line.type)
    found.ordering_price = exact(line.price) if line.price is not None else UNSET
    found.discount_percentage = _discount(found.discount_percentage, line)
    found.quantity = line.quantity
    found.total_price = exact(line.net) if line.net is not None else UNSET
    found.vendor_order_item_number = line.reference or UNSET
    found.copy_configs = CopyConfigs(copy_config=_configs(tx, item), link=[])
    found.notes = Notes(note=_notes(line, kinds), link=[])
    return found


def exact(money: Money) -> Decimal:
    """A sum with the decimals it was given with."""
    whole = Decimal(money.units) / UNIT
    places = max(money.scale, -int(whole.normalize().as_tuple().exponent))
    return whole.quantize(Decimal(1).scaleb(-places)) if places > 0 else whole.quantize(Decimal(1))


def _type_says_else(found: PurchaseOrderItem, line: Line) -> bool:
    """Whether the processing type that was sent is no longer the line's."""
    asked = item_kinds.line_type(found.processing_type, found.material_type)
    return asked != line.type and not line.type.startswith("ELECTRONIC")


def _discount(sent: object, line: Line) -> Any:
    now = Decimal(line.discount) / UNIT
    if isinstance(sent, Decimal) and sent == now:
        return sent
    return now.normalize() if line.discount else UNSET


# -- copyConfigs --------------------------------------------------------------------------------


def _configs(tx: Tx, item: OrderItem) -> list[CopyConfig]:
    line = item.line
    left: dict[tuple[str, str], list[bool]] = {}
    for each in line.items:
        where = each.temp_library or each.library, each.temp_location or each.location
        left.setdefault(where, []).append(each.receive_date is not None)
    found = []
    for number, config in enumerate(item.configs, 1):
        there = left.get((config.library, config.location), [])
        mine, left[config.library, config.location] = there[: config.copies], there[config.copies :]
        shown_config = kept.restored(CopyConfig, config.extras)
        shown_config.booking = [_booking(tx, each) for each in config.bookings]
        shown_config.branch_id = shown_config.branch_id or branch_id(tx, config.library)
        shown_config.shelving_location_id = shown_config.shelving_location_id or config.location
        shown_config.copy_count = config.copies
        shown_config.copy_config_number = str(number)
        shown_config.invoiced_percentage = _part(item.invoiced, line)
        shown_config.paid_percentage = _part(item.paid, line)
        if line.state is LineState.CANCELLED:
            shown_config.order_status = CANCELLED
        shown_config.receipt_status = RECEIVED if _came(item, mine) else NOT_RECEIVED
        shown_config.purchase_order_item_number = line.oin
        found.append(shown_config)
    return found


def _came(item: OrderItem, copies: list[bool]) -> bool:
    if copies:
        return all(copies)
    return item.activated or (item.line.state in COME and not item.line.items)


def _booking(tx: Tx, booking: ordering.Booking) -> Booking:
    fund = ledger.fund(tx, booking.fund_code)
    shown_booking = kept.restored(Booking, booking.extras)
    shown_booking.budget_account_code = booking.fund_code
    shown_booking.budget_account_name = fund.name if fund is not None else UNSET
    shown_booking.amount = Decimal(booking.amount) if booking.amount else UNSET
    shown_booking.percentage = Decimal(booking.percent) if booking.percent else UNSET
    return shown_booking


def _part(units: int, line: Line) -> Decimal:
    """A part of the line's total in percent."""
    if line.net is None or not line.net.units:
        return Decimal("0.00")
    return (Decimal(units) * 100 / line.net.units).quantize(_HUNDREDTH)


# -- notes --------------------------------------------------------------------------------------


def _notes(line: Line, kinds: list[Mapping[str, Any]]) -> list[Note]:
    """The notes of a line, and of one that waits in review what it waits for."""
    known = kinds if len(kinds) == len(line.notes) else [{}] * len(line.notes)
    found = []
    for note, kind in zip(line.notes, known, strict=True):
        one = kept.restored(Note, kind)
        one.content, one.type, one.alert = note.text, one.type or STAFF, one.alert or NO_ALERT
        found.append(one)
    if line.in_review:
        found += [Note(content=ordering.text_of(alert), type=STAFF, alert=NO_ALERT) for alert in line.alerts]
    return found
