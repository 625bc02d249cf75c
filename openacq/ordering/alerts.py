"""The alert catalogue: why a line needs a look, who can fix it, and how.

Texts are filled from the alert's facts. The sentence about held copies is the one Alma shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from openacq.ordering.model import Alert, AlertInWords, Severity

LIBRARY = "acquisitions staff"
MONEY = "whoever allocates funds"
VENDOR = "the vendor"


@dataclass(frozen=True, slots=True)
class Entry:
    severity: Severity
    text: str
    who: str
    fix: str


def _blocking(text: str, who: str, fix: str) -> Entry:
    return Entry(Severity.BLOCKING, text, who, fix)


def _information(text: str, who: str, fix: str) -> Entry:
    return Entry(Severity.INFORMATION, text, who, fix)


ALERTS: Mapping[str, Entry] = MappingProxyType(
    {
        "account_missing": _blocking(
            "The vendor account is missing.", LIBRARY, "Choose an account of vendor {vendor}.{default}"
        ),
        "bib_ambiguous": _blocking(
            "More than one record matches the title: {hits}; {mms_id} was taken.",
            LIBRARY,
            "Compare the records and relink the line if another one is meant.",
        ),
        "bib_brief": _information(
            "A brief record was made for this order.",
            LIBRARY,
            "Overlay it with a full record when one is loaded.",
        ),
        "community_portfolio": _information(
            "Found in the community zone, collection {collection}; the portfolio is not available yet.",
            LIBRARY,
            "Switch the portfolio on when access works.",
        ),
        "fund_foreign": _blocking(
            "There is no exchange rate from {currency} to {fund_currency} for fund {fund}.",
            MONEY,
            "Load a rate, then order again from the review list.",
        ),
        "fund_inactive": _blocking(
            "Fund {fund} is not active.", MONEY, "Activate it or choose another fund."
        ),
        "fund_library": _blocking(
            "Fund {fund} is not available for library {library}.", LIBRARY, "Choose a fund of that library."
        ),
        "fund_missing": _blocking(
            "No fund is given.", LIBRARY, "Distribute the price over one or more funds."
        ),
        "fund_overdrawn": _information(
            "Fund {fund} is overdrawn by {overdrawn} {currency}.", MONEY, "Allocate money or watch the fund."
        ),
        "fund_short": _blocking(
            "Fund {fund} has {free} {currency} free; {short} {currency} are missing.",
            MONEY,
            "Allocate {short} {currency} or more to {fund}, or choose another fund.",
        ),
        "fund_summary": _blocking(
            "Fund {fund} only groups other funds and cannot pay.",
            LIBRARY,
            "Choose an allocated fund below it.",
        ),
        "fund_unknown": _blocking(
            "There is no fund {fund}.{probable}", LIBRARY, "Choose a fund of the active period."
        ),
        "held_already": _blocking(
            "The ordered resource already exists in the Inventory:  {copies} copies in library: {library}.",
            LIBRARY,
            "Order now if another copy is wanted, or cancel.",
        ),
        "identifier_doubtful": _information(
            "{kind} {value} has a wrong check digit and was not used for matching.",
            VENDOR,
            "Send the identifier as printed.",
        ),
        "location_missing": _blocking(
            "No library and location are given for the copies.", LIBRARY, "Enter where the copies go."
        ),
        "manual_review": _blocking(
            "Manual review was asked for.", LIBRARY, "Look the line over and order it, or cancel."
        ),
        "on_order_already": _blocking(
            "The ordered resource is already on order:  {copies} copies for library: {library}.",
            LIBRARY,
            "Order now if another copy is wanted, or cancel.",
        ),
        "po_not_open": _information(
            "There is no open order {po} for lines of this vendor.",
            LIBRARY,
            "Nothing: packaging chooses another order, or a new one.",
        ),
        "portfolio_held": _blocking(
            "The ordered resource already exists in the Inventory:  portfolio {portfolio}.",
            LIBRARY,
            "Order now if this is an upgrade, or cancel.",
        ),
        "price_missing": _blocking("The price is missing.", LIBRARY, "Enter the list price of one copy."),
        "reference_used": _blocking(
            "The vendor reference {reference} is already used by {numbers}.",
            LIBRARY,
            "Cancel this line if it is a repetition, or order now.",
        ),
        "reference_long": _blocking(
            "The vendor reference is longer than the {limit} characters account {account} takes.",
            VENDOR,
            "Shorten the reference before the order is sent.",
        ),
        "renewal_missing": _blocking(
            "The renewal date is missing; continuous and standing orders need one.",
            LIBRARY,
            "Enter the date of the next renewal.",
        ),
        "review_rule": _blocking(
            "Review rule {rule} caught the line.", LIBRARY, "Look the line over and order it, or cancel."
        ),
        "shares_differ": _blocking(
            "The funds cover {covered} of {net} {currency}{discounted}.",
            LIBRARY,
            "Make the shares add up to the price.{hint}",
        ),
        "type_replaced": _information(
            "Order type {asked} is switched off; {used} was used.",
            LIBRARY,
            "Change the type if another is meant.",
        ),
        "vendor_missing": _blocking("The vendor is missing.", LIBRARY, "Choose the vendor."),
        "waits_for_submission": _blocking(
            "The line waits for its order to be submitted.", LIBRARY, "Submit the order."
        ),
    }
)


def alert(slug: str, severity: Severity | None = None, **facts: str) -> Alert:
    """An alert of the catalogue with its facts; `severity` overrides the catalogue's."""
    return Alert(slug, severity or ALERTS[slug].severity, facts)


def text_of(given: Alert) -> str:
    """What the alert says."""
    return ALERTS[given.slug].text.format_map(given.facts)


def in_words(given: Alert) -> AlertInWords:
    entry = ALERTS[given.slug]
    return AlertInWords(
        given.slug,
        given.severity,
        text_of(given),
        entry.who,
        entry.fix.format_map(given.facts),
    )
