"""What the order log keeps of calls through the Alma door."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest

from openacq.calls import service as calls
from openacq.calls.model import LoggedCall, Search
from openacq.calls.service import OrderLog
from openacq.directory import service as directory
from openacq.directory.model import Institution
from openacq.directory.service import KeyWish
from openacq.doors.alma.door import AlmaDoor
from openacq.doors.entrance import Entrance
from openacq.doors.hall import HallServices
from openacq.doors.limits import Limits
from openacq.store import Store
from tests.conftest import Do


class Shop:
    """Calls the door with a key, and reads the order log."""

    def __init__(self, store: Store, institution: int, *, demo: bool = False, local: bool = True) -> None:
        self.log = OrderLog()
        self._store = store
        self._institution = institution
        card = Institution(institution, f"LIB{institution}", "Our library")
        store.write(lambda tx: directory.put_institution(tx, card), institution=institution)
        fixed = f"demo-key-{institution}" if demo else None
        wish = KeyWish("Shop", {"acq": "write", "users": "write"}, rate_limit=2, fixed=fixed)
        self.key = store.write(lambda tx: directory.create_key(tx, wish), institution=institution).secret
        limits = Limits(store.clock)
        self._entrance = Entrance(
            AlmaDoor(),
            HallServices(store, directory.KeyRing(store), self.log),
            limits,
            most_bytes=1_000,
            observe=lambda *_: None,
            address=lambda _scope: "http://library.test",
            is_local=lambda _scope: local,
        )

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._entrance)
            async with httpx.AsyncClient(transport=transport, base_url="http://library.test") as client:
                return await client.request(
                    method, f"/almaws/v1{path}", params={"apikey": self.key, "format": "json"}, **options
                )

        return anyio.run(call)

    def logged(self) -> tuple[LoggedCall, ...]:
        self.log.flush(self._store)
        return self._store.read(
            lambda tx: calls.recent(tx, Search(), bodies=True), institution=self._institution
        )


@pytest.fixture
def shop(store: Store, institution: int) -> Shop:
    return Shop(store, institution)


def test_reads_and_refusals_are_kept_with_who_asked(shop: Shop) -> None:
    assert shop.call("GET", "/acq/test").status_code == 200
    assert shop.call("GET", "/acq/po-lines/POL-404").status_code == 400
    read, refused = shop.logged()
    assert (read.outcome, read.status, read.key_name, read.query) == (
        "read",
        200,
        "Shop",
        "apikey=***&format=json",
    )
    assert (refused.outcome, refused.problems) == ("refused", ("line_not_found",))
    assert '"errorCode":"401871"' in refused.answer
    assert shop.key not in repr(shop.logged())


def test_one_call_too_many_is_answered_429_and_kept(shop: Shop) -> None:
    statuses = [shop.call("GET", "/acq/test").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    last = shop.logged()[-1]
    assert last.problems == ("rate_exceeded",)
    assert "PER_SECOND_THRESHOLD" in last.answer


def test_calls_left_are_told(shop: Shop) -> None:
    first, second = (int(shop.call("GET", "/acq/test").headers["x-exl-api-remaining"]) for _ in range(2))
    assert (first, second) == (999_999, 999_998)


def test_a_patron_read_is_folded_whole(shop: Shop, write: Do) -> None:
    user = {"primary_id": "jdoe77", "first_name": "Jana", "last_name": "Doe"}
    (verdict,) = write(lambda tx: directory.load(tx, "user", [user]))
    assert verdict.outcome == "created", verdict
    assert shop.call("GET", "/users/jdoe77").json()["first_name"] == "Jana"
    assert shop.call("GET", "/users/unknown77").status_code == 400
    read, refused = shop.logged()
    assert read.answer == "[folded:2]"
    assert read.path == "/almaws/v1/users/[folded:1]"
    assert "Jana" in calls.unfold(read, read.answer)
    assert "unknown77" not in refused.path + refused.answer


def test_whom_a_search_among_users_looked_for_is_folded(shop: Shop) -> None:
    for query in ("last_name~Zander", "Zander", "ALL~Zander AND first_name~Jana"):
        path = f"/users?q={query}".replace(" ", "%20")
        assert shop.call("GET", path).status_code in (200, 429)
    assert "Zander" not in repr([(each.query, each.path, each.answer) for each in shop.logged()])


def test_a_purchase_request_is_folded_whole(shop: Shop, write: Do) -> None:
    user = {"primary_id": "jdoe78", "first_name": "Jana", "last_name": "Zander"}
    write(lambda tx: directory.load(tx, "user", [user]))
    wish = {"resource_metadata": {"title": "A rash", "citation_type": "BOOK"}, "requester_note": "Mine"}
    assert shop.call("POST", "/users/jdoe78/purchase-requests", json=wish).status_code == 200
    assert shop.call("GET", "/acq/purchase-requests").status_code == 200
    made, listed = shop.logged()
    for call in (made, listed):
        kept = call.path + call.query + call.request + call.answer
        assert not any(word in kept for word in ("jdoe78", "Jana", "Zander", "rash", "Mine")), kept
    assert made.outcome == "asked"
    assert "A rash" in calls.unfold(made, made.request)
    assert "Zander" in calls.unfold(listed, listed.answer)


def test_an_oversized_body_of_nobody_known_leaves_no_row(shop: Shop) -> None:
    assert shop.call("POST", "/acq/test", content=b"x" * 2_000).status_code == 413
    assert shop.logged() == ()


def test_demo_keys_are_good_on_the_servers_own_machine_only(store: Store, institution: int) -> None:
    here = Shop(store, institution, demo=True)
    assert here.call("GET", "/acq/test").status_code == 200


def test_demo_keys_are_refused_from_elsewhere(store: Store, institution: int) -> None:
    elsewhere = Shop(store, institution, demo=True, local=False)
    answer = elsewhere.call("GET", "/acq/test")
    assert answer.status_code == 403
    assert "own machine" in answer.text
