"""What the benchmark says of packing and sending was really packed and sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import packing, report, sending
from bench.rounds import Plan
from bench.seeding import openacq_server
from openacq.directory import service as directory
from openacq.ordering import service as ordering
from openacq.store import Store


@pytest.mark.slow
def test_packing_and_sending_are_measured_by_doing_them(fresh_database_url: str, tmp_path: Path) -> None:
    with openacq_server(fresh_database_url, 120, tmp_path, titles=60) as target:
        packed = packing.measure("here", target, 0.5, lambda _: None)
    assert packed.lines >= 120, "all that waited, those that came in before the packing too"
    assert packed.seconds > 0
    assert min(packed.before, packed.during, packed.after) > 0
    assert packed.share == pytest.approx(packed.during * 2 / (packed.before + packed.after))
    store = Store(fresh_database_url)
    (card,) = store.read(directory.every_institution, institution=0)
    orders = store.read(ordering.orders, institution=card.id)
    assert (orders.total, sum(order.lines for order in orders.orders)) == (packed.orders, packed.lines)
    store.close()
    sent = sending.carry_out(sending.SendTask(fresh_database_url, "here", rounds=1))
    assert sent.many > sent.one > 0


def test_the_result_tells_of_the_work() -> None:
    plan = Plan(("sqlite",), (), (), (), 1.0, 1)
    result = report.Result(
        "python -m bench",
        "2026-03-02",
        "2 cores",
        plan,
        [],
        [],
        [packing.Packing("sqlite", 10_000, 100, 8.2, 600.0, 420.0, 640.0, 20.0, 95.0)],
        [sending.Sending("sqlite", 30.0, 75.0)],
    )
    page = report.page(result)
    assert (
        "10,000 lines packed into 100 purchase orders in 8.2 s; creates meanwhile 420 per s, 68% of 620"
        in page
    )
    assert "goes out in 30 ms with one line, in 75 ms with 50, 2.5 times as long" in page
