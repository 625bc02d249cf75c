"""Orders that are put together item by item: begun empty, changed, filled, thrown away.

Such an order is a PO in DRAFT, its items lines in DRAFT: they have their numbers, their title, funds and
places, but nothing is encumbered, no copy exists and packaging does not see them. Everything an item
says is held against the registers when it comes, and once more when the order is submitted
(`submission`), which is when lines begin to cost. Plans (approval, blanket, DDA) are born submitted: what
is added to one is placed at once.

Whoever changes an order or an item of it locks the order first, so that of two at once the second sees
what the first did, and nothing is added to an order that is just being submitted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib, Description
from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.money import RATE_ONE
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.ordering import copy_configs, moves, order_items, store, store_drafts
from openacq.ordering.alerts import alert
from openacq.ordering.change import differences
from openacq.ordering.check import Checked, check, refuse_if
from openacq.ordering.copy_configs import CopyConfig
from openacq.ordering.funding import read_shares
from openacq.ordering.model import Actor, Alert, Line, LineState, Note, PlaceLine, Share, Source
from openacq.ordering.order_items import DIALECT, OrderHead, OrderItem
from openacq.ordering.place import (
    USE_KIND,
    find_bib,
    interested_of,
    stocked_places,
    with_account_s,
)
from openacq.ordering.read import whole
from openacq.ordering.states import OrderState
from openacq.ordering.store import LineRow
from openacq.ordering.store_drafts import HeadRow
from openacq.store import Tx
from openacq.vendors import service as vendors

LONGEST_NAME = 1_000
OF_TITLE = frozenset({"bib_ambiguous", "bib_brief", "identifier_doubtful"})
"""Alerts that were found out with the title and stay with it."""
WAITS = "waits_for_submission"

_RATE = re.compile(r"\d{1,8}(?:\.(\d{1,10}))?|\.(\d{1,10})", re.ASCII)


@dataclass(frozen=True, slots=True)
class OrderWish:
    """An order as it is asked for. Texts unset are "". `plan` is the acquisition method of a plan, "" for an
    order like most. `extras` are members of the dialect that the house only keeps."""

    name: str = ""
    vendor: str = ""
    currency: str = ""
    exchange_rate: str = ""
    plan: str = ""
    extras: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemWish:
    """An item as it is asked for: a line whose places and shares follow from `configs`; its vendor, account
    and currency are the order's."""

    line: PlaceLine
    configs: tuple[CopyConfig, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)


# -- orders -------------------------------------------------------------------------------------


def begin(tx: Tx, wish: OrderWish, actor: Actor) -> OrderHead:
    """Make an order without items: open, or submitted already if it is a plan.

    Raises Refusal with every problem: field_missing (its name), vendor_unknown, code_illegal (currency,
    acquisition method), exchange_rate_invalid.
    """
    problems: list[Problem] = list(wish.problems)
    values = _values(tx, wish, actor, problems)
    if wish.plan:
        _check_plan(tx, wish.plan, problems)
    refuse_if(problems, wish.problems)
    state = OrderState.SENT if wish.plan else OrderState.DRAFT
    number = f"PO-{tx.today.year}-{tx.number('PO')}"
    row: dict[str, Any] = {
        **values,
        "id": tx.new_id(),
        "number": number,
        "state": state.value,
        "created_by": actor.name,
        "method": wish.plan,
        "submitted": tx.now if wish.plan else None,
    }
    store_drafts.add_order(tx, row)
    tx.emit("purchase_order.begun", number, {"state": state.value, "by": actor.name})
    return OrderHead(
        HeadRow(
            id=row["id"],
            number=number,
            name=wish.name,
            state=state,
            vendor=values["vendor"],
            account=values["account"],
            owner="",
            currency=values["currency"],
            exchange_rate=values["exchange_rate"],
            method=wish.plan,
            source=Source.WMS.value,
            created=tx.now,
            changed=tx.now,
            version=1,
            submitted=row["submitted"],
            approved=None,
            approval_reason="",
            sent=None,
            extras=values["extras"],
        )
    )


def _values(tx: Tx, wish: OrderWish, actor: Actor, problems: list[Problem]) -> dict[str, Any]:
    """The columns an order's wish decides about; adds what is wrong with it to `problems`."""
    if not wish.name.strip():
        problems.append(Problem("field_missing", "order_name"))
    elif len(wish.name) > LONGEST_NAME:
        expected = f"at most {LONGEST_NAME} characters"
        problems.append(Problem("value_wrong_type", "order_name", wish.name, expected=expected))
    account = _account(tx, wish.vendor, actor, problems) if wish.vendor else ""
    currency = wish.currency or directory.institution(tx).currency
    wrong = codes.check(tx, "Currency_CT", "currency", currency)
    if wrong is not None:
        problems.append(wrong)
    return {
        "name": wish.name,
        "vendor": wish.vendor,
        "account": account,
        "currency": currency,
        "exchange_rate": _rate(wish.exchange_rate, problems),
        "extras": {DIALECT: dict(wish.extras)},
    }


