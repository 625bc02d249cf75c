"""Lists and addresses: facets, views, CSV, the search box, what belongs to others, what is no markup."""

from __future__ import annotations

import csv
import io

import pytest

from openacq.doors.pages.visit import escaped_cell
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, book, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop, new_isbn, order

SCRIPT = "<script>alert(1)</script>"
MANY = 12


def test_lines_are_narrowed_by_their_address(staff: Staff, shop: Shop) -> None:
    ready = shop.ordered()["number"]
    waiting = shop.ordered(order(fund_distribution=None))["number"]
    staff.get("/orders", state="INREVIEW")
    assert [waiting in row for row in staff.rows()] == [True]
    staff.get("/orders", vendor="GOBI", q=ready)
    assert [ready in row for row in staff.rows()] == [True]
    staff.get("/orders", vendor="CORNER")
    assert staff.rows() == []
    assert "Nothing here matches" in staff.text


def test_a_view_is_kept_found_and_forgotten(staff: Staff, shop: Shop) -> None:
    shop.ordered()
    staff.get("/orders", state="INREVIEW")
    staff.send("/desk/views", {"name": "What waits"})
    assert staff.told == "View “What waits” is kept."
    staff.get("/orders")
    (link,) = staff.page.xpath("//a[text()='What waits']/@href")
    staff.get(link.removeprefix("/desk"))
    assert staff.answer is not None
    assert staff.answer.url.query == b"state=INREVIEW"
    staff.send("/desk/views/drop")
    staff.get("/orders")
    assert not staff.page.xpath("//a[text()='What waits']")


@pytest.mark.parametrize("path", ["/tasks", "/orders", "/orders/po", "/tasks/claims", "/tasks/renewals"])
def test_every_list_is_a_file_too(staff: Staff, shop: Shop, path: str) -> None:
    shop.ordered(book("=1+1", fund_distribution=None))
    staff.get(path, format="csv")
    assert staff.answer is not None
    assert staff.answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(staff.answer.content.decode("utf-8-sig"))))
    assert len(rows[0]) > 5
    if path in ("/tasks", "/orders"):
        assert rows[1][1] == "'=1+1"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_is_no_formula(cell: str) -> None:
    assert escaped_cell(cell) == f"'{cell}"


def test_other_cells_stay_as_they_are() -> None:
    assert [escaped_cell(cell) for cell in ("POL-1", "", None, 5)] == ["POL-1", "", "", "5"]


@pytest.mark.parametrize(
    "of", ["number", "reference", "isbn", "small letters"], ids=lambda of: of.replace(" ", "-")
)
def test_the_one_box_finds_a_line_by_anything_it_is_called(staff: Staff, shop: Shop, of: str) -> None:
    isbn = new_isbn()
    line = shop.ordered(book(isbn=isbn))
    asked = {
        "number": line["number"],
        "reference": line["vendor_reference_number"],
        "isbn": isbn,
        "small letters": line["number"].lower(),
    }[of]
    staff.get("/find", q=asked)
    assert staff.path == f"/desk/orders/lines/{line['number']}"


def test_the_one_box_finds_vendors_funds_and_titles(staff: Staff, shop: Shop) -> None:
    for _ in range(2):
        shop.ordered(book("Twins of a kind"))
    staff.get("/find", q="gobi")
    assert "GOBI Library Solutions" in staff.text
    staff.get("/find", q="HIST")
    assert "History" in staff.text
    staff.get("/find", q="twins kind")
    assert len(staff.rows()) == 2
    staff.get("/find", q="nothing of the sort")
    assert "Nothing is called so" in staff.text


# -- others, and markup ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/orders/lines/{}", "/orders/lines/{}/edit"])
def test_a_line_of_another_institution_is_not_found(
    staff: Staff, server: Server, shop: Shop, path: str
) -> None:
    with server.new_shop() as other:
        for _ in range(3):
            theirs = other.ordered()["number"]
        staff.get(path.format(theirs))
        assert staff.status == 404
        staff.get("/orders")
        assert staff.rows() == []
        staff.post(f"/orders/lines/{theirs}/move", {"event": "close"})
        assert staff.status == 404


def test_an_unknown_page_is_told_in_the_pages_own_form(staff: Staff) -> None:
    staff.get("/nowhere")
    assert staff.status == 404
    assert "This did not work" in staff.text
    staff.get("/tasks/review")
    assert staff.status == 405


def test_stored_text_never_becomes_markup(staff: Staff, shop: Shop) -> None:
    body = book(
        f"Title {SCRIPT}",
        author=SCRIPT,
        fund_distribution=[{"fund_code": {"value": SCRIPT}, "percent": 100}],
        vendor_note=SCRIPT,
        receiving_note=f'"><img src=x onerror=alert(1)>{SCRIPT}',
        vendor_reference_number=f"'{SCRIPT}"[:40],
    )
    number = shop.ordered(body)["number"]
    for path in (
        "/tasks",
        "/orders",
        f"/orders/lines/{number}",
        f"/orders/lines/{number}/edit",
        f"/orders/lines/{number}/relink?q=book",
        "/find?q=Title",
    ):
        staff.get(path)
        assert staff.status == 200
        assert not staff.page.xpath("//script[not(@src)] | //img | //@onerror"), path
        assert SCRIPT in staff.text or staff.page.xpath("//@value[contains(., '<script>')]"), path


