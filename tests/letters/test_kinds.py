"""Every kind of letter has its words in every shipped language, and its facts are what they say."""

from __future__ import annotations

from datetime import date

import pytest

from openacq.letters import rendering, wording
from openacq.letters.facts import Amount, Fact, Facts, NotTheFacts, Prose, Type, example_of, fit
from openacq.letters.kinds import KINDS, Kind
from openacq.letters.model import Draft

LANGUAGES = rendering.shipped_languages()
EACH = [
    pytest.param(kind, language, id=f"{code}-{language}")
    for code, kind in KINDS.items()
    for language in LANGUAGES
]


def test_english_and_german_are_shipped() -> None:
    assert LANGUAGES == ("de", "en")


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_the_shipped_wording_is_complete_and_passes_its_own_checks(kind: Kind, language: str) -> None:
    draft = Draft(*(wording.shipped_source(kind.code, language, part) for part in wording.PARTS))
    assert wording.check(kind, language, draft) == ()
    for given in (example_of(kind.facts), {}):
        worded = wording.put_in_words(kind, wording.shipped(kind.code, language), fit(kind.facts, given))
        assert worded.subject
        assert "\n\n\n" not in worded.text
        assert "{{" not in worded.text + worded.html
        assert worded.html.startswith("<!DOCTYPE html>")
        assert f'<html lang="{language}">' in worded.html


def every_fact(facts: Facts) -> list[Fact]:
    return [one for fact in facts.values() for one in (fact, *every_fact(fact.parts))]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_facts_are_documented_and_their_names_hide_nothing(kind: Kind) -> None:
    for fact in every_fact(kind.facts):
        assert fact.about, fact.name
        assert not hasattr({}, fact.name), f"{fact.name} is also a method of a dictionary"
        assert fact.name.isidentifier()
    assert fit(kind.facts, fit(kind.facts, example_of(kind.facts))) == fit(kind.facts, example_of(kind.facts))


def test_what_is_to_be_told_is_in_the_letters() -> None:
    """A look at the words themselves."""

    def text(code: str, language: str, **changes: object) -> str:
        kind = KINDS[code]
        facts = fit(kind.facts, {**example_of(kind.facts), **changes})
        worded = wording.put_in_words(kind, wording.shipped(code, language), facts)
        return f"{worded.subject}\n{worded.text}"

    assert "has not reached us in time" in text("claim", "en")
    assert "still not reached us (claim no. 3)" in text("claim", "en", repeat=3)
    assert "3. Reklamation" in text("claim", "de", repeat=3)
    assert "Reason: Out of print" in text("notify_cancel", "en")
    assert "on 31 December 2026" in text("notify_renewal", "en")
    assert "put aside for you" in text("notify_receiving_activation", "en")
    online = text("notify_receiving_activation", "en", electronic=True, access="https://read.example/1")
    assert "https://read.example/1" in online
    assert "put aside" not in online
    assert "Grund: Outside the collection profile" in text("request_rejected", "de")
    assert "https://acq.example.org/requests/1203/answer" in text("request_question", "en")


FACTS = KINDS["order"].facts


def test_facts_not_given_are_empty_and_those_given_are_cleaned() -> None:
    fitted = fit(
        FACTS,
        {
            "vendor": {"name": "  Smith\r\nBcc: everyone@x\u0000 "},
            "order": {"note": " two\nlines \u0007", "date": None, "total": "10.5"},
            "lines": [{"title": "A\ttab", "rush": None}],
            "institution": {"url": "javascript:alert(1)"},
        },
    )
    vendor, order, lines = fitted["vendor"], fitted["order"], fitted["lines"]
    assert isinstance(vendor, dict)
    assert isinstance(order, dict)
    assert isinstance(lines, tuple)
    assert vendor == {"name": "Smith Bcc: everyone@x", "address": (), "account": "", "contact": ""}
    assert (order["note"], order["date"], order["total"]) == ("two\nlines", None, "10.5")
    assert (type(order["note"]), type(order["total"])) == (Prose, Amount)
    assert (lines[0]["title"], lines[0]["rush"], lines[0]["quantity"]) == ("A tab", False, 0)
    assert fitted["institution"] == {"name": "", "url": ""}


@pytest.mark.parametrize(
    "given",
    [
        {"vender": {}},
        {"vendor": {"nmae": "x"}},
        {"vendor": "x"},
        {"lines": "x"},
        {"lines": {"title": "x"}},
        {"lines": [{"titel": "x"}]},
        {"lines": [{"quantity": "2"}]},
        {"lines": [{"quantity": True}]},
        {"lines": [{"price": 5}]},
        {"lines": [{}] * 5_001},
        {"library": {"address": ["x"] * 201}},
        {"order": {"date": "2026-03-02"}},
    ],
)
def test_other_facts_than_the_kinds_are_a_fault_of_the_desk(given: dict[str, object]) -> None:
    with pytest.raises(NotTheFacts):
        fit(FACTS, given)


@pytest.mark.parametrize(
    ("language", "number", "day", "shown"),
    [
        ("en", "1234567.50", date(2026, 3, 2), "1,234,567.50 2 March 2026"),
        ("de", "1234567.50", date(2026, 3, 2), "1.234.567,50 2. März 2026"),
        ("de-CH", "-12.0", date(2026, 12, 31), "-12,0 31. Dezember 2026"),
        ("fr", "999", date(2026, 1, 1), "999 1 January 2026"),
        ("en", "about 5", date(2026, 1, 1), "about 5 1 January 2026"),
    ],
)
def test_numbers_and_days_are_written_as_the_language_does(
    language: str, number: str, day: date, shown: str
) -> None:
    words = rendering.words(language)
    assert f"{words.amount(number)} {words.date(day)}" == shown


def test_every_type_of_fact_is_in_use() -> None:
    used = {fact.type for kind in KINDS.values() for fact in every_fact(kind.facts)}
    assert used == set(Type)
