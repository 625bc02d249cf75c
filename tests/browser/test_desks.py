"""Receiving, funds, vendors, the log, settings, requests and the patrons' pages in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Desk, open_desk

WINDOWS: dict[str, dict[str, Any]] = {
    "light-wide": {"color_scheme": "light"},
    "dark-narrow": {"color_scheme": "dark", "viewport": {"width": 360, "height": 780}},
}
HELD = "9780226458120"
"""The ISBN of a title the demo library has."""


# -- flows --------------------------------------------------------------------------------------


def test_a_book_is_received_by_a_scan_and_one_key(desk: Desk) -> None:
    page = desk.open("/receive")
    expect(page.locator("#f-scan")).to_be_focused()
    page.keyboard.type("POL-1001")
    page.keyboard.press("Enter")
    expect(page.locator("#card-title")).to_be_visible()
    expect(page.locator("#f-scan")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("is received.")
    expect(page.locator("#f-scan")).to_be_focused()
    page.locator("#told").get_by_role("button", name="Undo").click()
    expect(page.locator("#told")).to_contain_text("is on order again")


def test_a_parcel_is_compared_with_what_is_expected(desk: Desk) -> None:
    page = desk.open("/receive/slip")
    page.get_by_label("Scans").fill("POL-1002\nPOL-1002\nnothing-of-ours")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#compared")).to_be_visible()
    expect(page.locator("tr", has_text="POL-1002")).to_contain_text("too many")
    expect(page.locator("main")).to_contain_text("no line that can be received has this number.")


def test_the_chart_is_read_as_a_table_too(desk: Desk) -> None:
    page = desk.open("/funds")
    page.get_by_role("link", name="HIST-2026", exact=True).click()
    expect(page.get_by_role("img", name=re.compile("How the money went"))).to_be_visible()
    expect(page.locator("#burn-summary")).to_contain_text("allocated to History")
    table = page.locator("#as-table table")
    expect(table).to_be_hidden()
    page.get_by_text("Show as table").click()
    expect(table).to_be_visible()
    expect(table.locator("thead th")).to_have_text(["Day", "Available", "Even pace"])
    page.locator(".five a").nth(1).click()
    expect(page.locator("main")).to_contain_text("These postings come to")
    expect(page.locator("tr[data-row]").first).to_contain_text("POL-")


def test_a_refused_call_is_found_in_the_log(desk: Desk) -> None:
    page = desk.open("/log")
    page.get_by_role("checkbox", name="refused").check()
    page.wait_for_url("**outcome=refused**")
    row = page.locator("tr[data-row]").first
    expect(row).to_contain_text("400")
    row.locator("th a").click()
    expect(page.locator("main")).to_contain_text("It was refused, and nothing was changed:")
    expect(page.locator("#curl-text")).to_contain_text("curl -X POST")


def test_money_is_moved_after_a_look(desk: Desk) -> None:
    page = desk.open("/funds")
    page.get_by_role("link", name="SCI-2026", exact=True).click()
    page.get_by_role("link", name="Transfer").click()
    page.get_by_label("To fund").select_option("GIFT-2026")
    page.locator("#f-amount").fill("10.00")
    page.locator("#f-note").fill("A present")
    page.keyboard.press("Enter")
    expect(page.locator("#effect")).to_contain_text("GIFT-2026: available $25.00, then $35.00")
    page.get_by_role("button", name="Transfer it").click()
    expect(page.locator("#told")).to_contain_text("GIFT-2026: $35.00")


def patron(chromium: Browser, url: str) -> tuple[object, Page]:
    """A window in which patron1 is signed in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{url}/requests/sign-in")
    page.locator("#f-name").fill("patron1")
    page.locator("#f-password").fill("demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/mine")
    return context, page


def ask(page: Page, url: str, title: str) -> str:
    page.goto(f"{url}/requests/new")
    page.locator("#f-title").fill(title)
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("#told")).to_contain_text("Your request has come in.")
    return page.url