def test_words_of_an_address_never_become_markup(staff: Staff) -> None:
    for path in (f"/find?q={SCRIPT}", f"/orders?q={SCRIPT}", f"/tasks?q={SCRIPT}&who={SCRIPT}", f"/{SCRIPT}"):
        staff.get(path)
        assert not staff.page.xpath("//script[not(@src)]"), path


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "//x.example"]
)
def test_an_address_that_is_none_is_no_link(staff: Staff, shop: Shop, address: str) -> None:
    number = shop.ordered(order(url=address, fund_distribution=None))["number"]
    staff.get(f"/orders/lines/{number}")
    assert not [link for link in staff.page.xpath("//@href") if "alert" in link or "x.example" in link]
    assert not staff.page.xpath("//@href[starts-with(., 'data:')]")


# -- how much is asked of the database ------------------------------------------------------------


@pytest.mark.parametrize("path", ["/tasks", "/orders", "/orders/po", "/find?q=same", "/tasks/packing"])
def test_a_longer_list_asks_no_more_of_the_database(
    staff: Staff, shop: Shop, server: Server, path: str
) -> None:
    def look() -> None:
        staff.get(path)
        assert staff.status == 200

    few = [shop.ordered(book("same", fund_distribution=None)) for _ in range(2)]
    before = statements(server, look)
    many = [shop.ordered(book("same", fund_distribution=None)) for _ in range(MANY)]
    assert len(few) < len(many)
    assert statements(server, look) <= before


@pytest.mark.parametrize("given", ["en", "de", "qps"])
def test_every_page_is_shown_in_every_language(staff: Staff, shop: Shop, given: str) -> None:
    number = shop.ordered(order(fund_distribution=None))["number"]
    for path in pages(number):
        staff.get(path, lang=given)
        assert staff.status == 200, path
        assert staff.page.get("dir") == ("rtl" if given == "qps" else "ltr")


def pages(number: str) -> tuple[str, ...]:
    return (
        "/tasks",
        "/tasks/packing",
        "/tasks/sending",
        "/tasks/claims",
        "/tasks/renewals",
        "/tasks/letters",
        "/tasks/jobs",
        "/orders",
        "/orders/po",
        "/orders/new",
        "/orders/new?blank=1",
        f"/orders/lines/{number}",
        f"/orders/lines/{number}/edit",
        f"/orders/lines/{number}/relink?q=book",
        "/keys",
        "/find?q=x",
    )


# -- shared views -----------------------------------------------------------------------------------


def keep(staff: Staff, name: str) -> None:
    staff.get("/orders", state="INREVIEW")
    staff.send("/desk/views", {"name": name})


def names_of_views(staff: Staff) -> list[str]:
    staff.get("/orders")
    return [str(name) for name in staff.page.xpath("//details[@class='views']//div/a/text()")]


def colleague(server: Server, shop: Shop, *roles: str) -> Staff:
    return Staff(server, shop.world, new_staff(server, shop.world, *roles)).sign_in()


def test_a_view_is_shared_with_colleagues_and_taken_back(server: Server, staff: Staff, shop: Shop) -> None:
    keep(staff, "What waits")
    with colleague(server, shop, "54") as other:
        assert names_of_views(other) == []
        staff.get("/orders")
        staff.send("/views/share")
        assert staff.told == "Everybody here sees the view “What waits” now."
        assert names_of_views(other) == ["What waits"]
        assert "shared by Robin Reader" in other.text
        (link,) = other.page.xpath("//a[text()='What waits']/@href")
        other.get(link.removeprefix("/desk"))
        assert other.answer is not None
        assert other.answer.url.query == b"state=INREVIEW"
        assert not other.page.xpath("//form[contains(@action, '/views/drop') or contains(@action, '/share')]")
        staff.get("/orders")
        staff.send("/views/share")
        assert staff.told == "The view “What waits” is seen by its owner alone."
        assert names_of_views(other) == []
        assert names_of_views(staff) == ["What waits"]


def test_who_has_no_right_to_shares_nothing(server: Server, staff: Staff, shop: Shop) -> None:
    with colleague(server, shop, "54") as other:
        keep(other, "Mine")
        other.get("/orders")
        assert not other.page.xpath("//form[contains(@action, '/views/share')]")
        (number,) = other.page.xpath("//form[contains(@action, '/views/drop')]/input[@name='id']/@value")
        other.post("/views/share", {"id": number, "share": "yes"})
        assert other.status == 403
        staff.get("/orders")
        staff.post("/views/share", {"id": number, "share": "yes"})
        assert staff.status == 404
        assert names_of_views(staff) == []
        staff.post("/views/drop", {"id": number})
        assert names_of_views(other) == ["Mine"]


def test_an_administrator_takes_back_what_others_share(server: Server, staff: Staff, shop: Shop) -> None:
    with colleague(server, shop, "47") as reviewer:
        keep(reviewer, "Old view")
        reviewer.get("/orders")
        reviewer.send("/views/share")
        assert names_of_views(staff) == ["Old view"]
        staff.send("/views/share")
        assert names_of_views(staff) == []
        assert names_of_views(reviewer) == ["Old view"]


def test_nobody_of_another_institution_sees_a_shared_view(
    server: Server, staff: Staff, shop: Shop, elsewhere: Staff
) -> None:
    keep(staff, "What waits")
    staff.get("/orders")
    (number,) = staff.page.xpath("//form[contains(@action, '/views/share')]/input[@name='id']/@value")
    staff.send("/views/share")
    assert names_of_views(elsewhere) == []
    elsewhere.post("/views/share", {"id": number, "share": "no"})
    assert elsewhere.status == 404
    assert names_of_views(staff) == ["What waits"]
