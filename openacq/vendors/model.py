"""Vendors and their accounts as other rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NOTHING: Mapping[str, object] = MappingProxyType({})


class VendorKind(StrEnum):
    """Decides the portfolio rule: GOBI and OASIS look in the community zone, others do not."""

    GOBI = "gobi"
    OASIS = "oasis"
    OTHER = "other"


class VendorRole(StrEnum):
    """What a vendor is to the library; several may hold, governmental stands alone."""

    MATERIAL_SUPPLIER = "material_supplier"
    ACCESS_PROVIDER = "access_provider"
    LICENSOR = "licensor"
    GOVERNMENTAL = "governmental"


class SendOrders(StrEnum):
    """How POs go out through an account: by e-mail, as files in a folder, or not at all (the library tells
    the vendor otherwise)."""

    MAIL = "mail"
    FOLDER = "folder"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class VendorLibrary:
    """A library a vendor or account is limited to (none: all libraries)."""

    code: str
    include_sub_units: bool = False


@dataclass(frozen=True, slots=True)
class VendorAccount:
    """Terms of trade. `discount` is 1/10000 of a percent; intervals are days, None when not set.

    `currency` is the account's usual one ("" when not set). `reference_limit` is the longest vendor
    reference number the vendor's system takes, None for no limit. `order_folder` is below the server's
    folder for files, `order_file` a pattern of file names ("" for the usual ones).
    """

    id: int
    code: str
    description: str = ""
    active: bool = True
    is_default: bool = False
    discount: int = 0
    currency: str = ""
    payment_methods: tuple[str, ...] = ()
    expected_receipt_interval: int | None = None
    claiming_interval: int | None = None
    reclaim_interval: int | None = None
    expected_invoice_interval: int | None = None
    expected_activation_interval: int | None = None
    subscription_interval: int | None = None
    renewal_evaluation_interval: int | None = None
    reference_limit: int | None = None
    send_orders: SendOrders = SendOrders.MAIL
    order_folder: str = ""
    order_file: str = ""
    financial_sys_code: str = ""
    note: str = ""
    libraries: tuple[VendorLibrary, ...] = ()
    details: Mapping[str, object] = field(default_factory=lambda: NOTHING)

    def serves(self, library: str) -> bool:
        return not self.libraries or any(entry.code == library for entry in self.libraries)


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor with all its accounts. `details` holds the members the server only keeps
    (contact_person, interface, contact_info, edi_info, note), in the shape they came in; passwords in
    them are sealed (`secrets`)."""

    id: int
    code: str
    uuid: str
    number: str
    name: str
    kind: VendorKind = VendorKind.OTHER
    active: bool = True
    additional_code: str = ""
    financial_sys_code: str = ""
    national_tax_id: str = ""
    liable_for_vat: bool = False
    language: str = ""
    material_supplier: bool = False
    access_provider: bool = False
    licensor: bool = False
    governmental: bool = False
    tax_percentage: str = ""
    currencies: tuple[str, ...] = ()
    libraries: tuple[VendorLibrary, ...] = ()
    accounts: tuple[VendorAccount, ...] = ()
    details: Mapping[str, object] = field(default_factory=lambda: NOTHING)

    def account(self, code: str) -> VendorAccount | None:
        """The account of that code (codes are case-sensitive), active or not."""
        return next((account for account in self.accounts if account.code == code), None)

    @property
    def default_account(self) -> VendorAccount | None:
        """The active account marked default, else the only active one."""
        active = [account for account in self.accounts if account.active]
        marked = [account for account in active if account.is_default]
        if marked:
            return marked[0]
        return active[0] if len(active) == 1 else None


@dataclass(frozen=True, slots=True)
class Opened:
    """A vendor with its passwords, and where those stood that cannot be read."""

    vendor: Vendor
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VendorFilter:
    """Which vendors to list; None or empty means no condition.

    `search` holds pairs of a field (name, code, library, interface_name; "" = any of them) and words;
    each word must be contained in it, whatever its case. `only` narrows the list to one code (a
    vendor-tied key).
    """

    active: bool | None = None
    role: VendorRole | None = None
    search: tuple[tuple[str, tuple[str, ...]], ...] = ()
    only: str | None = None


@dataclass(frozen=True, slots=True)
class VendorPage:
    vendors: tuple[Vendor, ...]
    total: int
