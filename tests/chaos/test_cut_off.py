"""The database cuts its connections (a restart, a failover): a call fails only when it was just being
committed, and then the order sent again is the same order."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest
from sqlalchemy.engine import URL

from tests.chaos.counting import Books
from tests.chaos.crowd import each_at_once
from tests.serving_fixture import Server
from tests.shop import Shop, codes, order

CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def cut_all(url: URL) -> int:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        row = connection.execute(CUT).fetchone()
        assert row is not None
        return int(row[0])


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_idle_connections_that_were_cut_are_replaced(server: Server, shop: Shop) -> None:
    each_at_once(shop.post, [order() for _ in range(16)])  # so that the pools are full
    assert cut_all(server.store.url) > 4
    body = order()
    answers = [shop.post(body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert shop.line(body["vendor_reference_number"]) == answers[0].json()


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_orders_under_way_are_made_once_or_not_at_all(server: Server, shop: Shop) -> None:
    bodies = [order(price={"sum": "1.00", "currency": "USD"}) for _ in range(48)]
    parts = [bodies[nth::8] for nth in range(8)]
    failed: list[str] = []

    def play(part: list[dict[str, object]]) -> None:
        for body in part:
            for _ in range(20):
                answer = shop.post(body)
                if answer.status_code == 200:
                    break
                assert answer.status_code == 500
                failed.extend(codes(answer))
            else:
                pytest.fail("the server did not find its database again")

    def cut() -> None:
        for _ in range(4):
            time.sleep(0.05)
            cut_all(server.store.url)

    cutter = threading.Thread(target=cut)
    cutter.start()
    each_at_once(play, parts)
    cutter.join()
    server.store.reader.dispose()  # the auditor looks past the store and would meet dead connections
    books = Books(server.store, shop.world.institution)
    assert books.count("po_lines") == len(bodies)
    assert books.halves() == []
    assert shop.world.differences() == []
    assert set(failed) <= {"INTERNAL_SERVER_ERROR"}
    assert len(failed) < 16
