"""WSKeys and principals set up by script, through our own door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openacq.calls import service as calls
from openacq.calls.model import Search
from openacq.directory.service import WsKeyRing
from openacq.store.seals import Seals, new_key
from tests.doors.own.desk import good, own, slug
from tests.serving_fixture import Server
from tests.shop import Shop


@pytest.fixture(autouse=True)
def seals(server: Server) -> Iterator[None]:
    before = server.store.seals
    server.store.seals = Seals(new_key())
    yield
    server.store.seals = before


def test_a_key_is_made_shown_once_and_revoked(server: Server, shop: Shop) -> None:
    back = ["https://lists.example/back"]
    body = {"name": "Script", "json": "plain", "scopes": ["WMS_ACQ"], "redirect_uris": back}
    made = good(own(shop, "POST", "/wskeys", body))
    assert made["redirect_uris"] == back
    known = WsKeyRing(server.store).key(made["key"])
    assert known is not None
    assert known.secret == made["secret"]
    (listed,) = good(own(shop, "GET", "/wskeys"))["wskey"]
    assert listed == {name: value for name, value in made.items() if name != "secret"} | {
        "last_used": listed["last_used"]
    }
    assert (listed["json"], listed["scopes"], listed["demo"]) == ("plain", ["WMS_ACQ"], False)
    assert "revoked" in good(own(shop, "DELETE", f"/wskeys/{made['key']}"))
    assert WsKeyRing(server.store).key(made["key"]) is None
    assert slug(own(shop, "DELETE", "/wskeys/nothing")) == (404, "wskey_not_found")


def test_its_secret_is_not_in_the_log(server: Server, shop: Shop) -> None:
    secret = good(own(shop, "POST", "/wskeys", {"name": "Script"}))["secret"]
    own(shop, "POST", "/wskeys", {"name": "Old", "key": f"old-{secret[:6]}", "secret": "their-own-secret"})
    server.house.order_log.flush(server.store)
    logged = shop.world.read(lambda tx: calls.recent(tx, Search(), bodies=True))
    told = " ".join(f"{call.request} {call.answer} {call.folded}" for call in logged)
    assert '"name":"Old"' in told.replace(": ", ":")
    assert secret not in told
    assert "their-own-secret" not in told


def test_what_makes_no_key_is_refused(shop: Shop) -> None:
    for body, named in (
        ({}, "field_missing"),
        ({"name": "x", "json": "both"}, "value_not_listed"),
        ({"name": "x", "scopes": ["WMS"]}, "value_not_listed"),
        ({"name": "x", "key": "k"}, "field_missing"),
    ):
        assert slug(own(shop, "POST", "/wskeys", body)) == (400, named)


def test_without_a_key_to_encrypt_with_none_is_made(server: Server, shop: Shop) -> None:
    server.store.seals = Seals()
    assert slug(own(shop, "POST", "/wskeys", {"name": "Script"})) == (409, "seal_key_missing")


def test_a_key_hands_on_no_more_than_it_has(server: Server, shop: Shop) -> None:
    for areas in ({"own": "write"}, {"own": "write", "acq": "read"}, {"own": "read", "acq": "write"}):
        with server.new_shop(shop.world, areas=areas) as other:
            assert slug(own(other, "POST", "/wskeys", {"name": "x"})) == (403, "key_refused")
            assert slug(own(other, "POST", "/principals", {"principal_id": "x"})) == (403, "key_refused")
    with server.new_shop(shop.world, vendor="GOBI") as vendor:
        assert slug(own(vendor, "GET", "/wskeys")) == (403, "key_refused")


def test_principals_are_added_and_changed(shop: Shop) -> None:
    body = {"principal_id": "p-1", "principal_idns": "urn:x", "user": "patron1"}
    made = good(own(shop, "POST", "/principals", body))
    assert made == body | {"access": "write", "status": "ACTIVE"}
    changed = good(own(shop, "POST", "/principals", {**body, "user": "", "access": "read"}))
    assert changed == made | {"access": "read"}
    assert good(own(shop, "GET", "/principals")) == {"principal": [changed]}
    assert slug(own(shop, "POST", "/principals", {**body, "user": "nobody"}))[1] == "user_unknown"
    assert slug(own(shop, "POST", "/principals", {"principal_id": "p-2"})) == (400, "field_missing")
