"""Vendors: what we know of them, how their orders stand, and how their calls go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from openacq.calls import service as calls
from openacq.calls.model import CallFigures, Search
from openacq.directory import service as directory
from openacq.directory.model import ApiKey
from openacq.doors.desk.log import outcomes, reasons_of
from openacq.doors.desk.vendors_words import contacts_of, facts_of, names_of
from openacq.doors.desk.words import ORDER_STATES, STATE_KIND
from openacq.doors.hall import Rendered
from openacq.doors.pages.lists import Choice, Facet, Listing, page_of, views
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.kernel.money import percent_text
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor, VendorFilter

DAY = dt.timedelta(hours=24)
MONTH = dt.timedelta(days=30)
MOST_ORDERS = 20
MOST_CALLS = 10
VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; `percent` is None of none."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        return None if not self.whole else (200 * self.part + self.whole) // (2 * self.whole)


@dataclass(frozen=True, slots=True)
class Traffic:
    """The calls about a vendor's orders: how many, refused or failed, and of the lines they made those that
    needed review."""

    calls: int
    errors: Share
    review: Share


def traffic(figures: Sequence[CallFigures]) -> Traffic:
    count = sum(each.calls for each in figures)
    wrong = sum(each.refused + each.faults for each in figures)
    reviewed = sum(each.in_review for each in figures)
    made = sum(each.placed for each in figures) + reviewed
    return Traffic(count, Share(wrong, count), Share(reviewed, made))


# -- the list -----------------------------------------------------------------------------------


def show_list(visit: Visit) -> Rendered:
    """`GET /vendors?q=&active=`."""
    limit, offset = page_of(visit)
    words = tuple(visit.param("q").split()[:10])
    active = {"yes": True, "no": False}.get(visit.param("active"))

    def work(tx: Tx) -> Rendered:
        wanted = VendorFilter(active=active, search=(("", words),) if words else ())
        page = vendors.vendors(
            tx, wanted, 10_000 if visit.wants_csv else limit, 0 if visit.wants_csv else offset
        )
        orders = ordering.figures_by_vendor(tx)
        by_vendor = _by_vendor(calls.figures(tx, tx.now - DAY))
        rows = [
            (
                vendor,
                orders.get(vendor.code, ordering.VendorFigures(vendor.code)),
                traffic(by_vendor.get(vendor.code, ())),
            )
            for vendor in page.vendors
        ]
        if visit.wants_csv:
            head = (
                "code",
                "name",
                "active",
                "open_orders",
                "open_lines",
                "late_lines",
                "in_review",
                "calls_24h",
                "errors_24h",
            )
            return visit.csv(
                "vendors",
                head,
                (
                    (vendor.code, vendor.name, "yes" if vendor.active else "no", figures.open_orders,
                     figures.open_lines, figures.late_lines, figures.in_review, day.calls, day.errors.part)
                    for vendor, figures, day in rows
                ),
            )  # fmt: skip
        choices = (Choice("yes", visit.say("active")), Choice("no", visit.say("not active")))
        return visit.show(
            "vendors.html",
            listing=Listing(
                "vendors",
                visit.say("Vendors"),
                rows,
                page.total,
                offset,
                limit,
                facets=(Facet("active", visit.say("Status"), choices, single=True),),
                search=visit.say("Name or code"),
                views=views(tx, visit, "vendors"),
                empty=visit.say("No vendor fits."),
            ),
        )

    return visit.read(work)


def _by_vendor(figures: Sequence[CallFigures]) -> dict[str, list[CallFigures]]:
    found: dict[str, list[CallFigures]] = {}
    for each in figures:
        found.setdefault(each.vendor, []).append(each)
    return found


# -- one vendor ---------------------------------------------------------------------------------


def show_vendor(visit: Visit) -> Rendered:
    """`GET /vendors/{code}`: details, accounts, orders, connection."""

    def work(tx: Tx) -> Rendered:
        vendor = vendor_of(tx, visit)
        code = vendor.code
        day = calls.figures(tx, tx.now - DAY, code)
        month = calls.figures(tx, tx.now - MONTH, code)
        recent, _ = calls.page(tx, Search(vendor=code), limit=MOST_CALLS)
        changes = history.of(tx, VENDOR, code)
        return visit.show(
            "vendor.html",
            vendor=vendors.without_secrets(vendor),
            figures=ordering.figures_by_vendor(tx).get(code, ordering.VendorFigures(code)),
            orders=ordering.orders(tx, ordering.OrderSearch(vendor=code), limit=MOST_ORDERS),
            order_mail=vendors.reached(vendor, vendor.default_account, "order"),
            claim_mail=vendors.reached(vendor, vendor.default_account, "claim"),
            day=traffic(day),
            month=traffic(month),
            keys=keys_of(directory.api_keys(tx), code, day),
            recent=recent,
            outcomes=outcomes(visit),
            reasons=reasons_of,
            states=ORDER_STATES,
            kinds=STATE_KIND,
            percent=percent_text,
            contacts=contacts_of(visit, vendor),
            interfaces=[
                (sheet.cells["interface.name"], facts_of(tx, visit, sheet, without="interface.name"))
                for sheet in vendors.interfaces(vendor)
            ],
            edi=facts_of(tx, visit, vendors.edi(vendor)),
            changes=changes,
            names=names_of(visit, changes),
        )

    return visit.read(work)


def keys_of(keys: Sequence[ApiKey], vendor: str, day: Sequence[CallFigures]) -> list[tuple[ApiKey, Traffic]]:
    """The keys tied to a vendor, those that are good first, and how their calls of the day went."""
    own = [key for key in keys if key.vendor == vendor]
    own.sort(key=lambda key: (key.revoked is not None, key.name))
    return [(key, traffic([each for each in day if each.key_id == key.id])) for key in own]


def vendor_of(tx: Tx, visit: Visit) -> Vendor:
    """The vendor of the address. Raises Refusal record_missing."""
    vendor = vendors.vendor(tx, visit.path["code"])
    if vendor is None:
        raise Refusal(Problem("record_missing", "vendor", visit.path["code"], what="Vendor"))
    return vendor


PAGES = (
    Page("GET", "/vendors", show_list, right="vendors|order|review"),
    Page("GET", "/vendors/{code}", show_vendor, right="vendors|order|review"),
)
