"""Signing in once for a while: both token addresses, and calls with what they give."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from openacq.calls import service as calls
from openacq.calls.model import Search
from openacq.directory import service as directory
from openacq.kernel.clock import FixedClock
from tests.doors.wms.client import PRINCIPAL, READER, Client, client_of, error, new_client, oclc_id
from tests.serving_fixture import Server

OLD = "/oauth2/accessToken"
NEW = "/token"
BUDGETS = "/budgets"


@pytest.fixture
def client(server: Server) -> Client:
    return new_client(server)


def basic(client: Client, secret: str = "") -> dict[str, str]:
    pair = f"{client.key}:{secret or client.secret}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def good(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    told: dict[str, Any] = answer.json()
    return told


def failed(answer: httpx.Response) -> tuple[int, str]:
    """Status and words of a failure; it is JSON with `code`, `message` and `details` for every client."""
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    told = error(answer)
    assert int(told.code) == answer.status_code
    return answer.status_code, told.message


def bearer(client: Client, token: str, path: str = BUDGETS, method: str = "GET") -> httpx.Response:
    return client.call(method, path, headers={"Authorization": f"Bearer {token}"})


def old_request(client: Client, **more: str) -> str:
    inst = oclc_id(client)
    query = {
        "grant_type": "client_credentials",
        "authenticatingInstitutionId": inst,
        "contextInstitutionId": inst,
        "scope": "WMS_ACQ%20WMS_VIC",
        **more,
    }
    return f"{OLD}?{'&'.join(f'{name}={value}' for name, value in query.items())}"


def test_the_old_address_gives_a_token_for_a_signature(client: Client, clock: FixedClock) -> None:
    told = good(client.call("POST", old_request(client)))
    assert told["access_token"].startswith("tk_")
    assert told["token_type"] == "bearer"
    assert told["expires_in"] == "1200"
    assert told["expires_at"] == "2026-03-02 09:50:00Z"
    assert (told["principalID"], told["principalIDNS"]) == PRINCIPAL
    assert told["contextInstitutionId"] == told["context_institution_id"] == oclc_id(client)
    assert told["scopes"] == "WMS_ACQ WMS_VIC"
    assert not {"refresh_token", "scope"} & set(told)
    assert bearer(client, told["access_token"]).status_code == 200


def test_the_new_address_takes_key_and_secret(client: Client) -> None:
    scope = f"WMS_ACQ context:{oclc_id(client)}"
    by_query = client.call(
        "POST",
        f"{NEW}?grant_type=client_credentials&scope={scope.replace(' ', '%20')}",
        headers=basic(client),
    )
    by_form = client.call(
        "POST",
        NEW,
        f"grant_type=client_credentials&scope={scope.replace(' ', '+')}",
        sends="application/x-www-form-urlencoded",
        headers=basic(client),
    )
    for answer in (by_query, by_form):
        told = good(answer)
        assert (told["principalID"], told["principalIDNS"], told["scopes"]) == ("", "", scope)
        assert bearer(client, told["access_token"]).status_code == 200


def test_a_token_carries_institution_and_user(client: Client) -> None:
    token = good(client.call("POST", old_request(client)))["access_token"]
    assert bearer(client, token, f"{BUDGETS}?inst={oclc_id(client)}").status_code == 200
    assert bearer(client, token, f"{BUDGETS}?inst=1").status_code == 403
    reader = client.but(principal=READER)
    reading = good(reader.call("POST", old_request(client)))["access_token"]
    assert bearer(client, reading).status_code == 200
    assert bearer(client, reading, "/purchaseorders", "POST").status_code == 403


def test_a_token_has_its_scope(client: Client) -> None:
    told = good(client.call("POST", old_request(client, scope="WMS_VIC")))
    assert bearer(client, told["access_token"], "/vendors").status_code == 200
    answer = bearer(client, told["access_token"])
    assert (answer.status_code, error(answer).message) == (403, "User forbidden")


def test_a_token_ends(client: Client, clock: FixedClock) -> None:
    token = good(client.call("POST", old_request(client)))["access_token"]
    clock.advance(1_199)
    assert bearer(client, token).status_code == 200
    clock.advance(2)
    assert bearer(client, token).status_code == 401
    assert bearer(client, token + "x").status_code == 401


def test_a_token_of_a_revoked_key_is_worth_nothing(client: Client, clock: FixedClock) -> None:
    token = good(client.call("POST", old_request(client)))["access_token"]
    client.world.write(lambda tx: directory.revoke_wskey(tx, client.key))
    clock.advance(3)
    assert bearer(client, token).status_code == 401


def test_a_token_loses_what_its_key_may_not_do_any_more(client: Client, clock: FixedClock) -> None:
    token = good(client.call("POST", old_request(client)))["access_token"]
    assert bearer(client, token, "/vendors").status_code == 200
    (key,) = [one for one in client.world.read(directory.every_wskey) if one.client == client.key]
    wish = directory.WsKeyWish(key.name, ("WMS_ACQ",), key.json)
    client.world.write(lambda tx: directory.change_wskey(tx, str(key.id), wish))
    clock.advance(3)
    assert bearer(client, token).status_code == 200
    assert bearer(client, token, "/vendors").status_code == 403


def test_a_refresh_token_brings_new_tokens(client: Client, clock: FixedClock) -> None:
    first = good(client.call("POST", old_request(client, scope="WMS_ACQ%20refresh_token")))
    assert first["refresh_token"].startswith("rt_")
    assert first["refresh_token_expires_in"] == "604800"
    assert first["refresh_token_expires_at"] == "2026-03-09 09:30:00Z"
    assert bearer(client, first["refresh_token"]).status_code == 401
    clock.advance(2_000)
    assert bearer(client, first["access_token"]).status_code == 401
    request = f"grant_type=refresh_token&refresh_token={first['refresh_token']}"
    again = good(client.call("POST", f"{OLD}?{request}"))
    assert (again["principalID"], again["principalIDNS"]) == PRINCIPAL
    assert bearer(client, again["access_token"]).status_code == 200
    assert bearer(client, again["access_token"], "/vendors").status_code == 403
    once_more = good(client.call("POST", f"{NEW}?{request}", headers=basic(client)))
    assert once_more["access_token"] != again["access_token"]
    clock.advance(days=7)
    assert failed(client.call("POST", f"{OLD}?{request}")) == (400, "invalid_grant")


def test_a_refresh_token_is_one_keys(client: Client) -> None:
    first = good(client.call("POST", old_request(client, scope="WMS_ACQ%20refresh_token")))
    other = client_of(client.server, client.world)
    for token in (first["refresh_token"], first["access_token"], "rt_x", ""):
        request = f"{OLD}?grant_type=refresh_token&refresh_token={token}"
        assert failed(other.call("POST", request)) == (400, "invalid_grant")


def test_what_cannot_be_given_is_refused_as_clients_read_it(client: Client) -> None:
    unsupported = (400, "unsupported_grant_type")
    unauthorized = (403, "unauthorized_client")
    for grant in ("implicit", "password", ""):
        assert failed(client.call("POST", old_request(client, grant_type=grant))) == unsupported
    assert failed(client.call("POST", old_request(client, scope="WMS_ACQ%20WMS_NCIP"))) == unauthorized
    assert failed(client.call("POST", old_request(client, contextInstitutionId="1"))) == unauthorized
    scope = "WMS_ACQ%20context:1"
    answer = client.call("POST", f"{NEW}?grant_type=client_credentials&scope={scope}", headers=basic(client))
    assert failed(answer) == unauthorized


def test_wrong_credentials_get_no_token(client: Client) -> None:
    request = f"{NEW}?grant_type=client_credentials"
    assert failed(client.call("POST", request, headers=basic(client, "wrong"))) == (
        401,
        "invalid WSKey/secret",
    )
    unknown = client.call("POST", request, headers=basic(client.but(key="test")))
    assert failed(unknown) == (401, "WSKey 'test' is invalid")
    for header in ("", "Basic", "Basic !!!", "Basic eA==", "Bearer tk_x"):
        assert client.call("POST", request, headers={"Authorization": header}).status_code == 401
    assert failed(client.but(secret="wrong-one").call("POST", old_request(client)))[0] == 401
    assert failed(client.but(principal=("no", "body")).call("POST", old_request(client)))[0] == 403
    assert failed(client.get(NEW))[0] == 405
    assert client.get(BUDGETS, headers=basic(client)).status_code == 401


def test_neither_secrets_nor_tokens_stand_in_the_database_or_the_log(client: Client) -> None:
    first = good(client.call("POST", old_request(client, scope="WMS_ACQ%20refresh_token")))
    client.call(
        "POST", f"{OLD}?grant_type=refresh_token&refresh_token={first['refresh_token']}"
    ).raise_for_status()
    client.call("POST", f"{NEW}?grant_type=client_credentials", headers=basic(client)).raise_for_status()
    client.get(BUDGETS)
    client.server.house.order_log.flush(client.server.store)
    logged = client.world.read(lambda tx: calls.recent(tx, Search(), bodies=True))
    told = " ".join(f"{call.query} {call.request} {call.answer} {call.folded}" for call in logged)
    assert "access_token" in told
    for secret in (client.secret, first["access_token"], first["refresh_token"], "signature="):
        assert secret not in told


def test_expired_tokens_are_forgotten(client: Client, clock: FixedClock) -> None:
    for _ in range(3):
        good(client.call("POST", old_request(client)))
    assert client.world.write(directory.drop_expired_tokens) == 0
    clock.advance(1_300)
    assert client.world.write(directory.drop_expired_tokens) == 3
    assert client.world.write(directory.drop_expired_tokens) == 0
