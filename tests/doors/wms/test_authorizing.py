"""Somebody lets a program act for them: the browser goes to sign in, to the page that asks, and back with a
code; the program redeems the code."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest

from openacq.calls import service as calls
from openacq.calls.model import Search
from openacq.directory import service as directory
from openacq.directory.redirects import chosen, is_good
from openacq.kernel.clock import FixedClock
from tests.doors.desk.staff import Staff, new_staff
from tests.doors.wms.client import PRINCIPAL, Client, client_of, new_client, oclc_id
from tests.doors.wms.test_tokens import NEW, OLD, basic, bearer, failed, good
from tests.serving_fixture import Server

BACK = "https://lists.example/back?from=acq"
VERIFIER = "the-verifier-of-a-program-has-43-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def client(server: Server) -> Client:
    return new_client(server, redirects=(BACK,))


@pytest.fixture
def person(client: Client) -> Iterator[Staff]:
    with Staff(client.server, client.world) as staff:
        yield staff.sign_in()


def address(client: Client, path: str = "/oauth2/authorizeCode", **changes: Any) -> str:
    """Where a program sends the browser; None leaves a parameter out."""
    inst = oclc_id(client)
    asked: dict[str, str | None] = {
        "client_id": client.key,
        "authenticatingInstitutionId": inst,
        "contextInstitutionId": inst,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "WMS_ACQ refresh_token",
        "state": "s&1",
        **changes,
    }
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value is not None})}"


def visit(person: Staff, where: str) -> Staff:
    """The browser follows the address as far as this server leads it."""
    answer = person.client.get(where)
    while answer.is_redirect and answer.headers["location"].startswith("/"):
        answer = person.client.get(answer.headers["location"])
    person._take(answer)
    return person


def decide(person: Staff, answer: str = "allow") -> dict[str, str]:
    """Press a button; what the browser brings back to the program."""
    person.send("authorize", {"answer": answer}, follow=False)
    return brought(person)


def brought(person: Staff) -> dict[str, str]:
    assert person.status == 303, person.text
    assert person.answer is not None
    where = person.answer.headers["location"]
    assert where.startswith(f"{BACK}&"), where
    assert person.answer.headers["cache-control"] == "no-store"
    told = dict(parse_qsl(urlsplit(where).query))
    assert (told.pop("from"), told.pop("state", "")) == ("acq", "s&1")
    return told


def code_of(person: Staff, client: Client, **changes: Any) -> str:
    told = decide(visit(person, address(client, **changes)))
    assert set(told) == {"code"}
    return told["code"]


def redeem(client: Client, code: str, path: str = OLD, **changes: str | None) -> httpx.Response:
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **changes}
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    headers = basic(client) if path == NEW else None
    return client.but(principal=None).call("POST", f"{path}?{query}", headers=headers)


def test_a_program_acts_for_whoever_allowed_it(client: Client, person: Staff) -> None:
    told = good(redeem(client, code_of(person, client)))
    assert told["access_token"].startswith("tk_")
    assert told["refresh_token"].startswith("rt_")
    assert (told["principalID"], told["principalIDNS"]) == (person.name, "urn:openacq:user")
    assert told["scopes"] == "WMS_ACQ"
    assert bearer(client, told["access_token"]).status_code == 200
    assert bearer(client, told["access_token"], "/vendors").status_code == 403
    order = '{"orderName": "By Robin"}'
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    made = client.call("POST", "/purchaseorders", order, sends="application/json", headers=headers)
    assert made.status_code == 201
    client.server.house.order_log.flush(client.server.store)
    (logged,) = client.world.read(lambda tx: calls.recent(tx, Search(outcomes=("begun",))))
    assert person.name in logged.key_name
    again = f"grant_type=refresh_token&refresh_token={told['refresh_token']}"
    refreshed = good(client.but(principal=None).call("POST", f"{OLD}?{again}"))
    assert refreshed["principalID"] == person.name


def test_the_newer_addresses_do_the_same(client: Client, person: Staff) -> None:
    inst = oclc_id(client)
    only = {"authenticatingInstitutionId": None, "contextInstitutionId": None, "redirect_uri": None}
    for path in ("/auth", f"/auth/{inst}", "/oauth2/authorizecode/"):
        code = decide(visit(person, address(client, path, scope=f"WMS_ACQ context:{inst}", **only)))["code"]
        told = good(redeem(client, code, NEW, redirect_uri=None))
        assert (told["principalID"], "refresh_token" in told) == (person.name, False)


def test_who_is_not_signed_in_signs_in_first(client: Client) -> None:
    with Staff(client.server, client.world) as staff:
        visit(staff, address(client))
        assert staff.path == "/desk/sign-in"
        assert staff.value("institution") == staff.code
        staff.send(0, {"name": staff.name, "password": "open sesame 7"})
        assert staff.path == "/desk/authorize"
        assert "code" in decide(staff)


def test_the_page_tells_who_wants_what_and_where_it_leads(client: Client, person: Staff) -> None:
    visit(person, address(client, scope="WMS_ACQ WMS_VIC refresh_token"))
    for words in ("client ", "Robin Reader", "change orders", "vendors", "away", "https://lists.example"):
        assert words in person.text
    assert person.answer is not None
    policy = person.answer.headers["content-security-policy"]
    assert "form-action 'self' https://lists.example;" in policy
    assert "frame-ancestors 'none'" in policy


def test_denied_is_told_and_nothing_is_given(client: Client, person: Staff) -> None:
    told = decide(visit(person, address(client)), "deny")
    assert told["error"] == "access_denied"
    assert "code" not in told
    assert not client.world.read(directory.every_principal)[2:]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "WMS_ACQ WMS_NCIP"}, "invalid_scope"),
        ({"contextInstitutionId": "1"}, "unauthorized_client"),
        ({"scope": "WMS_ACQ context:1"}, "unauthorized_client"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S512"}, "invalid_request"),
    ],
)
def test_what_cannot_be_asked_is_told_to_the_program(
    client: Client, person: Staff, changes: dict[str, Any], error: str
) -> None:
    assert brought(visit(person, address(client, **changes)))["error"] == error


def test_a_parameter_given_twice_is_told_to_the_program(client: Client, person: Staff) -> None:
    assert brought(visit(person, address(client) + "&scope=WMS_VIC"))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "redirect",
    [
        "https://evil.example/",
        "https://lists.example/back",
        "https://lists.example/back?from=acq&x=1",
        "https://lists.example.evil.example/back?from=acq",
        "https://lists.example@evil.example/back?from=acq",
        "//lists.example/back?from=acq",
        "javascript:alert(1)",
        BACK.upper(),
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    client: Client, person: Staff, redirect: str
) -> None:
    for kind in ("code", "token"):
        visit(person, address(client, redirect_uri=redirect, response_type=kind))
        assert person.status == 422
        assert "not one of its own" in person.text
        assert person.answer is not None
        assert "location" not in person.answer.headers


def test_a_program_nobody_knows_is_told_of_on_the_page(client: Client, person: Staff) -> None:
    none = client_of(client.server, client.world)
    assert "not one of its own" in visit(person, address(none)).text
    for key in ("nobody", "", "x" * 300):
        assert "does not know the program" in visit(person, address(client.but(key=key))).text
    client.world.write(lambda tx: directory.revoke_wskey(tx, client.key))
    assert "does not know the program" in visit(person, address(client)).text


def test_the_form_is_good_for_whoever_was_shown_it_only(client: Client, person: Staff) -> None:
    where = address(client, "/desk/authorize")
    visit(person, where)
    for token, headers in (("", {}), ("x", {}), (None, {"Origin": "https://evil.example"})):
        fields = dict(person.fields(person.form("authorize"))) | {"answer": "allow"}
        if token is not None:
            fields["_form"] = token
        answer = person.client.post(where, data=fields, headers=headers)
        assert (answer.status_code, "location" in answer.headers) == (403, False)
    with Staff(client.server, client.world) as nobody:
        visit(nobody, "/desk/sign-in")
        token = nobody.page.xpath("//input[@name='_form']/@value")[0]
        answer = nobody.client.post(where, data={"_form": token, "answer": "allow"})
        assert answer.headers["location"].startswith("/desk/sign-in?")


def test_who_is_signed_in_elsewhere_gives_nothing(client: Client, server: Server) -> None:
    with Staff(server, server.new_world()) as stranger:
        stranger.sign_in()
        visit(stranger, address(client))
        assert (stranger.status, "another institution" in stranger.text) == (403, True)


def test_a_code_is_good_once_and_takes_its_tokens_with_it(
    client: Client, person: Staff, clock: FixedClock
) -> None:
    code = code_of(person, client)
    told = good(redeem(client, code))
    fresh = good(client.call("POST", f"{OLD}?grant_type=refresh_token&refresh_token={told['refresh_token']}"))
    assert failed(redeem(client, code)) == (400, "invalid_grant")
    clock.advance(3)  # a server remembers tokens for two seconds
    assert bearer(client, told["access_token"]).status_code == 401
    assert bearer(client, fresh["access_token"]).status_code == 401
    request = f"{OLD}?grant_type=refresh_token&refresh_token={told['refresh_token']}"
    assert failed(client.call("POST", request)) == (400, "invalid_grant")


def test_a_code_ends_after_five_minutes(client: Client, person: Staff, clock: FixedClock) -> None:
    late, timely = code_of(person, client), code_of(person, client)
    clock.advance(299)
    assert redeem(client, timely).status_code == 200
    clock.advance(1)
    assert failed(redeem(client, late)) == (400, "invalid_grant")


def test_a_code_is_one_program_s_and_one_address_s(client: Client, person: Staff) -> None:
    code = code_of(person, client)
    other = client_of(client.server, client.world, redirects=(BACK,))
    invalid = (400, "invalid_grant")
    assert failed(redeem(other, code)) == invalid
    for redirect in (None, "", "https://lists.example/back", "https://evil.example/"):
        assert failed(redeem(client, code, redirect_uri=redirect)) == invalid
    for text in ("", "ac_x", code + "x", "x" * 300):
        assert failed(redeem(client, text)) == invalid
    assert failed(redeem(client, code, contextInstitutionId="1")) == (403, "unauthorized_client")
    assert bearer(client, code).status_code == 401
    refreshing = f"{OLD}?grant_type=refresh_token&refresh_token={code}"
    assert failed(client.call("POST", refreshing)) == invalid
    assert redeem(client, code).status_code == 200, "none of this used it up"


@pytest.mark.parametrize(
    ("challenge", "method"), [(CHALLENGE, "S256"), (VERIFIER, "plain"), (VERIFIER, None)]
)
def test_a_challenge_wants_its_verifier(
    client: Client, person: Staff, challenge: str, method: str | None
) -> None:
    code = code_of(person, client, code_challenge=challenge, code_challenge_method=method)
    for verifier in (None, "", VERIFIER + "x", CHALLENGE if method == "S256" else VERIFIER[:-1]):
        assert failed(redeem(client, code, code_verifier=verifier)) == (400, "invalid_grant")
    assert redeem(client, code, code_verifier=VERIFIER).status_code == 200
    without = code_of(person, client)
    assert failed(redeem(client, without, code_verifier=VERIFIER)) == (400, "invalid_grant")


def test_errors_of_the_newer_address_are_in_the_words_of_oauth_too(client: Client) -> None:
    def told(answer: httpx.Response) -> tuple[int, str]:
        body: dict[str, Any] = answer.json()
        assert body["error_description"].isascii()
        return answer.status_code, body["error"]

    def ask(query: str, secret: str = "") -> httpx.Response:
        return client.call("POST", f"{NEW}?{query}", headers=basic(client, secret))

    assert told(redeem(client, "ac_x", NEW)) == (400, "invalid_grant")
    assert told(ask("grant_type=refresh_token&refresh_token=x")) == (400, "invalid_grant")
    assert told(ask("grant_type=password")) == (400, "unsupported_grant_type")
    assert told(ask("grant_type=client_credentials&scope=WMS_NCIP")) == (403, "invalid_scope")
    assert told(ask("grant_type=client_credentials", "wrong-one")) == (401, "invalid_client")
    assert told(ask("grant_type=client_credentials&contextInstitutionId=1")) == (403, "unauthorized_client")
    assert "error" not in redeem(client, "ac_x").json(), "clients of the older address read OCLC's form"


# -- who acts -----------------------------------------------------------------------------------


def principal(client: Client, **row: str) -> None:
    cells: dict[str, object] = {"principal_idns": "urn:oclc:wms:da", **row}
    (verdict,) = client.world.write(lambda tx: directory.load(tx, "principal", [cells]))
    assert not verdict.problems


def test_the_principal_the_library_tied_to_the_user_acts(client: Client, person: Staff) -> None:
    principal(client, principal_id=PRINCIPAL[0], user=person.name, access="read")
    told = good(redeem(client, code_of(person, client)))
    assert (told["principalID"], told["principalIDNS"]) == PRINCIPAL
    assert bearer(client, told["access_token"], "/purchaseorders", "POST").status_code == 403
    principal(client, principal_id=PRINCIPAL[0], status="INACTIVE")
    visit(person, address(client))
    person.send("authorize", {"answer": "allow"})
    assert (person.status, "No program may act for" in person.text) == (403, True)


def test_a_program_may_not_more_than_the_user(client: Client) -> None:
    for roles in (("37",), ("54@MAIN",)):
        name = new_staff(client.server, client.world, *roles)
        with Staff(client.server, client.world, name) as reader:
            reader.sign_in()
            assert "change orders" not in visit(reader, address(client)).text
            told = good(redeem(client, code_of(reader, client)))
            assert bearer(client, told["access_token"]).status_code == 200
            assert bearer(client, told["access_token"], "/purchaseorders", "POST").status_code == 403


def test_who_is_gone_acts_no_more(client: Client, person: Staff, clock: FixedClock) -> None:
    code = code_of(person, client)
    told = good(redeem(client, code_of(person, client)))
    row: dict[str, object] = {"primary_id": person.name, "status": "INACTIVE"}
    client.world.write(lambda tx: directory.load(tx, "user", [row]))
    assert failed(redeem(client, code)) == (400, "invalid_grant")
    clock.advance(3)
    assert bearer(client, told["access_token"]).status_code == 403


def test_codes_stand_neither_in_the_database_nor_in_the_log(client: Client, person: Staff) -> None:
    code = code_of(person, client, code_challenge=CHALLENGE, code_challenge_method="S256")
    redeem(client, code, code_verifier=VERIFIER).raise_for_status()
    form = urlencode({"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER})
    client.call("POST", OLD, form, sends="application/x-www-form-urlencoded")
    client.server.house.order_log.flush(client.server.store)
    logged = client.world.read(lambda tx: calls.recent(tx, Search(), bodies=True))
    told = " ".join(f"{call.query} {call.request} {call.answer} {call.folded}" for call in logged)
    assert "access_token" in told
    assert code not in told
    assert VERIFIER not in told
    with client.server.store.reader.connect() as conn:
        kept = conn.exec_driver_sql("SELECT hash FROM access_tokens").scalars().all()
    assert kept
    assert code not in kept


# -- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://lists.example/back", True),
        ("https://lists.example:8443/back?x=1", True),
        ("http://127.0.0.1:9999/back", True),
        ("http://[::1]/back", True),
        ("http://localhost/", True),
        ("org.example.lists:/back", True),
        ("http://lists.example/back", False),
        ("https:///back", False),
        ("https://user@lists.example/", False),
        ("https://lists.example/#x", False),
        ("https://lists.example/ x", False),
        ("https://lists.example/;script-src", False),
        ("https://lists.example:port/", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("/back", False),
        ("", False),
        ("https://lists.example/" + "x" * 1_000, False),
    ],
)
def test_addresses_people_may_be_sent_to(address: str, expected: bool) -> None:
    assert is_good(address) is expected


def test_a_program_on_the_user_s_machine_may_have_any_port() -> None:
    registered = ("http://127.0.0.1/back", "https://lists.example/back")
    assert chosen(registered, "http://127.0.0.1:50123/back") == "http://127.0.0.1:50123/back"
    assert chosen(registered, "http://127.0.0.1:50123/other") == ""
    assert chosen(registered, "http://localhost:50123/back") == ""
    assert chosen(registered, "https://lists.example:8443/back") == ""
    assert chosen(registered, "") == "", "which of the two is not clear"


def test_the_browser_s_side_signs_nothing_and_reads_only(client: Client) -> None:
    with httpx.Client(base_url=client.server.url) as browser:
        answer = browser.get("/auth/128807", params={"client_id": "x"})
        assert answer.status_code == 303
        assert parse_qs(urlsplit(answer.headers["location"]).query) == {
            "client_id": ["x"],
            "registryId": ["128807"],
        }
        assert browser.post("/oauth2/authorizeCode").status_code == 405
        assert browser.get("/oauth2/other").status_code == 404


def test_the_page_stays_what_it_is_in_another_language(client: Client, person: Staff) -> None:
    visit(person, address(client))
    (german,) = person.page.xpath("//header//a[@lang='de']/@href")
    person._take(person.client.get(german))
    assert "Darf" in person.text
    assert "code" in decide(person)
