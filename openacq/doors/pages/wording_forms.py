"""What fields are called in the forms of settings, vendors and the limits of funds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.doors.pages.language import later

VENDORS: Mapping[str, str] = MappingProxyType(
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
REQUEST_RULES: Mapping[str, str] = MappingProxyType(
    {
        "position": later("Place in the order"),
        "enabled": later("Is asked"),
        "user_groups": later("User groups"),
        "roles": later("Roles"),
        "sources": later("Ways in"),
        "most_open": later("Requests not decided yet"),
        "most_in_period": later("Requests in a period"),
        "period_days": later("Days of the period"),
        "required": later("Needed fields"),
        "citation_types": later("Kinds of titles"),
        "formats": later("Formats"),
        "most_cost": later("Cost of one at most"),
        "currency": later("Currency"),
        "merge": later("Joined with the request of somebody else"),
        "import_profile": later("Titles are matched by"),
    }
)
"""Fields of the rules of requests, and of what is settled for all of them."""
LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "own_rules": later("Limits of its own"),
        "overencumbrance_allowed": later("Orders beyond what is allocated"),
        "overencumbrance_limit_percent": later("Beyond it by percent at most"),
        "overencumbrance_warning_percent": later("Warned beyond it by percent"),
        "overexpenditure_allowed": later("Payments beyond what is allocated"),
        "overexpenditure_limit_sum": later("Beyond it by a sum at most"),
        "overexpenditure_warning_sum": later("Warned beyond it by a sum"),
        "encumbrances_prior_to_fiscal_period": later("Orders begin, days before"),
        "expenditures_prior_to_fiscal_period": later("Payments begin, days before"),
        "transfers_prior_to_fiscal_period": later("Transfers begin, days before"),
        "fiscal_period_end_encumbrance_grace_period": later("Orders end, days after"),
        "fiscal_period_end_expenditure_grace_period": later("Payments end, days after"),
    }
)
"""Fields of the limits of funds, by their columns."""
OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "automatic": later("Packed by itself"),
        "wait_minutes": later("Minutes to wait for more lines"),
        "most_lines": later("Most lines of one order"),
        "by_fund": later("Never two funds in one order"),
        "approval": later("Needs approval"),
        "methods": later("Acquisition methods"),
        "above": later("Sum above"),
        "line_type": later("Kind of order"),
        "line_types": later("Line types"),
        "materials": later("Materials"),
        "scopes": later("What it may do"),
        "json": later("JSON it gets"),
        "redirect_uris": later("Where people are sent back to"),
        "secret": later("Secret"),
        "principal_id": later("Id"),
        "principal_idns": later("Name space"),
        "user": later("Member of staff"),
        "access": later("May"),
        "request_line_type": later("A row for"),
    }
)
"""Fields of packing, rules and WSKeys."""
