"""How a library stands with its vendors, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from openacq.ordering import store_figures
from openacq.store import Tx


@dataclass(frozen=True, slots=True)
class VendorFigures:
    """Of one vendor: POs and lines that are neither closed nor cancelled, those of the lines that should have
    come by now, those that wait in review."""

    vendor: str
    open_orders: int = 0
    open_lines: int = 0
    late_lines: int = 0
    in_review: int = 0


def by_vendor(tx: Tx) -> dict[str, VendorFigures]:
    """By vendor code, in two statements; vendors without any open order are left out."""
    orders = store_figures.orders_by_vendor(tx)
    lines = {row.vendor: row for row in store_figures.lines_by_vendor(tx)}
    return {
        vendor: VendorFigures(
            vendor,
            orders.get(vendor, 0),
            *(
                (lines[vendor].open, int(lines[vendor].late), int(lines[vendor].in_review))
                if vendor in lines
                else ()
            ),
        )
        for vendor in sorted(orders.keys() | lines.keys())
    }
