"""What other rooms may do with the order log."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from openacq.calls import masking
from openacq.calls import store as rows
from openacq.calls.model import Call, CallFigures, LoggedCall, SameRefusal, Search
from openacq.store import Store, Tx

FLUSHED_AT_ONCE = 500
"""Rows in one transaction of the flush; some tens of milliseconds on SQLite."""
FLUSHED_BYTES = 2_000_000
"""About so much text in one, at most: answers are long, and a batch is in memory twice."""
ERASED_AT_ONCE = 500


class OrderLog:
    """Takes in calls. `body_bytes` is what is kept of each body; without `keep_patron_data` folded
    values are dropped at once. The queue holds at most `most_rows` rows and about `most_bytes` of
    text; rows beyond that are dropped and counted in `dropped`."""

    def __init__(
        self,
        *,
        body_bytes: int = 16_384,
        keep_patron_data: bool = True,
        most_rows: int = 10_000,
        most_bytes: int = 8_000_000,
    ) -> None:
        self._body_bytes = body_bytes
        self._keep_patron_data = keep_patron_data
        self._most_rows = most_rows
        self._most_bytes = most_bytes
        self._queue: deque[dict[str, Any]] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """Rows not yet written."""
        return len(self._queue)

    def record(self, tx: Tx, call: Call) -> None:
        """Write the row of a change in the change's own transaction."""
        rows.write(tx, [self._row(call, masking.Fold())])

    def queue(self, call: Call) -> None:
        """Have the row of a read or a refusal written soon."""
        self._enqueue(self._row(call, masking.Fold()))

    def _enqueue(self, row: dict[str, Any]) -> None:
        size = _size(row)
        with self._lock:
            if len(self._queue) >= self._most_rows or self._bytes + size > self._most_bytes:
                self.dropped += 1
                return
            self._queue.append(row)
            self._bytes += size

    def flush(self, store: Store) -> int:
        """Write what is queued, oldest first; returns how many rows. What cannot be written stays. Whoever
        comes while somebody writes waits: when it returns what was queued before is there."""
        with self._flushing:
            return self._flush(store)

    def _flush(self, store: Store) -> int:
        written = 0
        while batch := self._take():
            by_institution: dict[int, list[dict[str, Any]]] = {}
            for row in batch:
                by_institution.setdefault(row["institution"], []).append(row)
            while by_institution:
                institution, group = next(iter(by_institution.items()))
                try:
                    store.write(_writing(group), institution=institution)
                except BaseException:
                    self._put_back([row for group in by_institution.values() for row in group])
                    raise
                del by_institution[institution]
                written += len(group)
        return written

    def _take(self) -> list[dict[str, Any]]:
        batch: list[dict[str, Any]] = []
        size = 0
        with self._lock:
            while self._queue and len(batch) < FLUSHED_AT_ONCE and size < FLUSHED_BYTES:
                row = self._queue.popleft()
                batch.append(row)
                size += _size(row)
            self._bytes -= size
        return batch

    def _put_back(self, batch: list[dict[str, Any]]) -> None:
        with self._lock:
            self._queue.extendleft(reversed(batch))
            self._bytes += sum(map(_size, batch))

    def _body(self, body: bytes, fold: masking.Fold, *, private: bool) -> str:
        text = masking.body_text(body, fold, self._body_bytes, private=private)
        return fold.everywhere(text) if fold.values else text

    def _folded(self, fold: masking.Fold) -> list[str] | None:
        return fold.values if fold.values and self._keep_patron_data else None

    def _row(self, call: Call, fold: masking.Fold) -> dict[str, Any]:
        path = masking.path_text(call.path, fold)
        query = masking.query_text(call.query, fold, private=call.private)
        request = self._body(call.request, fold, private=call.private)
        answer = self._body(call.answer, fold, private=call.private)
        return {
            "institution": call.institution,
            "at": call.at,
            "door": call.door,
            "method": call.method[:20],
            "path": path[:2_000],
            "query": query[:2_000],
            "outcome": call.outcome,
            "status": call.status,
            "ms": call.ms,
            "request_id": call.request_id,
            "key_id": call.key_id,
            "principal_id": call.principal_id,
            "key_name": call.key_name,
            "vendor": call.vendor,
            "subject": call.subject,
            "problems": " ".join(call.problems),
            "folded": self._folded(fold),
            "request": request,
            "answer": answer,
        }


