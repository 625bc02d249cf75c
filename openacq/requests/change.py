"""Changing a request: the whole of it comes back, and what differs is changed.

Only requests somebody still has to decide about can be changed. A request put back untouched stays as it
is. Another title means another bib: the old one is given up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

from openacq.catalogue.model import Bib
from openacq.directory import service as directory
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering.model import Sum
from openacq.requests import bibs, store
from openacq.requests.ask import MOST_PROBLEMS, made_of
from openacq.requests.check import Checked, check
from openacq.requests.model import Actor, ChangeRequest, Metadata, Note, PlaceAsked, Request, Wish
from openacq.requests.moves import KIND
from openacq.requests.read import again, known
from openacq.store import Tx

CONTENT = (
    "requester", "format", "requested_type", "notify_receiving_activation", "hold_item", "notify_renewal",
    "notify_cancel", "owning_library", "estimated_cost", "fund", "vendor", "vendor_account", "email",
    "requester_note", "notes", "places", "metadata",
)  # fmt: skip
"""What a change is about; everything else is the desk's own."""
_CODES = ("format", "requested_type", "owning_library", "fund", "vendor", "vendor_account")


def change(
    tx: Tx, request_id: int, wish: ChangeRequest, actor: Actor, *, version: int | None = None
) -> Request:
    """Make the request what `wish` says; what is left out is emptied. Nothing differs: nothing happens.

    Rules of what people may ask for are not asked again. Raises Refusal: request_not_found, request_fixed
    (decided already), request_outdated, requester_unknown, and the problems `check.check` finds in what
    changes.
    """
    (row,) = known(store.hold(tx, [request_id]), [request_id], actor)
    before = row.request
    if not before.is_open:
        raise Refusal(Problem("request_fixed", "purchase_request_id", before.id, state=before.state.value))
    if version is not None and version != before.version:
        raise Refusal(Problem("request_outdated", "purchase_request_id", before.id))
    problems: list[Problem] = []
    user = directory.user(tx, wish.requester or before.requester)
    if user is None and wish.requester:
        problems.append(Problem("requester_unknown", "requester", wish.requester, type="primary_id"))
    checked = check(tx, wish.wish, actor, problems)
    problems = [*_of_changes(problems, before), *wish.wish.problems]
    if problems:
        raise Refusal(problems[:MOST_PROBLEMS])
    found = _title(tx, before, checked)
    after = replace(
        made_of(tx, checked, wish.wish, found, actor),
        **{name: getattr(before, name) for name in _kept()},
        requester=user.primary_id if user else before.requester,
        requester_name=user.full_name if user else "",
    )
    after = replace(after, notes=_notes(before, after))
    changes = [
        Change(name, old, new)
        for name in CONTENT
        if (old := getattr(before, name)) != (new := getattr(after, name))
    ]
    if not changes:
        return replace(before, requester_name=after.requester_name)
    another = after.mms_id != before.mms_id
    if another or after.format != before.format:
        after = replace(after, group=0)
    store.write_content(tx, after)
    if another:
        bibs.use(tx, after)
        bibs.let_go(tx, [before])
    history.record(tx, KIND, str(before.id), [_plain(each) for each in changes], actor.name)
    names = [each.field for each in changes]
    store.add_events(tx, [(before.id, "changed", ", ".join(names), actor.name)])
    tx.emit("purchase_request.changed", str(before.id), {"fields": names})
    return again(tx, [before.id])[0]


def _kept() -> tuple[str, ...]:
    """What a change leaves as it is."""
    new = {*CONTENT, "requester_name", "matched_by", "bib_hits"}
    return tuple(each.name for each in fields(Request) if each.name not in new)


def _of_changes(problems: Iterable[Problem], before: Request) -> list[Problem]:
    """Without those of codes that stay: what a request has stays good when its register moved on."""
    return [
        each
        for each in problems
        if each.field not in _CODES or not each.value or each.value != getattr(before, each.field)
    ]


def _title(tx: Tx, before: Request, checked: Checked) -> bibs.Found:
    """The bib meant now. The same one, or the same texts without one, leave the title as it is; only the
    citation type may change with it."""
    said, had = checked.metadata, before.metadata
    same_texts = replace(said, mms_id=had.mms_id, citation_type=had.citation_type) == had
    if had.mms_id and (said.mms_id == had.mms_id or (not said.mms_id and same_texts)):
        kept = replace(had, citation_type=said.citation_type or had.citation_type)
        return bibs.Found(Bib(had.mms_id), kept, before.matched_by, before.bib_hits)
    return bibs.find(tx, said, checked.format)


def _notes(before: Request, after: Request) -> tuple[Note, ...]:
    """The notes asked for; those that were there keep their date and author."""
    known_notes = {note.text: note for note in before.notes}
    return tuple(known_notes.get(note.text, note) for note in after.notes)


def _plain(each: Change) -> Change:
    """As history keeps it."""

    def value(found: object) -> object:
        if isinstance(found, Metadata):
            return {each.name: text for each in fields(found) if (text := getattr(found, each.name))}
        if isinstance(found, tuple):
            return [getattr(one, "text", None) or str(one) for one in found]
        return found

    return Change(each.field, value(each.old), value(each.new))


def wish_of(request: Request) -> Wish:
    """A request as the wish that would make it."""
    cost = request.estimated_cost
    return Wish(
        metadata=request.metadata,
        format=request.format,
        requested_type=request.requested_type,
        notify_receiving_activation=request.notify_receiving_activation,
        hold_item=request.hold_item,
        notify_renewal=request.notify_renewal,
        notify_cancel=request.notify_cancel,
        owning_library=request.owning_library,
        estimated_cost=Sum(cost.text(), cost.currency) if cost else Sum(),
        fund=request.fund,
        vendor=request.vendor,
        vendor_account=request.vendor_account,
        email=request.email,
        requester_note=request.requester_note,
        notes=tuple(note.text for note in request.notes),
        places=tuple(
            PlaceAsked(place.library, place.shelving_location, place.quantity) for place in request.places
        ),
    )
