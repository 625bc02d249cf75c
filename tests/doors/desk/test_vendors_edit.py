"""Vendors changed on the screen: details, accounts and how they send orders, contacts."""

from __future__ import annotations

from functools import partial

import pytest

from openacq.vendors import service as vendors
from openacq.vendors.model import SendOrders, Vendor
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop

ENTRY = "/vendors/GOBI/contacts/entry"
PATHS = (
    "/vendors/new/vendor",
    "/vendors/GOBI/edit",
    "/vendors/GOBI/account",
    "/vendors/GOBI/account?account=GOBI-MAIN",
    "/vendors/GOBI/contacts",
    f"{ENTRY}?what=email",
    f"{ENTRY}?what=address&account=GOBI-MAIN",
)


def vendor(shop: Shop, code: str) -> Vendor:
    found = shop.world.read(lambda tx: vendors.vendor(tx, code))
    assert isinstance(found, Vendor)
    return found


@pytest.mark.parametrize("path", PATHS)
def test_who_may_not_change_vendors_does_not_come_in(
    server: Server, staff: Staff, shop: Shop, path: str
) -> None:
    staff.get(path)
    assert staff.status == 200
    with Staff(server, shop.world, new_staff(server, shop.world, "55")) as other:
        other.sign_in()
        other.get(path)
        assert other.status == 403


# -- details ------------------------------------------------------------------------------------


def test_every_detail_is_changed_and_emptied(staff: Staff, shop: Shop) -> None:
    staff.get("/vendors/CORNER/edit")
    typed = {
        "additional_code": "C-2",
        "financial_sys_code": "4711",
        "national_tax_id": "DE 1",
        "tax_percentage": "7",
        "language": "de",
        "currency": "eur, USD",
        "library": ["MAIN"],
        "licensor": "yes",
        "liable_for_vat": "yes",
    }
    staff.send(0, typed)
    assert staff.told == "Saved."
    found = vendor(shop, "CORNER")
    assert (found.additional_code, found.financial_sys_code, found.national_tax_id) == ("C-2", "4711", "DE 1")
    assert (found.currencies, found.language, found.tax_percentage) == (("EUR", "USD"), "de", "7")
    assert ([one.code for one in found.libraries], found.licensor, found.liable_for_vat) == (
        ["MAIN"],
        True,
        True,
    )
    assert "Tax number" in staff.page.xpath("string(//*[@class='history'])")
    staff.get("/vendors/CORNER/edit")
    staff.send(0, {"national_tax_id": "", "library": [], "licensor": [], "currency": ""})
    found = vendor(shop, "CORNER")
    assert (found.national_tax_id, found.libraries, found.licensor, found.currencies) == ("", (), False, ())
    assert found.financial_sys_code == "4711"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"currency": "EURO"}, "currency"),
        ({"library": "NOWHERE"}, "library"),
        ({"governmental": "yes", "material_supplier": "yes"}, "governmental"),
        ({"status": "ASLEEP"}, "status"),
    ],
    ids=str,
)
def test_details_that_cannot_be_are_refused(
    staff: Staff, shop: Shop, fields: dict[str, str], field: str
) -> None:
    before = vendor(shop, "CORNER")
    staff.get("/vendors/CORNER/edit")
    staff.send(0, {"national_tax_id": "still typed", **fields})
    assert staff.status == 422
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert staff.value("national_tax_id") == "still typed"
    assert vendor(shop, "CORNER") == before


def test_a_vendor_is_made_once_however_often_it_is_sent(staff: Staff, shop: Shop) -> None:
    staff.get("/vendors/new/vendor")
    fields = dict(staff.fields(staff.form(0))) | {"code": "NEW/1", "name": "New & <b>bold</b>"}
    for _ in range(2):
        staff.post("/vendors/new/vendor", fields)
        assert "New & <b>bold</b>" in staff.text
    assert vendor(shop, "NEW/1").material_supplier
    staff.get("/vendors/new/vendor")
    staff.send(0, {"code": "NEW/1", "name": "Another"})
    assert staff.status == 422
    assert staff.page.xpath("//*[@id='f-code-wrong']")
    assert staff.value("name") == "Another"


# -- accounts -----------------------------------------------------------------------------------


def test_an_account_is_made_and_sends_files(staff: Staff, shop: Shop) -> None:
    staff.get("/vendors/CORNER/account")
    staff.send(
        0,
        {
            "code": "CORNER-2",
            "description": "Second",
            "default": "yes",
            "currency": "EUR",
            "discount_percent": "12.5",
            "send_orders": "folder",
            "order_folder": "corner/orders",
            "order_file": "PO-{number}",
            "claiming_interval": "21",
            "reference_limit": "12",
            "payment_method": ["CASH"],
            "note": "one\ntwo",
        },
    )
    assert staff.told == "Saved."
    found = vendor(shop, "CORNER")
    account = found.account("CORNER-2")
    assert account is not None
    assert found.default_account == account
    assert (account.send_orders, account.order_folder) == (SendOrders.FOLDER, "corner/orders")
    assert (account.order_file, account.discount, account.claiming_interval) == ("PO-{number}", 125_000, 21)
    assert (account.reference_limit, account.payment_methods) == (12, ("CASH",))
    assert "as files (corner/orders)" in staff.text
    staff.get("/vendors/CORNER/account", account="CORNER-2")
    staff.send(
        0, {"claiming_interval": "", "reference_limit": "", "payment_method": [], "send_orders": "none"}
    )
    account = vendor(shop, "CORNER").account("CORNER-2")
    assert account is not None
    assert (account.claiming_interval, account.reference_limit, account.payment_methods) == (None, None, ())
    assert (account.send_orders, account.note) == (SendOrders.NONE, "one\ntwo")
    assert "CORNER-2: Claimed after days" in staff.page.xpath("string(//*[@class='history'])")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "GOBI-MAIN"}, "code"),
        ({"currency": "dollars"}, "currency"),
        ({"discount_percent": "lots"}, "discount_percent"),
        ({"claiming_interval": "-1"}, "claiming_interval"),
        ({"order_folder": "../../etc"}, "order_folder"),
        ({"order_file": "{shoe_size}"}, "order_file"),
        ({"send_orders": "pigeon"}, "send_orders"),
        ({"payment_method": "SHELLS"}, "payment_method"),
        ({"reference_limit": "0"}, "reference_limit"),
    ],
    ids=str,
)
def test_an_account_that_cannot_be_is_refused(
    staff: Staff, shop: Shop, fields: dict[str, str], field: str
) -> None:
    before = vendor(shop, "CORNER")
    staff.get("/vendors/CORNER/account")
    staff.send(0, {"code": "CORNER-2", "description": "still typed", **fields})
    assert staff.status == 422
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert staff.value("description") == "still typed"
    assert vendor(shop, "CORNER") == before


