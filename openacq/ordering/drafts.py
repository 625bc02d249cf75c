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
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.money import RATE_ONE
from openacq.kernel.refusal import Problem, Refusal, probable
from openacq.ordering import afford, moves, order_items, store_drafts, store_review
from openacq.ordering.change import NO_MONEY
from openacq.ordering.check import refuse_if
from openacq.ordering.draft_guards import fixed, foreign, hold_row, refuse_packaged, words_of_state
from openacq.ordering.draft_items import throw_away
from openacq.ordering.model import Actor, LineState, Source
from openacq.ordering.order_items import DIALECT, OrderHead
from openacq.ordering.states import OrderState
from openacq.ordering.store_drafts import HeadRow
from openacq.store import Tx
from openacq.vendors import service as vendors

LONGEST_NAME = 1_000

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
    the name, what the dialect keeps, and the exchange rate: what its lines encumber follows.

    Raises Refusal: record_missing, order_fixed (it came by packaging, or is over), field_fixed, and what
    `begin` finds wrong.
    """
    before = hold_order(tx, number)
    row = before.row
    refuse_packaged(row)
    if row.state in (OrderState.CLOSED, OrderState.CANCELLED):
        raise Refusal(fixed(row, f"it is {row.state.value}"))
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
        _known_now(tx, row.id, values)
    if row.exchange_rate != values["exchange_rate"]:
        _pay_at_new_rate(tx, row)
    history.record(tx, moves.ORDER, row.number, changes, actor.name)
    tx.emit("purchase_order.changed", row.number, {"fields": [each.field for each in changes]})
    return order_items.head(tx, number)


def _known_now(tx: Tx, order_id: int, values: Mapping[str, Any]) -> None:
    """Drafts that missed a vendor or account miss it no longer."""
    known = [f"{name}_missing" for name in ("vendor", "account") if values[name]]
    drafted = [line.id for line in store_drafts.items_of(tx, order_id) if line.state == LineState.DRAFT]
    if known and drafted:
        store_review.drop_alerts(tx, drafted, known)


def _pay_at_new_rate(tx: Tx, row: HeadRow) -> None:
    """Encumber again the lines the order's rate is for; what a fund may not carry any more is told of as an
    alert of its line."""
    lines = store_drafts.items_of(tx, row.id, hold=True)
    paying = [line.id for line in lines if line.state not in NO_MONEY and line.currency == row.currency]
    if paying:
        afford.encumber_again(tx, paying)


def _of_order_fixed(tx: Tx, before: OrderHead, values: Mapping[str, Any]) -> list[Problem]:
    """What of an order may not change any more."""
    row = before.row
    found = []
    if row.state is not OrderState.DRAFT:
        found += [
            Problem("field_fixed", name, values[name], reason="the order is submitted")
            for name in ("vendor", "currency")
            if values[name] != getattr(row, name)
        ]
    elif values["currency"] != row.currency and before.items:
        found.append(Problem("field_fixed", "currency", values["currency"], reason="the order has items"))
    elif values["vendor"] != row.vendor and foreign(store_drafts.items_of(tx, row.id)):
        reason = "lines of its vendor were put into the order"
        found.append(Problem("field_fixed", "vendor", values["vendor"], reason=reason))
    return found


def delete_order(tx: Tx, number: str, actor: Actor) -> None:
    """Throw an open order away with its items; their numbers are not used again.

    Raises Refusal: record_missing, order_fixed (it is submitted, came by packaging, or a line came into
    it by another door).
    """
    row = hold_row(tx, number)
    refuse_packaged(row)
    if row.state is not OrderState.DRAFT:
        raise Refusal(fixed(row, f"it is {words_of_state(row)}"))
    lines = store_drafts.items_of(tx, row.id, hold=True)
    if others := foreign(lines):
        names = ", ".join(line.number for line in others)
        raise Refusal(fixed(row, f"{names} came by another door"))
    throw_away(tx, lines, actor)
    store_drafts.delete_order(tx, row.id)
    history.record(tx, moves.ORDER, number, [Change("state", row.state.value, "deleted")], actor.name)
    tx.emit("purchase_order.deleted", number, {"items": len(lines), "by": actor.name})
