"""The review list: why lines wait, the fix in the row, and decisions about one line or many."""

from __future__ import annotations

from openacq.ordering.model import LineState
from tests.doors.desk.staff import Staff, book, new_staff
from tests.ordering.world import HELD_ISBN
from tests.serving_fixture import Server
from tests.shop import Shop, order

WRONG_CASE = [{"fund_code": {"value": "hist"}, "percent": 100}]


def state(staff: Staff, number: str) -> LineState:
    return staff.world.line(number).state


def test_a_fund_in_the_wrong_case_is_mended_in_the_row_and_the_line_ordered(staff: Staff, shop: Shop) -> None:
    line = shop.ordered(order(fund_distribution=WRONG_CASE))
    staff.get("/tasks")
    (row,) = staff.rows()
    assert "Unknown fund" in row
    assert "HIST, you wrote hist" in row
    staff.send(f"/{line['number']}/mend")
    assert staff.path == "/desk/tasks"
    assert "nothing keeps it from being ordered" in staff.told
    (row,) = staff.rows()
    assert "HIST: $950.00 after it" in row
    assert staff.world.balance("HIST").encumbered.text() == "50.00"
    staff.post("/tasks/review", {"do": "order", "number": line["number"]})
    assert staff.told == "1 line is ordered."
    assert staff.rows() == []
    assert state(staff, line["number"]) is LineState.AUTO_PACKAGING
    staff.get(f"/orders/lines/{line['number']}")
    assert staff.name in staff.text
    assert "hist 1000000 50.00" in staff.text


def test_a_line_whose_fund_is_short_says_what_is_missing(staff: Staff, shop: Shop) -> None:
    shop.ordered(order(fund_distribution=[{"fund_code": {"value": "POOR"}, "percent": 100}]))
    staff.get("/tasks")
    (row,) = staff.rows()
    assert "Fund too short" in row
    assert "-$40.00 after it" in row


def test_a_vendor_that_is_missing_is_typed_in_the_row(staff: Staff, shop: Shop) -> None:
    line = shop.ordered(order(vendor=None, vendor_account=None))
    staff.get("/tasks")
    staff.send(f"/{line['number']}/mend", {"value": "GOBI"})
    assert "reason to wait is left" in staff.told
    staff.send(f"/{line['number']}/mend")
    assert "nothing keeps it" in staff.told
    made = staff.world.line(line["number"])
    assert (made.vendor, made.account) == ("GOBI", "GOBI-MAIN")


def test_a_fix_that_is_none_is_told_where_it_was_tried(staff: Staff, shop: Shop) -> None:
    line = shop.ordered(order(vendor=None, vendor_account=None))
    staff.get("/tasks")
    staff.send(f"/{line['number']}/mend", {"value": "GOBBI"})
    assert staff.path == "/desk/tasks"
    assert "GOBBI" in staff.told
    assert "Did you mean GOBI?" in staff.told


def test_several_lines_are_previewed_and_then_ordered(staff: Staff, shop: Shop) -> None:
    held = [shop.ordered(book(isbn=HELD_ISBN))["number"] for _ in range(2)]
    bad = shop.ordered(order(fund_distribution=WRONG_CASE))["number"]
    staff.get("/tasks")
    staff.send("bulk", {"number": [*held, bad], "do": "order"})
    assert "Order 2 lines now?" in staff.text
    assert "Choose a fund of the active period" in staff.text
    assert all(state(staff, number) is LineState.IN_REVIEW for number in (*held, bad))
    staff.send(0)
    assert staff.told == "2 lines are ordered."
    assert {state(staff, number) for number in held} == {LineState.AUTO_PACKAGING}
    assert state(staff, bad) is LineState.IN_REVIEW


