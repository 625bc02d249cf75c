"""Claims: telling the vendor that something ordered has not come.

The first claim is due `claiming_interval` days after the line is expected, each further one
`reclaim_interval` days after the last; a line without the interval is never due. Only what is with
the vendor, not arrived and not invoiced is claimed. `expect` is called when lines are sent, `reckon`
whenever something arrives, goes back or changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from openacq.history import service as history
from openacq.history.model import Change
from openacq.kernel.clock import calendar_day
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import notify, progress, store_claims, store_receipts
from openacq.ordering.model import Actor
from openacq.ordering.moves import LINE
from openacq.ordering.progress import ON_ITS_WAY, PHYSICAL, Progress, days_after
from openacq.ordering.store_claims import Claim
from openacq.store import Tx

MOST_CLAIMED = 500
"""Most lines of one call."""
STATES = tuple(sorted(state.value for state in ON_ITS_WAY))


@dataclass(frozen=True, slots=True)
class DueClaim:
    """A line to be claimed: `number` is that of the claim (1 the first), `missing` the copies that did
    not come, `days` how long it is overdue."""

    line: str
    title: str
    vendor: str
    account: str
    owner: str
    reference: str
    expected: date | None
    due: date
    number: int
    missing: int
    days: int


# -- when ---------------------------------------------------------------------------------------


def expect(tx: Tx, line_ids: Sequence[int]) -> None:
    """Lines were sent today: reckon when they are expected, where nobody said, and when to claim."""
    lines = progress.of_lines(tx, line_ids)
    changed = {}
    for line in lines.values():
        expected = _expected(line, tx.today)
        if expected != line:
            changed[line.id] = expected
    if changed:
        store_claims.expect(
            tx,
            [
                (line.id, line.expected_receipt_date, line.expected_activation_date, line.terms)
                for line in changed.values()
            ],
        )
    reckon(tx, {**lines, **changed}.values(), anew=True)


def _expected(line: Progress, sent: date) -> Progress:
    terms = line.terms
    if line.inventory == PHYSICAL and line.expected_receipt_date is None:
        return replace(line, expected_receipt_date=days_after(sent, terms.expected_receipt_interval))
    if line.electronic and line.expected_activation_date is None:
        day = days_after(sent, terms.expected_activation_interval)
        return replace(line, expected_activation_date=day, terms=replace(terms, expected_activation_date=day))
    return line


def reckon(tx: Tx, lines: Iterable[Progress], *, anew: bool = False) -> None:
    """Make the day of the next claim right: none for what need not be claimed (any more).

    A day that is set stays, for somebody may have put it off, unless it is reckoned `anew`.
    """
    lines = list(lines)
    claimed = [line.id for line in lines if line.claimable and line.claims_sent]
    last = store_claims.last_claims(tx, claimed)
    days = {}
    for line in lines:
        day = line.claim_due
        if not line.claimable:
            day = None
        elif day is None or anew:
            at = last.get(line.id)
            day = line.claim_day(calendar_day(at, tx.zone) if at is not None else None)
        if day != line.claim_due:
            days[line.id] = day
    if days:
        store_claims.set_due(tx, days)


# -- the list -----------------------------------------------------------------------------------


def due_claims(
    tx: Tx, *, by: date | None = None, vendor: str = "", library: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[DueClaim], int]:
    """A page of the lines to be claimed by a day (today), the longest overdue first, and their number."""
    rows, total = store_claims.due(tx, by or tx.today, STATES, vendor, library, limit, offset)
    return [_due(tx, progress.of_row(tx, row)) for row in rows], total


def _due(tx: Tx, line: Progress) -> DueClaim:
    due = line.claim_due or tx.today
    return DueClaim(
        line=line.number,
        title=line.title,
        vendor=line.vendor,
        account=line.account,
        owner=line.owner,
        reference=line.reference,
        expected=line.expected,
        due=due,
        number=line.claims_sent + 1,
        missing=line.missing,
        days=max((tx.today - due).days, 0),
    )


def claims_of(tx: Tx, number: str) -> list[Claim]:
    """The claims of a line, the first first. Raises Refusal line_not_found."""
    return store_claims.of_line(tx, _line(tx, number).id)


# -- doing --------------------------------------------------------------------------------------


def claim(
    tx: Tx, numbers: Sequence[str], actor: Actor, *, letter: bool = True, note: str = ""
) -> list[Claim]:
    """Claim lines, due or not: by a letter for each vendor account, or noting that it was done otherwise.

    Raises Refusal: line_not_found, claim_refused (naming why), claim_overtaken, list_too_long.
    """
    lines = _lines(tx, numbers)
    again = [(line.id, line.claims_sent, days_after(tx.today, line.terms.reclaim_interval)) for line in lines]
    if not store_claims.count_claims(tx, again):
        raise Refusal(Problem("claim_overtaken", "line", ", ".join(line.number for line in lines)))
    letters = notify.claim_letters(tx, lines, note) if letter else {}
    ids = store_claims.add(
        tx, [(line.id, line.claims_sent + 1, letters.get(line.id)) for line in lines], actor.name
    )
    history.record_many(
        tx,
        LINE,
        {line.number: [Change("claims_sent", line.claims_sent, line.claims_sent + 1)] for line in lines},
        actor.name,
    )
    for line in lines:
        tx.emit("po_line.claimed", line.number, {"claim": line.claims_sent + 1, "letter": letter})
    return store_claims.by_ids(tx, ids)


def _lines(tx: Tx, numbers: Sequence[str]) -> list[Progress]:
    """The lines, each once, locked by nobody yet. Refused when one of them cannot be claimed."""
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > MOST_CLAIMED:
        raise Refusal(Problem("list_too_long", "lines", len(wanted), limit=MOST_CLAIMED))
    ids = store_receipts.ids_of(tx, wanted)
    lines = progress.of_lines(tx, list(ids.values()))
    problems = [Problem("line_not_found", "line", number) for number in wanted if number not in ids]
    for line in lines.values():
        reason = why_not(line)
        if reason:
            problems.append(Problem("claim_refused", "line", line.number, reason=reason))
    if problems:
        raise Refusal(problems)
    return list(lines.values())


def why_not(line: Progress) -> str:
    """Why a line cannot be claimed, "" when it can."""
    if line.claimable:
        return ""
    if line.state not in ON_ITS_WAY:
        return f"it is {line.state.value}"
    if line.fully_invoiced or line.invoiced_units:
        return "it is invoiced"
    return "it has arrived"


def postpone(tx: Tx, numbers: Sequence[str], until: date, actor: Actor) -> None:
    """Put the claims of lines off to a day. Raises Refusal as `claim` does, and date_passed."""
    if until <= tx.today:
        raise Refusal(Problem("date_passed", "until", until.isoformat()))
    lines = _lines(tx, numbers)
    store_claims.postpone(tx, {line.id: until for line in lines})
    history.record_many(
        tx,
        LINE,
        {line.number: [Change("claim_due", line.claim_due, until)] for line in lines},
        actor.name,
    )


def answer(tx: Tx, claim_id: int, words: str, actor: Actor, *, expected: date | None = None) -> Claim:
    """Keep what the vendor answered to a claim; with a new expected day the next claim follows it.

    Raises Refusal: record_missing.
    """
    known = store_claims.by_ids(tx, [claim_id])
    if not known:
        raise Refusal(Problem("record_missing", "claim", claim_id, what="Claim"))
    found = known[0]
    store_claims.answer(tx, claim_id, words)
    changes = [Change(f"answer to claim {found.number}", found.answer, words)]
    if expected is not None:
        changes += _expect_again(tx, found.line_id, expected)
    history.record(tx, LINE, found.line, changes, actor.name)
    tx.emit("po_line.claim_answered", found.line, {"claim": found.number, "answer": words})
    return replace(found, answer=words, answered=tx.now)


def _expect_again(tx: Tx, line_id: int, day: date) -> list[Change]:
    """The vendor named a day: claim again the claiming interval after it."""
    line = progress.of_lines(tx, [line_id])[line_id]
    terms = replace(line.terms, expected_activation_date=day) if line.electronic else line.terms
    receipt = line.expected_receipt_date if line.electronic else day
    activation = day if line.electronic else line.expected_activation_date
    store_claims.expect(tx, [(line_id, receipt, activation, terms)])
    if line.claimable:
        interval = line.terms.claiming_interval or line.terms.reclaim_interval
        store_claims.postpone(tx, {line_id: days_after(day, interval)})
    return [Change("expected", line.expected, day)]


def tell_of_due(tx: Tx, most: int = 100) -> int:
    """News of claims that have become due, each told of once; returns how many. For the job."""
    lines = [progress.of_row(tx, row) for row in store_claims.untold(tx, tx.today, STATES, most)]
    if lines:
        store_claims.told(tx, [line.id for line in lines])
    for line in lines:
        due = _due(tx, line)
        payload: Mapping[str, object] = {
            "claim": due.number,
            "due": due.due.isoformat(),
            "vendor": due.vendor,
            "account": due.account,
            "missing": due.missing,
        }
        tx.emit("po_line.claim_due", line.number, payload)
    return len(lines)


def _line(tx: Tx, number: str) -> Progress:
    row = store_receipts.by_line_number(tx, number)
    if row is None:
        raise Refusal(Problem("line_not_found", "line", number))
    return progress.of_row(tx, row)


__all__ = [
    "Claim",
    "DueClaim",
    "answer",
    "claim",
    "claims_of",
    "due_claims",
    "expect",
    "postpone",
    "reckon",
    "tell_of_due",
    "why_not",
]
