"""Vendors on the screen: figures, accounts, orders, the connection, a change."""

from __future__ import annotations

from functools import partial

import pytest

from openacq.kernel.clock import FixedClock
from openacq.store.seals import Seals, new_key
from openacq.vendors import service as vendors
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.doors.own.desk import sent
from tests.serving_fixture import Server
from tests.shop import Shop, order


def row_of(staff: Staff, name: str) -> str:
    return next(row for row in staff.rows() if row.startswith(name))


def test_the_list_says_how_each_vendor_stands(staff: Staff, shop: Shop, clock: FixedClock) -> None:
    sent(shop, expected_receipt_date="2026-03-05Z")
    shop.ordered(order(fund_distribution=None))
    staff.get("/vendors")
    row = row_of(staff, "GOBI Library Solutions").split()
    assert row[-7:-3] == ["0", "2", "0", "1"]
    clock.advance(days=7)
    staff.sign_in()
    staff.get("/vendors")
    row = row_of(staff, "GOBI Library Solutions").split()
    assert row[-6:-1] == ["0", "2", "1", "1", "0"]


def test_the_list_is_searched(staff: Staff) -> None:
    staff.get("/vendors", q="corner")
    assert len(staff.rows()) == 1
    staff.get("/vendors", active="no")
    assert staff.rows() == []


def test_the_connection_says_what_the_last_day_brought(server: Server, shop: Shop, staff: Staff) -> None:
    with server.new_shop(shop.world, name="GOBI's shop", vendor="GOBI", areas={"acq": "write"}) as gobi:
        gobi.ordered()
        gobi.ordered(order(fund_distribution=None))
        headers = {"Authorization": f"apikey {gobi.key}"}
        gobi.client.post("/acq/po-lines", json=order(owner=None), headers=headers)
    server.house.order_log.flush(server.store)
    staff.get("/vendors/GOBI")
    assert "3 calls came in; 1 of them (33 %) were refused or failed." in staff.text
    assert "They made 2 lines, 1 of which needed review." in staff.text
    key = next(
        row.xpath("td/text()")
        for row in staff.page.xpath("//section[h2[@id='connection']]//tbody/tr")
        if "GOBI's shop" in row.text_content()
    )
    assert key == ["3", "33 %"]
    assert "Accounts" in staff.text
    assert "GOBI-MAIN" in staff.text


def test_a_vendor_without_calls_says_so(staff: Staff) -> None:
    staff.get("/vendors/CORNER")
    assert "No call came in during the last 24 hours." in staff.text
    assert "No key is tied to this vendor." in staff.text
    assert "10 %" in staff.text


def test_passwords_of_a_vendor_are_not_shown(
    server: Server, staff: Staff, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.store, "seals", Seals(new_key()))
    secret = {"code": "GOBI", "edi_info": {"password": "hush-hush"}}
    shop.world.load(vendors, "vendor", secret)
    staff.get("/vendors/GOBI")
    assert "hush-hush" not in staff.text


def test_a_change_is_kept_with_its_history(staff: Staff, shop: Shop) -> None:
    staff.get("/vendors/CORNER/edit")
    staff.send(0, {"name": "The Corner <b>Shop</b>", "status": "INACTIVE"})
    assert staff.told == "Saved."
    assert "The Corner <b>Shop</b>" in staff.text
    assert "Corner Bookshop" in staff.page.xpath("string(//*[@class='history'])")
    vendor = shop.world.read(lambda tx: vendors.vendor(tx, "CORNER"))
    assert (vendor.active, vendor.name) == (False, "The Corner <b>Shop</b>")


def test_a_wrong_word_is_refused_beside_its_field(staff: Staff) -> None:
    staff.get("/vendors/CORNER/edit")
    staff.send(0, {"name": "Still typed", "kind": "grocer"})
    assert staff.status == 422
    assert staff.page.xpath("//*[@id='f-kind-wrong']")
    assert staff.value("name") == "Still typed"


def test_who_may_not_change_vendors_only_looks(server: Server, shop: Shop) -> None:
    with Staff(server, shop.world, new_staff(server, shop.world, "55")) as other:
        other.sign_in()
        other.get("/vendors/GOBI")
        assert other.status == 200
        other.get("/vendors/GOBI/edit")
        assert other.status == 403


@pytest.mark.parametrize("path", ["/vendors/NOBODY", "/vendors/NOBODY/edit", "/vendors/gobi"])
def test_a_vendor_that_is_not_there_is_not_found(staff: Staff, path: str) -> None:
    staff.get(path)
    assert staff.status == 404


def test_the_list_is_a_file_too(staff: Staff) -> None:
    staff.get("/vendors", format="csv")
    assert staff.answer is not None
    assert staff.answer.text.count("\n") == 4


def test_statements_do_not_grow_with_vendors(staff: Staff, shop: Shop) -> None:
    before = [statements(staff.server, partial(staff.get, path)) for path in ("/vendors", "/vendors/GOBI")]
    rows: list[dict[str, object]] = [
        {"code": f"V{number}", "name": f"Vendor {number}", "material_supplier": True} for number in range(20)
    ]
    shop.world.load(vendors, "vendor", *rows)
    for _ in range(5):
        shop.ordered()
    after = [statements(staff.server, partial(staff.get, path)) for path in ("/vendors", "/vendors/GOBI")]
    assert after <= before