def test_lines_are_assigned_and_found_by_whose_they_are(staff: Staff, shop: Shop, server: Server) -> None:
    lines = [shop.ordered(order(fund_distribution=None))["number"] for _ in range(2)]
    colleague = new_staff(server, staff.world)
    staff.get("/tasks")
    staff.send("bulk", {"number": [lines[0]], "to": colleague, "do": "assign"})
    assert staff.told == f"1 line is assigned to {colleague}."
    staff.get("/tasks", who="-")
    assert len(staff.rows()) == 1
    assert lines[1] in staff.rows()[0]
    staff.get("/tasks", who=colleague)
    assert lines[0] in staff.rows()[0]


def test_a_line_is_put_aside_and_undo_brings_it_back(staff: Staff, shop: Shop) -> None:
    line = shop.ordered(order(fund_distribution=None))["number"]
    staff.get("/tasks")
    staff.send("bulk", {"number": [line], "do": "defer", "until": "2026-03-20", "reason": "ask the chair"})
    assert staff.told == "1 line is put aside."
    assert state(staff, line) is LineState.DEFERRED
    staff.get("/tasks", state="DEFERRED")
    assert "ask the chair" in staff.rows()[0]
    staff.get("/tasks")
    staff.post("/tasks/review", {"do": "resume", "number": line})
    assert state(staff, line) is LineState.IN_REVIEW


def test_a_day_that_is_past_is_refused(staff: Staff, shop: Shop) -> None:
    line = shop.ordered(order(fund_distribution=None))["number"]
    staff.get("/tasks")
    staff.send("bulk", {"number": [line], "do": "defer", "until": "2026-01-01"})
    assert "2026-01-01" in staff.told
    assert state(staff, line) is LineState.IN_REVIEW


def test_cancelling_shows_first_what_comes_of_it_and_frees_the_money(staff: Staff, shop: Shop) -> None:
    line = shop.ordered(book(isbn=HELD_ISBN))["number"]
    assert staff.world.balance("HIST").encumbered.text() == "50.00"
    staff.get("/tasks")
    staff.send("bulk", {"number": [line], "do": "cancelling"})
    assert "is free again" in staff.text
    assert state(staff, line) is LineState.IN_REVIEW
    staff.send(0, {"reason": "LIBRARY_CANCELLED"})
    assert staff.told == "1 line is cancelled."
    assert staff.world.balance("HIST").encumbered.text() == "0.00"


def test_a_second_click_changes_nothing_and_says_so(staff: Staff, shop: Shop) -> None:
    line = shop.ordered(book(isbn=HELD_ISBN))["number"]
    staff.get("/tasks")
    kept = staff.page
    staff.post("/tasks/review", {"do": "order", "number": line, "_back": "/desk/tasks"})
    staff.page = kept
    staff.post("/tasks/review", {"do": "order", "number": line, "_back": "/desk/tasks"})
    assert staff.path == "/desk/tasks"
    assert line in staff.told
    assert state(staff, line) is LineState.AUTO_PACKAGING


def test_reasons_narrow_the_list_and_are_counted(staff: Staff, shop: Shop) -> None:
    shop.ordered(order(fund_distribution=WRONG_CASE))
    shop.ordered(order(fund_distribution=None))
    staff.get("/tasks", why="fund_unknown")
    (row,) = staff.rows()
    assert "Unknown fund" in row


def test_words_find_lines_whatever_stands_for_any_letter_elsewhere(staff: Staff, shop: Shop) -> None:
    shop.ordered(book("A hundred % sure", fund_distribution=None))
    shop.ordered(book("Something else", fund_distribution=None))
    staff.get("/tasks", q="%")
    assert len(staff.rows()) == 1
    staff.get("/tasks", q="something")
    assert len(staff.rows()) == 1


def test_balances_agree_afterwards(staff: Staff, shop: Shop) -> None:
    line = shop.ordered(order(fund_distribution=WRONG_CASE))["number"]
    staff.get("/tasks")
    staff.send(f"/{line}/mend")
    assert staff.world.differences() == []
