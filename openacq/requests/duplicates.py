"""What there is of a title already: copies held, lines on order, others who asked. In a constant number of
statements for any number of titles."""

from __future__ import annotations

from collections.abc import Sequence

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Description
from openacq.directory import service as directory
from openacq.ordering import service as ordering
from openacq.requests import store_titles
from openacq.requests.model import AlsoAsked, Duplicates, HeldCopies, Notice, OnOrder, Request
from openacq.store import Tx

NOTHING = Duplicates()


def of_bibs(tx: Tx, mms_ids: Sequence[str]) -> dict[str, Duplicates]:
    """What there is of each bib, with every request for it. Copies still on order and portfolios not
    switched on are not held: their PO lines tell of them."""
    asked = sorted({mms_id for mms_id in mms_ids if mms_id})
    if not asked:
        return {}
    held: dict[str, dict[str, int]] = {}
    for shelf in catalogue.shelves_of(tx, asked):
        place = shelf.holding
        if shelf.held:
            copies = held.setdefault(place.mms_id, {})
            copies[place.library] = copies.get(place.library, 0) + shelf.held
    for portfolio in catalogue.portfolios_of_bibs(tx, asked):
        if portfolio.available:
            copies = held.setdefault(portfolio.mms_id, {})
            copies[""] = copies.get("", 0) + 1
    lines = ordering.lines_awaited(tx, asked)
    waiting = store_titles.waiting(tx, asked)
    people = directory.users(tx, sorted({each.request.requester for each in waiting})) if waiting else {}
    found = {}
    for mms_id in asked:
        others = tuple(
            AlsoAsked(
                each.id,
                each.request.requester,
                people[each.request.requester].full_name if each.request.requester in people else "",
                each.request.state,
                each.request.created,
                each.request.group,
                each.request.progress,
            )
            for each in waiting
            if each.request.mms_id == mms_id
        )
        copies_here = tuple(
            HeldCopies(code, _name(tx, code), copies) for code, copies in sorted(held.get(mms_id, {}).items())
        )
        ordered = tuple(
            OnOrder(each.number, each.state, each.owner, each.type, each.expected_receipt_date)
            for each in lines.get(mms_id, ())
        )
        found[mms_id] = Duplicates(copies_here, ordered, others)
    return found


def _name(tx: Tx, code: str) -> str:
    library = directory.library(tx, code) if code else None
    return library.name if library else code


def without(found: Duplicates, request: Request) -> Duplicates:
    """The same as a request sees it: its own self and its own line are no duplicates of it."""
    return Duplicates(
        found.held,
        tuple(line for line in found.on_order if line.number != request.po_line),
        tuple(other for other in found.requests if other.id != request.id),
    )


def of_requests(tx: Tx, requests: Sequence[Request]) -> dict[int, Duplicates]:
    """What each request sees, by id."""
    found = of_bibs(tx, [request.mms_id for request in requests])
    return {request.id: without(found.get(request.mms_id, NOTHING), request) for request in requests}


def already(tx: Tx, title: Description) -> Duplicates:
    """What there is of a title, found by its mms_id or standard numbers; for a form, before asking."""
    mms_ids = [title.mms_id] if title.mms_id else []
    if not mms_ids:
        numbers = [(each.kind, each.value) for each in catalogue.identifiers_of(title)]
        mms_ids = store_titles.bibs_numbered(tx, numbers)
    found = list(of_bibs(tx, mms_ids).values())
    return Duplicates(
        tuple(each for one in found for each in one.held),
        tuple(each for one in found for each in one.on_order),
        tuple(each for one in found for each in one.requests),
    )


def notices(found: Duplicates, requester: str, hits: Sequence[str] = ()) -> tuple[Notice, ...]:
    """Soft words for the requester: that the title is there, on order, or others wait for it; nobody is
    named."""
    told = []
    for copies in found.held:
        if copies.library:
            facts = {"library": copies.name, "copies": str(copies.copies)}
            told.append(Notice("held", f"{copies.name} has this title ({copies.copies}).", facts))
        else:
            told.append(Notice("held_online", "This title can be read online."))
    if found.on_order:
        told.append(Notice("on_order", "This title is on order already."))
    if count := len(found.others(requester)):
        others = "Somebody else has" if count == 1 else f"{count} others have"
        facts = {"count": str(count)}
        told.append(Notice("requested", f"{others} asked for this title too.", facts))
    if hits:
        told.append(Notice("ambiguous", "More than one title has this number; staff will look."))
    return tuple(told)