# -- contacts -----------------------------------------------------------------------------------


def test_an_address_for_orders_is_added_and_used(staff: Staff, shop: Shop) -> None:
    staff.get(ENTRY, what="email")
    typed = {"email_address": "books@gobi.example", "purposes": ["order"], "preferred": "yes"}
    staff.send(0, typed)
    assert staff.told == "Saved."
    assert "books@gobi.example" in staff.text
    staff.get("/vendors/GOBI")
    assert "Orders go to books@gobi.example" in staff.text.replace("Orders go tobooks", "Orders go to books")
    assert "books@gobi.example (order, preferred)" in staff.page.xpath("string(//*[@class='history'])")
    staff.get(ENTRY, what="email", at="0")
    staff.send(0, {"purposes": ["claim"], "preferred": []})
    (entry,) = vendors.entries(vendor(shop, "GOBI"), "email")
    assert (entry.purposes, entry.preferred) == (("claim",), False)


def test_an_account_has_its_own_address(staff: Staff, shop: Shop) -> None:
    staff.get(ENTRY, what="address", account="GOBI-MAIN")
    staff.send(0, {"line1": "1 <i>High</i> Street", "city": "Hull", "country": "GBR"})
    account = vendor(shop, "GOBI").account("GOBI-MAIN")
    assert account is not None
    (entry,) = vendors.entries(account, "address")
    assert (entry.fields["line1"], entry.fields["country"]) == ("1 <i>High</i> Street", "GBR")
    assert vendors.entries(vendor(shop, "GOBI"), "address") == ()
    assert "1 <i>High</i> Street" in staff.text


def test_an_entry_is_deleted_after_a_look(staff: Staff, shop: Shop) -> None:
    for number in ("123", "456"):
        staff.get(ENTRY, what="phone")
        staff.send(0, {"phone_number": number})
    staff.get("/vendors/GOBI/contacts")
    form = next(one for one in staff.page.xpath("//main//form") if one.fields.get("at") == "0")
    staff.post("/vendors/GOBI/contacts/drop", dict(form.form_values()))
    assert "123" in staff.text
    asked = dict(staff.form(0).form_values()) | {"sure": "yes"}
    staff.post("/vendors/GOBI/contacts/drop", asked)
    assert staff.told == "It is deleted."
    (entry,) = vendors.entries(vendor(shop, "GOBI"), "phone")
    assert entry.fields["phone_number"] == "456"
    staff.post("/vendors/GOBI/contacts/drop", asked)  # what stands there now is another one
    assert len(vendors.entries(vendor(shop, "GOBI"), "phone")) == 1


@pytest.mark.parametrize(
    ("what", "fields", "field"),
    [
        ("email", {"email_address": "nonsense"}, "email_address"),
        ("email", {"email_address": "a@b.example", "purposes": "fun"}, "purposes"),
        ("phone", {"phone_number": ""}, "phone_number"),
        ("web_address", {"url": "javascript:alert(1)"}, "url"),
        ("person", {"first_name": "Ada"}, "last_name"),
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_is_refused(
    staff: Staff, shop: Shop, what: str, fields: dict[str, str], field: str
) -> None:
    staff.get(ENTRY, what=what)
    staff.send(0, fields)
    assert staff.status == 422
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert vendors.entries(vendor(shop, "GOBI"), what) == ()


@pytest.mark.parametrize(
    "path",
    [
        "/vendors/GOBI/account?account=NONE",
        "/vendors/CORNER/account?account=GOBI-MAIN",
        f"{ENTRY}?what=fax",
        f"{ENTRY}?what=email&at=4",
        f"{ENTRY}?what=email&at=x",
        f"{ENTRY}?what=email&account=NONE",
        "/vendors/NOBODY/contacts",
    ],
)
def test_what_is_not_there_is_not_found(staff: Staff, path: str) -> None:
    staff.get(path)
    assert staff.status == 404


def test_statements_do_not_grow_with_accounts_and_contacts(staff: Staff, shop: Shop) -> None:
    paths = ("/vendors/GOBI", "/vendors/GOBI/contacts", "/vendors/GOBI/edit", "/vendors/GOBI/account")
    before = [statements(staff.server, partial(staff.get, path)) for path in paths]
    accounts: list[dict[str, object]] = [{"vendor": "GOBI", "code": f"GOBI-{n}"} for n in range(12)]
    shop.world.load(vendors, "vendor_account", *accounts)
    mails = [{"email_address": f"m{n}@gobi.example"} for n in range(12)]
    shop.world.load(vendors, "vendor", {"code": "GOBI", "contact_info": {"email": mails}})
    assert [statements(staff.server, partial(staff.get, path)) for path in paths] == before
