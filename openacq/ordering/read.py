"""Reading lines whole, and the review list. Statements do not grow with the number of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from openacq.catalogue import service as catalogue
from openacq.catalogue.model import Bib, LineInventory
from openacq.directory import service as directory
from openacq.directory.model import User
from openacq.kernel.money import Money, minor_digits
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ordering import store, store_changes, store_drafts, store_listed
from openacq.ordering.alerts import in_words
from openacq.ordering.model import (
    Actor,
    Interested,
    Line,
    LineLabel,
    LineState,
    ListedLine,
    OrderState,
    Share,
    Source,
    Waiting,
    WaitingPage,
)
from openacq.ordering.states import LINE_STATES, ORDER_STATES
from openacq.store import Tx

EVERYTHING = Actor("")
"""Reads without narrowing, for whoever runs the server."""


def line(tx: Tx, number: str, actor: Actor) -> Line:
    """The line of that number (POL-…, or OIN-… as an item of its order), else the one line with that vendor
    reference.

    Raises Refusal: line_not_found, line_ambiguous (naming the lines of that reference).
    """
    return whole(tx, [_row(tx, number, actor)])[0]


def held_line(tx: Tx, number: str, actor: Actor) -> Line:
    """The same, held to the end of the transaction: of two who change it at once the second sees what the
    first made of it. Raises what `line` raises."""
    found = _row(tx, number, actor)
    if found.state == LineState.DRAFT:
        store_drafts.hold_orders_of_drafts(tx, [found.id])
    store.hold(tx, [found.id])
    return whole(tx, [_row(tx, found.number, actor)])[0]


def _row(tx: Tx, number: str, actor: Actor) -> store.LineRow:
    row = store.line_by_number(tx, number)
    if row is None and number.startswith("OIN-"):
        row = store.line_by_oin(tx, number)
    if row is not None and _sees(actor, row):
        return row
    rows = [each for each in store.lines_by_reference(tx, number) if _sees(actor, each)]
    if not rows:
        raise Refusal(Problem("line_not_found", "po_line_id", number))
    if len(rows) > 1:
        named = ", ".join(each.number for each in rows)
        raise Refusal(Problem("line_ambiguous", "po_line_id", number, numbers=named))
    return rows[0]


def labels(tx: Tx, line_ids: Sequence[int]) -> dict[int, LineLabel]:
    """What names these lines elsewhere, by row id; in one statement."""
    return store.labels_of(tx, line_ids) if line_ids else {}


def line_ids(tx: Tx, numbers: Sequence[str], actor: Actor) -> dict[str, int]:
    """Row ids by number, of the lines that exist and the actor may see; in the order of the numbers."""
    found = store.ids_of(tx, numbers, actor.vendor)
    return {number: found[number] for number in dict.fromkeys(numbers) if number in found}


def line_id(tx: Tx, number: str) -> int | None:
    """The row id of the line of exactly this number."""
    row = store.line_by_number(tx, number)
    return None if row is None else row.id


def line_version(tx: Tx, line_id: int) -> int:
    """How often a line was changed: what a change says it knows of."""
    return store_changes.version_of(tx, line_id) or 0


def may_happen(state: LineState | OrderState) -> frozenset[str]:
    """The events there are moves for in a state of a line or a PO."""
    return frozenset(
        LINE_STATES.events(state) if isinstance(state, LineState) else ORDER_STATES.events(state)
    )


def _sees(actor: Actor, row: store.LineRow) -> bool:
    return actor.vendor is None or row.vendor == actor.vendor


def whole(tx: Tx, rows: Sequence[store.LineRow]) -> list[Line]:
    """Lines with everything that belongs to them, in the order of the rows."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    bibs = {bib.mms_id: bib for bib in catalogue.bibs(tx, list({row.mms_id for row in rows}))}
    inventory = catalogue.inventory_of_lines(tx, ids)
    belongings = store.belongings_of(tx, ids, {row.id: row.currency for row in rows})
    people = _people(tx, belongings.interested)
    found = []
    for row in rows:
        held = inventory.get(row.id, LineInventory())
        found.append(
            Line(
                id=row.id,
                number=row.number,
                oin=row.oin,
                state=LineState(row.state),
                owner=row.owner,
                type=row.type,
                method=row.method,
                source=Source(row.source),
                bib=bibs.get(row.mms_id) or Bib(row.mms_id, title=row.title),
                created=row.created,
                state_since=row.state_since,
                vendor=row.vendor,
                account=row.account,
                price=_money(row.price_units, row.currency, row.price_scale),
                discount=row.discount,
                quantity=row.quantity,
                net=_money(row.net_units, row.currency, None),
                no_charge=row.no_charge,
                rush=row.rush,
                reference=row.reference,
                po_number=row.po_number or "",
                material=row.material,
                manual_renewal=row.manual_renewal,
                renewal_date=row.renewal_date,
                expected_receipt_date=row.expected_receipt_date,
                created_by=row.created_by,
                terms=store.terms_of(row),
                shares=tuple(_named(tx, share) for share in belongings.shares.get(row.id, ())),
                places=belongings.places.get(row.id, ()),
                notes=belongings.notes.get(row.id, ()),
                interested=tuple(_introduced(people, each) for each in belongings.interested.get(row.id, ())),
                alerts=belongings.alerts.get(row.id, ()),
                holdings=held.holdings,
                items=held.items,
                portfolios=held.portfolios,
            )
        )
    return found


