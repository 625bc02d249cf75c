"""Words for what stands on a vendor's card and its accounts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.doors.pages.language import later
from openacq.doors.pages.visit import Visit
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor, VendorAccount
from openacq.vendors.service import Entry

ENTRY_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "email": later("E-mail addresses"),
        "address": later("Postal addresses"),
        "phone": later("Telephones"),
        "web_address": later("Web addresses"),
        "person": later("Persons"),
        "note": later("Notes"),
    }
)
PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "order": later("orders"),
        "claim": later("claims"),
        "payment": later("payments"),
        "returns": later("returns"),
        "shipping": later("deliveries"),
    }
)
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "name": later("Name"),
        "kind": later("Kind"),
        "status": later("Status"),
        "additional_code": later("Another code"),
        "financial_sys_code": later("Code in the financial system"),
        "national_tax_id": later("Tax number"),
        "liable_for_vat": later("Liable for VAT"),
        "tax_percentage": later("Tax in percent"),
        "language": later("Language of letters"),
        "currency": later("Currencies"),
        "library": later("Only for"),
        "material_supplier": later("material supplier"),
        "access_provider": later("access provider"),
        "licensor": later("licensor"),
        "governmental": later("governmental"),
        "description": later("Name"),
        "default": later("default"),
        "discount_percent": later("Discount in percent"),
        "payment_method": later("Ways of paying"),
        "expected_receipt_interval": later("Delivers within days"),
        "claiming_interval": later("Claimed after days"),
        "reclaim_interval": later("Claimed again after days"),
        "expected_invoice_interval": later("Invoice within days"),
        "expected_activation_interval": later("Switched on within days"),
        "subscription_interval": later("Days between issues"),
        "renewal_evaluation_interval": later("Looked at before renewal, days"),
        "reference_limit": later("Longest reference number"),
        "send_orders": later("Orders are sent"),
        "order_folder": later("Folder"),
        "order_file": later("File names"),
        "note": later("Note"),
        "email_address": later("E-mail"),
        "line1": later("Line 1"),
        "line2": later("Line 2"),
        "line3": later("Line 3"),
        "line4": later("Line 4"),
        "line5": later("Line 5"),
        "postal_code": later("Postal code"),
        "city": later("City"),
        "state_province": later("State or province"),
        "country": later("Country"),
        "address_note": later("Note about the address"),
        "phone_number": later("Number"),
        "url": later("Address"),
        "first_name": later("First name"),
        "last_name": later("Last name"),
        "content": later("Note"),
        "purposes": later("Used for"),
        "preferred": later("Used before others"),
    }
)
"""Fields of vendors, accounts and entries, by their columns."""
OF_ENTRIES: Mapping[str, str] = MappingProxyType({"description": later("What it is")})
"""Fields that are called otherwise in an entry."""


def word(visit: Visit, field: str, *, entry: bool = False) -> str:
    return visit.say((OF_ENTRIES.get(field) if entry else None) or FIELDS[field])


def told(entry: Entry) -> str:
    """An entry in one line."""
    fields = entry.fields
    if "line1" in fields:
        town = " ".join(part for part in (fields["postal_code"], fields["city"]) if part)
        shown = [fields[f"line{number}"] for number in range(1, 6)]
        return ", ".join(part for part in (*shown, town, fields["state_province"], fields["country"]) if part)
    if "last_name" in fields:
        return " ".join(part for part in fields.values() if part)
    return " · ".join(part for part in fields.values() if part)


def purposes_of(visit: Visit, entry: Entry) -> str:
    return ", ".join(visit.say(PURPOSES[purpose]) for purpose in entry.purposes)


def contacts_of(visit: Visit, holder: Vendor | VendorAccount) -> list[tuple[str, str, tuple[Entry, ...]]]:
    """What a card may hold: (kind, in words, its entries)."""
    kinds = vendors.KINDS if isinstance(holder, Vendor) else vendors.OF_ACCOUNTS
    return [(kind, visit.say(ENTRY_KINDS[kind]), vendors.entries(holder, kind)) for kind in kinds]


def names_of(visit: Visit) -> dict[str, str]:
    """Fields as histories name them: those of an account are "account CODE field"."""
    return {
        **{kind: visit.say(words) for kind, words in ENTRY_KINDS.items()},
        **{name: visit.say(words) for name, words in FIELDS.items()},
    }
