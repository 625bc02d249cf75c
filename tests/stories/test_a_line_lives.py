"""The whole life of a line through the doors: checkout, packed, sent, received, closed, reopened, over."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.directory import service as directory
from openacq.jobs.outbox import Outbox
from openacq.jobs.reactions import REACTIONS
from openacq.kernel.clock import FixedClock
from openacq.letters import service as letters
from openacq.ordering import service as ordering
from tests.doors.own.desk import good, own, slug, status
from tests.shop import FORMATS, LINES, Format, Shop, order


@pytest.fixture(autouse=True)
def _people(shop: Shop) -> None:
    shop.world.load(directory, "department", {"code": "ACQ", "name": "Acquisitions", "owner": "MAIN"})
    shop.world.load(
        directory,
        "user",
        {"primary_id": "anna", "first_name": "Anna", "last_name": "Able", "email": "anna@uni.example"},
        {"primary_id": "staff1", "last_name": "Desk", "record_type": "STAFF"},
    )


def work(shop: Shop) -> None:
    """What waits in the library's outbox is done, and what the calendar brings up."""
    world = shop.world
    cards = [
        card
        for card in world.store.read(directory.every_institution, institution=0)
        if card.id == world.institution
    ]
    for sweep in ordering.SWEEPS:
        world.write(sweep.step)
    worker = Outbox(world.store, REACTIONS, lambda: cards)
    while worker.step():
        pass


def sent_to_vendor(shop: Shop, **changes: Any) -> dict[str, Any]:
    line = shop.ordered(order(**changes))
    good(own(shop, "POST", "/packaging/run"))
    work(shop)
    return shop.line(line["number"])


def right(shop: Shop) -> None:
    """Money, states, receipts and items agree."""
    assert shop.world.differences() == []
    assert shop.world.read(ordering.check) == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_book_from_checkout_to_closed_and_back(shop: Shop, form: Format) -> None:
    wanted = [{"primary_id": "anna", "notify_receiving_activation": True, "hold_item": True}]
    line = sent_to_vendor(shop, interested_user=wanted)
    assert (line["status"]["value"], line["po_number"][:3]) == ("SENT", "PO-")
    assert shop.world.balance("HIST").encumbered.text() == "50.00"

    listed = shop.get(f"{LINES}/{line['number']}/items").json()["item"]
    pid = listed[0]["item_data"]["pid"]
    body = b"{}" if form == "json" else b"<item/>"
    path = f"{LINES}/{line['number']}/items/{pid}"
    answer = shop.call("POST", path, body, sends=form, wants=form, op="receive", department="ACQ")
    assert answer.status_code == 200, answer.text
    assert status(shop, line) == "WAITING_FOR_INVOICE"

    work(shop)
    told = shop.world.read(letters.letters).letters
    assert [(letter.kind, letter.recipient) for letter in told if letter.recipient] == [
        ("notify_receiving_activation", "anna@uni.example")
    ]
    (hold,) = good(own(shop, "GET", "/holds", state="wanted"))["holds"]
    good(own(shop, "PUT", f"/holds/{hold['id']}", {"state": "done"}))

    numbers = {"numbers": [line["number"]], "operator": "staff1"}
    good(own(shop, "POST", "/lines/close", numbers))
    assert status(shop, line) == "CLOSED"
    assert shop.world.balance("HIST").encumbered.units == 0
    assert good(own(shop, "GET", f"/orders/{line['po_number']}"))["state"] == "CLOSED"
    right(shop)

    good(own(shop, "POST", "/lines/reopen", numbers))
    assert status(shop, line) == "WAITING_FOR_INVOICE"
    assert good(own(shop, "GET", f"/orders/{line['po_number']}"))["state"] == "SENT"
    good(own(shop, "POST", "/lines/close", numbers))
    history = good(own(shop, "GET", f"/lines/{line['number']}/history"))["entries"]
    states = [(entry["old"], entry["new"]) for entry in history if entry["field"] == "state"]
    assert states == [
        ("AUTO_PACKAGING", "READY"),
        ("READY", "SENT"),
        ("SENT", "WAITING_FOR_INVOICE"),
        ("WAITING_FOR_INVOICE", "CLOSED"),
        ("CLOSED", "WAITING_FOR_INVOICE"),
        ("WAITING_FOR_INVOICE", "CLOSED"),
    ]
    assert [entry["who"] for entry in history if entry["new"] == "CLOSED"] == ["staff1 (shop key)"] * 2
    right(shop)


def test_a_book_that_does_not_come_is_claimed_and_cancelled(shop: Shop, clock: FixedClock) -> None:
    line = sent_to_vendor(shop, expected_receipt_interval="20", claiming_interval="10", reclaim_interval="14")
    assert line["expected_receipt_date"] == "2026-03-22Z"
    clock.advance(days=30)
    work(shop)
    assert [each["line"] for each in good(own(shop, "GET", "/claims"))["lines"]] == [line["number"]]
    claim = good(own(shop, "POST", "/claims", {"numbers": [line["number"]]}))["claims"][0]
    good(own(shop, "POST", f"/claims/{claim['id']}/answer", {"answer": "Out of print"}))
    gone = shop.call("DELETE", f"{LINES}/{line['number']}", reason="LIBRARY_CANCELLED")
    assert gone.status_code == 204
    work(shop)
    assert status(shop, line) == "CANCELLED"
    assert good(own(shop, "GET", "/claims", by="2027-12-31"))["total"] == 0
    assert slug(own(shop, "POST", "/receipts", {"line": line["number"]}))[1] == "receive_refused"
    assert shop.world.balance("HIST").encumbered.units == 0
    right(shop)


def test_a_subscription_runs_for_years(shop: Shop, clock: FixedClock) -> None:
    line = sent_to_vendor(
        shop,
        type="PRINTED_JOURNAL_CO",
        renewal_date="2026-12-31Z",
        renewal_period=30,
        interested_user=[{"primary_id": "anna", "notify_renewal": True}],
    )
    assert line["status"]["value"] == "WAITING_FOR_RENEWAL"
    for issue in ("1", "2"):
        new = {"item_data": {"barcode": f"ISSUE-{issue}", "description": f"no. {issue}"}}
        assert shop.call("POST", f"{LINES}/{line['number']}/items", new).status_code == 200
    clock.advance(days=274)
    work(shop)
    assert status(shop, line) == "WAITING_FOR_MANUAL_RENEWAL"
    work(shop)
    assert "notify_renewal" in {letter.kind for letter in shop.world.read(letters.letters).letters}
    agreed = {"renewal_date": "2027-12-31", "price": "75.00"}
    good(own(shop, "POST", f"/lines/{line['number']}/renew", agreed))
    assert (status(shop, line), shop.world.balance("HIST").encumbered.text()) == (
        "WAITING_FOR_RENEWAL",
        "75.00",
    )
    right(shop)
    good(own(shop, "POST", "/lines/close", {"numbers": [line["number"]]}))
    assert shop.get(f"{LINES}/{line['number']}/items").json()["total_record_count"] == 2
    assert shop.world.balance("HIST").encumbered.units == 0
    right(shop)


def test_an_e_book_is_sent_switched_on_and_closed(shop: Shop) -> None:
    line = sent_to_vendor(shop, type="E_BOOK_OT", location=None)
    good(own(shop, "POST", "/activations", {"line": line["number"]}))
    assert status(shop, line) == "WAITING_FOR_INVOICE"
    good(own(shop, "POST", "/lines/close", {"numbers": [line["number"]]}))
    assert shop.line(line["number"])["portfolios"]["portfolio"][0]["base_status"] == "ACTIVE"
    right(shop)
