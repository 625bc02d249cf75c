"""The limits of funds on the screen."""

from __future__ import annotations

from functools import partial

import pytest

from openacq.ledger import service as ledger
from openacq.ledger.model import Allowed, Fund
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop, order


def fund(shop: Shop, code: str) -> Fund:
    period = shop.world.read(ledger.current_period)
    branches = shop.world.read(lambda tx: ledger.tree(tx, period.id))
    found = next(branch.fund for branch in branches if branch.fund.code == code)
    assert isinstance(found, Fund)
    return found


def limits(shop: Shop, code: str) -> str:
    return f"/funds/{fund(shop, code).id}/limits"


def test_a_fund_may_go_further_and_an_order_goes_through(staff: Staff, shop: Shop) -> None:
    short = order(fund_distribution=[{"fund_code": {"value": "POOR"}, "percent": 100}])
    assert shop.ordered(short)["status"]["value"] == "INREVIEW"
    staff.get(limits(shop, "POOR"))
    staff.send(
        0,
        {
            "own_rules": "yes",
            "overencumbrance_allowed": "YES",
            "overencumbrance_limit_percent": "1000",
            "overexpenditure_limit_sum": "12.50",
        },
    )
    assert staff.told == "Saved."
    assert "beyond what is allocated by 1000 %." in staff.text
    again = order(fund_distribution=[{"fund_code": {"value": "POOR"}, "percent": 100}])
    assert shop.ordered(again)["status"]["value"] != "INREVIEW"
    assert shop.world.differences() == []
    staff.get(limits(shop, "POOR"))
    assert staff.value("overexpenditure_limit_sum") == "12.50"
    assert staff.name in staff.page.xpath("string(//*[@class='history'])")
    staff.send(0, {"own_rules": "no"})
    now = fund(shop, "POOR")
    assert (now.own_rules, now.rules.overencumbrance) == (False, Allowed.NO)


def test_what_is_below_a_ledger_follows_it(staff: Staff, shop: Shop) -> None:
    staff.get(limits(shop, "BOOKS"))
    assert "It holds for these too: ART, HIST, POOR, SCIENCE." in staff.text
    assert not staff.page.xpath("//input[@name='own_rules']")
    staff.send(0, {"overencumbrance_allowed": "NO_LIMITS"})
    assert staff.told == "Saved; 4 funds below it follow."
    assert fund(shop, "ART").rules.overencumbrance is Allowed.NO_LIMITS


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"overencumbrance_allowed": "MAYBE"}, "overencumbrance_allowed"),
        ({"overencumbrance_allowed": ""}, "overencumbrance_allowed"),
        ({"overencumbrance_limit_percent": "lots"}, "overencumbrance_limit_percent"),
        ({"overencumbrance_warning_percent": "1001"}, "overencumbrance_warning_percent"),
        ({"overexpenditure_warning_sum": "-1"}, "overexpenditure_warning_sum"),
        ({"encumbrances_prior_to_fiscal_period": "9999"}, "encumbrances_prior_to_fiscal_period"),
    ],
    ids=str,
)
def test_limits_that_cannot_be_are_refused(
    staff: Staff, shop: Shop, fields: dict[str, str], field: str
) -> None:
    before = fund(shop, "HIST")
    staff.get(limits(shop, "HIST"))
    staff.send(0, {"own_rules": "yes", "overexpenditure_limit_sum": "77", **fields})
    assert staff.status == 422
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert staff.value("overexpenditure_limit_sum") == "77"
    assert fund(shop, "HIST") == before


def test_who_comes_second_sees_both(server: Server, staff: Staff, shop: Shop) -> None:
    path = limits(shop, "HIST")
    with Staff(server, shop.world) as other:
        other.sign_in()
        other.get(path)
        staff.get(path)
        staff.send(0, {"own_rules": "yes", "overencumbrance_allowed": "YES"})
        other.send(0, {"own_rules": "yes", "overencumbrance_allowed": "NO_LIMITS"})
        assert other.status == 422
        (both,) = other.page.xpath("//*[@id='both']")
        assert "NO_LIMITS" in both.text_content()
        other.send(0)
        assert other.told == "Saved."
    assert fund(shop, "HIST").rules.overencumbrance is Allowed.NO_LIMITS


def test_limits_are_for_those_who_manage_funds(server: Server, staff: Staff, shop: Shop) -> None:
    path = limits(shop, "HIST")
    staff.get(path)
    assert staff.status == 200
    with Staff(server, shop.world, new_staff(server, shop.world, "55")) as other:
        other.sign_in()
        other.get(path)
        assert other.status == 403
        other.get(path.removesuffix("/limits"))
        assert not other.page.xpath("//a[contains(@href, '/limits')]")
    staff.get("/funds/999999/limits")
    assert staff.status == 404


def test_statements_do_not_grow_with_funds(staff: Staff, shop: Shop) -> None:
    path = limits(shop, "BOOKS")
    before = statements(staff.server, partial(staff.get, path))
    rows: list[dict[str, object]] = [
        {"code": f"F{n}", "name": f"Fund {n}", "parent": "BOOKS"} for n in range(15)
    ]
    shop.world.load(ledger, "fund", *rows)
    assert statements(staff.server, partial(staff.get, path)) == before
