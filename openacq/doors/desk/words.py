"""Words for what records say in codes: states, sources, fields."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.doors.pages.language import later
from openacq.doors.pages.visit import Visit
from openacq.ordering import service as ordering
from openacq.ordering.model import Alert

LINE_STATES: Mapping[str, str] = MappingProxyType(
    {
        "DRAFT": later("Draft"),
        "INREVIEW": later("In review"),
        "DEFERRED": later("Put aside"),
        "AUTO_PACKAGING": later("Waits for packing"),
        "MANUAL_PACKAGING": later("To be packed by hand"),
        "READY": later("Ready to be sent"),
        "SENT": later("Sent"),
        "WAITING_FOR_INVOICE": later("Waits for the invoice"),
        "WAITING_FOR_RENEWAL": later("Waits for renewal"),
        "WAITING_FOR_MANUAL_RENEWAL": later("To be renewed by hand"),
        "CLOSED": later("Closed"),
        "CANCELLED": later("Cancelled"),
    }
)
ORDER_STATES: Mapping[str, str] = MappingProxyType(
    {
        "DRAFT": later("Draft"),
        "OPEN": later("Open"),
        "APPROVED": later("Approved"),
        "SENT": later("Sent"),
        "CLOSED": later("Closed"),
        "CANCELLED": later("Cancelled"),
    }
)
STATE_KIND: Mapping[str, str] = MappingProxyType(
    {"INREVIEW": "warn", "DEFERRED": "note", "CANCELLED": "bad", "OPEN": "note", "SENT": "good"}
)
"""How the chip of a state looks; the word says it all the same."""
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "API": later("shop of the vendor"),
        "MANUALENTRY": later("by hand"),
        "EOD": later("order file"),
        "PURCHASEREQUEST": later("purchase request"),
        "WMS": later("WorldShare client"),
    }
)
SEND_STATES: Mapping[str, str] = MappingProxyType(
    {"waiting": later("letter waits"), "failed": later("letter failed"), "sent": later("gone out")}
)
ALERTS: Mapping[str, str] = MappingProxyType(
    {
        "account_missing": later("Account missing"),
        "bib_ambiguous": later("Several records match"),
        "bib_brief": later("Brief record"),
        "community_portfolio": later("From the community zone"),
        "fund_foreign": later("No exchange rate"),
        "fund_inactive": later("Fund not active"),
        "fund_library": later("Fund of another library"),
        "fund_missing": later("No fund"),
        "fund_overdrawn": later("Fund overdrawn"),
        "fund_short": later("Fund too short"),
        "fund_summary": later("Fund only groups"),
        "fund_unknown": later("Unknown fund"),
        "held_already": later("Held already"),
        "identifier_doubtful": later("Doubtful number"),
        "location_missing": later("No location"),
        "manual_review": later("Review asked for"),
        "po_not_open": later("Order not open"),
        "portfolio_held": later("Held electronically"),
        "price_missing": later("No price"),
        "reference_long": later("Reference too long"),
        "reference_used": later("Ordered before"),
        "renewal_missing": later("No renewal date"),
        "review_rule": later("Review rule"),
        "shares_differ": later("Funds and price differ"),
        "type_replaced": later("Type replaced"),
        "vendor_missing": later("No vendor"),
        "waits_for_submission": later("Not submitted"),
    }
)
"""The reasons of the review list, short."""


def alert_name(slug: str) -> str:
    return ALERTS.get(slug, slug)


def alert_text(visit: Visit, alert: Alert) -> str:
    """What an alert says, in the visitor's language."""
    return visit.language.gettext(ordering.ALERTS[alert.slug].text).format_map(alert.facts)


def alert_advice(visit: Visit, alert: Alert) -> str:
    """How it is mended."""
    return visit.language.gettext(ordering.ALERTS[alert.slug].fix).format_map(alert.facts)


SENT_BY: Mapping[str, str] = MappingProxyType(
    {
        "letter": later("by letter"),
        "file": later("as a file"),
        "none": later("nothing is sent"),
        "vendor_system": later("ordered in the shop of the vendor"),
    }
)
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "state": later("State"),
        "owner": later("Library"),
        "vendor": later("Vendor"),
        "account": later("Vendor account"),
        "method": later("Acquisition method"),
        "price": later("List price"),
        "quantity": later("Copies"),
        "net": later("Net price"),
        "no_charge": later("Free of charge"),
        "rush": later("Rush"),
        "reference": later("Vendor reference"),
        "material": later("Material"),
        "manual_renewal": later("Renewed by hand"),
        "renewal_date": later("Renewal date"),
        "expected_receipt_date": later("Expected"),
        "po_number": later("Purchase order"),
        "funds": later("Funds"),
        "notes": later("Notes"),
        "interested": later("Interested users"),
        "places": later("Places"),
        "assigned_to": later("Assigned to"),
        "receiving_note": later("Receiving note"),
        "vendor_note": later("Note to the vendor"),
        "deferred_until": later("Put aside until"),
        "deferral_reason": later("Reason"),
    }
)
"""Names of fields in histories."""
