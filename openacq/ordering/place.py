"""Placing an order: the use case every door ends in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import (
    DEFAULT_METHODS,
    BibMatch,
    Holding,
    Identifier,
    Item,
    PhysicalStock,
    Portfolio,
    PortfolioWish,
)
from openacq.kernel.refusal import Problem
from openacq.ordering import already, receive, store, store_order_rates
from openacq.ordering.alerts import alert
from openacq.ordering.check import Checked, blocking, check, refuse_if
from openacq.ordering.funding import encumber, read_shares
from openacq.ordering.model import (
    Actor,
    Interested,
    Line,
    LineState,
    Note,
    Place,
    PlaceLine,
    Source,
    Terms,
)
from openacq.ordering.states import LINE_STATES
from openacq.profiles import service as profiles
from openacq.profiles.model import DuplicatePolicy, LineFacts
from openacq.store import Tx, claims
from openacq.vendors.model import VendorAccount

USE_KIND = "po_line"
MOST_DOUBTS = 10
"""Doubtful numbers told of one title; a field full of commas could make thousands."""
NEVER = timedelta(days=100 * 365)


def place(tx: Tx, wish: PlaceLine, actor: Actor) -> Line:
    """Make a PO line of a wish: checked, its bib and inventory there, its funds encumbered.

    The line is In Review when any alert blocks it, else on to packaging (or Ready in the open PO it
    names). Raises Refusal with every problem and leaves nothing behind.
    """
    number_taken = bool(wish.number) and store.number_taken(tx, wish.number)
    problems: list[Problem] = []
    checked = check(tx, wish, actor, number_taken, problems)
    shares = read_shares(tx, wish.shares, checked, actor, problems)
    check_reference(tx, wish, checked, problems)
    refuse_if(problems, wish.problems)
    line_id = tx.new_id()
    match = find_bib(tx, wish, checked)
    if not match.made:
        ordered = already.coming(tx, [match.mms_id]).get(match.mms_id, [])
        already.tell(tx, checked, match.held, ordered)
    stock = make_stock(tx, line_id, checked, match)
    portfolios = make_portfolio(tx, line_id, wish, checked, match)
    catalogue.add_use(tx, match.mms_id, USE_KIND, line_id)
    order_id = _open_order(tx, wish, checked)
    rate = None
    if order_id is not None and checked.net is not None:
        rate = store_order_rates.of_order(tx, order_id, checked.net.currency)
    shares = encumber(tx, line_id, shares, checked, rate=rate)
    line = Line(
        id=line_id,
        number=f"POL-{tx.number('POL')}",
        oin=f"OIN-{tx.today.year}-{tx.number('OIN')}",
        state=LineState.AUTO_PACKAGING,
        owner=checked.owner,
        type=checked.type,
        method=checked.method,
        source=wish.source,
        bib=match.bib,
        created=tx.now,
        state_since=tx.now,
        vendor=checked.vendor_code,
        account=checked.account_code,
        price=checked.price,
        discount=checked.discount,
        quantity=checked.quantity,
        net=checked.net,
        no_charge=wish.no_charge,
        rush=wish.rush,
        reference=wish.reference,
        po_number=wish.po_number if order_id is not None else "",
        material=checked.material,
        manual_renewal=checked.continuous if wish.manual_renewal is None else wish.manual_renewal,
        renewal_date=wish.renewal_date,
        expected_receipt_date=wish.expected_receipt_date,
        created_by=actor.name,
        terms=with_account_s(wish.terms, checked.account),
        shares=tuple(shares),
        places=stocked_places(checked, stock),
        notes=tuple(Note(text, tx.now, actor.name) for text in wish.notes),
        interested=interested_of(checked),
        holdings=stock.holdings if stock else (),
        items=stock.items if stock else (),
        portfolios=portfolios,
    )
    look_over(tx, wish, line, checked)
    line = replace(line, alerts=tuple(checked.alerts), state=_first_state(checked, order_id))
    store.add_line(tx, line, order_id)
    receive.at_birth(tx, line, actor)
    tx.emit("po_line.placed", line.number, {"state": line.state.value, "reference": line.reference})
    return line


def _open_order(tx: Tx, wish: PlaceLine, checked: Checked) -> int | None:
    """The PO the order names, if lines of its vendor may still be added to it."""
    if not wish.po_number:
        return None
    order_id = store.open_order(tx, wish.po_number, checked.vendor_code)
    if order_id is None:
        checked.alerts.append(alert("po_not_open", po=wish.po_number))
    return order_id


def check_reference(
    tx: Tx, wish: PlaceLine, checked: Checked, problems: list[Problem], own: str = ""
) -> None:
    """The profile's duplicate policy for a vendor reference that another line than `own` carries."""
    policy = checked.profile.duplicates
    if not wish.reference or checked.vendor is None or policy is DuplicatePolicy.ALLOW:
        return
    vendor = checked.vendor.code
    if policy is DuplicatePolicy.BLOCK:
        claim = f"vendor reference:{vendor}:{wish.reference}"
        claims.take(tx, claim, "", tx.now + NEVER)
    numbers = [each for each in store.numbers_with_reference(tx, vendor, wish.reference) if each != own]
    if not numbers:
        return
    if policy is DuplicatePolicy.BLOCK:
        problems.append(
            Problem("reference_taken", "vendor_reference_number", wish.reference, number=", ".join(numbers))
        )
        return
    checked.alerts.append(alert("reference_used", reference=wish.reference, numbers=", ".join(numbers)))


