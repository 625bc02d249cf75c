"""Bodies meant to break something: each ends in one clean refusal."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from openacq.kernel.refusal import CATALOGUE, Problem, Refusal
from openacq.kernel.text import clean
from openacq.wire.model import Coded, read
from openacq.wire.tree import DEPTH_LIMIT
from openacq.wire.values import PROBLEM_LIMIT
from tests.wire.shapes import Line, Note


def refusal(body: bytes, media: Any) -> tuple[Problem, ...]:
    with pytest.raises(Refusal) as refused:
        read(Line, body, media)
    for problem in refused.value.problems:
        assert problem.slug in CATALOGUE
        assert problem.message()
    return refused.value.problems


def malformed(reason: str) -> tuple[Problem, ...]:
    return (Problem("body_malformed", reason=reason),)


TOO_DEEP = (Problem("body_too_deep", limit=DEPTH_LIMIT),)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"url":"x"', "it ends too early"),
        (b'{"url":"x', "it ends too early"),
        (b"{", "it ends too early"),
        (b'{"url":"x"}}', "trailing characters (byte 12)"),
        (b"{'url':'x'}", "object keys must be strings (byte 1)"),
        (b'{"renewal_period":NaN}', "invalid character (byte 18)"),
        (b'{"renewal_period":Infinity}', "invalid character (byte 18)"),
        (b'{"renewal_period":-Infinity}', "invalid character (byte 19)"),
        (b'{"renewal_period":01}', "invalid number (byte 19)"),
        (b'{"renewal_period":' + b"9" * 5000 + b"}", "a number has too many digits"),
        (b'{"url":"a\x01b"}', "invalid character (byte 9)"),
        (b'{"url":"a\nb"}', "invalid character (byte 9)"),
        (b'{"url":"\xff"}', "it is not valid UTF-8"),
        (b'{"url":"\xed\xa0\x80"}', "it is not valid UTF-8"),
        (b'{"\xff":"x"}', "it is not valid UTF-8"),
        (rb'{"url":"\ud800"}', "a string holds half of a surrogate pair"),
        (rb'{"url":"\ud800x"}', "a string holds half of a surrogate pair"),
        (rb'{"url":"\udc00"}', "a string holds half of a surrogate pair"),
        (rb'{"\ud800":"x"}', "a string holds half of a surrogate pair"),
        (rb'{"url":"\ud83d\ude00', "it ends too early"),
        ('{"url":"x"}'.encode("utf-16"), "invalid character (byte 0)"),
        (b"[]", "an object is expected"),
        (b'"text"', "an object is expected"),
        (b"12", "an object is expected"),
        (b"true", "an object is expected"),
        (b"<po_line/>", "invalid character (byte 0)"),
    ],
)
def test_json_that_is_none(body: bytes, reason: str) -> None:
    assert refusal(body, "json") == malformed(reason)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<a>", "Premature end of data in tag a line 1"),
        (b"<depth></b>", "Opening and ending tag mismatch: depth line 1 and b"),
        (b"<a/><b/>", "Extra content at the end of the document"),
        (b'{"url":"x"}', "Start tag expected, '<' not found"),
        (b"<a>&foo;</a>", "Entity 'foo' not defined"),
        (b"<a>\x01</a>", "PCDATA invalid Char value 1"),
        (b"<a>&#0;</a>", "xmlParseCharRef: invalid xmlChar value 0"),
        (b"<a>&#xD800;</a>", "xmlParseCharRef: invalid xmlChar value 55296"),
        (b"<a>\xff</a>", "Invalid bytes in character encoding"),
        (b'<a x="1" x="2"/>', "Attribute x redefined"),
        (b"<p:a/>", "Namespace prefix p on a is not defined"),
        (
            b'<?xml version="1.0" encoding="UTF-7"?><a/>',
            "encoding UTF-7 is not known; send UTF-8",
        ),
        (
            b'<?xml version="1.0" encoding="EBCDIC-CP-US"?><a/>',
            "encoding EBCDIC-CP-US is not known; send UTF-8",
        ),
        (b'<?xml version="1.0" encoding="ascii"?><a>\xe9</a>', "it is not valid ASCII"),
        ("<a>x</a>".encode("utf-16")[:-1], "it is not valid UTF-16"),
        (b"\xff\xfe<\0a\0/\0>\0\x00\xd8", "it is not valid UTF-16"),
    ],
)
def test_xml_that_is_none(body: bytes, reason: str) -> None:
    (problem,) = refusal(body, "xml")
    assert (problem.slug, problem.field, problem.value) == ("body_malformed", "", "")
    assert str(problem.facts["reason"]).partition(", line 1, column ")[0] == reason


NO_DOCTYPE = malformed("a document type declaration (DOCTYPE) is not accepted")
BOMB = b"".join(
    [b'<!DOCTYPE a [<!ENTITY l0 "ha">']
    + [b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12)]
    + [b']><po_line><owner desc="&l11;">&l11;</owner></po_line>']
)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE po_line><po_line/>",
        b'<?xml version="1.0"?>\n<!-- c --><?p i?>\n<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><po_line><url>&x;</url></po_line>',
        BOMB,
        b"\xef\xbb\xbf" + BOMB,
        b"\xef\xbb\xbf\xef\xbb\xbf" + BOMB,
        b"\n" + BOMB,
        BOMB.decode().encode("utf-16"),
        BOMB.decode().encode("utf-16-be"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + BOMB,
    ],
)
def test_a_document_type_is_never_accepted(body: bytes) -> None:
    assert refusal(body, "xml") == NO_DOCTYPE


def test_the_word_doctype_inside_a_text_is_only_a_text() -> None:
    assert read(Line, b"<l><url><![CDATA[<!DOCTYPE html>]]></url></l>", "xml").url == "<!DOCTYPE html>"
    assert read(Line, b"<l><!-- <!DOCTYPE html> --><url>u</url></l>", "xml").url == "u"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"url":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"unknown":' + b'{"a":[' * 100_000,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b'{"s":"\\\\","u":' + b"[" * 64 + b"]" * 64 + b"}",
        b'{"s":"\\"","u":' + b"[" * 64 + b"]" * 64 + b"}",
    ],
)
def test_nested_json(body: bytes) -> None:
    assert refusal(body, "json") == TOO_DEEP


@pytest.mark.parametrize(
    "body",
    [
        b"<a>" * 100_000,
        b"<a>" * 100_000 + b"</a>" * 100_000,
        b"<a>" * 300 + b"</a>" * 300,
        b"<a>" * 65 + b"</a>" * 65,
    ],
)
def test_nested_xml(body: bytes) -> None:
    assert refusal(body, "xml") == TOO_DEEP


def test_depth_up_to_the_limit_and_brackets_in_strings_are_fine() -> None:
    assert read(Line, b'{"u":' * 64 + b"1" + b"}" * 64, "json") == Line()
    assert read(Line, b"<a>" * 64 + b"</a>" * 64, "xml") == Line()
    brackets = b"[" * 3000 + b'\\\\\\"' + b"{" * 900
    assert read(Line, b'{"url":"' + brackets + b'","rush":true}', "json").rush is True
    flat = b'{"note":[' + b",".join([b'{"note_text":"n"}'] * 900) + b"]}"
    assert read(Line, flat, "json").note == [Note("n")] * 900


def test_ten_megabytes_of_unclosed_strings_do_not_hang() -> None:
    assert refusal(b"[" * 65 + b'"\\"' * 3_000_000, "json") == TOO_DEEP
    assert refusal(b'{"[[[":"' + b'\\"[' * 2_000_000, "json") == malformed("it ends too early")


def test_a_hundred_thousand_attributes() -> None:
    attributes = b" ".join(b'x%d="1"' % n for n in range(100_000))
    assert refusal(b"<a " + attributes + b"/>", "xml") == malformed("an element has more than 100 attributes")


@pytest.mark.parametrize(
    "declaration",
    [
        b'xmlns="' + b"u" * 500,
        b"xmlns = '" + b"u" * 500_000,
        b'xmlns:p\n=\n"' + b"'u" * 300,
        b"xmlns:" + b"p" * 200,
    ],
)
def test_a_namespace_that_would_be_copied_for_every_element(declaration: bytes) -> None:
    closing = b"'" if b"= '" in declaration else b'"'
    ending = b'="u"' if declaration.endswith(b"p") else closing
    assert refusal(b"<a " + declaration + ending + b">" + b"<b/>" * 1000 + b"</a>", "xml") == malformed(
        "a namespace is longer than 500 characters"
    )


def test_ordinary_namespaces_are_passed_over() -> None:
    body = (
        b'<l xmlns="http://example.org/a" xmlns:b="http://example.org/b"><b:url>u</b:url><rush>1</rush></l>'
    )
    assert read(Line, body, "xml") == Line(url="u", rush=True)


def test_too_large_a_text_for_the_xml_parser() -> None:
    found = refusal(b"<a>" + b"x" * 10_500_000 + b"</a>", "xml")
    assert [problem.slug for problem in found] == ["body_malformed"]


@pytest.mark.parametrize("media", ["json", "xml"])
def test_a_byte_order_mark_is_passed_over(media: Any) -> None:
    body = b'{"url":"x"}' if media == "json" else b'<?xml version="1.0"?><l><url>x</url></l>'
    assert read(Line, b"\xef\xbb\xbf" + body, media) == Line(url="x")


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("utf-8", ""),
        ("utf-8", "UTF-8"),
        ("utf-8", "utf-16"),
        ("utf-16", "UTF-16"),
        ("utf-16", ""),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16LE"),
        ("iso-8859-1", "ISO-8859-1"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_encodings_of_old_clients(codec: str, declared: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = f"{declaration}<l><url>é</url></l>".encode(codec)
    assert read(Line, body, "xml") == Line(url="é")


def test_control_characters_are_taken_out_of_texts() -> None:
    assert read(Line, rb'{"url":"a\u0000b\u0007c\u009fd\ufffee\tf\ng"}', "json") == Line(url="abcde\tf\ng")
    assert read(Line, rb'{"owner":"\u0000MAIN\u001f"}', "json") == Line(owner=Coded("MAIN"))
    assert read(Line, "<l><url>a\x9fb&#x85;\ufdd0c</url></l>".encode(), "xml") == Line(url="ab\x85c")


def test_texts_are_in_one_normal_form() -> None:
    assert read(Line, rb'{"url":"e\u0301"}', "json") == Line(url="é")
    assert read(Line, "<l><url>e\u0301</url></l>".encode(), "xml") == Line(url="é")


def test_long_texts_are_normalised_in_pieces_without_a_seam() -> None:
    text = "Vie\u0302\u0323t Nam e\u0301tude " * 500
    assert clean(text) == unicodedata.normalize("NFC", text).strip()
    marks = "a" + "\u0301\u0316" * 20_000
    assert clean(marks).startswith("a\u0316\u0316") or clean(marks).startswith("\u00e1\u0316")


def test_of_a_json_member_given_twice_the_last_counts() -> None:
    assert read(Line, b'{"url":"first","url":"last"}', "json") == Line(url="last")


@pytest.mark.parametrize("key", ["__class__", "__init__", "xml_root", "folds", "", "#text", "@link"])
def test_names_of_python_are_unknown_members(key: str) -> None:
    assert read(Line, f'{{"{key}":"x","url":"u"}}'.encode(), "json") == Line(url="u")


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("1e400", "a whole number"),
        ("1e2", "a whole number"),
        ("12345678901234567890", "a whole number of at most 18 digits"),
        ("-12345678901234567890", "a whole number of at most 18 digits"),
        ('"12345678901234567890"', "a whole number of at most 18 digits"),
        ('"NaN"', "a whole number"),
        ('"Infinity"', "a whole number"),
        ("9" * 4000, "a whole number of at most 18 digits"),
    ],
)
def test_absurd_whole_numbers(number: str, problem: str) -> None:
    shown = number.strip('"')[:200]
    assert refusal(f'{{"renewal_period":{number}}}'.encode(), "json") == (
        Problem("value_wrong_type", "renewal_period", shown, expected=problem),
    )


@pytest.mark.parametrize(
    "number", ["1e400", "1e31", '"NaN"', '"Infinity"', '"1e999999999"', "9" * 31, "9" * 4000]
)
def test_absurd_numbers(number: str) -> None:
    field = "fund_distribution[0].percent"
    assert refusal(f'{{"fund_distribution":{{"percent":{number}}}}}'.encode(), "json") == (
        Problem("value_wrong_type", field, number.strip('"')[:200], expected="a number of at most 30 digits"),
    )


def test_ten_thousand_locations() -> None:
    many = b",".join([b'{"quantity":1}'] * 10_000)
    assert refusal(b'{"location":[' + many + b"]}", "json") == (
        Problem("list_too_long", "location", 10_000, limit=5),
    )
    assert refusal(b"<l><locations>" + b"<location/>" * 10_000 + b"</locations></l>", "xml") == (
        Problem("list_too_long", "location", 10_000, limit=5),
    )


def test_of_very_many_problems_the_first_are_told() -> None:
    body = b'{"note":[' + b",".join([b"1"] * 1000) + b"]}"
    found = refusal(body, "json")
    assert len(found) == PROBLEM_LIMIT
    assert found[-1] == Problem("value_wrong_type", f"note[{PROBLEM_LIMIT - 1}]", "1", expected="an object")
