"""Purchase orders at the desks: packed by hand, seen as the vendor will, taken apart, cancelled, claimed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from openacq.kernel.clock import FixedClock
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor, LineState, OrderState
from openacq.store import Tx
from tests.doors.desk.staff import Staff, book
from tests.serving_fixture import Server
from tests.shop import Shop

MAIL: dict[str, Any] = {"acquisition_method": {"value": "PURCHASE"}}


def pack(staff: Staff, *numbers: str) -> str:
    def work(tx: Tx) -> str:
        actor = Actor("test")
        return ordering.pack_chosen(tx, list(ordering.line_ids(tx, numbers, actor).values()), actor)

    made: str = staff.world.write(work)
    return made


@pytest.fixture
def two(staff: Staff, shop: Shop) -> tuple[str, str]:
    return shop.ordered(book("First <of> two", **MAIL))["number"], shop.ordered(book("Second", **MAIL))[
        "number"
    ]


def test_a_po_shows_its_lines_their_sum_and_the_letter(staff: Staff, two: tuple[str, str]) -> None:
    number = pack(staff, *two)
    staff.get(f"/orders/po/{number}")
    assert [line in row for line, row in zip(two, staff.rows(), strict=True)] == [True, True]
    assert "$100.00" in staff.text
    assert staff.page.xpath("//iframe/@src") == [f"/desk/orders/po/{number}/letter"]
    letter = staff.client.get(f"/desk/orders/po/{number}/letter")
    assert "First &lt;of&gt; two" in letter.text
    policy = letter.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy
    pdf = staff.client.get(f"/desk/orders/po/{number}/letter.pdf")
    assert pdf.content.startswith(b"%PDF")


def test_lines_are_taken_out_and_cancelled_from_the_page(staff: Staff, two: tuple[str, str]) -> None:
    number = pack(staff, *two)
    staff.get(f"/orders/po/{number}")
    staff.send("move", {"line": [two[0]], "do": "unpack"})
    assert staff.told == "1 line is back in review."
    assert staff.world.line(two[0]).state is LineState.IN_REVIEW
    staff.send("move", {"do": "cancel", "reason": ""})
    assert staff.told == "Reason is missing. Fill it in."
    assert staff.world.line(two[1]).state is LineState.READY
    staff.send("move", {"do": "cancel", "reason": "LIBRARY_CANCELLED"})
    assert staff.told == "1 line is cancelled."
    assert staff.world.balance("HIST").encumbered.text() == "50.00"
    assert "Cancelled" in staff.text


def test_a_po_is_found_in_its_list_and_by_its_number(staff: Staff, two: tuple[str, str]) -> None:
    number = pack(staff, *two)
    staff.get("/orders/po")
    assert number in staff.rows()[0]
    staff.get("/find", q=number.lower())
    assert staff.path == f"/desk/orders/po/{number}"
    staff.get("/tasks/sending")
    assert number in staff.rows()[0]


def test_a_po_of_another_institution_is_not_found(
    staff: Staff, two: tuple[str, str], server: Server, shop: Shop
) -> None:
    number = pack(staff, *two)
    with server.new_shop() as other, Staff(server, other.world) as stranger:
        stranger.sign_in()
        for path in ("", "/letter", "/letter.pdf"):
            stranger.get(f"/orders/po/{number}{path}")
            assert stranger.status == 404
        stranger.get("/keys")
        stranger.post(f"/orders/po/{number}/move", {"do": "cancel", "reason": "LIBRARY_CANCELLED"})
        assert stranger.status == 404
    assert staff.world.line(two[0]).state is LineState.READY


def test_lines_set_aside_are_packed_together_once(staff: Staff, two: tuple[str, str]) -> None:
    def set_aside(tx: Tx) -> None:
        ids = ordering.line_ids(tx, two, Actor("test"))
        ordering.set_aside(tx, list(ids.values()), Actor("test"))

    staff.world.write(set_aside)
    staff.get("/tasks/packing")
    assert len(staff.rows()) == 2
    form = staff.page
    staff.send("bulk", {"number": list(two)})
    number = staff.path.rpartition("/")[2]
    assert staff.told == f"The lines are in {number}."
    staff.page = form
    staff.send("bulk", {"number": list(two)})
    assert staff.path.endswith(number)
    page = staff.world.read(ordering.orders)
    assert [one.row.number for one in page.orders] == [number]
    assert page.orders[0].row.state in (OrderState.OPEN, OrderState.APPROVED)


def test_what_is_overdue_is_claimed_or_put_off(staff: Staff, two: tuple[str, str], clock: FixedClock) -> None:
    for number in two:
        staff.get(f"/orders/lines/{number}/edit")
        staff.send("order", {"expected_receipt_date": "2026-03-10", "do": "save"})
    staff.get("/tasks/claims")
    assert staff.rows() == []
    staff.post("/tasks/claims", {"number": two[0], "do": "postpone", "until": "never"})
    assert "never" in staff.told or "never" in staff.text
    staff.post("/tasks/claims", {"number": two[0], "do": "told", "_back": "/desk/tasks/claims"})
    assert two[0] in staff.told
    assert clock.now().date() < date(2026, 3, 10) - timedelta(days=1)