def find_bib(tx: Tx, wish: PlaceLine, checked: Checked) -> BibMatch:
    """The bib of an order, found or made; what is doubtful about it becomes an alert."""
    methods = checked.profile.methods(serial=checked.serial)
    if wish.source is Source.WMS:
        methods = ("oclc", *(methods or DEFAULT_METHODS))  # these orders name titles by that number first
    match = catalogue.find_or_make(tx, wish.title, methods, checked.inventory)
    for note in match.notes[:MOST_DOUBTS]:
        checked.alerts.append(alert("identifier_doubtful", kind=note.field, value=note.value))
    if match.made:
        checked.alerts.append(alert("bib_brief"))
    elif len(match.hits) > 1:
        checked.alerts.append(alert("bib_ambiguous", hits=", ".join(match.hits), mms_id=match.mms_id))
    return match


def make_stock(tx: Tx, line_id: int, checked: Checked, match: BibMatch) -> PhysicalStock | None:
    if checked.inventory != "physical" or not checked.places:
        return None
    return catalogue.add_physical(
        tx,
        match.mms_id,
        line_id,
        checked.places,
        not checked.continuous,
        held=match.held,
        material=checked.material,
        barcodes_checked=True,
    )


def make_portfolio(
    tx: Tx, line_id: int, wish: PlaceLine, checked: Checked, match: BibMatch
) -> tuple[Portfolio, ...]:
    if checked.inventory != "portfolio":
        return ()
    kind = checked.vendor.kind.value if checked.vendor else "other"
    terms = wish.terms
    found = catalogue.find_or_make_portfolio(
        tx,
        match.mms_id,
        line_id,
        PortfolioWish(
            search_community=kind in ("gobi", "oasis"),
            title_id=terms.title_id if kind == "oasis" else "",
            identifiers=_identifiers(wish),
            url=terms.url,
            base_status=terms.base_status,
            access_provider=terms.access_provider,
            access_model=terms.access_model if checked.profile.use_access_model else "",
            license=terms.license,
            material=checked.material,
        ),
        held=match.held,
    )
    told = any(each.slug == already.ON_ORDER for each in checked.alerts)
    if found.outcome == "linked" and (found.portfolio.available or not told):
        severity = already.severity_of(checked)
        checked.alerts.append(alert("portfolio_held", severity, portfolio=found.portfolio.portfolio_id))
    elif found.outcome == "activated":
        name = found.portfolio.collection_name or found.portfolio.collection_id
        checked.alerts.append(alert("community_portfolio", collection=name))
    return (found.portfolio,)


def _identifiers(wish: PlaceLine) -> tuple[Identifier, ...]:
    return catalogue.identifiers_of(wish.title)


def with_account_s(terms: Terms, account: VendorAccount | None) -> Terms:
    """The terms with the account's intervals where the order names none."""
    if account is None:
        return terms
    return replace(
        terms,
        reclaim_interval=terms.reclaim_interval or _days(account.reclaim_interval),
        expected_receipt_interval=terms.expected_receipt_interval or _days(account.expected_receipt_interval),
        claiming_interval=terms.claiming_interval or _days(account.claiming_interval),
        expected_activation_interval=(
            terms.expected_activation_interval or _days(account.expected_activation_interval)
        ),
        subscription_interval=terms.subscription_interval or _days(account.subscription_interval),
    )


def _days(interval: int | None) -> str:
    return "" if interval is None else str(interval)


def stocked_places(checked: Checked, stock: PhysicalStock | None = None) -> tuple[Place, ...]:
    """The places of a line with the holdings its copies went to."""
    by_place = {(each.library, each.location): each.holding_id for each in (stock.holdings if stock else ())}
    return tuple(
        Place(
            where.library, where.location, where.quantity, by_place.get((where.library, where.location), "")
        )
        for where in checked.places
    )


def interested_of(checked: Checked) -> tuple[Interested, ...]:
    """The interested users of a checked order, with what their line can do for them."""
    return tuple(
        Interested(
            user.primary_id,
            user.first_name,
            user.last_name,
            user.email,
            wish.notify_receiving_activation,
            wish.hold_item and checked.inventory == "physical",
            wish.notify_renewal and checked.continuous,
            wish.notify_cancel,
        )
        for wish, user in checked.interested
    )


def look_over(tx: Tx, wish: PlaceLine, line: Line, checked: Checked) -> None:
    """Manual review when asked for, and the review rules, which see lines made by machines only."""
    if wish.manual_review:
        checked.alerts.append(alert("manual_review"))
    if line.source not in (Source.API, Source.EOD):
        return
    caught = profiles.decide(profiles.review_rules(tx), facts_of(line))
    if caught is not None and caught.review:
        checked.alerts.append(alert("review_rule", rule=caught.name))


def facts_of(line: Line) -> LineFacts:
    """What review rules see of a line."""
    return LineFacts(
        vendor=line.vendor,
        method=line.method,
        price=line.net,
        library=line.owner,
        funds=tuple(share.fund_code for share in line.shares),
        line_type=line.type,
        material=line.material,
        source=line.source.value,
    )


def _first_state(checked: Checked, order_id: int | None) -> LineState:
    holds = {
        "a blocking alert": blocking(checked.alerts),
        "an open PO was named": order_id is not None,
    }
    move = LINE_STATES.find(None, "place", holds.__getitem__)
    if move is None:
        raise RuntimeError("no state to begin in")
    return move.target


__all__ = ["Holding", "Item", "place"]
