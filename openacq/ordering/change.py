"""Changing a line: the whole of it comes back, and what differs is changed.

What is the same has no effect at all, so a line put back untouched stays as it is, dates, notes and
rates included. Fields that a PO fixes (vendor, account, method, PO, invoice reference, access
provider) change only before the line is in one; the bib, the discount and the licence never do here.
Money moves only when price, copies, charge or funds change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from openacq.catalogue.model import Description
from openacq.codes import service as codes
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.money import Money, line_net, split_by_weights
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import moves, store, store_changes, store_drafts, store_order_rates
from openacq.ordering.check import Checked, blocking, check, refuse_if
from openacq.ordering.close import catch_up
from openacq.ordering.copies import change_places
from openacq.ordering.funding import encumber, read_shares
from openacq.ordering.model import (
    Actor,
    Alert,
    Interested,
    Line,
    LineState,
    Note,
    Place,
    PlaceLine,
    Share,
    Source,
)
from openacq.ordering.place import interested_of, with_account_s
from openacq.ordering.read import held_line
from openacq.ordering.where import read_places
from openacq.store import Tx

BEFORE_ORDER = frozenset(
    {
        LineState.DRAFT,
        LineState.IN_REVIEW,
        LineState.DEFERRED,
        LineState.AUTO_PACKAGING,
        LineState.MANUAL_PACKAGING,
    }
)
PACKAGING = frozenset({LineState.AUTO_PACKAGING, LineState.MANUAL_PACKAGING})
NO_MONEY = frozenset({LineState.DRAFT, LineState.CLOSED, LineState.CANCELLED})

CHECKED_ANEW = frozenset(
    {
        "account_missing",
        "fund_inactive",
        "fund_library",
        "fund_missing",
        "fund_summary",
        "fund_unknown",
        "location_missing",
        "price_missing",
        "reference_long",
        "renewal_missing",
        "shares_differ",
        "vendor_missing",
    }
)
"""Alerts every change finds out about again."""
PAID_ANEW = frozenset({"fund_foreign", "fund_overdrawn", "fund_short"})
"""Alerts that come of encumbering."""
FIXED_BY_ORDER = (
    ("vendor", "vendor"),
    ("account", "vendor_account"),
    ("method", "acquisition_method"),
    ("po_number", "po_number"),
    ("invoice_reference", "invoice_reference"),
    ("access_provider", "access_provider"),
)
COMPARED = (
    "owner",
    "vendor",
    "account",
    "method",
    "price",
    "quantity",
    "net",
    "no_charge",
    "rush",
    "reference",
    "material",
    "manual_renewal",
    "renewal_date",
    "expected_receipt_date",
)


@dataclass(frozen=True, slots=True)
class HowToChange:
    """`inventory` false leaves holdings and items alone; `redistribute` spreads the new total over the
    funds the line has; `keep_interested` and `keep_places` say that the list was left out."""

    inventory: bool = True
    redistribute: bool = False
    keep_interested: bool = False
    keep_places: bool = False
    version: int | None = None


def change(tx: Tx, number: str, wish: PlaceLine, actor: Actor, how: HowToChange) -> Line:
    """Make the line what `wish` says; returns it as it then is.

    Raises Refusal: line_not_found, line_ambiguous, line_cancelled, line_outdated (another change came
    between, when `how.version` was given), field_fixed, and every problem `check` finds in what changes.
    """
    before = held_line(tx, number, actor)
    if before.state is LineState.CANCELLED:
        raise Refusal(Problem("line_cancelled", "po_line_id", before.number))
    if how.version is not None and how.version != store_changes.version_of(tx, before.id):
        raise Refusal(Problem("line_outdated", "po_line_id", before.number))
    problems: list[Problem] = []
    checked = _check(tx, before, wish, actor, how, problems)
    shares = _shares(tx, before, wish, actor, how, checked, problems)
    after = _after(tx, before, wish, checked, shares, actor, how)
    problems += _fixed(before, after, wish)
    refuse_if(_of_changes(problems, before, after), wish.problems)
    return _write(tx, before, after, checked, actor, how, wish)


def _check(
    tx: Tx, before: Line, wish: PlaceLine, actor: Actor, how: HowToChange, problems: list[Problem]
) -> Checked:
    """The wish against the registers, with what cannot change taken from the line."""
    asked = replace(
        wish,
        type=before.type,
        title=Description(title=before.bib.title),
        number="",
        profile="",
        discount="",
        places=(),
    )
    checked = check(tx, asked, actor, False, problems)
    checked.alerts = [
        each for each in checked.alerts if each.slug not in ("location_missing", "type_replaced")
    ]
    row = codes.row(tx, "PurchaseType", before.type)
    inventory = row.attributes.get("inventory") if row else ""
    if wish.account == before.account:
        checked.discount = before.discount
    checked.quantity = before.quantity
    if not how.keep_places and how.inventory and inventory == "physical" and wish.places:
        checked.quantity = max(sum(max(each.quantity or 0, len(each.copies)) or 1 for each in wish.places), 1)
    if inventory == "physical" and not before.places and not wish.places:
        checked.alerts += [each for each in before.alerts if each.slug == "location_missing"]
    if checked.price is not None:
        free = checked.price.with_units(0)
        net = line_net(checked.price, checked.quantity, checked.discount)
        checked.net = free if checked.no_charge else net
    return checked


def _shares(
    tx: Tx,
    before: Line,
    wish: PlaceLine,
    actor: Actor,
    how: HowToChange,
    checked: Checked,
    problems: list[Problem],
) -> tuple[Share, ...]:
    if not how.redistribute:
        return tuple(read_shares(tx, wish.shares, checked, actor, problems))
    parts = [share.part.units if share.part else 0 for share in before.shares]
    if checked.net is None or not sum(parts):
        return before.shares
    spread = split_by_weights(checked.net, parts)
    return tuple(
        replace(share, part=part, amount=part if share.amount is not None else None)
        for share, part in zip(before.shares, spread, strict=True)
    )


def _after(
    tx: Tx,
    before: Line,
    wish: PlaceLine,
    checked: Checked,
    shares: Sequence[Share],
    actor: Actor,
    how: HowToChange,
) -> Line:
    terms = replace(
        with_account_s(wish.terms, checked.account),
        title_id=before.terms.title_id,
        vendor_title_number=before.terms.vendor_title_number,
        license=before.terms.license,
        access_model=before.terms.access_model,
        base_status=before.terms.base_status,
        renewal_period=_period(before, wish),
    )
    same_notes = tuple(note.text for note in before.notes) == wish.notes
    return replace(
        before,
        owner=checked.owner,
        vendor=_kept(before.vendor, wish.vendor, checked.vendor_code),
        account=_kept(before.account, wish.account, checked.account_code),
        method=_kept(before.method, wish.method, checked.method),
        price=checked.price,
        discount=checked.discount,
        quantity=checked.quantity,
        net=checked.net,
        no_charge=wish.no_charge,
        rush=wish.rush,
        reference=wish.reference,
        po_number=wish.po_number,
        material=_kept(before.material, wish.material, checked.material),
        manual_renewal=before.manual_renewal if wish.manual_renewal is None else wish.manual_renewal,
        renewal_date=wish.renewal_date,
        expected_receipt_date=wish.expected_receipt_date,
        terms=terms,
        shares=tuple(shares),
        notes=before.notes if same_notes else _notes(tx, before, wish, actor),
        interested=before.interested if how.keep_interested else interested_of(checked),
    )


def _kept(old: str, asked: str, found: str) -> str:
    """A code as it is when it is asked for unchanged, even if its register has switched it off since."""
    return old if asked == old else found


def _period(before: Line, wish: PlaceLine) -> int | None:
    """Answers show 0 for a period that was never set."""
    asked = wish.terms.renewal_period
    return None if not asked and before.terms.renewal_period is None else asked


def _notes(tx: Tx, before: Line, wish: PlaceLine, actor: Actor) -> tuple[Note, ...]:
    """The notes asked for; those that were there keep their date and author."""
    known = {note.text: note for note in before.notes}
    return tuple(known.get(text) or Note(text, tx.now, actor.name) for text in wish.notes)


def _fixed(before: Line, after: Line, wish: PlaceLine) -> list[Problem]:
    """What may not change any more, or never could."""
    found = []
    mms_id = wish.title.mms_id
    if mms_id and mms_id != before.bib.mms_id:
        found.append(
            Problem("field_fixed", "resource_metadata.mms_id", mms_id, reason="the title of a line stays")
        )
    if before.source is Source.WMS and before.po_number:
        reason = f"the line is an item of {before.po_number}"
        found += [
            Problem("field_fixed", shown, _value(after, name), reason=reason)
            for name, shown in FIXED_BY_ORDER[:4]
            if name != "method" and _value(before, name) != _value(after, name)
        ]
    if before.state in BEFORE_ORDER:
        return found
    for name, shown in FIXED_BY_ORDER:
        old, new = _value(before, name), _value(after, name)
        if old != new:
            reason = "the line is in a purchase order"
            found.append(Problem("field_fixed", shown, new, reason=reason))
    if before.price is not None and after.price is None and not after.no_charge:
        found.append(Problem("field_missing", "price.sum"))
    return found


def _value(line: Line, name: str) -> Any:
    return getattr(line, name) if hasattr(line, name) else getattr(line.terms, name)


_FIELDS = {
    "vendor_account": "account",
    "acquisition_method": "method",
    "vendor_reference_number": "reference",
    "material_type": "material",
    "fund_distribution": "shares",
    "interested_user": "interested",
    "vendor_reference_number_type": "vendor_reference_type",
    "reporting_code": "reporting_codes",
    "secondary_reporting_code": "reporting_codes",
    "tertiary_reporting_code": "reporting_codes",
    "fourth_reporting_code": "reporting_codes",
    "fifth_reporting_code": "reporting_codes",
}
"""Wire names of fields that are called otherwise here."""


def _of_changes(problems: Iterable[Problem], before: Line, after: Line) -> list[Problem]:
    """Problems of fields that change; what a line has stays good when its register moved on."""
    kept = []
    for problem in problems:
        root = problem.field.split(".")[0].split("[")[0]
        name = _FIELDS.get(root, root)
        if name == "interested" and problem.value not in {user.primary_id for user in before.interested}:
            kept.append(problem)
            continue
        known = hasattr(before, name) or hasattr(before.terms, name)
        if not known or problem.slug == "field_fixed" or _value(before, name) != _value(after, name):
            kept.append(problem)
        elif _value(before, name) == "" and problem.value:
            kept.append(problem)  # what was empty is asked to be something that is not known
    return kept


def _write(
    tx: Tx, before: Line, after: Line, checked: Checked, actor: Actor, how: HowToChange, wish: PlaceLine
) -> Line:
    after, copies_changed = _with_places(tx, before, after, wish, actor, how)
    order_id, joined = _order(tx, before, after, checked)
    after = replace(after, po_number=joined)
    pays = before.state not in NO_MONEY and _money(before) != _money(after)
    if pays:
        rate = None if order_id is None or after.net is None else _rate(tx, order_id, after.net)
        paid = encumber(tx, after.id, after.shares, checked, again=True, rate=rate)
        after = replace(after, shares=tuple(paid))
    after = replace(after, alerts=_alerts(before, checked, paid=pays))
    changes = differences(before, after, copies_changed=copies_changed)
    if not changes and before.alerts == after.alerts:
        return before
    store_changes.write_line(tx, before, after, order_id)
    if before.state is LineState.DRAFT and order_id is not None:
        store_drafts.touch(tx, order_id)  # the order is read with its items: whoever read it before is told
    history.record(tx, moves.LINE, after.number, changes, actor.name)
    tx.emit("po_line.changed", after.number, {"fields": [each.field for each in changes]})
    if before.state in PACKAGING and blocking(after.alerts):
        state = moves.move_lines(tx, [after.id], "review", actor)[after.id]
        return replace(after, state=state, state_since=tx.now)
    if before.state in PACKAGING and order_id is not None:
        state = moves.move_lines(tx, [after.id], "pack", actor)[after.id]
        return replace(after, state=state, state_since=tx.now)
    return _caught_up(tx, before, after, actor, copies_changed=copies_changed)


def _caught_up(tx: Tx, before: Line, after: Line, actor: Actor, *, copies_changed: bool) -> Line:
    """The line with the state and the claim that follow from what is ordered and expected now."""
    dates = _expected(before) != _expected(after)
    if not copies_changed and not dates:
        return after
    state = catch_up(tx, [after.id], actor, dates=dates)[after.id].state
    return after if state is after.state else replace(after, state=state, state_since=tx.now)


def _expected(line: Line) -> tuple[object, ...]:
    """What the days of claims are reckoned from."""
    terms = line.terms
    return (
        line.expected_receipt_date,
        terms.expected_activation_date,
        terms.claiming_interval,
        terms.reclaim_interval,
    )


def _with_places(
    tx: Tx, before: Line, after: Line, wish: PlaceLine, actor: Actor, how: HowToChange
) -> tuple[Line, bool]:
    if how.keep_places or not how.inventory or not wish.places:
        return replace(after, quantity=before.quantity, places=before.places), False
    problems: list[Problem] = []
    if before.state is LineState.DRAFT:
        return _with_places_asked(tx, before, after, wish, actor), False
    changed = change_places(tx, before, wish.places, actor, problems)
    refuse_if(problems)
    if changed is None:
        return replace(after, quantity=before.quantity, places=before.places), False
    return replace(
        after, places=changed.places, holdings=changed.holdings, items=changed.items
    ), changed.copies


def _with_places_asked(tx: Tx, before: Line, after: Line, wish: PlaceLine, actor: Actor) -> Line:
    """A draft has no copies yet: its places are what is asked for."""
    problems: list[Problem] = []
    read = read_places(tx, wish.places, actor, with_items=False, problems=problems)
    refuse_if(problems)
    places = tuple(Place(each.library, each.location, each.quantity) for each in read)
    return replace(after, places=before.places if places == before.places else places)


def _order(tx: Tx, before: Line, after: Line, checked: Checked) -> tuple[int | None, str]:
    """The PO the line is in after the change: (id, number)."""
    if before.po_number == after.po_number or before.state not in BEFORE_ORDER:
        return store_changes.order_of(tx, before.id), before.po_number
    if not after.po_number:
        return None, ""
    order_id = store.open_order(tx, after.po_number, checked.vendor_code)
    return order_id, after.po_number if order_id is not None else ""


def _rate(tx: Tx, order_id: int, net: Money) -> int | None:
    """The exchange rate the line's order fixes."""
    return store_order_rates.of_order(tx, order_id, net.currency)


