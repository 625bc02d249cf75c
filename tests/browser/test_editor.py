"""The line editor as it is used with scripts: what follows is told at once, undone by one button."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Desk


def test_another_vendor_tells_what_follows_and_it_is_undone(desk: Desk) -> None:
    page = desk.open("/orders/new?blank=1")
    page.get_by_label("Title needed").fill("A book whose vendor changes")
    page.get_by_label("Vendor before sending").select_option("GOBI")
    expect(page.locator("[name='vendor_account']")).not_to_have_value("")
    first = page.locator("[name='vendor_account']").input_value()
    page.get_by_label("Vendor before sending").select_option("OASIS")
    expect(page.locator("#followed")).to_contain_text(first)
    expect(page.locator("[name='vendor_account']")).not_to_have_value(first)
    assert desk.faults() == []
    page.locator("#followed").get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title needed")).to_have_value("A book whose vendor changes")
    expect(page.locator("#followed")).to_have_count(0)
    assert desk.trouble == []


def test_a_fund_is_chosen_from_the_tree_by_keyboard(desk: Desk) -> None:
    page = desk.open("/orders/new?blank=1")
    page.get_by_label("Title needed").fill("A book for a fund of the tree")
    page.locator("[name='price.sum']").fill("80.00")
    page.get_by_role("button", name="Choose from the tree").focus()
    page.keyboard.press("Enter")
    expect(page.locator("table.tree")).to_contain_text("HIST-2026")
    assert desk.faults() == []
    assert not desk.overflows()
    page.get_by_role("button", name="Choose HIST-2026").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name='fund_distribution[0].fund_code']")).to_have_value("HIST-2026")
    expect(page.locator("[name='fund_distribution[0].percent']")).to_have_value("100")
    assert desk.trouble == []


def test_the_log_is_followed(desk: Desk) -> None:
    page = desk.open("/log?live=1")
    expect(page.locator("#tail")).to_have_count(1)
    with page.expect_response(lambda answer: "newest=" in answer.url) as answered:
        pass
    assert answered.value.status in (200, 204)
    assert desk.faults() == []
    assert desk.trouble == []
