"""Vendors, budgets and funds. They are read-only in this dialect, so nothing here is ever decoded.

There are two shapes of funds and budgets: flat in the documents of 2012 (`Fund`, `Budget`, under
`/budgets`), and nested in what later clients read under `/acquisitions` (`AllocatedFund`,
`BudgetPeriod`).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from openacq.wire.atom import AtomResource
from openacq.wire.fields import UNSET, Attr, Maybe

_ACQUISITIONS = "http://worldcat.org/xmlschemas/Acquisitions"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ONTOLOGY = "http://purl.org/oclc/ontology/acquisitions/"


def _acquisitions(schema: str) -> tuple[tuple[str, str], ...]:
    place = f"{_ACQUISITIONS} {_ACQUISITIONS}/1.1/Acquisitions-1.1-{schema}.xsd"
    return (("xmlns", _ACQUISITIONS), ("xmlns:xsi", _XSI), ("xsi:schemaLocation", place))


class SelfLink(AtomResource):
    """The address of a thing as funds and vendors have it."""

    rel: Annotated[Maybe[str], Attr()] = UNSET
    href: Annotated[Maybe[str], Attr()] = UNSET


class LookupVendor(AtomResource):
    """A vendor of the vendor information centre. `vendorNumber` is the institution's own number, `LVN-2`,
    and may be empty."""

    xml_root = "lookupVendor"
    prefix = "ns2:"
    xmlns = (
        ("xmlns", "http://worldcat.org/xmlschemas/Vendor-1.0"),
        ("xmlns:ns2", "http://worldcat.org/xmlschemas/LookupVendor-1.0"),
    )
    bare_xmlns = (
        ("xmlns", "http://worldcat.org/xmlschemas/Vendor"),
        ("xmlns:ns2", "http://worldcat.org/xmlschemas/LookupVendor"),
    )

    vendor_id: Maybe[str] = UNSET
    link: Maybe[SelfLink] = UNSET
    name: Maybe[str] = UNSET
    vendor_number: Maybe[str] = UNSET
    country: Maybe[str] = UNSET
    place: Maybe[str] = UNSET
    location: Maybe[str] = UNSET
    is_active: Maybe[bool] = UNSET
    is_shared: Maybe[bool] = UNSET


class BudgetLink(AtomResource):
    """The budget a fund belongs to."""

    link: Maybe[SelfLink] = UNSET


class Budget(AtomResource):
    """A budget (a fiscal period). Of its record only these are documented, and only in words; the names
    are those its searches use."""

    xml_root = "budget"
    xmlns = _acquisitions("budget")
    bare_xmlns = _acquisitions("budget")

    link: Maybe[SelfLink] = UNSET
    budget_period_number: Maybe[str] = UNSET
    budget_name: Maybe[str] = UNSET
    start_date: Maybe[dt.date] = UNSET
    end_date: Maybe[dt.date] = UNSET
    status: Maybe[str] = UNSET


class Fund(AtomResource):
    """A fund as `/budgets/{budget}/funds` has it: `budgeted`, `encumbered`, `paid` its own, `total…`
    with what lies below it; `path` the codes above it, empty for one at the top (`level` 1)."""

    xml_root = "fund"
    xmlns = _acquisitions("fund")
    bare_xmlns = _acquisitions("fund")

    id: Maybe[str] = UNSET
    fund_name: Maybe[str] = UNSET
    fund_code: Maybe[str] = UNSET
    level: Maybe[int] = UNSET
    path: Maybe[str] = UNSET
    budgeted: Maybe[Decimal] = UNSET
    encumbered: Maybe[Decimal] = UNSET
    paid: Maybe[Decimal] = UNSET
    total_budgeted: Maybe[Decimal] = UNSET
    total_encumbered: Maybe[Decimal] = UNSET
    total_paid: Maybe[Decimal] = UNSET
    remaining_balance: Maybe[Decimal] = UNSET
    budget: Maybe[BudgetLink] = UNSET


class PriceSpecification(AtomResource):
    price: Maybe[Decimal] = UNSET
    price_currency: Maybe[str] = UNSET


class Price(AtomResource):
    price_specification: Maybe[PriceSpecification] = UNSET


class Allocation(AtomResource):
    """The money of a fund. `id` is what `/acquisitions/fund/data/{id}` takes."""

    id: Maybe[str] = UNSET
    amount_budgeted: Maybe[Price] = UNSET
    amount_encumbered: Maybe[Price] = UNSET
    amount_expended: Maybe[Price] = UNSET
    amount_remaining: Maybe[Price] = UNSET


class AllocationBox(AtomResource):
    """The member `allocation` that holds the member `allocation`."""

    allocation: Maybe[Allocation] = UNSET


class AllocatedFund(AtomResource):
    """A fund as `/acquisitions/fund` has it."""

    xml_root = "Fund"
    xmlns = (("xmlns", _ONTOLOGY),)
    bare_xmlns = (("xmlns", _ONTOLOGY),)

    name: Maybe[str] = UNSET
    code: Maybe[str] = UNSET
    allocation: Maybe[AllocationBox] = UNSET


class BudgetPeriod(AtomResource):
    """A budget as `/acquisitions/budget` has it; its record is documented nowhere."""

    xml_root = "BudgetPeriod"
    xmlns = (("xmlns", _ONTOLOGY),)
    bare_xmlns = (("xmlns", _ONTOLOGY),)

    id: Maybe[str] = UNSET
    name: Maybe[str] = UNSET
    budget_period_number: Maybe[str] = UNSET
    start_date: Maybe[dt.date] = UNSET
    end_date: Maybe[dt.date] = UNSET
    status: Maybe[str] = UNSET
