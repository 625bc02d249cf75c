"""The order log forgets patrons after a month and calls after a year."""

from __future__ import annotations

from datetime import timedelta

from openacq.calls import service as calls
from openacq.calls.model import Call, Search
from openacq.calls.service import OrderLog
from openacq.jobs.retention import RetentionRules, forget_some
from openacq.kernel.clock import FixedClock
from openacq.store import Store, claims
from tests.conftest import TODAY, Do


def logged(institution: int, log: OrderLog, days_ago: int) -> None:
    log.queue(
        Call(
            institution=institution,
            at=TODAY - timedelta(days=days_ago),
            door="alma",
            method="GET",
            path=f"/almaws/v1/users/jdoe{days_ago}",
            outcome="read",
            status=200,
            ms=1,
            request_id="x",
        )
    )


def test_everything_is_forgotten_in_its_own_time(
    store: Store, clock: FixedClock, institution: int, write: Do, read: Do
) -> None:
    log = OrderLog()
    for days_ago in (400, 40, 4):
        logged(institution, log, days_ago)
    log.flush(store)
    write(lambda tx: claims.take(tx, "ref:1", "f", tx.now + timedelta(hours=24)))
    rules = RetentionRules(patron_data_days=30, order_log_days=365)

    assert forget_some(store, [institution], rules) is True
    assert forget_some(store, [institution], rules) is False
    kept = read(lambda tx: calls.recent(tx, Search(), bodies=True))
    assert [row.folded for row in kept] == [(), ("jdoe4",)]

    clock.advance(days=2)
    assert forget_some(store, [institution], rules) is True
    assert write(lambda tx: claims.take(tx, "ref:1", "g", tx.now + timedelta(hours=1))) is None

    clock.advance(days=3650)
    for_ever = RetentionRules(patron_data_days=0, order_log_days=0)
    while forget_some(store, [institution], for_ever):
        pass
    kept = read(lambda tx: calls.recent(tx, Search(), bodies=True))
    assert [row.folded for row in kept] == [(), ()]
