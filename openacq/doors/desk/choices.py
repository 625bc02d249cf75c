"""What is chosen from in forms and facets: vendors, funds, people, places; each once a page."""

from __future__ import annotations

from dataclasses import replace

from openacq.directory import service as directory
from openacq.doors.pages.lists import Choice
from openacq.doors.pages.visit import Visit
from openacq.ledger import service as ledger
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import VendorFilter

MOST = 1_000


def vendor_choices(tx: Tx) -> tuple[Choice, ...]:
    """Vendors that are in use, by name."""

    def load() -> tuple[Choice, ...]:
        found = vendors.vendors(tx, VendorFilter(active=True), MOST)
        return tuple(Choice(vendor.code, vendor.name) for vendor in found.vendors)

    return tx.cached("vendor choices", (), load)


def fund_choices(tx: Tx, library: str = "") -> tuple[Choice, ...]:
    """Funds an order can name today, by code; of one library if it is named."""
    usable = ledger.usable_now(tx)
    if usable is None:
        return ()

    def load() -> tuple[Choice, ...]:
        found = ledger.funds(tx, replace(usable, library=library), MOST)
        return tuple(Choice(fund.code, fund.name) for fund in found.funds)

    return tx.cached("fund choices", (usable.period_id, library), load)


def people_choices(tx: Tx, visit: Visit) -> tuple[Choice, ...]:
    """Who lines may be assigned to: whoever already has some, and the visitor."""
    names = directory.staff(tx)
    own = visit.user
    return tuple(
        Choice(user.primary_id, user.full_name or user.primary_id) for user in names if user.id != own.id
    )


def library_choices(tx: Tx, granted: frozenset[str] | None = None) -> tuple[Choice, ...]:
    return tuple(
        Choice(library.code, library.name)
        for library in directory.libraries(tx)
        if granted is None or library.code in granted
    )
