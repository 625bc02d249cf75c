"""Signing in and out of the desks, sessions, tokens of forms, headers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from openacq.doors.pages.entrance import cookie
from openacq.kernel.clock import FixedClock
from tests.doors.desk.staff import PASSWORD, Staff, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop, order


def test_nobody_sees_a_page_without_signing_in_and_then_gets_the_one_asked_for(
    server: Server, shop: Shop
) -> None:
    with Staff(server, shop.world) as staff:
        staff.get("/orders", state="SENT")
        assert staff.path == "/desk/sign-in"
        assert "after=%2Fdesk%2Forders%3Fstate%3DSENT" in str(staff.answer.url)  # type: ignore[union-attr]
        staff.send(0, {"name": staff.name, "password": PASSWORD, "institution": staff.code})
        assert staff.path == "/desk/orders"
        assert staff.answer.url.query == b"state=SENT"  # type: ignore[union-attr]
        assert "Robin Reader" in staff.text


@pytest.mark.parametrize(
    "after", ["https://evil.example/", "//evil.example/", "/openacq/v1/x", "/desk\\x", ""]
)
def test_signing_in_leads_nowhere_else(server: Server, shop: Shop, after: str) -> None:
    with Staff(server, shop.world) as staff:
        staff.sign_in(after=after)
        assert staff.path == "/desk/tasks"


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper()])
def test_a_wrong_password_is_told_of_without_saying_which_is_wrong(
    server: Server, shop: Shop, password: str
) -> None:
    with Staff(server, shop.world) as staff:
        staff.sign_in(password)
        assert staff.wrong[0].startswith("Name and password do not fit together.")
        known = staff.wrong
        staff.get("/sign-in", institution=staff.code)
        staff.send(0, {"name": "nobody", "password": password, "institution": staff.code})
        assert staff.wrong == known
        assert staff.value("name") == "nobody"


def test_too_many_attempts_wait(server: Server, shop: Shop) -> None:
    with Staff(server, shop.world) as staff:
        for _ in range(10):
            staff.sign_in("wrong")
        staff.sign_in()
        assert staff.wrong[0].startswith("Too many attempts")


def test_a_patron_finds_no_desk(server: Server, shop: Shop) -> None:
    name = new_staff(server, shop.world, "200", record_type="PUBLIC")
    with Staff(server, shop.world, name) as patron:
        patron.sign_in()
        assert "has no role at any desk" in patron.wrong[0]


def test_the_demo_s_password_is_good_on_this_machine_only(server: Server, shop: Shop) -> None:
    name = new_staff(server, shop.world, password="demo")
    with Staff(server, shop.world, name) as staff:
        staff.client.headers["X-Forwarded-For"] = "203.0.113.9"
        staff.sign_in("demo")
        assert staff.wrong
        del staff.client.headers["X-Forwarded-For"]
        staff.sign_in("demo")
        assert staff.path == "/desk/tasks"


def test_a_session_ends_when_it_is_not_used(staff: Staff, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=9).total_seconds())
    staff.get("/orders")
    assert staff.path == "/desk/orders"
    clock.advance(timedelta(hours=9).total_seconds())
    staff.get("/orders")
    assert staff.path == "/desk/orders"
    clock.advance(timedelta(hours=11).total_seconds())
    staff.get("/orders")
    assert staff.path == "/desk/sign-in"


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(staff: Staff) -> None:
    kept = dict(staff.client.cookies)
    token = staff.page.xpath("//form[@action='/desk/sign-out']//input[@name='_form']/@value")[0]
    staff.client.post("/desk/sign-out", data={"_form": token})
    staff.client.cookies.update(kept)
    staff.get("/orders")
    assert staff.path == "/desk/sign-in"


def test_the_cookie_is_out_of_reach_and_the_secret_is_kept_as_a_hash(staff: Staff, server: Server) -> None:
    with Staff(server, staff.world, staff.name) as other:
        other.get("/sign-in", institution=other.code)
        answer = other.client.post(
            "/desk/sign-in",
            data={
                "_form": other.page.xpath("//input[@name='_form']/@value")[0],
                "name": other.name,
                "password": PASSWORD,
                "institution": other.code,
            },
        )
        cookie = next(
            value for value in answer.headers.get_list("set-cookie") if value.startswith("openacq_desk=")
        )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    secret = re.match(r"openacq_desk=([^;]+)", cookie)
    assert secret is not None
    with server.store.reader.connect() as conn:
        kept = conn.exec_driver_sql("SELECT hash FROM credentials WHERE kind = 'session'").scalars().all()
    assert kept
    assert secret[1] not in kept


def test_a_server_behind_https_marks_its_cookies(server: Server, shop: Shop) -> None:
    kept = cookie("openacq_desk", "secret", 60, secure=True)
    assert kept == "openacq_desk=secret; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
    with Staff(server, shop.world) as staff:
        assert "Secure" not in staff.client.get("/desk/sign-in").headers["set-cookie"]


def test_pages_carry_strict_headers(staff: Staff) -> None:
    staff.get("/tasks")
    assert staff.answer is not None
    headers = staff.answer.headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert not staff.page.xpath("//@style | //style | //script[not(@src)] | //@onclick")


@pytest.mark.parametrize("token", ["", "0" * 40, "ü"])
def test_a_form_without_its_token_is_refused(staff: Staff, shop: Shop, token: str) -> None:
    line = shop.ordered(order(fund_distribution=None))
    answer = staff.client.post(
        f"/desk/orders/lines/{line['number']}/move", data={"_form": token, "event": "order now"}
    )
    assert answer.status_code == 403
    assert "did not come from this page" in answer.text


@pytest.mark.parametrize("header", [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")])
def test_a_form_from_elsewhere_is_refused_though_it_has_the_token(
    staff: Staff, header: tuple[str, str]
) -> None:
    staff.get("/keys")
    token = staff.page.xpath("//input[@name='_form']/@value")[0]
    answer = staff.client.post(
        "/desk/keys", data={"_form": token, "keys": "off"}, headers={header[0]: header[1]}
    )
    assert answer.status_code == 403


def test_a_session_that_ended_leads_back_to_the_form_with_everything_typed(
    staff: Staff, clock: FixedClock
) -> None:
    staff.get("/orders/new", blank=1)
    clock.advance(timedelta(hours=11).total_seconds())
    typed = {"title": "Half <typed> & kept", "price.sum": "12.50", "owner": "MAIN", "do": "save"}
    staff.send("order", typed)
    assert "Your session has ended" in staff.text
    staff.send(0, {"name": staff.name, "password": PASSWORD, "institution": staff.code})
    assert staff.status == 422
    assert "signed in again and nothing was sent yet" in staff.wrong[0]
    assert staff.value("title") == "Half <typed> & kept"
    assert staff.value("price.sum") == "12.50"
    staff.send("order", {"do": "save"})
    assert "is ordered" in staff.told


@pytest.mark.parametrize(
    ("path", "form", "typed", "kept"),
    [
        (
            "/vendors/GOBI/edi",
            "sheet",
            {"edi_info.password": "my horse", "edi_info.server_name": "ftp.gobi.example"},
            "edi_info.server_name",
        ),
        ("/settings/users/new", 0, {"password": "my horse", "first_name": "Half typed"}, "first_name"),
    ],
)
def test_a_session_that_ended_keeps_no_password_in_a_page(
    staff: Staff, clock: FixedClock, path: str, form: int | str, typed: dict[str, str], kept: str
) -> None:
    staff.get(path)
    clock.advance(timedelta(hours=11).total_seconds())
    staff.send(form, typed)
    assert "Your session has ended" in staff.text
    assert staff.answer is not None
    assert "my horse" not in staff.answer.text
    staff.send(0, {"name": staff.name, "password": PASSWORD, "institution": staff.code})
    assert staff.status == 422
    assert staff.value(kept) == typed[kept]
    assert "my horse" not in staff.answer.text


def test_what_a_stranger_sends_is_not_kept(server: Server, shop: Shop) -> None:
    with Staff(server, shop.world) as staff:
        answer = staff.client.post(
            "/desk/orders/new", data={"title": "planted"}, headers={"Origin": "https://evil.example"}
        )
        assert answer.status_code == 401
        assert "planted" not in answer.text


def test_roles_open_pages_and_libraries(server: Server, shop: Shop) -> None:
    line = shop.ordered(order(fund_distribution=None))
    name = new_staff(server, shop.world, "37")
    with Staff(server, shop.world, name) as receiver:
        receiver.sign_in()
        receiver.get(f"/orders/lines/{line['number']}/edit")
        assert receiver.status == 403
        receiver.get("/keys")
        receiver.post(f"/orders/lines/{line['number']}/move", {"event": "order now"})
        assert receiver.status == 403
    elsewhere = new_staff(server, shop.world, "55@SCI")
    with Staff(server, shop.world, elsewhere) as other:
        other.sign_in()
        assert other.rows() == []
        other.get("/keys")
        other.post(f"/orders/lines/{line['number']}/move", {"event": "order now"})
        assert other.status == 403
    mixed = new_staff(server, shop.world, "54", "55@SCI")
    with Staff(server, shop.world, mixed) as buyer:
        buyer.sign_in()
        buyer.post("/tasks/review", {"do": "order", "number": line["number"]})
        assert buyer.status == 403, "who may review for one library orders for another"
    assert shop.line(line["number"])["status"]["value"] == "INREVIEW"
