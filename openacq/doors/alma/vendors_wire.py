"""Vendors as Alma's JSON and XML write them, with everything on their cards."""

from __future__ import annotations

from typing import Annotated

from openacq.wire.model import UNSET, Attr, Coded, Link, Maybe, NoteText, Wire, Wrapped

Total = Annotated[Maybe[int], Attr()]


class VendorLibrary(Wire):
    include_sub_units: Annotated[Maybe[bool], Attr()] = UNSET
    code: Maybe[Coded] = UNSET


# -- how to reach somebody ---------------------------------------------------------------------


class Address(Wire):
    preferred: Annotated[Maybe[bool], Attr()] = UNSET
    line1: Maybe[str] = UNSET
    line2: Maybe[str] = UNSET
    line3: Maybe[str] = UNSET
    line4: Maybe[str] = UNSET
    line5: Maybe[str] = UNSET
    city: Maybe[str] = UNSET
    state_province: Maybe[str] = UNSET
    postal_code: Maybe[str] = UNSET
    country: Maybe[Coded] = UNSET
    address_note: Maybe[str] = UNSET
    start_date: Maybe[str] = UNSET
    end_date: Maybe[str] = UNSET
    address_type: Annotated[Maybe[list[Coded]], Wrapped("address_types", "address_type")] = UNSET


class Email(Wire):
    preferred: Annotated[Maybe[bool], Attr()] = UNSET
    email_address: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    email_type: Annotated[Maybe[list[Coded]], Wrapped("email_types", "email_type")] = UNSET


class Phone(Wire):
    preferred: Annotated[Maybe[bool], Attr()] = UNSET
    preferred_sms: Annotated[Maybe[bool], Attr()] = UNSET
    phone_number: Maybe[str] = UNSET
    phone_type: Annotated[Maybe[list[Coded]], Wrapped("phone_types", "phone_type")] = UNSET


class WebAddress(Wire):
    url: Maybe[str] = UNSET
    url_type: Maybe[Coded] = UNSET
    description: Maybe[str] = UNSET
    note: Maybe[str] = UNSET


class ContactInfo(Wire):
    """The four lists are always there: clients pick the payment address without looking first."""

    address: Annotated[Maybe[list[Address]], Wrapped("addresses", "address")] = UNSET
    email: Annotated[Maybe[list[Email]], Wrapped("emails", "email")] = UNSET
    phone: Annotated[Maybe[list[Phone]], Wrapped("phones", "phone")] = UNSET
    web_address: Annotated[Maybe[list[WebAddress]], Wrapped("web_addresses", "web_address")] = UNSET


class ContactPerson(Wire):
    first_name: Maybe[str] = UNSET
    last_name: Maybe[str] = UNSET


class Note(Wire):
    content: Maybe[NoteText] = UNSET
    creation_date: Maybe[str] = UNSET
    created_by: Maybe[str] = UNSET
    type: Maybe[Coded] = UNSET


# -- interfaces --------------------------------------------------------------------------------


class AdminInfo(Wire):
    user_id: Maybe[str] = UNSET
    user_password: Maybe[str] = UNSET
    user_password_note: Maybe[str] = UNSET
    online_admin_module: Maybe[bool] = UNSET
    admin_uri: Maybe[str] = UNSET
    admin_uri_type: Maybe[Coded] = UNSET
    open_url_compliant: Maybe[bool] = UNSET
    linking_note: Maybe[str] = UNSET
    hardware_req_internal: Maybe[str] = UNSET
    hardware_req_public: Maybe[str] = UNSET
    software_req_internal: Maybe[str] = UNSET
    software_req_public: Maybe[str] = UNSET
    maintenance_win_value: Maybe[str] = UNSET
    incident_log: Maybe[str] = UNSET
    admin_documentation: Maybe[str] = UNSET


class Statistics(Wire):
    user_id: Maybe[str] = UNSET
    user_password: Maybe[str] = UNSET
    user_pass_note: Maybe[str] = UNSET
    available: Maybe[bool] = UNSET
    delivery_method: Maybe[Coded] = UNSET
    format: Maybe[Coded] = UNSET
    frequency: Maybe[Coded] = UNSET
    online_location: Maybe[str] = UNSET
    delivery_address: Maybe[str] = UNSET
    locally_stored: Maybe[str] = UNSET
    statistics_note: Maybe[str] = UNSET


class AccessInfo(Wire):
    user_id: Maybe[str] = UNSET
    user_password: Maybe[str] = UNSET
    user_pass_note: Maybe[str] = UNSET
    ip_address_reg_method: Maybe[Coded] = UNSET
    ip_address_reg_instructions: Maybe[str] = UNSET
    ip_address_note: Maybe[str] = UNSET
    access_note: Maybe[str] = UNSET
    primary_access_uri: Maybe[str] = UNSET
    interface_uri: Maybe[str] = UNSET
    implemented_auth_method: Maybe[Coded] = UNSET
    local_persistent_uri: Maybe[str] = UNSET


class InterfaceNote(Wire):
    note_text: Maybe[NoteText] = UNSET


class Interface(Wire):
    name: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    status: Maybe[Coded] = UNSET
    main_note: Maybe[str] = UNSET
    contact_info: Maybe[ContactInfo] = UNSET
    admin_info: Maybe[AdminInfo] = UNSET
    statistics: Maybe[Statistics] = UNSET
    access_info: Maybe[AccessInfo] = UNSET
    interface_notes: Annotated[Maybe[list[InterfaceNote]], Wrapped("interface_notes", "interface_note")] = (
        UNSET
    )


