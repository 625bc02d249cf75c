"""The items of an open order: drafted, changed, taken out.

A draft is a line in DRAFT: it has its numbers, its title, funds and places, but nothing is encumbered, no
copy exists and packaging does not see it. What it says is held against the registers when it comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib, Description
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import copy_configs, moves, order_items, store, store_drafts
from openacq.ordering.alerts import alert
from openacq.ordering.change import differences
from openacq.ordering.check import Checked, check, refuse_if
from openacq.ordering.copy_configs import CopyConfig
from openacq.ordering.draft_guards import fixed, foreign, hold_row, refuse_closed
from openacq.ordering.funding import read_shares
from openacq.ordering.model import Actor, Alert, Line, LineState, Note, PlaceLine, Share, Source
from openacq.ordering.order_items import DIALECT, OrderItem
from openacq.ordering.place import (
    USE_KIND,
    find_bib,
    interested_of,
    stocked_places,
    with_account_s,
)
from openacq.ordering.read import whole
from openacq.ordering.store import LineRow
from openacq.ordering.store_drafts import HeadRow
from openacq.store import Tx

OF_TITLE = frozenset({"bib_ambiguous", "bib_brief", "identifier_doubtful"})
"""Alerts that were found out with the title and stay with it."""
WAITS = "waits_for_submission"


@dataclass(frozen=True, slots=True)
class ItemWish:
    """An item as it is asked for: a line whose places and shares follow from `configs`; its vendor, account
    and currency are the order's."""

    line: PlaceLine
    configs: tuple[CopyConfig, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)


def draft(tx: Tx, row: HeadRow, wish: ItemWish, actor: Actor) -> OrderItem:
    """A new draft line in an order that is locked."""
    asked = _asked(row, wish)
    problems: list[Problem] = []
    checked, shares = _checked(tx, asked, actor, problems)
    refuse_if(problems, asked.problems)
    match = find_bib(tx, asked, checked)
    line_id = tx.new_id()
    catalogue.add_use(tx, match.mms_id, USE_KIND, line_id)
    line = _line(tx, asked, checked, shares, actor)
    line = replace(
        line,
        id=line_id,
        number=f"POL-{tx.number('POL')}",
        oin=f"OIN-{tx.today.year}-{tx.number('OIN')}",
        bib=match.bib,
        po_number=row.number,
        alerts=_alerts((), checked),
    )
    extras = _extras(wish)
    store.add_line(tx, line, row.id, extras)
    store_drafts.touch(tx, row.id)
    tx.emit("po_line.drafted", line.number, {"order": row.number, "by": actor.name})
    return order_items.item_of(line, changed=tx.now, version=1, extras=extras)


def _alerts(of_title: Sequence[Alert], checked: Checked) -> tuple[Alert, ...]:
    """What is known of the title first, then what was found out now, and what it waits for."""
    about = [*of_title, *(each for each in checked.alerts if each.slug in OF_TITLE)]
    return (*about, *(each for each in checked.alerts if each.slug not in OF_TITLE), alert(WAITS))


def _asked(row: HeadRow, wish: ItemWish) -> PlaceLine:
    """The item as a line of its order."""
    currency = wish.line.price.currency or row.currency
    return replace(
        wish.line,
        vendor=row.vendor,
        account=row.account,
        price=replace(wish.line.price, currency=currency if wish.line.price.sum else ""),
        shares=copy_configs.shares_of(wish.configs, currency),
        places=copy_configs.places_of(wish.configs),
        po_number="",
        source=Source.WMS,
    )


def _checked(
    tx: Tx, asked: PlaceLine, actor: Actor, problems: list[Problem]
) -> tuple[Checked, tuple[Share, ...]]:
    checked = check(tx, asked, actor, False, problems)
    return checked, tuple(read_shares(tx, asked.shares, checked, actor, problems))


def _line(tx: Tx, asked: PlaceLine, checked: Checked, shares: Sequence[Share], actor: Actor) -> Line:
    """The draft a checked wish comes to, without numbers and title."""
    return Line(
        id=0,
        number="",
        oin="",
        state=LineState.DRAFT,
        owner=checked.owner,
        type=checked.type,
        method=checked.method,
        source=Source.WMS,
        bib=Bib(""),
        created=tx.now,
        state_since=tx.now,
        vendor=checked.vendor_code,
        account=checked.account_code,
        price=checked.price,
        discount=checked.discount,
        quantity=checked.quantity,
        net=checked.net,
        no_charge=asked.no_charge,
        rush=asked.rush,
        reference=asked.reference,
        material=checked.material,
        manual_renewal=checked.continuous if asked.manual_renewal is None else asked.manual_renewal,
        renewal_date=asked.renewal_date,
        expected_receipt_date=asked.expected_receipt_date,
        created_by=actor.name,
        terms=with_account_s(asked.terms, checked.account),
        shares=tuple(shares),
        places=stocked_places(checked),
        notes=tuple(Note(text, tx.now, actor.name) for text in asked.notes),
        interested=interested_of(checked),
    )


def _extras(wish: ItemWish) -> dict[str, Any]:
    return {DIALECT: {"item": dict(wish.extras), "configs": copy_configs.kept(wish.configs)}}


