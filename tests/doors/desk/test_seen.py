"""Two people change the same thing: the second is shown both versions and loses nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from openacq.profiles import service as profiles
from openacq.requests import service as requests
from tests.doors.desk.staff import Staff
from tests.serving_fixture import Server
from tests.shop import Shop


@pytest.mark.parametrize(
    ("path", "form", "first", "second", "field"),
    [
        ("/vendors/CORNER/edit", 0, {"name": "Mine"}, {"name": "Theirs"}, "name"),
        (
            "/settings/codes/PurchaseType?code=PRINTED_BOOK_OT",
            "edit",
            {"description": "Mine"},
            {"description": "Theirs"},
            "description",
        ),
        (
            "/vendors/CORNER/account?account=CORNER-1",
            0,
            {"description": "Mine"},
            {"description": "Theirs"},
            "description",
        ),
        ("/settings/packing", 0, {"wait_minutes": "1"}, {"wait_minutes": "2"}, "wait_minutes"),
        (
            "/settings/approval/rule?name=Dear",
            0,
            {"vendors": "GOBI"},
            {"vendors": "OASIS"},
            "vendors",
        ),
        (
            "/settings/requests/rule?name=Guests",
            0,
            {"most_open": "3"},
            {"most_open": "7"},
            "most_open",
        ),
        ("/settings/rules/Watch", 0, {"vendors": "GOBI"}, {"vendors": "OASIS"}, "vendors"),
        ("/settings/profiles/order/WEB", 0, {"name": "Mine"}, {"name": "Theirs"}, "name"),
        (
            "/settings/users/patron1",
            "/settings/users/patron1",
            {"first_name": "Mine"},
            {"first_name": "Theirs"},
            "first_name",
        ),
        (
            "/settings/letters/request_rejected/en",
            "/settings/letters/request_rejected/en",
            {"subject": "Mine", "do": "save"},
            {"subject": "Theirs", "do": "save"},
            "subject",
        ),
    ],
    ids=[
        "vendor",
        "code",
        "account",
        "packing",
        "approval rule",
        "request rule",
        "rule",
        "profile",
        "user",
        "letter",
    ],
)
def test_who_comes_second_sees_both_and_may_save(
    server: Server,
    staff: Staff,
    shop: Shop,
    path: str,
    form: int | str,
    first: dict[str, str],
    second: dict[str, str],
    field: str,
) -> None:
    shop.world.load(profiles, "review_rule", {"name": "Watch", "libraries": "MAIN"})
    shop.world.load(profiles, "approval_rule", {"name": "Dear"})
    shop.world.load(requests, "request_rule", {"name": "Guests"})
    shop.world.load(profiles, "profile", {"code": "WEB", "name": "Web"})
    with Staff(server, shop.world) as other:
        other.sign_in()
        staff.get(path)
        other.get(path)
        staff.send(form, first)
        assert staff.status == 200
        other.send(form, second)
        assert other.status == 422
        assert "changed by somebody else while you had the form open" in other.wrong[0]
        (both,) = other.page.xpath("//*[@id='both']")
        assert first[field] in both.text_content()
        assert second[field] in both.text_content()
        assert other.value(field) == second[field]
        other.send(form, {"do": "save"} if "do" in second else {})
        assert other.status == 200
        assert other.told


@pytest.mark.parametrize(
    ("path", "form", "field"),
    [
        ("/vendors/CORNER/edit", 0, "name"),
        ("/settings/packing", 0, "wait_minutes"),
        ("/settings/approval/rule?name=Dear", 0, "vendors"),
    ],
    ids=["vendor", "packing", "approval rule"],
)
def test_of_several_who_save_at_once_one_does(
    server: Server, staff: Staff, shop: Shop, path: str, form: int, field: str
) -> None:
    shop.world.load(profiles, "approval_rule", {"name": "Dear"})
    typed = {"name": "Number {}", "wait_minutes": "10{}", "vendors": "GOBI;OASIS;CORNER"}[field]
    several = [Staff(server, shop.world).sign_in() for _ in range(3)]
    for one in several:
        one.get(path)
    ready = Barrier(len(several))

    def save(number: int) -> bool:
        ready.wait()
        value = ";".join(typed.split(";")[: number + 1]) if field == "vendors" else typed.format(number)
        several[number].send(form, {field: value})
        return several[number].status == 200

    with ThreadPoolExecutor(len(several)) as pool:
        saved = list(pool.map(save, range(3)))
    for one in several:
        one.client.close()
    assert saved.count(True) == 1
