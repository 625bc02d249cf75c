"""The line editor's form: its fields, what stands in them at first, and the wish that was typed.

Fields are called as refusals name them, so that each problem finds its field.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openacq.catalogue.model import Bib, Description
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.desk import wishes
from openacq.doors.desk.choices import fund_choices, library_choices, vendor_choices
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem
from openacq.ordering.model import Line, PlaceLine, PlaceWish, ShareWish, Source, Sum
from openacq.store import Tx
from openacq.vendors import service as vendors

MOST_ROWS = 20
SPARE = 1
_ROW = re.compile(r"(location|fund_distribution)\[(\d{1,2})\]\.")
TITLE_FIELDS = ("title", "author", "isbn", "issn", "edition", "publisher", "place", "year")


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows of places and of funds the form shows."""

    places: int
    funds: int


def rows_of(visit: Visit, line: Line | None = None) -> Rows:
    """The rows that hold something, and a spare one; one more where one was asked for."""
    found = {"location": 0, "fund_distribution": 0}
    for name, values in visit.form.items():
        match = _ROW.match(name)
        if match and any(values):
            found[match[1]] = max(found[match[1]], int(match[2]) + 1)
    if line is not None and not visit.form:
        found = {"location": len(line.places), "fund_distribution": len(line.shares)}
    found["location"] += visit.value("do") == "place"
    found["fund_distribution"] += visit.value("do") == "fund"
    return Rows(
        min(max(found["location"], 1), MOST_ROWS),
        min(max(found["fund_distribution"] + SPARE, 2), MOST_ROWS),
    )


def values_of(line: Line) -> dict[str, str]:
    """What stands in the fields of a line at first."""
    wish = wishes.wish_of(line)
    terms = line.terms
    found = {
        "owner": line.owner,
        "type": line.type,
        "vendor": line.vendor,
        "vendor_account": line.account,
        "acquisition_method": line.method,
        "vendor_reference_number": line.reference,
        "price.sum": wish.price.sum,
        "price.currency": wish.price.currency,
        "vendor_note": terms.vendor_note,
        "receiving_note": terms.receiving_note,
        "material_type": line.material,
        "renewal_date": _day(line.renewal_date),
        "expected_receipt_date": _day(line.expected_receipt_date),
        "note": "\n".join(wish.notes),
        "rush": "yes" if line.rush else "",
        "no_charge": "yes" if line.no_charge else "",
    }
    for at, place in enumerate(line.places):
        found |= {
            f"location[{at}].shelving_location": f"{place.library}/{place.location}",
            f"location[{at}].quantity": str(place.quantity),
        }
    for at, share in enumerate(wish.shares):
        found |= {
            f"fund_distribution[{at}].fund_code": share.fund_code,
            f"fund_distribution[{at}].percent": share.percent,
            f"fund_distribution[{at}].amount": share.amount.sum,
        }
    return found


def values_of_bib(bib: Bib) -> dict[str, str]:
    return {name: getattr(bib, name) for name in TITLE_FIELDS} | {"mms_id": bib.mms_id}


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


# -- what was typed -------------------------------------------------------------------------------


def typed(visit: Visit, line: Line | None) -> PlaceLine:
    """The wish the form holds; of a line that is there already, with what the form does not show."""
    problems: list[Problem] = []
    start = wishes.wish_of(line) if line is not None else PlaceLine(Description(), source=Source.MANUAL)
    currency = visit.value("price.currency")
    terms = replace(
        start.terms,
        vendor_note=visit.value("vendor_note"),
        receiving_note=visit.value("receiving_note"),
    )
    notes = tuple(text for text in (part.strip() for part in visit.value("note").splitlines()) if text)
    return replace(
        start,
        title=_title(visit) if line is None else start.title,
        owner=visit.value("owner"),
        type=visit.value("type", start.type),
        vendor=visit.value("vendor"),
        account=visit.value("vendor_account"),
        method=visit.value("acquisition_method"),
        price=Sum(visit.value("price.sum"), currency if visit.value("price.sum") else ""),
        reference=visit.value("vendor_reference_number"),
        no_charge=visit.value("no_charge") == "yes",
        rush=visit.value("rush") == "yes",
        shares=_shares(visit),
        places=_places(visit, problems),
        notes=notes,
        material=visit.value("material_type"),
        renewal_date=_read_day(visit, "renewal_date", problems),
        expected_receipt_date=_read_day(visit, "expected_receipt_date", problems),
        terms=terms,
        problems=tuple(problems),
    )


