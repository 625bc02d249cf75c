"""The one search box finds purchase requests too, for those who look after them."""

from __future__ import annotations

from functools import partial

import pytest

from openacq.directory import service as directory
from openacq.ordering.model import Actor
from openacq.requests import service as requests
from openacq.requests.model import AskFor, Metadata, Request, Wish
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, book, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop

FORM = Actor("campus form")
ISBN = "9780141439518"


def ask(shop: Shop, title: str = "The heron's year", isbn: str = "", library: str = "MAIN") -> Request:
    metadata = Metadata(title=title, author="Aske, Ruth", isbn=isbn, citation_type="BOOK")
    wish = AskFor(Wish(metadata=metadata, owning_library=library), "ann")
    found = shop.world.write(lambda tx: requests.ask(tx, wish, FORM)).request
    assert isinstance(found, Request)
    return found


@pytest.fixture(autouse=True)
def _ann(shop: Shop) -> None:
    shop.world.load(directory, "user", {"primary_id": "ann", "first_name": "Ann", "last_name": "Able"})


@pytest.mark.parametrize(
    "asked",
    ["number", ISBN, "978-0-14-143951-8", "978 0 14 143951 8", "0-14-143951-3", "0141439513", "heron year",
     "aske", "Able"],
)  # fmt: skip
def test_a_request_is_found_by_anything_it_is_called(staff: Staff, shop: Shop, asked: str) -> None:
    request = ask(shop, isbn=ISBN)
    ask(shop, "Quite another")
    staff.get("/find", q=str(request.id) if asked == "number" else asked)
    if asked in ("aske", "Able"):
        assert any("The heron's year" in row and "Ann Able" in row for row in staff.rows()), staff.text
    else:
        assert staff.path == f"/desk/requests/{request.id}"


def test_an_isbn_of_the_old_length_is_found_by_the_new_one(staff: Staff, shop: Shop) -> None:
    request = ask(shop, isbn="0-14-143951-3 (pbk.)")
    for asked in (ISBN, "0141439513", "0-14-143951-3"):
        staff.get("/find", q=asked)
        assert staff.path == f"/desk/requests/{request.id}", asked


def test_lines_and_requests_of_a_title_stand_together(staff: Staff, shop: Shop) -> None:
    line = shop.ordered(book("The heron's year"))["number"]
    request = ask(shop)
    staff.get("/find", q="heron")
    assert [line in row for row in staff.rows()] == [True, False]
    assert str(request.id) in staff.rows()[1]
    assert "In review" in staff.rows()[1]


def test_a_number_that_is_a_request_s_and_a_vendor_s_reference_shows_both(staff: Staff, shop: Shop) -> None:
    request = ask(shop)
    line = shop.ordered(book("Otters", vendor_reference_number=str(request.id)))["number"]
    staff.get("/find", q=str(request.id))
    assert staff.path == "/desk/find"
    assert {line in row for row in staff.rows()} == {True, False}
    assert any("The heron's year" in row for row in staff.rows())


def test_without_the_right_no_request_and_no_requester_is_told(server: Server, shop: Shop) -> None:
    request = ask(shop, isbn=ISBN)
    name = new_staff(server, shop.world, "54")
    with Staff(server, shop.world, name) as buyer:
        buyer.sign_in()
        for asked in (str(request.id), ISBN, "heron", "Able"):
            buyer.get("/find", q=asked)
            assert buyer.path == "/desk/find"
            assert "Nothing is called so" in buyer.text
            assert "Able" not in buyer.page.xpath("string(//main//table)")


def test_staff_of_one_library_find_its_requests_and_those_of_nobody(server: Server, shop: Shop) -> None:
    ours, free = ask(shop, "Heron one"), ask(shop, "Heron two", library="")
    theirs = ask(shop, "Heron three", library="SCI")
    name = new_staff(server, shop.world, "247@MAIN")
    with Staff(server, shop.world, name) as operator:
        operator.sign_in()
        operator.get("/find", q="heron")
        assert len(operator.rows()) == 2
        assert all(any(str(each.id) in row for row in operator.rows()) for each in (ours, free))
        operator.get("/find", q=str(theirs.id))
        assert operator.path == "/desk/find"
        assert "Heron three" not in operator.text


def test_requests_of_another_institution_are_not_found(staff: Staff, server: Server, shop: Shop) -> None:
    with server.new_shop() as other:
        other.world.load(directory, "user", {"primary_id": "ann", "last_name": "Able"})
        for _ in range(3):
            theirs = ask(other)
        for asked in (str(theirs.id), "heron"):
            staff.get("/find", q=asked)
            assert staff.path == "/desk/find"
            assert staff.rows() == []


def test_statements_do_not_grow_with_what_is_found(staff: Staff, shop: Shop) -> None:
    for _ in range(2):
        ask(shop)
    look = partial(staff.get, "/find", q="heron")
    before = statements(staff.server, look)
    for _ in range(10):
        ask(shop)
    assert statements(staff.server, look) <= before
    assert len(staff.rows()) == 12


def test_more_than_can_be_shown_are_one_link_away(staff: Staff, shop: Shop) -> None:
    for number in range(27):
        ask(shop, f"Heron {number}")
    staff.get("/find", q="heron")
    assert len(staff.rows()) == 25
    (link,) = staff.page.xpath("//a[contains(., 'All 27 requests')]/@href")
    staff.get(link.removeprefix("/desk"))
    assert len(staff.rows()) == 27