def change_item(tx: Tx, number: str, item: str, wish: ItemWish, actor: Actor) -> OrderItem:
    """Make an item of an open order what `wish` says; what is the same has no effect.

    Raises Refusal: record_missing, line_not_found, order_fixed, line_cancelled, and what `add_item` finds
    wrong.
    """
    head = hold_row(tx, number)
    found = order_items.row_of(tx, item, head)
    store.hold(tx, [found.id])
    found = order_items.row_of(tx, item, head)
    refuse_closed(head)
    if found.state == LineState.CANCELLED:
        raise Refusal(Problem("line_cancelled", "po_line_id", found.oin))
    if found.state != LineState.DRAFT:
        raise Refusal(fixed(head, f"{found.number} came by another door"))
    before = whole(tx, [found])[0]
    same_title = is_title_of(before.bib, wish.line.title)
    asked = _asked(head, wish)
    asked = replace(
        asked,
        owner=asked.owner or before.owner,
        material=asked.material or (before.material if asked.type == before.type else ""),
        rush=before.rush,
        no_charge=before.no_charge,
        manual_renewal=before.manual_renewal,
        renewal_date=before.renewal_date,
        expected_receipt_date=before.expected_receipt_date,
        terms=before.terms,
    )  # what these orders have no words for stays as another door said it
    problems: list[Problem] = []
    checked, shares = _checked(tx, asked, actor, problems)
    refuse_if(problems, asked.problems)
    told = [each for each in before.alerts if each.slug in OF_TITLE]
    bib = before.bib
    if not same_title:
        bib = find_bib(tx, asked, checked).bib
        told = []
    wanted = _line(tx, asked, checked, shares, actor)
    after = replace(
        wanted,
        id=before.id,
        number=before.number,
        oin=before.oin,
        bib=bib,
        po_number=before.po_number,
        created=before.created,
        state_since=before.state_since,
        created_by=before.created_by,
        holdings=(),
        notes=_notes(before, wanted),
        interested=before.interested,
        alerts=_alerts(told, checked),
    )
    extras = _extras(wish)
    changes = differences(before, after)
    if before.type != after.type:
        changes.append(Change("type", before.type, after.type))
    if before.bib.mms_id != bib.mms_id:
        changes.append(Change("mms_id", before.bib.mms_id, bib.mms_id))
        catalogue.add_use(tx, bib.mms_id, USE_KIND, before.id)
        leave_bibs(tx, [(before.bib.mms_id, before.id)])
    if not changes and extras == found.extras and before.alerts == after.alerts:
        return order_items.item_of_row(before, found)
    store_drafts.rewrite(tx, before, after, head.id, extras)
    store_drafts.touch(tx, head.id)
    history.record(tx, moves.LINE, after.number, changes, actor.name)
    tx.emit("po_line.changed", after.number, {"fields": [each.field for each in changes]})
    return order_items.item(tx, after.number, head)


def _notes(before: Line, wanted: Line) -> tuple[Note, ...]:
    """The notes asked for; those that were there keep their date and author."""
    known = {note.text: note for note in before.notes}
    return tuple(known.get(note.text, note) for note in wanted.notes)


_TITLE = ("title", "author", "isbn", "issn", "edition", "publisher", "year")


def is_title_of(bib: Bib, given: Description) -> bool:
    """Whether a description says nothing of a title that its record does not say."""
    if given.mms_id:
        return given.mms_id == bib.mms_id
    numbers = {each.replace(" ", "") for each in bib.system_control_numbers}
    return all(
        not getattr(given, name) or getattr(given, name).strip() == getattr(bib, name) for name in _TITLE
    ) and all(each.replace(" ", "") in numbers for each in given.system_control_numbers)


def delete_item(tx: Tx, number: str, item: str, actor: Actor) -> None:
    """Take an item out of an open order, for good.

    Raises Refusal: record_missing, line_not_found, order_fixed.
    """
    head = hold_row(tx, number)
    found = order_items.row_of(tx, item, head)
    refuse_closed(head)
    if foreign([found]):
        raise Refusal(fixed(head, f"{found.number} came by another door"))
    throw_away(tx, [found], actor)
    store_drafts.touch(tx, head.id)


def throw_away(tx: Tx, lines: Sequence[LineRow], actor: Actor) -> None:
    """Remove lines and what was made for them alone; in a few statements."""
    if not lines:
        return
    store.hold(tx, [line.id for line in lines])
    store_drafts.remove(tx, [line.id for line in lines])
    history.record_many(
        tx,
        moves.LINE,
        {line.number: [Change("state", line.state, "deleted")] for line in lines},
        actor.name,
    )
    leave_bibs(tx, [(line.mms_id, line.id) for line in lines])
    for line in lines:
        tx.emit("po_line.deleted", line.number, {"by": actor.name})


def leave_bibs(tx: Tx, uses: Sequence[tuple[str, int]]) -> None:
    """Drafts need their bibs no longer; one that was made for them and is needed by nobody goes with them."""
    catalogue.drop_uses(tx, USE_KIND, uses)
    bibs = catalogue.bibs(tx, sorted({mms_id for mms_id, _ in uses}))
    ours = [bib.mms_id for bib in bibs if bib.brief and bib.origin == "order"]
    if ours:
        catalogue.delete_needless(tx, ours)
