"""The letter that brings a PO to its vendor: what it says, in which language, and where it goes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.kernel.money import Money, minor_digits, percent_text
from openacq.letters.model import Source, Way, Wish
from openacq.ordering import store
from openacq.ordering.model import LineState, Place
from openacq.ordering.store import LineRow
from openacq.ordering.store_orders import OrderRow
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import SendOrders, Vendor, VendorAccount

KIND = "order"
SOURCE = "purchase_order"
WAYS: Mapping[SendOrders, Way] = {SendOrders.MAIL: Way.MAIL, SendOrders.FOLDER: Way.FOLDER}
BIBS_AT_ONCE = 100

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]+)?")

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a PO goes: `way` is how the account gets its orders, `to` an e-mail address or a folder.

    `problem` says why it cannot go there, "" when it can.
    """

    way: SendOrders
    to: str = ""
    problem: str = ""
    vendor: Vendor | None = None
    account: VendorAccount | None = None


def destination(tx: Tx, order: OrderRow) -> Destination:
    """Where the PO goes by the cards of its vendor and account."""
    return destination_of(tx, order.vendor, order.account)


def destination_of(tx: Tx, vendor_code: str, account_code: str) -> Destination:
    """Where letters about orders of this vendor's account go."""
    vendor = vendors.vendor(tx, vendor_code)
    if vendor is None:
        return Destination(SendOrders.MAIL, problem=f"there is no vendor {vendor_code}")
    account = vendor.account(account_code)
    way = account.send_orders if account else SendOrders.MAIL
    if way is not SendOrders.MAIL:
        folder = account.order_folder if account else ""
        return Destination(way, folder, "", vendor, account)
    address = vendors.reached(vendor, account, "order").email
    of = f"account {account_code} nor vendor {vendor_code}" if account else f"vendor {vendor_code}"
    problem = "" if address else f"neither {of} has an e-mail address for orders"
    if not account and not address:
        problem = f"{of} has no e-mail address for orders"
    return Destination(way, address, problem, vendor, account)


def too_long(lines: Sequence[LineRow], account: VendorAccount | None) -> str:
    """Which vendor references the account does not take, in words; "" when it takes all."""
    limit = account.reference_limit if account else None
    if account is None or limit is None:
        return ""
    numbers = [line.number for line in lines if len(line.reference) > limit]
    if not numbers:
        return ""
    return f"account {account.code} takes vendor references of {limit} characters: {', '.join(numbers)}"


def wish(tx: Tx, order: OrderRow, lines: Sequence[LineRow], to: Destination, *, copy: bool = False) -> Wish:
    """The letter for these lines of the PO. Every letter of a PO is an occasion of its own, by its number."""
    nth = order.letters + 1
    return Wish(
        kind=KIND,
        occasion=f"{SOURCE} {order.number} {nth}",
        recipient=to.to,
        facts=facts(tx, order, lines, to, copy=copy),
        language=language_of(to.vendor),
        source=Source(SOURCE, order.number),
        sender_name=_library_name(tx, order.owner),
        reply_to=_department(tx, order.owner)[0],
        way=WAYS.get(to.way, Way.MAIL),
        file_name=to.account.order_file if to.account else "",
        file_number=order.number if nth == 1 else f"{order.number}-{nth}",
    )


def language_of(vendor: Vendor | None) -> str:
    given = vendor.language if vendor else ""
    return given if _LANGUAGE.fullmatch(given) else "en"


# -- what it says -------------------------------------------------------------------------------


def facts(tx: Tx, order: OrderRow, lines: Sequence[LineRow], to: Destination, *, copy: bool = False) -> Facts:
    """The facts of the letter; statements do not grow with the lines."""
    wanted = sorted({line.mms_id for line in lines})
    bibs = {
        bib.mms_id: bib
        for first in range(0, len(wanted), BIBS_AT_ONCE)
        for bib in catalogue.bibs(tx, wanted[first : first + BIBS_AT_ONCE])
    }
    places = store.places_of(tx, [line.id for line in lines])
    library = _library_name(tx, order.owner)
    email, phone = _department(tx, order.owner)
    institution = directory.institution(tx)
    total = _money(sum(line.net_units or 0 for line in lines), order.currency)
    reached = vendors.reached(to.vendor, to.account, "order") if to.vendor else vendors.Reached()
    return {
        "date": tx.today,
        "institution": {"name": institution.name, "url": institution.public_url},
        "library": {"name": library, "email": email, "phone": phone},
        "vendor": {
            "name": to.vendor.name if to.vendor else order.vendor,
            "address": reached.address,
            "account": order.account,
            "contact": reached.contact,
        },
        "order": {
            "number": order.number,
            "date": tx.today,
            "is_copy": copy,
            "total": total.text() if total.units else "",
            "currency": order.currency,
            "ship_to": (library, institution.name),
            "bill_to": (institution.name,),
        },
        "lines": tuple(_line(tx, line, bibs.get(line.mms_id), places.get(line.id, ())) for line in lines),
    }


def _line(tx: Tx, line: LineRow, bib: Bib | None, places: Sequence[Place]) -> Facts:
    terms = store.terms_of(line)
    about = {
        "title": bib.title if bib else line.title,
        "author": bib.author if bib else "",
        "edition": bib.edition if bib else "",
        "publisher": bib.publisher if bib else "",
        "year": bib.year if bib else "",
        "isbn": bib.isbn if bib else "",
        "issn": bib.issn if bib else "",
    }
    price = None
    if line.price_units is not None and not line.no_charge:
        price = Money(line.price_units, line.currency, line.price_scale)
    net = None if line.net_units is None or price is None else _money(line.net_units, line.currency)
    return about | {
        "number": line.number,
        "reference": line.reference,
        "type": codes.describe(tx, "PurchaseType", line.type),
        "quantity": line.quantity,
        "price": price.text() if price else "",
        "discount": percent_text(line.discount) if line.discount and price else "",
        "total": net.text() if net else "",
        "currency": line.currency,
        "rush": line.rush,
        "destination": "; ".join(_place(tx, place, many=len(places) > 1) for place in places),
        "note": terms.vendor_note,
    }


def _place(tx: Tx, place: Place, *, many: bool) -> str:
    library = directory.library(tx, place.library)
    location = directory.location(tx, place.library, place.location)
    names = [library.name if library else place.library, location.name if location else place.location]
    words = ", ".join(name for name in names if name)
    return f"{place.quantity} x {words}" if many else words


def _money(units: int, currency: str) -> Money:
    return Money(units, currency, minor_digits(currency or "XXX"))


def _library_name(tx: Tx, owner: str) -> str:
    library = directory.library(tx, owner)
    return library.name if library else directory.institution(tx).name


def _department(tx: Tx, owner: str) -> tuple[str, str]:
    """E-mail and telephone of the acquisition department that answers for a library."""
    library = directory.library(tx, owner)
    chosen = library.acquisition_departments if library else ()
    department = directory.department(tx, chosen[0]) if chosen else None
    return (department.email, department.phone) if department else ("", "")


def live(lines: Sequence[LineRow]) -> list[LineRow]:
    """The lines that are not cancelled."""
    return [line for line in lines if line.state != LineState.CANCELLED.value]
