"""Settings: WSKeys of WorldShare clients, and whom these may act for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from openacq.directory import service as directory
from openacq.directory.service import WsKeyRing
from openacq.store.seals import Seals, new_key
from tests.doors.alma.test_po_line_statements import statements
from tests.doors.desk.staff import Staff, new_staff
from tests.serving_fixture import Server
from tests.shop import Shop


@pytest.fixture(autouse=True)
def seals(server: Server) -> Iterator[None]:
    before = server.store.seals
    server.store.seals = Seals(new_key())
    yield
    server.store.seals = before


def wskey(shop: Shop, name: str) -> directory.WsKey:
    keys: tuple[directory.WsKey, ...] = shop.world.read(directory.every_wskey)
    return next(key for key in keys if key.name == name)


@pytest.mark.parametrize("path", ["/settings/wskeys", "/settings/principals"])
def test_wskeys_are_for_administrators(server: Server, staff: Staff, shop: Shop, path: str) -> None:
    staff.get(path)
    assert staff.status == 200
    with Staff(server, shop.world, new_staff(server, shop.world, "54")) as other:
        other.sign_in()
        other.get(path)
        assert other.status == 403


def test_a_wskey_is_shown_once_and_known(server: Server, staff: Staff, shop: Shop) -> None:
    staff.get("/settings/wskeys")
    fields = dict(staff.fields(staff.form("new")))
    fields |= {
        "name": "Order tool",
        "scopes": "WMS_ACQ",
        "json": "plain",
        "redirect_uris": "https://lists.example/back\n org.example.lists:/back",
    }
    staff.post("/settings/wskeys", fields)
    secret = staff.page.xpath("string(//*[@id='secret'])")
    made = wskey(shop, "Order tool")
    assert (made.scopes, made.json.value) == (("WMS_ACQ",), "plain")
    assert made.redirects == ("https://lists.example/back", "org.example.lists:/back")
    known = WsKeyRing(server.store).key(made.client)
    assert known is not None
    assert known.secret == secret
    staff.post("/settings/wskeys", fields)
    assert "its secret was shown the first time" in staff.text
    staff.get("/settings/wskeys")
    assert secret not in staff.page.text_content()
    assert len([row for row in staff.rows() if "Order tool" in row]) == 1


def test_a_key_a_program_has_already_goes_on(server: Server, staff: Staff, shop: Shop) -> None:
    staff.get("/settings/wskeys")
    staff.send("new", {"name": "Old tool", "key": "OLDKEY-7", "secret": "their-own-secret"})
    known = WsKeyRing(server.store).key("OLDKEY-7")
    assert known is not None
    assert known.secret == "their-own-secret"
    assert wskey(shop, "Old tool").scopes == ("WMS_ACQ", "WMS_VIC")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": "WMS_EVERYTHING"}, "scopes"),
        ({"rate_limit": "many"}, "rate_limit"),
        ({"json": "yaml"}, "json"),
        ({"key": "with blanks", "secret": "their-own-secret"}, "key"),
        ({"key": "k"}, "secret"),
        ({"secret": "their-own-secret"}, "key"),
        ({"redirect_uris": "http://somewhere.example/"}, "redirect_uris"),
    ],
    ids=str,
)
def test_a_wskey_that_cannot_be_is_refused(
    staff: Staff, shop: Shop, fields: dict[str, str], field: str
) -> None:
    staff.get("/settings/wskeys")
    staff.send("new", {"name": "A tool", "redirect_uris": "https://still.example/", **fields})
    assert staff.status == 422
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert staff.value("redirect_uris").strip() == fields.get("redirect_uris", "https://still.example/")
    assert not [key for key in shop.world.read(directory.every_wskey) if key.name == "A tool"]


def test_without_a_key_to_encrypt_with_it_is_said(server: Server, staff: Staff) -> None:
    server.store.seals = Seals()
    staff.get("/settings/wskeys")
    staff.send("new", {"name": "A tool"})
    assert staff.status == 422
    assert staff.value("name") == "A tool"
    assert staff.wrong


def test_where_people_are_sent_back_to_is_changed(server: Server, staff: Staff, shop: Shop) -> None:
    staff.get("/settings/wskeys")
    staff.send("new", {"name": "A tool"})
    key = wskey(shop, "A tool")
    path = f"/settings/wskeys/{key.id}"
    with Staff(server, shop.world) as other:
        other.sign_in()
        other.get(path)
        staff.get(path)
        staff.send(path, {"redirect_uris": "https://lists.example/back"})
        assert staff.told == "Saved."
        assert wskey(shop, "A tool").redirects == ("https://lists.example/back",)
        assert "lists.example" in staff.page.xpath("string(//*[@class='history'])")
        other.send(path, {"redirect_uris": "https://other.example/"})
        assert other.status == 422
        (both,) = other.page.xpath("//*[@id='both']")
        assert "lists.example" in both.text_content()
        assert "other.example" in both.text_content()
    staff.send(path, {"redirect_uris": "ftp://no"})
    assert staff.status == 422
    assert staff.page.xpath("//*[@id='f-redirect_uris-wrong']")


def test_what_is_said_of_a_wskey_is_changed(server: Server, staff: Staff, shop: Shop) -> None:
    staff.get("/settings/wskeys")
    staff.send("new", {"name": "A tool", "rate_limit": "7"})
    key = wskey(shop, "A tool")
    path = f"/settings/wskeys/{key.id}"
    staff.get(path)
    assert staff.value("rate_limit") == "7"
    staff.send(path, {"name": "Another tool", "scopes": ["WMS_VIC"], "json": "plain", "rate_limit": "0"})
    assert staff.told == "Saved."
    changed = wskey(shop, "Another tool")
    assert (changed.scopes, changed.json.value, changed.rate_limit) == (("WMS_VIC",), "plain", 0)
    assert (changed.id, changed.client) == (key.id, key.client)
    assert staff.value("rate_limit") == "0"
    told = staff.page.xpath("string(//*[@class='history'])")
    for words in ("A tool", "Another tool", "WMS_ACQ; WMS_VIC", "JSON it gets", "Calls per second"):
        assert words in told
    known = WsKeyRing(server.store).key(key.client)
    assert known is not None
    assert known.key == changed
    staff.send(path, {"rate_limit": "", "json": ""})
    changed = wskey(shop, "Another tool")
    assert (changed.rate_limit, changed.json.value) == (None, "")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \t "}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["WMS_ACQ", "WMS_EVERYTHING"]}, "scopes"),
        ({"rate_limit": "-1"}, "rate_limit"),
        ({"rate_limit": "٣"}, "rate_limit"),
        ({"json": "yaml"}, "json"),
        ({"redirect_uris": "javascript:alert(1)"}, "redirect_uris"),
    ],
    ids=lambda given: str(given)[:40].encode("ascii", "backslashreplace").decode(),
)
def test_what_a_wskey_cannot_be_is_refused(
    staff: Staff, shop: Shop, fields: dict[str, str], field: str
) -> None:
    staff.get("/settings/wskeys")
    staff.send("new", {"name": "A tool"})
    before = wskey(shop, "A tool")
    path = f"/settings/wskeys/{before.id}"
    staff.get(path)
    staff.send(path, {"redirect_uris": "https://still.example/", **fields})
    assert staff.status == 422
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")
    assert staff.value("redirect_uris").strip() == fields.get("redirect_uris", "https://still.example/")
    assert wskey(shop, "A tool") == before


def test_all_that_is_wrong_with_a_wskey_is_told_at_once(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/wskeys")
    staff.send("new", {"name": "", "json": "yaml", "rate_limit": "x", "scopes": [], "secret": "long-enough"})
    told = {one.get("href") for one in staff.page.xpath("//*[@id='errors']//a")}
    assert told == {"#f-name", "#f-json", "#f-rate_limit", "#f-scopes", "#f-key"}


def test_a_wskey_of_another_institution_is_not_found(staff: Staff, shop: Shop, elsewhere: Staff) -> None:
    staff.get("/settings/wskeys")
    staff.send("new", {"name": "A tool"})
    key = wskey(shop, "A tool")
    path = f"/settings/wskeys/{key.id}"
    elsewhere.get(path)
    assert elsewhere.status == 404
    elsewhere.get("/settings/wskeys")
    elsewhere.post(path, {"name": "Mine now", "scopes": "WMS_ACQ"})
    assert elsewhere.status == 404
    elsewhere.get("/settings/wskeys")
    elsewhere.post("/settings/wskeys/revoke", {"key": str(key.id), "sure": "yes"})
    assert elsewhere.wrong
    assert wskey(shop, "A tool") == key


def test_a_wskey_is_revoked_after_a_look(server: Server, staff: Staff, shop: Shop) -> None:
    staff.get("/settings/wskeys")
    staff.send("new", {"name": "To go"})
    key = wskey(shop, "To go")
    staff.get("/settings/wskeys")
    staff.post("/settings/wskeys/revoke", {"key": str(key.id)})
    assert "Revoke “To go”?" in staff.text
    assert wskey(shop, "To go").revoked is None
    staff.send(0, {"sure": "yes"})
    assert staff.told == "Key “To go” is revoked."
    assert WsKeyRing(server.store).key(key.client) is None
    staff.post("/settings/wskeys/revoke", {"key": str(key.id), "sure": "yes"})
    assert staff.wrong
    path = f"/settings/wskeys/{key.id}"
    staff.get(path)
    assert not staff.page.xpath("//main//form")
    staff.get("/settings/wskeys")
    staff.post(path, {"name": "Back again", "scopes": "WMS_ACQ"})
    assert staff.wrong
    assert wskey(shop, "To go").revoked is not None


@pytest.mark.parametrize("path", ["/settings/wskeys/99", "/settings/wskeys/x"])
def test_a_wskey_that_is_not_there_is_not_found(staff: Staff, path: str) -> None:
    staff.get(path)
    assert staff.status == 404


# -- principals ---------------------------------------------------------------------------------


def test_somebody_programs_act_for_is_added_and_changed(staff: Staff, shop: Shop) -> None:
    staff.get("/settings/principals")
    typed = {"principal_id": "p-1", "principal_idns": "urn:oclc:wms:da", "user": staff.name, "access": "read"}
    staff.send(0, typed)
    assert staff.told == "Saved."
    (one,) = shop.world.read(directory.every_principal)
    assert (one.user, one.writes, one.active) == (staff.name, False, True)
    named = {"principal_id": "p-1", "principal_idns": "urn:oclc:wms:da"}
    staff.get("/settings/principals", **named)
    staff.send(0, {"user": "", "access": "write", "status": "INACTIVE"})
    (one,) = shop.world.read(directory.every_principal)
    assert (one.user, one.writes, one.active) == ("", True, False)
    staff.get("/settings/principals", **named)
    assert staff.name in staff.page.xpath("string(//*[@class='history'])")
    staff.get("/settings/principals")
    staff.send(0, typed)
    assert staff.status == 422
    assert staff.value("user") == staff.name


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"principal_id": ""}, "principal_id"),
        ({"principal_idns": ""}, "principal_idns"),
        ({"user": "nobody"}, "user"),
        ({"access": "all"}, "access"),
    ],
    ids=str,
)
def test_somebody_who_cannot_be_is_refused(staff: Staff, fields: dict[str, str], field: str) -> None:
    staff.get("/settings/principals")
    staff.send(0, {"principal_id": "p-2", "principal_idns": "urn:x", **fields})
    assert staff.status in (404, 422)
    assert staff.page.xpath(f"//*[@id='f-{field}-wrong']")


def test_a_principal_that_is_not_there_is_not_found(staff: Staff) -> None:
    staff.get("/settings/principals", principal_id="nobody", principal_idns="urn:x")
    assert staff.status == 404


def test_statements_do_not_grow_with_wskeys(staff: Staff, shop: Shop) -> None:
    def more(first: int, last: int) -> None:
        rows = [{"key": f"K{n}-{staff.name}", "secret": "a-secret-of-it"} for n in range(first, last)]
        people = [{"principal_id": f"p{n}", "principal_idns": "urn:x"} for n in range(first, last)]
        shop.world.write(lambda tx: directory.load(tx, "wskey", rows))
        shop.world.write(lambda tx: directory.load(tx, "principal", people))

    more(0, 1)
    before = statements(staff.server, partial(staff.get, "/settings/wskeys"))
    more(1, 15)
    assert statements(staff.server, partial(staff.get, "/settings/wskeys")) == before
    assert len(staff.rows()) == 30
