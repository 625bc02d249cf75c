"""The main flows at the desks as they are done all day, by keyboard where that is quicker."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Desk


def test_a_line_is_mended_and_ordered_by_keyboard_alone(desk: Desk) -> None:
    page = desk.open("/tasks")
    row = page.locator("tr[data-row]", has_text="you wrote hist-2026")
    expect(row).to_have_count(1)
    number = row.locator(".under").first.inner_text().split(" ")[0]
    for _ in range(page.locator("tr[data-row]").count()):
        page.keyboard.press("j")
        page.wait_for_timeout(80)
        if row.evaluate("row => row === document.activeElement"):
            break
    page.keyboard.press("f")
    expect(page.locator("#told")).to_contain_text("nothing keeps it from being ordered")
    row = page.locator("tr[data-row]", has_text=number)
    expect(row).to_contain_text("after it")
    row.focus()
    page.keyboard.press("a")
    expect(page.locator("#told")).to_contain_text("1 line is ordered.")
    expect(page.locator("tr[data-row]", has_text=number)).to_have_count(0)


def test_an_order_by_hand_with_a_split_shows_what_it_leaves_while_typing(desk: Desk) -> None:
    page = desk.open("/orders/new")
    page.get_by_label("ISBN, ISSN, or words").fill("a book of splits")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Order it as a new title").click()
    expect(page.get_by_label("Title needed")).to_have_value("a book of splits")
    page.get_by_label("Vendor before sending").select_option("GOBI")
    expect(page.locator("[name='vendor_account'] option")).not_to_have_count(1)
    page.locator("[name='location[0].shelving_location']").select_option("MAIN/STACKS")
    page.locator("[name='price.sum']").fill("80.00")
    page.locator("[name='fund_distribution[0].fund_code']").fill("HIST-2026")
    page.locator("[name='fund_distribution[0].percent']").fill("25")
    expect(page.locator("[data-left]")).to_contain_text("left to assign")
    page.locator("[name='fund_distribution[1].fund_code']").fill("SCI-2026")
    page.locator("[name='fund_distribution[1].percent']").fill("75")
    expect(page.locator("[data-left]")).to_have_text("$0.00 left to assign")
    expect(page.locator("#money tbody tr")).to_have_count(2)
    page.keyboard.press("Control+s")
    expect(page.locator("#told")).to_contain_text("is ordered")
    expect(page).to_have_url(re.compile(r"/desk/orders/lines/POL-\d+$"))
    expect(page.locator("main")).to_contain_text("$20.00")
    expect(page.locator("main")).to_contain_text("$60.00")


def test_a_title_that_is_held_is_told_while_typing(desk: Desk) -> None:
    page = desk.open("/orders/new?blank=1")
    page.get_by_label("Title needed").fill("The structure of scientific revolutions")
    page.locator("[name=isbn]").fill("9780226458120")
    page.locator("[name='location[0].shelving_location']").select_option("SCI/STACKS")
    page.locator("[name='fund_distribution[0].fund_code']").fill("SCI-2026")
    page.locator("[name='price.sum']").fill("18.00")
    expect(page.locator("#money")).to_contain_text("Held already")


def test_desks_are_changed_and_things_found_by_keyboard(desk: Desk) -> None:
    page = desk.open("/tasks")
    page.keyboard.press("g")
    page.wait_for_timeout(80)
    page.keyboard.press("o")
    page.wait_for_url("**/desk/orders")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("POL-1001")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/orders/lines/POL-1001")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.wait_for_url("**/desk/keys")


def test_a_scanner_s_keys_are_no_shortcuts(desk: Desk) -> None:
    page = desk.open("/tasks")
    page.keyboard.type("go9780226458083", delay=3)
    page.wait_for_timeout(300)
    expect(page).to_have_url(re.compile("/desk/tasks$"))


def test_single_letters_can_be_switched_off(desk: Desk) -> None:
    page = desk.open("/keys")
    page.get_by_role("button", name="Switch them off").click()
    expect(page.locator("#told")).to_contain_text("switched off")
    page.keyboard.press("?")
    page.goto(f"{desk.url}/desk/tasks")
    page.keyboard.press("?")
    page.wait_for_timeout(200)
    expect(page).to_have_url(re.compile("/desk/tasks$"))


def test_a_view_is_kept_and_used(desk: Desk) -> None:
    page = desk.open("/orders")
    page.get_by_label("In review").check()
    page.wait_for_url("**state=INREVIEW**")
    page.locator("details.views summary").first.click()
    page.get_by_label("Name of this view").fill("What waits")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("#told")).to_contain_text("What waits")
    page.goto(f"{desk.url}/desk/orders")
    page.locator("details.views summary").first.click()
    page.get_by_role("link", name="What waits").click()
    page.wait_for_url("**state=INREVIEW**")
