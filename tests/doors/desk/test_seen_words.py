"""What two people wrote is told in words with their codes, on every form that shows both."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.directory import service as directory
from openacq.ledger import service as ledger
from openacq.profiles import service as profiles
from openacq.requests import service as requests
from tests.doors.desk.staff import Staff
from tests.serving_fixture import Server
from tests.shop import Shop

DASH = "\N{EN DASH}"
BOTH = "//*[@id='both']//tbody/tr"


def told(staff: Staff) -> dict[str, tuple[str, str]]:
    """Field in words → as it is now, as it was typed."""
    found = {}
    for row in staff.page.xpath(BOTH):
        field, now, typed = (" ".join(cell.text_content().split()) for cell in row.xpath("th|td"))
        found[field] = (now, typed)
    return found


def both(server: Server, staff: Staff, path: str, form: int | str, first: Any, second: Any) -> dict[str, Any]:
    """What the second of two people is told."""
    with Staff(server, staff.world) as other:
        other.sign_in()
        staff.get(path)
        other.get(path)
        staff.send(form, first)
        assert staff.status == 200
        other.send(form, second)
        assert other.status == 422
        return told(other)


CASES: dict[str, tuple[str, int | str, dict[str, Any], dict[str, Any], dict[str, tuple[str, str]]]] = {
    "vendor": (
        "/vendors/CORNER/edit",
        0,
        {"kind": "gobi", "status": "INACTIVE", "library": ["MAIN"], "licensor": "yes", "language": "de"},
        {"kind": "oasis", "library": ["BRANCH"], "name": "a; b"},
        {
            "Name": ("Corner Bookshop", "a; b"),
            "Kind": ("GOBI", "OASIS"),
            "Status": ("not active (INACTIVE)", "active"),
            "licensor": ("yes", "no"),
            "Only for": ("Main Library (MAIN)", "Branch Library (BRANCH)"),
            "Language of letters": ("German (de)", "as the institution"),
        },
    ),
    "account": (
        "/vendors/CORNER/account?account=CORNER-1",
        0,
        {"send_orders": "folder", "payment_method": ["CASH"], "claiming_interval": "3"},
        {"payment_method": ["CASH", "CREDITCARD"]},
        {
            "Orders are sent": ("as files (folder)", "by e-mail (mail)"),
            "Ways of paying": ("Cash", "Cash; Credit Card (CREDITCARD)"),
            "Claimed after days": ("3", DASH),
        },
    ),
    "packing": (
        "/settings/packing",
        0,
        {"by_fund": "yes", "automatic": []},
        {"by_fund": [], "automatic": "yes", "wait_minutes": "9"},
        {
            "Packed by itself": ("no", "yes"),
            "Never two funds in one order": ("yes", "no"),
        },
    ),
    "approval rule": (
        "/settings/approval/rule?name=Dear",
        0,
        {"methods": ["GIFT"], "vendors": "GOBI", "approval": "no"},
        {"methods": ["PURCHASE"], "vendors": "OASIS; CORNER", "libraries": ["MAIN"]},
        {
            "Acquisition methods": ("Gift", "Purchase"),
            "Vendors": ("GOBI Library Solutions (GOBI)", "OASIS; Corner Bookshop (CORNER)"),
            "Libraries": (DASH, "Main Library (MAIN)"),
            "Then the order": ("goes on without", "must be approved"),
        },
    ),
    "review rule": (
        "/settings/rules/Watch",
        0,
        {"methods": "GIFT; PURCHASE", "funds": "HIST", "review": "no", "line_types": "PRINTED_BOOK_OT"},
        {"methods": "", "funds": "HIST; NONSENSE", "libraries": "BRANCH", "enabled": []},
        {
            "Is asked": ("yes", "no"),
            "Acquisition methods": ("Gift; Purchase", DASH),
            "Libraries": ("Main Library (MAIN)", "Branch Library (BRANCH)"),
            "Funds": ("History (HIST)", "History (HIST); NONSENSE"),
            "Then the order": ("goes on", "waits for review"),
        },
    ),
    "request rule": (
        "/settings/requests/rule?name=Guests",
        0,
        {"user_groups": ["GUEST"], "formats": ["P"], "required": ["isbn"]},
        {"formats": ["E"]},
        {
            "User groups": ("Guest", DASH),
            "Formats": ("Physical (P)", "Electronic (E)"),
            "Needed fields": ("ISBN", DASH),
        },
    ),
    "profile": (
        "/settings/profiles/order/WEB",
        0,
        {"duplicates": "block", "use_access_model": "yes"},
        {"duplicates": "allow"},
        {"A title that is held or on order already": ("is refused (block)", "is let through (allow)")},
    ),
    "code": (
        "/settings/codes/PurchaseType?code=PRINTED_BOOK_OT",
        "edit",
        {"enabled": []},
        {"enabled": "yes", "description": "Theirs"},
        {"May be used": ("no", "yes")},
    ),
    "limits": (
        "/funds/{fund}/limits",
        0,
        {"overencumbrance_allowed": "NO", "own_rules": "yes"},
        {"overencumbrance_allowed": "NO_LIMITS"},
        {"Orders beyond what is allocated": ("refused (NO)", "allowed, without a word (NO_LIMITS)")},
    ),
}


@pytest.fixture
def things(shop: Shop) -> None:
    shop.world.load(profiles, "review_rule", {"name": "Watch", "libraries": "MAIN"})
    shop.world.load(profiles, "approval_rule", {"name": "Dear"})
    shop.world.load(requests, "request_rule", {"name": "Guests"})
    shop.world.load(profiles, "profile", {"code": "WEB", "name": "Web"})
    shop.world.load(directory, "library", {"code": "BRANCH", "name": "Branch Library"})


@pytest.mark.usefixtures("things")
@pytest.mark.parametrize("name", CASES)
def test_both_versions_are_told_in_words(server: Server, staff: Staff, shop: Shop, name: str) -> None:
    path, form, first, second, expected = CASES[name]
    fund = shop.world.read(lambda tx: ledger.fund(tx, "HIST"))
    found = both(server, staff, path.format(fund=fund.id), form, first, second)
    assert {field: found.get(field) for field in expected} == expected


@pytest.mark.usefixtures("things")
def test_both_versions_are_told_in_german(server: Server, staff: Staff) -> None:
    staff.get("/vendors?lang=de")
    with Staff(server, staff.world) as other:
        other.sign_in()
        for one in (staff, other):
            one.get("/vendors/CORNER/edit?lang=de")
        staff.send(0, {"status": "INACTIVE", "licensor": "yes"})
        other.send(0, {"name": "<b>Bold</b>", "library": ["MAIN", "<i>x</i>"]})
        found = told(other)
    assert found["Status"] == ("nicht aktiv (INACTIVE)", "aktiv (ACTIVE)")
    assert ("ja", "nein") in found.values()
    assert "<b>Bold</b>" in found["Name"][1]
    assert found["Nur für"][1] == "Main Library (MAIN); <i>x</i>"
    assert not other.page.xpath(f"{BOTH}//b | {BOTH}//i")
