"""The line editor: what follows from another vendor or kind of order is told and can be undone; funds
are chosen from their tree."""

from __future__ import annotations

from tests.doors.desk.staff import Staff
from tests.doors.desk.test_editor import TYPED, new_form
from tests.shop import Shop

FORM = {**TYPED, "vendor": "CORNER", "vendor_account": "CORNER-1"}


def typed(staff: Staff) -> None:
    """A new order for the corner bookshop, worked out once."""
    new_form(staff)
    staff.send("order", {**FORM, "do": "look"})


def notice(staff: Staff) -> list[str]:
    return [" ".join(one.text_content().split()) for one in staff.page.xpath("//*[@id='followed']//li")]


def test_another_vendor_has_another_account_and_it_is_told(staff: Staff) -> None:
    typed(staff)
    assert notice(staff) == []
    staff.send("order", {"vendor": "GOBI", "do": "look"})
    assert staff.value("vendor_account") == "GOBI-MAIN"
    assert notice(staff) == ["Vendor account: CORNER-1 → GOBI-MAIN"]
    assert staff.value("title") == TYPED["title"]


def test_what_followed_is_undone_with_what_it_followed_from(staff: Staff) -> None:
    typed(staff)
    staff.send("order", {"vendor": "GOBI", "do": "look"})
    staff.send("order", {"do": "undo"})
    assert (staff.value("vendor"), staff.value("vendor_account")) == ("CORNER", "CORNER-1")
    assert notice(staff) == []
    staff.send("order", {"do": "save"})
    assert "is ordered" in staff.told


def test_the_notice_stays_until_it_is_saved(staff: Staff) -> None:
    typed(staff)
    staff.send("order", {"vendor": "GOBI", "do": "look"})
    staff.send("order", {"do": "place"})
    assert notice(staff) == ["Vendor account: CORNER-1 → GOBI-MAIN"]
    staff.send("order", {"do": "save"})
    assert staff.world.line(staff.path.rpartition("/")[2]).account == "GOBI-MAIN"


def test_nothing_follows_from_what_did_not_change(staff: Staff) -> None:
    typed(staff)
    staff.send("order", {"price.sum": "12.00", "do": "look"})
    assert notice(staff) == []
    assert staff.value("vendor_account") == "CORNER-1"


def test_another_kind_of_order_has_other_materials(staff: Staff) -> None:
    new_form(staff)
    staff.send("order", {**FORM, "material_type": "DVD", "do": "look"})
    staff.send("order", {"type": "E_BOOK_OT", "do": "look"})
    assert staff.value("material_type") == ""
    assert notice(staff) == ["Material: DVD → \N{EN DASH}"]
    staff.send("order", {"do": "undo"})
    assert (staff.value("type"), staff.value("material_type")) == ("PRINTED_BOOK_OT", "DVD")


def test_of_a_line_that_is_there_the_same_is_told(staff: Staff, shop: Shop) -> None:
    number = shop.ordered()["number"]
    staff.get(f"/orders/lines/{number}/edit")
    staff.send("order", {"vendor": "CORNER", "do": "look"})
    assert staff.value("vendor_account").startswith("CORNER")
    assert notice(staff) == ["Vendor account: GOBI-MAIN → CORNER-1", "Currency: USD → EUR"]
    assert staff.value("price.currency") == "EUR"
    assert staff.world.line(number).vendor == "GOBI"


def test_the_live_part_brings_the_notice_and_the_options(staff: Staff) -> None:
    typed(staff)
    fields = dict(staff.fields(staff.form("order")))
    answer = staff.client.post(
        "/desk/orders/follow", data={**fields, "vendor": "GOBI"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "CORNER-1 → GOBI-MAIN" in answer.text
    assert '<option value="GOBI-MAIN" selected>' in answer.text
    assert answer.headers["hx-trigger-after-settle"] == "look"


# -- the tree of funds ------------------------------------------------------------------------------


def tree(staff: Staff) -> list[list[str]]:
    rows = staff.page.xpath("//section[@aria-labelledby='tree']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]


def test_a_fund_is_chosen_from_the_tree(staff: Staff) -> None:
    new_form(staff)
    bare = {name: "" for name in TYPED if name.startswith("fund_distribution")}
    staff.send("order", {**TYPED, **bare, "do": "tree"})
    rows = tree(staff)
    (history,) = [row for row in rows if row[0].startswith("HIST")]
    assert history[1:3] == ["$1,000.00", "$910.00"]
    staff.send("order", {"do": "pick:HIST"})
    assert staff.value("fund_distribution[0].fund_code") == "HIST"
    assert staff.value("fund_distribution[0].percent") == "100"
    (history,) = [row for row in tree(staff) if row[0].startswith("HIST")]
    assert history[1:3] == ["$1,000.00", "$910.00"]
    (art,) = [row for row in tree(staff) if row[0].startswith("ART")]
    assert art[1] == art[2]
    staff.send("order", {"do": "save"})
    assert "is ordered" in staff.told
    assert staff.world.balance("HIST").encumbered.text() == "90.00"


def test_the_tree_has_groups_and_is_narrowed_by_words(staff: Staff) -> None:
    new_form(staff)
    staff.send("order", {**TYPED, "do": "tree"})
    groups = [row[0] for row in tree(staff) if len(row) == 1]
    assert groups, "nothing says what funds belong to"
    everything = len(tree(staff))
    staff.send("order", {"fund_words": "history", "do": "tree"})
    assert [row[0][:4] for row in tree(staff) if len(row) > 1] == ["HIST"]
    assert len(tree(staff)) < everything
    staff.send("order", {"fund_words": "nothing like it", "do": "tree"})
    assert "No fund fits." in staff.text
    staff.send("order", {"do": "no tree"})
    assert not staff.page.xpath("//section[@aria-labelledby='tree']")


def test_a_second_fund_goes_into_the_next_row(staff: Staff) -> None:
    new_form(staff)
    changes = {"fund_distribution[1].fund_code": "", "fund_distribution[1].percent": ""}
    staff.send("order", {**TYPED, **changes, "do": "tree"})
    staff.send("order", {"do": "pick:ART"})
    assert staff.value("fund_distribution[0].fund_code") == "HIST"
    assert staff.value("fund_distribution[1].fund_code") == "ART"
    assert staff.value("fund_distribution[1].percent") == ""