def test_wishes_are_approved_and_rejected_and_followed(chromium: Browser, demo_url: str, desk: Desk) -> None:
    context, reader = patron(chromium, demo_url)
    wanted, dear = ask(reader, demo_url, "A wanted book"), ask(reader, demo_url, "Too dear a book")
    page = desk.open("/requests")
    card = page.locator("article", has_text="A wanted book")
    expect(card).to_contain_text("Demo Patron")
    card.get_by_role("link", name="Approve").click()
    page.get_by_label("Library").select_option("MAIN")
    page.get_by_label("Vendor").select_option("GOBI")
    page.get_by_label("Fund").select_option("HIST-2026")
    page.get_by_label("Price").fill("30.00")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#told")).to_contain_text("1 request is approved")
    desk.open("/requests")
    page.locator("article", has_text="Too dear a book").get_by_role("link", name="Reject").click()
    page.get_by_label("Reason").select_option(index=1)
    page.get_by_role("button", name="See the letter").click()
    expect(page.locator("pre")).to_contain_text("Too dear a book")
    page.get_by_role("button", name="Reject and send it").click()
    expect(page.locator("#told")).to_contain_text("1 request is rejected.")
    reader.goto(wanted)
    expect(reader.locator(".timeline")).to_contain_text("Approved: the library buys it")
    reader.goto(dear)
    expect(reader.locator(".head")).to_contain_text("Not approved")
    context.close()  # type: ignore[attr-defined]


def test_a_card_is_dragged(chromium: Browser, demo_url: str, desk: Desk) -> None:
    context, reader = patron(chromium, demo_url)
    ask(reader, demo_url, "A book to drag")
    page = desk.open("/requests")
    card = page.locator("article", has_text="A book to drag")
    card.drag_to(page.locator("[data-column=review] h2"))
    expect(page.locator("[data-column=review] article", has_text="A book to drag")).to_be_visible()
    page.locator("article", has_text="A book to drag").drag_to(page.locator("[data-column=aside] h2"))
    page.wait_for_url("**/requests/defer?ids=*")
    context.close()  # type: ignore[attr-defined]


def test_a_patron_hears_of_what_is_there_while_typing(chromium: Browser, demo_url: str) -> None:
    context, reader = patron(chromium, demo_url)
    reader.goto(f"{demo_url}/requests/new")
    reader.locator("#f-isbn").fill(HELD)
    reader.keyboard.press("Tab")
    expect(reader.locator("#notice")).to_contain_text("There is something of it already")
    context.close()  # type: ignore[attr-defined]


def test_a_rule_is_made_moved_and_deleted_by_keyboard(desk: Desk) -> None:
    page = desk.open("/settings/approval")
    for name in ("Dear ones", "Gifts"):
        desk.open("/settings/approval/rule")
        page.locator("#f-name").fill(name)
        page.locator("#f-above").fill("500")
        page.keyboard.press("Enter")
        expect(page.locator("#told")).to_contain_text(f"Rule “{name}” is saved.")
    expect(page.locator("tr[data-row]").first).to_contain_text("Dear ones")
    page.get_by_role("button", name="Ask “Gifts” earlier").press("Enter")
    expect(page.locator("tr[data-row]").first).to_contain_text("Gifts")
    for name in ("Dear ones", "Gifts"):
        page.get_by_role("button", name=f"Delete “{name}”").press("Enter")
        expect(page.locator("main")).to_contain_text(f"Delete the rule “{name}”?")
        page.get_by_role("button", name="Delete it").press("Enter")
        expect(page.locator("#told")).to_contain_text(f"Rule “{name}” is deleted.")


def test_what_requests_become_is_settled_by_keyboard(desk: Desk) -> None:
    page = desk.open("/settings/requests")
    page.get_by_role("link", name="What requests become").press("Enter")
    page.get_by_role("link", name="Add a row").press("Enter")
    page.get_by_role("link", name="Electronic").press("Enter")
    page.locator("#f-requested_type").select_option("DATABASE")
    page.locator("#f-line_type").select_option("E_JOURNAL_CO")
    page.keyboard.press("Control+s")
    name = "Electronic, every kind of title, Database"
    expect(page.locator("#told")).to_contain_text(f"“{name}” is saved.")
    row = page.locator("tr[data-row]", has_text="Database")
    expect(row).to_contain_text("your own")
    page.get_by_role("button", name=f"Switch off “{name}”").press("Enter")
    expect(row).to_contain_text("off")
    page.get_by_role("button", name=f"Delete “{name}”").press("Enter")
    page.get_by_role("button", name="Delete it").press("Enter")
    expect(page.locator("#told")).to_contain_text(f"“{name}” is deleted.")
    expect(row).to_have_count(0)


