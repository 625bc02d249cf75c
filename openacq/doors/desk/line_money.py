"""What a line would cost whom, worked out by the ordering desk itself and undone: net price, each fund's
part, what the fund has now and would have after, what is left to be shared out, and what else it would
say, such as that the title is held already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from openacq.catalogue.model import Description
from openacq.kernel.money import Money
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Source
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, Alert, Line, PlaceLine
from openacq.store import Tx

OF_THE_TITLE = frozenset(
    {"held_already", "on_order_already", "portfolio_held", "reference_used", "bib_ambiguous"}
)
NAMELESS = "-"


@dataclass(frozen=True, slots=True)
class FundAfter:
    """`now` is free in the fund without this line; `after` with it; None where it cannot be told."""

    code: str
    name: str
    part: Money | None
    now: Money | None
    after: Money | None
    share_of_it: int
    """What of the free sum the line takes, in hundredths, for the bar."""


@dataclass(frozen=True, slots=True)
class Worked:
    """`left` is what no fund pays yet (negative: too much is given out); `problems` what kept it from being
    worked out."""

    net: Money | None = None
    left: Money | None = None
    funds: tuple[FundAfter, ...] = ()
    duplicates: tuple[Alert, ...] = ()
    alerts: tuple[Alert, ...] = ()
    problems: tuple[Problem, ...] = ()


Rehearse = Callable[[Callable[[Tx], Worked]], Worked]


def work_out(rehearse: Rehearse, wish: PlaceLine, actor: Actor, number: str = "") -> Worked:
    """Try the wish (as a change of the line `number`, else as a new one); without what cannot be read yet
    if it is refused as it stands."""
    try:
        return rehearse(lambda tx: _tried(tx, wish, actor, number))
    except Refusal as refusal:
        bare = _bare(wish)
        try:
            done = rehearse(lambda tx: _tried(tx, bare, actor, number))
        except Refusal:
            return Worked(problems=refusal.problems)
        return replace(done, problems=refusal.problems)


def _bare(wish: PlaceLine) -> PlaceLine:
    """What money depends on, and nothing else that could be refused."""
    title = wish.title if wish.title.title or wish.title.mms_id else Description(title=NAMELESS)
    places = tuple(place for place in wish.places if place.library and place.location)
    return replace(wish, title=title, places=places, reference="", material="", notes=(), problems=())


def _tried(tx: Tx, wish: PlaceLine, actor: Actor, number: str) -> Worked:
    hanging = _hanging(tx, ordering.line(tx, number, actor)) if number else {}
    before = _free(tx, wish, hanging)
    line = _line(tx, wish, actor, number)
    posted = _hanging(tx, line)
    covered = sum(share.part.units for share in line.shares if share.part is not None)
    return Worked(
        net=line.net,
        left=line.net.with_units(line.net.units - covered) if line.net is not None else None,
        funds=tuple(
            _after(
                share.fund_code,
                share.fund_name,
                share.part,
                before.get(share.fund_code),
                posted.get(share.fund_id or 0),
            )
            for share in line.shares
        ),
        duplicates=tuple(alert for alert in line.alerts if alert.slug in OF_THE_TITLE),
        alerts=tuple(alert for alert in line.alerts if alert.slug not in OF_THE_TITLE),
    )


def _free(tx: Tx, wish: PlaceLine, hanging: Mapping[int, int]) -> dict[str, Money]:
    """What the funds named have free without the line."""
    named = {share.fund_code for share in wish.shares}
    funds = {code: fund for code in named if (fund := ledger.fund(tx, code)) is not None}
    balances = ledger.balances(tx, [fund.id for fund in funds.values()]) if funds else {}
    found = {}
    for code, fund in funds.items():
        free = balances[fund.id].available
        found[code] = free.with_units(free.units + hanging.get(fund.id, 0))
    return found


def _line(tx: Tx, wish: PlaceLine, actor: Actor, number: str) -> Line:
    if number:
        return ordering.change(tx, number, wish, actor, ordering.HowToChange(keep_interested=True))
    return ordering.place(tx, wish, actor)


def _hanging(tx: Tx, line: Line) -> dict[int, int]:
    """What is encumbered for a line, in units by fund id."""
    found: dict[int, int] = {}
    for each in ledger.hanging(tx, Source(ordering.LEDGER_KIND, line.id)):
        found[each.fund_id] = found.get(each.fund_id, 0) + each.amount.units
    return found


def _after(code: str, name: str, part: Money | None, now: Money | None, posted: int | None) -> FundAfter:
    after = None
    if now is not None and posted is not None:
        after = now.with_units(now.units - posted)
    elif now is not None and part is not None and part.currency == now.currency:
        after = now.with_units(now.units - part.units)
    taken = 0
    if now is not None and after is not None and now.units > 0:
        taken = min(max((now.units - after.units) * 100 // now.units, 0), 100)
    return FundAfter(code, name, part, now, after, taken)
