"""Settings: which kind of order a purchase request becomes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from openacq.codes import service as codes
from openacq.codes.model import CodeRow
from openacq.directory import service as directory
from openacq.requests import service as requests
from openacq.requests.model import LineType
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.doors.desk.test_requests import ask
from tests.serving_fixture import Server
from tests.shop import Shop

PATH = "/settings/requests/types"
BOOK = {"format": "P", "citation_type": "BOOK"}
CAME = LineType("P", "BOOK", "", "PRINTED_BOOK_OT")
KEY = {"format": "P", "citation_type": "BOOK", "requested_type": ""}


def kept(shop: Shop) -> tuple[LineType, ...]:
    return tuple(shop.world.read(requests.line_types))


def history(staff: Staff) -> str:
    staff.get(PATH)
    return " ".join(staff.page.xpath("string(//*[@class='history'])").split())


def button(staff: Staff, label: str) -> None:
    """Press the button of this whole name."""
    (form,) = staff.page.xpath(f"//form[button[@aria-label='{label}']]")
    staff.post(form.get("action").removeprefix("/desk"), dict(form.form_values()))


@pytest.mark.parametrize("path", [PATH, f"{PATH}/row", f"{PATH}/row?format=P&citation_type=BOOK"])
def test_the_mapping_is_for_administrators(server: Server, staff: Staff, shop: Shop, path: str) -> None:
    staff.get(path)
    assert staff.status == 200
    with Staff(server, shop.world, new_staff(server, shop.world, "54")) as other:
        other.sign_in()
        other.get(path)
        assert other.status == 403


def test_what_came_with_the_server_is_listed_in_words_with_codes(staff: Staff) -> None:
    staff.get("/settings/requests")
    assert staff.page.xpath(f"//main//a[@href='/desk{PATH}']")
    staff.get(PATH)
    rows = staff.rows()
    assert len(rows) == len(requests.SHIPPED_LINE_TYPES)
    (book,) = [row for row in staff.page.xpath("//tr[@data-row]") if "PRINTED_BOOK_OT" in row.text_content()]
    cells = [[" ".join(text.split()) for text in cell.itertext() if text.strip()] for cell in book]
    assert cells[:5] == [
        ["Physical", "P"],
        ["Book", "BOOK"],
        ["every material"],
        ["Print Book - One Time", "PRINTED_BOOK_OT"],
        ["\N{EN DASH}"],
    ]
    assert not staff.page.xpath("//button[starts-with(@aria-label, 'Put back')]")
    assert not staff.page.xpath("//button[starts-with(@aria-label, 'Delete')]")


def test_a_row_is_changed_and_put_back(staff: Staff, shop: Shop) -> None:
    staff.get(f"{PATH}/row", **BOOK)
    assert staff.value("line_type") == "PRINTED_BOOK_OT"
    staff.send(0, {"line_type": "PRINT_OT"})
    assert staff.told == "“Physical, Book, every material” is saved."
    assert LineType("P", "BOOK", "", "PRINT_OT") in kept(shop)
    (row,) = [row for row in staff.rows() if "PRINT_OT" in row]
    assert "was “Print Book - One Time”" in row
    assert "Physical, Book, every material" in history(staff)
    button(staff, "Put back “Physical, Book, every material”")
    assert "Put the row “Physical, Book, every material” back?" in staff.text
    assert "Print Book - One Time (PRINTED_BOOK_OT)" in staff.text
    assert CAME not in kept(shop)
    staff.send(0, {"sure": "yes"})
    assert staff.told == "“Physical, Book, every material” is as it came with the server."
    assert CAME in kept(shop)
    assert len(kept(shop)) == len(requests.SHIPPED_LINE_TYPES)


def test_a_row_that_is_typed_back_to_what_came_differs_no_more(staff: Staff, shop: Shop) -> None:
    for code, chips in (("PRINT_OT", 1), ("PRINTED_BOOK_OT", 0)):
        staff.get(f"{PATH}/row", **BOOK)
        staff.send(0, {"line_type": code})
        assert len(staff.page.xpath("//button[starts-with(@aria-label, 'Put back')]")) == chips
    assert CAME in kept(shop)


def test_a_row_is_switched_off_and_on(staff: Staff, shop: Shop) -> None:
    staff.get(PATH)
    button(staff, "Switch off “Physical, Book, every material”")
    assert staff.told == "“Physical, Book, every material” is off."
    assert LineType("P", "BOOK", "", "PRINTED_BOOK_OT", enabled=False) in kept(shop)
    (row,) = [row for row in staff.rows() if "PRINTED_BOOK_OT" in row]
    assert "was on" in row
    assert "PRINTED_BOOK_OT (off)" in history(staff)
    button(staff, "Switch on “Physical, Book, every material”")
    assert staff.told == "“Physical, Book, every material” is asked again."
    assert CAME in kept(shop)


def test_a_row_of_ones_own_is_added_changed_and_deleted(staff: Staff, shop: Shop) -> None:
    before = kept(shop)
    staff.get(PATH)
    staff.get(staff.page.xpath("//main//a[text()='Add a row']/@href")[0].removeprefix("/desk"))
    typed = {"requested_type": "DVD", "line_type": "PRINT_OT"}
    page = staff.page
    staff.send(0, typed)
    assert staff.told == "“Physical, every kind of title, DVD” is saved."
    assert set(kept(shop)) == {*before, LineType("P", "", "DVD", "PRINT_OT")}
    assert len([row for row in staff.rows() if "your own" in row]) == 1
    staff.page = page
    staff.send(0, typed)
    assert staff.told == "“Physical, every kind of title, DVD” is saved.", "a double click adds once"
    staff.get(f"{PATH}/row", format="P", requested_type="DVD")
    staff.send(0, {"line_type": "PRINT_SO", "enabled": []})
    assert LineType("P", "", "DVD", "PRINT_SO", enabled=False) in kept(shop)
    button(staff, "Delete “Physical, every kind of title, DVD”")
    assert "Delete the row “Physical, every kind of title, DVD”?" in staff.text
    staff.send(0, {"sure": "yes"})
    assert staff.told == "“Physical, every kind of title, DVD” is deleted."
    assert kept(shop) == before
    assert "PRINT_SO (off)" in history(staff)


def test_materials_are_those_of_the_format(staff: Staff, shop: Shop) -> None:
    staff.get(f"{PATH}/row")
    assert staff.page.xpath("//select[@name='requested_type']/option[@value='DVD']")
    staff.get(staff.page.xpath("//a[text()='Electronic']/@href")[0].removeprefix("/desk"))
    assert not staff.page.xpath("//select[@name='requested_type']/option[@value='DVD']")
    staff.send(0, {"requested_type": "DATABASE", "line_type": "E_JOURNAL_CO"})
    assert LineType("E", "", "DATABASE", "E_JOURNAL_CO") in kept(shop)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"line_type": ""}, "line_type"),
        ({"line_type": "NONSENSE"}, "line_type"),
        ({"line_type": "NONSENSE", "enabled": []}, "line_type"),
        ({"line_type": "<script>alert(1)</script>"}, "line_type"),
        ({"citation_type": "SONG"}, "citation_type"),
        ({"requested_type": "DATABASE"}, "requested_type"),
        ({"requested_type": "D" * 10_000}, "requested_type"),
        ({"format": "X"}, "format"),
        ({"format": ""}, "format"),
        ({"citation_type": "BOOK", "requested_type": ""}, "request_line_type"),
    ],
    ids=lambda given: str(given)[:50],
)
def test_a_row_that_cannot_be_is_refused(
    staff: Staff, shop: Shop, fields: dict[str, str], field: str
) -> None:
    before = kept(shop)
    staff.get(f"{PATH}/row")
    staff.send(0, {"requested_type": "DVD", "line_type": "PRINT_OT", **fields})
    assert staff.status in (409, 422)
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert staff.page.xpath(f"//*[@id='f-{field}']")
    assert staff.value("requested_type") == fields.get("requested_type", "DVD")
    assert not staff.page.xpath("//main//script")
    assert kept(shop) == before


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/row?format=P&citation_type=BOOK&requested_type=DVD", {"line_type": "PRINT_OT"}),
        ("/switch", {"format": "P", "requested_type": "DVD", "on": "yes"}),
        ("/switch", {}),
        ("/drop", {"format": "E", "requested_type": "DVD"}),
        ("/drop", {**KEY, "sure": "yes"}),
    ],
    ids=str,
)
def test_a_row_that_is_not_there_is_not_found(
    staff: Staff, shop: Shop, path: str, fields: dict[str, str]
) -> None:
    staff.get(PATH)
    staff.post(PATH + path, fields)
    assert staff.status in (404, 422)
    assert "not found" in staff.text
    assert set(kept(shop)) == set(requests.SHIPPED_LINE_TYPES.values())


def test_a_row_of_another_institution_is_not_found(staff: Staff, shop: Shop, elsewhere: Staff) -> None:
    staff.get(f"{PATH}/row")
    staff.send(0, {"requested_type": "DVD", "line_type": "PRINT_OT"})
    elsewhere.get(f"{PATH}/row", format="P", requested_type="DVD")
    assert elsewhere.status == 404
    elsewhere.get(PATH)
    assert len(elsewhere.rows()) == len(requests.SHIPPED_LINE_TYPES)
    elsewhere.post(f"{PATH}/drop", {"format": "P", "requested_type": "DVD", "sure": "yes"})
    assert "not found" in elsewhere.text
    assert LineType("P", "", "DVD", "PRINT_OT") in kept(shop)


def test_who_comes_second_sees_both_and_may_save(server: Server, staff: Staff, shop: Shop) -> None:
    with Staff(server, shop.world) as other:
        other.sign_in()
        for one in (staff, other):
            one.get(f"{PATH}/row", **BOOK)
        staff.send(0, {"line_type": "PRINT_OT"})
        other.send(0, {"line_type": "PRINT_SO", "enabled": []})
        assert other.status == 422
        (both,) = other.page.xpath("//*[@id='both']")
        assert "PRINT_OT" in both.text_content()
        assert "PRINT_SO" in both.text_content()
        assert other.value("line_type") == "PRINT_SO"
        other.send(0)
        assert LineType("P", "BOOK", "", "PRINT_SO", enabled=False) in kept(shop)


@pytest.mark.parametrize("label", ["Switch off", "Put back"])
def test_a_button_of_a_list_that_is_out_of_date_does_nothing(
    server: Server, staff: Staff, shop: Shop, label: str
) -> None:
    staff.get(f"{PATH}/row", **BOOK)
    staff.send(0, {"line_type": "PRINT_SO"})
    with Staff(server, shop.world) as other:
        other.sign_in()
        other.get(PATH)
        staff.get(f"{PATH}/row", **BOOK)
        staff.send(0, {"line_type": "PRINT_OT"})
        button(other, f"{label} “Physical, Book, every material”")
        if label == "Put back":
            assert other.status == 200
            other.send(0, {"sure": "yes"})
        assert other.status == 422
        assert "changed by somebody else" in other.wrong[0]
        assert LineType("P", "BOOK", "", "PRINT_OT") in kept(shop)


def test_of_several_who_save_at_once_one_does(server: Server, shop: Shop) -> None:
    several = [Staff(server, shop.world).sign_in() for _ in range(3)]
    for one in several:
        one.get(f"{PATH}/row", **BOOK)
    ready = Barrier(len(several))

    def save(number: int) -> bool:
        ready.wait()
        several[number].send(0, {"line_type": ("PRINT_OT", "PRINT_SO", "PRINT_CO")[number]})
        return several[number].status == 200

    with ThreadPoolExecutor(len(several)) as pool:
        saved = list(pool.map(save, range(3)))
    for one in several:
        one.client.close()
    assert saved.count(True) == 1


def test_a_kind_of_order_that_is_switched_off_is_marked(staff: Staff, shop: Shop) -> None:
    row = CodeRow("PRINTED_BOOK_OT", "Print Book", enabled=False, own=True)
    shop.world.write(lambda tx: codes.put_rows(tx, "PurchaseType", [row]))
    staff.get(PATH)
    (book,) = [row for row in staff.rows() if "PRINTED_BOOK_OT" in row]
    assert "may not be used" in book
    button(staff, "Switch off “Physical, Book, every material”")
    assert staff.told
    button(staff, "Switch on “Physical, Book, every material”")
    assert staff.status == 422
    assert "PRINTED_BOOK_OT" in staff.wrong[0]


def test_an_approved_request_becomes_what_the_page_says(staff: Staff, shop: Shop) -> None:
    shop.world.load(directory, "user", {"primary_id": "ann", "last_name": "Able"})
    staff.get(f"{PATH}/row", **BOOK)
    staff.send(0, {"line_type": "PRINT_SO"})
    staff.get("/requests/approve", ids=ask(shop).id)
    staff.send("/approve", {"do": "approve"})
    number = staff.told.removeprefix("1 request is approved: ").rstrip(".")
    assert shop.world.line(number).type == "PRINT_SO"


def test_statements_do_not_grow_with_rows(staff: Staff, shop: Shop) -> None:
    def more(*materials: str) -> None:
        rows = [{"format": "P", "requested_type": each, "line_type": "PRINT_OT"} for each in materials]
        shop.world.load(requests, "request_line_type", *rows)

    more("DVD")
    before = statements(staff.server, partial(staff.get, PATH))
    more("CD", "MAP", "SCORE", "KIT", "GAME", "THESIS")
    assert statements(staff.server, partial(staff.get, PATH)) == before
    assert len(staff.rows()) == len(requests.SHIPPED_LINE_TYPES) + 7