def _size(row: Mapping[str, Any]) -> int:
    return 500 + len(row["request"]) + len(row["answer"])


def _writing(group: list[dict[str, Any]]) -> Callable[[Tx], None]:
    def write(tx: Tx) -> None:
        rows.write(tx, group)

    return write


# -- reading ------------------------------------------------------------------------------------


def recent(tx: Tx, search: Search, most: int = 50, *, bodies: bool = False) -> tuple[LoggedCall, ...]:
    """The newest calls of the search, oldest of them first; without bodies unless asked."""
    return rows.found(tx, search, most=most, newest=True, bodies=bodies)


def since(tx: Tx, search: Search, most: int = 1_000, *, bodies: bool = False) -> tuple[LoggedCall, ...]:
    """The first calls from `search.since` on, in order of time.

    Rows of reads arrive up to a second after their time: who follows the log asks again for the last
    seconds and skips what he has.
    """
    return rows.found(tx, search, most=most, newest=False, bodies=bodies)


def page(tx: Tx, search: Search, *, limit: int = 50, offset: int = 0) -> tuple[tuple[LoggedCall, ...], bool]:
    """A page of the calls of the search, the newest first, without bodies; and whether there are more.

    They are not counted: a log is long, and a count of it would cost more than the page.
    """
    found = rows.page(tx, search, limit + 1, offset)
    return found[:limit], len(found) > limit


def figures(tx: Tx, since: datetime, vendor: str = "") -> list[CallFigures]:
    """How the calls since then went, by vendor and key: all of them, or those about one vendor's orders."""
    return rows.figures(tx, since, vendor)


def same_refusals(tx: Tx, search: Search, most: int = 10) -> list[SameRefusal]:
    """Refused calls of the search put together by their reasons, the most frequent first."""
    return rows.same_refusals(tx, search, most)


def one(tx: Tx, call_id: int) -> LoggedCall | None:
    """A call with its bodies."""
    return rows.one(tx, call_id)


def unfold(call: LoggedCall, text: str) -> str:
    """A text of the call with the patron data put back, as far as they are not erased."""
    return masking.unfold(text, call.folded)


def whole(call: LoggedCall) -> tuple[str, str] | None:
    """Path and body of a call as they were sent; None when a part was cut, masked or erased since."""
    path, body = unfold(call, call.path), unfold(call, call.request)
    return None if masking.lacks(path) or masking.lacks(body) else (path, body)


def shown_path(path: str) -> str:
    """A path as it may stand in any log: ids of patrons folded."""
    return masking.path_text(path, masking.Fold())


# -- retention ----------------------------------------------------------------------------------


def erase_patron_data(tx: Tx, days: int) -> int:
    """Erase folded values older than `days`, some at a time; 0 when none are left to erase."""
    return rows.erase_folded(tx, tx.now - timedelta(days=days), ERASED_AT_ONCE)


def erase_calls(tx: Tx, days: int) -> int:
    """Drop calls older than `days`, some at a time; 0 when none are left to drop."""
    return rows.delete_old(tx, tx.now - timedelta(days=days), ERASED_AT_ONCE)


# -- calls a day --------------------------------------------------------------------------------


def count_calls(tx: Tx, counts: Mapping[tuple[date, int], int]) -> dict[int, int]:
    """Add to the calls of (day, key id); returns the newest day's sums of all keys."""
    if not counts:
        return {}
    rows.count_up(tx, counts)
    return rows.day(tx, max(day for day, _ in counts))


def calls_of_day(tx: Tx, day: date) -> dict[int, int]:
    """Key id → calls made on that day (UTC)."""
    return rows.day(tx, day)


def forget_days(tx: Tx, now: datetime) -> int:
    """Drop the counts of days before the last 90."""
    return rows.delete_days(tx, (now - timedelta(days=90)).date())
