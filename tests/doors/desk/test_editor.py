"""Orders by hand and the line editor: splits, what they leave, duplicates, conflicts, double clicks."""

from __future__ import annotations

import pytest

from openacq.ordering.model import LineState, Source
from tests.doors.desk.staff import Staff, book, new_staff
from tests.ordering.world import HELD_ISBN, HELD_TITLE
from tests.serving_fixture import Server
from tests.shop import Shop, order

TYPED = {
    "title": "On the origin of splits",
    "author": "Writer, Wendy",
    "type": "PRINTED_BOOK_OT",
    "owner": "MAIN",
    "vendor": "CORNER",
    "vendor_account": "CORNER-1",
    "location[0].shelving_location": "MAIN/STACKS",
    "location[0].quantity": "2",
    "price.sum": "50.00",
    "price.currency": "USD",
    "fund_distribution[0].fund_code": "HIST",
    "fund_distribution[0].percent": "33.3333",
    "fund_distribution[1].fund_code": "ART",
    "fund_distribution[1].percent": "66.6667",
    "do": "save",
}


def new_form(staff: Staff) -> None:
    staff.get("/orders/new", blank=1)


def test_an_order_by_hand_with_a_split(staff: Staff) -> None:
    staff.get("/orders")
    staff.get("/orders/new", q="On the origin of splits")
    assert "Nothing like it in the catalogue" in staff.text
    staff.get("/orders/new", blank=1, q="On the origin of splits")
    assert staff.value("title") == "On the origin of splits"
    staff.send("order", {**TYPED, "do": "look"})
    assert "$90.00" in staff.text
    assert "$0.00 left to assign" in staff.text
    assert "$970.00" in staff.text
    assert staff.value("title") == "On the origin of splits"
    staff.send("order", {"do": "save"})
    assert "is ordered" in staff.told
    number = staff.path.rpartition("/")[2]
    line = staff.world.line(number)
    assert line.source is Source.MANUAL
    assert line.created_by == staff.name
    assert [(share.fund_code, share.part.text() if share.part else "") for share in line.shares] == [
        ("HIST", "30.00"),
        ("ART", "60.00"),
    ]
    assert staff.world.balance("HIST").encumbered.text() == "30.00"
    assert staff.world.balance("ART").encumbered.text() == "60.00"
    assert staff.world.differences() == []


def test_working_out_changes_nothing(staff: Staff) -> None:
    new_form(staff)
    staff.send("order", {**TYPED, "do": "look"})
    assert staff.world.balance("HIST").encumbered.text() == "0.00"
    staff.get("/orders")
    assert staff.rows() == []


def test_what_is_left_to_assign_is_told(staff: Staff) -> None:
    new_form(staff)
    changes = {"fund_distribution[1].fund_code": "", "fund_distribution[1].percent": ""}
    staff.send("order", {**TYPED, **changes, "do": "look"})
    assert "$60.00 left to assign" in staff.text
    amount = {"fund_distribution[0].percent": "", "fund_distribution[0].amount": "95.00"}
    staff.send("order", {**amount, "do": "look"})
    assert "-$5.00 too much" in staff.text


def test_a_double_click_makes_one_order(staff: Staff) -> None:
    new_form(staff)
    form = staff.page
    staff.send("order", TYPED)
    first = staff.path
    staff.page = form
    staff.send("order", TYPED)
    assert staff.path == first
    staff.get("/orders")
    assert len(staff.rows()) == 1
    assert staff.world.balance("HIST").encumbered.text() == "30.00"


def test_a_form_gone_back_to_and_changed_is_another_order(staff: Staff) -> None:
    new_form(staff)
    form = staff.page
    staff.send("order", TYPED)
    first = staff.path
    staff.page = form
    staff.send("order", {**TYPED, "title": "Another title"})
    assert staff.path != first
    assert "is ordered" in staff.told


def test_a_title_that_is_held_is_told_before_saving(staff: Staff, shop: Shop) -> None:
    earlier = shop.ordered(book(isbn=HELD_ISBN))["number"]
    staff.get("/orders/new", q=HELD_ISBN)
    assert HELD_TITLE in staff.text
    assert "2 copies" in staff.text
    assert earlier in staff.text
    link = staff.page.xpath("//a[contains(@href, 'mms_id=')]/@href")[0]
    staff.get(link.removeprefix("/desk"))
    assert staff.value("title") == HELD_TITLE
    assert f"Ordered before: {earlier}" in staff.text
    staff.send("order", {**{name: value for name, value in TYPED.items() if name != "title"}, "do": "look"})
    assert "Held already" in staff.text
    assert "On order already" in staff.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("price.sum", "12,50", "Price: 12,50"),
        ("price.sum", "-1", "-1"),
        ("location[0].quantity", "many", "many"),
        ("vendor_account", "NOWHERE", "NOWHERE"),
        ("fund_distribution[0].percent", "lots", "lots"),
        ("expected_receipt_date", "tomorrow", "tomorrow"),
        ("title", "", "Title is missing"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    staff: Staff, field: str, value: str, words: str
) -> None:
    new_form(staff)
    staff.send("order", {**TYPED, "vendor_note": "Please <hurry> & pack", field: value})
    assert staff.status == 422
    assert any(words in problem for problem in staff.wrong), staff.wrong
    assert staff.value("vendor_note") == "Please <hurry> & pack"
    assert staff.value("author") == "Writer, Wendy"
    assert staff.page.xpath("//p[@class='wrong']"), "nothing is said beside the field"