def _account(tx: Tx, code: str, actor: Actor, problems: list[Problem]) -> str:
    """The account orders to a vendor go through, "" when it has no usual one."""
    vendor = vendors.vendor(tx, code)
    if vendor is None or not vendor.active or actor.vendor not in (None, code):
        meant = () if actor.vendor else vendors.similar_codes(tx, code)
        problems.append(Problem("vendor_unknown", "vendor", code, probable=probable(meant)))
        return ""
    account = vendor.default_account
    return account.code if account is not None else ""


def _rate(text: str, problems: list[Problem]) -> int:
    """An exchange rate as 10^-10; 1 for none."""
    given = text.strip()
    if not given:
        return RATE_ONE
    form = _RATE.fullmatch(given)
    if form is None:
        reason = "not a number with at most 10 decimals"
        problems.append(Problem("exchange_rate_invalid", "exchange_rate", text, reason=reason))
        return RATE_ONE
    decimals = (form[1] or form[2] or "").ljust(10, "0")
    rate = int(given.split(".")[0] or "0") * RATE_ONE + int(decimals)
    if not rate:
        problems.append(Problem("exchange_rate_invalid", "exchange_rate", text, reason="it is 0"))
    return rate


def _check_plan(tx: Tx, method: str, problems: list[Problem]) -> None:
    wrong = codes.check(tx, "AcquisitionMethod", "acquisition_method", method)
    row = codes.row(tx, "AcquisitionMethod", method)
    if wrong is None and row is not None and row.attributes.get("encumbers", "true") == "true":
        wrong = Problem(
            "code_illegal", "acquisition_method", method, table="AcquisitionMethod (plans)", probable=""
        )
    if wrong is not None:
        problems.append(wrong)


def hold_order(tx: Tx, number: str) -> OrderHead:
    """The order of that number, locked to the end of the transaction. Raises Refusal record_missing."""
    return order_items.head(tx, number, hold=True)


def change_order(tx: Tx, number: str, wish: OrderWish, actor: Actor) -> OrderHead:
    """Make the order what `wish` says; what is the same has no effect.

    While it is open everything may change; the currency only while it has no items. Of a submitted one
    the name and what the dialect keeps. Raises Refusal: record_missing, order_fixed (it came by packaging,
    or is over), field_fixed, and what `begin` finds wrong.
    """
    before = hold_order(tx, number)
    row = before.row
    _refuse_packaged(row)
    if row.state in (OrderState.CLOSED, OrderState.CANCELLED):
        raise Refusal(_fixed(row, f"it is {row.state.value}"))
    problems: list[Problem] = list(wish.problems)
    asked = wish if wish.exchange_rate else replace(wish, exchange_rate=before.exchange_rate_text)
    asked = asked if wish.currency else replace(asked, currency=row.currency)
    values = _values(tx, asked, actor, problems)
    if values["vendor"] == row.vendor:
        values["account"] = row.account or values["account"]
        problems = [each for each in problems if each.slug != "vendor_unknown"]
    refuse_if([*problems, *_of_order_fixed(tx, before, values)], wish.problems)
    changes = [
        Change(name, getattr(row, name), values[name])
        for name in ("name", "vendor", "currency", "exchange_rate")
        if getattr(row, name) != values[name]
    ]
    if not changes and row.extras == values["extras"]:
        return before
    store_drafts.change_order(tx, row.id, values)
    if row.vendor != values["vendor"]:
        store_drafts.resell(tx, row.id, values["vendor"], values["account"])
    history.record(tx, moves.ORDER, row.number, changes, actor.name)
    tx.emit("purchase_order.changed", row.number, {"fields": [each.field for each in changes]})
    return order_items.head(tx, number)


def _of_order_fixed(tx: Tx, before: OrderHead, values: Mapping[str, Any]) -> list[Problem]:
    """What of an order may not change any more."""
    row = before.row
    found = []
    if row.state is not OrderState.DRAFT:
        found += [
            Problem("field_fixed", name, values[name], reason="the order is submitted")
            for name in ("vendor", "currency", "exchange_rate")
            if values[name] != getattr(row, name)
        ]
    elif values["currency"] != row.currency and before.items:
        found.append(Problem("field_fixed", "currency", values["currency"], reason="the order has items"))
    elif values["vendor"] != row.vendor and _foreign(store_drafts.items_of(tx, row.id)):
        reason = "lines of its vendor were put into the order"
        found.append(Problem("field_fixed", "vendor", values["vendor"], reason=reason))
    return found


