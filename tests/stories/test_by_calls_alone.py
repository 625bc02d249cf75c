"""Two lines through a server that runs by itself, by calls alone: one to Closed, one to Cancelled; the vendor
and a reader get their letters by a real mail server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from openacq.directory import service as directory
from openacq.directory.service import KeyWish
from openacq.jobs.verify import verify
from openacq.store import Store
from tests.conftest import make_tables
from tests.letters.post_office import SENDER, PostOffice, Received
from tests.ordering.buying import ORDERS_MAIL, with_mail
from tests.ordering.world import make_world
from tests.serving.running import Running, serving
from tests.shop import order

pytestmark = pytest.mark.slow

LINES = "/almaws/v1/acq/po-lines"
OWN = "/openacq/v1"
SECONDS = 30.0


@pytest.fixture
def office() -> Iterator[PostOffice]:
    opened = PostOffice().open()
    yield opened
    opened.close()


class Client:
    """Somebody with a key."""

    def __init__(self, server: Running, key: str) -> None:
        headers = {"Authorization": f"apikey {key}", "Accept": "application/json"}
        self._http = httpx.Client(base_url=server.base, headers=headers, timeout=30)

    def close(self) -> None:
        self._http.close()

    def call(self, method: str, path: str, body: Any = None, *, expected: int = 200, **params: str) -> Any:
        answer = self._http.request(method, path, json=body, params=params or None)
        assert answer.status_code == expected, answer.text
        return answer.json() if answer.content else None

    def status(self, number: str) -> str:
        found: str = self.call("GET", f"{LINES}/{number}")["status"]["value"]
        return found

    def encumbered(self, fund: str) -> str:
        (found,) = self.call("GET", "/almaws/v1/acq/funds", q=f"fund_code~{fund}", view="full")["fund"]
        return f"{Decimal(str(found['encumbered_balance'])):.2f}"

    def sent(self, **changes: Any) -> str:
        """Order by letter, pack, and wait until the vendor has it."""
        body = order(acquisition_method={"value": "PURCHASE"}, **changes)
        number: str = self.call("POST", LINES, body)["number"]
        self.call("POST", f"{OWN}/packaging/run")
        wait_until(lambda: self.status(number) == "SENT")
        return number


def wait_until(true: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def letter_to(office: PostOffice, recipient: str, subject: str) -> Received:
    def found() -> list[Received]:
        return [
            each
            for each in office.received
            if each.recipients == [recipient] and subject in str(each.message["Subject"])
        ]

    wait_until(found)
    (letter,) = found()
    return letter


def furnished(url: str) -> str:
    """A library with a reader; gives a key for everything."""
    store = Store(url)
    make_tables(store)
    world = make_world(store, 1)
    with_mail(world)
    world.load(directory, "user", {"primary_id": "anna", "first_name": "Anna", "email": "anna@uni.example"})
    wish = KeyWish("Tester", dict.fromkeys(("acq", "own"), "write"), rate_limit=0)
    key = world.write(lambda tx: directory.create_key(tx, wish))
    store.close()
    secret: str = key.secret
    return secret


def test_one_line_to_closed_and_another_to_cancelled(
    fresh_database_url: str, tmp_path: Path, office: PostOffice
) -> None:
    key = furnished(fresh_database_url)
    mail = {"smtp_host": "127.0.0.1", "smtp_port": office.port, "smtp_tls": "none", "smtp_sender": SENDER}
    with serving(fresh_database_url, tmp_path, work_in_server="yes", **mail) as server:
        client = Client(server, key)
        try:
            _to_closed(client, office)
            _to_cancelled(client, office)
        finally:
            client.close()
        assert server.stop() == 0
        assert "Traceback" not in server.told()
    store = Store(fresh_database_url)
    try:
        assert [check for check in verify(store, 1) if check.differences] == []
    finally:
        store.close()


def _to_closed(client: Client, office: PostOffice) -> None:
    reader = {"primary_id": "anna", "notify_receiving_activation": True}
    number = client.sent(interested_user=[reader])
    assert number in letter_to(office, ORDERS_MAIL, "Purchase order").part("plain")
    assert client.encumbered("HIST") == "50.00"
    (item,) = client.call("GET", f"{LINES}/{number}/items")["item"]
    client.call("POST", f"{LINES}/{number}/items/{item['item_data']['pid']}", {}, op="receive")
    assert client.status(number) == "WAITING_FOR_INVOICE"
    letter_to(office, "anna@uni.example", "")
    client.call("POST", f"{OWN}/lines/close", {"numbers": [number]})
    assert client.status(number) == "CLOSED"
    assert client.encumbered("HIST") == "0.00"
    po = client.call("GET", f"{LINES}/{number}")["po_number"]
    assert client.call("GET", f"{OWN}/orders/{po}")["state"] == "CLOSED"


def _to_cancelled(client: Client, office: PostOffice) -> None:
    office.received.clear()
    number = client.sent(interested_user=[{"primary_id": "anna", "notify_cancel": True}])
    gone = {"reason": "LIBRARY_CANCELLED", "comment": "Ordered twice.", "inform_vendor": "true"}
    client.call("DELETE", f"{LINES}/{number}", expected=204, **gone)
    assert client.status(number) == "CANCELLED"
    assert client.encumbered("HIST") == "0.00"
    told = letter_to(office, ORDERS_MAIL, "Cancellation").part("plain")
    assert number in told
    assert "Ordered twice." in told
    letter_to(office, "anna@uni.example", "")
    again = client.call("DELETE", f"{LINES}/{number}", expected=400, **gone)
    assert again["errorList"]["error"][0]["errorCode"] == "401884"
    late = client.call("POST", f"{OWN}/receipts", {"line": number}, expected=409)
    assert late["error"][0]["slug"] == "receive_refused"
    letters = client.call("GET", f"{OWN}/letters", about=client.call("GET", f"{LINES}/{number}")["po_number"])
    assert [(each["kind"], each["state"]) for each in letters["letters"]] == [
        ("cancellation", "sent"),
        ("order", "sent"),
    ]
    assert len(office.received) == 3, "order, cancellation, the reader's: each once"
