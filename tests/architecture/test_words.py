"""Every problem that can be raised has its words, in the catalogue and in each door."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import pytest

from openacq.kernel.refusal import CATALOGUE, Entry, Kind
from tests.architecture.source import ROOT, Module, program
from tests.architecture.words import raised, silent, unworded, wordless

DOORS = sorted(path.parent.name for path in (ROOT / "openacq" / "doors").glob("*/errors.py"))


def test_every_problem_raised_is_in_the_catalogue_with_all_its_facts() -> None:
    assert wordless(program(), CATALOGUE) == []


def test_every_row_of_the_catalogue_is_raised_somewhere() -> None:
    assert silent(program(), CATALOGUE) == []


@pytest.mark.parametrize("door", DOORS)
def test_every_row_of_the_catalogue_is_worded_in_the_door(door: str) -> None:
    errors = importlib.import_module(f"openacq.doors.{door}.errors")
    assert unworded(errors.BY_SLUG, errors.BY_KIND, CATALOGUE) == []


SAMPLE = {
    "fund_missing": Entry(Kind.NOT_FOUND, "Fund {value} not found.", "Check it."),
    "fund_short": Entry(Kind.CONFLICT, "{field}: {short} is lacking.", "Add {short} to {value}."),
}


@pytest.mark.parametrize(
    "text",
    [
        "Problem('fund_mising', 'fund', 'X')",
        "refusal.Problem('fund_mising')",
        "Problem(slug='fund_mising')",
        "Problem('fund_missing' if found else 'fund_mising', 'fund', code)",
        "Problem('fund_short', 'fund', code)",
        "Problem('fund_short', 'fund', code, shrot=3)",
    ],
)
def test_a_wordless_problem_is_found(text: str) -> None:
    assert len(wordless([Module.parse("openacq.ledger.service", text)], SAMPLE)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Problem('fund_missing', 'fund', code)",
        "Problem('fund_short', 'fund', code, short=3)",
        "Problem('fund_short', 'fund', code, **facts)",
        "Problem('fund_missing' if code else 'fund_short', short=3)",
    ],
)
def test_a_problem_with_its_words_is_left_alone(text: str) -> None:
    module = Module.parse("openacq.ledger.service", text)
    assert wordless([module], SAMPLE) == []
    assert list(raised([module]))


@dataclass(frozen=True)
class Words:
    code: str
    text: str = ""


OF_A_DOOR = {"fund_short": Words("17", "{short} of {value} is lacking.")}
OF_A_KIND = {Kind.NOT_FOUND: Words("18", "{value} was not found.")}


@pytest.mark.parametrize(
    ("by_slug", "by_kind", "wrong"),
    [
        (OF_A_DOOR, OF_A_KIND, 0),
        ({}, OF_A_KIND, 1),
        (OF_A_DOOR, {}, 1),
        (OF_A_DOOR | {"fund_mising": Words("19")}, OF_A_KIND, 1),
        ({"fund_short": Words("")}, OF_A_KIND, 1),
        ({"fund_short": Words("17", "{shrot} is lacking.")}, OF_A_KIND, 1),
        (OF_A_DOOR, {Kind.NOT_FOUND: Words("18", "{short} was not found.")}, 1),
    ],
)
def test_a_door_without_the_right_words_is_found(
    by_slug: dict[str, Words], by_kind: dict[Kind, Words], wrong: int
) -> None:
    assert len(unworded(by_slug, by_kind, SAMPLE)) == wrong


def test_a_row_nobody_raises_is_found() -> None:
    raising = Module.parse("openacq.ledger.service", "Problem('fund_short', short=3)")
    wording = Module.parse("openacq.doors.alma.errors", "BY_SLUG = {'fund_missing': 1}")
    assert silent([raising, wording], SAMPLE) == ["fund_missing"]
