"""Who may come in: signed calls, their time, their nonce, the user they act for, the institution asked."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from openacq.directory import service as directory
from openacq.doors.wms.call import Options
from openacq.kernel.clock import FixedClock
from tests.doors.wms.client import JSON, PRINCIPAL, READER, Client, client_of, error, new_client, oclc_id
from tests.serving_fixture import Server

BUDGETS = "/budgets"


@pytest.fixture
def client(server: Server) -> Client:
    return new_client(server)


def entrance(server: Server) -> object:
    """The WMS entrance of the running server."""
    found: object = server.house.app._app._pages._wms  # type: ignore[attr-defined]
    return found


@pytest.fixture
def options(server: Server, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Sets options of the door for one test."""

    def change(**changes: object) -> None:
        monkeypatch.setattr(entrance(server), "_options", dataclasses.replace(Options(), **changes))  # type: ignore[arg-type]

    return change


def test_a_signed_call_is_answered(client: Client) -> None:
    assert client.get(BUDGETS).status_code == 200
    assert client.get(f"{BUDGETS}?startIndex=0&itemsPerPage=20").status_code == 200


def test_a_call_without_credentials_is_told_in_the_words_oclc_uses(client: Client) -> None:
    for accept in (None, JSON):
        answer = client.but(accept=accept).get(BUDGETS, headers={"Authorization": ""})
        told = error(answer)
        assert answer.status_code == 401
        assert (told.code, told.type) == ("401", "http")
        assert told.message == "No valid authentication credentials found in request"
        assert "WWW-Authenticate" in answer.headers


def test_an_api_key_opens_nothing_here(client: Client) -> None:
    key = client.server.new_key(client.world.institution)
    for header in (f"apikey {key}", f"Bearer {key}"):
        assert client.get(BUDGETS, headers={"Authorization": header}).status_code == 401
    assert client.get(f"{BUDGETS}?apikey={key}", headers={"Authorization": ""}).status_code == 401


def test_an_unknown_key_is_named(client: Client) -> None:
    answer = client.but(key="test").get(BUDGETS)
    assert (answer.status_code, error(answer).message) == (401, "WSKey 'test' is invalid")


@pytest.mark.parametrize(
    "rest", ["", " ", ' clientId="', f' clientId="{"k" * 5_000}"', " a=b" * 900, " \xff=\xff"]
)
def test_a_header_nobody_can_read_is_no_credentials(client: Client, rest: str) -> None:
    header = f"http://www.worldcat.org/wskey/v2/hmac/v1{rest}".encode("latin-1").strip()
    answer = httpx.get(f"{client.server.url}{BUDGETS}", headers={b"Authorization": header})
    assert answer.status_code == 401
    for name in ("é", "k" * 300, "<&>"):
        answer = httpx.get(
            f"{client.server.url}{BUDGETS}",
            headers={b"Authorization": client.but(key=name).authorization("GET", "").encode("latin-1")},
        )
        assert (answer.status_code, error(answer).code) == (401, "401")


def test_a_wrong_secret_and_a_changed_query_are_refused(client: Client) -> None:
    assert error(client.but(secret="another secret").get(BUDGETS)).message.startswith(
        "request has invalid signature ("
    )
    signed = client.authorization("GET", "q=status:ACTIVE")
    for query in ("", "?q=status:DRAFT", "?q=status:ACTIVE&startIndex=1"):
        answer = client.get(BUDGETS + query, headers={"Authorization": signed})
        assert answer.status_code == 401
    assert client.get(f"{BUDGETS}?q=status:ACTIVE", headers={"Authorization": signed}).status_code == 200


def test_host_and_path_are_not_signed(client: Client) -> None:
    signed = client.authorization("GET", "")
    for path in ("/budgets", "//budgets/", "/vendors"):
        answer = client.get(path, headers={"Authorization": signed, "Host": "acq.example.org"})
        assert answer.status_code == 200


@pytest.mark.parametrize("seconds", [-901, 901, -86_400])
def test_a_stale_signature_is_refused(client: Client, seconds: int) -> None:
    answer = client.but(shift=seconds).get(BUDGETS)
    assert answer.status_code == 401
    assert "15 minutes" in error(answer).message


@pytest.mark.parametrize("seconds", [-899, 899])
def test_a_clock_a_little_wrong_is_no_matter(client: Client, seconds: int) -> None:
    assert client.but(shift=seconds).get(BUDGETS).status_code == 200


def test_the_time_window_is_a_setting(client: Client, options) -> None:  # type: ignore[no-untyped-def]
    options(signature_minutes=0)
    assert client.but(shift=-86_400_000).get(BUDGETS).status_code == 200


def test_a_nonce_may_come_again_unless_told_otherwise(client: Client, options) -> None:  # type: ignore[no-untyped-def]
    constant = client.but(nonce="0")
    assert [constant.get(BUDGETS).status_code for _ in range(2)] == [200, 200]
    options(nonce="once")
    assert [constant.get(BUDGETS).status_code for _ in range(2)] == [200, 401]
    assert "nonce 0" in error(constant.get(BUDGETS)).message
    long = client.but(nonce="n" * 3_000)
    assert [long.get(BUDGETS).status_code for _ in range(2)] == [200, 401]
    assert constant.but(shift=1).get(BUDGETS).status_code == 200


