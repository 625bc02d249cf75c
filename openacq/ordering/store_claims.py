"""SQL of claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, insert, or_, select, update

from openacq.ordering.model import Terms
from openacq.ordering.store_progress import COLUMNS, counted
from openacq.ordering.tables import line_claims, po_lines
from openacq.store import Tx
from openacq.store.schema import Instant

_of: Any = bindparam("of", expanding=True)
_institution: Any = bindparam("institution")
_states: Any = bindparam("states", expanding=True)
_ONE: Any = (po_lines.c.institution == bindparam("of_institution")) & (po_lines.c.id == bindparam("of_id"))

_SET_DUE = update(po_lines).where(_ONE).values(claim_due=bindparam("due"))
_POSTPONE = update(po_lines).where(_ONE).values(counted({"claim_due": bindparam("due"), "claim_told": None}))
_EXPECT = (
    update(po_lines)
    .where(_ONE)
    .values(
        expected_receipt_date=bindparam("receipt"),
        expected_activation_date=bindparam("activation"),
        terms=bindparam("new_terms"),
    )
)
_CLAIM = (
    update(po_lines)
    .where(_ONE, po_lines.c.claims_sent == bindparam("seen"))
    .values(
        counted(
            {"claims_sent": po_lines.c.claims_sent + 1, "claim_due": bindparam("due"), "claim_told": None}
        )
    )
)
_TOLD = (
    update(po_lines)
    .where(po_lines.c.institution == bindparam("of_institution"), po_lines.c.id.in_(_of))
    .values(claim_told=bindparam("today"))
)
_LAST = (
    select(line_claims.c.line_id, func.max(line_claims.c.at).label("at"))
    .where(line_claims.c.institution == _institution, line_claims.c.line_id.in_(_of))
    .group_by(line_claims.c.line_id)
)
_ADD = insert(line_claims)
_NUMBERED = select(line_claims, po_lines.c.number.label("line")).select_from(
    line_claims.join(
        po_lines,
        (po_lines.c.institution == line_claims.c.institution) & (po_lines.c.id == line_claims.c.line_id),
    )
)
_OF_LINE = _NUMBERED.where(
    line_claims.c.institution == _institution, line_claims.c.line_id == bindparam("line_id")
).order_by(line_claims.c.number)
_BY_IDS = _NUMBERED.where(line_claims.c.institution == _institution, line_claims.c.id.in_(_of)).order_by(
    line_claims.c.id
)
_claimed_with = line_claims.alias("claimed_with")
_LETTERS = (
    select(line_claims.c.letter_id, _claimed_with.c.line_id)
    .join(
        _claimed_with,
        (_claimed_with.c.institution == line_claims.c.institution)
        & (_claimed_with.c.letter_id == line_claims.c.letter_id),
    )
    .where(line_claims.c.institution == _institution, line_claims.c.line_id == bindparam("line_id"))
)
_ANSWER = (
    update(line_claims)
    .where(line_claims.c.institution == bindparam("of_institution"), line_claims.c.id == bindparam("of_id"))
    .values(answer=bindparam("new_answer"), answered=bindparam("now", type_=Instant))
)
_DUE: tuple[ColumnElement[bool], ...] = (
    po_lines.c.institution == _institution,
    po_lines.c.claim_due <= bindparam("by"),
    po_lines.c.state.in_(_states),
    po_lines.c.invoiced_units == 0,
    po_lines.c.fully_invoiced.is_(False),
)
_UNTOLD = (
    select(*COLUMNS)
    .where(*_DUE, or_(po_lines.c.claim_told.is_(None), po_lines.c.claim_told < po_lines.c.claim_due))
    .order_by(po_lines.c.claim_due, po_lines.c.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim sent to the vendor for a line: the first is number 1. `answer` is what the vendor said."""

    id: int
    line_id: int
    line: str
    number: int
    at: datetime
    by: str
    letter_id: int | None
    answer: str
    answered: datetime | None


def set_due(tx: Tx, days: Mapping[int, date | None]) -> None:
    """Write when the next claim of each line is due."""
    tx.later(
        _SET_DUE,
        [
            {"of_institution": tx.institution, "of_id": line_id, "due": days[line_id]}
            for line_id in sorted(days)
        ],
    )


def expect(tx: Tx, lines: Sequence[tuple[int, date | None, date | None, Terms]]) -> None:
    """Write when lines are expected: (line, day of receipt, day of activation, terms)."""
    tx.later(
        _EXPECT,
        [
            {
                "of_institution": tx.institution,
                "of_id": line_id,
                "receipt": receipt,
                "activation": activation,
                "new_terms": terms,
            }
            for line_id, receipt, activation, terms in lines
        ],
    )


