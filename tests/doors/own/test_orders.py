"""Staff pack, approve and send POs through our own door, and look after what failed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pypdf
import pytest

from openacq.jobs.outbox import MOST_ATTEMPTS, pause_after
from openacq.kernel.clock import FixedClock
from tests.doors.own.test_decisions import own, status
from tests.letters.post_office import PostOffice
from tests.ordering.buying import bring, needs_approval, rule, with_mail, work
from tests.serving_fixture import Server
from tests.shop import Shop, order


@pytest.fixture
def office() -> Iterator[PostOffice]:
    opened = PostOffice().open()
    yield opened
    opened.close()


def bought(shop: Shop, count: int = 1, **changes: Any) -> list[str]:
    """Numbers of new lines, bought by a letter."""
    changes = {"acquisition_method": {"value": "PURCHASE"}, **changes}
    return [shop.ordered(order(**changes))["number"] for _ in range(count)]


def run(shop: Shop) -> dict[str, Any]:
    answer = own(shop, "POST", "/packaging/run")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def po(shop: Shop, number: str) -> dict[str, Any]:
    answer = own(shop, "GET", f"/orders/{number}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"][0]["slug"]


def test_lines_are_packed_approved_and_sent(shop: Shop, office: PostOffice) -> None:
    with_mail(shop.world)
    needs_approval(shop.world, above="90.00", currency="USD")
    numbers = bought(shop, 2)
    seen = own(shop, "GET", "/packaging").json()
    assert (seen["lines"], seen["orders"], seen["by_hand"]) == (2, 1, 0)
    assert (seen["automatic"], seen["wait_minutes"], seen["most_lines"]) == (True, 10, 100)
    (number,) = run(shop)["orders"]
    shown = po(shop, number)
    assert (shown["state"], shown["lines"], shown["total"], shown["currency"]) == ("OPEN", 2, "100.00", "USD")
    assert shown["approval_reason"] == "rule Somebody looks: 100.00 USD is more than 90.00 USD"
    assert [line["number"] for line in shown["line"]] == numbers
    assert {line["status"] for line in shown["line"]} == {"READY"}
    assert shop.line(numbers[0])["po_number"] == number

    approved = own(shop, "POST", f"/orders/{number}/approve", **{"X-Openacq-User": "patron1"}).json()
    assert (approved["state"], approved["approved_by"]) == ("APPROVED", "patron1 (shop key)")
    bring(shop.world, office)
    sent = po(shop, number)
    assert (sent["state"], sent["send_state"], sent["send_by"]) == ("SENT", "sent", "letter")
    assert status(shop, numbers[0]) == "SENT"
    changes = own(shop, "GET", f"/orders/{number}/history").json()["entries"]
    assert [(entry["old"], entry["new"]) for entry in changes] == [("OPEN", "APPROVED"), ("APPROVED", "SENT")]
    assert own(shop, "GET", "/packaging").json()["lines"] == 0
    assert run(shop) == {"lines": 0, "orders": [], "by_hand": 0, "more": False}


def test_pos_are_listed_by_where_they_stand(shop: Shop) -> None:
    rule(shop.world, most_lines=1)
    bought(shop, 2)
    bought(shop, 1, acquisition_method={"value": "GIFT"})
    made = run(shop)["orders"]
    work(shop.world)
    listed = own(shop, "GET", "/orders").json()
    assert (listed["total"], {each["number"] for each in listed["orders"]}) == (3, set(made))
    failed = own(shop, "GET", "/orders?state=approved&send_state=failed").json()
    assert failed["total"] == 2
    assert {each["send_error"] for each in failed["orders"]} == {
        "neither account GOBI-MAIN nor vendor GOBI has an e-mail address for orders"
    }
    assert own(shop, "GET", "/orders?state=SENT,CLOSED&vendor=GOBI").json()["total"] == 1
    assert own(shop, "GET", "/orders?vendor=OASIS").json() == {
        "total": 0, "limit": 50, "offset": 0, "orders": [],
    }  # fmt: skip
    one = own(shop, "GET", "/orders?limit=1&offset=1").json()
    assert (one["total"], len(one["orders"])) == (3, 1)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/orders?state=GONE", (400, "parameter_invalid")),
        ("/orders?limit=x", (400, "parameter_invalid")),
        ("/orders/PO-0", (404, "record_missing")),
        ("/orders/PO-0/letter", (404, "record_missing")),
        ("/orders/PO-0/letter.pdf", (404, "record_missing")),
        ("/orders/PO-0/history", (404, "record_missing")),
        ("/jobs?standing=lost", (400, "parameter_invalid")),
        ("/jobs?topic=po_line.placed", (400, "parameter_invalid")),
        ("/jobs/0", (404, "record_missing")),
        ("/jobs/x", (404, "record_missing")),
        ("/jobs/99999999999999999999999", (404, "record_missing")),
    ],
)
def test_what_is_not_there_is_told(shop: Shop, path: str, expected: tuple[int, str]) -> None:
    assert slug(own(shop, "GET", path)) == expected


@pytest.mark.parametrize("path", ["approve", "send", "resend"])
def test_nothing_is_done_to_a_po_that_does_not_exist(shop: Shop, path: str) -> None:
    assert slug(own(shop, "POST", f"/orders/PO-0/{path}")) == (404, "record_missing")


def test_what_a_po_does_not_allow_is_told(shop: Shop) -> None:
    needs_approval(shop.world)
    (line,) = bought(shop)
    (number,) = run(shop)["orders"]
    assert slug(own(shop, "POST", f"/orders/{number}/send")) == (409, "order_not_approved")
    assert slug(own(shop, "POST", f"/orders/{number}/resend")) == (409, "order_not_sent")
    own(shop, "POST", f"/orders/{number}/approve")
    assert slug(own(shop, "POST", f"/orders/{number}/approve")) == (409, "move_refused")
    work(shop.world)
    assert slug(own(shop, "POST", f"/orders/{number}/send")) == (409, "order_unsendable")
    assert slug(own(shop, "POST", "/orders/pack", {"numbers": [line]})) == (409, "move_refused")
    assert slug(own(shop, "POST", "/orders/pack", {"numbers": ["POL-0"]})) == (404, "line_not_found")
    assert slug(own(shop, "POST", "/orders/pack", {})) == (400, "field_missing")
    assert slug(own(shop, "POST", "/orders/pack")) == (400, "body_missing")


def test_chosen_lines_are_packed_and_taken_out_again(shop: Shop) -> None:
    needs_approval(shop.world)
    one, two, other = bought(shop, 3)
    (foreign,) = bought(shop, vendor={"value": "OASIS"}, vendor_account="OASIS-1")
    differ = own(shop, "POST", "/orders/pack", {"numbers": [one, foreign]})
    assert slug(differ) == (409, "lines_differ")
    made = own(shop, "POST", "/orders/pack", {"numbers": [one, two]}).json()
    assert [line["number"] for line in made["line"]] == [one, two]
    more = own(shop, "POST", "/orders/pack", {"numbers": [other], "into": made["number"]}).json()
    assert (more["number"], more["lines"]) == (made["number"], 3)
    out = own(shop, "POST", "/orders/unpack", {"numbers": [one]})
    assert out.json() == {"preview": False, "lines": [{"number": one, "status": "INREVIEW"}]}
    assert status(shop, one) == "INREVIEW"
    own(shop, "POST", "/orders/unpack", {"numbers": [two, other]})
    assert po(shop, made["number"])["state"] == "CANCELLED"


def test_the_letter_can_be_read_before_it_leaves_and_a_copy_sent_after(
    shop: Shop, office: PostOffice
) -> None:
    with_mail(shop.world)
    needs_approval(shop.world)
    (line,) = bought(shop)
    (number,) = run(shop)["orders"]
    seen = own(shop, "GET", f"/orders/{number}/letter").json()
    assert seen["subject"].startswith(f"Purchase order {number}")
    assert line in seen["text"]
    assert line in seen["html"]
    assert [each["type"] for each in seen["attachments"]] == ["application/pdf"]
    file = own(shop, "GET", f"/orders/{number}/letter.pdf")
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"] == f'inline; filename="{number}.pdf"'
    assert number in pypdf.PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
    own(shop, "POST", f"/orders/{number}/approve")
    bring(shop.world, office)
    copy = own(shop, "POST", f"/orders/{number}/resend").json()
    assert copy["number"] == number
    bring(shop.world, office)
    assert [str(each.message["Subject"]).startswith("Copy") for each in office.received] == [False, True]


def test_a_po_that_did_not_go_out_is_sent_once_its_vendor_is_mended(shop: Shop, office: PostOffice) -> None:
    bought(shop)
    (number,) = run(shop)["orders"]
    bring(shop.world, office)
    assert po(shop, number)["send_state"] == "failed"
    with_mail(shop.world)
    assert own(shop, "POST", f"/orders/{number}/send").json()["send_state"] == "waiting"
    bring(shop.world, office)
    assert po(shop, number)["state"] == "SENT"


# -- what failed --------------------------------------------------------------------------------


def jobs(shop: Shop, query: str = "") -> dict[str, Any]:
    answer = own(shop, "GET", f"/jobs{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_dead_letters_are_seen_and_tried_again(
    shop: Shop, clock: FixedClock, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(shop.world)
    bought(shop)
    (number,) = run(shop)["orders"]
    (waiting,) = jobs(shop, "?standing=waiting&topic=purchase_order.approve_itself")["jobs"]
    assert (waiting["subject"], waiting["attempts"]) == (number, 0)
    assert slug(own(shop, "POST", f"/jobs/{waiting['id']}/retry")) == (409, "job_not_failed")

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk on fire")

    with monkeypatch.context() as broken:
        broken.setattr("openacq.ordering.order_letter.wish", fail)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            assert work(shop.world) == 1
            (failed,) = jobs(shop)["jobs"]
            assert (failed["attempts"], failed["error"]) == (attempt, "OSError: disk on fire")
            clock.advance(pause_after(attempt).total_seconds())
    (dead,) = jobs(shop, "?standing=dead")["jobs"]
    assert dead["standing"] == "dead"
    assert "given_up" in dead
    assert po(shop, number)["send_error"] == "OSError: disk on fire"
    again = own(shop, "POST", f"/jobs/{dead['id']}/retry").json()
    assert (again["standing"], again["attempts"]) == ("failed", 0)
    bring(shop.world, office)
    assert po(shop, number)["state"] == "SENT"
    assert jobs(shop)["total"] == 0
    assert jobs(shop, f"/{dead['id']}")["standing"] == "done"


def test_all_that_was_given_up_is_tried_again_at_once(
    shop: Shop, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(shop.world, most_lines=1)
    bought(shop, 3, acquisition_method={"value": "GIFT"})
    run(shop)
    with monkeypatch.context() as broken:
        broken.setattr("openacq.ordering.send._gone", lambda *_: 1 // 0)
        for _ in range(MOST_ATTEMPTS):
            work(shop.world)
            clock.advance(3_600)
    assert jobs(shop, "?standing=dead&limit=2")["total"] == 3
    first, second, third = jobs(shop)["jobs"]
    assert len({first["id"], second["id"], third["id"]}) == 3
    assert own(shop, "POST", "/jobs/retry", {"ids": [first["id"]]}).json() == {"retried": 1}
    assert own(shop, "POST", "/jobs/retry", {}).json() == {"retried": 2}
    assert work(shop.world) == 0
    assert jobs(shop)["total"] == 0


# -- who may ------------------------------------------------------------------------------------


def test_keys_see_and_do_what_they_were_granted(server: Server, shop: Shop) -> None:
    bought(shop)
    with server.new_shop(shop.world, areas={"own": "read"}) as reader:
        assert own(reader, "GET", "/orders").status_code == 200
        assert slug(own(reader, "POST", "/packaging/run")) == (403, "key_refused")
        assert slug(own(reader, "POST", "/jobs/retry", {})) == (403, "key_refused")
    with server.new_shop(shop.world, vendor="GOBI") as vendor:
        for path in ("/orders", "/packaging", "/jobs"):
            assert slug(own(vendor, "GET", path)) == (403, "key_refused")
    (number,) = run(shop)["orders"]
    with server.new_shop() as stranger:
        assert own(stranger, "GET", "/orders").json()["total"] == 0
        assert slug(own(stranger, "GET", f"/orders/{number}")) == (404, "record_missing")
        assert jobs(stranger)["total"] == 0
        (job,) = jobs(shop, "?standing=waiting&topic=purchase_order.approve_itself")["jobs"]
        assert slug(own(stranger, "GET", f"/jobs/{job['id']}")) == (404, "record_missing")
        assert own(stranger, "POST", "/jobs/retry", {"ids": [job["id"]]}).json() == {"retried": 0}


def test_staff_that_nobody_knows_is_refused(shop: Shop) -> None:
    answer = own(shop, "POST", "/packaging/run", **{"X-Openacq-User": "nobody"})
    assert slug(answer) == (400, "user_unknown")


def test_the_plan_names_what_somebody_must_pack(shop: Shop) -> None:
    rule(shop.world, by_fund=True)
    halves = [{"fund_code": {"value": code}, "percent": 50} for code in ("HIST", "ART")]
    (line,) = bought(shop, fund_distribution=halves)
    assert own(shop, "GET", "/packaging").json()["by_hand"] == 1
    assert run(shop) == {"lines": 0, "orders": [], "by_hand": 1, "more": False}
    assert status(shop, line) == "MANUAL_PACKAGING"
    assert own(shop, "POST", "/orders/pack", {"numbers": [line]}).json()["lines"] == 1