def _money(line: Line) -> tuple[Any, ...]:
    """What the encumbrance depends on."""
    return (
        line.net,
        line.method,
        tuple((share.fund_code, share.fund_id, share.part) for share in line.shares),
    )


def _alerts(before: Line, checked: Checked, *, paid: bool) -> tuple[Alert, ...]:
    """The alerts that still hold, then those found now."""
    gone = CHECKED_ANEW | PAID_ANEW if paid else CHECKED_ANEW
    found = [each for each in checked.alerts if each.slug in gone]
    kept = [each for each in before.alerts if each.slug not in gone or each in found]
    return (*kept, *(each for each in found if each not in kept))


def differences(before: Line, after: Line, *, copies_changed: bool = False) -> list[Change]:
    """Every field that is another one now."""
    found = [
        Change(name, old, new)
        for name in (*COMPARED, "po_number")
        if (old := getattr(before, name)) != (new := getattr(after, name))
    ]
    for each in fields(before.terms):
        old, new = getattr(before.terms, each.name), getattr(after.terms, each.name)
        if old != new:
            found.append(Change(each.name, old, new))
    lists = (
        (
            "funds",
            [_share_words(share) for share in before.shares],
            [_share_words(share) for share in after.shares],
        ),
        ("notes", [note.text for note in before.notes], [note.text for note in after.notes]),
        ("interested", _interest(before.interested), _interest(after.interested)),
        ("places", _place_words(before), _place_words(after)),
    )
    found += [Change(name, old, new) for name, old, new in lists if old != new]
    if copies_changed and not any(each.field == "places" for each in found):
        found.append(Change("copies", None, "changed"))
    return found


def _share_words(share: Share) -> str:
    given = f"{share.percent}" if share.percent is not None else share.amount.text() if share.amount else ""
    return f"{share.fund_code} {given} {share.part.text() if share.part else ''}".strip()


def _interest(users: Sequence[Interested]) -> list[tuple[Any, ...]]:
    return [
        (
            user.primary_id,
            user.notify_receiving_activation,
            user.hold_item,
            user.notify_renewal,
            user.notify_cancel,
        )
        for user in users
    ]


def _place_words(line: Line) -> list[str]:
    return [f"{place.library} {place.location} {place.quantity}" for place in line.places]
