"""A line is changed twice; its history tells who changed what."""

from __future__ import annotations

from datetime import date
from enum import Enum

import pytest

from openacq.history import service
from openacq.history.model import Change
from openacq.kernel.clock import FixedClock
from openacq.kernel.money import Money
from tests.conftest import TODAY, Do


class Colour(Enum):
    RED = "red"


def test_a_record_tells_its_changes_in_order(clock: FixedClock, write: Do, read: Do) -> None:
    first = [
        Change("price", Money.parse("54.10", "USD"), Money.parse("60.0", "USD")),
        Change("note", None, "rush"),
    ]
    assert write(lambda tx: service.record(tx, "po_line", 12, first, "staff1")) == 2
    clock.advance(60)
    write(lambda tx: service.record(tx, "po_line", 12, [Change("note", "rush", None)], "key Shop"))
    write(lambda tx: service.record(tx, "fund", 12, [Change("name", "a", "b")], "load"))

    price, note, later = read(lambda tx: service.of(tx, "po_line", 12))
    assert (price.who, price.at, price.field) == ("staff1", TODAY, "price")
    assert (price.old, price.new) == ("54.10 USD", "60.0 USD")
    assert (note.old, note.new) == (None, "rush")
    assert (later.who, later.old, later.new) == ("key Shop", "rush", None)
    assert (later.at - note.at).total_seconds() == 60
    assert len(read(lambda tx: service.of(tx, "fund", "12"))) == 1
    assert read(lambda tx: service.of(tx, "po_line", 13)) == ()


def test_nothing_changed_leaves_no_row(write: Do, read: Do) -> None:
    same = [Change("price", "1", 1), Change("tags", ("a",), ["a"]), Change("x", None, None)]
    assert write(lambda tx: service.record(tx, "po_line", 1, same, "staff1")) == 0
    assert read(lambda tx: service.of(tx, "po_line", 1)) == ()


def test_each_institution_has_its_own_history(write: Do, read: Do, institution: int) -> None:
    write(lambda tx: service.record(tx, "po_line", 1, [Change("a", 1, 2)], "staff1"))
    assert read(lambda tx: service.of(tx, "po_line", 1), institution=institution + 500_000) == ()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, None),
        ("", ""),
        (True, "true"),
        (7, "7"),
        (Colour.RED, "red"),
        (date(2026, 3, 2), "2026-03-02"),
        ({"b": [1], "a": Colour.RED}, '{"a":"red","b":[1]}'),
    ],
)
def test_values_are_kept_as_people_read_them(value: object, words: str | None) -> None:
    assert service.spell(value) == words