# -- EDI ---------------------------------------------------------------------------------------


class OrganizationUnit(Wire):
    organization_unit: Maybe[Coded] = UNSET
    edi_code: Maybe[str] = UNSET
    edi_type: Maybe[Coded] = UNSET


class EanAccount(Wire):
    account: Maybe[str] = UNSET
    ean_code: Maybe[str] = UNSET


class EdiInfo(Wire):
    code: Maybe[str] = UNSET
    type: Maybe[Coded] = UNSET
    naming_convention: Maybe[Coded] = UNSET
    vendor_format: Maybe[Coded] = UNSET
    invoices: Maybe[bool] = UNSET
    po_lines: Maybe[bool] = UNSET
    additional_order_number: Maybe[bool] = UNSET
    include_fund_code: Maybe[bool] = UNSET
    do_not_prorate: Maybe[bool] = UNSET
    fund_code: Maybe[Coded] = UNSET
    ftp_description: Maybe[str] = UNSET
    server_name: Maybe[str] = UNSET
    port_number: Maybe[int] = UNSET
    user_name: Maybe[str] = UNSET
    password: Maybe[str] = UNSET
    input_path: Maybe[str] = UNSET
    output_path: Maybe[str] = UNSET
    allow_navigation: Maybe[bool] = UNSET
    secured_ftp: Maybe[bool] = UNSET
    send_command: Maybe[Coded] = UNSET
    passive_mode: Maybe[bool] = UNSET
    ftp_mode: Maybe[Coded] = UNSET
    per_organization_unit: Annotated[
        Maybe[list[OrganizationUnit]], Wrapped("per_organization_units", "per_organization_unit")
    ] = UNSET
    ean_account: Annotated[Maybe[list[EanAccount]], Wrapped("ean_accounts", "ean_account")] = UNSET


# -- vendors -----------------------------------------------------------------------------------


class Account(Wire):
    """Intervals and the discount are text, as Alma writes them; "" when not set."""

    code: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    financial_sys_code: Maybe[str] = UNSET
    status: Maybe[Coded] = UNSET
    library: Annotated[Maybe[list[VendorLibrary]], Wrapped("account_libraries", "library")] = UNSET
    discount_percent: Maybe[str] = UNSET
    note: Maybe[NoteText] = UNSET
    payment_method: Annotated[Maybe[list[Coded]], Wrapped("payment_methods", "payment_method")] = UNSET
    expected_receipt_interval: Maybe[str] = UNSET
    claiming_interval: Maybe[str] = UNSET
    expected_invoice_interval: Maybe[str] = UNSET
    expected_activation_interval: Maybe[str] = UNSET
    renewal_evaluation_interval: Maybe[str] = UNSET
    subscription_interval: Maybe[str] = UNSET
    reclaim_interval: Maybe[str] = UNSET
    contact_info: Maybe[ContactInfo] = UNSET


class Card(Wire):
    """What the server keeps of a vendor as it came."""

    contact_person: Annotated[Maybe[list[ContactPerson]], Wrapped("contact_persons", "contact_person")] = (
        UNSET
    )
    interface: Annotated[Maybe[list[Interface]], Wrapped("interfaces", "interface")] = UNSET
    contact_info: Maybe[ContactInfo] = UNSET
    edi_info: Maybe[EdiInfo] = UNSET
    note: Annotated[Maybe[list[Note]], Wrapped("notes", "note")] = UNSET


class Vendor(Wire):
    xml_root = "vendor"

    link: Link = UNSET
    code: Maybe[str] = UNSET
    name: Maybe[str] = UNSET
    additional_code: Maybe[str] = UNSET
    financial_sys_code: Maybe[str] = UNSET
    national_tax_id: Maybe[str] = UNSET
    status: Maybe[Coded] = UNSET
    liable_for_vat: Maybe[bool] = UNSET
    language: Maybe[Coded] = UNSET
    material_supplier: Maybe[bool] = UNSET
    access_provider: Maybe[bool] = UNSET
    licensor: Maybe[bool] = UNSET
    governmental: Maybe[bool] = UNSET
    tax_percentage: Maybe[str] = UNSET
    library: Annotated[Maybe[list[VendorLibrary]], Wrapped("vendor_libraries", "library")] = UNSET
    currency: Annotated[Maybe[list[Coded]], Wrapped("vendor_currencies", "currency")] = UNSET
    account: Annotated[Maybe[list[Account]], Wrapped("accounts", "account")] = UNSET
    contact_person: Annotated[Maybe[list[ContactPerson]], Wrapped("contact_persons", "contact_person")] = (
        UNSET
    )
    interface: Annotated[Maybe[list[Interface]], Wrapped("interfaces", "interface")] = UNSET
    contact_info: Maybe[ContactInfo] = UNSET
    edi_info: Maybe[EdiInfo] = UNSET
    note: Annotated[Maybe[list[Note]], Wrapped("notes", "note")] = UNSET


class Vendors(Wire):
    xml_root = "vendors"

    vendor: Maybe[list[Vendor]] = UNSET
    total_record_count: Total = UNSET
