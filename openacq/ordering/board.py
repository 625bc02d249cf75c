"""The review board: lines that wait for somebody, narrowed by why, whose and for whom; with what their
funds have left. Statements do not grow with the number of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openacq.kernel.money import Money, minor_digits
from openacq.ledger import service as ledger
from openacq.ordering import store, store_board
from openacq.ordering.alerts import in_words
from openacq.ordering.model import Alert, AlertInWords, Share
from openacq.ordering.states import LineState
from openacq.ordering.store import LineRow
from openacq.ordering.store_board import BoardQuery
from openacq.store import Tx

WEIGHT = 4_000


@dataclass(frozen=True, slots=True)
class BoardShare:
    """A fund's part of a waiting line: what it has free now and would have after the line; `posted` says
    that the line is in what is free now already."""

    code: str
    name: str
    part: Money | None
    free: Money | None
    after: Money | None
    posted: bool


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A waiting line: what, why, for whom, and what it costs whom."""

    id: int
    number: str
    state: LineState
    title: str
    type: str
    vendor: str
    account: str
    owner: str
    source: str
    reference: str
    rush: bool
    quantity: int
    net: Money | None
    created: datetime
    state_since: datetime
    assigned_to: str
    deferred_until: date | None
    deferral_reason: str
    alerts: tuple[tuple[Alert, AlertInWords], ...]
    shares: tuple[BoardShare, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A page of waiting lines; `groups`: by state, vendor, owner, source, assigned_to and slug, how many."""

    lines: tuple[BoardLine, ...]
    total: int
    groups: Mapping[str, Mapping[str, int]]


def board(tx: Tx, wanted: BoardQuery, limit: int, offset: int) -> Board:
    """The lines that wait: rush first, then the oldest."""
    every = BoardQuery(states=wanted.states, owners=())
    groups = tx.kept("lines", ("board", every), lambda: store_board.groups(tx, every), lambda _: WEIGHT)
    total = tx.kept_count("lines", ("board count", wanted), lambda: store_board.count(tx, wanted))
    rows = store_board.page(tx, wanted, limit, offset)
    ids = [row.id for row in rows]
    alerts = store.alerts_of(tx, ids) if ids else {}
    shares = store.shares_of(tx, ids, {row.id: row.currency for row in rows}) if ids else {}
    funds = _funds(tx, shares)
    lines = tuple(_line(tx, row, alerts.get(row.id, ()), shares.get(row.id, ()), funds) for row in rows)
    return Board(lines, total, groups)


def waiting(tx: Tx, state: LineState) -> int:
    """How many lines are in a state."""
    wanted = BoardQuery(states=(state.value,))
    return tx.kept_count("lines", ("board count", wanted), lambda: store_board.count(tx, wanted))


def owners(tx: Tx, line_ids: Sequence[int]) -> tuple[str, ...]:
    """The libraries these lines are for."""
    return tuple(store_board.owners(tx, line_ids)) if line_ids else ()


def _funds(tx: Tx, shares: Mapping[int, tuple[Share, ...]]) -> Mapping[int, Money]:
    """What is free in the funds of the lines, by fund id."""
    ids = sorted({share.fund_id for each in shares.values() for share in each if share.fund_id is not None})
    if not ids:
        return {}
    return {fund_id: balance.available for fund_id, balance in ledger.balances(tx, ids).items()}


def _line(
    tx: Tx, row: LineRow, alerts: tuple[Alert, ...], shares: tuple[Share, ...], free: Mapping[int, Money]
) -> BoardLine:
    unposted = {each.facts.get("fund", "") for each in alerts if each.slug in ("fund_short", "fund_foreign")}
    net = None
    if row.net_units is not None:
        net = Money(row.net_units, row.currency, minor_digits(row.currency or "XXX"))
    return BoardLine(
        id=row.id,
        number=row.number,
        state=LineState(row.state),
        title=row.title,
        type=row.type,
        vendor=row.vendor,
        account=row.account,
        owner=row.owner,
        source=row.source,
        reference=row.reference,
        rush=row.rush,
        quantity=row.quantity,
        net=net,
        created=row.created,
        state_since=row.state_since,
        assigned_to=row.assigned_to,
        deferred_until=row.deferred_until,
        deferral_reason=row.deferral_reason,
        alerts=tuple((each, in_words(each)) for each in alerts),
        shares=tuple(_share(tx, each, free, posted=each.fund_code not in unposted) for each in shares),
    )


def _share(tx: Tx, share: Share, free: Mapping[int, Money], *, posted: bool) -> BoardShare:
    fund = ledger.fund_by_id(tx, share.fund_id) if share.fund_id is not None else None
    available = free.get(share.fund_id) if share.fund_id is not None else None
    after = available
    if available is not None and not posted:
        same = share.part is not None and share.part.currency == available.currency
        after = available.with_units(available.units - share.part.units) if same and share.part else None
    return BoardShare(share.fund_code, fund.name if fund else "", share.part, available, after, posted)
