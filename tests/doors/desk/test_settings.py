"""Settings: code tables, profiles, review rules and their tester, letters, keys, users."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
import pytest

from openacq.codes import service as codes
from openacq.codes.model import CodeRow
from openacq.directory import service as directory
from openacq.letters import service as letters
from openacq.profiles import service as profiles
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import PASSWORD, Staff, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop, order

DASH = "\N{EN DASH}"

PATHS = (
    "",
    "/codes",
    "/codes/PurchaseType",
    "/profiles",
    "/rules",
    "/letters",
    "/letters/order/en",
    "/keys",
    "/users",
)


def row_of(staff: Staff, word: str) -> str:
    return next(row for row in staff.rows() if row.startswith(word))


@pytest.mark.parametrize("path", PATHS)
def test_settings_are_for_administrators(server: Server, staff: Staff, shop: Shop, path: str) -> None:
    staff.get(f"/settings{path}")
    assert staff.status == 200
    with Staff(server, shop.world, new_staff(server, shop.world, "54")) as other:
        other.sign_in()
        other.get(f"/settings{path}")
        assert other.status == 403


# -- code tables --------------------------------------------------------------------------------


def test_a_row_differs_and_is_put_back(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/codes/PR_RejectReasons")
    code = staff.page.xpath("//tr[@data-row]/th/text()")[0]
    words = staff.page.xpath("//tr[@data-row]/td[1]/text()")[0].strip()
    staff.get("/settings/codes/PR_RejectReasons", code=code)
    staff.send("edit", {"description": "Too <i>dear</i>", "enabled": []})
    assert staff.told == f"{code} is saved."
    assert f"was “{words}”" in row_of(staff, code)
    assert "was on" in row_of(staff, code)
    staff.get("/settings/codes")
    assert "1 row" in row_of(staff, "PR_RejectReasons")
    staff.get("/settings/codes/PR_RejectReasons")
    staff.send("/back")
    row = shop.world.read(lambda tx: codes.row(tx, "PR_RejectReasons", code))
    assert (row.description, row.enabled) == (words, True)
    staff.send(0)  # undo
    row = shop.world.read(lambda tx: codes.row(tx, "PR_RejectReasons", code))
    assert (row.description, row.enabled) == ("Too <i>dear</i>", False)
    assert staff.name in staff.page.xpath("string(//*[@class='history'])")


def test_a_code_of_ones_own_is_added(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/codes/PurchaseType", new="yes")
    staff.send(
        "edit", {"code": "BOARD_GAME", "description": "Board game", "attributes": "inventory=physical\n"}
    )
    assert "your own" in row_of(staff, "BOARD_GAME")
    row = shop.world.read(lambda tx: codes.row(tx, "PurchaseType", "BOARD_GAME"))
    assert dict(row.attributes) == {"inventory": "physical"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "PRINTED_BOOK_OT"}, "code"),
        ({"description": ""}, "description"),
        ({"attributes": "nonsense"}, "attributes"),
    ],
    ids=str,
)
def test_a_code_that_cannot_be_is_refused(staff: Staff, fields: dict[str, str], field: str) -> None:
    staff.get("/settings/codes/PurchaseType", new="yes")
    staff.send("edit", {"code": "NEW", "description": "New", **fields})
    assert staff.status in (409, 422)
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")


@pytest.mark.parametrize(
    "path",
    [
        "/codes/Nonsense",
        "/rules/nonsense",
        "/profiles/order/nonsense",
        "/profiles/nonsense/new",
        "/letters/nonsense/en",
        "/users/nobody",
    ],
)
def test_what_is_not_there_is_not_found(staff: Staff, path: str) -> None:
    staff.get(f"/settings{path}")
    assert staff.status == 404


# -- rules and profiles -------------------------------------------------------------------------


def test_a_rule_is_made_tested_and_catches(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/rules/new")
    staff.send(0, {"name": "Dear ones", "price_above": "40", "currency": "USD", "vendors": "GOBI; OASIS"})
    assert staff.told == "Rule “Dear ones” is saved."
    staff.get("/settings/rules", vendor="GOBI", price="45", currency="USD")
    assert "Rule “Dear ones” sends it to review." in staff.text
    staff.get("/settings/rules", vendor="CORNER", price="45", currency="USD")
    assert "No rule speaks of it" in staff.text
    line = shop.ordered(order())
    assert line["status"]["value"] == "INREVIEW"
    staff.get("/settings/rules", line=line["number"])
    assert "Rule “Dear ones” sends it to review." in staff.text


def test_a_criterion_can_be_taken_away(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/rules/new")
    staff.send(0, {"name": "Watch", "vendors": "GOBI", "libraries": "MAIN"})
    staff.get("/settings/rules/Watch")
    staff.send(0, {"vendors": "", "review": "no"})
    (rule,) = shop.world.read(profiles.review_rules)
    assert (rule.vendors, rule.libraries, rule.review) == ((), ("MAIN",), False)
    staff.get("/settings/rules/Watch")
    changed = {tuple(cell.text_content() for cell in row.xpath("td")[2:]) for row in history_of(staff)}
    assert {("Vendors", "GOBI", DASH), ("Waits for review", "yes", "no")} <= changed
    assert ("Libraries", DASH, "MAIN") in changed


def history_of(staff: Staff) -> list[Any]:
    rows: list[Any] = staff.page.xpath("//*[@class='history']//tbody/tr")
    return rows


def test_the_history_of_a_profile_names_its_fields(staff: Staff) -> None:
    staff.get("/settings/profiles/order/new")
    staff.send(0, {"code": "WEB", "name": "Web", "match": "isbn", "duplicates": "alert"})
    staff.get("/settings/profiles/order/WEB")
    staff.send(0, {"duplicates": "block", "block_invalid_fund": "yes"})
    staff.get("/settings/profiles/order/WEB")
    changed = {tuple(cell.text_content() for cell in row.xpath("td")[2:]) for row in history_of(staff)}
    assert ("A title that is held or on order already", "alert", "block") in changed
    assert ("its fund is unknown or cannot pay", DASH, "yes") in changed


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"price_above": "1.2.3", "currency": "USD"}, "price_above"),
        ({"price_above": "10", "currency": ""}, "currency"),
        ({"methods": "NONSENSE"}, "methods"),
        ({"default": "yes", "vendors": "GOBI"}, "default"),
    ],
    ids=str,
)
def test_a_rule_that_cannot_be_is_refused(staff: Staff, fields: dict[str, str], field: str) -> None:
    staff.get("/settings/rules/new")
    staff.send(0, {"name": "Rule", **fields})
    assert staff.status in (409, 422)
    assert any(field in wrong or staff.page.xpath(f"//*[@id='f-{field}-wrong']") for wrong in staff.wrong)


@pytest.mark.parametrize("asked", [{"line": "POL-999999"}, {"price": "x", "currency": "USD"}], ids=str)
def test_a_test_that_cannot_be_says_why(staff: Staff, asked: dict[str, str]) -> None:
    staff.get("/settings/rules", **asked)
    assert staff.status == 422
    assert staff.wrong


def test_a_profile_decides_about_duplicates(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/profiles/order/new")
    staff.send(
        0, {"code": "WEB", "name": "Web shop", "default": "yes", "duplicates": "block", "match": "isbn oclc"}
    )
    assert staff.told == "Profile “Web shop” is saved."
    profile = shop.world.read(lambda tx: profiles.order_profile(tx, None))
    assert (profile.code, profile.duplicates.value, profile.match) == ("WEB", "block", ("isbn", "oclc"))
    staff.get("/settings/profiles/order/WEB")
    staff.send(0, {"match": "isbn nonsense"})
    assert staff.status == 422
    assert staff.page.xpath("//*[@id='f-match-wrong']")


# -- letters ------------------------------------------------------------------------------------


def test_a_wording_is_tried_saved_and_taken_back(staff: Staff, shop: Shop) -> None:
    path = "/settings/letters/request_rejected/en"
    staff.get(path)
    staff.send(path, {"subject": "Sorry, {{ user.name }}", "do": "preview"})
    assert "Sorry, Alex Reader" in staff.text
    assert not shop.world.read(lambda tx: letters.template(tx, "request_rejected", "en")).own
    staff.send(path, {"do": "save"})
    assert staff.told == "The wording is saved."
    assert shop.world.read(lambda tx: letters.template(tx, "request_rejected", "en")).own == {"subject"}
    staff.send("/back")
    assert not shop.world.read(lambda tx: letters.template(tx, "request_rejected", "en")).own


def test_a_wording_that_cannot_be_is_refused_and_kept_in_the_form(staff: Staff) -> None:
    path = "/settings/letters/request_rejected/en"
    staff.get(path)
    staff.send(path, {"subject": "{{ nonsense }}", "do": "save"})
    assert staff.wrong
    assert staff.value("subject") == "{{ nonsense }}"


def test_the_preview_runs_nothing(staff: Staff) -> None:
    staff.get("/settings/letters/order/en/preview")
    assert staff.answer is not None
    assert staff.answer.headers["content-security-policy"].endswith("sandbox")


def test_a_kind_is_switched_off_and_on(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/letters")
    form = next(one for one in staff.page.xpath("//main//form") if one.fields.get("kind") == "claim")
    staff.post("/settings/letters", dict(form.form_values()))
    cards = {card.code: card.enabled for card in shop.world.read(letters.kinds)}
    assert cards["claim"] is False
    staff.send(0)  # undo
    cards = {card.code: card.enabled for card in shop.world.read(letters.kinds)}
    assert cards["claim"] is True


# -- keys ---------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_works(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/keys")
    fields = dict(staff.fields(staff.form("new")))
    fields |= {"name": "GOBI's shop", "vendor": "GOBI", "area-acq": "write", "funds": "HIST, ART"}
    staff.post("/settings/keys", fields)
    secret = staff.page.xpath("string(//*[@id='secret'])")
    headers = {"Authorization": f"apikey {secret}", "Accept": "application/json"}
    answer = httpx.get(f"{shop.url}/almaws/v1/acq/funds", headers=headers, timeout=30)
    assert {fund["code"] for fund in answer.json()["fund"]} == {"HIST", "ART"}
    staff.post("/settings/keys", fields)
    assert "its secret was shown the first time" in staff.text
    staff.get("/settings/keys")
    assert secret not in staff.page.text_content()
    assert len([row for row in staff.rows() if "GOBI's shop" in row]) == 1


def test_a_key_is_revoked_after_a_look(staff: Staff, shop: Shop, server: Server) -> None:
    server.new_key(shop.world.institution, name="To go")
    staff.get("/settings/keys")
    form = next(
        row.xpath(".//form")[0]
        for row in staff.page.xpath("//tr[@data-row]")
        if "To go" in row.text_content()
    )
    staff.post("/settings/keys/revoke", dict(form.form_values()))
    assert "Revoke “To go”?" in staff.text
    staff.send(0, {"sure": "yes"})
    assert staff.told == "Key “To go” is revoked."
    key = next(key for key in shop.world.read(directory.api_keys) if key.name == "To go")
    assert key.revoked is not None


def test_a_key_is_called_otherwise_and_stays_what_it_is(server: Server, staff: Staff, shop: Shop) -> None:
    secret = server.new_key(shop.world.institution, name="Old name", areas={"acq": "read"})
    staff.get("/settings/keys")
    (link,) = staff.page.xpath("//th/a[text()='Old name']/@href")
    path = link.removeprefix("/desk")
    with Staff(server, shop.world) as other:
        other.sign_in()
        for one in (staff, other):
            one.get(path)
        staff.send(path, {"name": "New <b>name</b>"})
        assert staff.told == "Saved."
        assert "New <b>name</b>" in staff.text
        assert "Old name" in staff.page.xpath("string(//*[@class='history'])")
        other.send(path, {"name": "Theirs"})
        assert other.status == 422
        (both,) = other.page.xpath("//*[@id='both']")
        assert "New <b>name</b>" in both.text_content()
        assert "Theirs" in both.text_content()
        assert other.value("name") == "Theirs"
    headers = {"Authorization": f"apikey {secret}", "Accept": "application/json"}
    assert httpx.get(f"{shop.url}/almaws/v1/acq/funds", headers=headers, timeout=30).status_code == 200
    for name in ("", "  ", "x" * 300):
        staff.get(path)
        staff.send(path, {"name": name})
        assert staff.status == 422
        assert staff.page.xpath("//*[@id='f-name-wrong']")
    names = [key.name for key in shop.world.read(directory.api_keys)]
    assert "New <b>name</b>" in names
    assert "Old name" not in names


def test_a_key_of_another_institution_and_a_revoked_one_keep_their_names(
    server: Server, staff: Staff, shop: Shop, elsewhere: Staff
) -> None:
    server.new_key(shop.world.institution, name="Kept")
    key = next(key for key in shop.world.read(directory.api_keys) if key.name == "Kept")
    path = f"/settings/keys/{key.id}"
    elsewhere.get(path)
    assert elsewhere.status == 404
    elsewhere.get("/settings/keys")
    elsewhere.post(path, {"name": "Taken"})
    assert elsewhere.status == 404
    shop.world.write(lambda tx: directory.revoke_key(tx, str(key.id)))
    staff.get(path)
    assert not staff.page.xpath("//main//form")
    staff.get("/settings/keys")
    staff.post(path, {"name": "Taken"})
    assert staff.wrong
    assert "Taken" not in [key.name for key in shop.world.read(directory.api_keys)]


@pytest.mark.parametrize("path", ["/settings/keys/99", "/settings/keys/x", "/settings/keys/%00"])
def test_a_key_that_is_not_there_is_not_found(staff: Staff, path: str) -> None:
    staff.get(path)
    assert staff.status == 404


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"name": ""}, "name"), ({"area-acq": ""}, "areas"), ({"rate_limit": "many"}, "rate_limit")],
    ids=str,
)
def test_a_key_that_cannot_be_is_refused(staff: Staff, fields: dict[str, str], field: str) -> None:
    staff.get("/settings/keys")
    staff.send("new", {"name": "A key", **fields})
    assert staff.status == 422
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")


# -- users --------------------------------------------------------------------------------------


def test_a_user_is_made_given_a_role_and_signs_in(server: Server, staff: Staff, shop: Shop) -> None:
    staff.get("/settings/users/new")
    typed = {"primary_id": "nora new", "last_name": "New", "email": "nora@uni.example", "password": PASSWORD}
    staff.send(0, typed)
    assert staff.told == "Saved."
    staff.send("/change", {"role": "37", "scope": "MAIN", "do": "give"})
    with Staff(server, shop.world, "nora new") as nora:
        nora.sign_in()
        nora.get("/receive")
        assert nora.status == 200
        nora.get("/funds")
        assert nora.status == 403
    staff.get("/settings/users", q="nora")
    assert len(staff.rows()) == 1


def test_a_role_is_taken_away_and_given_back(staff: Staff, shop: Shop, server: Server) -> None:
    name = new_staff(server, shop.world, "54", "37@MAIN")
    staff.get(f"/settings/users/{name}")
    form = next(one for one in staff.page.xpath("//main//form") if one.fields.get("role") == "37")
    staff.post(f"/settings/users/{name}/change", dict(form.form_values()))
    user = shop.world.read(lambda tx: directory.user(tx, name))
    assert [role.type for role in user.roles] == ["54"]
    staff.send(0)  # undo
    user = shop.world.read(lambda tx: directory.user(tx, name))
    assert {(role.type, role.scope) for role in user.roles} == {("54", staff.code), ("37", "MAIN")}
    assert "37@MAIN" in staff.page.xpath("string(//*[@class='history'])")


def test_administrators_do_not_lock_themselves_out(staff: Staff, shop: Shop) -> None:
    staff.get(f"/settings/users/{staff.name}")
    for fields in ({"do": "take", "role": "26", "scope": staff.code}, {"do": "off"}):
        staff.post(f"/settings/users/{staff.name}/change", fields)
        assert staff.status == 422
        assert "your own role" in staff.wrong[0]
    user = shop.world.read(lambda tx: directory.user(tx, staff.name))
    assert user.has_role("26")


def test_a_user_switched_off_is_out_at_once(server: Server, staff: Staff, shop: Shop) -> None:
    with Staff(server, shop.world) as other:
        other.sign_in()
        staff.get(f"/settings/users/{other.name}")
        staff.post(f"/settings/users/{other.name}/change", {"do": "off"})
        other.get("/tasks")
        assert other.path.endswith("/sign-in")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"primary_id": ""}, "primary_id"),
        ({"password": "short"}, "password"),
        ({"email": "no address"}, "emails"),
    ],
    ids=str,
)
def test_a_user_that_cannot_be_is_refused(staff: Staff, fields: dict[str, str], field: str) -> None:
    staff.get("/settings/users/new")
    staff.send(0, {"primary_id": "oscar", "last_name": "Odd", "email": "o@uni.example", **fields})
    assert staff.status == 422
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert staff.value("last_name") == "Odd"


# -- figures ------------------------------------------------------------------------------------


def _more(shop: Shop, server: Server, first: int, last: int) -> None:
    """A further row for every list of the settings, for each number."""
    rows = [CodeRow(f"CODE_{number}", "Words", own=True) for number in range(first, last)]
    shop.world.write(lambda tx: codes.put_rows(tx, "PurchaseType", rows, by="staff"))
    shop.world.load(profiles, "profile", *({"code": row.code, "name": "Profile"} for row in rows))
    for row in rows:
        server.new_key(shop.world.institution, name=row.code, vendor="GOBI")
        new_staff(server, shop.world, "54", "37@MAIN")


@pytest.mark.parametrize(
    "path", ["/codes", "/codes/PurchaseType", "/profiles", "/letters", "/keys", "/users", "/users?who=staff"]
)
def test_statements_do_not_grow_with_rows(server: Server, staff: Staff, shop: Shop, path: str) -> None:
    _more(shop, server, 0, 1)
    before = statements(server, partial(staff.get, f"/settings{path}"))
    _more(shop, server, 1, 8)
    assert statements(server, partial(staff.get, f"/settings{path}")) == before
