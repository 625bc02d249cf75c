"""What the PO line call takes: both formats in every combination, and the ways clients are known to write."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from lxml import etree

from tests.serving_fixture import Server
from tests.shop import FORMATS, LINES, Format, Shop, alerts, as_xml, codes, order, problems, tree

UNLIKE = (
    "number",
    "vendor_reference_number",
    "resource_metadata",
    "location",
    "portfolios",
    "alert",
    "status",
)
"""Members of two equal lines that differ, because numbers and links are their own."""


def alike(line: dict[str, Any]) -> dict[str, Any]:
    """What two equal lines share."""
    kept = {name: value for name, value in line.items() if name not in UNLIKE}
    kept["title"] = {name: value for name, value in line["resource_metadata"].items() if name != "mms_id"}
    kept["places"] = [
        (place["quantity"], place["library"], place["shelving_location"], len(place["copy"]))
        for place in line["location"]
    ]
    return kept


def without_link(node: Any) -> Any:
    """An XML tree without what belongs to one line only."""
    tag, attributes, text, children = node
    own = {
        "number",
        "mms_id",
        "pid",
        "barcode",
        "id",
        "holding_id",
        "isbn",
        "title",
        "vendor_reference_number",
    }
    kept = {name: value for name, value in attributes.items() if name != "link"}
    return tag, kept, "" if tag in own else text, [without_link(child) for child in children]


@pytest.mark.parametrize("wants", FORMATS)
@pytest.mark.parametrize("sends", FORMATS)
def test_both_formats_go_in_and_out_in_every_combination(shop: Shop, sends: Format, wants: Format) -> None:
    usual = shop.post(order(), sends="json", wants="json")
    answer = shop.post(order(), sends=sends, wants=wants)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"application/{wants};charset=UTF-8"
    document = answer.content if wants == "xml" else as_xml(answer.json())
    assert without_link(tree(document)) == without_link(tree(as_xml(usual.json())))


def bare_codes(body: dict[str, Any]) -> None:
    body.update(owner="MAIN", type="PRINTED_BOOK_OT", vendor="GOBI")
    body["price"] = {"sum": "50.0", "currency": "USD"}
    body["fund_distribution"] = [{"fund_code": "HIST", "percent": 100}]
    body["location"] = [{"quantity": 1, "library": "MAIN", "shelving_location": "STACKS"}]


def numbers_as_text(body: dict[str, Any]) -> None:
    body["fund_distribution"][0]["percent"] = "100"
    body["location"][0]["quantity"] = "1"
    body.update(rush="false", no_charge="FALSE", cancellation_restriction="0", renewal_period="0")


def numbers_as_numbers(body: dict[str, Any]) -> None:
    body["price"]["sum"] = 50.0
    body["discount"] = 0
    body.update(rush=False, no_charge=False, cancellation_restriction=False, renewal_period=0)


def one_thing_for_a_list(body: dict[str, Any]) -> None:
    body["fund_distribution"] = body["fund_distribution"][0]
    body["location"] = body["location"][0]
    body["resource_metadata"]["system_control_number"] = ""


def wrappers_in_json(body: dict[str, Any]) -> None:
    body["fund_distributions"] = {"fund_distribution": body.pop("fund_distribution")}
    body["locations"] = {"location": body.pop("location")}
    body["notes"] = {"note": []}


def empty_codes(body: dict[str, Any]) -> None:
    body.update(
        vendor_reference_number_type={"value": "", "desc": ""},
        renewal_cycle={"value": ""},
        license={},
        material_type={"value": None, "desc": None},
        acquisition_method=None,
        interested_user=[],
        note=None,
    )


def the_word_null(body: dict[str, Any]) -> None:
    body.update(access_model="Null", vendor_reference_number_type={"value": "Null"})


def output_only(body: dict[str, Any]) -> None:
    body.update(
        link="string",
        number="",
        status={"value": "CLOSED", "desc": "Closed"},
        source_type={"value": "MANUALENTRY"},
        alert=[{"value": "", "desc": "an old alert"}],
        created_date="not even a date",
        status_date="1999-01-01Z",
        portfolios={"portfolio": [{"id": "53"}], "total_record_count": 1},
    )
    body["resource_metadata"]["mms_id"] = {"value": "", "link": ""}
    body["location"][0]["holding"] = [{"id": "221", "link": ""}]


def unknown_members(body: dict[str, Any]) -> None:
    body["colour"] = {"deep": ["and", {"deeper": None}]}
    body["price"]["tax"] = 3
    body["location"][0]["shelf"] = "B 12"


def backwards(body: dict[str, Any]) -> None:
    turned = dict(reversed(body.items()))
    body.clear()
    body.update(turned)


def long_dates(body: dict[str, Any]) -> None:
    body.update(renewal_date="", expected_receipt_date=None, subscription_from_date="")


Change = Callable[[dict[str, Any]], None]
CHANGES: tuple[Change, ...] = (
    bare_codes,
    numbers_as_text,
    numbers_as_numbers,
    one_thing_for_a_list,
    wrappers_in_json,
    empty_codes,
    the_word_null,
    output_only,
    unknown_members,
    backwards,
    long_dates,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_clients_write_the_same_order_in_many_ways(shop: Shop, change: Change) -> None:
    plain = order(price={"sum": "50.0", "currency": {"value": "USD"}})
    first = shop.ordered(deepcopy(plain))
    plain["vendor_reference_number"] += "-again"
    plain["resource_metadata"].pop("isbn")
    written = deepcopy(plain)
    change(written)
    again = shop.ordered(written)
    expected = alike(first)
    expected["title"].pop("isbn")
    shown = alike(again)
    shown["title"].pop("isbn")
    assert shown == expected
    assert again["status"] == first["status"]


XML_WAYS = {
    "a generated sample's xml_value": (
        "<owner>MAIN</owner>",
        '<owner desc="string"><xml_value>MAIN</xml_value></owner>',
    ),
    "a comment inside": ("<owner>MAIN</owner>", "<owner><!-- which? -->MAIN</owner>"),
    "white space round a code": ("<owner>MAIN</owner>", "<owner>\n    MAIN\n  </owner>"),
    "CDATA": ("<owner>MAIN</owner>", "<owner><![CDATA[MAIN]]></owner>"),
    "a namespace": ("<po_line>", '<po_line xmlns="http://example.org/po" xmlns:x="urn:x" x:y="1">'),
    "a link": ("<po_line>", '<po_line link="string">'),
    "an unknown element": ("<owner>", "<weather><today>rain</today></weather><owner>"),
    "an empty list": ("<owner>", "<notes/><alerts></alerts><interested_users/><owner>"),
    "no declaration": ("<?xml version='1.0' encoding='UTF-8' standalone='yes'?>", ""),
}


@pytest.mark.parametrize("way", XML_WAYS)
def test_xml_is_read_as_clients_write_it(shop: Shop, way: str) -> None:
    plain = as_xml(order()).decode()
    old, new = XML_WAYS[way]
    assert old in plain
    answer = shop.post(plain.replace(old, new, 1).encode(), sends="xml")
    assert answer.status_code == 200, answer.text
    assert answer.json()["owner"] == {"value": "MAIN", "desc": "Main Library"}
    assert len(answer.json()["location"]) == 1


def test_elements_may_come_in_any_order(shop: Shop) -> None:
    document = etree.fromstring(as_xml(order(reporting_code="first of all")))
    document[:] = sorted(document, key=lambda element: element.tag, reverse=True)
    line = shop.ordered(etree.tostring(document), sends="xml")
    assert line["reporting_code"] == "first of all"
    assert line["status"]["value"] == "AUTO_PACKAGING"


def test_letters_of_every_script_survive(shop: Shop) -> None:
    title = "Ἰλιάς 紅樓夢 — Ærø, naïve “quotes” 🦉 e\u0301"
    for sends in FORMATS:
        line = shop.ordered(order(resource_metadata={"title": title}), sends=sends)
        assert line["resource_metadata"]["title"] == title.replace("e\u0301", "é")


@pytest.mark.parametrize("form", FORMATS)
def test_a_whole_answer_sent_back_makes_an_equal_new_line(shop: Shop, form: Format) -> None:
    everything = order(
        note=[{"note_text": "A note"}],
        interested_user=[{"primary_id": "patron1", "notify_cancel": True}],
        location=[
            {"quantity": 2, "library": {"value": "MAIN"}, "shelving_location": "STACKS"},
            {"quantity": 1, "library": {"value": "SCI"}, "shelving_location": "STACKS"},
        ],
        po_number="PO-ELSEWHERE",
        renewal_date="2027-01-31Z",
        expected_receipt_date="2026-06-01Z",
    )
    first = shop.ordered(everything)
    whole: Any = shop.get(f"{LINES}/{first['number']}", wants=form).content
    again = shop.post(whole.replace(first["number"].encode(), b""), sends=form)
    assert again.status_code == 200, again.text
    second = again.json()
    assert second["number"] != first["number"]
    assert alike(second) == alike(first)
    assert second["resource_metadata"]["mms_id"] == first["resource_metadata"]["mms_id"]
    assert [place["holding"] for place in second["location"]] == [
        place["holding"] for place in first["location"]
    ]
    pids = {copy["pid"] for line in (first, second) for place in line["location"] for copy in place["copy"]}
    assert len(pids) == 6
    assert second["status"]["value"] == "INREVIEW"
    assert any("REF-" in alert for alert in alerts(second))


def test_a_line_copied_from_another_institution_gets_a_number_of_its_own(server: Server, shop: Shop) -> None:
    with server.new_shop() as neighbour:
        theirs = {**shop.ordered(), "number": "POL-UBS-2024-148772"}
        refused = neighbour.post(theirs)
        assert codes(refused) == ["401872"], "a record of another library is unknown"
        del theirs["resource_metadata"]["mms_id"]
        answer = neighbour.post(theirs)
        assert answer.status_code == 200, answer.text
        mine = answer.json()
        assert mine["number"] != theirs["number"]
        assert alike(mine) == alike(theirs)


def test_a_number_that_exists_is_refused(shop: Shop) -> None:
    line = shop.ordered()
    answer = shop.post(order(number=line["number"]))
    assert answer.status_code == 400
    assert problems(answer) == [("401870", f"PoLine {line['number']} already exists.")]
    for nothing in ("", None):
        body = order()
        body["number"] = nothing
        assert shop.post(body).status_code == 200


def test_electronic_orders_may_carry_places_and_lose_them(shop: Shop) -> None:
    line = shop.ordered(order(type={"value": "E_BOOK_OT"}, location=[{"quantity": 7, "library": "NOWHERE"}]))
    assert line["location"] == []


def test_of_a_member_written_twice_the_last_counts(shop: Shop) -> None:
    body = json.dumps(order())[:-1] + ', "owner": {"value": "SCI"}}'
    assert shop.ordered(body.encode())["owner"]["value"] == "SCI"


@pytest.mark.parametrize(
    "written",
    ["2026-08-19Z", "2026-08-19", "2026-08-19T10:15:00Z", "2026-08-19T23:59:59.999Z", " 2026-08-19Z "],
)
@pytest.mark.parametrize("sends", FORMATS)
def test_a_date_is_the_day_that_is_written(shop: Shop, sends: Format, written: str) -> None:
    line = shop.ordered(order(expected_receipt_date=written), sends=sends)
    assert line["expected_receipt_date"] == "2026-08-19Z"
