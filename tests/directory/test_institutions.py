"""One server holds many institutions."""

from __future__ import annotations

from typing import Any

import pytest

from openacq.directory import service
from openacq.directory.model import Environment, Institution
from openacq.kernel.refusal import Refusal
from tests.conftest import Do


def test_the_card_is_written_read_and_written_again(write: Do, read: Do, house: Institution) -> None:
    assert read(service.institution) == house
    write(lambda tx: service.put_institution(tx, Institution(0, house.code, "Renamed", currency="CHF")))
    card = read(service.institution)
    assert (card.id, card.name, card.currency, card.zone) == (house.id, "Renamed", "CHF", "UTC")


def test_institutions_are_made_with_ids_of_their_own_and_codes_nobody_has(write: Do, read: Do) -> None:
    codes = [f"MADE_{read(lambda tx: tx.institution)}_{letter}" for letter in "AB"]
    cards = [Institution(0, code, code) for code in codes]
    made = write(lambda tx: [service.create_institution(tx, card) for card in cards])
    assert made[1].id == made[0].id + 1
    known = {card.code: card.id for card in read(service.every_institution)}
    assert known[codes[0]] == made[0].id
    with pytest.raises(Refusal) as taken:
        write(lambda tx: service.create_institution(tx, Institution(0, codes[0], "again")))
    assert taken.value.problems[0].slug == "code_taken"


def test_institutions_are_filled_from_a_file(write: Do, read: Do) -> None:
    code = f"FILED_{read(lambda tx: tx.institution)}"
    row: dict[str, Any] = {
        "code": code, "name": "Filed", "currency": "eur", "zone": "Europe/Berlin", "oclc_id": "128807",
        "environment": "sandbox", "public_url": "https://acq.example/",
    }  # fmt: skip
    assert [v.outcome for v in write(lambda tx: service.load(tx, "institution", [row]))] == ["created"]
    assert [v.outcome for v in write(lambda tx: service.load(tx, "institution", [row]))] == ["unchanged"]
    [card] = [card for card in read(service.every_institution) if card.code == code]
    assert (card.currency, card.public_url) == ("EUR", "https://acq.example")
    assert card.environment is Environment.SANDBOX
    assert read(service.institution, institution=card.id) == card
    row["zone"] = "Europe/Zurich"
    assert [v.outcome for v in write(lambda tx: service.load(tx, "institution", [row]))] == ["updated"]
    assert read(service.institution, institution=card.id).zone == "Europe/Zurich", "the cache noticed"


def test_wrong_cards_are_refused_with_advice(write: Do) -> None:
    row = {"code": "WRONG", "currency": "EUX", "zone": "Europe/Zürich", "public_url": "acq.example"}
    [verdict] = write(lambda tx: service.load(tx, "institution", [row]))
    assert verdict.outcome == "refused"
    advice = {problem.field: problem.advice() for problem in verdict.problems}
    assert set(advice) == {"name", "currency", "zone", "public_url"}
    assert "Did you mean Europe/Zurich?" in advice["zone"]
