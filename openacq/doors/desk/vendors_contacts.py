"""What stands on a vendor's card or that of its account: how to reach whom for what, and notes."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from openacq.codes import service as codes
from openacq.doors.desk.seen import check_seen, differences, hold, mark_of
from openacq.doors.desk.settings_parts import last_look, listed
from openacq.doors.desk.vendors import VENDOR, vendor_of
from openacq.doors.desk.vendors_edit import RIGHT, account_of
from openacq.doors.desk.vendors_words import (
    ENTRY_KINDS,
    PURPOSES,
    contacts_of,
    purposes_of,
    told,
    word,
)
from openacq.doors.hall import Rendered
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx
from openacq.vendors import service as vendors
from openacq.vendors.model import Vendor, VendorAccount
from openacq.vendors.service import Entry

LONG = ("content", "note", "address_note")


def show(visit: Visit) -> Rendered:
    """`GET /vendors/{code}/contacts`: the card of the vendor and those of its accounts."""

    def work(tx: Tx) -> Rendered:
        vendor = vendor_of(tx, visit)
        cards = [("", contacts_of(visit, vendor))]
        cards += [(account.code, contacts_of(visit, account)) for account in vendor.accounts]
        return visit.show(
            "vendor_contacts.html",
            vendor=vendor,
            cards=cards,
            told=told,
            purposes=lambda entry: purposes_of(visit, entry),
        )

    return visit.read(work)


def edit(visit: Visit) -> Rendered:
    """`GET /vendors/{code}/contacts/entry?account=&what=email&at=0`; without `at` another one."""

    def work(tx: Tx) -> Rendered:
        vendor = vendor_of(tx, visit)
        holder, kind = _holder(vendor, visit.param("account")), _kind(visit.param("what"))
        entry = _entry_of(holder, kind, visit.param("at"))
        kept = _cells(entry)
        of = vendors.KINDS[kind]
        return visit.show(
            "vendor_entry.html",
            vendor=vendor,
            account=visit.param("account"),
            kind=kind,
            title=visit.say(ENTRY_KINDS[kind]),
            of=of,
            entry=entry,
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            words={name: word(visit, name, entry=True) for name in (*of.fields, "purposes", "preferred")},
            long=LONG,
            countries=[(row.code, row.description) for row in codes.rows(tx, "CountryCodes")]
            if "country" in of.fields
            else [],
            purposes=[(purpose, visit.say(words)) for purpose, words in PURPOSES.items()],
        )

    return visit.read(work)


def save(visit: Visit) -> Rendered:
    """`POST` of the same."""
    account, at = visit.param("account"), visit.param("at")

    def work(tx: Tx) -> str:
        hold(tx)
        vendor = vendor_of(tx, visit)
        kind = _kind(visit.param("what"))
        old = _entry_of(_holder(vendor, account), kind, at)
        check_seen(visit, vendor.code, _cells(old))
        of = vendors.KINDS[kind]
        cells: dict[str, object] = {name: visit.value(name) for name in of.fields}
        if of.purposes:
            cells["purposes"] = listed(visit, "purposes")
        if of.prefers:
            cells["preferred"] = visit.value("preferred") or "no"
        place = old.at if old else None
        new = vendors.put_entry(tx, vendor.code, account, kind, place, cells)
        _note(tx, visit, vendor, account, kind, old, new)
        return vendor.code

    code = visit.create(work) if not at else visit.write(work)
    return visit.go(f"/vendors/{quote(code, safe='')}/contacts", visit.say("Saved."))


def drop(visit: Visit) -> Rendered:
    """`POST /vendors/{code}/contacts/drop`: first what goes; with `sure` it is gone."""
    account, at = visit.value("account"), visit.value("at")
    path = f"/vendors/{quote(visit.path['code'], safe='')}/contacts"

    def find(tx: Tx) -> tuple[Vendor, str, Entry]:
        vendor = vendor_of(tx, visit)
        kind = _kind(visit.value("what"))
        entry = _entry_of(_holder(vendor, account), kind, at or "-")
        if entry is None:
            raise Refusal(Problem("record_missing", "at", at, what="Entry"))
        return vendor, kind, entry

    if not visit.value("sure"):
        vendor, kind, entry = visit.read(find)
        return last_look(
            visit,
            visit.say("Delete it from the card of %(vendor)s?", vendor=vendor.name),
            means=visit.say("It is gone for good; letters then go to the next one that fits."),
            facts={visit.say(ENTRY_KINDS[kind]): told(entry)},
            path=f"{path}/drop",
            fields={"account": account, "what": kind, "at": at, "seen": mark_of(_cells(entry))},
            back=path,
        )

    def work(tx: Tx) -> None:
        hold(tx)
        vendor, kind, entry = find(tx)
        check_seen(visit, vendor.code, _cells(entry))
        vendors.drop_entry(tx, vendor.code, account, kind, entry.at)
        _note(tx, visit, vendor, account, kind, entry, None)

    visit.write(work)
    return visit.go(path, visit.say("It is deleted."))


def _holder(vendor: Vendor, account: str) -> Vendor | VendorAccount:
    return account_of(vendor, account) or vendor


def _kind(given: str) -> str:
    if given not in vendors.KINDS:
        raise Refusal(Problem("record_missing", "what", given, what="Entry"))
    return given


def _entry_of(holder: Vendor | VendorAccount, kind: str, at: str) -> Entry | None:
    """The entry at a place, None without one. Raises Refusal record_missing."""
    if not at:
        return None
    found = vendors.entries(holder, kind)
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 5 else len(found)
    if place >= len(found):
        raise Refusal(Problem("record_missing", "at", at, what="Entry"))
    return found[place]


def _cells(entry: Entry | None) -> dict[str, str]:
    """An entry as its form has it."""
    if entry is None:
        return {}
    cells: Mapping[str, str] = entry.fields
    return {
        **cells,
        "purposes": "; ".join(entry.purposes),
        "preferred": "yes" if entry.preferred else "",
    }


def _note(
    tx: Tx, visit: Visit, vendor: Vendor, account: str, kind: str, old: Entry | None, new: Entry | None
) -> None:
    before, after = (_spelled(entry) for entry in (old, new))
    field = f"{account}: {kind}" if account else kind
    history.record(tx, VENDOR, vendor.code, [Change(field, before, after)], visit.user.primary_id)


def _spelled(entry: Entry | None) -> str | None:
    if entry is None:
        return None
    used = ", ".join([*entry.purposes, *(["preferred"] if entry.preferred else [])])
    return f"{told(entry)} ({used})" if used else told(entry)


PAGES = (
    Page("GET", "/vendors/{code}/contacts", show, right=RIGHT),
    Page("GET", "/vendors/{code}/contacts/entry", edit, right=RIGHT),
    Page("POST", "/vendors/{code}/contacts/entry", save, right=RIGHT, again=edit),
    Page("POST", "/vendors/{code}/contacts/drop", drop, right=RIGHT),
)
