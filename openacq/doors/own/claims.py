"""Claims: the list of what is overdue, claiming by letter or otherwise, putting off, the vendor's answers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.paging import page
from openacq.doors.own.receipts import Code, day, number
from openacq.doors.own.staff import acting
from openacq.kernel.refusal import Problem, Refusal
from openacq.ordering import service as ordering
from openacq.store import Tx
from openacq.wire.model import UNSET, Count, Maybe, NoteText, Wire

MOST_LINES = 200


class DueClaim(Wire):
    """A line to be claimed. `claim` is the number of the claim, 1 the first; `days` it is overdue."""

    line: Maybe[str] = UNSET
    title: Maybe[str] = UNSET
    vendor: Maybe[str] = UNSET
    account: Maybe[str] = UNSET
    owner: Maybe[str] = UNSET
    reference: Maybe[str] = UNSET
    expected: Maybe[dt.date] = UNSET
    due: Maybe[dt.date] = UNSET
    claim: Maybe[int] = UNSET
    missing: Maybe[int] = UNSET
    days: Maybe[int] = UNSET


class DueClaims(Wire):
    total: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    lines: Maybe[list[DueClaim]] = UNSET


class Claim(Wire):
    """One claim of a line. `letter` is the letter that took it to the vendor."""

    id: Maybe[int] = UNSET
    line: Maybe[str] = UNSET
    claim: Maybe[int] = UNSET
    at: Maybe[dt.datetime] = UNSET
    by: Maybe[str] = UNSET
    letter: Maybe[int] = UNSET
    answer: Maybe[str] = UNSET
    answered: Maybe[dt.datetime] = UNSET


class Claims(Wire):
    claims: Maybe[list[Claim]] = UNSET


class ClaimWish(Wire):
    """`letter` false notes that the vendor was told otherwise; `note` goes into the letter."""

    numbers: Annotated[Maybe[list[Code]], Count(MOST_LINES)] = UNSET
    letter: Maybe[bool] = UNSET
    note: Maybe[NoteText] = UNSET
    operator: Maybe[Code] = UNSET


class Postponement(Wire):
    numbers: Annotated[Maybe[list[Code]], Count(MOST_LINES)] = UNSET
    until: Maybe[dt.date] = UNSET
    operator: Maybe[Code] = UNSET


class Answer(Wire):
    """What the vendor said, and when the line is expected now, if a day was named."""

    answer: Maybe[NoteText] = UNSET
    expected: Maybe[dt.date] = UNSET
    operator: Maybe[Code] = UNSET


def list_due(ask: Ask) -> Reply:
    """`GET /claims?by=&vendor=&library=&limit=&offset=`: lines to be claimed by a day (today), the longest
    overdue first."""
    limit, offset = page(ask)
    by = day(ask, "by")

    def work(tx: Tx) -> DueClaims:
        found, total = ordering.due_claims(
            tx,
            by=by,
            vendor=ask.params.get("vendor", ""),
            library=ask.params.get("library", ""),
            limit=limit,
            offset=offset,
        )
        return DueClaims(total=total, limit=limit, offset=offset, lines=[_due(each) for each in found])

    return Reply(ask.read(work))


def _due(card: ordering.DueClaim) -> DueClaim:
    return DueClaim(
        line=card.line,
        title=card.title,
        vendor=card.vendor,
        account=card.account,
        owner=card.owner,
        reference=card.reference,
        expected=card.expected or UNSET,
        due=card.due,
        claim=card.number,
        missing=card.missing,
        days=card.days,
    )


def of_line(ask: Ask) -> Reply:
    """`GET /lines/{number}/claims`: the claims of a line with the vendor's answers, the first first."""
    return Reply(
        ask.read(
            lambda tx: Claims(claims=[_claim(each) for each in ordering.claims_of(tx, ask.path["number"])])
        )
    )


def claim(ask: Ask) -> Reply:
    """`POST /claims {"numbers": […], "note": "…"}`: claim lines, due or not: one letter for each vendor
    account, or none with `"letter": false`."""
    body = ask.model(ClaimWish)
    numbers = body.numbers or []
    if not numbers:
        raise Refusal(Problem("field_missing", "numbers"))

    def work(tx: Tx) -> Claims:
        actor = acting(tx, ask, body.operator)
        letter = body.letter if isinstance(body.letter, bool) else True
        made = ordering.claim(tx, numbers, actor, letter=letter, note=body.note or "")
        return Claims(claims=[_claim(each) for each in made])

    return Reply(ask.write(work))


def postpone(ask: Ask) -> Reply:
    """`POST /claims/postpone {"numbers": […], "until": "2026-05-01"}`: put claims off to a day."""
    body = ask.model(Postponement)
    numbers = body.numbers or []
    if not numbers or not body.until:
        raise Refusal(Problem("field_missing", "until" if numbers else "numbers"))
    until = body.until

    def work(tx: Tx) -> DueClaims:
        ordering.postpone_claims(tx, numbers, until, acting(tx, ask, body.operator))
        return DueClaims(lines=[DueClaim(line=each, due=until) for each in dict.fromkeys(numbers)])

    return Reply(ask.write(work))


def answer(ask: Ask) -> Reply:
    """`POST /claims/{id}/answer {"answer": "…", "expected": "2026-06-01"}`: keep what the vendor said; the
    next claim follows the new day."""
    body = ask.model(Answer)
    if not body.answer:
        raise Refusal(Problem("field_missing", "answer"))
    words, claim_id = body.answer, number(ask, "id", "claim")

    def work(tx: Tx) -> Claim:
        actor = acting(tx, ask, body.operator)
        answered = ordering.answer_claim(tx, claim_id, words, actor, expected=body.expected or None)
        ask.subject = answered.line
        return _claim(answered)

    return Reply(ask.write(work))


def _claim(card: ordering.Claim) -> Claim:
    return Claim(
        id=card.id,
        line=card.line,
        claim=card.number,
        at=card.at,
        by=card.by,
        letter=card.letter_id if card.letter_id is not None else UNSET,
        answer=card.answer or UNSET,
        answered=card.answered or UNSET,
    )


ROUTES = (
    Route("GET", "/claims", "own", list_due, open_to_vendors=False),
    Route("GET", "/lines/{number}/claims", "own", of_line, open_to_vendors=False),
    Route("POST", "/claims", "own", claim, write=True, open_to_vendors=False),
    Route("POST", "/claims/postpone", "own", postpone, write=True, open_to_vendors=False),
    Route("POST", "/claims/{id}/answer", "own", answer, write=True, open_to_vendors=False),
)
