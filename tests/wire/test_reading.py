"""Bodies from clients: what is forgiven, what is refused, and in which words."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from openacq.kernel.refusal import Problem, Refusal
from openacq.wire.model import (
    UNSET,
    Amount,
    Coded,
    Linked,
    Maybe,
    Wire,
    read,
    to_json,
    to_xml,
)
from tests.wire.shapes import Copy, Line, Lines, Location, Metadata, Note, Share, User, full_line


def of_json(members: Any) -> Line:
    return read(Line, json.dumps(members).encode(), "json")


def of_xml(inside: str) -> Line:
    return read(Line, f"<po_line>{inside}</po_line>".encode(), "xml")


def problems_of(members: Any) -> tuple[Problem, ...]:
    with pytest.raises(Refusal) as refused:
        of_json(members)
    return refused.value.problems


def problems_of_xml(inside: str) -> tuple[Problem, ...]:
    with pytest.raises(Refusal) as refused:
        of_xml(inside)
    return refused.value.problems


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"owner": {"value": "MAIN", "desc": "Main Library"}}, Line(owner=Coded("MAIN"))),
        ({"owner": {"desc": "Main Library", "value": " MAIN "}}, Line(owner=Coded("MAIN"))),
        ({"owner": "MAIN"}, Line(owner=Coded("MAIN"))),
        ({"owner": 12}, Line(owner=Coded("12"))),
        ({"owner": {"xml_value": "MAIN"}}, Line(owner=Coded("MAIN"))),
        ({"owner": {"value": "MAIN", "desc": None}}, Line(owner=Coded("MAIN"))),
        ({"owner": {"value": "MAIN", "desc": {"odd": []}}}, Line(owner=Coded("MAIN"))),
        ({"owner": {}}, Line()),
        ({"owner": None}, Line()),
        ({"owner": ""}, Line()),
        ({"owner": {"value": None}}, Line()),
        ({"owner": {"value": "", "desc": ""}}, Line()),
        ({"owner": {"value": None, "desc": None}}, Line()),
        ({"access_model": "Null"}, Line()),
        ({"access_model": "null"}, Line(access_model="null")),
        ({"url": "Null"}, Line(url="Null")),
        ({"vendor_reference_number_type": {"value": "Null"}}, Line()),
        ({"vendor_reference_number_type": "Null"}, Line()),
        ({"owner": {"value": "Null"}}, Line(owner=Coded("Null"))),
    ],
)
def test_codes_come_in_many_coats(given: Any, meant: Line) -> None:
    assert of_json(given) == meant


@pytest.mark.parametrize(
    ("inside", "meant"),
    [
        ('<owner desc="Main Library">MAIN</owner>', Line(owner=Coded("MAIN"))),
        ("<owner>MAIN</owner>", Line(owner=Coded("MAIN"))),
        ("<owner>\n  MAIN\n</owner>", Line(owner=Coded("MAIN"))),
        ('<owner desc="Main"><xml_value>MAIN</xml_value></owner>', Line(owner=Coded("MAIN"))),
        ("<owner><xml_value>MAIN</xml_value></owner>", Line(owner=Coded("MAIN"))),
        ("<owner><xml_value/></owner>", Line()),
        ("<owner/>", Line()),
        ('<owner desc="Main Library"/>', Line()),
        ("<access_model>Null</access_model>", Line()),
        ('<vendor_reference_number_type desc="Null">Null</vendor_reference_number_type>', Line()),
        ('<url lang="en">x</url>', Line(url="x")),
        ('<url lang="en"/>', Line(url="")),
        ("<url><![CDATA[a&b]]></url>", Line(url="a&b")),
        ("<url>a<!-- b -->c<?d e?></url>", Line(url="ac")),
        ("<url>&lt;&#233;&gt;</url>", Line(url="<é>")),
        ('<o:owner xmlns:o="http://example.org/o" o:desc="x">MAIN</o:owner>', Line(owner=Coded("MAIN"))),
        (
            '<url xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>',
            Line(url=""),
        ),
        ("<rubbish><owner>X</owner></rubbish><owner>MAIN</owner>", Line(owner=Coded("MAIN"))),
    ],
)
def test_codes_and_texts_in_xml(inside: str, meant: Line) -> None:
    assert of_xml(inside) == meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("false", False),
        ("TRUE", True),
        ("1", True),
        ("0", False),
        (1, True),
        (0, False),
        ("", UNSET),
        (" ", UNSET),
        (None, UNSET),
        ({}, UNSET),
    ],
)
def test_booleans(given: Any, meant: Maybe[bool]) -> None:
    assert of_json({"rush": given}).rush is meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("1", 1),
        ('"1"', 1),
        ("1.0", 1),
        ('"1.0"', 1),
        ('" 12 "', 12),
        ("-3", -3),
        ("999999999999999999", 999_999_999_999_999_999),
        ('""', UNSET),
        ("null", UNSET),
    ],
)
def test_whole_numbers(given: str, meant: Maybe[int]) -> None:
    line = read(Line, f'{{"renewal_period":{given}}}'.encode(), "json")
    assert line.renewal_period == meant
    assert not isinstance(line.renewal_period, bool)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("33.34", "33.34"),
        ('"33.34"', "33.34"),
        ("50", "50"),
        ("50.00", "50.00"),
        ('".5"', "0.5"),
        ("0.1000000000000000055511151231257827", None),
        ("12345678901234567890.123456789", "12345678901234567890.123456789"),
        ("1e2", "1E+2"),
    ],
)
def test_numbers_never_pass_through_a_float(given: str, meant: str | None) -> None:
    body = f'{{"fund_distribution":[{{"percent":{given}}}]}}'.encode()
    if meant is None:
        with pytest.raises(Refusal) as refused:
            read(Line, body, "json")
        assert [problem.field for problem in refused.value.problems] == ["fund_distribution[0].percent"]
        return
    shares = read(Line, body, "json").fund_distribution
    assert shares == [Share(percent=Decimal(meant))]
    assert isinstance(shares, list)
    assert str(shares[0].percent) == meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("54.10", "54.10"),
        ('"54.10"', "54.10"),
        ("54.1000", "54.1000"),
        ("54", "54"),
        ("-0.05", "-0.05"),
        ('" 54.10 "', "54.10"),
        ("1e2", "1e2"),
        ("1e400", "1e400"),
        ("12345678901234567890", "12345678901234567890"),
        ('"1,5"', "1,5"),
        ('""', UNSET),
        ("null", UNSET),
    ],
)
def test_sums_reach_the_model_as_they_were_written(given: str, meant: Maybe[str]) -> None:
    """Whether they are money is for Money to say; here nothing may be lost on the way."""
    body = f'{{"price":{{"sum":{given},"currency":"USD"}}}}'.encode()
    assert read(Line, body, "json").price == Amount(meant, Coded("USD"))


@pytest.mark.parametrize("given", [{}, None, "", {"sum": ""}, {"sum": "", "currency": {"value": ""}}])
def test_an_amount_without_sum_and_currency_is_absent(given: Any) -> None:
    assert of_json({"price": given}).price is UNSET


@pytest.mark.parametrize(
    "given",
    [
        "2024-08-19",
        "2024-08-19Z",
        "2024-08-19+01:00",
        "2024-08-19T00:00:00Z",
        "2024-08-19T23:59:59.999Z",
        "2024-08-19T23:30:00-05:00",
        "2024-08-19T12:00",
        "2024-08-19 12:00:00",
        " 2024-08-19Z ",
    ],
)
def test_a_date_is_the_day_that_is_written(given: str) -> None:
    assert of_json({"renewal_date": given}).renewal_date == dt.date(2024, 8, 19)
    assert of_xml(f"<renewal_date>{given}</renewal_date>").renewal_date == dt.date(2024, 8, 19)


@pytest.mark.parametrize("given", ["", None, {}, " "])
def test_a_blank_date_is_absent(given: Any) -> None:
    assert of_json({"renewal_date": given, "seen_at": given}) == Line()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2024-08-19T10:15:00Z", dt.datetime(2024, 8, 19, 10, 15, tzinfo=dt.UTC)),
        ("2024-08-19T10:15:00.5z", dt.datetime(2024, 8, 19, 10, 15, 0, 500_000, dt.UTC)),
        ("2024-08-19T10:15:00+02:00", dt.datetime(2024, 8, 19, 8, 15, tzinfo=dt.UTC)),
        ("2024-08-19T10:15", dt.datetime(2024, 8, 19, 10, 15, tzinfo=dt.UTC)),
        ("2024-08-19", dt.datetime(2024, 8, 19, tzinfo=dt.UTC)),
        ("2024-08-19Z", dt.datetime(2024, 8, 19, tzinfo=dt.UTC)),
    ],
)
def test_moments_are_utc(given: str, meant: dt.datetime) -> None:
    assert of_json({"seen_at": given}).seen_at == meant


@pytest.mark.parametrize(
    "given",
    [
        "2024-02-30",
        "2024-13-01",
        "0000-01-01",
        "19.08.2024",
        "2024-8-19",
        "20240819",
        "2024-08-19X",
        "2024-08-19T25:00:00Z",
        "2024-08-19+99:00",
        "٢٠٢٤-٠٨-١٩",
        "tomorrow",
    ],
)
def test_no_date(given: str) -> None:
    assert problems_of({"renewal_date": given}) == (Problem("date_malformed", "renewal_date", given),)
    assert problems_of({"seen_at": given}) == (Problem("date_malformed", "seen_at", given),)


@pytest.mark.parametrize("given", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-14:00"])
def test_a_moment_beyond_the_calendar(given: str) -> None:
    assert problems_of({"seen_at": given}) == (Problem("date_malformed", "seen_at", given),)


NOTE_N = "<note><note_text>n</note_text></note>"
ONE_NOTE = Line(note=[Note("n")])


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"note": [{"note_text": "n"}]}, ONE_NOTE),
        ({"note": {"note_text": "n"}}, ONE_NOTE),
        ({"notes": {"note": [{"note_text": "n"}]}}, ONE_NOTE),
        ({"notes": {"note": {"note_text": "n"}}}, ONE_NOTE),
        ({"notes": [{"note_text": "n"}]}, ONE_NOTE),
        ({"note": [None, {"note_text": "n"}]}, ONE_NOTE),
        (
            {"note": [{"note_text": "n"}], "notes": {"note": [{"note_text": "m"}]}},
            Line(note=[Note("n"), Note("m")]),
        ),
        ({"note": []}, Line(note=[])),
        ({"note": ""}, Line(note=[])),
        ({"notes": {}}, Line(note=[])),
        ({"notes": {"note": []}}, Line(note=[])),
        ({"note": None}, Line()),
        ({"notes": None}, Line()),
        ({"note": [{}]}, Line(note=[Note()])),
        (
            {"resource_metadata": {"system_control_number": ["", "(X)1", None, " "]}},
            Line(resource_metadata=Metadata(system_control_number=["(X)1"])),
        ),
        (
            {"resource_metadata": {"system_control_numbers": "(X)1"}},
            Line(resource_metadata=Metadata(system_control_number=["(X)1"])),
        ),
        (
            {"resource_metadata": {"system_control_number": [""]}},
            Line(resource_metadata=Metadata(system_control_number=[])),
        ),
    ],
)
def test_lists_in_json(given: Any, meant: Line) -> None:
    assert of_json(given) == meant


@pytest.mark.parametrize(
    ("inside", "meant"),
    [
        ("<notes><note><note_text>n</note_text></note></notes>", ONE_NOTE),
        ("<note><note_text>n</note_text></note>", ONE_NOTE),
        (
            "<notes><note><note_text>n</note_text></note><note><note_text>m</note_text></note></notes>",
            Line(note=[Note("n"), Note("m")]),
        ),
        (
            f"<notes>{NOTE_N}</notes><notes>{NOTE_N.replace('n<', 'm<')}</notes>",
            Line(note=[Note("n"), Note("m")]),
        ),
        ("<notes/>", Line(note=[])),
        ("<notes>\n</notes>", Line(note=[])),
        ('<notes count="0"/>', Line(note=[])),
        ("<notes><other/></notes>", Line(note=[])),
        ("<notes><note/></notes>", Line(note=[Note()])),
    ],
)
def test_lists_in_xml(inside: str, meant: Line) -> None:
    assert of_xml(inside) == meant


def test_a_list_without_wrapper_is_absent_when_empty() -> None:
    assert read(Lines, b'{"po_line":[],"total_record_count":"0"}', "json") == Lines(total_record_count=0)
    assert read(Lines, b'<po_lines total_record_count="0"/>', "xml") == Lines(total_record_count=0)
    assert read(Lines, b"<x><po_line><url>a</url></po_line><po_line/></x>", "xml") == Lines(
        po_line=[Line(url="a"), Line()]
    )


def test_members_in_any_order_and_unknown_ones() -> None:
    assert of_xml(
        "<reporting_code>R</reporting_code><later><deep><deeper/></deep></later>"
        "<resource_metadata><title>T</title><odd/></resource_metadata>"
    ) == Line(reporting_code="R", resource_metadata=Metadata(title="T"))
    assert of_json(
        {"later": [{"deep": [1]}], "resource_metadata": {"odd": 1, "title": "T"}, "reporting_code": "R"}
    ) == Line(reporting_code="R", resource_metadata=Metadata(title="T"))


def test_what_is_only_written_is_skipped_whatever_it_holds() -> None:
    rubbish = {
        "number": ["POL-1"],
        "status": 7,
        "created_date": "yesterday",
        "portfolios": "x",
        "alert": {"value": {"value": {}}},
        "location": [{"quantity": 1, "copy": [{"link": "string", "@link": 5, "pid": {}, "barcode": "B"}]}],
    }
    assert of_json(rubbish) == Line(location=[Location(quantity=1, copy=[Copy(barcode="B")])])


def test_a_whole_answer_sent_back_is_read_without_what_is_only_written() -> None:
    line = full_line()
    from_json, from_xml = read(Line, to_json(line), "json"), read(Line, to_xml(line), "xml")
    assert from_json == from_xml
    assert (from_json.number, from_json.status, from_json.alert, from_json.created_date) == (UNSET,) * 4
    assert from_json.owner == Coded("MAIN")
    assert from_json.resource_metadata.mms_id == Linked("9977001")  # type: ignore[union-attr]
    assert from_json.interested_user == [User("reader7", True)]


def test_a_client_may_read_an_answer_whole() -> None:
    line = full_line()
    for media, body in (("json", to_json(line)), ("xml", to_xml(line))):
        found = read(Line, body, media, whole=True)  # type: ignore[arg-type]
        assert (found.number, found.status) == ("POL-2001", Coded("INREVIEW", "In Review"))
        assert found.alert == [Coded(desc="The title is held already: 1 copy in Main Library.")]
        assert found.created_date == dt.date(2026, 2, 1)


def test_plain_members_may_come_as_objects_with_a_value() -> None:
    assert of_json({"reporting_code": {"value": "R", "desc": "words"}, "rush": {"value": "true"}}) == Line(
        reporting_code="R", rush=True
    )


@pytest.mark.parametrize(
    ("given", "field", "shown", "expected"),
    [
        ({"url": {"a": 1}}, "url", "an object", "text"),
        ({"url": ["a"]}, "url", "a list", "text"),
        ({"url": True}, "url", "true", "text"),
        ({"url": {"value": {"value": "x"}}}, "url", "an object", "text"),
        ({"owner": ["MAIN"]}, "owner", "a list", "text"),
        ({"owner": {"value": ["MAIN"]}}, "owner", "a list", "text"),
        ({"owner": False}, "owner", "false", "text"),
        ({"rush": "maybe"}, "rush", "maybe", "true or false"),
        ({"rush": 2}, "rush", "2", "true or false"),
        ({"rush": [True]}, "rush", "a list", "true or false"),
        ({"renewal_period": "one"}, "renewal_period", "one", "a whole number"),
        ({"renewal_period": 1.5}, "renewal_period", "1.5", "a whole number"),
        ({"renewal_period": True}, "renewal_period", "true", "a whole number"),
        ({"renewal_period": "٣"}, "renewal_period", "٣", "a whole number"),
        ({"renewal_period": "1_000"}, "renewal_period", "1_000", "a whole number"),
        ({"renewal_date": []}, "renewal_date", "a list", "a date"),
        ({"renewal_date": False}, "renewal_date", "false", "a date"),
        ({"price": "54.10"}, "price", "54.10", "an object"),
        ({"price": 54}, "price", "54", "an object"),
        ({"price": [{"sum": "1"}]}, "price", "a list", "an object"),
        ({"price": {"sum": {"a": 1}}}, "price.sum", "an object", "text"),
        ({"price": {"currency": [1]}}, "price.currency", "a list", "text"),
        ({"note": ["bare"]}, "note[0]", "bare", "an object"),
        ({"note": [{}, {"note_text": []}]}, "note[1].note_text", "a list", "text"),
        ({"notes": {"note": [{}, {"note_text": []}]}}, "note[1].note_text", "a list", "text"),
        ({"location": [{"quantity": "x"}]}, "location[0].quantity", "x", "a whole number"),
        ({"location": {"quantity": "x"}}, "location[0].quantity", "x", "a whole number"),
        (
            {"location": [{}, {"copy": [{}, {"is_temp_location": "x"}]}]},
            "location[1].copy[1].is_temp_location",
            "x",
            "true or false",
        ),
        (
            {"fund_distribution": [{"percent": "half"}]},
            "fund_distribution[0].percent",
            "half",
            "a number of at most 30 digits",
        ),
        ({"fund_distribution": [{"percent": []}]}, "fund_distribution[0].percent", "a list", "a number"),
    ],
)
def test_wrong_types(given: Any, field: str, shown: str, expected: str) -> None:
    assert problems_of(given) == (Problem("value_wrong_type", field, shown, expected=expected),)


def test_an_element_that_may_stand_once_stands_twice() -> None:
    assert problems_of_xml("<owner>A</owner><owner>B</owner>") == (
        Problem("value_wrong_type", "owner", "a list", expected="text"),
    )


def test_paths_are_the_same_for_xml() -> None:
    assert problems_of_xml(
        "<locations><location/><location><quantity>x</quantity></location></locations>"
    ) == (Problem("value_wrong_type", "location[1].quantity", "x", expected="a whole number"),)


def test_all_problems_come_at_once_in_the_order_of_the_body() -> None:
    found = problems_of(
        {
            "rush": "perhaps",
            "renewal_date": "soon",
            "price": {"sum": [], "currency": {"value": "X" * 256}},
            "location": [{"quantity": 1.5, "copy": [{"barcode": "B" * 21, "receive_date": "2024-02-30"}]}],
        }
    )
    assert [(problem.slug, problem.field) for problem in found] == [
        ("value_wrong_type", "rush"),
        ("date_malformed", "renewal_date"),
        ("value_wrong_type", "price.sum"),
        ("value_too_long", "price.currency"),
        ("value_wrong_type", "location[0].quantity"),
        ("value_too_long", "location[0].copy[0].barcode"),
        ("date_malformed", "location[0].copy[0].receive_date"),
    ]
    assert found[0].message() == "rush: perhaps is not true or false."
    assert found[3].message() == "price.currency is longer than 255 characters."


@pytest.mark.parametrize(
    ("given", "slug", "field", "limit"),
    [
        ({"url": "x" * 4001}, "value_too_long", "url", 4000),
        ({"vendor_note": "x" * 10_001}, "value_too_long", "vendor_note", 10_000),
        ({"owner": "x" * 256}, "value_too_long", "owner", 255),
        ({"price": {"sum": "9" * 65}}, "value_too_long", "price.sum", 64),
        ({"price": {"sum": 10**64}}, "value_too_long", "price.sum", 64),
        ({"location": [{}] * 6}, "list_too_long", "location", 5),
        ({"locations": {"location": [{}] * 6}}, "list_too_long", "location", 5),
        ({"note": [{}] * 1001}, "list_too_long", "note", 1000),
        ({"note": [{}] * 600, "notes": {"note": [{}] * 600}}, "list_too_long", "note", 1000),
        ({"note": [None] * 1001}, "list_too_long", "note", 1000),
        ({"location": [{"copy": [{}] * 1001}]}, "list_too_long", "location[0].copy", 1000),
    ],
)
def test_limits_refuse_and_never_cut(given: Any, slug: str, field: str, limit: int) -> None:
    found = problems_of(given)
    assert [(problem.slug, problem.field, problem.facts["limit"]) for problem in found] == [
        (slug, field, limit)
    ]


@pytest.mark.parametrize(
    ("given", "length"),
    [({"url": "x" * 4000}, 4000), ({"url": f"  {'x' * 4000}\n"}, 4000), ({"url": "e\u0301" * 2000}, 2000)],
)
def test_a_text_of_just_the_limit(given: Any, length: int) -> None:
    url = of_json(given).url
    assert isinstance(url, str)
    assert len(url) == length


class Needy(Wire):
    name: str


def test_a_class_that_needs_a_member_cannot_be_read() -> None:
    with pytest.raises(TypeError, match="Needy cannot be read"):
        read(Needy, b"{}", "json")


@pytest.mark.parametrize(
    ("body", "media"), [(b"", "json"), (b" \n", "xml"), (b"\xef\xbb\xbf", "json"), (b"null", "json")]
)
def test_no_body(body: bytes, media: Any) -> None:
    with pytest.raises(Refusal) as refused:
        read(Line, body, media)
    assert refused.value.problems == (Problem("body_missing"),)


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"", "json"),
        (b"", "xml"),
        (b" ", "xml"),
        (b"\xef\xbb\xbf", "xml"),
        (b"{}", "json"),
        (b"<item/>", "xml"),
        (b"<i> </i>", "xml"),
    ],
)
def test_an_operation_may_take_an_empty_object_or_nothing(body: bytes, media: Any) -> None:
    assert read(Line, body, media, optional=True) == Line()
