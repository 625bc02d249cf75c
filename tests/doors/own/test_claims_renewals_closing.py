"""Claims, renewals, closing and reopening through our own door."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.kernel.clock import FixedClock
from openacq.ordering import renew as renewing
from openacq.ordering import service as ordering
from openacq.ordering.model import Actor
from tests.doors.own.desk import good, own, sent, slug, status
from tests.shop import Shop, order

INTERVALS = {"expected_receipt_interval": "30", "claiming_interval": "10", "reclaim_interval": "7"}


def claimable(shop: Shop, **changes: Any) -> dict[str, Any]:
    return sent(shop, **{**INTERVALS, **changes})


def due(shop: Shop, **which: str) -> list[str]:
    found = good(own(shop, "GET", "/claims", **which))
    assert found["total"] == len(found["lines"])
    return [each["line"] for each in found["lines"]]


# -- claims -------------------------------------------------------------------------------------


def test_what_is_overdue_is_listed_claimed_and_answered(shop: Shop, clock: FixedClock) -> None:
    line = claimable(shop)
    assert due(shop) == []
    clock.advance(days=45)
    (overdue,) = good(own(shop, "GET", "/claims"))["lines"]
    assert overdue == {
        "line": line["number"],
        "title": line["resource_metadata"]["title"],
        "vendor": "GOBI",
        "account": "GOBI-MAIN",
        "owner": "MAIN",
        "reference": line["vendor_reference_number"],
        "expected": "2026-04-01Z",
        "due": "2026-04-11Z",
        "claim": 1,
        "missing": 1,
        "days": 5,
    }
    made = good(own(shop, "POST", "/claims", {"numbers": [line["number"]], "note": "Please"}))["claims"][0]
    assert (made["claim"], made["by"]) == (1, "shop key")
    assert made["letter"] > 0
    assert due(shop) == []
    answered = good(
        own(shop, "POST", f"/claims/{made['id']}/answer", {"answer": "Soon", "expected": "2026-06-01"})
    )
    assert answered["answer"] == "Soon"
    assert shop.line(line["number"])["expected_receipt_date"] == "2026-06-01Z"
    (kept,) = good(own(shop, "GET", f"/lines/{line['number']}/claims"))["claims"]
    assert (kept["id"], kept["answer"]) == (made["id"], "Soon")
    assert due(shop, by="2026-06-11") == [line["number"]]


def test_the_list_is_narrowed(shop: Shop, clock: FixedClock) -> None:
    gobi = claimable(shop)
    oasis = claimable(shop, vendor="OASIS", vendor_account="OASIS-1")
    clock.advance(days=45)
    assert set(due(shop)) == {gobi["number"], oasis["number"]}
    assert due(shop, vendor="OASIS") == [oasis["number"]]
    assert due(shop, library="SCI") == []
    assert due(shop, by="2026-04-10") == []


def test_claims_are_put_off_and_noted_without_a_letter(shop: Shop, clock: FixedClock) -> None:
    line = claimable(shop)
    clock.advance(days=45)
    good(own(shop, "POST", "/claims/postpone", {"numbers": [line["number"]], "until": "2026-05-01"}))
    assert due(shop) == []
    made = good(own(shop, "POST", "/claims", {"numbers": [line["number"]], "letter": False}))["claims"][0]
    assert "letter" not in made


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/claims", {}, (400, "field_missing")),
        ("/claims", {"numbers": ["POL-0"]}, (404, "line_not_found")),
        ("/claims", {"numbers": ["UNSENT"]}, (409, "claim_refused")),
        ("/claims", {"numbers": ["x"] * 201}, (400, "list_too_long")),
        ("/claims/postpone", {"numbers": ["LINE"]}, (400, "field_missing")),
        ("/claims/postpone", {"until": "2026-05-01"}, (400, "field_missing")),
        ("/claims/postpone", {"numbers": ["LINE"], "until": "2026-03-02"}, (400, "date_passed")),
        ("/claims/999/answer", {"answer": "?"}, (404, "record_missing")),
        ("/claims/x/answer", {"answer": "?"}, (404, "record_missing")),
        ("/claims/1/answer", {}, (400, "field_missing")),
    ],
)
def test_what_cannot_be_claimed(
    shop: Shop, path: str, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    names = {"LINE": claimable(shop)["number"], "UNSENT": shop.ordered()["number"]}
    numbers = [names.get(each, each) for each in body.get("numbers", [])]
    asked = {**body, **({"numbers": numbers} if numbers else {})}
    assert slug(own(shop, "POST", path, asked)) == expected


def test_the_claims_of_a_line_that_is_not_there(shop: Shop) -> None:
    assert slug(own(shop, "GET", "/lines/POL-0/claims")) == (404, "line_not_found")
    assert slug(own(shop, "GET", "/claims", by="soon")) == (400, "date_malformed")


def test_another_expected_day_moves_the_claim(shop: Shop) -> None:
    line = claimable(shop)
    body = shop.line(line["number"])
    body["expected_receipt_date"] = "2026-07-01Z"
    assert shop.call("PUT", f"/acq/po-lines/{line['number']}", body).status_code == 200
    assert due(shop, by="2026-07-10") == []
    assert due(shop, by="2026-07-11") == [line["number"]]


# -- renewals -----------------------------------------------------------------------------------


def journal(shop: Shop, **changes: Any) -> dict[str, Any]:
    return sent(shop, **{"type": "PRINTED_JOURNAL_CO", "renewal_date": "2026-04-01Z", **changes})


def the_day_comes(shop: Shop, clock: FixedClock, days: int = 30) -> None:
    clock.advance(days=days)
    shop.world.write(lambda tx: renewing.renew_due(tx, Actor("calendar")))


def test_a_subscription_is_renewed_by_hand(shop: Shop, clock: FixedClock) -> None:
    line = journal(shop, renewal_note="Ask the department")
    the_day_comes(shop, clock)
    assert status(shop, line) == "WAITING_FOR_MANUAL_RENEWAL"
    (waiting,) = good(own(shop, "GET", "/renewals"))["lines"]
    assert waiting == {
        "line": line["number"],
        "title": line["resource_metadata"]["title"],
        "vendor": "GOBI",
        "account": "GOBI-MAIN",
        "owner": "MAIN",
        "status": "WAITING_FOR_MANUAL_RENEWAL",
        "renewal_date": "2026-04-01Z",
        "days": 0,
        "by_hand": True,
        "renewal_period": 0,
        "renewal_note": "Ask the department",
        "net": "50.00",
        "currency": "USD",
    }
    agreed = {
        "renewal_date": "2027-04-01",
        "price": "60.00",
        "renewal_period": 30,
        "subscription_from_date": "2026-04-01",
        "subscription_to_date": "2027-03-31",
    }
    done = good(own(shop, "POST", f"/lines/{line['number']}/renew", agreed))
    assert done == {
        "line": line["number"],
        "status": "WAITING_FOR_RENEWAL",
        "renewal_date": "2027-04-01Z",
        "net": "60.00",
        "currency": "USD",
        "alerts": [],
    }
    now = shop.line(line["number"])
    assert (now["renewal_date"], now["renewal_period"], now["price"]["sum"]) == ("2027-04-01Z", 30, "60.00")
    assert (now["subscription_from_date"], now["subscription_to_date"]) == ("2026-04-01Z", "2027-03-31Z")
    assert good(own(shop, "GET", "/renewals"))["total"] == 0
    assert [each["line"] for each in good(own(shop, "GET", "/renewals", until="2027-12-31"))["lines"]] == [
        line["number"]
    ]


def test_a_subscription_renews_itself(shop: Shop, clock: FixedClock) -> None:
    line = journal(shop, manual_renewal=False, renewal_cycle={"value": "1"})
    the_day_comes(shop, clock)
    assert shop.line(line["number"])["renewal_date"] == "2027-04-01Z"
    assert good(own(shop, "GET", "/renewals"))["total"] == 0


def test_a_price_its_fund_may_not_carry_is_told_in_words(shop: Shop) -> None:
    line = journal(shop)
    done = good(
        own(
            shop,
            "POST",
            f"/lines/{line['number']}/renew",
            {"renewal_date": "2027-04-01", "price": "5000.00"},
        )
    )
    assert [each["slug"] for each in done["alerts"]] == ["fund_short"]
    assert "HIST" in done["alerts"][0]["text"]


def test_a_subscription_is_ended(shop: Shop, clock: FixedClock) -> None:
    cancelled, closed = journal(shop), journal(shop)
    the_day_comes(shop, clock)
    body = {"numbers": [cancelled["number"]], "reason": "LIBRARY_CANCELLED"}
    assert good(own(shop, "POST", "/renewals/cancel", body))["lines"][0]["status"] == "CANCELLED"
    assert (
        good(own(shop, "POST", "/lines/close", {"numbers": [closed["number"]]}))["lines"][0]["status"]
        == "CLOSED"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, (400, "field_missing")),
        ({"renewal_date": "2026-03-01"}, (400, "date_passed")),
        ({"renewal_date": "soon"}, (400, "date_malformed")),
        ({"renewal_date": "2027-01-01", "renewal_cycle": "99"}, (400, "code_illegal")),
        ({"renewal_date": "2027-01-01", "renewal_period": -1}, (400, "value_wrong_type")),
        ({"renewal_date": "2027-01-01", "price": "12,50"}, (400, "price_invalid")),
        ({"renewal_date": "2027-01-01", "price": "1.00", "currency": "EUR"}, (400, "share_currency")),
        ({"renewal_date": "2027-01-01", "operator": "nobody"}, (400, "user_unknown")),
    ],
)
def test_what_cannot_be_agreed(shop: Shop, body: Any, expected: tuple[int, str]) -> None:
    line = journal(shop)
    assert slug(own(shop, "POST", f"/lines/{line['number']}/renew", body)) == expected
    assert shop.line(line["number"])["renewal_date"] == "2026-04-01Z"


def test_a_one_time_line_is_not_renewed(shop: Shop) -> None:
    line = sent(shop)
    answer = own(shop, "POST", f"/lines/{line['number']}/renew", {"renewal_date": "2027-01-01"})
    assert slug(answer) == (409, "move_refused")
    assert slug(own(shop, "POST", "/lines/POL-0/renew", {"renewal_date": "2027-01-01"}))[0] == 404


# -- the end, and again -------------------------------------------------------------------------


def test_a_line_is_walked_from_checkout_to_closed_and_back(shop: Shop) -> None:
    line = sent(shop)
    numbers = {"numbers": [line["number"]]}
    assert slug(own(shop, "POST", "/lines/close", numbers)) == (409, "move_refused")
    receipt = good(own(shop, "POST", "/receipts", {"line": line["number"]}))["receipts"][0]
    assert status(shop, line) == "WAITING_FOR_INVOICE"
    assert good(own(shop, "POST", "/lines/close", {**numbers, "preview": True}))["preview"] is True
    assert status(shop, line) == "WAITING_FOR_INVOICE"
    assert good(own(shop, "POST", "/lines/close", numbers)) == {
        "preview": False,
        "lines": [{"number": line["number"], "status": "CLOSED"}],
    }
    assert shop.world.balance("HIST").encumbered.units == 0
    assert slug(own(shop, "POST", "/lines/close", numbers)) == (409, "move_refused")
    reopened = good(own(shop, "POST", "/lines/reopen", numbers))
    assert reopened["lines"] == [{"number": line["number"], "status": "WAITING_FOR_INVOICE", "alerts": []}]
    assert shop.world.balance("HIST").encumbered.text() == "50.00"
    good(own(shop, "POST", f"/receipts/{receipt['id']}/undo"))
    assert status(shop, line) == "SENT"
    cancel = shop.call("DELETE", f"/acq/po-lines/{line['number']}", reason="LIBRARY_CANCELLED")
    assert cancel.status_code == 204
    assert slug(own(shop, "POST", "/lines/reopen", numbers)) == (409, "move_refused")
    assert shop.world.differences() == []


def test_taking_the_missing_copy_off_completes_the_line_and_adding_one_does_not(shop: Shop) -> None:
    line = sent(shop, location=[{"quantity": 2, "library": "MAIN", "shelving_location": "STACKS"}])
    good(own(shop, "POST", "/receipts", {"line": line["number"], "quantity": 1}))
    body = shop.line(line["number"])
    place = body["location"][0]
    place["quantity"], place["copy"] = 1, place["copy"][:1]
    assert "receive_date" in place["copy"][0]
    path = f"/acq/po-lines/{line['number']}"
    changed = shop.call("PUT", path, body)
    assert (changed.status_code, changed.json()["status"]["value"]) == (200, "WAITING_FOR_INVOICE")
    assert status(shop, line) == "WAITING_FOR_INVOICE"
    body["location"][0]["quantity"] = 2
    assert shop.call("PUT", path, body).json()["status"]["value"] == "SENT"
    assert shop.world.read(ordering.check) == []


def test_a_reopened_line_whose_fund_is_empty_says_so(shop: Shop) -> None:
    line = sent(shop)
    good(own(shop, "POST", "/receipts", {"line": line["number"]}))
    good(own(shop, "POST", "/lines/close", {"numbers": [line["number"]]}))
    shop.ordered(order(price={"sum": "1000.00", "currency": {"value": "USD"}}))
    preview = good(own(shop, "POST", "/lines/reopen", {"numbers": [line["number"]], "preview": True}))
    assert [each["slug"] for each in preview["lines"][0]["alerts"]] == ["fund_short"]
    assert status(shop, line) == "CLOSED"


@pytest.mark.parametrize("path", ["/lines/close", "/lines/reopen"])
def test_which_lines_has_to_be_said(shop: Shop, path: str) -> None:
    assert slug(own(shop, "POST", path, {})) == (400, "field_missing")
    assert slug(own(shop, "POST", path, {"numbers": ["POL-0"]})) == (404, "line_not_found")
