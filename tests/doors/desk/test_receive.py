"""Receiving by scan: one box, one key; notes read, holds named, the last ones taken back."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.directory import service as directory
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from openacq.profiles import service as profiles
from tests.doors.desk.staff import Staff, new_staff
from tests.doors.own.desk import sent
from tests.serving_fixture import Server
from tests.shop import Shop


def copies(count: int, library: str = "MAIN") -> list[dict[str, Any]]:
    return [{"quantity": count, "library": {"value": library}, "shelving_location": "STACKS"}]


def scan(staff: Staff, what: str, **fields: str) -> None:
    """The scanner types into the box and ends with Enter."""
    staff.send("receiving", {"scan": what, **fields})


def press_enter(staff: Staff, **fields: str) -> None:
    staff.send("receiving", {"scan": "", **fields})


def received(shop: Shop, line: dict[str, Any]) -> int:
    """How many copies of a line are in."""
    progress = shop.world.read(lambda tx: ordering.line_progress(tx, line["number"], Actor("looking on")))
    return int(progress.received)


@pytest.mark.parametrize("by", ["line", "isbn", "barcode", "reference"])
def test_a_scan_and_a_key_receive_a_copy(staff: Staff, shop: Shop, by: str) -> None:
    line = sent(shop)
    what = {
        "line": line["number"],
        "isbn": line["resource_metadata"]["isbn"],
        "barcode": line["location"][0]["copy"][0]["barcode"],
        "reference": line["vendor_reference_number"],
    }[by]
    staff.get("/receive")
    scan(staff, what)
    assert line["resource_metadata"]["title"] in staff.text
    assert staff.value("quantity") == "1"
    press_enter(staff)
    assert staff.told == f"1 copy of “{line['resource_metadata']['title']}” is received."
    assert received(shop, line) == 1
    assert [line["number"] in row for row in staff.rows()] == [True]


def test_two_scans_are_two_copies(staff: Staff, shop: Shop) -> None:
    line = sent(shop, location=copies(3))
    isbn = line["resource_metadata"]["isbn"]
    staff.get("/receive")
    scan(staff, isbn)
    scan(staff, isbn)
    assert staff.value("quantity") == "2"
    press_enter(staff)
    assert "2 copies of" in staff.told
    assert "1 is still missing" in staff.told
    assert received(shop, line) == 2


def test_another_scan_says_what_was_not_received(staff: Staff, shop: Shop) -> None:
    first, second = sent(shop), sent(shop)
    staff.get("/receive")
    scan(staff, first["number"])
    scan(staff, second["number"])
    assert f"{first['number']} was shown before and was not received." in staff.text
    press_enter(staff)
    assert (received(shop, first), received(shop, second)) == (0, 1)


def test_enter_twice_receives_once(staff: Staff, shop: Shop) -> None:
    line = sent(shop, location=copies(2))
    staff.get("/receive", scan=line["number"])
    fields = dict(staff.fields(staff.form("receiving")))
    for _ in range(2):
        staff.post("/receive", {**fields, "scan": ""})
    assert received(shop, line) == 1


def test_a_receiving_note_is_read_first(staff: Staff, shop: Shop) -> None:
    line = sent(shop, receiving_note="Look for the CD")
    staff.get("/receive", scan=line["number"])
    assert "Look for the CD" in staff.text
    press_enter(staff)
    assert staff.status == 422
    assert "has not been read" in staff.wrong[0]
    assert received(shop, line) == 0
    press_enter(staff, acknowledged="yes")
    assert received(shop, line) == 1


def test_who_waits_for_a_copy_is_named(staff: Staff, shop: Shop) -> None:
    shop.world.load(directory, "user", {"primary_id": "anna", "first_name": "Anna", "last_name": "Able"})
    line = sent(shop, interested_user=[{"primary_id": "anna", "hold_item": True}])
    staff.get("/receive", scan=line["number"])
    assert "Anna Able" in staff.text
    press_enter(staff)
    assert "is for Anna Able (anna)." in staff.text


def test_the_last_ones_are_taken_back(staff: Staff, shop: Shop) -> None:
    line = sent(shop)
    staff.get("/receive", scan=line["number"])
    press_enter(staff)
    staff.send("/receive/undo")
    assert "is on order again" in staff.told
    assert received(shop, line) == 0
    assert staff.rows() == []


def test_ten_are_shown_and_only_ones_own(server: Server, staff: Staff, shop: Shop) -> None:
    line = sent(shop, location=copies(12))
    staff.get("/receive", scan=line["number"])
    press_enter(staff, quantity="12")
    assert len(staff.rows()) == 10
    with Staff(server, shop.world) as other:
        other.sign_in()
        other.get("/receive")
        assert other.rows() == []


@pytest.mark.parametrize("quantity", ["0", "-1", "x", "9999999", "3"])
def test_more_than_there_is_or_nothing_is_refused_beside_the_field(
    staff: Staff, shop: Shop, quantity: str
) -> None:
    line = sent(shop, location=copies(2))
    staff.get("/receive", scan=line["number"])
    press_enter(staff, quantity=quantity)
    assert staff.status in (409, 422)
    assert staff.page.xpath("//*[@id='f-quantity-wrong']")
    assert staff.value("quantity") == quantity
    assert received(shop, line) == 0


def test_what_nobody_ordered_is_said(staff: Staff) -> None:
    staff.get("/receive")
    scan(staff, "9780000000002")
    assert "Nothing that can be received has 9780000000002" in staff.text
    press_enter(staff)
    assert staff.wrong


def test_several_lines_of_a_title_are_to_choose_from(staff: Staff, shop: Shop) -> None:
    shop.world.load(
        profiles, "profile", {"code": "ALL", "name": "All", "default": True, "duplicates": "allow"}
    )
    first = sent(shop)
    isbn = first["resource_metadata"]["isbn"]
    second = sent(shop, resource_metadata=first["resource_metadata"])
    staff.get("/receive", scan=isbn)
    assert "Several lines may be meant" in staff.text
    (link,) = staff.page.xpath(f"//a[contains(., '{second['number']}')]/@href")
    staff.get(link.removeprefix("/desk"))
    press_enter(staff)
    assert (received(shop, first), received(shop, second)) == (0, 1)


def test_shelf_ready_copies_bring_their_barcodes(staff: Staff, shop: Shop) -> None:
    line = sent(shop, location=copies(2))
    staff.get("/receive", scan=line["number"])
    press_enter(staff, quantity="2", barcodes="SR-A SR-B")
    assert {"SR-A", "SR-B"} <= set(" ".join(staff.rows()).split())


def test_an_issue_of_a_subscription_comes_in(staff: Staff, shop: Shop) -> None:
    line = sent(shop, type={"value": "PRINTED_JOURNAL_CO"}, renewal_date="2027-01-01Z", renewal_period=30)
    staff.get("/receive", scan=line["number"])
    press_enter(staff, description="vol. 1, no. 2", barcode="ISSUE-1")
    assert "ISSUE-1" in staff.rows()[0]


def test_where_and_when_are_kept_with_the_address(staff: Staff, shop: Shop) -> None:
    shop.world.load(directory, "department", {"code": "ACQ", "name": "Acquisitions", "owner": "MAIN"})
    line = sent(shop)
    staff.get("/receive", department="ACQ", on="2026-02-27", keep="yes")
    scan(staff, line["number"])
    press_enter(staff)
    assert staff.value("department") == "ACQ"
    assert staff.value("on") == "2026-02-27"
    (receipt,), _ = shop.world.read(
        lambda tx: ordering.receipts(tx, ordering.ReceiptFilter(line=line["number"]), limit=5, offset=0)
    )
    assert (receipt.department, str(receipt.received)) == ("ACQ", "2026-02-27")


def test_a_day_that_is_none_is_refused(staff: Staff, shop: Shop) -> None:
    line = sent(shop)
    staff.get("/receive", scan=line["number"])
    press_enter(staff, on="yesterday")
    assert staff.page.xpath("//*[@id='f-on-wrong']")


def test_a_line_of_a_library_one_does_not_receive_for_stays(server: Server, shop: Shop) -> None:
    line = sent(shop)
    name = new_staff(server, shop.world, "37@SCI")
    with Staff(server, shop.world, name) as other:
        other.sign_in()
        other.get("/receive", scan=line["number"])
        assert "where you do not receive" in other.text
        press_enter(other)
        assert other.status == 422 or other.wrong
        assert received(shop, line) == 0


def test_who_may_not_receive_sees_no_desk(server: Server, shop: Shop) -> None:
    name = new_staff(server, shop.world, "36")
    with Staff(server, shop.world, name) as other:
        other.sign_in()
        other.get("/receive")
        assert other.status == 403


def test_a_neighbours_line_is_not_found(server: Server, staff: Staff, shop: Shop) -> None:
    with server.new_shop() as neighbour:
        line = sent(neighbour)
        staff.get("/receive", scan=line["vendor_reference_number"])
        assert "Nothing that can be received" in staff.text


def test_titles_are_no_markup(staff: Staff, shop: Shop) -> None:
    title = "<script>alert(1)</script><b>x"
    line = sent(shop, resource_metadata={"title": title})
    staff.get("/receive", scan=line["number"])
    assert staff.answer is not None
    assert "<script>alert" not in staff.answer.text
    press_enter(staff)
    assert title in staff.told
