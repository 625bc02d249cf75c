"""Submitting an order: everything `place` does with a line happens now, for all its items at once.

Each item is checked once more, for registers move on; copies and portfolios are made, funds encumbered,
alerts collected. An item that is blocked waits In Review, the others are ready; the order is open to be
approved and goes out as any PO does (`approve`, `send`) once nothing of it waits. What is wrong with the
form of any item refuses the whole submission, and nothing of it happened.

All of it takes the same few statements for any number of items; portfolios alone are looked for one by
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import (
    Bib,
    BibMatch,
    Description,
    Held,
    HeldHolding,
    PhysicalStock,
    Portfolio,
    StockWish,
)
from openacq.codes import service as codes
from openacq.kernel.money import percent_text
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import (
    already,
    approve,
    claim,
    draft_guards,
    draft_items,
    moves,
    order_items,
    progress,
    store_drafts,
    store_order_rates,
)
from openacq.ordering.check import Checked, blocking, check
from openacq.ordering.draft_items import OF_TITLE, ItemWish
from openacq.ordering.funding import encumber_all, read_shares
from openacq.ordering.model import Actor, Line, LineState, PlaceLine, PlaceWish, Share, ShareWish, Sum
from openacq.ordering.order_items import OrderHead, OrderItem
from openacq.ordering.place import (
    check_reference,
    look_over,
    make_portfolio,
    stocked_places,
    with_account_s,
)
from openacq.ordering.read import whole
from openacq.ordering.states import BLOCKED, OrderState
from openacq.ordering.store_drafts import HeadRow
from openacq.store import Tx
from openacq.vendors import service as vendors


def submit(tx: Tx, number: str, actor: Actor) -> OrderHead:
    """Submit an open order; returns it as it then is.

    Raises Refusal: record_missing, order_fixed (submitted already, packaged, or over), order_not_ready (no
    items, no vendor, no account to order through), and every problem found in an item, its field led by
    the item's number.
    """
    row = draft_guards.hold_row(tx, number)
    draft_guards.refuse_closed(row)
    rows = store_drafts.items_of(tx, row.id, hold=True)
    live = [line for line in rows if line.state != LineState.CANCELLED]
    account = row.account or _usual_account(tx, row.vendor)
    reasons = [
        reason
        for reason, holds in (
            ("it has no vendor", not row.vendor),
            (f"vendor {row.vendor} has no usual account", row.vendor and not account),
            ("it has no items", not live),
        )
        if holds
    ]
    if reasons:
        raise Refusal(Problem("order_not_ready", "order", number, reason="; ".join(reasons)))
    lines = whole(tx, [line for line in live if line.state == LineState.DRAFT])
    _place(tx, [replace(line, account=line.account or account) for line in lines], actor)
    first = lines[0] if lines else None
    values = {
        "submitted": tx.now,
        "account": account,
        "owner": first.owner if first else live[0].owner,
        "method": _method(tx, [line.method for line in live]),
        "continuity": _continuity(tx, first.type if first else live[0].type),
    }
    moves.move_orders(tx, [row.id], "submit", actor, values=values)
    approve.approve_what_needs_none(tx, [row.id])
    return order_items.head(tx, number)


def _usual_account(tx: Tx, code: str) -> str:
    vendor = vendors.vendor(tx, code) if code else None
    account = vendor.default_account if vendor is not None else None
    return account.code if account is not None else ""


def _method(tx: Tx, methods: Sequence[str]) -> str:
    """The acquisition method of the order: the first of its lines' that tells the vendor, else the first."""
    for method in methods:
        row = codes.row(tx, "AcquisitionMethod", method)
        if row is not None and row.attributes.get("sends_to_vendor") == "true":
            return method
    return methods[0]


def _continuity(tx: Tx, line_type: str) -> str:
    row = codes.row(tx, "PurchaseType", line_type)
    return row.attributes.get("continuity", "one_time") if row is not None else "one_time"


# -- placing ------------------------------------------------------------------------------------


