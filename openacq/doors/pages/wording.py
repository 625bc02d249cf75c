"""Refusals as pages say them: in the visitor's language, fields by the labels of the forms, states, moves
and reasons in words.

The catalogue's texts are written for callers, who know fields and codes. Their German stands in
`locale/de/refusals.po`; what a form says better in other words than a call has them in `ON_PAGES`. A
fact no word is known for is said as it is: data are never translated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from openacq.doors.pages.language import Language, later
from openacq.doors.pages.wording_cards import INTERFACES
from openacq.doors.pages.wording_facts import ALERTS, EVENTS, PHRASES, RIGHTS, STATES, THINGS, WITH_FIGURES
from openacq.doors.pages.wording_forms import LIMITS, OTHERS, REQUEST_RULES, VENDORS
from openacq.kernel.refusal import Problem

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        **VENDORS,
        **REQUEST_RULES,
        **LIMITS,
        **OTHERS,
        **INTERFACES,
        "acknowledged": later("Receiving note"),
        "acquisition_method": later("Acquisition method"),
        "amount": later("Amount"),
        "answer": later("Your answer"),
        "attributes": later("What it brings with it"),
        "author": later("Author"),
        "barcode": later("Barcode"),
        "barcodes": later("New barcodes"),
        "base_status": later("Status"),
        "citation_type": later("It is a"),
        "code": later("Code"),
        "comment": later("Comment"),
        "copies": later("Copies"),
        "currency": later("Currency"),
        "day": later("Day"),
        "default_line_type": later("Instead of a line type that is switched off"),
        "department": later("Department"),
        "description": later("Words"),
        "duplicates": later("A title that is held or on order already"),
        "edition": later("Edition"),
        "email": later("E-mail"),
        "emails": later("E-mail"),
        "enabled": later("May be used"),
        "end": later("Until"),
        "environment": later("For"),
        "estimated_cost": later("Price"),
        "expected_receipt_date": later("Expected"),
        "first_name": later("First name"),
        "format": later("Format"),
        "fund": later("Fund"),
        "fund_code": later("Fund"),
        "fund_distribution": later("Funds"),
        "funds": later("Only these funds"),
        "html": later("HTML"),
        "isbn": later("ISBN"),
        "issn": later("ISSN"),
        "item_policy": later("Item policy"),
        "key": later("Key"),
        "kind": later("Kind"),
        "language": later("Language"),
        "last_name": later("Last name"),
        "libraries": later("Only these libraries"),
        "library": later("Library"),
        "location": later("Place"),
        "match": later("Titles are matched by"),
        "match_serial": later("Serials are matched by"),
        "material_type": later("Material"),
        "method": later("Acquisition method"),
        "mms_id": later("Record"),
        "name": later("Name"),
        "no_charge": later("Free of charge"),
        "note": later("Note"),
        "number": later("Line"),
        "on": later("Received on"),
        "order": later("Purchase order"),
        "owner": later("Library that orders"),
        "owning_library": later("Library"),
        "password": later("Password"),
        "percent": later("Percent"),
        "permanent_library": later("Library"),
        "permanent_shelving_location": later("Location"),
        "place": later("Place of publication"),
        "po_number": later("Purchase order"),
        "position": later("Place in the order"),
        "price": later("Price"),
        "price_above": later("Price above"),
        "price_below": later("Price below"),
        "primary_id": later("Primary id"),
        "publication_year": later("Year"),
        "publisher": later("Publisher"),
        "quantity": later("Copies"),
        "rate_limit": later("Calls per second"),
        "reason": later("Reason"),
        "receiving_note": later("Receiving note"),
        "recipient": later("Another address"),
        "reference": later("Reference"),
        "reject_reason": later("Reason"),
        "related_fund": later("To the fund"),
        "renewal_date": later("Renewal date"),
        "renewal_period": later("Renewal period"),
        "requested_type": later("Material"),
        "requester": later("Requester"),
        "role": later("Role"),
        "rush": later("Rush"),
        "scans": later("Scans"),
        "scope": later("For"),
        "shelving_location": later("Library and location"),
        "since": later("From"),
        "status": later("Status"),
        "subject": later("Subject"),
        "sum": later("Price"),
        "target": later("Action"),
        "text": later("Text"),
        "title": later("Title"),
        "type": later("Kind of order"),
        "until": later("Until"),
        "vendor": later("Vendor"),
        "vendor_account": later("Vendor account"),
        "vendor_note": later("Note to the vendor"),
        "vendor_reference_number": later("Vendor reference"),
        "vendors": later("Vendors"),
        "volume": later("Volume"),
        "year": later("Year"),
    }
)
"""What fields are called in the forms, by the name refusals give them or its last part."""

_ROWS: Mapping[str, str] = MappingProxyType(
    {"fund_distribution": later("Fund %(num)s"), "location": later("Place %(num)s")}
)
_ROW = re.compile(r"(\w+)\[(\d{1,3})\](?:\.(.+))?")

ON_PAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "field_missing": (later("{field} is missing."), later("Fill it in.")),
        "code_taken": (later("{field} {value} exists already."), later("Choose another one.")),
        "code_illegal": (
            later("{field}: {value} is not known."),
            later("Choose from the list ({table}).{probable}"),
        ),
        "value_wrong_type": (
            later("{field}: {value} is not {expected}."),
            later("What is needed is {expected}."),
        ),
        "quantity_invalid": (
            later("{field}: {value} is not a valid quantity."),
            later("Type a whole number from 1 to {limit}."),
        ),
        "price_invalid": (
            later("{field}: {value} is not a valid sum: {reason}."),
            later("Type a plain number with a decimal point, such as 12.50."),
        ),
        "price_negative": (later("{field} {value} is negative."), later("Type zero or more.")),
        "vendor_unknown": (later("There is no vendor {value}."), later("Choose an active vendor.{probable}")),
        "account_unknown": (
            later("{value} is not an account of vendor {vendor}."),
            later("Choose an account of that vendor.{probable}"),
        ),
        "owner_unknown": (
            later("There is no library {value}."),
            later("Choose a library of the institution.{probable}"),
        ),
        "fund_invalid": (later("There is no fund {value}."), later("Choose an active fund.{probable}")),
        "location_unknown": (
            later("{field}: library {library} has no location {value}."),
            later("Choose a location of that library.{probable}"),
        ),
    }
)
"""Message and advice of what is met in forms, where a call is told something else."""

_BY_FACT: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "state": STATES,
        "standing": STATES,
        "event": EVENTS,
        "possible": {**STATES, **EVENTS},
        "missing": ALERTS,
        "right": RIGHTS,
        "what": THINGS,
    }
)
_SAID = frozenset({"reason", "expected", "valid", "fields", "other", *_BY_FACT})
_MEANT = re.compile(r" Did you mean (.+)\?")


def label(tongue: Language, field: str) -> str:
    """What a field is called on the page: "Fund 2, Percent" for `fund_distribution[1].percent`."""
    row = _ROW.fullmatch(field)
    if row and row[1] in _ROWS:
        where = tongue.say(_ROWS[row[1]], num=int(row[2]) + 1)
        return f"{where}, {label(tongue, row[3])}" if row[3] else where
    whole = re.sub(r"\[\d+\]", "", field)
    name = whole if whole in FIELDS else whole.rpartition(".")[2]
    return tongue.gettext(FIELDS[name]) if name in FIELDS else field


def message(tongue: Language, problem: Problem) -> str:
    """What is wrong, for a page."""
    text = ON_PAGES.get(problem.slug, (problem.entry.message, ""))[0]
    return tongue.gettext(text).format(**_facts(tongue, problem))


def advice(tongue: Language, problem: Problem) -> str:
    """What to do about it, for a page."""
    text = ON_PAGES.get(problem.slug, ("", problem.entry.advice))[1]
    return tongue.gettext(text).format(**_facts(tongue, problem))


def _facts(tongue: Language, problem: Problem) -> dict[str, object]:
    facts: dict[str, object] = {"field": label(tongue, problem.field), "value": problem.value}
    for name, given in problem.facts.items():
        facts[name] = given
        if name == "probable":
            facts[name] = _probable(tongue, str(given))
        elif name in _SAID and isinstance(given, str):
            facts[name] = said(tongue, given, _BY_FACT.get(name, {}))
    return facts


def said(tongue: Language, given: str, known: Mapping[str, str]) -> str:
    """A fact in words, piece by piece where it lists several."""
    one = _one(tongue, given, known)
    if one is not None:
        return one
    for between in ("; ", " / ", ", "):
        pieces = given.split(between)
        if len(pieces) > 1:
            return between.join(_one(tongue, piece, known) or piece for piece in pieces)
    return given


def _one(tongue: Language, given: str, known: Mapping[str, str]) -> str | None:
    if given in known:
        return tongue.gettext(known[given])
    if given in PHRASES:
        return tongue.gettext(given)
    for pattern, text in WITH_FIGURES:
        match = pattern.fullmatch(given)
        if match:
            figures = match.groupdict()
            if "state" in figures:
                figures["state"] = said(tongue, figures["state"], STATES)
            if "possible" in figures:
                figures["possible"] = said(tongue, figures["possible"], EVENTS)
            return tongue.say(text, **figures)
    return None


def _probable(tongue: Language, given: str) -> str:
    match = _MEANT.fullmatch(given)
    if match is None:
        return given
    names = tongue.gettext(" or ").join(match[1].split(" or "))
    return tongue.say(" Did you mean %(names)s?", names=names)
