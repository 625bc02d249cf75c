"""Are the requests right? States against lines and reasons, bibs and their uses, counts, strays.

Run it in one read snapshot (`store.read`); it changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from openacq.requests import store_audit, store_titles
from openacq.requests.bibs import USE_KIND
from openacq.store import Tx


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not agree: which record, what of it, what is kept, what it should be."""

    subject: str
    what: str
    stored: str
    expected: str


def check(tx: Tx) -> list[Difference]:
    """What differs: approved requests without their line, undecided ones that have one, rejections without
    a reason, bibs that are gone or not known to be used, counts of questions, events of nothing."""
    return [*_states(tx), *_bibs(tx), *_questions(tx), *_strays(tx)]


def _states(tx: Tx) -> Iterator[Difference]:
    for row in store_audit.found(tx, store_audit.WITHOUT_LINE):
        yield Difference(f"request {row.id}", "PO line", row.po_line or "none", "a line of that number")
    for row in store_audit.found(tx, store_audit.WITH_LINE):
        yield Difference(f"request {row.id}", "PO line", row.po_line, "none before it is approved")
    for row in store_audit.found(tx, store_audit.WITHOUT_REASON):
        yield Difference(f"request {row.id}", "reason of rejection", "none", "a reason")


def _bibs(tx: Tx) -> Iterator[Difference]:
    for row in store_audit.found(tx, store_audit.WITHOUT_BIB):
        yield Difference(f"request {row.id}", "bib", row.mms_id or "none", "a bib that is there")
    needed = {(row.mms_id, str(row.id)) for row in store_audit.found(tx, store_audit.NEEDING)}
    uses = store_titles.uses(tx, USE_KIND)
    for mms_id, request_id in sorted(needed - uses)[: store_audit.MOST]:
        yield Difference(f"request {request_id}", "use of its bib", "none", mms_id)
    for mms_id, request_id in sorted(uses - needed)[: store_audit.MOST]:
        yield Difference(f"bib {mms_id}", "used by request", request_id, "nobody")


def _questions(tx: Tx) -> Iterator[Difference]:
    rows = store_audit.found(tx, store_audit.QUESTIONS)
    asked = Counter(row.request_id for row in rows)
    open_ = Counter(row.request_id for row in rows if row.answered is None)
    for row in store_audit.found(tx, store_audit.COUNTS):
        stored, expected = (row.questions, row.unanswered), (asked[row.id], open_[row.id])
        if stored != expected:
            yield Difference(f"request {row.id}", "questions, unanswered", str(stored), str(expected))


def _strays(tx: Tx) -> Iterator[Difference]:
    for row in store_audit.found(tx, store_audit.STRAYS):
        yield Difference(f"event {row.id}", "request", str(row.request_id), "a request that is there")
