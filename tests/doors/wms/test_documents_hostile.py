"""Bodies meant to break something, or simply wrong: each ends in one clean refusal that names it all."""

from __future__ import annotations

import pytest

from openacq.doors.wms.item_wire import MOST_BOOKINGS, PurchaseOrderItem
from openacq.doors.wms.order_wire import PurchaseOrder
from openacq.kernel.refusal import CATALOGUE, Problem, Refusal
from openacq.wire.atom import AtomResource, Received, read_entry
from openacq.wire.kept import KEPT_LIMIT
from openacq.wire.tree import DEPTH_LIMIT, Media


def problems(body: bytes, media: Media, model: type[AtomResource] = PurchaseOrder) -> tuple[Problem, ...]:
    with pytest.raises(Refusal) as refused:
        read_entry(model, body, media)
    for problem in refused.value.problems:
        assert problem.slug in CATALOGUE
        assert problem.message()
        assert problem.advice()
    return refused.value.problems


def entry(inside: str) -> bytes:
    return (
        '<entry xmlns="http://www.w3.org/2005/Atom"><content type="application/xml">'
        f"<purchaseOrder>{inside}</purchaseOrder></content></entry>"
    ).encode()


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE entry [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE entry SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE entry [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE entry>",
    ],
)
def test_document_types_are_refused(declared: str) -> None:
    body = f"<?xml version='1.0'?>{declared}".encode() + entry("<orderName>x</orderName>")
    (problem,) = problems(body, "xml")
    assert problem == Problem(
        "body_malformed", reason="a document type declaration (DOCTYPE) is not accepted"
    )


def test_depth_is_bounded_in_both_formats() -> None:
    deep = "<a>" * DEPTH_LIMIT + "</a>" * DEPTH_LIMIT
    assert problems(entry(deep), "xml") == (Problem("body_too_deep", limit=DEPTH_LIMIT),)
    nested = '{"x":' * (DEPTH_LIMIT + 1) + "1" + "}" * (DEPTH_LIMIT + 1)
    assert problems(nested.encode(), "json") == (Problem("body_too_deep", limit=DEPTH_LIMIT),)


@pytest.mark.parametrize(
    ("body", "media", "reason"),
    [
        (b'{"orderName":"\xff"}', "json", "it is not valid UTF-8"),
        (rb'{"orderName":"\ud800"}', "json", "a string holds half of a surrogate pair"),
        (rb'{"unknown":{"\udc00":1}}', "json", "a string holds half of a surrogate pair"),
        (b'{"content":[]', "json", "it ends too early"),
        (b"[]", "json", "an object is expected"),
        (b'{"exchangeRate":' + b"9" * 5000 + b"}", "json", "a number has too many digits"),
        (b"<purchaseOrder>&#xD800;</purchaseOrder>", "xml", "xmlParseCharRef: invalid xmlChar value 55296"),
        (b"<purchaseOrder>\xff</purchaseOrder>", "xml", "Invalid bytes in character encoding"),
        (b"<purchaseOrder>", "xml", "Premature end of data in tag purchaseOrder line 1"),
    ],
)
def test_what_is_no_document_at_all(body: bytes, media: Media, reason: str) -> None:
    (problem,) = problems(body, media)
    assert problem.slug == "body_malformed"
    assert str(problem.facts["reason"]).startswith(reason)


WRONG = {
    "orderName": ("[1]", "true", '{"a":1}'),
    "vendor": ('"Alibris"', "[1]", "7"),
    "currency": ('["USD"]', "false"),
    "exchangeRate": ('"one"', '"1,5"', "true", '"0x10"', "[1]", '"1e999"'),
    "lastUpdateTime": ('"yesterday"', "[1]", "true"),
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values]
)
def test_a_value_of_the_wrong_kind_is_named(field: str, value: str) -> None:
    body = f'{{"{field}":{value}}}'.encode()
    (problem,) = problems(body, "json")
    assert problem.field == field
    assert problem.slug in ("value_wrong_type", "date_malformed")


def test_an_empty_object_is_an_empty_element() -> None:
    order = read_entry(PurchaseOrder, b'{"orderName":{},"exchangeRate":{},"vendor":{}}', "json").resource
    assert order == PurchaseOrder(order_name="")