def _title(visit: Visit) -> Description:
    return Description(
        mms_id=visit.value("mms_id"),
        title=visit.value("title"),
        author=visit.value("author"),
        isbn=visit.value("isbn"),
        issn=visit.value("issn"),
        edition=visit.value("edition"),
        publisher=visit.value("publisher"),
        place=visit.value("place"),
        year=visit.value("year"),
    )


def _shares(visit: Visit) -> tuple[ShareWish, ...]:
    found = []
    for at in range(MOST_ROWS):
        path = f"fund_distribution[{at}]"
        code, percent = visit.value(f"{path}.fund_code"), visit.value(f"{path}.percent")
        amount = visit.value(f"{path}.amount")
        if code or percent or amount:
            found.append(ShareWish(code, percent, Sum(amount, "")))
    return tuple(found)


def _places(visit: Visit, problems: list[Problem]) -> tuple[PlaceWish, ...]:
    found = []
    for at in range(MOST_ROWS):
        path = f"location[{at}]"
        library, _, location = visit.value(f"{path}.shelving_location").partition("/")
        quantity = visit.value(f"{path}.quantity")
        if not (library or location):
            continue
        if quantity and not (quantity.isascii() and quantity.isdigit() and len(quantity) < 6):
            expected = "a whole number"
            problems.append(Problem("value_wrong_type", f"{path}.quantity", quantity, expected=expected))
            quantity = ""
        found.append(PlaceWish(library, location, int(quantity) if quantity else None))
    return tuple(found)


def _read_day(visit: Visit, name: str, problems: list[Problem]) -> dt.date | None:
    given = visit.value(name)
    try:
        return dt.date.fromisoformat(given) if given else None
    except ValueError:
        problems.append(Problem("value_wrong_type", name, given, expected="a date"))
        return None


# -- what can be chosen ---------------------------------------------------------------------------


def choices(tx: Tx, visit: Visit, vendor_code: str) -> Mapping[str, Any]:
    """What the fields of the form offer, in a constant number of questions to the database."""
    libraries = directory.libraries(tx)
    granted = visit.libraries("order|review")
    return {
        "funds": fund_choices(tx),
        "vendors": _pairs(vendor_choices(tx)),
        "accounts": account_choices(tx, vendor_code),
        "owners": _pairs(library_choices(tx, granted)),
        "locations": [
            (
                library.code,
                library.name,
                [(place.code, place.name) for place in directory.locations(tx, library.code)],
            )
            for library in libraries
        ],
        "types": _codes(tx, "PurchaseType"),
        "methods": _codes(tx, "AcquisitionMethod"),
        "materials": [*_codes(tx, "PhysicalMaterialType"), *_codes(tx, "electronicMaterialType")],
        "currencies": [row.code for row in codes.rows(tx, "CurrencySubset") if row.enabled]
        or [directory.institution(tx).currency],
        "base_currency": directory.institution(tx).currency,
    }


def account_choices(tx: Tx, vendor_code: str) -> list[tuple[str, str]]:
    """The accounts of a vendor that are in use, its default first."""
    vendor = vendors.vendor(tx, vendor_code) if vendor_code else None
    if vendor is None:
        return []
    active = sorted((one for one in vendor.accounts if one.active), key=lambda one: not one.is_default)
    return [(one.code, one.description or one.code) for one in active]


def _codes(tx: Tx, table: str) -> list[tuple[str, str]]:
    return [(row.code, row.description) for row in codes.rows(tx, table) if row.enabled]


def _pairs(found: Sequence[object]) -> list[tuple[str, str]]:
    return [(getattr(one, "value", ""), getattr(one, "label", "")) for one in found]
