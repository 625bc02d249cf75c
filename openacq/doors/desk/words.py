"""Words for what records say in codes: states, sources, fields."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.doors.pages.language import later
from openacq.doors.pages.visit import Visit
from openacq.doors.pages.wording_facts import ALERTS, LINE_STATES, ORDER_STATES
from openacq.ordering import service as ordering
from openacq.ordering.model import Alert

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
        "mms_id": later("Record"),
        "claims_sent": later("Claims"),
        "claim_due": later("Next claim"),
        "received": later("Copies received"),
        "activated": later("Switched on"),
        "copies": later("Copies"),
        "expected": later("Expected"),
        "type": later("Kind of order"),
        "title": later("Title"),
        "assigned_to": later("Assigned to"),
        "receiving_note": later("Receiving note"),
        "vendor_note": later("Note to the vendor"),
        "deferred_until": later("Put aside until"),
        "deferral_reason": later("Reason"),
    }
)
"""Names of fields in histories."""

__all__ = [
    "ALERTS",
    "FIELDS",
    "LINE_STATES",
    "ORDER_STATES",
    "SEND_STATES",
    "SENT_BY",
    "SOURCES",
    "STATE_KIND",
    "alert_advice",
    "alert_name",
    "alert_text",
]
