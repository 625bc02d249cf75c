"""Tables of the vendors' register. Percents are 1/10000 of a percent, intervals whole days."""

from __future__ import annotations

from sqlalchemy import Boolean

from openacq.store.schema import BigInteger, Column, Json, Text, key, lookup, reference, table


def _words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


vendors = table(
    "vendors",
    key("id"),
    Column("uuid", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    _flag("active"),
    _words("additional_code"),
    _words("financial_sys_code"),
    _words("national_tax_id"),
    _flag("liable_for_vat"),
    _words("language"),
    _flag("material_supplier"),
    _flag("access_provider"),
    _flag("licensor"),
    _flag("governmental"),
    _words("tax_percentage"),
    Column("currencies", Json, nullable=False),
    Column("libraries", Json, nullable=False),
    Column("details", Json, nullable=False),
    _words("code_folded"),
    _words("name_folded"),
    _words("library_folded"),
    _words("interface_name_folded"),
    lookup("uq_vendors_code", "code", unique=True),
    lookup("uq_vendors_uuid", "uuid", unique=True),
    lookup("uq_vendors_number", "number", unique=True),
)
"""`details` is what the server only keeps: contact_info, contact_person, interface, edi_info, note.
The `*_folded` columns are the forms searched in."""

vendor_accounts = table(
    "vendor_accounts",
    key("id"),
    Column("vendor", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    _words("description"),
    _flag("active"),
    _flag("is_default"),
    Column("discount", BigInteger, nullable=False),
    _words("currency"),
    Column("payment_methods", Json, nullable=False),
    Column("expected_receipt_interval", BigInteger),
    Column("claiming_interval", BigInteger),
    Column("reclaim_interval", BigInteger),
    Column("expected_invoice_interval", BigInteger),
    Column("expected_activation_interval", BigInteger),
    Column("subscription_interval", BigInteger),
    Column("renewal_evaluation_interval", BigInteger),
    Column("reference_limit", BigInteger),
    Column("send_orders", Text, nullable=False),
    _words("order_folder"),
    _words("order_file"),
    _words("financial_sys_code"),
    _words("note"),
    Column("libraries", Json, nullable=False),
    Column("details", Json, nullable=False),
    reference(["vendor"], "vendors", ["id"]),
    lookup("uq_vendor_accounts_code", "code", unique=True),
    lookup("ix_vendor_accounts_vendor", "vendor"),
)
