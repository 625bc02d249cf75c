"""One object, two formats: what exactly is written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

import pytest

from openacq.wire.model import (
    UNSET,
    Amount,
    Attr,
    Body,
    Coded,
    Count,
    JsonOnly,
    Length,
    Linked,
    Maybe,
    NullText,
    RawXml,
    Sum,
    Wire,
    Wrapped,
    code_of,
    read,
    to_json,
    to_xml,
)
from tests.wire.shapes import (
    Copy,
    Holding,
    Line,
    Lines,
    Location,
    Metadata,
    Note,
    Portfolios,
    Share,
    full_line,
)

DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
HOST = "https://acq.example.org/almaws/v1"


def small_line() -> Line:
    eur = Coded("EUR", "Euro")
    return Line(
        number="POL-7",
        status=Coded("INREVIEW", "In Review"),
        owner=Coded("SCI", "Science Library"),
        vendor_account="PARCEL-1",
        no_charge=False,
        price=Amount("30.0", eur),
        resource_metadata=Metadata(
            title="Tides", mms_id=Linked("9977", f"{HOST}/bibs/9977"), system_control_number=["(X)1"]
        ),
        fund_distribution=[
            Share(amount=Amount("30.0", eur), fund_code=Coded("BKS", "Books"), percent=Decimal("12.50"))
        ],
        alert=[Coded("", "look here")],
        note=[Note("n")],
        location=[
            Location(
                quantity=1,
                library=Coded("SCI", "Science Library"),
                shelving_location="STACKS",
                holding=[Holding("2277", f"{HOST}/bibs/9977/holdings/2277")],
                copy=[
                    Copy(
                        pid="2377",
                        barcode="B1",
                        item_policy=Coded("01", "Loan"),
                        link=f"{HOST}/bibs/9977/holdings/2277/items/2377",
                    )
                ],
            )
        ],
        created_date=dt.date(2026, 1, 2),
    )


def test_a_line_in_json() -> None:
    eur = '{"value":"EUR","desc":"Euro"}'
    assert to_json(small_line()).decode() == (
        '{"number":"POL-7","status":{"value":"INREVIEW","desc":"In Review"},'
        '"owner":{"value":"SCI","desc":"Science Library"},'
        f'"price":{{"sum":"30.0","currency":{eur}}},"vendor_account":"PARCEL-1","no_charge":false,'
        f'"resource_metadata":{{"title":"Tides","mms_id":{{"value":"9977","link":"{HOST}/bibs/9977"}},'
        '"system_control_number":["(X)1"]},'
        f'"fund_distribution":[{{"amount":{{"sum":"30.0","currency":{eur}}},'
        '"fund_code":{"value":"BKS","desc":"Books"},"percent":12.50}],'
        '"alert":[{"value":"","desc":"look here"}],"note":[{"note_text":"n"}],'
        '"location":[{"quantity":1,"library":{"value":"SCI","desc":"Science Library"},'
        '"shelving_location":"STACKS",'
        f'"holding":[{{"id":"2277","link":"{HOST}/bibs/9977/holdings/2277"}}],'
        '"copy":[{"pid":"2377","barcode":"B1","item_policy":{"value":"01","desc":"Loan"},'
        f'"link":"{HOST}/bibs/9977/holdings/2277/items/2377"}}]}}],"created_date":"2026-01-02Z"}}'
    )


def test_the_same_line_in_xml() -> None:
    assert to_xml(small_line()).decode() == (
        f"{DECLARED}<po_line>"
        '<number>POL-7</number><status desc="In Review">INREVIEW</status>'
        '<owner desc="Science Library">SCI</owner><vendor_account>PARCEL-1</vendor_account>'
        "<no_charge>false</no_charge>"
        '<price><sum>30.0</sum><currency desc="Euro">EUR</currency></price>'
        f'<resource_metadata><mms_id link="{HOST}/bibs/9977">9977</mms_id><title>Tides</title>'
        "<system_control_numbers><system_control_number>(X)1</system_control_number>"
        "</system_control_numbers></resource_metadata>"
        '<fund_distributions><fund_distribution><fund_code desc="Books">BKS</fund_code>'
        '<percent>12.50</percent><amount><sum>30.0</sum><currency desc="Euro">EUR</currency></amount>'
        "</fund_distribution></fund_distributions>"
        '<alerts><alert desc="look here"></alert></alerts>'
        "<notes><note><note_text>n</note_text></note></notes>"
        '<locations><location><quantity>1</quantity><library desc="Science Library">SCI</library>'
        "<shelving_location>STACKS</shelving_location>"
        f'<holdings><holding link="{HOST}/bibs/9977/holdings/2277"><id>2277</id></holding></holdings>'
        f'<copies><copy link="{HOST}/bibs/9977/holdings/2277/items/2377"><pid>2377</pid>'
        '<barcode>B1</barcode><item_policy desc="Loan">01</item_policy></copy></copies>'
        "</location></locations><created_date>2026-01-02Z</created_date></po_line>"
    )


def test_a_large_line_keeps_the_order_of_each_format() -> None:
    assert to_json(full_line()).startswith(b'{"number":"POL-2001","status":{"value":"INREVIEW"')
    assert to_xml(full_line()).decode().startswith(f"{DECLARED}<po_line><number>POL-2001</number><status ")


@pytest.mark.parametrize(
    ("line", "json", "xml"),
    [
        (Line(), "{}", "<po_line/>"),
        (Line(url=""), '{"url":""}', "<po_line><url></url></po_line>"),
        (Line(note=[]), '{"note":[]}', "<po_line><notes/></po_line>"),
        (Line(note=[Note()]), '{"note":[{}]}', "<po_line><notes><note/></notes></po_line>"),
        (Line(note=UNSET), "{}", "<po_line/>"),
        (Line(owner=Coded()), '{"owner":{}}', "<po_line><owner></owner></po_line>"),
        (
            Line(owner=Coded("A", None)),
            '{"owner":{"value":"A","desc":null}}',
            "<po_line><owner>A</owner></po_line>",
        ),
        (
            Line(portfolios=Portfolios(portfolio=[], total_record_count=0)),
            '{"portfolios":{"portfolio":[],"total_record_count":0}}',
            '<po_line><portfolios total_record_count="0"/></po_line>',
        ),
        (
            Line(portfolios=Portfolios(portfolio=[Coded("1"), Coded("2")], total_record_count=2)),
            '{"portfolios":{"portfolio":[{"value":"1"},{"value":"2"}],"total_record_count":2}}',
            (
                '<po_line><portfolios total_record_count="2"><portfolio>1</portfolio>'
                "<portfolio>2</portfolio></portfolios></po_line>"
            ),
        ),
        (
            Line(rush=True, renewal_period=0),
            '{"rush":true,"renewal_period":0}',
            "<po_line><rush>true</rush><renewal_period>0</renewal_period></po_line>",
        ),
    ],
)
def test_what_is_absent_and_what_is_empty(line: Line, json: str, xml: str) -> None:
    assert to_json(line).decode() == json
    assert to_xml(line).decode() == DECLARED + xml


def test_a_list_without_hits_is_only_its_count() -> None:
    nothing = Lines(total_record_count=0)
    assert to_json(nothing) == b'{"total_record_count":0}'
    assert to_xml(nothing).decode() == f'{DECLARED}<po_lines total_record_count="0"/>'


def test_lists_name_their_array_in_the_singular() -> None:
    two = Lines(po_line=[Line(number="POL-1"), Line(number="POL-2")], total_record_count=2)
    assert to_json(two) == b'{"po_line":[{"number":"POL-1"},{"number":"POL-2"}],"total_record_count":2}'
    assert to_xml(two).decode() == (
        f'{DECLARED}<po_lines total_record_count="2"><po_line><number>POL-1</number></po_line>'
        "<po_line><number>POL-2</number></po_line></po_lines>"
    )


def test_dates_carry_a_z_and_moments_are_in_utc_to_the_second() -> None:
    in_basel = dt.datetime(2026, 8, 19, 0, 30, 5, 999_999, dt.timezone(dt.timedelta(hours=2)))
    line = Lines(po_line=[Line(renewal_date=dt.date(988, 8, 9), seen_at=in_basel)])
    assert to_json(line) == b'{"po_line":[{"renewal_date":"0988-08-09Z","seen_at":"2026-08-18T22:30:05Z"}]}'
    assert b"<renewal_date>0988-08-09Z</renewal_date><seen_at>2026-08-18T22:30:05Z</seen_at>" in to_xml(line)


def test_writing_leaves_the_object_as_it_was() -> None:
    line = small_line()
    to_json(line)
    to_xml(line)
    assert line == small_line()
    assert line.created_date == dt.date(2026, 1, 2)


def test_a_moment_without_a_zone_is_our_fault() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        to_json(Line(seen_at=dt.datetime(2026, 1, 1)))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        to_xml(Line(seen_at=dt.datetime(2026, 1, 1)))  # noqa: DTZ001


def test_xml_escapes_and_drops_what_it_cannot_carry() -> None:
    text = "a<b> & \"c\" 'd'\t\r\n\x00\x0b\ud800\uffff]]>é😀"
    assert to_xml(Line(url=text)).decode() == (
        f"{DECLARED}<po_line><url>a&lt;b&gt; &amp; \"c\" 'd'\t&#13;\n]]&gt;é😀</url></po_line>"
    )
    shown = "a&lt;b&gt; &amp; &quot;c&quot; 'd'&#9;&#13;&#10;]]&gt;é😀"
    assert to_xml(Line(owner=Coded("A", text))).decode() == (
        f'{DECLARED}<po_line><owner desc="{shown}">A</owner></po_line>'
    )


class Record(Wire):
    xml_root = "bib"

    title: Maybe[str] = UNSET
    anies: Annotated[Maybe[list[str]], RawXml()] = UNSET


def test_raw_xml_stands_as_it_is_in_xml_and_is_a_string_in_json() -> None:
    bib = Record("T", ['<?xml version="1.0"?>\n<record><leader>x</leader></record>'])
    assert to_xml(bib).decode() == (
        f"{DECLARED}<bib><title>T</title><record><leader>x</leader></record></bib>"
    )
    assert to_json(bib) == (
        rb'{"title":"T","anies":["<?xml version=\"1.0\"?>\n<record><leader>x</leader></record>"]}'
    )


class Remark(Wire):
    xml_root = "remark"
    xml_order = ("by", "text")

    text: Maybe[str] = UNSET
    content: Annotated[Maybe[str], JsonOnly()] = UNSET
    by: Maybe[str] = UNSET


def test_a_second_name_is_written_in_json_alone_and_read_from_both() -> None:
    remark = Remark(text="Hello", content="Hello", by="me")
    assert to_json(remark) == b'{"text":"Hello","content":"Hello","by":"me"}'
    assert to_xml(remark).decode() == f"{DECLARED}<remark><by>me</by><text>Hello</text></remark>"
    assert read(Remark, b'{"content":"A"}', "json") == Remark(content="A")
    assert read(Remark, b"<remark><content>A</content></remark>", "xml") == Remark(content="A")


class Fault(Wire):
    xml_root = "web_service_result"
    xml_namespace = "http://example.org/faults"

    errors: bool = True
    result: str | None = None


def test_the_root_may_have_a_namespace_or_another_name() -> None:
    assert to_xml(Fault()).decode() == (
        f'{DECLARED}<web_service_result xmlns="http://example.org/faults"><errors>true</errors>'
        "</web_service_result>"
    )
    assert to_json(Fault()) == b'{"errors":true,"result":null}'
    assert to_xml(Note("x"), root="remark").decode() == f"{DECLARED}<remark><note_text>x</note_text></remark>"
    with pytest.raises(TypeError, match="Note has no xml_root"):
        to_xml(Note("x"))


def test_the_code_of_a_coded_value() -> None:
    assert [code_of(UNSET), code_of(Coded()), code_of(Coded(None)), code_of(Coded("A", "words"))] == [
        "",
        "",
        "",
        "A",
    ]


class LeavesOneOut(Wire):
    xml_root = "odd"
    xml_order = ("b",)
    a: Maybe[str] = UNSET
    b: Maybe[str] = UNSET


class NamesOneTwice(Wire):
    xml_root = "odd"
    xml_order = ("a", "a")
    a: Maybe[str] = UNSET


class HasTwoTypes(Wire):
    xml_root = "odd"
    a: Maybe[str | int] = UNSET


class BodyAndElement(Wire):
    xml_root = "odd"
    a: Annotated[Maybe[str], Body()] = UNSET
    b: Maybe[str] = UNSET


class AttributeOfMany(Wire):
    xml_root = "odd"
    a: Annotated[Maybe[list[str]], Attr()] = UNSET


class WrappedSingle(Wire):
    xml_root = "odd"
    a: Annotated[Maybe[str], Wrapped("as", "a")] = UNSET


class CountOfOne(Wire):
    xml_root = "odd"
    a: Annotated[Maybe[str], Count(3)] = UNSET


class LengthOfNumber(Wire):
    xml_root = "odd"
    a: Annotated[Maybe[int], Length(3)] = UNSET


class NullNumber(Wire):
    xml_root = "odd"
    a: Annotated[Maybe[int], NullText()] = UNSET


class SumOfNumber(Wire):
    xml_root = "odd"
    a: Annotated[Maybe[int], Sum()] = UNSET


class FixedPair(Wire):
    xml_root = "odd"
    a: Maybe[tuple[str, str]] = UNSET


class BadName(Wire):
    xml_root = "odd"
    a: Annotated[Maybe[list[str]], Wrapped("a b", "a")] = UNSET


@pytest.mark.parametrize(
    ("model", "complaint"),
    [
        (LeavesOneOut, r"LeavesOneOut\.xml_order must name every element once: \['a'\]"),
        (NamesOneTwice, r"xml_order must name every element once: a name twice"),
        (HasTwoTypes, r"HasTwoTypes\.a: no wire form for"),
        (BodyAndElement, "an element with a body has attributes only"),
        (AttributeOfMany, "an attribute or body is one plain value"),
        (WrappedSingle, "only a list can be wrapped"),
        (CountOfOne, r"Count\(most=3\) cannot stand here"),
        (LengthOfNumber, r"Length\(most=3\) cannot stand here"),
        (NullNumber, r"NullText\(\) cannot stand here"),
        (SumOfNumber, r"Sum\(\) cannot stand here"),
        (FixedPair, r"write tuple\[X, \.\.\.\]"),
        (BadName, "'a b' cannot be the name of an element"),
    ],
)
def test_annotations_without_sense_are_told_at_first_use(model: type[Wire], complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        to_xml(model())
