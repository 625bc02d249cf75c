"""Funds: the tree of a period with its five amounts, how money went, the postings behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal

from openacq.doors.desk.funds_chart import bar, draw
from openacq.doors.hall import Rendered
from openacq.doors.pages.lists import Listing, page_of
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.money import UNIT, Money, minor_digits, percent_text
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Allowed, Branch, BurnDown, Fund, Posting, PostingKind
from openacq.ordering import service as ordering
from openacq.store import Tx

_K = PostingKind
BEHIND: Mapping[str, tuple[PostingKind, ...]] = MappingProxyType(
    {
        "allocated": (_K.ALLOCATION, _K.TRANSFER),
        "encumbered": (_K.ENCUMBRANCE, _K.DISENCUMBRANCE),
        "spent": (_K.EXPENDITURE,),
        "cash": (_K.ALLOCATION, _K.TRANSFER, _K.EXPENDITURE),
        "available": tuple(PostingKind),
    }
)
"""The postings that make each of the five amounts."""
MILLION = 1_000_000 * UNIT


# -- the tree -----------------------------------------------------------------------------------


def show_tree(visit: Visit) -> Rendered:
    """`GET /funds?period=`."""

    def work(tx: Tx) -> Rendered:
        periods = ledger.periods(tx)
        current = ledger.current_period(tx)
        asked = visit.number("period", current.id if current else 0, 10**9)
        period = next((each for each in periods if each.id == asked), current)
        branches = ledger.tree(tx, period.id) if period else ()
        if visit.wants_csv:
            return _csv(visit, branches)
        return visit.show(
            "funds.html",
            periods=periods,
            period=period,
            current=current,
            branches=[(branch, bar(branch.balance)) for branch in branches],
            proof=ledger.last_proof(tx),
        )

    return visit.read(work)


def _csv(visit: Visit, branches: tuple[Branch, ...]) -> Rendered:
    head = (
        "code",
        "name",
        "type",
        "status",
        "currency",
        "allocated",
        "encumbered",
        "spent",
        "cash",
        "available",
    )
    rows = (
        (
            branch.fund.code,
            branch.fund.name,
            branch.fund.entity_type.value,
            branch.fund.status.value,
            branch.fund.currency,
            *(sum_.decimal() for sum_ in five(branch).values()),
        )
        for branch in branches
    )
    return visit.csv("funds", head, rows)


def five(branch: Branch) -> dict[str, Money]:
    """The five amounts of a fund by the names of `BEHIND`."""
    balance = branch.balance
    return {
        "allocated": balance.allocated,
        "encumbered": balance.encumbered,
        "spent": balance.expended,
        "cash": balance.cash,
        "available": balance.available,
    }


# -- one fund -----------------------------------------------------------------------------------


def show_fund(visit: Visit) -> Rendered:
    """`GET /funds/{id}`."""

    def work(tx: Tx) -> Rendered:
        branch, above, below = _found(tx, visit)
        chart = ledger.burn_down(tx, branch)
        return visit.show(
            "fund.html",
            branch=branch,
            above=above,
            below=[(child, bar(child.balance)) for child in below],
            bar=bar(branch.balance),
            five=five(branch),
            chart=chart,
            drawing=draw(chart),
            summary=summary_of(visit, branch.fund, chart),
            paces=[(point, chart.even_pace(point.day)) for point in chart.points],
            limits=limits_of(visit, branch.fund),
            money=lambda units: Money(units, branch.fund.currency, minor_digits(branch.fund.currency)),
            short=lambda sum_: short_of(visit, sum_),
            month=lambda day: format_date(day, "LLL", locale=visit.language.locale),
        )

    return visit.read(work)


def _found(tx: Tx, visit: Visit) -> tuple[Branch, list[Fund], list[Branch]]:
    """The fund of the address with its sums, what it hangs below (the top first), what hangs below it."""
    fund = fund_of(tx, visit.path["id"])
    branches = ledger.tree(tx, fund.period.id)
    by_id = {branch.fund.id: branch for branch in branches}
    above: list[Fund] = []
    parent = fund.parent_id
    while parent in by_id:
        above.insert(0, by_id[parent].fund)
        parent = by_id[parent].fund.parent_id
    return by_id[fund.id], above, [branch for branch in branches if branch.fund.parent_id == fund.id]


def fund_of(tx: Tx, given: str) -> Fund:
    """The fund of an id in an address. Raises Refusal record_missing."""
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    fund = ledger.fund_by_id(tx, number)
    if fund is None:
        raise Refusal(Problem("record_missing", "fund", given, what="Fund"))
    return fund


def short_of(visit: Visit, sum_: Money) -> str:
    """A round sum at an axis: without currency, millions in short."""
    locale = visit.language.locale
    if abs(sum_.units) >= MILLION:
        return format_compact_decimal(sum_.decimal(), locale=locale, fraction_digits=1)
    return format_decimal(sum_.decimal(), locale=locale)


def summary_of(visit: Visit, fund: Fund, chart: BurnDown) -> str:
    """The chart in a sentence or two."""
    tongue = visit.language

    def money(units: int) -> str:
        return tongue.money(Money(units, chart.currency, minor_digits(chart.currency)))

    if not chart.allocated_units:
        return visit.say("Nothing is allocated to %(fund)s yet.", fund=fund.name)
    day = chart.points[-1].day
    words = visit.say(
        "Of %(allocated)s allocated to %(fund)s, %(left)s are available on %(day)s; an even pace would leave "
        "%(pace)s.",
        allocated=money(chart.allocated_units),
        fund=fund.name,
        left=money(chart.points[-1].units),
        day=tongue.day(day),
        pace=money(chart.even_pace(day)),
    )
    if chart.empty_on is not None:
        more = visit.say("At the pace so far nothing is left on %(day)s.", day=tongue.day(chart.empty_on))
    elif chart.forecast_units is not None:
        more = visit.say(
            "At the pace so far %(left)s will be left on %(day)s, the last day of the period.",
            left=money(chart.forecast_units),
            day=tongue.day(chart.end),
        )
    else:
        return words
    return f"{words} {more}"


def limits_of(visit: Visit, fund: Fund) -> str:
    """How far orders may go, in words."""
    rules = fund.rules
    if rules.overencumbrance is Allowed.NO:
        return visit.say("Orders may take what is available and no more.")
    if rules.overencumbrance is Allowed.YES and rules.overencumbrance_limit_percent:
        return visit.say(
            "Orders may go beyond what is allocated by %(percent)s %%.",
            percent=percent_text(rules.overencumbrance_limit_percent),
        )
    return visit.say("Orders may go beyond what is available without limit.")


# -- the postings behind a number ---------------------------------------------------------------


def show_postings(visit: Visit) -> Rendered:
    """`GET /funds/{id}/postings?what=encumbered`."""
    limit, offset = page_of(visit)
    what = visit.param("what") if visit.param("what") in BEHIND else "available"

    def work(tx: Tx) -> Rendered:
        branch, above, _ = _found(tx, visit)
        most = 10_000 if visit.wants_csv else limit
        postings, total = ledger.postings_behind(
            tx, branch.below, BEHIND[what], limit=most, offset=0 if visit.wants_csv else offset
        )
        lines = ordering.labels(
            tx, sorted({each.source.id for each in postings if each.source.kind == ordering.LEDGER_KIND})
        )
        actors = ledger.actors_of(
            tx, sorted({each.source.id for each in postings if each.source.kind != ordering.LEDGER_KIND})
        )
        codes = {
            each.fund.id: each.fund.code
            for each in ledger.tree(tx, branch.fund.period.id)
            if each.fund.id in branch.below
        }
        rows = [
            (each, codes[each.fund_id], lines.get(each.source.id), actors.get(each.source.id, ""))
            for each in postings
        ]
        if visit.wants_csv:
            return visit.csv(
                f"postings-{branch.fund.code}",
                ("at", "kind", "fund", "amount", "currency", "line", "by", "note"),
                (
                    (each.at.isoformat(), each.kind.value, code, each.amount.decimal(), each.amount.currency,
                     line.number if line else "", by, each.note)
                    for each, code, line, by in rows
                ),
            )  # fmt: skip
        return visit.show(
            "fund_postings.html",
            branch=branch,
            above=above,
            what=what,
            amount=five(branch)[what],
            listing=Listing("postings", branch.fund.code, rows, total, offset, limit),
            effect=lambda posting: effect_of(posting, what),
        )

    return visit.read(work)


def effect_of(posting: Posting, what: str) -> Money:
    """What a posting does to one of the amounts: what is encumbered or spent is no longer available."""
    takes = posting.kind not in BEHIND["allocated"]
    if takes and what in ("available", "cash"):
        return posting.amount.with_units(-posting.amount.units)
    return posting.amount


PAGES = (
    Page("GET", "/funds", show_tree, right="funds|review|order"),
    Page("GET", "/funds/{id}", show_fund, right="funds|review|order"),
    Page("GET", "/funds/{id}/postings", show_postings, right="funds|review|order"),
)
