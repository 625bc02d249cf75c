"""The receiving desk through our own door, holds for the circulation system included."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from openacq.directory import service as directory
from tests.doors.own.desk import good, own, sent, slug, status
from tests.serving_fixture import Server
from tests.shop import Shop, order


@pytest.fixture(autouse=True)
def _staff(shop: Shop) -> None:
    shop.world.load(directory, "department", {"code": "ACQ", "name": "Acquisitions", "owner": "MAIN"})
    shop.world.load(
        directory,
        "user",
        {"primary_id": "staff1", "last_name": "Desk", "record_type": "STAFF"},
        {"primary_id": "anna", "last_name": "Able", "email": "anna@uni.example"},
    )


def copies(count: int) -> list[dict[str, Any]]:
    return [{"quantity": count, "library": "MAIN", "shelving_location": "STACKS"}]


def items(line: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = line["location"][0]["copy"]
    return found


# -- receiving ----------------------------------------------------------------------------------


def test_a_line_is_received_in_part_and_then_whole(shop: Shop) -> None:
    line = sent(shop, location=copies(3))
    part = good(own(shop, "POST", "/receipts", {"line": line["number"], "quantity": 1}))
    assert part["lines"] == [
        {
            "number": line["number"],
            "title": line["resource_metadata"]["title"],
            "status": "SENT",
            "ordered": 3,
            "received": 1,
            "missing": 2,
            "complete": False,
        }
    ]
    assert (part["receipts"][0]["department"], part["receipts"][0]["operator"]) == ("ACQ", "shop key")
    whole = good(own(shop, "POST", "/receipts", {"line": line["number"]}))
    assert len(whole["receipts"]) == 2
    assert status(shop, line) == "WAITING_FOR_INVOICE"


@pytest.mark.parametrize("how", ["items", "barcodes", "isbn"])
def test_copies_are_named_by(shop: Shop, how: str) -> None:
    line = sent(shop)
    body = {
        "items": {"items": [items(line)[0]["pid"]]},
        "barcodes": {"barcodes": [items(line)[0]["barcode"]]},
        "isbn": {"isbn": line["resource_metadata"]["isbn"]},
    }[how]
    assert good(own(shop, "POST", "/receipts", body))["receipts"][0]["item_id"] == items(line)[0]["pid"]


def test_everything_a_desk_knows_of_a_receipt_is_kept(shop: Shop) -> None:
    line = sent(shop, receiving_note="Check the CD")
    body = {
        "line": line["number"],
        "received": "2026-02-27",
        "department": "ACQ",
        "department_library": "MAIN",
        "keep_in_department": True,
        "new_barcodes": ["SR-1"],
        "operator": "staff1",
    }
    done = good(own(shop, "POST", "/receipts", body))
    (receipt,) = done["receipts"]
    assert (receipt["received"], receipt["barcode"], receipt["operator"]) == (
        "2026-02-27Z",
        "SR-1",
        "staff1 (shop key)",
    )
    assert done["lines"][0]["receiving_note"] == "Check the CD"
    item = shop.get(items(line)[0]["link"].split("/almaws/v1")[1]).json()["item_data"]
    assert (item["process_type"]["value"], item["receiving_operator"]) == (
        "WORK_ORDER_DEPARTMENT",
        "staff1 (shop key)",
    )


def test_an_issue_is_received_as_a_new_item(shop: Shop) -> None:
    line = sent(shop, type="PRINTED_JOURNAL_CO", renewal_date="2027-01-01Z")
    new = {"barcode": "ISSUE-1", "enumeration_a": "12", "description": "v.12"}
    done = good(own(shop, "POST", "/receipts", {"line": line["number"], "new": new}))
    assert done["receipts"][0]["made"] is True
    assert status(shop, line) == "WAITING_FOR_RENEWAL"
    undone = good(own(shop, "POST", f"/receipts/{done['receipts'][0]['id']}/undo"))
    assert undone["lines"][0]["received"] == 0
    assert shop.get(f"/acq/po-lines/{line['number']}/items").json() == {"total_record_count": 0}


def test_an_e_book_is_switched_on_and_off(shop: Shop) -> None:
    line = sent(shop, type="E_BOOK_OT", location=None)
    done = good(own(shop, "POST", "/activations", {"line": line["number"], "received": "2026-03-01"}))
    assert done["receipts"][0]["portfolio_id"] == line["portfolios"]["portfolio"][0]["id"]
    assert shop.line(line["number"])["portfolios"]["portfolio"][0]["base_status"] == "ACTIVE"
    assert status(shop, line) == "WAITING_FOR_INVOICE"
    assert slug(own(shop, "POST", "/activations", {"line": line["number"]})) == (409, "line_active")
    good(own(shop, "POST", f"/receipts/{done['receipts'][0]['id']}/undo", {"operator": "staff1"}))
    assert shop.line(line["number"])["portfolios"]["portfolio"][0]["base_status"] == "INACTIVE"
    assert status(shop, line) == "SENT"


def test_of_five_desks_that_receive_one_item_one_makes_the_receipt(shop: Shop) -> None:
    line = sent(shop)
    body = {"items": [items(line)[0]["pid"]]}
    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(lambda _: own(shop, "POST", "/receipts", body), range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert good(own(shop, "GET", "/receipts", line=line["number"]))["total"] == 1


def test_a_repeated_call_with_its_key_receives_once(shop: Shop) -> None:
    line = sent(shop, location=copies(3))
    body = {"line": line["number"], "quantity": 1}
    first, second = (good(own(shop, "POST", "/receipts", body, key="scan 1")) for _ in range(2))
    assert first == second
    assert good(own(shop, "POST", "/receipts", body, key="scan 2"))["lines"][0]["received"] == 2


# -- the list, and scans ------------------------------------------------------------------------


def test_receipts_are_listed_newest_first_and_narrowed(shop: Shop) -> None:
    first, second = sent(shop), sent(shop)
    good(own(shop, "POST", "/receipts", {"line": first["number"], "received": "2026-02-01"}))
    receipt = good(own(shop, "POST", "/receipts", {"line": second["number"], "operator": "staff1"}))
    receipt_id = receipt["receipts"][0]["id"]
    good(own(shop, "POST", f"/receipts/{receipt_id}/undo"))

    def listed(**which: str) -> list[str]:
        found = good(own(shop, "GET", "/receipts", **which))
        assert found["total"] == len(found["receipts"])
        return [each["line"] for each in found["receipts"]]

    assert listed() == [second["number"], first["number"]]
    assert listed(line=first["number"]) == [first["number"]]
    assert listed(item=items(second)[0]["pid"]) == [second["number"]]
    assert listed(undone="true") == [second["number"]]
    assert listed(undone="false") == [first["number"]]
    assert listed(since="2026-03-01") == [second["number"]]
    assert listed(until="2026-02-01Z") == [first["number"]]
    assert listed(operator="staff1 (shop key)") == [second["number"]]
    page = good(own(shop, "GET", "/receipts", limit="1", offset="1"))
    assert (page["total"], page["receipts"][0]["line"]) == (2, first["number"])
    one = good(own(shop, "GET", f"/receipts/{receipt_id}"))
    assert one["undone_by"] == "shop key"


def test_a_scan_says_what_it_may_mean(shop: Shop) -> None:
    line = sent(shop, receiving_note="Gift wrap")
    isbn = line["resource_metadata"]["isbn"]
    (found,) = good(own(shop, "GET", "/receipts/candidates", scan=isbn))["candidates"]
    assert (found["found_by"], found["line"]["number"], found["line"]["missing"]) == (
        "number",
        line["number"],
        1,
    )
    assert found["line"]["receiving_note"] == "Gift wrap"
    (found,) = good(own(shop, "GET", "/receipts/candidates", scan=items(line)[0]["barcode"]))["candidates"]
    assert (found["found_by"], found["item_id"]) == ("barcode", items(line)[0]["pid"])
    assert good(own(shop, "GET", "/receipts/candidates", scan="nothing"))["candidates"] == []
    assert slug(own(shop, "GET", "/receipts/candidates")) == (400, "field_missing")


# -- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "field_missing")),
        ({"line": "POL-0"}, (404, "line_not_found")),
        ({"items": ["23999"]}, (404, "item_not_found")),
        ({"barcodes": ["nothing"]}, (404, "item_not_found")),
        ({"isbn": "9780306406157"}, (404, "nothing_expected")),
        ({"line": "LINE", "quantity": 0}, (400, "quantity_invalid")),
        ({"line": "LINE", "quantity": 9}, (409, "receive_refused")),
        ({"line": "LINE", "department": "NOPE"}, (404, "department_unknown")),
        ({"line": "LINE", "received": "soon"}, (400, "date_malformed")),
        ({"line": "LINE", "new_barcodes": ["A", "B"]}, (409, "receive_refused")),
        ({"line": "LINE", "operator": "nobody"}, (400, "user_unknown")),
        ({"line": "LINE", "new": {"library": "LAW"}}, (400, "library_unknown")),
        ({"new": {"barcode": "1"}}, (400, "field_missing")),
        ({"barcodes": ["x"] * 1001}, (400, "list_too_long")),
    ],
)
def test_what_cannot_be_received_is_refused(
    shop: Shop, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    line = sent(shop)
    asked = {name: line["number"] if value == "LINE" else value for name, value in body.items()}
    assert slug(own(shop, "POST", "/receipts", asked)) == expected
    assert good(own(shop, "GET", "/receipts"))["total"] == 0


def test_what_is_not_there_and_what_was_done_already(shop: Shop) -> None:
    line = sent(shop)
    receipt = good(own(shop, "POST", "/receipts", {"line": line["number"]}))["receipts"][0]
    again = own(shop, "POST", "/receipts", {"items": [items(line)[0]["pid"]]})
    assert slug(again) == (409, "item_received")
    assert "2026-03-02" in again.json()["error"][0]["message"]
    good(own(shop, "POST", f"/receipts/{receipt['id']}/undo"))
    assert slug(own(shop, "POST", f"/receipts/{receipt['id']}/undo")) == (409, "receipt_undone")
    for path in ("/receipts/999", "/receipts/abc"):
        assert slug(own(shop, "GET", path)) == (404, "record_missing")
        assert slug(own(shop, "POST", f"{path}/undo")) == (404, "record_missing")
    assert slug(own(shop, "GET", "/receipts", since="soon")) == (400, "date_malformed")
    assert slug(own(shop, "GET", "/receipts", undone="perhaps")) == (400, "parameter_invalid")
    assert slug(own(shop, "POST", "/activations", {})) == (400, "field_missing")
    assert slug(own(shop, "POST", "/activations", {"line": line["number"]})) == (409, "receive_refused")


def test_an_isbn_of_two_lines_names_both(shop: Shop) -> None:
    line = sent(shop)
    other = shop.ordered(
        order(resource_metadata={"mms_id": {"value": line["resource_metadata"]["mms_id"]["value"]}})
    )
    answer = own(shop, "POST", "/receipts", {"isbn": line["resource_metadata"]["isbn"]})
    assert slug(answer) == (409, "receive_ambiguous")
    assert other["number"] in answer.json()["error"][0]["message"]


def test_vendors_and_readers_receive_nothing(server: Server, shop: Shop) -> None:
    line = sent(shop)
    with server.new_shop(shop.world, vendor="GOBI") as gobi:
        for method, path in (
            ("POST", "/receipts"),
            ("GET", "/receipts"),
            ("GET", "/holds"),
            ("GET", "/claims"),
        ):
            assert own(gobi, method, path, {"line": line["number"]}).status_code == 403
    with server.new_shop(shop.world, areas={"own": "read"}) as reader:
        assert own(reader, "POST", "/receipts", {"line": line["number"]}).status_code == 403
        assert own(reader, "GET", "/receipts").status_code == 200


def test_nothing_is_seen_of_another_institution(server: Server, shop: Shop) -> None:
    line = sent(shop, interested_user=[{"primary_id": "anna", "hold_item": True}])
    receipt = good(own(shop, "POST", "/receipts", {"line": line["number"]}))
    with server.new_shop() as stranger:
        assert good(own(stranger, "GET", "/receipts"))["total"] == 0
        assert good(own(stranger, "GET", "/holds"))["total"] == 0
        assert slug(own(stranger, "GET", f"/receipts/{receipt['receipts'][0]['id']}"))[0] == 404
        assert slug(own(stranger, "GET", f"/holds/{receipt['holds'][0]['id']}"))[0] == 404
        assert slug(own(stranger, "POST", "/receipts", {"line": line["number"]}))[0] == 404


# -- holds --------------------------------------------------------------------------------------


def held(shop: Shop) -> dict[str, Any]:
    line = sent(shop, interested_user=[{"primary_id": "anna", "hold_item": True}])
    done = good(own(shop, "POST", "/receipts", {"line": line["number"]}))
    hold: dict[str, Any] = done["holds"][0]
    return hold


def test_a_hold_is_read_taken_and_finished(shop: Shop) -> None:
    hold = held(shop)
    assert (hold["state"], hold["primary_id"]) == ("wanted", "anna")
    listed = good(own(shop, "GET", "/holds", state="wanted", primary_id="anna", line=hold["line"]))
    assert [each["id"] for each in listed["holds"]] == [hold["id"]]
    for state in ("passed_on", "done"):
        assert good(own(shop, "PUT", f"/holds/{hold['id']}", {"state": state}))["state"] == state
    assert good(own(shop, "GET", f"/holds/{hold['id']}"))["state"] == "done"
    assert good(own(shop, "GET", "/holds", state="wanted,failed"))["total"] == 0


def test_a_failed_hold_says_why_and_is_wanted_again(shop: Shop) -> None:
    path = f"/holds/{held(shop)['id']}"
    assert slug(own(shop, "PUT", path, {"state": "failed"})) == (400, "field_missing")
    failed = good(own(shop, "PUT", path, {"state": "failed", "reason": "patron is blocked"}))
    assert (failed["reason"], failed["attempts"]) == ("patron is blocked", 1)
    assert failed["due"] > failed["changed"]
    assert good(own(shop, "PUT", path, {"state": "wanted"}))["state"] == "wanted"


def test_what_a_hold_cannot_be(shop: Shop) -> None:
    hold = held(shop)
    path = f"/holds/{hold['id']}"
    assert slug(own(shop, "PUT", path, {"state": "lost"})) == (400, "value_not_listed")
    good(own(shop, "PUT", path, {"state": "done"}))
    assert slug(own(shop, "PUT", path, {"state": "wanted"})) == (409, "hold_refused")
    assert slug(own(shop, "GET", "/holds/999")) == (404, "record_missing")
    assert slug(own(shop, "GET", "/holds/x")) == (404, "record_missing")
    assert slug(own(shop, "GET", "/holds", state="lost")) == (400, "parameter_invalid")
