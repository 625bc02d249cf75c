"""Settings: packing, approval rules, request rules and the order of review rules."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from openacq.profiles import service as profiles
from openacq.requests import service as requests
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop

PATHS = ("/packing", "/approval", "/approval/rule", "/requests", "/requests/rule")
RULES: dict[str, Any] = {
    "/settings/approval": (profiles, "approval_rule", profiles.approval_rules),
    "/settings/requests": (requests, "request_rule", requests.rules),
    "/settings/rules/-": (profiles, "review_rule", profiles.review_rules),
}
"""Where each kind of rule is moved and deleted; who loads it and reads it."""


def page_of(path: str) -> str:
    return path.removesuffix("/-")


@pytest.mark.parametrize("path", PATHS)
def test_rules_are_for_administrators(server: Server, staff: Staff, shop: Shop, path: str) -> None:
    staff.get(f"/settings{path}")
    assert staff.status == 200
    with Staff(server, shop.world, new_staff(server, shop.world, "54")) as other:
        other.sign_in()
        other.get(f"/settings{path}")
        assert other.status == 403


# -- packing ------------------------------------------------------------------------------------


def test_packing_is_set_with_its_history(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/packing")
    staff.send(0, {"automatic": [], "wait_minutes": "45", "most_lines": "7", "by_fund": "yes"})
    assert staff.told == "Saved."
    rule = shop.world.read(profiles.packaging_rule)
    assert (rule.automatic, rule.wait_minutes, rule.most_lines, rule.by_fund) == (False, 45, 7, True)
    assert "Most lines of one order" in staff.page.xpath("string(//*[@class='history'])")
    staff.send(0, {"automatic": "yes"})
    assert shop.world.read(profiles.packaging_rule).automatic


@pytest.mark.parametrize(
    "fields",
    [{"wait_minutes": ""}, {"most_lines": "0"}, {"most_lines": "251"}, {"wait_minutes": "soon"}],
    ids=str,
)
def test_packing_that_cannot_be_is_refused(staff: Staff, shop: Shop, fields: dict[str, str]) -> None:
    before = shop.world.read(profiles.packaging_rule)
    staff.get("/settings/packing")
    staff.send(0, {"by_fund": "yes", **fields})
    assert staff.status == 422
    ((name, typed),) = fields.items()
    assert staff.page.xpath(f"//*[@id='f-{name}-wrong']")
    assert staff.value(name) == typed
    assert staff.page.xpath("//input[@name='by_fund'][@checked]")
    assert shop.world.read(profiles.packaging_rule) == before


# -- approval -----------------------------------------------------------------------------------


def test_an_approval_rule_is_made_and_changed(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/approval")
    assert "every order is sent without approval" in staff.text
    staff.get("/settings/approval/rule")
    staff.send(
        0,
        {
            "name": "Dear/all",
            "methods": ["PURCHASE", "GIFT"],
            "libraries": "MAIN",
            "above": "1000",
            "currency": "USD",
            "vendors": "GOBI; OASIS",
        },
    )
    assert staff.told == "Rule “Dear/all” is saved."
    (row,) = staff.rows()
    for words in ("Purchase, Gift", "GOBI, OASIS", "$1,000.00", "must be approved"):
        assert words in row
    (rule,) = shop.world.read(profiles.approval_rules)
    assert (rule.methods, rule.vendors, rule.libraries) == (
        ("PURCHASE", "GIFT"),
        ("GOBI", "OASIS"),
        ("MAIN",),
    )
    staff.get("/settings/approval/rule", name="Dear/all")
    staff.send(0, {"methods": [], "above": "", "approval": "no", "enabled": []})
    (rule,) = shop.world.read(profiles.approval_rules)
    assert (rule.methods, rule.above, rule.approval, rule.enabled) == ((), None, False, False)
    staff.get("/settings/approval/rule", name="Dear/all")
    assert "PURCHASE; GIFT" in staff.page.xpath("string(//*[@class='history'])")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Taken"}, "name"),
        ({"above": "1.2.3"}, "above"),
        ({"above": "10", "currency": ""}, "currency"),
        ({"methods": "NONSENSE"}, "methods"),
        ({"vendors": "GOBY"}, "vendors"),
        ({"position": "first"}, "position"),
    ],
    ids=str,
)
def test_an_approval_rule_that_cannot_be_is_refused(
    staff: Staff, shop: Shop, fields: dict[str, str], field: str
) -> None:
    shop.world.load(profiles, "approval_rule", {"name": "Taken"})
    staff.get("/settings/approval/rule")
    staff.send(0, {"name": "Rule", "libraries": "MAIN", **fields})
    assert staff.status in (404, 409, 422)
    assert staff.wrong
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert staff.page.xpath("//input[@name='libraries'][@value='MAIN'][@checked]")
    assert len(shop.world.read(profiles.approval_rules)) == 1


def test_all_that_is_wrong_is_told_at_once(staff: Staff) -> None:
    staff.get("/settings/approval/rule")
    staff.send(0, {"name": "", "vendors": "GOBY", "above": "x"})
    assert {one.get("href") for one in staff.page.xpath("//*[@id='errors']//a")} == {
        "#f-name",
        "#f-vendors",
        "#f-above",
    }


# -- requests -----------------------------------------------------------------------------------


def test_a_request_rule_is_made_and_changed(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/requests/rule")
    staff.send(
        0,
        {
            "name": "Guests",
            "user_groups": "GUEST",
            "most_open": "2",
            "most_in_period": "5",
            "period_days": "14",
            "most_cost": "80",
            "currency": "USD",
            "required": ["author", "isbn_or_issn"],
            "formats": "P",
        },
    )
    assert staff.told == "Rule “Guests” is saved."
    (row,) = staff.rows()
    for words in (
        "Requests not decided yet: 2",
        "5 in 14 days",
        "Author, ISBN or ISSN",
        "Physical",
        "$80.00",
    ):
        assert words in row
    (rule,) = shop.world.read(requests.rules)
    assert (rule.user_groups, rule.most_open, rule.most_in_period) == (("GUEST",), 2, 5)
    assert (rule.period_days, rule.required, rule.formats) == (14, ("author", "isbn_or_issn"), ("P",))
    staff.get("/settings/requests/rule", name="Guests")
    staff.send(0, {"most_open": "", "required": [], "most_cost": "", "formats": []})
    (rule,) = shop.world.read(requests.rules)
    assert (rule.most_open, rule.required, rule.most_cost, rule.formats) == (None, (), None, ())
    assert rule.most_in_period == 5


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"most_open": "many"}, "most_open"),
        ({"period_days": "0"}, "period_days"),
        ({"most_cost": "80", "currency": ""}, "currency"),
        ({"required": "shoe_size"}, "required"),
        ({"user_groups": "NOBODY"}, "user_groups"),
    ],
    ids=str,
)
def test_a_request_rule_that_cannot_be_is_refused(
    staff: Staff, shop: Shop, fields: dict[str, str], field: str
) -> None:
    staff.get("/settings/requests/rule")
    staff.send(0, {"name": "Rule", "sources": "PRIMO", **fields})
    assert staff.status == 422
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert staff.page.xpath("//input[@name='sources'][@value='PRIMO'][@checked]")
    assert shop.world.read(requests.rules) == ()


def test_what_holds_for_all_requests_is_settled(staff: Staff, shop: Shop) -> None:
    shop.world.load(profiles, "profile", {"code": "ASK", "name": "Asked", "kind": "purchase_request"})
    staff.get("/settings/requests")
    staff.send("settled", {"merge": [], "import_profile": "ASK"})
    settled = shop.world.read(requests.settings)
    assert (settled.merge, settled.import_profile) == (False, "ASK")
    staff.send("settled", {"merge": "yes", "import_profile": ""})
    settled = shop.world.read(requests.settings)
    assert (settled.merge, settled.import_profile) == (True, "")
    staff.send("settled", {"import_profile": "GONE"})
    assert staff.status == 422
    assert staff.page.xpath("//*[@id='f-import_profile-wrong']")


# -- every kind ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", RULES)
def test_rules_are_asked_in_the_order_they_are_put_in(staff: Staff, shop: Shop, path: str) -> None:
    slice_, kind, read = RULES[path]
    shop.world.load(slice_, kind, *({"name": name} for name in ("One", "Two", "Three")))
    staff.get(page_of(path))
    staff.post(f"{path}/rank", {"name": "Three", "way": "earlier"})
    assert staff.told == "Rule “Three” is moved."
    assert [rule.name for rule in shop.world.read(read)] == ["One", "Three", "Two"]
    staff.post(f"{path}/rank", {"name": "One", "way": "later"})
    assert [rule.name for rule in shop.world.read(read)] == ["Three", "One", "Two"]
    staff.post(f"{path}/rank", {"name": "Three", "way": "earlier"})
    assert [rule.name for rule in shop.world.read(read)] == ["Three", "One", "Two"]
    staff.post(f"{path}/rank", {"name": "Four", "way": "earlier"})
    assert "not found" in staff.text
    staff.get(page_of(path))
    staff.post(f"{path}/rank", {"name": "One", "way": "away"})
    assert [rule.name for rule in shop.world.read(read)] == ["Three", "One", "Two"]


@pytest.mark.parametrize("path", RULES)
def test_a_rule_is_deleted_after_a_look(staff: Staff, shop: Shop, path: str) -> None:
    slice_, kind, read = RULES[path]
    shop.world.load(slice_, kind, {"name": "To <b>go</b>"}, {"name": "To stay"})
    staff.get(page_of(path))
    staff.post(f"{path}/drop", {"name": "To <b>go</b>"})
    assert "Delete the rule “To <b>go</b>”?" in staff.text
    assert len(shop.world.read(read)) == 2
    staff.send(0, {"sure": "yes"})
    assert staff.told == "Rule “To <b>go</b>” is deleted."
    assert [rule.name for rule in shop.world.read(read)] == ["To stay"]
    staff.post(f"{path}/drop", {"name": "To <b>go</b>", "sure": "yes"})
    assert "not found" in staff.text


@pytest.mark.parametrize("path", ["/settings/approval/rule", "/settings/requests/rule"])
def test_a_rule_that_is_not_there_is_not_found(staff: Staff, path: str) -> None:
    staff.get(path, name="nonsense")
    assert staff.status == 404


@pytest.mark.parametrize("path", RULES)
def test_statements_do_not_grow_with_rules(staff: Staff, shop: Shop, path: str) -> None:
    slice_, kind, _ = RULES[path]
    shop.world.load(slice_, kind, {"name": "One", **_criteria(kind)})
    before = statements(staff.server, partial(staff.get, page_of(path)))
    shop.world.load(slice_, kind, *({"name": f"Rule {n}", **_criteria(kind)} for n in range(20)))
    assert statements(staff.server, partial(staff.get, page_of(path))) == before
    assert len(staff.rows()) == 21


def _criteria(kind: str) -> dict[str, str]:
    if kind == "request_rule":
        return {"user_groups": "GUEST; STAFF", "roles": "26; 54", "formats": "P", "citation_types": "BOOK"}
    return {"vendors": "GOBI; OASIS", "methods": "PURCHASE", "libraries": "MAIN"}
