"""Passwords on a vendor's card: kept, and shown only to those who may write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openacq.vendors.model import Vendor

SECRETS = frozenset({"password", "user_password"})
"""Names of members that hold a password, wherever in EDI details or an interface they stand."""


def without_secrets(vendor: Vendor) -> Vendor:
    """The vendor as a key without write access sees it."""
    accounts = tuple(replace(account, details=_bare(account.details)) for account in vendor.accounts)
    return replace(vendor, details=_bare(vendor.details), accounts=accounts)


def _bare(details: Mapping[str, object]) -> dict[str, object]:
    return {name: _without(value) for name, value in details.items() if name not in SECRETS}


def _without(value: object) -> object:
    if isinstance(value, Mapping):
        return _bare(value)
    if isinstance(value, list | tuple):
        return [_without(entry) for entry in value]
    return value
