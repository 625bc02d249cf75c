"""The requests board and what is decided there, followed from the patron's side too."""

from __future__ import annotations

import pytest

from openacq.directory import service as directory
from openacq.ordering.model import Actor, Sum
from openacq.requests import service as requests
from openacq.requests.model import AskFor, Metadata, PlaceAsked, Request, Wish
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.ordering.world import HELD_ISBN, HELD_TITLE
from tests.serving_fixture import Server
from tests.shop import Shop, new_isbn

FORM = Actor("campus form")


@pytest.fixture(autouse=True)
def _people(shop: Shop) -> None:
    shop.world.load(
        directory,
        "user",
        {"primary_id": "ann", "first_name": "Ann", "last_name": "Able", "email": "ann@uni.example"},
        {"primary_id": "ben", "first_name": "Ben", "last_name": "Baker", "email": "ben@uni.example"},
    )


def ask(shop: Shop, who: str = "ann", title: str = "A wish", isbn: str = "", **more: object) -> Request:
    wish = Wish(
        metadata=Metadata(title=title, isbn=isbn or new_isbn(), citation_type="BOOK"),
        owning_library="MAIN",
        estimated_cost=Sum("20.00", "USD"),
        fund="HIST",
        vendor="GOBI",
        vendor_account="GOBI-MAIN",
        places=(PlaceAsked("MAIN", "STACKS", 1),),
        **more,  # type: ignore[arg-type]
    )
    asked = shop.world.write(lambda tx: requests.ask(tx, AskFor(wish, who), FORM))
    found = asked.request
    assert isinstance(found, Request)
    return found


def now(shop: Shop, request: Request) -> Request:
    found = shop.world.read(lambda tx: requests.request(tx, request.id, FORM))
    assert isinstance(found, Request)
    return found


def column(staff: Staff, name: str) -> str:
    (section,) = staff.page.xpath(f"//section[@data-column='{name}']")
    return " ".join(section.text_content().split())


def test_the_board_has_a_card_in_its_column(staff: Staff, shop: Shop) -> None:
    first, second = ask(shop), ask(shop, "ben", "Another wish")
    staff.get("/requests")
    assert column(staff, "new").startswith("New 2")
    assert "Another wish" in column(staff, "new")
    staff.post("/requests/assign", {"ids": first.id, "to": "me"})
    assert column(staff, "new").startswith("New 1")
    assert staff.name in column(staff, "review")
    staff.post("/requests/defer", {"ids": second.id, "until": "2026-04-01", "reason": "Budget"})
    assert "Another wish" in column(staff, "aside")
    assert staff.told == "1 request is put aside."
    staff.send(0)  # undo
    assert "Another wish" in column(staff, "new")


def test_the_same_title_elsewhere_stands_beside(staff: Staff, shop: Shop) -> None:
    held = ask(shop, title=HELD_TITLE, isbn=HELD_ISBN)
    ask(shop, "ben", HELD_TITLE, HELD_ISBN)
    staff.get("/requests")
    assert "held: Main Library (2)" in column(staff, "new")
    assert "1 asks too" in column(staff, "new")
    staff.get(f"/requests/{held.id}")
    assert "Main Library: 2 copies" in staff.text
    assert "Ben Baker" in staff.text


def test_approving_shows_what_comes_of_it_and_makes_a_line(staff: Staff, shop: Shop) -> None:
    request = ask(shop)
    staff.get("/requests/approve", ids=request.id)
    assert "becomes an order line of type PRINTED_BOOK_OT" in staff.text
    assert "$1,000.00 available now" in staff.text
    staff.send(0, {"fund": "ART", "price": "25.00"})
    line = now(shop, request).po_line
    assert staff.told == f"1 request is approved: {line}."
    assert shop.world.balance("ART").encumbered.text() == "25.00"
    assert "A wish" in column(staff, "approved")
    assert shop.world.line(line).interested[0].primary_id == "ann"


def test_what_is_missing_is_said_and_filled_in(staff: Staff, shop: Shop) -> None:
    wish = Wish(metadata=Metadata(title="No library", isbn=new_isbn(), citation_type="BOOK"))
    request = shop.world.write(lambda tx: requests.ask(tx, AskFor(wish, "ann"), FORM)).request
    staff.get("/requests/approve", ids=request.id)
    assert "not yet" in staff.text
    staff.send(0)
    assert staff.status in (409, 422)
    staff.send(0, {"owning_library": "MAIN", "price": "x"})
    assert staff.wrong
    staff.send(
        0, {"owning_library": "MAIN", "price": "12", "currency": "USD", "vendor": "GOBI", "fund": "HIST"}
    )
    assert now(shop, request).po_line


def test_approving_twice_makes_one_line(staff: Staff, shop: Shop) -> None:
    request = ask(shop)
    staff.get("/requests/approve", ids=request.id)
    fields = dict(staff.fields(staff.form(0)))
    for _ in range(2):
        staff.post("/requests/approve", fields)
        assert staff.status == 200
    assert shop.world.balance("HIST").encumbered.text() == "20.00"


