"""Letters about what became of an order: to those who are interested in it, and to the vendor who
has not sent it.

Letters to people are written by whoever works through the outbox (`REACTIONS`), so that receiving
waits for no wording; claims are written with the claim. One occasion has one letter, ever. What is no
longer so when its turn comes is not written, and a letter that has not left when it stops being so is
withdrawn: a receipt that was undone, a renewal that was seen to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib, Item, LineInventory
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.directory.model import Department, User
from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import service as letters
from openacq.letters.model import Source, Wish
from openacq.ordering import progress, store_claims, store_holds, store_progress, store_receipts
from openacq.ordering.model import Interested, LineState
from openacq.ordering.moves import LINE
from openacq.ordering.progress import Progress
from openacq.store import Tx
from openacq.store.outbox import News, Reaction
from openacq.vendors import service as vendors

RECEIVED = "notify_receiving_activation"
CANCELLED = "notify_cancel"
RENEWAL = "notify_renewal"
CLAIM = "claim"

CANCEL_REASONS = "POLineCancellationReasons"

Facts = dict[str, Any]


# -- to people ----------------------------------------------------------------------------------


def tell_of_arrival(tx: Tx, news: News) -> None:
    """Turn `po_line.received` into letters to those who want to hear of it, if it is still so.

    Of a one-time order everybody hears once, of a continuous one with every issue.
    """
    line = _line(tx, news.subject)
    if line is None:
        return
    _forget_claims(tx, line)
    if news.payload.get("electronic") and line.activated is None:
        return
    people = _people(tx, line, lambda each: each.notify_receiving_activation)
    if not people:
        return
    held = catalogue.inventory_of_lines(tx, [line.id]).get(line.id, LineInventory())
    there = {item.item_id for item in held.items if item.receive_date is not None}
    entered = [str(item_id) for item_id in news.payload.get("items", ())]
    items = [item_id for item_id in entered if item_id in there]
    if entered and not items:
        return
    about = _title(tx, line) | {
        "electronic": line.electronic,
        "access": next((each.url for each in held.portfolios if each.url), ""),
        "location": _location(tx, [item for item in held.items if item.item_id in items]),
    }
    keeping = {
        row.primary_id
        for row in store_holds.of_lines(tx, [line.id])
        if row.item_id in items and row.state != "failed"
    }
    occasion = _arrived(line, entered)
    letters.enqueue_all(
        tx,
        [
            _to_person(
                tx,
                line,
                user,
                RECEIVED,
                occasion,
                about | {"hold": user.primary_id in keeping},
            )
            for user in people
        ],
    )


def _arrived(line: Progress, items: Sequence[str]) -> str:
    """The occasion of an arrival: each issue of a continuous order is one, a one-time order as a whole."""
    which = f" {' '.join(sorted(items))}" if line.continuous else ""
    return f"received {line.number}{which}"


def forget_arrival(tx: Tx, news: News) -> None:
    """A receipt was undone (`po_line.receipt_undone`): what was written of it and has not left stays here.

    A letter of several things stays while one of them is there.
    """
    line = _line(tx, news.subject)
    found = store_receipts.by_ids(tx, [int(news.payload["receipt"])])
    if line is None or not found:
        return
    entered = store_receipts.entered_with(tx, found[0])
    if any(entered.values()) or (not line.continuous and line.anything):
        return
    people = [each.primary_id for each in store_progress.interested(tx, line.id)]
    occasion = _arrived(line, [item_id for item_id in entered if item_id])
    letters.withdraw_about(
        tx,
        Source(LINE, line.number),
        [RECEIVED],
        "the receipt was undone",
        occasions=[f"{occasion} {primary_id}" for primary_id in people],
    )


def tell_of_cancelling(tx: Tx, news: News) -> None:
    """Turn `po_line.cancelled` into letters to those who want to hear that the order was cancelled."""
    forget_renewal(tx, news)
    line = _line(tx, news.subject)
    if line is None or line.state is not LineState.CANCELLED:
        return
    _forget_claims(tx, line)
    people = _people(tx, line, lambda each: each.notify_cancel)
    if not people:
        return
    reason = codes.describe(tx, CANCEL_REASONS, str(news.payload.get("reason", "")))
    about = _title(tx, line) | {"reason": reason}
    occasion = f"cancelled {line.number}"
    letters.enqueue_all(tx, [_to_person(tx, line, user, CANCELLED, occasion, about) for user in people])


def tell_of_renewal(tx: Tx, news: News) -> None:
    """Turn `po_line.renewal_due` into letters to those who want to hear that somebody has to renew, if
    nobody has yet."""
    line = _line(tx, news.subject)
    if line is None or line.state is not LineState.WAITING_FOR_MANUAL_RENEWAL:
        return
    people = _people(tx, line, lambda each: each.notify_renewal)
    if not people:
        return
    about = _title(tx, line) | {"renewal_date": line.renewal_date, "note": line.terms.renewal_note}
    occasion = f"renewal {line.number} {line.renewal_date}"
    letters.enqueue_all(tx, [_to_person(tx, line, user, RENEWAL, occasion, about) for user in people])


def forget_renewal(tx: Tx, news: News) -> None:
    """A line was renewed, closed or cancelled: nobody need be told any more that it waits for renewal."""
    letters.withdraw_about(tx, Source(LINE, news.subject), [RENEWAL], "the renewal was seen to")


REACTIONS: Mapping[str, Reaction] = MappingProxyType(
    {
        "po_line.received": Reaction(tell_of_arrival, in_order=True),
        "po_line.receipt_undone": Reaction(forget_arrival, in_order=True),
        "po_line.cancelled": Reaction(tell_of_cancelling, in_order=True),
        "po_line.renewal_due": Reaction(tell_of_renewal, in_order=True),
        "po_line.renewed": Reaction(forget_renewal, in_order=True),
        "po_line.close": Reaction(forget_renewal, in_order=True),
    }
)
"""What the ordering desk does about its own news: letters to those who are interested."""


def _people(tx: Tx, line: Progress, wants: Callable[[Interested], bool]) -> list[User]:
    interested = store_progress.interested(tx, line.id)
    wanted = list(dict.fromkeys(each.primary_id for each in interested if wants(each)))
    known = directory.users(tx, wanted) if wanted else {}
    return [known[primary_id] for primary_id in wanted if primary_id in known]


def _to_person(tx: Tx, line: Progress, user: User, kind: str, occasion: str, about: Facts) -> Wish:
    person = {"name": user.full_name, "first_name": user.first_name, "last_name": user.last_name}
    return Wish(
        kind=kind,
        occasion=f"{occasion} {user.primary_id}",
        recipient=user.email,
        facts=sender(tx, line.owner) | about | {"user": person},
        language=user.language or "en",
        source=Source(LINE, line.number),
        sender_name=library_name(tx, line.owner),
        reply_to=department_mail(tx, line.owner),
    )


def _location(tx: Tx, items: Sequence[Item]) -> str:
    if not items:
        return ""
    item = items[0]
    library = directory.library(tx, item.temp_library or item.library)
    code = item.temp_location or item.location
    place = directory.location(tx, library.code, code) if library else None
    names = [library.name if library else "", (place.external_name or place.name) if place else code]
    return ", ".join(name for name in names if name)


# -- to vendors ---------------------------------------------------------------------------------


def claim_letters(tx: Tx, lines: Sequence[Progress], note: str) -> dict[int, int]:
    """One letter for each vendor account and library, first claims apart from repeated ones; returns the
    letter of each line.

    Raises Refusal claim_refused for lines without a vendor.
    """
    orphans = [line for line in lines if not line.vendor]
    if orphans:
        reason = "it has no vendor to write to"
        raise Refusal([Problem("claim_refused", "line", line.number, reason=reason) for line in orphans])
    groups: dict[tuple[str, str, str, int], list[Progress]] = {}
    for line in lines:
        repeat = line.claims_sent + 1
        groups.setdefault((line.vendor, line.account, line.owner, repeat), []).append(line)
    bibs = {bib.mms_id: bib for bib in catalogue.bibs(tx, sorted({line.mms_id for line in lines}))}
    wishes = [
        _claim(tx, vendor, account, owner, repeat, members, bibs, note)
        for (vendor, account, owner, repeat), members in groups.items()
    ]
    ids = letters.enqueue_all(tx, wishes)
    return {
        line.id: letter_id
        for letter_id, members in zip(ids, groups.values(), strict=True)
        for line in members
    }


def _forget_claims(tx: Tx, line: Progress) -> None:
    """A line has come, or is cancelled: a claim of nothing but such lines that has not left stays here."""
    if line.claimable or not line.claims_sent:
        return
    for letter_id, claimed in store_claims.letters_of(tx, line.id).items():
        if not any(each.claimable for each in progress.of_lines(tx, sorted(claimed)).values()):
            letters.withdraw(tx, letter_id, "what it claims has come or is cancelled")


def _claim(
    tx: Tx,
    vendor: str,
    account: str,
    owner: str,
    repeat: int,
    lines: Sequence[Progress],
    bibs: Mapping[str, Bib],
    note: str,
) -> Wish:
    card = vendors.vendor(tx, vendor)
    there = vendors.reached(card, card.account(account), "claim") if card else vendors.Reached()
    rows = [
        described(line.number, line.title, bibs.get(line.mms_id))
        | {
            "order_number": line.order_number,
            "reference": line.reference,
            "missing": line.missing if line.inventory == progress.PHYSICAL else 1,
            "ordered": line.sent.date() if line.sent else None,
            "expected": line.expected,
        }
        for line in lines
    ]
    occasion = " ".join(f"{line.number}/{line.claims_sent + 1}" for line in lines)
    return Wish(
        kind=CLAIM,
        occasion=f"claim {occasion}",
        recipient=there.email,
        facts=sender(tx, owner)
        | {
            "vendor": {
                "name": card.name if card else vendor,
                "address": there.address,
                "account": account,
                "contact": there.contact,
            },
            "repeat": repeat,
            "lines": rows,
            "note": note,
        },
        language=(card.language if card else "") or "en",
        source=Source(LINE, lines[0].number),
        sender_name=library_name(tx, owner),
        reply_to=department_mail(tx, owner),
    )


# -- facts several letters share ----------------------------------------------------------------


def sender(tx: Tx, owner: str) -> Facts:
    institution = directory.institution(tx)
    department = _department(tx, owner)
    return {
        "date": tx.today,
        "institution": {"name": institution.name, "url": institution.public_url},
        "library": {
            "name": library_name(tx, owner),
            "email": department_mail(tx, owner),
            "phone": department.phone if department else "",
        },
    }


def library_name(tx: Tx, owner: str) -> str:
    library = directory.library(tx, owner)
    return library.name if library else directory.institution(tx).name


def department_mail(tx: Tx, owner: str) -> str:
    department = _department(tx, owner)
    return department.email if department else ""


def _department(tx: Tx, owner: str) -> Department | None:
    """The acquisition department that answers for a library."""
    library = directory.library(tx, owner)
    codes = library.acquisition_departments if library else ()
    return directory.department(tx, codes[0]) if codes else None


def _title(tx: Tx, line: Progress) -> Facts:
    return described(line.number, line.title, catalogue.bib(tx, line.mms_id))


def described(number: str, title: str, bib: Bib | None) -> Facts:
    return {
        "number": number,
        "title": bib.title if bib else title,
        "author": bib.author if bib else "",
        "edition": bib.edition if bib else "",
        "publisher": bib.publisher if bib else "",
        "year": bib.year if bib else "",
        "isbn": bib.isbn if bib else "",
        "issn": bib.issn if bib else "",
    }


def _line(tx: Tx, number: str) -> Progress | None:
    row = store_receipts.by_line_number(tx, number)
    return progress.of_row(tx, row) if row is not None else None
