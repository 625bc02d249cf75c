"""A program sends the browser here and gets it back: what the policy of a page forbids, a real one tells."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from openacq.demo.filling import DEMO_SECRET, DEMO_WSKEY
from tests.browser.conftest import Desk


class _Program(BaseHTTPRequestHandler):
    """What a program shows when the browser comes back."""

    def do_GET(self) -> None:
        body = b"<!doctype html><html lang='en'><link rel='icon' href='data:,'><title>Back</title></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def callback() -> Iterator[str]:
    """The address of a program on the user's own machine, at whatever port it got."""
    server = HTTPServer(("127.0.0.1", 0), _Program)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/callback"
    server.shutdown()
    server.server_close()
    thread.join()


def where(desk: Desk, callback: str) -> str:
    asked = {
        "client_id": DEMO_WSKEY,
        "redirect_uri": callback,
        "response_type": "code",
        "scope": "WMS_ACQ WMS_VIC refresh_token",
        "state": "mine",
    }
    return f"{desk.url}/oauth2/authorizeCode?{urlencode(asked)}"


@pytest.mark.parametrize("width", [390, 1280])
def test_somebody_lets_a_program_act_and_is_sent_back(desk: Desk, callback: str, width: int) -> None:
    page = desk.page
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(where(desk, callback))
    assert desk.faults() == []
    assert not desk.overflows()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{callback}?**")
    told = parse_qs(urlsplit(page.url).query)
    assert told["state"] == ["mine"]
    redeemed = httpx.post(
        f"{desk.url}/token",
        data={"grant_type": "authorization_code", "code": told["code"][0], "redirect_uri": callback},
        auth=(DEMO_WSKEY, DEMO_SECRET),
    )
    assert redeemed.json()["principalID"] == "demo-principal"


def test_somebody_denies_it(desk: Desk, callback: str) -> None:
    desk.page.goto(where(desk, callback))
    desk.page.get_by_role("button", name="Deny").click()
    desk.page.wait_for_url(f"{callback}?**")
    assert parse_qs(urlsplit(desk.page.url).query)["error"] == ["access_denied"]