def test_rejecting_shows_the_letter_first(staff: Staff, shop: Shop) -> None:
    request = ask(shop)
    staff.get("/requests/reject", ids=request.id)
    staff.send(0, {"do": "look"})
    assert "Reject and send it" not in staff.text
    reason = staff.page.xpath("//select[@name='reason']/option[@value!='']/@value")[0]
    staff.send(0, {"reason": reason, "note": "Sorry, Ann", "do": "look"})
    assert "A wish" in staff.page.xpath("string(//section[h2[@id='letter']])")
    assert "Sorry, Ann" in staff.page.xpath("string(//section[h2[@id='letter']]//pre)")
    assert now(shop, request).state.value == "INREVIEW"
    staff.send(0, {"do": "reject"})
    assert now(shop, request).state.value == "REJECTED"
    assert now(shop, request).reject_note == "Sorry, Ann"
    staff.send(0)  # undo
    assert now(shop, request).state.value == "INREVIEW"


def test_rejecting_without_a_reason_is_refused_beside_the_field(staff: Staff, shop: Shop) -> None:
    request = ask(shop)
    staff.get("/requests/reject", ids=request.id)
    staff.send(0, {"note": "kept", "do": "reject"})
    assert staff.wrong
    assert staff.value("note").strip() == "kept"
    assert now(shop, request).state.value == "INREVIEW"


def test_many_are_decided_at_once(staff: Staff, shop: Shop) -> None:
    made = [ask(shop, title=f"Wish {number}") for number in range(3)]
    staff.get("/requests/list", status="INREVIEW")
    assert len(staff.rows()) == 3
    form = next(form for form in staff.page.xpath("//main//form") if form.xpath(".//input[@name='ids']"))
    ids = form.xpath(".//input[@name='ids']/@value")
    staff.get("/requests/approve", ids=ids)
    staff.send(0)
    assert "3 requests are approved" in staff.told
    assert all(now(shop, each).po_line for each in made)


def test_one_of_many_that_cannot_be_stops_all(staff: Staff, shop: Shop) -> None:
    good, gone = ask(shop), ask(shop)
    shop.world.write(lambda tx: requests.cancel(tx, gone.id, "ann", FORM))
    staff.get("/requests/approve", ids=[str(good.id), str(gone.id)])
    staff.send(0)
    assert staff.status == 422
    assert not now(shop, good).po_line


def test_a_question_waits_for_its_answer(staff: Staff, shop: Shop) -> None:
    request = ask(shop)
    staff.get(f"/requests/{request.id}")
    staff.send("/ask", {"question": "Which edition?"})
    assert staff.told == "The question goes out by letter."
    assert "no answer yet" in staff.text
    staff.get("/requests")
    assert "waits for an answer" in column(staff, "review")


def test_the_story_is_told(staff: Staff, shop: Shop) -> None:
    request = ask(shop)
    staff.get("/requests/approve", ids=request.id)
    staff.send(0)
    staff.get(f"/requests/{request.id}")
    story = staff.page.xpath("string(//*[@class='timeline'])")
    assert "Asked for" in story
    assert "Approved" in story


def test_two_wishes_become_one_order(staff: Staff, shop: Shop) -> None:
    isbn = new_isbn()
    first, second = ask(shop, isbn=isbn), ask(shop, "ben", isbn=isbn)
    staff.get("/requests/approve", ids=first.id)
    assert f"Request {second.id}, merged with them" in staff.text
    staff.send(0)
    assert now(shop, first).po_line == now(shop, second).po_line != ""


@pytest.mark.parametrize(
    "path",
    ["/requests/999999", "/requests/x", "/requests/approve?ids=999999", "/requests/reject?ids=x"],
)
def test_what_is_not_there_is_not_found(staff: Staff, path: str) -> None:
    staff.get(path)
    assert staff.status == 404


def test_a_neighbours_request_is_not_found(server: Server, staff: Staff) -> None:
    with server.new_shop() as neighbour:
        neighbour.world.load(directory, "user", {"primary_id": "ann", "last_name": "Able"})
        request = ask(neighbour)
    staff.get(f"/requests/{request.id}")
    assert staff.status == 404


def test_only_the_requests_of_ones_libraries(server: Server, shop: Shop) -> None:
    ask(shop)
    with Staff(server, shop.world, new_staff(server, shop.world, "249@SCI")) as other:
        other.sign_in()
        other.get("/requests")
        assert column(other, "new").startswith("New 0")


def test_who_has_no_role_for_it_sees_no_board(server: Server, shop: Shop) -> None:
    with Staff(server, shop.world, new_staff(server, shop.world, "37")) as other:
        other.sign_in()
        other.get("/requests")
        assert other.status == 403


def test_titles_are_no_markup(staff: Staff, shop: Shop) -> None:
    request = ask(shop, title="<script>alert(1)</script>")
    for path in (
        "/requests",
        "/requests/list",
        f"/requests/{request.id}",
        f"/requests/approve?ids={request.id}",
    ):
        staff.get(path)
        assert staff.answer is not None
        assert "<script>alert" not in staff.answer.text


def test_the_list_is_a_file_too(staff: Staff, shop: Shop) -> None:
    ask(shop)
    staff.get("/requests/list", format="csv")
    assert staff.answer is not None
    assert "A wish" in staff.answer.text


@pytest.mark.parametrize("path", ["/requests", "/requests/list"])
def test_statements_do_not_grow_with_requests(staff: Staff, shop: Shop, path: str) -> None:
    ask(shop, title=HELD_TITLE, isbn=HELD_ISBN)
    before = statements(staff.server, lambda: staff.get(path))
    for number in range(8):
        ask(shop, "ben", f"Wish {number}")
    assert statements(staff.server, lambda: staff.get(path)) <= before
