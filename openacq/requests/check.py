"""What a request says, held against the registers. All that is wrong is told at once, in Alma's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from openacq.catalogue import service as catalogue
from openacq.codes import service as codes
from openacq.codes.model import CodeTable
from openacq.directory import service as directory
from openacq.kernel.money import Money, NotMoney
from openacq.kernel.refusal import Problem, probable
from openacq.kernel.text import clean, nearest, one_line
from openacq.ledger import service as ledger
from openacq.ordering.model import Sum
from openacq.requests.model import CITATIONS, FORMATS, MATERIALS, Actor, Metadata, Place, PlaceAsked, Wish
from openacq.store import Tx
from openacq.vendors import service as vendors

PHYSICAL_TABLE = "PhysicalMaterialType"
ELECTRONIC = "E"
JOURNAL, BOOK = "JOURNAL", "BOOK"
MOST_COPIES = 1_000
"""Most copies of one request, as of one PO line."""


@dataclass(slots=True)
class Checked:
    """A wish whose every code is known. Filled by `check`."""

    metadata: Metadata
    format: str = ""
    requested_type: str = ""
    owning_library: str = ""
    cost: Money | None = None
    fund: str = ""
    vendor: str = ""
    vendor_account: str = ""
    email: str = ""
    requester_note: str = ""
    notes: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


def check(tx: Tx, wish: Wish, actor: Actor, problems: list[Problem]) -> Checked:
    """The wish with its texts cleaned and its codes known. Adds every problem `ask.ask` names but those of
    rules and requester; what could not be read is left out of what is returned."""
    checked = Checked(_cleaned(wish.metadata or Metadata()))
    _check_title(tx, wish, checked, problems)
    checked.format = _format(tx, wish, problems)
    _check_citation(tx, checked, problems)
    _check_material(tx, wish, checked, problems)
    checked.owning_library = _owner(tx, wish, actor, problems)
    checked.cost = _cost(tx, wish.estimated_cost, problems)
    _check_vendor(tx, wish, checked, problems)
    checked.fund = _fund(tx, wish, actor, problems)
    if checked.format != ELECTRONIC:
        checked.places = _places(tx, wish.places, actor, problems)
    checked.email = one_line(wish.email)
    checked.requester_note = clean(wish.requester_note)
    checked.notes = tuple(text for note in wish.notes if (text := clean(note)))
    return checked


def _cleaned(metadata: Metadata) -> Metadata:
    return Metadata(**{each.name: one_line(getattr(metadata, each.name)) for each in fields(Metadata)})


def _check_title(tx: Tx, wish: Wish, checked: Checked, problems: list[Problem]) -> None:
    said = checked.metadata
    if wish.metadata is None or not any(getattr(said, each.name) for each in fields(Metadata)):
        problems.append(Problem("request_metadata_missing", "resource_metadata"))
    elif said.mms_id:
        if catalogue.bib(tx, said.mms_id) is None:
            problems.append(Problem("request_bib_unknown", "resource_metadata.mms_id", said.mms_id))
    elif not said.title:
        problems.append(Problem("request_title_missing", "resource_metadata.title"))


def _format(tx: Tx, wish: Wish, problems: list[Problem]) -> str:
    table = codes.known_table(tx, FORMATS)
    if not wish.format:
        return table.default.code if table.default else ""
    if table.check("format", wish.format):
        problems.append(_unknown("request_format_unknown", "format", wish.format, table))
    return wish.format


def _unknown(slug: str, field: str, value: str, table: CodeTable) -> Problem:
    return Problem(slug, field, value, valid=valid_codes(table), probable=probable(table.nearest(value)))


def valid_codes(table: CodeTable) -> str:
    """The codes of a table that may be used, "[BOOK,JOURNAL]"."""
    return f"[{','.join(row.code for row in table.rows if row.enabled)}]"


def _check_citation(tx: Tx, checked: Checked, problems: list[Problem]) -> None:
    """Mandatory without mms_id; with one it is passed over like the other metadata unless it can be used."""
    table = codes.known_table(tx, CITATIONS)
    said = checked.metadata
    if table.check("", said.citation_type) is None:
        return
    if said.mms_id:
        checked.metadata = Metadata(**{**_texts(said), "citation_type": ""})
        return
    where = "resource_metadata.citation_type"
    if not said.citation_type:
        if any(_texts(said).values()):  # of no metadata at all enough is said
            problems.append(Problem("request_citation_missing", where, valid=valid_codes(table)))
        return
    problems.append(_unknown("request_citation_unknown", where, said.citation_type, table))


def _texts(metadata: Metadata) -> dict[str, str]:
    return {each.name: getattr(metadata, each.name) for each in fields(Metadata)}


def _check_material(tx: Tx, wish: Wish, checked: Checked, problems: list[Problem]) -> None:
    if not wish.requested_type:
        return
    table = codes.known_table(tx, MATERIALS.get(checked.format, PHYSICAL_TABLE))
    if table.check("", wish.requested_type) is None:
        checked.requested_type = wish.requested_type
        return
    problems.append(
        Problem(
            "request_material_unknown",
            "requested_type",
            wish.requested_type,
            table=table.name,
            format=checked.format,
            valid=valid_codes(table),
            probable=probable(table.nearest(wish.requested_type)),
        )
    )


def _owner(tx: Tx, wish: Wish, actor: Actor, problems: list[Problem]) -> str:
    code = wish.owning_library
    if code and not _knows_library(tx, code, actor):
        meant = probable(_of(actor, directory.nearest_library(tx, code)))
        problems.append(Problem("request_library_unknown", "owning_library", code, probable=meant))
    return code


def _knows_library(tx: Tx, code: str, actor: Actor) -> bool:
    return directory.library(tx, code) is not None and (actor.libraries is None or code in actor.libraries)


def _of(actor: Actor, libraries: Sequence[str]) -> list[str]:
    return [code for code in libraries if actor.libraries is None or code in actor.libraries]


def _cost(tx: Tx, given: Sum, problems: list[Problem]) -> Money | None:
    text = given.sum.strip()
    if not text:
        return None
    if not given.currency:
        problems.append(Problem("request_currency_missing", "estimated_cost.currency"))
        return None
    table = codes.known_table(tx, "CurrencySubset")
    own = directory.institution(tx).currency
    if given.currency != own and table.check("", given.currency) is not None:
        meant = probable(table.nearest(given.currency))
        where = "estimated_cost.currency"
        problems.append(Problem("request_currency_unknown", where, given.currency, probable=meant))
        return None
    try:
        return Money.parse(text, given.currency)
    except NotMoney as error:
        problems.append(Problem("request_sum_invalid", "estimated_cost.sum", given.sum, reason=error.reason))
        return None


def _check_vendor(tx: Tx, wish: Wish, checked: Checked, problems: list[Problem]) -> None:
    """A vendor comes with an account, an account with its vendor."""
    checked.vendor, checked.vendor_account = wish.vendor, wish.vendor_account
    if not wish.vendor and not wish.vendor_account:
        return
    vendor = vendors.vendor(tx, wish.vendor) if wish.vendor else None
    if wish.vendor and (vendor is None or not vendor.active):
        meant = probable(vendors.similar_codes(tx, wish.vendor))
        problems.append(Problem("request_vendor_unknown", "vendor", wish.vendor, probable=meant))
        return
    known = tuple(each.code for each in vendor.accounts if each.active) if vendor else ()
    if vendor is None or not wish.vendor_account:
        where = "vendor_account" if vendor else "vendor"
        problems.append(Problem("request_account_missing", where, probable=probable(known)))
        return
    account = vendor.account(wish.vendor_account)
    if account is None or not account.active:
        meant = probable(nearest(wish.vendor_account, known))
        problems.append(
            Problem(
                "request_account_unknown",
                "vendor_account",
                wish.vendor_account,
                vendor=wish.vendor,
                probable=meant,
            )
        )


def _fund(tx: Tx, wish: Wish, actor: Actor, problems: list[Problem]) -> str:
    code = wish.fund
    if code:
        fund = ledger.fund(tx, code)
        if fund is None or not fund.takes_orders or (actor.funds is not None and code not in actor.funds):
            meant = probable(ledger.similar_codes(tx, code, actor.funds))
            problems.append(Problem("request_fund_unknown", "fund", code, probable=meant))
    return code


def _places(tx: Tx, asked: Sequence[PlaceAsked], actor: Actor, problems: list[Problem]) -> tuple[Place, ...]:
    found = []
    for number, place in enumerate(asked):
        path = f"locations.location[{number}]"
        if not place.library:
            problems.append(Problem("request_place_library_missing", f"{path}.library"))
            continue
        if not _knows_library(tx, place.library, actor):
            meant = probable(_of(actor, directory.nearest_library(tx, place.library)))
            problems.append(
                Problem("request_place_library_unknown", f"{path}.library", place.library, probable=meant)
            )
            continue
        location = place.shelving_location
        if location and directory.location(tx, place.library, location) is None:
            problems.append(
                Problem(
                    "request_place_unknown",
                    f"{path}.shelving_location",
                    location,
                    library=place.library,
                    probable=probable(directory.nearest_location(tx, place.library, location)),
                )
            )
        quantity = 1 if place.quantity is None else place.quantity
        if not 1 <= quantity <= MOST_COPIES:
            problems.append(
                Problem("request_quantity_invalid", f"{path}.quantity", quantity, limit=MOST_COPIES)
            )
        found.append(Place(place.library, location, quantity))
    total = sum(place.quantity for place in found)
    if total > MOST_COPIES and not any(each.slug == "request_quantity_invalid" for each in problems):
        problems.append(Problem("request_quantity_invalid", "locations", total, limit=MOST_COPIES))
    return tuple(found)