def _place(tx: Tx, lines: Sequence[Line], actor: Actor) -> list[Line]:
    """Make drafts lines that are ordered: checked, stocked, encumbered, out of draft."""
    problems: list[Problem] = []
    ready = [_checked(tx, line, actor, problems) for line in lines]
    if problems:
        raise Refusal(problems)
    held = _held(tx, [line.bib for line in lines])
    stock = _stock(tx, lines, [checked for _, checked, _ in ready], held)
    placed = [
        _stocked(tx, line, held, stock.get(line.id), *each) for line, each in zip(lines, ready, strict=True)
    ]
    paid = encumber_all(
        tx,
        {line.id: (shares, checked) for line, checked, shares in placed},
        store_order_rates.of_lines(tx, [line.id for line in lines]),
    )
    found = [_encumbered(line, checked, paid[line.id]) for line, checked, _ in placed]
    store_drafts.write_placed(tx, found)
    blocked = {line.id for line in found if blocking(line.alerts)}
    if found:
        moves.move_lines(
            tx,
            [line.id for line in found],
            "submit",
            actor,
            holds=lambda line, guard: guard == BLOCKED and line.id in blocked,
            paid=True,
        )
    for line in found:
        payload = {"state": _state(line.id in blocked).value, "reference": line.reference}
        tx.emit("po_line.placed", line.number, payload)
    return [replace(line, state=_state(line.id in blocked), state_since=tx.now) for line in found]


def _state(is_blocked: bool) -> LineState:
    return LineState.IN_REVIEW if is_blocked else LineState.READY


def _checked(
    tx: Tx, line: Line, actor: Actor, problems: list[Problem]
) -> tuple[PlaceLine, Checked, list[Share]]:
    wish = wish_of(line)
    found: list[Problem] = []
    checked = check(tx, wish, actor, False, found)
    shares = read_shares(tx, wish.shares, checked, actor, found)
    check_reference(tx, wish, checked, found, own=line.number)
    problems += [Problem(each.slug, f"{line.oin}.{each.field}", each.value, **each.facts) for each in found]
    return wish, checked, shares


def wish_of(line: Line) -> PlaceLine:
    """The order a draft stands for, as any door would ask for it."""
    bib = line.bib
    return PlaceLine(
        title=Description(
            title=bib.title or line.oin,
            author=bib.author,
            isbn=bib.isbn,
            issn=bib.issn,
            system_control_numbers=bib.system_control_numbers,
        ),
        owner=line.owner,
        type=line.type,
        vendor=line.vendor,
        account=line.account,
        method=line.method,
        price=Sum(line.price.text(), line.price.currency) if line.price else Sum(),
        discount=percent_text(line.discount),
        no_charge=line.no_charge,
        rush=line.rush,
        reference=line.reference,
        shares=tuple(share_wish(share) for share in line.shares),
        places=tuple(PlaceWish(each.library, each.location, each.quantity) for each in line.places),
        material=line.material,
        manual_renewal=line.manual_renewal,
        renewal_date=line.renewal_date,
        expected_receipt_date=line.expected_receipt_date,
        terms=line.terms,
        source=line.source,
    )


def share_wish(share: Share) -> ShareWish:
    """A share as any door would ask for it."""
    if share.percent is not None:
        return ShareWish(share.fund_code, percent=percent_text(share.percent))
    amount = Sum(share.amount.text(), share.amount.currency) if share.amount is not None else Sum()
    return ShareWish(share.fund_code, amount=amount)


def _held(tx: Tx, bibs: Sequence[Bib]) -> dict[str, Held]:
    """What the institution has of each title before the order; in two statements."""
    mms_ids = list(dict.fromkeys(bib.mms_id for bib in bibs))
    holdings: dict[str, list[HeldHolding]] = {}
    for shelf in catalogue.shelves_of(tx, mms_ids):
        one = shelf.holding
        holdings.setdefault(one.mms_id, []).append(
            HeldHolding(one.holding_id, one.library, one.location, shelf.items, shelf.on_order, shelf.loaded)
        )
    portfolios: dict[str, int] = {}
    for each in catalogue.portfolios_of_bibs(tx, mms_ids):
        portfolios[each.mms_id] = portfolios.get(each.mms_id, 0) + 1
    return {mms_id: Held(tuple(holdings.get(mms_id, ())), portfolios.get(mms_id, 0)) for mms_id in mms_ids}


