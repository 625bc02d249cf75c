"""Every kind of MARC file is taken apart, and a broken record takes no other along."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pymarc import Record

from openacq.catalogue.model import MarcRecord
from openacq.doors.exchange import marc_reading
from openacq.doors.exchange.marc_reading import Encoding, Found, read_records
from tests.doors.exchange.marc_files import book, control, copy, data, iso2709, marcxml, shelf

HERON = book(
    "b1",
    "The heron's year :",
    control("003", "OAQ"),
    data("100", ("a", "Müller, Ruth,"), ("d", "1950-"), ind="1 "),
    data("500", ("a", "東京 & <Łódź>")),
    copy("MAIN", "STACKS", "31"),
    isbn="9780306406157",
)


def found_in(file: bytes, encoding: Encoding = "auto") -> list[Found]:
    return list(read_records(io.BytesIO(file), encoding))


def titles(found: list[Found]) -> list[str]:
    return [
        next(field.values("a")[0] for field in one.record.fields if field.tag == "245") if one.record else "-"
        for one in found
    ]


def as_pymarc(record: Record) -> list[object]:
    return [
        (one.tag, one.data)
        if one.is_control_field()
        else (one.tag, one.indicator1, one.indicator2, [(part.code, part.value) for part in one.subfields])
        for one in record.fields
    ]


def as_ours(record: MarcRecord) -> list[object]:
    return [
        (one.tag, one.data)
        if one.is_control
        else (one.tag, one.ind1, one.ind2, [tuple(p) for p in one.subfields])
        for one in record.fields
    ]


@pytest.mark.parametrize("write", [iso2709, marcxml])
def test_a_record_is_read_as_it_was_written(write: Callable[..., bytes]) -> None:
    (found,) = found_in(write(HERON))
    assert found.record is not None
    assert as_ours(found.record) == as_pymarc(HERON)


def test_marc8_is_converted() -> None:
    file = bytearray(iso2709(book("b1", "placeholder")).replace(b"placeholder", b"M\xe8uller \xb1od"))
    file[9:10] = b" "
    (found,) = found_in(bytes(file))
    assert found.record is not None
    assert titles([found]) == ["Müller łod"]


def test_utf8_that_calls_itself_marc8_is_read_as_utf8() -> None:
    file = bytearray(iso2709(HERON))
    file[9:10] = b" "
    (found,) = found_in(bytes(file))
    assert found.record is not None
    assert as_ours(found.record) == as_pymarc(HERON)


def test_bytes_that_are_not_utf8_are_refused_unless_the_encoding_is_said() -> None:
    file = bytearray(iso2709(book("b1", "placeholder")).replace(b"placeholder", b"M\xe8uller____"))
    wrong, right = found_in(bytes(file)), found_in(bytes(file), "marc-8")
    assert wrong[0].record is None
    assert "UTF-8" in wrong[0].wrong
    assert titles(right) == ["Müller____"]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda one: one[:12] + b"99999" + one[17:], "should begin at byte 99999"),
        (lambda one: one[:12] + b"abcde" + one[17:], "where a number belongs"),
        (lambda one: one[:27] + b"9999" + one[31:], "lies outside"),
        (lambda _: b"x\x1d", "ends after 1 bytes"),
        (lambda one: one[:24] + b"1" + one[24:], "directory is damaged"),
        (lambda one: one.replace(b"Title 2", b"\xff\xfeT 2"), "UTF-8"),
    ],
)
def test_a_damaged_record_is_reported_and_stepped_over(damage: Callable[[bytes], bytes], reason: str) -> None:
    one, two, three = (iso2709(record) for record in shelf(3))
    found = found_in(one + damage(two) + three)

    assert titles(found) == ["Title 1", "-", "Title 3"]
    assert reason in found[1].wrong
    assert [each.row for each in found] == [1, 2, 3]
    assert found[1].at == len(one)


def test_a_file_cut_off_in_the_middle_keeps_what_came_before() -> None:
    file = iso2709(*shelf(3))
    found = found_in(file[:-20])
    assert titles(found) == ["Title 1", "Title 2", "-"]


def test_line_ends_between_records_do_no_harm() -> None:
    file = b"\r\n".join(iso2709(record) for record in shelf(3)) + b"\n\x1a"
    assert titles(found_in(file)) == ["Title 1", "Title 2", "Title 3"]


@pytest.mark.parametrize("write", [iso2709, marcxml])
def test_files_longer_than_what_is_read_at_once_are_whole(
    write: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    for piece in (7, 300, 1_001):
        monkeypatch.setattr(marc_reading, "PIECE", piece)
        assert len(titles(found_in(write(*shelf(40))))) == 40
        assert titles(found_in(write(*shelf(40)))) == [f"Title {number}" for number in range(1, 41)]


def test_something_without_an_end_is_given_up_and_the_rest_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marc_reading, "PIECE", 100)
    monkeypatch.setattr(marc_reading, "LONGEST_RECORD", 1_000)
    found = found_in(b"00500" + b"x" * 5_000 + b"\x1d" + iso2709(*shelf(2)))
    assert titles(found) == ["-", "Title 1", "Title 2"]


def test_an_empty_file_has_no_records() -> None:
    assert found_in(b"") == []
    assert found_in(b"<collection/>") == []


def test_an_xml_record_with_broken_markup_takes_no_other_along() -> None:
    file = marcxml(*shelf(4))
    second = file.replace(b"Title 2</subfield>", b"Title 2 & <b></subfield>")
    unclosed = file.replace(b"Title 2</subfield></datafield></record>", b"Title 2</subfield></datafield>")

    for broken in (second, unclosed):
        found = found_in(broken)
        assert titles(found) == ["Title 1", "-", "Title 3", "Title 4"]
        assert "XML is broken" in found[1].wrong


def test_prefixes_and_namespaces_do_not_matter() -> None:
    record = b"""<?xml version="1.0"?><m:collection xmlns:m="http://www.loc.gov/MARC21/slim">
    <m:record><m:leader>00000nam a2200000 a 4500</m:leader><m:datafield tag="245" ind1="0" ind2="0">
    <m:subfield code="a">T</m:subfield></m:datafield></m:record></m:collection>"""
    assert titles(found_in(record)) == ["T"]
    assert titles(found_in(record.replace(b"m:", b"").replace(b"xmlns:", b"xmlns"))) == ["T"]


def test_a_harvest_that_wraps_records_in_records_is_read() -> None:
    (inner,) = (marcxml(*shelf(1)),)
    inner = inner[inner.index(b"<record") : inner.index(b"</collection>")]
    harvest = (
        b"<OAI><ListRecords><record><header/><metadata>" + inner + b"</metadata></record></ListRecords></OAI>"
    )
    assert titles(found_in(harvest)) == ["Title 1"]


def test_other_encodings_of_xml_are_understood() -> None:
    text = marcxml(HERON).decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert titles(found_in(text.encode("utf-16"))) == ["The heron's year :"]
    latin = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><collection><record>'
        '<datafield tag="245" ind1=" " ind2=" "><subfield code="a">Bücher</subfield></datafield>'
        "</record></collection>"
    )
    assert titles(found_in(latin.encode("latin-1"))) == ["Bücher"]


def test_entities_of_a_dtd_are_never_expanded() -> None:
    bomb = b"""<!DOCTYPE collection [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">
    <!ENTITY f SYSTEM "/etc/passwd">]><collection><record><datafield tag="245" ind1=" " ind2=" ">
    <subfield code="a">&b;&f;</subfield></datafield></record></collection>"""
    (found,) = found_in(bomb)
    assert found.record is None


def test_a_record_nested_without_end_is_refused() -> None:
    deep = b"<collection><record>" + b"<x>" * 100_000 + b"</record></collection>"
    (found,) = found_in(deep + marcxml(*shelf(1)))[:1] or [Found(0, 0, b"", None)]
    assert found.record is None


@pytest.mark.parametrize("tag", ["24", "2450", ""])
def test_a_field_without_a_proper_tag_is_refused(tag: str) -> None:
    field = f'<datafield tag="{tag}" ind1=" " ind2=" "><subfield code="a">T</subfield></datafield>'
    (found,) = found_in(f"<record>{field}</record>".encode())
    assert "is no tag" in found.wrong