def delete_order(tx: Tx, number: str, actor: Actor) -> None:
    """Throw an open order away with its items; their numbers are not used again.

    Raises Refusal: record_missing, order_fixed (it is submitted, came by packaging, or a line came into
    it by another door).
    """
    row = hold_order(tx, number).row
    _refuse_packaged(row)
    if row.state is not OrderState.DRAFT:
        raise Refusal(_fixed(row, f"it is {_phase_words(row)}"))
    lines = store_drafts.items_of(tx, row.id, hold=True)
    foreign = _foreign(lines)
    if foreign:
        names = ", ".join(line.number for line in foreign)
        raise Refusal(_fixed(row, f"{names} came by another door"))
    _throw_away(tx, lines, actor)
    store_drafts.delete_order(tx, row.id)
    history.record(tx, moves.ORDER, number, [Change("state", row.state.value, "deleted")], actor.name)
    tx.emit("purchase_order.deleted", number, {"items": len(lines), "by": actor.name})


def _phase_words(row: HeadRow) -> str:
    return "submitted" if row.state is OrderState.OPEN else row.state.value.lower()


def _foreign(lines: Sequence[LineRow]) -> list[LineRow]:
    """The lines of an order that were not made as its items."""
    return [
        line
        for line in lines
        if line.source != Source.WMS or line.state not in (LineState.DRAFT, LineState.CANCELLED)
    ]


def _refuse_packaged(row: HeadRow) -> None:
    if DIALECT not in row.extras:
        raise Refusal(_fixed(row, "it was made by packaging"))


def _fixed(row: HeadRow, reason: str) -> Problem:
    return Problem("order_fixed", "order", row.number, reason=reason)


# -- items --------------------------------------------------------------------------------------


def add_item(tx: Tx, number: str, wish: ItemWish, actor: Actor) -> OrderItem:
    """Add an item to an open order: a line that waits for the order to be submitted. To a plan it is
    added as placed (`submission.place_in_plan`).

    Raises Refusal: record_missing, order_fixed (it is submitted, or was packaged), and every problem
    `check` and `read_shares` find.
    """
    row = hold_order(tx, number).row
    refuse_closed(row)
    return draft(tx, row, wish, actor)


def refuse_closed(row: HeadRow) -> None:
    """Raises Refusal order_fixed unless items may be added to the order or taken out of it."""
    _refuse_packaged(row)
    if row.state is not OrderState.DRAFT:
        raise Refusal(_fixed(row, f"it is {_phase_words(row)}"))


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
    head = hold_order(tx, number).row
    found = order_items.row_of(tx, item, head)
    store.hold(tx, [found.id])
    found = order_items.row_of(tx, item, head)
    refuse_closed(head)
    if found.state == LineState.CANCELLED:
        raise Refusal(Problem("line_cancelled", "po_line_id", found.oin))
    if found.state != LineState.DRAFT:
        raise Refusal(_fixed(head, f"{found.number} came by another door"))
    before = whole(tx, [found])[0]
    same_title = is_title_of(before.bib, wish.line.title)
    asked = _asked(head, wish)
    if wish.line.owner == "":
        asked = replace(asked, owner=before.owner)
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
        _leave_bibs(tx, [(before.bib.mms_id, before.id)])
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
    head = hold_order(tx, number).row
    found = order_items.row_of(tx, item, head)
    refuse_closed(head)
    if _foreign([found]):
        raise Refusal(_fixed(head, f"{found.number} came by another door"))
    _throw_away(tx, [found], actor)
    store_drafts.touch(tx, head.id)


def _throw_away(tx: Tx, lines: Sequence[LineRow], actor: Actor) -> None:
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
    _leave_bibs(tx, [(line.mms_id, line.id) for line in lines])
    for line in lines:
        tx.emit("po_line.deleted", line.number, {"by": actor.name})


def _leave_bibs(tx: Tx, uses: Sequence[tuple[str, int]]) -> None:
    """Drafts need their bibs no longer; one that was made for them and is needed by nobody goes with them."""
    catalogue.drop_uses(tx, USE_KIND, uses)
    bibs = catalogue.bibs(tx, sorted({mms_id for mms_id, _ in uses}))
    ours = [bib.mms_id for bib in bibs if bib.brief and bib.origin == "order"]
    if ours:
        catalogue.delete_needless(tx, ours)