def _stock(
    tx: Tx, lines: Sequence[Line], checks: Sequence[Checked], held: Mapping[str, Held]
) -> dict[int, PhysicalStock]:
    """The copies of the lines, by line, all at once; what is held and on order already is told to each, the
    copies of the lines before it in the order included."""
    ordered = already.coming(tx, list(held))
    wishes = []
    for line, checked in zip(lines, checks, strict=True):
        mms_id = line.bib.mms_id
        before = ordered.setdefault(mms_id, [])
        already.tell(tx, checked, held[mms_id], before)
        before += already.coming_of(checked)
        if checked.inventory != "physical" or not checked.places:
            continue
        wishes.append(
            StockWish(
                mms_id,
                line.id,
                tuple(checked.places),
                not checked.continuous,
                held[mms_id],
                material=checked.material,
            )
        )
    return catalogue.add_physical_all(tx, wishes) if wishes else {}


def _stocked(
    tx: Tx,
    line: Line,
    held: dict[str, Held],
    stock: PhysicalStock | None,
    wish: PlaceLine,
    checked: Checked,
    shares: list[Share],
) -> tuple[Line, Checked, list[Share]]:
    """The line with its copies or portfolio, and the alerts known so far but those of money."""
    portfolios: tuple[Portfolio, ...] = ()
    if checked.inventory == "portfolio":
        mms_id = line.bib.mms_id
        before = held.pop(mms_id, None) or catalogue.copies_held(tx, mms_id)
        match = BibMatch(mms_id, False, "", (mms_id,), before, line.bib)
        portfolios = make_portfolio(tx, line.id, wish, checked, match)
    now = replace(
        line,
        price=checked.price,
        discount=checked.discount,
        quantity=checked.quantity,
        net=checked.net,
        terms=with_account_s(line.terms, checked.account),
        places=stocked_places(checked, stock) if checked.inventory == "physical" else line.places,
        holdings=stock.holdings if stock else (),
        items=stock.items if stock else (),
        portfolios=portfolios,
    )
    look_over(tx, wish, now, checked)
    return now, checked, shares


def _encumbered(line: Line, checked: Checked, shares: Sequence[Share]) -> Line:
    told = tuple(each for each in line.alerts if each.slug in OF_TITLE)
    return replace(line, shares=tuple(shares), alerts=(*told, *checked.alerts))


# -- plans --------------------------------------------------------------------------------------


def add_item(tx: Tx, number: str, wish: ItemWish, actor: Actor) -> OrderItem:
    """Add an item to an order: a draft of an open one; of a plan, which is out already, a line that is
    placed and sent at once and encumbers nothing.

    Raises Refusal: record_missing, order_fixed (it is submitted, or was packaged), every problem `check`
    and `read_shares` find, and line_incomplete for an item of a plan with a blocking alert.
    """
    row = draft_guards.hold_row(tx, number)
    if not is_plan(row):
        draft_guards.refuse_closed(row)
        return draft_items.draft(tx, row, wish, actor)
    wish = replace(wish, line=replace(wish.line, method=row.method))
    item = draft_items.draft(tx, row, wish, actor)
    line = _place(tx, [item.line], actor)[0]
    if line.in_review:
        missing = ", ".join(sorted({each.slug for each in line.alerts if each.severity == "blocking"}))
        raise Refusal(Problem("line_incomplete", "number", line.oin, missing=missing))
    moves.move_lines(
        tx, [line.id], "send", actor, holds=progress.guards_of(tx, [line.id]), values={"sent": tx.now}
    )
    claim.expect(tx, [line.id])
    return order_items.item(tx, line.number)


def is_plan(row: HeadRow) -> bool:
    """Whether the order is a plan that takes items: agreed with the vendor, and not over."""
    return row.state is OrderState.SENT and row.approved is None and order_items.DIALECT in row.extras


__all__ = ["add_item", "is_plan", "share_wish", "submit", "wish_of"]
