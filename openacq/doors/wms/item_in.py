"""An item as a client sends it, in the words of the ordering desk."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openacq.directory import service as directory
from openacq.doors.wms import item_kinds, kept
from openacq.doors.wms.item_titles import described, knowledge_base, stored
from openacq.doors.wms.item_wire import Booking, CopyConfig, Note, PurchaseOrderItem, Resource
from openacq.doors.wms.registers import branch_code, shelf_code
from openacq.kernel.refusal import Problem
from openacq.ordering import service as ordering
from openacq.ordering.model import PlaceLine, Source, Sum
from openacq.ordering.service import ItemWish
from openacq.store import Tx

_MAPPED = frozenset(
    {
        "copy_configs",
        "insert_time",
        "last_update_time",
        "link",
        "notes",
        "order_item_number",
        "order_item_number_range",
        "ordering_price",
        "quantity",
        "resource",
        "total_price",
        "vendor_order_item_number",
    }
)
"""Members the house has a place of its own for, or that are the server's."""
_OF_CONFIG = frozenset(
    {
        "booking",
        "cancellation_end_date",
        "cancellation_start_date",
        "copy_config_number",
        "copy_count",
        "invoiced_percentage",
        "link",
        "order_status",
        "paid_percentage",
        "purchase_order_item_number",
        "receipt_status",
    }
)
_OF_BOOKING = frozenset({"amount", "budget_account_code", "budget_account_name", "percentage"})
MOST_COPIES = 1_000


def item_wish(tx: Tx, body: PurchaseOrderItem, form: Sequence[Problem]) -> ItemWish:
    """The item a body asks for; what is wrong with its form goes with it, to be told with the rest."""
    problems = list(form)
    configs = tuple(_config(tx, each, at, problems) for at, each in enumerate(_configs(body)))
    notes = [each for each in _notes(body) if each.content and each.content.strip()]
    line = PlaceLine(
        title=described(body.resource),
        owner=configs[0].library if configs else directory.institution(tx).code,
        type=_type(body, problems),
        method=item_kinds.method_of(body.order_type or ""),
        price=Sum(_text(body.ordering_price)),
        discount=_text(body.discount_percentage),
        reference=(body.vendor_order_item_number or body.vendor_order_number or "").strip(),
        notes=tuple(each.content or "" for each in notes),
        source=Source.WMS,
        problems=tuple(problems),
    )
    extras: dict[str, Any] = kept.members(body, _MAPPED)
    extras["resource"] = stored(body.resource)
    extras["notes"] = [kept.members(each, ("content",)) for each in notes]
    return ItemWish(line, configs, extras)


def _configs(body: PurchaseOrderItem) -> Sequence[CopyConfig]:
    return body.copy_configs.copy_config or () if body.copy_configs else ()


def _notes(body: PurchaseOrderItem) -> Sequence[Note]:
    return body.notes.note or () if body.notes else ()


def _text(number: object) -> str:
    return f"{number:f}" if isinstance(number, Decimal) else ""


def _type(body: PurchaseOrderItem, problems: list[Problem]) -> str:
    found = item_kinds.line_type(body.processing_type or "", _material(body))
    if found is None:
        known = ", ".join(item_kinds.PROCESSING)
        problems.append(Problem("code_illegal", "type", body.processing_type, table=known, probable=""))
        return item_kinds.line_type("", "") or ""
    if not isinstance(body.resource, Resource):
        return found
    thing = knowledge_base(body.resource)
    if thing is None:
        return found
    subscribed = item_kinds.word(body.processing_type or "") == item_kinds.SUBSCRIPTION
    kinds = item_kinds.KB_COLLECTION if "collection" in thing[0] else item_kinds.KB_ENTRY
    return kinds[subscribed]


def _material(body: PurchaseOrderItem) -> str:
    resource = body.resource if isinstance(body.resource, Resource) else None
    found = resource.worldcat_resource if resource else None
    return body.material_type or (found.material_type if found else "") or ""


def _config(tx: Tx, given: CopyConfig, at: int, problems: list[Problem]) -> ordering.CopyConfig:
    library = branch_code(tx, (given.branch_id or "").strip())
    count = given.copy_count if isinstance(given.copy_count, int) else 1
    if not 1 <= count <= MOST_COPIES:
        where = f"location[{at}].quantity"
        problems.append(Problem("quantity_invalid", where, count, limit=MOST_COPIES))
        count = 1
    return ordering.CopyConfig(
        library=library,
        location=shelf_code(tx, library, (given.shelving_location_id or "").strip()),
        copies=count,
        bookings=tuple(_booking(each) for each in given.booking or ()),
        extras=kept.members(given, _OF_CONFIG),
    )


def _booking(given: Booking) -> ordering.Booking:
    return ordering.Booking(
        (given.budget_account_code or "").strip(),
        _text(given.percentage),
        _text(given.amount),
        kept.members(given, _OF_BOOKING),
    )
