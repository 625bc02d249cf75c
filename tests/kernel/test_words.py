"""Text, identifiers, refusals and state tables."""

from __future__ import annotations

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openacq.kernel import ids, text
from openacq.kernel.refusal import CATALOGUE, Problem, Refusal
from openacq.kernel.states import Move, StateTable


@given(st.text())
def test_clean_text_has_nothing_unstorable_and_stays_as_it_is(given_text: str) -> None:
    cleaned = text.clean(given_text)
    assert not text.has_unstorable(cleaned)
    assert text.clean(cleaned) == cleaned


def test_surrogates_and_control_characters_go_and_marks_are_joined() -> None:
    assert text.clean("a\ud800b\x00c\u0007 ") == "abc"
    assert text.clean("e\u0301") == "é"
    assert text.one_line("two\n lines\t here") == "two lines here"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("hist-2026", ("HIST-2026",)),
        ("HIST-2025", ("HIST-2026",)),
        ("HSIT-2026", ("HIST-2026",)),
        ("ART", ()),
    ],
)
def test_a_code_wrong_in_case_or_by_one_letter_is_guessed(asked: str, meant: tuple[str, ...]) -> None:
    assert text.nearest(asked, ("HIST-2026", "SCIENCE-A")) == meant


@pytest.mark.parametrize(
    ("given_isbn", "folded"),
    [
        ("0-306-40615-2", "9780306406157"),
        ("0306406152 (pbk.)", "9780306406157"),
        ("978-0-306-40615-7", "9780306406157"),
        ("9780306406157 : $20.00", "9780306406157"),
        ("978 0 306 40615 7", "9780306406157"),
        ("9780306406158", None),
        ("", None),
        ("see note", None),
    ],
)
def test_isbns_fold_to_thirteen_digits(given_isbn: str, folded: str | None) -> None:
    assert ids.fold_isbn(given_isbn) == folded


@pytest.mark.parametrize(
    ("long", "short"),
    [("9780306406157", "0306406152"), ("9780804429573", "080442957X"), ("9791034904235", "")],
)
def test_a_long_isbn_has_a_short_one_when_it_begins_with_978(long: str, short: str) -> None:
    assert ids.isbn_10(long) == short
    assert not short or ids.fold_isbn(short) == long


def test_issns_and_control_numbers_fold() -> None:
    assert ids.fold_issn("03785955") == "0378-5955"
    assert ids.fold_issn("0378-5954") is None
    assert ids.fold_control_number("(OCoLC)ocm00012") == "(OCoLC)12"
    assert ids.fold_control_number("ocn000954539408") == "(OCoLC)954539408"
    assert ids.fold_control_number("(NhCcYBP) 99974828472") == "(NhCcYBP) 99974828472"


def test_every_row_of_the_catalogue_can_be_worded() -> None:
    facts = {
        name: name
        for entry in CATALOGUE.values()
        for name in _placeholders(entry.message) | _placeholders(entry.advice)
        if name not in ("field", "value")
    }
    for slug in CATALOGUE:
        problem = Problem(slug, "field", "value", **facts)
        assert problem.message()
        assert problem.advice()


def _placeholders(template: str) -> set[str]:
    import string

    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_a_refusal_names_at_least_one_problem() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Refusal([])


class Light(StrEnum):
    RED = "RED"
    GREEN = "GREEN"


TABLE = StateTable(
    Light,
    (
        Move(None, "switch on", Light.GREEN, guard="night"),
        Move(None, "switch on", Light.RED),
        Move(Light.RED, "change", Light.GREEN),
    ),
)


def test_a_state_table_answers_by_guard_and_order() -> None:
    night = TABLE.find(None, "switch on", lambda guard: guard == "night")
    day = TABLE.find(None, "switch on", lambda _guard: False)
    assert night is not None
    assert night.target is Light.GREEN
    assert day is not None
    assert day.target is Light.RED
    assert TABLE.find(Light.GREEN, "change") is None
    assert TABLE.events(Light.RED) == ("change",)
    assert "RED --> GREEN: change" in TABLE.diagram()


def test_two_rows_for_one_case_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two rows"):
        StateTable(Light, (Move(Light.RED, "change", Light.GREEN), Move(Light.RED, "change", Light.RED)))