def postpone(tx: Tx, days: Mapping[int, date | None]) -> None:
    """Put the next claim of each line off to a day."""
    tx.later(
        _POSTPONE,
        [
            {"of_institution": tx.institution, "of_id": line_id, "due": days[line_id], "now": tx.now}
            for line_id in sorted(days)
        ],
    )


def count_claims(tx: Tx, claims: Sequence[tuple[int, int, date | None]]) -> bool:
    """Count a claim of each line, as (line, claims it had, day of the next one); False when somebody else
    was quicker with one of them."""
    rows = [
        {"of_institution": tx.institution, "of_id": line_id, "seen": seen, "due": due, "now": tx.now}
        for line_id, seen, due in sorted(claims)
    ]
    return tx.execute(_CLAIM, rows).rowcount == len(rows)


def told(tx: Tx, line_ids: Sequence[int]) -> None:
    """Note that the claims due of these lines were told of today."""
    tx.execute(_TOLD, {"of_institution": tx.institution, "of": list(line_ids), "today": tx.today})


def last_claims(tx: Tx, line_ids: Sequence[int]) -> dict[int, datetime]:
    if not line_ids:
        return {}
    rows = tx.execute(_LAST, {"institution": tx.institution, "of": list(line_ids)})
    return {row.line_id: row.at for row in rows}


def add(tx: Tx, claims: Sequence[tuple[int, int, int | None]], by: str) -> list[int]:
    """Write claims, as (line, number, letter); returns their ids."""
    ids = [tx.new_id() for _ in claims]
    tx.later(
        _ADD,
        [
            {
                "institution": tx.institution,
                "id": row_id,
                "line_id": line_id,
                "number": number,
                "at": tx.now,
                "by": by,
                "letter_id": letter_id,
                "answer": "",
                "answered": None,
            }
            for row_id, (line_id, number, letter_id) in zip(ids, claims, strict=True)
        ],
    )
    return ids


def of_line(tx: Tx, line_id: int) -> list[Claim]:
    rows = tx.execute(_OF_LINE, {"institution": tx.institution, "line_id": line_id})
    return [_claim(row) for row in rows]


def letters_of(tx: Tx, line_id: int) -> dict[int, set[int]]:
    """The letters that claimed a line, each with all lines it claims."""
    found: dict[int, set[int]] = {}
    for row in tx.execute(_LETTERS, {"institution": tx.institution, "line_id": line_id}):
        found.setdefault(row.letter_id, set()).add(row.line_id)
    return found


def by_ids(tx: Tx, claim_ids: Sequence[int]) -> list[Claim]:
    rows = tx.execute(_BY_IDS, {"institution": tx.institution, "of": list(claim_ids)})
    return [_claim(row) for row in rows]


def _claim(row: Row[Any]) -> Claim:
    return Claim(**{name: getattr(row, name) for name in Claim.__slots__})


def answer(tx: Tx, claim_id: int, words: str) -> None:
    tx.execute(
        _ANSWER,
        {"of_institution": tx.institution, "of_id": claim_id, "new_answer": words, "now": tx.now},
    )


def due(
    tx: Tx, by: date, states: Sequence[str], vendor: str, library: str, limit: int, offset: int
) -> tuple[Sequence[Row[Any]], int]:
    """A page of lines whose claim is due by a day, the longest overdue first, and how many there are;
    of one vendor or owning library unless ""."""
    narrowed: Select[Any] = select(*COLUMNS).where(*_DUE)
    if vendor:
        # What is due is few beside all lines of a vendor: it is narrowed, and no index of vendors is walked.
        narrowed = narrowed.where(po_lines.c.vendor.concat("") == vendor)
    if library:
        narrowed = narrowed.where(po_lines.c.owner == library)
    asked = {"institution": tx.institution, "by": by, "states": list(states)}

    def count() -> int:
        found: int = tx.execute(
            narrowed.with_only_columns(func.count(), maintain_column_froms=True), asked
        ).scalar_one()
        return found

    total = tx.kept_count("lines", ("claims due", by, tuple(states), vendor, library), count)
    if not limit or offset >= total:
        return (), total
    page = narrowed.order_by(po_lines.c.claim_due, po_lines.c.id).limit(limit).offset(offset)
    return tx.execute(page, asked).all(), total


def untold(tx: Tx, by: date, states: Sequence[str], most: int) -> Sequence[Row[Any]]:
    """Lines whose claim is due and was not told of yet, the longest overdue first."""
    asked = {"institution": tx.institution, "by": by, "states": list(states), "most": most}
    return tx.execute(_UNTOLD, asked).all()