# -- who acts -----------------------------------------------------------------------------------


def test_the_user_is_asked_for(client: Client) -> None:
    nobody = client.but(principal=None)
    answer = nobody.get(BUDGETS)
    assert (answer.status_code, "principalID" in error(answer).message) == (401, True)
    for spelled in ("principalID", "principleID"):
        query = f"{spelled}={PRINCIPAL[0]}&{spelled}NS={PRINCIPAL[1].replace(':', '%3A')}"
        assert nobody.get(f"{BUDGETS}?{query}").status_code == 200


def test_an_unknown_user_is_forbidden(client: Client) -> None:
    for principal in (("somebody", PRINCIPAL[1]), (PRINCIPAL[0], "urn:other"), ("x" * 300, "y")):
        answer = client.but(principal=principal).get(BUDGETS)
        assert (answer.status_code, error(answer).message) == (403, "User forbidden")


def test_the_check_of_users_is_a_setting(client: Client, options) -> None:  # type: ignore[no-untyped-def]
    options(principal="optional")
    assert client.but(principal=None).get(BUDGETS).status_code == 200
    assert client.but(principal=("somebody", "urn:x")).get(BUDGETS).status_code == 403
    options(principal="ignored")
    assert client.but(principal=("somebody", "urn:x")).get(BUDGETS).status_code == 200


ORDER = (
    b'<entry xmlns="http://www.w3.org/2005/Atom"><content type="application/xml">'
    b'<purchaseOrder xmlns="http://worldcat.org/xmlschemas/purchase-order/PurchaseOrder-1.5">'
    b"<orderName>New</orderName></purchaseOrder></content></entry>"
)


def test_a_user_who_may_only_look_looks(client: Client) -> None:
    reader = client.but(principal=READER)
    assert reader.get(BUDGETS).status_code == 200
    answer = reader.call("POST", "/purchaseorders", ORDER)
    assert (answer.status_code, error(answer).message) == (403, "User forbidden")
    assert "ACQ_READ_ONLY_USER" in error(answer).detail


def test_a_principal_goes_with_its_user(client: Client, clock: FixedClock) -> None:
    rows = [{"principal_id": "p-2", "principal_idns": "urn:x", "user": "patron1"}]
    client.world.load(directory, "principal", *rows)
    assert client.but(principal=("p-2", "urn:x")).get(BUDGETS).status_code == 200
    client.world.load(directory, "user", {"primary_id": "patron1", "status": "INACTIVE"})
    clock.advance(3)
    assert client.but(principal=("p-2", "urn:x")).get(BUDGETS).status_code == 403


# -- whose it is --------------------------------------------------------------------------------


def test_the_institution_may_be_named_and_must_be_the_keys(client: Client) -> None:
    own = oclc_id(client)
    assert client.get(f"{BUDGETS}?inst={own}").status_code == 200
    answer = client.get(f"{BUDGETS}?inst=1")
    assert (answer.status_code, error(answer).message) == (403, "User forbidden")
    hosts = {f"{own}.share.example.org": 200, "1.share.example.org": 403, "127.0.0.1:80": 200}
    for host, status in hosts.items():
        assert client.get(BUDGETS, headers={"Host": host}).status_code == status


def test_nothing_is_seen_of_another_institution(server: Server, client: Client) -> None:
    other = new_client(server)
    number = client.get(f"{BUDGETS}?itemsPerPage=1", headers={"Accept": "application/atom+json"})
    budget = number.json()["entries"][0]["content"]["budgetPeriodNumber"]
    fund = client.get(f"/budgets/{budget}/funds/HIST", headers={"Accept": "application/atom+json"})
    uuid = fund.json()["content"]["id"]
    assert client.get(f"/acquisitions/fund/data/{uuid}").status_code == 200
    assert other.get(f"/acquisitions/fund/data/{uuid}").status_code == 404


def test_a_revoked_key_is_refused_after_a_moment(client: Client, clock: FixedClock) -> None:
    assert client.get(BUDGETS).status_code == 200
    client.world.write(lambda tx: directory.revoke_wskey(tx, client.key))
    clock.advance(3)
    answer = client.get(BUDGETS)
    assert (answer.status_code, error(answer).message) == (401, f"WSKey '{client.key}' is invalid")


def test_a_key_for_vendors_alone_opens_vendors_alone(client: Client) -> None:
    narrow = client_of(client.server, client.world, scopes=("WMS_VIC",))
    assert narrow.get("/vendors").status_code == 200
    assert narrow.get(BUDGETS).status_code == 403


def test_a_demo_key_is_good_on_this_machine_only(client: Client) -> None:
    demo = client_of(
        client.server, client.world, client=f"demo-{client.key[:8]}", secret="a-secret", demo=True
    )
    assert demo.get(BUDGETS).status_code == 200
    assert demo.get(BUDGETS, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403


def test_a_key_has_its_rate(client: Client) -> None:
    slow = client_of(client.server, client.world, rate_limit=2)
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: slow.get(BUDGETS), range(12)))
    told = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert len(answers) - len(told) >= 2
    assert {(error(answer).code, answer.headers["Retry-After"]) for answer in told} == {("429", "1")}
