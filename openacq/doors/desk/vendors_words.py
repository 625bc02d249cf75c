"""Words for what stands on a vendor's card and its accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from openacq.doors.pages.language import later
from openacq.doors.pages.visit import Visit
from openacq.doors.pages.wording_forms import VENDORS as FIELDS
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


def names_of(visit: Visit, accounts: Sequence[VendorAccount] = ()) -> dict[str, str]:
    """Fields in words; with accounts as histories name them: "CODE: field" for those of an account."""
    names = {
        **{kind: visit.say(words) for kind, words in ENTRY_KINDS.items()},
        **{name: visit.say(words) for name, words in FIELDS.items()},
    }
    of_accounts = {
        f"{account.code}: {name}": f"{account.code}: {words}"
        for account in accounts
        for name, words in names.items()
    }
    return {**names, **of_accounts}