def test_the_day_of_renewals_is_typed(desk: Desk) -> None:
    page = desk.open("/tasks/renewals")
    page.get_by_label("Renews by").fill("2099-12-31")
    page.keyboard.press("Enter")
    page.wait_for_url("**until=2099-12-31*")
    expect(page.get_by_label("Renews by")).to_have_value("2099-12-31")


def test_a_wskey_is_made_and_revoked(desk: Desk) -> None:
    page = desk.open("/settings/wskeys")
    page.locator("#f-name").fill("A program")
    page.keyboard.press("Enter")
    expect(page.locator("#secret")).to_be_visible()
    page.get_by_role("link", name="A program").click()
    page.locator("#f-name").fill("Another program")
    page.get_by_label("Vendors (WMS_VIC)").uncheck()
    page.keyboard.press("Control+s")
    expect(page.locator("#told")).to_contain_text("Saved.")
    expect(page.locator("h1")).to_have_text("Another program")
    page.get_by_role("button", name="Revoke “Another program”").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.locator("#told")).to_contain_text("Key “Another program” is revoked.")


# -- everybody ----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=WINDOWS)
def window(request: pytest.FixtureRequest, chromium: Browser, demo_url: str) -> Iterator[tuple[str, Desk]]:
    mode: str = request.param
    context, desk = open_desk(chromium, demo_url, bypass_csp=True, **WINDOWS[mode])
    desk.sign_in()
    yield mode, desk
    context.close()


def fund(desk: Desk) -> str:
    page = desk.open("/funds")
    address = page.get_by_role("link", name="HIST-2026", exact=True).get_attribute("href") or ""
    return address.removeprefix("/desk")


def of_list(desk: Desk, path: str) -> str:
    """The page of the first thing a list has."""
    page = desk.open(path)
    address = page.locator("tr[data-row] th a").first.get_attribute("href") or ""
    return address.removeprefix("/desk")


