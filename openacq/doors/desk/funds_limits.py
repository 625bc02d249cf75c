"""How far a fund may go: its limits, or those of what it hangs below."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openacq.doors.desk.funds import fund_of, limits_of
from openacq.doors.desk.seen import changes_of, check_seen, differences, hold, mark_of
from openacq.doors.hall import Rendered
from openacq.doors.pages.language import later
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.doors.pages.wording_forms import LIMITS as WORDS
from openacq.history import service as history
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Allowed, Fund
from openacq.store import Tx

RIGHT = "funds"
FUND = "fund"
OWN = "own_rules"
ORDERS = (
    "overencumbrance_limit_percent",
    "overencumbrance_warning_percent",
)
PAYMENTS = ("overexpenditure_limit_sum", "overexpenditure_warning_sum")
DAYS = (
    "encumbrances_prior_to_fiscal_period",
    "expenditures_prior_to_fiscal_period",
    "transfers_prior_to_fiscal_period",
    "fiscal_period_end_encumbrance_grace_period",
    "fiscal_period_end_expenditure_grace_period",
)
ALLOWED: Mapping[Allowed, str] = MappingProxyType(
    {
        Allowed.NO: later("refused"),
        Allowed.YES: later("allowed, with a warning"),
        Allowed.NO_LIMITS: later("allowed, without a word"),
    }
)


def show(visit: Visit) -> Rendered:
    """`GET /funds/{id}/limits`."""

    def work(tx: Tx) -> Rendered:
        fund = fund_of(tx, visit.path["id"])
        branches = [branch.fund for branch in ledger.tree(tx, fund.period.id)]
        kept = _cells(fund)
        return visit.show(
            "fund_limits.html",
            fund=fund,
            parent=next((each for each in branches if each.id == fund.parent_id), None),
            following=ledger.follows(branches, fund),
            now=limits_of(visit, fund),
            kept=kept,
            mark_of=mark_of,
            different=differences(visit, kept),
            words={name: visit.say(words) for name, words in WORDS.items()},
            allowed=[(value.value, visit.say(words)) for value, words in ALLOWED.items()],
            orders=ORDERS,
            payments=PAYMENTS,
            days=DAYS,
            changes=history.of(tx, FUND, fund.id),
        )

    return visit.read(work)


def save(visit: Visit) -> Rendered:
    """`POST /funds/{id}/limits`."""

    def work(tx: Tx) -> tuple[Fund, int]:
        hold(tx)
        fund = fund_of(tx, visit.path["id"])
        before = _cells(fund)
        check_seen(visit, fund.code, before)
        given = {name: visit.value(name) for name in ledger.RULE_COLUMNS}
        own = fund.parent_id is None or visit.value(OWN) == "yes"
        if own and (missing := [name for name in given if name.endswith("_allowed") and not given[name]]):
            raise Refusal([Problem("field_missing", name) for name in missing])
        changed = ledger.put_rules(tx, fund.id, given if own else None)
        now = next((each for each in changed if each.id == fund.id), fund)
        history.record(tx, FUND, fund.id, changes_of(before, _cells(now)), visit.user.primary_id)
        return now, len([each for each in changed if each.id != fund.id])

    fund, others = visit.write(work)
    told = visit.say("Saved.")
    if others:
        one, many = "Saved; %(num)s fund below it follows.", "Saved; %(num)s funds below it follow."
        told = visit.language.ngettext(one, many, others) % {"num": others}
    return visit.go(f"/funds/{fund.id}", told)


def _cells(fund: Fund) -> dict[str, str]:
    """The limits as their form has them."""
    return {OWN: "yes" if fund.own_rules else "no", **ledger.cells_of(fund)}


PAGES = (
    Page("GET", "/funds/{id}/limits", show, right=RIGHT),
    Page("POST", "/funds/{id}/limits", save, right=RIGHT, again=show),
)
