"""Encumbering a line again after it was ordered: what a fund may not carry any more is told, not lost.

The share then has no encumbrance, and an alert names the fund, what it has and what is missing; the
next time the line is encumbered in full, the alert goes.
"""

from __future__ import annotations

from collections.abc import Sequence

from openacq.ledger import service as ledger
from openacq.ledger.model import Block, Outcome
from openacq.ordering import moves, store_renewals, store_review
from openacq.ordering.alerts import alert
from openacq.ordering.model import Alert
from openacq.store import Tx

PAID_ANEW = ("fund_foreign", "fund_inactive", "fund_short")


def encumber_again(tx: Tx, line_ids: Sequence[int]) -> dict[int, tuple[Alert, ...]]:
    """Make what hangs on the lines what their shares ask for now; the alerts, by line, of what could not
    be encumbered. Lines without any are left out."""
    told: dict[int, tuple[Alert, ...]] = {}
    outcomes = moves.encumber_again(tx, line_ids)
    store_review.drop_alerts(tx, line_ids, PAID_ANEW)
    prices = store_renewals.prices(tx, line_ids)
    for line_id, found in outcomes.items():
        by_fund = {each.fund_id: each for each in found if each.block is not None}
        alerts = [_alert(tx, each, prices[line_id].currency) for each in by_fund.values()]
        if alerts:
            told[line_id] = tuple(alerts)
            rows = [
                {"slug": each.slug, "severity": each.severity.value, "facts": each.facts} for each in alerts
            ]
            store_renewals.add_alerts(tx, line_id, rows)
    return told


def _alert(tx: Tx, outcome: Outcome, currency: str) -> Alert:
    code = outcome.fund_code
    if outcome.block is Block.LIMIT and outcome.free is not None and outcome.short is not None:
        return alert(
            "fund_short",
            fund=code,
            free=outcome.free.text(),
            short=outcome.short.text(),
            currency=outcome.free.currency,
        )
    fund = ledger.fund_by_id(tx, outcome.fund_id)
    if outcome.block is Block.RATE_MISSING and fund is not None:
        return alert("fund_foreign", fund=code, currency=currency, fund_currency=fund.currency)
    return alert("fund_inactive", fund=code or str(outcome.fund_id))
