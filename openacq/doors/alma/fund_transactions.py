"""`/acq/funds/{fund_id}/transactions`: the postings of an allocated fund, newest first.

They name everybody's orders, so a key tied to a vendor may not ask. A summary fund or ledger has none
of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openacq.codes import service as codes
from openacq.doors.alma import listing
from openacq.doors.alma.funds import known_fund, number
from openacq.doors.alma.funds_wire import FundTransaction, FundTransactions
from openacq.doors.hall import Ask, Reply, Route
from openacq.kernel.clock import calendar_day
from openacq.kernel.money import Money, NotMoney
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ledger.model import Posting, PostingFilter, PostingKind, Source
from openacq.ordering import service as ordering
from openacq.ordering.model import LineLabel
from openacq.store import Tx
from openacq.wire.model import UNSET, Coded, Linked

ALL = "ALL"
SEARCHED = ("amount", "po_line", "invoice_number", "borrowing_request_id")
NO_CODES = ("", "", "", "", "")


def list_transactions(ask: Ask) -> Reply:
    """Parameters q, filter (a type of transaction), limit, offset."""
    page = listing.page(ask.params)
    kinds = _kinds(ask)

    def work(tx: Tx) -> FundTransactions:
        fund = known_fund(tx, ask)
        wanted = _searched(tx, ask, PostingFilter(kinds))
        if wanted is None:
            return FundTransactions(total_record_count=0)
        found, total = ledger.postings(tx, fund.id, wanted, limit=page.limit, offset=page.offset)
        ids = [posting.source.id for posting in found if posting.source.kind == ordering.LEDGER_KIND]
        labels = ordering.labels(tx, ids)
        shown = [_transaction(tx, ask, posting, labels) for posting in found]
        return FundTransactions(fund_transaction=shown or UNSET, total_record_count=total)

    return Reply(ask.read(work))


def _kinds(ask: Ask) -> tuple[PostingKind, ...]:
    given = ask.params.get("filter", "").strip().upper()
    if given in ("", ALL):
        return ()
    if given not in tuple(PostingKind):
        valid = ", ".join((*PostingKind, ALL))
        raise Refusal(Problem("field_value_invalid", "filter", given, valid=valid))
    return (PostingKind(given),)


def _searched(tx: Tx, ask: Ask, wanted: PostingFilter) -> PostingFilter | None:
    """What `q` narrows to; None when nothing can match."""
    for condition in listing.conditions(ask.params, "po_line"):
        if condition.field == "amount":
            try:
                wanted = replace(wanted, units=Money.parse(condition.text, "XXX").units)
            except NotMoney as error:
                raise Refusal(Problem("query_invalid", "q", ask.params["q"], reason=error.reason)) from None
        elif condition.field == "po_line":
            line_id = ordering.line_id(tx, condition.text)
            if line_id is None:
                return None
            wanted = replace(wanted, source=Source(ordering.LEDGER_KIND, line_id))
        elif condition.field in SEARCHED:
            return None  # no posting comes from an invoice or a loan between libraries
        else:
            reason = f"{condition.field} is none of {', '.join(SEARCHED)}"
            raise Refusal(Problem("query_invalid", "q", ask.params["q"], reason=reason))
    return wanted


def _transaction(tx: Tx, ask: Ask, posting: Posting, labels: Mapping[int, LineLabel]) -> FundTransaction:
    label = labels.get(posting.source.id) if posting.source.kind == ordering.LEDGER_KIND else None
    reporting = label.reporting_codes if label else NO_CODES
    return FundTransaction(
        id=str(posting.id),
        transaction_time=calendar_day(posting.at, ask.caller.zone),
        type=Coded(
            value=posting.kind.value, desc=codes.describe(tx, "FundTransactionType", posting.kind.value)
        ),
        amount=number(posting.amount),
        currency=Coded(
            value=posting.amount.currency,
            desc=codes.describe(tx, "Currency_CT", posting.amount.currency),
        ),
        transaction_note=posting.note or UNSET,
        po_line=(
            Linked(value=label.number, link=ask.link(f"/acq/po-lines/{label.number}"))
            if label
            else Linked(value="", link="")
        ),
        invoice_line=Linked(value="", link=""),
        reporting_code=reporting[0],
        secondary_reporting_code=reporting[1],
        tertiary_reporting_code=reporting[2],
        fourth_reporting_code=reporting[3],
        fifth_reporting_code=reporting[4],
    )


ROUTES = (Route("GET", "/acq/funds/{fund_id}/transactions", "acq", list_transactions, open_to_vendors=False),)
