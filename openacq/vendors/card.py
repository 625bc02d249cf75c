"""What stands on a vendor's card or an account's, entry by entry: e-mail addresses, postal addresses,
telephones, web addresses, persons, notes.

Entries are kept in the shape they came in, so everything here takes what is there: members it does not know
stay, codes are read in every way they are written. A purpose is what an entry is for (`contacts.reached`);
an entry for nothing in particular serves them all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import urlsplit

from openacq.kernel.refusal import Problem, Refusal
from openacq.kernel.rows import Row
from openacq.store import Tx
from openacq.vendors import store
from openacq.vendors.contacts import codes_in, entries_in, text_of
from openacq.vendors.model import Vendor, VendorAccount

PURPOSES = ("order", "claim", "payment", "returns", "shipping")
MOST_ENTRIES = 100
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True)
class EntryKind:
    """One kind of entries: where they stand on the card, their fields, which of them are needed, the member
    of their purposes and how a purpose is spelled there ("" for none)."""

    path: tuple[str, ...]
    fields: tuple[str, ...]
    needed: str
    purposes: str = ""
    spelled: str = ""
    prefers: bool = False


KINDS: Mapping[str, EntryKind] = MappingProxyType(
    {
        "email": EntryKind(
            ("contact_info", "email"), ("email_address", "description"), "email_address",
            "email_type", "{}Mail", True,
        ),
        "address": EntryKind(
            ("contact_info", "address"),
            ("line1", "line2", "line3", "line4", "line5", "postal_code", "city", "state_province", "country",
             "address_note"),
            "line1", "address_type", "{}", True,
        ),
        "phone": EntryKind(
            ("contact_info", "phone"), ("phone_number",), "phone_number", "phone_type", "{}Phone", True,
        ),
        "web_address": EntryKind(("contact_info", "web_address"), ("url", "description", "note"), "url"),
        "person": EntryKind(("contact_person",), ("first_name", "last_name"), "last_name"),
        "note": EntryKind(("note",), ("content",), "content"),
    }
)  # fmt: skip
OF_ACCOUNTS = ("email", "address", "phone", "web_address")
"""Kinds an account has of its own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as a form has it. `at` is its place among those of its kind."""

    at: int
    fields: Mapping[str, str]
    purposes: tuple[str, ...] = ()
    preferred: bool = False


def entries(holder: Vendor | VendorAccount, kind: str) -> tuple[Entry, ...]:
    """The entries of a kind on the card of a vendor or an account."""
    of = KINDS[kind]
    return tuple(_entry(of, at, raw) for at, raw in enumerate(_raw(holder, of)))


def _raw(holder: Vendor | VendorAccount, of: EntryKind) -> list[Mapping[str, object]]:
    found: object = holder.details
    for step in of.path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return list(entries_in(found))


def _entry(of: EntryKind, at: int, raw: Mapping[str, object]) -> Entry:
    given = set(codes_in(raw.get(of.purposes))) if of.purposes else set()
    return Entry(
        at=at,
        fields={name: _said(raw.get(name), name) for name in of.fields},
        purposes=tuple(purpose for purpose in PURPOSES if of.spelled.format(purpose) in given),
        preferred=raw.get("preferred") in (True, "true"),
    )


def _said(given: object, name: str) -> str:
    if name == "country":
        return next(codes_in(given), "")
    return text_of(given)


# -- writing ------------------------------------------------------------------------------------


def put_entry(
    tx: Tx, vendor_code: str, account_code: str, kind: str, at: int | None, cells: Mapping[str, object]
) -> Entry:
    """Write an entry of a vendor's card, or of that of its account: the one at a place, or without it a new
    one, the last. Cells: the kind's fields, `purposes`, `preferred` (which is then taken from the others).

    Raises Refusal with everything that is wrong, record_missing when the vendor, the account or the entry
    is not there.
    """
    holder = _holder(tx, vendor_code, account_code, kind)
    of = KINDS[kind]
    raw = [dict(entry) for entry in _raw(holder, of)]
    if at is None and len(raw) >= MOST_ENTRIES:
        raise Refusal(Problem("list_too_long", kind, limit=MOST_ENTRIES))
    if at is not None and not 0 <= at < len(raw):
        raise Refusal(Problem("record_missing", "at", at, what="Entry"))
    row = Row(cells)
    row.check_names((*of.fields, "purposes", "preferred"))
    new = _written(row, of, {} if at is None else raw[at])
    row.problems += _wrong(kind, new)
    if row.problems:
        raise Refusal(row.problems)
    if new.get("preferred"):
        for other in raw:
            other.pop("preferred", None)
    place = len(raw) if at is None else at
    raw[place : place + 1] = [new]
    _keep(tx, holder, of, raw)
    return _entry(of, place, new)


def drop_entry(tx: Tx, vendor_code: str, account_code: str, kind: str, at: int) -> Entry:
    """Take an entry off a card. Raises Refusal record_missing."""
    holder = _holder(tx, vendor_code, account_code, kind)
    of = KINDS[kind]
    raw = _raw(holder, of)
    if not 0 <= at < len(raw):
        raise Refusal(Problem("record_missing", "at", at, what="Entry"))
    gone = raw.pop(at)
    _keep(tx, holder, of, raw)
    return _entry(of, at, gone)


def _holder(tx: Tx, vendor_code: str, account_code: str, kind: str) -> Vendor | VendorAccount:
    tx.registers_changed()  # others who change registers wait from here on
    vendor = store.vendor_by(tx, "code", vendor_code)
    if vendor is None:
        raise Refusal(Problem("record_missing", "vendor", vendor_code, what="Vendor"))
    account = vendor.account(account_code) if account_code else None
    if account_code and account is None:
        raise Refusal(Problem("record_missing", "account", account_code, what="Vendor account"))
    if kind not in (OF_ACCOUNTS if account else KINDS):
        raise Refusal(Problem("record_missing", "kind", kind, what="Entry"))
    return account or vendor


def _written(row: Row, of: EntryKind, old: Mapping[str, object]) -> dict[str, object]:
    """The entry as the row has it, with what it held besides."""
    kept = {name: value for name, value in old.items() if name not in of.fields}
    long = ("content", "note", "address_note")
    said = {name: row.prose(name) if name in long else row.text(name) for name in of.fields}
    if not said[of.needed]:
        row.problems.append(Problem("field_missing", of.needed))
    new: dict[str, object] = {
        **kept,
        **{name: {"value": text} if name == "country" else text for name, text in said.items() if text},
    }
    if of.prefers:
        new.pop("preferred", None)
        if row.flag("preferred"):
            new["preferred"] = True
    if of.purposes:
        ours = {of.spelled.format(purpose) for purpose in PURPOSES}
        others = [code for code in codes_in(old.get(of.purposes)) if code not in ours]
        chosen = [of.spelled.format(purpose) for purpose in _purposes(row)]
        new.pop(of.purposes, None)
        if codes := [*chosen, *others]:
            new[of.purposes] = [{"value": code} for code in codes]
    return new


def _purposes(row: Row) -> tuple[str, ...]:
    given = row.codes("purposes")
    valid = ", ".join(PURPOSES)
    row.problems += [
        Problem("value_not_listed", "purposes", purpose, valid=valid)
        for purpose in given
        if purpose not in PURPOSES
    ]
    return tuple(purpose for purpose in PURPOSES if purpose in given)


def _wrong(kind: str, new: Mapping[str, object]) -> list[Problem]:
    email, url = new.get("email_address"), new.get("url")
    if kind == "email" and isinstance(email, str) and not _EMAIL.fullmatch(email):
        return [Problem("value_wrong_type", "email_address", email, expected="an e-mail address")]
    if kind == "web_address" and isinstance(url, str) and not _is_web(url):
        expected = "an address beginning with http:// or https://"
        return [Problem("value_wrong_type", "url", url, expected=expected)]
    return []


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _keep(tx: Tx, holder: Vendor | VendorAccount, of: EntryKind, raw: Sequence[Mapping[str, object]]) -> None:
    details = dict(holder.details)
    if len(of.path) == 2:
        outer = details.get(of.path[0])
        details[of.path[0]] = {**(outer if isinstance(outer, Mapping) else {}), of.path[1]: list(raw)}
    else:
        details[of.path[0]] = list(raw)
    if isinstance(holder, Vendor):
        store.write_vendors(tx, [], [replace(holder, details=details)])
    else:
        store.write_accounts(tx, [], [replace(holder, details=details)])
