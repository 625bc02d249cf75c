"""Problems of the ordering desk under the names this dialect has for its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from openacq.kernel.refusal import Problem, Refusal

T = TypeVar("T")

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "acquisition_method": "orderType",
        "copy_number": "copyNumber",
        "currency": "currency",
        "discount": "discountPercentage",
        "exchange_rate": "exchangeRate",
        "location": "copyConfigs.copyConfig",
        "material_type": "materialType",
        "order": "purchaseOrderNumber",
        "order_name": "orderName",
        "owner": "copyConfigs.copyConfig[0].branchId",
        "po_line_id": "orderItemNumber",
        "price": "orderingPrice",
        "price.currency": "currency",
        "price.sum": "orderingPrice",
        "resource_metadata.title": "resource.worldcatResource.title",
        "type": "processingType",
        "vendor": "vendor.vendorId",
        "vendor_reference_number": "vendorOrderItemNumber",
    }
)
_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "copy": "copy",
        "fund_code": "budgetAccountCode",
        "library": "branchId",
        "percent": "percentage",
        "quantity": "copyCount",
        "shelving_location": "shelvingLocationId",
        "sum": "amount",
    }
)
_BOOKING = re.compile(r"fund_distribution\[\d+\]")


def field_of(name: str) -> str:
    """A field as the ordering desk calls it, in the dialect's words."""
    led, _, rest = name.partition(".")
    if led.startswith("OIN-"):
        return f"{led}.{field_of(rest)}"
    if name in _NAMES:
        return _NAMES[name]
    if _BOOKING.match(name):
        name = _BOOKING.sub("copyConfigs.copyConfig.booking", name)
    elif name.startswith("location["):
        name = f"copyConfigs.copyConfig{name.removeprefix('location')}"
    return ".".join(_PARTS.get(part, part) for part in name.split("."))


def in_dialect(work: Callable[[], T]) -> T:
    """What `work` gives; its problems name fields as the dialect does."""
    try:
        return work()
    except Refusal as refused:
        raise Refusal(
            [Problem(each.slug, field_of(each.field), each.value, **each.facts) for each in refused.problems]
        ) from refused
