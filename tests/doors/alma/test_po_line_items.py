"""Receiving through the Alma door: what clients send, what they get, every code by itself, both formats."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from lxml import etree

from openacq.codes import service as codes_of_tables
from openacq.directory import service as directory
from tests.serving_fixture import Server
from tests.shop import FORMATS, LINES, Format, Shop, codes, order, problems

EMPTY: dict[Format, bytes] = {"json": b"{}", "xml": b"<item/>"}


@pytest.fixture(autouse=True)
def _departments(shop: Shop) -> None:
    shop.world.load(
        directory,
        "department",
        {"code": "ACQ", "name": "Acquisitions", "owner": "MAIN"},
        {"code": "SCI-ACQ", "name": "Science acquisitions", "owner": "SCI"},
    )


def two_copies(shop: Shop) -> dict[str, Any]:
    return shop.ordered(order(location=[{"quantity": 2, "library": "MAIN", "shelving_location": "STACKS"}]))


def pids(line: dict[str, Any]) -> list[str]:
    return [copy["pid"] for copy in line["location"][0]["copy"]]


def items_path(line: dict[str, Any]) -> str:
    return f"{LINES}/{line['number']}/items"


def receive(shop: Shop, line: dict[str, Any], pid: str, body: Any = b"{}", **how: Any) -> httpx.Response:
    return shop.call("POST", f"{items_path(line)}/{pid}", body, **{"op": "receive", **how})


# -- the list -----------------------------------------------------------------------------------


def test_the_items_of_a_line_are_listed_with_barcode_and_link(shop: Shop) -> None:
    line = two_copies(shop)
    told = shop.get(items_path(line)).json()
    assert told["total_record_count"] == 2
    assert [item["item_data"]["pid"] for item in told["item"]] == pids(line)
    first = told["item"][0]
    assert first["item_data"]["barcode"] == line["location"][0]["copy"][0]["barcode"]
    assert first["item_data"]["process_type"] == {"value": "ACQ", "desc": "Acquisition"}
    assert first["link"] == line["location"][0]["copy"][0]["link"]
    whole = shop.client.get(
        first["link"].split("/almaws/v1")[1], headers={"Authorization": f"apikey {shop.key}"}
    )
    assert whole.status_code == 200


def test_the_list_is_the_same_in_xml(shop: Shop) -> None:
    line = two_copies(shop)
    root = etree.fromstring(shop.get(items_path(line), wants="xml").content)
    assert (root.tag, root.get("total_record_count")) == ("items", "2")
    assert [node.findtext("item_data/pid") for node in root] == pids(line)


@pytest.mark.parametrize(
    ("params", "shown"),
    [
        ({}, 2),
        ({"limit": "all"}, 2),
        ({"limit": "1"}, 1),
        ({"limit": "0"}, 0),
        ({"limit": "1000000"}, 2),
        ({"offset": "1"}, 1),
        ({"limit": "1", "offset": "2"}, 0),
    ],
)
def test_limit_and_offset(shop: Shop, params: dict[str, str], shown: int) -> None:
    line = two_copies(shop)
    told = shop.get(items_path(line), **params).json()
    assert (len(told.get("item", [])), told["total_record_count"]) == (shown, 2)


def test_no_items_is_a_count_alone(shop: Shop) -> None:
    line = shop.ordered(order(type="E_BOOK_OT", location=None))
    assert shop.get(items_path(line)).json() == {"total_record_count": 0}


def test_the_line_may_be_named_by_its_id_or_the_vendor_s_reference(shop: Shop) -> None:
    line = two_copies(shop)
    row_id = shop.world.line(line["number"]).id
    for name in (row_id, line["vendor_reference_number"]):
        assert shop.get(f"{LINES}/{name}/items").json()["total_record_count"] == 2


@pytest.mark.parametrize("wants", FORMATS)
def test_a_line_that_is_not_there(shop: Shop, wants: Format) -> None:
    assert codes(shop.get(f"{LINES}/POL-0/items", wants=wants)) == ["401871"]
    assert codes(shop.get(f"{LINES}/POL-0/items", wants=wants, limit="some")) == ["40166411"]


# -- receiving an item --------------------------------------------------------------------------


@pytest.mark.parametrize("wants", FORMATS)
@pytest.mark.parametrize("sends", FORMATS)
def test_an_empty_body_in_either_format_receives(shop: Shop, sends: Format, wants: Format) -> None:
    line = shop.ordered()
    answer = receive(shop, line, pids(line)[0], EMPTY[sends], sends=sends, wants=wants)
    assert answer.status_code == 200, answer.text
    if wants == "json":
        data = answer.json()["item_data"]
        assert (data["arrival_date"], data["process_type"]["value"], data["po_line"]) == (
            "2026-03-02Z",
            "TRANSIT",
            line["number"],
        )
        assert data["receiving_operator"] == "shop key"
    else:
        root = etree.fromstring(answer.content)
        assert root.tag == "item"
        assert root.findtext("item_data/arrival_date") == "2026-03-02Z"
        assert root.findtext("item_data/process_type") == "TRANSIT"


def test_no_body_and_no_content_type_receive_too(shop: Shop) -> None:
    line = shop.ordered()
    answer = receive(shop, line, pids(line)[0], None)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("form", FORMATS)
def test_the_whole_object_that_was_read_may_be_sent_back(shop: Shop, form: Format) -> None:
    line = shop.ordered()
    read = shop.get(line["location"][0]["copy"][0]["link"].split("/almaws/v1")[1], wants=form)
    answer = receive(shop, line, pids(line)[0], read.content, sends=form)
    assert answer.status_code == 200, answer.text
    assert answer.json()["item_data"]["barcode"] == line["location"][0]["copy"][0]["barcode"]


def test_a_shelf_ready_copy_brings_its_barcode(shop: Shop) -> None:
    line = shop.ordered()
    answer = receive(shop, line, pids(line)[0], {"item_data": {"barcode": "SR-1"}})
    assert answer.json()["item_data"]["barcode"] == "SR-1"


def test_day_and_department_are_taken(shop: Shop) -> None:
    line = two_copies(shop)
    first, second = pids(line)
    given = receive(
        shop, line, first, receive_date="2026-02-20Z", department="SCI-ACQ", department_library="SCI"
    )
    assert given.json()["item_data"]["arrival_date"] == "2026-02-20Z"
    receive(shop, line, second)
    listed = shop.world.read(_receipts)
    assert {(each.item_id, each.department) for each in listed} == {(first, "SCI-ACQ"), (second, "ACQ")}


def _receipts(tx: Any) -> Any:
    from openacq.ordering import service as ordering

    return ordering.receipts(tx, ordering.ReceiptFilter())[0]


def test_receiving_in_review_leaves_the_status(shop: Shop) -> None:
    line = shop.ordered(order(), requires_manual_review="true")
    assert line["status"]["value"] == "INREVIEW"
    assert receive(shop, line, pids(line)[0]).status_code == 200
    now = shop.line(line["number"])
    assert now["status"]["value"] == "INREVIEW"
    assert now["location"][0]["copy"][0]["receive_date"] == "2026-03-02Z"


def test_of_five_clients_who_receive_one_item_at_once_one_does(shop: Shop) -> None:
    line = shop.ordered()
    (pid,) = pids(line)
    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(lambda _: receive(shop, line, pid), range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400]
    assert {code for answer in answers if answer.status_code == 400 for code in codes(answer)} == {"401877"}
    assert len(shop.world.read(_receipts)) == 1


WRONG: dict[str, tuple[dict[str, str], str, str]] = {
    # what is wrong: (parameters, code, words that must be said)
    "a date in words": ({"receive_date": "yesterday"}, "40166411", "receive_date: yesterday"),
    "no such day": ({"receive_date": "2026-02-30Z"}, "40166411", "receive_date: 2026-02-30Z"),
    "another order of the date": ({"receive_date": "20.02.2026"}, "40166411", "receive_date"),
    "no such department": ({"department": "NOPE"}, "401875", "Failed to find the department."),
    "a department of another library": (
        {"department": "ACQ", "department_library": "SCI"},
        "401875",
        "Failed to find the department.",
    ),
    "no such library": ({"department_library": "LAW"}, "401875", "Failed to find the department."),
    "no op": ({"op": ""}, "40166411", "op"),
    "another op": ({"op": "return"}, "40166411", "Valid: receive"),
}


@pytest.mark.parametrize("wants", FORMATS)
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_parameter_is_refused(shop: Shop, what: str, wants: Format) -> None:
    params, code, words = WRONG[what]
    line = shop.ordered()
    answer = receive(shop, line, pids(line)[0], wants=wants, **params)
    assert answer.status_code == 400
    assert problems(answer)[0][0] == code
    assert words in problems(answer)[0][1]
    assert shop.world.read(_receipts) == []


@pytest.mark.parametrize("wants", FORMATS)
def test_a_line_an_item_and_a_copy_that_cannot_be_received(shop: Shop, wants: Format) -> None:
    line = shop.ordered(order())
    other = shop.ordered(order())
    (pid,) = pids(line)
    missing = receive(shop, {"number": "POL-0"}, pid, wants=wants)
    assert codes(missing) == ["401871"]
    for wrong in ("23999", pids(other)[0]):
        answer = receive(shop, line, wrong, wants=wants)
        assert problems(answer)[0][0] == "401877"
        assert problems(answer)[0][1].startswith("Failed to receive PO Line.")
    assert receive(shop, line, pid).status_code == 200
    again = receive(shop, line, pid, wants=wants)
    assert codes(again) == ["401877"]
    assert "2026-03-02" in problems(again)[0][1]
    shop.call("DELETE", f"{LINES}/{other['number']}", reason="LIBRARY_CANCELLED")
    assert codes(receive(shop, other, pids(other)[0], wants=wants)) == ["401877"]


@pytest.mark.parametrize("wants", FORMATS)
def test_a_barcode_another_item_has_receives_nothing(shop: Shop, wants: Format) -> None:
    taken = shop.ordered()["location"][0]["copy"][0]["barcode"]
    line = shop.ordered()
    answer = receive(shop, line, pids(line)[0], {"item_data": {"barcode": taken}}, wants=wants)
    assert codes(answer) == ["401877"]
    assert taken in problems(answer)[0][1]
    assert shop.world.read(_receipts) == []


def test_a_body_that_cannot_be_read(shop: Shop) -> None:
    line = shop.ordered()
    assert codes(receive(shop, line, pids(line)[0], b"{")) == ["401676"]


# -- receiving a new item -----------------------------------------------------------------------


def new_item(shop: Shop, line: dict[str, Any], body: Any = b"{}", **how: Any) -> httpx.Response:
    return shop.call("POST", items_path(line), body, **how)


def journal(shop: Shop) -> dict[str, Any]:
    return shop.ordered(order(type="PRINTED_JOURNAL_CO", renewal_date="2027-01-01Z", interested_user=None))


@pytest.mark.parametrize("sends", FORMATS)
def test_an_issue_comes_as_a_new_item(shop: Shop, sends: Format) -> None:
    line = journal(shop)
    body = {
        "item_data": {
            "barcode": f"ISSUE-{sends}",
            "description": "v.12",
            "enumeration_a": "12",
            "chronology_i": "2026",
        }
    }
    answer = new_item(shop, line, body if sends == "json" else _item_xml(body), sends=sends)
    assert answer.status_code == 200, answer.text
    item = answer.json()
    assert item["item_data"]["barcode"] == f"ISSUE-{sends}"
    assert (item["item_data"]["description"], item["item_data"]["enumeration_a"]) == ("v.12", "12")
    assert item["item_data"]["arrival_date"] == "2026-03-02Z"
    assert item["item_data"]["po_line"] == line["number"]
    assert shop.get(items_path(line)).json()["total_record_count"] == 1


def _item_xml(body: dict[str, Any]) -> bytes:
    from tests.shop import as_xml

    return as_xml(body, "item")


def test_an_empty_body_makes_a_plain_item(shop: Shop) -> None:
    line = journal(shop)
    for body in (b"{}", b"<item/>", None):
        sends: Format = "xml" if body == b"<item/>" else "json"
        answer = new_item(shop, line, body, sends=sends)
        assert answer.status_code == 200, answer.text
        assert answer.json()["item_data"]["barcode"] == answer.json()["item_data"]["pid"]
    assert shop.get(items_path(line)).json()["total_record_count"] == 3


def test_a_new_item_goes_where_it_is_told(shop: Shop) -> None:
    line = shop.ordered()
    there = {"item_data": {"library": {"value": "SCI"}, "location": {"value": "STACKS"}}}
    assert new_item(shop, line, there).json()["item_data"]["library"]["value"] == "SCI"
    holding = line["location"][0]["holding"][0]["id"]
    put = new_item(shop, line, {"holding_data": {"holding_id": holding}}).json()
    assert put["holding_data"]["holding_id"] == holding


def test_a_repeated_call_with_its_key_makes_no_second_item(shop: Shop) -> None:
    line = journal(shop)
    key = {"Idempotency-Key": f"issue of {line['number']}"}
    first, second = (new_item(shop, line, headers=key) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert shop.get(items_path(line)).json()["total_record_count"] == 1
    other = new_item(shop, line, {"item_data": {"description": "another"}}, headers=key)
    assert other.status_code == 409


NEW_WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a barcode that is taken": ({"item_data": {"barcode": "TAKEN"}}, "401878"),
    "no such policy": ({"item_data": {"policy": {"value": "SIP"}}}, "401878"),
    "no such library": ({"item_data": {"library": {"value": "LAW"}}}, "401878"),
    "no such location": (
        {"item_data": {"library": {"value": "MAIN"}, "location": {"value": "ATTIC"}}},
        "401878",
    ),
    "no such holding": ({"holding_data": {"holding_id": "22999"}}, "401878"),
}


@pytest.mark.parametrize("wants", FORMATS)
@pytest.mark.parametrize("what", NEW_WRONG)
def test_an_item_that_cannot_be_so_is_not_received(shop: Shop, what: str, wants: Format) -> None:
    shop.world.load(codes_of_tables, "code_row", {"table": "ItemPolicy", "code": "01", "description": "Loan"})
    shop.ordered(order(location=[{"quantity": 1, "library": "MAIN", "copy": [{"barcode": "TAKEN"}]}]))
    line = journal(shop)
    body, code = NEW_WRONG[what]
    answer = new_item(shop, line, body, wants=wants)
    assert codes(answer) == [code]
    assert problems(answer)[0][1].startswith("Failed to update the item after the receive.")
    assert shop.get(items_path(line)).json() == {"total_record_count": 0}


@pytest.mark.parametrize("wants", FORMATS)
def test_the_other_codes_of_a_new_item(shop: Shop, wants: Format) -> None:
    line = journal(shop)
    online = shop.ordered(order(type="E_BOOK_OT", location=None))
    assert codes(new_item(shop, line, receive_date="soon", wants=wants)) == ["40166411"]
    assert codes(new_item(shop, line, department="NOPE", wants=wants)) == ["401875"]
    assert codes(new_item(shop, {"number": "POL-0"}, wants=wants)) == ["401871"]
    assert codes(new_item(shop, online, wants=wants)) == ["401877"]


# -- rights -------------------------------------------------------------------------------------


def test_a_vendor_s_key_reads_its_own_items_and_receives_nothing(server: Server, shop: Shop) -> None:
    line = shop.ordered()
    other = shop.ordered(order(vendor="OASIS", vendor_account="OASIS-1"))
    with server.new_shop(shop.world, vendor="GOBI") as gobi:
        assert gobi.get(items_path(line)).json()["total_record_count"] == 1
        assert codes(gobi.get(items_path(other))) == ["401871"]
        assert receive(gobi, line, pids(line)[0]).status_code == 403
        assert new_item(gobi, line).status_code == 403


def test_a_key_that_may_only_read_receives_nothing(server: Server, shop: Shop) -> None:
    line = shop.ordered()
    with server.new_shop(shop.world, areas={"acq": "read"}) as reader:
        assert receive(reader, line, pids(line)[0]).status_code == 403


def test_another_institution_s_line_is_not_there(server: Server, shop: Shop) -> None:
    line = shop.ordered()
    with server.new_shop() as stranger:
        assert codes(stranger.get(items_path(line))) == ["401871"]
        assert codes(receive(stranger, line, pids(line)[0])) == ["401871"]
