"""Staff work the review list through our own door."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.serving_fixture import Server
from tests.shop import Shop, order


def own(shop: Shop, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    return httpx.request(
        method,
        f"{shop.url}/openacq/v1{path}",
        json=body,
        headers={"Authorization": f"apikey {shop.key}", **headers},
        timeout=60,
    )


def waiting(shop: Shop) -> dict[str, Any]:
    return {line["number"]: line for line in own(shop, "GET", "/review").json()["lines"]}


def status(shop: Shop, number: str) -> str:
    found: str = shop.line(number)["status"]["value"]
    return found


WRONG_FUND = [{"fund_code": {"value": "hist"}, "percent": 100}]


def test_a_line_waits_with_its_reason_and_is_ordered_once_mended(shop: Shop) -> None:
    number = shop.ordered(order(fund_distribution=WRONG_FUND))["number"]
    alert = next(each for each in waiting(shop)[number]["alerts"] if each["slug"] == "fund_unknown")
    assert "Did you mean HIST?" in alert["text"] + alert["fix"]
    refused = own(shop, "POST", "/review/order-now", {"numbers": [number]})
    assert (refused.status_code, refused.json()["error"][0]["slug"]) == (409, "line_incomplete")
    body = shop.line(number)
    body["fund_distribution"] = [{"fund_code": {"value": "HIST"}, "percent": 100}]
    assert shop.call("PUT", f"/acq/po-lines/{number}", body).status_code == 200
    done = own(shop, "POST", "/review/order-now", {"numbers": [number]})
    assert done.json() == {"preview": False, "lines": [{"number": number, "status": "AUTO_PACKAGING"}]}
    assert number not in waiting(shop)


def test_a_preview_says_what_would_be_and_changes_nothing(shop: Shop) -> None:
    good = shop.post(order(), requires_manual_review="true").json()["number"]
    bad = shop.ordered(order(fund_distribution=WRONG_FUND))["number"]
    gone = shop.ordered()["number"]
    seen = own(shop, "POST", "/review/order-now", {"numbers": [good, bad, gone], "preview": True}).json()
    by_number = {line["number"]: line for line in seen["lines"]}
    assert seen["preview"] is True
    assert by_number[good]["status"] == "AUTO_PACKAGING"
    assert "why_not" in by_number[bad]
    assert by_number[gone]["why_not"] == "it is AUTO_PACKAGING"
    assert {good, bad} <= set(waiting(shop))


def test_many_are_ordered_at_once_or_none(shop: Shop) -> None:
    good = shop.post(order(), requires_manual_review="true").json()["number"]
    bad = shop.ordered(order(fund_distribution=WRONG_FUND))["number"]
    assert own(shop, "POST", "/review/order-now", {"numbers": [good, bad]}).status_code == 409
    assert status(shop, good) == "INREVIEW"
    assert own(shop, "POST", "/review/order-now", {"numbers": [good]}).status_code == 200


def test_a_line_is_assigned_deferred_and_taken_up_again(shop: Shop) -> None:
    number = shop.post(order(), requires_manual_review="true").json()["number"]
    assert own(shop, "POST", "/review/assign", {"numbers": [number], "to": "patron1"}).status_code == 200
    assert waiting(shop)[number]["assigned_to"] == "patron1"
    unknown = own(shop, "POST", "/review/assign", {"numbers": [number], "to": "nobody"})
    assert unknown.json()["error"][0]["slug"] == "user_unknown"
    aside = {"numbers": [number], "until": "2026-04-01", "reason": "waiting for the faculty"}
    assert own(shop, "POST", "/review/defer", aside).status_code == 200
    assert status(shop, number) == "DEFERRED"
    passed = own(shop, "POST", "/review/defer", {"numbers": [number], "until": "2020-01-01"})
    assert passed.json()["error"][0]["slug"] == "date_passed"
    assert own(shop, "POST", "/review/resume", {"numbers": [number]}).status_code == 200
    assert status(shop, number) == "INREVIEW"
    entries = own(shop, "GET", f"/lines/{number}/history").json()["entries"]
    assert [entry["field"] for entry in entries] == ["assigned_to", "state", "state"]


def test_the_member_of_staff_is_recorded_beside_the_key(shop: Shop) -> None:
    number = shop.post(order(), requires_manual_review="true").json()["number"]
    done = own(shop, "POST", "/review/order-now", {"numbers": [number]}, **{"X-Openacq-User": "patron1"})
    assert done.status_code == 200
    entries = own(shop, "GET", f"/lines/{number}/history").json()["entries"]
    assert entries[-1]["who"] == "patron1 (shop key)"


def test_cancelling_in_bulk_with_preview(shop: Shop) -> None:
    numbers = [shop.ordered()["number"] for _ in range(3)]
    body = {"numbers": numbers, "reason": "LIBRARY_CANCELLED", "comment": "budget cut"}
    assert own(shop, "POST", "/review/cancel", {**body, "preview": True}).status_code == 200
    assert {status(shop, number) for number in numbers} == {"AUTO_PACKAGING"}
    assert own(shop, "POST", "/review/cancel", body).status_code == 200
    assert {status(shop, number) for number in numbers} == {"CANCELLED"}
    assert shop.world.balance("HIST").encumbered.units == 0


@pytest.mark.parametrize(
    ("path", "body", "slug", "code"),
    [
        ("/review/order-now", {}, "field_missing", 400),
        ("/review/order-now", {"numbers": ["POL-0"]}, "line_not_found", 404),
        ("/review/cancel", {"numbers": ["POL-0"]}, "field_missing", 400),
        ("/review/cancel", {"numbers": ["POL-0"], "reason": "x", "bib": "burn"}, "parameter_invalid", 400),
        ("/review/defer", {"numbers": ["x"] * 201}, "list_too_long", 400),
        ("/review/defer", {"numbers": [1], "until": "soon"}, "date_malformed", 400),
    ],
)
def test_bad_decisions_are_told(shop: Shop, path: str, body: Any, slug: str, code: int) -> None:
    answer = own(shop, "POST", path, body)
    assert answer.status_code == code
    assert slug in [error["slug"] for error in answer.json()["error"]]


def test_the_rules_can_be_asked_which_one_catches_a_line(shop: Shop) -> None:
    number = shop.ordered()["number"]
    before = own(shop, "GET", f"/lines/{number}/review-rule").json()
    assert (before["review"], before["rule"]) == (False, None)
    from openacq.profiles import service as profiles

    shop.world.load(
        profiles, "review_rule", {"name": "Everything of GOBI", "vendors": ["GOBI"], "review": True}
    )
    after = own(shop, "GET", f"/lines/{number}/review-rule").json()
    assert (after["review"], after["rule"]) == (True, "Everything of GOBI")


def test_a_vendor_s_key_and_a_stranger_decide_nothing(server: Server, shop: Shop) -> None:
    number = shop.post(order(), requires_manual_review="true").json()["number"]
    with server.new_shop(shop.world, name="gobi", vendor="GOBI") as gobi, server.new_shop() as stranger:
        assert own(gobi, "POST", "/review/order-now", {"numbers": [number]}).status_code == 403
        assert own(stranger, "POST", "/review/order-now", {"numbers": [number]}).status_code == 404
        assert own(stranger, "GET", f"/lines/{number}/history").status_code == 404
    assert status(shop, number) == "INREVIEW"