NOTES, PLACES = "notes", "places"
PARTS = frozenset({NOTES, PLACES})
"""What a list of lines may show besides: notes; places with their holdings and items."""


def listed(tx: Tx, ids: Sequence[int], parts: frozenset[str]) -> list[ListedLine]:
    """Lines by row id, in that order; of PARTS, those named."""
    if not ids:
        return []

    def fund_name(fund_id: int) -> str:
        fund = ledger.fund_by_id(tx, fund_id)
        return fund.name if fund else ""

    lines = store_listed.lines(tx, ids, fund_name)
    people = _people(tx, {line.id: line.interested for line in lines if line.interested})
    held_by = catalogue.inventory_of_lines if PLACES in parts else catalogue.portfolios_of_lines
    inventory = held_by(tx, ids)
    if not (people or inventory or parts):
        return lines
    belongings = store.belongings_of(tx, ids, {}, parts)
    nothing = LineInventory()
    return [
        msgspec.structs.replace(
            line,
            interested=tuple(_introduced(people, each) for each in line.interested),
            notes=belongings.notes.get(line.id, ()),
            places=belongings.places.get(line.id, ()),
            items=inventory.get(line.id, nothing).items,
            portfolios=inventory.get(line.id, nothing).portfolios,
        )
        for line in lines
    ]


def _money(units: int | None, currency: str, scale: int | None) -> Money | None:
    if units is None:
        return None
    return Money(units, currency, minor_digits(currency) if scale is None else scale)


def _named(tx: Tx, share: Share) -> Share:
    fund = ledger.fund_by_id(tx, share.fund_id) if share.fund_id is not None else None
    return replace(share, fund_name=fund.name) if fund else share


def _people(tx: Tx, interested: Mapping[int, Sequence[Interested]]) -> Mapping[str, User]:
    wanted = {each.primary_id for users in interested.values() for each in users}
    return directory.users(tx, sorted(wanted)) if wanted else {}


def _introduced(people: Mapping[str, User], interested: Interested) -> Interested:
    user = people.get(interested.primary_id)
    if user is None:
        return interested
    return replace(interested, first_name=user.first_name, last_name=user.last_name, email=user.email)


def review_list(tx: Tx, limit: int = 100, offset: int = 0, actor: Actor = EVERYTHING) -> WaitingPage:
    """The lines In Review, oldest first, each alert in words with who can fix it and how.

    A vendor sees its own lines only.
    """
    rows, total = store.lines_in_state(tx, LineState.IN_REVIEW, limit, offset, actor.vendor)
    ids = [row.id for row in rows]
    alerts = store.alerts_of(tx, ids) if ids else {}
    shares = store.shares_of(tx, ids, {row.id: row.currency for row in rows}) if ids else {}
    lines = tuple(
        Waiting(
            number=row.number,
            title=row.title,
            vendor=row.vendor,
            owner=row.owner,
            price=_money(row.net_units, row.currency, None),
            funds=tuple(share.fund_code for share in shares.get(row.id, ())),
            source=row.source,
            created=row.created,
            alerts=tuple(in_words(each) for each in alerts.get(row.id, ())),
            assigned_to=row.assigned_to,
        )
        for row in rows
    )
    return WaitingPage(lines, total)
