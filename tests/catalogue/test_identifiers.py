"""What counts as the same number, and what is not a number at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import isbn

from openacq.catalogue.identifiers import lccn, of_description
from openacq.catalogue.model import Description, Identifier


@pytest.mark.parametrize(
    "written",
    ["9780306406157", "978-0-306-40615-7", "0-306-40615-2", "0306406152", "0306406152 (pbk. : alk. paper)"],
)
def test_a_book_number_is_one_number_however_it_is_written(written: str) -> None:
    assert of_description(Description(isbn=written))[0] == (Identifier("isbn", "9780306406157"),)


@given(st.from_regex(r"97[89][0-9]{10}", fullmatch=True) | st.from_regex(r"[0-9]{9}[0-9X]", fullmatch=True))
def test_only_numbers_with_a_right_check_digit_are_numbers(digits: str) -> None:
    found, _ = of_description(Description(isbn=digits))
    assert bool(found) == isbn.is_valid(digits)
    assert not found or found[0].value == isbn.to_isbn13(digits)


def test_several_numbers_in_one_field_are_all_found() -> None:
    found, notes = of_description(Description(isbn="0306406152; 9781861972712"))
    assert [one.value for one in found] == ["9780306406157", "9781861972712"]
    assert not notes


def test_a_wrong_check_digit_is_noted_and_not_indexed() -> None:
    found, notes = of_description(Description(isbn="9780306406158", issn="0378-5956"))
    assert found == ()
    assert [(note.slug, note.field, note.value) for note in notes] == [
        ("identifier_doubtful", "isbn", "9780306406158"),
        ("identifier_doubtful", "issn", "0378-5956"),
    ]


def test_an_issn_in_the_isbn_field_is_still_an_issn() -> None:
    assert of_description(Description(isbn="03785955"))[0] == (Identifier("issn", "0378-5955"),)


def test_control_numbers_of_oclc_are_told_from_others() -> None:
    found, _ = of_description(
        Description(system_control_numbers=("(OCoLC)ocm00012345", "(DE-599)GBV123", "", "  "))
    )
    assert found == (Identifier("oclc", "12345"), Identifier("system", "(DE-599)GBV123"))


def test_a_vendors_title_number_is_an_identifier_of_its_own_kind() -> None:
    assert of_description(Description(vendor_title_number=" 9994 71 "))[0] == (
        Identifier("vendor", "9994 71"),
    )


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("n 78-890351", "n78890351"),
        ("85-2", "85000002"),
        (" 2001-000002 ", "2001000002"),
        ("n78890351/L/r86", "n78890351"),
    ],
)
def test_library_of_congress_numbers_are_normalised_as_published(written: str, folded: str) -> None:
    assert lccn(written).value == folded


def test_an_endless_number_is_not_indexed() -> None:
    assert of_description(Description(vendor_title_number="9" * 5_000))[0] == ()