PAGES: dict[str, Callable[[Desk], str]] = {
    "fund": fund,
    "fund_postings": lambda desk: fund(desk) + "/postings?what=available",
    "fund_transfer": lambda desk: fund(desk) + "/transfer",
    "receive_card": lambda _: "/receive?scan=POL-1001",
    "receive_nothing": lambda _: "/receive?scan=nothing",
    "vendor": lambda _: "/vendors/GOBI",
    "vendor_edit": lambda _: "/vendors/GOBI/edit",
    "vendor_account": lambda _: "/vendors/GOBI/account?account=GOBI-MAIN",
    "vendor_account_new": lambda _: "/vendors/GOBI/account",
    "vendor_contacts": lambda _: "/vendors/DEMOBOOKS/contacts",
    "vendor_email": lambda _: "/vendors/DEMOBOOKS/contacts/entry?what=email&at=0",
    "vendor_address": lambda _: "/vendors/GOBI/contacts/entry?what=address&account=GOBI-MAIN",
    "vendor_interfaces": lambda _: "/vendors/DEMOBOOKS",
    "vendor_interface": lambda _: "/vendors/DEMOBOOKS/interface?at=0",
    "vendor_interface_new": lambda _: "/vendors/GOBI/interface",
    "vendor_edi": lambda _: "/vendors/DEMOBOOKS/edi",
    "fund_limits": lambda desk: fund(desk) + "/limits",
    "code_table": lambda _: "/settings/codes/PurchaseType?code=PRINTED_BOOK_OT",
    "line_type": lambda _: "/settings/requests/types/row?format=P&citation_type=BOOK",
    "key": lambda desk: of_list(desk, "/settings/keys"),
    "wskey": lambda desk: of_list(desk, "/settings/wskeys"),
    "rule": lambda _: "/settings/rules/new",
    "rule_test": lambda _: "/settings/rules?vendor=GOBI&price=2000&currency=USD",
    "profile": lambda _: "/settings/profiles/order/new",
    "letter": lambda _: "/settings/letters/request_rejected/en",
    "user": lambda _: "/settings/users/patron1",
    "user_new": lambda _: "/settings/users/new",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_about_one_thing_can_be_used_by_everybody(
    window: tuple[str, Desk], shots: Path, name: str
) -> None:
    mode, desk = window
    path = PAGES[name](desk)
    desk.trouble.clear()
    page = desk.open(path)
    if name == "fund":
        page.get_by_text("Show as table").click()
    page.screenshot(path=shots / f"{name}-{mode}.png", full_page=True)
    assert not desk.overflows()
    assert desk.trouble == []
    assert desk.faults() == []


@pytest.fixture(scope="module")
def rules(chromium: Browser, demo_url: str) -> None:
    """Rules of every kind, with long names and all that can be said in them."""
    context, desk = open_desk(chromium, demo_url)
    desk.sign_in()
    page = desk.page
    for kind, more in (("approval", "#f-above"), ("requests", "#f-most_cost")):
        for name in ("A rule with a long name that says what it is for", "Short"):
            desk.open(f"/settings/{kind}/rule")
            page.locator("#f-name").fill(name)
            page.locator(more).fill("500")
            for box in page.locator(".ticks input:visible").all()[:6]:
                box.check()
            page.locator("main form button.main").click()
            expect(page.locator("#told")).to_contain_text("is saved.")
    for path, code in (("?format=P&citation_type=BOOK", "PRINT_OT"), ("", "PRINT_SO_NONMON")):
        desk.open(f"/settings/requests/types/row{path}")
        if not path:
            page.locator("#f-requested_type").select_option("AUDIOCASSETTE")
        page.locator("#f-line_type").select_option(code)
        page.locator("#f-enabled").uncheck()
        page.locator("main form button.main").click()
        expect(page.locator("#told")).to_contain_text("is saved.")
    context.close()


SAVED_WRONG: dict[str, tuple[str, dict[str, str]]] = {
    "approval_rule": ("/settings/approval/rule", {"#f-vendors": "GOBY", "#f-above": "x"}),
    "request_rule": ("/settings/requests/rule", {"#f-most_cost": "x", "#f-currency": "dollars"}),
    "line_type": ("/settings/requests/types/row", {}),
    "vendor_account": ("/vendors/GOBI/account", {"#f-order_folder": "../x", "#f-currency": "dollars"}),
    "vendor_edi": ("/vendors/GOBI/edi", {"[id='f-edi_info.password']": "a\tb"}),
    "vendor_new": ("/vendors/new/vendor", {"#f-code": "GOBI", "#f-currency": "dollars"}),
}


@pytest.mark.parametrize("path", ["/settings/approval", "/settings/requests", "/settings/requests/types"])
@pytest.mark.usefixtures("rules")
def test_lists_of_rules_can_be_used_by_everybody(window: tuple[str, Desk], shots: Path, path: str) -> None:
    mode, desk = window
    desk.trouble.clear()
    page = desk.open(path)
    page.screenshot(path=shots / f"rules_{path.rsplit('/', 1)[1]}-{mode}.png", full_page=True)
    assert not desk.overflows()
    assert desk.trouble == []
    assert desk.faults() == []
    page.locator("button.danger").first.click()
    page.screenshot(path=shots / f"last_look-{mode}.png", full_page=True)
    assert not desk.overflows()
    assert desk.faults() == []


@pytest.mark.parametrize("name", SAVED_WRONG)
def test_a_refused_form_can_be_used_by_everybody(window: tuple[str, Desk], shots: Path, name: str) -> None:
    mode, desk = window
    path, typed = SAVED_WRONG[name]
    page = desk.open(path)
    for needed in page.locator("main form input[required]").all():
        needed.fill("Something")
    for field, text in typed.items():
        page.locator(field).fill(text)
    page.locator("main form button.main").click()
    expect(page.locator("#errors")).to_be_visible()
    page.screenshot(path=shots / f"wrong_{name}-{mode}.png", full_page=True)
    assert not desk.overflows()
    assert desk.faults() == []
    page.locator("#errors a").last.press("Enter")
    expect(page.locator(":focus")).to_be_visible()


def test_both_versions_can_be_read_by_everybody(window: tuple[str, Desk], shots: Path) -> None:
    mode, desk = window
    path = "/vendors/DEMOBOOKS/interface?at=0"
    page = desk.open(path)
    quicker = page.context.new_page()
    quicker.goto(f"{desk.url}/desk{path}")
    note = quicker.locator("[id='f-interface.main_note']")
    note.fill(f"{note.input_value()} Written in {mode}, by somebody who was quicker.")
    quicker.locator("main form button.main").click()
    expect(quicker.locator("#told")).to_contain_text("Saved.")
    quicker.close()
    page.locator("[id='f-interface.status']").select_option("INACTIVE")
    page.locator("[id='f-interface.admin_info.user_password']").fill("never shown")
    page.locator("main form button.main").click()
    expect(page.locator("#both")).to_contain_text("not active (INACTIVE)")
    expect(page.locator("#both")).not_to_contain_text("never shown")
    again = page.locator("[id='f-interface.admin_info.user_password-hint']")
    expect(again).to_have_text("Please type it again: a page never holds a password.")
    page.screenshot(path=shots / f"both_versions-{mode}.png", full_page=True)
    assert not desk.overflows()
    assert desk.faults() == []


GERMAN = (
    "/settings/packing",
    "/settings/approval/rule",
    "/settings/requests",
    "/settings/requests/rule",
    "/settings/requests/types",
    "/settings/requests/types/row",
    "/settings/wskeys",
    "/tasks/renewals",
    "/vendors/GOBI/account",
    "/vendors/DEMOBOOKS/contacts",
    "/vendors/DEMOBOOKS/interface?at=0",
    "/vendors/DEMOBOOKS/edi",
)


@pytest.mark.parametrize("tongue", ["de", "qps"])
def test_longer_words_fit_on_a_telephone(chromium: Browser, demo_url: str, shots: Path, tongue: str) -> None:
    context, desk = open_desk(chromium, demo_url, bypass_csp=True, **WINDOWS["dark-narrow"])
    desk.sign_in()
    for path in GERMAN:
        page = desk.open(f"{path}{'&' if '?' in path else '?'}lang={tongue}")
        page.screenshot(path=shots / f"{re.sub(r'[^A-Za-z]+', '_', path)}-{tongue}.png", full_page=True)
        assert not desk.overflows(), path
        assert desk.faults() == [], path
    context.close()


def test_a_call_can_be_read_by_everybody(window: tuple[str, Desk], shots: Path) -> None:
    mode, desk = window
    page = desk.open("/log?outcome=in_review")
    page.locator("tr[data-row] th a").first.click()
    page.screenshot(path=shots / f"log_call-{mode}.png", full_page=True)
    assert not desk.overflows()
    assert desk.faults() == []


def test_patrons_pages_can_be_used_by_everybody(
    window: tuple[str, Desk], chromium: Browser, demo_url: str, shots: Path
) -> None:
    mode, desk = window
    context, reader = patron(chromium, demo_url)
    request = ask(reader, demo_url, f"A book for {mode}")
    context.close()  # type: ignore[attr-defined]
    number = request.rsplit("/", 1)[1]
    page = desk.page
    page.goto(f"{demo_url}/requests/sign-in")
    page.locator("#f-name").fill("patron1")
    page.locator("#f-password").fill("demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/mine")
    for path in ("mine", "new?look=history", number, f"{number}/cancel"):
        page.goto(f"{demo_url}/requests/{path}")
        page.screenshot(path=shots / f"patron_{re.sub(r'[^a-z]+', '_', path)}-{mode}.png", full_page=True)
        assert not desk.overflows(), path
        assert desk.faults() == [], path
    for path in (f"/requests/{number}", f"/requests/approve?ids={number}", f"/requests/reject?ids={number}",
                 f"/requests/defer?ids={number}", "/requests"):  # fmt: skip
        page = desk.open(path)
        name = re.sub(r"\W+", "_", path.replace(number, "N")).strip("_")
        page.screenshot(path=shots / f"{name}-{mode}.png", full_page=True)
        assert not desk.overflows(), path
        assert desk.faults() == [], path