def test_all_of_it_is_told_in_one_answer_by_path_and_value() -> None:
    body = b"""{"content": {
        "quantity": "several", "orderingPrice": "12,50", "tax1Percentage": {"a": 1},
        "resource": {"worldcatResource": {"isbn": [{"x": 1}], "oclcNumber": ["86", "87"]}},
        "copyConfigs": {"copyConfig": [
            {"copyCount": 1},
            {"copyCount": 1.5, "booking": [{"percentage": "all"}, "HIST"]}
        ]},
        "notes": {"note": "just words"}
    }}"""
    found = [
        (problem.slug, problem.field, problem.value) for problem in problems(body, "json", PurchaseOrderItem)
    ]
    assert found == [
        ("value_wrong_type", "quantity", "several"),
        ("value_wrong_type", "orderingPrice", "12,50"),
        ("value_wrong_type", "tax1Percentage", "an object"),
        ("value_wrong_type", "resource.worldcatResource.isbn[0]", "an object"),
        ("value_wrong_type", "resource.worldcatResource.oclcNumber", "a list"),
        ("value_wrong_type", "copyConfigs.copyConfig[1].copyCount", "1.5"),
        ("value_wrong_type", "copyConfigs.copyConfig[1].booking[0].percentage", "all"),
        ("value_wrong_type", "copyConfigs.copyConfig[1].booking[1]", "HIST"),
        ("value_wrong_type", "notes.note[0]", "just words"),
    ]


def test_sums_of_twenty_digits_are_read_exactly_and_judged_later() -> None:
    for written in ("99999999999999999999", "12345678901234567890.25"):
        for body, media in (
            (f'{{"orderingPrice":"{written}"}}', "json"),
            (f'{{"orderingPrice":{written}}}', "json"),
            (f"<purchaseOrderItem><orderingPrice>{written}</orderingPrice></purchaseOrderItem>", "xml"),
        ):
            found = read_entry(PurchaseOrderItem, body.encode(), "xml" if media == "xml" else "json")
            assert str(found.resource.ordering_price) == written
    (problem,) = problems(b'{"orderingPrice":"' + b"9" * 31 + b'"}', "json", PurchaseOrderItem)
    assert problem.facts == {"expected": "a number of at most 30 digits"}


def test_texts_and_lists_have_an_end() -> None:
    body = f'{{"orderName":"{"x" * 4001}","currency":"{"x" * 256}"}}'.encode()
    assert [(problem.slug, problem.field) for problem in problems(body, "json")] == [
        ("value_too_long", "orderName"),
        ("value_too_long", "currency"),
    ]
    bookings = ",".join(["{}"] * (MOST_BOOKINGS + 1))
    body = f'{{"copyConfigs":{{"copyConfig":[{{"booking":[{bookings}]}}]}}}}'.encode()
    (problem,) = problems(body, "json", PurchaseOrderItem)
    assert (problem.slug, problem.field) == ("list_too_long", "copyConfigs.copyConfig[0].booking")


def test_members_nobody_knows_have_an_end() -> None:
    body = f'{{"zzz":{{"a":"{"x" * KEPT_LIMIT}"}}}}'.encode()
    (problem,) = problems(body, "json")
    assert (problem.slug, problem.field) == ("value_too_long", "zzz")


def test_characters_no_database_holds_are_dropped() -> None:
    body = rb'{"orderName":"a\u0000b\u0007","customerNumber":"\u200e1\ufffe"}'
    order = read_entry(PurchaseOrder, body, "json").resource
    assert (order.order_name, order.customer_number) == ("ab", "\u200e1")


def test_the_wrong_document_is_told_from_the_right_one() -> None:
    for body, media in (
        (b"<entry><content><purchaseOrderItem/></content></entry>", "xml"),
        (b"<feed/>", "xml"),
        (b"<invoice/>", "xml"),
    ):
        (problem,) = problems(body, "xml" if media == "xml" else "json")
        assert "purchaseOrder is expected, not " in problem.message()


def test_a_namespace_means_nothing_and_its_schema_location_neither() -> None:
    body = b"""<x:purchaseOrder xmlns:x="urn:nobody" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:schemaLocation="urn:nobody file:///etc/passwd"><y:currency xmlns:y="urn:y">EUR</y:currency>
        </x:purchaseOrder>"""
    assert read_entry(PurchaseOrder, body, "xml") == Received(PurchaseOrder(currency="EUR"), "")
