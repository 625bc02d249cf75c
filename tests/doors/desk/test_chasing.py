"""Claims and renewals on the screen: listed, narrowed, carried out, refused, and of nobody else's."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from openacq.kernel.clock import FixedClock
from openacq.ordering.model import Line, Sum, Terms
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.ordering.buying import titled
from tests.ordering.life import arrive, send
from tests.ordering.world import World
from tests.serving_fixture import Server
from tests.shop import Shop

TERMS = Terms(expected_receipt_interval="30", claiming_interval="10", reclaim_interval="7")


def late(world: World, count: int = 1, **changes: Any) -> list[Line]:
    """Lines sent today that are overdue in forty days."""
    lines = [world.place(titled(**{"terms": TERMS, **changes})) for _ in range(count)]
    send(world, *lines)
    return lines


@pytest.fixture
def overdue(staff: Staff, shop: Shop, clock: FixedClock) -> tuple[Line, ...]:
    """Two lines that are overdue; who is signed in is so anew, for it is forty days later."""
    lines = late(shop.world, 2)
    clock.advance(days=40)
    staff.sign_in()
    return tuple(lines)


def numbers(staff: Staff) -> set[str]:
    return {str(one) for one in staff.page.xpath("//input[@name='number']/@value")}


# -- claims -------------------------------------------------------------------------------------------


def test_what_is_overdue_is_listed_and_narrowed(staff: Staff, overdue: tuple[Line, ...]) -> None:
    staff.get("/tasks/claims")
    assert numbers(staff) == {line.number for line in overdue}
    assert all("GOBI" in row for row in staff.rows())
    staff.get("/tasks/claims", vendor="CORNER")
    assert staff.rows() == []
    staff.get("/tasks/claims", library="MAIN", vendor="GOBI")
    assert len(staff.rows()) == 2
    staff.get("/tasks")
    assert any("Claims" in tab.text_content() and "2" in tab.text_content() for tab in tabs(staff))


def tabs(staff: Staff) -> list[Any]:
    return list(staff.page.xpath("//a[contains(@href, '/tasks/claims')]"))


def test_ticked_lines_are_claimed_with_a_note(staff: Staff, overdue: tuple[Line, ...]) -> None:
    staff.get("/tasks/claims")
    staff.send("bulk", {"number": [overdue[0].number], "do": "told", "note": "By telephone"})
    assert staff.told == "1 line is claimed."
    assert numbers(staff) == {overdue[1].number}
    staff.get(f"/orders/lines/{overdue[0].number}")
    assert f"claim 1, {staff.name}" in staff.text


def test_a_double_click_claims_once(staff: Staff, overdue: tuple[Line, ...]) -> None:
    staff.get("/tasks/claims")
    page = staff.page
    staff.send("bulk", {"number": [overdue[0].number], "do": "told"})
    staff.page = page
    staff.send("bulk", {"number": [overdue[0].number], "do": "told"})
    staff.get(f"/orders/lines/{overdue[0].number}")
    assert "claim 2" not in staff.text


def test_claims_are_put_off(staff: Staff, overdue: tuple[Line, ...], clock: FixedClock) -> None:
    staff.get("/tasks/claims")
    staff.send("bulk", {"number": [overdue[0].number], "do": "postpone", "until": "2026-05-01"})
    assert staff.told == "Put off to May 1, 2026."
    assert numbers(staff) == {overdue[1].number}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"number": [], "do": "told"}, "is missing"),
        ({"do": "postpone", "until": ""}, "Until is missing"),
        ({"do": "postpone", "until": "2020-01-01"}, "is not in the future"),
        ({"do": "postpone", "until": "soon"}, "soon is not a date"),
        ({"number": ["POL-0"], "do": "told"}, "POL-0 not found"),
        ({"number": ["POL-1001"] * 201, "do": "told"}, "more than 200"),
    ],
    ids=["nothing ticked", "no day", "a day gone by", "no day at all", "no line", "too many"],
)
def test_what_cannot_be_claimed_is_told_and_nothing_changes(
    staff: Staff, overdue: tuple[Line, ...], changes: dict[str, Any], told: str
) -> None:
    staff.get("/tasks/claims")
    staff.send("bulk", {"number": [overdue[0].number], **changes})
    assert told in staff.told
    assert numbers(staff) == {line.number for line in overdue}


def test_what_arrived_meanwhile_is_not_claimed(staff: Staff, shop: Shop, overdue: tuple[Line, ...]) -> None:
    staff.get("/tasks/claims")
    arrive(shop.world, overdue[0])
    staff.send("bulk", {"number": [line.number for line in overdue], "do": "claim"})
    assert "cannot be claimed" in staff.told
    assert numbers(staff) == {overdue[1].number}


def test_who_may_not_order_there_claims_nothing(
    server: Server, staff: Staff, shop: Shop, overdue: tuple[Line, ...], elsewhere: Staff
) -> None:
    wanted = {"number": overdue[0].number, "do": "told"}
    with Staff(server, shop.world, new_staff(server, shop.world, "47@SCI")) as other:
        other.sign_in()
        other.get("/tasks/claims")
        other.post("/tasks/claims", wanted)
        assert other.status == 403
    with Staff(server, shop.world, new_staff(server, shop.world, "37")) as receiver:
        receiver.sign_in()
        receiver.get("/tasks/claims")
        assert receiver.status == 403
    elsewhere.sign_in()
    elsewhere.get("/tasks/claims")
    assert elsewhere.rows() == []
    elsewhere.get("/keys")
    elsewhere.post("/tasks/claims", wanted)
    assert elsewhere.status in (403, 404, 422)
    staff.get("/tasks/claims")
    assert numbers(staff) == {line.number for line in overdue}


def test_as_many_statements_for_many_claims(
    server: Server, staff: Staff, shop: Shop, clock: FixedClock
) -> None:
    late(shop.world)
    clock.advance(days=40)
    staff.sign_in()
    few = statements(server, lambda: staff.get("/tasks/claims"))
    late(shop.world, 12)
    clock.advance(days=40)
    staff.sign_in()
    many = statements(server, lambda: staff.get("/tasks/claims"))
    assert len(staff.rows()) == 13
    assert many == few


# -- renewals -----------------------------------------------------------------------------------------


def subscribed(
    world: World, day: date = date(2026, 4, 1), count: int = 1, price: str = "50.00"
) -> list[Line]:
    terms, net = Terms(renewal_cycle="1"), Sum(price, "USD")
    wish = {"type": "PRINTED_JOURNAL_CO", "renewal_date": day, "terms": terms, "price": net}
    lines = [world.place(titled(**wish)) for _ in range(count)]
    send(world, *lines)
    return lines


@pytest.fixture
def due(staff: Staff, shop: Shop, clock: FixedClock) -> Line:
    """A journal whose renewal is due."""
    (line,) = subscribed(shop.world)
    clock.advance(days=31)
    staff.sign_in()
    return line


def test_what_renews_is_listed_and_narrowed(staff: Staff, shop: Shop, due: Line) -> None:
    later = subscribed(shop.world, date(2026, 9, 1))[0]
    staff.get("/tasks/renewals", until="2026-04-30")
    assert [due.number in row for row in staff.rows()] == [True]
    staff.get("/tasks/renewals", until="2026-12-31")
    assert [any(line.number in row for row in staff.rows()) for line in (due, later)] == [True, True]
    staff.get("/tasks/renewals", until="2026-12-31", vendor="CORNER")
    assert staff.rows() == []


def test_the_day_is_a_filter_beside_the_others(staff: Staff, shop: Shop, due: Line) -> None:
    """Typed without scripts, and carried by the other filters, the file, a view and the pages."""
    subscribed(shop.world, date(2026, 9, 1), 60, "1.00")
    staff.get("/tasks/renewals")
    (field,) = staff.page.xpath("//details[@class='facets']//input[@name='until']")
    assert (field.get("type"), field.get("value")) == ("date", "")
    narrow = "/tasks/renewals"
    staff.send(narrow, {"until": "2026-04-30"})
    assert [due.number in row for row in staff.rows()] == [True]
    assert staff.value("until") == "2026-04-30"
    staff.send(narrow, {"vendor": "CORNER"})
    assert staff.rows() == []
    assert "Nothing renews by then." in staff.text
    assert (staff.value("until"), staff.value("vendor")) == ("2026-04-30", "CORNER")
    staff.send(narrow, {"vendor": "GOBI", "until": "2026-12-31"})
    (later,) = staff.page.xpath("//a[@rel='next']/@href")
    staff.send("/desk/views", {"name": "This year"})
    assert staff.value("until") == "2026-12-31"
    (view,) = staff.page.xpath("//a[text()='This year']/@href")
    (file,) = staff.page.xpath("//a[text()='CSV']/@href")
    staff.get(later.removeprefix("/desk"))
    assert len(staff.rows()) == 11
    staff.get(view.removeprefix("/desk"))
    assert "of 61" in staff.text
    staff.get(file.removeprefix("/desk"))
    assert staff.answer is not None
    rows = list(csv.DictReader(io.StringIO(staff.answer.content.decode("utf-8-sig"))))
    assert len(rows) == 61
    assert rows[0] | {"title": "", "days": ""} == {
        "line": due.number,
        "title": "",
        "vendor": "GOBI",
        "library": "MAIN",
        "renewal_date": "2026-04-01",
        "days": "",
        "net": "50.00",
        "currency": "USD",
        "note": "",
    }


@pytest.mark.parametrize("until", ["31.12.2026", "soon", "2026-02-30", "<script>", "9" * 500, "\x00"])
def test_a_day_that_is_none_is_told(staff: Staff, due: Line, until: str) -> None:
    staff.get("/tasks/renewals", until=until)
    assert staff.status == 422
    assert "is not a date" in staff.text
    assert staff.page.xpath("//input[@name='until'][@aria-invalid='true']")
    assert not staff.page.xpath("//main//script")
    staff.get("/tasks/renewals", until=until, format="csv")
    assert staff.status == 422


def test_a_journal_is_renewed_with_another_price(staff: Staff, shop: Shop, due: Line) -> None:
    staff.get("/tasks/renewals", until="2026-12-31")
    staff.send(f"/{due.number}", {"renewal_date": "2027-04-01", "price": "60.00"})
    assert staff.told == f"{due.number} is renewed until Apr 1, 2027."
    line = shop.world.line(due.number)
    assert line.renewal_date == date(2027, 4, 1)
    assert line.price is not None
    assert line.price.text() == "60.00"
    assert shop.world.differences() == []


def test_a_double_click_renews_once(staff: Staff, shop: Shop, due: Line) -> None:
    staff.get("/tasks/renewals", until="2026-12-31")
    page = staff.page
    staff.send(f"/{due.number}")
    once = shop.world.line(due.number).renewal_date
    staff.page = page
    staff.send(f"/{due.number}")
    assert shop.world.line(due.number).renewal_date == once
    assert once is not None
    assert due.renewal_date is not None
    assert once > due.renewal_date


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"renewal_date": "2020-01-01"}, "is not in the future"),
        ({"renewal_date": "next year"}, "next year is not a date"),
        ({"renewal_date": "2027-04-01", "price": "a lot"}, "a lot is not a valid sum"),
        ({"renewal_date": "2027-04-01", "price": "-1"}, "is negative"),
    ],
    ids=["a day gone by", "no day", "no sum", "less than nothing"],
)
def test_what_cannot_be_renewed_is_told(
    staff: Staff, shop: Shop, due: Line, typed: dict[str, str], told: str
) -> None:
    staff.get("/tasks/renewals", until="2026-12-31")
    staff.send(f"/{due.number}", typed)
    assert told in staff.told
    assert shop.world.line(due.number).renewal_date == due.renewal_date


def test_who_may_not_order_there_renews_nothing(
    server: Server, staff: Staff, shop: Shop, due: Line, elsewhere: Staff
) -> None:
    path, typed = f"/tasks/renewals/{due.number}", {"renewal_date": "2027-04-01"}
    with Staff(server, shop.world, new_staff(server, shop.world, "47@SCI")) as other:
        other.sign_in()
        other.get("/tasks/renewals", until="2026-12-31")
        assert not other.page.xpath("//form[contains(@action, '/tasks/renewals/')]")
        other.post(path, typed)
        assert other.status == 403
    elsewhere.sign_in()
    elsewhere.get("/tasks/renewals", until="2026-12-31")
    assert elsewhere.rows() == []
    elsewhere.post(path, typed)
    assert elsewhere.status == 404
    assert shop.world.line(due.number).renewal_date == due.renewal_date


def test_as_many_statements_for_many_renewals(server: Server, staff: Staff, shop: Shop, due: Line) -> None:
    few = statements(server, lambda: staff.get("/tasks/renewals", until="2026-12-31"))
    subscribed(shop.world, date(2026, 9, 1), 12)
    many = statements(server, lambda: staff.get("/tasks/renewals", until="2026-12-31"))
    assert len(staff.rows()) == 13
    assert many == few
