"""What is refused and how it is said: Alma's codes, every problem in one answer, both envelopes."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

import httpx
import pytest
from lxml import etree

from openacq.profiles import service as profiles
from tests.serving_fixture import Server
from tests.shop import FORMATS, LINES, NAMESPACE, PREFIX, Format, Shop, codes, order, problems

TRACKING = re.compile(r"E0[12]-\d{10}-[A-Z0-9]{5}-AWAE\d+")


def titled(**metadata: Any) -> dict[str, Any]:
    body = order()
    body["resource_metadata"].update(metadata)
    return body


def placed(**place: Any) -> dict[str, Any]:
    body = order()
    body["location"][0].update(place)
    return body


def shared(**share: Any) -> dict[str, Any]:
    return order(fund_distribution=[{"fund_code": {"value": "HIST"}, **share}])


def priced(amount: Any, currency: str = "USD") -> dict[str, Any]:
    return order(price={"sum": amount, "currency": {"value": currency}})


MISSING = "401664"
ILLEGAL = "401872"
PARAMETER = "40166411"

WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    # what is wrong: (body, code, words that must be said)
    "no owner": (order(owner=None), MISSING, "Mandatory field is missing: owner"),
    "an empty owner": (order(owner={"value": ""}), MISSING, "Mandatory field is missing: owner"),
    "no type": (order(type=None), MISSING, "Mandatory field is missing: type"),
    "no title": (titled(title=" "), MISSING, "Mandatory field is missing: resource_metadata.title"),
    "a title of control characters": (
        titled(title="\u0007\u0000"),
        MISSING,
        "Mandatory field is missing: resource_metadata.title",
    ),
    "a sum without currency": (
        order(price={"sum": "5.00"}),
        MISSING,
        "Mandatory field is missing: price.currency",
    ),
    "a place without library": (
        placed(library=None),
        MISSING,
        "Mandatory field is missing: location[0].library",
    ),
    "a share without fund": (
        order(fund_distribution=[{"percent": 100}]),
        MISSING,
        "Mandatory field is missing: fund_distribution[0].fund_code",
    ),
    "an unknown owner": (order(owner="MIAN"), ILLEGAL, "Given owner MIAN is illegal"),
    "an unknown type": (order(type="PAPYRUS"), ILLEGAL, "Given type PAPYRUS is illegal"),
    "an unknown vendor": (order(vendor="GOBO"), ILLEGAL, "Given vendor GOBO is illegal"),
    "another vendor's account": (
        order(vendor_account="OASIS-1"),
        ILLEGAL,
        "Given vendor_account OASIS-1 is illegal",
    ),
    "an unknown method": (order(acquisition_method="STEAL"), ILLEGAL, "acquisition_method STEAL"),
    "an unknown currency": (priced("5.00", "XQQ"), ILLEGAL, "price.currency XQQ"),
    "an unknown reference type": (
        order(vendor_reference_number_type="ZZZ"),
        ILLEGAL,
        "vendor_reference_number_type ZZZ",
    ),
    "an unknown material": (order(material_type="CLAY"), ILLEGAL, "material_type CLAY"),
    "an unknown base status": (order(base_status="MAYBE"), ILLEGAL, "base_status MAYBE"),
    "an unknown location": (
        placed(shelving_location="ATTIC"),
        ILLEGAL,
        "location[0].shelving_location ATTIC",
    ),
    "an unknown policy": (
        placed(copy=[{"item_policy": "SIP"}]),
        ILLEGAL,
        "location[0].copy[0].item_policy SIP",
    ),
    "an unknown user": (
        order(interested_user=[{"primary_id": "ghost"}]),
        ILLEGAL,
        "interested_user[0].primary_id ghost",
    ),
    "an unknown cycle": (
        order(type="PRINTED_BOOK_SO", manual_renewal=False, renewal_cycle="99"),
        ILLEGAL,
        "renewal_cycle 99",
    ),
    "a comma in the sum": (priced("12,50"), ILLEGAL, "price.sum: 12,50"),
    "a negative sum": (priced("-1.00"), ILLEGAL, "price.sum -1.00 is negative"),
    "twenty digits": (priced("1" * 20), ILLEGAL, "more than 14 digits"),
    "five decimals": (priced("1.00001"), ILLEGAL, "more than 4 decimals"),
    "an exponent": (priced("1e3"), ILLEGAL, "price.sum: 1e3"),
    "not a number": (priced("NaN"), ILLEGAL, "price.sum: NaN"),
    "infinity": (priced("Infinity"), ILLEGAL, "price.sum: Infinity"),
    "a discount beyond the price": (order(discount="101"), ILLEGAL, "discount: 101"),
    "a percent beyond all": (shared(percent=101), ILLEGAL, "fund_distribution[0].percent: 101"),
    "a percent in words": (shared(percent="half"), ILLEGAL, "fund_distribution[0].percent: half"),
    "percent and amount": (shared(percent=100, amount={"sum": "1.00"}), ILLEGAL, "exclude each other"),
    "another currency than the price": (
        shared(amount={"sum": "1.00", "currency": "EUR"}),
        ILLEGAL,
        "fund_distribution[0].amount.currency: the currency EUR",
    ),
    "no copies": (placed(quantity=0), ILLEGAL, "location[0].quantity: 0"),
    "too many copies": (placed(quantity=100_000), ILLEGAL, "location[0].quantity: 100000"),
    "half a copy": (placed(quantity="1.5"), ILLEGAL, "location[0].quantity: 1.5"),
    "an interval in words": (order(claiming_interval="soon"), ILLEGAL, "claiming_interval: soon"),
    "days before yesterday": (order(renewal_period=-1), ILLEGAL, "renewal_period: -1"),
    "neither true nor false": (order(rush="perhaps"), ILLEGAL, "rush: perhaps"),
    "a list for a text": (titled(author=["A", "B"]), ILLEGAL, "resource_metadata.author"),
    "a long reference": (
        order(vendor_reference_number="x" * 256),
        ILLEGAL,
        "vendor_reference_number is longer than 255 characters",
    ),
    "ten thousand places": (
        order(location=[{"quantity": 1, "library": "MAIN"}] * 10_000),
        ILLEGAL,
        "location has more than 500 entries",
    ),
    "no such day": (
        order(renewal_date="2026-02-30Z"),
        PARAMETER,
        "renewal_date: 2026-02-30Z is not a date",
    ),
    "a date in words": (
        order(expected_receipt_date="tomorrow"),
        PARAMETER,
        "expected_receipt_date: tomorrow is not a date",
    ),
    "free where nothing is free": (
        order(no_charge=True, acquisition_method="GIFT"),
        "60320",
        "No charge is not allowed for this PO line configuration.",
    ),
    "no such record": (
        titled(mms_id={"value": "99123"}),
        ILLEGAL,
        "Given resource_metadata.mms_id 99123 is illegal",
    ),
}


@pytest.fixture(scope="module")
def reader(running_server: Server) -> Any:
    """A shop whose every order is refused, so that the tests of this module can share it."""
    with running_server.new_shop() as shop:
        yield shop


@pytest.mark.parametrize("what", WRONG)
def test_each_wrong_field_is_refused_by_its_code_and_name(reader: Shop, what: str) -> None:
    body, code, words = WRONG[what]
    for form in FORMATS:
        if what == "a title of control characters" and form == "xml":
            continue  # XML cannot carry them at all
        answer = reader.post(deepcopy(body), sends=form, wants=form)
        assert answer.status_code == 400
        said = problems(answer)
        assert [each for each, _ in said] == [code], said
        assert words in said[0][1]


def test_every_problem_comes_in_one_answer_and_mandatory_fields_first(reader: Shop) -> None:
    body = order(
        owner=None,
        vendor="GOBO",
        acquisition_method="STEAL",
        price={"sum": "12,50", "currency": {"value": "USD"}},
        renewal_date="someday",
        rush="perhaps",
        claiming_interval="soon",
        fund_distribution=[
            {"fund_code": {"value": "HIST"}, "percent": "half"},
            {"fund_code": {"value": "ART"}, "percent": 200},
            {"percent": 5},
        ],
        location=[
            {"quantity": "many", "library": {"value": "MAIN"}, "shelving_location": "ATTIC"},
            {"quantity": 1, "library": {"value": "LAW"}},
        ],
        interested_user=[{"primary_id": "ghost"}],
        resource_metadata={"title": "", "mms_id": {"value": "99123"}},
    )
    for sends in FORMATS:
        for wants in FORMATS:
            said = problems(reader.post(deepcopy(body), sends=sends, wants=wants, profile_code="NONE"))
            assert said[:2] == [
                (MISSING, "Mandatory field is missing: owner"),
                (MISSING, "Mandatory field is missing: fund_distribution[2].fund_code"),
            ]
            rest = [
                "rush: perhaps",
                "price.sum",
                "renewal_date: someday",
                "fund_distribution[0].percent: half",
                "location[0].quantity: many",
                "profile_code NONE",
                "vendor GOBO",
                "acquisition_method STEAL",
                "claiming_interval: soon",
                "location[0].shelving_location ATTIC",
                "location[1].library LAW",
                "interested_user[0].primary_id ghost",
                "mms_id 99123",
                "fund_distribution[1].percent: 200",
            ]
            told = [words for _, words in said[2:]]
            for words in rest:
                assert len([each for each in told if words in each]) == 1, (words, told)
            assert len(told) == len(rest)


def test_what_a_wrong_code_probably_meant_is_said(reader: Shop) -> None:
    for body, meant in (
        (order(vendor="gobi"), "Did you mean GOBI?"),
        (order(owner="MIAN"), "Did you mean MAIN?"),
        (placed(shelving_location="STACK"), "Did you mean STACKS?"),
        (priced("1.00", "usd"), "Did you mean USD?"),
    ):
        assert meant in problems(reader.post(body))[0][1]


@pytest.mark.parametrize("wants", FORMATS)
@pytest.mark.parametrize("body", [b"", b" \n ", b"null", b"\xef\xbb\xbf"])
def test_a_call_without_a_body_is_told_so(reader: Shop, body: bytes, wants: Format) -> None:
    answer = reader.post(body, wants=wants)
    assert answer.status_code == 400
    assert problems(answer) == [("401676", "Request body not found.")]


@pytest.mark.parametrize(
    ("sends", "body"),
    [
        ("json", b'{"owner": {"value": "MAIN"'),
        ("json", b'{"owner": NaN}'),
        ("json", b"[1, 2]"),
        ("json", b'"po_line"'),
        ("json", b'{"owner": "\xff\xfe"}'),
        ("json", b'{"owner": "\\ud800"}'),
        ("json", b"<po_line/>"),
        ("xml", b"<po_line><owner>MAIN</po_line>"),
        ("xml", b"<po_line>\x00</po_line>"),
        ("xml", b"<po_line>&nbsp;</po_line>"),
        ("xml", b"<po_line>\xff</po_line>"),
        ("xml", b'<!DOCTYPE po_line [<!ENTITY x "y">]><po_line><owner>&x;</owner></po_line>'),
        ("xml", b'{"owner": "MAIN"}'),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_the_reason(
    reader: Shop, sends: Format, body: bytes
) -> None:
    answer = reader.post(body, sends=sends)
    assert answer.status_code == 400
    ((code, words),) = problems(answer)
    assert code == "401676"
    assert words.startswith("The body cannot be read: ")


@pytest.mark.parametrize("wants", FORMATS)
def test_a_line_that_is_not_there_is_not_found_with_400(reader: Shop, wants: Format) -> None:
    answer = reader.get(f"{LINES}/POL-999999", wants=wants)
    assert answer.status_code == 400
    assert problems(answer) == [("401871", "PO Line POL-999999 not found.")]


@pytest.mark.parametrize(
    "path", ["%00", "a%00b", "%FF%FE", "..%2F..%2Fetc", "%0D%0ASet-Cookie:x", "'%3B--", "x" * 4000]
)
@pytest.mark.parametrize("wants", FORMATS)
def test_hostile_numbers_are_just_not_found(reader: Shop, path: str, wants: Format) -> None:
    url = httpx.URL(reader.url).copy_with(raw_path=f"{PREFIX}{LINES}/{path}".encode())
    answer = reader.client.get(
        url, headers={"Authorization": f"apikey {reader.key}", "Accept": f"application/{wants}"}
    )
    assert answer.status_code == 400
    assert codes(answer) == ["401871"]
    assert "set-cookie" not in answer.headers


def test_a_reference_finds_its_line_while_there_is_only_one(shop: Shop) -> None:
    first = shop.ordered(order(vendor_reference_number="ONLY-ONE"))
    assert shop.line("ONLY-ONE")["number"] == first["number"]
    second = shop.ordered(order(vendor_reference_number="ONLY-ONE"))
    answer = shop.get(f"{LINES}/ONLY-ONE")
    ((code, words),) = problems(answer)
    assert (answer.status_code, code) == (400, "401871")
    assert first["number"] in words
    assert second["number"] in words


@pytest.mark.parametrize(
    ("check", "body", "words"),
    [
        (
            "block_invalid_fund",
            shared(percent=100) | {"fund_distribution": [{"fund_code": "hist"}]},
            "Did you mean HIST?",
        ),
        ("block_not_fully_funded", shared(percent=99), "not fully funded: 49.50 of 50.00 USD"),
        (
            "block_balance_too_low",
            order(fund_distribution=[{"fund_code": "POOR"}]),
            "Fund POOR has 10.00 USD free; 40.00 USD are missing",
        ),
    ],
)
def test_funds_refuse_the_order_where_the_profile_says_so(
    shop: Shop, check: str, body: dict[str, Any], words: str
) -> None:
    assert shop.post(body).json()["status"]["value"] == "INREVIEW"
    shop.world.load(profiles, "profile", {"code": "STRICT", "name": "Strict", check: True})
    answer = shop.post(body, profile_code="STRICT")
    assert answer.status_code == 400
    assert codes(answer) == [ILLEGAL]
    assert words in problems(answer)[0][1]


# -- envelopes ----------------------------------------------------------------------------------


def answers_of_every_status(reader: Shop, wants: Format | None) -> dict[int, httpx.Response]:
    """One answer for each status a call can be refused with."""
    nobody = {"Authorization": ""}
    return {
        400: reader.post({}, wants=wants),
        401: reader.get(f"{LINES}/X", headers=nobody, wants=wants),
        404: reader.get("/acq/leads", wants=wants),
        405: reader.call("DELETE", LINES, wants=wants),
        413: reader.post(b"{" + b" " * 3_000_000, wants=wants),
        415: reader.post(b"GIF89a", headers={"Content-Type": "image/gif"}, wants=wants),
    }


@pytest.mark.parametrize("wants", [*FORMATS, None])
def test_every_refusal_has_alma_s_envelope_in_the_format_asked_for(
    reader: Shop, wants: Format | None
) -> None:
    for status, answer in answers_of_every_status(reader, wants).items():
        assert answer.status_code == (400 if status == 401 else status)
        assert answer.headers["content-type"] == f"application/{wants or 'xml'};charset=UTF-8"
        assert int(answer.headers["x-exl-api-remaining"]) > 0
        if wants == "json":
            told = answer.json()
            assert list(told) == ["errorsExist", "errorList", "result"]
            assert list(told["errorList"]) == ["error"]
            error = told["errorList"]["error"][0]
            assert list(error) == ["errorCode", "errorMessage", "trackingId"]
            assert all(isinstance(value, str) for value in error.values())
            assert TRACKING.fullmatch(error["trackingId"])
        else:
            assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>')
            root = etree.fromstring(answer.content)
            assert [child.tag for child in root][:2] == [f"{NAMESPACE}errorsExist", f"{NAMESPACE}errorList"]
            tracking = root.findtext(f"{NAMESPACE}errorList/{NAMESPACE}error/{NAMESPACE}trackingId")
            assert tracking is not None
            assert TRACKING.fullmatch(tracking)


def test_each_status_has_its_code(reader: Shop) -> None:
    answers = answers_of_every_status(reader, "json")
    assert {status: codes(answer)[0] for status, answer in answers.items()} == {
        400: MISSING,
        401: "UNAUTHORIZED",
        404: "PATH_NOT_FOUND",
        405: "METHOD_NOT_ALLOWED",
        413: "REQUEST_TOO_LARGE",
        415: "UNSUPPORTED_MEDIA_TYPE",
    }
    assert "POST" in answers[405].headers["allow"]


@pytest.mark.parametrize("wants", FORMATS)
def test_too_many_calls_a_second_are_answered_as_clients_know_it(server: Server, wants: Format) -> None:
    with server.new_shop(rate_limit=1) as hasty:
        answers = [hasty.get("/acq/test", wants=wants) for _ in range(5)]
    late = next(answer for answer in answers if answer.status_code != 200)
    assert late.status_code == 429
    assert problems(late) == [
        (
            "PER_SECOND_THRESHOLD",
            "HTTP requests are more than allowed per second. See https://goo.gl/2x1c1M ",
        )
    ]
    assert b"trackingId" not in late.content
    assert late.headers["retry-after"] == "1"


def test_a_refused_order_leaves_nothing_behind(shop: Shop) -> None:
    before = shop.world.balance("HIST")
    body = order(vendor="GOBO")
    assert shop.post(body).status_code == 400
    assert shop.get(f"{LINES}/{body['vendor_reference_number']}").status_code == 400
    assert shop.world.balance("HIST") == before
    body["vendor"] = "GOBI"
    assert shop.post(body).status_code == 200, "a refusal is not remembered as an answer"


def test_a_fault_tells_no_details(reader: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr("openacq.ordering.service.place", fail)
    answer = reader.post(order(), headers={"Idempotency-Key": "once"})
    assert answer.status_code == 500
    assert problems(answer) == [("INTERNAL_SERVER_ERROR", "Internal server error.")]
    assert "secret detail" not in answer.text
    monkeypatch.undo()
    again = reader.post({}, headers={"Idempotency-Key": "once"})
    assert codes(again)[0] == MISSING, "a fault is not remembered as an answer"
    assert json.loads(again.content)["errorsExist"] is True