def test_another_place_keeps_what_is_typed(staff: Staff) -> None:
    new_form(staff)
    staff.send("order", {**TYPED, "do": "place"})
    assert staff.value("location[0].quantity") == "2"
    assert staff.value("location[1].shelving_location") == ""
    staff.send("order", {"do": "save", "location[1].shelving_location": "SCI/STACKS"})
    line = staff.world.line(staff.path.rpartition("/")[2])
    assert [(place.library, place.quantity) for place in line.places] == [("MAIN", 2), ("SCI", 1)]


def test_a_line_is_changed_and_its_history_tells(staff: Staff, shop: Shop) -> None:
    number = shop.ordered()["number"]
    staff.get(f"/orders/lines/{number}/edit")
    staff.send("order", {"price.sum": "60.00", "vendor_note": "Second floor", "do": "save"})
    assert staff.told == f"{number} is saved."
    assert staff.world.balance("HIST").encumbered.text() == "60.00"
    assert "50.00 USD" in staff.text
    assert "60.00 USD" in staff.text
    assert "Second floor" in staff.text


def test_saving_an_untouched_form_changes_nothing(staff: Staff, shop: Shop) -> None:
    number = shop.ordered()["number"]
    before = staff.world.line(number)
    staff.get(f"/orders/lines/{number}/edit")
    staff.send("order", {"do": "save"})
    assert staff.world.line(number) == before
    assert staff.page.xpath("count(//section[@class='history']//tbody/tr)") == 1


def test_two_who_save_at_once_see_both_versions(staff: Staff, shop: Shop) -> None:
    number = shop.ordered()["number"]
    staff.get(f"/orders/lines/{number}/edit")
    form = staff.page
    staff.send("order", {"price.sum": "61.00", "do": "save"})
    staff.page = form
    staff.send("order", {"price.sum": "62.00", "do": "save"})
    assert staff.status == 422
    assert "Somebody saved this line in between" in staff.text
    assert "62.00" in staff.text
    assert "61.00" in staff.text
    assert staff.value("price.sum") == "62.00"
    staff.send("order", {"do": "save"})
    assert staff.told == f"{number} is saved."
    assert staff.world.balance("HIST").encumbered.text() == "62.00"


def test_a_line_in_review_is_saved_and_ordered_at_once(staff: Staff, shop: Shop) -> None:
    number = shop.ordered(order(fund_distribution=None))["number"]
    staff.get(f"/orders/lines/{number}/edit")
    typed = {"fund_distribution[0].fund_code": "HIST", "fund_distribution[0].percent": "100"}
    staff.send("order", {**typed, "do": "order"})
    assert staff.told == f"{number} is saved and ordered."
    assert staff.world.line(number).state is LineState.AUTO_PACKAGING


def test_what_leaves_a_line_incomplete_undoes_the_saving_too(staff: Staff, shop: Shop) -> None:
    number = shop.ordered(order(fund_distribution=None))["number"]
    staff.get(f"/orders/lines/{number}/edit")
    staff.send("order", {"price.sum": "70.00", "do": "order"})
    assert staff.status == 422
    assert staff.value("price.sum") == "70.00"
    line = staff.world.line(number)
    assert line.price is not None
    assert line.price.text() == "50.00"


def test_the_live_part_is_a_piece_of_a_page(staff: Staff) -> None:
    new_form(staff)
    token = staff.value("_form")
    answer = staff.client.post(
        "/desk/orders/look", data={**TYPED, "_form": token}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "$0.00 left to assign" in answer.text


# -- another record ---------------------------------------------------------------------------------


def test_a_line_is_tied_to_another_record(staff: Staff, shop: Shop) -> None:
    number = shop.ordered(book("The wrong edition"))["number"]
    staff.get(f"/orders/lines/{number}")
    staff.get(f"/orders/lines/{number}/relink", q=HELD_ISBN)
    assert HELD_TITLE in staff.text
    (link,) = staff.page.xpath("//main//a[contains(@href, 'mms_id=')]/@href")
    staff.get(link.removeprefix("/desk"))
    assert "The wrong edition" in staff.text
    assert "Is this the one?" in staff.text
    staff.send("/relink")
    assert staff.told == f"{number} is for “{HELD_TITLE}” now."
    assert staff.world.line(number).bib.title == HELD_TITLE
    assert staff.page.xpath("//section[@class='history']//td[text()='The wrong edition']")
    assert staff.world.differences() == []


def test_a_record_is_found_by_its_id_too(staff: Staff, shop: Shop) -> None:
    wanted = staff.world.line(shop.ordered(book("Another title"))["number"]).bib.mms_id
    number = shop.ordered(book("The wrong edition"))["number"]
    staff.get(f"/orders/lines/{number}/relink", q=wanted)
    assert "Another title" in staff.text


def test_a_record_that_was_chosen_too_late_is_refused(staff: Staff, shop: Shop) -> None:
    number = shop.ordered(book("The wrong edition"))["number"]
    wanted = staff.world.line(shop.ordered(book("Another title"))["number"]).bib.mms_id
    staff.get(f"/orders/lines/{number}/relink", mms_id=wanted)
    form = staff.page
    staff.get(f"/orders/lines/{number}/edit")
    staff.send("order", {"price.sum": "61.00", "do": "save"})
    staff.page = form
    staff.send("/relink")
    assert staff.status == 409 or "changed by somebody else" in staff.wrong[0]
    assert staff.world.line(number).bib.title == "The wrong edition"


def test_who_may_not_order_ties_nothing(server: Server, staff: Staff, shop: Shop, elsewhere: Staff) -> None:
    number = shop.ordered(book("The wrong edition"))["number"]
    with Staff(server, shop.world, new_staff(server, shop.world, "37")) as receiver:
        receiver.sign_in()
        receiver.get(f"/orders/lines/{number}/relink")
        assert receiver.status == 403
    elsewhere.get(f"/orders/lines/{number}/relink")
    assert elsewhere.status == 404
